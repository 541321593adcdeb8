"""What is put right in a document that pandoc has written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.table import Table

from reportkit.publish.word.look import CELL_BESIDE, PAGE
from reportkit.publish.word.mending import mend


@pytest.fixture
def document() -> Document:
    document = docx.Document()
    for name in ("Compact", "Row Head", "Table Caption"):
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    return document


def mended(document: Document, title: str = "示例", author: str = "示例局", day: date | None = None) -> Document:
    mend(document, title=title, author=author, day=day)
    return document


def table_of(document: Document, *rows: str, widths: tuple[float, ...] = ()) -> Table:
    """A table with these texts, whose columns are so many points wide."""
    cells = [row.split() for row in rows]
    table: Table = document.add_table(len(cells), len(cells[0]))
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.paragraphs[0].add_run(text)
    for layout in table._tbl.tblPr.findall(qn("w:tblLayout")):
        table._tbl.tblPr.remove(layout)
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=bool(widths)):
        column.w = Pt(width)
    return table


def fix(table: Table) -> None:
    """Say of a table that its columns are as wide as they say."""
    layout: Any = OxmlElement("w:tblLayout")
    table._tbl.tblPr.append(layout)


def widths_of(table: Table) -> list[float]:
    return [column.w.pt if column.w is not None else -1 for column in table._tbl.tblGrid.gridCol_lst]


def sizes(table: Table) -> dict[str, float | None]:
    runs = [run for row in table.rows for cell in row.cells for run in cell.paragraphs[0].runs]
    return {run.text: run.font.size.pt if run.font.size else None for run in runs}


@pytest.mark.parametrize("day", [None, date(2024, 1, 19)])
def test_a_document_says_what_and_whose_it_is_and_of_which_day(document: Document, day: date | None) -> None:
    core = mended(document, "题" * 256, "局\x0b", day).core_properties
    assert (core.title, core.author, core.last_modified_by) == ("题" * 255, "局\\u000b", "局\\u000b")
    assert core.language == "zh-CN"
    assert (core.created, core.modified) == ((datetime(2024, 1, 19, tzinfo=UTC),) * 2 if day else (None, None))


@pytest.mark.parametrize("shares", [(1, 3), (0, 2)])
def test_columns_whose_shares_are_known_are_as_wide_as_the_page(document: Document, shares: tuple[int, int]) -> None:
    table = table_of(document, "甲 乙", widths=shares)
    fix(table)
    mended(document)
    assert widths_of(table) == pytest.approx([PAGE.across * share / sum(shares) for share in shares], abs=0.1)


@pytest.mark.parametrize("fixed", [True, False])
def test_other_columns_are_left_as_they_are(document: Document, fixed: bool) -> None:
    table = table_of(document, "甲 乙", widths=(0, 0) if fixed else (30, 90))
    if fixed:
        fix(table)
    mended(document)
    assert widths_of(table) == ([0, 0] if fixed else [30, 90])


@pytest.mark.parametrize(
    ("width", "text", "size"),
    [
        (30, "12345", 8.0),  # 26 points for 3.2 times the size
        (29, "12345", 7.5),
        (37.5, "12345", 10.0),
        (38, "12345", None),
        (10, "12", None),
        (10, "123", None),
        (10, "1234", 4.0),
        (10, "文字文字", None),
        (30, "1,2.3", 8.0),
        (30, "-1234", 8.0),
        (30, "1234件", None),
    ],
)
def test_a_figure_is_set_smaller_where_its_digits_do_not_fit(
    document: Document, width: float, text: str, size: float | None
) -> None:
    assert CELL_BESIDE == 2
    table = table_of(document, f"{text} 甲", widths=(width, 300))
    mended(document)
    assert sizes(table) == {text: size, "甲": None}


def test_a_figure_has_the_room_of_all_columns_that_it_stands_in(document: Document) -> None:
    table = table_of(document, "甲 12345678 乙", "丙 12345678 丁", widths=(90, 20, 90))
    merged = table.cell(1, 1).merge(table.cell(1, 2))
    for paragraph in merged.paragraphs[1:]:
        paragraph._p.getparent().remove(paragraph._p)
    mended(document)
    found = [cell.paragraphs[0].runs[0].font.size for cell in (table.cell(0, 1), table.cell(1, 1))]
    assert found == [Pt(4), None]


def test_rows_stay_whole_and_all_but_the_last_with_the_next(document: Document) -> None:
    table = table_of(document, "甲 乙", "丙 丁")
    table.cell(0, 0).paragraphs[0].style = document.styles["Row Head"]
    mended(document)
    assert [len(row._tr.xpath("w:trPr/w:cantSplit")) for row in table.rows] == [1, 1]
    kept = [[cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells] for row in table.rows]
    assert kept == [[None, None], [False, False]]
    styles = [[cell.paragraphs[0].style.name for cell in row.cells] for row in table.rows]
    assert styles == [["Row Head", "Compact"], ["Compact", "Compact"]]


@pytest.mark.parametrize(
    ("heading", "caption", "style", "left"),
    [
        ("二、收到申请情况", "收到申请情况", "Table Caption", ["二、收到申请情况"]),
        ("收到申请情况", " 收到申请情况 ", "Table Caption", ["收到申请情况"]),
        ("二、收到申请情况", "另一表", "Table Caption", ["二、收到申请情况", "另一表"]),
        ("收到申请情况", "收到申请情况", "Normal", ["收到申请情况"] * 2),
    ],
)
def test_a_caption_that_the_heading_above_it_says_is_left_out(
    document: Document, heading: str, caption: str, style: str, left: list[str]
) -> None:
    document.add_paragraph(heading)
    document.add_paragraph(caption, style=style)
    table_of(document, "甲 乙")
    assert [paragraph.text for paragraph in mended(document).paragraphs] == left


def test_a_line_with_a_picture_is_as_high_as_this(document: Document) -> None:
    text, picture = document.add_paragraph("文"), document.add_paragraph()
    drawing: Any = parse_xml(f"<w:drawing {nsdecls('w')}/>")
    picture.add_run()._r.append(drawing)
    for paragraph in (text, picture):
        paragraph.paragraph_format.line_spacing = Pt(28)
    mended(document)
    rules: list[Any] = [paragraph.paragraph_format.line_spacing_rule for paragraph in (text, picture)]
    assert rules == [WD_LINE_SPACING.EXACTLY, WD_LINE_SPACING.SINGLE]


def test_items_are_set_in_by_their_depth(document: Document) -> None:
    numbering = document.part.numbering_part.element
    for level in list(numbering):
        numbering.remove(level)
    levels = "".join(f'<w:lvl w:ilvl="{depth}"><w:pPr><w:ind w:left="1"/></w:pPr></w:lvl>' for depth in range(3))
    numbering.append(parse_xml(f"<w:abstractNum {nsdecls('w')} w:abstractNumId='0'>{levels}</w:abstractNum>"))
    mended(document)
    found = [(one.get(qn("w:left")), one.get(qn("w:hanging"))) for one in numbering.iter(qn("w:ind"))]
    assert found == [("1120", "480"), ("1600", "480"), ("2080", "480")]

"""A report as a Word document: as prescribed, carrying its pictures and tables, and the same when it is read back."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from hypothesis import given

from intake.published.test_round_trips import assert_same, published_reports
from publish.made import AGENCY, FEW, executed
from reportkit.documents.detection import read_document
from reportkit.form import form_for
from reportkit.intake.published.report import read_report
from reportkit.publish.word import review, word
from reportkit.publish.word.look import CELL_BESIDE
from reportkit.report import Agency, AnnualReport, new_report

CHARTS = "application/vnd.vegalite.v5+json"


def report_with(figures: dict[str, Any] | None = None, **texts: str) -> AnnualReport:
    figures = {"applications.received.natural_person": 3} if figures is None else figures
    return new_report(AGENCY, 2023, figures, narrative=texts, published=date(2024, 1, 19))


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return parts.read(name).decode()


def widths(table: Any) -> Any:
    return sum(column.width.mm for column in table.columns if column.width)


# ---------------------------------------------------------------------- the look


@pytest.fixture(scope="module")
def plain() -> bytes:
    overview = "（一）主动公开。示例。\n\n### （二）示例小标题\n\n**（三）示例**。后文。\n\n（四）整行\n\n（五）半行*强调*\n\n- 甲\n- 乙\n\n  丙"
    return word(executed(report_with(overview=overview)))


@pytest.fixture(scope="module")
def document(plain: bytes) -> Document:
    return opened(plain)


def styles_of(document: Document) -> dict[str, str]:
    return {paragraph.text: str(paragraph.style.name) for paragraph in document.paragraphs if paragraph.style}


def test_the_page_is_as_prescribed(document: Document) -> None:
    (section,) = document.sections
    sides = [section.page_width, section.page_height, section.top_margin, section.bottom_margin]
    sides += [section.left_margin, section.right_margin]
    assert [round(side.mm) for side in sides if side] == [210, 297, 37, 35, 28, 26]


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Normal", "仿宋_GB2312", 16),
        ("Compact", "仿宋_GB2312", 10.5),
    ],
)
def test_letters_are_as_prescribed(document: Document, style: str, font: str, size: float) -> None:
    letters = document.styles[style].font
    assert letters.size == Pt(size)
    assert letters.element.rPr.rFonts.get(qn("w:eastAsia")) == font


def test_lines_are_28_points_apart_and_begin_two_characters_in(document: Document) -> None:
    normal, body = (document.styles[name] for name in ("Normal", "Body Text"))
    assert normal.paragraph_format.line_spacing == Pt(28)
    indent = body.element.pPr.ind
    assert (indent.get(qn("w:firstLineChars")), indent.get(qn("w:firstLine"))) == ("200", "640")
    assert document.styles["Title"].paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER


def test_each_part_has_its_style(document: Document) -> None:
    styles = styles_of(document)
    assert styles[f"{AGENCY.name}\n2023年度政府信息公开工作年度报告"] == "Title"
    assert {styles[section.title] for section in form_for(2023).titled_sections} == {"Heading 1"}
    assert styles["（二）示例小标题"] == "Heading 2"
    assert {styles[item] for item in ("甲", "乙", "丙")} == {"List Paragraph"}


def test_what_heads_a_row_is_set_to_the_left_and_what_heads_all_rows_is_not(document: Document) -> None:
    styles = {
        cell.text.replace("\n", ""): cell.paragraphs[0].style.name
        for table in document.tables[:2]
        for row in table.rows
        for cell in row.cells
    }
    heads = ("规章", "行政许可", "一、本年新收政府信息公开申请数量", "三、本年度办理结果", "1.属于国家秘密")
    others = ("第二十条第（一）项", "信息内容", "本年制发件数", "自然人", "0", "3")
    assert {styles[head] for head in heads} == {"Row Head"}
    assert {styles[other] for other in others} == {"Compact"}


def test_items_of_lists_are_set_in_as_paragraphs_are_and_those_within_them_farther(document: Document) -> None:
    levels = list(document.part.numbering_part.element.iter(qn("w:lvl")))
    told = {
        (int(level.get(qn("w:ilvl"))), indent.get(qn("w:left")), indent.get(qn("w:hanging")))
        for level in levels
        for indent in level.iter(qn("w:ind"))
    }
    assert {(0, "1120", "480"), (1, "1600", "480"), (2, "2080", "480")} <= told
    assert len({at for at, *_ in told}) == len(told)


def test_a_heading_that_its_text_follows_is_set_as_one(document: Document) -> None:
    styles = {run.text: run.style.name for paragraph in document.paragraphs for run in paragraph.runs if run.style}
    assert [text for text, style in styles.items() if style == "Run-in Heading"] == [
        "（一）主动公开。", "（三）示例", "（四）整行"
    ]  # fmt: skip


def test_what_is_emphasised_is_set_in_other_letters() -> None:
    document = opened(word(executed(report_with(overview="示例*强调*。"))))
    assert document.element.body.xpath(".//w:r[w:t='强调']/w:rPr/w:rStyle/@w:val") == ["Emphasis"]
    assert not document.element.body.xpath(".//w:i")


def test_page_numbers_stand_outside(plain: bytes, document: Document) -> None:
    (section,) = document.sections
    assert document.settings.odd_and_even_pages_header_footer
    feet = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert [foot.text for foot in feet] == ["— 1 —"] * 2
    assert [foot.alignment for foot in feet] == [WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT]
    assert " PAGE " in part(plain, "word/footer1.xml")
    assert " PAGE " in part(plain, "word/footer2.xml")


def test_it_says_what_it_is_and_in_which_language(plain: bytes, document: Document) -> None:
    core = document.core_properties
    assert (core.title, core.author) == (f"{AGENCY.name}2023年度政府信息公开工作年度报告", AGENCY.name)
    assert core.language == "zh-CN"
    assert core.created is not None
    assert core.created.date() == date(2024, 1, 19)
    assert 'w:eastAsia="zh-CN"' in part(plain, "word/styles.xml")


def test_it_is_for_a_word_of_today(plain: bytes) -> None:
    assert 'w:name="compatibilityMode"' in part(plain, "word/settings.xml")


def test_a_font_that_is_missing_is_replaced_by_what_comes_nearest(plain: bytes) -> None:
    fonts = part(plain, "word/fontTable.xml")
    assert "FangSong_GB2312,FangSong,仿宋" in fonts


# ------------------------------------------------------------------------ tables


def test_tables_are_as_wide_as_the_text(document: Document) -> None:
    assert [widths(table) for table in document.tables] == pytest.approx([156] * 3, abs=0.2)


def test_cells_are_merged_as_on_the_page(document: Document) -> None:
    statutory = document.tables[2]
    assert len(statutory.columns) == 15
    assert statutory.cell(0, 5)._tc is statutory.cell(0, 14)._tc
    assert statutory.cell(1, 0)._tc is statutory.cell(2, 0)._tc


def test_heads_stand_on_every_page_and_rows_stay_whole(document: Document) -> None:
    applications = document.tables[1]
    heads = applications._tbl.xpath("w:tr[w:trPr/w:tblHeader]")
    assert len(heads) == 3
    assert len(applications._tbl.xpath("w:tr[w:trPr/w:cantSplit]")) == len(applications.rows)
    *_, last = (paragraph for cell in applications.rows[-1].cells for paragraph in cell.paragraphs)
    assert last.paragraph_format.keep_with_next is False  # so that the last row may go without what follows


def test_a_table_says_what_it_is_about_once(document: Document) -> None:
    captions = document.element.body.xpath(".//w:tblCaption/@w:val")
    assert captions[1] == "收到和处理政府信息公开申请情况"
    assert "收到和处理政府信息公开申请情况" not in styles_of(document)


def test_a_caption_that_no_heading_says_is_shown() -> None:
    table = "<table><caption>示例表</caption><tr><td><p>甲</p><p>乙</p></td></tr></table>"
    document = opened(word(executed(report_with(), {"text/html": f"<h3>示例</h3>{table}"})))
    assert styles_of(document)["示例表"] == "Table Caption"
    assert [p.style.name for p in document.tables[-1].cell(0, 0).paragraphs if p.style] == ["Compact"] * 2


def test_a_figure_of_many_digits_is_set_as_small_as_it_must_be_and_no_smaller() -> None:
    figures = {"upheld": 12345678, "corrected": 10**20, "other": 12, "pending": 12345}
    report = report_with({f"challenges.review.{key}": figure for key, figure in figures.items()})
    table = opened(word(executed(report))).tables[2]
    sizes = {
        cell.text: run.font.size
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
        for run in paragraph.runs
    }
    room = table.columns[0].width.pt - 2 * CELL_BESIDE
    assert sizes["100000000000000000000"] == Pt(4)  # below it nothing could be read
    for figure in ("12345678", "12345"):
        needed, size = len(figure) * 0.64, sizes[figure].pt
        assert size * needed <= room < (size + 0.5) * needed
    assert {text for text, size in sizes.items() if size and not text.isdecimal()} == set()
    assert sizes["12"] is None


# ---------------------------------------------------------------------- pictures


def test_a_chart_is_a_picture_with_its_words(bar: Callable[..., dict[str, Any]]) -> None:
    document = opened(word(executed(report_with(), {CHARTS: bar("示例：自然人28件。")})))
    (picture,) = document.inline_shapes
    assert picture.width <= Mm(156)
    assert picture._inline.docPr.get("descr") == "示例：自然人28件。"
    assert styles_of(document)["示例：自然人28件。"] == "Image Caption"
    (image,) = [related for related in document.part.related_parts.values() if "/media/" in related.partname]
    assert image.content_type == "image/png"
    assert image.blob.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize("around", ["<ul><li>{}</li></ul>", "<table><tr><td>{}</td></tr></table>", "<p>{}</p>"])
def test_no_picture_is_cut_to_a_line(around: str) -> None:
    image = '<img alt="示例图" src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">'
    document = opened(word(executed(report_with(), {"text/html": around.format(image)})))
    (spacing,) = document.element.body.xpath(".//w:p[.//w:drawing]/w:pPr/w:spacing")
    assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == ("240", "auto")


def test_a_bitmap_is_shown_as_it_is() -> None:
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    written = word(executed(report_with(), {"image/png": pixel, "text/plain": "示例图"}))
    with zipfile.ZipFile(io.BytesIO(written)) as parts:
        shown = [parts.read(name) for name in parts.namelist() if name.startswith("word/media/")]
    assert shown == [base64.b64decode(pixel)]


def test_a_picture_that_word_cannot_show_is_said_in_words() -> None:
    image = '<p><img alt="示例图" src="data:image/webp;base64,UklGRg=="></p>'
    assert "示例图" in styles_of(opened(word(executed(report_with(), {"text/html": image}))))


# ------------------------------------------------------------------------- trust


def test_no_text_becomes_markup() -> None:
    said = r"$x$ \LaTeX{} {=openxml} <w:p/> &amp; `a` [@b] \| ---"
    html = said.replace("&", "&amp;").replace("<", "&lt;")
    document = opened(word(executed(report_with(), {"text/html": f"<p>{html}</p><p data-custom-style='Title'>甲</p>"})))
    assert said in styles_of(document)
    assert styles_of(document)["甲"] != "Title"


# ------------------------------------------------------------- the same every time


def test_the_same_report_is_the_same_file() -> None:
    finding = {"rule": "T3-SUM", "severity": "error", "message": "示例", "cells": ["applications.received.total"]}
    report = report_with(overview="示例。")
    assert word(executed(report)) == word(executed(report))
    assert review(executed(report, findings=[finding])) == review(executed(report, findings=[finding]))


def test_a_name_of_any_kind_is_kept_as_far_as_word_keeps_it() -> None:
    agency = Agency("example", "局\x0b" * 200)
    core = opened(word(executed(new_report(agency, 2023, {})))).core_properties
    assert core.author.startswith("局\\u000b局")
    assert len(core.author) == len(core.title) == 255


def test_a_report_that_is_not_published_has_no_date() -> None:
    report = new_report(AGENCY, 2023, {})
    core = opened(word(executed(report))).core_properties
    assert (core.created, core.modified) == (None, None)


# ---------------------------------------------------------------------- read back


def test_what_is_said_of_charts_is_no_text_of_the_report(tmp_path: Path, bar: Callable[..., dict[str, Any]]) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(word(executed(report_with(other="示例。"), {CHARTS: bar("自然人28件。")})))
    assert read_report(read_document(path)).report(AGENCY).narrative["other"].strip() == "示例。"


@given(published_reports())
@FEW
def test_a_word_document_comes_in_as_it_went_out(tmp_path: Path, report: AnnualReport) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(word(executed(report)))
    assert_same(read_report(read_document(path)), report)

"""What a screen reader is told: PDF/UA-1, as far as it can be checked without veraPDF (Typst refuses the rest)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import PSLiteral

from publish.made import executed
from publish.test_pdf import report_with
from reportkit.display import charts
from reportkit.documents.detection import read_document
from reportkit.form.layout import FigureBox, layout_of
from reportkit.intake.published.report import read_report
from reportkit.publish.executed import ExecutedReport
from reportkit.publish.pdf import pdf
from reportkit.publish.pdf.tags import Table, with_row_heads


@dataclass
class Element:
    """An element of the tree of tags, and the numbers of the marked content that it holds itself."""

    kind: str
    entry: Mapping[str, Any]
    kids: list[Element] = field(default_factory=list)
    content: list[tuple[Any, int]] = field(default_factory=list)

    def within(self, *kinds: str) -> Iterator[Element]:
        """The elements of these kinds in it, in the order in which they are read."""
        for kid in self.kids:
            if kid.kind in kinds:
                yield kid
            yield from kid.within(*kinds)

    def attribute(self, name: str) -> Any:
        """An attribute of the element."""
        listed = resolve1(self.entry.get("A")) or []
        for attributes in listed if isinstance(listed, list) else [listed]:
            if name in resolve1(attributes):
                return resolve1(resolve1(attributes)[name])
        return None

    @property
    def said(self) -> list[tuple[Any, int]]:
        """The marked content in it, that of the elements in it too."""
        return self.content + [one for kid in self.kids for one in kid.said]


def tree(entry: Any, page: Any = None) -> Element:
    entry = resolve1(entry)
    kind = entry.get("S")
    element = Element(str(kind.name) if isinstance(kind, PSLiteral) else "", entry)
    page = entry.get("Pg", page)
    kids = resolve1(entry.get("K", []))
    for kid in kids if isinstance(kids, list) else [kids]:
        found = resolve1(kid)
        if isinstance(found, int):
            element.content.append((page.objid, found))
        elif found.get("Type") is not None and found["Type"].name == "MCR":
            element.content.append((found.get("Pg", page).objid, found["MCID"]))
        elif "S" in found:
            element.kids.append(tree(kid, page))
    return element


@dataclass
class Tagged:
    """A tagged file."""

    root: Element
    words: Mapping[tuple[Any, int], str]
    untagged: list[str]
    names: Mapping[bytes, Any]

    def text(self, element: Element) -> str:
        return "".join(self.words.get(place, "") for place in element.said).strip()


def tagged(data: bytes) -> Tagged:
    with pdfplumber.open(io.BytesIO(data)) as opened:
        structure = resolve1(opened.doc.catalog["StructTreeRoot"])
        words: dict[tuple[Any, int], str] = {}
        untagged = []
        for page in opened.pages:
            for character in page.chars:
                if character["mcid"] is not None:
                    place = (page.page_obj.pageid, character["mcid"])
                    words[place] = words.get(place, "") + character["text"]
                elif character["tag"] != "Artifact":
                    untagged.append(character["text"])
        listed = resolve1(resolve1(structure.get("IDTree", {})).get("Names", []))
        names = dict(zip(listed[::2], map(resolve1, listed[1::2]), strict=True))
        return Tagged(tree(structure), words, untagged, names)


@pytest.fixture(scope="module")
def made() -> bytes:
    report = report_with(
        overview="示例：主动公开。\n\n- 一\n- 二\n\n| 甲 | 乙 |\n| - | - |\n| 1 | 2 |", problems="### 小标题\n\n示例。"
    )
    chart = charts.applicants(report)
    return pdf(executed(report, chart._repr_mimebundle_()[0]))


@pytest.fixture(scope="module")
def read(made: bytes) -> Tagged:
    return tagged(made)


def test_everything_on_the_pages_is_tagged_or_furniture(read: Tagged) -> None:
    assert not read.untagged


def test_what_is_read_is_read_in_the_order_of_the_article(read: Tagged) -> None:
    spoken = read.text(read.root)
    report = report_with()
    order = [report.title, *(section.title for section in report.form.titled_sections)]
    places = [spoken.index(said) for said in order]
    assert places == sorted(places)
    assert spoken.index("示例：主动公开。") < spoken.index("二、主动公开政府信息情况") < spoken.index("现行有效件数")


def test_headings_leave_no_level_out(read: Tagged) -> None:
    levels = [int(heading.kind[1:]) for heading in read.root.within("H1", "H2", "H3", "H4", "H5", "H6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert 3 in levels


def test_each_figure_is_headed_by_its_row_and_its_column(read: Tagged) -> None:
    report = report_with()
    statutory = [table for table in read.root.within("Table") if table.attribute("Summary")]
    for printed, table in zip(statutory, report.form.tables, strict=True):
        cells = [cell for cell in printed.within("TD") if read.text(cell) != "信息内容"]
        layout = layout_of(table)
        boxes = [box for body in layout.bodies for line in body for box in line if isinstance(box, FigureBox)]
        assert len(cells) == len(boxes)
        for cell, box in zip(cells, boxes, strict=True):
            heads = [Element("", read.names[name]) for name in cell.attribute("Headers")]
            said = [read.text(tree(head.entry)) for head in heads]
            assert box.cell.column_label in said
            assert table.layout == "across" or f"{said[-1]}”行" in box.cell.row_label


def test_each_cell_of_a_head_says_what_it_heads(read: Tagged) -> None:
    heads = list(read.root.within("TH"))
    assert {head.attribute("Scope").name for head in heads} == {"Row", "Column"}
    assert len({head.entry["ID"] for head in heads}) == len(heads) == len(read.names)
    assert list(read.names) == sorted(read.names)


def test_a_table_says_what_it_is_about(read: Tagged) -> None:
    said = [table.attribute("Summary") for table in read.root.within("Table")]
    summaries = [text.decode("utf-16") for text in said if text]
    assert summaries == ["主动公开政府信息情况", "收到和处理政府信息公开申请情况", "政府信息公开行政复议、行政诉讼情况"]


def test_a_chart_has_its_words(read: Tagged) -> None:
    (chart,) = read.root.within("Figure")
    said = chart.entry["Alt"].decode("utf-16")
    assert said.startswith("2023年新收政府信息公开申请4件")


def test_the_words_of_a_chart_are_not_the_text_of_a_report(made: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(made)
    again = read_report(read_document(path)).report(report_with().agency)
    assert "自然人" not in "".join(again.narrative.values())


def test_a_list_is_a_list(read: Tagged) -> None:
    (listed,) = read.root.within("L")
    assert [read.text(body) for body in listed.within("LBody")] == ["一", "二"]


def test_the_standard_is_named(made: bytes) -> None:
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made


def test_the_objects_stand_where_the_file_says(made: bytes) -> None:
    start = int(made[made.rindex(b"startxref") :].split()[1])
    head, *entries = made[start:].split(b"trailer")[0].strip().split(b"\n")[1:]
    assert int(head.split()[1]) == len(entries)
    for number, entry in enumerate(entries[1:], start=1):
        assert made[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)


# ----------------------------------------------------------------- by hand


def test_a_file_with_other_tags_stays_as_it_is(made: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert with_row_heads(made, [Table("SD")]) == made
    assert with_row_heads(b"%PDF-2.0 nothing", [Table("SD")]) == b"%PDF-2.0 nothing"
    assert len(caplog.records) == 2


def notebook(html: str) -> ExecutedReport:
    cells = [new_code_cell("part", outputs=[new_output("display_data", {"text/html": html})])]
    return ExecutedReport(new_notebook(cells=cells), report_with())


def test_a_caption_is_shown_where_no_heading_says_the_same() -> None:
    table = "<table><caption>甲乙情况</caption><tr><td>1</td></tr></table>"
    read = tagged(pdf(notebook(f"<h1>示例</h1><h2>二、甲乙情况</h2>{table}<h2>三、其他</h2>{table}")))
    assert [read.text(caption) for caption in read.root.within("Caption")] == ["甲乙情况"]
    assert [one.attribute("Summary").decode("utf-16") for one in read.root.within("Table")] == ["甲乙情况"] * 2


def test_a_figure_without_a_picture_is_text() -> None:
    figure = "<figure><p>此处的统计图未能绘制。</p><figcaption>说明</figcaption></figure><figure><p>只有字</p></figure>"
    read = tagged(pdf(notebook(f"<h1>示例</h1>{figure}")))
    assert all(said in read.text(read.root) for said in ("此处的统计图未能绘制。", "说明", "只有字"))
    assert not list(read.root.within("Figure"))


def test_a_head_stands_on_every_page_and_is_read_once() -> None:
    rows = "".join(f'<tr><th scope="row">第{row}行</th><td>{row}</td></tr>' for row in range(70))
    made = pdf(
        notebook(f'<h1>示例</h1><table><thead><tr><td>项</td><th scope="col">数</th></tr></thead>{rows}</table>')
    )
    with pdfplumber.open(io.BytesIO(made)) as opened:
        assert [page.extract_text().count("项 数") for page in opened.pages] == [1, 1, 1]
    assert tagged(made).text(tagged(made).root).count("项") == 1


def test_rows_have_heads_where_columns_have_none() -> None:
    html = '<h1>示例</h1><table><tr><th scope="row">甲</th><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>'
    read = tagged(pdf(notebook(html)))
    first, *others = read.root.within("TH", "TD")
    assert (first.kind, read.text(first), first.attribute("Scope").name) == ("TH", "甲", "Row")
    assert [cell.attribute("Headers") for cell in others] == [[first.entry["ID"]], [], []]
    assert list(read.names) == [first.entry["ID"]]


def test_a_head_is_of_the_cells_that_follow_it_in_each_of_its_rows() -> None:
    html = (
        '<h1>示例</h1><table><tr><td>1</td><th scope="row" colspan="2" rowspan="2">甲</th><td>2</td></tr>'
        '<tr><td>3</td><td>4</td></tr><tr><td>5</td><th scope="row">乙</th><td>6</td><td>7</td></tr></table>'
    )
    read = tagged(pdf(notebook(html)))
    said = {name: read.text(tree(entry)) for name, entry in read.names.items()}
    heads = {read.text(cell): cell.attribute("Headers") or [] for cell in read.root.within("TD")}
    assert {cell: [said[name] for name in names] for cell, names in heads.items()} == {
        "1": [], "2": ["甲"], "3": [], "4": ["甲"], "5": [], "6": ["乙"], "7": ["乙"]
    }  # fmt: skip

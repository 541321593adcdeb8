"""A piece of a page looks right wherever it is pasted, and whatever is taken from it on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import nh3
import pytest
from lxml.html import fragment_fromstring
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from reportkit.display import narrative, tables
from reportkit.documents.document import Grid
from reportkit.documents.html import read_html
from reportkit.publish.document import places
from reportkit.publish.executed import ExecutedReport
from reportkit.publish.formats import format_named
from reportkit.publish.fragment import fragment, pictures_beside
from reportkit.report import Agency, new_report

from .conftest import VEGALITE
from .test_document import PNG

REPORT = new_report(
    Agency("example", "示例市示例局"),
    2023,
    {"applications.received.company": 12345},
    narrative={"overview": "一是。\n\n二是。"},
)
BARE = "<!doctype html><title>示例</title>{}"
RESET = BARE.format(
    "<style>*{{all:unset}} head,title,style{{display:none}} svg{{width:1em}} td{{padding:50px}}</style>{}"
)
# Of each cell: its words, its edges and its lines; and of each block where it begins and how far its first line is set in.
CELLS = """() => [...document.querySelectorAll('table')].map(table => [...table.querySelectorAll('td, th')].map(cell => {
  const box = cell.getBoundingClientRect(), style = getComputedStyle(cell);
  const lines = ['Top', 'Right', 'Bottom', 'Left'].map(side => style[`border${side}Style`]);
  return [cell.textContent, box.left, box.right, box.top, box.bottom, lines.join(' ')];
}))"""
SHAPES = """() => [...document.querySelectorAll('svg rect, svg path, svg text')].map(shape => {
  const box = shape.getBoundingClientRect(), frame = shape.ownerSVGElement.getBoundingClientRect();
  return [box.left - frame.left, box.top - frame.top, box.width, box.height].map(Math.round).join(' ')
    + ' ' + getComputedStyle(shape).fill;
})"""
BLOCKS = "() => [...document.querySelectorAll('h1, h2, p')].map(block => getComputedStyle(block).display)"


@pytest.fixture
def executed(notebook: Callable[..., NotebookNode], bar: Callable[..., dict[str, Any]]) -> ExecutedReport:
    parts = [narrative.preamble(REPORT), narrative.section(REPORT, "overview")]
    parts += [tables.table(REPORT, table.key) for table in REPORT.form.tables]
    shown = [part._repr_html_() for part in parts]
    own = new_markdown_cell("- 甲\n- 乙\n\n| 项 | 数 |\n| :-- | --: |\n| 甲 | 1 |\n")
    return ExecutedReport(notebook(*shown, {VEGALITE: bar("甲多于乙。")}, {"image/png": PNG}, own), REPORT)


def without_attributes(html: str, kept: dict[str, set[str]]) -> str:
    return nh3.clean(html, attributes=kept)


def stands(cells: list[Any]) -> list[Any]:
    """Where the cells of a table stand in the browser: words, first and last column, first and last row."""
    edges = [sorted({round(cell[side]) for cell in cells}) for side in (1, 3)]
    return [
        (cell[0], *(edges[0].index(round(cell[1])), len([edge for edge in edges[0] if edge < round(cell[2]) - 3])))
        for cell in cells
    ]


def test_it_looks_right_on_a_bare_page_on_one_that_resets_everything_and_after_a_sanitizer(
    executed: ExecutedReport, page: Any
) -> None:
    html = fragment(executed).decode()
    kept = {**nh3.ALLOWED_ATTRIBUTES, "*": {"style"}}
    root = fragment_fromstring(html.replace("<wbr>", ""))
    expected = [[("".join(cell.itertext()), *at) for cell, *at in places(table)] for table in root.iter("table")]
    assert [len(cells) for cells in expected] == [30, 215, 34, 4]
    drawings = []
    for around, pasted in ((BARE, html), (RESET, html), (BARE, without_attributes(html, kept))):
        page.set_content(around.format(pasted))
        shown = page.evaluate(CELLS)
        assert [stands(cells) for cells in shown] == expected
        assert {cell[-1] for cells in shown for cell in cells} == {"solid solid solid solid"}
        assert set(page.evaluate(BLOCKS)) == {"block"}
        drawings.append(page.evaluate(SHAPES))
    assert len(drawings[0]) > 5
    assert drawings[0] == drawings[1]
    assert drawings[2] == []


def test_rows_read_in_order_even_where_nothing_but_styles_is_left(executed: ExecutedReport) -> None:
    html = fragment(executed).decode()
    left = fragment_fromstring(without_attributes(html, {"*": {"style"}}), create_parent="div")
    rows = [["".join(cell.itertext()) for cell in row] for row in left.iter("tr")]
    assert ["一、本年新收政府信息公开申请数量", "0", "12345", "0", "0", "0", "0", "12345"] in rows
    assert "甲多于乙。" in "".join(left.itertext())
    drawing = html[html.index("<svg") : html.index("</svg>")]
    words = re.findall(r">([^<>\s]+)</text>", drawing)
    assert len(words) > 2
    assert re.sub("<[^>]*>", "", drawing).split() == words
    assert 'style="' in nh3.clean(html, attributes={"*": {"style"}})


def test_labels_of_rows_stand_left_figures_right_and_all_else_in_the_middle(
    notebook: Callable[..., NotebookNode],
) -> None:
    shown = (
        "<table><thead><tr><th scope='rowgroup' rowspan='2'>左一</th><th scope='colgroup'>中一</th></tr></thead>"
        "<tbody><tr><th scope='row'>左二</th><td>1,234.5</td><td>-3</td><td>中二</td><td style='text-align:left'>5</td></tr>"
        "<tr><th scope='rowgroup'>中三</th><th scope='row'>左<wbr>三</th><th>中<b>四</b></th><td></td></tr></tbody></table>"
    )
    html = fragment(ExecutedReport(notebook(shown), REPORT)).decode()
    cells = list(fragment_fromstring(html).iter("td", "th"))
    sides = {"".join(cell.itertext()): re.findall(r"text-align:(\w+)", cell.get("style", "")) for cell in cells}
    assert {said: side for said, (side,) in sides.items()} == {
        **dict.fromkeys(("左一", "左二", "左三", "5"), "left"),
        **dict.fromkeys(("中一", "中二", "中三", "中四", "1,234.5", "-3", ""), "center"),
    }
    unbroken = ["".join(cell.itertext()) for cell in cells if "word-break" in cell.get("style", "")]
    assert unbroken == ["左三"]


@pytest.mark.parametrize("columns", [6, 7])
def test_a_table_of_many_columns_scrolls_where_the_page_is_narrow(
    notebook: Callable[..., NotebookNode], columns: int
) -> None:
    shown = f"<table><tbody><tr>{'<td>1</td>' * columns}</tr></tbody></table>"
    (table,) = fragment_fromstring(fragment(ExecutedReport(notebook(shown), REPORT)).decode()).iter("table")
    frame = table.getparent()
    assert frame is not None and "overflow-x:auto" in frame.get("style", "")
    assert ("min-width" in table.get("style", "")) is (columns > 6)


def test_there_is_no_script_no_class_and_no_name(executed: ExecutedReport) -> None:
    html = fragment(executed).decode()
    assert not re.search(r"<script|<style|<link| class=| on\w+=|https?://(?!www\.w3\.org)", html)
    names = set(re.findall(r' id="([^"]*)"', html))
    assert all(name.startswith("reportkit-chart-") for name in names)  # what is clipped in a drawing
    assert re.match(r'<article lang="zh-CN" style="[^"]*">\s*<meta charset="utf-8">', html)


def test_it_can_be_read_back(executed: ExecutedReport) -> None:
    read = read_html(fragment(executed).decode(), "fragment.html")
    tables = [block for block in read.blocks if isinstance(block, Grid)]
    assert len(tables) == 4
    assert "法律服务机构" in {box.text for line in tables[1].rows for box in line if box}
    assert "示例市示例局" in str(read.blocks)


def test_charts_stand_beside_it_or_are_told_in_words(executed: ExecutedReport) -> None:
    assert pictures_beside(executed) == {}
    beside = replace(executed, charts="png")
    files = pictures_beside(beside)
    assert files.keys() == {"fragment-chart-1.png", "fragment-picture-2.png"}
    assert all(content.startswith(b"\x89PNG") for content in files.values())
    html = fragment(beside).decode()
    assert re.findall(r'src="([^"]*)"', html) == [*files]
    assert "<svg" not in html and 'alt="甲多于乙。"' in html
    words = fragment(replace(executed, charts="none")).decode()
    assert not re.search("<svg|<img|<figure", words)
    assert words.count("甲多于乙。") == 1


def test_it_is_one_of_the_formats_and_nothing_in_the_article_is_changed(executed: ExecutedReport) -> None:
    before = executed.article.html()
    listed = format_named("fragment")
    assert listed.render(executed) == fragment(executed)
    assert listed.beside is not None and listed.beside(executed) == {}
    assert (listed.public, listed.always) == (True, False)
    assert executed.article.html() == before

"""The plain article: what the published page says, and nothing of its looks."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from reportkit.publish.document import Article, article_of, places
from reportkit.publish.executed import ExecutedReport
from reportkit.report import Agency, new_report

from .conftest import VEGALITE

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
TABLE = (
    '<style>td {color: red}</style><div class="rk-part rk-scroll"><table class="rk-table" data-rk-report="1">'
    '<caption>示例</caption><colgroup><col style="color: red; width: 12.5%"><col class="a"></colgroup>'
    '<thead><tr><td rowspan="2" style="text-align: left; color: red">项</td>'
    '<th scope="colgroup" colspan="2"><span class="rk-x">甲<wbr>乙</span></th></tr></thead>'
    '<tbody><tr><th scope="row">一</th><td id="a.b.c" onclick="x()">1</td></tr></tbody></table></div>'
)


def body(article: Article) -> str:
    return article.html().removeprefix('<article lang="zh-CN">\n').removesuffix("</article>")


@pytest.fixture
def html(notebook: Callable[..., NotebookNode]) -> Callable[..., str]:
    def written(*shown: Any) -> str:
        return body(article_of(notebook(*shown)))

    return written


def test_tables_keep_what_their_cells_are_and_lose_their_looks(html: Callable[..., str]) -> None:
    assert html(TABLE) == (
        '<table><caption>示例</caption><colgroup><col style="width:12.5%"><col></colgroup>'
        '<thead><tr><td rowspan="2" style="text-align:left">项</td><th scope="colgroup" colspan="2">甲<wbr>乙</th></tr></thead>'
        '<tbody><tr><th scope="row">一</th><td id="a.b.c">1</td></tr></tbody></table>\n'
    )


@pytest.mark.parametrize(
    ("shown", "left"),
    [
        ('<h2 id="overview" class="x">一、<span>总</span>体</h2>', '<h2 id="overview">一、总体</h2>\n'),
        ("<div>一</div><div>二</div>", "<p>一</p>\n<p>二</p>\n"),
        ("<div><div>一</div>二<b>三</b><p>四</p>五</div>", "<p>一</p>\n<p>二<b>三</b></p>\n<p>四</p>\n<p>五</p>\n"),
        ("<p> </p><div><p></p></div><p>一<br>二</p>", "<p>一<br>二</p>\n"),
        ("<p>一<small>二<kbd>三</kbd></small>四</p>", "<p>一二三四</p>\n"),
        ("<p hidden>一</p>二", "<p>二</p>\n"),
        ("<section><ol start='3'><li>一</li></ol></section>", '<ol start="3"><li>一</li></ol>\n'),
        ("<details><summary>一</summary><p>二</p></details>", "<p>一</p>\n<p>二</p>\n"),
        (
            '<p><a href="https://example.org" rel="x" title="y">一</a></p>',
            '<p><a href="https://example.org">一</a></p>\n',
        ),
        ("<!-- 一 --><script>x()</script>", ""),
        ('<p><b>一</b><img src="data:image/png;base64,A" alt="坏图">二</p>', "<p><b>一</b>坏图二</p>\n"),
        ('<p><b>一</b>又<img src="data:image/png;base64,A" alt="坏图">二</p>', "<p><b>一</b>又坏图二</p>\n"),
    ],
)
def test_what_is_there_only_for_the_looks_goes(html: Callable[..., str], shown: str, left: str) -> None:
    assert html(shown) == left


def test_charts_and_images_become_pictures_with_their_words(
    notebook: Callable[..., NotebookNode], bar: Callable[..., dict[str, Any]]
) -> None:
    image = {"image/png": PNG, "text/plain": "一张图"}
    broken = '<p>前<img src="data:image/png;base64,A" alt="坏图">后</p>'
    article = article_of(
        notebook({VEGALITE: bar("甲多于乙。")}, image, broken, f'<img src="data:image/png;base64,{PNG}" width="30">')
    )
    chart, picture, last = article.pictures.values()
    assert (chart.name, chart.alternative, picture.alternative, last.alternative) == (
        "chart-1.svg", "甲多于乙。", "一张图", "图"
    )  # fmt: skip
    assert chart.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox=')
    assert b"aria-" not in chart.content and b"<clipPath" in chart.content
    assert chart.width > 0 < chart.height
    assert (picture.name, picture.content) == ("picture-2.png", base64.b64decode(PNG))
    assert [(each.width, each.height) for each in (picture, last)] == [(0, 0), (30, 0)]
    assert body(article) == (
        f'<figure><img src="chart-1.svg" width="{chart.width:g}" height="{chart.height:g}" alt="甲多于乙。">'
        "<figcaption>甲多于乙。</figcaption></figure>\n"
        '<p><img src="picture-2.png" alt="一张图"></p>\n<p>前坏图后</p>\n<p><img src="picture-3.png" width="30" alt="图"></p>\n'
    )


def test_only_what_the_public_sees_is_in_it(cell: Callable[..., NotebookNode], html: Callable[..., str]) -> None:
    assert html(cell({"text/html": "<p>一</p>"}, tags=("review",)), {"text/plain": "二"}, "<p>三</p>") == "<p>三</p>\n"


def test_the_title_is_in_one_line_and_the_article_is_made_once() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("<h1>示例局<br>年度报告</h1>")])
    executed = ExecutedReport(notebook, new_report(Agency("a", "示例局"), 2023))
    assert executed.article.title == "示例局年度报告"
    assert executed.article is executed.article


LABELS = (
    '<table><colgroup><col style="width:30%"><col style="width:10%"><col style="width:60%"></colgroup><tbody><tr>'
    "<th rowspan='2'>法律<wbr>服务<wbr>机构</th><th>商业<wbr>企业</th><th>总计</th></tr>"
    "<tr><th colspan='2'>商业<wbr>企业</th></tr></tbody></table>"
)


@pytest.mark.parametrize(
    ("across", "said"),
    [
        (50, "法律服务机构 商业企业 总计 商业企业"),
        (40, "法律服务机构 商业企业 总计 商业企业"),
        (39.9, "法律服务机构 商业|企业 总计 商业企业"),
        (15, "法律服务|机构 商业|企业 总计 商业企业"),
        (1, "法律|服务|机构 商业|企业 总计 商业|企业"),
    ],
)
def test_labels_are_broken_where_they_are_wider_than_their_columns(
    notebook: Callable[..., NotebookNode], across: float, said: str
) -> None:
    article = article_of(notebook(LABELS))
    written = article.html(across=across)
    for cell, broken in zip(article.root.iter("th"), said.split(), strict=True):
        pieces = [cell.text or "", *(mark.tail or "" for mark in cell)]
        assert "".join(pieces) == broken.replace("|", "")
        assert f">{broken.replace('|', '<br>')}</th>" in written
    assert "<wbr>" not in written


def test_a_label_without_a_width_is_broken_and_one_with_marks_in_it_is_not(
    notebook: Callable[..., NotebookNode],
) -> None:
    shown = "<table><colgroup><col></colgroup><tbody><tr><th>商业<wbr>企业</th></tr><tr><th><b>总</b>计</th></tr></tbody></table>"
    written = article_of(notebook(shown)).html(across=50)
    assert "<th>商业<br>企业</th>" in written
    assert "<th><b>总</b>计</th>" in written


def test_cells_stand_where_a_browser_puts_them(notebook: Callable[..., NotebookNode]) -> None:
    shown = (
        '<table><thead><tr><th rowspan="9">a</th><th colspan="2">b</th></tr></thead>'
        '<tbody><tr><td rowspan="2">c</td><td>d</td><td rowspan="3">e</td></tr><tr><td>f</td></tr>'
        '<tr><td colspan="x">g</td><td>h</td></tr><tr><td>i</td><td>j</td><td>k</td></tr></tbody></table>'
    )
    table = article_of(notebook(shown)).root[0]
    stand = {cell.text: (first, last) for cell, first, last in places(table)}
    assert stand == {
        "a": (0, 1), "b": (1, 3), "c": (0, 1), "d": (1, 2), "e": (2, 3), "f": (1, 2), "g": (0, 1), "h": (1, 2),
        "i": (0, 1), "j": (1, 2), "k": (2, 3),
    }  # fmt: skip

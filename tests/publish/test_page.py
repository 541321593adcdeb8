import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from reportkit.publish.page import NOT_RUN, UNTITLED, Page, compose

Make = Callable[..., NotebookNode]
PIXEL = base64.b64encode(b"\x89PNG example").decode()


def shown(page: Page) -> str:
    return "\n".join(block.html for block in page.blocks)


def both(notebook: NotebookNode) -> tuple[str, str]:
    return shown(compose(notebook, review=False)), shown(compose(notebook, review=True))


def test_code_and_raw_cells_are_never_shown(notebook: Make, cell: Make) -> None:
    for page in both(notebook(cell({"text/html": "<p>示例</p>"}), new_raw_cell("生的"))):
        assert page == "<p>示例</p>"


def test_cells_for_review_are_in_the_review_page_alone(notebook: Make, cell: Make) -> None:
    executed = notebook("<p>甲</p>", cell({"text/html": "<p>乙</p>"}, tags=("review",)))
    publish, review = compose(executed, review=False), compose(executed, review=True)
    assert shown(publish) == "<p>甲</p>"
    assert [(block.html, block.review) for block in review.blocks] == [("<p>甲</p>", False), ("<p>乙</p>", True)]


def test_papermills_banner_of_failure_is_for_reviewers(notebook: Make) -> None:
    banner = new_markdown_cell("**An Exception was encountered**", metadata={"tags": ["papermill-error-cell-tag"]})
    publish, review = both(notebook(banner, "<p>甲</p>"))
    assert "Exception" not in publish
    assert "Exception" in review


def test_parameters_show_nothing(notebook: Make) -> None:
    cells = [new_code_cell("year = 2023", metadata={"tags": [tag]}) for tag in ("parameters", "injected-parameters")]
    assert both(notebook(*cells, "<p>甲</p>")) == ("<p>甲</p>", "<p>甲</p>")


def test_markdown_cells_are_shown_as_harmless_html(notebook: Make) -> None:
    cell = new_markdown_cell("## 示例\n\n**甲**<b onclick='x()'>乙</b>\n\n|a|b|\n|-|-|\n|1|2|\n\n[x](javascript:x)")
    publish, review = both(notebook(cell))
    assert publish == review
    assert "<h2>示例</h2>" in publish
    assert "<strong>甲</strong><b>乙</b>" in publish
    assert "<td>1</td>" in publish
    assert "href" not in publish


def test_an_image_attached_to_a_markdown_cell_stands_in_the_page(notebook: Make) -> None:
    cell = new_markdown_cell("![图一](attachment:a%20b.png) ![图二](attachment:none.png)")
    cell.attachments = {"a b.png": {"image/png": PIXEL}}
    publish, _ = both(notebook(cell))
    assert f'<img src="data:image/png;base64,{PIXEL}" alt="图一">' in publish
    assert publish.count("<img") == 1
    assert "图二" in publish


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"text/plain": "a", "text/markdown": "*b*"}, "<p><em>b</em></p>\n"),
        ({"text/plain": "a", "text/markdown": "*b*", "text/html": "<p>c</p>"}, "<p>c</p>"),
        ({"text/html": ["<p>", "行</p>"]}, "<p>行</p>"),
        ({"application/json": {}}, ""),
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "HBox()"}, ""),
        ({"text/plain": " \n"}, ""),
    ],
)
def test_an_output_is_shown_in_its_best_form(notebook: Make, data: dict[str, Any], expected: str) -> None:
    assert both(notebook(data)) == (expected, expected)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text/plain": "<a> & b"}, "&lt;a&gt; &amp; b"),
        ({"text/plain": "\x1b[31m红\x1b[0m"}, "红"),
        ({"application/json": {}, "text/plain": "a"}, "a"),
        ({"application/javascript": "1", "text/plain": "Text(0.5, 1.0, '示例')"}, "Text(0.5, 1.0, '示例')"),
    ],
)
def test_a_result_that_is_mere_text_is_for_reviewers(notebook: Make, data: dict[str, Any], said: str) -> None:
    publish, review = both(notebook(data, "<p>甲</p>"))
    assert publish == "<p>甲</p>"
    assert re.search(r'<div class="note text"><p>文字输出（公开版不显示.*</p><pre>(.*)</pre></div>', review)[1] == said  # type: ignore[index]


def test_results_of_one_cell_are_one_note(notebook: Make, cell: Make) -> None:
    review = both(notebook(cell({"text/plain": "甲"}, {"text/plain": "乙"})))[1]
    assert review.count("文字输出") == 1
    assert "<pre>甲\n乙</pre>" in review


def test_an_output_may_be_kept_from_the_public(notebook: Make, cell: Make) -> None:
    kept = new_output("display_data", {"text/html": "<style>.a{}</style><p>给分析者</p>"})
    kept.metadata = {"reportkit": {"audience": "review"}}
    executed = notebook(cell({"text/html": "<p>甲</p>"}, kept, {"text/html": "<p>乙</p>"}))
    publish, review = compose(executed, review=False), compose(executed, review=True)
    assert (shown(publish), publish.styles) == ("<p>甲</p>\n<p>乙</p>", ())
    assert [(block.html, block.review) for block in review.blocks] == [
        ("<p>甲</p>", False),
        ("<p>给分析者</p>", True),
        ("<p>乙</p>", False),
    ]


@pytest.mark.parametrize("metadata", [{"reportkit": 1}, {"reportkit": {"audience": "publish"}}, {"image/png": {}}])
def test_any_other_metadata_keeps_nothing_back(notebook: Make, cell: Make, metadata: dict[str, Any]) -> None:
    output = new_output("display_data", {"text/html": "<p>甲</p>"})
    output.metadata = metadata
    assert both(notebook(cell(output))) == ("<p>甲</p>", "<p>甲</p>")


def test_what_ties_a_table_to_its_findings_is_on_the_review_page_alone(notebook: Make) -> None:
    said = 'data-rk-report="ab"'
    publish, review = both(notebook(f'<table class="a" {said}><tr><td>1 {said}</td></tr></table>'))
    assert publish.count(said) == 1
    assert '<table class="a">' in publish
    assert review.count(said) == 2


def test_a_chart_goes_before_every_other_form(notebook: Make, bar: Make) -> None:
    for version in ("v5", "v6", "v6.1"):
        data = {"text/html": "<p>甲</p>", "image/png": PIXEL, f"application/vnd.vegalite.{version}+json": bar()}
        page = compose(notebook(data), review=False)
        assert "<svg" in shown(page)
        assert "甲" not in shown(page)
        assert page.charts == 1


def test_an_image_goes_before_html(notebook: Make) -> None:
    publish, _ = both(notebook({"text/html": "<p>甲</p>", "image/png": PIXEL + "\n", "text/plain": "<Figure>"}))
    assert publish == f'<p class="image"><img src="data:image/png;base64,{PIXEL}" alt="图"></p>'


def test_an_svg_image_is_shown_as_an_image_so_that_it_runs_nothing(notebook: Make) -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    publish, _ = both(notebook({"image/svg+xml": svg, "image/png": PIXEL}))
    assert base64.b64encode(svg.encode()).decode() in publish
    assert "<svg" not in publish


def test_an_image_keeps_its_alternative_text_and_size(notebook: Make, cell: Make) -> None:
    output = new_output("display_data", {"image/png": PIXEL})
    output.metadata = {"image/png": {"alt": '示例 "甲"', "width": 40, "height": "x"}}
    publish, _ = both(notebook(cell(output)))
    assert 'alt="示例 &quot;甲&quot;" width="40"' in publish
    assert "height" not in publish


@pytest.mark.parametrize("content", ['"><script>', f"{PIXEL[:8]}*{PIXEL[8:]}", ""])
def test_what_is_not_an_image_is_replaced_by_its_text(
    notebook: Make, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    publish, _ = both(notebook({"image/png": content, "text/plain": "示例图"}))
    assert publish == '<p class="image">示例图</p>'
    assert "not base64" in caplog.text


def test_what_a_cell_printed_is_for_reviewers(notebook: Make, cell: Make) -> None:
    printed = [
        new_output("stream", name="stdout", text="读入\x1b[1m2"),
        new_output("stream", name="stdout", text="份\x1b[0m <b>\n"),
        new_output("stream", name="stderr", text=" 10%\r100%\r\n"),
    ]
    publish, review = both(notebook(cell(*printed), "<p>甲</p>"))
    assert publish == "<p>甲</p>"
    assert '<div class="note stdout"><p>程序输出</p><pre>读入2份 &lt;b&gt;</pre></div>' in review
    assert '<div class="note stderr"><p>程序提示</p><pre>100%</pre></div>' in review


def test_silence_is_not_shown(notebook: Make, cell: Make) -> None:
    assert both(notebook(cell(new_output("stream", name="stdout", text="\n")), "<p>甲</p>"))[1] == "<p>甲</p>"


def test_an_error_is_for_reviewers_and_shows_no_code(notebook: Make, cell: Make) -> None:
    error = new_output("error", ename="ValueError", evalue="\x1b[31m示例\x1b[0m", traceback=["---> secret_code()"])
    publish, review = both(notebook(cell({"text/html": "<p>甲</p>"}, error)))
    assert publish == "<p>甲</p>"
    assert "<p>运行出错</p><pre>ValueError: 示例</pre>" in review
    assert "secret_code" not in review


def test_each_style_sheet_stands_once_in_the_order_of_its_first_part(notebook: Make) -> None:
    page = compose(notebook("<style>a{}</style><p>1</p>", "<style>b{}</style>", "<style>a{}</style>"), review=False)
    assert page.styles == ("a{}", "b{}")
    assert shown(page) == "<p>1</p>"


def test_the_title_is_the_first_heading(notebook: Make) -> None:
    executed = notebook(
        "<h2>一</h2><h1 id='t'> 示例局<br>\n2023年&amp; <em>报告</em></h1>", "<h1>二</h1>", title="别的"
    )
    assert compose(executed, review=False).title == "示例局 2023年& 报告"


def test_without_a_heading_the_notebooks_title_is_used(notebook: Make) -> None:
    assert compose(notebook("<h1> </h1>", title="示例\n标题"), review=False).title == "示例 标题"
    assert compose(notebook("<p>甲</p>"), review=False).title == UNTITLED


@pytest.mark.parametrize("cells", [[], [new_code_cell("1")], [new_markdown_cell("# 甲"), new_code_cell("1")]])
def test_a_notebook_that_was_not_run_says_so(cells: list[NotebookNode]) -> None:
    for page in both(new_notebook(cells=cells)):
        assert NOT_RUN in page


def test_a_notebook_of_text_alone_needs_no_running() -> None:
    assert NOT_RUN not in both(new_notebook(cells=[new_markdown_cell("甲"), new_code_cell("")]))[0]


def test_the_nonce_follows_from_the_content(notebook: Make) -> None:
    one, same, other = (compose(notebook(f"<p>{text}</p>"), review=True) for text in ("甲", "甲", "乙"))
    assert one.nonce == same.nonce != other.nonce


def test_halves_of_characters_do_not_stop_a_page(notebook: Make, bar: Make) -> None:
    executed = notebook({"text/plain": "\ud800"}, {"application/vnd.vegalite.v5+json": bar("\ud800")}, title="\ud800")
    page = compose(executed, review=True)
    assert (page.title + shown(page)).encode()


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x9b", "\u202e", "\u2067"])
def test_control_characters_reach_no_page(notebook: Make, cell: Make, character: str) -> None:
    spoilt = f"甲{character}乙&#{ord(character)};丙"
    executed = notebook(
        new_markdown_cell(f'# {spoilt}\n\n<p title="{spoilt}">{spoilt}</p>'),
        cell({"text/html": f"<h2>{spoilt}</h2><style>p {{ color: red; /* {character} */ }}</style>"}),
        cell({"text/markdown": spoilt}),
        cell({"image/png": PIXEL, "text/plain": spoilt}),
        new_code_cell("1", outputs=[new_output("stream", name="stdout", text=spoilt)]),
        new_code_cell("1", outputs=[new_output("error", ename=spoilt, evalue=spoilt, traceback=[])]),
    )
    executed.metadata["title"] = spoilt
    for review in (False, True):
        page = compose(executed, review=review)
        assert character not in "".join([page.title, shown(page), *page.styles])
        assert "甲" in page.title


def test_an_escape_sequence_is_seen_on_the_page(notebook: Make, cell: Make) -> None:
    assert both(notebook(cell({"text/html": "<p>\x1b[31m示例&#27;</p>"})))[0] == r"<p>\u001b[31m示例\u001b</p>"

"""What a browser makes of the pages."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from reportkit.build.assets import write_assets
from reportkit.build.output import FolderOutput
from reportkit.display import tables
from reportkit.publish.exporters import export
from reportkit.report import Agency, new_report

Make = Callable[..., NotebookNode]
VEGALITE = "application/vnd.vegalite.v5+json"
PHONE = {"width": 375, "height": 700}
HOSTILE = """
<script>window.__pwned = 1</script><img src=x onerror="window.__pwned = 2"><svg onload="window.__pwned = 3"></svg>
<a id=link href="javascript:window.__pwned = 4">a</a><iframe srcdoc="<script>parent.__pwned = 5</script>"></iframe>
<img src="http://evil.example/a.png" alt="图"><link rel=stylesheet href="http://evil.example/b.css">
<style>@import "http://evil.example/c.css";</style><style>p { background: url(http://evil.example/d.png) }</style>
<p style="background-image: url(http://evil.example/e.png)">e</p><base href="http://evil.example/">
<meta http-equiv="refresh" content="0;url=http://evil.example/"><object data="http://evil.example/f"></object>
<form id=form action="http://evil.example/"><button>go</button></form><video src="http://evil.example/g.mp4"></video>
"""


@pytest.fixture
def opened(page: Any, tmp_path: Path) -> Callable[..., Any]:
    """Export a notebook and open it as a file, its shared files where a build would have put them."""

    def open_page(notebook: NotebookNode, audience: Any, *, assets_url: str = "../../assets") -> Any:
        file = tmp_path / "2023" / "example" / f"{audience}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        if assets_url:
            write_assets(FolderOutput(tmp_path))
        file.write_text(export(notebook, audience, assets_url=assets_url), encoding="utf-8")
        page.goto(file.as_uri())
        return page

    return open_page


@pytest.fixture
def wide(notebook: Make, bar: Make) -> NotebookNode:
    """A page with everything that may be too wide."""
    report = new_report(Agency("example", "示例市示例局"), 2023, {"applications.received.company": 12345})
    parts = [tables.table(report, table.key)._repr_html_() for table in report.form.tables]
    text = "长" * 300 + "x" * 300
    return notebook(f"<h1>{text}</h1>", *parts, {VEGALITE: bar(width=900)}, {"text/plain": "x" * 500}, f"<p>{text}</p>")


# How many lines each piece of a label takes between the places where a line may end.
LINES_OF_PIECES = """() => [...document.querySelectorAll('.rk-pieces')].flatMap(label =>
  [...label.childNodes].filter(node => node.nodeType === 3 && !node.data.includes('、')).map(node => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [node.data, new Set([...range.getClientRects()].map(box => Math.round(box.top))).size];
  }))"""


@pytest.mark.parametrize("width", [1280, 390])
def test_no_label_is_broken_within_a_word(wide: NotebookNode, opened: Callable[..., Any], width: int) -> None:
    page = opened(wide, "publish")
    page.set_viewport_size({"width": width, "height": 700})
    lines = page.evaluate(LINES_OF_PIECES)
    assert {"自然人", "商业", "企业", "结果", "维持"} <= {piece for piece, _ in lines}
    assert [piece for piece, number in lines if number != 1] == []


@pytest.mark.parametrize("audience", ["publish", "review"])
def test_a_hostile_notebook_runs_and_fetches_nothing(
    notebook: Make, cell: Make, bar: Make, opened: Callable[..., Any], audience: str
) -> None:
    chart = bar("</script><script>window.__pwned = 6</script>", title="<img src=x onerror='window.__pwned = 7'>")
    hostile = [
        HOSTILE,
        new_markdown_cell(HOSTILE + "\n\n![x](http://evil.example/h.png) [y](javascript:window.__pwned=8)"),
        {"text/markdown": HOSTILE},
        {"text/plain": HOSTILE},
        {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{HOSTILE}</svg>"},
        {"image/png": "x' onerror='window.__pwned = 9"},
        {VEGALITE: chart},
        {VEGALITE: bar(data={"url": "http://evil.example/i.json"})},
        {VEGALITE: bar(usermeta={"embedOptions": {"patch": "http://evil.example/j.json"}})},
        {"application/javascript": "window.__pwned = 10", "text/plain": "示例"},
        cell({"output_type": "error", "ename": "<script>window.__pwned = 11</script>", "evalue": "", "traceback": []}),
    ]
    page = opened(notebook(*hostile, title=HOSTILE), audience)
    page.wait_for_timeout(500)
    assert page.evaluate("window.__pwned") is None
    assert page.url.startswith("file:")


@pytest.mark.parametrize("assets_url", ["../../assets", ""])
def test_review_charts_answer_to_the_pointer(
    notebook: Make, bar: Make, opened: Callable[..., Any], complaints: list[str], assets_url: str
) -> None:
    page = opened(notebook({VEGALITE: bar()}, {VEGALITE: bar("示例二")}), "review", assets_url=assets_url)
    page.wait_for_selector(".vega-embed svg")
    page.wait_for_function("document.querySelectorAll('.vega-embed svg').length == 2")
    assert page.locator("figure svg").count() == 2
    page.locator(".vega-embed svg .mark-rect path").first.hover()
    page.wait_for_selector("#vg-tooltip-element.visible")
    assert page.get_by_text("示例：自然人28件").is_visible()
    assert page.locator(".vega-actions").count() == 0
    assert complaints == []


def test_review_charts_work_from_a_web_server_too(
    notebook: Make, bar: Make, page: Any, complaints: list[str], tmp_path: Path
) -> None:
    write_assets(FolderOutput(tmp_path))
    (tmp_path / "review.html").write_text(
        export(notebook({VEGALITE: bar()}), "review", assets_url="assets"), encoding="utf-8"
    )

    def serve(route: Any) -> None:
        file = tmp_path / route.request.url.removeprefix("http://reportkit.test/")
        if file.exists():
            route.fulfill(path=file)
        else:
            route.fulfill(status=204)

    page.route("http://reportkit.test/**", serve)
    page.goto("http://reportkit.test/review.html")
    page.wait_for_selector(".vega-embed svg")
    assert complaints == []


def test_without_the_library_the_drawings_stay(
    notebook: Make, bar: Make, opened: Callable[..., Any], tmp_path: Path
) -> None:
    page = opened(notebook({VEGALITE: bar()}), "review")
    page.wait_for_selector(".vega-embed svg")
    for file in (tmp_path / "assets").iterdir():
        file.unlink()
    page.reload()
    assert page.locator("figure svg[role=img]").is_visible()
    assert page.locator(".vega-embed").count() == 0


def test_a_chart_that_the_browser_cannot_draw_leaves_the_drawing(
    notebook: Make, bar: Make, opened: Callable[..., Any], complaints: list[str]
) -> None:
    # Reading rows from text compiles code, which the page's policy forbids.
    page = opened(notebook({VEGALITE: bar(data={"values": "who,count\n甲,2", "format": {"type": "csv"}})}), "review")
    page.wait_for_timeout(500)
    assert page.locator("figure svg[role=img]").is_visible()
    assert page.locator(".vega-embed").count() == 0


def test_published_charts_are_seen_and_named(
    notebook: Make, bar: Make, opened: Callable[..., Any], complaints: list[str]
) -> None:
    page = opened(notebook({VEGALITE: bar()}), "publish")
    chart = page.get_by_role("img", name="示例：自然人28件，商业企业55件。")
    assert chart.is_visible()
    assert chart.bounding_box()["height"] > 100
    assert page.get_by_role("main").is_visible()
    assert complaints == []


@pytest.mark.parametrize("audience", ["publish", "review"])
def test_on_a_phone_only_tables_scroll(
    wide: NotebookNode, opened: Callable[..., Any], page: Any, audience: str
) -> None:
    page.set_viewport_size(PHONE)
    opened(wide, audience)
    if audience == "review":
        page.wait_for_selector(".vega-embed svg")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.locator("figure svg").first.bounding_box()["width"] < PHONE["width"]
    frames = page.locator(".scroll").all()
    scrolling = [frame.evaluate("frame => frame.scrollWidth > frame.clientWidth") for frame in frames]
    assert scrolling == [False, True, True]


def test_every_column_fits_the_printed_page(wide: NotebookNode, opened: Callable[..., Any], page: Any) -> None:
    # A4 at 96 pixels an inch, less the margins of 15 mm.
    page.set_viewport_size({"width": round((210 - 30) / 25.4 * 96), "height": 1000})
    page.emulate_media(media="print")
    opened(wide, "publish")
    for frame in page.locator(".scroll, table").all():
        assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth + 1")
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert re.search(rb"/MediaBox \[0 0 59[45](\.\d+)? 84[12]", pdf)


def test_the_body_reads_as_a_chinese_text(notebook: Make, opened: Callable[..., Any]) -> None:
    page = opened(notebook("<h1>示例</h1><p>正文</p>"), "publish")
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert page.evaluate(style.format("h1", "textAlign")) == "center"
    assert page.evaluate(style.format("main > p", "textIndent")) == "32px"
    assert page.evaluate(style.format("p", "textAlign")) == "justify"


def test_text_stands_out_from_its_ground_at_seven_to_one(
    notebook: Make, cell: Make, bar: Make, opened: Callable[..., Any]
) -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "示例", "traceback": []}
    table = "<table><thead><tr><th>甲</th></tr></thead><tr><td>1</td></tr></table>"
    shown = [f"<h1>示例</h1><p>甲<a href='#a'>乙</a></p>{table}", {VEGALITE: bar()}, {"text/plain": "x"}, cell(error)]
    page = opened(notebook(*shown), "review")
    assert page.evaluate(CONTRASTS) == []


# The texts whose colour is nearer than 7:1 to that of the ground they stand on.
CONTRASTS = """
() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if ((numbers(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("h1, p, a, th, td, figcaption, pre, .banner, .banner strong")]
    .map((element) => {
      const [low, high] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => a - b);
      return [element.outerHTML, (high + 0.05) / (low + 0.05)];
    })
    .filter(([, contrast]) => contrast < 7);
}
"""

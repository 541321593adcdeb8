import json
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from reportkit.publish import charts
from reportkit.publish.charts import chart_figure, library, library_name

Bar = Callable[..., dict[str, Any]]


def drawing(figure: str) -> str:
    (svg,) = re.findall(r"<svg.*</svg>", figure)
    return str(svg)


def test_a_chart_is_a_drawing_with_its_description_as_caption_and_name(bar: Bar) -> None:
    figure = chart_figure(bar("示例 <甲>"), 1, interactive=False)
    assert '<figcaption id="reportkit-chart-1">示例 &lt;甲&gt;</figcaption>' in figure
    assert '<svg role="img" aria-labelledby="reportkit-chart-1" viewBox="0 0 ' in figure
    assert "商业企业" in drawing(figure)
    assert 'font-family="PingFang SC, Noto Sans CJK SC, sans-serif"' in figure


@pytest.mark.parametrize("title", ["标题", ["标", "题"], {"text": "标题"}])
def test_without_a_description_the_title_is_the_caption(bar: Bar, title: Any) -> None:
    figure = chart_figure(bar("", title=title), 1, interactive=False)
    assert re.search("<figcaption[^>]*>标 ?题</figcaption>", figure)


def test_without_either_it_still_has_a_name(bar: Bar) -> None:
    figure = chart_figure(bar(""), 1, interactive=False)
    assert 'aria-label="统计图"' in figure
    assert "figcaption" not in figure


def test_identifiers_of_several_charts_do_not_collide(bar: Bar) -> None:
    page = "".join(chart_figure(bar(), number, interactive=False) for number in (1, 2))
    identifiers = re.findall(r'\bid="([^"]*)"', page)
    assert len(identifiers) == len(set(identifiers)) == 4
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(identifiers)


def test_a_chart_looks_the_same_however_many_were_drawn_before(bar: Bar) -> None:
    first = chart_figure(bar(), 1, interactive=False)
    charts._svg.cache_clear()
    assert chart_figure(bar(), 1, interactive=False) == first


def test_coordinates_are_rounded(bar: Bar) -> None:
    assert not re.search(r"\d\.\d{3}", drawing(chart_figure(bar(), 1, interactive=False)))


def test_the_published_drawing_holds_no_script_and_no_specification(bar: Bar) -> None:
    figure = chart_figure(bar(), 1, interactive=False)
    assert "script" not in figure
    assert "vega" not in figure


def test_a_mark_may_link_to_the_web(bar: Bar) -> None:
    figure = chart_figure(_linking(bar(), "https://example.org/"), 1, interactive=False)
    assert '<a href="https://example.org/">' in figure


def test_a_mark_that_would_run_a_script_is_not_drawn(bar: Bar) -> None:
    assert "javascript" not in chart_figure(_linking(bar(), "javascript:alert(1)"), 1, interactive=False)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_chart_that_fails_does_not_spoil_the_next(bar: Bar, times: int) -> None:
    for number in range(times):
        broken = _linking(bar(f"示例{number}{times}"), "javascript:alert(1)")
        assert "未能绘制" in chart_figure(broken, 1, interactive=False)
    for number in range(3):
        assert "<svg" in chart_figure(bar(title=f"{number}{times}"), 1, interactive=False)


def _linking(spec: dict[str, Any], address: str) -> dict[str, Any]:
    return spec | {"encoding": spec["encoding"] | {"href": {"value": address}}}


def test_an_image_from_elsewhere_is_left_out(bar: Bar) -> None:
    images = {"mark": {"type": "image", "width": 9, "height": 9}, "encoding": {"url": {"field": "u"}}}
    figure = chart_figure(bar(data={"values": [{"u": "https://evil.example/a.png"}]}, **images), 1, interactive=False)
    assert "<svg" in figure
    assert "evil" not in figure


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.json", "file:///etc/hostname", "/etc/hostname", "data.json"])
@pytest.mark.parametrize("interactive", [False, True])
def test_data_from_elsewhere_is_not_read(
    bar: Bar, address: str, interactive: bool, caplog: pytest.LogCaptureFixture
) -> None:
    for spec in (
        bar(data={"url": address}),
        {"description": "示例", "hconcat": [bar(data={"url": address})]},
        bar(transform=[{"lookup": "who", "from": {"data": {"url": address}, "key": "who", "fields": ["x"]}}]),
    ):
        figure = chart_figure(spec, 1, interactive=interactive)
        assert "未能绘制" in figure
        assert "<figcaption" in figure
        assert "script" not in figure
        assert address in caplog.text


def test_rows_may_hold_addresses_in_a_column_of_that_name(bar: Bar) -> None:
    rows = [{"who": "示例", "count": 1, "data": {"url": "https://example.org/"}}]
    assert "<svg" in chart_figure(bar(data={"values": rows}), 1, interactive=False)


@pytest.mark.parametrize("spec", [None, "{}", [], {}, {"mark": "nonsense"}])
def test_a_broken_chart_leaves_a_sentence_and_a_warning(spec: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert "未能绘制" in chart_figure(spec, 7, interactive=True)
    assert "chart 7 cannot be drawn" in caplog.text


@pytest.mark.parametrize(
    ("schema", "version"),
    [
        ("https://vega.github.io/schema/vega-lite/v6.1.0.json", "6.1"),
        ("https://vega.github.io/schema/vega-lite/v5.9.json", "5.14"),
        ("https://vega.github.io/schema/vega-lite/v5.json", "5.21"),
        ("https://vega.github.io/schema/vega-lite/v5.99.1.json", "5.21"),
    ],
)
def test_a_chart_is_drawn_by_the_version_it_was_written_for(schema: str, version: str) -> None:
    assert charts.vegalite_version(schema) == version


def test_a_chart_of_an_unknown_version_is_drawn_by_the_nearest() -> None:
    newest = charts.vegalite_version("")
    assert newest.startswith("6.")
    assert charts.vegalite_version("https://vega.github.io/schema/vega-lite/v99.json") == newest
    assert charts.vegalite_version("https://vega.github.io/schema/vega-lite/v4.17.json") == "5.8"


def test_a_chart_for_review_carries_its_specification_as_data(bar: Bar) -> None:
    spec = bar("</script><script>alert(1)</script>", usermeta={"embedOptions": {"actions": True}})
    figure = chart_figure(spec, 1, interactive=True)
    (carried,) = re.findall(r'<script type="application/json">(.*?)</script>', figure)
    assert json.loads(carried) == {key: spec[key] for key in spec if key not in ("$schema", "usermeta")}
    assert drawing(figure) == drawing(chart_figure(spec, 1, interactive=False))


def test_the_library_is_named_after_what_it_is_made_from_and_can_stand_inside_a_page() -> None:
    assert re.fullmatch(r"reportkit-charts-[0-9a-f]{12}\.js", library_name())
    assert "</script" not in library()


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x9b", "\u202e", "\ufffe"])
def test_control_characters_are_shown_in_a_chart_and_do_not_end_the_process(bar: Bar, character: str) -> None:
    figure = chart_figure(bar("甲", title=f"题{character}目"), 1, interactive=True)
    assert f"题\\u{ord(character):04x}目" in drawing(figure)
    assert character not in figure


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces this limit")
def test_where_too_little_address_space_is_allowed_the_chart_alone_is_missing(bar: Bar) -> None:
    program = (
        "import json, sys\nfrom reportkit.publish.charts import chart_figure\n"
        "print(chart_figure(json.load(sys.stdin), 1, interactive=False))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(bar()),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)),
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, "未能绘制" in done.stdout) == (0, True)
    assert (
        done.stderr == "chart 1 cannot be drawn: drawing needs 66 GiB of address space, and ulimit -v allows 4096 MiB\n"
    )

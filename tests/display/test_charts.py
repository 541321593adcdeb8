"""Charts follow from the form, say in words what they show, and can be shown and changed as any of Altair's."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import altair as alt
import pytest
import vl_convert
from altair.utils.schemapi import SchemaValidationError
from hypothesis import given, settings

from checks.examples import hangzhou
from reportkit.display import charts
from reportkit.display.drawing import ReportChart
from reportkit.display.parts import Part, ReviewPart
from reportkit.form import form_for
from reportkit.form.figures import Figure, magnitude
from reportkit.publish.charts import get_ready
from reportkit.report import Agency, AnnualReport, new_report
from strategies import reports

Make = Callable[[AnnualReport], ReportChart | Part]

# JupyterLab 4 knows Vega-Lite by this name alone.
MEDIA_TYPE = "application/vnd.vegalite.v5+json"
AGENCY = Agency("example", "示例局")
FIGURES: dict[str, Figure] = {
    "applications.received.natural_person": 9,
    "applications.received.other": 2,
    "applications.carried_in.natural_person": 1,
    "applications.granted.natural_person": 6,
    "applications.refused.state_secret.natural_person": 1,
    "applications.refused.internal_affairs.other": 2,
    "applications.carried_out.natural_person": 3,
    "challenges.review.upheld": 4,
    "challenges.litigation_after_review.pending": 1,
}
get_ready()  # with fonts that are the same everywhere, before vl_convert is used without them
EVERY_CHART: list[Make] = [charts.outcomes, charts.applicants, charts.requests_over_years, charts.challenges_over_years]


def report(year: int = 2023, years: int = 2, figures: Mapping[str, Figure] = FIGURES) -> AnnualReport:
    """A report with the same figures in each of the years before it."""
    previous = report(year - 1, years - 1, figures) if years > 1 else None
    on_form = {address: figure for address, figure in figures.items() if address in form_for(year).entries}
    return new_report(AGENCY, year, on_form, previous=previous)


def drawn(shown: ReportChart | Part) -> ReportChart:
    assert isinstance(shown, ReportChart)
    return shown


def spec_of(shown: ReportChart | Part) -> dict[str, Any]:
    """The specification of what must be a chart."""
    return drawn(shown).to_dict()


def bars(shown: ReportChart | Part) -> list[tuple[str | None, str, int]]:
    """What the chart's first layer shows."""
    spec = spec_of(shown)
    data = spec["layer"][0].get("data") or spec["data"]
    values = spec["datasets"][data["name"]]
    return [(value.get("year"), value["label"], value["count"]) for value in values]


def test_outcomes_are_the_form_s_groups_in_its_order() -> None:
    assert bars(charts.outcomes(report())) == [(None, "予以公开", 6), (None, "不予公开", 3)]


def test_outcomes_are_said_in_words_with_those_that_are_zero() -> None:
    assert spec_of(charts.outcomes(report()))["description"] == (
        "2023年共办结政府信息公开申请9件：予以公开6件、不予公开3件；部分公开、无法提供、不予处理、其他处理为0件。"
    )


def test_a_remark_in_a_label_is_left_out_and_no_zero_is_named_where_there_is_none() -> None:
    words = spec_of(charts.outcomes(hangzhou()))["description"]
    assert "部分公开2168件" in words
    assert words.endswith("其他处理1486件。")


def test_applicants_bear_the_form_s_words_and_the_other_one_its_group() -> None:
    assert bars(charts.applicants(report())) == [(None, "自然人", 9), (None, "法人或其他组织·其他", 2)]
    assert "自然人9件" in spec_of(charts.applicants(report()))["description"]


def test_a_stated_total_that_is_blank_is_taken_from_its_parts() -> None:
    blank = report().replace({"applications.granted.total": None})
    assert bars(charts.outcomes(blank))[0] == (None, "予以公开", 6)


def test_a_stated_total_is_what_stands_on_the_form() -> None:
    stated = report().replace({"applications.granted.total": 5})
    assert bars(charts.outcomes(stated))[0] == (None, "予以公开", 5)


def test_requests_are_compared_over_the_years() -> None:
    chart = charts.requests_over_years(report(2023, 2))
    assert bars(chart) == [
        (year, label, count)
        for year in ("2022年", "2023年")
        for label, count in (
            ("本年新收", 11),
            ("上年结转", 1),
            ("本年度办理结果·总计", 9),
            ("结转下年度继续办理", 3),
        )
    ]
    assert spec_of(chart)["description"] == (
        "2022年至2023年政府信息公开申请收到和办理情况，各年依次为：本年新收11、11件；上年结转1、1件；"
        "本年度办理结果·总计9、9件；结转下年度继续办理3、3件。"
    )


def test_challenges_are_compared_over_the_years() -> None:
    chart = charts.challenges_over_years(report(2023, 2))
    assert bars(chart)[:2] == [("2022年", "行政复议", 4), ("2022年", "复议后起诉", 1)]
    assert "行政复议4、4件；未经复议直接起诉各年均为0件；复议后起诉1、1件。" in spec_of(chart)["description"]


def test_a_series_that_repeats_another_is_told_and_not_drawn() -> None:
    balanced = {"applications.received.company": 4, "applications.granted.company": 4}
    before = report(2022, 1, {"applications.received.company": 2, "applications.granted.company": 2})
    chart = charts.requests_over_years(new_report(AGENCY, 2023, balanced, previous=before))
    assert bars(chart) == [("2022年", "本年新收", 2), ("2023年", "本年新收", 4)]
    assert spec_of(chart)["description"].endswith(
        "本年新收2、4件；上年结转各年均为0件；本年度办理结果·总计与本年新收相同；结转下年度继续办理各年均为0件。"
    )


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        (charts.outcomes, "2023年共办结政府信息公开申请2件：予以公开2件；"),
        (charts.applicants, "2023年新收政府信息公开申请2件，按申请人分：自然人2件；"),
        (charts.requests_over_years, "2022年至2023年政府信息公开申请收到和办理情况，各年依次为：本年新收0、2件；"),
        (charts.challenges_over_years, "行政复议0、2件；"),
    ],
)
def test_a_single_bar_is_no_chart_and_the_reviewer_is_told(chart: Make, words: str) -> None:
    figures = {
        "applications.received.natural_person": 2,
        "applications.granted.natural_person": 2,
        "challenges.review.upheld": 2,
    }
    shown = chart(new_report(AGENCY, 2023, figures, previous=report(2022, 1, {})))
    assert isinstance(shown, ReviewPart)
    assert words in repr(shown)
    assert repr(shown).endswith("只有一项不为0，未绘图。")


def test_years_of_an_older_edition_are_compared_too() -> None:
    chart = charts.requests_over_years(report(2023, 5))
    assert [year for year, label, _ in bars(chart) if label == "本年新收"] == [
        f"{year}年" for year in range(2019, 2024)
    ]


@pytest.mark.parametrize(
    ("chart", "sentence"),
    [
        (charts.outcomes, "2023年没有办结政府信息公开申请。"),
        (charts.applicants, "2023年没有新收政府信息公开申请。"),
        (charts.requests_over_years, "2022年至2023年的政府信息公开申请收到和办理情况均为0。"),
        (charts.challenges_over_years, "2022年至2023年的政府信息公开行政复议、行政诉讼情况均为0。"),
    ],
)
def test_where_all_is_zero_a_sentence_says_so(chart: Make, sentence: str) -> None:
    shown = chart(report(figures={}))
    assert isinstance(shown, Part)
    assert repr(shown) == sentence


@pytest.mark.parametrize("chart", [charts.requests_over_years, charts.challenges_over_years])
def test_one_year_alone_is_no_comparison(chart: Make) -> None:
    assert "没有2023年以前的数据" in repr(chart(report(years=1)))


@pytest.mark.parametrize("chart", EVERY_CHART)
def test_an_edition_without_the_table_gets_a_sentence(chart: Make) -> None:
    form = form_for(2023)
    bare = replace(form, edition="1900", tables=form.tables[:1], identities=())
    assert "1900年版" in repr(chart(new_report(AGENCY, 2023, form=bare)))


def test_an_edition_without_the_row_gets_a_sentence() -> None:
    form = form_for(2023)
    applications = form.table("applications")
    (block,) = applications.blocks
    rows = tuple(row for row in block.rows if row.key != "received")
    shorter = replace(applications, blocks=(replace(block, rows=rows),))
    identities = tuple(one for one in form.identities if one.rule != "T3-BALANCE" and one.table == "applications")
    bare = new_report(AGENCY, 2023, form=replace(form, tables=(shorter,), identities=identities))
    assert isinstance(charts.applicants(bare), Part)


@pytest.mark.parametrize("chart", EVERY_CHART)
def test_a_chart_is_described_titled_and_carries_its_data(chart: Make) -> None:
    spec = spec_of(chart(report()))
    assert {"2023"} <= set(re.findall(r"\d{4}", spec["description"]))
    assert spec["title"].endswith("（件）")
    assert "url" not in json.dumps(spec["datasets"])
    assert any("tooltip" in layer["encoding"] for layer in spec["layer"])


@pytest.mark.parametrize("chart", EVERY_CHART)
def test_the_same_report_makes_the_same_spec(chart: Make) -> None:
    assert json.dumps(spec_of(chart(report()))) == json.dumps(spec_of(chart(report())))


@pytest.mark.parametrize("chart", EVERY_CHART)
@pytest.mark.parametrize("version", ["6.4", "5.8"])
def test_a_chart_renders_by_its_own_vega_lite_and_by_jupyterlab_s(chart: Make, version: str) -> None:
    svg = vl_convert.vegalite_to_svg(spec_of(chart(report())), vl_version=version)
    labels = {label for _, label, _ in bars(chart(report()))}
    assert labels <= set(re.findall(r">([^<>]+)</text>", svg))
    assert "…" not in svg
    assert max(map(float, re.findall(r'<svg[^>]* width="([\d.]+)"', svg))) < 600


def test_bars_lie_down_where_their_figures_do_not_fit_above_them() -> None:
    def across(shown: AnnualReport) -> str:
        field = spec_of(charts.requests_over_years(shown))["layer"][0]["encoding"]["x"]["field"]
        assert isinstance(field, str)
        return field

    many = {address: int(magnitude(figure)) * 1000 for address, figure in FIGURES.items()}
    assert across(report(2023, 2, many)) == "year"
    assert across(report(2025, 7, many)) == "count"


@settings(max_examples=25)
@given(reports(2023), reports(2024))
def test_whatever_the_figures_a_chart_keeps_to_its_axis_and_says_something(
    before: AnnualReport, now: AnnualReport
) -> None:
    now = now.replace({}, previous=before)
    for chart in EVERY_CHART:
        shown = chart(now)
        if isinstance(shown, Part):
            continue
        spec = spec_of(shown)
        encoding = spec["layer"][0]["encoding"]
        along = next(encoding[channel] for channel in ("x", "y") if encoding[channel].get("field") == "count")
        counts: dict[str, list[int]] = {}
        for _, label, count in bars(shown):
            counts.setdefault(label, []).append(count)
        drawn_counts = [count for series in counts.values() for count in series]
        assert max(drawn_counts) <= along["axis"]["values"][-1] <= along["scale"]["domain"][1]
        assert sum(map(bool, drawn_counts)) > 1
        if len(counts[bars(shown)[0][1]]) > 1:
            assert len({tuple(series) for series in counts.values()}) == len(counts)
            assert all(map(any, counts.values()))
        assert not any(layer["mark"].get("angle") for layer in spec["layer"])


@pytest.mark.parametrize("most", [7, 9_999_999])
@pytest.mark.parametrize("years", [2, 7])
def test_no_label_is_rotated_and_no_bar_leaves_the_drawing(most: int, years: int) -> None:
    shown = {address: max(most - at, 1) for at, address in enumerate(FIGURES)}
    for chart in EVERY_CHART:
        svg = vl_convert.vegalite_to_svg(spec_of(chart(report(2025, years, shown))))
        assert set(re.findall(r"rotate\(([^),]*)", svg)) <= {"0"}
        assert max(map(float, re.findall(r'<svg[^>]* width="([\d.]+)"', svg))) < 560


def test_no_axis_waits_for_text_to_be_measured() -> None:
    def axis(shown: ReportChart | Part, channel: str) -> Any:
        return spec_of(shown)["layer"][0]["encoding"][channel]["axis"]

    bar = axis(charts.applicants(report()), "y")
    assert bar["minExtent"] == bar["maxExtent"] >= len("法人或其他组织·其他") * 13
    assert bar["labelLimit"] == 0
    grouped = axis(charts.requests_over_years(report()), "y")
    assert grouped["minExtent"] == grouped["maxExtent"] > 0


def test_a_chart_can_be_changed_and_combined() -> None:
    changed = drawn(charts.outcomes(report())).properties(width=300)
    assert changed.to_dict()["width"] == 300
    combined = alt.vconcat(changed, drawn(charts.applicants(report())))
    assert len(combined.to_dict()["vconcat"]) == 2
    label = alt.Chart(alt.InlineData(values=[{"x": "示例"}])).mark_text().encode(text="x:N")
    assert len((changed + label).to_dict()["layer"]) == 3


def test_a_chart_has_its_look_whatever_altair_s_settings_are_and_leaves_them_alone() -> None:
    spec = spec_of(charts.outcomes(report()))
    assert (spec["background"], spec["config"]["view"]["stroke"]) == ("#ffffff", None)
    drawn(charts.outcomes(report()))._repr_mimebundle_()
    assert (alt.theme.active, alt.renderers.active) == ("default", "default")


def test_asking_the_package_for_its_charts_changes_nothing_in_altair() -> None:
    program = "import altair, reportkit; reportkit.charts; print(altair.theme.active, altair.renderers.active)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["default", "default"]


def test_a_chart_in_a_concatenation_leaves_the_look_to_the_whole() -> None:
    whole = alt.hconcat(drawn(charts.outcomes(report())), drawn(charts.applicants(report()))).to_dict()
    assert "background" not in whole
    assert not any("config" in part or "$schema" in part for part in whole["hconcat"])


@pytest.fixture
def altair_settings() -> Iterator[None]:
    """Altair's settings are as before after the test."""
    before = alt.theme.active, alt.renderers.active
    yield
    alt.theme.enable(before[0])
    alt.renderers.enable(before[1])


def test_a_theme_and_a_renderer_that_the_analyst_chooses_are_used(altair_settings: None) -> None:
    alt.theme.enable("opaque")
    alt.renderers.enable("json")
    assert spec_of(charts.outcomes(report()))["config"]["background"] == "white"
    data, _ = drawn(charts.outcomes(report()))._repr_mimebundle_()
    assert MEDIA_TYPE not in data


def test_altair_s_other_charts_look_and_are_shown_alike_where_the_analyst_asks_for_it(altair_settings: None) -> None:
    both = alt.hconcat(drawn(charts.outcomes(report())), drawn(charts.applicants(report())))
    charts.enable()
    assert both.to_dict()["background"] == "#ffffff"
    shown: Any = both._repr_mimebundle_()
    assert set(shown[0]) == {MEDIA_TYPE, "text/plain"}


def test_what_an_analyst_makes_of_a_chart_is_checked_by_altair() -> None:
    changed: Any = drawn(charts.outcomes(report())).properties(width=300)
    changed.layer[0].mark.type = "示例"
    with pytest.raises(SchemaValidationError, match="示例"):
        changed.to_dict()


def test_what_an_analyst_makes_of_a_chart_looks_and_is_shown_as_it_was() -> None:
    changed = drawn(charts.outcomes(report())).properties(width=300).interactive()
    assert changed.to_dict()["background"] == "#ffffff"
    assert MEDIA_TYPE in changed._repr_mimebundle_()[0]


@pytest.mark.parametrize("chart", EVERY_CHART)
def test_a_chart_is_valid_vega_lite(chart: Make) -> None:
    drawn(chart(report())).to_dict(validate=True)


def test_a_chart_shows_in_jupyterlab_without_another_host() -> None:
    chart = drawn(charts.outcomes(report()))
    data, metadata = chart._repr_mimebundle_()
    assert set(data) == {MEDIA_TYPE, "text/plain"}
    assert data[MEDIA_TYPE] == chart.to_dict()
    assert data["text/plain"] == chart.to_dict()["description"]
    assert metadata[MEDIA_TYPE]["embed_options"]["actions"] is False


def test_charts_do_without_pandas() -> None:
    program = "import sys, reportkit.display.charts; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

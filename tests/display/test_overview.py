"""The overview's charts and tables say in their titles what they show, stay readable at any size, and break nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from reportkit.display import overview as shown
from reportkit.display.parts import Part
from reportkit.display.year import Body, Counts, FoundRule, Overview

MARKUP = "<b onclick='x'>示例&局</b>"


def of(counts: Counts, *more: Body, **history: Counts) -> Overview:
    years = {int(year.removeprefix("y")): past for year, past in history.items()}
    return Overview(2023, (Body("a", "示例局", counts=counts), *more), {**years, 2023: counts})


def title(part: object) -> str:
    return part.text if isinstance(part, Part) else part.to_dict()["title"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("granted", "answered", "said"),
    [
        (7, 10, "七成申请予以公开或者部分公开"),
        (72, 100, "七成多申请予以公开或者部分公开"),
        (68, 100, "近七成申请予以公开或者部分公开"),
        (4, 100, "不到一成申请予以公开或者部分公开"),
        (97, 100, "九成多申请予以公开或者部分公开"),
        (100, 100, "申请全部予以公开或者部分公开"),
        (0, 100, "没有申请予以公开"),
        (None, 100, "办结申请100件"),
    ],
)
def test_the_share_granted_is_said_as_people_say_it(granted: int | None, answered: int, said: str) -> None:
    counts = Counts(answered=answered, granted=granted, outcomes={"予以公开": answered, "其他处理": 1})
    assert title(shown.outcomes(of(counts))) == said


def test_a_single_bar_and_none_are_told_in_a_sentence() -> None:
    one = of(Counts(answered=2, granted=2, outcomes={"予以公开": 2, "不予公开": 0}, reasons={"属于国家秘密": 0}))
    assert title(shown.outcomes(one)) == "申请全部予以公开或者部分公开。2023年办结申请共2件：予以公开2件。"
    assert title(shown.reasons(one)) == "2023年不予公开0件。"
    assert title(shown.results(one)) == "2023年没有可以比较的数字：复议、诉讼情况。"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (20, "2023年新收申请25件，比上年增加25.0%"),
        (50, "2023年新收申请25件，比上年减少50.0%"),
        (9, "2023年新收申请25件，比上年增加16件"),
        (0, "2023年新收申请25件，比上年增加25件"),
        (25, "2023年新收申请25件，与上年相同"),
    ],
)
def test_a_change_is_given_in_per_cent_where_that_says_something(before: int, said: str) -> None:
    assert title(shown.years(of(Counts(received=25), y2022=Counts(received=before)))) == said


def test_a_year_without_the_one_before_is_compared_with_none() -> None:
    assert title(shown.years(of(Counts(received=25), y2021=Counts(received=9)))) == "2023年新收申请25件"
    assert title(shown.years(of(Counts(received=25)))) == "没有2023年以前的数字，无法比较各年的申请数量。"


def test_the_leading_figures_stand_beside_last_year_s() -> None:
    now = Counts(received=12, answered=10, granted=6, closed=4, lost=1)
    before = Counts(received=10, answered=10, granted=5, closed=4, lost=1)
    missing = Body("b", "乙局", state="missing")
    page = shown.leading(of(now, missing, y2022=before)).html
    figures = re.findall(r"<dt>(.*?)</dt><dd><strong>(.*?)</strong></dd><dd>(.*?)</dd>", page)
    assert figures == [
        ("已报送", "1/2", "1个机关未报送"),
        ("新收申请", "12件", "上年10件，增加20.0%"),
        ("公开率", "60.0%", "上年50.0%，上升10.0个百分点"),
        ("纠错率", "25.0%", "与上年相同（25.0%）"),
        ("待处理错误", "0项", "各报告均无错误"),
    ]
    assert "没有上年数字" in shown.leading(of(now)).html


def test_figures_that_the_form_does_not_have_are_left_out() -> None:
    page = shown.leading(of(Counts())).html
    assert re.findall("<dt>(.*?)</dt>", page) == ["已报送", "待处理错误"]
    assert "公开率" not in page


def test_a_city_without_districts_says_so_once() -> None:
    overview = of(Counts(received=1, refused=1))
    assert title(shown.districts(overview)) == "没有下辖的地区，不按地区比较。"
    assert shown.district_table(overview).html == ""


def test_tables_link_the_review_pages_of_those_that_have_one() -> None:
    bodies = (
        Body("甲 局", MARKUP, counts=Counts(received=30), before=Counts(received=1)),
        Body("b", "乙局", counts=Counts(received=2), before=Counts(received=1)),
    )
    overview = Overview(2023, bodies)
    for part in (shown.agencies(overview), shown.changes(overview)):
        assert '<a href="#page:%E7%94%B2%20%E5%B1%80/review.html">&lt;b onclick=' in part.html
        assert MARKUP not in part.html
    assert "由1件变为30件" in shown.changes(overview).text


def test_only_so_many_rows_bars_and_names_are_shown() -> None:
    many = tuple(
        Body(f"b{n}", f"第{n}局", "a", "missing" if n % 2 else "built", counts=Counts(received=n)) for n in range(5000)
    )
    overview = Overview(
        2023, (Body("a", "示例市"), *many), {}, tuple(FoundRule(f"R-{n}", "", "", 1, 1) for n in range(90))
    )
    for part in (shown.agencies(overview), shown.findings(overview), shown.missing(overview)):
        assert len(part.html) < 9000
    assert "等2500个机关，见总目录" in shown.missing(overview).html
    reasons = shown.reasons(of(Counts(refused=99, reasons={f"理由{n}" * 20: n for n in range(1, 40)})))
    assert len(title(reasons)) <= 34
    assert "其余27个共378件" in reasons.to_dict()["description"]


def test_what_is_called_alike_has_a_bar_of_its_own() -> None:
    governments = [Body(f"g{n}", f"{'很' * n}长的名称" * 5, "a", counts=Counts(refused=n)) for n in (1, 2)]
    alike = [Body(f"h{n}", "示例县", "a", counts=Counts(refused=3)) for n in (1, 2)]
    below = [Body(f"{body.id}-x", "局", body.id) for body in (*governments, *alike)]
    chart = shown.districts(Overview(2023, (Body("a", "示例市"), *governments, *alike, *below)))
    (data,) = chart.to_dict()["datasets"].values()
    bars = {row["label"]: row["count"] for row in data}
    assert sorted(bars.values()) == [1, 2, 3, 3]


def test_findings_are_ranked_and_lead_to_the_reports_concerned() -> None:
    rules = (FoundRule("T4-SUM", "总计等于各项之和", "错误", 3, 4), FoundRule("OWN-X", "", "", 1, 1))
    part = shown.findings(Overview(2023, (), {}, rules))
    assert part.text == "发现2类问题，最常见的涉及3份报告"
    assert 'href="#page:../index.html#year=2023&amp;rule=T4-SUM"' in part.html


def test_agencies_without_a_report_are_listed_by_the_body_above() -> None:
    bodies = (
        Body("a", "示例市"),
        Body("b", "乙局", "a", "missing"),
        Body("c", "丙局", "a", "missing"),
        Body("d", "丁局", "", "failed"),
    )
    part = shown.missing(Overview(2023, bodies))
    assert part.text == "2个机关未报送：乙局、丙局；1个机关报告没有生成成功：丁局"
    assert "<li>示例市：乙局、丙局</li>" in part.html


@pytest.mark.parametrize("name", shown.__all__)
@pytest.mark.parametrize("overview", [Overview(2023, ()), of(Counts()), of(Counts(received=0, answered=0, granted=0))])
def test_where_there_is_nothing_to_show_it_says_so(name: str, overview: Overview) -> None:
    make: Callable[[Overview], object] = getattr(shown, name)
    assert title(make(overview)).strip()

"""Rules on numbers of the texts: which are found, what the finding says, and what is no fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from checks.examples import findings, sound_report
from reportkit.checks import Finding, check
from reportkit.form import editions
from reportkit.form.figures import Figure
from reportkit.report import AnnualReport

RECEIVED: Mapping[str, Figure] = {
    "applications.received.natural_person": 41,
    "applications.received.company": 2,
    "applications.granted.natural_person": 41,
    "applications.granted.company": 2,
}
RULES = ("TEXT-CLAIM", "TEXT-ZERO", "TEXT-PERCENT", "TEXT-PERIOD", "TEXT-FEES", "TEXT-BREAKDOWN")


def saying(text: str, figures: Mapping[str, Figure] | None = None, **fields: Any) -> AnnualReport:
    return sound_report(figures=RECEIVED if figures is None else figures, narrative={"overview": text}, **fields)


def found(text: str, figures: Mapping[str, Figure] | None = None, **fields: Any) -> list[Finding]:
    return [finding for finding in check(saying(text, figures, **fields)) if finding.rule in RULES]


def test_a_wrong_count_names_its_words_and_the_cells_with_their_figures() -> None:
    (finding,) = found("我局全年受理依申请公开事项41件，均按期答复。")
    assert (finding.rule, finding.severity) == ("TEXT-CLAIM", "error")
    assert finding.quote == "我局全年受理依申请公开事项41件"
    assert (finding.expected, finding.actual) == (43, 41)
    assert finding.cells == ("applications.received.total",)
    assert "表三.本年新收政府信息公开申请数量.总计为43" in finding.message


def test_the_reading_that_comes_nearest_is_named_first() -> None:
    carried = {**RECEIVED, "applications.carried_in.company": 5}
    (finding,) = found("共受理政府信息公开申请47件。", carried)
    assert finding.expected == 48
    assert finding.cells == ("applications.received.total", "applications.carried_in.total")
    assert "为48，或" in finding.message


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("未发生行政复议。", {"challenges.review.upheld": 1}),
        ("未收到政府信息公开申请。", RECEIVED),
        ("行政复议0件。", {"challenges.review.pending": 2}),
        ("行政复议2件。", {}),
    ],
)
def test_a_denial_of_what_there_is_and_a_count_of_what_there_is_not(text: str, figures: Mapping[str, Figure]) -> None:
    (finding,) = found(text, figures)
    assert (finding.rule, finding.severity) == ("TEXT-ZERO", "error")
    assert finding.cells
    assert finding.quote


def test_what_is_said_twice_of_one_number_is_found_once() -> None:
    text = "收到政府信息公开申请41件，均为自然人提出。"
    (finding,) = found(text, {"applications.received.natural_person": 43})
    assert finding.rule == "TEXT-CLAIM"


def test_a_wrong_share_shows_the_sum() -> None:
    (finding,) = found("收到政府信息公开申请43件，其中自然人41件，占95.4%。")
    assert (finding.rule, finding.severity) == ("TEXT-PERCENT", "warning")
    assert (finding.expected, finding.actual) == ("95.3%", "95.4%")
    assert "自然人为41" in finding.message
    assert "总计为43" in finding.message
    assert {"applications.received.natural_person", "applications.received.total"} <= set(finding.cells)


def test_a_wrong_growth_shows_both_years() -> None:
    last = sound_report(2022, {"applications.received.company": 40})
    (finding,) = found("新收政府信息公开申请43件，同比增长7.4%。", previous=last)
    assert (finding.rule, finding.expected, finding.actual) == ("TEXT-PERCENT", "7.5%", "7.4%")
    assert "上一年度为40，本年为43" in finding.message


def test_a_share_that_follows_from_a_wrong_count_is_one_fault() -> None:
    assert [finding.rule for finding in found("收到政府信息公开申请43件，其中自然人14件，占32.6%。")] == ["TEXT-CLAIM"]


@pytest.mark.parametrize(
    "period", ["2022年1月1日至2022年12月31日", "2022年1月1日起至12月31日止", "自2021年1月1日至2021年12月31日"]
)
def test_a_period_of_another_year(period: str) -> None:
    (finding,) = findings(sound_report(narrative={"preamble": f"所列数据的统计期限为{period}。"}), "TEXT-PERIOD")
    assert finding.severity == "error"
    assert finding.quote and finding.quote in period
    assert finding.expected == "2023年1月1日至2023年12月31日"


@pytest.mark.parametrize("year", ["2022", "２０２２", "二〇二二"])
def test_a_title_of_another_year(year: str) -> None:
    preamble = f"现公布示例局{year}年政府信息公开工作年度报告。"
    (finding,) = findings(sound_report(narrative={"preamble": preamble}), "TEXT-PERIOD")
    assert finding.quote == f"{year}年政府信息公开工作年度报告"
    both = f"{preamble}2023年政府信息公开工作年度报告如下。"
    assert not findings(sound_report(narrative={"preamble": both}), "TEXT-PERIOD")


@pytest.mark.parametrize(
    ("overview", "other"),
    [
        ("收取信息处理费380元。", "本年度未收取信息处理费。"),
        ("未收取信息处理费。", "本年度收取信息处理费380元。"),
        ("收取信息处理费380元。", "本年度收取信息处理费830元。"),
    ],
)
def test_texts_that_contradict_each_other_on_fees(overview: str, other: str) -> None:
    report = sound_report(narrative={"overview": overview, "other": other})
    (finding,) = findings(report, "TEXT-FEES")
    assert finding.severity == "warning"
    assert "不一致" in finding.message


@pytest.mark.parametrize(
    ("overview", "other"),
    [
        ("收取信息处理费380元。", "本年度收取信息处理费380元。"),
        ("收取信息处理费380元。", "本年度收取信息处理费0.038万元。"),
        ("收取信息处理费约380元。", "本年度未收取信息处理费。"),
    ],
)
def test_texts_that_agree_on_fees(overview: str, other: str) -> None:
    assert not findings(sound_report(narrative={"overview": overview, "other": other}), "TEXT-FEES")


def test_unpaid_fees_were_asked_for() -> None:
    unpaid: Mapping[str, Figure] = {"applications.other.fee_unpaid.company": 1}
    (finding,) = findings(sound_report(figures=unpaid), "TEXT-FEES")
    assert "applications.other.fee_unpaid.company" in finding.cells
    told = sound_report(figures=unpaid, narrative={"other": "申请人逾期未缴费1件，未收取信息处理费。"})
    assert not findings(told, "TEXT-FEES")


@pytest.mark.parametrize(
    "text",
    [
        "收到人大代表建议12件、政协提案9件，公开信息390余条。",
        "收到政府信息公开申请40余件。",
        "2022年收到政府信息公开申请12件。",
        "计划明年办理政府信息公开申请100件。",
        "近五年，共收到政府信息公开申请230件。",
        "近三年累计收到政府信息公开申请230件。",
        "通过微信公众号发布信息428条，收到网民留言12件。",
        "<!-- 收到政府信息公开申请12件 -->收到政府信息公开申请43件。",
        "办结43件，其中予以公开43件，网上申请30件。",
    ],
)
def test_what_is_no_claim_on_the_tables_gives_no_alarm(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("year", [2020, 2023], ids=editions())
def test_both_editions_are_held_against_their_texts(year: int) -> None:
    wrong = sound_report(
        year, {"applications.received.company": 12}, narrative={"overview": "收到政府信息公开申请21件。"}
    )
    (finding,) = findings(wrong, "TEXT-CLAIM")
    assert (finding.expected, finding.actual) == (12, 21)

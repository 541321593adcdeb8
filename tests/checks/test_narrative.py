"""Rules on numbers of the texts: which are found, what the finding says, and what is no fault."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
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
    (finding,) = found("共办理政府信息公开申请47件。", carried)
    assert finding.message.count("，或") == 2


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


@pytest.mark.parametrize("percent", ["85.4", "107.0"])
def test_a_share_is_one_of_the_same_requests(percent: str) -> None:
    carried = {**RECEIVED, "applications.carried_in.natural_person": 5}
    (finding,) = found(f"收到政府信息公开申请43件，其中自然人41件，占{percent}%。", carried)
    assert (finding.rule, finding.expected) == ("TEXT-PERCENT", "95.3%")


def test_a_wrong_growth_shows_both_years() -> None:
    last = sound_report(2022, {"applications.received.company": 40})
    (finding,) = found("新收政府信息公开申请43件，同比增长7.4%。", previous=last)
    assert (finding.rule, finding.expected, finding.actual) == ("TEXT-PERCENT", "7.5%", "7.4%")
    assert "上一年度为40，本年为43，增长7.5%，正文为7.4%。" in finding.message
    last = sound_report(2022, {"applications.received.company": 50})
    (finding,) = found("新收政府信息公开申请43件，同比下降14.1%。", previous=last)
    assert "上一年度为50，本年为43，下降14.0%，正文为14.1%。" in finding.message


def test_every_wrong_number_is_found_in_its_place() -> None:
    both = "收到政府信息公开申请{}件。"
    report = sound_report(figures=RECEIVED, narrative={"overview": both.format(41), "problems": both.format(42)})
    assert [finding.actual for finding in findings(report, "TEXT-CLAIM")] == [41, 42]
    again = found(f"{both.format(41)}以上共{both.format(41)}")
    assert [finding.actual for finding in again] == [41, 41]


def test_a_share_that_follows_from_a_wrong_count_is_one_fault() -> None:
    assert [finding.rule for finding in found("收到政府信息公开申请43件，其中自然人14件，占32.6%。")] == ["TEXT-CLAIM"]


@pytest.mark.parametrize(
    "period",
    [
        "2022年1月1日至2022年12月31日",
        "2022年1月1日起至12月31日止",
        "自2021年1月1日至2021年12月31日",
        "2024年1月1日至2024年12月31日",
    ],
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
    assert f"引言写的是“{finding.quote}”，报告年度为2023年。" in finding.message
    assert finding.actual == f"{year}年"
    two = sound_report(narrative={"preamble": f"{preamble}2021年政府信息公开工作年度报告已公布。"})
    assert [one.quote for one in findings(two, "TEXT-PERIOD")] == [finding.quote]
    both = f"{preamble}2023年政府信息公开工作年度报告如下。"
    assert not findings(sound_report(narrative={"preamble": both}), "TEXT-PERIOD")


@pytest.mark.parametrize(
    ("overview", "other"),
    [
        ("收取信息处理费380元。", "本年度未收取信息处理费。"),
        ("未收取信息处理费。", "本年度收取信息处理费380元。"),
        ("收取信息处理费380元。", "本年度收取信息处理费830元。"),
        ("收取信息处理费830元。", "本年度收取信息处理费380元。"),
    ],
)
def test_texts_that_contradict_each_other_on_fees(overview: str, other: str) -> None:
    report = sound_report(narrative={"overview": overview, "other": other})
    (finding,) = findings(report, "TEXT-FEES")
    assert finding.severity == "warning"
    assert "不一致" in finding.message
    assert all(text.removeprefix("本年度").rstrip("。") in finding.message for text in (overview, other))


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
    assert "“总计”列为1，请核实" in finding.message
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


YEAR: Mapping[str, Figure] = {
    "applications.received.natural_person": 41,
    "applications.received.company": 2,
    "applications.carried_in.company": 3,
    "applications.granted.natural_person": 30,
    "applications.partly_granted.company": 5,
    "applications.refused.state_secret.natural_person": 1,
    "applications.refused.internal_affairs.natural_person": 2,
    "applications.unavailable.not_held.natural_person": 6,
    "applications.carried_out.natural_person": 2,
    "challenges.review.upheld": 2,
    "challenges.review.corrected": 1,
    "challenges.litigation_direct.upheld": 1,
    "disclosure.licences.decisions": 120,
    "disclosure.penalties.decisions": 15,
    "disclosure.fees.amount": Decimal("38.65"),
    "disclosure.normative_documents.issued": 4,
    "disclosure.normative_documents.repealed": 1,
    "disclosure.normative_documents.in_force": 30,
}


@pytest.mark.parametrize(
    "text",
    [
        "2023年，我局共收到政府信息公开申请43件，较2022年增长7.5%，上年结转3件，办结44件，结转下年2件。",
        "全年共受理依申请公开46件（含上年结转3件），其中予以公开30件，部分公开5件，不予公开3件，无法提供6件。",
        "收到申请43件，其中当面申请3件、网络申请40件；自然人41件，占95.35%，法人2件，占4.65%。",
        "发生行政复议3件，其中维持2件，纠正1件；行政诉讼1件，结果维持。",
        "作出行政许可120件、行政处罚15件，行政强制0件；行政事业性收费38.65万元。",
        "共公开政府信息1200条，其中网站公开800条、微信400条。办理12345热线工单230件、人大建议5件、政协提案3件。",
        "2022年共收到申请40件，2023年收到43件，同比增加3件。",
        "近三年共收到政府信息公开申请130件，年均43件。",
        "制发规范性文件4件，废止1件，现行有效30件。",
        "依法不予公开3件，其中国家秘密1件，内部事务信息2件。",
        "收到政府信息公开申请43件，同比增加3件；办结率100%，未出现逾期答复情况。",
        "举办政务公开培训2次，参训120人次。答复咨询15件次，接受群众来访6人次。",
        "市政府办公室转办申请5件，我局均已答复。下属单位收到申请7件。",
        "下一步，力争将办理时限缩短至10个工作日，确保2024年申请答复率100%。",
        "在依申请公开办理中，有2件涉及第三方权益，征求意见后予以公开。",
        "全年因政府信息公开工作被申请行政复议3件，较上年增加3件，被复议机关纠正1件，纠错率33.3%。",
        "未收取任何信息处理费，未发生因信息公开引发的舆情。",
        "通过政府信息公开申请系统受理的40件中，39件按期答复，1件延期答复。",
        "对重大政策开展解读14篇，其中文字解读8篇、图片解读6篇。",
        "行政诉讼1件（一审维持），无败诉案件。",
        "我局承担的行政复议案件12件均已审结。",
        "群众通过依申请公开渠道获取信息30条次。",
        "公开行政处罚结果信息15条、行政许可结果信息120条。",
        "接受政府信息公开申请咨询电话50余个。",
        "（二）依申请公开情况。我局严格按照《条例》规定办理政府信息公开申请，2023年共收到申请43件，其中网上申请40件，占比93%；当面申请3件，占比7%。",
        "本年度，市局及所属单位共收到政府信息公开申请60件，其中市局机关43件。",
        "全年通过政府信息公开平台发布信息1260条，回应公众关注热点12次，收到公众留言56条，办结56条，办结率100%。",
        "上年结转申请3件，本年新收43件，共计46件，已全部办结。",
        "按照申请内容分，涉及征地拆迁类12件，涉及规划许可类8件，涉及财务类3件。",
        "受理的申请中，30件予以公开，5件部分公开，9件不予公开或无法提供，2件结转下年度办理。",
        "本年度办理行政复议答复3件、行政诉讼应诉1件。",
        "被申请行政复议3件，其中涉及政府信息公开3件。",
        "全年新制作规范性文件4件，全部主动公开；开展规范性文件清理，废止1件，修改2件。",
        "本机关共有规范性文件30件，均在网站公开。",
        "2023年度市局共收到建议提案33件，其中人大建议12件，政协提案21件，办结率、满意率均为100%。",
        "依法办理行政许可120件，其中新办100件、延续20件。",
        "全年对外公布行政处罚决定15份，罚没款12.5万元。",
        "未收到因政府信息公开工作引发的举报投诉。",
        "无因信息公开被追究责任的情形。",
        "未发生泄密事件，未收到公众对信息公开工作的意见。",
        "2023年收到的43件申请中，较为集中的是土地征收类信息（20件）和工程建设类信息（10件）。",
        "因申请人撤回申请终止办理0件，延期答复2件，征求第三方意见1件。",
        "政务公开工作人员2名，其中专职1名、兼职1名。",
        "咨询类申请5件转为咨询处理，不计入政府信息公开申请。",
        "行政复议维持2件，纠正1件，其他结果0件，尚未审结0件；行政诉讼1件，结果维持1件。",
        "当年收到申请43件，与去年40件相比上升7.5%。",
        "全局系统共公开行政许可信息120条，行政处罚信息15条，公示率达100%。",
        "公开财政预决算信息2条，“三公”经费下降12.3%。",
        "申请人中自然人占比95.3%，主要为企业职工和村民。",
    ],
)
def test_what_agrees_with_the_tables_or_speaks_of_something_else_gives_no_alarm(text: str) -> None:
    last = sound_report(2022, {"applications.received.natural_person": 40, "applications.carried_out.company": 3})
    assert found(text, YEAR, previous=last) == []

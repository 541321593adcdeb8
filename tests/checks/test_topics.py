from __future__ import annotations

import pytest

from checks.examples import NARRATIVE, findings, linyi, sound_report
from reportkit.checks import check

FEE_UNPAID = "applications.other.fee_unpaid"


def test_the_real_overview_under_other_headings_speaks_of_all_five() -> None:
    assert "FORM-OVERVIEW" in check(linyi()).passed


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("（一）", "主动公开"),
        ("（二）", "依申请公开"),
        ("（三）", "政府信息管理"),
        ("（四）", "政府信息公开平台建设"),
        ("（五）", "监督保障"),
    ],
)
def test_a_topic_left_out_of_the_overview_is_named(heading: str, label: str) -> None:
    before, _, after = NARRATIVE["overview"].partition(heading)
    report = sound_report(narrative={"overview": before + "".join(after.partition("（")[1:])})
    (finding,) = check(report)
    assert (finding.rule, finding.severity) == ("FORM-OVERVIEW", "warning")
    assert finding.message == f"“一、总体情况”部分没有写到：{label}。"
    assert "第五十条" in finding.basis


def test_several_topics_are_named_in_one_finding() -> None:
    (finding,) = findings(sound_report(narrative={"overview": "2023年，主动公开信息390条。"}), "FORM-OVERVIEW")
    assert finding.message.endswith("依申请公开、政府信息管理、政府信息公开平台建设、监督保障。")


@pytest.mark.parametrize(
    "text",
    [
        linyi().text("problems"),
        "存在的不足\n下一步工作打算",
        "公开工作还有差距，下一步将加强培训。",
        "解读形式较为单一，我局将不断丰富解读形式。",
        "工作机制不健全，今后逐步建立健全工作机制。",
        "主动公开意识有待进一步加强。一是加强培训；二是优化栏目。",
        "存在信息更新不及时的情况，根据群众需求优化栏目设置。",
        "政策解读质量仍有提升空间。\n\n改\n进措施：多渠道解读。",
    ],
)
def test_problems_and_improvements_are_known_in_many_words(text: str) -> None:
    assert findings(sound_report(narrative={"problems": text}), "FORM-PROBLEMS") == []


@pytest.mark.parametrize(
    "text",
    [
        "主动公开意识有待进一步加强。",
        "制度还不完善，流程不规范。",
        "仍需在政策解读方面进一步加强。",
        "工作人员业务能力需提高，公开的及时性亟待提升。",
        "公开内容不够规范，存在薄弱环节。",
    ],
)
def test_problems_without_improvements_are_found(text: str) -> None:
    (finding,) = findings(sound_report(narrative={"problems": text}), "FORM-PROBLEMS")
    assert finding.message == "“五、存在的主要问题及改进情况”部分没有写到：改进情况。"


def test_improvements_without_problems_are_found() -> None:
    (finding,) = findings(sound_report(narrative={"problems": "下一步，我局将加强培训。"}), "FORM-PROBLEMS")
    assert finding.message.endswith("没有写到：存在的主要问题。")


@pytest.mark.parametrize(
    ("characters", "found"), [(1000 - len("主动公开、依申请、目录、平台、监督。"), False), (1000, True)]
)
def test_an_overview_beyond_its_limit_is_worth_knowing(characters: int, found: bool) -> None:
    text = "主动公开、依申请、目录、平台、监督。" + " \n\n**" + "示" * characters + "**"
    over = findings(sound_report(narrative={"overview": text}), "FORM-OVERVIEW")
    assert [(finding.severity, finding.expected) for finding in over] == ([("info", 1000)] if found else [])


@pytest.mark.parametrize(
    "text",
    [
        linyi().text("other"),
        "本年度未收取信息处理费。",
        "信息处理\n费0元。",
        "没有收取任何费用。",
        "本机关2023年无收费情况。",
    ],
)
def test_fees_are_reported_also_where_none_were_charged(text: str) -> None:
    assert findings(sound_report(narrative={"other": text}), "FORM-FEES") == []


def test_silence_about_fees_is_a_warning() -> None:
    figures = {"applications.received.company": 1, "applications.granted.company": 1}
    (finding,) = findings(sound_report(figures=figures, narrative={"other": "无其他需要报告的事项。"}), "FORM-FEES")
    assert finding.severity == "warning"
    assert finding.message == "“六、其他需要报告的事项”部分没有写到：信息处理费。"
    assert "109号" in finding.basis


def test_silence_is_an_error_where_the_figures_say_that_a_fee_was_asked() -> None:
    cell = f"{FEE_UNPAID}.company"
    other = f"{FEE_UNPAID}.natural_person"
    figures = {cell: 1, "applications.received.company": 1, other: 1, "applications.received.natural_person": 1}
    report = sound_report(figures=figures, narrative={"other": "无。"})
    (finding,) = check(report)
    assert (finding.rule, finding.severity) == ("FORM-FEES", "error")
    assert finding.cells == (other, cell, f"{FEE_UNPAID}.total")
    assert f"{report.form.cells[f'{FEE_UNPAID}.total'].label}不为0" in finding.message
    assert findings(sound_report(figures=figures), "FORM-FEES") == []


def test_an_edition_without_the_row_is_judged_by_its_text() -> None:
    (finding,) = findings(sound_report(2020, {"applications.other.other": 1}, narrative={"other": "无。"}), "FORM-FEES")
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    "sentence",
    [
        "全年收取信息处理费120元",
        "对2件申请收取政府信息公开信息处理费，共计1,200元",
        "信息处理费收取金额为０.１２万元",
        "共收到信息处理费50余元",
    ],
)
def test_silence_is_an_error_where_another_section_says_that_fees_were_charged(sentence: str) -> None:
    narrative = {"overview": f"{NARRATIVE['overview']}{sentence}。", "other": "无。"}
    (finding,) = findings(sound_report(narrative=narrative), "FORM-FEES")
    assert (finding.severity, finding.quote) == ("error", sentence)
    assert "“一、总体情况”部分写有" in finding.message


def test_the_preamble_may_say_so_too() -> None:
    narrative = {"preamble": "电话：0539-8726680。收取信息处理费10元。", "other": "无。"}
    assert "引言写有“收取信息处理费10元”" in findings(sound_report(narrative=narrative), "FORM-FEES")[0].message


@pytest.mark.parametrize(
    "sentence",
    [
        "未收取信息处理费",
        "没有收取信息处理费",
        "收取信息处理费0元",
        "收取信息处理费0.00元",
        "收取信息处理费",
        "信息处理费按件计收的标准为每件100元",
        "免收信息处理费300元",
        "上年收取信息处理费300元",
        "收取城市生活垃圾处理费用情况公开390条",
        "收取行政事业性收费12万元",
    ],
)
def test_denials_and_other_fees_are_no_proof(sentence: str) -> None:
    narrative = {"overview": f"{NARRATIVE['overview']}{sentence}。", "other": "无。"}
    (finding,) = findings(sound_report(narrative=narrative), "FORM-FEES")
    assert finding.severity == "warning"

"""Texts of last year's report, or of a neighbour's: what is found, and what an official may write."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from checks.examples import findings, sound_report
from reportkit.checks import check
from reportkit.checks.copied import is_called, kept_sentences
from reportkit.report import Agency, AnnualReport, Standard, new_report

SENTENCES = (
    "{year}年，我局坚持以公开为常态",
    "全年通过门户网站主动公开政府信息390余条",
    "完善依申请公开办理规程并逐件登记",
    "调整主动公开目录并清理过期栏目",
    "依托门户网站和政务新媒体发布信息",
    "组织业务培训两场并纳入年度考核",
    "工作人员业务水平有待进一步提高",
    "下一步我局将加强对各科室的指导",
)
OTHERS = tuple(f"围绕第{number}项重点任务推出新的举措" for number in range(len(SENTENCES)))


def two_years(kept: int, **fields: Any) -> AnnualReport:
    """This year's report, with so many of last year's sentences."""

    def told(year: int, sentences: tuple[str, ...]) -> dict[str, str]:
        return {"overview": "。".join(sentences).format(year=year) + "。", "problems": "问题与改进。"}

    last = sound_report(2022, narrative=told(2022, SENTENCES))
    now = (*SENTENCES[:kept], *OTHERS[kept:])
    return sound_report(2023, narrative=told(2023, now), previous=last, **fields)


def stale(report: AnnualReport) -> list[tuple[str | None, object]]:
    return [(finding.quote, finding.actual) for finding in findings(report, "YEAR-STALE")]


def test_a_text_of_last_year_with_another_year_in_it_is_found_with_both_texts() -> None:
    (finding,) = findings(two_years(8), "YEAR-STALE")
    assert finding.severity == "warning"
    assert (finding.expected, finding.actual) == ("不超过80%", "100%")
    assert finding.quote == "2023年，我局坚持以公开为常态"
    assert "本年写“2023年，我局坚持以公开为常态”" in finding.message
    assert "上一年度写“2022年，我局坚持以公开为常态”" in finding.message


def test_some_sentences_may_stay_and_the_project_says_how_many() -> None:
    assert stale(two_years(6)) == []
    assert len(stale(two_years(6, standard=Standard(unchanged=Decimal("0.5"))))) == 1


@pytest.mark.parametrize(("kept", "unchanged", "found"), [(6, "0.75", False), (6, "0.74", True), (7, "0.87", True)])
def test_just_the_share_that_is_allowed_may_stay(kept: int, unchanged: str, found: bool) -> None:
    assert bool(stale(two_years(kept, standard=Standard(unchanged=Decimal(unchanged))))) is found


@pytest.mark.parametrize(("number", "found"), [(5, False), (6, True)])
@pytest.mark.parametrize(("length", "counts"), [(9, False), (10, True)])
def test_a_few_sentences_and_short_ones_tell_no_share(number: int, found: bool, length: int, counts: bool) -> None:
    narrative = {"overview": "。".join(str(at).ljust(length, "示") for at in range(number)), "problems": "问题与改进。"}
    report = sound_report(2023, narrative=narrative, previous=sound_report(2022, narrative=narrative))
    assert kept_sentences(report)[1] == (number if counts else 0)
    assert bool(stale(report)) is (found and counts)


@pytest.mark.parametrize(("length", "end"), [(60, "”"), (61, "……”")])
def test_a_long_sentence_is_told_by_its_beginning(length: int, end: str) -> None:
    sentence = "2022年，我局".ljust(length, "示")
    report = sound_report(2023, narrative={"overview": f"{sentence}。"})
    (finding,) = findings(report, "YEAR-STALE")
    assert finding.quote == sentence
    assert f"“{sentence[:60]}{end}写的是" in finding.message


def test_what_is_said_of_fees_and_periods_every_year_counts_for_nothing() -> None:
    last = sound_report(2022)
    kept, number = kept_sentences(sound_report(2023, previous=last))
    assert number
    assert not any("信息处理费" in now for now, _ in kept)


@pytest.mark.parametrize(
    "sentence",
    [
        "2022年，我局认真做好政府信息公开工作",
        "2022年示例局收到政府信息公开申请2件",
        "（一）2022年度，我局主动公开信息390条",
        "2022年，新收依申请公开12件",
        "2022年，我局未收到依申请公开事项，无上年结转",
    ],
)
def test_a_sentence_that_takes_last_year_for_this_one(sentence: str) -> None:
    report = sound_report(2023, narrative={"overview": f"本年度工作如下。{sentence}。"})
    assert stale(report) == [(sentence, "2022年")]
    assert f"“{sentence}”写的是2022年，报告年度为2023年" in findings(report, "YEAR-STALE")[0].message


@pytest.mark.parametrize(
    "sentence",
    [
        "2022年结转的申请2件已经办结",
        "2022年以来，我局持续完善制度",
        "2022年底，我局修订了办法",
        "2022年，我局被评为先进单位，2023年继续保持",
        "与2022年相比，我局收到的申请有所减少",
        "2022年，我局的申请同比减少",
        "2023年，我局认真做好政府信息公开工作",
        "按照〔2022〕5号文件要求，我局调整目录",
    ],
)
def test_what_may_be_said_of_last_year(sentence: str) -> None:
    assert stale(sound_report(2023, narrative={"overview": f"工作如下。{sentence}。"})) == []


def test_without_last_year_s_report_only_its_year_can_be_found() -> None:
    outcome = check(sound_report(2023))
    assert {entry.rule: entry.reason for entry in outcome.not_assessable}[
        "YEAR-STALE"
    ] == "没有2022年度的报告，无法比较"
    assert "YEAR-STALE" not in outcome.passed
    assert "YEAR-STALE" in check(sound_report(2023, previous=sound_report(2022))).passed


DEPARTMENT = Agency("a", "临沂市人民政府外事办公室", "市外办")
GOVERNMENT = Agency("b", "白塔县人民政府", "县政府", level="government")
BUREAU = Agency("c", "白塔县人力资源和社会保障局")


@pytest.mark.parametrize(
    ("agency", "preamble", "named"),
    [
        (DEPARTMENT, "现公布临沂市商务局2023年政府信息公开工作年度报告。如有疑问，请联系市外办。", "临沂市商务局"),
        (DEPARTMENT, "现公布临沂市人民政府2023年政府信息公开工作年度报告。", "临沂市人民政府"),
        (DEPARTMENT, "现公布临沂市商务局2023年政府信息公开工作年度报告。本报告由临沂市财政局编制。", "临沂市商务局"),
        (GOVERNMENT, "本报告由青禾县人民政府办公室汇总编制。", "青禾县人民政府办公室"),
        (GOVERNMENT, "青禾县人民政府现向社会公布2023年政府信息公开工作年度报告。", "青禾县人民政府"),
        (BUREAU, "为落实《条例》第五十条，白塔县民政局公布2023年政府信息公开工作年度报告。", "白塔县民政局"),
    ],
)
def test_a_preamble_that_names_another_body(agency: Agency, preamble: str, named: str) -> None:
    (finding,) = findings(new_report(agency, 2023, narrative={"preamble": preamble}), "TEXT-AGENCY")
    assert (finding.severity, finding.quote, finding.expected, finding.actual) == (
        "warning", named, agency.name, named
    )  # fmt: skip
    assert f"引言写的是“{named}”的年度报告，本报告的机关是“{agency.name}”" in finding.message


@pytest.mark.parametrize(
    ("agency", "preamble"),
    [
        (DEPARTMENT, "编制并向社会公布临沂市人民政府外事办公室（以下简称市外办）2023年政府信息公开工作年度报告。"),
        (DEPARTMENT, "现公布临沂市外办2023年度政府信息公开工作年度报告。"),
        (DEPARTMENT, "现公布我办2023年度政府信息公开工作年度报告。"),
        (DEPARTMENT, "本报告根据《条例》编制。"),
        (DEPARTMENT, ""),
        (GOVERNMENT, "本报告由白塔县人民政府办公室根据各镇、各部门报送的情况汇总编制。"),
        (GOVERNMENT, "现公布白塔县2023年政府信息公开工作年度报告。"),
        (BUREAU, "按照市政府办公室要求，县人社局编制本报告。"),
        (BUREAU, "按照县政府办公室2023年政府信息公开工作年度报告编制要求，我局编制本报告。"),
        (BUREAU, "白塔县人社局编制了2023年政府信息公开工作年度报告。"),
        (BUREAU, "青禾市白塔县人力资源和社会保障局2023年政府信息公开工作年度报告如下。"),
    ],
)
def test_a_preamble_that_names_the_agency_or_none(agency: Agency, preamble: str) -> None:
    assert not findings(new_report(agency, 2023, narrative={"preamble": preamble}), "TEXT-AGENCY")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("县人社局", True),
        ("白塔县人社局", True),
        ("县人力社保局", True),
        ("县社保局", True),
        ("县民政局", False),
        ("县政府", False),
    ],
)
def test_usual_abbreviations_count(name: str, expected: bool) -> None:
    assert is_called(BUREAU, name) is expected


def test_the_office_of_a_government_speaks_for_it_and_a_department_s_for_none() -> None:
    assert is_called(GOVERNMENT, "白塔县人民政府办公室")
    assert is_called(Agency("d", "白塔县人民政府办公室"), "白塔县人民政府")
    assert not is_called(Agency("d", "白塔县人民政府", level="department"), "县办")

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from checks.examples import findings, sound_report
from reportkit.checks import check
from reportkit.report import Agency, Standard


@pytest.mark.parametrize(
    "text",
    [
        "电话：0539-8726680",
        "（0531）82033333",
        "０５３９－８７２６６８０",
        "联系电话：8726680",
        "热线12345",
        "电话：400-123-4567",
        "4001234567",
        "138-0013-8000",
        "邮箱 bangongshi@example.cn",
        "网址：https://www.example.gov.cn",
        "登录example.gov.cn查阅",
        "地址：示例市示例路",
        "示例市北京路8号",
        "邮政编码：276000",
    ],
)
def test_any_way_to_ask_will_do(text: str) -> None:
    assert findings(sound_report(narrative={"preamble": f"本报告由示例局编制。{text}。"}), "FORM-CONTACT") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "如有疑问，请与我局联系。",
        "数据统计期限为2023年1月1日至2023年12月31日。",
        "根据国办公开办函〔2021〕30号要求编制，共10000000件。",
        "如对本报告有疑问，请致电示例局办公室，联系电话见网站。",
    ],
)
def test_a_preamble_without_any_is_found(text: str) -> None:
    (finding,) = findings(sound_report(narrative={"preamble": text}), "FORM-CONTACT")
    assert finding.severity == "warning"
    assert finding.message == "报告开头没有写明联系方式（电话、电子邮箱、网址或地址）。"


def test_the_agencys_own_contact_will_do() -> None:
    report = sound_report(narrative={"preamble": "示例"})
    assert findings(report.replace(agency=replace(report.agency, contact="0539-8726680")), "FORM-CONTACT") == []


@pytest.mark.parametrize(
    ("level", "published", "found"),
    [
        ("department", date(2024, 1, 31), False),
        ("department", date(2024, 2, 1), True),
        ("government", date(2024, 3, 31), False),
        ("government", date(2024, 4, 1), True),
        ("department", date(2023, 12, 31), True),
        ("department", date(2024, 1, 1), False),
    ],
)
def test_published_between_the_end_of_the_year_and_the_statutory_day(level: str, published: date, found: bool) -> None:
    report = sound_report(published=published).replace(agency=Agency("example", "示例局", level=level))
    assert bool(findings(report, "DATE-LATE")) is found


def test_a_late_day_is_named_with_the_statutory_one() -> None:
    (finding,) = findings(sound_report(published=date(2024, 2, 3)), "DATE-LATE")
    assert finding.message == "公布日期2024年2月3日晚于法定期限2024年1月31日。"
    assert (finding.expected, finding.actual) == ("2024-01-31", "2024-02-03")
    assert "第四十九条" in finding.basis and finding.severity == "warning"


@pytest.mark.parametrize(("day", "found"), [(20, False), (21, True)])
def test_a_day_that_the_project_sets_before_the_statutory_one_counts(day: int, found: bool) -> None:
    report = sound_report(published=date(2024, 1, day), standard=Standard(deadlines={"department": (1, 20)}))
    said = [finding.message for finding in findings(report, "DATE-LATE")]
    assert said == (["公布日期2024年1月21日晚于本地规定的期限2024年1月20日。"] if found else [])


def test_a_day_within_the_year_cannot_be() -> None:
    (finding,) = findings(sound_report(published=date(2023, 6, 1)), "DATE-LATE")
    assert finding.message == "公布日期2023年6月1日早于统计期限届满，请核对。"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"published": None}, "没有写明公布日期"),
        (
            {"published": date(2024, 1, 5), "agency": Agency("a", "示例镇", level="town")},
            "没有规定“town”一级机关的公布期限",
        ),
    ],
)
def test_an_unknown_day_or_level_is_not_assessable(fields: dict[str, Any], reason: str) -> None:
    outcome = check(sound_report().replace(**fields))
    assert ("DATE-LATE", reason) in {(entry.rule, entry.reason) for entry in outcome.not_assessable}
    assert "DATE-LATE" not in outcome.passed

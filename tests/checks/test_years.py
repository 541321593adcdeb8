from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.examples import findings, sound_report
from reportkit.checks import check
from reportkit.form.figures import Amount, magnitude
from reportkit.report import AnnualReport
from strategies import APPLICANTS, consistent_years


def unjudged(report: AnnualReport) -> dict[str, str]:
    return {entry.rule: entry.reason for entry in check(report).not_assessable}


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([2020, 2021, 2022, 2023]).flatmap(consistent_years))
def test_two_years_that_agree_give_no_finding(report: AnnualReport) -> None:
    assert findings(report, "YEAR-CARRY") == findings(report, "YEAR-STOCK") == []
    assert ("YEAR-CARRY" in check(report).passed) and "YEAR-CARRY" not in unjudged(report)


@settings(max_examples=30, deadline=None)
@given(consistent_years(), st.sampled_from(APPLICANTS), st.integers(1, 50))
def test_a_carry_that_differs_is_found_with_its_difference(report: AnnualReport, applicant: str, change: int) -> None:
    address = f"applications.carried_in.{applicant}"
    before = magnitude(report[address])
    (finding,) = findings(report.replace({address: before + change}), "YEAR-CARRY")
    assert finding.cells == (address,)
    assert (finding.expected, finding.actual) == (before, before + change)
    assert finding.severity == "error"


@settings(max_examples=30, deadline=None)
@given(consistent_years(), st.sampled_from(["issued", "repealed", "in_force"]), st.integers(1, 50))
def test_a_stock_that_does_not_follow_is_found(report: AnnualReport, column: str, change: int) -> None:
    address = f"disclosure.regulations.{column}"
    (finding,) = findings(report.replace({address: magnitude(report[address]) + change}), "YEAR-STOCK")
    assert finding.cells == tuple(f"disclosure.regulations.{key}" for key in ("in_force", "issued", "repealed"))
    assert isinstance(finding.expected, int) and isinstance(finding.actual, int)
    assert abs(finding.expected - finding.actual) == change
    assert finding.severity == "warning"


def test_the_message_names_both_years_figures() -> None:
    previous = sound_report(2022, {"applications.carried_out.company": 3})
    (first, second) = findings(sound_report(2023, previous=previous), "YEAR-CARRY")
    assert first.message == (
        "表三“商业企业”列：本年报告的上年结转，等于上一年度报告的结转下年度继续办理"
        "——本年报告为0，按上一年度报告应为3，相差3。"
    )
    assert second.cells == ("applications.carried_in.total",)


def test_what_was_printed_last_year_counts() -> None:
    printed = sound_report(2022, declared={"applications.carried_out.total": 4})
    (finding,) = findings(sound_report(2023, previous=printed), "YEAR-CARRY")
    assert (finding.cells, finding.expected) == (("applications.carried_in.total",), 4)


@pytest.mark.parametrize("previous", [None, sound_report(2021)], ids=["none", "two years before"])
def test_without_last_years_report_nothing_is_judged(previous: AnnualReport | None) -> None:
    report = sound_report(2023, previous=previous)
    assert {rule for rule in unjudged(report) if rule.startswith("YEAR")} == {
        *{"YEAR-CARRY", "YEAR-STOCK", "YEAR-SWING", "YEAR-STALE"},
    }
    assert not any(rule.startswith("YEAR") for rule in check(report).passed)
    assert unjudged(report)["YEAR-CARRY"] == "没有2022年度的报告，无法比较"


def test_what_last_years_edition_does_not_have_is_not_assessable() -> None:
    report = sound_report(2021, previous=sound_report(2020))
    assert {rule for rule in unjudged(report) if rule.startswith("YEAR")} == {"YEAR-STOCK"}
    assert "YEAR-CARRY" in check(report).passed


def test_an_edition_without_the_identity_has_no_such_rule() -> None:
    outcome = check(sound_report(2020, previous=sound_report(2019)))
    assert "YEAR-STOCK" not in outcome.passed
    assert "YEAR-STOCK" not in {entry.rule for entry in outcome.not_assessable}


CELL = "disclosure.licences.decisions"


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [(20, 101, True), (20, 100, False), (19, 1000, False), (100, 19, True), (100, 20, False), (30, None, False)],
)
def test_a_swing_is_more_than_fivefold_from_at_least_twenty(before: int, now: int, found: bool) -> None:
    report = sound_report(2023, {CELL: now}, previous=sound_report(2022, {CELL: before}))
    assert bool(findings(report, "YEAR-SWING")) is found


def test_a_swing_names_both_figures() -> None:
    report = sound_report(2023, {CELL: 3}, previous=sound_report(2022, {CELL: 40}))
    (finding,) = findings(report, "YEAR-SWING")
    assert finding.message == "表二“行政许可”行“本年处理决定数量”列：上一年度为40，本年为3，减至不足5分之一，请核实。"
    assert (finding.cells, finding.expected, finding.actual, finding.severity) == ((CELL,), 40, 3, "info")
    grown = sound_report(2023, {CELL: 400}, previous=sound_report(2022, {CELL: 40}))
    assert "增至超过5倍" in findings(grown, "YEAR-SWING")[0].message


def test_amounts_are_compared_whatever_their_unit() -> None:
    cell = "disclosure.procurement.amount"
    previous = sound_report(2019, {cell: Amount(Decimal("38.65"), "万元")})
    same = sound_report(2020, {cell: Amount(Decimal(386500), "元")}, previous=previous)
    more = sound_report(2020, {cell: Amount(Decimal(2), "亿元")}, previous=previous)
    assert findings(same, "YEAR-SWING") == []
    (finding,) = findings(more, "YEAR-SWING")
    assert (finding.expected, finding.actual) == ("38.65万元", "2亿元")


def test_a_decrease_or_a_cell_of_one_edition_only_is_no_swing() -> None:
    change, made = "disclosure.licences.change", "disclosure.regulations.made"
    report = sound_report(2020, {change: -9}, previous=sound_report(2019, {change: 900}))
    assert findings(report, "YEAR-SWING") == []
    later = sound_report(2021, previous=sound_report(2020, {made: 900}, published=date(2021, 1, 5)))
    assert findings(later, "YEAR-SWING") == []

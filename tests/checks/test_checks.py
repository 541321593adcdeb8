from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings

from checks.examples import sound_report
from reportkit.checks import SEVERITIES, NotAssessableError, Rule, catalogue, check
from reportkit.form import editions
from reportkit.report import Waiver
from strategies import reports


def test_the_catalogue_is_in_order_and_names_each_rule_once() -> None:
    ids = [rule.id for rule in catalogue(editions()["2021"])]
    assert ids == [
        *("T3-BALANCE", "T3-OUTCOMES", "T3-ROWSUM", "T4-SUM", "CELL-BLANK", "CELL-KIND"),
        *("YEAR-CARRY", "YEAR-STOCK", "YEAR-SWING"),
        *("FORM-SECTIONS", "FORM-TITLES", "FORM-OVERVIEW", "FORM-PROBLEMS", "FORM-FEES", "FORM-CONTACT"),
        *("DATE-LATE", "ROLLUP-SUM", "PRIVACY"),
    ]
    assert "YEAR-STOCK" not in [rule.id for rule in catalogue(editions()["2019"])]


@settings(max_examples=40, deadline=None)
@given(reports())
def test_every_rule_of_any_report_is_found_passed_or_not_assessable_and_only_one(report) -> None:
    outcome = check(report)
    found = {finding.rule for finding in outcome}
    unjudged = {entry.rule for entry in outcome.not_assessable}
    assert sorted([*found, *unjudged, *outcome.passed]) == sorted(rule.id for rule in catalogue(report.form))
    assert all(address in report.form.cells for finding in outcome for address in finding.cells)
    assert all(finding.agency == report.agency.id and finding.year == report.year for finding in outcome)


@settings(max_examples=20, deadline=None)
@given(reports())
def test_findings_are_sorted_gravest_first(report) -> None:
    gravity = [SEVERITIES.index(finding.severity) for finding in check(report)]
    assert gravity == sorted(gravity)


def test_standing_findings_come_before_waived_ones_of_the_same_severity() -> None:
    report = sound_report(
        figures={"applications.received.company": 1},
        narrative={"preamble": "示例"},
        waivers=(Waiver("T3-BALANCE", "示例", "示例", cells=("applications.received.company",)),),
    )
    assert [(finding.severity, finding.waived is not None) for finding in check(report)] == [
        ("error", False),
        ("error", True),
        ("warning", False),
    ]


def test_a_new_family_of_rules_joins_by_its_name_alone(monkeypatch: pytest.MonkeyPatch):
    def silent(rule, report):
        raise NotAssessableError("示例原因")
        yield

    def loud(rule, report):
        yield rule.finding(report, "示例", severity="info")

    def rules(form):
        return Rule("X-SILENT", "error", silent), Rule("X-LOUD", "error", loud)

    monkeypatch.setattr(sys.modules["reportkit.checks.catalogue"], "FAMILIES", (rules,))
    outcome = check(sound_report())
    assert [(finding.rule, finding.severity, finding.agency) for finding in outcome] == [("X-LOUD", "info", "example")]
    assert [(entry.rule, entry.reason) for entry in outcome.not_assessable] == [("X-SILENT", "示例原因")]
    assert outcome.passed == ()


def test_a_finding_as_json_has_the_documented_keys_in_order() -> None:
    report = sound_report(
        figures={"applications.received.company": 1},
        waivers=(Waiver("T3-BALANCE", "机构改革", "示例", cells=("applications.received.company",)),),
    )
    json = [finding.as_json() for finding in check(report) if finding.waived]
    assert list(json[0]) == [
        *("rule", "severity", "agency", "year", "cells", "quote", "expected", "actual", "message", "basis", "waived")
    ]
    assert json[0]["waived"] == {"reason": "机构改革", "by": "示例"}
    assert check(sound_report(narrative={"preamble": ""})).findings[0].as_json()["waived"] is None


def test_an_outcome_counts_its_findings() -> None:
    assert len(check(sound_report())) == 0
    assert len(check(sound_report(narrative={"preamble": ""}))) == 1


@pytest.mark.parametrize("heavy", ["pandas", "altair", "nbconvert", "yaml"])
def test_importing_the_checks_loads_nothing_heavy(heavy) -> None:
    code = f"import sys, reportkit.checks; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

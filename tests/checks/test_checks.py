from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from hypothesis import given, settings

from checks.examples import sound_report
from reportkit.checks import SEVERITIES, Finding, NotAssessableError, Rule, catalogue, check, derived, every_rule, rule
from reportkit.form import Form, editions
from reportkit.report import AnnualReport, Waiver
from strategies import reports


def test_the_catalogue_is_in_order_and_names_each_rule_once() -> None:
    ids = [rule.id for rule in catalogue(editions()["2021"])]
    assert ids == [
        *("T3-BALANCE", "T3-OUTCOMES", "T3-ROWSUM", "T4-SUM", "CELL-BLANK", "CELL-KIND"),
        *("YEAR-CARRY", "YEAR-STOCK", "YEAR-SWING"),
        *("TEXT-CLAIM", "TEXT-ZERO", "TEXT-PERCENT", "TEXT-PERIOD", "TEXT-FEES", "TEXT-BREAKDOWN"),
        *("YEAR-STALE", "TEXT-AGENCY"),
        *("FORM-SECTIONS", "FORM-TITLES", "FORM-OVERVIEW", "FORM-PROBLEMS", "FORM-FEES", "FORM-CONTACT"),
        *("DATE-LATE", "ROLLUP-SUM", "PRIVACY"),
    ]
    assert "YEAR-STOCK" not in [rule.id for rule in catalogue(editions()["2019"])]


@settings(max_examples=40, deadline=None)
@given(reports())
def test_every_rule_of_any_report_is_found_passed_or_not_assessable_and_only_one(report: AnnualReport) -> None:
    outcome = check(report)
    found = {rule for finding in outcome for rule in finding.rules}
    unjudged = {entry.rule for entry in outcome.not_assessable}
    assert sorted([*found, *unjudged, *outcome.passed]) == sorted(rule.id for rule in catalogue(report.form))
    assert all(address in report.form.cells for finding in outcome for address in finding.cells)
    assert all(finding.agency == report.agency.id and finding.year == report.year for finding in outcome)


@settings(max_examples=20, deadline=None)
@given(reports())
def test_findings_are_sorted_gravest_first(report: AnnualReport) -> None:
    gravity = [[*SEVERITIES].index(finding.severity) for finding in check(report)]
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


def family(**declarations: object) -> ModuleType:
    """A module that declares rules."""
    module = ModuleType("family")
    vars(module).update(declarations)
    return module


@rule("X-SILENT", severity="error", meaning="示例")
def silent(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    raise NotAssessableError("示例原因")


@rule("X-LOUD", severity="info", meaning="示例", meaning_en="an example", basis="{law}；{document}；{deadline}")
def loud(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    yield rule.finding(report, "示例")


@derived
def titled(form: Form) -> Iterator[Rule]:
    for section in form.titled_sections:
        yield Rule(f"X-{section.key.upper()}", "warning", section.title, passes)


def passes(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    return iter(())


def test_a_new_family_of_rules_joins_by_its_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    families = (family(silent=silent, loud=loud), family(titled=titled))
    monkeypatch.setattr(sys.modules["reportkit.checks.catalogue"], "FAMILIES", families)
    outcome = check(sound_report())
    assert [(finding.rule, finding.severity, finding.agency) for finding in outcome] == [("X-LOUD", "info", "example")]
    assert [(entry.rule, entry.reason) for entry in outcome.not_assessable] == [("X-SILENT", "示例原因")]
    assert outcome.passed == tuple(f"X-{section.key.upper()}" for section in sound_report().form.titled_sections)


def test_a_rule_s_finding_states_its_severity_and_basis_unless_it_says_otherwise() -> None:
    report = sound_report()
    (told,) = loud.rules(report.form)
    finding = told.finding(report, "示例")
    assert (finding.severity, finding.basis) == (
        "info",
        f"{report.form.law}；{report.form.document}；{report.form.deadline.basis}",
    )
    assert told.finding(report, "示例", severity="error", basis="").severity == "error"


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_every_rule_says_what_it_means_in_both_languages_and_how_grave_it_is(form: Form) -> None:
    for each in every_rule(form):
        assert each.severity in SEVERITIES
        assert re.search(r"[\u4e00-\u9fff]", each.meaning), each.id
        assert each.meaning_en, each.id
        assert not each.meaning.endswith("。"), each.id
        assert "{" not in each.basis, each.id


def test_rules_from_the_form_have_its_words_and_its_basis() -> None:
    form = editions()["2021"]
    rules = {each.id: each for each in every_rule(form)}
    assert rules["T3-BALANCE"].meaning == "表三：第一项加第二项之和，等于第三项加第四项之和"
    assert rules["T3-BALANCE"].basis == form.document
    assert rules["FORM-PROBLEMS"].meaning == "“五、存在的主要问题及改进情况”部分写到存在的主要问题、改进情况"
    assert rules["FORM-OVERVIEW"].meaning.endswith("，不超过1000字")
    assert rules["FORM-FEES"].basis == form.section("other").basis


def test_the_rule_on_waivers_stands_last_and_is_not_judged_with_the_others() -> None:
    form = editions()["2021"]
    assert every_rule(form) == (*catalogue(form), every_rule(form)[-1])
    assert every_rule(form)[-1].id == "WAIVER"
    assert "WAIVER" not in check(sound_report()).passed


def test_a_rule_as_json_has_the_documented_keys_in_order() -> None:
    (told,) = loud.rules(editions()["2021"])
    assert list(told.as_json()) == ["rule", "severity", "meaning", "meaning_en", "basis"]
    assert told.as_json()["meaning_en"] == "an example"


def test_a_finding_as_json_has_the_documented_keys_in_order() -> None:
    report = sound_report(
        figures={"applications.received.company": 1},
        waivers=(Waiver("T3-BALANCE", "机构改革", "示例", cells=("applications.received.company",)),),
    )
    json = [finding.as_json() for finding in check(report) if finding.waived]
    assert list(json[0]) == [
        *("rule", "severity", "agency", "year", "cells", "quote", "expected", "actual", "message", "basis", "waived"),
        *("place", "suggestion"),
    ]
    assert json[0]["waived"] == {"reason": "机构改革", "by": "示例"}
    assert check(sound_report(narrative={"preamble": ""})).findings[0].as_json()["waived"] is None


def test_an_outcome_counts_its_findings() -> None:
    assert len(check(sound_report())) == 0
    assert len(check(sound_report(narrative={"preamble": ""}))) == 1


@pytest.mark.parametrize("heavy", ["pandas", "altair", "nbconvert", "yaml"])
def test_importing_the_checks_loads_nothing_heavy(heavy: str) -> None:
    code = f"import sys, reportkit.checks; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

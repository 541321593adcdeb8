"""Many reports: which is looked at first, and what is left of each where only some is asked for."""

from __future__ import annotations

from reportkit.checks import Finding, NotAssessable, Outcome, Waived
from reportkit.checks.overview import Checked, counted, gravest_first, selected


def finding(rule: str, severity: str, *, waived: bool = False) -> Finding:
    return Finding(rule, severity, "a", 2023, "示例", waived=Waived("原因", "某人") if waived else None)


def checked(agency: str, *findings: Finding, error: str | None = None) -> Checked:
    outcome = None if error else Outcome(findings, (NotAssessable("YEAR-CARRY", "没有"),), ("T4-SUM",))
    return Checked(agency, f"示例{agency}局", 2023, f"params/2023/{agency}.yaml", error, outcome)


ERROR, WARNING, INFO = (finding(f"R-{severity}", severity) for severity in ("error", "warning", "info"))
MANY = [
    checked("clean"),
    checked("broken", error="no"),
    checked("info", INFO),
    checked("waived", finding("R-error", "error", waived=True)),
    checked("two", ERROR, ERROR),
    checked("one", ERROR, WARNING),
    checked("warned", WARNING),
]


def test_the_gravest_come_first_and_the_unreadable_last() -> None:
    ordered = [report.agency for report in gravest_first(MANY)]
    assert ordered == ["two", "one", "warned", "info", "clean", "waived", "broken"]


def test_reports_are_counted_by_what_is_gravest_in_them() -> None:
    assert counted(MANY) == {"error": 2, "warning": 1, "info": 1, "clean": 2, "unreadable": 1}


def test_only_what_is_asked_for_is_left() -> None:
    grave = selected(MANY[5], least="error")
    assert [one.severity for one in grave.findings] == ["error"]
    one = selected(MANY[5], rules=["R-warning"])
    assert [finding.rule for finding in one.findings] == ["R-warning"]
    assert one.outcome is not None
    assert (one.outcome.not_assessable, one.outcome.passed) == ((), ())
    assert selected(MANY[1], rules=["R-warning"]) == MANY[1]


def test_programs_get_each_report_the_unreadable_ones_too() -> None:
    assert MANY[1].as_json() == {
        "agency": "broken",
        "agency_name": "示例broken局",
        "year": 2023,
        "error": "no",
        "findings": [],
        "not_assessable": [],
        "passed": [],
    }
    assert MANY[0].as_json()["not_assessable"] == [{"rule": "YEAR-CARRY", "reason": "没有"}]

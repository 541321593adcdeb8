"""The checks of a report: rules, and the findings they return for the person who must correct the report."""

from __future__ import annotations

from reportkit.checks.catalogue import catalogue, every_rule
from reportkit.checks.finding import SEVERITIES, WAIVED, Finding, Look, NotAssessable, Outcome, Waived
from reportkit.checks.rules import NotAssessableError, Rule, derived, rule
from reportkit.checks.waivers import stale_waivers, waived
from reportkit.report import AnnualReport

__all__ = [
    "SEVERITIES",
    "WAIVED",
    "Finding",
    "Look",
    "NotAssessable",
    "NotAssessableError",
    "Outcome",
    "Rule",
    "Waived",
    "catalogue",
    "check",
    "derived",
    "every_rule",
    "rule",
]


def check(report: AnnualReport) -> Outcome:
    """Judge a report by every rule of the catalogue.

    Parameters
    ----------
    report
        The report; last year's is taken from `report.previous`.

    Returns
    -------
    Outcome
        The findings, gravest first and within a severity those that stand before those waived,
        then in the order of the catalogue; and which rules passed or could not be judged.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, {"applications.received.company": 1})
    >>> [(finding.rule, finding.expected, finding.actual) for finding in check(report)][0]
    ('T3-BALANCE', 0, 1)
    """
    judged = {each.id: _judged(each, report) for each in catalogue(report.form)}
    unjudged = {id: answer for id, answer in judged.items() if isinstance(answer, NotAssessable)}
    found = [finding for answer in judged.values() if isinstance(answer, tuple) for finding in answer]
    findings = [waived(finding, report.waivers) for finding in found]
    findings += stale_waivers(report, found, [*judged], unjudged)
    gravity = {severity: number for number, severity in enumerate(SEVERITIES)}
    findings.sort(key=lambda finding: (gravity[finding.severity], finding.waived is not None))
    passed = tuple(id for id, answer in judged.items() if answer == ())
    return Outcome(tuple(findings), tuple(unjudged.values()), passed)


def _judged(rule: Rule, report: AnnualReport) -> tuple[Finding, ...] | NotAssessable:
    """What the rule finds in the report; or why it cannot judge it."""
    try:
        return tuple(rule.judge(rule, report))
    except NotAssessableError as reason:
        return NotAssessable(rule.id, str(reason))

"""Checks of a report: rules that return findings, for the person who must mend it."""

from __future__ import annotations

from reportkit.checks.catalogue import catalogue
from reportkit.checks.finding import SEVERITIES, Finding, NotAssessable, Outcome, Waived
from reportkit.checks.rule import NotAssessableError, Rule
from reportkit.checks.waivers import stale_waivers, waived
from reportkit.report import AnnualReport

__all__ = [
    "SEVERITIES",
    "Finding",
    "NotAssessable",
    "NotAssessableError",
    "Outcome",
    "Rule",
    "Waived",
    "catalogue",
    "check",
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
    rules = catalogue(report.form)
    findings: list[Finding] = []
    not_assessable: list[NotAssessable] = []
    passed: list[str] = []
    for rule in rules:
        try:
            found = tuple(rule.judge(rule, report))
        except NotAssessableError as reason:
            not_assessable.append(NotAssessable(rule.id, str(reason)))
            continue
        findings += found
        if not found:
            passed.append(rule.id)
    unjudged = frozenset(entry.rule for entry in not_assessable)
    stale = stale_waivers(report, findings, [rule.id for rule in rules], unjudged)
    judged = [*(waived(finding, report.waivers) for finding in findings), *stale]
    judged.sort(key=lambda finding: (SEVERITIES.index(finding.severity), finding.waived is not None))
    return Outcome(tuple(judged), tuple(not_assessable), tuple(passed))

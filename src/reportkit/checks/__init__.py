"""The checks of a report: rules, and the findings they return for the person who must correct the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reportkit.checks.catalogue import catalogue, every_rule
from reportkit.checks.diagnosis import diagnosed
from reportkit.checks.finding import SEVERITIES, WAIVED, Finding, Look, NotAssessable, Outcome, Waived
from reportkit.checks.own import own_rules
from reportkit.checks.rules import Declaration, NotAssessableError, Rule, derived, rule
from reportkit.checks.standard import OFF, JudgedRule, StandardError, as_grave, judged_rules, require_known
from reportkit.checks.waivers import stale_waivers, waived
from reportkit.report import AnnualReport

__all__ = [
    "SEVERITIES",
    "WAIVED",
    "Declaration",
    "Finding",
    "JudgedRule",
    "Look",
    "NotAssessable",
    "NotAssessableError",
    "Outcome",
    "Rule",
    "StandardError",
    "Waived",
    "catalogue",
    "check",
    "derived",
    "every_rule",
    "judged_rules",
    "own_rules",
    "require_known",
    "rule",
    "rules_for",
]


def check(report: AnnualReport, rules: Iterable[Rule | Declaration] = ()) -> Outcome:
    """Judge a report by every rule of the catalogue, and by the project's own.

    Parameters
    ----------
    report
        The report; last year's is taken from `report.previous`, how the project wants it judged from
        `report.standard`.
    rules
        Further rules, as `reportkit.checks.own.rule` declares them.

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
    asked = rules_for(report, rules)
    judged = {each.id: _judged(each, report) for each in asked}
    unjudged = {id: answer for id, answer in judged.items() if isinstance(answer, NotAssessable)}
    found = [finding for answer in judged.values() if isinstance(answer, tuple) for finding in answer]
    severities = report.standard.severities
    off = {id for id, severity in severities.items() if severity == OFF}
    stale = stale_waivers(report, found, [*judged], {*unjudged, *off})
    told = diagnosed(report, [as_grave(finding, severities) for finding in found])
    findings = [waived(_placed(finding, report), report.waivers) for finding in told]
    findings += [as_grave(finding, severities) for finding in stale if finding.rule not in off]
    gravity = {severity: number for number, severity in enumerate(SEVERITIES)}
    findings.sort(key=lambda finding: (gravity[finding.severity], finding.waived is not None))
    passed = tuple(id for id, answer in judged.items() if answer == ())
    return Outcome(tuple(findings), tuple(unjudged.values()), passed)


def _placed(finding: Finding, report: AnnualReport) -> Finding:
    """The finding with the place where what it speaks of was read."""
    quoting = (key for key, text in report.narrative.items() if finding.quote and finding.quote in text)
    places = (report.places[key] for key in (*finding.cells, *quoting) if key in report.places)
    return replace(finding, place=next(places, None))


def rules_for(report: AnnualReport, more: Iterable[Rule | Declaration] = ()) -> tuple[Rule, ...]:
    """The rules by which a report is judged: the catalogue's, the project's own, and others; without those turned off.

    Parameters
    ----------
    report
        The report.
    more
        Further rules.

    Returns
    -------
    tuple of Rule
        Each with an id of its own.

    Raises
    ------
    InputError
        If the project wants what cannot be, or its own rules cannot be read.
    """
    require_known(report.standard)
    form = report.form
    given = [each for one in more for each in (one.rules(form) if isinstance(one, Declaration) else (one,))]
    known = {each.id: each for each in (*catalogue(form), *own_rules(report.standard.own_rules, form), *given)}
    return tuple(each for id, each in known.items() if report.standard.severities.get(id) != OFF)


def _judged(rule: Rule, report: AnnualReport) -> tuple[Finding, ...] | NotAssessable:
    """What the rule finds in the report; or why it cannot judge it."""
    try:
        return tuple(rule.judge(rule, report))
    except NotAssessableError as reason:
        return NotAssessable(rule.id, str(reason))

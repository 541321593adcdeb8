"""Rules that compare a report with the agency's report for the year before."""

from __future__ import annotations

from collections.abc import Iterator

from reportkit.checks.arithmetic import breach, rules_from_identities, stated
from reportkit.checks.finding import Finding
from reportkit.checks.rules import NotAssessableError, Rule, derived, rule
from reportkit.form import Equation, Form
from reportkit.form.figures import figure_text, magnitude
from reportkit.report import AnnualReport, Standard

__all__ = ["last_year"]

# Smaller figures vary from year to year by chance. A project may set other thresholds.
_SMALLEST = Standard().swing_from
_FOLD = Standard().swing


@derived
def identities(form: Form) -> Iterator[Rule]:
    """The identities that the form declares between this year's figures and last year's."""
    return rules_from_identities(form, _across_years, spans_years=True)


@rule(
    "YEAR-SWING",
    severity="info",
    meaning=f"与上一年度相比（上一年度不小于{_SMALLEST}的），没有增至超过{_FOLD}倍或减至不足{_FOLD}分之一的数",
    meaning_en=f"no figure that was at least {_SMALLEST} last year has grown or shrunk more than {_FOLD}-fold",
)
def swings(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each figure that is many times what it was, or a small part of it."""
    previous, fold, smallest = last_year(report), report.standard.swing, report.standard.swing_from
    for address, cell in report.form.cells.items():
        same = previous.form.cells.get(address)
        # A blank is no figure to compare with, and a decrease has no multiple.
        if same is None or same.kind != cell.kind or cell.kind.signed or report[address] is None:
            continue
        before, now = magnitude(previous[address]), magnitude(report[address])
        grew, shrank = now > fold * before, now * fold < before
        if before < smallest or not (grew or shrank):
            continue
        change = f"增至超过{fold}倍" if grew else f"减至不足{fold}分之一"
        then, today = figure_text(previous[address]), figure_text(report[address])
        yield rule.finding(
            report,
            f"{cell.label}：上一年度为{then}，本年为{today}，{change}，请核实。",
            cells=(address,),
            expected=stated(previous[address]),
            actual=stated(report[address]),
        )


def last_year(report: AnnualReport) -> AnnualReport:
    """The report for the year before.

    Parameters
    ----------
    report
        This year's report.

    Returns
    -------
    AnnualReport
        Last year's.

    Raises
    ------
    NotAssessableError
        Where there is none.
    """
    if report.last_year is None:
        raise NotAssessableError(f"没有{report.year - 1}年度的报告，无法比较")
    return report.last_year


def _across_years(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    previous = last_year(report)
    declared = [equation for equation in report.form.equations if equation.identity.rule == rule.id]
    comparable = [equation for equation in declared if _stands_on(previous.form, equation)]
    if not comparable:
        raise NotAssessableError(f"{previous.year}年度报告使用的格式没有相应栏目，无法比较")
    for equation in comparable:
        if finding := breach(rule, equation, report):
            yield finding


def _stands_on(form: Form, equation: Equation) -> bool:
    """Whether last year's form has the cells that `equation` takes from it."""
    return all(addend.address in form.cells for addend in equation.left + equation.right if addend.previous)

"""Rules on the figures of one year: the identities that the form declares, blanks, and kinds of figures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reportkit.checks.finding import Finding
from reportkit.checks.rule import Rule
from reportkit.form import Addend, Equation, Form, Identity
from reportkit.form.figures import Figure, figure_text, magnitude
from reportkit.report import AnnualReport

__all__ = ["breach", "identity_rules", "rules", "stated"]

# Beyond so many a message says how many more there are; the finding names every cell.
_NAMED = 5


def rules(form: Form) -> tuple[Rule, ...]:
    """The identities within a year, then what a single cell must hold."""
    return (
        *(Rule(identity.rule, identity.severity, _within_the_year) for identity in identity_rules(form, False)),
        Rule("CELL-BLANK", "warning", _blank_cells),
        Rule("CELL-KIND", "error", _wrong_kinds),
    )


def identity_rules(form: Form, spans_years: bool) -> tuple[Identity, ...]:
    """The first identity of each rule that compares with last year's report, or of each that does not."""
    named = {identity.rule: identity for identity in reversed(form.identities) if identity.spans_years == spans_years}
    return tuple(reversed(named.values()))


def breach(rule: Rule, equation: Equation, report: AnnualReport) -> Finding | None:
    """The finding where the two sides of `equation` differ in what is printed; None where they agree."""
    actual, expected = _sum(equation.left, report), _sum(equation.right, report)
    if actual == expected:
        return None
    difference: int | Decimal = actual - expected if actual > expected else expected - actual
    return rule.finding(
        report,
        f"{equation.along}：{equation.identity.text}——{_comparison(equation.identity, report.form, actual, expected)}，"
        f"相差{figure_text(difference)}。",
        cells=tuple(addend.address for addend in equation.left + equation.right if not addend.previous),
        expected=stated(expected),
        actual=stated(actual),
        basis=report.form.document,
    )


def stated(figure: Figure) -> int | str:
    """A figure as a finding states it: whole numbers as such, anything else as its exact text."""
    return figure if isinstance(figure, int) else figure_text(figure)


def _within_the_year(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    for equation in report.form.equations:
        if equation.identity.rule == rule.id and (finding := breach(rule, equation, report)):
            yield finding


def _sum(addends: tuple[Addend, ...], report: AnnualReport) -> int | Decimal:
    total: int | Decimal = 0
    for addend in addends:
        year = report.previous if addend.previous and report.previous else report
        total += addend.sign * magnitude(year[addend.address])
    return total


def _comparison(identity: Identity, form: Form, actual: int | Decimal, expected: int | Decimal) -> str:
    left, right = figure_text(actual), figure_text(expected)
    if identity.spans_years:
        return f"本年报告为{left}，按上一年度报告应为{right}"
    if identity.computes:
        table = form.table(identity.table)
        total = table.row(identity.computes) if identity.each == "column" else table.column(identity.computes)
        return f"“{total.label}”现为{left}，各项相加为{right}"
    return f"现为{left}和{right}"


def _blank_cells(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    for table in report.form.tables:
        blank = [cell for cell in table.cells if report[cell.address] is None]
        if not blank:
            continue
        named = "；".join(cell.label for cell in blank[:_NAMED])
        more = "等" if len(blank) > _NAMED else ""
        yield rule.finding(
            report,
            f"{table.name}有{len(blank)}处空白，没有数的应填写0：{named}{more}。",
            cells=tuple(cell.address for cell in blank),
            basis=report.form.document,
            listing=True,
        )


def _wrong_kinds(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    for address, cell in report.form.cells.items():
        figure = report[address]
        if cell.kind.holds(figure):
            continue
        meaning = cell.kind.chinese
        yield rule.finding(
            report,
            f"{cell.label}：应为{meaning}，现为{figure_text(figure)}。",
            cells=(address,),
            expected=meaning,
            actual=stated(figure),
            basis=report.form.document,
        )

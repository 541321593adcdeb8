"""Rules on the figures of one year: the identities that the form declares, blanks, and kinds of figures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reportkit.checks.finding import Finding
from reportkit.checks.rules import Judge, Rule, derived, rule
from reportkit.form import Addend, Equation, Form, Identity
from reportkit.form.figures import Figure, figure_text, magnitude
from reportkit.report import AnnualReport

__all__ = ["breach", "rules_from_identities", "stated"]

# Beyond so many a message says how many more there are; the finding names every cell.
_NAMED = 5


@derived
def identities(form: Form) -> Iterator[Rule]:
    """The identities that the form declares between figures of one year."""
    return rules_from_identities(form, _within_the_year, spans_years=False)


@rule(
    "CELL-BLANK",
    severity="warning",
    meaning="表格中没有空白单元格，没有数的填写0",
    meaning_en="no cell of a table is blank: where there is nothing to count, 0 is written",
    basis="{document}",
)
def blank_cells(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """One finding for each table, with all its blank cells."""
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
            listing=True,
        )


@rule(
    "CELL-KIND",
    severity="error",
    meaning="每个单元格的数符合该栏的要求，如件数为不小于0的整数",
    meaning_en="each cell holds a figure of its kind: counts, for one, are whole and not negative",
    basis="{document}",
)
def wrong_kinds(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each figure that its cell cannot hold."""
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
        )


def rules_from_identities(form: Form, judge: Judge, *, spans_years: bool) -> Iterator[Rule]:
    """The rules that the form's identities declare.

    Parameters
    ----------
    form
        An edition of the form.
    judge
        Judges a report by one of them.
    spans_years
        Whether those are meant that compare with last year's report, or those that do not.

    Yields
    ------
    Rule
        One for each rule that an identity names, as the first identity that names it declares it.
    """
    named: set[str] = set()
    for identity in form.identities:
        if identity.spans_years == spans_years and identity.rule not in named:
            named.add(identity.rule)
            meaning = f"{form.table(identity.table).name}：{identity.text}"
            yield Rule(identity.rule, identity.severity, meaning, judge, identity.text_en, form.document)


def breach(rule: Rule, equation: Equation, report: AnnualReport) -> Finding | None:
    """The finding where the two sides of `equation` differ in what is printed; None where they agree.

    Parameters
    ----------
    rule
        The rule that watches the identity.
    equation
        The identity in one column or row.
    report
        The report; last year's is taken from `report.previous` where the identity spans years.

    Returns
    -------
    Finding or None
        What is printed and what follows from the other side; None if both sides are equal. A blank counts as 0.
    """
    actual, expected = _sum(equation.left, report), _sum(equation.right, report)
    if actual == expected:
        return None
    difference = max(actual - expected, expected - actual)
    return rule.finding(
        report,
        f"{equation.along}：{equation.identity.text}——{_comparison(equation.identity, report.form, actual, expected)}，"
        f"相差{figure_text(difference)}。",
        cells=equation.cells,
        expected=stated(expected),
        actual=stated(actual),
    )


def stated(figure: Figure) -> int | str:
    """A figure as a finding states it: whole numbers as such, anything else as its exact text.

    Parameters
    ----------
    figure
        A figure; a blank becomes the empty text.

    Returns
    -------
    int or str
        A whole number as such, anything else as its exact text.

    Examples
    --------
    >>> stated(3), stated(Decimal("38.6500"))
    (3, '38.6500')
    """
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

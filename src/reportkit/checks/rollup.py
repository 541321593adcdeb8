"""The rule that a report is the sum of the reports of all bodies below its agency, and that sum itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, localcontext

from reportkit.checks.arithmetic import stated
from reportkit.checks.finding import Finding
from reportkit.checks.rules import NotAssessableError, Rule, rule
from reportkit.form import Form
from reportkit.form.figures import Amount, Figure, figure_text, magnitude
from reportkit.report import Agency, AnnualReport, Below, new_report

__all__ = ["added", "contributions", "summed"]

# More digits than any sum of figures can have, so that none of them is ever rounded.
_DIGITS = 100
# Beyond so many a message says how many there are.
_NAMED = 5


@rule(
    "ROLLUP-SUM",
    severity="error",
    meaning="政府报告的每个数等于本级和所有下级机关报告之和",
    meaning_en="each figure of a government's report is the sum over the reports of all bodies below it",
    basis="{deadline}",
)
def differing_sums(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each figure that is not the sum."""
    if report.below is None and report.agency.level != "government":
        return  # nothing is below a department, so its report is its own sum
    below = _bodies_below(report)
    sums = new_report(report.agency, report.year, summed(below.reports, report.form), form=report.form)
    absent = _absent(below)
    for address, cell in report.form.cells.items():
        actual, expected = report[address], sums[address]
        if not cell.kind.additive or magnitude(actual) == magnitude(expected):
            continue
        yield rule.finding(
            report,
            f"{cell.label}：本报告为{_shown(actual)}，下级机关合计为{_shown(expected)}"
            f"（{_largest(contributions(below.reports, address))}），相差{_shown(_difference(actual, expected))}。"
            f"{absent}",
            cells=(address,),
            expected=stated(expected),
            actual=stated(actual),
        )


def added(figures: Iterable[Figure]) -> Figure:
    """The exact sum of figures; a blank counts as 0, amounts are added in the smallest of their units.

    Parameters
    ----------
    figures
        Figures of one kind, blanks among them.

    Returns
    -------
    int, Decimal or Amount
        0 if there are none; no digit is lost.

    Examples
    --------
    >>> str(added([Amount(Decimal("38.65"), "万元"), None, Amount(Decimal("100"), "元")]))
    '386600.00元'
    """
    present = [figure for figure in figures if figure is not None]
    ones = [Amount(Decimal(1), figure.unit) for figure in present if isinstance(figure, Amount)]
    with localcontext() as context:
        context.prec = _DIGITS
        total = sum(map(magnitude, present))
        if not ones:
            return total
        smallest = min(ones, key=magnitude)
        return Amount(total / smallest.yuan, smallest.unit)


def summed(reports: Sequence[AnnualReport], form: Form) -> dict[str, Figure]:
    """The sums of the reports' figures.

    Parameters
    ----------
    reports
        The reports summed.
    form
        The edition of the form whose cells are summed.

    Returns
    -------
    dict
        The sum for each cell that an official fills in, but for cells of a kind that is not additive.
    """
    entries = (address for address in form.entries if form.cells[address].kind.additive)
    return {address: added(report[address] for report in reports) for address in entries}


def contributions(reports: Iterable[AnnualReport], address: str) -> list[tuple[Agency, Figure]]:
    """What each report adds to a cell.

    A total counts as the report's own cells make it: where the report states another, that is an error of the
    report itself.

    Parameters
    ----------
    reports
        The reports summed.
    address
        The cell.

    Returns
    -------
    list of (Agency, figure)
        Each report's agency with its figure, in the order of the reports.
    """
    return [(report.agency, report.computed.get(address, report[address])) for report in reports]


def _bodies_below(report: AnnualReport) -> Below:
    if report.below is None:
        raise NotAssessableError("没有登记下级机关，无法与汇总数核对")
    if not report.below.reports:
        raise NotAssessableError(f"下级机关都没有可用的{report.year}年度报告，无法与汇总数核对")
    return report.below


def _shown(figure: Figure) -> str:
    return "空白" if figure is None else figure_text(figure)


def _difference(one: Figure, other: Figure) -> Figure:
    with localcontext() as context:
        context.prec = _DIGITS
        larger, smaller = sorted((magnitude(one), magnitude(other)), reverse=True)
        difference: int | Decimal = larger - smaller
    if isinstance(one, Amount) or isinstance(other, Amount):
        return Amount(Decimal(difference), "元")
    return difference


def _largest(contributed: Iterable[tuple[Agency, Figure]]) -> str:
    """The bodies that contribute most, with their figures."""
    some = [(agency, figure) for agency, figure in contributed if magnitude(figure)]
    some.sort(key=lambda pair: max(magnitude(pair[1]), -magnitude(pair[1])), reverse=True)
    return _listed([f"{agency.name}{figure_text(figure)}" for agency, figure in some]) or "各机关均为0"


def _absent(below: Below) -> str:
    """Which reports the sum is without; empty where it has them all."""
    missing = _listed([agency.name for agency in below.missing])
    unreadable = _listed([agency.name or agency.id for agency, _ in below.unreadable])
    return "".join(
        sentence
        for names, sentence in ((missing, f"尚缺{missing}的报告。"), (unreadable, f"{unreadable}的报告无法读取。"))
        if names
    )


def _listed(names: Sequence[str]) -> str:
    more = f"等{len(names)}家" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + more

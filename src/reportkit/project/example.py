"""A made-up report (示例) on any edition of the form: figures that agree, texts that say what belongs where.

Nothing here names a row, a column or a section: what is made follows from the edition's tables, identities and topics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reportkit.form import Equation, Section
from reportkit.form.figures import Amount, Figure, Kind, magnitude
from reportkit.report import Agency, AnnualReport, new_report
from reportkit.text import chinese_numeral, unnumbered

__all__ = ["agreeing", "example_report", "example_texts", "made_up_figure"]

# What the first cells of each table hold in the example.
_FEW = (3, 1, 4)
_CONTACT = "电话：0000-0000000（示例）"


def example_report(agency: Agency, year: int) -> AnnualReport:
    """A short report for the year, with a few figures in each table and texts that say what belongs in each section.

    Parameters
    ----------
    agency
        Who reports.
    year
        The year reported on.

    Returns
    -------
    AnnualReport
        A report that breaks none of the form's identities.

    Raises
    ------
    UnknownYearError
        Where no edition of the form covers the year.

    Examples
    --------
    >>> report = example_report(Agency("example", "示例局"), 2023)
    >>> report["applications.received.total"]
    8
    """
    report = new_report(agency, year)
    figures: dict[str, Figure] = {}
    for table in report.form.tables:
        entries = [cell for cell in table.cells if cell.address not in report.form.totals]
        figures |= {cell.address: made_up_figure(cell.kind, few) for cell, few in zip(entries, _FEW, strict=False)}
    return agreeing(report.replace(figures, narrative=example_texts(report)))


def example_texts(report: AnnualReport) -> dict[str, str]:
    """For each section of text, by its key, a text that says what belongs there.

    Parameters
    ----------
    report
        Whose sections they are for.

    Returns
    -------
    dict of str to str
        Markdown, labelled 示例.
    """
    return {section.key: _text(section, report) for section in report.form.narrative_sections}


def made_up_figure(kind: Kind, size: float) -> Figure:
    """A figure of a kind, near a size from 0 up.

    Parameters
    ----------
    kind
        What the cell may hold.
    size
        About how large; rounded to what the kind can state, and at most what it allows.

    Returns
    -------
    int, Decimal or Amount
        A figure of the kind.

    Examples
    --------
    >>> from reportkit.form.figures import KINDS
    >>> [str(made_up_figure(kind, 12.34)) for kind in KINDS.values()]
    ['12', '12', '12.34', '12.34万元']
    """
    size = size if kind.most is None else min(size, kind.most)
    if kind.types is int:
        return round(size)
    number = Decimal(round(100 * size)).scaleb(-2).normalize()
    return Amount(number, "万元") if kind.types is Amount else Decimal(f"{number:f}")


# ------------------------------------------------------------------ figures that agree


def agreeing(report: AnnualReport) -> AnnualReport:
    """The report with some figures changed so that every identity of the form holds.

    Figures are made larger where that is enough. What follows from last year's report (``report.previous``) is
    settled first, since that one stays as it is.

    Parameters
    ----------
    report
        The report; totals that it declares are dropped.

    Returns
    -------
    AnnualReport
        The report; where the form's identities contradict each other as near as one pass over them comes.

    Examples
    --------
    >>> report = new_report(Agency("a", "示例局"), 2023, {"applications.received.company": 2})
    >>> agreeing(report)["applications.granted.company"]
    2
    """
    balances = [_balance(equation, report) for equation in report.form.equations if _is_judged(equation, report)]
    figures = dict(report.figures)
    settled = frozenset(address for balance in balances if balance.follows for address in balance.follows)
    figures |= dict.fromkeys(settled, 0)
    # A column comes before the total column, which agrees when all the columns do.
    for balance in sorted(balances, key=lambda balance: (not balance.follows, len(balance.signs))):
        balance.settle(figures, report, frozenset() if balance.follows else settled)
    return report.replace(figures, declared={})


@dataclass(frozen=True)
class _Balance:
    """An equation as a sum that must be 0: entries with their signs, and what last year's report adds.

    Parameters
    ----------
    signs
        For each entry how often it counts on the left, less how often on the right.
    fixed
        What figures that cannot change add to the left.
    follows
        The entries on the left that follow from last year's report; empty within a year.
    """

    signs: dict[str, int]
    fixed: int | Decimal
    follows: tuple[str, ...]

    def settle(self, figures: dict[str, Figure], report: AnnualReport, settled: frozenset[str]) -> None:
        """Change one figure so that the sum is 0: the first that can become larger, else the first large enough."""
        excess = self.fixed + sum(sign * magnitude(figures[address]) for address, sign in self.signs.items())
        for change in (1, -1):
            for address, sign in self.signs.items():
                figure = figures[address]
                if not excess or address in settled or isinstance(figure, Amount) or sign * excess * change >= 0:
                    continue
                changed = magnitude(figure) - sign * excess
                if abs(sign) == 1 and report.form.cells[address].kind.holds(changed):
                    figures[address] = changed
                    return


def _balance(equation: Equation, report: AnnualReport) -> _Balance:
    signs: Counter[str] = Counter()
    fixed: int | Decimal = 0
    for side, addends in ((1, equation.left), (-1, equation.right)):
        for addend in addends:
            if addend.previous and report.last_year is not None:
                fixed += side * addend.sign * magnitude(report.last_year[addend.address])
            else:
                signs.update(dict.fromkeys(_entries(addend.address, report), side * addend.sign))
    follows = equation.left if equation.identity.spans_years else ()
    return _Balance(
        {address: sign for address, sign in signs.items() if sign},
        fixed,
        tuple(entry for addend in follows if not addend.previous for entry in _entries(addend.address, report)),
    )


def _is_judged(equation: Equation, report: AnnualReport) -> bool:
    """Whether the figures might break the equation: no total that follows, no missing report of last year."""
    if equation.identity.computes:
        return False
    before = [addend.address for addend in equation.left + equation.right if addend.previous]
    return not before or (report.last_year is not None and all(map(report.last_year.form.cells.__contains__, before)))


def _entries(address: str, report: AnnualReport) -> Iterator[str]:
    """The cells that an official fills in and that a cell is the sum of; itself where it is one of them."""
    parts = report.form.totals.get(address)
    if parts is None:
        yield address
    for part in parts or ():
        yield from _entries(part, report)


# ------------------------------------------------------------------ texts


def _text(section: Section, report: AnnualReport) -> str:
    form, agency = report.form, report.agency
    if not section.title:
        period = form.period.format(year=report.year)
        return (
            f"（示例）本报告根据{form.law}的要求编制，数据统计期限为{period}。"
            f"对本报告如有疑问，请联系{agency.name}，{agency.contact or _CONTACT}。\n"
        )
    paragraphs = [f"（示例）本部分写明{report.year}年的{unnumbered(section.title)}。"]
    for number, topic in enumerate(section.topics, start=1):
        named = any(word in topic.label for word in topic.words)
        label = topic.label if named or not topic.words else f"{topic.label}（{topic.words[0]}）"
        paragraphs.append(f"（{chinese_numeral(number)}）{topic.label}。本段写明{label}的情况。")
    return "\n\n".join(paragraphs) + "\n"

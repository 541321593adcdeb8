"""What the texts of a report state about its tables, and whether the tables say the same.

Where several readings of the words are possible and one holds, it holds. What says 约 or 余, and what no cell of the
form holds, is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache

from reportkit.claims import Claim, Reading, read_claims
from reportkit.claims.cells import Readings
from reportkit.form import Form, Header
from reportkit.form.addresses import name_of
from reportkit.form.figures import Amount, magnitude
from reportkit.form.labels import without_remark
from reportkit.report import AnnualReport
from reportkit.text import unnumbered

__all__ = [
    "Quotient",
    "Stated",
    "agrees",
    "claims_of",
    "disproved",
    "exact",
    "holds",
    "name_of_reading",
    "nearest",
    "quotients",
    "said_by_tables",
    "stated",
    "sum_of",
    "totals",
]

# Every rule asks for the claims of the same few reports, one report after another.
_KEPT = 16
_PLACES = ("省", "自治区", "市", "州", "盟", "县", "区", "旗", "镇", "乡")
# An unclosed comment takes in the rest, as it does on the page.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TEN_THOUSAND = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim of a report's text, and what the tables say of it.

    Parameters
    ----------
    claim
        What the text says.
    holds
        Whether the report bears it out; None where it cannot be told.
    sums
        What the tables hold for each of the claim's readings, in the unit in which the text states it.
    """

    claim: Claim
    holds: bool | None
    sums: tuple[Decimal, ...]


def claims_of(report: AnnualReport) -> tuple[Claim, ...]:
    """What the texts of a report say about the figures of its tables.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    tuple of Claim
        Section by section, in the order of each text.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, narrative={"overview": "全年收到依申请公开申请2件。"})
    >>> [(claim.section, claim.quote) for claim in claims_of(report)]
    [('overview', '收到依申请公开申请2件')]
    """
    agency = report.agency
    # A place alone stands for its government, whose tables sum all bodies below it.
    full = f"{agency.name}人民政府" if agency.name.endswith(_PLACES) else agency.name
    names = tuple(dict.fromkeys(filter(None, (full, agency.name, agency.short))))
    return _read(tuple(report.narrative.items()), report.form, report.year, names)


@lru_cache(_KEPT)
def _read(texts: tuple[tuple[str, str], ...], form: Form, year: int, names: tuple[str, ...]) -> tuple[Claim, ...]:
    found: list[Claim] = []
    for section, text in texts:
        first = max((claim.group or 0 for claim in found), default=0)
        for claim in read_claims(_without_comments(text), form, year, names):
            group = None if claim.group is None else claim.group + first
            found.append(replace(claim, section=section, group=group))
    return tuple(found)


def _without_comments(text: str) -> str:
    """The text with spaces in place of comments, which nobody sees."""
    return _COMMENT.sub(lambda comment: " " * len(comment[0]), text) if "<!--" in text else text


def holds(claim: Claim, report: AnnualReport) -> bool | None:
    """Whether a report bears a claim out: one of the readings of its words gives what it says.

    A percentage is compared to the digits given.

    Parameters
    ----------
    claim
        What a text says.
    report
        The report, last year's beside it for a rate of growth.

    Returns
    -------
    bool or None
        None where it cannot be told: the claim is approximate, no cell holds what it counts, the cells are blank, or
        what it is compared with is not there or is 0.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, narrative={"overview": "全年收到依申请公开申请2件。"})
    >>> holds(claims_of(report)[0], report)
    False
    """
    if claim.kind == "period":
        return claim.value == report.year
    claim = replace(claim, readings=_filled_in(claim.readings, report), of=_filled_in(claim.of, report))
    if claim.approximate or not claim.readings:
        return None
    if claim.kind in ("share", "growth"):
        worked_out = [quotient.value for quotient in quotients(claim, report)]
        return any(agrees(value, claim.value) for value in worked_out) if worked_out else None
    claim = replace(claim, readings=_of_the_whole(claim, report))
    held = totals(claim, report)
    return any(_equals(claim, total) for total in (*held, *_own(claim, held, report)))


def _filled_in(readings: Readings, report: AnnualReport) -> Readings:
    """The readings of which at least one cell is filled in: a table that is not there says nothing."""
    return tuple(reading for reading in readings if any(_is_filled_in(address, report) for address in reading))


def _is_filled_in(address: str, report: AnnualReport) -> bool:
    if report[address] or address in report.declared:
        return report[address] is not None
    parts = report.form.totals.get(address)
    return report[address] is not None if parts is None else any(_is_filled_in(part, report) for part in parts)


def _of_the_whole(claim: Claim, report: AnnualReport) -> Readings:
    """The readings of a part that are meant if the whole is what the text says it is.

    Of 收到12件，其中自然人10件, the 10 are of those received, and not of those carried in as well, if the 12 are.
    """
    if claim.whole is None:
        return claim.readings
    meant = [_rows(whole) for whole in claim.of if sum_of(whole, report) == claim.whole]
    return tuple(reading for reading in claim.readings if _rows(reading) in meant) or claim.readings


def totals(claim: Claim, report: AnnualReport) -> tuple[Decimal, ...]:
    """What the tables hold for each reading of a claim's words.

    Parameters
    ----------
    claim
        A number of something that the tables hold.
    report
        The report.

    Returns
    -------
    tuple of Decimal
        Sums in the unit in which the text states the number.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, narrative={"overview": "予以公开2件。"})
    >>> totals(claims_of(report)[0], report)
    (Decimal('0'),)
    """
    return tuple(_total(reading, claim, report) for reading in claim.readings)


def _own(claim: Claim, held: Sequence[Decimal], report: AnnualReport) -> Iterator[Decimal]:
    """What a department alone, without the bodies below it, has of each sum, for it may speak of itself alone."""
    below = report.below
    if below is None or below.missing or below.unreadable or report.agency.level == "government":
        return
    for reading, total in zip(claim.readings, held, strict=True):
        if all(address in one.form.cells for one in below.reports for address in reading):
            yield total - sum((_total(reading, claim, one) for one in below.reports), Decimal(0))


def stated(report: AnnualReport) -> tuple[Stated, ...]:
    """What the texts of a report say about its tables, and what these say of it.

    Parameters
    ----------
    report
        The report, last year's beside it for rates of growth.

    Returns
    -------
    tuple of Stated
        Section by section, in the order of each text.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, narrative={"overview": "全年收到依申请公开申请2件。"})
    >>> [(each.claim.value, each.holds, each.sums[0]) for each in stated(report)]
    [(Decimal('2'), False, Decimal('0'))]
    """
    return tuple(Stated(claim, holds(claim, report), totals(claim, report)) for claim in claims_of(report))


def said_by_tables(claim: Claim, report: AnnualReport) -> tuple[str, ...]:
    """What the tables hold of what a claim speaks of, in Chinese.

    Parameters
    ----------
    claim
        What a text says.
    report
        The report, last year's beside it for rates of growth.

    Returns
    -------
    tuple of str
        One for each reading of the words; empty where no cell holds it.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, narrative={"overview": "予以公开2件。"})
    >>> said_by_tables(claims_of(report)[0], report)
    ('表三.予以公开.总计为0',)
    """
    if claim.kind in ("share", "growth"):
        return tuple(f"{each.sum}，即{each.rounded(claim.value):f}%" for each in quotients(claim, report))
    return tuple(_told(reading, claim, report) for reading in _filled_in(claim.readings, report))


def nearest(claim: Claim, report: AnnualReport) -> tuple[Decimal, Reading]:
    """What the tables hold, by the reading of the words that comes nearest to what is said.

    Parameters
    ----------
    claim
        A number of something that the tables hold.
    report
        The report.

    Returns
    -------
    Decimal
        The sum, in the unit in which the text states it.
    Reading
        The cells it is the sum of.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, narrative={"overview": "予以公开2件。"})
    >>> nearest(claims_of(report)[0], report)
    (Decimal('0'), ('applications.granted.total',))
    """
    claim = replace(claim, readings=_filled_in(claim.readings, report) or claim.readings)
    held = zip(totals(claim, report), claim.readings, strict=True)
    return min(held, key=lambda each: abs(each[0] - claim.value))


def disproved(report: AnnualReport, kinds: Sequence[str]) -> Iterator[Claim]:
    """What the texts of a report state and its tables do not bear out.

    Parameters
    ----------
    report
        The report.
    kinds
        Only claims of these kinds.

    Yields
    ------
    Claim
        Section by section, in the order of each text.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, narrative={"overview": "全年收到依申请公开申请2件。"})
    >>> [claim.quote for claim in disproved(report, ["count"])]
    ['收到依申请公开申请2件']
    """
    return (claim for claim in claims_of(report) if claim.kind in kinds and holds(claim, report) is False)


# ---------------------------------------------------------------- names


def name_of_reading(reading: Reading, form: Form) -> str:
    """The cells whose sum is meant, as people call them: a group of rows, or several columns, by their own label.

    Parameters
    ----------
    reading
        The addresses of the cells.
    form
        The edition of the form.

    Returns
    -------
    str
        Names joined by plus signs.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> form = form_for(2023)
    >>> cells = [f"applications.{row.key}.total" for row in form.table("applications").row("unavailable").leaves()]
    >>> name_of_reading(("applications.granted.total", *cells), form)
    '表三.予以公开.总计＋表三.无法提供.总计'
    """
    rest, names = list(reading), []
    for cells, name in _groups(form):
        if len(cells) > 1 and cells <= set(rest):
            names.append((rest.index(next(one for one in rest if one in cells)), name))
            rest = [one for one in rest if one not in cells]
    names += [(reading.index(address), name_of(address, form)) for address in rest]
    return "＋".join(name for _, name in sorted(names))


@lru_cache
def _groups(form: Form) -> tuple[tuple[frozenset[str], str], ...]:
    """The cells below each label that spans rows or columns, with a name for them; the largest first."""
    found = []
    for table in form.tables:
        for block in table.blocks:
            rows = [(row.label, [leaf.key for leaf in row.leaves()]) for row in _heads(block.rows)]
            columns = [(column.label, [leaf.key for leaf in column.leaves()]) for column in _heads(block.columns)]
            for row, row_keys in rows:
                for column, column_keys in columns:
                    cells = frozenset(f"{table.key}.{a}.{b}" for a in row_keys for b in column_keys)
                    if cells <= form.cells.keys():
                        found.append((cells, f"{table.name}.{_short(row)}.{_short(column)}"))
    return tuple(sorted(found, key=lambda each: -len(each[0])))


def _heads(headers: Sequence[Header]) -> Iterator[Header]:
    """The heads of a stub or a boxhead, those that span others first."""
    for header in headers:
        yield header
        yield from _heads(header.children)


def _short(label: str) -> str:
    return unnumbered(without_remark(label))


# ----------------------------------------------------------------- sums


@dataclass(frozen=True)
class Quotient:
    """What a percentage follows from.

    Parameters
    ----------
    value
        The percentage.
    cells
        The cells it is worked out from.
    sum
        How, in Chinese.
    """

    value: Decimal
    cells: tuple[str, ...]
    sum: str

    def rounded(self, like: Decimal) -> Decimal:
        """The percentage to as many digits as another has."""
        return _rounded(self.value, like, ROUND_HALF_UP)


def quotients(claim: Claim, report: AnnualReport) -> Iterator[Quotient]:
    """What a percentage would be, for each reading of the words that can be worked out.

    Parameters
    ----------
    claim
        A share or a rate of growth.
    report
        The report, last year's beside it for a rate of growth.

    Yields
    ------
    Quotient
        The percentage and how it was worked out.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> text = "收到政府信息公开申请4件，其中自然人3件，占70%。"
    >>> figures = {"applications.received.natural_person": 3, "applications.received.company": 1}
    >>> report = new_report(Agency("a", "某局"), 2023, figures, narrative={"overview": text})
    >>> [quotient.value for quotient in quotients(claims_of(report)[-1], report)][0]
    Decimal('75.00')
    """
    for reading in _filled_in(claim.readings, report):
        now, name = sum_of(reading, report), name_of_reading(reading, report.form)
        if claim.kind == "share":
            for whole in _wholes(reading, claim):
                if total := sum_of(whole, report):
                    shown = f"{name}为{now:f}，{name_of_reading(whole, report.form)}为{total:f}"
                    yield Quotient(now / total * 100, (*reading, *whole), shown)
            continue
        last = report.last_year
        known = last is not None and all(address in last.form.cells for address in reading)
        if last is not None and known and (before := sum_of(reading, last)):
            shown = f"{name}上一年度为{before:f}，本年为{now:f}"
            yield Quotient((now - before) / before * 100, reading, shown)


def _wholes(reading: Reading, claim: Claim) -> Readings:
    """Of what a sum may be the share: of the same requests by all applicants, where they are meant, or of any whole."""
    same = tuple(whole for whole in claim.of if _rows(whole) == _rows(reading))
    return same or claim.of


def _rows(reading: Reading) -> set[str]:
    return {address.rpartition(".")[0] for address in reading}


def sum_of(reading: Reading, report: AnnualReport) -> Decimal:
    """The sum of some cells of a report.

    Parameters
    ----------
    reading
        The addresses of the cells.
    report
        The report.

    Returns
    -------
    Decimal
        The sum; a blank counts as 0.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> sum_of(("challenges.review.total",), new_report(Agency("a", "某局"), 2023))
    Decimal('0')
    """
    return sum((Decimal(magnitude(report[address])) for address in reading), Decimal(0))


def agrees(value: Decimal, said: Decimal) -> bool:
    """Whether a number is what is said, to the digits given.

    Parameters
    ----------
    value
        The number as it was worked out.
    said
        The number as it is stated.

    Returns
    -------
    bool
        True if it is rounded so; a half up, or to the even digit.

    Examples
    --------
    >>> agrees(Decimal("27.36"), Decimal("27.4")), agrees(Decimal("27.36"), Decimal("27.3"))
    (True, False)
    """
    return said in (_rounded(value, said, ROUND_HALF_UP), _rounded(value, said, ROUND_HALF_EVEN))


def _rounded(value: Decimal, like: Decimal, how: str) -> Decimal:
    exponent = min(0, int(like.as_tuple().exponent))
    return value.quantize(Decimal(1).scaleb(exponent), how)


def _equals(claim: Claim, total: Decimal) -> bool:
    """Whether a number is what is said; money is compared to the digits given."""
    if not claim.unit.endswith("元"):
        return claim.value == total
    return total == claim.value or agrees(total, claim.value)


def _total(reading: Reading, claim: Claim, report: AnnualReport) -> Decimal:
    """The sum of some cells in the unit in which the claim states it: money in 元 or 万元."""
    total = sum_of(reading, report)
    if not claim.unit.endswith("元"):
        return total
    in_yuan = any(isinstance(report[address], Amount) for address in reading)
    return total * (1 if in_yuan else _TEN_THOUSAND) / (_TEN_THOUSAND if claim.unit.startswith("万") else 1)


def _told(reading: Reading, claim: Claim, report: AnnualReport) -> str:
    unit = claim.unit if claim.unit.endswith("元") else ""
    return f"{name_of_reading(reading, report.form)}为{_plain(_total(reading, claim, report))}{unit}"


def exact(value: Decimal) -> int | str:
    """A number as a finding states it.

    Parameters
    ----------
    value
        The number.

    Returns
    -------
    int or str
        A whole number as such, anything else as its exact text.

    Examples
    --------
    >>> exact(Decimal("3.0")), exact(Decimal("38.650"))
    (3, '38.65')
    """
    return int(value) if value == value.to_integral_value() else _plain(value)


def _plain(value: Decimal) -> str:
    return f"{value:f}" if value == value.to_integral_value() else f"{value.normalize():f}"

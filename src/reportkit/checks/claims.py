"""Rules that hold what the texts say against the tables: counts, denials, parts, percentages, fees.

Where several readings of the words are possible and one holds, it holds. What says 约 or 余, and what no cell of the
form holds, is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache

from reportkit.checks.finding import Finding
from reportkit.checks.rules import Rule, rule
from reportkit.claims import Claim, Reading, read_claims
from reportkit.form import Form, Header
from reportkit.form.addresses import name_of
from reportkit.form.figures import Amount, figure_text, magnitude
from reportkit.form.labels import without_remark
from reportkit.report import AnnualReport
from reportkit.text import unnumbered

__all__ = ["Stated", "claims_of", "holds", "name_of_reading", "said_by_tables", "stated"]

# Every rule asks for the claims of the same few reports, one report after another.
_KEPT = 16
_FEE = "handling_fee"
_TEN_THOUSAND = Decimal(10_000)
# Words that say that a fee was asked for and not paid.
_ASKED_FOR = re.compile("逾期|[未拒]缴|收费通知|缴费通知")


@rule(
    "TEXT-CLAIM",
    severity="error",
    meaning="正文中的件数与表格一致",
    meaning_en="a count that a text states of something the tables hold is the tables' figure",
)
def counts(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each number of a text that no reading of its words gives."""
    for claim in _disproved(report, ("count", "part", "denial")):
        if claim.value and _nearest(claim, report):
            yield _finding(rule, claim, report)


@rule(
    "TEXT-ZERO",
    severity="error",
    meaning="正文中写“未收到”“未发生”“0件”等的，表格中相应为0；正文写有件数的，表格中不为0",
    meaning_en="what a text denies is 0 in the tables, and what it counts is not",
)
def denials(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each denial of what the tables count, and for each number of what they do not."""
    for claim in _disproved(report, ("count", "part", "denial")):
        if not claim.value or not _nearest(claim, report):
            yield _finding(rule, claim, report)


@rule(
    "TEXT-BREAKDOWN",
    severity="warning",
    meaning="正文中分列的各项之和与所列总数一致",
    meaning_en="parts that a text lists add up to the whole it states",
)
def breakdowns(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each list of parts that are more than the whole, or that are all there are and are less."""
    for parts in _lists(claims_of(report)):
        whole, total = parts[0].whole, sum((part.value for part in parts), Decimal(0))
        if whole is None or total == whole or any(part.approximate for part in parts):
            continue
        if (total > whole or _are_all(parts, report)) and total - whole not in _carried(parts, report):
            added = "＋".join(f"{part.value:f}" for part in parts)
            yield rule.finding(
                report,
                f"正文分列的各项相加为{total:f}（{added}），与所列总数{whole:f}不一致。",
                quote=_quote_of(parts, report),
                expected=_stated(whole),
                actual=_stated(total),
            )


@rule(
    "TEXT-PERCENT",
    severity="warning",
    meaning="正文中的占比和增减幅度能由表格中的数算出",
    meaning_en="a share or a rate of growth in a text follows from the figures of the tables, to the digits given",
)
def percentages(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each percentage that no reading of its words gives, with the sum that would give it."""
    for claim in _disproved(report, ("share", "growth")):
        quotient = next(_quotients(claim, report))
        expected = _rounded(quotient.value, claim.value, ROUND_HALF_UP)
        said = "增长" if claim.kind == "growth" and expected >= 0 else "下降" if claim.kind == "growth" else "占"
        yield rule.finding(
            report,
            f"“{claim.quote}”与表格不一致：{quotient.sum}，{said}{abs(expected):f}%，正文为{abs(claim.value):f}%。",
            cells=quotient.cells,
            quote=claim.quote,
            expected=f"{expected:f}%",
            actual=f"{claim.value:f}%",
        )


@rule(
    "TEXT-PERIOD",
    severity="error",
    meaning="统计期限是报告年度",
    meaning_en="the statistical period is the year reported on",
)
def periods(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each statistical period of another year."""
    for claim in _disproved(report, ("period",)):
        yield rule.finding(
            report,
            f"统计期限“{claim.quote}”是{claim.value}年，报告年度为{report.year}年。",
            quote=claim.quote,
            expected=report.form.period.format(year=report.year),
            actual=claim.quote,
        )


@rule(
    "TEXT-FEES",
    severity="warning",
    meaning="正文各处对信息处理费的说法一致，并与表格一致",
    meaning_en="what the texts say of handling fees does not contradict itself, nor the tables",
    basis="《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）",
)
def fees(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding where one text says that no fee was charged and another how much, or where unpaid fees were."""
    said = [claim for claim in claims_of(report) if claim.about == _FEE and not claim.approximate]
    none = next((claim for claim in said if not claim.value), None)
    some = next((claim for claim in said if claim.value), None)
    if none is not None and some is not None:
        yield rule.finding(
            report,
            f"正文一处写“{none.quote}”，另一处写“{some.quote}”，对信息处理费的说法不一致。",
            quote=some.quote,
        )
    unpaid = [section.evidence for section in report.form.sections if section.evidence]
    cells = [
        address
        for address, cell in report.form.cells.items()
        if f"{cell.table}.{cell.row}" in unpaid and magnitude(report[address]) > 0
    ]
    explained = any(_ASKED_FOR.search(text) for text in report.narrative.values())
    if none is not None and some is None and cells and not explained:
        yield rule.finding(
            report,
            f"正文写“{none.quote}”，而{report.form.cells[cells[-1]].label}为{figure_text(report[cells[-1]])}，"
            "请核实是否发出过收费通知。",
            cells=tuple(cells),
            quote=none.quote,
        )


# ---------------------------------------------------------------- claims


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
    names = tuple(filter(None, (report.agency.name, report.agency.short)))
    return _read(tuple(report.narrative.items()), report.form, report.year, names)


@lru_cache(_KEPT)
def _read(texts: tuple[tuple[str, str], ...], form: Form, year: int, names: tuple[str, ...]) -> tuple[Claim, ...]:
    found: list[Claim] = []
    for section, text in texts:
        first = max((claim.group or 0 for claim in found), default=0)
        for claim in read_claims(text, form, year, names):
            group = None if claim.group is None else claim.group + first
            found.append(replace(claim, section=section, group=group))
    return tuple(found)


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
        None where it cannot be told: the claim is approximate, no cell holds what it counts, or what it is compared
        with is not there or is 0.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, narrative={"overview": "全年收到依申请公开申请2件。"})
    >>> holds(claims_of(report)[0], report)
    False
    """
    if claim.kind == "period":
        return claim.value == report.year
    if claim.approximate or not claim.readings:
        return None
    if claim.kind in ("share", "growth"):
        quotients = list(_quotients(claim, report))
        return any(_agrees(quotient.value, claim.value) for quotient in quotients) if quotients else None
    return any(_equals(claim, _total(reading, claim, report)) for reading in claim.readings)


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
    return tuple(
        Stated(claim, holds(claim, report), tuple(_total(reading, claim, report) for reading in claim.readings))
        for claim in claims_of(report)
    )


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
        worked_out = (
            (each.sum, _rounded(each.value, claim.value, ROUND_HALF_UP)) for each in _quotients(claim, report)
        )
        return tuple(f"{shown}，即{value:f}%" for shown, value in worked_out)
    return tuple(_told(reading, claim, report) for reading in claim.readings)


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
class _Quotient:
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


def _quotients(claim: Claim, report: AnnualReport) -> Iterator[_Quotient]:
    """What the percentage would be, for each reading of the words that can be worked out."""
    for reading in claim.readings:
        now, name = _sum(reading, report), name_of_reading(reading, report.form)
        if claim.kind == "share":
            for whole in claim.of:
                if total := _sum(whole, report):
                    shown = f"{name}为{now:f}，{name_of_reading(whole, report.form)}为{total:f}"
                    yield _Quotient(now / total * 100, (*reading, *whole), shown)
            continue
        last = report.last_year
        known = last is not None and all(address in last.form.cells for address in reading)
        if last is not None and known and (before := _sum(reading, last)):
            shown = f"{name}上一年度为{before:f}，本年为{now:f}"
            yield _Quotient((now - before) / before * 100, reading, shown)


def _sum(reading: Reading, report: AnnualReport) -> Decimal:
    return sum((Decimal(magnitude(report[address])) for address in reading), Decimal(0))


def _agrees(value: Decimal, said: Decimal) -> bool:
    """Whether a number is what is said, rounded to the digits given; a half up or to the even digit."""
    return said in (_rounded(value, said, ROUND_HALF_UP), _rounded(value, said, ROUND_HALF_EVEN))


def _rounded(value: Decimal, like: Decimal, how: str) -> Decimal:
    exponent = min(0, int(like.as_tuple().exponent))
    return value.quantize(Decimal(1).scaleb(exponent), how)


def _equals(claim: Claim, total: Decimal) -> bool:
    """Whether a number is what is said; money is compared to the digits given."""
    if not claim.unit.endswith("元"):
        return claim.value == total
    return total == claim.value or _agrees(total, claim.value)


def _total(reading: Reading, claim: Claim, report: AnnualReport) -> Decimal:
    """The sum of some cells in the unit in which the claim states it: money in 元 or 万元."""
    total = _sum(reading, report)
    if not claim.unit.endswith("元"):
        return total
    in_yuan = any(isinstance(report[address], Amount) for address in reading)
    return total * (1 if in_yuan else _TEN_THOUSAND) / (_TEN_THOUSAND if claim.unit.startswith("万") else 1)


# ------------------------------------------------------------- findings


def _disproved(report: AnnualReport, kinds: Sequence[str]) -> Iterator[Claim]:
    return (claim for claim in claims_of(report) if claim.kind in kinds and holds(claim, report) is False)


def _nearest(claim: Claim, report: AnnualReport) -> Decimal:
    """What the tables hold, by the reading that comes nearest to what is said."""
    totals = (_total(reading, claim, report) for reading in claim.readings)
    return min(totals, key=lambda total: abs(total - claim.value))


def _finding(rule: Rule, claim: Claim, report: AnnualReport) -> Finding:
    nearest = _nearest(claim, report)
    meant = next(reading for reading in claim.readings if _total(reading, claim, report) == nearest)
    told = [_told(reading, claim, report) for reading in (meant, *(one for one in claim.readings if one != meant))]
    return rule.finding(
        report,
        f"“{claim.quote}”与表格不一致：{'，或'.join(told)}。",
        cells=meant,
        quote=claim.quote,
        expected=_stated(nearest),
        actual=_stated(claim.value),
    )


def _told(reading: Reading, claim: Claim, report: AnnualReport) -> str:
    unit = claim.unit if claim.unit.endswith("元") else ""
    return f"{name_of_reading(reading, report.form)}为{_plain(_total(reading, claim, report))}{unit}"


def _stated(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else _plain(value)


def _plain(value: Decimal) -> str:
    return f"{value:f}" if value == value.to_integral_value() else f"{value.normalize():f}"


# ---------------------------------------------------------------- lists


def _lists(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """The lists of parts, each of at least two."""
    lists: dict[int, list[Claim]] = {}
    for claim in claims:
        if claim.kind == "part" and claim.group is not None:
            lists.setdefault(claim.group, []).append(claim)
    return (parts for parts in lists.values() if len(parts) > 1)


def _are_all(parts: Sequence[Claim], report: AnnualReport) -> bool:
    """Whether a list names everything that the whole can be divided into, as the form's identities have it."""
    named = {address for part in parts for address in (part.readings[0] if part.readings else ())}
    sums = (equation.right for equation in report.form.equations if not equation.identity.spans_years)
    return any(named >= {addend.address for addend in side} for side in sums)


def _carried(parts: Sequence[Claim], report: AnnualReport) -> set[Decimal]:
    """By how much parts of requests may differ from the whole: by what was carried over from last year, or to the next.

    收到12件，其中予以公开… may list the outcomes of all that was answered.
    """
    roles, total = (
        report.form.roles,
        next((address.rpartition(".")[2] for each in parts for one in each.of for address in one), ""),
    )
    sums = [Decimal(0)]
    for row, sign in ((roles.carried_in, 1), (roles.carried_out, -1)):
        address = f"{roles.requests}.{row}.{total}"
        if address in report.form.cells:
            carried = sign * Decimal(magnitude(report[address]))
            sums += [each + carried for each in sums]
    return set(sums)


def _quote_of(parts: Sequence[Claim], report: AnnualReport) -> str:
    """The words from the first part to the last."""
    text = report.narrative[parts[0].section or ""]
    return text[min(part.start for part in parts) : max(part.end for part in parts)]

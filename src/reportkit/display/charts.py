"""Charts of a report and of the years before it, as Altair charts that can be changed further.

What a chart is divided into follows from the form: the terms of its identities, under the form's labels.
How they are drawn and look is in `reportkit.display.drawing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Self

from reportkit.display.drawing import ReportChart, Share, bars, enable, grouped_bars
from reportkit.display.parts import Part, ReviewPart, note
from reportkit.form import Form, Header, Identity, Table
from reportkit.form.figures import magnitude
from reportkit.form.labels import without_remark
from reportkit.report import AnnualReport
from reportkit.text import unnumbered

__all__ = ["applicants", "challenges_over_years", "enable", "outcomes", "requests_over_years"]


def __dir__() -> list[str]:
    return __all__  # what an editor completes


def outcomes(report: AnnualReport) -> ReportChart | NoChart:
    """How the year's requests were answered: one bar for each outcome the form counts.

    Parameters
    ----------
    report
        The report whose table 三 is shown.

    Returns
    -------
    ReportChart or NoChart
        The chart, whose ``description`` says the same in words; a sentence where there is nothing to show, or where
        the edition of the form does not count this.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "示例局"), 2023, {"applications.granted.company": 3})
    >>> outcomes(report).to_dict()["title"]
    '2023年政府信息公开申请办理结果（件）'
    >>> outcomes(report).properties(width=300).to_dict()["width"]
    300
    """
    year, form = report.year, report.form
    shares = _shares(report, _computing(form, form.roles.requests, "column"))
    if shares is None:
        return _lacking(report)
    if not any(share.count for share in shares):
        return NoChart.saying(f"{year}年没有办结政府信息公开申请。")
    words = f"{year}年共办结政府信息公开申请{_total(shares)}件：{_in_words(shares)}。"
    return bars(shares, title=f"{year}年政府信息公开申请办理结果（件）", description=words)


def applicants(report: AnnualReport) -> ReportChart | NoChart:
    """Who made the year's new requests: one bar for each kind of applicant the form counts.

    Parameters
    ----------
    report
        The report whose table 三 is shown.

    Returns
    -------
    ReportChart or NoChart
        The chart, whose ``description`` says the same in words; a sentence where there is nothing to show, or where
        the edition of the form does not count this.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "示例局"), 2023, {"applications.received.company": 3})
    >>> applicants(report).to_dict()["title"]
    '2023年新收政府信息公开申请的申请人情况（件）'
    """
    year, form = report.year, report.form
    shares = _shares(report, _computing(form, form.roles.requests, "row"), row=form.roles.received)
    if shares is None:
        return _lacking(report)
    if not any(share.count for share in shares):
        return NoChart.saying(f"{year}年没有新收政府信息公开申请。")
    words = f"{year}年新收政府信息公开申请{_total(shares)}件，按申请人分：{_in_words(shares)}。"
    return bars(shares, title=f"{year}年新收政府信息公开申请的申请人情况（件）", description=words)


def requests_over_years(report: AnnualReport) -> ReportChart | NoChart:
    """Requests received, carried in, answered and carried out, year by year.

    Parameters
    ----------
    report
        The report of the last year shown; the years before it are those of its history.

    Returns
    -------
    ReportChart or NoChart
        The chart, whose ``description`` says the same in words; a sentence where there is nothing to show, or where
        the edition of the form does not count this.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> requests_over_years(new_report(Agency("a", "示例局"), 2023))
    没有2023年以前的数据，无法比较各年的政府信息公开申请收到和办理情况。
    """
    requests = report.form.roles.requests
    balance = next((identity for identity in _within_year(report.form, requests, "column")), None)
    across = _computing(report.form, requests, "row")
    if balance is None or across is None:
        return _lacking(report)
    rows = _rows(report.form.table(requests))
    series = [
        _Series(label, tuple(f"{requests}.{key}.{across.computes}" for key in term.keys))
        for side in (balance.left, balance.right)
        for label, term in zip(_without_common_ending([_label(rows, term.keys) for term in side]), side, strict=True)
    ]
    return _over_years(report, series, subject="政府信息公开申请收到和办理情况")


def challenges_over_years(report: AnnualReport) -> ReportChart | NoChart:
    """Administrative reviews and lawsuits, year by year.

    Parameters
    ----------
    report
        The report of the last year shown; the years before it are those of its history.

    Returns
    -------
    ReportChart or NoChart
        The chart, whose ``description`` says the same in words; a sentence where there is nothing to show, or where
        the edition of the form does not count this.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> before = new_report(Agency("a", "示例局"), 2022, {"challenges.review.upheld": 3})
    >>> challenges_over_years(new_report(before.agency, 2023, previous=before)).to_dict()["title"]
    '2022—2023年政府信息公开行政复议、行政诉讼情况（件）'
    """
    cases = report.form.roles.cases
    across = _computing(report.form, cases, "row")
    if across is None:
        return _lacking(report)
    rows = _rows(report.form.table(cases))
    keys = [leaf.key or "" for row in rows for leaf in row.leaves()]
    series = [_Series(_label(rows, (key,)), (f"{cases}.{key}.{across.computes}",)) for key in keys]
    return _over_years(report, series, subject="政府信息公开行政复议、行政诉讼情况")


class NoChart(Part):
    """A sentence in place of a chart that has nothing to show; it takes what a chart takes, and stays as it is."""

    @classmethod
    def saying(cls, sentence: str) -> Self:
        """Make one of a sentence in Chinese."""
        part = note(sentence)
        return cls(part.html, part.text)

    def properties(self, **_properties: Any) -> Self:
        """Return the sentence, whatever properties its chart should have had."""
        return self

    def interactive(self, *_arguments: Any, **_options: Any) -> Self:
        """Return the sentence."""
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("configure"):
            return self.properties
        raise AttributeError(name)


class NoChartYet(NoChart, ReviewPart):
    """The same for the analyst and the reviewer, where it is about the data there are rather than about the year."""


@dataclass(frozen=True, slots=True)
class _Series:
    """Something counted each year: its label and the cells that are summed."""

    label: str
    addresses: tuple[str, ...]


def _computing(form: Form, table: str, each: str) -> Identity | None:
    """The identity by which the form works out that table's totals along its columns or rows."""
    identities = (identity for identity in form.identities if (identity.table, identity.each) == (table, each))
    return next((identity for identity in identities if identity.computes), None)


def _within_year(form: Form, table: str, each: str) -> Iterator[Identity]:
    """The identities of that table that compute nothing and look at no other year."""
    for identity in form.identities:
        if (identity.table, identity.each) == (table, each) and not identity.computes and not identity.spans_years:
            yield identity


def _shares(report: AnnualReport, identity: Identity | None, row: str | None = None) -> list[Share] | None:
    """The terms that `identity` sums, in the form's order: down the totals column, or across `row`."""
    if identity is None:
        return None
    table = report.form.table(identity.table)
    if row is not None:
        headers, address = _columns(table), f"{table.key}.{row}.{{}}"
    else:
        across = _computing(report.form, table.key, "row")
        headers, address = _rows(table), f"{table.key}.{{}}.{across.computes if across else ''}"
    addresses = [[address.format(key) for key in term.keys] for term in identity.right]
    if not all(cell in report.form.cells for cells in addresses for cell in cells):
        return None
    return [
        Share(_label(headers, term.keys), _count(report, cells))
        for term, cells in zip(identity.right, addresses, strict=True)
    ]


def _count(report: AnnualReport, addresses: Iterable[str]) -> int:
    figures = ((report[address], report.computed.get(address)) for address in addresses)
    # A total that the source leaves blank is still known from its parts.
    return int(sum(magnitude(stated if stated is not None else computed) for stated, computed in figures))


def _total(shares: Iterable[Share]) -> int:
    return sum(share.count for share in shares)


def _rows(table: Table) -> tuple[Header, ...]:
    return tuple(row for block in table.blocks for row in block.rows)


def _columns(table: Table) -> tuple[Header, ...]:
    return tuple(column for block in table.blocks for column in block.columns)


def _label(headers: Sequence[Header], keys: tuple[str, ...], group: str = "") -> str:
    """The form's label for exactly these rows or columns, without its numeral and its remark in brackets."""
    for header in headers:
        below = tuple(leaf.key for leaf in header.leaves())
        label = unnumbered(without_remark(header.label))
        if below == keys:
            # 其他 and 总计 say too little alone.
            return f"{group}·{label}" if group and len(label) <= 2 else label
        if set(keys) <= set(below):
            return _label(header.children, keys, label)
    raise KeyError(keys)


def _without_common_ending(labels: list[str]) -> list[str]:
    """The labels without the words they all end in: 本年新收, 上年结转 of 政府信息公开申请数量."""
    backwards = zip(*map(reversed, labels), strict=False)
    shared = takewhile(lambda characters: len(set(characters)) == 1, backwards)
    ending = "".join(characters[0] for characters in shared)[::-1]
    return [label.removesuffix(ending) or label for label in labels]


def _in_words(shares: Sequence[Share]) -> str:
    some = "、".join(f"{share.label}{share.count}件" for share in shares if share.count)
    none = "、".join(share.label for share in shares if not share.count)
    return f"{some}；{none}为0件" if none else some


def _years_in_words(counts: Iterable[Sequence[Share]]) -> str:
    return "；".join(
        f"{shares[0].label}{'、'.join(str(share.count) for share in shares)}件" for shares in zip(*counts, strict=True)
    )


def _lacking(report: AnnualReport) -> NoChart:
    return NoChartYet.saying(f"{report.form.edition}年版的年度报告格式没有绘制此图所需的表格。")


def _over_years(report: AnnualReport, series: Sequence[_Series], *, subject: str) -> ReportChart | NoChart:
    """Bars side by side for each year, a legend above."""
    reports = [past for past in reversed([*report.history()]) if _counts_all(past, series)]
    if len(reports) < 2:
        return NoChartYet.saying(f"没有{report.year}年以前的数据，无法比较各年的{subject}。")
    counts = {past.year: [Share(one.label, _count(past, one.addresses)) for one in series] for past in reports}
    first, last = reports[0].year, reports[-1].year
    most = max(share.count for shares in counts.values() for share in shares)
    if not most:
        return NoChart.saying(f"{first}年至{last}年的{subject}均为0。")
    return grouped_bars(
        {f"{year}年": shares for year, shares in counts.items()},
        title=f"{first}—{last}年{subject}（件）",
        description=f"{first}年至{last}年{subject}，各年依次为：{_years_in_words(counts.values())}。",
    )


def _counts_all(report: AnnualReport, series: Sequence[_Series]) -> bool:
    return all(address in report.form.cells for one in series for address in one.addresses)

"""Charts of a report and of the years before it, as Altair charts that can be changed further.

What a chart is divided into follows from the form: the terms of its identities, under the form's labels.
How they are drawn and look is in `reportkit.display.drawing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from reportkit.display.drawing import ReportChart, Share, bars, enable, grouped_bars
from reportkit.display.parts import Part, ReviewPart, note
from reportkit.display.series import Series, cases, computing, counted, label_of, requests
from reportkit.form import Identity
from reportkit.report import AnnualReport

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
        the edition of the form does not count this; for the reviewer alone where there is a single bar to draw.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> figures = {"applications.granted.company": 3, "applications.partly_granted.company": 1}
    >>> report = new_report(Agency("a", "示例局"), 2023, figures)
    >>> outcomes(report).to_dict()["title"]
    '2023年政府信息公开申请办理结果（件）'
    >>> outcomes(report).properties(width=300).to_dict()["width"]
    300
    """
    year, form = report.year, report.form
    shares = _shares(report, computing(form, form.roles.requests, "column"))
    if shares is None:
        return _lacking(report)
    if not any(share.count for share in shares):
        return NoChart.saying(f"{year}年没有办结政府信息公开申请。")
    words = f"{year}年共办结政府信息公开申请{_total(shares)}件：{_in_words(shares)}。"
    return _bars(shares, title=f"{year}年政府信息公开申请办理结果（件）", description=words)


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
        the edition of the form does not count this; for the reviewer alone where there is a single bar to draw.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> figures = {"applications.received.company": 3, "applications.received.other": 1}
    >>> report = new_report(Agency("a", "示例局"), 2023, figures)
    >>> applicants(report).to_dict()["title"]
    '2023年新收政府信息公开申请的申请人情况（件）'
    """
    year, form = report.year, report.form
    shares = _shares(report, computing(form, form.roles.requests, "row"), row=form.roles.received)
    if shares is None:
        return _lacking(report)
    if not any(share.count for share in shares):
        return NoChart.saying(f"{year}年没有新收政府信息公开申请。")
    words = f"{year}年新收政府信息公开申请{_total(shares)}件，按申请人分：{_in_words(shares)}。"
    return _bars(shares, title=f"{year}年新收政府信息公开申请的申请人情况（件）", description=words)


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
        the edition of the form does not count this; for the reviewer alone where there is a single bar to draw.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> requests_over_years(new_report(Agency("a", "示例局"), 2023))
    没有2023年以前的数据，无法比较各年的政府信息公开申请收到和办理情况。
    """
    series = requests(report.form)
    if series is None:
        return _lacking(report)
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
        the edition of the form does not count this; for the reviewer alone where there is a single bar to draw.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> before = new_report(Agency("a", "示例局"), 2022, {"challenges.review.upheld": 3})
    >>> report = new_report(before.agency, 2023, {"challenges.review.upheld": 1}, previous=before)
    >>> challenges_over_years(report).to_dict()["title"]
    '2022—2023年政府信息公开行政复议、行政诉讼情况（件）'
    """
    series = cases(report.form)
    if series is None:
        return _lacking(report)
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


def _shares(report: AnnualReport, identity: Identity | None, row: str | None = None) -> list[Share] | None:
    """The terms that `identity` sums, in the form's order: down the totals column, or across `row`."""
    if identity is None:
        return None
    table = report.form.table(identity.table)
    if row is not None:
        headers, address = table.columns, f"{table.key}.{row}.{{}}"
    else:
        across = computing(report.form, table.key, "row")
        headers, address = table.rows, f"{table.key}.{{}}.{across.computes if across else ''}"
    addresses = [[address.format(key) for key in term.keys] for term in identity.right]
    if not all(cell in report.form.cells for cells in addresses for cell in cells):
        return None
    return [
        Share(label_of(headers, term.keys), counted(report, cells))
        for term, cells in zip(identity.right, addresses, strict=True)
    ]


def _total(shares: Iterable[Share]) -> int:
    return sum(share.count for share in shares)


def _in_words(shares: Sequence[Share]) -> str:
    some = "、".join(f"{share.label}{share.count}件" for share in shares if share.count)
    none = "、".join(share.label for share in shares if not share.count)
    return f"{some}；{none}为0件" if none else some


def _lacking(report: AnnualReport) -> NoChart:
    return NoChartYet.saying(f"{report.form.edition}年版的年度报告格式没有绘制此图所需的表格。")


def _bars(shares: Sequence[Share], *, title: str, description: str) -> ReportChart | NoChart:
    """Bars with their figures, unless there is one alone, which says no more than its figure."""
    if sum(bool(share.count) for share in shares) > 1:
        return bars(shares, title=title, description=description)
    return NoChartYet.saying(f"{description}只有一项不为0，未绘图。")


def _over_years(report: AnnualReport, series: Sequence[Series], *, subject: str) -> ReportChart | NoChart:
    """Bars side by side for each year, a legend above."""
    reports = [past for past in reversed([*report.history()]) if _counts_all(past, series)]
    if len(reports) < 2:
        return NoChartYet.saying(f"没有{report.year}年以前的数据，无法比较各年的{subject}。")
    counts = {one.label: tuple(counted(past, one.addresses) for past in reports) for one in series}
    first, last = reports[0].year, reports[-1].year
    if not any(map(any, counts.values())):
        return NoChart.saying(f"{first}年至{last}年的{subject}均为0。")
    description = f"{first}年至{last}年{subject}，各年依次为：{_years_in_words(counts)}。"
    shown = [label for label, same_as in _first_alike(counts).items() if same_as == label and any(counts[label])]
    if sum(bool(count) for label in shown for count in counts[label]) < 2:
        return NoChartYet.saying(f"{description}只有一项不为0，未绘图。")
    return grouped_bars(
        {f"{past.year}年": [Share(label, counts[label][at]) for label in shown] for at, past in enumerate(reports)},
        title=f"{first}—{last}年{subject}（件）",
        description=description,
    )


def _first_alike(counts: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    """For each series the first with the same counts, which is itself unless it repeats another."""
    first: dict[tuple[int, ...], str] = {}
    return {label: first.setdefault(yearly, label) for label, yearly in counts.items()}


def _years_in_words(counts: Mapping[str, tuple[int, ...]]) -> str:
    return "；".join(
        f"{label}各年均为0件"
        if not any(counts[label])
        else f"{label}{'、'.join(map(str, counts[label]))}件"
        if same_as == label
        else f"{label}与{same_as}相同"
        for label, same_as in _first_alike(counts).items()
    )


def _counts_all(report: AnnualReport, series: Sequence[Series]) -> bool:
    return all(address in report.form.cells for one in series for address in one.addresses)

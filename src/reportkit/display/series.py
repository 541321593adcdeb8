"""What is counted in a report year after year: the rows and groups of its form, under the form's labels.

Charts are drawn of it, and the page says the leading figures to search engines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from reportkit.form import Form, Header, Identity
from reportkit.form.figures import magnitude
from reportkit.form.labels import without_remark
from reportkit.report import AnnualReport
from reportkit.text import unnumbered

__all__ = [
    "Series",
    "cases",
    "computing",
    "counted",
    "label_of",
    "leading_figures",
    "requests",
]


@dataclass(frozen=True, slots=True)
class Series:
    """Something counted each year.

    Parameters
    ----------
    label
        What the form calls it.
    addresses
        The cells that are summed.
    """

    label: str
    addresses: tuple[str, ...]


def requests(form: Form) -> list[Series] | None:
    """The two sides of the balance of requests.

    Parameters
    ----------
    form
        An edition of the form.

    Returns
    -------
    list of Series or None
        What comes in, and what becomes of it; None where the edition has no such balance.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> [series.label for series in requests(form_for(2023))]
    ['本年新收', '上年结转', '本年度办理结果·总计', '结转下年度继续办理']
    """
    table = form.roles.requests
    balance = next(iter(_within_year(form, table, "column")), None)
    across = computing(form, table, "row")
    if balance is None or across is None:
        return None
    rows = form.table(table).rows
    return [
        Series(label, tuple(f"{table}.{key}.{across.computes}" for key in term.keys))
        for side in (balance.left, balance.right)
        for label, term in zip(_without_common_ending([label_of(rows, term.keys) for term in side]), side, strict=True)
    ]


def cases(form: Form) -> list[Series] | None:
    """Administrative reviews and lawsuits, each kind with its total.

    Parameters
    ----------
    form
        An edition of the form.

    Returns
    -------
    list of Series or None
        The kinds; None where the edition does not count them.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> [series.label for series in cases(form_for(2023))]
    ['行政复议', '未经复议直接起诉', '复议后起诉']
    """
    table = form.roles.cases
    across = computing(form, table, "row")
    if across is None:
        return None
    rows = form.table(table).rows
    keys = [leaf.key or "" for row in rows for leaf in row.leaves()]
    return [Series(label_of(rows, (key,)), (f"{table}.{key}.{across.computes}",)) for key in keys]


def leading_figures(report: AnnualReport) -> str:
    """The report's leading figures in one sentence.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    str
        In Chinese, without agency and year; empty where the edition of the form counts neither requests nor cases.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> leading_figures(new_report(Agency("a", "示例局"), 2023, {"applications.received.company": 3}))
    '政府信息公开申请本年新收3件、上年结转0件、本年度办理结果·总计0件、结转下年度继续办理0件；行政复议0件、未经复议直接起诉0件、复议后起诉0件。'
    """
    groups = [("政府信息公开申请", requests(report.form)), ("", cases(report.form))]
    said = [
        subject + "、".join(f"{series.label}{counted(report, series.addresses)}件" for series in shown)
        for subject, shown in groups
        if shown and all(address in report.form.cells for series in shown for address in series.addresses)
    ]
    return f"{'；'.join(said)}。" if said else ""


def computing(form: Form, table: str, each: str) -> Identity | None:
    """The identity by which the form works out that table's totals along its columns or rows.

    Parameters
    ----------
    form
        An edition of the form.
    table
        The table's key.
    each
        ``row`` or ``column``, in each of which the identity holds.

    Returns
    -------
    Identity or None
        The identity, if there is one.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> computing(form_for(2023), "applications", "row").computes
    'total'
    """
    identities = (identity for identity in form.identities if (identity.table, identity.each) == (table, each))
    return next((identity for identity in identities if identity.computes), None)


def counted(report: AnnualReport, addresses: Iterable[str]) -> int:
    """What some cells hold together.

    Parameters
    ----------
    report
        The report.
    addresses
        The cells.

    Returns
    -------
    int
        The sum; a total that the source leaves blank is still known from its parts.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "示例局"), 2023, {"applications.received.company": 3})
    >>> counted(report, ["applications.received.company", "applications.received.other"])
    3
    """
    figures = ((report[address], report.computed.get(address)) for address in addresses)
    return int(sum(magnitude(stated if stated is not None else worked_out) for stated, worked_out in figures))


def label_of(headers: Sequence[Header], keys: tuple[str, ...], group: str = "") -> str:
    """The form's label for exactly these rows or columns, without its numeral and its remark in brackets.

    Parameters
    ----------
    headers
        Headers of rows or of columns.
    keys
        The keys of what is asked for: one, or all below a group.
    group
        The label of the group that the headers stand in.

    Returns
    -------
    str
        The label, with its group's where it says too little alone.

    Raises
    ------
    KeyError
        Where no header is above exactly these.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> label_of(form_for(2023).table("applications").columns, ("other",))
    '法人或其他组织·其他'
    """
    for header in headers:
        below = tuple(leaf.key for leaf in header.leaves())
        label = unnumbered(without_remark(header.label))
        if below == keys:
            # 其他 and 总计 say too little alone.
            return f"{group}·{label}" if group and len(label) <= 2 else label
        if set(keys) <= set(below):
            return label_of(header.children, keys, label)
    raise KeyError(keys)


def _within_year(form: Form, table: str, each: str) -> Iterator[Identity]:
    """The identities of that table that compute nothing and look at no other year."""
    for identity in form.identities:
        if (identity.table, identity.each) == (table, each) and not identity.computes and not identity.spans_years:
            yield identity


def _without_common_ending(labels: list[str]) -> list[str]:
    """The labels without the words they all end in: 本年新收, 上年结转 of 政府信息公开申请数量."""
    backwards = zip(*map(reversed, labels), strict=False)
    shared = takewhile(lambda characters: len(set(characters)) == 1, backwards)
    ending = "".join(characters[0] for characters in shared)[::-1]
    return [label.removesuffix(ending) or label for label in labels]

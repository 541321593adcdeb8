"""Charts of a report and of the years before it, as Altair charts that can be changed further.

What a chart is divided into follows from the form: the terms of its identities, under the form's labels.
Everything a renderer would have to measure text for is fixed here, so that a chart has the same layout
on a machine without Chinese fonts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Any

import altair as alt
from altair.utils.schemapi import debug_mode

from reportkit.display.parts import Part, note
from reportkit.form import Form, Header, Identity, Table
from reportkit.form.figures import magnitude
from reportkit.form.labels import unnumbered, without_remark
from reportkit.report import AnnualReport

__all__ = ["applicants", "challenges_over_years", "enable", "outcomes", "requests_over_years"]


def outcomes(report: AnnualReport) -> alt.LayerChart | Part:
    """How the year's requests were answered: one bar for each outcome the form counts.

    Parameters
    ----------
    report
        The report whose table 三 is shown.

    Returns
    -------
    altair.LayerChart or Part
        The chart, its ``description`` saying the same in words; a sentence where there is nothing to show.
    """
    year, shares = report.year, _shares(report, _computing(report.form, report.form.roles.requests, "column"))
    if shares is None:
        return _lacking(report)
    if not any(share.count for share in shares):
        return note(f"{year}年没有办结政府信息公开申请。")
    words = f"{year}年共办结政府信息公开申请{_total(shares)}件：{_in_words(shares)}。"
    return _bars(shares, title=f"{year}年政府信息公开申请办理结果（件）", description=words)


def applicants(report: AnnualReport) -> alt.LayerChart | Part:
    """Who made the year's new requests: one bar for each kind of applicant the form counts.

    Parameters
    ----------
    report
        The report whose table 三 is shown.

    Returns
    -------
    altair.LayerChart or Part
        The chart, its ``description`` saying the same in words; a sentence where there is nothing to show.
    """
    year, shares = (
        report.year,
        _shares(report, _computing(report.form, report.form.roles.requests, "row"), row=report.form.roles.received),
    )
    if shares is None:
        return _lacking(report)
    if not any(share.count for share in shares):
        return note(f"{year}年没有新收政府信息公开申请。")
    words = f"{year}年新收政府信息公开申请{_total(shares)}件，按申请人分：{_in_words(shares)}。"
    return _bars(shares, title=f"{year}年新收政府信息公开申请的申请人情况（件）", description=words)


def requests_over_years(report: AnnualReport) -> alt.LayerChart | Part:
    """Requests received, carried in, answered and carried out, year by year.

    Parameters
    ----------
    report
        The report of the last year shown; the years before it are those of its history.

    Returns
    -------
    altair.LayerChart or Part
        The chart, its ``description`` saying the same in words; a sentence where there is nothing to show.
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


def challenges_over_years(report: AnnualReport) -> alt.LayerChart | Part:
    """Administrative reviews and lawsuits, year by year.

    Parameters
    ----------
    report
        The report of the last year shown; the years before it are those of its history.

    Returns
    -------
    altair.LayerChart or Part
        The chart, its ``description`` saying the same in words; a sentence where there is nothing to show.
    """
    cases = report.form.roles.cases
    across = _computing(report.form, cases, "row")
    if across is None:
        return _lacking(report)
    rows = _rows(report.form.table(cases))
    keys = [leaf.key or "" for row in rows for leaf in row.leaves()]
    series = [_Series(_label(rows, (key,)), (f"{cases}.{key}.{across.computes}",)) for key in keys]
    return _over_years(report, series, subject="政府信息公开行政复议、行政诉讼情况")


# ------------------------------------------------------------- what is shown


@dataclass(frozen=True, slots=True)
class _Share:
    """A part of a total: its label and its count."""

    label: str
    count: int


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


def _shares(report: AnnualReport, identity: Identity | None, row: str | None = None) -> list[_Share] | None:
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
        _Share(_label(headers, term.keys), _count(report, cells))
        for term, cells in zip(identity.right, addresses, strict=True)
    ]


def _count(report: AnnualReport, addresses: Iterable[str]) -> int:
    figures = ((report[address], report.computed.get(address)) for address in addresses)
    # A total that the source leaves blank is still known from its parts.
    return int(sum(magnitude(stated if stated is not None else computed) for stated, computed in figures))


def _total(shares: Iterable[_Share]) -> int:
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


def _in_words(shares: Sequence[_Share]) -> str:
    some = "、".join(f"{share.label}{share.count}件" for share in shares if share.count)
    none = "、".join(share.label for share in shares if not share.count)
    return f"{some}；{none}为0件" if none else some


def _years_in_words(counts: Iterable[Sequence[_Share]]) -> str:
    return "；".join(
        f"{shares[0].label}{'、'.join(str(share.count) for share in shares)}件" for shares in zip(*counts, strict=True)
    )


def _lacking(report: AnnualReport) -> Part:
    return note(f"{report.form.edition}年版的年度报告格式没有绘制此图所需的表格。")


# --------------------------------------------------------------- how it looks

_WIDTH, _HEIGHT = 560, 220
_FONT_SIZE = 13
_FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
_INK, _RULE = "#1a1a1a", "#d5d9de"
# Told apart by the colour-blind, and by their lightness in grey print.
_PALETTE = ("#12355b", "#b5532b", "#5aa9d6", "#f2c14e")
_COUNT = alt.Tooltip("count:Q", title="件数", format="d")


@cache
def enable() -> None:
    """Have all of Altair's charts look and be shown as these are, unless the analyst decides otherwise later.

    `reportkit.charts` does so when it is first asked for. Importing this module does not, since whoever
    imports it before others are forked must not decide for them.
    """
    alt.theme.enable("reportkit")
    alt.renderers.enable("reportkit")


class _Chart(alt.LayerChart):
    """A chart as this module makes it, which tests have looked at: showing it need not check it again.

    What an analyst makes of it is a chart of Altair's own, which is checked.
    """

    def to_dict(self, validate: bool = False, **options: Any) -> dict[str, Any]:
        """The specification."""
        return super().to_dict(validate=validate, **options)

    def copy(self, deep: bool | Iterable[Any] = True, ignore: list[str] | None = None) -> Any:
        """The beginning of another chart."""
        copied = super().copy(deep, ignore)
        object.__setattr__(copied, "__class__", alt.LayerChart)
        return copied


@alt.theme.register("reportkit", enable=False)
def _theme() -> alt.theme.ThemeConfig:
    # A theme rather than the chart's own config: a configured chart cannot be layered or concatenated.
    return {
        "background": "#ffffff",
        "padding": 8,
        "config": {
            "font": _FONT,
            "axis": {
                "labelFontSize": _FONT_SIZE,
                "labelColor": _INK,
                "titleFontSize": _FONT_SIZE,
                "titleFontWeight": "normal",
                "domainColor": "#555555",
                "gridColor": _RULE,
                "tickColor": "#555555",
                "labelPadding": 6,
            },
            "title": {"anchor": "start", "fontSize": 15, "fontWeight": "bold", "color": _INK, "offset": 12},
            "text": {"fontSize": 12, "color": _INK},
            "range": {"category": list(_PALETTE)},
            "view": {"stroke": None},
        },
    }


def _in_jupyter(spec: dict[str, Any], **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Hand a chart to JupyterLab's own renderer, which asks no other host for a script.

    JupyterLab 4 knows Vega-Lite by the media type of version 5 only; Altair's "mimetype" renderer
    names version 6, and would show nothing there.
    """
    shown = {_MEDIA_TYPE: spec, "text/plain": str(spec.get("description") or "<Vega-Lite>")}
    return shown, {_MEDIA_TYPE: {"embed_options": {"actions": False, "renderer": "svg", **options}}}


_MEDIA_TYPE = "application/vnd.vegalite.v5+json"
alt.renderers.register("reportkit", _in_jupyter)


@debug_mode(False)  # every part would be checked as it is made
def _bars(shares: Sequence[_Share], *, title: str, description: str) -> alt.LayerChart:
    """Horizontal bars in the form's order, each with its figure at the end."""
    present = [share for share in shares if share.count]
    extent = max(len(share.label) for share in present) * _FONT_SIZE + 12
    plot, most = _WIDTH - extent, max(share.count for share in present)
    labels = alt.Axis(
        title=None, labelLimit=0, labelOverlap=False, minExtent=extent, maxExtent=extent, domain=False, ticks=False
    )
    category = alt.Y("label:N", sort=[share.label for share in present], title="类别", axis=labels)
    values = _values({"label": share.label, "count": share.count} for share in present)
    base = alt.Chart().encode(y=category, x=_count_axis(alt.X, most, room=plot / (plot - _digits(most))))
    tooltip = [alt.Tooltip("label:N", title="类别"), _COUNT]
    bars = base.mark_bar(color=_PALETTE[0], size=18).encode(tooltip=tooltip)
    figures = base.mark_text(align="left", baseline="middle", dx=4, aria=False).encode(
        text=alt.Text("count:Q", format="d")
    )
    return _layered(values, [bars, figures], width=plot, height=alt.Step(30), title=title, description=description)


def _over_years(report: AnnualReport, series: Sequence[_Series], *, subject: str) -> alt.LayerChart | Part:
    """Bars side by side for each year, a legend above."""
    reports = [past for past in reversed([*report.history()]) if _counts_all(past, series)]
    if len(reports) < 2:
        return note(f"没有{report.year}年以前的数据，无法比较各年的{subject}。")
    counts = {past.year: [_Share(one.label, _count(past, one.addresses)) for one in series] for past in reports}
    first, last = reports[0].year, reports[-1].year
    most = max(share.count for shares in counts.values() for share in shares)
    if not most:
        return note(f"{first}年至{last}年的{subject}均为0。")
    return _grouped(
        {f"{year}年": shares for year, shares in counts.items()},
        title=f"{first}—{last}年{subject}（件）",
        description=f"{first}年至{last}年{subject}，各年依次为：{_years_in_words(counts.values())}。",
    )


def _counts_all(report: AnnualReport, series: Sequence[_Series]) -> bool:
    return all(address in report.form.cells for one in series for address in one.addresses)


@debug_mode(False)
def _grouped(groups: dict[str, list[_Share]], *, title: str, description: str) -> alt.LayerChart:
    labels = [share.label for share in next(iter(groups.values()))]
    most = max(share.count for shares in groups.values() for share in shares)
    extent = _digits(most)
    plot = _WIDTH - extent
    # Figures stand upright where they are wider than their bars.
    upright = len(str(most)) * 7 > 0.72 * plot / len(groups) / len(labels)
    years = alt.X(
        "year:O",
        sort=list(groups),
        title="年份",
        axis=alt.Axis(title=None, labelAngle=0, labelLimit=0, labelOverlap=False, ticks=False),
        scale=alt.Scale(paddingInner=0.28, paddingOuter=0.14),
    )
    values = _values(
        {"year": year, "label": share.label, "count": share.count}
        for year, shares in groups.items()
        for share in shares
    )
    base = alt.Chart().encode(
        x=years,
        xOffset=alt.XOffset("label:N", sort=labels),
        y=_count_axis(alt.Y, most, extent=extent, room=_HEIGHT / (_HEIGHT - (_digits(most) if upright else 20))),
    )
    tooltip = [alt.Tooltip("year:O", title="年份"), alt.Tooltip("label:N", title="类别"), _COUNT]
    colour = alt.Color("label:N", sort=labels, scale=alt.Scale(domain=labels, range=list(_PALETTE)), legend=None)
    bars = base.mark_bar(stroke="#333333", strokeWidth=0.5).encode(color=colour, tooltip=tooltip)
    mark: dict[str, Any] = {"angle": 270, "align": "left", "dx": 4} if upright else {"baseline": "bottom", "dy": -3}
    figures = base.mark_text(**mark, fontSize=11, aria=False).encode(text=alt.Text("count:Q", format="d"))
    layers = [bars, figures, *_legend(labels, colour)]
    return _layered(values, layers, width=plot, height=_HEIGHT, title=title, description=description)


def _layered(data: alt.InlineData, layers: list[alt.Chart], **properties: Any) -> alt.LayerChart:
    """The layers as one chart, which holds the data once: in each of them it would be copied again and again."""
    return _Chart(data=data, layer=layers, **properties)


def _legend(labels: Sequence[str], colour: alt.Color) -> list[alt.Chart]:
    """A legend above the plot, its places reckoned from the number of characters instead of measured."""
    entries, x = [], 0
    for label in labels:
        entries.append({"label": label, "x": x})
        x += 16 + len(label) * _FONT_SIZE + 20
    base = alt.Chart(_values(entries))
    places: dict[str, Any] = {"y": -20, "aria": False}
    symbols = base.mark_square(
        x=alt.expr("datum.x + 6"), size=120, stroke="#333333", strokeWidth=0.5, opacity=1, **places
    ).encode(color=colour)
    words = base.mark_text(
        x=alt.expr("datum.x + 16"), align="left", baseline="middle", fontSize=_FONT_SIZE, **places
    ).encode(text=alt.Text("label:N"))
    return [symbols, words]


def _digits(count: int) -> int:
    """The pixels that a count takes, with a margin."""
    return len(str(count)) * 8 + 12


def _count_axis(channel: Any, most: int, *, room: float, extent: int = 0) -> Any:
    """A channel for counts: whole numbers, the axis longer than the greatest by the factor `room`."""
    axis = alt.Axis(title=None, format="d", values=_round_counts(most), domain=False, ticks=False, labelFlush=False)
    if extent:
        axis.minExtent = axis.maxExtent = extent
    return channel("count:Q", title="件数", axis=axis, scale=alt.Scale(domain=[0, round(most * room, 2)], nice=False))


def _round_counts(most: int) -> list[int]:
    """Some five round whole numbers from 0 to `most`: 0, 20, 40, 60, 80."""
    unit = 10 ** (len(str(most)) - 1)
    steps = (max(1, step * unit // 10) for step in (1, 2, 5, 10, 20, 50))
    return list(range(0, most + 1, next(step for step in steps if most / step <= 6)))


def _values(rows: Iterable[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))

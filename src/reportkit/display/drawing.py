"""How a chart of a report is drawn: bars with their figures, in one look, that JupyterLab and the page can show.

Everything a renderer would have to measure text for is fixed here, so that a chart has the same layout
on a machine without Chinese fonts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import altair as alt
from altair.utils.schemapi import debug_mode

from reportkit.text import breadth

__all__ = ["ReportChart", "Share", "bars", "enable", "grouped_bars", "shown_as_ours"]

# Narrow, so that on a phone the letters are still large enough to be read.
_WIDTH, _HEIGHT = 480, 220
_FONT_SIZE = 13
_FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
_INK, _RULE = "#1a1a1a", "#d5d9de"
# How wide a plot is at least, however long its labels are.
_NARROWEST = 160
# The size of figures at the bars of groups, and how wide a digit of it is.
_FIGURE_SIZE, _DIGIT = 11, 7
# How much of a group's width its bars take; how thick a bar is that lies, and the space between two groups of these.
_FILLED, _LYING, _BETWEEN = 0.72, 15, 9
# From one line of a legend to the next.
_LEGEND_LINE = 20
# Told apart by the colour-blind, and by their lightness in grey print.
_PALETTE = ("#12355b", "#b5532b", "#5aa9d6", "#f2c14e")
_COUNT = alt.Tooltip("count:Q", title="件数", format="d")

# The name under which Altair knows the theme and the renderer of these charts.
_NAME = "reportkit"
# What Altair calls the theme and the renderer that nobody has chosen.
_NOT_CHOSEN = "default"
# JupyterLab 4 knows Vega-Lite by the media type of version 5 only; Altair's "mimetype" renderer
# names version 6, and would show nothing there.
_MEDIA_TYPE = "application/vnd.vegalite.v5+json"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a total: its label and its count."""

    label: str
    count: int


class ReportChart(alt.LayerChart):
    """A chart that has the look of the report, and is shown by JupyterLab itself, whatever Altair's settings are.

    A theme or a renderer that the analyst has enabled is used all the same. What an analyst makes of such a chart
    (another width, a further layer) is a chart of this class too. Combined with others by `altair.hconcat` or
    `altair.vconcat` it becomes a chart of Altair's own: `enable` has those look and be shown alike.

    Parameters
    ----------
    is_valid
        Whether the chart is known to be valid Vega-Lite, so that Altair need not check it, which takes longer than
        all the rest. What is made of it is checked.
    **properties
        As for `altair.LayerChart`.
    """

    def __init__(self, *args: Any, is_valid: bool = False, **properties: Any) -> None:
        super().__init__(*args, **properties)
        # Altair takes every attribute that is set for a property of the chart, and copies it with the chart.
        object.__setattr__(self, "_is_valid", is_valid)

    def to_dict(self, validate: bool | None = None, **options: Any) -> dict[str, Any]:
        """The Vega-Lite specification.

        Parameters
        ----------
        validate
            Whether Altair checks it; by default unless the chart is known to be valid.
        **options
            As for `altair.LayerChart.to_dict`.

        Returns
        -------
        dict
            The specification, with the data in it.
        """
        with _unless_chosen(alt.theme):
            return super().to_dict(not self._is_valid if validate is None else validate, **options)

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> Any:
        with _unless_chosen(alt.renderers):
            return super()._repr_mimebundle_(*args, **options)


def enable() -> None:
    """Have all of Altair's charts in this session look and be shown as the report's are.

    The report's own charts need no such call: it is for charts that an analyst makes with Altair from scratch,
    or by combining several.

    Examples
    --------
    >>> import altair as alt
    >>> themes, renderers = alt.theme.active, alt.renderers.active
    >>> enable()
    >>> alt.theme.active, alt.renderers.active
    ('reportkit', 'reportkit')
    >>> _ = alt.theme.enable(themes), alt.renderers.enable(renderers)
    """
    alt.theme.enable(_NAME)
    alt.renderers.enable(_NAME)


def shown_as_ours(chart: Any) -> Any:
    """What Jupyter is given of an analyst's own chart: in the look and the width of the report's charts.

    Parameters
    ----------
    chart
        A chart of Altair's. A theme or a renderer that the analyst has enabled is used all the same.

    Returns
    -------
    tuple of dict
        The data by media type, and the metadata.
    """
    with _unless_chosen(alt.theme), _unless_chosen(alt.renderers):
        return chart._repr_mimebundle_()


@contextmanager
def _unless_chosen(registry: Any) -> Iterator[None]:
    """Altair's theme or renderer is ours for the moment, unless the analyst has chosen one."""
    if registry.active != _NOT_CHOSEN:
        yield
        return
    with registry.enable(_NAME):
        yield


@alt.theme.register(_NAME, enable=False)
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
            # Charts of the report say how wide they are; those that an analyst makes need not.
            "view": {"stroke": None, "continuousWidth": _WIDTH, "discreteWidth": _WIDTH, "continuousHeight": _HEIGHT},
        },
    }


def _in_jupyter(spec: dict[str, Any], **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A chart for JupyterLab's own renderer, which asks no other host for a script."""
    shown = {_MEDIA_TYPE: spec, "text/plain": str(spec.get("description") or "<Vega-Lite>")}
    return shown, {_MEDIA_TYPE: {"embed_options": {"actions": False, "renderer": "svg", **options}}}


alt.renderers.register(_NAME, _in_jupyter)


@debug_mode(False)  # every part would be checked as it is made
def bars(shares: Sequence[Share], *, title: str, description: str) -> ReportChart:
    """Horizontal bars, each with its figure at the end.

    Parameters
    ----------
    shares
        What is counted, from the top down; those that are 0 are left out, and one at least must not be.
    title, description
        The chart's title, and what it shows in words.

    Returns
    -------
    ReportChart
        The chart.

    Examples
    --------
    >>> bars([Share("示例", 3)], title="示例（件）", description="示例3件。").to_dict()["title"]
    '示例（件）'
    """
    present = [share for share in shares if share.count]
    extent = max(_breadth(share.label) for share in present) + 12
    plot, most = max(_WIDTH - extent, _NARROWEST), max(share.count for share in present)
    labels = alt.Axis(
        title=None, labelLimit=0, labelOverlap=False, minExtent=extent, maxExtent=extent, domain=False, ticks=False
    )
    category = alt.Y("label:N", sort=[share.label for share in present], title="类别", axis=labels)
    values = _values({"label": share.label, "count": share.count} for share in present)
    base = alt.Chart().encode(y=category, x=_count_axis(alt.X, most, room=_room(plot, most)))
    tooltip = [alt.Tooltip("label:N", title="类别"), _COUNT]
    bodies = base.mark_bar(color=_PALETTE[0], size=18).encode(tooltip=tooltip)
    figures = base.mark_text(align="left", baseline="middle", dx=4, aria=False).encode(
        text=alt.Text("count:Q", format="d")
    )
    return _layered(values, [bodies, figures], width=plot, height=alt.Step(30), title=title, description=description)


@debug_mode(False)
def grouped_bars(groups: Mapping[str, Sequence[Share]], *, title: str, description: str) -> ReportChart:
    """Bars side by side for each group, with a legend above: upright, or lying where their figures would not fit.

    Parameters
    ----------
    groups
        For each group, a year say, what is counted in it: the same labels in the same order, one of them not 0.
    title, description
        The chart's title, and what it shows in words.

    Returns
    -------
    ReportChart
        The chart.
    """
    labels = [share.label for share in next(iter(groups.values()))]
    most = max(share.count for shares in groups.values() for share in shares)
    values = _values(
        {"year": year, "label": share.label, "count": share.count}
        for year, shares in groups.items()
        for share in shares
    )
    base, width, height, place = (_upright if _fits(groups, most) else _lying)([*groups], labels, most)
    tooltip = [alt.Tooltip("year:O", title="年份"), alt.Tooltip("label:N", title="类别"), _COUNT]
    colour = alt.Color("label:N", sort=labels, scale=alt.Scale(domain=labels, range=list(_PALETTE)), legend=None)
    bodies = base.mark_bar(stroke="#333333", strokeWidth=0.5).encode(color=colour, tooltip=tooltip)
    figures = base.mark_text(**place, fontSize=_FIGURE_SIZE, aria=False).encode(text=alt.Text("count:Q", format="d"))
    layers = [bodies, figures, *_legend(labels, colour, width)]
    return _layered(values, layers, width=width, height=height, title=title, description=description)


# How bars of groups stand: their axes, the width and the height of the plot, and where a figure stands at its bar.
_Standing = tuple[alt.Chart, int, int, dict[str, Any]]


def _fits(groups: Mapping[str, Sequence[Share]], most: int) -> bool:
    """Whether each figure is narrower than its bar, and the name of each group than the group."""
    room = (_WIDTH - _digits(most)) / len(groups)
    count = len(next(iter(groups.values())))
    return len(str(most)) * _DIGIT <= _FILLED * room / count and max(map(_breadth, groups)) < room


def _upright(groups: list[str], labels: list[str], most: int) -> _Standing:
    extent = _digits(most)
    across = alt.X(
        "year:O",
        sort=groups,
        title="年份",
        axis=alt.Axis(title=None, labelAngle=0, labelLimit=0, labelOverlap=False, ticks=False),
        scale=alt.Scale(paddingInner=1 - _FILLED, paddingOuter=(1 - _FILLED) / 2),
    )
    base = alt.Chart().encode(
        x=across,
        xOffset=alt.XOffset("label:N", sort=labels),
        y=_count_axis(alt.Y, most, extent=extent, room=_HEIGHT / (_HEIGHT - 20)),
    )
    return base, _WIDTH - extent, _HEIGHT, {"baseline": "bottom", "dy": -3}


def _lying(groups: list[str], labels: list[str], most: int) -> _Standing:
    extent = max(map(_breadth, groups)) + 12
    width, each = max(_WIDTH - extent, _NARROWEST), len(labels) * _LYING + _BETWEEN
    down = alt.Y(
        "year:O",
        sort=groups,
        title="年份",
        axis=alt.Axis(
            title=None, labelLimit=0, labelOverlap=False, minExtent=extent, maxExtent=extent, domain=False, ticks=False
        ),
        scale=alt.Scale(paddingInner=_BETWEEN / each, paddingOuter=_BETWEEN / each / 2),
    )
    base = alt.Chart().encode(
        y=down,
        yOffset=alt.YOffset("label:N", sort=labels),
        x=_count_axis(alt.X, most, room=_room(width, most)),
    )
    return base, width, each * len(groups), {"align": "left", "baseline": "middle", "dx": 4}


def _layered(data: alt.InlineData, layers: list[alt.Chart], **properties: Any) -> ReportChart:
    """The layers as one chart, which holds the data once: in each of them it would be copied again and again."""
    return ReportChart(data=data, layer=layers, is_valid=True, **properties)


def _legend(labels: Sequence[str], colour: alt.Color, width: int) -> list[alt.Chart]:
    """A legend above the plot, its places reckoned from the number of characters instead of measured."""
    lines: list[list[dict[str, Any]]] = [[]]
    x = 0
    for label in labels:
        takes = 16 + _breadth(label) + 20
        if x and x + takes > width:
            lines.append([])
            x = 0
        lines[-1].append({"label": label, "x": x})
        x += takes
    places = [{**entry, "y": -_LEGEND_LINE * up} for up, line in enumerate(reversed(lines), 1) for entry in line]
    base = alt.Chart(_values(places))
    symbols = base.mark_square(
        x=alt.expr("datum.x + 6"),
        y=alt.expr("datum.y"),
        size=120,
        stroke="#333333",
        strokeWidth=0.5,
        opacity=1,
        aria=False,
    ).encode(color=colour)
    words = base.mark_text(
        x=alt.expr("datum.x + 16"),
        y=alt.expr("datum.y"),
        align="left",
        baseline="middle",
        fontSize=_FONT_SIZE,
        aria=False,
    ).encode(text=alt.Text("label:N"))
    return [symbols, words]


def _breadth(text: str) -> int:
    """The pixels that a label takes: a Chinese character is as wide as it is high, a digit half as wide."""
    return round(breadth(text) * _FONT_SIZE / 2)


def _digits(count: int) -> int:
    """The pixels that a count takes, with a margin."""
    return len(str(count)) * 8 + 12


def _room(plot: int, most: int) -> float:
    """How much longer than the longest bar the axis is, so that the bar's figure stands beyond it."""
    return plot / max(plot - _digits(most), plot / 4)


def _count_axis(channel: Any, most: int, *, room: float, extent: int = 0) -> Any:
    """A channel for counts: whole numbers up to one that no bar exceeds; the axis has room for the figure beyond."""
    ticks = _round_counts(most)
    axis = alt.Axis(title=None, format="d", values=ticks, labelAngle=0, domain=False, ticks=False, labelFlush=False)
    if extent:
        axis.minExtent = axis.maxExtent = extent
    longest = max(ticks[-1], round(most * room, 2))
    return channel("count:Q", title="件数", axis=axis, scale=alt.Scale(domain=[0, longest], nice=False))


def _round_counts(most: int) -> list[int]:
    """Some five round whole numbers from 0 to the first that is `most` or more: 0, 20, 40, 60, 80."""
    unit = 10 ** (len(str(most)) - 1)
    steps = (max(1, step * unit // 10) for step in (1, 2, 5, 10, 20, 50))
    step = next(step for step in steps if most / step <= 6)
    return [*range(0, most + step, step)]


def _values(rows: Iterable[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))

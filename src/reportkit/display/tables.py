"""The statutory tables as HTML, laid out as the form prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import takewhile

from reportkit.display.parts import Part, report_mark
from reportkit.form.figures import figure_text
from reportkit.form.layout import FigureBox, LabelBox, Layout, Line, layout_of
from reportkit.report import AnnualReport
from reportkit.text import unnumbered

__all__ = ["applications", "challenges", "disclosure", "table"]


def __dir__() -> list[str]:
    return __all__  # what an editor completes


# A table with more columns scrolls on a narrow screen.
_FEW_COLUMNS = 6
# So many columns of labels stay in sight beside figures that scroll; more would leave no room for these.
_DEEPEST_STUB = 3
# The digits before the decimal point where there are five or more, which are printed in groups of three.
_LONG = re.compile(r"(?<![\d.])\d{5,}")
# The scopes of labels in the stub; its head has none.
_OF_STUB = frozenset({"row", "rowgroup", ""})
_FIRST_OF_GROUP = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")


def table(report: AnnualReport, key: str) -> Part:
    """A statutory table with the report's figures.

    Each figure's cell has its address as id, so that a link ``#applications.granted.total`` leads to it. The table
    says which report it is of, so that the findings of another do not mark it.

    Parameters
    ----------
    report
        The report whose figures are shown.
    key
        The table's key: ``disclosure``, ``applications`` or ``challenges``.

    Returns
    -------
    Part
        The table; figures printed digit by digit, blanks left empty. Between the thousands of long figures there is
        a gap that is no character, so that they are found and copied as they are typed.

    Raises
    ------
    KeyError
        Where the report's edition of the form has no such table.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> table(new_report(Agency("a", "示例局"), 2023), "challenges")
    表四 政府信息公开行政复议、行政诉讼情况：示例局2023年（数据见 report.frame("challenges")）
    """
    statutory = report.form.table(key)
    caption = unnumbered(report.form.section(key).title)
    layout = layout_of(statutory)
    # A table of many columns scrolls on a narrow screen rather than break its labels after each character.
    classes = "rk-table rk-wide" if layout.width > _FEW_COLUMNS else "rk-table"
    mark = f'data-rk-report="{report_mark(report)}"'
    return Part(
        f'<div class="rk-part rk-scroll"><table class="{classes}" {mark}>'
        f'<caption><span class="rk-caption">{escape(caption)}</span></caption>\n'
        f"{_columns(layout)}{_rows(layout, report)}</table></div>",
        f'{statutory.name} {caption}：{report.agency.name}{report.year}年（数据见 report.frame("{key}")）',
    )


def disclosure(report: AnnualReport) -> Part:
    """Table 二: what was disclosed on the agency's own initiative.

    Parameters
    ----------
    report
        The report whose figures are shown.

    Returns
    -------
    Part
        The table, as `table` makes it.

    Raises
    ------
    KeyError
        Where the report's edition of the form has no table ``disclosure``.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> disclosure(new_report(Agency("a", "示例局"), 2023))
    表二 主动公开政府信息情况：示例局2023年（数据见 report.frame("disclosure")）
    """
    return table(report, "disclosure")


def applications(report: AnnualReport) -> Part:
    """Table 三: requests received and how they were answered.

    Parameters
    ----------
    report
        The report whose figures are shown.

    Returns
    -------
    Part
        The table, as `table` makes it.

    Raises
    ------
    KeyError
        Where the report's edition of the form has no table ``applications``.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> applications(new_report(Agency("a", "示例局"), 2023))
    表三 收到和处理政府信息公开申请情况：示例局2023年（数据见 report.frame("applications")）
    """
    return table(report, "applications")


def challenges(report: AnnualReport) -> Part:
    """Table 四: administrative reviews and lawsuits.

    Parameters
    ----------
    report
        The report whose figures are shown.

    Returns
    -------
    Part
        The table, as `table` makes it.

    Raises
    ------
    KeyError
        Where the report's edition of the form has no table ``challenges``.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> challenges(new_report(Agency("a", "示例局"), 2023))
    表四 政府信息公开行政复议、行政诉讼情况：示例局2023年（数据见 report.frame("challenges")）
    """
    return table(report, "challenges")


def _columns(layout: Layout) -> str:
    """How wide each column is, as far as its labels allow it."""
    columns = "".join(f'<col style="width:{100 * width:.4g}%">' for width in layout.widths)
    return f"<colgroup>{columns}</colgroup>\n"


def _rows(layout: Layout, report: AnnualReport) -> str:
    head = [("thead", layout.head)] if layout.head else []
    groups = head + [("tbody", body) for body in layout.bodies]
    return "".join(
        f"<{group}>\n" + "".join(f"<tr>{_line(line, layout.stub, report)}</tr>\n" for line in lines) + f"</{group}>\n"
        for group, lines in groups
    )


def _line(line: Line, stub: int, report: AnnualReport) -> str:
    beside = dict(_stub_columns(line, stub))
    return "".join(
        _figure(box, report) if isinstance(box, FigureBox) else _label(box, beside.get(position))
        for position, box in enumerate(line)
    )


def _stub_columns(line: Line, stub: int) -> Iterator[tuple[int, int]]:
    """The labels of a line that stand in the stub: their position in the line, and their column."""
    if stub > _DEEPEST_STUB:
        return
    labels = [*takewhile(lambda box: isinstance(box, LabelBox) and box.scope in _OF_STUB, line)]
    # They reach to the end of the stub; what begins it may stand in a line above.
    column = stub - sum(box.colspan for box in labels)
    if column < 0:
        return  # the heading of a block, which is as wide as the table
    for position, box in enumerate(labels):
        yield position, column
        column += box.colspan


def _figure(box: FigureBox, report: AnnualReport) -> str:
    address = box.cell.address
    shown = _LONG.sub(_grouped, escape(figure_text(report[address])))
    return f'<td id="{escape(address)}"{_span("colspan", box.colspan)}>{shown}</td>'


def _grouped(digits: re.Match[str]) -> str:
    first, *others = _FIRST_OF_GROUP.split(digits[0])
    return first + "".join(f'<span class="rk-group">{group}</span>' for group in others)


def _label(box: LabelBox, column: int | None) -> str:
    names = [] if column is None else ["rk-stub", *([f"rk-stub-{column + 1}"] if column else [])]
    if box.pieces:
        names.append("rk-pieces")
    spans = _span("rowspan", box.rowspan) + _span("colspan", box.colspan)
    kind = f' class="{" ".join(names)}"' if names else ""
    label = "<wbr>".join(escape(piece, quote=False) for piece in box.pieces or (box.label,))
    if not box.scope:
        return f"<td{kind}{spans}>{label}</td>"
    return f'<th{kind} scope="{box.scope}"{spans}>{label}</th>'


def _span(name: str, count: int) -> str:
    return f' {name}="{count}"' if count > 1 else ""

"""What a cell of a filled-in form holds: text, a figure, a day."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from reportkit.form import Cell
from reportkit.form.figures import Figure, FigureError, read_figure
from reportkit.intake.workbook.book import Content
from reportkit.intake.workbook.sheets import as_typed
from reportkit.system.language import Message
from reportkit.text import read_day

__all__ = ["QUOTED", "day_in", "figure_in", "shows", "text_in"]

QUOTED = 40
"""A message quotes no more characters of a cell than this."""


def text_in(content: Content | None) -> str:
    """The text that a cell holds; empty where it holds nothing.

    Parameters
    ----------
    content
        What stands in the cell; None if it is empty.

    Returns
    -------
    str
        The text as a person typed it.
    """
    return "" if content is None or content.value is None else as_typed(str(content.value))


def figure_in(content: Content | None, cell: Cell) -> Figure:
    """The figure that a cell holds; None where it is empty.

    Parameters
    ----------
    content
        What stands in the cell; None if it is empty.
    cell
        The form's cell.

    Returns
    -------
    int, Decimal, Amount or None
        The figure.

    Raises
    ------
    FigureError
        Where it is no figure of the cell's kind; the message says what to write.
    """
    if content is None:
        return None
    value = content.value
    if value is None:
        raise FigureError(Message("a formula without a result: open and save the file in Excel, or write the number"))
    if content.error:
        raise FigureError(Message("{value!r} stands here: write the number", value=str(value)[:QUOTED]))
    if isinstance(value, bool):
        raise FigureError(Message("{upper} stands here: write the number", upper=str(value).upper()))
    if isinstance(value, date | time | timedelta):
        raise FigureError(
            Message(
                "a date or time stands here ({value}): give the cell the format of a number, then write the number",
                value=value,
            )
        )
    typed = value.strip() if isinstance(value, str) else _digits(value)
    if not typed:
        return None
    try:
        return read_figure(typed, cell.kind)
    except FigureError as error:
        raise FigureError(_in_a_workbook(error)) from None


def _in_a_workbook(error: FigureError) -> str:
    """What the error says, for somebody who types into a workbook, which knows no null: its blank is an empty cell."""
    told = error.args[0]
    advice = told.values.get("advice") if isinstance(told, Message) else None
    if not isinstance(told, Message) or advice != "write 0 for none, or null where the cell is blank":
        return told if isinstance(told, Message) else str(told)
    clear = Message("write 0 for none, or clear the cell if it is blank")
    return Message(told.template, **{**told.values, "advice": clear})


def _digits(number: int | float) -> str:
    """The digits of a number as Excel shows them: it keeps 15, and what a float adds beyond was never typed."""
    if isinstance(number, float) and not math.isfinite(number):
        raise FigureError(Message("{number} stands here: write the number", number=number))
    return str(number) if isinstance(number, int) else f"{Decimal(format(number + 0.0, '.15g')):f}"


def shows(content: Content, computed: int | Decimal) -> bool:
    """Whether a total's formula shows what the cells add up to; one that was never worked out shows nothing else.

    Parameters
    ----------
    content
        What stands in the total's cell.
    computed
        What its parts add up to.

    Returns
    -------
    bool
        False if somebody typed another figure.
    """
    if content.value is None or content.error:
        return True
    return (
        isinstance(content.value, int | float)
        and not isinstance(content.value, bool)
        and math.isclose(content.value, computed, rel_tol=1e-12)
    )


def day_in(content: Content | None) -> date | None:
    """The day that a cell holds; None where it is empty.

    Parameters
    ----------
    content
        What stands in the cell; None if it is empty.

    Returns
    -------
    datetime.date or None
        The day, be it a date of Excel's or a text.

    Raises
    ------
    ValueError
        Where it holds something else.
    """
    if content is not None and isinstance(content.value, datetime):
        return content.value.date()
    typed = text_in(content).strip()
    day = read_day(typed)
    if typed and day is None:
        raise ValueError(typed)
    return day

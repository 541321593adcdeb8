"""What a cell of a ledger says, and how much of it a message may show."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from reportkit.intake.ledger.words import declared
from reportkit.text import half_width, read_day, read_numeral

__all__ = ["DayOfYear", "day_in", "day_of_year", "is_blank", "shown", "text_of"]

_BLANK = frozenset(declared()["lines"]["blank"])
_LONGEST_SHOWN = 24
# Numbers of days since 1899 between 2000 and 2099.
_SERIAL = re.compile(r"(3[6-9]\d{3}|[4-6]\d{4}|7[0-3]\d{3})(?:\.\d+)?")
# With 月 alone: 1.5 may be a number, and 1/5 the first of May.
_DAY_OF_YEAR = re.compile(r"([0-9一二三四五六七八九十]{1,2})\s*月\s*([0-9一二三四五六七八九十]{1,3})\s*[日号]?")
_PERSONAL = re.compile(r"[0-9a-z]?\d(?:[\s-]?\d){9,}[0-9xX]?", re.IGNORECASE)


class DayOfYear(NamedTuple):
    """A day that is typed without its year."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month}月{self.day}日"

    def in_year(self, year: int) -> date | None:
        """The day in that year; None where it has no such day."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def text_of(value: str | None) -> str:
    """The text of a cell; empty where the line has no such cell.

    Parameters
    ----------
    value
        What the line holds there; None if it is too short.

    Returns
    -------
    str
        The text without white space at its ends.
    """
    return "" if value is None else value.strip()


def is_blank(text: str) -> bool:
    """Whether the text stands for nothing: empty, a dash, 无.

    Parameters
    ----------
    text
        The text of a cell, as `text_of` gives it.

    Returns
    -------
    bool
        True for a blank and for a sign that stands for one.
    """
    return text.casefold() in _BLANK


def day_in(text: str, epoch: date) -> date | None:
    """The day that a cell names, in any of the ways in which days are typed or stored.

    Parameters
    ----------
    text
        The cell's text.
    epoch
        The day that counts as 0 where a day is a bare number.

    Returns
    -------
    datetime.date or None
        The day; None where the text names none.

    Examples
    --------
    >>> day_in("44935", date(1899, 12, 30)) == day_in("2023年1月9日", date(1899, 12, 30))
    True
    """
    serial = _SERIAL.fullmatch(half_width(text).strip())
    return epoch + timedelta(days=int(serial[1])) if serial else read_day(text)


def day_of_year(text: str) -> DayOfYear | None:
    """The day that a cell names without its year.

    Parameters
    ----------
    text
        The cell's text.

    Returns
    -------
    DayOfYear or None
        The day, which at least a leap year has; None where the text names none.

    Examples
    --------
    >>> day_of_year("1月5日") == day_of_year("一月五号") == (1, 5)
    True
    """
    found = _DAY_OF_YEAR.fullmatch(half_width(text[:_LONGEST_SHOWN]).strip())
    if found is None:
        return None
    day = DayOfYear(*(read_numeral(part) or 0 for part in found.groups()))
    return day if day.in_year(2000) else None


def shown(text: str) -> str:
    """The text as a message may show it: short, and without anything that looks like a person's number.

    Parameters
    ----------
    text
        The text of a cell.

    Returns
    -------
    str
        At most 24 characters, digits that may be personal left out.

    Examples
    --------
    >>> shown("见13800000000")
    '见…'
    """
    plain = " ".join(half_width(text[: 4 * _LONGEST_SHOWN]).split())
    masked = _PERSONAL.sub("…", plain)
    return masked if len(masked) <= _LONGEST_SHOWN else f"{masked[:_LONGEST_SHOWN]}…"

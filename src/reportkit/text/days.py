"""Days as people type them, read, and written as documents do."""

from __future__ import annotations

import re
from datetime import date

from reportkit.text.characters import half_width
from reportkit.text.numerals import read_numeral

__all__ = ["DAY", "chinese_day", "read_day"]

DAY = r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
"""A day in digits within other text in half width, for patterns; `read_day` reads what it finds."""

_CHINESE = "[〇○零O0一二三四五六七八九十]"
_TIME = r"(?:(?:T|\s+|(?<=日))\d{1,2}\s*[:时]\s*\d{1,2}\s*分?(?::\d{1,2}(?:\.\d+)?)?)?"
_FORMS = (
    re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?" + _TIME),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(rf"({_CHINESE}{{4}})年({_CHINESE}{{1,3}})月({_CHINESE}{{1,3}})日"),
)


def read_day(text: str) -> date | None:
    """Read a day in any of the ways in which days are typed.

    Parameters
    ----------
    text
        The day alone, in any width: with dashes, slashes or full stops, with 年 and 月, in eight digits or in
        Chinese numerals. A time of day after it is left out.

    Returns
    -------
    datetime.date or None
        The day; None where the text names none, or one that no calendar has.

    Examples
    --------
    >>> read_day("2024年1月19日") == read_day("2024-01-19") == read_day("2024/1/19 08:30") == read_day("20240119")
    True
    >>> print(read_day("2023-02-30"))
    None
    """
    plain = half_width(text).strip()
    found = next((match for form in _FORMS if (match := form.fullmatch(plain))), None)
    if found is None:
        return None
    try:
        return date(*(read_numeral(part) or 0 for part in found.groups()))
    except ValueError:
        return None


def chinese_day(day: date) -> str:
    """Write a day as documents do.

    Parameters
    ----------
    day
        The day.

    Returns
    -------
    str
        Year, month and day in digits, without leading zeros.

    Examples
    --------
    >>> chinese_day(date(2024, 1, 9))
    '2024年1月9日'
    """
    return f"{day.year}年{day.month}月{day.day}日"

"""Numbers that a word processor puts before paragraphs by itself: 一、, （二）, 3."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from reportkit.text import chinese_numeral

__all__ = ["Counters", "Level"]

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = {90: "xc", 50: "l", 40: "xl", 10: "x", 9: "ix", 5: "v", 4: "iv", 1: "i"}


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a numbered list counts.

    Parameters
    ----------
    pattern
        What is printed, ``%1`` for the number of the first level and so on.
    kind
        The file's name for the numerals: ``chineseCounting``, ``decimal``, …
    start
        The first number.
    """

    pattern: str
    kind: str = "decimal"
    start: int = 1


@dataclass(slots=True)
class Counters:
    """How far the numbered lists of a document have counted."""

    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def next_label(self, name: str, levels: dict[int, Level], depth: int) -> str:
        """The label of the next paragraph at `depth` of the list `name`; empty where it shows none."""
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self.counts.setdefault(name, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.kind in ("bullet", "none"):
            return ""

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            shown = levels.get(at, level)
            return _numeral(counts.get(at, shown.start), shown.kind)

        label = re.sub(r"%([1-9])", number, level.pattern).strip()
        return label + " " if label[-1:].isalnum() else label


def _numeral(number: int, kind: str) -> str:
    """The number in the numerals of its kind; in digits from 100 up, where no report's paragraphs are counted."""
    if number < 100 and (numeral := _NUMERALS.get(kind)):
        return numeral(number)
    return str(number)


def _circled(number: int) -> str:
    return _CIRCLED[number - 1] if 1 <= number <= len(_CIRCLED) else str(number)


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) if number else "0"


def _roman(number: int) -> str:
    numeral = ""
    for value, letters in _ROMAN.items():
        while number >= value:
            numeral, number = numeral + letters, number - value
    return numeral


_NUMERALS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese_numeral,
    "chineseCountingThousand": chinese_numeral,
    "taiwaneseCounting": chinese_numeral,
    "taiwaneseCountingThousand": chinese_numeral,
    "japaneseCounting": chinese_numeral,
    "ideographDigital": chinese_numeral,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": lambda number: str(number).translate(
        {ord("0") + digit: "０１２３４５６７８９"[digit] for digit in range(10)}
    ),
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}

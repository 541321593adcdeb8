"""The figures that stand in the cells of the form: their kinds, and how they are read and printed.

A figure is a whole number, an exact decimal, an `Amount` with its unit, or `None` for a blank.
It is never a float: a published figure keeps every digit it was given.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["KINDS", "Amount", "Figure", "FigureError", "Kind", "figure_text", "magnitude", "read_figure"]


class FigureError(ValueError):
    """A text or value that is not the figure its cell asks for; the message says what was meant."""


_YUAN = {"元": 1, "万元": 10_000, "亿元": 100_000_000}


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money with the unit it was stated in, as edition 2019 prints it: 386500元, 38.65万元.

    Parameters
    ----------
    number
        The number as stated, exact.
    unit
        元, 万元 or 亿元; empty only where the number is 0.
    """

    number: Decimal
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in _YUAN and (self.unit or self.number):
            raise FigureError(f"{self.number}{self.unit} has no unit of money: write 386500元 or 38.65万元")

    @property
    def yuan(self) -> Decimal:
        """The sum in 元."""
        return self.number * _YUAN.get(self.unit, 1)

    def __str__(self) -> str:
        return f"{self.number:f}{self.unit}"


Figure = int | Decimal | Amount | None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure: what a cell may hold.

    Parameters
    ----------
    name
        The word for it in the form's declaration.
    meaning
        What such a figure is, for messages.
    pattern
        The whole text of a figure of this kind.
    types
        The type of a figure of this kind.
    signed
        Whether it may be negative.
    """

    name: str
    meaning: str
    pattern: re.Pattern[str]
    types: type
    signed: bool = False

    def holds(self, figure: Figure) -> bool:
        """Whether `figure` is of this kind; a blank always is."""
        if figure is None:
            return True
        if self.types is Decimal and isinstance(figure, int):
            return figure >= 0
        return isinstance(figure, self.types) and (self.signed or magnitude(figure) >= 0)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("count", "a whole number from 0 up", re.compile(r"0|[1-9][0-9]*"), int),
        Kind("change", "a whole number, negative for a decrease", re.compile(r"0|[+-]?[1-9][0-9]*"), int, signed=True),
        Kind("money", "an exact decimal in 万元 from 0 up", re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"), Decimal),
        Kind(
            "amount",
            "a sum with its unit, as 386500元 or 38.65万元",
            re.compile(r"(?P<number>(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)\s*(?P<unit>元|万元|亿元)|0"),
            Amount,
        ),
    )
}


def read_figure(text: str, kind: Kind) -> Figure:
    """Read the figure that `text` states, strictly.

    Parameters
    ----------
    text
        The text as it was typed, ``1204`` say.
    kind
        What the cell may hold.

    Returns
    -------
    Figure
        Never None: a blank is not a text.

    Raises
    ------
    FigureError
        Where the text is no such figure; the message says what was probably meant.

    Examples
    --------
    >>> read_figure("1204", KINDS["count"])
    1204
    >>> read_figure("38.65万元", KINDS["amount"])
    Amount(number=Decimal('38.65'), unit='万元')
    """
    if len(text) > _LONGEST:
        raise FigureError(f"{text[:_LONGEST]!r}… is not {kind.meaning}: no figure is that long")
    match = kind.pattern.fullmatch(text)
    if match is None:
        raise FigureError(_what_was_meant(text, kind))
    if kind.types is int:
        return int(text)
    if kind.types is Decimal:
        return Decimal(text)
    return Amount(Decimal(match["number"] or 0), match["unit"] or "")


def figure_text(figure: Figure) -> str:
    """The figure as the form prints it; a blank is the empty text."""
    if figure is None:
        return ""
    return f"{figure:f}" if isinstance(figure, Decimal) else str(figure)


def magnitude(figure: Figure) -> int | Decimal:
    """The number to reckon with: a blank counts as 0, an amount in 元."""
    if figure is None:
        return 0
    return figure.yuan if isinstance(figure, Amount) else figure


_LONGEST = 40
_NONE = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "零", "〇", "~", "nil", "none"})
_SEPARATOR = re.compile(r"(?<=\d)[,'_ \u00a0\u2009](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def _what_was_meant(text: str, kind: Kind) -> str:
    """Say why `text` is not a figure of `kind`, and what to write instead."""
    shown = f"{text!r} is not {kind.meaning}"
    if text.strip().lower() in _NONE:
        return f"{shown}: write 0 for none, or null where the cell is blank"
    plain = unicodedata.normalize("NFKC", text).strip()
    joined = _SEPARATOR.sub("", plain)
    number = _NUMBER.match(joined)
    if number is None:
        return f"{shown}: write the number alone"
    meant, unit = number[0], joined[number.end() :].strip()
    if meant.startswith("-") and not kind.signed:
        return f"{shown}: it cannot be negative"
    if kind.types is int and "." in meant:
        whole, _, fraction = meant.partition(".")
        return f"{shown}: write {whole}" if not fraction.strip("0") else f"{shown}: it must be whole"
    if kind.types is Amount:
        unit = unit if unit in _YUAN else ""
        return f"{shown}: write {meant}{unit}" if unit else f"{shown}: add the unit, {meant}元 or {meant}万元"
    if unit and not re.fullmatch(r"[^\W\d_]+", unit):
        return f"{shown}: write the number alone"
    sign = meant[0] if meant[0] in "+-" else ""
    whole, dot, fraction = meant.lstrip("+-").partition(".")
    meant = sign + (whole.lstrip("0") or "0") + dot + fraction
    if joined != plain:
        return f"{shown}: write {meant}, without separators"
    if unit:
        return f"{shown}: write {meant}, without the unit"
    if plain != text.strip():
        return f"{shown}: write {meant}, in half-width digits"
    return f"{shown}: write {meant}"

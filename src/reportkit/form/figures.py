"""The figures that stand in the cells of the form: their kinds, and how they are read and printed.

A figure is a whole number, an exact decimal, an `Amount` with its unit, or `None` for a blank.
It is never a float: a published figure keeps every digit it was given.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reportkit.system.language import Message

__all__ = ["KINDS", "Amount", "Figure", "FigureError", "Kind", "figure_text", "magnitude", "read_figure"]


_YUAN = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
# So many digits still fit the precision of decimals, so that no sum of money is ever rounded.
_NUMBER_AND_UNIT = Message("write the number and its unit alone")
_LONGEST = 28
_NONE = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "零", "〇", "~", "nil", "none"})
_SEPARATOR = re.compile(r"(?<=\d)[,'_ \u00a0\u2009](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"(?P<sign>[+\-−–—]?)\s*0*(?P<whole>[0-9]+)(?P<fraction>\.[0-9]+)?\s*")
_VAGUE = re.compile(r"[余多几]|左右|上下|以上|以下")
_SCALED = re.compile(r"[十百千万亿]")


class FigureError(ValueError):
    """A text or value that is not the kind of figure its cell takes; the message says what was probably meant."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money with the unit it was stated in, as edition 2019 prints it: 386500元, 38.65万元.

    Parameters
    ----------
    number
        The number as stated, exact.
    unit
        元, 万元 or 亿元.
    """

    number: Decimal
    unit: str

    def __post_init__(self) -> None:
        if not isinstance(self.number, Decimal) or not self.number.is_finite():
            raise FigureError(Message("{number!r} is not an exact decimal", number=self.number))
        if self.unit not in _YUAN:
            raise FigureError(
                Message(
                    "{number}{unit} has no unit of money: write 386500元 or 38.65万元",
                    number=self.number,
                    unit=self.unit,
                )
            )

    @property
    def yuan(self) -> Decimal:
        """The sum in 元."""
        return self.number * _YUAN[self.unit]

    def __str__(self) -> str:
        return f"{self.number:f}{self.unit}"


Figure = int | Decimal | Amount | None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure: what a cell may hold. Everything that depends on the kind follows from these fields.

    Parameters
    ----------
    name
        The word for it in the form's declaration.
    meaning
        What such a figure is, in English, for messages on the terminal.
    chinese
        The same in Chinese, for findings and forms.
    pattern
        The whole text of a figure of this kind.
    types
        The type of a figure of this kind: int, Decimal or Amount.
    signed
        Whether it may be negative.
    most
        The greatest it may be; None where there is no limit.
    additive
        Whether figures of this kind can be added up, as a government does with those of the bodies below it.
    unit
        The unit that it is stated in and that is not written; empty for a plain number.
    prompt, refusal
        What a form to fill in says on entering a cell, and on typing something else; derived where empty.
    """

    name: str
    meaning: str
    chinese: str
    pattern: re.Pattern[str]
    types: type[int] | type[Decimal] | type[Amount]
    signed: bool = False
    most: int | None = None
    additive: bool = True
    unit: str = ""
    prompt: str = ""
    refusal: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "prompt", self.prompt or f"填写{self.chinese}，没有的填0。")
        object.__setattr__(self, "refusal", self.refusal or f"只能填写{self.chinese}，不带单位。")

    def holds(self, figure: Figure) -> bool:
        """Whether `figure` is of this kind; a blank and a bare 0 always are."""
        if figure is None or (isinstance(figure, int) and figure == 0):
            return True
        if not isinstance(figure, (int, Decimal) if self.types is Decimal else self.types):
            return False
        return (self.signed or magnitude(figure) >= 0) and (self.most is None or magnitude(figure) <= self.most)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of such a figure in a parameter file.

        Examples
        --------
        >>> KINDS["count"].schema
        {'type': ['integer', 'null'], 'minimum': 0}
        """
        if self.types is Amount:
            return {"type": ["string", "integer", "null"], "maximum": 0}  # the one whole number is 0
        schema: dict[str, Any] = {"type": ["integer", "null"] if self.types is int else ["number", "string", "null"]}
        if not self.signed:
            schema["minimum"] = 0
        if self.most is not None:
            schema["maximum"] = self.most
        return schema


KINDS = {
    kind.name: kind
    for kind in (
        Kind("count", Message("a whole number from 0 up"), "不小于0的整数", re.compile(r"0|[1-9][0-9]*"), int),
        Kind(
            "change",
            Message("a whole number, negative for a decrease"),
            "整数（减少的为负数）",
            re.compile(r"0|[+-]?[1-9][0-9]*"),
            int,
            signed=True,
            prompt="填写整数，减少的填负数，没有增减的填0。",
            refusal="只能填写整数，不带单位。",
        ),
        Kind(
            "money",
            Message("an exact decimal in 万元 from 0 up"),
            "不小于0的万元数",
            re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"),
            Decimal,
            unit="万元",
            prompt="填写不小于0的万元数，不带单位，小数照实填写；没有的填0。",
            refusal="只能填写不小于0的数，单位为万元，不带单位和千分位逗号。",
        ),
        Kind(
            "amount",
            Message("a sum with its unit, as 386500元 or 38.65万元"),
            "不小于0、带单位的金额（如386500元、38.65万元）",
            re.compile(r"(?P<number>(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)\s*(?P<unit>元|万元|亿元)|0"),
            Amount,
            prompt="填写金额和单位，如386500元、38.65万元；没有的填0。",
            refusal="只能填写数和单位（元、万元、亿元），如386500元、38.65万元；没有的填0。",
        ),
    )
}
"""The kinds of figure by name. A new kind is one entry here; nothing else tells kinds apart by their names."""


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
        If the text is no such figure; the message says what was probably meant.

    Examples
    --------
    >>> read_figure("1204", KINDS["count"])
    1204
    >>> read_figure("38.65万元", KINDS["amount"])
    Amount(number=Decimal('38.65'), unit='万元')
    """
    if len(text) > _LONGEST:
        raise FigureError(
            Message("{text!r}… is not {meaning}: no figure is that long", text=text[:_LONGEST], meaning=kind.meaning)
        )
    match = kind.pattern.fullmatch(text)
    if match is None:
        raise FigureError(_what_was_meant(text, kind))
    figure = _figure(match, kind)
    if not kind.holds(figure):
        raise FigureError(Message("{text!r} is not {meaning}", text=text, meaning=kind.meaning))
    return figure


def figure_text(figure: Figure) -> str:
    """The figure as the form prints it; a blank is the empty text.

    Parameters
    ----------
    figure
        The figure; None for a blank.

    Returns
    -------
    str
        Every digit it was stated with, without separators.

    Examples
    --------
    >>> figure_text(Decimal("38.6500")), figure_text(None)
    ('38.6500', '')
    """
    if figure is None:
        return ""
    return f"{figure:f}" if isinstance(figure, Decimal) else str(figure)


def magnitude(figure: Figure) -> int | Decimal:
    """The number to calculate with: a blank counts as 0, an amount in 元.

    Parameters
    ----------
    figure
        The figure; None for a blank.

    Returns
    -------
    int or Decimal
        Figures of one kind can be compared and added by it.

    Examples
    --------
    >>> magnitude(Amount(Decimal("38.65"), "万元"))
    Decimal('386500.00')
    """
    if figure is None:
        return 0
    return figure.yuan if isinstance(figure, Amount) else figure


def _figure(match: re.Match[str], kind: Kind) -> Figure:
    if kind.types is int:
        return int(match[0])
    if kind.types is Decimal:
        return Decimal(match[0])
    return Amount(Decimal(match["number"]), match["unit"]) if match["unit"] else 0


def _what_was_meant(text: str, kind: Kind) -> str:
    """Say why `text` is not a figure of `kind`, and what to write instead."""
    plain = "".join(map(_half_width, text)).strip()
    advice = _advice(text, plain, kind)
    return Message("{text!r} is not {meaning}: {advice}", text=text, meaning=kind.meaning, advice=advice)


def _advice(text: str, plain: str, kind: Kind) -> str:
    """What to write instead of `text`; never a figure that says something else."""
    if plain.lower() in _NONE:
        return Message("write 0 for none, or null where the cell is blank")
    joined = _SEPARATOR.sub("", plain)
    number = _NUMBER.match(joined)
    unit = joined[number.end() :] if number else ""
    if number is None or (unit and not unit.isalpha()):
        return _NUMBER_AND_UNIT if kind.types is Amount else Message("write the number alone")
    whole, fraction = number["whole"], number["fraction"] or ""
    negative = number["sign"] not in ("", "+") and (whole + fraction).strip("0.") != ""
    if negative and not kind.signed:
        return Message("it cannot be negative")
    if _VAGUE.match(unit):
        return Message("it must be exact")
    meant = f"{'-' if negative else ''}{whole}{fraction}"
    if kind.types is Amount:
        return _with_unit(meant, unit)
    if kind.unit == "万元" and unit.removesuffix("整") in _YUAN:
        moved = _in_wan(meant, unit.removesuffix("整"))
        return Message("write {number}, in 万元 without the unit", number=moved)
    if _SCALED.match(unit):
        return Message("write the number in full, in digits")
    if kind.types is int and fraction.strip(".0"):
        return Message("it must be whole")
    if kind.types is int:
        meant = meant.removesuffix(fraction)
    if joined != plain:
        return Message("write {number}, without separators", number=meant)
    if unit:
        return Message("write {number}, without the unit", number=meant)
    if plain != text.strip():
        return Message("write {number}, in half-width digits", number=meant)
    return Message("write {number}", number=meant)


def _with_unit(meant: str, unit: str) -> str:
    if not unit:
        return Message("add the unit, {number}元 or {number}万元", number=meant)
    unit = unit.removesuffix("整")
    return Message("write {number}", number=f"{meant}{unit}") if unit in _YUAN else _NUMBER_AND_UNIT


def _in_wan(number: str, unit: str) -> str:
    """A sum in 万元, its digits moved and none lost."""
    meant = Decimal(number).scaleb({"元": -4, "万元": 0, "亿元": 4}[unit])
    text = f"{meant:f}"
    return text.rstrip("0").rstrip(".") if unit == "元" else text


def _half_width(char: str) -> str:
    """A digit of any script as 0 to 9, a full-width sign as its narrow one."""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    return unicodedata.normalize("NFKC", char) if unicodedata.east_asian_width(char) == "F" else char

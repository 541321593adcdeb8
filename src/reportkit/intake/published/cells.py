"""What the text in a cell of a published table says: a figure, a blank, a sign for none, or words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from reportkit.form.figures import Amount, Figure, Kind
from reportkit.system.language import Message
from reportkit.text import squeezed, visible

__all__ = ["Said", "is_blank", "is_figure", "read_cell"]

_NONE = frozenset({"-", "--", "---", "—", "——", "–", "−", "/", "\\", "无", "〇", "零"})
_MINUS = frozenset("-−–—")
_MONEY = {"元": -4, "万元": 0, "亿元": 4}
_GROUPED = re.compile(r"^\D*\d{1,3}(?:\s\d{3})+(?![\d\s]*\d)")
# Longer numbers than this are no figures, and would not stay exact.
_FIGURE = re.compile(
    r"(?P<sign>[-+−–—]?)(?P<number>(?:\d{1,3}(?:[,']\d{3}){1,8}|\d{1,26})(?:\.\d{1,10})?)"
    r"(?P<unit>亿元|万元|元|[件条个项份次宗起家部人户期篇])?(?P<note>\([^()]{1,30}\)|\[[^\[\]]{1,9}\]|\*{1,3}|注\d?)?"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says.

    Parameters
    ----------
    figure
        The figure; None for a blank.
    none_sign
        The sign for none that was read as 0; empty where a figure or nothing stands.
    doubt
        What had to be assumed; empty where nothing.
    sure
        How sure the reading is.
    """

    figure: Figure
    none_sign: str = ""
    doubt: str = ""
    sure: float = 1.0


def is_blank(text: str) -> bool:
    """Whether nothing stands in the cell.

    Parameters
    ----------
    text
        The text of a cell.

    Returns
    -------
    bool
        True for white space and characters that nobody sees.
    """
    return not _words(text)


@lru_cache(maxsize=4096)
def is_figure(text: str) -> bool:
    """Whether the text is a figure or a sign for none; a blank is neither.

    Parameters
    ----------
    text
        The text of a cell.

    Returns
    -------
    bool
        True if `read_cell` can read it.

    Examples
    --------
    >>> is_figure("１，２０４件"), is_figure("-"), is_figure("1.属于国家秘密")
    (True, True, False)
    """
    return _words(text) in _NONE or _parts(text) is not None


def read_cell(text: str, kind: Kind, label: str = "") -> Said:
    """Read a cell leniently, as a reader of the page would.

    Parameters
    ----------
    text
        A blank or a figure (see `is_figure`).
    kind
        What the cell is meant to hold; a figure of another kind is read as it stands.
    label
        The column's label as read, which may name the unit.

    Returns
    -------
    Said
        The figure, how sure that is, and what is doubtful about it.

    Raises
    ------
    ValueError
        If the text is neither a blank nor a figure.

    Examples
    --------
    >>> from reportkit.form.figures import KINDS
    >>> read_cell("1 204 件", KINDS["count"]).figure
    1204
    >>> read_cell("无", KINDS["count"])
    Said(figure=0, none_sign='无', doubt='', sure=1.0)
    """
    words = _words(text)
    if not words:
        return Said(None)
    if words in _NONE:
        return Said(0, none_sign=words)
    parts = _parts(text)
    if parts is None:
        raise ValueError(f"{text!r} is no figure")
    number = Decimal(parts["number"].replace(",", "").replace("'", ""))
    if parts["sign"] in _MINUS:
        number = -number
    said = _with_kind(number, parts["unit"] or "", kind, label)
    if re.search(r"\d\s+\d", text) and not _GROUPED.search(text):
        return Said(said.figure, doubt=Message("read without the spaces in it"), sure=min(said.sure, 0.7))
    if parts["note"]:
        return Said(
            said.figure, doubt=Message("read without the note {note}", note=parts["note"]), sure=min(said.sure, 0.8)
        )
    return said


def _parts(text: str) -> re.Match[str] | None:
    return _FIGURE.fullmatch(_words(text))


@lru_cache(maxsize=4096)
def _words(text: str) -> str:
    """The text without white space and what nobody sees, in half-width signs."""
    return squeezed(visible(text))


def _with_kind(number: Decimal, unit: str, kind: Kind, label: str) -> Said:
    if kind.types is Amount:
        return _amount(number, unit, label)
    if kind.unit == "万元" and unit in _MONEY:
        moved = number.scaleb(_MONEY[unit])
        said = Said(moved)
        return (
            said
            if unit == "万元"
            else Said(moved, doubt=Message("stated in {unit}, turned into 万元", unit=unit), sure=0.9)
        )
    if kind.types is int and number == number.to_integral_value():
        whole = Said(int(number))
        return (
            whole
            if unit not in _MONEY
            else Said(int(number), doubt=Message("a count with the unit {unit}", unit=unit), sure=0.6)
        )
    return Said(number)


def _amount(number: Decimal, unit: str, label: str) -> Said:
    if unit in _MONEY:
        return Said(Amount(number, unit))
    if number == 0:
        return Said(0)
    named = re.search(r"[亿万]?元", squeezed(label))
    if named:
        doubt = Message("the unit {unit} stands in the column's label", unit=named[0])
        return Said(Amount(number, named[0]), doubt=doubt, sure=0.9)
    return Said(Amount(number, "元"), doubt=Message("no unit is stated: taken for 元"), sure=0.5)

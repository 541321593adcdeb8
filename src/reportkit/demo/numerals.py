"""Numbers as sentences state them: in digits, in Chinese numerals, as percentages."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

__all__ = ["Number", "chinese", "percentage"]

_DIGITS = "零一二三四五六七八九"
_PLACES = ("千", "百", "十", "")


class Number(int):
    """A whole number that a sentence may ask for in Chinese numerals.

    Examples
    --------
    >>> f"{Number(12)}件，{Number(12):cn}件"
    '12件，十二件'
    """

    def __format__(self, style: str) -> str:
        return chinese(self) if style == "cn" else super().__format__(style)


def chinese(number: int) -> str:
    """The number in Chinese numerals as it stands before a measure word; in digits from ten thousand up.

    Examples
    --------
    >>> [chinese(number) for number in (0, 2, 12, 20, 105, 222)]
    ['零', '两', '十二', '二十', '一百零五', '二百二十二']
    """
    if number == 2:
        return "两"
    if not 0 < number < 10_000:
        return "零" if number == 0 else str(int(number))
    said, skipped = "", False
    for digit, place in zip(f"{number:04d}", _PLACES, strict=True):
        if digit == "0":
            skipped = bool(said)
            continue
        said += f"{'零' if skipped else ''}{_DIGITS[int(digit)]}{place}"
        skipped = False
    return said.removeprefix("一") if said.startswith("一十") else said


def percentage(part: int, whole: int) -> Decimal:
    """How many per cent of `whole` are `part`, to one decimal, halves rounded up.

    Examples
    --------
    >>> str(percentage(3, 11))
    '27.3'
    """
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)

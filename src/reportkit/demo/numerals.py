"""Numbers as sentences state them: in digits, in Chinese numerals, as percentages."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from reportkit.text import chinese_numeral

__all__ = ["Number", "percentage"]


class Number(int):
    """A whole number that a sentence may ask for in Chinese numerals, as they stand before a measure word.

    Examples
    --------
    >>> f"{Number(12)}件，{Number(12):cn}件，{Number(2):cn}件"
    '12件，十二件，两件'
    """

    def __format__(self, style: str) -> str:
        if style != "cn":
            return super().__format__(style)
        return "两" if self == 2 else chinese_numeral(self)


def percentage(part: int, whole: int) -> Decimal:
    """How many per cent of `whole` are `part`, to one decimal, halves rounded up.

    Parameters
    ----------
    part
        How many.
    whole
        Of how many; not 0.

    Returns
    -------
    Decimal
        Per cent, with one digit after the point.

    Examples
    --------
    >>> str(percentage(3, 11))
    '27.3'
    """
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)

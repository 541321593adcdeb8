"""Chinese numerals, read and written, and the numerals that count headings and items."""

from __future__ import annotations

import re

__all__ = ["NUMERAL", "chinese_numeral", "enumerator", "read_numeral", "unnumbered", "without_enumerators"]

NUMERAL = "[一二三四五六七八九十]"
"""One character of the numerals that count headings and items, for patterns."""

_DIGITS = "零一二三四五六七八九"
_UNITS = ("千", "百", "十", "")
_LARGEST = 9_999
_LONGEST = 20
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)} | {"〇": 0, "○": 0, "O": 0, "0": 0, "两": 2}
_SIZES = {"千": 1000, "百": 100, "十": 10}

_COUNT = rf"(?:{NUMERAL}+|\d+)"
_BEFORE_LABEL = re.compile(rf"^(?:{NUMERAL}+、|[（(]{_COUNT}[）)]|\d+[.、])(?=.)")
_WITHIN_TEXT = re.compile(rf"\({_COUNT}\)|(?<!\d)\d+[.、](?!\d)|{NUMERAL}+、")


def chinese_numeral(number: int) -> str:
    """Write a number in Chinese numerals.

    Parameters
    ----------
    number
        A whole number.

    Returns
    -------
    str
        The numeral; digits for numbers below 0 or from ten thousand up.

    Examples
    --------
    >>> [chinese_numeral(number) for number in (0, 2, 12, 20, 105, 2010)]
    ['零', '二', '十二', '二十', '一百零五', '二千零一十']
    """
    if not 0 < number <= _LARGEST:
        return str(int(number)) if number else _DIGITS[0]
    written, skipped = "", False
    for digit, unit in zip(f"{number:04d}", _UNITS, strict=True):
        if digit == "0":
            skipped = bool(written)
            continue
        written += f"{_DIGITS[0] if skipped else ''}{_DIGITS[int(digit)]}{unit}"
        skipped = False
    return written.removeprefix("一") if written.startswith("一十") else written


def read_numeral(text: str) -> int | None:
    """Read a numeral: Chinese with units or digit by digit, or plain digits.

    Parameters
    ----------
    text
        The numeral alone, in half width.

    Returns
    -------
    int or None
        The number; None where the text is no numeral.

    Examples
    --------
    >>> read_numeral("二百二十二"), read_numeral("二〇二三"), read_numeral("2023"), read_numeral("几")
    (222, 2023, 2023, None)
    """
    if len(text) > _LONGEST:
        return None
    if text.isascii():
        return int(text) if text.isdecimal() else None
    if any(character in _SIZES for character in text):
        return _read_units(text)
    digits = [_VALUES.get(character) for character in text]
    return None if None in digits else int("".join(map(str, digits)))


def _read_units(text: str) -> int | None:
    """Read a numeral with units; None where no number is written so."""
    total, digit = 0, 0
    for character in text:
        if character in _SIZES:
            total, digit = total + (digit or 1) * _SIZES[character], 0
        else:
            digit = _VALUES.get(character, 0)
    total += digit
    plain = "".join(_DIGITS[_VALUES[character]] if character in _VALUES else character for character in text)
    return total if plain in (chinese_numeral(total), f"一{chinese_numeral(total)}") else None


def enumerator(label: str) -> str:
    """Return the numeral before a label or heading, written in one way.

    Parameters
    ----------
    label
        A label, squeezed.

    Returns
    -------
    str
        The numeral with its comma, full stop or brackets; empty where there is none.

    Examples
    --------
    >>> enumerator("1、属于国家秘密"), enumerator("(三)不予公开"), enumerator("其他")
    ('1.', '(三)', '')
    """
    found = _BEFORE_LABEL.match(label)
    if found is None:
        return ""
    written = found[0].replace("（", "(").replace("）", ")")
    return written.replace("、", ".") if written[0].isdecimal() else written


def unnumbered(label: str) -> str:
    """Return a label or heading without the numeral before it.

    Parameters
    ----------
    label
        A label as it is typed.

    Returns
    -------
    str
        The rest; a label that is nothing but a numeral stays as it is.

    Examples
    --------
    >>> unnumbered("一、总体情况"), unnumbered("（三）不予公开")
    ('总体情况', '不予公开')
    """
    return _BEFORE_LABEL.sub("", label)


def without_enumerators(text: str) -> str:
    """Return the text with a space for each numeral that counts items, wherever it stands.

    Parameters
    ----------
    text
        A text in half width.

    Returns
    -------
    str
        The text without those numerals.

    Examples
    --------
    >>> without_enumerators("(三)不予公开1.属于国家秘密")
    ' 不予公开 属于国家秘密'
    """
    return _WITHIN_TEXT.sub(" ", text)

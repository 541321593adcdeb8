"""The form's labels as people type them: without numerals, remarks and white space."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["spellings", "squeezed", "unnumbered", "without_remark"]

_NUMERAL = re.compile(r"^(?:[一二三四五六七八九十]+、|[（(](?:[一二三四五六七八九十]+|\d+)[）)]|\d+[.、])(?=.)")
_REMARK = re.compile(r"(?<=.)[（(][^（）()]*[）)]$")


def squeezed(label: str) -> str:
    """The label without what typists vary: white space, and the width of brackets, digits and commas."""
    return "".join(unicodedata.normalize("NFKC", label).split())


def unnumbered(label: str) -> str:
    """The label without its numeral.

    Examples
    --------
    >>> unnumbered("一、总体情况")
    '总体情况'
    """
    return _NUMERAL.sub("", label)


def without_remark(label: str) -> str:
    """The label without the remark in brackets at its end.

    Examples
    --------
    >>> without_remark("（二）部分公开（区分处理的，只计这一情形，不计其他情形）")
    '（二）部分公开'
    """
    return _REMARK.sub("", label)


def spellings(label: str) -> tuple[str, ...]:
    """The ways to type a label: whole, without its numeral, without the remark in brackets at its end.

    Examples
    --------
    >>> spellings("（二）部分公开（区分处理的，只计这一情形，不计其他情形）")[-1]
    '部分公开'
    """
    plain = squeezed(label)
    return tuple(dict.fromkeys((label, unnumbered(plain), without_remark(plain), unnumbered(without_remark(plain)))))

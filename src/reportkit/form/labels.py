"""The form's labels as people type them: without numerals, remarks and white space."""

from __future__ import annotations

import re

from reportkit.text import squeezed, unnumbered

__all__ = ["spellings", "without_remark"]

_REMARK = re.compile(r"(?<=.)[（(][^（）()]*[）)]$")


def without_remark(label: str) -> str:
    """The label without the remark in brackets at its end.

    Parameters
    ----------
    label
        An official label, or one as it was typed.

    Returns
    -------
    str
        The label, unchanged if it ends otherwise.

    Examples
    --------
    >>> without_remark("（二）部分公开（区分处理的，只计这一情形，不计其他情形）")
    '（二）部分公开'
    """
    return _REMARK.sub("", label)


def spellings(label: str) -> tuple[str, ...]:
    """The ways to type a label: whole, without its numeral, without the remark in brackets at its end.

    Parameters
    ----------
    label
        An official label.

    Returns
    -------
    tuple of str
        The whole label first; each spelling once, all but the first in half width.

    Examples
    --------
    >>> spellings("（二）部分公开（区分处理的，只计这一情形，不计其他情形）")[-1]
    '部分公开'
    """
    plain = squeezed(label)
    return tuple(dict.fromkeys((label, unnumbered(plain), without_remark(plain), unnumbered(without_remark(plain)))))

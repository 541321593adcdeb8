"""White space as a reader sees it: runs of it are one space, invisible characters are nothing."""

from __future__ import annotations

import re

from reportkit.text import visible

__all__ = ["SOFT_BREAK", "folded", "folded_lines"]

SOFT_BREAK = "\r"
"""A line break of the file's source that its reader does not see."""

# Separators of lines and paragraphs within a source show as nothing, too.
_SOFT_BREAKS = f"{SOFT_BREAK}\u2028\u2029"
_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
# Chinese is written without spaces, so a source that breaks its lines within a sentence adds none to it.
_BREAK_IN_CHINESE = re.compile(rf"(?<={_WIDE})[ \t]*(?:[{_SOFT_BREAKS}][ \t]*)+(?={_WIDE})")


def folded(text: str) -> str:
    r"""The text on one line: every run of white space is one space, none is left at the ends.

    Parameters
    ----------
    text
        A text as its source has it.

    Returns
    -------
    str
        The text as its reader sees it.

    Examples
    --------
    >>> folded("　　一、\u00a0总体\r\n情况 ")
    '一、 总体 情况'
    >>> folded("总体\r情况")
    '总体情况'
    """
    if text.isalnum():  # most cells of a table: there is nothing to fold
        return text
    if any(map(text.__contains__, _SOFT_BREAKS)):
        text = _BREAK_IN_CHINESE.sub("", text)
    return " ".join(visible(text).split())


def folded_lines(text: str) -> str:
    r"""The text with every line folded; blank lines are left out.

    Parameters
    ----------
    text
        A text with line breaks that its reader sees.

    Returns
    -------
    str
        Its lines, with ``\\n`` between them.

    Examples
    --------
    >>> folded_lines(" 自然人 \n\n 2 ")
    '自然人\n2'
    """
    if "\n" not in text:
        return folded(text)
    return "\n".join(filter(None, map(folded, text.split("\n"))))

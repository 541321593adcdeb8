"""Narrative text as the checks read it: without markup, in half-width digits, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from html import unescape

from reportkit.text import half_width, squeezed, visible

__all__ = ["body", "folded", "is_empty", "length", "plain", "title_on"]

# An unclosed comment takes in the rest, as it does on the page.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_INLINE_TAG = re.compile(
    r"</?(?:a|b|code|del|em|font|i|ins|mark|s|small|span|strong|sub|sup|u)(?=[\s/>])[^<>]*>", re.IGNORECASE
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_MARKS = re.compile(
    r"^[ ]{0,3}(?:#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|\d{1,3}[.)](?=\s*$))|[*_`~\\]|\]\([^()\s]*\)", re.MULTILINE
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))

# How much alike a line and a title must be: with the title's own numeral in front, and with another.
_ALIKE, _ALIKE_ELSEWHERE = 0.55, 0.8

# Every rule reads the same few texts of a report, one report after another.
_KEPT = 32


@lru_cache(_KEPT)
def folded(text: str) -> str:
    """The text with half-width digits and punctuation, plain dashes, and nothing invisible in it.

    Parameters
    ----------
    text
        A text as it was typed.

    Returns
    -------
    str
        The text to look for words and numbers in.

    Examples
    --------
    >>> folded("收到１２件—申请\u200b")
    '收到12件-申请'
    """
    return visible(half_width(text)).translate(_DASHES)


@lru_cache(_KEPT)
def plain(text: str) -> str:
    """The folded text without HTML and Markdown markup; its lines are kept.

    Parameters
    ----------
    text
        A section's text, in Markdown.

    Returns
    -------
    str
        What a reader sees. The cells of a table stay apart, as tabs.

    Examples
    --------
    >>> plain("**（一）主动公开**")
    '(一)主动公开'
    """
    text = _TAG.sub("\n", _INLINE_TAG.sub("", _COMMENT.sub("", text)))
    # The cells of a table stay apart, or their figures would run together into one number.
    return _MARKS.sub("", folded(unescape(text))).replace("|", "\t")


def body(text: str, titles: Iterable[str] = ()) -> str:
    r"""The plain text without the lines that only repeat one of `titles`.

    Parameters
    ----------
    text
        A section's text, in Markdown.
    titles
        The titles of the form's sections.

    Returns
    -------
    str
        The plain text, line by line.

    Examples
    --------
    >>> body("一、总体情况\n正文", ["一、总体情况"])
    '正文'
    """
    return "\n".join(line for line in plain(text).splitlines() if title_on(line, titles) is None)


def is_empty(text: str, titles: Iterable[str] = ()) -> bool:
    r"""Whether the text says nothing: spaces, punctuation and markup, or only its title over again.

    Parameters
    ----------
    text
        A section's text, in Markdown.
    titles
        The titles of the form's sections.

    Returns
    -------
    bool
        True if there is neither a letter nor a digit besides its title.

    Examples
    --------
    >>> is_empty("一、总体情况\n……", ["一、总体情况"])
    True
    """
    return not any(map(str.isalnum, body(text, titles)))


def length(text: str) -> int:
    """How many characters the text has, without spaces and markup.

    Parameters
    ----------
    text
        A section's text, in Markdown.

    Returns
    -------
    int
        The number that guidance on the length of section one speaks of.

    Examples
    --------
    >>> length("**全年** 公开")
    4
    """
    return len("".join(plain(text).split()))


def title_on(line: str, titles: Iterable[str]) -> str | None:
    """Which title a line repeats.

    Parameters
    ----------
    line
        A line of plain text.
    titles
        The titles of the form's sections.

    Returns
    -------
    str or None
        The title that the line repeats in the same or nearly the same words; None where it repeats none.

    Examples
    --------
    >>> title_on("五、存在问题及改进情况", ["五、存在的主要问题及改进情况"])
    '五、存在的主要问题及改进情况'
    """
    numeral, comma, words = squeezed(line).rstrip(":。").partition("、")
    if not comma or len(numeral) > 1:
        return None
    for title in titles:
        its_numeral, _, its_words = squeezed(title).partition("、")
        if len(words) > 2 * len(its_words):
            continue
        alike = SequenceMatcher(None, words, its_words, autojunk=False).ratio()
        if alike >= (_ALIKE if numeral == its_numeral else _ALIKE_ELSEWHERE):
            return title
    return None

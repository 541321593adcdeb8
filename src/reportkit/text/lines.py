"""Breaking text into lines: between Chinese characters, never within a word, an address or a file's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reportkit.text.characters import breadth

__all__ = ["fitted", "wrapped"]

# What may neither begin a line nor end one, as Chinese text is set.
_NOT_FIRST = "，。、；：？！）》」』】〕”’％…·"
_NOT_LAST = "（《「『【〔“‘"
# A character that a line may be broken beside: Chinese, its punctuation, full-width forms.
_WIDE = r"\u2018-\u201d\u2026\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
# A cell as people name it: 表三.予以公开.自然人, applications.予以公开.自然人
_CELL = rf"(?:表[一二三四五六七八九十]+|[a-z_]+)\.[^\s{_NOT_FIRST}{_NOT_LAST}]+"
# A file's name: 退改清单.xlsx
_FILE = rf"[^\s{_NOT_FIRST}{_NOT_LAST}]{{1,20}}\.[a-z]{{3,5}}(?![a-z])"
_UNIT = re.compile(rf"[{_NOT_LAST}]*(?:{_CELL}|{_FILE}|[^\s{_WIDE}]+|[{_WIDE}])[{_NOT_FIRST}]*|\s+")


def wrapped(text: str, width: int) -> list[str]:
    """Break a paragraph into lines that are at most so wide; a word that is wider has a line of its own.

    Parameters
    ----------
    text
        The paragraph.
    width
        In columns of a terminal, of which a Chinese character takes two.

    Returns
    -------
    list of str
        The lines; none if there is no text.

    Examples
    --------
    >>> wrapped("表三.予以公开.自然人 应为8，现为7。", 22)
    ['表三.予以公开.自然人', '应为8，现为7。']
    """
    lines: list[str] = []
    line, space = "", ""
    for unit in _units(text):
        if unit.isspace():
            space = " "
        elif line and breadth(line) + len(space) + breadth(unit) > width:
            lines.append(line)
            line, space = unit, ""
        else:
            line, space = line + (space if line else "") + unit, ""
    return [*lines, line] if line else lines


def fitted(pieces: Iterable[str], width: float) -> list[str]:
    """Put pieces of a text into as few lines as they need; a piece that is wider has a line of its own.

    Parameters
    ----------
    pieces
        What no line end may come into, in order.
    width
        In columns of a terminal, of which a Chinese character takes two.

    Returns
    -------
    list of str
        The lines.

    Examples
    --------
    >>> fitted(["法律", "服务", "机构"], 8)
    ['法律服务', '机构']
    """
    lines: list[str] = []
    for piece in pieces:
        if lines and breadth(lines[-1]) + breadth(piece) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
    return lines


def _units(text: str) -> Iterator[str]:
    """What no line end may come into, and the white space between."""
    return (match[0] for match in _UNIT.finditer(text))

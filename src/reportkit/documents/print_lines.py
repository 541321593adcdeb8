"""Lines of print: the characters of a PDF that stand beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from reportkit.documents.white_space import folded

__all__ = ["Line", "middle", "print_lines", "run_on"]

_SAME_LINE = 0.6  # of a character's height
_WORD_GAP = 0.5
_MIXED_GAP = 0.8  # beside a Chinese character, where a Latin word has more room than among its own
# So many gaps between characters tell which is usual.
_MANY = 3
# Of the web, at the end of a line.
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print.

    Parameters
    ----------
    text
        Its words, white space folded.
    x0, x1, top, bottom
        Where it stands on the page, from the upper left.
    spaced
        Whether there is a space behind its last word, as where a line is broken between words.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    spaced: bool = False

    @property
    def size(self) -> float:
        """How high it is."""
        return self.bottom - self.top


def middle(character: dict[str, Any]) -> tuple[float, float]:
    """Where the middle of a character stands.

    Parameters
    ----------
    character
        As pdfplumber gives it.

    Returns
    -------
    tuple of float
        From the left, and from the top.
    """
    return (character["x0"] + character["x1"]) / 2, (character["top"] + character["bottom"]) / 2


def print_lines(characters: Iterable[dict[str, Any]]) -> list[Line]:
    """Put characters into lines.

    Parameters
    ----------
    characters
        As pdfplumber gives them, in any order.

    Returns
    -------
    list of Line
        From the top down; lines of blanks are left out.
    """
    lines: list[list[dict[str, Any]]] = []
    for character in sorted(characters, key=lambda character: middle(character)[1]):
        size = character["bottom"] - character["top"]
        if lines and middle(character)[1] - middle(lines[-1][0])[1] < _SAME_LINE * size:
            lines[-1].append(character)
        else:
            lines.append([character])
    return [made for made in map(_line, lines) if made.text]


def _line(characters: list[dict[str, Any]]) -> Line:
    # By their middles: a bracket's empty half may lie over the character before it.
    ordered = sorted(characters, key=lambda character: middle(character)[0])
    words = [ordered[0]["text"]]
    usual = _usual_gap(ordered)
    for before, character in pairwise(ordered):
        mixed = before["text"].isascii() != character["text"].isascii()
        least = usual + (_MIXED_GAP if mixed else _WORD_GAP) * (character["bottom"] - character["top"])
        if character["x0"] - before["x1"] > least:
            words.append(" ")
        words.append(character["text"])
    seen = [character for character in ordered if character["text"].strip()] or ordered
    return Line(
        folded("".join(words)),
        seen[0]["x0"],
        max(character["x1"] for character in seen),
        min(character["top"] for character in seen),
        max(character["bottom"] for character in seen),
        ordered[-1]["text"].isspace(),
    )


def _usual_gap(ordered: Sequence[dict[str, Any]]) -> float:
    """How far Chinese characters are moved apart to fill the line, which makes no words of them."""
    gaps = [
        after["x0"] - before["x1"]
        for before, after in pairwise(ordered)
        if not (before["text"].isascii() and after["text"].isascii())
    ]
    return max(median(gaps), 0.0) if len(gaps) >= _MANY else 0.0


def run_on(before: str, text: str, *, spaced: bool = False) -> str:
    """Join two lines; beside Chinese characters, after a hyphen (0539-8726680) and in an address there is no space.

    Parameters
    ----------
    before, text
        The lines.
    spaced
        Whether there is a space behind the first.

    Returns
    -------
    str
        Both as one.

    Examples
    --------
    >>> run_on("政府", "信息"), run_on("open", "data"), run_on("0539-", "8726680")
    ('政府信息', 'open data', '0539-8726680')
    """
    if not (before and text):
        return before or text
    words = before[-1].isascii() and text[0].isascii() and not before.endswith(("-", "/"))
    return f"{before} {text}" if spaced or (words and not _ADDRESS.search(before)) else before + text

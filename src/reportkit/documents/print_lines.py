"""Lines of print: the characters of a PDF that stand beside each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from reportkit.documents.white_space import folded

__all__ = ["Line", "middle", "print_lines", "run_on"]

_SAME_LINE = 0.6  # of a character's height
_WORD_GAP = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print.

    Parameters
    ----------
    text
        Its words, white space folded.
    x0, x1, top, bottom
        Where it stands on the page, from the upper left.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

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
    ordered = sorted(characters, key=lambda character: character["x0"])
    words = [ordered[0]["text"]]
    for before, character in pairwise(ordered):
        if character["x0"] - before["x1"] > _WORD_GAP * (character["bottom"] - character["top"]):
            words.append(" ")
        words.append(character["text"])
    seen = [character for character in ordered if character["text"].strip()] or ordered
    return Line(
        folded("".join(words)),
        seen[0]["x0"],
        max(character["x1"] for character in seen),
        min(character["top"] for character in seen),
        max(character["bottom"] for character in seen),
    )


def run_on(before: str, text: str) -> str:
    """Join two lines; beside Chinese characters, and after a hyphen (0539-8726680), there is no space.

    Parameters
    ----------
    before, text
        The lines.

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
    spaced = before[-1].isascii() and text[0].isascii() and not before.endswith(("-", "/"))
    return f"{before} {text}" if spaced else before + text

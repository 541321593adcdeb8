"""Tables flattened to text with bars between their cells: what the bars of a text can be relied on for.

Programs that turn a page into text write bars in many ways: a row a line, a cell a line, a bar on a line of its own
for a blank cell. Some leave out blank cells and write the bars they owe at the end of the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise, starmap

__all__ = ["bars_of", "keeps_blanks", "runs_over_lines", "undoubled"]

_BARS = str.maketrans("｜│┃", "|||")
# A figure with its unit, or a sign for none.
_NUMBER = r"(?:[-+−–—]?\d[\d,，. ]{0,40}(?:[亿万]?元|\w)?|[-—–−/\\]{1,2}|无)"
# A bar that ends a blank cell begun on the line above, and the bars that fill the place of spans behind it.
_LONE_BAR = re.compile(r"\|(?:\s*\|+)?")
# Two texts with a bar between them, with two, and with a blank cell.
_SINGLE = re.compile(r"[^|\s][ \t]*\|[ \t]*[^|\s]")
_DOUBLE = re.compile(r"[^|\s][ \t]*\|\|[ \t]*[^|\s]")
_BLANK_BETWEEN = re.compile(r"(?:^|[^|\s][ \t]*)\|[ \t]*\|[ \t]*[^|\s]")
_ONE_FIGURE = re.compile(rf"\|\s*{_NUMBER}\s*\|*|{_NUMBER}\s*\|+")
_FIGURES_FIRST = re.compile(rf"\|?\s*{_NUMBER}\s*\|.*")
_GOES_ON = re.compile(rf"\|\s*{_NUMBER}\s*\|.*")
_ENDS_IN_FIGURE = re.compile(rf".*\|\s*{_NUMBER}\s*\|?")
# No label: a figure, or the line under a head of Markdown.
_NO_LABEL = re.compile(rf"{_NUMBER}|:?-+:?")
# A row of a table has so many labels before its figures at most; a head has more.
_MOST_LABELS = 3


def bars_of(line: str) -> str:
    """The line with every kind of bar written as ``|``.

    Parameters
    ----------
    line
        A line of text.

    Returns
    -------
    str
        The line.

    Examples
    --------
    >>> bars_of("规章｜0")
    '规章|0'
    """
    return line.translate(_BARS)


def undoubled(lines: Iterable[str]) -> list[str]:
    """The lines with one bar between two cells, where each cell has bars of its own on both sides.

    Parameters
    ----------
    lines
        The lines of a text.

    Returns
    -------
    list of str
        The lines.

    Examples
    --------
    >>> undoubled(["|规章||0||2|"])
    ['|规章|0|2|']
    """
    barred = list(map(bars_of, lines))
    if any(map(_DOUBLE.search, barred)) and not any(map(_SINGLE.search, barred)):
        return [line.replace("||", "|") for line in barred]
    return barred


def keeps_blanks(lines: Iterable[str]) -> bool:
    """Whether blank cells kept their places: bars at the end of a row may stand for blanks that were left out of it.

    Parameters
    ----------
    lines
        The lines of a text (see `undoubled`).

    Returns
    -------
    bool
        True if a blank stands between two cells, or before the first.

    Examples
    --------
    >>> keeps_blanks(["规章 | 0 | | 2"]), keeps_blanks(["规章 | 0 | 2 | |"])
    (True, False)
    """
    return any(map(_BLANK_BETWEEN.search, lines))


def runs_over_lines(lines: Sequence[str]) -> bool:
    """Whether rows of a table go over several lines, so that a line is no row.

    Parameters
    ----------
    lines
        The lines of a text (see `undoubled`).

    Returns
    -------
    bool
        True if bars stand alone on a line, a cell stands on a line of its own, or a row goes on in the next line.

    Examples
    --------
    >>> runs_over_lines(["规章 | 0 |", "| 2 |"]), runs_over_lines(["规章 | 0 | 2 |"])
    (True, False)
    """
    said = [line.strip() for line in lines if line.strip()]
    if any(_LONE_BAR.fullmatch(line) or _ONE_FIGURE.fullmatch(line) for line in said):
        return True
    return any(starmap(_goes_on, pairwise(said)))


def _goes_on(line: str, below: str) -> bool:
    """Whether a row goes on in the line below: with more figures, or with the first after its labels."""
    opens = _GOES_ON.fullmatch(below) is not None
    if opens and _ENDS_IN_FIGURE.fullmatch(line):
        return True
    if not opens and not _FIGURES_FIRST.fullmatch(below):
        return False
    cells = [cell.strip() for cell in line.split("|") if cell.strip()]
    labels = 0 < len(cells) <= (_MOST_LABELS if opens else 1)
    return labels and not any(map(_NO_LABEL.fullmatch, cells))

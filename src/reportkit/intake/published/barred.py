"""Rows out of text whose cells are parted by bars, where a row may go over several lines.

A bar ends a cell, so the text between two bars is a cell wherever its lines break; where nothing but a line break
stands there, it is a blank cell. Bars that follow each other at the end of a row fill the place of spans, or of
blank cells that were left out: they say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reportkit.documents.barred import keeps_blanks, undoubled
from reportkit.intake.published.cells import is_blank, is_figure

__all__ = ["BarredCell", "barred_rows"]


@dataclass(frozen=True, slots=True)
class BarredCell:
    """A cell between two bars.

    Parameters
    ----------
    text
        Its words; empty for a blank cell.
    line
        The number of the line it stands on.
    broken
        Whether a line ends within it.
    """

    text: str
    line: int
    broken: bool = False

    @property
    def is_label(self) -> bool:
        """Whether it holds words."""
        return not is_blank(self.text) and not is_figure(self.text)

    @property
    def is_figure(self) -> bool:
        """Whether it holds a figure."""
        return is_figure(self.text)

    @property
    def is_break(self) -> bool:
        """Whether nothing but the end of a line stands in it."""
        return not self.text and self.broken

    @property
    def is_filling(self) -> bool:
        """Whether it is a blank within a line, which may fill the place of another cell."""
        return not self.text and not self.broken


def barred_rows(lines: Sequence[str]) -> Iterator[tuple[list[BarredCell], bool]]:
    r"""The rows of text with bars: labels, then figures and blanks, then the next row's labels.

    Parameters
    ----------
    lines
        The lines of the text with their bars, from the first that belongs to a table to the last.

    Yields
    ------
    tuple of list of BarredCell and bool
        The cells of a row, and whether blank cells within its lines kept their places, those at its end too.

    Examples
    --------
    >>> rows = barred_rows(["规章 | 0 |", "| 2 |", "行政规范性文件 |", "|", "|", "5 |"])
    >>> [[cell.text for cell in row] for row, _ in rows]
    [['规章', '0', '', '2'], ['行政规范性文件', '', '', '5']]
    """
    lines = undoubled(lines)
    kept = keeps_blanks(lines)
    row: list[BarredCell] = []
    has_figure, line = False, -1
    for cell in _without_breaks(list(_cells(lines)), lines):
        # A row ends before a label, behind a figure or behind blanks on another line than its own label's.
        if cell.is_label and row and not row[-1].is_label and (has_figure or line != cell.line):
            yield _trimmed(row, kept), kept
            row, has_figure = [], False
        row.append(cell)
        has_figure = has_figure or cell.is_figure
        line = cell.line if cell.text else line
    if row:
        yield _trimmed(row, kept), kept


def _cells(lines: Sequence[str]) -> Iterator[BarredCell]:
    """What stands between the bars; parts on lines of their own are cells too, where lines end without a bar."""
    fields = list(_fields(lines))
    barred = [line for line in lines if "|" in line and line.strip("| ")]
    if not barred and any(sum(part.is_figure for part in field.parts) > 1 for field in fields):
        # The bars stand alone on their lines, and not between any two figures: each is a blank cell.
        yield from (BarredCell(line.strip("| "), at, broken=True) for at, line in enumerate(lines) if line.strip())
        return
    shared = any(len(field.parts) > 1 and any(part.is_figure for part in field.parts) for field in fields)
    open_ended = shared or sum(not line.rstrip().endswith("|") for line in barred) * 2 > len(barred)
    for field in fields:
        if not field.parts:
            yield BarredCell("", field.line, field.broken)
        elif open_ended or field.before_row:
            yield from field.parts
        else:
            yield BarredCell(" ".join(part.text for part in field.parts), field.parts[-1].line, field.broken)


@dataclass(frozen=True, slots=True)
class _Field:
    """What stands between two bars: parts on lines of their own, and whether a line ends in it.

    `before_row` says that the bar behind it opens a line of further cells.
    """

    parts: tuple[BarredCell, ...]
    line: int
    broken: bool
    before_row: bool = False


def _fields(lines: Sequence[str]) -> Iterator[_Field]:
    parts: list[BarredCell] = []
    broken, first = False, True
    for at, line in enumerate(lines):
        texts = line.split("|")
        opens = not texts[0].strip() and any(map(str.strip, texts))
        for number, text in enumerate(texts):
            if number:
                if parts or not first:
                    yield _Field(tuple(parts), at, broken, opens and number == 1)
                parts, broken, first = [], False, False
            if text.strip():
                parts.append(BarredCell(text.strip(), at, broken))
        broken = True
    if parts:
        yield _Field(tuple(parts), len(lines) - 1, broken)


def _without_breaks(cells: Sequence[BarredCell], lines: Sequence[str]) -> Iterator[BarredCell]:
    """The cells without the blanks that are no cells: the break before a row that a bar opens.

    Where no figure follows its label without a break, a break there is none of the row's cells either.
    """
    opened = _rows_open(cells, lines)
    empty = not any(cell.is_figure for cell in cells)
    together = empty or any(cell.is_label and below.is_figure for cell, below in pairwise(cells))
    for at, cell in enumerate(cells):
        before, behind = cells[max(at - 1, 0)], cells[min(at + 1, len(cells) - 1)]
        opens = opened and (behind.is_label or before.is_filling)
        parts = not together and before.is_label
        if not (cell.is_break and (opens or parts)):
            yield cell


def _rows_open(cells: Sequence[BarredCell], lines: Sequence[str]) -> bool:
    """Whether bars that close no cell open the rows: at the very beginning, or before the label of every row."""
    if not any(line.rstrip().endswith("|") and line.strip("| ") for line in lines):
        return False
    before = [cell for cell, label in pairwise(cells) if label.is_label and not cell.is_label]
    return lines[0].lstrip().startswith("|") or (bool(before) and all(cell.is_break for cell in before))


def _trimmed(row: list[BarredCell], kept: bool) -> list[BarredCell]:
    """The row without the blanks that only fill a place; all of them are left to a row that holds nothing else."""
    if kept or all(cell.is_label or cell.is_filling for cell in row):
        return row
    return [cell for cell in row if not cell.is_filling]

"""Rows out of a document: from grids, or from text that once was a table.

A row is labels, then what stands after the last of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reportkit.documents.barred import keeps_blanks, runs_over_lines, undoubled
from reportkit.documents.document import Box, Grid
from reportkit.intake.published.barred import barred_rows
from reportkit.intake.published.cells import is_blank, is_figure
from reportkit.system.language import Message

__all__ = ["Line", "Row", "rows_of"]

_LONGEST_LABEL = 60
_RULE = re.compile(r"(?:-{3,}|:-+:?|-+:)?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text.

    Parameters
    ----------
    text
        Its words.
    where
        Where it stands in the document.
    heading
        Whether the file marks it as a heading.
    source
        The line as its file has it, where bars were taken off; else empty.
    """

    text: str
    where: str
    heading: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of some table.

    Parameters
    ----------
    labels
        The texts before the figures, from the left.
    tail
        What stands after the last label: figures, signs for none and blanks.
    where
        Where it stands in the document.
    width
        How many cells it has in all.
    loose
        Whether blank cells may have left no trace: it was pieced together from lines, or blanks were left out of it.
    lines
        The lines it was made of.
    """

    labels: tuple[str, ...]
    tail: tuple[str, ...]
    where: str
    width: int = 0
    loose: bool = False
    lines: tuple[Line, ...] = ()

    def offsets(self, count: int) -> list[int]:
        """Where in the tail `count` figures may begin, so that nothing but blanks is left over."""
        if self.loose:
            return self._loose_offsets(count)
        return [
            offset
            for offset in range(len(self.tail) - count + 1)
            if all(map(is_blank, self.tail[:offset] + self.tail[offset + count :]))
        ]

    def _loose_offsets(self, count: int) -> list[int]:
        """Nothing is left over, unless a row begins below its labels, or has no figure at all."""
        spare = len(self.tail) - count
        begins_below = spare == 1 and is_blank(self.tail[0]) and not is_blank(self.tail[-1])
        empty = spare > 0 and all(map(is_blank, self.tail))
        return [1] if begins_below else [0] if spare == 0 or empty else []

    def fitted(self, count: int, margin: int | None = None) -> tuple[str, ...] | None:
        """The row's `count` figures; None where it is not clear which they are.

        Parameters
        ----------
        count
            How many cells the row of the form has.
        margin
            How far from the right edge the figures of similar rows end; None where that is not known.
        """
        offsets = self.offsets(count)
        if len(offsets) > 1 and margin is not None:
            offsets = [offset for offset in offsets if len(self.tail) - offset - count == margin] or offsets
        candidates = {self.tail[offset : offset + count] for offset in offsets}
        return candidates.pop() if len(candidates) == 1 else None


def rows_of(items: Iterable[Line | tuple[Grid, str]]) -> Iterator[Row]:
    """The rows that grids and lines of text hold, in order.

    Parameters
    ----------
    items
        Lines, and grids with the words that say where they stand.

    Yields
    ------
    Row
        Labels and figures; lines that fit no table are pieced together.
    """
    for lines, grid in _runs(items):
        yield from _line_rows(lines)
        if grid:
            yield from _grid_rows(*grid)


def _runs(items: Iterable[Line | tuple[Grid, str]]) -> Iterator[tuple[list[Line], tuple[Grid, str] | None]]:
    """The lines before each grid, with the grid; and those after the last."""
    lines: list[Line] = []
    for item in items:
        if isinstance(item, Line):
            lines.append(item)
        else:
            yield lines, item
            lines = []
    yield lines, None


def _line_rows(lines: Sequence[Line]) -> Iterator[Row]:
    """The rows of a run of lines: where rows cut by bars go over several lines, those of the whole stretch at once."""
    texts = undoubled(line.source or line.text for line in lines)
    parts = [part for text in texts if "|" in text for part in text.split("\n")]
    kept = keeps_blanks(parts)
    if not parts or not (any(line.source for line in lines) or runs_over_lines("\n".join(texts).split("\n"))):
        yield from _single_rows(lines, texts, kept)
        return
    done = 0
    for start, end in _stretches(texts):
        yield from _single_rows(lines[done:start], texts[done:start], kept)
        yield from _barred_rows(lines[start:end], texts[start:end])
        done = end
    yield from _single_rows(lines[done:], texts[done:], kept)


def _stretches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where lines with bars begin and end; a long sentence ends a stretch, and figures may follow its last bar."""
    start: int | None = None
    end = 0
    for at, text in enumerate(texts):
        if "|" in text:
            if start is None:
                start = at - 1 if at > end and _lacks_its_label(text) else at
            end = at + 1
        elif start is not None and end == at and is_figure(text):
            end = at + 1
        elif start is not None and len(text) > _LONGEST_LABEL:
            yield start, end
            start = None
    if start is not None:
        yield start, end


def _lacks_its_label(text: str) -> bool:
    """Whether the first cell of a line is a figure or nothing, so that its label stands above."""
    cells = [cell for cell in text.split("|") if not is_blank(cell)]
    return not cells or is_figure(cells[0])


def _barred_rows(lines: Sequence[Line], texts: Sequence[str]) -> Iterator[Row]:
    """The rows of a stretch of lines with bars."""
    numbered = [(line, part) for line, text in zip(lines, texts, strict=True) for part in text.split("\n")]
    for cells, kept in barred_rows([part for _, part in numbered]):
        own = tuple(dict.fromkeys(numbered[cell.line][0] for cell in cells if cell.text))
        yield _row([cell.text for cell in cells], own[-1].where if own else "", own, loose=not kept)


def _single_rows(lines: Sequence[Line], texts: Sequence[str], kept: bool) -> Iterator[Row]:
    """Rows of lines: a line with separators is a row, and others are pieced together."""
    loose: list[tuple[str, Line]] = []
    for at, line in enumerate(lines):
        cells = _split(texts[at])
        if cells is None:
            loose += [(token, line) for token in _tokens(line.text)]
            if len(line.text) <= _LONGEST_LABEL:
                continue
        yield from _pieced(loose)
        loose = []
        if cells is not None and not all(map(_RULE.fullmatch, cells)):
            lost = "|" in texts[at] and not kept
            below = (_split(texts[at + 1]) if at + 1 < len(lines) else None) or []
            yield _row(_trimmed(cells, below) if lost else cells, line.where, (line,), loose=lost)
    yield from _pieced(loose)


def _row(texts: Sequence[str], where: str, lines: tuple[Line, ...] = (), loose: bool = False) -> Row:
    last = max((at for at, text in enumerate(texts) if _is_label(text)), default=-1)
    labels = tuple(text for text in texts[: last + 1] if _is_label(text))
    return Row(labels, tuple(texts[last + 1 :]), where, len(texts), loose, lines)


def _is_label(text: str) -> bool:
    return not is_blank(text) and not is_figure(text)


def _grid_rows(grid: Grid, where: str) -> Iterator[Row]:
    """Each row with the boxes that begin in it: so wrong spans move nothing."""
    seen: set[Box] = set()
    rows = []
    for row in grid.rows:
        boxes = [box for box in dict.fromkeys(row) if box is not None and box not in seen]
        seen.update(boxes)
        rows.append([box.text for box in boxes])
    for at, texts in enumerate(rows):
        below = rows[at + 1] if at + 1 < len(rows) else []
        own = texts if grid.keeps_blanks else _trimmed(texts, below)
        yield _row(own, Message("{table}, row {number}", table=where, number=at + 1), loose=not grid.keeps_blanks)


def _trimmed(texts: list[str], below: Sequence[str]) -> list[str]:
    """The row without the blanks at its end, which fill the places of others; all of them where it has no figure.

    Where a row without a label stands below, it may hold the figures of a row that has none.
    """
    said = [at for at, text in enumerate(texts) if not is_blank(text)]
    first = next((text for text in below if not is_blank(text)), "")
    if not said or not (any(map(is_figure, texts)) or is_figure(first)):
        return texts
    return texts[: said[-1] + 1]


def _split(text: str) -> list[str] | None:
    """The cells of a line with separators between them; None where there are none."""
    if "\t" in text:
        return [cell.strip() for cell in text.split("\t")]
    if "|" not in text:
        return None
    return [cell.strip() for cell in text.strip().removeprefix("|").removesuffix("|").split("|")]


def _tokens(text: str) -> list[str]:
    """A line as one cell, or as a label and the figures that follow it after spaces."""
    parts = text.split()
    first = len(parts)
    while first and is_figure(parts[first - 1]):
        first -= 1
    figures = parts[first:]
    if not figures or (first == 0 and (len(figures) == 1 or all(len(part) == 3 for part in figures[1:]))):
        return [text.strip()] if parts else []
    return [*([" ".join(parts[:first])] if first else []), *figures]


def _pieced(tokens: Sequence[tuple[str, Line]]) -> Iterator[Row]:
    """Rows out of lines with one cell each: labels, then figures, then the next row's labels."""
    row: list[tuple[str, Line]] = []
    for token, line in tokens:
        if row and _is_label(token) and not _is_label(row[-1][0]):
            yield _loose(row)
            row = []
        row.append((token, line))
    if row:
        yield _loose(row)


def _loose(row: Sequence[tuple[str, Line]]) -> Row:
    lines = tuple(dict.fromkeys(line for _, line in row))
    # It is where its figures are: labels of the head may stand far above.
    return _row([token for token, _ in row], lines[-1].where, lines, loose=True)

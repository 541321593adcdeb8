"""Rows out of a document: from grids, or from text that once was a table.

A row is labels, then what stands after the last of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reportkit.documents.document import Box, Grid
from reportkit.intake.published.cells import is_blank, is_figure

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
    """

    text: str
    where: str
    heading: bool = False


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
        Whether it was pieced together from lines, so that blank cells left no trace.
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
            return [0] if len(self.tail) == count else []
        return [
            offset
            for offset in range(len(self.tail) - count + 1)
            if all(map(is_blank, self.tail[:offset] + self.tail[offset + count :]))
        ]

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
    loose: list[tuple[str, Line]] = []
    for item in items:
        if isinstance(item, Line):
            texts = _split(item.text)
            if texts is None:
                loose += [(token, item) for token in _tokens(item.text)]
                if len(item.text) <= _LONGEST_LABEL:
                    continue
        yield from _pieced(loose)
        loose = []
        if not isinstance(item, Line):
            yield from _grid_rows(*item)
        elif texts is not None and not all(map(_RULE.fullmatch, texts)):
            yield _row(texts, item.where, (item,))
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
    for at, row in enumerate(grid.rows, 1):
        boxes = [box for box in dict.fromkeys(row) if box is not None and box not in seen]
        seen.update(boxes)
        yield _row([box.text for box in boxes], f"{where}, row {at}")


def _split(text: str) -> list[str] | None:
    """The cells of a line with separators between them; None where there are none."""
    if "\t" in text:
        return [cell.strip() for cell in text.split("\t")]
    bars = text.strip().replace("｜", "|").replace("│", "|")
    if "|" not in bars:
        return None
    return [cell.strip() for cell in bars.removeprefix("|").removesuffix("|").split("|")]


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

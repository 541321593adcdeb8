"""Putting cells with spans into a grid, as a browser would; wrong spans cannot make it larger than a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportkit.documents.document import Box, Grid, UnreadableError
from reportkit.system.language import Message

__all__ = ["MOST_COLUMNS", "MOST_PLACES", "Cell", "grid_of", "is_layout", "too_large"]

MOST_PLACES = 2_000_000
MOST_COLUMNS = 1_000  # as in HTML
_LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the file writes it, before it has a place.

    Parameters
    ----------
    text
        Its words, white space folded.
    rowspan, colspan
        What the file says, right or wrong; 0 rows means all rows to the end of its section.
    header
        Whether the file marks it as a header.
    """

    text: str
    rowspan: int = 1
    colspan: int = 1
    header: bool = False


@dataclass(slots=True)
class _Place:
    cell: Cell
    row: int
    column: int
    bottom: int
    right: int


def grid_of(rows: Sequence[Sequence[Cell]], sections: Sequence[int] = ()) -> Grid:
    """Put cells into a grid.

    A cell takes the first free place of its row and what it spans from there; where spans overlap, the
    earlier cell stays. Columns in which no cell begins are left out.

    Parameters
    ----------
    rows
        The cells of each row, in order.
    sections
        For each row where its section (head, body, foot) ends: the index behind its last row. Spans do not
        reach beyond it. By default the whole table is one section.

    Returns
    -------
    Grid
        The boxes at the places they cover.

    Raises
    ------
    UnreadableError
        Where the cells cover more places than any statutory table could.
    """
    ends = sections or [len(rows)] * len(rows)
    lines: list[list[_Place | None]] = [[] for _ in rows]
    places: list[_Place] = []
    budget = MOST_PLACES
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            line = lines[row]
            while column < len(line) and line[column] is not None:
                column += 1
            bottom = ends[row] if cell.rowspan == 0 else min(row + max(cell.rowspan, 1), ends[row])
            place = _Place(cell, row, column, bottom, column + min(max(cell.colspan, 1), MOST_COLUMNS))
            budget -= (place.bottom - row) * (place.right - column)
            budget -= sum(max(column - len(below), 0) for below in lines[row : place.bottom])
            if budget < 0:
                raise too_large()
            _cover(lines, place)
            places.append(place)
            column = place.right
    width = max((place.column for place in places), default=-1) + 1
    boxes = {id(place): _box(place, width) for place in places}
    return Grid(tuple(tuple(boxes[id(place)] if place else None for place in line[:width]) for line in lines))


def too_large() -> UnreadableError:
    """The error of a table that is larger than any statutory one could be.

    Returns
    -------
    UnreadableError
        The error, to be raised.
    """
    return UnreadableError(
        Message(
            "a table in it covers more than {most_places:,} cells, so it is no annual report", most_places=MOST_PLACES
        )
    )


def _cover(lines: list[list[_Place | None]], place: _Place) -> None:
    for line in lines[place.row : place.bottom]:
        if len(line) < place.right:
            line.extend([None] * (place.right - len(line)))
        if place.right - place.column == 1:
            line[place.column] = line[place.column] or place
        else:
            line[place.column : place.right] = [there or place for there in line[place.column : place.right]]


def _box(place: _Place, width: int) -> Box:
    colspan = min(place.right, width) - place.column
    return Box(place.cell.text, place.bottom - place.row, colspan, place.cell.header)


def is_layout(rows: Sequence[Sequence[str]], nested_cells: int) -> bool:
    """Whether a table only lays out a page, so that its cells hold blocks of text rather than figures.

    Parameters
    ----------
    rows
        The words of the cells of each row.
    nested_cells
        How many cells the tables within its cells have.

    Returns
    -------
    bool
        True if every row has at most one cell, or a cell holds more text than a label.
    """
    own = sum(map(len, rows))
    return (
        nested_cells >= own
        or all(len(texts) <= 1 for texts in rows)
        or any(len(text) > _LONGEST_LABEL for texts in rows for text in texts)
    )

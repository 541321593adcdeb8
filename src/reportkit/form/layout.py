"""The printed layout of a statutory table: which label or figure stands where, and what it spans.

Derived from the form alone, for whatever prints the table: a page, a sheet, a document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from reportkit.form.model import Block, Cell, Header, Table

__all__ = ["FigureBox", "LabelBox", "Layout", "Line", "layout_of"]


# How wide columns are in proportion to each other, where a table does not say: those of group labels, of the labels of
# rows, and of figures.
GROUPS, LABELS, FIGURES = 9, 30, 8
# Up to so many characters, a label is not broken unless its edition says where.
SHORT = 4


@dataclass(frozen=True, slots=True)
class LabelBox:
    """A label as printed.

    Parameters
    ----------
    label
        The text.
    rowspan, colspan
        How many rows and columns it covers.
    scope
        What it heads, in HTML's words: ``col``, ``colgroup``, ``row``, ``rowgroup``; empty for the
        stub's head, which heads nothing.
    pieces
        The label in pieces between which a line may end; empty where it may end anywhere, as in a sentence.
    """

    label: str
    rowspan: int = 1
    colspan: int = 1
    scope: str = ""
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureBox:
    """A cell that holds a figure, as printed.

    Parameters
    ----------
    cell
        The form's cell.
    colspan
        How many columns it covers.
    """

    cell: Cell
    colspan: int = 1


Line = tuple[LabelBox | FigureBox, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A printed table: its head, then bodies of lines; every line covers `width` columns with those above.

    Parameters
    ----------
    widths
        The share of the table's width that each column has, those of the stub included; together they are 1.
    head
        The lines above all bodies; empty where each body has its own.
    bodies
        Groups of lines: one, or one for each block.
    stub
        How many columns at the left hold the labels of rows.
    """

    widths: tuple[float, ...]
    head: tuple[Line, ...]
    bodies: tuple[tuple[Line, ...], ...]
    stub: int

    @property
    def width(self) -> int:
        """Number of columns, those of the stub included."""
        return len(self.widths)


def layout_of(table: Table) -> Layout:
    """The printed layout of `table`.

    Parameters
    ----------
    table
        A table of an edition.

    Returns
    -------
    Layout
        Its lines of boxes, each with the rows and columns that it spans.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> layout_of(form_for(2023).table("applications")).width
    10
    """
    return {"blocks": _blocks, "grid": _grid, "across": _across}[table.layout](table)


def _blocks(table: Table) -> Layout:
    width = max(map(_width, table.blocks))
    bodies = []
    for block in table.blocks:
        missing, last = width - _width(block), _depth_of_last(block.columns)
        heading = [(LabelBox(block.heading, colspan=width, scope="rowgroup"),)] if block.heading else []
        head = [_widened(line, missing) if depth < last else line for depth, line in enumerate(_boxhead(block))]
        lines = [_widened(line, missing) for line in _lines(table, block)]
        bodies.append(tuple(chain(heading, head, lines)))
    stub = _stub_width(table.blocks[0].rows)
    return Layout(_shares(table, stub, width - stub), (), tuple(bodies), stub)


def _grid(table: Table) -> Layout:
    (block,) = table.blocks
    stub = _stub_width(block.rows)
    widths = _shares(table, stub, len(block.column_leaves))
    return Layout(widths, tuple(_boxhead(block)), (tuple(_lines(table, block)),), stub)


def _across(table: Table) -> Layout:
    (block,) = table.blocks
    head = tuple(_above(tuple(_with_columns(row, block.columns) for row in block.rows)))
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    figures = tuple(
        FigureBox(cells[row.key or "", column.key or ""]) for row in block.row_leaves for column in block.column_leaves
    )
    return Layout(_shares(table, 0, len(figures)), head, ((figures,),), 0)


def _shares(table: Table, stub: int, figures: int) -> tuple[float, ...]:
    """The columns' shares of the width: as declared, else by what usually stands in them."""
    labels = [LABELS] if stub else []
    widths = table.widths or (*[GROUPS] * (stub - 1), *labels, *[FIGURES] * figures)
    return tuple(width / sum(widths) for width in widths)


def _boxhead(block: Block) -> Iterator[Line]:
    """The lines of column labels, the stub's head in front of the first."""
    lines = list(_above(block.columns))
    corner = LabelBox(block.stub, rowspan=len(lines), colspan=_stub_width(block.rows))
    yield (corner, *lines[0])
    yield from lines[1:]


def _lines(table: Table, block: Block) -> Iterator[Line]:
    """The lines of the body: the stub's labels, then the figures."""
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    for labels, row in zip(_beside(block.rows), block.row_leaves, strict=True):
        figures = (FigureBox(cells[row.key or "", column.key or ""]) for column in block.column_leaves)
        yield (*labels, *figures)


def _above(headers: Sequence[Header]) -> Iterator[tuple[LabelBox, ...]]:
    """Labels printed above what they head: one line for each level of the tree."""
    depth = max(map(_depth, headers))
    level = list(headers)
    for remaining in range(depth, 0, -1):
        yield tuple(
            LabelBox(
                header.label,
                rowspan=1 if header.children else remaining,
                colspan=sum(1 for _ in header.leaves()),
                scope="colgroup" if header.children else "col",
                pieces=_pieces(header),
            )
            for header in level
        )
        level = [child for header in level for child in header.children]


def _beside(headers: Sequence[Header]) -> Iterator[tuple[LabelBox, ...]]:
    """Labels printed beside what they head: for each leaf those that begin on its line."""

    def walk(header: Header, remaining: int, before: tuple[LabelBox, ...]) -> Iterator[tuple[LabelBox, ...]]:
        if not header.children:
            yield (*before, LabelBox(header.label, colspan=remaining, scope="row", pieces=header.pieces))
            return
        height = sum(1 for _ in header.leaves())
        before = (*before, LabelBox(header.label, rowspan=height, scope="rowgroup", pieces=_pieces(header)))
        for child in header.children:
            yield from walk(child, remaining - 1, before)
            before = ()

    depth = max(map(_depth, headers))
    for header in headers:
        yield from walk(header, depth, ())


def _pieces(header: Header) -> tuple[str, ...]:
    """The label in pieces between which a line may end: as declared, else a short one whole."""
    return header.pieces or ((header.label,) if len(header.label) <= SHORT else ())


def _with_columns(header: Header, columns: tuple[Header, ...]) -> Header:
    children = tuple(_with_columns(child, columns) for child in header.children) or columns
    return replace(header, children=children)


def _widened(line: Line, by: int) -> Line:
    """The line with its last box stretched, so that a narrow block is as wide as the table."""
    return (*line[:-1], replace(line[-1], colspan=line[-1].colspan + by))


def _depth_of_last(headers: Sequence[Header]) -> int:
    """How many lines of the boxhead have a label of their own above the last column."""
    return 1 + (_depth_of_last(headers[-1].children) if headers[-1].children else 0)


def _width(block: Block) -> int:
    return _stub_width(block.rows) + len(block.column_leaves)


def _stub_width(headers: Sequence[Header]) -> int:
    return max(map(_depth, headers))


def _depth(header: Header) -> int:
    return 1 + max(map(_depth, header.children), default=0)

"""Ruled tables on the pages of a PDF: their cells as a grid, and what goes on over a page's end as one table."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from reportkit.documents.borders import SAME_EDGE, Rule, Rules, borders_lacking
from reportkit.documents.document import Box, Grid
from reportkit.documents.print_lines import middle, print_lines, run_on

if TYPE_CHECKING:
    from pdfplumber.page import Page

__all__ = ["Drawn", "Ruled", "drawn_tables", "joined", "ruled"]

_LOWEST_ROW = 6.0  # points
_WIDEST_RULE = 3.0  # points: programs draw the lines of a table as narrow rectangles, too
_FIGURE = re.compile(r"[-−+]?\d[\d.,，\s]*(?:[%％]|[万亿]?元|[件条项])?")
_FULL_LINE = 2.0  # of a character's height: less room than this, and the next word may stand on the next line


@dataclass(frozen=True, slots=True)
class Drawn:
    """The lines of a table on a page.

    Parameters
    ----------
    cells
        The rectangles: left, top, right, bottom.
    bbox
        The rectangle around them.
    across
        The lines across that are drawn on the page; a border that was found lacking is none of them.
    """

    cells: Sequence[Sequence[float]]
    bbox: Sequence[float]
    across: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruled table, or the part of one that stands on a page.

    Parameters
    ----------
    grid
        Its cells.
    edges
        Where its columns stand: one position more than there are columns.
    top
        Where it begins, from the top of the page.
    ends
        Where each cell begins and ends, from the top of its page.
    full
        The cells whose last line is full, so that what stands there may go on.
    across
        The lines across that are drawn on the page where it ends.
    """

    grid: Grid
    edges: tuple[float, ...]
    top: float
    ends: Mapping[Box, tuple[float, float]]
    full: frozenset[Box]
    across: tuple[Rule, ...]

    def is_drawn(self, position: float, column: int) -> bool:
        """Whether a line is drawn across a column at this position."""
        inside = (self.edges[column] + self.edges[column + 1]) / 2
        return any(rule.stands_at(position) and rule.start < inside < rule.end for rule in self.across)


# ------------------------------------------------------------------ on a page


def drawn_tables(page: Page) -> list[Drawn]:
    """Find what is ruled on a page, borders that are lacking put in.

    Parameters
    ----------
    page
        The page.

    Returns
    -------
    list of Drawn
        The tables.
    """
    page = page.filter(_may_rule)
    found = page.debug_tablefinder()
    rules = Rules(
        tuple(Rule(edge["x0"], edge["top"], edge["bottom"]) for edge in found.edges if edge["orientation"] == "v"),
        tuple(Rule(edge["top"], edge["x0"], edge["x1"]) for edge in found.edges if edge["orientation"] == "h"),
    )
    lacking = borders_lacking(rules)
    if lacking.upright or lacking.across:
        found = page.debug_tablefinder(
            {
                "explicit_vertical_lines": [_line(rule.at, rule.start, rule.at, rule.end) for rule in lacking.upright],
                "explicit_horizontal_lines": [_line(rule.start, rule.at, rule.end, rule.at) for rule in lacking.across],
            }
        )
    return [Drawn(table.cells, table.bbox, rules.across) for table in found.tables]


def _may_rule(drawn: dict[str, Any]) -> bool:
    """Whether something on a page may be a line of a table: a coloured area behind words is none."""
    is_area = min(float(drawn["width"]), float(drawn["height"])) > _WIDEST_RULE
    return drawn["object_type"] != "rect" or bool(drawn.get("stroke")) or not is_area


def _line(x0: float, top: float, x1: float, bottom: float) -> dict[str, Any]:
    """A line as pdfplumber describes those on a page."""
    place = {"x0": x0, "top": top, "x1": x1, "bottom": bottom, "width": x1 - x0, "height": bottom - top}
    return {"object_type": "line", **place}


def ruled(drawn: Drawn, characters: Sequence[dict[str, Any]]) -> tuple[Ruled | None, list[dict[str, Any]]]:
    """Put the characters of a page that stand in a table into its cells.

    Parameters
    ----------
    drawn
        The table's lines.
    characters
        The characters.

    Returns
    -------
    tuple of (Ruled or None) and list
        The table, None for a frame without words; and the characters that stand in no cell of it.
    """
    places = [middle(character) for character in characters]
    size = median(character["bottom"] - character["top"] for character in characters) if characters else 0.0
    # What is lower than a line of print, and empty, is the gap between two lines.
    cells = [cell for cell in drawn.cells if cell[3] - cell[1] >= size or any(_holds(cell, *at) for at in places)]
    if not cells:
        return None, list(characters)
    columns = _positions((cell[0] for cell in cells), SAME_EDGE)
    rows = _positions((cell[1] for cell in cells), _LOWEST_ROW)
    covered = _covered(cells, columns, rows)
    words: list[list[dict[str, Any]]] = [[] for _ in cells]
    outside: list[dict[str, Any]] = []
    for character, (x, y) in zip(characters, places, strict=True):
        cell = covered[_at(rows, y)][_at(columns, x)]
        is_inside = cell is not None and _holds(cells[cell], x, y, SAME_EDGE)
        (words[cell] if cell is not None and is_inside else outside).append(character)
    lines = [print_lines(inside) for inside in words]
    shown = _rows_of_their_own(covered)
    boxes = [
        Box(
            reduce(run_on, (line.text for line in own), ""),
            sum(at in row for row in shown),
            max(row.count(at) for row in shown),
        )
        for at, own in enumerate(lines)
    ]
    if not any(box.text for box in boxes):
        return None, outside
    table = Ruled(
        Grid(tuple(tuple(None if cell is None else boxes[cell] for cell in row) for row in shown)),
        (*columns, max(cell[2] for cell in cells)),
        rows[0],
        {box: (cell[1], cell[3]) for box, cell in zip(boxes, cells, strict=True)},
        frozenset(
            box
            for box, cell, own in zip(boxes, cells, lines, strict=True)
            if own and cell[2] - own[-1].x1 < _FULL_LINE * own[-1].size
        ),
        drawn.across,
    )
    return table, outside


def _covered(
    cells: Sequence[Sequence[float]], columns: Sequence[float], rows: Sequence[float]
) -> list[list[int | None]]:
    """For each row and column which cell stands there."""
    covered: list[list[int | None]] = [[None] * len(columns) for _ in rows]
    for at, (x0, top, x1, bottom) in enumerate(cells):
        left, upper = _at(columns, x0), _at(rows, top)
        right = max(_at(columns, x1 - 2 * SAME_EDGE), left) + 1
        lower = max(_at(rows, bottom - _LOWEST_ROW), upper) + 1
        for row in covered[upper:lower]:
            row[left:right] = [at if there is None else there for there in row[left:right]]
    return covered


def _rows_of_their_own(covered: Sequence[list[int | None]]) -> list[list[int | None]]:
    """The rows but those that have a hole, and else only cells that the rows beside them have, too."""
    shown: list[list[int | None]] = []
    for row, under in zip(covered, [*covered[1:], []], strict=True):
        beside = [*under, *(shown[-1] if shown else ())]
        if None not in row or any(cell is not None and cell not in beside for cell in row):
            shown.append(row)
    return shown


def _holds(cell: Sequence[float], x: float, y: float, slack: float = 0.0) -> bool:
    x0, top, x1, bottom = cell
    return x0 - slack <= x <= x1 + slack and top - slack <= y <= bottom + slack


def _positions(positions: Iterable[float], apart: float) -> list[float]:
    """Positions of lines, those that nearly coincide taken as one."""
    edges: list[float] = []
    for position in sorted(positions):
        if not edges or position - edges[-1] > apart:
            edges.append(position)
    return edges


def _at(edges: Sequence[float], position: float) -> int:
    return max(bisect_right(edges, position + SAME_EDGE / 2) - 1, 0)


# ------------------------------------------------------------- over the pages


def joined(above: Ruled, below: Ruled) -> Ruled | None:
    """Make one table of two that stand on either side of a page's end.

    Parameters
    ----------
    above, below
        The last of one page, and the first of the next.

    Returns
    -------
    Ruled or None
        The table; None where the columns are others, so that they are two.
    """
    edges = _common_edges(above.edges, below.edges)
    if edges is None:
        return None
    above, below = _in_columns(above, edges), _in_columns(below, edges)
    return _sewn(above, below, _repeated_head(above.grid.rows, below.grid.rows))


def _common_edges(above: Sequence[float], below: Sequence[float]) -> tuple[float, ...] | None:
    """The edges of the columns of both, where one has all that the other has: a page may show merged cells alone."""
    more, fewer = (above, below) if len(above) >= len(below) else (below, above)
    outer_agree = all(abs(above[end] - below[end]) <= SAME_EDGE for end in (0, -1))
    nested = all(any(abs(edge - other) <= SAME_EDGE for other in more) for edge in fewer)
    return tuple(more) if outer_agree and nested and len(fewer) > 2 else None


def _in_columns(table: Ruled, edges: tuple[float, ...]) -> Ruled:
    """The same table in more columns than it shows."""
    own = [_at(table.edges, (left + right) / 2) for left, right in pairwise(edges)]
    spread = [[row[at] for at in own] for row in table.grid.rows]
    wider = {box: replace(box, colspan=row.count(box)) for row in spread for box in row if box is not None}
    return _with_boxes(replace(table, edges=edges), spread, wider)


def _with_boxes(table: Ruled, rows: Iterable[Sequence[Box | None]], others: Mapping[Box, Box]) -> Ruled:
    """The table with these rows, boxes in it replaced by others."""
    return replace(
        table,
        grid=Grid(tuple(tuple(others.get(box, box) if box else None for box in row) for row in rows)),
        ends={others.get(box, box): ends for box, ends in table.ends.items()},
        full=frozenset(others.get(box, box) for box in table.full),
    )


def _repeated_head(above: Sequence[Sequence[Box | None]], below: Sequence[Sequence[Box | None]]) -> int:
    """How many rows of the lower part are the upper part's head, printed again."""
    repeated = 0
    for one, other in zip(above, below, strict=False):
        if _texts(one) != _texts(other):
            break
        repeated += 1
    # A head is printed again on every page; rows of figures may look alike by chance.
    is_head = repeated < len(below) and not any(text.isdigit() for row in below[:repeated] for text in _texts(row))
    return repeated if is_head else 0


def _texts(row: Sequence[Box | None]) -> list[str]:
    return [box.text if box else "" for box in row]


def _sewn(above: Ruled, below: Ruled, head: int) -> Ruled:
    """Both as one; a cell, or a whole row, that the page's end has cut in two is one again."""
    upper, lower = above.grid.rows, below.grid.rows[head:]
    cut = _cut_cells(above, below, head)
    # Where no line is drawn at all, the page's end may stand between two rows as well.
    all_cut = {one for one, _ in cut} >= set(upper[-1])
    row_is_cut = all_cut and _is_one_row(above, cut)
    whole: dict[Box, Box] = {}
    for one, other in cut:
        if row_is_cut or _is_one_group(one, other, may_be_two=all_cut):
            height = one.rowspan + other.rowspan - row_is_cut
            whole[one] = whole[other] = replace(one, text=run_on(one.text, other.text), rowspan=height)
    return replace(_with_boxes(below, (*upper, *(lower[1:] if row_is_cut else lower)), whole), top=above.top)


def _cut_cells(above: Ruled, below: Ruled, head: int) -> list[tuple[Box, Box]]:
    """The cells on either side that stand in the same columns, with no line between them."""
    last, first = above.grid.rows[-1], below.grid.rows[head]
    cut = []
    for one, run in groupby(range(len(last)), key=last.__getitem__):
        columns = list(run)
        other = first[columns[0]]
        if one is None or other is None or [at for at, box in enumerate(first) if box is other] != columns:
            continue
        if all(_is_open_below(above, one, at) and _is_open_above(below, other, at, head) for at in columns):
            cut.append((one, other))
    return cut


def _is_open_below(table: Ruled, box: Box, column: int) -> bool:
    return not table.is_drawn(table.ends[box][1], column)


def _is_open_above(table: Ruled, box: Box, column: int, head: int) -> bool:
    """Whether no line is drawn above the first cell of a column, but perhaps that of a head printed again."""
    top = table.ends[box][0]
    over = table.grid.rows[head - 1][column] if head else None
    return not table.is_drawn(top, column) or (over is not None and abs(table.ends[over][1] - top) <= SAME_EDGE)


def _is_one_row(above: Ruled, cut: Sequence[tuple[Box, Box]]) -> bool:
    """Whether cells on either side of a page's end are one row: no two figures, nor two labels, in a column."""
    return not any(
        one.text and other.text and (_has_figure(one) or _has_figure(other) or one not in above.full)
        for one, other in cut
    )


def _is_one_group(one: Box, other: Box, *, may_be_two: bool) -> bool:
    """Whether cells on either side of a page's end are one that covers several rows."""
    if may_be_two:
        return max(one.rowspan, other.rowspan) > 1 and not (one.text and other.text)
    return not (_has_figure(one) and _has_figure(other))


def _has_figure(box: Box) -> bool:
    return bool(_FIGURE.fullmatch(box.text))

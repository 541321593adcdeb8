"""Rows whose blank cells vanished: the form's identities often leave one way to place their figures.

A blank counts as 0 in a sum; a total that is blank states nothing, so the sums that it stands in are not relied on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import comb

from reportkit.form import Cell, Equation, Form, Table
from reportkit.form.figures import Figure, magnitude
from reportkit.intake.published.cells import read_cell

__all__ = ["RowFound", "placed_by_identities"]

# So many ways of placing the figures of a row are looked at, and so many steps taken from one row to the next.
_MOST_WAYS, _MOST_STEPS = 500, 60_000

_Number = int | Decimal
# For each sum left minus right so far; None where a total in it is blank.
_State = tuple[_Number | None, ...]
_Bounds = tuple[_Number, _Number]


@dataclass(frozen=True, slots=True)
class RowFound:
    """A row of the form with what stands in the row of the source.

    Parameters
    ----------
    cells
        The form's cells.
    texts
        What stands after the label: as many texts as cells, or fewer where blank cells vanished.
    """

    cells: Sequence[Cell]
    texts: Sequence[str]


def placed_by_identities(form: Form, table: Table, rows: Mapping[int, RowFound]) -> dict[int, tuple[str, ...]]:
    """Place the figures of rows with fewer texts than cells, as far as the form's identities tell where they belong.

    Parameters
    ----------
    form
        The edition of the form.
    table
        The table.
    rows
        The rows that are certain, by number; identities that need others are left aside.

    Returns
    -------
    dict
        For each row that lacks texts and can be read in one way only: the texts of all its cells, blanks among them.
        Each of its figures stands in a sum that holds.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> form = form_for(2023)
    >>> table = form.table("applications")
    >>> cells = [[cell for cell in table.cells if cell.row == key] for key in ("received", "carried_in")]
    >>> placed_by_identities(form, table, {0: RowFound(cells[0], "2"), 1: RowFound(cells[1], "1234567")})
    {}
    """
    open_rows = {at for at, row in rows.items() if len(row.texts) < len(row.cells)}
    if not open_rows or any(comb(len(row.cells), len(row.texts)) > _MOST_WAYS for row in rows.values()):
        return {}
    sums = [
        _sum_of(form, equation)
        for equation in form.equations
        if equation.identity.table == table.key and not equation.identity.spans_years
    ]
    ways = {at: list(_ways(row, sums)) for at, row in rows.items()}
    known = {cell.address for row in rows.values() for cell in row.cells}
    solved = _solved(ways, [own for own in sums if own.signs.keys() <= known and not own.is_within(rows.values())])
    if solved is None:
        return {}
    possible, holding = solved
    vouched = {address for own in holding for address in own.signs}
    placed = {}
    for at in sorted(open_rows):
        (number, *others) = possible[at]
        way = ways[at][number]
        if not others and way.is_vouched_for(vouched, sums):
            placed[at] = way.texts
    return placed


@dataclass(frozen=True, slots=True)
class _Sum:
    """An equation: the signs of its cells, left minus right, and which of them are totals."""

    signs: Mapping[str, int]
    totals: frozenset[str]

    def share(self, figures: Mapping[str, Figure]) -> _Number | None:
        """What the figures of a row add to it; None where a total among them is blank, and not all of the row is."""
        own = [address for address in figures if address in self.signs]
        if any(figure is not None for figure in figures.values()) and any(
            figures[address] is None for address in self.totals.intersection(own)
        ):
            return None
        return sum((self.signs[address] * magnitude(figures[address]) for address in own), 0)

    def is_within(self, rows: Iterable[RowFound]) -> bool:
        """Whether all its cells stand in one row."""
        return any(self.signs.keys() <= {cell.address for cell in row.cells} for row in rows)


def _sum_of(form: Form, equation: Equation) -> _Sum:
    signs = {addend.address: addend.sign for addend in equation.left}
    signs |= {addend.address: -addend.sign for addend in equation.right}
    return _Sum(signs, frozenset(signs.keys() & form.totals.keys()))


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of placing the texts of a row."""

    texts: tuple[str, ...]
    figures: Mapping[str, Figure]

    def is_vouched_for(self, vouched: Collection[str], sums: Iterable[_Sum]) -> bool:
        """Whether every figure, or where there is none every cell, stands in a sum that holds."""
        said = {address for address, figure in self.figures.items() if figure is not None}
        if not said:
            return self.figures.keys() <= set(vouched)
        within = [own for own in sums if own.signs.keys() <= self.figures.keys() and own.share(self.figures) == 0]
        return said <= {*vouched, *(address for own in within for address in own.signs)}


def _ways(row: RowFound, sums: Iterable[_Sum]) -> Iterator[_Way]:
    """The ways of placing a row's texts, in their order, that the identities within the row allow."""
    within = [own for own in sums if own.is_within([row])]
    for places in combinations(range(len(row.cells)), len(row.texts)):
        said = dict(zip(places, row.texts, strict=True))
        texts = tuple(said.get(at, "") for at in range(len(row.cells)))
        figures = {cell.address: read_cell(text, cell.kind).figure for cell, text in zip(row.cells, texts, strict=True)}
        # A row that is complete is taken as it is: whether its sum holds is for the checks to say.
        if len(row.texts) == len(row.cells) or not any(own.share(figures) for own in within):
            yield _Way(texts, figures)


def _solved(ways: Mapping[int, Sequence[_Way]], sums: Sequence[_Sum]) -> tuple[dict[int, set[int]], list[_Sum]] | None:
    """For each row the ways that are part of a solution, and the sums that hold in all; None where there is none.

    Rows are gone through one after the other, and ways that lead to the same sums are followed together.
    """
    order = sorted(ways, key=lambda at: len(ways[at]))
    shares = [[tuple(own.share(way.figures) for own in sums) for way in ways[at]] for at in order]
    if not all(shares):
        return None
    layers: list[dict[_State, list[tuple[_State, int]]]] = [{(0,) * len(sums): []}]
    steps = 0
    for own, reach in zip(shares, _reaches(shares, len(sums)), strict=True):
        steps += len(layers[-1]) * len(own)
        if steps > _MOST_STEPS:
            return None
        layer: dict[_State, list[tuple[_State, int]]] = {}
        for state in layers[-1]:
            for number, share in enumerate(own):
                after = _added(state, share)
                if _may_hold(after, reach):
                    layer.setdefault(after, []).append((state, number))
        layers.append(layer)
    if not layers[-1]:
        return None
    holding = [own for place, own in enumerate(sums) if all(state[place] is not None for state in layers[-1])]
    possible: dict[int, set[int]] = {}
    alive = set(layers[-1])
    for at, layer in zip(reversed(order), reversed(layers), strict=False):
        before = [step for state in alive for step in layer[state]]
        possible[at] = {number for _, number in before}
        alive = {state for state, _ in before}
    return possible, holding


def _reaches(shares: Sequence[Sequence[_State]], count: int) -> list[list[_Bounds | None]]:
    """For each row and sum how little and how much the rows after it can add; None where they can void it."""
    after: list[_Bounds | None] = [(0, 0)] * count
    reach = [after]
    for own in reversed(shares[1:]):
        after = [_widened(bounds, [share[place] for share in own]) for place, bounds in enumerate(after)]
        reach.append(after)
    return reach[::-1]


def _widened(bounds: _Bounds | None, shares: Sequence[_Number | None]) -> _Bounds | None:
    stated = [share for share in shares if share is not None]
    if bounds is None or len(stated) < len(shares):
        return None
    return bounds[0] + min(stated), bounds[1] + max(stated)


def _added(state: _State, share: _State) -> _State:
    return tuple(
        None if so_far is None or more is None else so_far + more for so_far, more in zip(state, share, strict=True)
    )


def _may_hold(state: _State, within: Sequence[_Bounds | None]) -> bool:
    return all(
        so_far is None or bounds is None or bounds[0] <= -so_far <= bounds[1]
        for so_far, bounds in zip(state, within, strict=True)
    )

"""Where an edition of the form holds what the words mean: sums of cells, which are the readings of a claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from reportkit.claims.claim import Reading
from reportkit.form import Form, Header
from reportkit.form.labels import spellings

__all__ = ["STAGES", "Cells", "Readings", "cells_of"]

Readings = tuple[Reading, ...]

STAGES = {
    "received": (("received",), ("received", "carried_in")),
    "new": (("received",),),
    "carried_in": (("carried_in",),),
    "handled": (("received",), ("received", "carried_in"), ("answered",)),
    "answered": (("answered",),),
    "moved": (("carried_in",), ("carried_out",)),
    "due": (("received", "carried_in"),),
    "carried_out": (("carried_out",),),
}
"""For what is said to happen to requests, the sums that may be meant: of those received, carried in, answered, carried
out. 受理 may count what came in this year, or what was there; 办理 what was answered as well."""


class Cells:
    """The cells of an edition, by what they count.

    Parameters
    ----------
    form
        The edition.
    """

    def __init__(self, form: Form) -> None:
        self._form, roles = form, form.roles
        totals = {
            (identity.table, identity.each): identity.computes for identity in form.identities if identity.computes
        }
        self.requests, self.cases = roles.requests, roles.cases
        self._rows = {
            "received": roles.received,
            "carried_in": roles.carried_in,
            "carried_out": roles.carried_out,
            "answered": totals.get((roles.requests, "column")) or "",
        }
        self._all_applicants = totals.get((roles.requests, "row")) or ""
        self._all_results = totals.get((roles.cases, "row")) or ""

    def stage(self, stage: str, applicants: Sequence[str] = ()) -> Readings:
        """What is said to have happened to requests, of some kinds of applicants; of all if none is named."""
        readings = STAGES[stage]
        return self._distinct(
            tuple(address for part in reading for address in self._request(self._rows[part], applicants))
            for reading in readings
            if all(self._rows[part] for part in reading)
        )

    def outcome(self, rows: Sequence[str], applicants: Sequence[str] = ()) -> Readings:
        """The sum of some outcomes; none if one of them is not in this edition."""
        addresses = [self._request(row, applicants) for row in rows]
        return (tuple(each for found in addresses for each in found),) if addresses and all(addresses) else ()

    def case(self, rows: Sequence[str], results: Sequence[str] = ()) -> Readings:
        """Reviews or lawsuits with some result, each that may be meant a reading; with any if none is named."""
        columns = results or ([self._all_results] if self._all_results else [])
        return self._distinct(self._addresses(self.cases, rows, [column]) for column in columns)

    def act(self, rows: Sequence[str], steps: Sequence[str]) -> Readings:
        """The sum of some rows of documents or decisions, for each step (a column) a reading of its own."""
        tables = [table.key for table in self._form.tables if table.key not in (self.requests, self.cases)]
        return self._distinct(self._addresses(table, rows, [step]) for step in steps for table in tables)

    def with_applicants(self, readings: Readings, applicants: Sequence[str]) -> Readings:
        """The same sums, of some kinds of applicants."""
        cells, columns = self._form.cells, self._columns(applicants)
        asked = (
            tuple(f"{cells[one].table}.{cells[one].row}.{column}" for one in reading for column in columns)
            for reading in readings
            if all(cells[one].table == self.requests for one in reading)
        )
        return self._distinct(reading for reading in asked if reading and all(one in cells for one in reading))

    def with_results(self, readings: Readings, results: Sequence[str]) -> Readings:
        """The same reviews or lawsuits with some result, each that may be meant a reading."""
        cells = self._form.cells
        asked = (
            tuple(f"{cells[one].table}.{cells[one].row}.{column}" for one in reading)
            for reading in readings
            for column in results
            if all(cells[one].table == self.cases for one in reading)
        )
        return self._distinct(reading for reading in asked if reading and all(one in cells for one in reading))

    def _request(self, row: str, applicants: Sequence[str]) -> Reading:
        columns = self._columns(applicants) if applicants else (self._all_applicants,)
        return self._addresses(self.requests, [row] if row else [], columns)

    def _columns(self, applicants: Sequence[str]) -> tuple[str, ...]:
        """The keys of columns, a label that spans several standing for all of them."""
        columns = self._form.table(self.requests).columns
        return tuple(column for named in applicants for column in _leaves(columns, named) or (named,))

    def _addresses(self, table: str, rows: Iterable[str], columns: Iterable[str]) -> Reading:
        """The cells of some rows, a group standing for its items, in some columns; none where one is not there."""
        if not table:
            return ()
        columns, found = list(columns), []
        for row in rows:
            keys = _leaves(self._form.table(table).rows, row) or (row,)
            addresses = [f"{table}.{key}.{column}" for key in keys for column in columns]
            if not all(address in self._form.cells for address in addresses):
                return ()
            found += addresses
        return tuple(found)

    @staticmethod
    def _distinct(readings: Iterable[Reading]) -> Readings:
        return tuple(dict.fromkeys(reading for reading in readings if reading))


@cache
def cells_of(form: Form) -> Cells:
    """The cells of an edition, by what they count.

    Parameters
    ----------
    form
        The edition.

    Returns
    -------
    Cells
        Made once for an edition.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> cells_of(form_for(2023)).stage("received")
    (('applications.received.total',), ('applications.received.total', 'applications.carried_in.total'))
    """
    return Cells(form)


@cache
def _leaves(headers: tuple[Header, ...], named: str) -> tuple[str, ...]:
    """The keys below the head with that key, or with that label."""
    for header in headers:
        if named in (header.key, *spellings(header.label)):
            return tuple(leaf.key or "" for leaf in header.leaves())
        if found := _leaves(header.children, named):
            return found
    return ()

"""Cells as people name them: by the keys of the form, or by its Chinese labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache

from reportkit.form.labels import spellings
from reportkit.form.model import Cell, Form, Header, Table
from reportkit.system.language import Message
from reportkit.text import squeezed

__all__ = ["address_of", "name_of", "nearest_name", "no_such_cell"]

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def address_of(typed: str, form: Form) -> str | None:
    """Return the address of the cell that a person names.

    Parameters
    ----------
    typed
        Its address, or the table, the row and the column by key or label, with dots between them. A row or column
        below another may be named with or without it.
    form
        The edition of the form.

    Returns
    -------
    str or None
        ``table.row.column``; None if no cell is named so, or more than one.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> address_of("表三.予以公开.自然人", form_for(2023))
    'applications.granted.natural_person'
    """
    return typed if typed in form.cells else _named(form).get(squeezed(typed))


def name_of(address: str, form: Form) -> str:
    """Return the shortest Chinese name of a cell that names no other; the address itself if the form has no such cell.

    Parameters
    ----------
    address
        ``table.row.column``.
    form
        The edition of the form.

    Returns
    -------
    str
        The table, the row and the column by their labels: 表三.予以公开.自然人.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> name_of("applications.refused.state_secret.natural_person", form_for(2023))
    '表三.属于国家秘密.自然人'
    """
    return _names(form).get(address, address)


def nearest_name(typed: str, form: Form) -> str | None:
    """Return the name of a cell that is nearest to what was typed, in the form in which it was typed.

    Parameters
    ----------
    typed
        What a person typed.
    form
        The edition of the form.

    Returns
    -------
    str or None
        An address, or a name in Chinese; None if none is near.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> nearest_name("表三.予以公布.自然人", form_for(2023))
    '表三.予以公开.自然人'
    """
    known = list(form.cells)
    if _CHINESE.search(typed):
        names, table = _names(form), typed.partition(".")[0]
        known = [*names.values()]
        if table in {each.key for each in form.tables}:
            known = [
                f"{table}.{name.partition('.')[2]}" for address, name in names.items() if address.startswith(table)
            ]
    near = get_close_matches(squeezed(typed), known, n=1, cutoff=0.5)
    return near[0] if near else None


def no_such_cell(typed: str, form: Form) -> Message:
    """Say that a form has no such cell, and which is nearest.

    Parameters
    ----------
    typed
        What a person typed.
    form
        The edition of the form.

    Returns
    -------
    Message
        What to tell that person.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> print(no_such_cell("applications.recieved.total", form_for(2023)))
    edition 2021 of the form has no cell applications.recieved.total: did you mean applications.received.total?
    """
    near = nearest_name(typed, form)
    if near is None:
        return Message("edition {edition} of the form has no cell {name}", edition=form.edition, name=typed)
    return Message(
        "edition {edition} of the form has no cell {name}: did you mean {near}?",
        edition=form.edition,
        name=typed,
        near=near,
    )


@cache
def _named(form: Form) -> dict[str, str]:
    """The address for every name that names one cell."""
    meant: dict[str, set[str]] = {}
    for table in form.tables:
        for cell, rows, columns in _paths(table):
            names = (
                f"{first}.{row}.{column}" for first in (table.key, table.name) for row in rows for column in columns
            )
            for name in names:
                meant.setdefault(squeezed(name), set()).add(cell.address)
    return {name: min(addresses) for name, addresses in meant.items() if len(addresses) == 1}


@cache
def _names(form: Form) -> dict[str, str]:
    """For each address the shortest name in Chinese that names no other cell."""
    shortest: dict[str, str] = {}
    for table in form.tables:
        names = {cell.address: [*_chinese(table, rows, columns)] for cell, rows, columns in _paths(table, plain=True)}
        shared = Counter(name for known in names.values() for name in known)
        for address, known in names.items():
            shortest[address] = next((name for name in known if shared[name] == 1), address)
    return {address: shortest[address] for address in form.cells}


def _chinese(table: Table, rows: Iterable[str], columns: Iterable[str]) -> Iterator[str]:
    pairs = ((row, column) for row in rows for column in columns)
    return (f"{table.name}.{row}.{column}" for row, column in sorted(pairs, key=lambda pair: sum(map(len, pair))))


def _paths(table: Table, *, plain: bool = False) -> Iterator[tuple[Cell, list[str], list[str]]]:
    """Each cell with the names of its row and of its column; in Chinese without numerals and remarks if `plain`."""
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    for block in table.blocks:
        columns = dict(_leaves(block.columns, plain=plain))
        for row, rows in _leaves(block.rows, plain=plain):
            for column, names in columns.items():
                yield cells[row, column], rows, names


def _leaves(
    headers: Iterable[Header], above: tuple[Header, ...] = (), *, plain: bool
) -> Iterator[tuple[str, list[str]]]:
    """The key of each leaf with what it may be called: its own labels, alone or after those above it."""
    for header in headers:
        path = (*above, header)
        if header.children:
            yield from _leaves(header.children, path, plain=plain)
            continue
        names: list[str] = [] if plain else [header.key or ""]
        following = [""]
        for each in reversed(path):
            labels = [min(spellings(each.label), key=len)] if plain else spellings(each.label)
            following = [f"{label}.{rest}" if rest else label for label in labels for rest in following]
            names += following
        yield header.key or "", names

"""Which keys are allowed where in a parameter file, in every spelling."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from reportkit.form import Form, Header, Table
from reportkit.form.labels import spellings
from reportkit.report import Waiver
from reportkit.system.language import Joined, Message
from reportkit.text import squeezed

__all__ = [
    "REQUIRED_OF_WAIVER",
    "WAIVER_NAMES",
    "Names",
    "column_names",
    "columns_of",
    "item_names",
    "keyed",
    "narrative_names",
    "row_names",
    "table_names",
    "top_names",
]


# Characters of a key that is compared with those that are known.
_LONGEST = 200


class Names:
    """The keys allowed at one place of a file, in all their spellings.

    Parameters
    ----------
    spelled
        For each key the labels that may be typed in its place. A label that several keys share names none.
    prefix
        What is left out when a key is typed here, since the keys above it say it already.

    Examples
    --------
    >>> names = Names({"state_secret": ["1.属于国家秘密", "属于国家秘密"]}, prefix="refused.")
    >>> names.key("属于国家秘密")
    'refused.state_secret'
    """

    def __init__(self, spelled: Mapping[str, Iterable[str]], prefix: str = "") -> None:
        self.keys = tuple(spelled)
        self.labels = {key: tuple(labels) for key, labels in spelled.items()}
        self.prefix = prefix
        meant: dict[str, set[str]] = {}
        for key, labels in self.labels.items():
            for label in labels:
                meant.setdefault(squeezed(label), set()).add(key)
        self._meant = {label: next(iter(keys)) for label, keys in meant.items() if len(keys) == 1}
        self._meant.update((key, key) for key in spelled)

    def key(self, typed: str) -> str | None:
        """The whole key that `typed` names; None if it names none."""
        key = self._meant.get(typed) or self._meant.get(squeezed(typed))
        return None if key is None else self.prefix + key

    def typed(self, key: str) -> str:
        """How a whole key is typed here."""
        return key.removeprefix(self.prefix)

    def nearest(self, typed: str) -> Message:
        """The message for an unknown key: the nearest one, or all that are allowed."""
        near = get_close_matches(squeezed(typed[:_LONGEST]).lower(), list(self._meant), n=1, cutoff=0.6)
        if near:
            return Message("unknown key; did you mean {near}?", near=near[0])
        if not self.keys:
            return Message("unknown key")
        return Message("unknown key; allowed here: {keys}", keys=Joined(", ", self.keys))


WAIVER_NAMES = Names({field.name: () for field in dataclasses.fields(Waiver)})
REQUIRED_OF_WAIVER = tuple(field.name for field in dataclasses.fields(Waiver) if field.default is dataclasses.MISSING)


@cache
def top_names(form: Form) -> Names:
    """The keys at the top of the file: about the report, its tables, its texts, and what was decided about it.

    Parameters
    ----------
    form
        The edition of the file's year.

    Returns
    -------
    Names
        The keys in the order in which a new file has them.
    """
    tables = table_names(form).labels
    return Names({"agency": (), "year": (), "published": (), **tables, "narrative": (), "declared": (), "waivers": ()})


@cache
def table_names(form: Form) -> Names:
    """The keys of the tables, or the titles of the sections that they are in.

    Parameters
    ----------
    form
        The edition of the file's year.

    Returns
    -------
    Names
        One key for each table.
    """
    return Names({table.key: spellings(form.section(table.key).title) for table in form.tables})


@cache
def narrative_names(form: Form) -> Names:
    """The keys under ``narrative``: the sections, by key or title.

    Parameters
    ----------
    form
        The edition of the file's year.

    Returns
    -------
    Names
        One key for each section that may hold text.
    """
    return Names({section.key: spellings(section.title) for section in form.sections})


@cache
def row_names(table: Table) -> Names:
    """The keys under a table: its rows and groups of rows, by key or label; an item also by its whole key.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    Names
        Keys of rows and groups, and the whole keys of items (``refused.state_secret``).
    """
    headers = [header for block in table.blocks for header in keyed(block.rows)]
    spelled = {header.key or "": spellings(header.label) for header in headers}
    items = (leaf.key or "" for header in headers for leaf in header.leaves())
    return Names(spelled | {item: spelled.get(item, ()) for item in items})


@cache
def item_names(group: Header) -> Names:
    """The keys under a group of rows: the last part of an item's key, or its label.

    Parameters
    ----------
    group
        A group of rows, ``refused`` for example.

    Returns
    -------
    Names
        The keys of its items, without the group's key in front.
    """
    prefix = f"{group.key}."
    items = keyed(group.children)
    return Names({(item.key or "").removeprefix(prefix): spellings(item.label) for item in items}, prefix)


@cache
def column_names(table: Table, row: Header) -> Names:
    """The keys under a row: its columns, by key or label.

    Parameters
    ----------
    table
        The table.
    row
        A row of it that holds cells.

    Returns
    -------
    Names
        One key for each column of the row's block.
    """
    return Names({column.key or "": spellings(column.label) for column in columns_of(table, row)})


def keyed(headers: Iterable[Header]) -> Iterator[Header]:
    """The headers that have a key; a header without one is replaced by those below it.

    Parameters
    ----------
    headers
        Rows or columns of a table.

    Yields
    ------
    Header
        In printing order.
    """
    for header in headers:
        if header.key:
            yield header
        else:
            yield from keyed(header.children)


def columns_of(table: Table, row: Header) -> tuple[Header, ...]:
    """The columns of the block of the table that a row is in.

    Parameters
    ----------
    table
        The table.
    row
        A row of it that holds cells.

    Returns
    -------
    tuple of Header
        In printing order.
    """
    return next(block.column_leaves for block in table.blocks if row in block.row_leaves)

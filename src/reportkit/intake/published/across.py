"""Tables printed across: all their rows side by side in one row of figures, or torn into a table for each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reportkit.form import Block, Table
from reportkit.intake.published.cells import is_blank
from reportkit.intake.published.labels import to_the_letter
from reportkit.intake.published.rows import Row
from reportkit.intake.published.tables import Guess, PublishedTable
from reportkit.system.language import Joined, Message
from reportkit.text import squeezed

__all__ = ["read_across"]

# The head stands in so many rows above the figures at most.
_DEEPEST_HEAD = 4


def read_across(table: Table, rows: Sequence[Row]) -> PublishedTable | None:
    """A table whose rows stand side by side, or each in a table of its own; None where there are no such figures.

    Parameters
    ----------
    table
        A table of the form that is laid out across.
    rows
        The rows read from its section.

    Returns
    -------
    PublishedTable or None
        The figures found, and which lines they were read from.
    """
    (block,) = table.blocks
    count = len(table.cells)
    fitting = [at for at, row in enumerate(rows) if row.fitted(count) is not None]
    filled = [at for at in fitting if not all(map(is_blank, rows[at].tail))]
    candidates = filled or [at for at in fitting if not rows[at].labels]
    if not candidates:
        return _apart(table, block, rows)
    found, at = PublishedTable(), candidates[0]
    row = rows[at]
    head = [list(line.labels) for line in rows[max(0, at - _DEEPEST_HEAD) : at]] + [list(row.labels)]
    found.used.update(
        line for other in rows[max(0, at - _DEEPEST_HEAD) : at + 1] for line in other.lines if other.loose
    )
    if not _across_in_order(head, block):
        found.missing.append(
            Joined(": ", [table.name, Message("was left out: its columns stand in another order than the form's")])
        )
        return found
    cells = tuple(cell.address for cell in table.cells)
    if len(candidates) > 1:
        said = Message("{rows} rows of {count} figures: the first was read", rows=len(candidates), count=count)
        found.guesses.append(Guess(table.name, said, 0.5, row.where, cells))
    known = {squeezed(word) for line in head for word in line}
    labels = [header.label for header in (*block.column_leaves, *block.row_leaves)]
    unknown = [label for label in labels if not to_the_letter(label) & known]
    found.wording.update((label, label) for label in labels if label not in unknown)
    if unknown:
        said = Message("{labels}: not recognised in the head: taken by position", labels="、".join(unknown))
        found.guesses.append(Guess(table.name, said, 0.8, row.where, cells))
    found.read_cells(table.cells, row.fitted(count) or (), row.where)
    return found


def _apart(table: Table, block: Block, rows: Sequence[Row]) -> PublishedTable | None:
    """A table whose rows were printed one by one, each below a head of its own and words that name it."""
    found = PublishedTable()
    columns = [squeezed(column.label) for column in block.column_leaves]
    named: str | None = None
    headed = False
    for row in rows:
        for label in row.labels:
            named = _group_in(label, block) or named
        words = [word for word in map(squeezed, row.labels) if word in columns]
        headed = words == columns if words else headed
        figures = row.fitted(len(columns))
        cells = [cell for cell in table.cells if cell.row == named]
        of_the_head = bool(row.labels) and all(map(is_blank, row.tail))
        if figures is None or not headed or of_the_head or not cells or cells[0].address in found.figures:
            continue
        found.read_cells(cells, figures, row.where)
        found.used.update(line for line in row.lines if row.loose)
        named = None
    if not found.figures:
        return None
    lacking = [cell for cell in table.cells if cell.address not in found.figures]
    found.missing += [
        Joined(": ", [row, Message("was not found")]) for row in dict.fromkeys(cell.row_label for cell in lacking)
    ]
    return found


def _group_in(words: str, block: Block) -> str | None:
    """The key of the row that words name; of several the one with the longest label."""
    said = squeezed(words)
    named = [row for row in block.row_leaves if squeezed(row.label) in said]
    return max(named, key=lambda row: len(row.label)).key if named else None


def _across_in_order(head: Sequence[Sequence[str]], block: Block) -> bool:
    """Whether the groups stand in the form's order, and the columns below each."""
    groups = [squeezed(row.label) for row in block.row_leaves]
    columns = [squeezed(column.label) for column in block.column_leaves]
    named = [word for word in dict.fromkeys(squeezed(word) for line in head for word in line) if word in groups]
    if named != sorted(named, key=groups.index):
        return False
    for line in head:
        places = [columns.index(word) for word in map(squeezed, line) if word in columns]
        # The columns repeat for each group; more repetitions than groups mean another order.
        if sum(after <= before for before, after in pairwise(places)) >= len(groups):
            return False
    return True

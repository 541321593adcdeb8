"""The rows of a document paired with those of the form's tables.

What is not certain is among the guesses, and what could not be told apart is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from reportkit.form import Block, Cell, Form, Header, Table
from reportkit.intake.published.across import read_across
from reportkit.intake.published.cells import is_blank
from reportkit.intake.published.labels import RowLabel, alignment, labels_of, likeness, row_labels, to_the_letter
from reportkit.intake.published.rows import Row
from reportkit.intake.published.tables import Guess, PublishedTable
from reportkit.intake.published.vanished import RowFound, placed_by_identities
from reportkit.system.language import Joined, Message
from reportkit.text import enumerator, squeezed, unnumbered

__all__ = ["read_table"]

# A head has few lines; what stands further above belongs to something else.
_DEEPEST_HEAD = 8
# How sure a row is whose figures the identities placed.
_INFERRED = 0.8
# How sure a row with an exact label is, beside which there is no other.
_LONELY = 0.8
# How the form calls the item of a group for all that is not among its others.
_ALL_ELSE = "其他"


def read_table(form: Form, table: Table, rows: Sequence[Row]) -> PublishedTable:
    """Read a statutory table out of the rows of a document.

    Parameters
    ----------
    form
        The edition of the form.
    table
        The table.
    rows
        The rows among which it stands; others may stand among them.

    Returns
    -------
    PublishedTable
        No figure is in the place of another: what is not certain is among the guesses, and what could
        not be told is missing.
    """
    if table.layout == "across":
        found = read_across(table, rows)
        if found is not None:
            return found
    return _Pairing(form, table, rows).table_read()


class _Pairing:
    """The pairing of a document's rows with those of a table."""

    def __init__(self, form: Form, table: Table, rows: Sequence[Row]) -> None:
        self.form, self.table, self.rows = form, table, rows
        self.declared = row_labels(form, table.key)
        # Rows that state a whole group are told apart first: they are none of the rows that hold cells.
        self.wholes = dict(_whole_groups(table, rows))
        # Only a row with something after its label can hold figures. The labels of a table printed across stand in
        # its head too, before nothing but blanks.
        across = table.layout == "across"
        self.lines = [
            at
            for at, row in enumerate(rows)
            if row.tail and at not in self.wholes and not (across and all(map(is_blank, row.tail)))
        ]
        self.labels = [[squeezed(label) for label in rows[at].labels] for at in self.lines]
        cells: dict[str, list[Cell]] = {}
        for cell in table.cells:
            cells.setdefault(cell.row, []).append(cell)
        self.cells = [cells[row.header.key or ""] for row in self.declared]
        self.own = frozenset(spelling for row in self.declared for spelling in to_the_letter(row.header.label))
        self.found = PublishedTable()

    def table_read(self) -> PublishedTable:
        paired = alignment(self.labels, self.declared)
        sure = {line: self.sureness(line, row) for line, row in paired.items()}
        paired = {line: row for line, row in paired.items() if sure[line]}
        self.fill_gaps(paired, sure)
        exact = {line for line, how in sure.items() if how == 1}
        self.doubt_lonely(paired, sure)
        lines = {row: line for line, row in paired.items()}
        unread = self.check_columns(lines)
        margins = self.margins(paired)
        in_order = {at for at, row in enumerate(self.declared) if row.block not in unread}
        bare = self.bare_rows(lines)
        # A row is certain beside a label that stands alone, too, if the sums agree.
        beside = {at for other in bare for at in (other - 1, other + 1)}
        certain = {
            at: line
            for at, line in lines.items()
            if at in in_order and (sure[line] == 1 or (line in exact and sure[line] == _LONELY and at in beside))
        }
        inferred = self.infer(certain, lines, bare)
        for at in range(len(self.declared)):
            if at in inferred:
                self.read_inferred(at, lines.get(at), inferred[at])
            elif at not in lines:
                self.miss(at, Message("was not found"))
            elif at not in in_order:
                self.miss(at, Message("was left out: its columns stand in another order than the form's"))
            else:
                self.read_row(at, lines[at], sure[lines[at]], margins)
        self.read_whole_groups(margins)
        self.doubt_vanished(lines, inferred)
        return self.found

    def infer(
        self, certain: Mapping[int, int], lines: Mapping[int, int], bare: Collection[int]
    ) -> dict[int, tuple[str, ...]]:
        """What the identities tell of rows whose blank cells vanished: the texts of their cells, by row."""
        if not any(self.rows[self.lines[line]].loose for line in certain.values()):
            return {}
        found = {at: RowFound(self.cells[at], ()) for at in bare}
        for at, line in certain.items():
            row, cells = self.rows[self.lines[line]], self.cells[at]
            follower = at + 1
            mixed = row.loose and follower < len(self.declared) and follower not in lines and follower not in bare
            texts = row.fitted(len(cells)) or (row.tail if row.loose and len(row.tail) < len(cells) else None)
            if texts is not None and not mixed:
                found[at] = RowFound(cells, texts)
        return placed_by_identities(self.form, self.table, found)

    def bare_rows(self, lines: Mapping[int, int]) -> set[int]:
        """The rows of which the source has the label, to the letter and in its place, and nothing after it."""
        bare = set()
        for at, row in enumerate(self.declared):
            if at in lines:
                continue
            above = max((line for before, line in lines.items() if before < at), default=-1)
            below = min((line for after, line in lines.items() if after > at), default=len(self.lines))
            start = self.lines[above] + 1 if above >= 0 else 0
            end = self.lines[below] if below < len(self.lines) else len(self.rows)
            alone = [label for other in self.rows[start:end] if not other.tail for label in other.labels]
            if below < len(self.lines) and self.rows[end].loose:
                alone += self.rows[end].labels[:-1]
            if to_the_letter(row.header.label) & set(map(squeezed, alone)):
                bare.add(at)
        return bare

    def read_inferred(self, at: int, line: int | None, texts: Sequence[str]) -> None:
        """Read a row as the identities tell, and say so."""
        cells = self.cells[at]
        addresses = tuple(cell.address for cell in cells)
        if line is None:
            where = ""
            said = Message("inferred: nothing stands after its label, and by the form's sums nothing is lacking")
        else:
            row = self.rows[self.lines[line]]
            where = row.where
            self.found.used.update(row.lines)
            self.found.wording.setdefault(self.declared[at].header.label, row.labels[-1])
            held = sum(not is_blank(text) for text in texts)
            said = Message(
                "inferred: {held} figures where {count} belong; by the form's sums they stand in one way",
                held=held,
                count=len(cells),
            )
        self.found.read_cells(cells, texts, where)
        self.found.guesses.append(Guess(self.row_name(at), said, _INFERRED, where, addresses, inferred=True))

    def read_whole_groups(self, margins: Mapping[tuple[int, int], int]) -> None:
        """Read the figures of a group that a report states in one row into its item for all else."""
        for at, group in self.wholes.items():
            items = [number for number, row in enumerate(self.declared) if row.header in set(group.leaves())]
            rest = next(number for number in items if self.declared[number].header is _rest_of(group))
            row, cells = self.rows[at], self.cells[rest]
            tail = row.fitted(len(cells), margins.get((row.width, len(cells))))
            stated = any(self.found.figures.get(cell.address) for number in items for cell in self.cells[number])
            if tail is None or stated or all(map(is_blank, tail)):
                continue
            self.found.read_cells(cells, tail, row.where)
            self.found.used.update(row.lines)
            asked = "、".join(self.declared[number].header.label for number in items)
            self.found.wording[f"{group.label}（分为{len(items)}行：{asked}）"] = row.labels[-1]
            said = Message(
                "stated in one row, “{label}”, where the form has {count}: read as the last of them",
                label=row.labels[-1],
                count=len(items),
            )
            addresses = tuple(cell.address for cell in cells)
            self.found.guesses.append(Guess(self.row_name(rest), said, 0.6, row.where, addresses))

    def row_name(self, at: int) -> str:
        """The row in the form's words: 表三“（三）不予公开 1.属于国家秘密”行."""
        return self.cells[at][0].row_label

    def miss(self, at: int, why: str) -> None:
        self.found.missing.append(Joined(": ", [self.row_name(at), why]))

    def doubt(self, at: int, line: int, said: str, sure: float) -> None:
        cells = tuple(cell.address for cell in self.cells[at])
        where = self.rows[self.lines[line]].where
        self.found.guesses.append(Guess(self.row_name(at), said, round(sure, 2), where, cells))

    def sureness(self, line: int, at: int) -> float:
        """How sure it is that a line is a row: 1 where its label is exact, 0 where another row is likelier."""
        labels, row = self.labels[line], self.declared[at]
        if labels[-1] in to_the_letter(row.header.label):
            return 1.0
        own, joined = labels[-1], "".join(labels[-2:])
        alike = max(likeness(own, row.header.label), likeness(joined, row.header.label))
        here, there = enumerator(own) or enumerator(joined), enumerator(squeezed(row.header.label))
        if alike == 1.0 and here in ("", there):
            return 1.0
        others = (other for other in self.declared if other is not row)
        if own in labels_of(self.form) or any(likeness(own, other.header.label) > alike for other in others):
            return 0.0
        return min(0.95, alike * (1.0 if here == there else 0.8))

    def fill_gaps(self, paired: dict[int, int], sure: dict[int, float]) -> None:
        """Between two rows that were found, pair the lines and rows left over, if there are as many of each."""
        found = [(-1, -1), *sorted(paired.items()), (len(self.lines), len(self.declared))]
        for (line, row), (next_line, next_row) in pairwise(found):
            between = [at for at in range(line + 1, next_line) if self.holds_figures(at)]
            lacking = list(range(row + 1, next_row))
            inside = line >= 0 and next_line < len(self.lines)
            if not between:
                continue
            if inside and len(between) == len(lacking) and all(map(self.may_be, between, lacking)):
                for at, missing in zip(between, lacking, strict=True):
                    paired[at], sure[at] = missing, 0.5
                continue
            # A row too many: one of the neighbours may bear the wrong label.
            for at in {line, next_line} & paired.keys():
                if inside or any(self.fits(other, paired[at]) for other in between):
                    sure[at] = min(sure[at], 0.6)

    def doubt_lonely(self, paired: Mapping[int, int], sure: dict[int, float]) -> None:
        """A row is certain only beside another: one label may be the wrong one, but two in a row rarely are."""
        standing = [line for line in range(len(self.lines)) if line in paired or self.holds_figures(line)]
        certain = {line: paired[line] for line in paired if sure[line] == 1}
        for before, line, after in zip([-1, *standing], standing, [*standing[1:], -1], strict=False):
            row = certain.get(line)
            if row is not None and certain.get(before) != row - 1 and certain.get(after) != row + 1:
                sure[line] = _LONELY

    def holds_figures(self, line: int) -> bool:
        """Whether a line without a place holds figures that must belong somewhere."""
        return not all(map(is_blank, self.rows[self.lines[line]].tail))

    def may_be(self, line: int, at: int) -> bool:
        """Whether a line may be a row by its position: it has the right width, and no label of another row or table."""
        row, labels = self.rows[self.lines[line]], self.labels[line]
        others = (other.header.label for place, other in enumerate(self.declared) if place != at)
        is_other = labels and any(likeness(labels[-1], other) >= 0.8 for other in others)
        elsewhere = any(label in self.declared[at].groups - self.declared[at].above for label in labels)
        return not is_other and not elsewhere and not self.is_known(line) and len(row.offsets(len(self.cells[at]))) == 1

    def fits(self, line: int, at: int) -> bool:
        """Whether a line that stands before or behind the table could be a row of it."""
        row = self.rows[self.lines[line]]
        return bool(row.offsets(len(self.cells[at]))) and not self.is_known(line)

    def is_known(self, line: int) -> bool:
        """Whether a line's label is one of another table's."""
        labels = self.labels[line]
        return bool(labels) and labels[-1] in labels_of(self.form) - self.own

    def margins(self, paired: Mapping[int, int]) -> dict[tuple[int, int], int]:
        """How far from the right edge the figures end, by the row's width and its number of cells."""
        seen: dict[tuple[int, int], Counter[int]] = {}
        for line, at in paired.items():
            row, count = self.rows[self.lines[line]], len(self.cells[at])
            offsets = row.offsets(count)
            if len(offsets) == 1:
                margin = len(row.tail) - offsets[0] - count
                seen.setdefault((row.width, count), Counter())[margin] += 1
        return {shape: counted.most_common(1)[0][0] for shape, counted in seen.items() if len(counted) == 1}

    def read_row(self, at: int, line: int, sure: float, margins: Mapping[tuple[int, int], int]) -> None:
        row, cells, declared = self.rows[self.lines[line]], self.cells[at], self.declared[at]
        self.found.used.update(row.lines)
        tail = row.fitted(len(cells), margins.get((row.width, len(cells))))
        if tail is None:
            held = sum(not is_blank(text) for text in row.tail)
            self.miss(
                at,
                Message(
                    "was left out: {held} figures stand where {count} belong ({where})",
                    held=held,
                    count=len(cells),
                    where=row.where,
                ),
            )
            return
        said = row.labels[-1] if row.labels else ""
        if said:
            self.found.wording.setdefault(declared.header.label, said)
        if sure < 1:
            self.doubt(at, line, labelled(said) if said else Message("taken by its position, without a label"), sure)
        self.found.read_cells(cells, tail, row.where)

    def check_columns(self, lines: Mapping[int, int]) -> set[int]:
        """Look at the heads of the blocks; returns the blocks whose columns stand in another order."""
        unread, above = set(), -1
        for number, block in enumerate(self.table.blocks):
            places = [
                self.lines[lines[at]] for at, row in enumerate(self.declared) if row.block == number and at in lines
            ]
            if not places:
                continue
            head = _head(self.rows, above, min(places), self.declared)
            above = max(places)
            if not _in_order(head, block):
                unread.add(number)
                continue
            self.note_columns(head, number, block)
        return unread

    def note_columns(self, head: Sequence[Sequence[str]], number: int, block: Block) -> None:
        """Remember how the columns are worded, and report those that were not recognised."""
        words = [word for line in head for word in line]
        known = set(map(squeezed, words))
        for column in block.column_leaves:
            if to_the_letter(column.label) & known:
                self.found.wording.setdefault(column.label, column.label)
                continue
            alike, word = max(((likeness(squeezed(word), column.label), word) for word in words), default=(0.0, ""))
            near = alike >= 0.5 and squeezed(word) not in labels_of(self.form)
            said = labelled(word) if near else Message("label not recognised: taken by its position")
            if near:
                self.found.wording.setdefault(column.label, word)
            cells = tuple(
                cell.address
                for at, row in enumerate(self.declared)
                if row.block == number
                for cell in self.cells[at]
                if cell.column == column.key
            )
            name = f"{self.table.name}“{column.label}”列"
            self.found.guesses.append(Guess(name, said, round(alike, 2) if near else 0.6, cells=cells))

    def doubt_vanished(self, lines: Mapping[int, int], inferred: Collection[int]) -> None:
        """If the row after a row made of single lines was not found, its figures may be mixed with that row's."""
        present = {*lines, *inferred, len(self.declared)}
        for at, line in lines.items():
            if self.rows[self.lines[line]].loose and at + 1 not in present and at not in inferred:
                self.doubt(at, line, Message("the row after it was not found"), 0.7)


def labelled(label: str) -> Message:
    """What is said of a row or a column that bears another label than the form's."""
    return Message("labelled “{label}”", label=label)


def _whole_groups(table: Table, rows: Sequence[Row]) -> Iterator[tuple[int, Header]]:
    """The rows that bear the label of a group of rows and hold figures, with the group.

    Only a group with an item for all else can take them without a figure being said of another item.
    """
    groups = {
        spelling: header
        for block in table.blocks
        for header in _groups(block.rows)
        if _rest_of(header)
        for spelling in to_the_letter(header.label)
    }
    for at, row in enumerate(rows):
        group = groups.get(squeezed(row.labels[-1])) if row.labels and row.tail else None
        if group is not None:
            yield at, group


def _groups(headers: Iterable[Header]) -> Iterator[Header]:
    """The groups of rows that have a key."""
    for header in headers:
        if header.children:
            if header.key:
                yield header
            yield from _groups(header.children)


def _rest_of(group: Header) -> Header | None:
    """The item of a group for all that its other items do not name."""
    return next((item for item in group.children if unnumbered(squeezed(item.label)) == _ALL_ELSE), None)


def _head(rows: Sequence[Row], above: int, first: int, declared: Sequence[RowLabel]) -> list[list[str]]:
    """The lines of labels above a block's first row, the row's own label left out."""
    own = frozenset(spelling for row in declared for spelling in to_the_letter(row.header.label) | row.groups)
    lines = [list(row.labels) for row in rows[above + 1 : first]] + [list(rows[first].labels[:-1])]
    own_columns = [[label for label in line if squeezed(label) not in own or len(line) > 1] for line in lines]
    return [line for line in own_columns[-_DEEPEST_HEAD:] if line]


def _in_order(head: Sequence[Sequence[str]], block: Block) -> bool:
    """Whether the columns that a head names stand in the form's order.

    A label of the head that spans others stands above them, so each line is looked at by itself; a head
    flattened into one run of labels goes level by level, or column by column.
    """
    levels = list(block.columns)
    by_level: list[str] = []
    while levels:
        by_level += [squeezed(header.label) for header in levels if not header.children]
        levels = [child for header in levels for child in header.children]
    by_column = [squeezed(column.label) for column in block.column_leaves]
    for line in head:
        named = [word for word in dict.fromkeys(map(squeezed, line)) if word in by_column]
        orders = ([order.index(word) for word in named] for order in (by_column, by_level))
        if not any(places == sorted(places) for places in orders):
            return False
    return True

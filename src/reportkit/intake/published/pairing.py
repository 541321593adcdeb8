"""The statutory tables of a published report, from grids or from text that once was a table.

Whatever the source looked like, it is first taken apart into rows: labels, then what stands after
the last of them. The rows are then paired with the form's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from reportkit.documents.document import Box, Grid
from reportkit.form import Block, Cell, Form, Table
from reportkit.form.figures import Figure
from reportkit.form.labels import squeezed
from reportkit.intake.published.cells import is_blank, is_figure, read_cell
from reportkit.intake.published.labels import (
    RowLabel,
    alignment,
    labels_of,
    likeness,
    numeral,
    row_labels,
    to_the_letter,
)

__all__ = ["Guess", "Line", "Row", "TableReading", "read_table", "rows_of"]


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
class Guess:
    """Something that was read, but not beyond doubt.

    Parameters
    ----------
    what
        What it concerns, in the form's words where it has any.
    said
        What the source says, and how it was taken.
    sure
        How sure the reading is, from 0 to 1.
    where
        Where in the document.
    cells
        The addresses of the figures it touches.
    """

    what: str
    said: str
    sure: float
    where: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of some table.

    Parameters
    ----------
    labels
        The texts before the figures, from the left.
    tail
        What stands after the last label: figures, marks and blanks.
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


@dataclass
class TableReading:
    """What was read of a table.

    Parameters
    ----------
    figures
        The figures by address, blanks as None; a cell that was not found is not there.
    marks
        The signs for none that were read as 0, by address.
    places
        Where each figure stands.
    wording
        The official labels, and how the source words them.
    guesses, missing
        What is doubtful, and what was not found.
    used
        The lines that belong to the table.
    """

    figures: dict[str, Figure] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    wording: dict[str, str] = field(default_factory=dict)
    guesses: list[Guess] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    used: set[Line] = field(default_factory=set)


# ------------------------------------------------------------------ taking apart


def rows_of(items: Iterable[Line | tuple[Grid, str]]) -> Iterator[Row]:
    """The rows that grids and lines of text hold, in order."""
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


_LONGEST_LABEL = 60
_RULE = re.compile(r"(?:-{3,}|:-+:?|-+:)?")


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


# ------------------------------------------------------------------ pairing


def read_table(form: Form, table: Table, rows: Sequence[Row]) -> TableReading:
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
    TableReading
        No figure is in the place of another: what is not certain is among the guesses, and what could
        not be told is missing.
    """
    if table.layout == "across":
        reading = _read_across(table, rows)
        if reading is not None:
            return reading
    return _Pairing(form, table, rows).read()


class _Pairing:
    """The pairing of a document's rows with those of a table."""

    def __init__(self, form: Form, table: Table, rows: Sequence[Row]) -> None:
        self.form, self.table, self.rows = form, table, rows
        self.declared = row_labels(form, table.key)
        # Only a row with something after its label can hold figures.
        self.lines = [at for at, row in enumerate(rows) if row.tail]
        self.labels = [[squeezed(label) for label in rows[at].labels] for at in self.lines]
        cells: dict[str, list[Cell]] = {}
        for cell in table.cells:
            cells.setdefault(cell.row, []).append(cell)
        self.cells = [cells[row.header.key or ""] for row in self.declared]
        self.own = frozenset(spelling for row in self.declared for spelling in to_the_letter(row.header.label))
        self.reading = TableReading()

    def read(self) -> TableReading:
        paired = alignment(self.labels, self.declared)
        sure = {line: self.sureness(line, row) for line, row in paired.items()}
        paired = {line: row for line, row in paired.items() if sure[line]}
        self.fill_gaps(paired, sure)
        self.doubt_lonely(paired, sure)
        lines = {row: line for line, row in paired.items()}
        unread = self.check_columns(lines)
        margins = self.margins(paired)
        for at, row in enumerate(self.declared):
            if at not in lines:
                self.miss(at, "was not found")
            elif row.block in unread:
                self.miss(at, "was left out: its columns stand in another order than the form's")
            else:
                self.read_row(at, lines[at], sure[lines[at]], margins)
        self.doubt_vanished(lines)
        return self.reading

    def row_name(self, at: int) -> str:
        """The row in the form's words: 表三“（三）不予公开 1.属于国家秘密”行."""
        return self.cells[at][0].row_label

    def miss(self, at: int, why: str) -> None:
        self.reading.missing.append(f"{self.row_name(at)}: {why}")

    def doubt(self, at: int, line: int, said: str, sure: float) -> None:
        cells = tuple(cell.address for cell in self.cells[at])
        where = self.rows[self.lines[line]].where
        self.reading.guesses.append(Guess(self.row_name(at), said, round(sure, 2), where, cells))

    def sureness(self, line: int, at: int) -> float:
        """How sure it is that a line is a row: 1 where said to the letter, 0 where another row is likelier."""
        labels, row = self.labels[line], self.declared[at]
        if labels[-1] in to_the_letter(row.header.label):
            return 1.0
        own, joined = labels[-1], "".join(labels[-2:])
        alike = max(likeness(own, row.header.label), likeness(joined, row.header.label))
        here, there = numeral(own) or numeral(joined), numeral(squeezed(row.header.label))
        if alike == 1.0 and here in ("", there):
            return 1.0
        others = (other for other in self.declared if other is not row)
        if own in labels_of(self.form) or any(likeness(own, other.header.label) > alike for other in others):
            return 0.0
        return min(0.95, alike * (1.0 if here == there else 0.8))

    def fill_gaps(self, paired: dict[int, int], sure: dict[int, float]) -> None:
        """Between two rows that were found, let as many others as there is room for take their places."""
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
        """A row is beyond doubt only beside another: a label may be the wrong one, but hardly two in a row."""
        standing = [line for line in range(len(self.lines)) if line in paired or self.holds_figures(line)]
        certain = {line: paired[line] for line in paired if sure[line] == 1}
        for before, line, after in zip([-1, *standing], standing, [*standing[1:], -1], strict=False):
            row = certain.get(line)
            if row is not None and certain.get(before) != row - 1 and certain.get(after) != row + 1:
                sure[line] = 0.8

    def holds_figures(self, line: int) -> bool:
        """Whether a line without a place holds figures that must belong somewhere."""
        return not all(map(is_blank, self.rows[self.lines[line]].tail))

    def may_be(self, line: int, at: int) -> bool:
        """Whether a line may be a row by its position: it has the right width, and no other row's label."""
        row, labels = self.rows[self.lines[line]], self.labels[line]
        others = (other.header.label for place, other in enumerate(self.declared) if place != at)
        is_other = labels and any(likeness(labels[-1], other) >= 0.8 for other in others)
        elsewhere = any(label in self.declared[at].groups - self.declared[at].above for label in labels)
        return not is_other and not elsewhere and len(_offsets(row, len(self.cells[at]))) == 1

    def fits(self, line: int, at: int) -> bool:
        """Whether a line that stands before or behind the table could be a row of it."""
        row = self.rows[self.lines[line]]
        return bool(_offsets(row, len(self.cells[at]))) and not self.is_known(line)

    def is_known(self, line: int) -> bool:
        """Whether a line's label is one of another table's."""
        labels = self.labels[line]
        return bool(labels) and labels[-1] in labels_of(self.form) - self.own

    def margins(self, paired: Mapping[int, int]) -> dict[tuple[int, int], int]:
        """How far from the right edge the figures end, by the row's width and its number of cells."""
        seen: dict[tuple[int, int], Counter[int]] = {}
        for line, at in paired.items():
            row, count = self.rows[self.lines[line]], len(self.cells[at])
            offsets = _offsets(row, count)
            if len(offsets) == 1:
                margin = len(row.tail) - offsets[0] - count
                seen.setdefault((row.width, count), Counter())[margin] += 1
        return {shape: counted.most_common(1)[0][0] for shape, counted in seen.items() if len(counted) == 1}

    def read_row(self, at: int, line: int, sure: float, margins: Mapping[tuple[int, int], int]) -> None:
        row, cells, declared = self.rows[self.lines[line]], self.cells[at], self.declared[at]
        self.reading.used.update(row.lines)
        tail = _fitted(row, len(cells), margins.get((row.width, len(cells))))
        if tail is None:
            held = sum(not is_blank(text) for text in row.tail)
            self.miss(at, f"was left out: {held} figures stand where {len(cells)} belong ({row.where})")
            return
        said = row.labels[-1] if row.labels else ""
        if said:
            self.reading.wording.setdefault(declared.header.label, said)
        if sure < 1:
            self.doubt(at, line, f"labelled “{said}”" if said else "taken by its position, without a label", sure)
        _read_cells(self.reading, cells, tail, row.where, self.reading.wording)

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
                self.reading.wording.setdefault(column.label, column.label)
                continue
            alike, word = max(((likeness(squeezed(word), column.label), word) for word in words), default=(0.0, ""))
            near = alike >= 0.5 and squeezed(word) not in labels_of(self.form)
            said = f"labelled “{word}”" if near else "label not recognised: taken by its position"
            if near:
                self.reading.wording.setdefault(column.label, word)
            cells = tuple(
                cell.address
                for at, row in enumerate(self.declared)
                if row.block == number
                for cell in self.cells[at]
                if cell.column == column.key
            )
            name = f"{self.table.name}“{column.label}”列"
            self.reading.guesses.append(Guess(name, said, round(alike, 2) if near else 0.6, cells=cells))

    def doubt_vanished(self, lines: Mapping[int, int]) -> None:
        """Where the row after a pieced one was not found, its figures may have run into the one before."""
        for at, line in lines.items():
            follower = at + 1
            if self.rows[self.lines[line]].loose and follower < len(self.declared) and follower not in lines:
                self.doubt(at, line, "the row after it was not found", 0.7)


def _offsets(row: Row, count: int) -> list[int]:
    """Where in a row's tail its figures may begin, so that nothing but blanks is left over."""
    if row.loose:
        return [0] if len(row.tail) == count else []
    return [
        offset
        for offset in range(len(row.tail) - count + 1)
        if all(map(is_blank, row.tail[:offset] + row.tail[offset + count :]))
    ]


def _fitted(row: Row, count: int, margin: int | None) -> tuple[str, ...] | None:
    """The row's `count` cells; None where it cannot be told which they are."""
    offsets = _offsets(row, count)
    if len(offsets) > 1 and margin is not None:
        offsets = [offset for offset in offsets if len(row.tail) - offset - count == margin] or offsets
    candidates = {row.tail[offset : offset + count] for offset in offsets}
    return candidates.pop() if len(candidates) == 1 else None


def _read_cells(
    reading: TableReading, cells: Sequence[Cell], tail: Sequence[str], where: str, wording: Mapping[str, str]
) -> None:
    for cell, text in zip(cells, tail, strict=True):
        said = read_cell(text, cell.kind, _worded(cell, wording))
        reading.figures[cell.address] = said.figure
        reading.places[cell.address] = where
        if said.mark:
            reading.marks[cell.address] = said.mark
        if said.doubt:
            reading.guesses.append(Guess(cell.label, f"“{text}”: {said.doubt}", said.sure, where, (cell.address,)))


def _worded(cell: Cell, wording: Mapping[str, str]) -> str:
    """The column's label as the source words it."""
    return wording.get(cell.column_label, cell.column_label)


# ------------------------------------------------------------------ heads


def _head(rows: Sequence[Row], above: int, first: int, declared: Sequence[RowLabel]) -> list[list[str]]:
    """The lines of labels above a block's first row, the row's own label left out."""
    own = frozenset(spelling for row in declared for spelling in to_the_letter(row.header.label) | row.groups)
    lines = [list(row.labels) for row in rows[above + 1 : first]] + [list(rows[first].labels[:-1])]
    own_columns = [[label for label in line if squeezed(label) not in own or len(line) > 1] for line in lines]
    return [line for line in own_columns[-_DEEPEST_HEAD:] if line]


# A head has few lines; what stands further above belongs to something else.
_DEEPEST_HEAD = 8


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


# ------------------------------------------------------------------ one row of figures


def _read_across(table: Table, rows: Sequence[Row]) -> TableReading | None:
    """A table whose rows stand side by side; None where there is no such row of figures."""
    (block,) = table.blocks
    count = len(table.cells)
    fitting = [at for at, row in enumerate(rows) if _fitted(row, count, None) is not None]
    filled = [at for at in fitting if not all(map(is_blank, rows[at].tail))]
    candidates = filled or [at for at in fitting if not rows[at].labels]
    if not candidates:
        return None
    reading, at = TableReading(), candidates[0]
    row = rows[at]
    head = [list(line.labels) for line in rows[max(0, at - 4) : at]] + [list(row.labels)]
    reading.used.update(line for other in rows[max(0, at - 4) : at + 1] for line in other.lines if other.loose)
    if not _across_in_order(head, block):
        reading.missing.append(f"{table.name}: was left out: its columns stand in another order than the form's")
        return reading
    cells = tuple(cell.address for cell in table.cells)
    if len(candidates) > 1:
        said = f"{len(candidates)} rows of {count} figures: the first was read"
        reading.guesses.append(Guess(table.name, said, 0.5, row.where, cells))
    known = {squeezed(word) for line in head for word in line}
    labels = [header.label for header in (*block.column_leaves, *block.row_leaves)]
    unknown = [label for label in labels if not to_the_letter(label) & known]
    reading.wording.update((label, label) for label in labels if label not in unknown)
    if unknown:
        said = f"{'、'.join(unknown)}: not recognised in the head: taken by position"
        reading.guesses.append(Guess(table.name, said, 0.8, row.where, cells))
    _read_cells(reading, table.cells, _fitted(row, count, None) or (), row.where, reading.wording)
    return reading


def _across_in_order(head: Sequence[Sequence[str]], block: Block) -> bool:
    """Whether the groups stand in the form's order, and the columns below each."""
    groups = [squeezed(row.label) for row in block.row_leaves]
    columns = [squeezed(column.label) for column in block.column_leaves]
    named = [word for word in dict.fromkeys(squeezed(word) for line in head for word in line) if word in groups]
    if named != sorted(named, key=groups.index):
        return False
    for line in head:
        places = [columns.index(word) for word in map(squeezed, line) if word in columns]
        # Each group begins anew; more new beginnings than groups mean another order.
        if sum(after <= before for before, after in pairwise(places)) >= len(groups):
            return False
    return True

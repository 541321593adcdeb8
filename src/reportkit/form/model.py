"""What a form consists of: sections, tables, rows, columns and the identities between its figures.

Everything that follows from the form (blank parameters, the schema of a parameter file, the printed
layout, the arithmetic checks) is derived from these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from reportkit.form.figures import KINDS, Kind
from reportkit.form.labels import spellings
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message
from reportkit.text import squeezed

__all__ = [
    "Addend",
    "Block",
    "Cell",
    "Deadline",
    "Equation",
    "Form",
    "FormError",
    "Header",
    "Identity",
    "Roles",
    "Section",
    "Table",
    "Term",
    "Topic",
    "UnknownPartError",
]


class FormError(InputError, ValueError):
    """A form's declaration that contradicts itself; the message names file and place."""


class UnknownPartError(InputError, KeyError):
    """A section or a table that an edition of the form does not have."""

    __str__ = Exception.__str__  # a KeyError would show the message in quotes


@dataclass(frozen=True)
class Header:
    """A label of a table's stub or boxhead, with the labels it spans.

    Parameters
    ----------
    label
        The official label, to the letter.
    key
        The whole row or column key (``refused.state_secret``); None for a label that only spans others.
    children
        The labels it spans; empty for a row or column that holds cells.
    kind
        What the cells of a column hold.
    pieces
        The label in pieces between which a line may end; empty where nothing is said.
    """

    label: str
    key: str | None = None
    children: tuple[Header, ...] = field(default=(), hash=False)
    kind: Kind = KINDS["count"]
    pieces: tuple[str, ...] = ()

    def leaves(self) -> Iterator[Header]:
        """The rows or columns below this label that hold cells, itself if it is one."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(frozen=True)
class Cell:
    """A cell of the form.

    Parameters
    ----------
    address
        ``table.row.column``.
    table, row, column
        The keys the address is made of; the row's may itself hold a dot.
    kind
        What the cell may hold.
    label
        Where it stands, in the form's own words: 表三“（三）不予公开 1.属于国家秘密”行“自然人”列.
    row_label
        The first half of that, which names the row: 表三“（三）不予公开 1.属于国家秘密”行.
    column_label
        The column's own label: 自然人.
    row_path, column_path
        The labels of row and column, each after those of the keyed groups above it: （三）不予公开 1.属于国家秘密.
    """

    address: str
    table: str
    row: str
    column: str
    kind: Kind
    label: str
    row_label: str
    column_label: str
    row_path: str
    column_path: str


@dataclass(frozen=True)
class Block:
    """A part of a table with rows and columns of its own.

    Parameters
    ----------
    rows, columns
        The labels of the stub and of the boxhead, as trees.
    heading
        The full-width heading row above the block, where there is one.
    stub
        The text of the stub's head cell.
    """

    rows: tuple[Header, ...]
    columns: tuple[Header, ...]
    heading: str = ""
    stub: str = ""

    @cached_property
    def row_leaves(self) -> tuple[Header, ...]:
        """The rows that hold cells, in printing order."""
        return tuple(leaf for row in self.rows for leaf in row.leaves())

    @cached_property
    def column_leaves(self) -> tuple[Header, ...]:
        """The columns that hold cells, in printing order."""
        return tuple(leaf for column in self.columns for leaf in column.leaves())


@dataclass(frozen=True)
class Table:
    """A statutory table.

    Parameters
    ----------
    key
        The first part of its cells' addresses, and the key of the section it stands in.
    name
        What a finding calls it: 表三.
    layout
        ``blocks`` (stacked, each with its own header row), ``grid`` (stub and boxhead) or
        ``across`` (the rows side by side in one row of figures).
    blocks
        Its blocks, from the top down; a grid or an across table has one.
    widths
        How wide its columns are in proportion to each other, those of the stub included; empty where nothing is said.
    """

    key: str
    name: str
    layout: str
    blocks: tuple[Block, ...] = field(hash=False)
    widths: tuple[float, ...] = ()

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, block by block and row by row."""
        return tuple(
            Cell(
                address=f"{self.key}.{row.key}.{column.key}",
                table=self.key,
                row=row.key or "",
                column=column.key or "",
                kind=column.kind,
                label=f"{self.name}“{rows[row]}”行“{columns[column]}”列",
                row_label=f"{self.name}“{rows[row]}”行",
                column_label=column.label,
                row_path=rows[row],
                column_path=columns[column],
            )
            for block in self.blocks
            for rows, columns in [(_paths(block.rows), _paths(block.columns))]
            for row in block.row_leaves
            for column in block.column_leaves
        )

    @cached_property
    def rows(self) -> tuple[Header, ...]:
        """The headers of its rows, those of all its blocks, in the form's order."""
        return tuple(row for block in self.blocks for row in block.rows)

    @cached_property
    def columns(self) -> tuple[Header, ...]:
        """The headers of its columns, those of all its blocks, in the form's order."""
        return tuple(column for block in self.blocks for column in block.columns)

    def row(self, key: str) -> Header:
        """The row or keyed group of rows named `key`; KeyError where there is none."""
        return _find(self.rows, key)

    def column(self, key: str) -> Header:
        """The column named `key`; KeyError where there is none."""
        return _find(self.columns, key)


@dataclass(frozen=True)
class Topic:
    """Something a section must speak of.

    Parameters
    ----------
    label
        The form's word for it.
    words
        Words by which a text is known to speak of it.
    excluded
        Words that, standing shortly before one of `words`, say that it is still missing.
    fee
        Where the topic is a fee, the word for it; another section that says such a fee was charged is then proof
        that this topic is missing.
    """

    label: str
    words: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    fee: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the report: the preamble, a section of text, or one that holds a table.

    Parameters
    ----------
    key
        The key of its text, or of the table that stands in it.
    title
        Its title to the letter; empty for the preamble.
    holds_table
        Whether it holds the table of the same key instead of text.
    topics
        What its text must speak of.
    rule, basis
        The check that looks for the topics, and where the law asks for them.
    evidence
        A row (``table.row``) whose figures, where above 0, prove that there is something to say.
    limit
        How many characters it should not exceed; None where nothing is said.
    meaning_en
        What the check means, in English.
    """

    key: str
    title: str
    holds_table: bool
    topics: tuple[Topic, ...] = ()
    rule: str = ""
    basis: str = ""
    evidence: str = ""
    limit: int | None = None
    meaning_en: str = ""


@dataclass(frozen=True)
class Roles:
    """What charts and ledgers must tell apart in the tables, by key; each is empty where the edition has no such thing.

    Parameters
    ----------
    requests
        The table of requests for information.
    received, carried_in, carried_out
        Its rows of requests that come in, are left over from last year, and are left for next year.
    granted
        Its rows of requests that are granted, in whole or in part; a row's key, or that of a group of rows.
    refused
        Its row, or the group of its rows, of requests that are refused.
    cases
        The table of reviews and lawsuits.
    pending
        Its column of cases that are not closed yet.
    lost
        Its column of cases that end against the agency.
    """

    requests: str = ""
    received: str = ""
    carried_in: str = ""
    carried_out: str = ""
    granted: tuple[str, ...] = ()
    refused: str = ""
    cases: str = ""
    pending: str = ""
    lost: str = ""


@dataclass(frozen=True)
class Deadline:
    """The last day for publishing.

    Parameters
    ----------
    days
        For each level of agency, month and day of the following year.
    basis
        The article of the law.
    """

    days: Mapping[str, tuple[int, int]]
    basis: str


@dataclass(frozen=True)
class Term:
    """A term of an identity: the sum of some rows (or columns), of this year or of the last.

    Parameters
    ----------
    sign
        1 or -1.
    keys
        The rows or columns summed; several where the term names a group.
    previous
        Whether last year's report is meant.
    """

    sign: int
    keys: tuple[str, ...]
    previous: bool = False


@dataclass(frozen=True)
class Identity:
    """A relation that the form prescribes between its figures.

    Parameters
    ----------
    rule
        The check that watches it.
    severity
        The severity of a breach: ``error`` or ``warning``.
    table
        The table it holds in.
    each
        ``column`` where its terms are rows, ``row`` where they are columns.
    left, right
        The two sides.
    computes
        The key on the left that is a total, and follows from the right; None where nothing does.
    text
        The relation in the form's words.
    text_en
        The relation in English.
    """

    rule: str
    severity: str
    table: str
    each: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    computes: str | None
    text: str
    text_en: str = ""

    @property
    def spans_years(self) -> bool:
        """Whether it compares with last year's report."""
        return any(term.previous for term in self.left + self.right)


@dataclass(frozen=True)
class Addend:
    """One cell in an equation: its sign, its address, and whether last year's report is meant."""

    sign: int
    address: str
    previous: bool


@dataclass(frozen=True)
class Equation:
    """An identity in one column or row: sums of cells that must be equal.

    Parameters
    ----------
    identity
        The relation it is an instance of.
    along
        The column or row it holds in, in the form's words.
    left, right
        The cells on either side.
    """

    identity: Identity
    along: str
    left: tuple[Addend, ...]
    right: tuple[Addend, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The addresses of its cells in the year's own report, the left side first."""
        return tuple(addend.address for addend in self.left + self.right if not addend.previous)


@dataclass(frozen=True, eq=False)
class Form:
    """An edition of the statutory form, equal only to itself; what is derived from it is kept.

    Parameters
    ----------
    edition
        Its name: the year it was prescribed.
    first_year
        The first year whose reports use it; it holds until the next edition's first year.
    document, law
        The document that prescribes it, and the law it carries out.
    title, period
        Templates with ``{year}``: the title that follows the agency's name, the statistical period.
    deadline
        The last day for publishing.
    sections, tables, identities
        Its parts, in order.
    roles
        Which of them charts and ledgers are about.
    """

    edition: str
    first_year: int
    document: str
    law: str
    title: str
    period: str
    deadline: Deadline
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    identities: tuple[Identity, ...]
    roles: Roles = Roles()
    _tables: dict[str, Table] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._tables.update((table.key, table) for table in self.tables)

    def table(self, key: str) -> Table:
        """The table named `key`; UnknownPartError, which is a KeyError, where the edition has none."""
        if key not in self._tables:
            known = Joined(", ", self._tables)
            raise UnknownPartError(
                Message(
                    "edition {edition} of the form has no table {key!r}; it has {known}",
                    edition=self.edition,
                    key=key,
                    known=known,
                )
            )
        return self._tables[key]

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """All cells by address, in printing order."""
        return {cell.address: cell for table in self.tables for cell in table.cells}

    @cached_property
    def narrative_sections(self) -> tuple[Section, ...]:
        """The sections that hold text, the preamble first."""
        return tuple(section for section in self.sections if not section.holds_table)

    @cached_property
    def titled_sections(self) -> tuple[Section, ...]:
        """The sections that the form numbers, without the preamble."""
        return tuple(section for section in self.sections if section.title)

    @cached_property
    def preamble(self) -> Section | None:
        """The section of text that has no title; None where the edition has none."""
        return next((section for section in self.narrative_sections if not section.title), None)

    def section(self, key: str) -> Section:
        """The section with that key or title; UnknownPartError, which is a KeyError, where the edition has none."""
        for section in self.sections:
            if key == section.key:
                return section
        for section in self.sections:
            if key and squeezed(key) in map(squeezed, spellings(section.title)):
                return section
        keys = [section.key for section in self.sections]
        near, known = get_close_matches(key, keys, n=1, cutoff=0.5), Joined(", ", keys)
        meant = Message("did you mean {near}?", near=near[0]) if near else Message("it has {known}.", known=known)
        raise UnknownPartError(
            Message(
                "edition {edition} of the form has no section {key!r}; {meant} "
                "Is the notebook one for another edition? `reportkit init .` writes one for each",
                edition=self.edition,
                key=key,
                meant=meant,
            )
        )

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every identity in every column or row it holds in."""
        return tuple(
            equation for identity in self.identities for equation in _equations(self.table(identity.table), identity)
        )

    @cached_property
    def totals(self) -> dict[str, tuple[str, ...]]:
        """For each total of the form the cells it is the sum of, each total after those it rests on."""
        parts: dict[str, tuple[str, ...]] = {}
        for equation in self.equations:
            if equation.identity.computes:
                (total,) = equation.left
                parts.setdefault(total.address, tuple(addend.address for addend in equation.right))
        ordered: dict[str, tuple[str, ...]] = {}

        def settle(address: str, above: tuple[str, ...]) -> None:
            if address in above:
                raise FormError(
                    Message("edition {edition}: {address} is a total of itself", edition=self.edition, address=address)
                )
            for part in parts[address]:
                if part in parts and part not in ordered:
                    settle(part, (*above, address))
            ordered[address] = parts[address]

        for address in parts:
            if address not in ordered:
                settle(address, ())
        return ordered

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """The addresses an official fills in: all cells but the totals, in printing order."""
        return tuple(address for address in self.cells if address not in self.totals)


def _equations(table: Table, identity: Identity) -> Iterator[Equation]:
    for block in table.blocks:
        by_column = identity.each == "column"
        across = block.column_leaves if by_column else block.row_leaves
        present = {leaf.key for leaf in (block.row_leaves if by_column else block.column_leaves)}
        if not all(key in present for term in identity.left + identity.right for key in term.keys):
            continue
        paths = _paths(block.columns if by_column else block.rows)
        for leaf in across:
            addresses = f"{table.key}.{{}}.{leaf.key}" if by_column else f"{table.key}.{leaf.key}.{{}}"
            yield Equation(
                identity,
                along=f"{table.name}“{paths[leaf]}”{'列' if by_column else '行'}",
                left=_addends(identity.left, addresses),
                right=_addends(identity.right, addresses),
            )


def _addends(terms: tuple[Term, ...], addresses: str) -> tuple[Addend, ...]:
    return tuple(Addend(term.sign, addresses.format(key), term.previous) for term in terms for key in term.keys)


def _paths(headers: tuple[Header, ...]) -> dict[Header, str]:
    """For each leaf its label, after the labels of the keyed groups above it."""

    def walk(header: Header, above: str) -> Iterator[tuple[Header, str]]:
        path = f"{above} {header.label}".strip()
        if not header.children:
            yield header, path
        for child in header.children:
            yield from walk(child, path if header.key else above)

    return dict(pair for header in headers for pair in walk(header, ""))


def _find(headers: tuple[Header, ...], key: str) -> Header:
    for header in headers:
        if header.key == key:
            return header
        try:
            return _find(header.children, key)
        except KeyError:
            continue
    raise KeyError(key)

"""Parameter files: read strictly, every problem named; written back with a person's comments kept."""

from __future__ import annotations

import io
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reportkit.form import Block, Cell, Form, Header, Table, UnknownYearError, form_for
from reportkit.form.figures import Amount, Figure, FigureError, figure_text, read_figure
from reportkit.form.labels import spellings
from reportkit.project.parameters.yaml import Names, TypedError, TypedFile, described, is_null
from reportkit.report import Agency, AnnualReport, Place, Waiver, new_report
from reportkit.system.files import write_file

__all__ = [
    "blank_parameters",
    "column_names",
    "item_names",
    "keyed",
    "narrative_names",
    "new_parameters",
    "read_parameters",
    "row_names",
    "table_names",
    "write_parameters",
]

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_WAIVER = Names({"rule": (), "cells": (), "quote": (), "reason": (), "by": ()})


def read_parameters(path: Path, agency: Agency, year: int, *, name: str | None = None) -> AnnualReport:
    """Read the report that a parameter file states.

    Parameters
    ----------
    path
        The file.
    agency, year
        Whose report it must be, and for which year.
    name
        What messages call the file; its path by default.

    Raises
    ------
    TypedError
        Where anything in the file cannot be read as meant: all problems at once, with file, line and key.
    """
    file = TypedFile(name or str(path))
    root = file.read(path)
    try:
        form = form_for(year)
    except UnknownYearError as error:
        raise file.error(str(error)) from error
    return _Reading(file, form).report(root, agency, year)


class _Reading:
    """The reading of one parameter file: what was found in it so far."""

    def __init__(self, file: TypedFile, form: Form) -> None:
        self.file, self.form = file, form
        self.figures: dict[str, Figure] = {}
        self.declared: dict[str, Figure] = {}
        self.narrative: dict[str, str] = {}
        self.waivers: list[Waiver] = []
        self.places: dict[str, Place] = {}

    def report(self, root: yaml.Node | None, agency: Agency, year: int) -> AnnualReport:
        published: date | None = None
        for key, typed, node in self.file.entries(root, "", _top_names(self.form)) if root else ():
            if key == "agency":
                self.same(node, typed, agency.id, "the file's name")
            elif key == "year":
                self.same(node, typed, str(year), "the folder's name")
            elif key == "published":
                published = self.day(node, typed)
            elif key == "narrative":
                self.texts(node, typed)
            elif key == "declared":
                for table, table_typed, rows in self.file.entries(node, typed, table_names(self.form)):
                    self.table(rows, f"{typed}.{table_typed}", self.form.table(table), stated=True)
            elif key == "waivers":
                self.waivers = [waiver for item in self.file.items(node, typed) if (waiver := self.waiver(*item))]
            else:
                self.table(node, typed, self.form.table(key), stated=False)
        if self.file.problems:
            raise TypedError(self.file.problems)
        return new_report(
            agency,
            year,
            self.figures,
            form=self.form,
            declared=self.declared,
            narrative=self.narrative,
            published=published,
            waivers=tuple(self.waivers),
            places=self.places,
        )

    def same(self, node: yaml.Node, where: str, expected: str, whose: str) -> None:
        typed = self.file.text(node, where)
        if typed != expected:
            self.file.problem(node, where, f"{typed!r} differs from {whose}, {expected}: mend one of them")

    def day(self, node: yaml.Node, where: str) -> date | None:
        typed = self.file.text(node, where)
        if not typed:
            return None
        numbers = re.fullmatch(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?", typed)
        try:
            if not numbers:
                raise ValueError
            day = date(*map(int, numbers.groups()))
        except ValueError:
            self.file.problem(node, where, f"{typed!r} is not a day: write it as 2024-01-19")
            return None
        if typed != day.isoformat():
            self.file.problem(node, where, f"{typed!r} is not a day as it is written here: write {day}")
        return day

    def texts(self, node: yaml.Node, where: str) -> None:
        for key, typed, text in self.file.entries(node, where, narrative_names(self.form)):
            self.narrative[key] = self.file.text(text, f"{where}.{typed}")
            self.places[key] = self.file.place(text)

    def table(self, node: yaml.Node, where: str, table: Table, *, stated: bool) -> None:
        for key, typed, row in self.file.entries(node, where, row_names(table)):
            self.row(row, f"{where}.{typed}", table, table.row(key), stated=stated)

    def row(self, node: yaml.Node, where: str, table: Table, row: Header, *, stated: bool) -> None:
        if is_null(node):
            for leaf in row.leaves():
                for cell in _cells_of(table, leaf):
                    if (cell.address in self.form.totals) == stated:
                        self.enter(node, where, cell, None)
        elif row.children:
            for key, typed, item in self.file.entries(node, where, item_names(row)):
                self.row(item, f"{where}.{typed}", table, table.row(key), stated=stated)
        else:
            for column, typed, value in self.file.entries(node, where, column_names(table, row)):
                cell = self.form.cells[f"{table.key}.{row.key}.{column}"]
                self.cell(value, f"{where}.{typed}", cell, stated=stated)

    def cell(self, node: yaml.Node, where: str, cell: Cell, *, stated: bool) -> None:
        if stated and cell.address not in self.form.totals:
            self.file.problem(node, where, f"this is not a total: enter it under {cell.table}")
            return
        try:
            self.enter(node, where, cell, _figure(node, cell))
        except FigureError as error:
            self.file.problem(node, where, str(error))

    def enter(self, node: yaml.Node, where: str, cell: Cell, figure: Figure) -> None:
        if cell.address in self.places:
            first = self.places[cell.address].at
            self.file.problem(node, where, f"{cell.address} stands twice, first on line {first}: keep one")
            return
        self.places[cell.address] = self.file.place(node)
        (self.declared if cell.address in self.form.totals else self.figures)[cell.address] = figure

    def waiver(self, where: str, node: yaml.Node) -> Waiver | None:
        before = len(self.file.problems)
        given: dict[str, Any] = {}
        for key, typed, value in self.file.entries(node, where, _WAIVER):
            if key == "cells":
                addresses = [self.address(item, at) for at, item in self.file.items(value, f"{where}.{typed}")]
                given[key] = tuple(address for address in addresses if address)
            else:
                given[key] = self.file.text(value, f"{where}.{typed}") or None
        if isinstance(node, yaml.MappingNode):
            for key in ("rule", "reason", "by"):
                if not given.get(key):
                    self.file.problem(node, where, f"a waiver needs {key}: rule, cells or quote, reason, by")
        return Waiver(**given) if len(self.file.problems) == before and given else None

    def address(self, node: yaml.Node, where: str) -> str:
        address = self.file.text(node, where)
        if address and address not in self.form.cells:
            near = _cell_names(self.form).nearest(address, "cell address")
            self.file.problem(node, where, near if "?" in near else "unknown cell address; write table.row.column")
        return address


def _figure(node: yaml.Node, cell: Cell) -> Figure:
    """The figure that a node states for a cell; strict about how it is written."""
    if is_null(node):
        return None
    if not isinstance(node, yaml.ScalarNode):
        raise FigureError(f"{described(node)} stands where {cell.kind.meaning} belongs")
    figure = read_figure(node.value, cell.kind)
    if node.style in ("'", '"') and isinstance(figure, int):
        raise FigureError(f"the number {figure} is quoted, which makes it a text: write {figure} without quotes")
    return figure


# ------------------------------------------------------------- what may stand where


@cache
def _top_names(form: Form) -> Names:
    spelled: dict[str, tuple[str, ...]] = {"agency": (), "year": (), "published": ()}
    spelled |= {table.key: spellings(form.section(table.key).title) for table in form.tables}
    return Names(spelled | {"narrative": (), "declared": (), "waivers": ()})


@cache
def table_names(form: Form) -> Names:
    """The keys of the tables, or the titles of the sections they stand in."""
    return Names({table.key: spellings(form.section(table.key).title) for table in form.tables})


@cache
def _cell_names(form: Form) -> Names:
    return Names(dict.fromkeys(form.cells, ()))


@cache
def narrative_names(form: Form) -> Names:
    """The keys under ``narrative``: the sections that hold text, by key or title."""
    return Names({section.key: spellings(section.title) for section in form.narrative_sections})


@cache
def row_names(table: Table) -> Names:
    """The keys under a table: its rows and groups of rows, by key or label; an item also by its whole key."""
    headers = [header for block in table.blocks for header in keyed(block.rows)]
    spelled = {header.key or "": spellings(header.label) for header in headers}
    items = (leaf.key or "" for header in headers for leaf in header.leaves())
    return Names(spelled | {item: spelled.get(item, ()) for item in items})


@cache
def item_names(group: Header) -> Names:
    """The keys under a group of rows: the last part of an item's key, or its label."""
    return _Items({item.key or "": spellings(item.label) for item in keyed(group.children)}, f"{group.key}.")


class _Items(Names):
    """The items of a group, typed without the group's key in front."""

    def __init__(self, spelled: Mapping[str, tuple[str, ...]], prefix: str) -> None:
        super().__init__({key.removeprefix(prefix): labels for key, labels in spelled.items()})
        self._prefix = prefix

    def key(self, typed: str) -> str | None:
        item = super().key(typed)
        return None if item is None else self._prefix + item


@cache
def column_names(table: Table, row: Header) -> Names:
    """The keys under a row: its columns, by key or label."""
    return Names({column.key or "": spellings(column.label) for column in _columns_of(table, row)})


def keyed(headers: tuple[Header, ...]) -> Iterator[Header]:
    """The headers that have a key, those below a header without one in its stead."""
    for header in headers:
        if header.key:
            yield header
        else:
            yield from keyed(header.children)


def _columns_of(table: Table, row: Header) -> tuple[Header, ...]:
    return next(block.column_leaves for block in table.blocks if row in block.row_leaves)


def _cells_of(table: Table, row: Header) -> Iterator[Cell]:
    return (cell for cell in table.cells if cell.row == row.key)


# ---------------------------------------------------------------------- writing


def blank_parameters(form: Form, agency: Agency, year: int, *, schema: str | None = None) -> str:
    """The text of a parameter file with 0 in every cell and no texts, for a person to fill in.

    Parameters
    ----------
    form
        The edition of the form for the year.
    agency, year
        Whose report, and for which year.
    schema
        Where the file's JSON schema lies, for editors that look for it; left out where None.
    """
    return new_parameters(new_report(agency, year, form=form), schema=schema)


def new_parameters(report: AnnualReport, *, schema: str | None = None) -> str:
    """The text of a new parameter file that states a report, laid out and labelled as the form is.

    Parameters
    ----------
    report
        What the file states.
    schema
        Where the file's JSON schema lies, for editors that look for it; left out where None.
    """
    form = report.form
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    lines += [f"agency: {report.agency.id}", f"year: {report.year}"]
    lines += [f"published: {report.published}" if report.published else f"# published: {report.year + 1}-01-31"]
    for table in form.tables:
        lines += ["", f"# {form.section(table.key).title}", f"{table.key}:"]
        lines += [line.stating(report.figures) for line in _entry_lines(form, table)]
    lines += ["", "narrative:"]
    for section in form.narrative_sections:
        lines += [f"  # {section.title}"] if section.title else []
        lines += [f"  {section.key}: {_scalar(report.narrative[section.key])}"]
    lines += ["", "declared:" if report.declared else "declared: {}"]
    for table in form.tables:
        stated = [line for row in _rows(table) for line in _row_lines(table, row, report.declared, 4)]
        lines += [f"  {table.key}:", *(line.stating(report.declared) for line in stated)] if stated else []
    lines += ["waivers:" if report.waivers else "waivers: []"]
    lines += [_plain_yaml([_waiver_as_data(waiver)]) for waiver in report.waivers]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a table in a new file: a row with the cells that stand in it, or words alone."""

    before: str
    cells: tuple[tuple[str, str], ...] = ()
    label: str = ""

    def stating(self, figures: Mapping[str, Figure]) -> str:
        """The line with the figures of its cells."""
        if not self.cells:
            return f"{self.before}{self.label}"
        stated = ", ".join(f"{column}: {_typed_figure(figures[address])}" for column, address in self.cells)
        return f"{self.before}{{{stated}}}{self.label}"


@cache
def _entry_lines(form: Form, table: Table) -> tuple[_Line, ...]:
    """The lines of a table with all cells that an official fills in."""
    lines: list[_Line] = []
    entered = frozenset(form.entries)
    for block in table.blocks:
        lines += [_Line(f"  # {block.heading}")] if block.heading else []
        lines += [line for row in keyed(block.rows) for line in _row_lines(table, row, entered, 2)]
    return tuple(lines)


def _rows(table: Table) -> Iterator[Header]:
    return (row for block in table.blocks for row in keyed(block.rows))


def _row_lines(table: Table, row: Header, shown: Container[str], indent: int) -> list[_Line]:
    """The lines of a row or a group of rows, with those of its cells that are to be shown."""
    before, label = f"{' ' * indent}{(row.key or '').rpartition('.')[2]}:", f"  # {row.label}"
    if row.children:
        below = [line for child in keyed(row.children) for line in _row_lines(table, child, shown, indent + 2)]
        return [_Line(before, label=label), *below] if below else []
    cells = tuple((cell.column, cell.address) for cell in _cells_of(table, row) if cell.address in shown)
    return [_Line(f"{before} ", cells, label)] if cells else []


def _typed_figure(figure: Figure) -> str:
    return "null" if figure is None else figure_text(figure)


# Text that may stand as it is after `|`: printable, and its first line neither blank nor indented.
_AS_IT_IS = re.compile(r"(?!\s)[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+")


def _scalar(text: str) -> str:
    """A text as the value of a key in ``narrative``."""
    if not _AS_IT_IS.fullmatch(text):
        return _plain_yaml(text, '"')
    if "\n" not in text:
        return _plain_yaml(text).removesuffix("\n...")
    body = text.rstrip("\n")
    ending = {0: "-", 1: ""}.get(len(text) - len(body), "+")
    indented = "\n".join(f"    {line}" if line else "" for line in body.split("\n"))
    return f"|{ending}\n{indented}{(len(text) - len(body) - 1) * chr(10)}"


def _plain_yaml(data: Any, style: str | None = None) -> str:
    dumped: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=2**20, default_style=style)
    return dumped.removesuffix("\n")


def write_parameters(report: AnnualReport, path: Path, *, schema: str | None = None) -> None:
    """Write a report to its parameter file; where the file exists, its comments and its order stay.

    Parameters
    ----------
    report
        What the file must state afterwards.
    path
        The file; a new one is written as `new_parameters` lays it out.
    schema
        Where the JSON schema lies, for a new file.

    Raises
    ------
    TypedError
        Where the existing file cannot be read; it is left as it is.
    """
    if not path.exists():
        write_file(path, new_parameters(report, schema=schema))
        return
    present = read_parameters(path, report.agency, report.year)
    write_file(path, _edited(path.read_text(encoding="utf-8-sig"), present, report))


def _edited(text: str, present: AnnualReport, report: AnnualReport) -> str:
    """The text of a parameter file that states `present`, changed so that it states `report`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    yaml_file = YAML()
    yaml_file.width = 2**20
    yaml_file.representer.add_representer(type(None), lambda to, _: to.represent_scalar(_TAG + "null", "null"))
    yaml_file.representer.add_representer(Decimal, _represent_decimal)
    yaml_file.representer.add_representer(Amount, lambda to, amount: to.represent_str(str(amount)))
    document = yaml_file.load(text)
    # A file of nothing but comments has no document to hold them.
    written = io.StringIO(text if document is None else "")
    written.seek(0, io.SEEK_END)
    document = CommentedMap() if document is None else document
    _edit(document, present, report)
    if document:
        yaml_file.dump(document, written)
    return written.getvalue()


_TAG = "tag:yaml.org,2002:"


def _represent_decimal(representer: Any, number: Decimal) -> Any:
    text = f"{number:f}"
    return representer.represent_scalar(_TAG + ("float" if "." in text else "int"), text)


def _edit(document: Any, present: AnnualReport, report: AnnualReport) -> None:
    form, top = report.form, _top_names(report.form)
    for address, figure in report.figures.items():
        if _differs(figure, present.figures[address]):
            _set_figure(document, form, address, figure)
    for address in (cell for cell in form.cells if cell in report.declared):
        figure = report.declared[address]
        if address not in present.declared or _differs(figure, present.declared[address]):
            entered = _figure_place(document, form, address)
            _set_figure(document if entered else _inside(document, top, "declared"), form, address, figure)
    for address in present.declared.keys() - report.declared.keys():
        for tables in (document, document.get("declared")):
            if place := tables and _figure_place(tables, form, address):
                place[0].pop(place[1])
    for key, text in report.narrative.items():
        if text != present.narrative[key]:
            texts = _inside(document, top, "narrative")
            texts[_typed(texts, narrative_names(form), key)] = _block(text)
    if report.published != present.published:
        document["published"] = report.published
    if report.waivers != present.waivers:
        document["waivers"] = [_waiver_as_data(waiver) for waiver in report.waivers]


def _differs(one: Figure, other: Figure) -> bool:
    # Decimal("2.50") equals Decimal("2.5"), but every digit counts here.
    return one != other or str(one) != str(other)


def _figure_place(tables: Any, form: Form, address: str) -> tuple[Any, str] | None:
    """The mapping that holds a cell's figure and its key there, however spelled; None where it is not stated."""
    cell = form.cells[address]
    table = form.table(cell.table)
    rows = tables.get(_typed(tables, table_names(form), cell.table))
    names, header = row_names(table), None
    while isinstance(rows, dict):
        whole = _typed(rows, names, cell.row)
        if whole in rows:
            columns, names = rows[whole], column_names(table, table.row(cell.row))
            key = _typed(columns, names, cell.column) if isinstance(columns, dict) else ""
            return (columns, key) if key and key in columns else None
        header = _header_towards(table.blocks if header is None else header, cell.row)
        if not header.children:
            return None
        rows, names = rows.get(_typed(rows, names, header.key or "")), item_names(header)
    return None


def _set_figure(tables: Any, form: Form, address: str, figure: Figure) -> None:
    """State a cell's figure: in its place where there is one, else in a new one under the form's keys."""
    if place := _figure_place(tables, form, address):
        place[0][place[1]] = figure
        return
    cell = form.cells[address]
    table = form.table(cell.table)
    names, header = row_names(table), _header_towards(table.blocks, cell.row)
    rows = _inside(tables, table_names(form), cell.table)
    while header.children and _typed(rows, names, cell.row) not in rows:
        blank = dict.fromkeys(item_names(header).keys)
        rows, names = _inside(rows, names, header.key or "", blank), item_names(header)
        header = _header_towards(header, cell.row)
    row = table.row(cell.row)
    entered = [column for column in _columns_of(table, row) if f"{table.key}.{row.key}.{column.key}" in form.entries]
    columns = _inside(rows, names, cell.row, dict.fromkeys(column.key or "" for column in entered))
    if not columns:
        columns.fa.set_flow_style()
    columns[_typed(columns, column_names(table, row), cell.column)] = figure


def _inside(mapping: Any, names: Names, key: str, blank: Mapping[str, None] | None = None) -> Any:
    """The mapping under `key`; made where there is none, with `blank` in it where a blank stood."""
    from ruamel.yaml.comments import CommentedMap

    typed = _typed(mapping, names, key)
    if not isinstance(mapping.get(typed), dict):
        mapping[typed] = CommentedMap((blank or {}) if typed in mapping else {})
    return mapping[typed]


def _header_towards(above: tuple[Block, ...] | Header, row: str) -> Header:
    """The keyed row or group, directly below `above`, that holds the row."""
    headers = above.children if isinstance(above, Header) else tuple(row for block in above for row in block.rows)
    return next(header for header in keyed(headers) if any(leaf.key == row for leaf in header.leaves()))


def _typed(mapping: Any, names: Names, key: str) -> str:
    """The key of the mapping that means `key`, however a person spelled it; else how to spell it."""
    for typed in mapping:
        if names.key(str(typed)) == key:
            return str(typed)
    return key.rpartition(".")[2] if isinstance(names, _Items) else key


def _block(text: str) -> Any:
    from ruamel.yaml.scalarstring import LiteralScalarString

    return LiteralScalarString(text) if "\n" in text else text


def _waiver_as_data(waiver: Waiver) -> dict[str, Any]:
    said = {"rule": waiver.rule, "cells": list(waiver.cells), "quote": waiver.quote}
    return {key: value for key, value in said.items() if value} | {"reason": waiver.reason, "by": waiver.by}

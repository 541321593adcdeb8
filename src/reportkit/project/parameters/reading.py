"""Reading a parameter file: strictly, and with every problem named."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from reportkit.form import Cell, Form, Header, Table, UnknownYearError, form_for
from reportkit.form.addresses import address_of, nearest_name
from reportkit.form.figures import Figure, FigureError, read_figure
from reportkit.project.parameters.names import (
    REQUIRED_OF_WAIVER,
    WAIVER_NAMES,
    column_names,
    item_names,
    narrative_names,
    row_names,
    table_names,
    top_names,
)
from reportkit.project.parameters.yaml import TypedError, TypedFile, described, is_null
from reportkit.report import Agency, AnnualReport, Place, Waiver, new_report
from reportkit.system.language import Message
from reportkit.text import read_day

__all__ = ["parse_parameters", "read_parameters"]


def read_parameters(path: Path, agency: Agency, year: int, *, name: str | None = None) -> AnnualReport:
    """Read the report that a parameter file states.

    Parameters
    ----------
    path
        The file.
    agency, year
        The agency and the year that the report must be for.
    name
        What messages call the file; its path by default.

    Returns
    -------
    AnnualReport
        What the file states, with the line of each figure and each text.

    Raises
    ------
    TypedError
        If anything in the file cannot be read: all problems at once, with file, line and key.
    """
    file = TypedFile(name or str(path))
    return _stated(file, file.read(path), agency, year)


def parse_parameters(data: bytes, agency: Agency, year: int, *, name: str) -> AnnualReport:
    """Read the report that the content of a parameter file states.

    Parameters
    ----------
    data
        What the file holds.
    agency, year
        The agency and the year that the report must be for.
    name
        What messages call the file.

    Returns
    -------
    AnnualReport
        What the file states.

    Raises
    ------
    TypedError
        As `read_parameters` does.
    """
    file = TypedFile(name)
    return _stated(file, file.parse(data), agency, year)


def _stated(file: TypedFile, root: yaml.Node | None, agency: Agency, year: int) -> AnnualReport:
    try:
        form = form_for(year)
    except UnknownYearError as error:
        raise file.error(error.args[0]) from error
    return _StatedReport(file, form).read(root, agency, year)


class _StatedReport:
    """What a parameter file states, gathered entry by entry."""

    def __init__(self, file: TypedFile, form: Form) -> None:
        self.file, self.form = file, form
        self.places: dict[str, Place] = {}
        self.figures = _StatedFigures(file, form, self.places, allowed=form.cells, blanked=form.entries)
        self.declared = _StatedFigures(file, form, self.places, allowed=form.totals, blanked=form.totals)
        self.narrative: dict[str, str] = {}
        self.published: date | None = None
        self.waivers: list[Waiver] = []

    def read(self, root: yaml.Node | None, agency: Agency, year: int) -> AnnualReport:
        for key, typed, node in self.file.entries(root, "", top_names(self.form)) if root else ():
            if key == "agency":
                self.require_same(node, typed, agency.id, Message("the file's name"))
            elif key == "year":
                self.require_same(node, typed, str(year), Message("the folder's name"))
            elif key == "published":
                self.published = self.read_date(node, typed)
            elif key == "narrative":
                self.read_texts(node, typed)
            elif key == "declared":
                for table, table_typed, rows in self.file.entries(node, typed, table_names(self.form)):
                    self.declared.read_table(rows, f"{typed}.{table_typed}", self.form.table(table))
            elif key == "waivers":
                self.waivers = [waiver for item in self.file.items(node, typed) if (waiver := self.read_waiver(*item))]
            else:
                self.figures.read_table(node, typed, self.form.table(key))
        if self.file.problems:
            raise TypedError(self.file.problems)
        return new_report(
            agency,
            year,
            {**self.figures.read, **self.declared.read},
            form=self.form,
            narrative=self.narrative,
            published=self.published,
            waivers=tuple(self.waivers),
            places=self.places,
        )

    def require_same(self, node: yaml.Node, where: str, expected: str, source: str) -> None:
        typed = self.file.text(node, where)
        if typed != expected:
            self.file.problem(
                node,
                where,
                Message(
                    "{typed!r} differs from {source}, {expected}: correct one of them",
                    typed=typed,
                    source=source,
                    expected=expected,
                ),
            )

    def read_date(self, node: yaml.Node, where: str) -> date | None:
        typed = self.file.text(node, where)
        if not typed:
            return None
        day = read_day(typed)
        if day is None:
            self.file.problem(node, where, Message("{typed!r} is not a date: write it as 2024-01-19", typed=typed))
            return None
        if typed != day.isoformat():
            self.file.problem(
                node, where, Message("{typed!r} is not how dates are written here: write {day}", typed=typed, day=day)
            )
        return day

    def read_texts(self, node: yaml.Node, where: str) -> None:
        for key, typed, text in self.file.entries(node, where, narrative_names(self.form)):
            self.narrative[key] = self.file.text(text, f"{where}.{typed}")
            self.places[key] = self.file.place(text)

    def read_waiver(self, where: str, node: yaml.Node) -> Waiver | None:
        before = len(self.file.problems)
        given: dict[str, Any] = {}
        for key, typed, value in self.file.entries(node, where, WAIVER_NAMES):
            if key == "cells":
                addresses = [self.read_address(item, at) for at, item in self.file.items(value, f"{where}.{typed}")]
                given[key] = tuple(address for address in addresses if address)
            else:
                given[key] = self.file.text(value, f"{where}.{typed}") or None
        if isinstance(node, yaml.MappingNode):
            for key in REQUIRED_OF_WAIVER:
                if not given.get(key):
                    self.file.problem(
                        node, where, Message("a waiver needs {key}: rule, cells or quote, reason, by", key=key)
                    )
        return Waiver(**given) if len(self.file.problems) == before and given else None

    def read_address(self, node: yaml.Node, where: str) -> str:
        typed = self.file.text(node, where)
        address = address_of(typed, self.form)
        if typed and address is None:
            near = nearest_name(typed, self.form)
            meant = Message("did you mean {near}?", near=near) if near else Message("write table.row.column")
            self.file.problem(node, where, Message("unknown cell address; {meant}", meant=meant))
        return address or ""


class _StatedFigures:
    """The figures that one part of a parameter file states: its tables, or its ``declared`` totals.

    Parameters
    ----------
    file, form
        What is read, and the edition of the form that it is for.
    places
        Where each figure of the whole file was read, by address; added to.
    allowed
        The addresses that this part may state.
    blanked
        The addresses that a blank row or group leaves blank.
    """

    def __init__(
        self,
        file: TypedFile,
        form: Form,
        places: dict[str, Place],
        *,
        allowed: Collection[str],
        blanked: Collection[str],
    ) -> None:
        self.file, self.form, self.places = file, form, places
        self.allowed, self.blanked = allowed, frozenset(blanked)
        self.read: dict[str, Figure] = {}

    def read_table(self, node: yaml.Node, where: str, table: Table) -> None:
        for key, typed, row in self.file.entries(node, where, row_names(table)):
            self.read_row(row, f"{where}.{typed}", table, table.row(key))

    def read_row(self, node: yaml.Node, where: str, table: Table, row: Header) -> None:
        if is_null(node):
            rows = {leaf.key for leaf in row.leaves()}
            for cell in table.cells:
                if cell.row in rows and cell.address in self.blanked:
                    self.enter(node, where, cell, None)
        elif row.children:
            for key, typed, item in self.file.entries(node, where, item_names(row)):
                self.read_row(item, f"{where}.{typed}", table, table.row(key))
        else:
            for column, typed, value in self.file.entries(node, where, column_names(table, row)):
                self.read_cell(value, f"{where}.{typed}", self.form.cells[f"{table.key}.{row.key}.{column}"])

    def read_cell(self, node: yaml.Node, where: str, cell: Cell) -> None:
        if cell.address not in self.allowed:
            self.file.problem(node, where, Message("this is not a total: enter it under {table}", table=cell.table))
            return
        try:
            self.enter(node, where, cell, _figure(node, cell))
        except FigureError as error:
            self.file.problem(node, where, error.args[0])

    def enter(self, node: yaml.Node, where: str, cell: Cell, figure: Figure) -> None:
        if cell.address in self.places:
            first = self.places[cell.address].at
            self.file.problem(
                node,
                where,
                Message("{address} appears twice, first on line {first}: keep one", address=cell.address, first=first),
            )
            return
        self.places[cell.address] = self.file.place(node)
        self.read[cell.address] = figure


def _figure(node: yaml.Node, cell: Cell) -> Figure:
    """The figure that a node states for a cell; strict about how it is written."""
    if is_null(node):
        return None
    if not isinstance(node, yaml.ScalarNode):
        raise FigureError(
            Message("expected {meaning}, found {described}", meaning=cell.kind.meaning, described=described(node))
        )
    figure = read_figure(node.value, cell.kind)
    if node.style in ("'", '"') and isinstance(figure, int):
        raise FigureError(
            Message(
                "the number {figure} is quoted, which makes it a text: write {figure} without quotes", figure=figure
            )
        )
    return figure

"""Writing a parameter file: a new one laid out as the form is, or an existing one with its comments kept."""

from __future__ import annotations

import io
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reportkit.form import Form, Header, Table
from reportkit.form.figures import Amount, Figure, figure_text
from reportkit.project.parameters.names import (
    Names,
    column_names,
    columns_of,
    item_names,
    keyed,
    narrative_names,
    row_names,
    table_names,
    top_names,
)
from reportkit.project.parameters.reading import parse_parameters, read_parameters
from reportkit.project.parameters.yaml import TypedError
from reportkit.report import AnnualReport, Waiver
from reportkit.system.errors import InputError
from reportkit.system.files import write_file
from reportkit.system.language import Joined, Message
from reportkit.text import storable

__all__ = ["UnwritableError", "new_parameters", "write_parameters"]

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_TAG = "tag:yaml.org,2002:"
_WIDTH = 2**20  # so that no line is broken
# Text that can follow `|` unchanged: printable, and its first line neither blank nor indented.
_LITERAL = re.compile(r"(?!\s)[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+")


class UnwritableError(InputError, ValueError):
    """A report that a parameter file would not state as meant; no file was changed."""


def write_parameters(report: AnnualReport, path: Path, *, schema: str | None = None) -> None:
    """Write a report to its parameter file; an existing file keeps its comments and its order.

    One that states the report already is left as it is. Texts are written without what YAML cannot hold, and no file is
    put in place that would not read back as meant.

    Parameters
    ----------
    report
        What the file must state afterwards.
    path
        The file; a new one is written as `new_parameters` lays it out.
    schema
        Where the JSON schema is, for a new file.

    Raises
    ------
    TypedError
        If the existing file cannot be read; it is left as it is.
    UnwritableError
        If the file would state something else than the report.
    """
    report = _storable(report)
    if path.exists():
        present = read_parameters(path, report.agency, report.year)
        if not _unlike(report, present):
            return
        text = _edited(path.read_text(encoding="utf-8-sig"), present, report)
    else:
        text = new_parameters(report, schema=schema)
    _require_same(report, text, path)
    write_file(path, text)


def _storable(report: AnnualReport) -> AnnualReport:
    """The report with texts that a file can hold."""
    texts = {key: storable(text) for key, text in report.templates.items()}
    waivers = tuple(
        replace(
            waiver,
            reason=storable(waiver.reason),
            by=storable(waiver.by),
            quote=None if waiver.quote is None else storable(waiver.quote),
        )
        for waiver in report.waivers
    )
    return report.replace(narrative=texts, waivers=waivers)


def _require_same(report: AnnualReport, text: str, path: Path) -> None:
    """Raise unless a file of that text states the report."""
    try:
        stated = parse_parameters(text.encode("utf-8"), report.agency, report.year, name=str(path))
    except TypedError as error:
        raise UnwritableError(
            Message("{path}: nothing was written, since it could not be read again: {error}", path=path, error=error)
        ) from error
    if wrong := _unlike(report, stated):
        raise UnwritableError(
            Message(
                "{path}: nothing was written, since it would not state {listed} as meant",
                path=path,
                listed=Joined(", ", wrong[:3]),
            )
        )


def _unlike(report: AnnualReport, stated: AnnualReport) -> list[str]:
    """What a file does not state as the report does."""
    wrong = [address for address, figure in report.figures.items() if _differs(figure, stated.figures[address])]
    wrong += [address for address, figure in report.declared.items() if _differs(figure, stated.declared.get(address))]
    wrong += [key for key in stated.declared if key not in report.declared]
    wrong += [f"narrative.{key}" for key, said in report.templates.items() if stated.templates.get(key, "") != said]
    wrong += ["published"] if stated.published != report.published else []
    return wrong + (["waivers"] if stated.waivers != report.waivers else [])


# ------------------------------------------------------------------- a new file


def new_parameters(report: AnnualReport, *, schema: str | None = None) -> str:
    """The text of a new parameter file that states a report, laid out and labelled as the form is.

    Parameters
    ----------
    report
        What the file states.
    schema
        Where the file's JSON schema is, for editors that use one; left out if None.

    Returns
    -------
    str
        The YAML, with the form's titles and labels as comments.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> text = new_parameters(new_report(Agency("a", "某局"), 2023))
    >>> text.splitlines()[:3]
    ['agency: a', 'year: 2023', '# published: 2024-01-31']
    """
    form = report.form
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    lines += [f"agency: {report.agency.id}", f"year: {report.year}"]
    lines += [f"published: {report.published}" if report.published else f"# published: {report.year + 1}-01-31"]
    for table in form.tables:
        lines += ["", f"# {form.section(table.key).title}", f"{table.key}:"]
        lines += [line.stating(report.figures) for line in _entry_lines(form, table)]
    bound = next(iter(form.totals or form.cells))
    lines += ["", f"# Markdown; figures may be bound: {{{{ {bound} }}}}", "narrative:"]
    for section in report.sections_with_text:
        lines += [f"  # {section.title}"] if section.title else []
        lines += [f"  {section.key}: {_text_value(report.templates[section.key])}"]
    lines += ["", "declared:" if report.declared else "declared: {}"]
    for table in form.tables:
        stated = [line for row in _rows(table) for line in _row_lines(table, row, report.declared, 4)]
        lines += [f"  {table.key}:", *(line.stating(report.declared) for line in stated)] if stated else []
    lines += ["waivers:" if report.waivers else "waivers: []"]
    lines += [_plain_yaml([_waiver_entry(waiver)]) for waiver in report.waivers]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a table in a new file: a row with its cells, or a key or heading alone."""

    before: str
    cells: tuple[tuple[str, str], ...] = ()
    label: str = ""

    def stating(self, figures: Mapping[str, Figure]) -> str:
        """The line with the figures of its cells."""
        if not self.cells:
            return f"{self.before}{self.label}"
        stated = ", ".join(f"{column}: {_figure_value(figures[address])}" for column, address in self.cells)
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
    """The rows and groups of rows directly below a table."""
    return (row for block in table.blocks for row in keyed(block.rows))


def _row_lines(table: Table, row: Header, shown: Container[str], indent: int) -> list[_Line]:
    """The lines of a row or a group of rows, with those of its cells that are `shown`."""
    before, label = f"{' ' * indent}{(row.key or '').rpartition('.')[2]}:", f"  # {row.label}"
    if row.children:
        below = [line for child in keyed(row.children) for line in _row_lines(table, child, shown, indent + 2)]
        return [_Line(before, label=label), *below] if below else []
    cells = tuple((cell.column, cell.address) for cell in table.cells if cell.row == row.key and cell.address in shown)
    return [_Line(f"{before} ", cells, label)] if cells else []


def _figure_value(figure: Figure) -> str:
    return "null" if figure is None else figure_text(figure)


def _text_value(text: str) -> str:
    """A text as the value of a key in ``narrative``."""
    if not _LITERAL.fullmatch(text):
        return _plain_yaml(text, '"')
    if "\n" not in text:
        return _plain_yaml(text).removesuffix("\n...")
    body = text.rstrip("\n")
    ending = {0: "-", 1: ""}.get(len(text) - len(body), "+")
    indented = "\n".join(f"    {line}" if line else "" for line in body.split("\n"))
    return f"|{ending}\n{indented}{(len(text) - len(body) - 1) * chr(10)}"


def _plain_yaml(data: Any, style: str | None = None) -> str:
    dumped: str = yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH, default_style=style
    )
    return dumped.removesuffix("\n")


def _waiver_entry(waiver: Waiver) -> dict[str, Any]:
    """A waiver as an entry of the file; keys that say nothing are left out."""
    given = {key: getattr(waiver, key) for key in ("rule", "cells", "quote", "reason", "by")}
    return {key: list(value) if key == "cells" else value for key, value in given.items() if value}


# ------------------------------------------------------------- an existing file


def _edited(text: str, present: AnnualReport, report: AnnualReport) -> str:
    """The text of a parameter file that states `present`, changed so that it states `report`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    yaml_file = YAML()
    yaml_file.width = _WIDTH
    yaml_file.representer.add_representer(type(None), lambda to, _: to.represent_scalar(_TAG + "null", "null"))
    yaml_file.representer.add_representer(Decimal, _represent_decimal)
    yaml_file.representer.add_representer(Amount, lambda to, amount: to.represent_str(str(amount)))
    document = yaml_file.load(text)
    # ruamel loads a file of nothing but comments as no document, and would drop them: they are kept as text.
    written = io.StringIO(text if document is None else "")
    written.seek(0, io.SEEK_END)
    document = CommentedMap() if document is None else document
    _edit(document, present, report)
    if document:
        yaml_file.dump(document, written)
    return written.getvalue()


def _represent_decimal(representer: Any, number: Decimal) -> Any:
    text = f"{number:f}"
    return representer.represent_scalar(_TAG + ("float" if "." in text else "int"), text)


def _edit(document: Any, present: AnnualReport, report: AnnualReport) -> None:
    """Change a loaded document that states `present` so that it states `report`."""
    form = report.form
    for address, figure in report.figures.items():
        if _differs(figure, present.figures[address]):
            _set_figure(document, form, address, figure)
    for address in (cell for cell in form.cells if cell in report.declared):
        figure = report.declared[address]
        if address not in present.declared or _differs(figure, present.declared[address]):
            in_table = _find_figure(document, form, address)
            tables = document if in_table else _mapping_at(document, top_names(form), "declared")
            _set_figure(tables, form, address, figure)
    for address in present.declared.keys() - report.declared.keys():
        for tables in (document, document.get("declared")):
            if place := tables and _find_figure(tables, form, address):
                place[0].pop(place[1])
    for key, text in report.templates.items():
        if text != present.templates.get(key, ""):
            texts = _mapping_at(document, top_names(form), "narrative")
            texts[_typed(texts, narrative_names(form), key)] = _block(text)
    if report.published != present.published:
        document["published"] = report.published
    if report.waivers != present.waivers:
        document["waivers"] = [_quoted(_waiver_entry(waiver)) for waiver in report.waivers]


def _differs(one: Figure, other: Figure) -> bool:
    # Decimal("2.50") equals Decimal("2.5"), but every digit counts here.
    return one != other or str(one) != str(other)


def _find_figure(tables: Any, form: Form, address: str) -> tuple[Any, str] | None:
    """The mapping that holds a cell's figure, and its key there as typed; None if the figure is not stated."""
    cell = form.cells[address]
    table = form.table(cell.table)
    rows = tables.get(_typed(tables, table_names(form), cell.table))
    names, headers = row_names(table), _rows(table)
    while isinstance(rows, dict):
        row = _typed(rows, names, cell.row)
        if row in rows:
            columns, names = rows[row], column_names(table, table.row(cell.row))
            key = _typed(columns, names, cell.column) if isinstance(columns, dict) else ""
            return (columns, key) if key and key in columns else None
        group = _holder(headers, cell.row)
        if not group.children:
            return None
        rows, names, headers = rows.get(_typed(rows, names, group.key or "")), item_names(group), keyed(group.children)
    return None


def _set_figure(tables: Any, form: Form, address: str, figure: Figure) -> None:
    """State a cell's figure: where it is stated already, else in a new entry under the form's keys."""
    if place := _find_figure(tables, form, address):
        place[0][place[1]] = figure
        return
    cell = form.cells[address]
    table = form.table(cell.table)
    names, header = row_names(table), _holder(_rows(table), cell.row)
    rows = _mapping_at(tables, table_names(form), cell.table)
    while header.children and _typed(rows, names, cell.row) not in rows:
        rows = _mapping_at(rows, names, header.key or "", blank=item_names(header).keys)
        names, header = item_names(header), _holder(keyed(header.children), cell.row)
    row = table.row(cell.row)
    entered = [column.key or "" for column in columns_of(table, row)]
    entered = [column for column in entered if f"{table.key}.{row.key}.{column}" in form.entries]
    columns = _mapping_at(rows, names, cell.row, blank=entered)
    if not columns:
        columns.fa.set_flow_style()
    columns[_typed(columns, column_names(table, row), cell.column)] = figure


def _mapping_at(mapping: Any, names: Names, key: str, blank: Iterable[str] = ()) -> Any:
    """The mapping under `key`, which is made if there is none.

    Where the file has the key with a blank, that blank meant all keys of `blank`: each gets one of its own.
    """
    from ruamel.yaml.comments import CommentedMap

    typed = _typed(mapping, names, key)
    if not isinstance(mapping.get(typed), dict):
        mapping[typed] = CommentedMap(dict.fromkeys(blank) if typed in mapping else {})
    return mapping[typed]


def _holder(headers: Iterable[Header], row: str) -> Header:
    """The row or group among `headers` that is the row, or that holds it."""
    return next(header for header in headers if any(leaf.key == row for leaf in header.leaves()))


def _typed(mapping: Any, names: Names, key: str) -> str:
    """The key of the mapping that means `key`, in whatever spelling it has there; else how to type it."""
    return next((str(typed) for typed in mapping if names.key(str(typed)) == key), names.typed(key))


def _quoted(entry: dict[str, Any]) -> dict[str, Any]:
    """A waiver's entry with its texts as ruamel must write them."""
    return {key: _block(value) if isinstance(value, str) else value for key, value in entry.items()}


def _block(text: str) -> Any:
    """A text as ruamel must write it to read it back: as a block, in double quotes, or as it sees fit."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    # ruamel writes some texts with a tab as plain ones, which no reader takes.
    if "\t" in text or not _LITERAL.fullmatch(text):
        return DoubleQuotedScalarString(text)
    return LiteralScalarString(text) if "\n" in text else text

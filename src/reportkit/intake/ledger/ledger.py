"""A ledger, read: its records, and the lines that cannot be counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from reportkit.form import Form, editions
from reportkit.intake.ledger.columns import headings_of, named_sheet, refuse_nearest, require_known
from reportkit.intake.ledger.files import sheets
from reportkit.intake.ledger.lines import LineReader
from reportkit.intake.ledger.record import Record
from reportkit.intake.ledger.sheet import LedgerError
from reportkit.project.parameters import Problem
from reportkit.report import Place

__all__ = ["Ledger", "read_ledger"]


@dataclass(frozen=True)
class Ledger:
    """What a ledger says, as far as a tally needs it.

    Parameters
    ----------
    file
        What messages call the file, with the sheet where it is a workbook.
    records
        Its lines, but for those with a problem.
    problems
        The lines that cannot be counted, and why.
    columns
        For each thing that is read the heading it was found under.
    tables
        The tables that the ledger holds records for, whether or not there are any.
    """

    file: str
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    columns: Mapping[str, str]
    tables: frozenset[str]


def read_ledger(
    path: Path | str,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    name: str | None = None,
    today: date | None = None,
    form: Form | None = None,
) -> Ledger:
    """Read a ledger of requests, of reviews and lawsuits, or of both, one line each.

    Columns are found by their usual headings. Those that are not needed, names above all, are not kept.

    Parameters
    ----------
    path
        A CSV file (UTF-8 or GB18030; comma, semicolon or tab) or an .xlsx workbook.
    columns
        The headings of columns that are called otherwise: ``{"received": "来件日"}``.
    sheet
        The sheet of a workbook; the first that looks like a ledger by default.
    name
        What messages call the file; its path by default.
    today
        The day after which no date can lie; today by default.
    form
        The edition of the form that the lines are counted into; the one in force by default.

    Returns
    -------
    Ledger
        The lines that can be counted, and the problems with those that cannot.

    Raises
    ------
    LedgerError
        Where the file cannot be read, or lacks a column; the message names the columns it has.
        Where the edition of the form has no table for its lines.
    """
    form = form or list(editions().values())[-1]
    file = name or str(path)
    chosen = require_known(columns or {}, file)
    found = sheets(Path(path), file)
    if sheet is not None:
        found = [named_sheet(found, sheet, file)]
    heads = headings_of(found, chosen)
    head = next((head for head in heads if not head.missing), None) or refuse_nearest(heads, file)
    tables = [_table(counted, form, head.sheet.place) for counted in head.counted]
    reader = LineReader(head, today or date.today(), form)
    for line, cells in islice(head.sheet.rows(), head.at, None):
        reader.line(line, cells)
    others = [other.sheet.name for other in heads if other.sheet.name != head.sheet.name and not other.missing]
    if others:
        message = f"{'、'.join(others)} looks like a ledger too, and is not counted: read it by its name"
        reader.problems.append(Problem(Place(head.sheet.file), "sheet", message))
    return Ledger(head.sheet.place, tuple(reader.records), tuple(reader.problems), head.names, frozenset(tables))


def _table(counted: str, form: Form, file: str) -> str:
    """The form's table of requests or of cases; a `LedgerError` where it has none."""
    table: str = getattr(form.roles, counted)
    if not table:
        raise LedgerError(f"{file}: edition {form.edition} of the form counts no {counted}")
    return table

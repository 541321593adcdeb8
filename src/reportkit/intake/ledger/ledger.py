"""A ledger, read: its records, and the lines that cannot be counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from reportkit.form import Form, editions
from reportkit.intake.ledger.columns import (
    Headings,
    headings_of,
    listed,
    named_sheet,
    refuse_nearest,
    require_known,
)
from reportkit.intake.ledger.files import sheets
from reportkit.intake.ledger.lines import LineReader
from reportkit.intake.ledger.record import Record
from reportkit.intake.ledger.sheet import LedgerError
from reportkit.project.parameters import Problem
from reportkit.report import Place
from reportkit.system.language import Message

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
    notes
        What is not wrong and should be known: columns that are not used, hidden sheets, days without a year.
    """

    file: str
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    columns: Mapping[str, str]
    tables: frozenset[str]
    notes: tuple[str, ...] = ()


def read_ledger(
    path: Path | str,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    name: str | None = None,
    today: date | None = None,
    form: Form | None = None,
    year: int | None = None,
    taught: Mapping[str, str] | None = None,
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
    year
        The year in which days lie that are typed without one; where it is not given they are refused.
    taught
        For words that mean nothing by themselves the label of the form that they stand for.

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
    head = _chosen(heads, file) if sheet is None else heads[0]
    if head.missing:
        refuse_nearest(heads, file)
    tables = [_table(counted, form, head.sheet.place) for counted in head.counted]
    reader = LineReader(head, today or date.today(), form, year, taught or {})
    for line, cells in islice(head.sheet.rows(), head.at, None):
        reader.line(line, cells)
    problems = [*reader.problems, *reader.problems_of_columns(), *_other_ledgers(heads, head)]
    notes = [*_hidden(heads, head), *reader.notes()]
    return Ledger(head.sheet.place, tuple(reader.records), tuple(problems), head.names, frozenset(tables), tuple(notes))


def _chosen(heads: list[Headings], file: str) -> Headings:
    """The first sheet that looks like a ledger, or the first of all; a `LedgerError` where it is hidden."""
    ledgers = [head for head in heads if not head.missing]
    shown = [head for head in ledgers if not head.sheet.hidden]
    if ledgers and not shown:
        names = listed(head.sheet.name for head in ledgers)
        raise LedgerError(
            Message(
                "{file}: hidden sheets alone look like a ledger ({names}): show them in Excel, or name one",
                file=file,
                names=names,
            )
        )
    return next(iter([*shown, *heads])) if heads else refuse_nearest(heads, file)


def _other_ledgers(heads: list[Headings], head: Headings) -> list[Problem]:
    """The sheets beside the one that is read that look like ledgers too."""
    others = [other.sheet for other in heads if other.sheet.name != head.sheet.name and not other.missing]
    if not others:
        return []
    names = listed(f"{other.name} (hidden)" if other.hidden else other.name for other in others)
    message = Message("{names} looks like a ledger too, and is not counted: read it by its name", names=names)
    return [Problem(Place(head.sheet.file), "sheet", message)]


def _hidden(heads: list[Headings], head: Headings) -> list[str]:
    """The hidden sheets that do not look like a ledger."""
    names = listed(other.sheet.name for other in heads if other.sheet.hidden and other.missing and other.at)
    hidden = Message("{file}: hidden sheets, not read: {names}", file=head.sheet.file, names=names)
    return [hidden] if names else []


def _table(counted: str, form: Form, file: str) -> str:
    """The form's table of requests or of cases; a `LedgerError` where it has none."""
    table: str = getattr(form.roles, counted)
    if not table:
        raise LedgerError(
            Message(
                "{file}: edition {edition} of the form counts no {counted}",
                file=file,
                edition=form.edition,
                counted=counted,
            )
        )
    return table

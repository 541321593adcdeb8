"""Reading a ledger: which columns it has, and what each of its lines says; nothing else is kept of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import NamedTuple, NoReturn

from reportkit.form.labels import squeezed
from reportkit.intake.ledger.files import sheets
from reportkit.intake.ledger.record import Record
from reportkit.intake.ledger.sheet import LedgerError, Sheet
from reportkit.intake.ledger.words import (
    Vocabulary,
    case_kinds,
    case_results,
    declared,
    heading_rank,
    kinds_of_applicant,
    outcomes,
)
from reportkit.project.parameters import Problem
from reportkit.report import Place

__all__ = ["Ledger", "LedgerError", "read_ledger"]

# The headings stand among the first lines, below a title.
_HEAD = 30
_LONGEST_SHOWN = 24
_MOST_SHOWN = 30
# Requests have been received since 2008, and are answered within months.
_CENTURY = range(2000, 2100)
_LONGEST_HANDLING = timedelta(days=5 * 366)

_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:(?:T|\s+|(?<=日))\d{1,2}\s*[:时]\s*\d{1,2}\s*分?(?::\d{1,2}(?:\.\d+)?)?)?"
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
# Numbers of days since 1899 between 2000 and 2099.
_SERIAL = re.compile(r"(3[6-9]\d{3}|[4-6]\d{4}|7[0-3]\d{3})(?:\.\d+)?")
_PERSONAL = re.compile(r"[0-9a-z]?\d(?:[\s-]?\d){9,}[0-9xX]?", re.IGNORECASE)


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

    Returns
    -------
    Ledger
        The lines that can be counted, and the problems with those that cannot.

    Raises
    ------
    LedgerError
        Where the file cannot be read, or lacks a column; the message names the columns it has.
    """
    file = name or str(path)
    chosen = _require_known(columns or {}, file)
    found = sheets(Path(path), file)
    if sheet is not None:
        found = [_named_sheet(found, sheet, file)]
    heads = _heads(found, chosen)
    head = next((head for head in heads if not head.missing), None) or _nearest(heads, file)
    reading = _Reading(head, today or date.today())
    for line, cells in islice(head.sheet.rows(), head.at, None):
        reading.line(line, cells)
    others = [other.sheet.name for other in heads if other.sheet.name != head.sheet.name and not other.missing]
    if others:
        message = f"{'、'.join(others)} looks like a ledger too, and is not counted: read it by its name"
        reading.problems.append(Problem(Place(head.sheet.file), "sheet", message))
    return Ledger(
        head.sheet.place, tuple(reading.records), tuple(reading.problems), head.headings, frozenset(head.tables)
    )


# --------------------------------------------------------------------- columns


@dataclass(frozen=True)
class _Head:
    """The line of headings of a sheet.

    Parameters
    ----------
    sheet
        The sheet.
    at
        How many of its rows end with the headings.
    cells
        The headings.
    columns
        For each thing that is read its column.
    chosen
        The headings that were named for it.
    """

    sheet: Sheet
    at: int
    cells: tuple[str, ...]
    columns: Mapping[str, int]
    chosen: Mapping[str, str]

    @property
    def headings(self) -> dict[str, str]:
        return {role: _shown(self.cells[column]) for role, column in self.columns.items()}

    @property
    def tables(self) -> list[str]:
        """The tables that its lines are counted in: cases where there is a kind of case, requests else, or both."""
        requests = ["applicant"] if "applicant" in self.columns or "case" not in self.columns else []
        cases = ["case"] if "case" in self.columns else []
        return [declared()[{"applicant": "requests", "case": "cases"}[role]]["table"] for role in requests + cases]

    @property
    def missing(self) -> list[str]:
        """What is needed and not found."""
        needed = [*self.chosen, "received"]
        if declared()["requests"]["table"] in self.tables:
            needed += ["applicant", "outcome", "answered"]
        elif "outcome" not in self.columns:
            needed += ["result"]
        return [role for role in dict.fromkeys(needed) if role not in self.columns]


def _require_known(columns: Mapping[str, str], file: str) -> Mapping[str, str]:
    known = declared()["columns"]
    for role in columns:
        if role not in known:
            raise LedgerError(f"{file}: {role!r} is nothing that is read from a ledger; that is {', '.join(known)}")
    return columns


def _named_sheet(found: list[Sheet], name: str, file: str) -> Sheet:
    for sheet in found:
        if sheet.name == name:
            return sheet
    there = "、".join(sheet.name for sheet in found if sheet.name) or "none, as a CSV file"
    raise LedgerError(f"{file}: has no sheet {name!r}; it has {there}")


def _heads(found: list[Sheet], chosen: Mapping[str, str]) -> list[_Head]:
    """The most likely line of headings of each sheet; of several ways to read a CSV file that finds most."""
    heads: list[_Head] = []
    broken: LedgerError | None = None
    for sheet in found:
        try:
            heads.append(_head(sheet, chosen))
        except LedgerError as error:
            broken = error
    if broken and not any(head.columns for head in heads):
        raise broken
    if found and found[0].delimiter:
        return [max(heads, key=lambda head: len(head.columns))]
    return heads


def _head(sheet: Sheet, chosen: Mapping[str, str]) -> _Head:
    best = _Head(sheet, 0, (), {}, chosen)
    for at, (_, cells) in enumerate(islice(sheet.rows(), _HEAD), start=1):
        headings = tuple(_text(cell) for cell in cells)
        columns = _columns(headings, chosen)
        if len(columns) > len(best.columns) or not best.at:
            best = _Head(sheet, at, headings, columns, chosen)
    return best


def _columns(headings: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """For each thing that is read the column it stands in, as far as it is found."""
    found: dict[str, int] = {}
    plain = [squeezed(heading) for heading in headings]
    for role, heading in chosen.items():
        if squeezed(heading) in plain:
            found[role] = plain.index(squeezed(heading))
    for role, said in declared()["columns"].items():
        if role not in chosen and (columns := _ranked(headings, said["names"])):
            found[role] = columns[0]
    for role, said in declared()["columns"].items():
        if role not in found and role not in chosen and "applicant" not in found:
            columns = [column for column in _ranked(headings, said.get("alone", ())) if column not in found.values()]
            found.update({role: columns[0]} if columns else {})
    return found


def _ranked(headings: Sequence[str], names: Sequence[str]) -> list[int]:
    """The columns whose heading is one of `names`, in the order of the names."""
    ranks = {column: heading_rank(heading, names) for column, heading in enumerate(headings)}
    return sorted((column for column in ranks if ranks[column] is not None), key=lambda column: ranks[column] or 0)


def _nearest(heads: list[_Head], file: str) -> NoReturn:
    """Refuse a file in which no sheet has the columns of a ledger, and say what the nearest to it lacks."""
    head = max(heads, key=lambda head: len(head.columns), default=None)
    if head is None or not head.at:
        raise LedgerError(f"{file}: nothing stands in it")
    lacking = "; ".join(
        f"no column {head.chosen[role]!r}"
        if role in head.chosen
        else f"no column for {declared()['columns'][role]['meaning']} ({role})"
        for role in head.missing
    )
    mapped = " ".join(f"{role}=HEADING" for role in head.missing)
    raise LedgerError(
        f"{head.sheet.place}: {lacking}; {_headings_found(head)}; name what is called otherwise: {mapped}"
    )


def _headings_found(head: _Head) -> str:
    """The headings, unless they may be a line about a person."""
    cells = [cell for cell in head.cells if cell]
    if not head.columns and any(re.search(r"\d", cell) for cell in cells):
        return f"no line of headings is among the first {_HEAD}"
    return "found: " + "、".join(_shown(cell) for cell in cells[:_MOST_SHOWN])


# ----------------------------------------------------------------------- lines


class _Wrong(Exception):  # noqa: N818 - what is wrong with a cell; never leaves this module
    def __init__(self, role: str, message: str) -> None:
        super().__init__(message)
        self.role = role


class _Said(NamedTuple):
    """What a vocabulary makes of a cell: what its words may mean, and the cell where they mean nothing."""

    keys: tuple[frozenset[str], ...]
    unknown: str


class _Reading:
    """The reading of one ledger: what was found in its lines so far."""

    def __init__(self, head: _Head, today: date) -> None:
        self.head, self.today = head, today
        self.sheet = head.sheet
        self.records: list[Record] = []
        self.problems: list[Problem] = []
        self._days: dict[str, date | str | None] = {}
        self._outcomes: dict[tuple[str, str, str], str | None] = {}
        self._kinds: dict[str, str] = {}

    def line(self, number: int, cells: Sequence[str]) -> None:
        """Read a line: a record, a problem, or nothing at all."""
        columns = self.head.columns
        given = {role: cells[column] for role, column in columns.items() if column < len(cells)}
        if self._says_nothing(given, cells):
            return
        try:
            if self.sheet.delimiter and any(map(_text, cells[len(self.head.cells) :])):
                raise _Wrong(
                    "", "more values than the ledger has columns: put a text that holds the separator in quotes"
                )
            record = self._record(number, given)
        except _Wrong as wrong:
            heading = self.head.headings.get(wrong.role, "")
            self.problems.append(Problem(Place(self.sheet.place, number), heading, str(wrong)))
        else:
            self.records.append(record)

    def _says_nothing(self, given: Mapping[str, str], cells: Sequence[str]) -> bool:
        """Whether a line is blank, numbered and otherwise blank, or stands below the ledger."""
        if all(_blank(_text(value)) for role, value in given.items() if role not in ("serial", "number")):
            first = next((text for cell in cells if (text := _text(cell))), "")
            numbered = {column for role, column in self.head.columns.items() if role in ("serial", "number")}
            rest = [cell for column, cell in enumerate(cells) if column not in numbered and not _blank(_text(cell))]
            return not rest or first.startswith(tuple(declared()["lines"]["footers"]))
        return False

    def _record(self, number: int, given: Mapping[str, str]) -> Record:
        requests, cases = declared()["requests"]["table"], declared()["cases"]["table"]
        kind = self._case(given) if cases in self.head.tables else requests
        received = self._day("received", given)
        if received is None:
            raise _Wrong("received", "the day is missing; write it as 2023-01-09")
        if kind == requests:
            kind, table = self._applicant(_text(given.get("applicant"))), requests
            outcome = self._outcome(outcomes(), "outcome", given, _text(given.get("item")))
            answered, role = self._day("answered", given), "answered"
            self._require_both(outcome, answered)
        else:
            table, role = cases, "closed" if "closed" in self.head.columns else "answered"
            result = "result" if "result" in self.head.columns else "outcome"
            outcome, answered = self._outcome(case_results(), result, given, ""), self._day(role, given)
            if answered and outcome is None:
                raise _Wrong(result, f"there is a day of the result, {answered}, and no result")
        self._require_order(received, answered, role, table == requests)
        mark = self._mark(table, received, given)
        return Record(self.sheet.place, number, table, kind, received, outcome, answered, mark)

    def _require_both(self, outcome: str | None, answered: date | None) -> None:
        if answered and outcome is None:
            raise _Wrong("outcome", f"it was answered on {answered}, and no outcome is given")
        if outcome and not answered:
            raise _Wrong("answered", "there is an outcome, and the day it was answered is missing")

    def _require_order(self, received: date, answered: date | None, role: str, is_request: bool) -> None:
        if answered and answered < received:
            raise _Wrong(role, f"{answered} is before the day it was received, {received}")
        if answered and is_request and answered - received > _LONGEST_HANDLING:
            raise _Wrong(role, f"{answered} is more than five years after it was received, {received}: mend the year")

    def _mark(self, table: str, received: date, given: Mapping[str, str]) -> bytes | None:
        """What two lines about the same thing have in common: the serial number, or day and line number."""
        if not _blank(serial := _text(given.get("serial"))):
            # Numbers often begin anew each year.
            said = f"{table} {received.year} {squeezed(serial)}"
        elif not _blank(number := _text(given.get("number"))):
            said = f"{table} {received} {self.sheet.place} {squeezed(number)}"
        else:
            return None
        return blake2b(said.encode("utf-8", "replace"), digest_size=12).digest()

    # ------------------------------------------------------------- cells

    def _day(self, role: str, given: Mapping[str, str]) -> date | None:
        text = _text(given.get(role))
        if text not in self._days:
            self._days[text] = self._read_day(text)
        day = self._days[text]
        if isinstance(day, str):
            raise _Wrong(role, day)
        return day

    def _read_day(self, text: str) -> date | str | None:
        """The day; None where there is none, a text that says what is wrong with it."""
        if _blank(text) or squeezed(text) in _PENDING:
            return None
        day = _as_day(text, self.sheet.epoch)
        if day is None:
            return f"{_shown(text)!r} is not a day; write it as 2023-01-09"
        if day.year not in _CENTURY:
            return f"{day} lies in another century; mend the year"
        if day > self.today:
            return f"{day} has not come yet; mend the date"
        return day

    def _applicant(self, text: str) -> str:
        if text not in self._kinds:
            self._kinds[text] = self._read_applicant(text)
        return self._kinds[text]

    def _read_applicant(self, text: str) -> str:
        words = kinds_of_applicant()
        if _blank(text):
            raise _Wrong("applicant", f"the kind of applicant is missing: write one of {words.choices()}")
        kind = words.meaning(said) if (said := words.read(text)) else None
        if kind is None:
            # What stands here by mistake may be a name.
            near = words.nearest(text)
            shown = f"{_shown(text)!r} is" if near else "what stands there (not shown, it may be a name) is"
            meant = f"did you mean {near}?" if near else f"write one of {words.choices()}"
            raise _Wrong("applicant", f"{shown} no kind of applicant that the form knows; {meant}")
        if kind in words.groups:
            raise _Wrong("applicant", f"{words.labels[kind]!r} may be several columns: write {words.choices(kind)}")
        return kind

    def _case(self, given: Mapping[str, str]) -> str:
        text, words = _text(given.get("case")), case_kinds()
        requests: str = declared()["requests"]["table"]
        if _blank(text) and requests in self.head.tables:
            return requests
        if _blank(text):
            raise _Wrong("case", f"the kind of case is missing: write one of {words.choices()}")
        kind = words.meaning(said) if (said := words.read(text)) else None
        if kind is None or (kind == requests and requests not in self.head.tables):
            raise _Wrong("case", f"{_shown(text)!r} is no kind of case that the form knows{_meant(words, text)}")
        if kind in words.groups:
            raise _Wrong("case", f"{_shown(text)!r} may be several columns: write {words.choices(kind)}")
        return kind

    def _outcome(self, words: Vocabulary, role: str, given: Mapping[str, str], item: str) -> str | None:
        text = _text(given.get(role))
        key = role, text, item
        if key not in self._outcomes:
            self._outcomes[key] = self._read_outcome(words, role, text, item)
        return self._outcomes[key]

    def _read_outcome(self, words: Vocabulary, role: str, text: str, item: str) -> str | None:
        """The outcome and its item, or the result; None where there is none yet."""
        open_key = declared()["requests" if words is outcomes() else "cases"]["open"]
        said = _said(words, text)
        if said.unknown:
            raise _Wrong(role, f"{_shown(text)!r} is no outcome that the form knows{_meant(words, text)}")
        below = _said(words, item)
        meaning = words.meaning(said.keys) if said.keys else None
        if below.unknown:
            # Beside an outcome that has no items anything may be noted.
            if not meaning or meaning in words.groups:
                raise _Wrong("item", f"{_shown(item)!r} is no item that the form knows{_meant(words, item)}")
            below = _Said((), "")
        if not said.keys and not below.keys:
            return None
        meaning = words.meaning((*said.keys, *below.keys))
        if meaning is None:
            both = " / ".join(_shown(part) for part in (text, item) if not _blank(part))
            raise _Wrong(role, f"{both!r} contradicts itself: an outcome, and an item of that outcome")
        return None if meaning == open_key else meaning


def _said(words: Vocabulary, text: str) -> _Said:
    if _blank(text):
        return _Said((), "")
    keys = words.read(text)
    return _Said(keys, "" if keys else text)


def _meant(words: Vocabulary, text: str) -> str:
    near = words.nearest(text)
    return f"; did you mean {near}?" if near else f"; write one of {words.choices()}"


def _as_day(text: str, epoch: date) -> date | None:
    text = unicodedata.normalize("NFKC", text).strip()
    if serial := _SERIAL.fullmatch(text):
        return epoch + timedelta(days=int(serial[1]))
    match = _DIGITS.fullmatch(text) or _DAY.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _text(value: str | None) -> str:
    return "" if value is None else value.strip()


_BLANK = frozenset(declared()["lines"]["blank"])
_PENDING = frozenset(declared()["requests"]["pending"] + declared()["cases"]["pending"])


def _blank(text: str) -> bool:
    return text.casefold() in _BLANK


def _shown(text: str) -> str:
    """A cell as a message may show it: short, and without anything that looks like a person's number."""
    plain = " ".join(unicodedata.normalize("NFKC", text[: 4 * _LONGEST_SHOWN]).split())
    masked = _PERSONAL.sub("…", plain)
    return masked if len(masked) <= _LONGEST_SHOWN else f"{masked[:_LONGEST_SHOWN]}…"

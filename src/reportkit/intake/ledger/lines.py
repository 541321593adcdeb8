"""Reading the lines of a ledger: each is a record, a problem, or nothing; nothing else is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import NamedTuple

from reportkit.form import Form
from reportkit.intake.ledger.cells import day_in, is_blank, shown, text_of
from reportkit.intake.ledger.columns import Headings
from reportkit.intake.ledger.record import Record
from reportkit.intake.ledger.words import Vocabulary, case_kinds, case_results, declared, kinds_of_applicant, outcomes
from reportkit.project.parameters import Problem
from reportkit.report import Place
from reportkit.text import squeezed

__all__ = ["LineReader"]

# Requests have been received since 2008, and are answered within months.
_CENTURY = range(2000, 2100)
_LONGEST_HANDLING = timedelta(days=5 * 366)
_PENDING = frozenset(declared()["requests"]["pending"] + declared()["cases"]["pending"])


class _Wrong(Exception):  # noqa: N818 - what is wrong with a cell; never leaves this module
    def __init__(self, role: str, message: str) -> None:
        super().__init__(message)
        self.role = role


class _Said(NamedTuple):
    """What a vocabulary makes of a cell: what its words may mean, and the cell where they mean nothing."""

    keys: tuple[frozenset[str], ...]
    unknown: str


class LineReader:
    """Reads the lines of one ledger: what was found in them so far.

    Parameters
    ----------
    head
        The ledger's headings.
    today
        The day after which no date can lie.
    form
        The edition of the form whose rows and columns the words mean.
    """

    def __init__(self, head: Headings, today: date, form: Form) -> None:
        self.head, self.today, self.form = head, today, form
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
            if self.sheet.delimiter and any(map(text_of, cells[len(self.head.cells) :])):
                raise _Wrong(
                    "", "more values than the ledger has columns: put a text that holds the separator in quotes"
                )
            record = self._record(number, given)
        except _Wrong as wrong:
            heading = self.head.names.get(wrong.role, "")
            self.problems.append(Problem(Place(self.sheet.place, number), heading, str(wrong)))
        else:
            self.records.append(record)

    def _says_nothing(self, given: Mapping[str, str], cells: Sequence[str]) -> bool:
        """Whether a line is blank, numbered and otherwise blank, or stands below the ledger."""
        if all(is_blank(text_of(value)) for role, value in given.items() if role not in ("serial", "number")):
            first = next((text for cell in cells if (text := text_of(cell))), "")
            numbered = {column for role, column in self.head.columns.items() if role in ("serial", "number")}
            rest = [cell for column, cell in enumerate(cells) if column not in numbered and not is_blank(text_of(cell))]
            return not rest or first.startswith(tuple(declared()["lines"]["footers"]))
        return False

    def _record(self, number: int, given: Mapping[str, str]) -> Record:
        requests, cases = self.form.roles.requests, self.form.roles.cases
        kind = self._case(given) if "cases" in self.head.counted else requests
        received = self._day("received", given)
        if received is None:
            raise _Wrong("received", "the day is missing; write it as 2023-01-09")
        if kind == requests:
            kind, table = self._applicant(text_of(given.get("applicant"))), requests
            outcome = self._outcome(outcomes(self.form), "outcome", given, text_of(given.get("item")))
            answered, role = self._day("answered", given), "answered"
            self._require_both(outcome, answered)
        else:
            table, role = cases, "closed" if "closed" in self.head.columns else "answered"
            result = "result" if "result" in self.head.columns else "outcome"
            outcome, answered = self._outcome(case_results(self.form), result, given, ""), self._day(role, given)
            if answered and outcome is None:
                raise _Wrong(result, f"there is a day of the result, {answered}, and no result")
        self._require_order(received, answered, role, table == requests)
        fingerprint = self._fingerprint(table, received, given)
        return Record(self.sheet.place, number, table, kind, received, outcome, answered, fingerprint)

    def _require_both(self, outcome: str | None, answered: date | None) -> None:
        if answered and outcome is None:
            raise _Wrong("outcome", f"it was answered on {answered}, and no outcome is given")
        if outcome and not answered:
            raise _Wrong("answered", "there is an outcome, and the day it was answered is missing")

    def _require_order(self, received: date, answered: date | None, role: str, is_request: bool) -> None:
        if answered and answered < received:
            raise _Wrong(role, f"{answered} is before the day it was received, {received}")
        if answered and is_request and answered - received > _LONGEST_HANDLING:
            raise _Wrong(
                role, f"{answered} is more than five years after it was received, {received}: correct the year"
            )

    def _fingerprint(self, table: str, received: date, given: Mapping[str, str]) -> bytes | None:
        """What two lines about the same thing have in common: the serial number, or day and line number."""
        if not is_blank(serial := text_of(given.get("serial"))):
            # Numbers often restart each year.
            said = f"{table} {received.year} {squeezed(serial)}"
        elif not is_blank(number := text_of(given.get("number"))):
            said = f"{table} {received} {self.sheet.place} {squeezed(number)}"
        else:
            return None
        return blake2b(said.encode("utf-8", "replace"), digest_size=12).digest()

    # ------------------------------------------------------------- cells

    def _day(self, role: str, given: Mapping[str, str]) -> date | None:
        text = text_of(given.get(role))
        if text not in self._days:
            self._days[text] = self._read_day(text)
        day = self._days[text]
        if isinstance(day, str):
            raise _Wrong(role, day)
        return day

    def _read_day(self, text: str) -> date | str | None:
        """The day; None where there is none, a text that says what is wrong with it."""
        if is_blank(text) or squeezed(text) in _PENDING:
            return None
        day = day_in(text, self.sheet.epoch)
        if day is None:
            return f"{shown(text)!r} is not a day; write it as 2023-01-09"
        if day.year not in _CENTURY:
            return f"{day} lies in another century; correct the year"
        if day > self.today:
            return f"{day} has not come yet; correct the date"
        return day

    def _applicant(self, text: str) -> str:
        if text not in self._kinds:
            self._kinds[text] = self._read_applicant(text)
        return self._kinds[text]

    def _read_applicant(self, text: str) -> str:
        words = kinds_of_applicant(self.form)
        if is_blank(text):
            raise _Wrong("applicant", f"the kind of applicant is missing: write one of {words.choices()}")
        kind = words.meaning(said) if (said := words.read(text)) else None
        if kind is None:
            # What stands here by mistake may be a name.
            near = words.nearest(text)
            what = f"{shown(text)!r} is" if near else "what stands there (not shown, it may be a name) is"
            meant = f"did you mean {near}?" if near else f"write one of {words.choices()}"
            raise _Wrong("applicant", f"{what} no kind of applicant that the form knows; {meant}")
        if kind in words.groups:
            raise _Wrong("applicant", f"{words.labels[kind]!r} may be several columns: write {words.choices(kind)}")
        return kind

    def _case(self, given: Mapping[str, str]) -> str:
        text, words = text_of(given.get("case")), case_kinds(self.form)
        requests = self.form.roles.requests
        if is_blank(text) and "requests" in self.head.counted:
            return requests
        if is_blank(text):
            raise _Wrong("case", f"the kind of case is missing: write one of {words.choices()}")
        kind = words.meaning(said) if (said := words.read(text)) else None
        if kind is None or (kind == requests and "requests" not in self.head.counted):
            raise _Wrong("case", f"{shown(text)!r} is no kind of case that the form knows{_meant(words, text)}")
        if kind in words.groups:
            raise _Wrong("case", f"{shown(text)!r} may be several columns: write {words.choices(kind)}")
        return kind

    def _outcome(self, words: Vocabulary, role: str, given: Mapping[str, str], item: str) -> str | None:
        text = text_of(given.get(role))
        key = role, text, item
        if key not in self._outcomes:
            self._outcomes[key] = self._read_outcome(words, role, text, item)
        return self._outcomes[key]

    def _read_outcome(self, words: Vocabulary, role: str, text: str, item: str) -> str | None:
        """The outcome and its item, or the result; None where there is none yet."""
        roles = self.form.roles
        open_key = roles.carried_out if words is outcomes(self.form) else roles.pending
        said = _said(words, text)
        if said.unknown:
            raise _Wrong(role, f"{shown(text)!r} is no outcome that the form knows{_meant(words, text)}")
        below = _said(words, item)
        meaning = words.meaning(said.keys) if said.keys else None
        if below.unknown:
            # Beside an outcome that has no items anything may be noted.
            if not meaning or meaning in words.groups:
                raise _Wrong("item", f"{shown(item)!r} is no item that the form knows{_meant(words, item)}")
            below = _Said((), "")
        if not said.keys and not below.keys:
            return None
        meaning = words.meaning((*said.keys, *below.keys))
        if meaning is None:
            both = " / ".join(shown(part) for part in (text, item) if not is_blank(part))
            raise _Wrong(role, f"{both!r} contradicts itself: an outcome, and an item of that outcome")
        return None if meaning == open_key else meaning


def _said(words: Vocabulary, text: str) -> _Said:
    if is_blank(text):
        return _Said((), "")
    keys = words.read(text)
    return _Said(keys, "" if keys else text)


def _meant(words: Vocabulary, text: str) -> str:
    near = words.nearest(text)
    return f"; did you mean {near}?" if near else f"; write one of {words.choices()}"

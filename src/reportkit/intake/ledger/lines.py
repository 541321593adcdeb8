"""Reading the lines of a ledger: each is a record, a problem, or nothing; nothing else is kept of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import NamedTuple

from reportkit.form import Form
from reportkit.intake.ledger.cells import DayOfYear, day_in, day_of_year, is_blank, shown, text_of
from reportkit.intake.ledger.columns import Headings, listed
from reportkit.intake.ledger.record import Record
from reportkit.intake.ledger.sheet import UNCOMPUTED
from reportkit.intake.ledger.words import Vocabulary, case_kinds, case_results, declared, kinds_of_applicant, outcomes
from reportkit.project.parameters import Problem
from reportkit.report import Place
from reportkit.system.language import Joined, Message
from reportkit.text import squeezed

__all__ = ["LineReader"]

# Requests have been received since 2008, and are answered within months.
_CENTURY = range(2000, 2100)
_LONGEST_HANDLING = timedelta(days=5 * 366)
_PENDING = frozenset(declared()["requests"]["pending"] + declared()["cases"]["pending"])
_NO = frozenset(declared()["lines"]["no"])
_BEGIN_FORMULAS = frozenset((UNCOMPUTED[0], "#"))
# What Excel shows for a formula that cannot be worked out.
_EXCELS_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")


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
    year
        The year in which days lie that are typed without one; None to refuse them.
    taught
        For words that mean nothing by themselves the label of the form that they stand for.
    """

    def __init__(
        self, head: Headings, today: date, form: Form, year: int | None = None, taught: Mapping[str, str] | None = None
    ) -> None:
        self.head, self.today, self.form, self.year = head, today, form, year
        self.sheet = head.sheet
        self.records: list[Record] = []
        self.problems: list[Problem] = []
        self._columns, self._about_cases = head.used, head.about_cases
        self._numbered = {column for role, column in self._columns.items() if role in ("serial", "number")}
        self._results, self._words = case_results(form).taught(taught or {}), outcomes(form).taught(taught or {})
        self._first: dict[int, int] = {}
        self._filled: Counter[int] = Counter()
        self._has_days_of_year = False
        self._days: dict[str, date | DayOfYear | str | None] = {}
        self._outcomes: dict[tuple[str, str, str], str | None] = {}
        self._kinds: dict[str, str] = {}

    def line(self, number: int, cells: Sequence[str]) -> None:
        """Read a line: a record, a problem, or nothing at all."""
        given = {role: cells[column] for role, column in self._columns.items() if column < len(cells)}
        if self._says_nothing(given, cells) or self._is_no_entry(given, cells):
            return
        for column in self._about_cases:
            if column < len(cells) and not is_blank(said := text_of(cells[column])) and squeezed(said) not in _NO:
                self._first.setdefault(column, number)
                self._filled[column] += 1
        try:
            if self.sheet.delimiter and any(map(text_of, cells[len(self.head.cells) :])):
                raise _Wrong(
                    "",
                    Message("more values than the ledger has columns: put a text that holds the separator in quotes"),
                )
            _require_values(given)
            record = self._record(number, given)
        except _Wrong as wrong:
            heading = self.head.names.get(wrong.role, "")
            self.problems.append(Problem(Place(self.sheet.place, number), heading, wrong.args[-1]))
        else:
            self.records.append(record)

    def problems_of_columns(self) -> Iterator[Problem]:
        """What stands in columns of reviews and lawsuits beside requests, which nothing could be counted from."""
        for column in self._about_cases:
            if column in self._first:
                yield Problem(
                    Place(self.sheet.place, self._first[column]),
                    shown(self.head.cells[column]),
                    Message(
                        "filled in on {count} lines and not counted: the table of reviews and lawsuits is counted from "
                        "a ledger with a line for each case: its kind, the day it was received, its result",
                        count=self._filled[column],
                    ),
                )

    def notes(self) -> Iterator[str]:
        """What is not wrong and should be known."""
        unused = listed(self.head.cells[column] for column in self.head.unused)
        if unused:
            yield Message("{place}: columns that are not used: {unused}", place=self.sheet.place, unused=unused)
        if self._has_days_of_year:
            place, year = self.sheet.place, self.year
            yield Message("{place}: days without a year are taken to lie in {year}", place=place, year=year)

    def _says_nothing(self, given: Mapping[str, str], cells: Sequence[str]) -> bool:
        """Whether a line is blank, numbered and otherwise blank, or stands below the ledger."""
        if all(is_blank(text_of(value)) for role, value in given.items() if role not in ("serial", "number")):
            rest = [
                cell
                for column, cell in enumerate(cells)
                if column not in self._numbered and cell != UNCOMPUTED and not is_blank(text_of(cell))
            ]
            return not rest or _first_text(cells).startswith(tuple(declared()["lines"]["footers"]))
        return False

    def _is_no_entry(self, given: Mapping[str, str], cells: Sequence[str]) -> bool:
        """Whether a line without a day sums those above it, or holds the headings once more, as printed pages do."""
        received = text_of(given.get("received"))
        if isinstance(self._known_day(received), date | DayOfYear):
            return False
        if squeezed(_first_text(cells)).startswith(tuple(declared()["lines"]["sums"])):
            return True
        return all(
            squeezed(text_of(value)) == squeezed(self.head.cells[self._columns[role]]) for role, value in given.items()
        )

    def _record(self, number: int, given: Mapping[str, str]) -> Record:
        requests, cases = self.form.roles.requests, self.form.roles.cases
        kind = self._case(given) if "cases" in self.head.counted else requests
        received = self._day("received", given)
        if received is None:
            raise _Wrong("received", Message("the day is missing; write it as 2023-01-09"))
        if kind == requests:
            kind, table = self._applicant(text_of(given.get("applicant"))), requests
            outcome = self._outcome(self._words, "outcome", given, text_of(given.get("item")))
            answered, role = self._day("answered", given, received), "answered"
            self._require_both(outcome, answered)
        else:
            table, role = cases, "closed" if "closed" in self._columns else "answered"
            result = "result" if "result" in self._columns else "outcome"
            outcome, answered = self._outcome(self._results, result, given, ""), self._day(role, given, received)
            if answered and outcome is None:
                raise _Wrong(
                    result, Message("there is a day of the result, {answered}, and no result", answered=answered)
                )
        self._require_order(received, answered, role, table == requests)
        fingerprint = self._fingerprint(table, received, given)
        return Record(self.sheet.place, number, table, kind, received, outcome, answered, fingerprint)

    def _require_both(self, outcome: str | None, answered: date | None) -> None:
        if answered and outcome is None:
            raise _Wrong(
                "outcome", Message("it was answered on {answered}, and no outcome is given", answered=answered)
            )
        if outcome and not answered:
            raise _Wrong("answered", Message("there is an outcome, and the day it was answered is missing"))

    def _require_order(self, received: date, answered: date | None, role: str, is_request: bool) -> None:
        if answered and answered < received:
            raise _Wrong(
                role,
                Message(
                    "{answered} is before the day it was received, {received}", answered=answered, received=received
                ),
            )
        if answered and is_request and answered - received > _LONGEST_HANDLING:
            raise _Wrong(
                role,
                Message(
                    "{answered} is more than five years after it was received, {received}: correct the year",
                    answered=answered,
                    received=received,
                ),
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

    def _day(self, role: str, given: Mapping[str, str], after: date | None = None) -> date | None:
        """The day in a column; one that is typed without a year is the only one that may be meant."""
        day = self._known_day(text_of(given.get(role)))
        if isinstance(day, str):
            raise _Wrong(role, day)
        if isinstance(day, DayOfYear):
            day = self._day_of_year(role, day, after)
            self._has_days_of_year = True
        if day and day > self.today:
            raise _Wrong(role, Message("{day} has not come yet; correct the date", day=day))
        return day

    def _known_day(self, text: str) -> date | DayOfYear | str | None:
        if text not in self._days:
            self._days[text] = self._read_day(text)
        return self._days[text]

    def _read_day(self, text: str) -> date | DayOfYear | str | None:
        """The day; None where there is none, a text that says what is wrong with it."""
        if is_blank(text) or squeezed(text) in _PENDING:
            return None
        day = day_in(text, self.sheet.epoch)
        if day is None:
            without_year = day_of_year(text)
            if without_year and self.year is not None:
                return without_year
            if without_year:
                return Message("{day!r} is not a day, but for its year; write it as 2023-01-09", day=shown(text))
            return Message("{day!r} is not a day; write it as 2023-01-09", day=shown(text))
        if day.year not in _CENTURY:
            return Message("{day} lies in another century; correct the year", day=day)
        return day

    def _day_of_year(self, role: str, day: DayOfYear, after: date | None) -> date:
        """The day in the year that is counted; after a day of an earlier year the only one that may be meant."""
        year = self.year or self.today.year
        days = [found for among in range(after.year if after else year, year + 1) if (found := day.in_year(among))]
        later = [found for found in days if after is None or found >= after]
        if len(later) > 1:
            may_be = Joined(" or ", later)
            raise _Wrong(
                role, Message("{day} has no year, and may be {may_be}; write it with its year", day=day, may_be=may_be)
            )
        if not days:
            raise _Wrong(role, Message("{day} is no day of {year}; write it with its year", day=day, year=year))
        return (later or days)[-1]

    def _applicant(self, text: str) -> str:
        if text not in self._kinds:
            self._kinds[text] = self._read_applicant(text)
        return self._kinds[text]

    def _read_applicant(self, text: str) -> str:
        words = kinds_of_applicant(self.form)
        if is_blank(text):
            raise _Wrong(
                "applicant",
                Message("the kind of applicant is missing: write one of {choices}", choices=words.choices()),
            )
        kind = words.meaning(words.read(text))
        if kind is None:
            # What stands here by mistake may be a name.
            near = words.nearest(text)
            if near:
                unknown = Message("{text!r} is no kind of applicant that the form knows", text=shown(text))
                raise _Wrong("applicant", Joined("; ", [unknown, Message("did you mean {near}?", near=near)]))
            unknown = Message(
                "what stands there (not shown, it may be a name) is no kind of applicant that the form knows"
            )
            meant = Message("write one of {choices}", choices=words.choices())
            raise _Wrong("applicant", Joined("; ", [unknown, meant]))
        if kind in words.groups:
            raise _Wrong(
                "applicant",
                Message(
                    "{value!r} may be several columns: write {choices}",
                    value=words.labels[kind],
                    choices=words.choices(kind),
                ),
            )
        return kind

    def _case(self, given: Mapping[str, str]) -> str:
        text, words = text_of(given.get("case")), case_kinds(self.form)
        requests = self.form.roles.requests
        if is_blank(text) and "requests" in self.head.counted:
            return requests
        if is_blank(text):
            raise _Wrong(
                "case", Message("the kind of case is missing: write one of {choices}", choices=words.choices())
            )
        kind = words.meaning(words.read(text))
        if kind is None or (kind == requests and "requests" not in self.head.counted):
            raise _Wrong(
                "case",
                Message(
                    "{shown!r} is no kind of case that the form knows{meant}",
                    shown=shown(text),
                    meant=_meant(words, text),
                ),
            )
        if kind in words.groups:
            raise _Wrong(
                "case",
                Message(
                    "{shown!r} may be several columns: write {choices}", shown=shown(text), choices=words.choices(kind)
                ),
            )
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
        open_key = roles.carried_out if words is self._words else roles.pending
        said = _said(words, text)
        if said.unknown:
            raise _Wrong(
                role,
                Message(
                    "{shown!r} is no outcome that the form knows{meant}{taught}",
                    shown=shown(text),
                    meant=_meant(words, text),
                    taught=_taught(text),
                ),
            )
        below = _said(words, item)
        meaning = words.meaning(said.keys)
        if below.unknown:
            # Beside an outcome that has no items anything may be noted.
            if not meaning or meaning in words.groups:
                raise _Wrong(
                    "item",
                    Message(
                        "{shown!r} is no item that the form knows{meant}{taught}",
                        shown=shown(item),
                        meant=_meant(words, item),
                        taught=_taught(item),
                    ),
                )
            below = _Said((), "")
        if not said.keys and not below.keys:
            return None
        meaning = words.meaning((*said.keys, *below.keys))
        if meaning is None:
            both = " / ".join(shown(part) for part in (text, item) if not is_blank(part))
            raise _Wrong(
                role, Message("{both!r} contradicts itself: an outcome, and an item of that outcome", both=both)
            )
        return None if meaning == open_key else meaning


def _first_text(cells: Sequence[str]) -> str:
    return next((text for cell in cells if (text := text_of(cell))), "")


def _require_values(given: Mapping[str, str]) -> None:
    """Refuse a line in which a formula has no value, since that is no blank; its number matters least."""
    formulas = [role for role, value in given.items() if value[:1] in _BEGIN_FORMULAS]
    for role in sorted(formulas, key=("number", "serial").__contains__):
        if given[role] == UNCOMPUTED:
            raise _Wrong(
                role,
                Message("a formula that was never calculated: open the workbook in Excel, save it, and count it again"),
            )
        if _EXCELS_ERROR.fullmatch(text_of(given[role])):
            raise _Wrong(
                role,
                Message("a formula that Excel cannot work out ({text_of}): correct it", text_of=text_of(given[role])),
            )


def _said(words: Vocabulary, text: str) -> _Said:
    if is_blank(text):
        return _Said((), "")
    keys = words.read(text)
    return _Said(keys, "" if keys else text)


def _meant(words: Vocabulary, text: str) -> str:
    if near := words.nearest(text):
        return Message("; did you mean {near}?", near=near)
    if alike := words.alike(text):
        return Message("; nearest to it: {alike}", alike="、".join(alike))
    return Message("; write one of {choices}", choices=words.choices())


def _taught(text: str) -> str:
    """How to teach a word, where it is short enough to be one and says nothing about a person."""
    return Message("; --outcome {text}=ITEM says which item it means", text=text) if shown(text) == text else ""

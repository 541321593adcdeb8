"""The tally: a ledger's lines counted into the cells of the statutory tables, each figure with its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from reportkit.form import Form, Header, Table, form_for
from reportkit.form.addresses import address_of
from reportkit.intake.ledger.ledger import Ledger, read_ledger
from reportkit.intake.ledger.record import Record
from reportkit.intake.ledger.sheet import LedgerError
from reportkit.project.parameters import Problem
from reportkit.report import Origin, UnknownCellError
from reportkit.system.bounded import Refusal, run_bounded
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message
from reportkit.system.machine import cores
from reportkit.text import first_of, unnumbered

__all__ = ["Tally", "tally", "tally_files"]

# A workbook of 100,000 lines takes 5 seconds and 40 MiB.
_SLOWEST, _MOST_MEMORY = 60.0, 1 << 30
# So many problems are told one by one, and so many lines of each.
_MOST_TOLD, _MOST_LINES = 50, 5
# So many ledgers are named that a figure was counted from.
_MOST_NAMED, _MORE = 3, "另有{}个台账"


@dataclass(frozen=True)
class Tally:
    """What ledgers say of a year, in the cells of the form.

    Parameters
    ----------
    form, year
        The edition of the form, and the year counted.
    figures
        For each cell that an official fills in the number of lines; only of tables that the ledgers hold.
    problems
        The lines that are not counted, and why, those that cannot be read first.
    notes
        What is not wrong and should be known.
    """

    form: Form
    year: int
    figures: Mapping[str, int]
    problems: tuple[Problem, ...]
    _records: Mapping[str, tuple[Record, ...]]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the tally as `tally --format json` prints it."""
        problems = [
            {"file": problem.place.file, "at": problem.place.at, "key": problem.key, "message": problem.message}
            for problem in self.problems
        ]
        return {"year": self.year, "figures": dict(self.figures), "problems": problems, "notes": list(self.notes)}

    def told(self) -> list[str]:
        """The problems for people: what is wrong with several lines once, with how many lines have it.

        Returns
        -------
        list of str
            A line for each, where the first of its lines comes first; of very many only the first.
        """
        alike: dict[tuple[str, str, str], list[Problem]] = defaultdict(list)
        for problem in self.problems:
            alike[problem.place.file, problem.key, problem.message].append(problem)
        told: list[str] = [_with_others(problems) for problems in alike.values()]
        left = sum(map(len, list(alike.values())[_MOST_TOLD:]))
        return told[:_MOST_TOLD] + ([Message("{left} more lines are not counted", left=left)] if left else [])

    def lines(self, address: str) -> tuple[Record, ...]:
        """The lines that a figure counts, by address or labels; of a total those of all its parts.

        Raises
        ------
        UnknownCellError
            Where the form has no such cell.
        """
        found = address_of(address, self.form)
        if found is None:
            raise UnknownCellError(address, self.form)
        return tuple(sorted(self._parts(found), key=lambda record: (record.file, record.line)))

    @property
    def origins(self) -> dict[str, Origin]:
        """The ledgers that each figure comes from which is not 0, by address."""
        files = {
            address: sorted({Path(record.file).name for record in records})
            for address, records in self._records.items()
            if self.figures.get(address)
        }
        return {
            address: Origin("tallied", "、".join(first_of(names, _MORE, most=_MOST_NAMED)), str(self.figures[address]))
            for address, names in files.items()
        }

    def labels(self, record: Record) -> tuple[str, str]:
        """What the form calls a line's kind and its outcome, of which the second is empty where there is none."""
        table = self.form.table(record.table)
        axes = (table.column, table.row) if record.table == self.form.roles.requests else (table.row, table.column)
        kind, outcome = axes[0](record.kind), axes[1](record.outcome) if record.outcome else None
        return kind.label, outcome.label if outcome else ""

    def _parts(self, address: str) -> Iterator[Record]:
        yield from self._records.get(address, ())
        for part in self.form.totals.get(address, ()):
            yield from self._parts(part)


def tally(ledgers: Iterable[Ledger], form: Form, year: int) -> Tally:
    """Count the lines of ledgers into the tables of requests and of cases.

    A request counts as received where it was received within the year; as carried in where it was received
    before and not answered before; under its outcome where it was answered within the year; and as carried
    out where it was received by the year's end and not answered by then. So what comes in and what goes out
    are equal by construction.

    A review or lawsuit counts where it was received within the year or was pending from before: under its
    result where that came by the year's end, else as pending. Where the day of a result is not known, it is
    taken to lie in the year in which the case was received.

    Parameters
    ----------
    ledgers
        The ledgers, read; each line that two of them share by its serial number is counted once.
    form
        The edition of the form.
    year
        The year to count.

    Returns
    -------
    Tally
        The figures, the lines of each, and the lines that were not counted.

    Raises
    ------
    LedgerError
        Where a ledger is given twice.
    """
    ledgers = tuple(ledgers)
    _require_once(ledgers)
    counting = _Counting(form, year)
    for ledger in ledgers:
        for record in ledger.records:
            counting.count(record, ledger)
    tables = frozenset[str]().union(*(ledger.tables for ledger in ledgers))
    records = {address: tuple(found) for address, found in counting.records.items()}
    figures = {
        address: len(records.get(address, ())) for address in form.entries if form.cells[address].table in tables
    }
    unread = [problem for ledger in ledgers for problem in ledger.problems]
    notes = tuple(note for ledger in ledgers for note in ledger.notes)
    return Tally(form, year, figures, (*unread, *counting.problems), records, notes)


def tally_files(
    paths: Collection[Path],
    year: int,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    taught: Mapping[str, str] | None = None,
) -> Tally:
    """Read ledgers, each in a process with limits, and count them into the form of a year.

    Parameters
    ----------
    paths
        The ledgers.
    year
        The year to count.
    columns, sheet, taught
        As for `read_ledger`.

    Returns
    -------
    Tally
        The figures, the lines of each, and the lines that were not counted.

    Raises
    ------
    LedgerError
        Where a file cannot be read as a ledger, or is given twice.
    UnknownYearError
        Where no edition of the form covers the year.

    Examples
    --------
    >>> tally_files([Path("台账.xlsx")], 2023).figures["applications.granted.company"]  # doctest: +SKIP
    3
    """
    form = form_for(year)
    read = partial(_read, year=year, columns=dict(columns or {}), sheet=sheet, taught=dict(taught or {}))
    jobs = min(len(paths), cores())
    ledgers = run_bounded(read, paths, jobs=jobs, timeout=_SLOWEST, memory=_MOST_MEMORY)
    return tally([_require_read(path, ledger) for path, ledger in ledgers], form, year)


def _read(
    path: Path, year: int, columns: Mapping[str, str], sheet: str | None, taught: Mapping[str, str]
) -> Ledger | str:
    """The ledger, or in one line why it cannot be read."""
    try:
        return read_ledger(path, columns=columns, sheet=sheet, form=form_for(year), year=year, taught=taught)
    except InputError as error:
        return error.args[0] if error.args else str(error)


def _require_read(path: Path, ledger: Ledger | str | Refusal) -> Ledger:
    if isinstance(ledger, Refusal):
        raise LedgerError(
            Message("{path}: {message}, which no ledger does; split it by year", path=path, message=ledger.message)
        )
    if isinstance(ledger, str):
        raise LedgerError(ledger)
    return ledger


def _with_others(problems: list[Problem]) -> Message:
    """A problem that is told once, with how many lines have it."""
    told = problems[0].said_whole()
    if len(problems) == 1:
        return told
    lines = [str(problem.place.at) for problem in problems[:_MOST_LINES]]
    shown = Joined(", ", [*lines, "…"] if len(problems) > _MOST_LINES else lines)
    return Message("{problem} ({count} lines: {lines})", problem=told, count=len(problems), lines=shown)


def _require_once(ledgers: tuple[Ledger, ...]) -> None:
    files = [ledger.file for ledger in ledgers]
    for file in files:
        if files.count(file) > 1:
            raise LedgerError(Message("{file}: given twice; each ledger is counted once", file=file))


class _NotCounted(Exception):  # noqa: N818 - why a line is not counted; never leaves this module
    def __init__(self, role: str, message: str) -> None:
        super().__init__(message)
        self.role = role


class _Counting:
    """The counting of one year: the lines of each cell so far."""

    def __init__(self, form: Form, year: int) -> None:
        self.form = form
        self.first, self.last = date(year, 1, 1), date(year, 12, 31)
        self.records: dict[str, list[Record]] = defaultdict(list)
        self.problems: list[Problem] = []
        self._seen: dict[bytes, Record] = {}

    def count(self, record: Record, ledger: Ledger) -> None:
        try:
            self._require_new(record, ledger)
            for address in self._cells(record, ledger):
                self.records[address].append(record)
        except _NotCounted as why:
            self.problems.append(Problem(record.place, ledger.columns.get(why.role, ""), why.args[-1]))

    def _require_new(self, record: Record, ledger: Ledger) -> None:
        if record.fingerprint is None:
            return
        first = self._seen.setdefault(record.fingerprint, record)
        if first is not record:
            role = "serial" if "serial" in ledger.columns else "number"
            raise _NotCounted(
                role, Message("the same number stands at {place}, which is the one counted", place=first.place)
            )

    def _cells(self, record: Record, ledger: Ledger) -> list[str]:
        """The cells that count the record; none where it has nothing to do with the year."""
        if record.received > self.last:
            return []
        if record.table == self.form.roles.requests:
            return self._request(record, ledger)
        return self._case(record, ledger)

    def _request(self, record: Record, ledger: Ledger) -> list[str]:
        roles = self.form.roles
        if record.answered and record.answered < self.first:
            return []
        rows = [roles.received if record.received >= self.first else roles.carried_in]
        closed = record.outcome is not None and record.answered is not None and record.answered <= self.last
        rows.append(self._outcome(record.outcome or "", ledger) if closed else roles.carried_out)
        # An edition that has no such row does not count what would stand there.
        return [f"{record.table}.{row}.{record.kind}" for row in rows if row]

    def _case(self, record: Record, ledger: Ledger) -> list[str]:
        if record.answered and record.answered < self.first:
            return []
        if record.outcome and not record.answered and record.received < self.first:
            raise _NotCounted(
                "closed" if "closed" in ledger.columns else "answered",
                Message(
                    "received on {received}, and the day of its result is missing: was it pending in the year?",
                    received=record.received,
                ),
            )
        closed = record.outcome and (record.answered is None or record.answered <= self.last)
        result = record.outcome if closed else self.form.roles.pending
        return [f"{record.table}.{record.kind}.{result}"] if result else []

    def _outcome(self, outcome: str, ledger: Ledger) -> str:
        """The row of the form for an outcome; its group's where this edition has no items for it."""
        table = self.form.table(self.form.roles.requests)
        row, key = None, outcome
        while row is None and key:
            row, key = _row(table, key), key.rpartition(".")[0]
        if row is None:
            raise _NotCounted(
                "outcome",
                Message(
                    "edition {edition} of the form has no row for {outcome}", edition=self.form.edition, outcome=outcome
                ),
            )
        if row.children:
            items = "、".join(unnumbered(leaf.label) for leaf in row.leaves())
            role = "item" if "item" in ledger.columns else "outcome"
            raise _NotCounted(
                role,
                Message("{unnumbered} needs one of its items: {items}", unnumbered=unnumbered(row.label), items=items),
            )
        return row.key or ""


def _row(table: Table, key: str) -> Header | None:
    try:
        return table.row(key)
    except KeyError:
        return None

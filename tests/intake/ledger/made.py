"""Ledgers for tests: lines, files, and what is read from them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import openpyxl

from reportkit.intake.ledger import Ledger, Record, Tally
from reportkit.project.parameters import Problem

Line = tuple[object, ...]


class ReadLines(Protocol):
    """Writes lines below headings to a CSV file, and reads it as a ledger."""

    def __call__(
        self,
        *rows: Line,
        headings: Sequence[str] = ...,
        encoding: str = ...,
        delimiter: str = ...,
        columns: Mapping[str, str] | None = None,
        year: int | None = None,
    ) -> Ledger: ...


HEADINGS = ("序号", "收到日期", "申请人", "身份证号", "申请人类型", "办理结果", "具体情形", "答复日期")
NAME, NUMBER, MOBILE = "示例某", "371300190001010000", "13800000000"
TODAY = date(2026, 6, 30)
CASES = ("序号", "案件类型", "受理日期", "当事人", "审理结果", "结案日期")


def request(
    received: object = "2023-03-01",
    applicant: str = "自然人",
    outcome: str = "予以公开",
    item: str = "",
    answered: object = "2023-03-20",
    number: str = "",
) -> Line:
    """A line of a ledger about a request."""
    return (number, received, NAME, NUMBER, applicant, outcome, item, answered)


def text_of(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """The rows as CSV."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return written.getvalue()


def one(ledger: Ledger) -> Record:
    assert ledger.problems == ()
    (record,) = ledger.records
    return record


def problem(ledger: Ledger) -> Problem:
    assert ledger.records == ()
    (found,) = ledger.problems
    return found


def figures(tallied: Tally) -> dict[str, int]:
    return {address: figure for address, figure in tallied.figures.items() if figure}


def workbook(path: Path, *sheets: tuple[str, Iterable[Sequence[object]]], epoch: datetime | None = None) -> Path:
    """A workbook of these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    if epoch:
        book.epoch = epoch
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def repacked(path: Path, added: Mapping[str, str] | None = None, **changed: Callable[[bytes], bytes]) -> Path:
    """A workbook with some of its parts changed, and others added to it."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            change = changed.get(name.rpartition("/")[2].partition(".")[0])
            packed.writestr(name, change(data) if change else data)
        for name, text in (added or {}).items():
            packed.writestr(name, text)
    return path

"""Reading a filled-in workbook: every cell found by its name, every problem with sheet and cell."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from reportkit.documents.archives import ZIP_STARTS, Limits, open_archive, require_true_sizes
from reportkit.documents.document import UnreadableError
from reportkit.documents.foreign import OLE_START
from reportkit.form import Cell, Form, UnknownYearError, editions, form_for
from reportkit.form.figures import Figure, FigureError, magnitude, read_figure
from reportkit.form.labels import squeezed
from reportkit.form.layout import LabelBox, layout_of
from reportkit.intake.workbook.sheets import (
    CONTACT,
    IMPRINT,
    NARRATIVE,
    PUBLISHED,
    as_typed,
    figure_stands,
    narrative_title,
    stands,
    text_name,
)
from reportkit.project.parameters import Problem, TypedError
from reportkit.report import Agency, AnnualReport, Place, new_report

__all__ = ["FilledForm", "WorkbookError", "read_workbook"]

# A filled-in form has some 50 KB, 20 parts, and unpacked half a megabyte.
# Openpyxl takes up to 3 seconds for a megabyte, for a megabyte of styles up to 6.
_LARGEST_FILE = 4 * 2**20
_KIND = "workbook"
_LIMITS = Limits(unpacked=2 * 2**20, parts=500)
_BOOK = "xl/workbook.xml"
_STYLES, _LARGEST_STYLES = "xl/styles.xml", 2**19
_LAST_ROW, _LAST_COLUMN = 500, 100
# A message quotes no more of a cell than this.
_QUOTED = 40
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class WorkbookError(TypedError):
    """A workbook whose cells cannot be read as meant, with all its problems: file, sheet and cell."""


@dataclass(frozen=True)
class FilledForm:
    """What an official has filled in.

    Parameters
    ----------
    file
        The workbook.
    agency_id, agency_name
        Whose form it is.
    year, form
        The year reported on, and the edition of the form.
    figures
        The figures of all entry cells; None for one left empty.
    declared
        The totals that somebody typed over their formulas.
    narrative
        The text of each narrative section.
    published
        The day of publication, where filled in.
    contact
        How to ask the agency; part of its entry in ``params/agencies.yaml``, not of the report.
    places
        Where each figure and each text stands, by address or section key.
    """

    file: str
    agency_id: str
    agency_name: str
    year: int
    form: Form
    figures: Mapping[str, Figure]
    declared: Mapping[str, Figure]
    narrative: Mapping[str, str]
    published: date | None = None
    contact: str = ""
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def report(self, agency: Agency) -> AnnualReport:
        """The report that the form states.

        Raises
        ------
        WorkbookError
            Where the form is another agency's.
        """
        if agency.id != self.agency_id:
            message = f"this is the form of {self.agency_id} ({self.agency_name}), not of {agency.id}"
            raise WorkbookError([Problem(Place(self.file), "", message)])
        return new_report(
            agency,
            self.year,
            self.figures,
            form=self.form,
            declared=self.declared,
            narrative=self.narrative,
            published=self.published,
            places=self.places,
        )


def read_workbook(path: Path) -> FilledForm:
    """Read the Excel form that `new_workbook` wrote and an official filled in.

    A cell left empty is a blank. Totals are not read, but where somebody typed over the formula, or
    changed it so that it shows another figure: then they count as declared.

    Raises
    ------
    UnreadableError
        Where the file is no such workbook, or cannot be read at all.
    WorkbookError
        Where cells cannot be read as meant: all problems at once, with file, sheet and cell.
    """
    book = _read_book(path)
    return _Reading(str(path), book, *_imprint(str(path), book)).filled_form()


# --------------------------------------------------------------- what stands where


@dataclass(frozen=True, slots=True)
class _Content:
    """What a cell holds: its value, for a formula the one that was last worked out."""

    value: Any
    formula: bool = False
    error: bool = False


@dataclass(frozen=True, slots=True)
class _Book:
    """A workbook's cells by sheet and coordinate, and its named cells."""

    sheets: Mapping[str, Mapping[str, _Content]]
    names: Mapping[str, tuple[str, str] | None]

    def content(self, sheet: str, coordinate: str) -> _Content | None:
        """What the cell holds; None where it is empty."""
        return self.sheets.get(sheet, {}).get(coordinate)


def _read_book(path: Path) -> _Book:
    data = _package(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False, data_only=True)
            written = {sheet.title: dict(_cells(sheet)) for sheet in formulas.worksheets}
            shown = {sheet.title: dict(_cells(sheet)) for sheet in values.worksheets}
        names = {name: _target(defined.attr_text) for name, defined in formulas.defined_names.items()}
    except Exception as error:
        # Whatever openpyxl stumbles over in a foreign file, the person who sent it can only send another.
        raise UnreadableError(f"{path}: the workbook is damaged: open it in Excel and save it again") from error
    sheets = {
        title: {
            coordinate: _Content(value, written_type == "f", shown_type == "e")
            for coordinate, (_, written_type) in cells.items()
            for value, shown_type in [shown[title].get(coordinate, (None, "n"))]
        }
        for title, cells in written.items()
    }
    return _Book(sheets, names)


def _package(path: Path) -> bytes:
    """The file's bytes, once they are known to be a workbook of bearable size."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise UnreadableError(f"{path}: the file is larger than {_LARGEST_FILE >> 20} MiB, which no form is")
        data = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableError(f"{path}: the file does not exist") from None
    except OSError as error:
        raise UnreadableError(f"{path}: the file cannot be read: {error.strerror}") from error
    if data.startswith(OLE_START):
        if _ENCRYPTED in data:
            raise UnreadableError(f"{path}: the workbook is encrypted: save it without a password")
        raise UnreadableError(f"{path}: this is a file of old Excel or Word (.xls, .doc): save it as .xlsx")
    if not data.startswith(ZIP_STARTS):
        raise UnreadableError(f"{path}: this is no Excel workbook (.xlsx)")
    try:
        parts = open_archive(data, _KIND, _LIMITS)
        require_true_sizes(parts, _KIND)
    except UnreadableError as error:
        raise UnreadableError(f"{path}: {error}") from error
    if _BOOK not in parts.NameToInfo:
        raise UnreadableError(f"{path}: this is no Excel workbook (.xlsx)")
    if _STYLES in parts.NameToInfo and parts.getinfo(_STYLES).file_size > _LARGEST_STYLES:
        raise UnreadableError(f"{path}: the workbook has more cell styles than a form: copy the figures to a new form")
    return data


def _cells(sheet: Any) -> Iterator[tuple[str, tuple[Any, str]]]:
    """Value and type of every cell that is not empty, within what a form may cover."""
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=_LAST_ROW, max_col=_LAST_COLUMN):
        for cell in row:
            if cell.value is not None:
                yield f"{get_column_letter(cell.column)}{cell.row}", (cell.value, cell.data_type)


_TARGET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::.*)?")


def _target(reference: str | None) -> tuple[str, str] | None:
    """Sheet and coordinate that a name stands for; None where the cell is gone."""
    found = _TARGET.fullmatch(reference or "")
    if found is None:
        return None
    return (found[1] or found[2]).replace("''", "'"), f"{found[3]}{found[4]}"


# -------------------------------------------------------------------- whose form


def _imprint(file: str, book: _Book) -> tuple[str, str, int, Form]:
    """Agency id, agency's name, year and edition as the hidden sheet states them."""
    said = {
        _text(content): _text(book.content(IMPRINT, f"B{coordinate[1:]}"))
        for coordinate, content in book.sheets.get(IMPRINT, {}).items()
        if coordinate.startswith("A")
    }
    year, edition = said.get("year", ""), said.get("edition", "")
    if not said.get("agency") or not re.fullmatch("[0-9]{4}", year) or edition not in editions():
        raise UnreadableError(
            f"{file}: this is not a form of `reportkit workbook new`: the hidden sheet {IMPRINT} is missing or changed"
        )
    try:
        expected = form_for(int(year)).edition
    except UnknownYearError as error:
        raise UnreadableError(f"{file}: {error}") from error
    if edition != expected:
        raise UnreadableError(f"{file}: edition {edition} of the form is not the one for {year}: take a fresh form")
    return said["agency"], said.get("agency_name", ""), int(year), editions()[edition]


class _Reading:
    """The reading of one workbook: what was found in it so far."""

    def __init__(self, file: str, book: _Book, agency_id: str, agency_name: str, year: int, form: Form) -> None:
        self.file, self.book, self.form, self.year = file, book, form, year
        self.agency = Agency(agency_id, agency_name)
        self.problems: list[Problem] = []
        self.figures: dict[str, Figure] = {}
        self.declared: dict[str, Figure] = {}
        self.narrative: dict[str, str] = {}
        self.places: dict[str, Place] = {}

    def filled_form(self) -> FilledForm:
        spots = self.spots()
        for address, cell in self.form.cells.items():
            if address in spots and address not in self.form.totals:
                self.entry(cell, *spots[address])
        computed = new_report(self.agency, self.year, self.figures, form=self.form).computed
        for address in self.form.totals:
            if address in spots:
                self.total(self.form.cells[address], *spots[address], computed[address])
        published, contact = self.texts()
        if self.problems:
            raise WorkbookError(self.problems)
        return FilledForm(
            file=self.file,
            agency_id=self.agency.id,
            agency_name=self.agency.name,
            year=self.year,
            form=self.form,
            figures=self.figures,
            declared=self.declared,
            narrative=self.narrative,
            published=published,
            contact=contact,
            places=self.places,
        )

    def problem(self, sheet: str, coordinate: str, key: str, message: str) -> None:
        self.problems.append(Problem(Place(self.file, f"{sheet}!{coordinate}"), key, message))

    # Where the form's cells stand.

    def spots(self) -> dict[str, tuple[str, str]]:
        """Sheet and coordinate of each of the form's cells: by its name, or by the layout where no names are left."""
        if not any(address in self.book.names for address in self.form.cells):
            return self.spots_by_layout()
        spots: dict[str, tuple[str, str]] = {}
        seen: dict[tuple[str, str], str] = {}
        for address, cell in self.form.cells.items():
            spot = self.book.names.get(address)
            if spot is None or spot[0] not in self.book.sheets:
                message = "the cell was deleted from the form: fill in a fresh one"
                self.problems.append(Problem(Place(self.file, self.form.table(cell.table).name), cell.label, message))
            elif spot in seen:
                self.problem(*spot, cell.label, f"this is the cell of {seen[spot]} too: fill in a fresh form")
            else:
                seen[spot] = cell.label
                spots[address] = spot
        return spots

    def spots_by_layout(self) -> dict[str, tuple[str, str]]:
        """Where the layout puts the cells; only if every label stands there too."""
        spots: dict[str, tuple[str, str]] = {}
        for table in self.form.tables:
            if table.name not in self.book.sheets:
                self.problems.append(
                    Problem(Place(self.file, table.name), "", "the sheet is missing: fill in a fresh form")
                )
                continue
            for stand in stands(layout_of(table)):
                if not isinstance(stand.box, LabelBox):
                    continue
                stated = _text(self.book.content(table.name, stand.coordinate))
                if squeezed(stated) != squeezed(stand.box.label):
                    message = (
                        f"{stated[:_QUOTED]!r} stands where the form says {stand.box.label!r}: fill in a fresh form"
                    )
                    self.problem(table.name, stand.coordinate, "", message)
            spots |= {cell.address: (table.name, stand.coordinate) for cell, stand in figure_stands(table)}
        return spots

    # What they hold.

    def entry(self, cell: Cell, sheet: str, coordinate: str) -> None:
        try:
            self.figures[cell.address] = _figure(self.book.content(sheet, coordinate), cell)
        except FigureError as error:
            self.problem(sheet, coordinate, cell.label, str(error))
        self.places[cell.address] = Place(self.file, f"{sheet}!{coordinate}")

    def total(self, cell: Cell, sheet: str, coordinate: str, computed: Figure) -> None:
        content = self.book.content(sheet, coordinate)
        if content is not None and content.formula and _shows(content, magnitude(computed)):
            return
        try:
            self.declared[cell.address] = _figure(content, cell)
        except FigureError as error:
            self.problem(sheet, coordinate, cell.label, str(error))
        self.places[cell.address] = Place(self.file, f"{sheet}!{coordinate}")

    # The sheet of texts.

    def texts(self) -> tuple[date | None, str]:
        """Fill in the narrative; return the day of publication and the contact."""
        rows = self.text_rows()
        for section in self.form.narrative_sections:
            parts: list[str] = []
            while spot := rows.get(text_name(section, len(parts) + 1)):
                parts.append(self.text(narrative_title(section), *spot))
                self.places.setdefault(section.key, Place(self.file, "!".join(spot)))
            if not parts:
                message = "its cell was deleted from the form: fill in a fresh one"
                self.problems.append(Problem(Place(self.file, NARRATIVE), narrative_title(section), message))
            self.narrative[section.key] = "".join(parts)
        published, contact = rows.get(PUBLISHED), rows.get(CONTACT)
        return self.day(*published) if published else None, self.text(CONTACT, *contact) if contact else ""

    def text_rows(self) -> Mapping[str, tuple[str, str]]:
        """Where each text stands: by its name, or beside its title where no names are left."""
        named = {name: spot for name, spot in self.book.names.items() if spot and spot[0] in self.book.sheets}
        names = [text_name(section, 1) for section in self.form.narrative_sections]
        if any(name in self.book.names for name in names):
            return named
        titles = {squeezed(narrative_title(section)): section for section in self.form.narrative_sections}
        rows: dict[str, tuple[str, str]] = {}
        section, part = None, 0
        sheet = self.book.sheets.get(NARRATIVE, {})
        for row in sorted(coordinate_to_tuple(at)[0] for at in sheet if at.startswith("A") and at[1:].isdecimal()):
            title = squeezed(_text(sheet[f"A{row}"]))
            section, part = (titles[title], 1) if title in titles else (section, part + 1)
            if section and (part == 1 or title == squeezed(f"{narrative_title(section)}（续）")):
                rows[text_name(section, part)] = (NARRATIVE, f"B{row}")
        return rows

    def text(self, key: str, sheet: str, coordinate: str) -> str:
        content = self.book.content(sheet, coordinate)
        if content is not None and content.formula and (content.error or content.value is None):
            message = "a formula stands where text belongs: type an apostrophe in front of the text"
            self.problem(sheet, coordinate, key, message)
            return ""
        return _text(content)

    def day(self, sheet: str, coordinate: str) -> date | None:
        content = self.book.content(sheet, coordinate)
        if content is not None and isinstance(content.value, datetime):
            return content.value.date()
        typed = _text(content).strip()
        if not typed:
            return None
        try:
            return _day(typed)
        except ValueError:
            message = f"{typed[:_QUOTED]!r} is not a day: write it as {self.year + 1}-01-31"
            self.problem(sheet, coordinate, PUBLISHED, message)
            return None


# -------------------------------------------------------------------- one cell


_DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")


def _day(typed: str) -> date:
    """The day that a text names, as 2024-01-19 or 2024年1月19日; ValueError where it names none."""
    numbers = _DAY.fullmatch(typed)
    if numbers is None:
        raise ValueError(typed)
    year, month, day = map(int, numbers.groups())
    return date(year, month, day)


def _text(content: _Content | None) -> str:
    return "" if content is None or content.value is None else as_typed(str(content.value))


def _figure(content: _Content | None, cell: Cell) -> Figure:
    """The figure that a cell holds; None where it is empty.

    Raises
    ------
    FigureError
        Where it is no figure of the cell's kind; the message says what to write.
    """
    if content is None:
        return None
    value = content.value
    if value is None:
        raise FigureError(
            "a formula stands here that nobody has worked out: open and save the file in Excel, or write the number"
        )
    if content.error:
        raise FigureError(f"{str(value)[:_QUOTED]!r} stands here: write the number")
    if isinstance(value, bool):
        raise FigureError(f"{str(value).upper()} stands here: write the number")
    if isinstance(value, date | time | timedelta):
        raise FigureError(
            f"a date or time stands here ({value}): give the cell the format of a number, then write the number"
        )
    typed = value.strip() if isinstance(value, str) else _digits(value)
    if not typed:
        return None
    try:
        return read_figure(typed, cell.kind)
    except FigureError as error:
        # A workbook knows no null; its blank is an empty cell.
        raise FigureError(str(error).replace("null where the cell is blank", "clear the cell if it is blank")) from None


def _digits(number: int | float) -> str:
    """The digits of a number as Excel shows them: it keeps 15, and what a float adds beyond was never typed."""
    if isinstance(number, float) and not math.isfinite(number):
        raise FigureError(f"{number} stands here: write the number")
    return str(number) if isinstance(number, int) else f"{Decimal(format(number + 0.0, '.15g')):f}"


def _shows(content: _Content, computed: int | Decimal) -> bool:
    """Whether a total's formula shows what the cells add up to; one that was never worked out shows nothing else."""
    if content.value is None or content.error:
        return True
    return (
        isinstance(content.value, int | float)
        and not isinstance(content.value, bool)
        and math.isclose(content.value, computed, rel_tol=1e-12)
    )

"""Reading a filled-in form: every cell found by its name, every problem with sheet and cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from openpyxl.utils import coordinate_to_tuple

from reportkit.documents.document import UnreadableError
from reportkit.form import Cell, Form, Table, UnknownYearError, editions, form_for
from reportkit.form.figures import Figure, FigureError, magnitude
from reportkit.form.layout import LabelBox, layout_of
from reportkit.intake.workbook.book import Book, read_book
from reportkit.intake.workbook.contents import QUOTED, day_in, figure_in, shows, text_in
from reportkit.intake.workbook.sheets import (
    CONTACT,
    IMPRINT,
    NARRATIVE,
    PUBLISHED,
    RELATIONS,
    figure_stands,
    narrative_title,
    stands,
    text_name,
)
from reportkit.project.parameters import Problem, TypedError
from reportkit.report import Agency, AnnualReport, Place, new_report
from reportkit.system.language import Joined, Message
from reportkit.text import squeezed

__all__ = ["FilledForm", "WorkbookError", "read_workbook"]

# So many sheets are named that may be the one that is missing.
_MOST_NAMED = 3


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
            message = Message(
                "this is the form of {id} ({name}), not of {other}",
                id=self.agency_id,
                name=self.agency_name,
                other=agency.id,
            )
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

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    FilledForm
        The report that it states, and the agency's contact.

    Raises
    ------
    UnreadableError
        Where the file is no such workbook, or cannot be read at all.
    WorkbookError
        Where cells cannot be read as meant: all problems at once, with file, sheet and cell.
    """
    book = read_book(path)
    return _FormReader(str(path), book, *_imprint(str(path), book)).filled_form()


def _imprint(file: str, book: Book) -> tuple[str, str, int, Form]:
    """Agency id, agency's name, year and edition as the hidden sheet states them."""
    said = {
        text_in(content): text_in(book.content(IMPRINT, f"B{coordinate[1:]}"))
        for coordinate, content in book.sheets.get(IMPRINT, {}).items()
        if coordinate.startswith("A")
    }
    year, edition = said.get("year", ""), said.get("edition", "")
    if not said.get("agency") or not re.fullmatch("[0-9]{4}", year) or edition not in editions():
        raise UnreadableError(
            Message(
                "{file}: this is not a form of `reportkit workbook new`: "
                "the hidden sheet {imprint} is missing or changed",
                file=file,
                imprint=IMPRINT,
            )
        )
    try:
        expected = form_for(int(year)).edition
    except UnknownYearError as error:
        raise UnreadableError(Joined(": ", [file, error])) from error
    if edition != expected:
        raise UnreadableError(
            Message(
                "{file}: edition {edition} of the form is not the one for {year}: take a fresh form",
                file=file,
                edition=edition,
                year=year,
            )
        )
    return said["agency"], said.get("agency_name", ""), int(year), editions()[edition]


class _FormReader:
    """Reads one workbook: what was found in it so far."""

    def __init__(self, file: str, book: Book, agency_id: str, agency_name: str, year: int, form: Form) -> None:
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
        lost: list[Cell] = []
        for address, cell in self.form.cells.items():
            spot = self.book.names.get(address)
            if spot is None or spot[0] not in self.book.sheets:
                lost.append(cell)
            elif spot in seen:
                self.problem(
                    *spot, cell.label, Message("this is the cell of {seen} too: fill in a fresh form", seen=seen[spot])
                )
            else:
                seen[spot] = cell.label
                spots[address] = spot
        for table in self.form.tables:
            self.lost([cell for cell in lost if cell.table == table.key], table)
        return spots

    def lost(self, cells: list[Cell], table: Table) -> None:
        """Say which cells of a table have no place any more: the sheet, or whole rows and columns, in one message."""
        sheets = {spot[0] for cell in cells if (spot := self.book.names.get(cell.address))}
        for name in sorted(sheets - self.book.sheets.keys()):
            self.missing_sheet(name)
        left = [cell for cell in cells if self.book.names.get(cell.address) is None]
        if table.name not in self.book.sheets and left and table.name not in sheets:
            self.missing_sheet(table.name)
            return
        rows = Counter(cell.row for cell in table.cells)
        columns = Counter(cell.column for cell in table.cells)
        lost_rows, lost_columns = Counter(cell.row for cell in left), Counter(cell.column for cell in left)
        said: set[str] = set()
        for cell in left:
            if lost_rows[cell.row] == rows[cell.row]:
                deleted, key = Message("the row was deleted from the form: fill in a fresh one"), cell.row_label
            elif lost_columns[cell.column] == columns[cell.column]:
                deleted = Message("the column was deleted from the form: fill in a fresh one")
                key = f"{table.name}“{cell.column_label}”列"
            else:
                deleted, key = Message("the cell was deleted from the form: fill in a fresh one"), cell.label
            if key not in said:
                said.add(key)
                self.problems.append(Problem(Place(self.file, table.name), key, deleted))

    def missing_sheet(self, name: str) -> None:
        """Say that a sheet is missing, and which may be the one that was renamed."""
        known = {IMPRINT, NARRATIVE, RELATIONS, *(table.name for table in self.form.tables)}
        others = [repr(title) for title in self.book.sheets if title not in known]
        message = Message("the sheet is missing: fill in a fresh form")
        if others:
            one = Joined(" or ", others[:_MOST_NAMED])
            renamed = Message("if it is {others}, call that {name} again", others=one, name=name)
            message = Joined("; ", [message, renamed])
        self.problems.append(Problem(Place(self.file, name), "", message))

    def spots_by_layout(self) -> dict[str, tuple[str, str]]:
        """Where the layout puts the cells; only if every label stands there too."""
        spots: dict[str, tuple[str, str]] = {}
        for table in self.form.tables:
            if table.name not in self.book.sheets:
                self.missing_sheet(table.name)
                continue
            for stand in stands(layout_of(table)):
                if not isinstance(stand.box, LabelBox):
                    continue
                stated = text_in(self.book.content(table.name, stand.coordinate))
                if squeezed(stated) != squeezed(stand.box.label):
                    message = Message(
                        "{stated!r} stands where the form says {label!r}: fill in a fresh form",
                        stated=stated[:QUOTED],
                        label=stand.box.label,
                    )
                    self.problem(table.name, stand.coordinate, "", message)
            spots |= {cell.address: (table.name, stand.coordinate) for cell, stand in figure_stands(table)}
        return spots

    # What they hold.

    def entry(self, cell: Cell, sheet: str, coordinate: str) -> None:
        try:
            self.figures[cell.address] = figure_in(self.book.content(sheet, coordinate), cell)
        except FigureError as error:
            self.problem(sheet, coordinate, cell.label, error.args[0])
        self.places[cell.address] = Place(self.file, f"{sheet}!{coordinate}")

    def total(self, cell: Cell, sheet: str, coordinate: str, computed: Figure) -> None:
        content = self.book.content(sheet, coordinate)
        if content is not None and content.formula and shows(content, magnitude(computed)):
            return
        try:
            self.declared[cell.address] = figure_in(content, cell)
        except FigureError as error:
            self.problem(sheet, coordinate, cell.label, error.args[0])
        self.places[cell.address] = Place(self.file, f"{sheet}!{coordinate}")

    # The sheet of texts.

    def texts(self) -> tuple[date | None, str]:
        """Fill in the narrative; return the day of publication and the contact."""
        if NARRATIVE not in self.book.sheets and not self.texts_elsewhere():
            self.missing_sheet(NARRATIVE)
            return None, ""
        rows = self.text_rows()
        for section in self.form.narrative_sections:
            parts: list[str] = []
            while spot := rows.get(text_name(section, len(parts) + 1)):
                parts.append(self.text(narrative_title(section), *spot))
                self.places.setdefault(section.key, Place(self.file, "!".join(spot)))
            if not parts:
                message = Message("its cell was deleted from the form: fill in a fresh one")
                self.problems.append(Problem(Place(self.file, NARRATIVE), narrative_title(section), message))
            self.narrative[section.key] = "".join(parts)
        published, contact = rows.get(PUBLISHED), rows.get(CONTACT)
        return self.day(*published) if published else None, self.text(CONTACT, *contact) if contact else ""

    def texts_elsewhere(self) -> bool:
        """Whether the names of the texts lead to a sheet that is called otherwise."""
        spots = (self.book.names.get(text_name(section, 1)) for section in self.form.narrative_sections)
        return any(spot and spot[0] in self.book.sheets for spot in spots)

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
            title = squeezed(text_in(sheet[f"A{row}"]))
            section, part = (titles[title], 1) if title in titles else (section, part + 1)
            if section and (part == 1 or title == squeezed(f"{narrative_title(section)}（续）")):
                rows[text_name(section, part)] = (NARRATIVE, f"B{row}")
        return rows

    def text(self, key: str, sheet: str, coordinate: str) -> str:
        content = self.book.content(sheet, coordinate)
        if content is not None and content.formula and (content.error or content.value is None):
            message = Message("a formula stands where text belongs: type an apostrophe in front of the text")
            self.problem(sheet, coordinate, key, message)
            return ""
        return text_in(content)

    def day(self, sheet: str, coordinate: str) -> date | None:
        content = self.book.content(sheet, coordinate)
        try:
            return day_in(content)
        except ValueError:
            typed = text_in(content).strip()[:QUOTED]
            message = Message("{typed!r} is not a day: write it as {year}-01-31", typed=typed, year=self.year + 1)
            self.problem(sheet, coordinate, PUBLISHED, message)
            return None

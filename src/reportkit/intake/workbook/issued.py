"""The Excel form as it is issued: a sheet for each statutory table, one for the text, one for the form's identities.

Entry cells of a fresh form hold 0, because officials leave empty what is none: an empty cell is a blank on purpose.
What follows from last year's report alone is filled in beforehand.
"""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.workbook.protection import WorkbookProtection

from reportkit.intake.workbook.cells import protect, set_text
from reportkit.intake.workbook.relations import relation_sheet, with_carry_over
from reportkit.intake.workbook.sheets import IMPRINT, RELATIONS
from reportkit.intake.workbook.table_sheets import last_year_sheets, table_sheet
from reportkit.intake.workbook.text_sheet import text_sheet
from reportkit.report import AnnualReport
from reportkit.system.files import write_file

__all__ = ["new_workbook"]


def new_workbook(report: AnnualReport, path: Path) -> None:
    """Write the Excel form of a report, for an official to fill in.

    The sheets are protected without a password: only entry cells, texts, and totals that a source
    states wrongly can be changed. Where nothing is filled in yet, what follows from last year's
    report (``report.previous``) is: the requests carried in, the stock of documents in force.

    Parameters
    ----------
    report
        What the form holds already; ``new_report(agency, year, previous=…)`` for a blank one.
    path
        The .xlsx file; one that exists is replaced.
    """
    report = with_carry_over(report)
    book = Workbook()
    book.remove(book.worksheets[0])
    book.security = WorkbookProtection(lockStructure=True)
    book.calculation.fullCalcOnLoad = True
    text_sheet(book, report)
    cells: dict[str, SheetCell] = {}
    for table in report.form.tables:
        cells |= table_sheet(book, report, table)
    relations = book.create_sheet(RELATIONS)
    before = last_year_sheets(book, report)
    relation_sheet(book, relations, report, cells, before)
    _imprint_sheet(book, report)
    buffer = io.BytesIO()
    book.save(buffer)
    write_file(path, buffer.getvalue())


def _imprint_sheet(book: Workbook, report: AnnualReport) -> None:
    """The hidden sheet by which reading knows whose form it is."""
    sheet = book.create_sheet(IMPRINT)
    said = {
        "agency": report.agency.id,
        "agency_name": report.agency.name,
        "year": str(report.year),
        "edition": report.form.edition,
    }
    for row, (key, value) in enumerate(said.items(), start=1):
        set_text(sheet.cell(row, 1), key)
        set_text(sheet.cell(row, 2), value)
    sheet.sheet_state = "hidden"
    protect(sheet)

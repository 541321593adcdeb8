"""Writing the cells of a workbook: text that is never a formula, one look for all sheets, names, protection."""

from __future__ import annotations

from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reportkit.intake.workbook.sheets import FIRST_ROW, for_excel

__all__ = [
    "BORDER",
    "ENTRY_FILL",
    "FONT",
    "LOCKED_FILL",
    "cell_at",
    "name_cell",
    "protect",
    "set_text",
    "write_across",
    "write_boxed",
]

FONT = "宋体"
_LINE = Side(style="thin", color="808080")
BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
ENTRY_FILL = PatternFill("solid", start_color="FFFBE6", end_color="FFFBE6")
LOCKED_FILL = PatternFill("solid", start_color="EFEFEF", end_color="EFEFEF")


def set_text(at: SheetCell, text: str) -> None:
    """Write a text as text, even if it begins with an equals sign.

    Parameters
    ----------
    at
        The cell.
    text
        The text; what Excel cannot hold is written in its own way.
    """
    at.value = for_excel(text)
    at.data_type = "s"
    at.quotePrefix = True


def cell_at(sheet: Worksheet, row: int, column: int) -> SheetCell:
    """A cell that no merged range covers, but for the range's first.

    Parameters
    ----------
    sheet
        The sheet.
    row
        The row, counted from 1.
    column
        The column, counted from 1.

    Returns
    -------
    openpyxl.cell.Cell
        The cell.
    """
    return cast(SheetCell, sheet.cell(row, column))


def write_across(sheet: Worksheet, row: int, width: int, text: str, font: Font) -> SheetCell:
    """A text over the whole width of a table.

    Parameters
    ----------
    sheet
        The sheet.
    row
        The row, counted from 1.
    width
        How many columns it covers.
    text
        The text.
    font
        How it looks.

    Returns
    -------
    openpyxl.cell.Cell
        The first of the cells it covers.
    """
    at = cell_at(sheet, row, 1)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    set_text(at, text)
    at.font = font
    at.alignment = Alignment("left" if row > FIRST_ROW else "center", "center", wrap_text=True)
    return at


def write_boxed(sheet: Worksheet, row: int, column: int, text: str) -> SheetCell:
    """Write a text with a border around it; returns its cell.

    Parameters
    ----------
    sheet
        The sheet.
    row
        The row, counted from 1.
    column
        The column, counted from 1.
    text
        The text; empty for a border alone.

    Returns
    -------
    openpyxl.cell.Cell
        The cell.
    """
    at = cell_at(sheet, row, column)
    if text:
        set_text(at, text)
    at.font, at.border = Font(FONT, size=10), BORDER
    at.alignment = Alignment("left" if column < 3 else "center", "center", wrap_text=True)
    return at


def name_cell(book: Workbook, name: str, at: SheetCell) -> None:
    """Name a cell, so that it is found wherever rows and columns put in before it move it.

    Parameters
    ----------
    book
        The workbook.
    name
        The name; a cell address of the form, for example.
    at
        The cell.
    """
    where = f"{quote_sheetname(at.parent.title)}!${at.column_letter}${at.row}"
    book.defined_names[name] = DefinedName(name, attr_text=where)


def protect(sheet: Worksheet) -> None:
    """Lock all but entry cells, without a password, and set the sheet up for A4 paper.

    Parameters
    ----------
    sheet
        The sheet.
    """
    sheet.protection.sheet = True
    # A merged cell is open only where all that it covers is.
    for merged in sheet.merged_cells.ranges:
        first = sheet.cell(merged.min_row, merged.min_col)
        for row, column in merged.cells:
            sheet.cell(row, column).protection = Protection(locked=first.protection.locked)
    sheet.protection.formatColumns = False  # that is, not forbidden
    sheet.protection.formatRows = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    # A statutory table is one page; texts and lists run on.
    sheet.page_setup.fitToHeight = sheet.page_setup.fitToHeight or 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True

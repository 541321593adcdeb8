"""The sheet of texts: the narrative sections, the day of publication and how to ask the agency."""

from __future__ import annotations

import math

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font, Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from reportkit.form import Section
from reportkit.intake.workbook.cells import (
    BORDER,
    ENTRY_FILL,
    FONT,
    LOCKED_FILL,
    cell_at,
    name_cell,
    protect,
    set_text,
    write_across,
    write_boxed,
)
from reportkit.intake.workbook.sheets import CONTACT, NARRATIVE, PUBLISHED, narrative_title, text_name
from reportkit.report import AnnualReport
from reportkit.text import breadth

__all__ = ["text_sheet"]

# Excel keeps 32,767 UTF-16 units of a text.
_LONGEST_TEXT = 16_000
_TALLEST_ROW = 400


def text_sheet(book: Workbook, report: AnnualReport) -> None:
    """The sheet of texts: one row a section, what it must speak of beside it.

    Parameters
    ----------
    book
        The workbook.
    report
        The report whose texts are filled in.
    """
    sheet = book.create_sheet(NARRATIVE)
    for column, width in zip("ABC", (26, 96, 30), strict=True):
        sheet.column_dimensions[column].width = width
    write_across(sheet, 1, 3, f"{report.agency.name}{report.title}", Font(FONT, size=14, bold=True))
    sheet.row_dimensions[1].height = 28
    _text_row(sheet, "报告机关", report.agency.name, "", locked=True)
    _text_row(sheet, "报告年度", str(report.year), "", locked=True)
    _published_row(book, sheet, report)
    contact = _text_row(sheet, "联系方式", report.agency.contact, "公众询问本报告的电话等")
    name_cell(book, CONTACT, contact)
    for section in report.form.narrative_sections:
        for part, text in enumerate(_parts(report.text(section)), start=1):
            title = narrative_title(section) + ("（续）" if part > 1 else "")
            at = _text_row(sheet, title, text, _hint(section) if part == 1 else "", height=120)
            name_cell(book, text_name(section, part), at)
    sheet.freeze_panes = "B2"
    protect(sheet)


def _published_row(book: Workbook, sheet: Worksheet, report: AnnualReport) -> None:
    at = _text_row(sheet, "公布日期", "", f"如{report.year + 1}-01-31；尚未公布的留空")
    at.quotePrefix = False
    at.value = report.published
    at.number_format = "yyyy-mm-dd"
    day = DataValidation(
        type="date",
        operator="greaterThanOrEqual",
        formula1=f"DATE({report.year},1,1)",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="填写有误",
        error=f"只能填写日期，如{report.year + 1}-01-31。",
    )
    day.add(at.coordinate)
    sheet.add_data_validation(day)
    name_cell(book, PUBLISHED, at)


def _text_row(
    sheet: Worksheet, title: str, text: str, hint: str, *, locked: bool = False, height: float = 22
) -> SheetCell:
    """A row with a title, a text to fill in and a hint; returns the text's cell."""
    row = sheet.max_row + 1
    write_boxed(sheet, row, 1, title).font = Font(FONT, size=11, bold=True)
    write_boxed(sheet, row, 3, hint).alignment = Alignment("left", "top", wrap_text=True)
    at = cell_at(sheet, row, 2)
    set_text(at, text)
    at.font, at.border = Font(FONT, size=11), BORDER
    at.alignment = Alignment("left", "top", wrap_text=True)
    at.fill = LOCKED_FILL if locked else ENTRY_FILL
    at.number_format = "@"
    at.protection = Protection(locked=locked)
    lines = sum(math.ceil((breadth(line) + 1) / 94) for line in text.split("\n"))
    sheet.row_dimensions[row].height = min(max(height, 15 * lines + 6), _TALLEST_ROW)
    return at


def _parts(text: str) -> list[str]:
    """The text in parts that a cell can hold; at least one."""
    return [text[at : at + _LONGEST_TEXT] for at in range(0, len(text), _LONGEST_TEXT)] or [""]


def _hint(section: Section) -> str:
    topics = "、".join(topic.label for topic in section.topics)
    hints = [f"应当写明：{topics}" if topics else "", f"一般不超过{section.limit}字" if section.limit else ""]
    return "；".join(filter(None, hints))

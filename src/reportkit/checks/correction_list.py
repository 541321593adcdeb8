"""The list of corrections (退改清单) that a city's office sends back to its agencies: a spreadsheet of findings."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from reportkit.checks.finding import SEVERITIES, Finding
from reportkit.checks.overview import Checked, names_of_cells
from reportkit.system.files import write_file
from reportkit.system.language import said
from reportkit.text import breadth

__all__ = ["write_correction_list"]

# The heads of the columns, and how wide these are, in characters.
_COLUMNS = {
    "机关": 20,
    "年度": 6,
    "级别": 6,
    "位置": 20,
    "单元格或文字": 36,
    "现为": 8,
    "应为": 8,
    "说明": 48,
    "依据": 28,
    "豁免": 16,
}
_UNREADABLE = "无法读取"
_MOST_CELLS = 12  # of a finding
_LINE_HEIGHT = 15.0  # of a row, in points
_HIGHEST = 409.0  # that Excel can make a row


def write_correction_list(checked: Sequence[Checked], path: Path) -> int:
    """Write a workbook with a sheet for each rule and a row for each finding, the gravest rules first.

    Parameters
    ----------
    checked
        What the checks say of each report. Those that could not be read have a sheet of their own.
    path
        The file; replaced if it exists.

    Returns
    -------
    int
        How many findings it lists.
    """
    from openpyxl import Workbook

    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    rows = {rule: _rows(checked, rule) for rule in _rules(checked)}
    unread = [_unread_row(report) for report in checked if report.error]
    for title, listed in [*rows.items(), *([(_UNREADABLE, unread)] if unread else [])]:
        _fill(book.create_sheet(title), listed)
    if not book.sheetnames:
        _fill(book.create_sheet("未发现问题"), [])
    written = io.BytesIO()
    book.save(written)
    write_file(path, written.getvalue())
    return sum(map(len, rows.values()))


def _rules(checked: Iterable[Checked]) -> list[str]:
    """The rules that found something, the gravest first."""
    found = [finding for report in checked for finding in report.findings]
    return list(dict.fromkeys(one.rule for severity in SEVERITIES for one in found if one.severity == severity))


def _rows(checked: Iterable[Checked], rule: str) -> list[list[Any]]:
    return [_row(report, finding) for report in checked for finding in report.findings if finding.rule == rule]


def _row(report: Checked, finding: Finding) -> list[Any]:
    waived = f"{finding.waived.by}：{finding.waived.reason}" if finding.waived else ""
    return [
        _name(report),
        report.year,
        finding.look.word,
        str(finding.place) if finding.place else report.file,
        _subject(finding),
        finding.actual,
        finding.expected,
        finding.advice + finding.message,
        finding.basis,
        waived,
    ]


def _unread_row(report: Checked) -> list[Any]:
    return [_name(report), report.year, "", report.file, "", "", "", said(report.error, "zh")]


def _name(report: Checked) -> str:
    return report.agency_name or report.agency or ""


def _subject(finding: Finding) -> str:
    """The cells it speaks of, by their labels, or the words."""
    return names_of_cells(finding, _MOST_CELLS) or (f"“{finding.quote}”" if finding.quote else "")


def _fill(sheet: Any, rows: Sequence[Sequence[Any]]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    line = Side(style="thin", color="808080")
    border = Border(left=line, right=line, top=line, bottom=line)
    sheet.append(list(_COLUMNS))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="EFEFEF", end_color="EFEFEF")
        cell.border = border
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.border = border
            if value not in (None, ""):
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # a text that begins with an equals sign is no formula
        sheet.row_dimensions[number].height = _height(row)
    for column, width in enumerate(_COLUMNS.values(), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    _set_up_for_print(sheet)


def _height(row: Sequence[Any]) -> float:
    """A row as high as its longest text: not every program finds that out when it opens the file."""
    room = [max(width - 2, 1) for width in _COLUMNS.values()]
    lines = [-(-breadth(str(value or "")) // width) for value, width in zip(row, room, strict=False)]
    return min(_LINE_HEIGHT * max(1, *lines), _HIGHEST)


def _set_up_for_print(sheet: Any) -> None:
    """A4 across, as wide as the paper, with its heads on every page."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"

"""The sheets of the statutory tables, this year's to fill in and last year's to compare with."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from reportkit.form import Cell, Table
from reportkit.form.figures import figure_text
from reportkit.form.layout import FigureBox, LabelBox, Layout, layout_of
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
)
from reportkit.intake.workbook.entries import entry_for, set_figure, sum_formula
from reportkit.intake.workbook.sheets import FIRST_ROW, Stand, stands
from reportkit.report import AnnualReport
from reportkit.text import breadth, fitted

__all__ = ["last_year_sheets", "table_sheet"]

_NOTE = (
    "浅黄色格由填报人填写，没有的填0，不要留空；灰色格为自动计算的总计，不用填写。"
    "勾稽关系不成立的，有关各格显示为红色；需要人工核对的，显示为橙黄色。"
)
# In the width of a digit: what fits on a page, and what the column of a figure may take of it.
_PAGE_WIDTH = 130
_NARROWEST_FIGURE, _WIDEST_FIGURE = 9, 24


def table_sheet(book: Workbook, report: AnnualReport, table: Table) -> dict[str, SheetCell]:
    """The sheet of a statutory table; its cells by address.

    Parameters
    ----------
    book
        The workbook.
    report
        The report whose figures are filled in.
    table
        The table.

    Returns
    -------
    dict of str to openpyxl.cell.Cell
        The cells by address.
    """
    sheet = book.create_sheet(table.name)
    _head(sheet, report, table)
    cells = {cell.address: (cell, at) for cell, at in _print_table(sheet, table)}
    for address, (cell, at) in cells.items():
        parts = report.form.totals.get(address)
        if parts is None or report[address] != report.computed[address]:
            # A total that its source states otherwise must be visible, and can be corrected.
            set_figure(at, report[address], cell.kind)
            at.protection = Protection(locked=False)
            at.fill = ENTRY_FILL
        else:
            at.value = f"={sum_formula([cells[part] for part in parts])}"
            at.fill = LOCKED_FILL
        name_cell(book, address, at)
    entries = [(cell, at) for address, (cell, at) in cells.items() if address not in report.form.totals]
    _validate(sheet, entries, report.last_year)
    last = sheet.max_row + 1
    write_across(sheet, last, layout_of(table).width, _NOTE, Font(FONT, size=9))
    sheet.row_dimensions[last].height = 28
    protect(sheet)
    return {address: at for address, (_, at) in cells.items()}


def _head(sheet: Worksheet, report: AnnualReport, table: Table) -> None:
    """Above the table: the title with agency and year, the section, and room for the status."""
    width = layout_of(table).width
    write_across(sheet, 1, width, f"{report.agency.name}{report.title}", Font(FONT, size=14, bold=True))
    write_across(sheet, 2, width, report.form.section(table.key).title, Font(FONT, size=12, bold=True))
    sheet.row_dimensions[1].height = 28
    sheet.row_dimensions[2].height = 22
    write_across(sheet, 3, width, "", Font(FONT, size=10))
    sheet.page_setup.fitToHeight = 1


def last_year_sheets(book: Workbook, report: AnnualReport) -> dict[str, SheetCell]:
    """Last year's tables, to look at and to compare with; their cells by address.

    Parameters
    ----------
    book
        The workbook.
    report
        The report; last year's is the one before it.

    Returns
    -------
    dict of str to openpyxl.cell.Cell
        The cells by address; empty if there is no report for last year.
    """
    previous = report.last_year
    cells: dict[str, SheetCell] = {}
    if previous is None:
        return cells
    for table in previous.form.tables:
        sheet = book.create_sheet(f"上年{table.name}")
        _head(sheet, previous, table)
        for cell, at in _print_table(sheet, table):
            set_figure(at, previous[cell.address], cell.kind)
            at.fill = LOCKED_FILL
            cells[cell.address] = at
        protect(sheet)
    return cells


def _print_table(sheet: Worksheet, table: Table) -> Iterator[tuple[Cell, SheetCell]]:
    """Print a table's labels and borders; yields each of the form's cells with where its figure belongs."""
    layout = layout_of(table)
    boxes = list(stands(layout))
    widths = _widths(
        layout, {column for stand in boxes if isinstance(stand.box, FigureBox) for _, column in stand.covers}
    )
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    for stand in boxes:
        at = cell_at(sheet, stand.row, stand.column)
        for row, column in stand.covers:
            sheet.cell(row, column).border = BORDER
        if stand.rowspan * stand.colspan > 1:
            last = (stand.row + stand.rowspan - 1, stand.column + stand.colspan - 1)
            sheet.merge_cells(start_row=stand.row, start_column=stand.column, end_row=last[0], end_column=last[1])
        at.font = Font(FONT, size=10)
        if isinstance(stand.box, LabelBox):
            set_text(at, "\n".join(_lines(stand, widths)))
            horizontal = "left" if stand.box.scope == "row" else "center"
            at.alignment = Alignment(horizontal, "center", wrap_text=True)
        else:
            at.alignment = Alignment("right", "center")
            yield stand.box.cell, at
    for row, height in _heights(boxes, widths).items():
        sheet.row_dimensions[row].height = height
    first_figure = min(stand.column for stand in boxes if isinstance(stand.box, FigureBox))
    sheet.freeze_panes = f"{get_column_letter(first_figure)}{FIRST_ROW + len(layout.head)}"
    if layout.head:
        sheet.print_title_rows = f"{FIRST_ROW}:{FIRST_ROW + len(layout.head) - 1}"


def _widths(layout: Layout, figures: Collection[int]) -> dict[int, float]:
    """How wide each column is: its share of the page, so that no figure has too little room."""
    shares = dict(enumerate(layout.widths, start=1))
    narrowest, widest = (of(shares[column] for column in figures) for of in (min, max))
    page = max(_NARROWEST_FIGURE / narrowest, min(_PAGE_WIDTH, _WIDEST_FIGURE / widest))
    return {column: page * share for column, share in shares.items()}


def _lines(stand: Stand, widths: Mapping[int, float]) -> list[str]:
    """A label in the lines that it needs where it stands; in one where Excel may break it as it likes."""
    box = stand.box
    assert isinstance(box, LabelBox)  # noqa: S101  figures have no lines
    return fitted(box.pieces or (box.label,), _room(stand, widths))


def _room(stand: Stand, widths: Mapping[int, float]) -> float:
    """How wide a text may be where a label stands."""
    return sum(widths[column] for column in range(stand.column, stand.column + stand.colspan)) - 1


def _heights(boxes: Sequence[Stand], widths: Mapping[int, float]) -> dict[int, float]:
    """How high each row must be for its labels; Excel itself measures no merged cell."""
    heights: dict[int, float] = {}
    for stand in boxes:
        lines = 1
        if isinstance(stand.box, LabelBox) and stand.rowspan == 1:
            lines = sum(math.ceil(breadth(line) / _room(stand, widths)) for line in _lines(stand, widths))
        heights[stand.row] = max(heights.get(stand.row, 0), 14 * lines + 6)
    return heights


def _validate(sheet: Worksheet, entries: Iterable[tuple[Cell, SheetCell]], previous: AnnualReport | None) -> None:
    """Let only figures be typed where figures belong; on entering a cell say what, and last year's figure."""
    validations: dict[tuple[str, str], DataValidation] = {}
    for cell, at in entries:
        entry = entry_for(cell.kind)
        formula = entry.formula.format(cell=at.coordinate)
        prompt = cell.kind.prompt
        if previous and cell.address in previous.form.cells:
            prompt += f"\n上一年度：{figure_text(previous[cell.address]) or '空白'}"
        if (formula, prompt) not in validations:
            validations[formula, prompt] = DataValidation(
                type=entry.type,
                operator="between" if entry.upper else "greaterThanOrEqual",
                formula1=formula,
                formula2=entry.upper,
                allow_blank=True,
                showInputMessage=True,
                showErrorMessage=True,
                promptTitle="填报说明",
                prompt=prompt,
                errorTitle="填写有误",
                error=cell.kind.refusal,
            )
            sheet.add_data_validation(validations[formula, prompt])
        validations[formula, prompt].add(at.coordinate)

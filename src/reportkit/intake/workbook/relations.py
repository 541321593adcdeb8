"""The form's identities as formulas: a sheet that lists them, and colours where one does not hold."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from reportkit.form import Addend, Equation
from reportkit.form.figures import Figure, magnitude
from reportkit.intake.workbook.cells import (
    FONT,
    cell_at,
    name_cell,
    protect,
    set_text,
    write_across,
    write_boxed,
)
from reportkit.intake.workbook.entries import sum_formula
from reportkit.intake.workbook.sheets import RELATIONS
from reportkit.report import AnnualReport
from reportkit.text import breadth

__all__ = ["relation_sheet", "with_carry_over"]

_BREACH = {
    "error": PatternFill("solid", start_color="FF9C9C", end_color="FF9C9C"),
    "warning": PatternFill("solid", start_color="FFD966", end_color="FFD966"),
}
_HOLDS, _BROKEN = "成立", "不成立"
_UNRELATED = "本表没有勾稽关系"
_ALL_HOLD = "勾稽关系全部成立"
_SOME_BROKEN = f"有勾稽关系不成立，见“{RELATIONS}”表"
_COLUMNS = (("适用范围", 44), ("勾稽关系", 54), ("等号左边", 12), ("等号右边", 12), ("相差", 10), ("是否成立", 12))


def assessable(report: AnnualReport) -> Iterator[Equation]:
    """The equations whose every figure is at hand, those of one table together."""
    known = frozenset(previous.form.cells) if (previous := report.last_year) else frozenset()
    for table in report.form.tables:
        for equation in report.form.equations:
            addends = equation.left + equation.right
            if equation.identity.table == table.key and all(
                addend.address in known for addend in addends if addend.previous
            ):
                yield equation


def with_carry_over(report: AnnualReport) -> AnnualReport:
    """The report; if nothing is filled in yet, with the figures that follow from last year's.

    Parameters
    ----------
    report
        A report, with last year's if there is one.

    Returns
    -------
    AnnualReport
        The report to write into a form.
    """
    if report.declared or any(figure != 0 for figure in report.figures.values()):
        return report
    carried: dict[str, Figure] = {}
    for equation in assessable(report):
        if (
            not equation.identity.spans_years
            or len(equation.left) > 1
            or equation.left[0].address in report.form.totals
        ):
            continue
        figure = sum(addend.sign * magnitude(_figure(addend, report)) for addend in equation.right)
        if report.form.cells[equation.left[0].address].kind.holds(figure):
            carried[equation.left[0].address] = figure
    return report.replace(carried)


def _figure(addend: Addend, report: AnnualReport) -> Figure:
    previous = report.last_year
    return previous[addend.address] if addend.previous and previous else report[addend.address]


def relation_sheet(
    book: Workbook,
    sheet: Worksheet,
    report: AnnualReport,
    cells: Mapping[str, SheetCell],
    before: Mapping[str, SheetCell],
) -> None:
    """List every relation with its two sides and whether it holds; colour the cells where it does not.

    Parameters
    ----------
    book
        The workbook.
    sheet
        The sheet to fill.
    report
        The report.
    cells
        The cells of this year's tables, by address.
    before
        The cells of last year's tables, by address; empty if there is no report.
    """
    title = f"{report.agency.name}{report.title}"
    write_across(sheet, 1, 6, title, Font(FONT, size=14, bold=True))
    write_across(sheet, 2, 6, RELATIONS, Font(FONT, size=12, bold=True))
    note = "" if before else f"没有{report.year - 1}年度的报告，跨年度的勾稽关系未列入。"
    write_across(sheet, 3, 6, note, Font(FONT, size=10))
    for column, (label, width) in enumerate(_COLUMNS, start=1):
        write_boxed(sheet, 4, column, label).font = Font(FONT, size=10, bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    rows: dict[str, list[int]] = {table.key: [] for table in report.form.tables}
    breaches: list[tuple[Equation, str]] = []
    for number, equation in enumerate(assessable(report), start=1):
        row = sheet.max_row + 1
        at = _relation(sheet, row, equation, _sides(equation, report, cells, before))
        breaches.append((equation, name := f"relation.{number}"))
        name_cell(book, name, at)
        rows[equation.identity.table].append(row)
    # Excel shows the colour that was given first.
    for equation, name in sorted(breaches, key=lambda breach: breach[0].identity.severity != "error"):
        _colour(equation, name, cells)
    for table in report.form.tables:
        _show_status(cast(Worksheet, book[table.name]), rows[table.key])
    sheet.freeze_panes = "A5"
    protect(sheet)


def _relation(sheet: Worksheet, row: int, equation: Equation, sides: tuple[str, str]) -> SheetCell:
    """A line for one relation; returns the cell that says whether it holds."""
    write_boxed(sheet, row, 1, equation.along)
    write_boxed(sheet, row, 2, equation.identity.text)
    formulas = (f"={sides[0]}", f"={sides[1]}", f"=ROUND(C{row}-D{row},6)", f'=IF(E{row}=0,"{_HOLDS}","{_BROKEN}")')
    for column, formula in enumerate(formulas, start=3):
        write_boxed(sheet, row, column, "").value = formula
    at = cell_at(sheet, row, 2 + len(formulas))
    rule = _rule(f'{at.coordinate}="{_BROKEN}"', equation.identity.severity)
    sheet.conditional_formatting.add(at.coordinate, rule)
    sheet.row_dimensions[row].height = (
        14 * math.ceil(max(breadth(equation.along) / 43, breadth(equation.identity.text) / 53)) + 6
    )
    return at


def _sides(
    equation: Equation, report: AnnualReport, cells: Mapping[str, SheetCell], before: Mapping[str, SheetCell]
) -> tuple[str, str]:
    """The two sides of an equation as formulas over this year's and last year's sheets."""

    def total(addends: tuple[Addend, ...]) -> str:
        parts = []
        for sign, symbol in ((1, "+"), (-1, "-")):
            for year, sheets in ((False, cells), (True, before)):
                summed = [
                    (report.form.cells[addend.address], sheets[addend.address])
                    for addend in addends
                    if addend.sign == sign and addend.previous == year
                ]
                parts += [f"{symbol}{sum_formula(summed, qualified=True)}"] if summed else []
        return "".join(parts).removeprefix("+")

    return total(equation.left), total(equation.right)


def _colour(equation: Equation, name: str, cells: Mapping[str, SheetCell]) -> None:
    """Colour this year's cells of an equation wherever it does not hold."""
    ats = [cells[addend.address] for addend in equation.left + equation.right if not addend.previous]
    # By its name, since an older Excel looks at no other sheet from a conditional format.
    rule = _rule(f'{name}="{_BROKEN}"', equation.identity.severity)
    cast(Worksheet, ats[0].parent).conditional_formatting.add(" ".join(at.coordinate for at in ats), rule)


def _rule(condition: str, severity: str) -> Rule:
    """Fill cells with the colour of a breach where the condition is true."""
    return Rule("expression", dxf=DifferentialStyle(fill=_BREACH[severity]), formula=[condition])


def _show_status(sheet: Worksheet, rows: Sequence[int]) -> None:
    """Say above a table whether all its relations hold; they stand in one run of rows."""
    status = sheet["A3"]
    if not rows:
        set_text(status, _UNRELATED)
        return
    listed = f"{quote_sheetname(RELATIONS)}!$F${rows[0]}:$F${rows[-1]}"
    status.value = f'=IF(COUNTIF({listed},"{_BROKEN}")=0,"{_ALL_HOLD}","{_SOME_BROKEN}")'
    rule = _rule(f'$A$3<>"{_ALL_HOLD}"', "error")
    sheet.conditional_formatting.add("A3", rule)

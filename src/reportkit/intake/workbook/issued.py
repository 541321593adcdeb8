"""A workbook to fill in: one sheet for each statutory table, one for the text, one for the form's identities.

Entry cells of a fresh form hold 0, because officials leave empty what is none: an empty cell is a
blank that somebody made. What follows from last year's report alone is filled in beforehand.
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reportkit.form import Addend, Cell, Equation, Section, Table
from reportkit.form.figures import Amount, Figure, Kind, figure_text, magnitude
from reportkit.form.layout import FigureBox, LabelBox, Layout, layout_of
from reportkit.intake.workbook.sheets import (
    CONTACT,
    FIRST_ROW,
    IMPRINT,
    NARRATIVE,
    PUBLISHED,
    RELATIONS,
    Stand,
    for_excel,
    narrative_title,
    stands,
    text_name,
)
from reportkit.report import AnnualReport
from reportkit.system.files import write_file

__all__ = ["new_workbook"]

_FONT = "宋体"
_LINE = Side(style="thin", color="808080")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_ENTRY = PatternFill("solid", start_color="FFFBE6", end_color="FFFBE6")
_LOCKED = PatternFill("solid", start_color="EFEFEF", end_color="EFEFEF")
_BREACH = {
    "error": PatternFill("solid", start_color="FF9C9C", end_color="FF9C9C"),
    "warning": PatternFill("solid", start_color="FFD966", end_color="FFD966"),
}
_HOLDS, _BROKEN = "成立", "不成立"
_NOTE = (
    "浅黄色格由填报人填写，没有的填0，不要留空；灰色格为自动计算的总计，不用填写。"
    "勾稽关系不成立的，有关各格显示为红色；需要人工核对的，显示为橙黄色。"
)
_UNRELATED = "本表没有勾稽关系"
_ALL_HOLD = "勾稽关系全部成立"
_SOME_BROKEN = f"有勾稽关系不成立，见“{RELATIONS}”表"
# Excel keeps so many digits of a number, and 32,767 UTF-16 units of a text.
_DIGITS = 15
_LONGEST_TEXT = 16_000
_TALLEST_ROW = 400


@dataclass(frozen=True, slots=True)
class _Entry:
    """What may be typed into a cell of one kind, as data validation says it.

    Parameters
    ----------
    type, formula, upper
        The kind of validation, its lower bound or its formula over ``{cell}``, its upper bound.
    prompt, error
        What the official reads on entering the cell, and on typing something else.
    text
        Whether the cell holds text, which alone keeps every digit as typed.
    """

    type: Literal["whole", "custom"]
    formula: str
    prompt: str
    error: str
    upper: str | None = None
    text: bool = False


_ENTRIES: Mapping[str, _Entry] = {
    "count": _Entry("whole", "0", "填写不小于0的整数，没有的填0。", "只能填写不小于0的整数，不带单位。"),
    "change": _Entry(
        "whole", "-999999999", "填写整数，减少的填负数，没有增减的填0。", "只能填写整数，不带单位。", upper="999999999"
    ),
    "money": _Entry(
        "custom",
        "AND(ISNUMBER(VALUE({cell})),VALUE({cell})>=0)",
        "填写不小于0的万元数，不带单位，小数照实填写；没有的填0。",
        "只能填写不小于0的数，单位为万元，不带单位和千分位逗号。",
        text=True,
    ),
    "amount": _Entry(
        "custom",
        'OR({cell}="0",AND(RIGHT({cell},1)="元",ISNUMBER(VALUE('
        'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({cell},"元",""),"万",""),"亿","")))))',
        "填写金额和单位，如386500元、38.65万元；没有的填0。",
        "只能填写数和单位（元、万元、亿元），如386500元、38.65万元；没有的填0。",
        text=True,
    ),
}


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
    report = _with_carry_over(report)
    book = Workbook()
    book.remove(book.worksheets[0])
    book.security = WorkbookProtection(lockStructure=True)
    book.calculation.fullCalcOnLoad = True
    _narrative_sheet(book, report)
    cells: dict[str, SheetCell] = {}
    for table in report.form.tables:
        cells |= _table_sheet(book, report, table)
    relations = book.create_sheet(RELATIONS)
    before = _last_year_sheets(book, report)
    _relate(book, relations, report, cells, before)
    _imprint_sheet(book, report)
    buffer = io.BytesIO()
    book.save(buffer)
    write_file(path, buffer.getvalue())


# ------------------------------------------------------------------- last year


def _assessable(report: AnnualReport) -> Iterator[Equation]:
    """The equations whose every figure is at hand, those of one table together."""
    known = frozenset(previous.form.cells) if (previous := report.last_year) else frozenset()
    for table in report.form.tables:
        for equation in report.form.equations:
            addends = equation.left + equation.right
            if equation.identity.table == table.key and all(
                addend.address in known for addend in addends if addend.previous
            ):
                yield equation


def _with_carry_over(report: AnnualReport) -> AnnualReport:
    """The report; where nobody has filled in anything, with the figures that follow from last year's."""
    if report.declared or any(figure != 0 for figure in report.figures.values()):
        return report
    carried: dict[str, Figure] = {}
    for equation in _assessable(report):
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


def _last_year_sheets(book: Workbook, report: AnnualReport) -> dict[str, SheetCell]:
    """Last year's tables, to look at and to compare with; their cells by address."""
    previous = report.last_year
    cells: dict[str, SheetCell] = {}
    if previous is None:
        return cells
    for table in previous.form.tables:
        sheet = book.create_sheet(f"上年{table.name}")
        _head(sheet, previous, table)
        for cell, at in _print_table(sheet, table):
            _set_figure(at, previous[cell.address], cell.kind)
            at.fill = _LOCKED
            cells[cell.address] = at
        _protect(sheet)
    return cells


# ---------------------------------------------------------------------- tables


def _table_sheet(book: Workbook, report: AnnualReport, table: Table) -> dict[str, SheetCell]:
    """The sheet of a statutory table; its cells by address."""
    sheet = book.create_sheet(table.name)
    _head(sheet, report, table)
    cells = {cell.address: (cell, at) for cell, at in _print_table(sheet, table)}
    for address, (cell, at) in cells.items():
        parts = report.form.totals.get(address)
        if parts is None or report[address] != report.computed[address]:
            # A total that its source states otherwise must be seen, and can be mended.
            _set_figure(at, report[address], cell.kind)
            at.protection = Protection(locked=False)
            at.fill = _ENTRY
        else:
            at.value = f"={_sum([cells[part] for part in parts])}"
            at.fill = _LOCKED
        _name(book, address, at)
    entries = [(cell, at) for address, (cell, at) in cells.items() if address not in report.form.totals]
    _validate(sheet, entries, report.last_year)
    last = sheet.max_row + 1
    _across(sheet, last, layout_of(table).width, _NOTE, Font(_FONT, size=9))
    sheet.row_dimensions[last].height = 28
    _protect(sheet)
    return {address: at for address, (_, at) in cells.items()}


def _head(sheet: Worksheet, report: AnnualReport, table: Table) -> None:
    """Above the table: the title with agency and year, the section, and room for the status."""
    width = layout_of(table).width
    _across(sheet, 1, width, f"{report.agency.name}{report.title}", Font(_FONT, size=14, bold=True))
    _across(sheet, 2, width, report.form.section(table.key).title, Font(_FONT, size=12, bold=True))
    sheet.row_dimensions[1].height = 28
    sheet.row_dimensions[2].height = 22
    _across(sheet, 3, width, "", Font(_FONT, size=10))
    sheet.page_setup.fitToHeight = 1


def _across(sheet: Worksheet, row: int, width: int, text: str, font: Font) -> SheetCell:
    """A text over the whole width of a table."""
    at = _cell(sheet, row, 1)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    _set_text(at, text)
    at.font = font
    at.alignment = Alignment("left" if row > FIRST_ROW else "center", "center", wrap_text=True)
    return at


def _print_table(sheet: Worksheet, table: Table) -> Iterator[tuple[Cell, SheetCell]]:
    """Print a table's labels and borders; yields each of the form's cells with where its figure belongs."""
    layout = layout_of(table)
    boxes = list(stands(layout))
    widths = _widths(boxes, layout)
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    for stand in boxes:
        at = _cell(sheet, stand.row, stand.column)
        for row, column in stand.covers:
            sheet.cell(row, column).border = _BORDER
        if stand.rowspan * stand.colspan > 1:
            last = (stand.row + stand.rowspan - 1, stand.column + stand.colspan - 1)
            sheet.merge_cells(start_row=stand.row, start_column=stand.column, end_row=last[0], end_column=last[1])
        at.font = Font(_FONT, size=10)
        if isinstance(stand.box, LabelBox):
            _set_text(at, stand.box.label)
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


def _widths(boxes: Sequence[Stand], layout: Layout) -> dict[int, float]:
    """How wide each column must be: the stub by its labels, the figures share what is left of the page."""
    figures = {column for stand in boxes if isinstance(stand.box, FigureBox) for _, column in stand.covers}
    widths: dict[int, float] = {}
    for column in range(1, layout.width + 1):
        if column not in figures:
            labels = [stand for stand in boxes if stand.column == column and stand.colspan == 1]
            widest = max((_breadth(stand.box.label) for stand in labels if isinstance(stand.box, LabelBox)), default=10)
            widths[column] = min(widest + 2, 14 if any(stand.rowspan > 1 for stand in labels) else 44)
    share = (130 - sum(widths.values())) / len(figures)
    return widths | dict.fromkeys(sorted(figures), min(max(share, 9), 24))


def _heights(boxes: Sequence[Stand], widths: Mapping[int, float]) -> dict[int, float]:
    """How high each row must be for its labels; Excel itself measures no merged cell."""
    heights: dict[int, float] = {}
    for stand in boxes:
        lines = 1
        if isinstance(stand.box, LabelBox) and stand.rowspan == 1:
            width = sum(widths[column] for column in range(stand.column, stand.column + stand.colspan))
            lines = math.ceil(_breadth(stand.box.label) / (width - 1))
        heights[stand.row] = max(heights.get(stand.row, 0), 14 * lines + 6)
    return heights


def _breadth(text: str) -> int:
    """The width of a text in Excel's unit, the width of a digit."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def _set_text(at: SheetCell, text: str) -> None:
    """Write a text as a text, whatever it begins with."""
    at.value = for_excel(text)
    at.data_type = "s"
    at.quotePrefix = True


def _set_figure(at: SheetCell, figure: Figure, kind: Kind) -> None:
    """Write a figure: a number where Excel keeps all its digits, else a text; a blank leaves the cell empty."""
    entry = _ENTRIES[kind.name]
    at.number_format = "@" if entry.text else "0"
    if figure is None:
        at.value = None
    elif entry.text or isinstance(figure, Amount) or len(f"{abs(figure):f}".replace(".", "")) > _DIGITS:
        _set_text(at, figure_text(figure))
        at.quotePrefix = False
    else:
        at.value = figure


def _validate(sheet: Worksheet, entries: Iterable[tuple[Cell, SheetCell]], previous: AnnualReport | None) -> None:
    """Let only figures be typed where figures belong; on entering a cell say what, and last year's figure."""
    validations: dict[tuple[str, str], DataValidation] = {}
    for cell, at in entries:
        entry = _ENTRIES[cell.kind.name]
        formula = entry.formula.format(cell=at.coordinate)
        prompt = entry.prompt
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
                error=entry.error,
            )
            sheet.add_data_validation(validations[formula, prompt])
        validations[formula, prompt].add(at.coordinate)


# ------------------------------------------------------------------ identities


def _relate(
    book: Workbook,
    sheet: Worksheet,
    report: AnnualReport,
    cells: Mapping[str, SheetCell],
    before: Mapping[str, SheetCell],
) -> None:
    """List every relation with its two sides and whether it holds; colour the cells where it does not."""
    title = f"{report.agency.name}{report.title}"
    _across(sheet, 1, 6, title, Font(_FONT, size=14, bold=True))
    _across(sheet, 2, 6, RELATIONS, Font(_FONT, size=12, bold=True))
    note = "" if before else f"没有{report.year - 1}年度的报告，跨年度的勾稽关系未列入。"
    _across(sheet, 3, 6, note, Font(_FONT, size=10))
    for column, (label, width) in enumerate(
        [("适用范围", 44), ("勾稽关系", 54), ("等号左边", 12), ("等号右边", 12), ("相差", 10), ("是否成立", 12)],
        start=1,
    ):
        _boxed(sheet, 4, column, label).font = Font(_FONT, size=10, bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    rows: dict[str, list[int]] = {table.key: [] for table in report.form.tables}
    breaches: list[tuple[Equation, str]] = []
    for number, equation in enumerate(_assessable(report), start=1):
        row = sheet.max_row + 1
        at = _relation(sheet, row, equation, _sides(equation, report, cells, before))
        breaches.append((equation, name := f"relation.{number}"))
        _name(book, name, at)
        rows[equation.identity.table].append(row)
    # Excel shows the colour that was given first.
    for equation, name in sorted(breaches, key=lambda breach: breach[0].identity.severity != "error"):
        _colour(equation, name, cells)
    for table in report.form.tables:
        _show_status(cast(Worksheet, book[table.name]), rows[table.key])
    sheet.freeze_panes = "A5"
    _protect(sheet)


def _relation(sheet: Worksheet, row: int, equation: Equation, sides: tuple[str, str]) -> SheetCell:
    """A line for one relation; returns the cell that says whether it holds."""
    _boxed(sheet, row, 1, equation.along)
    _boxed(sheet, row, 2, equation.identity.text)
    formulas = (f"={sides[0]}", f"={sides[1]}", f"=ROUND(C{row}-D{row},6)", f'=IF(E{row}=0,"{_HOLDS}","{_BROKEN}")')
    for column, formula in enumerate(formulas, start=3):
        _boxed(sheet, row, column, "").value = formula
    at = _cell(sheet, row, 2 + len(formulas))
    rule = _rule(f'{at.coordinate}="{_BROKEN}"', equation.identity.severity)
    sheet.conditional_formatting.add(at.coordinate, rule)
    sheet.row_dimensions[row].height = (
        14 * math.ceil(max(_breadth(equation.along) / 43, _breadth(equation.identity.text) / 53)) + 6
    )
    return at


def _boxed(sheet: Worksheet, row: int, column: int, text: str) -> SheetCell:
    at = _cell(sheet, row, column)
    if text:
        _set_text(at, text)
    at.font, at.border = Font(_FONT, size=10), _BORDER
    at.alignment = Alignment("left" if column < 3 else "center", "center", wrap_text=True)
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
                parts += [f"{symbol}{_sum(summed, qualified=True)}"] if summed else []
        return "".join(parts).removeprefix("+")

    return total(equation.left), total(equation.right)


def _sum(cells: Sequence[tuple[Cell, SheetCell]], *, qualified: bool = False) -> str:
    """The sum of some cells as a formula: neighbours as a range, texts by the number they hold."""

    def reference(coordinate: str, sheet: str) -> str:
        return f"{quote_sheetname(sheet)}!{coordinate}" if qualified else coordinate

    numbers = [at for cell, at in cells if not _ENTRIES[cell.kind.name].text]
    terms = [reference(coordinate, numbers[0].parent.title) for coordinate in _ranges(numbers)]
    terms += [
        _worth(reference(at.coordinate, at.parent.title), cell.kind)
        for cell, at in cells
        if _ENTRIES[cell.kind.name].text
    ]
    return f"SUM({','.join(terms)})"


def _worth(reference: str, kind: Kind) -> str:
    """What a text of money is worth, in the unit of its kind, as a formula."""
    number, scale = reference, "1"
    if kind.types is Amount:
        for unit in ("元", "万", "亿"):
            number = f'SUBSTITUTE({number},"{unit}","")'
        scale = f'IF(RIGHT({reference},2)="万元",10^4,IF(RIGHT({reference},2)="亿元",10^8,1))'
    return f"IFERROR(VALUE({number})*{scale},0)"


def _ranges(cells: Sequence[SheetCell]) -> list[str]:
    """The cells, unbroken runs of neighbours as ranges: D7:D9."""
    runs: list[list[SheetCell]] = []
    for cell in cells:
        if runs and _continues(runs[-1], cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return [f"{run[0].coordinate}:{run[-1].coordinate}" if len(run) > 1 else run[0].coordinate for run in runs]


def _continues(run: Sequence[SheetCell], cell: SheetCell) -> bool:
    def step(before: SheetCell, after: SheetCell) -> tuple[int, int]:
        return after.row - before.row, after.column - before.column

    on = step(run[-1], cell)
    return on in ((0, 1), (1, 0)) and (len(run) == 1 or step(run[0], run[1]) == on)


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
        _set_text(status, _UNRELATED)
        return
    listed = f"{quote_sheetname(RELATIONS)}!$F${rows[0]}:$F${rows[-1]}"
    status.value = f'=IF(COUNTIF({listed},"{_BROKEN}")=0,"{_ALL_HOLD}","{_SOME_BROKEN}")'
    rule = _rule(f'$A$3<>"{_ALL_HOLD}"', "error")
    sheet.conditional_formatting.add("A3", rule)


# ------------------------------------------------------------------------ text


def _narrative_sheet(book: Workbook, report: AnnualReport) -> None:
    """The sheet of texts: one row a section, what it must speak of beside it."""
    sheet = book.create_sheet(NARRATIVE)
    for column, width in zip("ABC", (26, 96, 30), strict=True):
        sheet.column_dimensions[column].width = width
    _across(sheet, 1, 3, f"{report.agency.name}{report.title}", Font(_FONT, size=14, bold=True))
    sheet.row_dimensions[1].height = 28
    _text_row(sheet, "报告机关", report.agency.name, "", locked=True)
    _text_row(sheet, "报告年度", str(report.year), "", locked=True)
    _published_row(book, sheet, report)
    contact = _text_row(sheet, "联系方式", report.agency.contact, "公众询问本报告的电话等")
    _name(book, CONTACT, contact)
    for section in report.form.narrative_sections:
        for part, text in enumerate(_parts(report.text(section)), start=1):
            title = narrative_title(section) + ("（续）" if part > 1 else "")
            at = _text_row(sheet, title, text, _hint(section) if part == 1 else "", height=120)
            _name(book, text_name(section, part), at)
    sheet.freeze_panes = "B2"
    _protect(sheet)


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
    _name(book, PUBLISHED, at)


def _text_row(
    sheet: Worksheet, title: str, text: str, hint: str, *, locked: bool = False, height: float = 22
) -> SheetCell:
    """A row with a title, a text to fill in and a hint; returns the text's cell."""
    row = sheet.max_row + 1
    _boxed(sheet, row, 1, title).font = Font(_FONT, size=11, bold=True)
    _boxed(sheet, row, 3, hint).alignment = Alignment("left", "top", wrap_text=True)
    at = _cell(sheet, row, 2)
    _set_text(at, text)
    at.font, at.border = Font(_FONT, size=11), _BORDER
    at.alignment = Alignment("left", "top", wrap_text=True)
    at.fill = _LOCKED if locked else _ENTRY
    at.number_format = "@"
    at.protection = Protection(locked=locked)
    lines = sum(math.ceil((_breadth(line) + 1) / 94) for line in text.split("\n"))
    sheet.row_dimensions[row].height = min(max(height, 15 * lines + 6), _TALLEST_ROW)
    return at


def _parts(text: str) -> list[str]:
    """The text in parts that a cell can hold; at least one."""
    return [text[at : at + _LONGEST_TEXT] for at in range(0, len(text), _LONGEST_TEXT)] or [""]


def _hint(section: Section) -> str:
    topics = "、".join(topic.label for topic in section.topics)
    hints = [f"应当写明：{topics}" if topics else "", f"一般不超过{section.limit}字" if section.limit else ""]
    return "；".join(filter(None, hints))


# -------------------------------------------------------------------- the book


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
        _set_text(sheet.cell(row, 1), key)
        _set_text(sheet.cell(row, 2), value)
    sheet.sheet_state = "hidden"
    _protect(sheet)


def _cell(sheet: Worksheet, row: int, column: int) -> SheetCell:
    """A cell that no merged range covers, but for the range's first."""
    return cast(SheetCell, sheet.cell(row, column))


def _name(book: Workbook, name: str, at: SheetCell) -> None:
    """Name a cell, so that it is found wherever rows and columns put in before it move it."""
    where = f"{quote_sheetname(at.parent.title)}!${at.column_letter}${at.row}"
    book.defined_names[name] = DefinedName(name, attr_text=where)


def _protect(sheet: Worksheet) -> None:
    """Lock all but entry cells, without a password, and set the sheet up for A4 paper."""
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

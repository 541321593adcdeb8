"""Cells as the form is written with: texts, boxes, names, and what may be changed on a sheet."""

from __future__ import annotations

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font, Protection
from openpyxl.worksheet.worksheet import Worksheet

from reportkit.intake.workbook.cells import cell_at, name_cell, protect, set_text, write_across, write_boxed


@pytest.fixture
def sheet() -> Worksheet:
    sheet: Worksheet = Workbook().create_sheet("表 四")
    return sheet


@pytest.mark.parametrize(("text", "spelled"), [("=1+1", "=1+1"), ("\x07", "_x0007_"), ("", "")])
def test_a_text_is_written_as_text(sheet: Worksheet, text: str, spelled: str) -> None:
    at = cell_at(sheet, 2, 3)
    set_text(at, text)
    assert (at.coordinate, at.value, at.data_type, at.quotePrefix) == ("C2", spelled, "s", True)


@pytest.mark.parametrize(("row", "set_to"), [(1, "center"), (4, "center"), (5, "left")])
def test_a_text_over_a_whole_table_is_in_the_middle_above_it_and_to_the_left_below(
    sheet: Worksheet, row: int, set_to: str
) -> None:
    at = write_across(sheet, row, 3, "示例", Font("黑体", size=14))
    assert [str(merged) for merged in sheet.merged_cells.ranges] == [f"A{row}:C{row}"]
    assert (at.coordinate, at.value, at.font.name, at.font.size) == (f"A{row}", "示例", "黑体", 14)
    assert (at.alignment.horizontal, at.alignment.vertical, at.alignment.wrap_text) == (set_to, "center", True)


@pytest.mark.parametrize(("column", "set_to"), [(1, "left"), (2, "left"), (3, "center"), (4, "center")])
def test_a_box_has_a_border_and_words_at_the_left_where_words_stand(sheet: Worksheet, column: int, set_to: str) -> None:
    at = write_boxed(sheet, 2, column, "示例")
    assert (at.row, at.column, at.value, at.font.name, at.font.size) == (2, column, "示例", "宋体", 10)
    assert (at.alignment.horizontal, at.alignment.vertical, at.alignment.wrap_text) == (set_to, "center", True)
    assert at.border.left.style == at.border.bottom.style == "thin"


def test_a_box_without_a_text_holds_nothing(sheet: Worksheet) -> None:
    at = write_boxed(sheet, 2, 1, "")
    assert (at.value, at.quotePrefix, at.border.left.style) == (None, False, "thin")


def test_a_name_leads_to_its_cell(sheet: Worksheet) -> None:
    book = sheet.parent
    assert book is not None
    name_cell(book, "示例.1", cell_at(sheet, 7, 28))
    assert list(book.defined_names["示例.1"].destinations) == [("表 四", "$AB$7")]


def test_of_a_protected_sheet_entry_cells_are_open_in_all_that_they_cover(sheet: Worksheet) -> None:
    for cells in ("A1:B2", "C1:D2"):
        sheet.merge_cells(cells)
    sheet["C1"].protection = Protection(locked=False)
    protect(sheet)
    assert [[cell.protection.locked for cell in row] for row in sheet["A1:D2"]] == [[True, True, False, False]] * 2
    assert sheet.protection.sheet and not sheet.protection.password
    assert not sheet.protection.formatColumns and not sheet.protection.formatRows


@pytest.mark.parametrize("high", [0, 1])
def test_a_protected_sheet_is_printed_on_a4_across_and_as_high_as_was_said(sheet: Worksheet, high: int) -> None:
    sheet.page_setup.fitToHeight = high
    protect(sheet)
    setup = sheet.page_setup
    assert (setup.orientation, str(setup.paperSize)) == ("landscape", "9")
    assert (setup.fitToWidth, setup.fitToHeight) == (1, high)
    assert sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_options.horizontalCentered

"""The form as an official gets it."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

from intake.workbook.made import (
    OFFICE,
    cell_of,
    fresh,
    made,
    same_text,
    sheet_of,
)
from reportkit.form import editions, form_for
from reportkit.form.figures import Amount, Figure, figure_text
from reportkit.form.layout import LabelBox, layout_of
from reportkit.intake.workbook import new_workbook, read_workbook
from reportkit.intake.workbook.sheets import IMPRINT, NARRATIVE, stands
from reportkit.report import Agency, AnnualReport, new_report
from reportkit.text import breadth
from strategies import agencies, consistent_reports, reports

SLOW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(report=reports())
def test_a_form_states_the_report_it_was_made_of(tmp_path: Path, report: AnnualReport) -> None:
    filled = read_workbook(made(tmp_path, report))
    again = filled.report(report.agency)
    assert again.narrative == report.narrative
    assert again.published == report.published
    assert same_text(again.all_figures) == same_text(report.all_figures)
    assert (filled.agency_id, filled.agency_name, filled.contact) == (
        report.agency.id,
        report.agency.name,
        report.agency.contact,
    )


@SLOW
@given(report=consistent_reports())
def test_totals_that_agree_are_formulas_and_not_declared(tmp_path: Path, report: AnnualReport) -> None:
    path = made(tmp_path, report)
    assert read_workbook(path).declared == {}
    book = openpyxl.load_workbook(path)
    for total in report.form.totals:
        at = cell_of(book, total)
        assert at.data_type == "f"
        assert at.protection.locked


@SLOW
@given(text=st.text(max_size=40), agency=agencies, sign=st.sampled_from("=+-@"))
def test_text_is_never_a_formula(tmp_path: Path, text: str, agency: Agency, sign: str) -> None:
    agency = replace(agency, name=sign + agency.name, contact=sign + "1+1")
    report = new_report(agency, 2023, narrative={"overview": sign + text, "other": "#REF!"})
    path = made(tmp_path, report)
    filled = read_workbook(path)
    assert filled.narrative == report.narrative
    assert (filled.agency_name, filled.contact) == (agency.name, agency.contact)
    at = cell_of(openpyxl.load_workbook(path), "narrative.overview.1")
    assert at.data_type in ("s", "inlineStr")
    assert at.quotePrefix


def test_a_text_longer_than_a_cell_goes_on_in_rows_of_its_own(tmp_path: Path) -> None:
    text = "示例。\n" * 20_000
    path = made(tmp_path, new_report(OFFICE, 2023, narrative={"problems": text, "other": "示例"}))
    assert read_workbook(path).narrative["problems"] == text
    values = [len(str(row[1] or "")) for row in openpyxl.load_workbook(path)[NARRATIVE].iter_rows(values_only=True)]
    assert max(values) <= 32_767


def test_numbers_with_more_digits_than_excel_keeps_are_texts(tmp_path: Path) -> None:
    figures: dict[str, Figure] = {
        "applications.received.company": 12345678901234567,
        "disclosure.fees.amount": Decimal("0.10"),
    }
    path = made(tmp_path, new_report(OFFICE, 2023, figures))
    filled = read_workbook(path)
    assert filled.figures["applications.received.company"] == 12345678901234567
    assert figure_text(filled.figures["disclosure.fees.amount"]) == "0.10"


def test_amounts_keep_their_unit(tmp_path: Path) -> None:
    amount = Amount(Decimal("38.650"), "万元")
    filled = read_workbook(made(tmp_path, new_report(OFFICE, 2019, {"disclosure.procurement.amount": amount})))
    assert filled.figures["disclosure.procurement.amount"] == amount
    assert filled.figures["applications.received.company"] == 0


@pytest.mark.parametrize("year", [2019, 2023])
def test_every_label_of_the_form_stands_on_its_sheet(tmp_path: Path, year: int) -> None:
    form = form_for(year)
    book = openpyxl.load_workbook(fresh(tmp_path, year))
    for table in form.tables:
        sheet = book[table.name]
        written = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
        labels = ["".join(str(value).split("\n")) for value in written]
        assert written[:2] == [f"示例市示例局{form.title.format(year=year)}", form.section(table.key).title]
        for block in table.blocks:
            stack = [*block.rows, *block.columns]
            while stack:
                header = stack.pop()
                assert header.label in labels
                stack += header.children
            assert block.heading == "" or block.heading in written
            assert block.stub == "" or block.stub in written


@pytest.mark.parametrize("year", [2019, 2023])
def test_only_entry_cells_and_texts_are_open(tmp_path: Path, year: int) -> None:
    form = form_for(year)
    book = openpyxl.load_workbook(fresh(tmp_path, year))
    allowed = {(sheet_of(at), at.coordinate) for at in (cell_of(book, entry) for entry in form.entries)}
    texts = {name for name in book.defined_names if name.startswith(("narrative.", "published", "contact"))}
    allowed |= {(NARRATIVE, cell_of(book, name).coordinate) for name in texts}
    assert len(texts) == len(form.narrative_sections) + 2
    unlocked = set()
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        unlocked |= {
            (sheet.title, at.coordinate)
            for row in sheet.iter_rows()
            for at in row
            if isinstance(at, Cell) and not at.protection.locked
        }
    assert unlocked == allowed
    assert book.security.lockStructure


@pytest.mark.parametrize("year", [2019, 2023])
def test_every_entry_cell_is_validated_by_its_kind(tmp_path: Path, year: int) -> None:
    form = form_for(year)
    book = openpyxl.load_workbook(fresh(tmp_path, year))
    for table in form.tables:
        validations = book[table.name].data_validations.dataValidation
        covered = {}
        for validation in validations:
            for block in validation.sqref.ranges:
                for row in range(block.min_row, block.max_row + 1):
                    for column in range(block.min_col, block.max_col + 1):
                        covered[row, column] = validation
        entries = [form.cells[entry] for entry in form.entries if form.cells[entry].table == table.key]
        assert len(covered) == len(entries)
        for cell in entries:
            at = cell_of(book, cell.address)
            validation = covered[at.row, at.column]
            assert validation.type == {"count": "whole", "change": "whole"}.get(cell.kind.name, "custom")
            assert validation.formula1.startswith({"count": "0", "change": "-"}.get(cell.kind.name, ""))
            assert validation.prompt
            assert validation.error
            assert len(validation.formula1) <= 255
            assert at.alignment.horizontal == "right"


@pytest.mark.parametrize("year", [2019, 2023])
def test_labels_and_figures_stand_as_on_the_page_and_have_room(tmp_path: Path, year: int) -> None:
    book = openpyxl.load_workbook(fresh(tmp_path, year))
    for table in form_for(year).tables:
        sheet, layout = book[table.name], layout_of(table)
        merged = {str(block) for block in sheet.merged_cells.ranges}
        widths = {
            column: sheet.column_dimensions[get_column_letter(column)].width for column in range(1, layout.width + 1)
        }
        assert {f"A{row}:{get_column_letter(layout.width)}{row}" for row in (1, 2, 3, sheet.max_row)} <= merged
        assert [sheet.cell(row, 1).alignment.horizontal for row in (1, 2, 3, sheet.max_row)] == [
            *["center"] * 3,
            "left",
        ]
        heights: dict[int, int] = {}
        for stand in stands(layout):
            at = sheet[stand.coordinate]
            corner = f"{get_column_letter(stand.column + stand.colspan - 1)}{stand.row + stand.rowspan - 1}"
            assert stand.coordinate == corner or f"{stand.coordinate}:{corner}" in merged
            assert at.border.left.style and at.border.top.style
            room = sum(widths[column] for column in range(stand.column, stand.column + stand.colspan))
            if isinstance(stand.box, LabelBox):
                assert at.alignment.horizontal == ("left" if stand.box.scope == "row" else "center")
                lines = sum(math.ceil(breadth(line) / (room - 1)) for line in str(at.value).split("\n"))
                heights[stand.row] = max(heights.get(stand.row, 1), lines if stand.rowspan == 1 else 1)
            else:
                assert round(room, 6) >= 9 and at.alignment.horizontal == "right"
        for row, lines in heights.items():
            assert sheet.row_dimensions[row].height == 14 * lines + 6
        assert [sheet.row_dimensions[row].height for row in (1, 2, sheet.max_row)] == [28, 22, 28]
        assert [(sheet.cell(row, 1).font.size, sheet.cell(row, 1).font.bold) for row in (1, 2)] == [
            (14, True),
            (12, True),
        ]
        figures = [widths[stand.column] for stand in stands(layout) if not isinstance(stand.box, LabelBox)]
        bounds = ((sum(widths.values()), 130), (max(figures), 24), (min(figures), 9))
        # As wide as the page, or as its figures may be, but never so narrow that they have too little room.
        assert any(math.isclose(width, bound, abs_tol=0.01) for width, bound in bounds)
        assert bounds[2][0] < 9.01 or all(width <= bound + 0.01 for width, bound in bounds[:2])


def test_sheets_print_on_a4_across_and_keep_their_head_in_sight(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(fresh(tmp_path))
    sheet = book["表三"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)
    assert sheet.freeze_panes == "D7"
    assert sheet["D7"].font.name == "宋体"
    assert book[IMPRINT].sheet_state == "hidden"


def test_the_file_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fresh(tmp_path)
    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        new_workbook(new_report(OFFICE, 2024), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_form_of_every_edition_can_be_made(tmp_path: Path) -> None:
    for form in editions().values():
        path = made(tmp_path, new_report(OFFICE, form.first_year), f"{form.edition}.xlsx")
        assert read_workbook(path).form is form

"""Last year's report in the form: what follows from it, and what is compared with it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.cell import rows_from_range

from intake.workbook.made import (
    OFFICE,
    cell_of,
    last_year,
    made,
    sheet_of,
)
from reportkit.form import form_for
from reportkit.form.figures import magnitude
from reportkit.intake.workbook import read_workbook
from reportkit.intake.workbook.sheets import RELATIONS
from reportkit.report import new_report
from reportkit.text import breadth


def test_a_fresh_form_begins_with_what_follows_from_last_year(tmp_path: Path) -> None:
    path = made(tmp_path, new_report(OFFICE, 2023, previous=last_year()))
    figures = {address: figure for address, figure in read_workbook(path).figures.items() if figure != 0}
    assert figures == {"applications.carried_in.company": 2, "disclosure.regulations.in_force": 7}


def test_a_form_already_begun_is_left_as_it_is(tmp_path: Path) -> None:
    begun = new_report(OFFICE, 2023, {"applications.received.company": 1}, previous=last_year())
    assert read_workbook(made(tmp_path, begun)).figures == begun.figures


def test_last_years_figures_are_shown_beside(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made(tmp_path, new_report(OFFICE, 2023, previous=last_year())))
    at = cell_of(book, "applications.received.company")
    assert book["上年表三"][at.coordinate].value == 5
    prompts = [v.prompt for v in book["表三"].data_validations.dataValidation if at.coordinate in v.sqref]
    assert prompts == ["填写不小于0的整数，没有的填0。\n上一年度：5"]
    blank = last_year().replace({"applications.received.company": None})
    book = openpyxl.load_workbook(made(tmp_path, new_report(OFFICE, 2023, previous=blank)))
    prompts = [v.prompt for v in book["表三"].data_validations.dataValidation if at.coordinate in v.sqref]
    assert prompts == ["填写不小于0的整数，没有的填0。\n上一年度：空白"]


@pytest.mark.parametrize("year", [2020, 2021])
def test_only_the_year_before_counts_as_last_year(tmp_path: Path, year: int) -> None:
    previous = new_report(OFFICE, year, {"applications.carried_out.company": 2})
    path = made(tmp_path, new_report(OFFICE, 2023, previous=previous))
    assert "上年表三" not in openpyxl.load_workbook(path).sheetnames
    assert set(read_workbook(path).figures.values()) == {0}


def test_a_first_report_in_a_new_edition_compares_what_both_have(tmp_path: Path) -> None:
    previous = new_report(OFFICE, 2020, {"applications.carried_out.company": 2})
    path = made(tmp_path, new_report(OFFICE, 2021, previous=previous))
    book = openpyxl.load_workbook(path)
    texts = [row[1] for row in book[RELATIONS].iter_rows(min_row=5, values_only=True)]
    rules = {identity.rule: identity.text for identity in form_for(2021).identities}
    assert rules["YEAR-CARRY"] in texts
    assert rules["YEAR-STOCK"] not in texts
    assert read_workbook(path).figures["applications.carried_in.company"] == 2


def reckoned(formula: str, held: Mapping[tuple[str, str], int]) -> int:
    """What a formula of sums comes to."""
    total = 0
    for sign, cells in re.findall(r"([=+-])SUM\(([^()]*)\)", formula):
        for sheet, span in (cell.strip().split("!") for cell in cells.split(",")):
            coordinates = [at for row in rows_from_range(span) for at in row]
            total += (-1 if sign == "-" else 1) * sum(held[sheet.strip("'"), at] for at in coordinates)
    return total


def test_each_relation_stands_in_a_row_with_its_two_sides(tmp_path: Path) -> None:
    entries = [address for address, cell in form_for(2023).cells.items() if cell.kind.name == "count"]
    entries = [address for address in entries if address in form_for(2023).entries]
    last = new_report(OFFICE, 2022, {address: number**2 for number, address in enumerate(entries)})
    report = new_report(
        OFFICE, 2023, {address: 3 * number + 1 for number, address in enumerate(entries)}, previous=last
    )
    book = openpyxl.load_workbook(made(tmp_path, report))
    sheet = book[RELATIONS]
    spots = {address: cell_of(book, address) for address in report.form.cells}
    held = {
        (f"{before}{sheet_of(at)}", at.coordinate): int(magnitude(said[address]))
        for before, said in (("", report), ("上年", last))
        for address, at in spots.items()
    }
    assert [cell.value for cell in sheet[4]] == ["适用范围", "勾稽关系", "等号左边", "等号右边", "相差", "是否成立"]
    assert {(cell.font.name, cell.font.bold) for cell in sheet[4]} == {("宋体", True)}
    assert [sheet.column_dimensions[column].width for column in "ABCDEF"] == [44, 54, 12, 12, 10, 12]
    assert {"A1:F1", "A2:F2", "A3:F3"} == {str(merged) for merged in sheet.merged_cells.ranges}
    assert [(sheet[at].font.size, sheet[at].font.bold) for at in ("A1", "A2", "A3")] == [
        (14, True),
        (12, True),
        (10, False),
    ]
    assert (sheet["A2"].value, sheet["A3"].value or "", sheet.freeze_panes) == (RELATIONS, "", "A5")
    equations = sorted(
        report.form.equations, key=lambda one: [table.key for table in report.form.tables].index(one.identity.table)
    )
    rows = list(sheet.iter_rows(min_row=5))
    for number, (equation, (along, text, left, right, gap, holds)) in enumerate(zip(equations, rows, strict=True), 1):
        row = along.row
        assert (along.value, text.value) == (equation.along, equation.identity.text)
        for side, addends in ((left, equation.left), (right, equation.right)):
            said = sum(one.sign * magnitude((last if one.previous else report)[one.address]) for one in addends)
            assert "VALUE" in str(side.value) or reckoned(str(side.value), held) == said
        # As many lines as the longer of the two needs in its column, but for a character.
        lines = max(math.ceil(breadth(str(said.value)) / (width - 1)) for said, width in ((along, 44), (text, 54)))
        assert sheet.row_dimensions[row or 0].height == 14 * lines + 6
        assert gap.value == f"=ROUND(C{row}-D{row},6)"
        assert holds.value == f'=IF(E{row}=0,"成立","不成立")'
        assert book.defined_names[f"relation.{number}"].attr_text == f"'{RELATIONS}'!$F${row}"
        (first, *_) = [one.address for one in (*equation.left, *equation.right) if not one.previous]
        at = spots[first]
        coloured = [
            rule.formula
            for ranges in book[sheet_of(at)].conditional_formatting
            if at.coordinate in ranges
            for rule in ranges.rules
        ]
        assert [f'relation.{number}="不成立"'] in coloured
    for table in report.form.tables:
        listed = [row for row, one in enumerate(equations, start=5) if one.identity.table == table.key]
        span = f"'{RELATIONS}'!$F${listed[0]}:$F${listed[-1]}"
        assert str(book[table.name]["A3"].value).startswith(f'=IF(COUNTIF({span},"不成立")=0,"勾稽关系全部成立",')

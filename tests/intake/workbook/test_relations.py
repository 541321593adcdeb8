"""Last year's report in the form: what follows from it, and what is compared with it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from intake.workbook.made import (
    OFFICE,
    cell_of,
    last_year,
    made,
)
from reportkit.form import form_for
from reportkit.intake.workbook import read_workbook
from reportkit.intake.workbook.sheets import RELATIONS
from reportkit.report import new_report


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

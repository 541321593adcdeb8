"""What is read from what officials make of a form."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from intake.workbook.made import (
    OFFICE,
    cell_of,
    edited,
    fresh,
    made,
    problems_of,
    repacked,
    sheet_of,
    typed,
)
from reportkit.documents.document import UnreadableError
from reportkit.form import form_for
from reportkit.form.figures import figure_text
from reportkit.intake.workbook import FilledForm, WorkbookError, read_workbook
from reportkit.intake.workbook.sheets import IMPRINT
from reportkit.report import Agency, new_report
from reportkit.system.language import said


def test_figures_are_read_as_they_were_typed_and_an_empty_cell_is_a_blank(tmp_path: Path) -> None:
    received, charged = "applications.received.company", "disclosure.fees.amount"
    values = {received: 3.0, charged: "12.3400", "challenges.review.upheld": None, "challenges.review.other": " 7 "}
    figures = read_workbook(typed(fresh(tmp_path), values)).figures
    assert [figure_text(figures[address]) for address in values] == ["3", "12.3400", "", "7"]
    assert figures["challenges.review.upheld"] is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2件", "write 2, without the unit"),
        ("—", "write 0 for none, or clear the cell if it is blank"),
        (True, "TRUE stands here: write the number"),
        (datetime(2023, 1, 2), "give the cell the format of a number"),
        ("#REF!", "'#REF!' stands here: write the number"),
        ("=1+1", "a formula without a result: open and save the file in Excel"),
    ],
)
def test_a_wrong_figure_is_named_with_sheet_cell_label_and_what_to_write(
    tmp_path: Path, value: object, told: str
) -> None:
    path = typed(fresh(tmp_path), {"applications.received.company": value})
    (problem,) = problems_of(path)
    label = form_for(2023).cells["applications.received.company"].label
    assert problem.startswith(f":表三!E7: {label}: ")
    assert told in problem


def test_a_wrong_figure_is_told_in_the_official_s_language(tmp_path: Path) -> None:
    path = typed(fresh(tmp_path), {"applications.received.company": "约20件", "challenges.review.total": 2.5})
    with pytest.raises(WorkbookError) as told:
        read_workbook(path)
    first, second = said(told.value, "zh").splitlines()
    assert first.endswith("“约20件”不是不小于0的整数：请只写数")
    assert second.endswith("“2.5”不是不小于0的整数：必须是整数")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    wrong = {
        "applications.received.company": "2件",
        "disclosure.fees.amount": "1万元",
        "challenges.review.upheld": -3,
        "challenges.review.total": "三",
        "published": "明年",
        "narrative.other.1": "=示例",
    }
    problems = problems_of(typed(fresh(tmp_path), wrong))
    assert len(problems) == len(wrong)
    assert [problem.split("!")[0] for problem in problems] == [":表二", ":表三", ":表四", ":表四", ":文字", ":文字"]


def test_amounts_need_their_unit(tmp_path: Path) -> None:
    path = typed(fresh(tmp_path, 2019), {"disclosure.procurement.amount": 386500})
    (problem,) = problems_of(path)
    assert "add the unit, 386500元 or 386500万元" in problem


@pytest.mark.parametrize("value", [date(2024, 1, 19), datetime(2024, 1, 19), "2024年1月19日"])
def test_the_day_of_publication_may_be_a_date_or_a_text(tmp_path: Path, value: object) -> None:
    path = typed(fresh(tmp_path), {"published": value})
    assert read_workbook(path).published == date(2024, 1, 19)


def test_a_number_typed_as_text_is_text(tmp_path: Path) -> None:
    path = typed(fresh(tmp_path), {"narrative.other.1": 2023, "contact": 5390000})
    filled = read_workbook(path)
    assert (filled.narrative["other"], filled.contact) == ("2023", "5390000")


def test_a_total_typed_over_its_formula_is_declared(tmp_path: Path) -> None:
    path = typed(
        fresh(tmp_path),
        {"challenges.review.total": 3, "challenges.litigation_direct.total": None},
    )
    filled = read_workbook(path)
    assert filled.declared == {"challenges.review.total": 3, "challenges.litigation_direct.total": None}
    assert filled.report(OFFICE)["challenges.review.total"] == 3


def test_a_wrong_total_of_a_source_stands_open_to_be_mended(tmp_path: Path) -> None:
    report = new_report(OFFICE, 2023, declared={"challenges.review.total": 3})
    path = made(tmp_path, report)
    assert not cell_of(openpyxl.load_workbook(path), "challenges.review.total").protection.locked
    assert read_workbook(path).report(OFFICE) == report


def shown(path: Path, name: str, value: str) -> Path:
    """The form as a program saved it that had worked out the formula in the cell as `value`."""
    at = cell_of(openpyxl.load_workbook(path), name)
    part = f"xl/worksheets/sheet{openpyxl.load_workbook(path).sheetnames.index(sheet_of(at)) + 1}.xml"
    formula = re.compile(rf'(<c r="{at.coordinate}"[^>]*?)(?: t="n")?(><f>[^<]*</f>)(?:<v ?/>|<v></v>)'.encode())
    kind = b' t="e"' if value.startswith("#") else b""

    def change(filename: str, data: bytes) -> bytes:
        if filename != part:
            return data
        data, found = formula.subn(rb"\1" + kind + rb"\2<v>" + value.encode() + b"</v>", data)
        assert found == 1
        return data

    return repacked(path, change)


def test_a_formula_of_an_official_counts_as_what_it_showed(tmp_path: Path) -> None:
    path = typed(fresh(tmp_path), {"applications.received.company": "=20+3"})
    assert (
        read_workbook(shown(path, "applications.received.company", "23")).figures["applications.received.company"] == 23
    )


@pytest.mark.parametrize(("value", "declared"), [("0", {}), ("#VALUE!", {}), ("4", {"challenges.review.total": 4})])
def test_a_totals_formula_is_declared_only_where_it_shows_another_figure(
    tmp_path: Path, value: str, declared: dict[str, int]
) -> None:
    path = shown(fresh(tmp_path), "challenges.review.total", value)
    assert read_workbook(path).declared == declared


def test_a_number_beyond_all_numbers_is_refused(tmp_path: Path) -> None:
    path = typed(fresh(tmp_path), {"applications.received.company": 77})
    part = "xl/worksheets/sheet3.xml"
    path = repacked(path, lambda name, data: data.replace(b"<v>77</v>", b"<v>1E999</v>") if name == part else data)
    (problem,) = problems_of(path)
    assert "inf stands here: write the number" in problem


def test_rows_and_columns_put_in_do_not_matter(tmp_path: Path) -> None:
    report = new_report(OFFICE, 2023, {"applications.received.company": 4, "applications.carried_out.other": 4})

    def moved(book: Workbook) -> None:
        # As Excel does it: the names go with the cells.
        for name, defined in book.defined_names.items():
            sheet, _, reference = defined.attr_text.partition("!")
            _, column, row = reference.split("$")
            if sheet.strip("'") == "表三" and name in report.form.cells:
                defined.attr_text = f"'表三'!${column}${int(row) + 2}"
        old = {(at.row or 0, at.column or 0): at.value for row in book["表三"].iter_rows() for at in row}
        book["表三"].merged_cells.ranges.clear()
        book.remove(book["表三"])
        sheet = book.create_sheet("表三")
        for (row, column), value in old.items():
            sheet.cell(row + 2, column).value = value

    assert read_workbook(edited(made(tmp_path, report), moved)).figures == report.figures


def without_names(book: Workbook) -> Workbook:
    book.defined_names.clear()
    return book


@pytest.mark.parametrize("year", [2019, 2023])
def test_without_its_names_a_form_is_read_by_its_layout(tmp_path: Path, year: int) -> None:
    report = new_report(
        OFFICE,
        year,
        {"applications.received.company": 4, "disclosure.regulations." + ("issued" if year > 2020 else "made"): 2},
        narrative={"overview": "示例" * 20_000, "other": "示例", "preamble": "示例"},
    )
    filled = read_workbook(edited(made(tmp_path, report), without_names))
    assert filled.figures == report.figures
    assert filled.narrative == report.narrative


def test_without_names_labels_must_stand_where_the_form_puts_them(tmp_path: Path) -> None:
    def moved(book: Workbook) -> None:
        without_names(book)["表四"].move_range("A4:O8", rows=1)
        book.remove(book["表二"])

    problems = problems_of(edited(fresh(tmp_path), moved))
    assert problems[0] == ":表二: the sheet is missing: fill in a fresh form"
    assert not any("表二" in problem for problem in problems[1:])
    assert problems[1].startswith(":表四!A4: ")
    assert "'行政复议'" in problems[1]


def test_a_deleted_cell_is_told(tmp_path: Path) -> None:
    def delete(book: Workbook) -> None:
        book.defined_names["applications.received.company"].attr_text = "表三!#REF!"
        del book.defined_names["narrative.other.1"]
        book.defined_names["challenges.review.other"].attr_text = book.defined_names[
            "challenges.review.upheld"
        ].attr_text

    problems = problems_of(edited(fresh(tmp_path), delete))
    cells = form_for(2023).cells
    assert problems == [
        f":表四!A7: {cells['challenges.review.other'].label}: this is the cell of {cells['challenges.review.upheld'].label} too:"
        " fill in a fresh form",
        f":表三: {cells['applications.received.company'].label}: the cell was deleted from the form: fill in a fresh one",
        ":文字: 六、其他需要报告的事项: its cell was deleted from the form: fill in a fresh one",
    ]


@pytest.mark.parametrize("sheet", ["表二", "表三", "表四", "文字"])
@pytest.mark.parametrize("names", ["lead nowhere", "are gone", "lead to what was deleted"])
def test_a_sheet_that_was_renamed_is_one_message(tmp_path: Path, sheet: str, names: str) -> None:
    def rename(book: Workbook) -> None:
        book[sheet].title = "改名"
        for defined in book.defined_names.values():
            if names == "lead to what was deleted" and defined.attr_text.strip("'").startswith(sheet):
                defined.attr_text = f"{sheet}!#REF!"
        if names == "are gone":
            without_names(book)

    assert problems_of(edited(fresh(tmp_path), rename)) == [
        f":{sheet}: the sheet is missing: fill in a fresh form; if it is '改名', call that {sheet} again"
    ]


def test_of_many_sheets_of_another_name_three_are_named(tmp_path: Path) -> None:
    def rename(book: Workbook) -> None:
        book["表三"].title = "改名"
        for number in range(4):
            book.create_sheet(f"附{number}")

    (problem,) = problems_of(edited(fresh(tmp_path), rename))
    assert "if it is '改名' or '附0' or '附1', call that 表三 again" in problem


@pytest.mark.parametrize("sheet", ["表二", "表三", "表四", "文字"])
def test_a_sheet_that_was_renamed_with_its_names_is_read(tmp_path: Path, sheet: str) -> None:
    report = new_report(OFFICE, 2023, {"applications.received.company": 4}, narrative={"other": "示例"})

    def rename(book: Workbook) -> None:
        book[sheet].title = "改 名"
        for defined in book.defined_names.values():
            defined.attr_text = re.sub(rf"^'?{sheet}'?!", "'改 名'!", defined.attr_text)

    filled = read_workbook(edited(made(tmp_path, report), rename))
    assert filled.figures == report.figures
    assert filled.narrative == report.narrative


def test_rows_and_columns_that_were_deleted_are_one_message_each(tmp_path: Path) -> None:
    def delete(book: Workbook) -> None:
        for address in form_for(2023).cells:
            table, _, rest = address.partition(".")
            row, _, column = rest.rpartition(".")
            if row == "granted" or (table, column) == ("challenges", "pending"):
                book.defined_names[address].attr_text = "#REF!"

    assert problems_of(edited(fresh(tmp_path), delete)) == [
        ":表三: 表三“（一）予以公开”行: the row was deleted from the form: fill in a fresh one",
        ":表四: 表四“尚未审结”列: the column was deleted from the form: fill in a fresh one",
    ]


def test_a_form_of_another_agency_is_not_taken(tmp_path: Path) -> None:
    filled = read_workbook(fresh(tmp_path))
    assert isinstance(filled, FilledForm)
    for other in ("other", "zzz"):
        with pytest.raises(WorkbookError, match=rf"this is the form of shili \(示例市示例局\), not of {other}"):
            filled.report(Agency(other, "别的局"))


def test_every_figure_and_text_knows_its_cell(tmp_path: Path) -> None:
    path = fresh(tmp_path)
    report = read_workbook(path).report(OFFICE)
    assert str(report.places["applications.received.company"]) == f"{path}:表三!E7"
    assert str(report.places["preamble"]).startswith(f"{path}:文字!B")
    assert set(report.form.entries) < set(report.places)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"year": "2019"}, "edition 2021 of the form is not the one for 2019"),
        ({"year": "1999"}, "no edition of the form covers 1999"),
        ({"year": "二〇二三"}, "this is not a form of `reportkit workbook new`"),
        ({"edition": "1987"}, "this is not a form of `reportkit workbook new`"),
        ({"agency": None}, "this is not a form of `reportkit workbook new`"),
    ],
)
def test_a_form_whose_imprint_was_changed_is_refused(tmp_path: Path, change: dict[str, str | None], said: str) -> None:
    def write(book: Workbook) -> None:
        for key, value in book[IMPRINT].iter_rows(max_col=2):
            value.value = change.get(str(key.value), str(value.value))

    path = edited(fresh(tmp_path), write)
    with pytest.raises(UnreadableError, match=said):
        read_workbook(path)

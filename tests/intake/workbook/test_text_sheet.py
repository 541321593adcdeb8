"""The sheet of texts, as it is written."""

from __future__ import annotations

from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook.made import OFFICE
from reportkit.form import form_for
from reportkit.intake.workbook.sheets import NARRATIVE
from reportkit.intake.workbook.text_sheet import text_sheet
from reportkit.report import new_report


def written(narrative: dict[str, str], published: date | None = None) -> Worksheet:
    book = Workbook()
    text_sheet(book, new_report(OFFICE, 2023, narrative=narrative, published=published))
    sheet: Worksheet = book[NARRATIVE]
    return sheet


def row_of(sheet: Worksheet, title: str) -> int:
    (row,) = [number for number, (cell,) in enumerate(sheet.iter_rows(max_col=1), 1) if cell.value == title]
    return row


def test_it_says_whose_report_it_is_and_whose_texts_stay_in_sight() -> None:
    sheet = written({})
    title = sheet["A1"]
    assert title.value == f"{OFFICE.name}{form_for(2023).title.format(year=2023)}"
    assert (title.font.size, title.font.bold) == (14, True)
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:C1"]
    assert [sheet.column_dimensions[column].width for column in "ABC"] == [26, 96, 30]
    assert sheet.freeze_panes == "B2"
    assert [sheet[cell].value for cell in ("A2", "B2", "A3", "B3")] == ["报告机关", OFFICE.name, "报告年度", "2023"]
    assert (sheet["B5"].value, sheet["C5"].value) == (OFFICE.contact, "公众询问本报告的电话等")


@pytest.mark.parametrize(
    ("text", "height"),
    [
        ("", 120),
        ("\n".join("示" for _ in range(7)), 120),
        ("\n".join("示" for _ in range(8)), 15 * 8 + 6),
        ("示" * 46 * 8, 15 * 8 + 6),
        ("示" * 47 * 8, 15 * 9 + 6),
        ("\n".join("示" * 46 + "a" for _ in range(9)), 15 * 9 + 6),
        ("\n".join("示" * 47 for _ in range(9)), 15 * 18 + 6),
        ("示\n" * 26, 400),
    ],
)
def test_a_row_is_as_high_as_its_text_needs(text: str, height: float) -> None:
    sheet = written({"overview": text})
    assert sheet.row_dimensions[row_of(sheet, "一、总体情况")].height == height


@pytest.mark.parametrize(("length", "parts"), [(0, [0]), (1, [1]), (16_000, [16_000]), (16_001, [16_000, 1])])
def test_a_long_text_goes_on_in_rows_that_say_so_and_give_no_hint(length: int, parts: list[int]) -> None:
    sheet = written({"overview": "示" * length})
    first = row_of(sheet, "一、总体情况")
    rows = [first, *([row_of(sheet, "一、总体情况（续）")] if len(parts) > 1 else [])]
    assert rows == list(range(first, first + len(parts)))
    assert [len(str(sheet.cell(row, 2).value or "")) for row in rows] == parts
    assert [bool(sheet.cell(row, 3).value) for row in rows] == [True, False][: len(parts)]
    book = sheet.parent
    assert book is not None
    named = [list(book.defined_names[f"narrative.overview.{part}"].destinations) for part in range(1, len(parts) + 1)]
    assert named == [[(NARRATIVE, f"$B${row}")] for row in rows]


def test_what_a_section_must_speak_of_and_how_long_it_may_be_stand_beside_it() -> None:
    sheet = written({})
    for section in form_for(2023).narrative_sections:
        said = str(sheet.cell(row_of(sheet, section.title or "前言"), 3).value or "")
        assert all(topic.label in said for topic in section.topics)
        assert (f"一般不超过{section.limit}字" in said) == bool(section.limit)
        assert ("应当写明：" in said) == bool(section.topics)
        assert ("；" in said) == bool(section.limit and section.topics)


@pytest.mark.parametrize("published", [None, date(2024, 1, 19)])
def test_the_day_of_publication_is_a_date_that_must_be_one(published: date | None) -> None:
    sheet = written({}, published)
    at = sheet.cell(row_of(sheet, "公布日期"), 2)
    assert (at.value, at.number_format, at.quotePrefix) == (published, "yyyy-mm-dd", False)
    (day,) = sheet.data_validations.dataValidation
    assert str(day.sqref) == at.coordinate
    assert (day.type, day.operator, day.formula1) == ("date", "greaterThanOrEqual", "DATE(2023,1,1)")
    assert day.allow_blank and day.showErrorMessage
    assert day.error == "只能填写日期，如2024-01-31。"
    assert sheet[f"C{at.row}"].value == "如2024-01-31；尚未公布的留空"


def test_what_is_filled_in_is_open_and_looks_so() -> None:
    sheet = written({"overview": "示例"})
    titles = [str(cell.value) for (cell,) in sheet.iter_rows(min_row=2, max_col=1)]
    texts = [sheet.cell(row, 2) for row in range(2, 2 + len(titles))]
    assert {title for title, text in zip(titles, texts, strict=True) if text.protection.locked} == {
        "报告机关",
        "报告年度",
    }
    assert {(text.fill.start_color.rgb[-6:], text.protection.locked) for text in texts} == {
        ("FFFBE6", False),
        ("EFEFEF", True),
    }
    assert {text.number_format for text in texts} == {"@", "yyyy-mm-dd"}
    assert {(text.font.size, text.border.left.style) for text in texts} == {(11, "thin")}
    assert {(sheet[f"A{text.row}"].font.size, sheet[f"A{text.row}"].font.bold) for text in texts} == {(11, True)}
    assert {(cell.alignment.horizontal, cell.alignment.vertical, cell.alignment.wrap_text) for cell in texts} == {
        ("left", "top", True)
    }
    assert [sheet.row_dimensions[row].height for row in (1, 2, 3, 4, 5)] == [28, 22, 22, 22, 22]

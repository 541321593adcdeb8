"""The Excel form: what an official gets, what is read from what they make of it, and what LibreOffice says to both."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell

from reportkit.documents.document import UnreadableError
from reportkit.form import editions, form_for
from reportkit.form.figures import KINDS, Amount, figure_text
from reportkit.intake.workbook import FilledForm, WorkbookError, new_workbook, read_workbook
from reportkit.intake.workbook.issued import _ENTRIES, _worth
from reportkit.intake.workbook.sheets import IMPRINT, NARRATIVE, RELATIONS, as_typed, for_excel
from reportkit.report import Agency, new_report
from reportkit.system.errors import InputError
from strategies import agencies, consistent_reports, reports

OFFICE = Agency("shili", "示例市示例局", contact="0539-0000000")
SLOW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def made(tmp_path: Path, report, name="form.xlsx"):
    path = tmp_path / name
    new_workbook(report, path)
    return path


@cache
def fresh_bytes(year):
    with TemporaryDirectory() as folder:
        return made(Path(folder), new_report(OFFICE, year)).read_bytes()


def fresh(tmp_path: Path, year=2023):
    """A form that nobody has touched yet."""
    path = tmp_path / "form.xlsx"
    path.write_bytes(fresh_bytes(year))
    return path


def edited(path, change):
    """The form after somebody changed it in a program that, like openpyxl, works out no formula."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def cell_of(book, name):
    (sheet, coordinate), *_ = book.defined_names[name].destinations
    return book[sheet][coordinate.replace("$", "")]


def typed(path, values):
    def change(book) -> None:
        for name, value in values.items():
            cell_of(book, name).value = value

    return edited(path, change)


def problems_of(path):
    with pytest.raises(WorkbookError) as caught:
        read_workbook(path)
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


def repacked(path, change):
    """The same package with the bytes of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in package.infolist():
            copy.writestr(part.filename, change(part.filename, package.read(part)))
    path.write_bytes(out.getvalue())
    return path


def same_text(figures):
    return {address: None if figure is None else figure_text(figure) for address, figure in figures.items()}


# ------------------------------------------------------------------ round trips


@SLOW
@given(report=reports())
def test_a_form_states_the_report_it_was_made_of(tmp_path: Path, report) -> None:
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
def test_totals_that_agree_are_formulas_and_not_declared(tmp_path: Path, report) -> None:
    path = made(tmp_path, report)
    assert read_workbook(path).declared == {}
    book = openpyxl.load_workbook(path)
    for total in report.form.totals:
        at = cell_of(book, total)
        assert at.data_type == "f"
        assert at.protection.locked


@given(text=st.text(st.characters(codec=None)))
def test_a_text_is_spelled_so_that_it_can_be_read_again(text) -> None:
    assert as_typed(for_excel(text)) == text
    assert re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", for_excel(text)) is None


@pytest.mark.parametrize("text", ["_x0041_", "_x0007_", "_x005F_", "_x0041_x0042_", "__x000D_"])
def test_a_text_that_looks_like_a_code_stays_what_it_is(text) -> None:
    assert as_typed(for_excel(text)) == text
    # Programs that spell no codes write it as it is.
    assert as_typed("_x0041_") == "_x0041_"


@SLOW
@given(text=st.text(max_size=40), agency=agencies, sign=st.sampled_from("=+-@"))
def test_text_is_never_a_formula(tmp_path: Path, text, agency, sign) -> None:
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
    values = [len(row[1] or "") for row in openpyxl.load_workbook(path)[NARRATIVE].iter_rows(values_only=True)]
    assert max(values) <= 32_767


def test_numbers_with_more_digits_than_excel_keeps_are_texts(tmp_path: Path) -> None:
    figures = {"applications.received.company": 12345678901234567, "disclosure.fees.amount": Decimal("0.10")}
    path = made(tmp_path, new_report(OFFICE, 2023, figures))
    filled = read_workbook(path)
    assert filled.figures["applications.received.company"] == 12345678901234567
    assert figure_text(filled.figures["disclosure.fees.amount"]) == "0.10"


def test_amounts_keep_their_unit(tmp_path: Path) -> None:
    amount = Amount(Decimal("38.650"), "万元")
    filled = read_workbook(made(tmp_path, new_report(OFFICE, 2019, {"disclosure.procurement.amount": amount})))
    assert filled.figures["disclosure.procurement.amount"] == amount
    assert filled.figures["applications.received.company"] == 0


# ---------------------------------------------------------------------- the form


@pytest.mark.parametrize("year", [2019, 2023])
def test_every_label_of_the_form_stands_on_its_sheet(tmp_path: Path, year) -> None:
    form = form_for(year)
    book = openpyxl.load_workbook(fresh(tmp_path, year))
    for table in form.tables:
        sheet = book[table.name]
        written = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert written[:2] == [f"示例市示例局{form.title.format(year=year)}", form.section(table.key).title]
        for block in table.blocks:
            stack = [*block.rows, *block.columns]
            while stack:
                header = stack.pop()
                assert header.label in written
                stack += header.children
            assert block.heading == "" or block.heading in written
            assert block.stub == "" or block.stub in written


@pytest.mark.parametrize("year", [2019, 2023])
def test_only_entry_cells_and_texts_are_open(tmp_path: Path, year) -> None:
    form = form_for(year)
    book = openpyxl.load_workbook(fresh(tmp_path, year))
    allowed = {(at.parent.title, at.coordinate) for at in (cell_of(book, entry) for entry in form.entries)}
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
def test_every_entry_cell_is_validated_by_its_kind(tmp_path: Path, year) -> None:
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


def test_sheets_print_on_a4_across_and_keep_their_head_in_sight(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(fresh(tmp_path))
    sheet = book["表三"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)
    assert sheet.freeze_panes == "D7"
    assert sheet["D7"].font.name == "宋体"
    assert book[IMPRINT].sheet_state == "hidden"


def test_every_kind_of_figure_can_be_entered() -> None:
    assert set(_ENTRIES) == set(KINDS)


def test_the_file_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fresh(tmp_path)
    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        new_workbook(new_report(OFFICE, 2024), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# --------------------------------------------------------------------- last year


def last_year(**fields):
    figures = {
        "applications.received.company": 5,
        "applications.granted.company": 3,
        "applications.carried_out.company": 2,
        "disclosure.regulations.in_force": 7,
    }
    return new_report(OFFICE, 2022, figures, **fields)


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
def test_only_the_year_before_counts_as_last_year(tmp_path: Path, year) -> None:
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


# ------------------------------------------------------- what officials make of it


def test_an_empty_cell_is_a_blank(tmp_path: Path) -> None:
    path = typed(fresh(tmp_path), {"applications.received.company": None})
    assert read_workbook(path).figures["applications.received.company"] is None


def test_spaces_alone_are_a_blank(tmp_path: Path) -> None:
    path = typed(fresh(tmp_path), {"applications.received.company": " \u3000"})
    assert read_workbook(path).figures["applications.received.company"] is None


@pytest.mark.parametrize(
    ("value", "figure"),
    [(3.0, "3"), ("12", "12"), (2.9999999999999996, "3"), (" 7 ", "7"), (-0.0, "0"), (1e15, "1" + "0" * 15)],
)
def test_numbers_are_read_as_excel_shows_them(tmp_path: Path, value, figure) -> None:
    path = typed(fresh(tmp_path), {"applications.received.company": value})
    assert figure_text(read_workbook(path).figures["applications.received.company"]) == figure


@pytest.mark.parametrize(
    ("value", "figure"), [(12.34, "12.34"), (0.1 + 0.2, "0.3"), ("12.3400", "12.3400"), (0.0001, "0.0001"), (5, "5")]
)
def test_money_keeps_the_digits_typed(tmp_path: Path, value, figure) -> None:
    path = typed(fresh(tmp_path), {"disclosure.fees.amount": value})
    assert figure_text(read_workbook(path).figures["disclosure.fees.amount"]) == figure


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2件", "write 2, without the unit"),
        ("１２", "write 12, in half-width digits"),
        ("1,204", "write 1204, without separators"),
        ("—", "write 0 for none, or clear the cell if it is blank"),
        (2.5, "it must be whole"),
        (-1, "it cannot be negative"),
        (True, "TRUE stands here: write the number"),
        (datetime(2023, 1, 2), "give the cell the format of a number"),
        ("#REF!", "'#REF!' stands here: write the number"),
        ("=1+1", "a formula stands here that nobody has worked out"),
    ],
)
def test_a_wrong_figure_is_named_with_sheet_cell_label_and_what_to_write(tmp_path: Path, value, said) -> None:
    path = typed(fresh(tmp_path), {"applications.received.company": value})
    (problem,) = problems_of(path)
    label = form_for(2023).cells["applications.received.company"].label
    assert problem.startswith(f":表三!E7: {label}: ")
    assert said in problem


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


@pytest.mark.parametrize("value", [date(2024, 1, 19), datetime(2024, 1, 19), "2024-01-19", "2024年1月19日"])
def test_the_day_of_publication_may_be_typed_in_several_ways(tmp_path: Path, value) -> None:
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


def shown(path, name, value):
    """The form as a program saved it that had worked out the formula in the cell as `value`."""
    at = cell_of(openpyxl.load_workbook(path), name)
    part = f"xl/worksheets/sheet{openpyxl.load_workbook(path).sheetnames.index(at.parent.title) + 1}.xml"
    formula = re.compile(rf'(<c r="{at.coordinate}"[^>]*?)(?: t="n")?(><f>[^<]*</f>)(?:<v ?/>|<v></v>)'.encode())
    kind = b' t="e"' if value.startswith("#") else b""

    def change(filename, data):
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
def test_a_totals_formula_is_declared_only_where_it_shows_another_figure(tmp_path: Path, value, declared) -> None:
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

    def moved(book) -> None:
        # As Excel does it: the names go with the cells.
        for name, defined in book.defined_names.items():
            sheet, _, reference = defined.attr_text.partition("!")
            column, row = re.fullmatch(r"\$([A-Z]+)\$(\d+)", reference).groups()
            if sheet.strip("'") == "表三" and name in report.form.cells:
                defined.attr_text = f"'表三'!${column}${int(row) + 2}"
        old = {(at.row, at.column): at.value for row in book["表三"].iter_rows() for at in row}
        book["表三"].merged_cells.ranges.clear()
        book.remove(book["表三"])
        sheet = book.create_sheet("表三")
        for (row, column), value in old.items():
            sheet.cell(row + 2, column).value = value

    assert read_workbook(edited(made(tmp_path, report), moved)).figures == report.figures


def without_names(book):
    book.defined_names.clear()
    return book


@pytest.mark.parametrize("year", [2019, 2023])
def test_without_its_names_a_form_is_read_by_its_layout(tmp_path: Path, year) -> None:
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
    def moved(book) -> None:
        without_names(book)["表四"].move_range("A4:O8", rows=1)
        book.remove(book["表二"])

    problems = problems_of(edited(fresh(tmp_path), moved))
    assert problems[0] == ":表二: the sheet is missing: fill in a fresh form"
    assert problems[1].startswith(":表四!A4: ")
    assert "'行政复议'" in problems[1]


def test_a_deleted_cell_is_told(tmp_path: Path) -> None:
    def delete(book) -> None:
        book.defined_names["applications.received.company"].attr_text = "表三!#REF!"
        del book.defined_names["narrative.other.1"]
        book.defined_names["challenges.review.other"].attr_text = book.defined_names[
            "challenges.review.upheld"
        ].attr_text

    problems = problems_of(edited(fresh(tmp_path), delete))
    cells = form_for(2023).cells
    assert problems == [
        f":表三: {cells['applications.received.company'].label}: the cell was deleted from the form: fill in a fresh one",
        f":表四!A7: {cells['challenges.review.other'].label}: this is the cell of {cells['challenges.review.upheld'].label} too:"
        " fill in a fresh form",
        ":文字: 六、其他需要报告的事项: its cell was deleted from the form: fill in a fresh one",
    ]


def test_a_form_of_another_agency_is_not_taken(tmp_path: Path) -> None:
    filled = read_workbook(fresh(tmp_path))
    assert isinstance(filled, FilledForm)
    with pytest.raises(WorkbookError, match=r"this is the form of shili \(示例市示例局\), not of other"):
        filled.report(Agency("other", "别的局"))


def test_every_figure_and_text_knows_its_cell(tmp_path: Path) -> None:
    path = fresh(tmp_path)
    report = read_workbook(path).report(OFFICE)
    assert str(report.places["applications.received.company"]) == f"{path}:表三!E7"
    assert str(report.places["preamble"]).startswith(f"{path}:文字!B")
    assert set(report.form.entries) < set(report.places)


# -------------------------------------------------------------------- wrong files


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
def test_a_form_whose_imprint_was_changed_is_refused(tmp_path: Path, change, said) -> None:
    def write(book) -> None:
        for key, value in book[IMPRINT].iter_rows(max_col=2):
            value.value = change.get(key.value, value.value)

    path = edited(fresh(tmp_path), write)
    with pytest.raises(UnreadableError, match=said):
        read_workbook(path)


def bytes_of(book=None):
    out = io.BytesIO()
    (book or openpyxl.Workbook()).save(out)
    return out.getvalue()


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WRONG = {
    "empty": (b"", "this is no Excel workbook"),
    "text": ("示例".encode(), "this is no Excel workbook"),
    "old": (OLE + b"\0" * 600, "save it as .xlsx"),
    "encrypted": (OLE + "EncryptedPackage".encode("utf-16-le"), "save it without a password"),
    "cut short": (bytes_of()[:3000], "a damaged workbook"),
    "word": (packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}), "this is no Excel workbook"),
    "hollow": (packed({"xl/workbook.xml": "<workbook/>"}), "the workbook is damaged"),
    "bomb": (packed({"xl/workbook.xml": b" " * 2**22}), "unpacks to 4 MiB"),
    "hidden bomb": (packed({"xl/workbook.xml": b"", "xl/a.png": b" " * 2**22}), "remove pictures and attachments"),
    "many parts": (packed({"xl/workbook.xml": b""} | {f"{n}": b"" for n in range(600)}), "in 601 parts"),
    "large": (b"PK" + b"\0" * (4 * 2**20), "larger than 4 MiB"),
    "any workbook": (bytes_of(), "this is not a form of `reportkit workbook new`"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_in_one_clear_line(tmp_path: Path, name) -> None:
    data, said = WRONG[name]
    path = tmp_path / "wrong.xlsx"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        read_workbook(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="the file does not exist"):
        read_workbook(tmp_path / "none.xlsx")
    with pytest.raises(UnreadableError, match="the file cannot be read"):
        read_workbook(tmp_path)


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet3.xml", "xl/styles.xml"])
def test_entities_are_not_expanded(tmp_path: Path, part) -> None:
    def laughing(name, data):
        head, body = (
            (data[: data.index(b"?>") + 2], data[data.index(b"?>") + 2 :]) if b"?>" in data[:99] else (b"", data)
        )
        return head + LAUGHS + body.replace("示例".encode(), b"&b;") if name == part else data

    path = repacked(fresh(tmp_path), laughing)
    try:
        filled = read_workbook(path)
    except InputError:
        return
    assert "ha" not in filled.agency_name + "".join(filled.narrative.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_form_is_read_or_refused_and_nothing_else(tmp_path: Path, data) -> None:
    with zipfile.ZipFile(io.BytesIO(fresh_bytes(2023))) as package:
        parts = {part.filename: package.read(part) for part in package.infolist()}
    changed = tmp_path / "changed.xlsx"
    if data.draw(st.booleans(), label="in a part"):
        name = data.draw(st.sampled_from(sorted(parts)))
        changed.write_bytes(packed(parts | {name: mutated(data, parts[name])}))
    else:
        changed.write_bytes(mutated(data, fresh_bytes(2023)))
    try:
        assert isinstance(read_workbook(changed), FilledForm)
    except InputError as error:
        assert str(changed) in str(error)


def mutated(data, content):
    at = data.draw(st.integers(0, len(content)), label="at")
    removed = data.draw(st.integers(0, 60), label="removed")
    put = st.one_of(st.binary(max_size=20), st.sampled_from([b"<", b"</c>", b"-", b"999999999", b"#REF!", b"'", b"\0"]))
    return content[:at] + data.draw(put, label="put in") + content[at + removed :]


# -------------------------------------------------------------------- LibreOffice


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory):
    """Convert a workbook with LibreOffice, which works out every formula."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail("no LibreOffice: `make test` installs it (libreoffice-calc-nogui)")
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def convert(path, to, folder):
        command = [
            program,
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            to,
            "--outdir",
            folder,
            path,
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return folder / f"{path.stem}.{to}"

    return convert


BREACHING = {
    "applications.received.company": 4,
    "applications.carried_in.company": 1,
    "applications.granted.natural_person": 3,
    "disclosure.regulations.issued": 2,
    "disclosure.regulations.in_force": 5,
    "disclosure.fees.amount": Decimal("12.3400"),
    "challenges.review.pending": 2,
}


@pytest.fixture(scope="session")
def breaching():
    return new_report(
        OFFICE,
        2023,
        BREACHING,
        declared={"challenges.review.total": 3},
        narrative={"overview": "=1+1\n示例_x0041_ **强**", "problems": "-" + "示例" * 9000},
        published=date(2024, 1, 19),
        previous=last_year(),
    )


@pytest.fixture(scope="session")
def recalculated(office, breaching, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("libreoffice")
    new_workbook(breaching, folder / "form.xlsx")
    return office(folder / "form.xlsx", "xlsx", folder / "saved")


def test_what_libreoffice_saved_is_read_as_well(recalculated, breaching) -> None:
    assert read_workbook(recalculated).report(OFFICE) == breaching


def test_libreoffice_works_out_every_total(recalculated, breaching) -> None:
    book = openpyxl.load_workbook(recalculated, data_only=True)
    assert {total: cell_of(book, total).value for total in breaching.form.totals} == {
        total: breaching[total] for total in breaching.form.totals
    }


def broken(report):
    """The equations that do not hold, worked out without the workbook."""

    def side(addends):
        return sum(a.sign * (report.previous if a.previous else report)[a.address] for a in addends)

    return [equation for equation in report.form.equations if side(equation.left) != side(equation.right)]


def test_libreoffice_tells_which_identities_are_broken(recalculated, breaching) -> None:
    book = openpyxl.load_workbook(recalculated, data_only=True)
    listed = list(book[RELATIONS].iter_rows(min_row=5, max_col=6, values_only=True))
    assert len(listed) == len(breaching.form.equations)
    assert {row[:2] for row in listed if row[5] == "不成立"} == {
        (equation.along, equation.identity.text) for equation in broken(breaching)
    }
    assert {row[5] for row in listed} == {"成立", "不成立"}
    assert [book[table.name]["A3"].value for table in breaching.form.tables] == ["有勾稽关系不成立，见“勾稽关系”表"] * 3


def test_libreoffice_colours_the_cells_of_broken_identities_and_no_others(
    office, recalculated, breaching, tmp_path: Path
) -> None:
    import lxml.html

    form = breaching.form
    page = lxml.html.fromstring(office(recalculated, "html", tmp_path).read_bytes().decode("utf-8"))
    book = openpyxl.load_workbook(recalculated, data_only=True)
    colours = {}
    for name, table in zip(book.sheetnames, page.findall(".//table"), strict=False):
        taken, row_number = {}, 0
        for row_number, row in enumerate(table.iter("tr"), start=1):
            column = 1
            for box in row.iter("td"):
                while (row_number, column) in taken:
                    column += 1
                for down in range(int(box.get("rowspan", 1))):
                    for across in range(int(box.get("colspan", 1))):
                        taken[row_number + down, column + across] = box.get("bgcolor")
        for (row_at, column_at), colour in taken.items():
            colours[name, row_at, column_at] = colour
    red, amber = set(), set()
    for equation in broken(breaching):
        cells = {addend.address for addend in equation.left + equation.right if not addend.previous}
        (red if equation.identity.severity == "error" else amber).update(cells)
    seen = {"#FF9C9C": set(), "#FFD966": set()}
    for address in form.cells:
        at = cell_of(book, address)
        colour = colours[at.parent.title, at.row, at.column]
        if colour in seen:
            seen[colour].add(address)
    assert seen == {"#FF9C9C": red, "#FFD966": amber - red}
    assert red
    assert amber


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(report=st.one_of(consistent_reports(2020), consistent_reports(2023)))
def test_a_consistent_report_shows_no_breach_in_libreoffice(office, tmp_path: Path, report) -> None:
    saved = office(made(tmp_path, report), "xlsx", tmp_path / "saved")
    book = openpyxl.load_workbook(saved, data_only=True)
    within = {equation.identity.table for equation in report.form.equations if not equation.identity.spans_years}
    for table in report.form.tables:
        expected = "勾稽关系全部成立" if table.key in within else "本表没有勾稽关系"
        assert book[table.name]["A3"].value == expected
    assert {total: cell_of(book, total).value for total in report.form.totals} == dict(report.computed)
    assert read_workbook(saved).figures == report.figures


def test_libreoffice_reckons_with_texts_of_money(office, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    worth = {"386500元": 386500, "38.65万元": 386500, "2亿元": 200000000, "0": 0, "示例": 0}
    for row, text in enumerate(worth, start=1):
        book.active.cell(row, 1, text)
        book.active.cell(row, 2, f"={_worth(f'A{row}', KINDS['amount'])}")
    at = len(worth) + 1
    book.active.cell(at, 1, "12.3400")
    book.active.cell(at, 2, f"={_worth(f'A{at}', KINDS['money'])}")
    book.save(tmp_path / "money.xlsx")
    saved = openpyxl.load_workbook(office(tmp_path / "money.xlsx", "xlsx", tmp_path / "saved"), data_only=True)
    values = [row[1] for row in saved.active.iter_rows(values_only=True)]
    assert values == pytest.approx([*worth.values(), 12.34])


def test_a_form_of_every_edition_can_be_made(tmp_path: Path) -> None:
    for form in editions().values():
        path = made(tmp_path, new_report(OFFICE, form.first_year), f"{form.edition}.xlsx")
        assert read_workbook(path).form is form

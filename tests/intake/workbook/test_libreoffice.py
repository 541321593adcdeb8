"""What LibreOffice works out of a form, and what is read from what it saved."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.workbook.made import (
    OFFICE,
    cell_of,
    last_year,
    made,
    sheet_of,
)
from reportkit.form import Addend, Equation
from reportkit.form.figures import KINDS, Figure, magnitude
from reportkit.intake.workbook import new_workbook, read_workbook
from reportkit.intake.workbook.entries import worth
from reportkit.intake.workbook.sheets import RELATIONS
from reportkit.report import AnnualReport, new_report
from strategies import consistent_reports

SLOW = settings(
    max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
Convert = Callable[[Path, str, Path], Path]


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Convert a workbook with LibreOffice, which works out every formula."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail("no LibreOffice: `make test` installs it (libreoffice-calc-nogui)")
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def convert(path: Path, to: str, folder: Path) -> Path:
        command: list[str | Path] = [
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


BREACHING: dict[str, Figure] = {
    "applications.received.company": 4,
    "applications.carried_in.company": 1,
    "applications.granted.natural_person": 3,
    "disclosure.regulations.issued": 2,
    "disclosure.regulations.in_force": 5,
    "disclosure.fees.amount": Decimal("12.3400"),
    "challenges.review.pending": 2,
}


@pytest.fixture(scope="session")
def breaching() -> AnnualReport:
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
def recalculated(office: Convert, breaching: AnnualReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("libreoffice")
    new_workbook(breaching, folder / "form.xlsx")
    return office(folder / "form.xlsx", "xlsx", folder / "saved")


def test_what_libreoffice_saved_is_read_as_well(recalculated: Path, breaching: AnnualReport) -> None:
    assert read_workbook(recalculated).report(OFFICE) == breaching


def test_libreoffice_works_out_every_total(recalculated: Path, breaching: AnnualReport) -> None:
    book = openpyxl.load_workbook(recalculated, data_only=True)
    assert {total: cell_of(book, total).value for total in breaching.form.totals} == {
        total: breaching[total] for total in breaching.form.totals
    }


def broken(report: AnnualReport) -> list[Equation]:
    """The equations that do not hold, worked out without the workbook."""

    def side(addends: tuple[Addend, ...]) -> Decimal:
        assert report.previous is not None
        years = {True: report.previous, False: report}
        return sum((a.sign * Decimal(magnitude(years[a.previous][a.address])) for a in addends), Decimal(0))

    return [equation for equation in report.form.equations if side(equation.left) != side(equation.right)]


def test_libreoffice_tells_which_identities_are_broken(recalculated: Path, breaching: AnnualReport) -> None:
    book = openpyxl.load_workbook(recalculated, data_only=True)
    listed = list(book[RELATIONS].iter_rows(min_row=5, max_col=6, values_only=True))
    assert len(listed) == len(breaching.form.equations)
    assert {row[:2] for row in listed if row[5] == "不成立"} == {
        (equation.along, equation.identity.text) for equation in broken(breaching)
    }
    assert {row[5] for row in listed} == {"成立", "不成立"}
    assert [book[table.name]["A3"].value for table in breaching.form.tables] == ["有勾稽关系不成立，见“勾稽关系”表"] * 3


def test_libreoffice_colours_the_cells_of_broken_identities_and_no_others(
    office: Convert, recalculated: Path, breaching: AnnualReport, tmp_path: Path
) -> None:
    import lxml.html

    form = breaching.form
    page = lxml.html.fromstring(office(recalculated, "html", tmp_path).read_bytes().decode("utf-8"))
    book = openpyxl.load_workbook(recalculated, data_only=True)
    colours: dict[tuple[str, int, int], str | None] = {}
    for name, table in zip(book.sheetnames, page.findall(".//table"), strict=False):
        taken: dict[tuple[int, int], str | None] = {}
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
    red: set[str] = set()
    amber: set[str] = set()
    for equation in broken(breaching):
        cells = {addend.address for addend in equation.left + equation.right if not addend.previous}
        (red if equation.identity.severity == "error" else amber).update(cells)
    seen: dict[str | None, set[str]] = {"#FF9C9C": set(), "#FFD966": set()}
    for address in form.cells:
        at = cell_of(book, address)
        colour = colours[sheet_of(at), at.row, at.column]
        if colour in seen:
            seen[colour].add(address)
    assert seen == {"#FF9C9C": red, "#FFD966": amber - red}
    assert red
    assert amber


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(report=st.one_of(consistent_reports(2020), consistent_reports(2023)))
def test_a_consistent_report_shows_no_breach_in_libreoffice(
    office: Convert, tmp_path: Path, report: AnnualReport
) -> None:
    saved = office(made(tmp_path, report), "xlsx", tmp_path / "saved")
    book = openpyxl.load_workbook(saved, data_only=True)
    within = {equation.identity.table for equation in report.form.equations if not equation.identity.spans_years}
    for table in report.form.tables:
        expected = "勾稽关系全部成立" if table.key in within else "本表没有勾稽关系"
        assert book[table.name]["A3"].value == expected
    assert {total: cell_of(book, total).value for total in report.form.totals} == dict(report.computed)
    assert read_workbook(saved).figures == report.figures


def test_libreoffice_reckons_with_texts_of_money(office: Convert, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("money", 0)
    sums = {"386500元": 386500, "38.65万元": 386500, "2亿元": 200000000, "0": 0, "示例": 0}
    for row, text in enumerate(sums, start=1):
        sheet.cell(row, 1, text)
        sheet.cell(row, 2, f"={worth(f'A{row}', KINDS['amount'])}")
    at = len(sums) + 1
    sheet.cell(at, 1, "12.3400")
    sheet.cell(at, 2, f"={worth(f'A{at}', KINDS['money'])}")
    book.save(tmp_path / "money.xlsx")
    saved = openpyxl.load_workbook(office(tmp_path / "money.xlsx", "xlsx", tmp_path / "saved"), data_only=True)
    values = [row[1] for row in saved["money"].iter_rows(values_only=True)]
    assert values == pytest.approx([*sums.values(), 12.34])

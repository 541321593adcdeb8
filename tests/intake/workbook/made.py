"""Excel forms for tests: fresh ones, and ones that officials have changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.cell.cell import Cell

from reportkit.form.figures import Figure, figure_text
from reportkit.intake.workbook import WorkbookError, new_workbook, read_workbook
from reportkit.report import Agency, AnnualReport, new_report

OFFICE = Agency("shili", "示例市示例局", contact="0539-0000000")


def made(folder: Path, report: AnnualReport, name: str = "form.xlsx") -> Path:
    """The form of a report."""
    path = folder / name
    new_workbook(report, path)
    return path


@cache
def fresh_bytes(year: int) -> bytes:
    with TemporaryDirectory() as folder:
        return made(Path(folder), new_report(OFFICE, year)).read_bytes()


def fresh(folder: Path, year: int = 2023) -> Path:
    """A form that nobody has touched yet."""
    path = folder / "form.xlsx"
    path.write_bytes(fresh_bytes(year))
    return path


def edited(path: Path, change: Callable[[Workbook], object]) -> Path:
    """The form after somebody changed it in a program that, like openpyxl, works out no formula."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def cell_of(book: Workbook, name: str) -> Cell:
    """The cell of a name."""
    (sheet, coordinate), *_ = book.defined_names[name].destinations
    cell = book[sheet][coordinate.replace("$", "")]
    assert isinstance(cell, Cell)
    return cell


def sheet_of(cell: Cell) -> str:
    """The name of the sheet that a cell stands on."""
    return str(cell.parent.title)


def typed(path: Path, values: Mapping[str, Any]) -> Path:
    """The form with these values in the cells of these names."""

    def change(book: Workbook) -> None:
        for name, value in values.items():
            cell_of(book, name).value = value

    return edited(path, change)


def problems_of(path: Path) -> list[str]:
    with pytest.raises(WorkbookError) as caught:
        read_workbook(path)
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The same package with the bytes of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in package.infolist():
            copy.writestr(part.filename, change(part.filename, package.read(part)))
    path.write_bytes(out.getvalue())
    return path


def same_text(figures: Mapping[str, Figure]) -> dict[str, str | None]:
    return {address: None if figure is None else figure_text(figure) for address, figure in figures.items()}


def last_year() -> AnnualReport:
    """A report of the year before 2023 from which figures follow."""
    figures: dict[str, Figure] = {
        "applications.received.company": 5,
        "applications.granted.company": 3,
        "applications.carried_out.company": 2,
        "disclosure.regulations.in_force": 7,
    }
    return new_report(OFFICE, 2022, figures)

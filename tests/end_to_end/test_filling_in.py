"""What the page for those who fill in the form (填报人怎么做) says is so: its commands are run, one after another."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell

from cli.runner import run
from end_to_end.projects import ROOT
from reportkit.demo import make_city
from reportkit.intake.workbook import new_workbook
from reportkit.project.folder import ReportKey, find_project

PAGE = (ROOT / "docs" / "zh" / "filling-in.md").read_text(encoding="utf-8")
# A command, and what the page shows below it.
STEPS = re.compile(r"^```sh\n(reportkit [^\n]+)\n```(?:\n\n```text\n(.*?)^```)?", re.MULTILINE | re.DOTALL)
AGENCY, YEAR, FORM = "shili-education", 2024, "示例市教育局2024.xlsx"
WRONG = "applications.granted.natural_person"


def test_the_commands_work_one_after_another_and_print_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTKIT_LANG", "zh")
    monkeypatch.setenv("COLUMNS", "100")
    filled = city_without_the_report(tmp_path)
    official = {"read 已填": lambda: enter(filled, WRONG, 1), "read 已填 --force": lambda: enter(filled, WRONG, -1)}
    steps = STEPS.findall(PAGE)
    assert len(steps) == PAGE.count("\nreportkit ") == 6
    for command, shown in steps:
        official.get(command.removeprefix("reportkit workbook "), lambda: None)()
        status, out, err = run(*shlex.split(command)[1:])
        assert status in (0, 1), err
        for line in shown.splitlines():
            pattern = re.escape(re.sub(r"\s+", " ", line.strip())).replace("…", ".*")
            assert re.search(pattern, re.sub(r"[^\S\n]+", " ", out)), f"{line}\n\nis not in\n\n{out}"
    # A form that was not issued for this office is the same one that the page's first command wrote.
    assert stands_in(tmp_path / FORM) == stands_in(filled)
    assert len(openpyxl.load_workbook(tmp_path / "退改清单.xlsx").sheetnames) > 1
    assert (tmp_path / "output" / str(YEAR) / AGENCY / "report.html").exists()


def test_the_pictures_and_pages_it_links_to_are_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / "zh" / target).exists(), target
    titles = re.findall(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    assert {title.replace("、", "") for title in titles} >= set(re.findall(r"\]\(#([^)]+)\)", PAGE))


def city_without_the_report(folder: Path) -> Path:
    """The demo city in which one office has not reported yet; returns the form that its official has filled in."""
    make_city(folder, agencies=8, years=range(YEAR - 1, YEAR + 1))
    filled = folder / "已填" / FORM
    filled.parent.mkdir()
    project = find_project(folder)
    new_workbook(project.open_report(AGENCY, YEAR), filled)
    project.parameter_file(ReportKey(AGENCY, YEAR)).unlink()
    return filled


def enter(path: Path, name: str, more: int) -> None:
    """An official adds to a figure of a form."""
    book = openpyxl.load_workbook(path)
    ((sheet, coordinate),) = book.defined_names[name].destinations
    cell = book[sheet][coordinate]
    assert isinstance(cell, Cell)
    assert isinstance(cell.value, int)
    cell.value += more
    book.save(path)


def stands_in(path: Path) -> set[str]:
    """The sheets and the names of the cells of a form."""
    book = openpyxl.load_workbook(path)
    return {*book.sheetnames, *book.defined_names}

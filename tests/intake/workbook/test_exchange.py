"""Forms issued out of a project, and taken back into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.workbook.made import problems_of, typed
from reportkit.intake.workbook import WorkbookError, issue_form, read_workbook, save_form
from reportkit.project.folder import Project, UnknownAgencyError
from reportkit.system.errors import InputError


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    (folder / "params" / "2022").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    (folder / "params" / "agencies.yaml").write_text("shili: {name: 示例市示例局}\n", encoding="utf-8")
    (folder / "params" / "2022" / "shili.yaml").write_text(
        "applications: {received: {company: 1}, carried_out: {company: 1}}\n", encoding="utf-8"
    )
    return Project(folder)


def test_a_form_goes_out_with_what_follows_from_last_year_and_comes_back(project: Project, tmp_path: Path) -> None:
    file = issue_form(project, "shili", 2023, tmp_path / "form.xlsx")
    path = save_form(project, typed(file, {"applications.granted.company": 1}))
    assert path == project.params / "2023" / "shili.yaml"
    report = project.open_report("shili", 2023)
    assert (report["applications.carried_in.company"], report["applications.granted.company"]) == (1, 1)


def test_a_form_of_a_report_that_exists_holds_its_figures(project: Project, tmp_path: Path) -> None:
    file = issue_form(project, "shili", 2022, tmp_path / "form.xlsx")
    assert read_workbook(file).figures["applications.received.company"] == 1


def test_what_exists_is_replaced_only_by_force(project: Project, tmp_path: Path) -> None:
    file = issue_form(project, "shili", 2022, tmp_path / "form.xlsx")
    with pytest.raises(InputError, match=r"form\.xlsx exists: --force replaces it"):
        issue_form(project, "shili", 2022, file)
    with pytest.raises(InputError, match=r"params/2022/shili\.yaml exists: --force replaces it"):
        save_form(project, file)
    assert issue_form(project, "shili", 2022, file, force=True) == file
    assert save_form(project, file, force=True).exists()


def test_an_unknown_agency_has_no_form(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UnknownAgencyError):
        issue_form(project, "other", 2023, tmp_path / "form.xlsx")
    assert not (tmp_path / "form.xlsx").exists()


def test_a_form_with_problems_writes_nothing(project: Project, tmp_path: Path) -> None:
    file = typed(issue_form(project, "shili", 2023, tmp_path / "form.xlsx"), {"applications.granted.company": "2件"})
    with pytest.raises(WorkbookError):
        save_form(project, file)
    assert len(problems_of(file)) == 1
    assert not (project.params / "2023").exists()

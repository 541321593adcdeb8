"""Forms issued out of a project, and taken back into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake.workbook.made import problems_of, typed
from reportkit.form import form_for
from reportkit.intake.saving import Saved
from reportkit.intake.workbook import (
    WorkbookError,
    exchange,
    forms_in,
    issue_form,
    read_workbook,
    save_form,
    save_forms,
)
from reportkit.project.folder import Project, UnknownAgencyError
from reportkit.system.errors import InputError
from reportkit.system.language import said
from system.acts import never_end


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
    saved = save_form(project, read_workbook(typed(file, {"applications.granted.company": 1})))
    assert saved == Saved(project.params / "2023" / "shili.yaml")
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
        save_form(project, read_workbook(file))
    assert issue_form(project, "shili", 2022, file, force=True) == file
    assert save_form(project, read_workbook(file), force=True).path.exists()


def test_an_unknown_agency_has_no_form(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UnknownAgencyError):
        issue_form(project, "other", 2023, tmp_path / "form.xlsx")
    assert not (tmp_path / "form.xlsx").exists()


def test_a_form_with_problems_writes_nothing(project: Project, tmp_path: Path) -> None:
    file = typed(issue_form(project, "shili", 2023, tmp_path / "form.xlsx"), {"applications.granted.company": "2件"})
    ((read, error),) = save_forms(project, [file])
    assert read == file
    assert isinstance(error, WorkbookError)
    assert [str(problem) for problem in error.problems] == [f"{file}{said}" for said in problems_of(file)]
    assert not (project.params / "2023").exists()


def test_a_form_that_comes_back_unchanged_leaves_the_file_as_it_was(project: Project, tmp_path: Path) -> None:
    path = project.params / "2022" / "shili.yaml"
    text = (
        "applications: {received: {company: 1}, carried_out: {company: 1}}  # 来自台账\n"
        "narrative: {applications: 表下的说明。}\n"
        "declared: {applications: {received: {total: 1}}}\n"
    )
    path.write_text(text, encoding="utf-8")
    save_form(project, read_workbook(issue_form(project, "shili", 2022, tmp_path / "form.xlsx")), force=True)
    assert path.read_text(encoding="utf-8") == text


def test_a_declared_total_goes_when_the_form_changes_what_it_sums(project: Project, tmp_path: Path) -> None:
    path = project.params / "2022" / "shili.yaml"
    path.write_text(
        "applications: {received: {company: 1}}\ndeclared: {applications: {received: {total: 1}}}\n", encoding="utf-8"
    )
    file = typed(issue_form(project, "shili", 2022, tmp_path / "form.xlsx"), {"applications.received.company": 2})
    save_form(project, read_workbook(file), force=True)
    report = project.open_report("shili", 2022)
    assert (report["applications.received.total"], dict(report.declared)) == (2, {})


def test_of_many_forms_each_is_read_for_itself(project: Project, tmp_path: Path) -> None:
    good = typed(issue_form(project, "shili", 2023, tmp_path / "good.xlsx"), {"applications.granted.company": 1})
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04")
    results = dict(save_forms(project, [bad, good, good, tmp_path / "none.xlsx"]))
    assert str(results[bad]).startswith(f"{bad}: a damaged workbook")
    assert not re.search("[a-z]{2}", said(results[bad], "zh").removeprefix(str(bad)))
    assert "exists: --force replaces it" in str(results[good])
    assert "the file does not exist" in str(results[tmp_path / "none.xlsx"])
    report = project.open_report("shili", 2023)
    assert report["applications.granted.company"] == 1
    assert report.form is form_for(2023)


def test_a_form_that_takes_too_long_is_refused(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = issue_form(project, "shili", 2023, tmp_path / "form.xlsx")
    monkeypatch.setattr(exchange, "_SLOWEST", 1.5)
    monkeypatch.setattr(exchange, "_read", never_end)
    ((_, error),) = save_forms(project, [file])
    assert str(error) == f"{file}: took longer than 1.5 seconds, which no form does: fill in a fresh one"


def test_forms_are_found_in_folders(tmp_path: Path) -> None:
    for name in ("b/2.xlsx", "a/1.xlsx", "a/~$1.xlsx", "a/1.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert forms_in([tmp_path, tmp_path / "a" / "1.xlsx"]) == [tmp_path / "a" / "1.xlsx", tmp_path / "b" / "2.xlsx"]

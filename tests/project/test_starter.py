"""A new project stands at once, and an existing one loses nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from reportkit.checks import check
from reportkit.project.folder import Project
from reportkit.project.starter import start_project


def test_a_new_project_holds_an_example_for_the_last_full_year(tmp_path: Path) -> None:
    written = start_project(tmp_path)
    project = Project(tmp_path)
    (key,) = project.reports()
    assert key.year == date.today().year - 1
    report = project.open_report(*key)
    assert "示例" in report.agency.name
    assert all("示例" in text for text in report.narrative.values())
    assert project.notebook(report.agency) in written
    assert check(report).standing("error") == check(report).standing("warning") == ()


def test_the_example_fits_any_year_of_the_form(tmp_path: Path) -> None:
    start_project(tmp_path, year=2020)
    report = Project(tmp_path).open_report("example", 2020)
    assert report.form.edition == "2019"
    assert check(report).standing("error") == ()


def test_what_is_there_stays_and_schemas_are_renewed(tmp_path: Path) -> None:
    start_project(tmp_path)
    agencies = tmp_path / "params" / "agencies.yaml"
    schema = tmp_path / "params" / "form-2021.schema.json"
    agencies.write_text("mine: {name: 示例局}\n", encoding="utf-8")
    schema.write_text("{}")
    (tmp_path / "notebooks" / "annual_report.ipynb").write_text("{}")
    written = start_project(tmp_path)
    assert {path.name for path in written} == {"form-2019.schema.json", "form-2021.schema.json"}
    assert agencies.read_text(encoding="utf-8").startswith("mine")
    assert len(schema.read_text(encoding="utf-8")) > 1000

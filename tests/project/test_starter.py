"""A new project stands at once, and an existing one loses nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest

from reportkit.checks import check
from reportkit.project.folder import Project, ReportKey
from reportkit.project.starter import start_project
from reportkit.project.template import NOTEBOOK, template_notebook


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


def test_what_is_built_is_kept_out_of_version_control_unless_the_folder_says_otherwise(tmp_path: Path) -> None:
    start_project(tmp_path)
    assert "/output/" in (tmp_path / ".gitignore").read_text(encoding="utf-8").splitlines()
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    start_project(tmp_path)
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine\n"


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
    assert {path.name for path in written} == {"form-2019.schema.json", "form-2021.schema.json", "project.schema.json"}
    assert agencies.read_text(encoding="utf-8").startswith("mine")
    assert len(schema.read_text(encoding="utf-8")) > 1000


def opened_by(folder: Path) -> Any:
    """What the notebook's parameters cell assigns to each name."""
    notebook = nbformat.read(folder / "notebooks" / NOTEBOOK, as_version=4)
    values: dict[str, Any] = {}
    exec(notebook.cells[0].source, values)
    return ReportKey(values["agency"], values["year"])


def test_the_notebook_opens_the_example(tmp_path: Path) -> None:
    start_project(tmp_path, year=2020)
    assert opened_by(tmp_path) == ReportKey("example", 2020)


def test_the_notebook_opens_the_newest_report_that_is_there(tmp_path: Path) -> None:
    for year, agencies in ((2022, "abc"), (2024, "bd")):
        for agency in agencies:
            file = tmp_path / "params" / str(year) / f"{agency}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    (tmp_path / "params" / "agencies.yaml").touch()
    start_project(tmp_path)
    assert opened_by(tmp_path) == ReportKey("b", 2024)


@pytest.mark.parametrize("agency", ["example", "示例局", 'a"b\\'])
def test_nothing_but_the_parameters_differs_from_the_template(tmp_path: Path, agency: str) -> None:
    start_project(tmp_path, opens=ReportKey(agency, 2031))
    assert opened_by(tmp_path) == ReportKey(agency, 2031)
    ours, template = (
        (folder / NOTEBOOK).read_text(encoding="utf-8").splitlines()
        for folder in (tmp_path / "notebooks", template_notebook().parent)
    )
    assert sum(line != other for line, other in zip(ours, template, strict=True)) == 2


def test_matplotlib_draws_chinese_characters_beside_the_notebook(tmp_path: Path) -> None:
    start_project(tmp_path)
    code = "import matplotlib.pyplot as plt; plt.title('示例：−1件'); plt.plot([-1, 1]); plt.savefig('a.png')"
    command = [sys.executable, "-W", "error::UserWarning", "-c", code]
    environment = {**os.environ, "MPLBACKEND": "agg"}
    drawn = subprocess.run(command, cwd=tmp_path / "notebooks", env=environment, capture_output=True, text=True)
    assert (drawn.returncode, drawn.stderr) == (0, "")

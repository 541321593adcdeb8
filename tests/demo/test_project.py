"""The made-up city on disk: a project that opens, checks and says what was planted in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportkit.checks import check
from reportkit.demo import Made, PresentError, make_city
from reportkit.demo.faults import planters
from reportkit.form import UnknownYearError, editions, form_for
from reportkit.project.folder import Project
from reportkit.project.parameters import TypedError
from reportkit.project.template import NOTEBOOK

PLANTERS = planters([*editions().values()])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_city(
        tmp_path_factory.mktemp("demo") / "city", agencies=45, years=range(2020, 2024), faults=len(PLANTERS), seed=1
    )


def test_the_findings_on_disk_are_the_faults_listed(made: Made) -> None:
    listed = json.loads((made.folder / "faults.json").read_text(encoding="utf-8"))
    assert len(listed) == len(PLANTERS)
    project = Project(made.folder)
    found, refused = set(), set()
    for key in project.reports():
        try:
            findings = check(project.open_report(*key))
        except TypedError as error:
            assert str(error).startswith(f"params/{key.year}/{key.agency}.yaml:")
            refused.add(("CELL-KIND", *key))
        else:
            found |= {(finding.rule, finding.agency, finding.year) for finding in findings}
    assert found == {tuple(map(fault.get, ("rule", "agency", "year"))) for fault in listed if "refused" not in fault}
    assert refused == {tuple(map(fault.get, ("rule", "agency", "year"))) for fault in listed if "refused" in fault}


def test_the_list_of_faults_is_in_order_and_complete(made: Made) -> None:
    listed = json.loads((made.folder / "faults.json").read_text(encoding="utf-8"))
    assert [list(fault)[:7] for fault in listed] == [
        ["rule", "severity", "agency", "year", "cells", "quote", "change"] for _ in listed
    ]
    assert listed == sorted(listed, key=lambda fault: (fault["year"], fault["agency"]))
    assert [fault.as_json() for fault in made.faults] == listed
    assert any("改为" in fault["change"] for fault in listed)


def test_it_is_a_project_as_others_are(made: Made) -> None:
    project = Project(made.folder)
    assert len(project.agencies) == made.agencies == 45
    assert len(project.reports()) == made.reports == 45 * 4
    assert project.notebook(project.agency("shili")).is_file()
    assert (made.folder / ".gitignore").is_file()
    assert (project.params / "form-2021.schema.json").is_file()
    assert "示例" in (project.params / "agencies.yaml").read_text(encoding="utf-8").splitlines()[0]
    text = (project.params / "2023" / "shili.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../form-2021.schema.json\n")


def test_the_notebook_opens_a_report_of_the_city_that_can_be_read(made: Made) -> None:
    values: dict[str, Any] = {}
    notebook = json.loads((made.folder / "notebooks" / NOTEBOOK).read_text(encoding="utf-8"))
    exec("".join(notebook["cells"][0]["source"]), values)
    report = Project(made.folder).open_report(values["agency"], values["year"])
    assert (report.year, report.below) == (2023, None)
    assert not any((fault.agency, fault.year) == (report.agency.id, report.year) for fault in made.faults)


def test_the_same_seed_makes_the_same_files_and_another_makes_others(made: Made, tmp_path: Path) -> None:
    def files(folder: Path) -> dict[str, str]:
        paths = folder.glob("params/**/*.yaml")
        return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in paths}

    same = make_city(tmp_path / "same", agencies=45, years=range(2020, 2024), faults=len(PLANTERS), seed=1)
    other = make_city(tmp_path / "other", agencies=45, years=range(2020, 2021), seed=2)
    assert files(same.folder) == files(made.folder)
    assert same.faults == made.faults
    assert files(other.folder)["params/2020/shili.yaml"] != files(made.folder)["params/2020/shili.yaml"]
    assert not (other.folder / "faults.json").exists()


def test_a_folder_with_parameters_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()
    with pytest.raises(PresentError, match="holds params/ already"):
        make_city(tmp_path, agencies=1)
    assert list(tmp_path.rglob("*")) == [tmp_path / "params"]


def test_a_year_before_the_first_edition_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownYearError):
        make_city(tmp_path / "city", years=range(2018, 2020))
    assert not (tmp_path / "city").exists()


def test_every_report_that_is_written_is_told(tmp_path: Path) -> None:
    told = []
    made = make_city(tmp_path / "city", agencies=3, years=range(2022, 2024), advance=lambda: told.append(1))
    assert len(told) == made.reports == 6
    assert form_for(2023).edition in {path.stem[5:9] for path in (made.folder / "params").glob("form-*.json")}

"""A report is planned where anything it is made from is not what it was, and only there."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from build.projects import write_notebook
from reportkit.build.last_run import FAILURE, STAMP
from reportkit.build.one_report import folder_of
from reportkit.build.output import FolderOutput
from reportkit.build.package import package_digest
from reportkit.build.plan import Step, plan
from reportkit.build.wishes import Wishes
from reportkit.demo import make_city
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import Sources
from reportkit.publish import formats

AGENCIES = """\
city: {name: 示例市, level: government}
office: {name: 示例市示例局, parent: city}
county: {name: 示例县, level: government, parent: city}
bureau: {name: 示例县示例局, parent: county, notebook: own.ipynb}
alone: {name: 示例市另一局}
"""
ALWAYS = [listed for listed in formats.FORMATS if listed.always]
KEYS = [
    ReportKey(agency, year) for year in (2021, 2022, 2023) for agency in ("alone", "bureau", "city", "county", "office")
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    write_notebook(root / "notebooks" / "annual_report.ipynb", "1")
    write_notebook(root / "notebooks" / "own.ipynb", "1")
    (root / "notebooks" / "beside.py").write_text("A = 1\n")
    for key in KEYS:
        path = root / "params" / str(key.year) / f"{key.agency}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("applications: {received: {company: 2}, granted: {company: 2}}\n")
    (root / "params" / "agencies.yaml").write_text(AGENCIES)
    pretend_built(Project(root))
    return Project(root)


def pretend_built(project: Project, errors: Collection[str] = (), *, strict: bool = False) -> None:
    """Leave what a build of every report leaves, without running a notebook; errors stand in those of some agencies."""
    output = FolderOutput(project.output)
    for key in project.reports():
        counts = {"error": 1} if key.agency in errors else {"warning": 1}
        files = [listed.file for listed in ALWAYS if not (strict and listed.public and "error" in counts)]
        sources = Sources(project, package_digest())
        traced = Project(project.root, sources.note)
        report = traced.open_report(key.agency, key.year)
        traced.notebook(report.agency)
        stamp = {"name": "", "counts": counts, "sources": sources.digests, "files": dict.fromkeys(files, 1)}
        output.remove([f"{folder_of(key)}/{name}" for name in formats.public_files()])
        for name in files:
            output.write(f"{folder_of(key)}/{name}", b"x")
        output.write(f"{folder_of(key)}/{STAMP}", json.dumps(stamp).encode())


def planned(project: Project, *, force: bool = False, strict: bool | None = False) -> dict[str, str]:
    """Why each report that must be built must be; as another process would say."""
    return {str(step.key): step.why for step in steps(project, force=force, strict=strict) if step.why}


def steps(project: Project, *, force: bool = False, strict: bool | None = False) -> list[Step]:
    project = Project(project.root)
    return list(plan(project, project.reports(), FolderOutput(project.output), Wishes(force=force, strict=strict)))


def parameters(project: Project, agency: str, year: int) -> Path:
    return project.params / str(year) / f"{agency}.yaml"


def test_what_was_built_is_fresh_and_no_matter_who_touched_a_file(project: Project) -> None:
    assert planned(project) == {}
    for path in [*project.params.rglob("*.yaml"), *(project.root / "notebooks").iterdir()]:
        os.utime(path, (1, 1))
    assert planned(project) == {}


def test_every_report_has_its_step_in_the_order_asked_for(project: Project) -> None:
    keys = list(reversed(project.reports()))
    assert [step.key for step in plan(project, keys, FolderOutput(project.output))] == keys


GOES = "errors stand in it: its published page goes (--strict)"
WITHHELD = "its published page was withheld (--strict)"


def test_strictly_only_reports_with_errors_are_built_again_and_so_they_are_when_it_ends(project: Project) -> None:
    pretend_built(project, errors=["alone", "bureau"])
    unfit = {f"{agency} {year}" for agency in ("alone", "bureau") for year in (2021, 2022, 2023)}
    assert planned(project) == {}
    assert planned(project, strict=True) == dict.fromkeys(unfit, GOES)
    pretend_built(project, errors=["alone", "bureau"], strict=True)
    assert planned(project, strict=True) == {}
    assert {str(step.key) for step in steps(project, strict=True) if step.withheld} == unfit
    assert planned(project, strict=None) == {}
    assert planned(project) == dict.fromkeys(unfit, WITHHELD)


@pytest.mark.parametrize("force", [False, True])
def test_strictly_published_pages_with_errors_or_of_unknown_state_must_go_at_once(
    project: Project, force: bool
) -> None:
    pretend_built(project, errors=["alone"])
    (project.output / "2023" / "city" / STAMP).unlink()
    FolderOutput(project.output).write(f"2022/alone/{FAILURE}", b"{}")
    unfit = [name for step in steps(project, force=force, strict=True) for name in step.unfit]
    public = [listed.file for listed in ALWAYS if listed.public]
    folders = ("2021/alone", "2022/alone", "2023/alone", "2023/city")
    assert unfit == [f"{folder}/{file}" for folder in folders for file in public]
    assert not any(step.unfit for step in steps(project, force=force))


def test_strictly_a_page_that_came_back_goes_again(project: Project) -> None:
    pretend_built(project, errors=["alone"], strict=True)
    FolderOutput(project.output).write("2023/alone/report.html", b"x")
    assert planned(project, strict=True) == {"alone 2023": GOES}


def test_what_was_found_in_fresh_reports_is_known(project: Project) -> None:
    pretend_built(project, errors=["alone"])
    counts = {step.key.agency: step.counts for step in steps(project)}
    assert (counts["alone"], counts["city"]) == ({"error": 1}, {"warning": 1})


def test_a_report_without_pages_was_not_built_yet(project: Project) -> None:
    path = parameters(project, "alone", 2024)
    path.parent.mkdir()
    path.write_text("")
    assert planned(project) == {"alone 2024": "it was not built yet"}


def test_a_change_rebuilds_the_agency_s_later_years_and_the_parent_s_same_year(project: Project) -> None:
    parameters(project, "office", 2022).write_text("applications: {}\n")
    assert planned(project) == {
        "office 2022": "its parameter file changed",
        "office 2023": "its report for 2022 changed",
        "city 2022": "office's report changed",
    }


def test_an_older_year_that_changed_is_named(project: Project) -> None:
    parameters(project, "alone", 2021).write_text("applications: {}\n")
    assert planned(project)["alone 2023"] == "its report for 2021 changed"


def test_an_older_year_that_appears_joins_the_run_of_years(project: Project) -> None:
    path = parameters(project, "alone", 2020)
    path.parent.mkdir()
    path.write_text("")
    why = planned(project)
    assert why.pop("alone 2020") == "it was not built yet"
    assert why == {f"alone {year}": "its report for 2020 changed" for year in (2021, 2022, 2023)}


def test_several_changes_are_counted(project: Project) -> None:
    for year in (2021, 2022, 2023):
        parameters(project, "alone", year).write_text("applications: {}\n")
    assert planned(project)["alone 2023"].endswith("and 2 more changed")


def test_a_report_below_that_disappears_or_is_spoilt_rebuilds_the_parent(project: Project) -> None:
    parameters(project, "office", 2023).unlink()
    assert planned(project) == {"city 2023": "office's report changed"}
    parameters(project, "office", 2023).write_text("nonsense: 1\n")
    assert planned(project)["city 2023"] == "office's report changed"


def test_where_a_body_does_not_report_those_below_it_count_for_the_government_above(project: Project) -> None:
    parameters(project, "county", 2023).unlink()
    pretend_built(project)
    parameters(project, "bureau", 2023).write_text("applications: {}\n")
    assert planned(project) == {
        "bureau 2023": "its parameter file changed",
        "city 2023": "bureau's report changed",
    }


def test_an_agency_s_entry_rebuilds_its_own_reports_and_its_parent_s(project: Project) -> None:
    (project.params / "agencies.yaml").write_text("# 说明\n" + AGENCIES.replace("示例市示例局", "示例市新名局"))
    assert planned(project) == {
        f"{agency} {year}": why
        for year in (2021, 2022, 2023)
        for agency, why in (
            ("office", "its entry in agencies.yaml changed"),
            ("city", "office's entry in agencies.yaml changed"),
        )
    }


def test_an_entry_that_can_no_longer_be_read_counts_as_changed(project: Project) -> None:
    register = project.params / "agencies.yaml"
    register.write_text(AGENCIES.replace("alone: {name", "alone: {nonsense: 1, name"))
    assert set(planned(project)) == {f"alone {year}" for year in (2021, 2022, 2023)}
    register.write_text(AGENCIES.replace("alone: {name: 示例市另一局}\n", ""))
    assert set(planned(project)) == {f"alone {year}" for year in (2021, 2022, 2023)}


def test_a_body_that_newly_appears_below_rebuilds_the_government_above(project: Project) -> None:
    (project.params / "agencies.yaml").write_text(AGENCIES + "new: {name: 示例县新局, parent: county}\n")
    assert planned(project) == {f"county {year}": "the list of its bodies below changed" for year in (2021, 2022, 2023)}


def test_another_agency_s_entry_rebuilds_nothing(project: Project) -> None:
    (project.params / "agencies.yaml").write_text("new: {name: 示例市新局}\n" + AGENCIES)
    assert planned(project) == {}


def test_a_notebook_rebuilds_those_who_use_it(project: Project) -> None:
    write_notebook(project.root / "notebooks" / "own.ipynb", "2")
    assert planned(project) == {f"bureau {year}": "notebooks/own.ipynb changed" for year in (2021, 2022, 2023)}


@pytest.mark.parametrize("name", ["beside.py", "data/new.csv"])
def test_what_lies_beside_the_notebooks_rebuilds_all(project: Project, name: str) -> None:
    path = project.root / "notebooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("A = 2\n")
    assert planned(project) == {str(key): "what lies beside the notebooks changed" for key in project.reports()}


@pytest.mark.parametrize("name", ["__pycache__/beside.pyc", ".ipynb_checkpoints/a.py", ".hidden", "unused.ipynb"])
def test_what_a_program_leaves_there_for_itself_rebuilds_nothing(project: Project, name: str) -> None:
    path = project.root / "notebooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    assert planned(project) == {}


def test_another_reportkit_rebuilds_all(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportkit.build.plan.package_digest", lambda: "another")
    assert planned(project) == {str(key): "reportkit, or what it draws with, changed" for key in project.reports()}


def test_a_page_that_is_gone_or_was_altered_is_built_again(project: Project) -> None:
    for agency, change in (("alone", b""), ("office", b"xx")):
        page = project.output / "2023" / agency / "report.html"
        page.write_bytes(change) if change else page.unlink()
    (project.output / "2023" / "county" / STAMP).unlink()
    assert planned(project) == {
        "alone 2023": "report.html is missing",
        "office 2023": "report.html is not what was built",
        "county 2023": "a page is missing",
    }


def test_a_format_that_is_new_is_written_of_every_report(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    added = formats.Format("title", "title.txt", "text/plain", lambda executed: executed.report.title.encode())
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))
    assert planned(project) == {str(key): "title.txt is missing" for key in project.reports()}


def test_a_further_format_is_planned_where_it_is_asked_for_and_missing_or_made_otherwise(project: Project) -> None:
    def why(**wished: Any) -> dict[str, str]:
        wishes = Wishes(**{"formats": frozenset({"fragment"}), **wished})
        steps = plan(project, [ReportKey("alone", 2023)], FolderOutput(project.output), wishes)
        return {str(step.key): step.why for step in steps if step.why}

    missing = {"alone 2023": "fragment.html is missing"}
    assert why(formats=frozenset()) == {}
    assert why() == missing
    folder, made_with = project.output / "2023" / "alone", formats.format_named("fragment").made_with("png")
    stamp = json.loads((folder / STAMP).read_text())
    stamp["formats"] = {"fragment": {"made_with": made_with, "files": ["fragment.html"], "charts": "png"}}
    stamp["files"]["fragment.html"] = 1
    (folder / STAMP).write_text(json.dumps(stamp))
    assert why() == missing
    assert why(formats=frozenset()) == {}  # it was taken away, and nobody asks for it
    (folder / "fragment.html").write_text("x")
    assert why() == why(formats=frozenset()) == why(charts="png") == {}
    assert why(charts="svg") == {"alone 2023": "fragment.html would be made with something else now"}
    (folder / "fragment.html").write_text("altered")
    assert why() == {"alone 2023": "fragment.html is not what was built"}
    assert why(formats=frozenset()) == {}
    stamp["formats"] = [1]
    (folder / STAMP).write_text(json.dumps(stamp))
    assert why(formats=frozenset()) == {}


def test_what_failed_last_time_is_tried_again(project: Project) -> None:
    (project.output / "2023" / "alone" / FAILURE).write_text("{}")
    assert planned(project) == {"alone 2023": "its last run failed"}


def test_force_plans_all(project: Project) -> None:
    assert planned(project, force=True) == {str(key): "--force" for key in project.reports()}


@pytest.mark.parametrize("stamp", [b"", b"{", b"[]", b"{}", b'{"files": 1, "sources": {}}', b"\xff"])
def test_a_stamp_that_is_none_counts_as_missing(project: Project, stamp: bytes) -> None:
    (project.output / "2023" / "alone" / STAMP).write_bytes(stamp)
    assert set(planned(project)) == {"alone 2023"}


def test_in_a_city_one_change_reaches_exactly_that_agency_and_its_parent(tmp_path: Path) -> None:
    make_city(tmp_path / "city", agencies=60, years=range(2021, 2025))
    project = Project(tmp_path / "city")
    pretend_built(project)
    assert planned(project) == {}
    for agency in (agency for agency in project.agencies.values() if agency.parent):
        path = parameters(project, agency.id, 2022)
        before = path.read_bytes()
        path.write_bytes(before + b"\n# changed\n")
        wanted = {f"{agency.id} {year}" for year in (2022, 2023, 2024)} | {f"{agency.parent} 2022"}
        assert set(planned(project)) == wanted
        path.write_bytes(before)

"""The template notebook shows the sections of today's form; an edition with others gets a notebook that shows those."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import nbformat
import pytest

from reportkit.form import Form, Roles, Section, editions
from reportkit.project.folder import Project
from reportkit.project.starter import start_project
from reportkit.project.template import (
    DRAWING,
    NOTEBOOK,
    notebook_name,
    notebook_of,
    opening,
    template_drawing,
    template_notebook,
)


@pytest.fixture
def form() -> Form:
    """The form in force with one section more, and one table without roles."""
    newest = list(editions().values())[-1]
    more = Section("appendix", "七、附件", holds_table=False)
    return dataclasses.replace(newest, edition="2099", sections=(*newest.sections, more), roles=Roles())


def sources(notebook: str) -> list[str]:
    """The cells of a notebook."""
    return [cell.source for cell in nbformat.reads(notebook, as_version=4).cells]


@pytest.mark.parametrize("edition", list(editions()))
def test_the_template_shows_every_edition_that_the_package_declares(edition: str) -> None:
    assert notebook_name(editions()[edition]) == NOTEBOOK
    assert sources(notebook_of(editions()[edition])) == sources(template_notebook().read_text(encoding="utf-8"))


def test_an_edition_with_other_sections_has_a_notebook_of_its_own(form: Form) -> None:
    assert notebook_name(form) == "annual_report-2099.ipynb"
    told = sources(notebook_of(form))
    assert 'rk.section(report, "appendix")' in told
    assert not any(source.startswith("rk.charts.") for source in told)
    assert told[0] == sources(template_notebook().read_text(encoding="utf-8"))[0]
    assert told[-2:] == ["rk.check(report)", "rk.compare(report)"]
    nbformat.validate(nbformat.reads(notebook_of(form), as_version=4))


def test_a_table_without_a_function_of_its_own_is_shown_by_its_key(form: Form) -> None:
    tables = tuple(dataclasses.replace(table, key=f"new_{table.key}") for table in form.tables)
    held = [dataclasses.replace(section, key=f"new_{section.key}") for section in form.sections if section.holds_table]
    changed = dataclasses.replace(form, tables=tables, sections=tuple(held), identities=())
    assert 'rk.tables.table(report, "new_applications")' in sources(notebook_of(changed))


def test_a_project_tells_a_report_by_the_notebook_of_its_edition(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_project(tmp_path)
    project = Project(tmp_path)
    agency = project.agency("example")
    monkeypatch.setattr("reportkit.project.folder.form_for", lambda year: form)
    assert project.notebook(agency, 2099).name == NOTEBOOK
    (tmp_path / "notebooks" / "annual_report-2099.ipynb").write_text(notebook_of(form), encoding="utf-8")
    assert project.notebook(agency, 2099).name == "annual_report-2099.ipynb"
    assert project.notebook(dataclasses.replace(agency, notebook=NOTEBOOK), 2099).name == NOTEBOOK


def test_the_template_is_the_project_s_notebook() -> None:
    assert template_notebook().name == NOTEBOOK
    assert template_notebook().is_file()


def test_outside_a_checkout_the_template_is_the_one_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "reportkit"
    monkeypatch.setattr("reportkit.project.template.resources.files", lambda name: package)
    assert template_notebook() == package / "template" / NOTEBOOK
    assert template_drawing() == package / "template" / DRAWING


def test_what_the_notebook_opens_can_be_read_in_it() -> None:
    told = sources(opening(template_notebook().read_text(encoding="utf-8"), "示例局", 2031))
    assert 'agency = "示例局"' in told[0]

"""Many reports are checked on all cores, with the same answer as one after the other."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from reportkit.cli import checking
from reportkit.cli.checking import checked_reports
from reportkit.project.folder import Project


@pytest.fixture
def reports(project: Path) -> Project:
    """A project with a report that cannot be read, beside those that can."""
    (project / "params" / "2023" / "bureau.yaml").write_text("applications: {received: {company: -1}}")
    return Project(project)


def test_processes_answer_as_one_does(reports: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = reports.reports()[::-1]
    alone = checked_reports(reports, keys)
    monkeypatch.setattr(checking, "_MANY", 1)
    monkeypatch.setattr(checking, "cores", lambda: 2)
    assert checked_reports(reports, keys) == alone
    assert [(each.agency, each.year) for each in alone] == [tuple(key) for key in keys]
    assert [each.agency for each in alone if each.error] == ["bureau"]


def test_without_other_cores_one_process_checks_them_all(reports: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_MANY", 1)
    monkeypatch.setattr(checking, "cores", lambda: 1)
    assert len(checked_reports(reports, reports.reports())) == 3


def test_a_process_that_is_killed_is_made_up_for(reports: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_arguments: object) -> None:
        raise pickle.PicklingError  # stands for a process that sends nothing back

    keys = reports.reports()
    alone = checked_reports(reports, keys)
    monkeypatch.setattr(checking, "_MANY", 1)
    monkeypatch.setattr(checking, "cores", lambda: 2)
    monkeypatch.setattr(checking, "_leave_interrupts_to_the_parent", killed)  # the pool breaks as it starts
    assert checked_reports(reports, keys) == alone


def test_the_years_of_an_agency_are_checked_by_one_process(reports: Project) -> None:
    keys = sorted(reports.reports())
    shares = list(checking._shares(keys, 2))
    assert [key for share in shares for key in share] == keys
    assert all(sum(key.agency == "office" for key in share) in (0, 2) for share in shares)

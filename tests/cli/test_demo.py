"""The command that makes a made-up city: what it writes and says, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.runner import run
from reportkit.project.folder import Project


def test_a_city_is_made_and_it_is_said_what_and_what_next(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    status, out, err = run("demo", folder, "--agencies", "4", "--years", "2022-2023")
    assert (status, err) == (0, "")
    assert f"made 4 agencies, 8 reports for 2022-2023: {folder}" in out
    assert out.splitlines()[-1] == f"Next: reportkit build --project {folder}"
    assert len(Project(folder).reports()) == 8
    assert run("check", project=folder)[0] == 0


def test_faults_are_planted_and_listed_where_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    status, out, _ = run("demo", folder, "--agencies", "8", "--years", "2023", "--faults", "2", "--seed", "5")
    assert status == 0
    assert f"made 8 agencies, 8 reports for 2023: {folder}\n" in out
    assert f"2 faults planted, listed in {folder / 'faults.json'}\n" in out
    assert len(json.loads((folder / "faults.json").read_text(encoding="utf-8"))) == 2
    assert run("check", project=folder)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--agencies", "0"], "a city of 0 agencies cannot be made: ask for 1 or more"),
        (["--years", "2018"], "no edition of the form covers 2018"),
        (["--years", "2025-2021"], "--years 2025-2021: the first year comes first, 2021-2025"),
        (["--years", "last"], "--years last: write a year, 2023, or the first and the last, 2019-2025"),
        (["--agencies", "3", "--faults", "99"], "99 faults do not fit into 3 agencies over 7 years"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_line_and_nothing_is_written(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    status, out, err = run("demo", tmp_path / "city", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {said}")
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "city").exists()


def test_a_project_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    run("demo", folder, "--agencies", "1", "--years", "2023")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    status, _, err = run("demo", folder, "--agencies", "2")
    assert (status, len(err.splitlines())) == (2, 1)
    assert "holds params/ already" in err
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_help_ends_in_an_example() -> None:
    status, out, _ = run("demo", "--help")
    assert status == 0
    assert out.strip().endswith("Example: reportkit demo demo-city --agencies 100 --years 2019-2025")

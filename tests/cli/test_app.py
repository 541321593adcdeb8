"""What all commands share: help, the version, wrong use, colours, and the exit status."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.runner import run
from reportkit.cli import app
from reportkit.text import breadth


def commands(command: Any, *names: str) -> Iterator[tuple[str, ...]]:
    """The command, and all below it, by the names that are typed."""
    yield names
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *names, name)


@pytest.mark.parametrize("command", [*commands(app)], ids=" ".join)
def test_the_help_of_every_command_ends_in_an_example_of_it(command: tuple[str, ...]) -> None:
    status, out, _ = run(*command, "--help")
    assert status == 0
    example = out.rpartition("Example:")[2]
    assert example.split()[: len(command) + 1] == ["reportkit", *command]
    assert len(example.strip().splitlines()) == 1


@pytest.mark.parametrize("command", [*commands(app)], ids=" ".join)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_fits_a_terminal_of_80_columns(command: tuple[str, ...], language: str) -> None:
    _, out, _ = run(*command, "--help", "--lang", language)
    assert max(breadth(line) for line in out.splitlines()) <= 80


@pytest.mark.parametrize("name", ["office", "示例市示例局", "示例局"])
def test_an_agency_is_named_by_id_full_or_short_name(project: Path, name: str) -> None:
    status, out, _ = run("check", name, "--format", "json", project=project)
    assert status != 2
    assert {report["agency"] for report in json.loads(out)} == {"office"}


def test_without_a_command_help_is_shown() -> None:
    _, out, err = run()
    assert "build" in out + err


def test_the_version_is_that_of_the_project_file() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run("--version") == (0, f"reportkit {project['version']}\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "offise"], "offise: no such agency in params/agencies.yaml; did you mean office?"),
        (["build", "bureau"], "no parameter file for bureau"),
        (["check", "--year", "1999"], "no parameter file for 1999"),
    ],
)
def test_wrong_use_is_one_error_and_exits_2(project: Path, arguments: list[str], said: str) -> None:
    status, _, err = run(*arguments, project=project)
    assert status == 2
    assert err.startswith("error: ")
    assert said in err


def test_outside_a_project_the_error_names_the_command_that_starts_one(tmp_path: Path) -> None:
    status, _, err = run("check", project=tmp_path)
    assert status == 2
    assert "reportkit init DIR" in err


def test_an_unknown_option_exits_2(project: Path) -> None:
    assert run("build", "--nonsense", project=project)[0] == 2


def test_colours_can_be_forced_and_turned_off(project: Path) -> None:
    assert "\x1b[" in run("--color", "check", project=project)[1]
    assert "\x1b[" not in run("--no-color", "check", project=project)[1]


def test_a_pipe_that_closes_early_is_no_error(project: Path) -> None:
    command = f"{sys.executable} -m reportkit check --project {project} --format json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8")
    assert "Traceback" not in done.stderr

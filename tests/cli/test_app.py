"""What all commands share: help, the version, wrong use, colours, and the exit status."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cli.runner import run
from reportkit.cli import app


def commands(command: Any, *names: str) -> Iterator[tuple[str, ...]]:
    """The command, and all below it, by the names that are typed."""
    yield names
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *names, name)


@pytest.mark.parametrize("command", [*commands(typer.main.get_command(app))], ids=" ".join)
def test_the_help_of_every_command_ends_in_an_example_of_it(command: tuple[str, ...]) -> None:
    status, out, _ = run(*command, "--help")
    assert status == 0
    example = out.rpartition("Example:")[2]
    assert example.split()[: len(command) + 1] == ["reportkit", *command]
    assert len(example.strip().splitlines()) == 1


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

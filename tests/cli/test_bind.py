"""`reportkit bind`: a diff, and what is written."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

import reportkit.cli.bind
from cli.runner import run

BEFORE = "applications: {received: {company: 2}}\nnarrative:\n  overview: 新收政府信息公开申请2件。\n"
AFTER = BEFORE.replace("申请2件", "申请{{ applications.received.total }}件")


@pytest.fixture
def file(project: Path) -> Path:
    path = project / "params" / "2023" / "office.yaml"
    path.write_text(BEFORE, encoding="utf-8")
    return path


def test_without_a_terminal_the_diff_is_shown_and_nothing_written(project: Path, file: Path) -> None:
    status, out, err = run("bind", "office", "--year", "2023", project=project)
    assert (status, err) == (0, "")
    assert "--- params/2023/office.yaml\n+++ params/2023/office.yaml\n@@ " in out
    assert "-  overview: 新收政府信息公开申请2件。\n+  overview: 新收政府信息公开申请{{" in out
    assert file.read_text(encoding="utf-8") == BEFORE


def test_yes_replaces_all_and_then_there_is_nothing_more(project: Path, file: Path) -> None:
    status, out, _ = run("bind", "office", "--year", "2023", "--yes", project=project)
    assert (status, out.splitlines()[-1]) == (0, "params/2023/office.yaml: 1 figure bound")
    assert file.read_text(encoding="utf-8") == AFTER
    assert run("bind", "office", "--year", "2023", project=project)[1].strip().endswith("nothing to bind")


@pytest.mark.parametrize("answer", [True, False])
def test_on_a_terminal_each_is_asked_for(
    project: Path, file: Path, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    monkeypatch.setattr(reportkit.cli.bind, "_is_asked", lambda _console: True)
    monkeypatch.setattr(click, "confirm", lambda _question: answer)
    assert run("bind", "office", "--year", "2023", project=project)[0] == 0
    assert file.read_text(encoding="utf-8") == (AFTER if answer else BEFORE)

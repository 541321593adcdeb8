"""The recipes of CONTRIBUTING.md work: each is followed to the letter, on a copy of the package.

A recipe names its files: a block after a line with `New file` becomes that file, a block after `At the end of` is
appended to it, and a `diff` block inserts the lines that begin with a plus sign. Nothing else is touched. The commands
of the recipe are then run, and what they print must hold the lines that the recipe shows.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from end_to_end.projects import ROOT, UNMEASURED

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^(?P<lead>[^\n]*)\n\n```(?P<language>\w+)\n(?P<content>.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A block of a recipe, with the line that leads up to it."""

    lead: str
    language: str
    content: str

    @property
    def file(self) -> str:
        """The file that the block is about."""
        (name,) = re.findall(r"`([\w./]+\.\w+)`", self.lead)[:1]
        return str(name)


def recipes() -> Iterator[tuple[str, list[Step]]]:
    """The recipes by their headings."""
    _, _, told = PAGE.partition("## Recipes\n")
    for title, text in re.findall(r"^### (To .*?)\n(.*?)(?=^### |^## |\Z)", told, flags=re.MULTILINE | re.DOTALL):
        yield title, [Step(*match.groups()) for match in BLOCK.finditer(text)]


RECIPES = dict(recipes())


def inserted(text: str, diff: str) -> str:
    """The text with the added lines of a diff after its context line, which must stand there once."""
    lines = diff.splitlines()
    context = [line[1:] for line in lines if not line.startswith("+")]
    old = "".join(f"{line}\n" for line in context)
    assert text.count(old) == 1, f"this stands there {text.count(old)} times:\n{old}"
    return text.replace(old, "".join(f"{line[1:]}\n" for line in lines))


def follow(step: Step, copy: Path) -> None:
    """Do to a copy of the repository what a block says."""
    path = copy / step.file
    if step.lead.startswith("New file"):
        assert not path.exists()
        path.write_text(step.content, encoding="utf-8")
    elif step.language == "diff":
        path.write_text(inserted(path.read_text(encoding="utf-8"), step.content), encoding="utf-8")
    else:
        assert step.lead.startswith("At the end of"), step.lead
        path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{step.content}", encoding="utf-8")


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_works_when_followed_to_the_letter(title: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for part in ("src", "notebooks", "params", "tests/data"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    programs = copy / "bin"
    programs.mkdir()
    (programs / "reportkit").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reportkit "$@"\n', encoding="utf-8")
    (programs / "reportkit").chmod(0o755)
    environment = {
        **UNMEASURED,
        "PYTHONPATH": str(copy / "src"),
        "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), UNMEASURED["PATH"]]),
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    printed = ""
    for step in RECIPES[title]:
        if step.language == "sh":
            done = subprocess.run(
                ["bash", "-euc", step.content],
                cwd=copy,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                timeout=300,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            printed = done.stdout
        elif step.language == "text":
            for line in step.content.splitlines():
                assert line.strip() in printed, printed
        else:
            follow(step, copy)
    assert printed


def test_the_page_has_a_recipe_for_each_thing_to_add() -> None:
    for thing in ("rule", "edition", "kind of figure", "reader", "another format", "chart"):
        assert any(thing in title for title in RECIPES), thing


def test_the_map_names_every_package() -> None:
    named = set(re.findall(r"^\| \d \| `(\w+)(?:/|\.py)` \|", PAGE, flags=re.MULTILINE))
    package = ROOT / "src" / "reportkit"
    there = {path.name for path in package.iterdir() if (path / "__init__.py").exists()} | {"report"}
    assert named == there


def test_the_files_named_in_the_map_are_there() -> None:
    for name in re.findall(r"`((?:src|tests|docs)/[\w./-]+)`", PAGE):
        steps = [step for recipe in RECIPES.values() for step in recipe if step.lead.startswith("New file")]
        assert (ROOT / name).exists() or name in {step.file for step in steps}, name

"""What the READMEs say is so: every command and every example in them is run."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from datasets import build, readable
from reportkit.build.dataset import write_dataset
from reportkit.build.output import FolderOutput
from reportkit.checks import catalogue
from reportkit.form import form_for
from reportkit.project.folder import Project
from reportkit.project.parameters import read_parameters
from reportkit.report import Agency
from warm import can_be_warm, warm_program

ROOT = Path(__file__).parents[1]
READMES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")}
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


def blocks(readme: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", READMES[readme], flags=re.MULTILINE | re.DOTALL)


# Two blocks set up environments of their own, with and without the internet; the others are a tour in a clone.
INSTALLATION, OFFLINE = (block for block in blocks("README.md", "sh") if "pip install" in block)
IN_CLONE = [block for block in blocks("README.md", "sh") if block not in (INSTALLATION, OFFLINE)]
COMMANDS = [line for block in IN_CLONE for line in block.splitlines()]

# Other programs say the same whatever the reader's language, so that they are run once.
OTHER_PROGRAMS = ("papermill ", "jupyter ")

# What a README shows below commands, with "…" for what differs from run to run.
SHOWN = re.compile(r"^```sh\n((?:(?!```).)*)^```\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project as a clone has it, with the environment that the tests run in."""
    copy = tmp_path / "checkout"
    for part in ("notebooks", "params", "tests/data"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    (copy / ".venv").symlink_to(sys.prefix)
    return copy


def test_both_readmes_give_the_same_commands_and_examples() -> None:
    for language in ("sh", "python", "yaml"):
        told = [re.sub(r"\s*#.*", "", block) for block in blocks("README.md", language)]
        assert told == [re.sub(r"\s*#.*", "", block) for block in blocks("README.zh-CN.md", language)]
    assert len(COMMANDS) > 10
    assert len(SHOWN.findall(READMES["README.md"])) == len(SHOWN.findall(READMES["README.zh-CN.md"])) > 4


@pytest.mark.parametrize(("readme", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_commands_of_the_tour_work_one_after_another_and_print_what_is_shown(
    checkout: Path, readme: str, language: str
) -> None:
    left_out = ("make ",) if readme == "README.md" else ("make ", *OTHER_PROGRAMS)
    tour = [block for block in IN_CLONE if not block.startswith(left_out)]
    reportkit = f'reportkit() {{ "{warm_program(checkout.parent)}" "$@"; }}\n' if can_be_warm({}) else ""
    script = f"set -euo pipefail\n{reportkit}" + "printf '\\f'\n".join(tour)
    environment = {**ENVIRONMENT, "COLUMNS": "100", "NO_COLOR": "1", "REPORTKIT_LANG": language}
    done = subprocess.run(["bash", "-c", script], cwd=checkout, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    printed = dict(zip(tour, done.stdout.split("\f"), strict=True))
    # A comment beside a command is in the README's language.
    printed = {re.sub(r"\s*#.*", "", command): out for command, out in printed.items()}
    for command, shown in (
        (re.sub(r"\s*#.*", "", command), shown) for command, shown in SHOWN.findall(READMES[readme])
    ):
        for line in shown.splitlines():
            pattern = re.escape(line.strip()).replace("…", ".*")
            assert re.search(pattern, printed[command]), f"{line}\n\nis not in\n\n{printed[command]}"
    assert (checkout / "output" / "2023" / "linyi-fao" / "report.html").exists()
    assert (checkout / "report.html").exists() is (readme == "README.md")
    assert list((checkout / "my-city" / "output").glob("*/example/report.html"))


def test_the_installation_with_pip_works_in_an_empty_environment(tmp_path: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    for name in filter(None, tracked.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    locked = re.findall(r"^(\w[^\\\n]+?) \\$", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    (tmp_path / "constraints.txt").write_text("\n".join(locked), encoding="utf-8")
    environment = {name: value for name, value in ENVIRONMENT.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    # Most of what is installed is never imported here, and need not be compiled.
    environment |= {"PIP_CONSTRAINT": str(tmp_path / "constraints.txt"), "PIP_NO_COMPILE": "1"}
    done = subprocess.run(
        ["bash", "-euc", INSTALLATION], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (page,) = (tmp_path / "my-office" / "output").glob("*/example/report.html")
    assert "示例市示例局" in page.read_text(encoding="utf-8")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=ENVIRONMENT, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("make ")])
def test_make_knows_the_commands(command: str) -> None:
    planned = make("--dry-run", *command.split()[1:])
    assert planned.returncode == 0, planned.stderr


def test_make_report_builds_the_real_report_and_says_where() -> None:
    if make("--question", ".venv/installed").returncode:
        pytest.skip("these tests run outside the environment that make sets up")
    done = make("report")
    assert done.returncode == 0, done.stderr
    assert str(ROOT / "output" / "index.html") in done.stdout


def test_the_analyst_s_example_works(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    example = next(block for block in blocks("README.md", "python") if "open_report" in block)
    values: dict[str, object] = {}
    exec(example, values)
    report = values["report"]
    assert report["applications.granted.total"] == 2  # type: ignore[index]
    assert values["changed"]["applications.granted.natural_person"] == 3  # type: ignore[index]


def test_the_questions_to_all_reports_are_answered(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = FolderOutput(checkout / "output")
    build(readable(Project(checkout)), output)
    write_dataset(Project(checkout), output)
    monkeypatch.chdir(checkout)
    (example,) = (block for block in blocks("README.md", "python") if "rk.sql" in block)
    first, *questions = ast.parse(example).body
    values: dict[str, object] = {}
    exec(ast.unparse(first), values)
    answers = [eval(ast.unparse(question), values) for question in questions]
    assert [len(answer) for answer in answers] == [1, 1, 0, 0, 10]
    assert [*answers[0].iloc[0]] == [2023, 2]
    assert [*answers[1].iloc[0]] == ["临沂市人民政府外事办公室", 0, "万元"]


def test_the_parameter_files_shown_can_be_read(tmp_path: Path) -> None:
    for number, text in enumerate(blocks("README.md", "yaml")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        assert yaml.safe_load(text)
        read_parameters(path, Agency("linyi-fao", "示例局"), 2023)


@pytest.mark.parametrize("readme", READMES)
def test_every_rule_is_named(readme: str) -> None:
    named = set(re.findall(r"`([A-Z0-9]+(?:-[A-Z]+)*)`", READMES[readme]))
    assert {rule.id for rule in catalogue(form_for(2023))} <= named


@pytest.mark.parametrize("readme", READMES)
def test_what_is_linked_to_is_there(readme: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", READMES[readme]):
        assert (ROOT / target).exists(), target


def test_every_picture_is_shown_somewhere() -> None:
    shown = {target for text in READMES.values() for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)}
    shown |= {
        f"docs/images/{name}"
        for page in (ROOT / "docs").glob("*/*.md")
        for name in re.findall(r"!\[[^\]]+\]\(\.\./images/([^)]+)\)", page.read_text("utf-8"))
    }
    assert {str(picture.relative_to(ROOT)) for picture in (ROOT / "docs" / "images").iterdir()} == shown

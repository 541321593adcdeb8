"""The command line: what it says, and its exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from build.projects import reportkit, started, until, write_notebook
from cli.runner import run, through_main  # noqa: F401 (a fixture)
from end_to_end.projects import write_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "project",
        {
            "params/agencies.yaml": "office: {name: 示例市示例局}\nbureau: {name: 示例市另一局}\n",
            "params/2022/office.yaml": "applications: {carried_out: {company: 1}, received: {company: 1}}",
            "params/2023/office.yaml": "applications: {received: {company: 2}, granted: {company: 1}}",
        },
    )


@pytest.mark.parametrize(
    "command", [[], *([name] for name in ("build", "check", "init", "import", "audit", "workbook", "tally", "rollup"))]
)
def test_help_ends_in_an_example(command: list[str]) -> None:
    status, out, _ = run(*command, "--help")
    assert status == 0
    assert out.strip().splitlines()[-1].strip().startswith(f"Example: reportkit {''.join(command) or 'build'}")


def test_without_a_command_the_help_is_shown() -> None:
    _, out, err = run()
    assert "build" in out + err


def test_the_version_is_that_of_the_project_file() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run("--version") == (0, f"reportkit {project['version']}\n", "")


def test_check_says_what_is_wrong_and_where_grouped_by_report(project: Path) -> None:
    status, out, _ = run("check", project=project)
    assert status == 1
    assert out.index("示例市示例局 2022年度") < out.index("示例市示例局 2023年度")
    assert "T3-BALANCE" in out
    assert "applications.received.company" in out
    assert "无法判断 YEAR-CARRY" in out
    assert "\x1b[" not in out


def test_check_answers_programs_in_json_alone(project: Path) -> None:
    status, out, err = run("check", "office", "--year", "2023", "--format", "json", project=project)
    findings = json.loads(out)
    assert status == 1
    assert err == ""
    assert list(findings[0]) == [
        *["rule", "severity", "agency", "year", "cells", "quote", "expected", "actual", "message", "basis", "waived"]
    ]
    carry = next(finding for finding in findings if finding["rule"] == "YEAR-CARRY")
    assert (carry["expected"], carry["actual"], carry["agency"], carry["year"]) == (1, 0, "office", 2023)


def test_check_is_content_with_a_sound_report(project: Path) -> None:
    (project / "params" / "2023" / "bureau.yaml").write_text(
        "narrative: {preamble: 电话：0000-0000000, overview: 示例, problems: 问题在于示例；下一步改进。, other: 未收取信息处理费。}"
    )
    status, out, _ = run("check", "bureau", project=project)
    assert status == 0
    assert "FORM-OVERVIEW" in out


def test_check_shows_waived_findings_with_their_reason_and_passes(project: Path) -> None:
    parameters = project / "params" / "2023" / "office.yaml"
    findings = json.loads(run("check", "--year", "2023", "--format", "json", project=project)[1])
    waivers = [
        {"rule": f["rule"], "reason": "示例原因", "by": "示例科"} | {k: f[k] for k in ("cells", "quote") if f[k]}
        for f in findings
        if f["severity"] == "error"
    ]
    parameters.write_text(parameters.read_text() + f"\nwaivers: {json.dumps(waivers, ensure_ascii=False)}\n")
    status, out, _ = run("check", "--year", "2023", project=project)
    assert status == 0
    assert "已豁免" in out
    assert "示例科：示例原因" in out


def test_check_of_a_file_that_cannot_be_read_goes_on_with_the_others_and_exits_2(project: Path) -> None:
    (project / "params" / "2023" / "bureau.yaml").write_text("foo: 1\nbar: 2\n")
    status, out, err = run("check", "--format", "json", project=project)
    assert status == 2
    assert {finding["agency"] for finding in json.loads(out)} == {"office"}
    assert "params/2023/bureau.yaml:1: foo: unknown key" in err
    assert "params/2023/bureau.yaml:2: bar: unknown key" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "offise"], "offise: no such agency in params/agencies.yaml; did you mean office?"),
        (["build", "bureau"], "no parameter file for bureau"),
        (["check", "--year", "1999"], "no parameter file for 1999"),
    ],
)
def test_wrong_use_is_said_in_a_line_and_exits_2(project: Path, arguments: list[str], said: str) -> None:
    status, _, err = run(*arguments, project=project)
    assert status == 2
    assert err.startswith("error: ")
    assert said in err


def test_outside_a_project_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    status, _, err = run("check", project=tmp_path)
    assert status == 2
    assert "reportkit init DIR" in err


def test_an_unknown_option_exits_2(project: Path) -> None:
    assert run("build", "--nonsense", project=project)[0] == 2


def test_colours_can_be_forced_and_turned_off(project: Path) -> None:
    assert "\x1b[" in run("--color", "check", project=project)[1]
    assert "\x1b[" not in run("--no-color", "check", project=project)[1]


def test_init_makes_a_project_whose_example_has_no_error(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    status, out, _ = run("init", str(folder))
    assert status == 0
    assert f"wrote {folder / 'params' / 'agencies.yaml'}" in out
    assert "reportkit build --project" in out
    status, out, _ = run("check", project=folder)
    assert status == 0, out


def test_build_reports_what_was_built_and_what_failed(project: Path) -> None:
    write_notebook(
        project / "notebooks" / "annual_report.ipynb", "1", "# 第一行\nif year == 2023:\n    raise ValueError('示例')"
    )
    done = reportkit("build", project=project)
    assert done.returncode == 1, done.stderr
    *lines, summary = done.stdout.splitlines()
    failed, built = sorted(lines, reverse=True)
    assert built.startswith("built   office 2022  示例市示例局  ")
    assert failed == ("failed  office 2023  notebooks/annual_report.ipynb, cell 3, line 3: ValueError: 示例")
    assert re.fullmatch(rf"1 built, 1 failed in \d+\.\d s: {project / 'output' / 'index.html'}", summary)


def test_an_interrupted_build_says_what_stands_and_exits_130(project: Path) -> None:
    write_notebook(project / "notebooks" / "annual_report.ipynb", "if year == 2023:\n    while True: pass")
    with started("build", project=project) as running:
        until(lambda: (project / "output" / "2022" / "office" / "build.json").exists(), "the first report is built")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert err == "interrupted; what was built stays, and the next build goes on from here\n"
    assert re.search(r"\n1 built, 0 failed, 1 left in ", out)
    assert "2022/office/report.html" in (project / "output" / "index.html").read_text()


def test_a_reader_that_leaves_early_is_no_error(project: Path) -> None:
    command = f"{sys.executable} -m reportkit check --project {project} --format json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", env={**os.environ})
    assert "Traceback" not in done.stderr

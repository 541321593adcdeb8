"""The command line as a whole: whatever its output is connected to, it says what is wrong in a line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from end_to_end.projects import ROOT


def command(*arguments: str) -> list[str]:
    """``reportkit`` with arguments, as a program that can be started."""
    return [sys.executable, "-m", "reportkit", *arguments]


def reportkit(*arguments: str, stdout: str = "-", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``reportkit`` in this repository, its output going to a file where one is named."""
    with Path(stdout if stdout != "-" else os.devnull).open("wb") as file:
        return subprocess.run(
            command(*arguments),
            cwd=ROOT,
            env={**os.environ, "NO_COLOR": "1", **environment},
            stdout=subprocess.PIPE if stdout == "-" else file,
            stderr=subprocess.PIPE,
        )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-8"])
def test_an_output_that_lacks_characters_shows_them_as_codes(encoding: str) -> None:
    done = reportkit("check", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode(encoding)
    assert ("没有写明" if encoding in ("gbk", "utf-8") else r"\u6ca1\u6709\u5199\u660e") in shown


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-8"])
def test_json_is_whole_in_any_encoding(encoding: str) -> None:
    done = reportkit("import", "tests/data/linyi-fao-2023.txt", "--format", "json", PYTHONIOENCODING=encoding)
    assert json.loads(done.stdout)["agency_name"] == "临沂市人民政府外事办公室"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("arguments", [["check"], ["check", "--format", "json"], ["rules"], ["--help"]])
def test_an_output_on_a_full_device_is_an_error_in_a_line(arguments: list[str]) -> None:
    done = reportkit(*arguments, stdout="/dev/full")
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        "error: standard output: No space left on device; free some space, then try again"
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["workbook", "new", "linyi-fao", "--year", "2023", "-o", "FILE/form.xlsx"],
        ["init", "FILE/project"],
        ["demo", "FILE/city", "--agencies", "1"],
    ],
)
def test_a_file_that_cannot_be_written_is_named_in_a_line(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = reportkit(*(argument.replace("FILE", str(tmp_path / "file")) for argument in arguments))
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"error: {tmp_path / 'file'}") and line.endswith(
        ("Not a directory", "File exists; name another place")
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows hands down no closed streams")
@pytest.mark.parametrize("closed", [[1], [0, 1, 2]])
@pytest.mark.parametrize(("arguments", "status"), [(["rules"], 0), (["check", "--project", "/"], 2)])
def test_standard_streams_may_be_closed(closed: list[int], arguments: list[str], status: int) -> None:
    program = (
        f"import os\nfor number in {closed}: os.close(number)\nos.execv({sys.executable!r}, {command(*arguments)})"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_where_nothing_can_be_said_the_exit_status_says_it() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command("check", "--project", "/"), cwd=ROOT, stdout=full, stderr=full)
    assert done.returncode == 2


def test_without_docstrings_a_build_is_refused_and_the_rest_works(tmp_path: Path) -> None:
    assert reportkit("check", PYTHONOPTIMIZE="2").returncode == 0
    done = reportkit("build", "--output", str(tmp_path), PYTHONOPTIMIZE="2")
    assert done.returncode == 2
    assert done.stderr.decode().startswith("error: Python runs without docstrings, which the chart library needs")


def test_names_of_files_hold_no_escape_sequences(tmp_path: Path) -> None:
    done = reportkit("audit", str(tmp_path / "\x1b[31m\u202e.html"))
    assert done.returncode == 2
    assert r"\u001b[31m\u202e.html: no such file" in done.stderr.decode()

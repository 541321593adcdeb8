"""The command line as a whole: whatever its output is connected to, it says what is wrong in a line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from end_to_end.projects import ROOT


def reportkit(*arguments: str, stdout: str = "-", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``reportkit`` in this repository, its output going to a file where one is named."""
    with Path(stdout if stdout != "-" else os.devnull).open("wb") as file:
        return subprocess.run(
            [sys.executable, "-m", "reportkit", *arguments],
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
    assert ("未发现问题" if encoding in ("gbk", "utf-8") else r"\u672a\u53d1\u73b0\u95ee\u9898") in shown


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
    assert line.startswith(f"error: {tmp_path / 'file'}") and line.endswith(("Not a directory", "File exists"))

"""`reportkit export`: reports in the formats that somebody wants, and what it says of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from build.projects import write_small_project
from cli.runner import run
from reportkit.build.last_run import STAMP
from reportkit.publish import formats


def test_what_is_asked_for_is_written_beside_the_pages_and_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_small_project(tmp_path / "project", 2)
    folder, elsewhere = root / "output" / "2023" / "good-00", tmp_path / "handed-in"
    status, out, err = run("export", "fragment", "good-00", "--year", "2023", "-o", elsewhere, project=root)
    assert status == 0, err
    assert out == f"{elsewhere}/2023/good-00/fragment.html\n1 file in {elsewhere}\n"
    assert (elsewhere / "2023/good-00/fragment.html").read_bytes() == (folder / "fragment.html").read_bytes()
    assert '<a href="2023/good-00/fragment.html">网页片段</a>' in (root / "output/list.html").read_text("utf-8")
    assert not (root / "output" / "2023" / "good-01").exists()

    # What is there is used, whatever it is; what cannot be made here is told, and stops nothing.
    tool = formats.Tool("no_such_module", "no-such-package", "slides")
    slides = formats.Format("slides", "slides.txt", "text/plain", lambda _: b"", (tool,), always=False)
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, slides))
    before = (folder / STAMP).read_bytes()
    wanted = ("slides,fragment", "review", "示例市good-00局", "--format", "json")
    status, out, err = run("export", *wanted, "-o", elsewhere, project=root)
    told = "slides.txt needs no_such_module: pip install 'reportkit[slides]'"
    assert status == 2
    assert told in err.splitlines()  # a slow machine says beside it how far it is
    assert json.loads(out) == {
        "exported": [
            {
                "agency": "good-00",
                "year": 2023,
                "files": [f"{elsewhere}/2023/good-00/{name}" for name in ("fragment.html", "review.html")],
            }
        ],
        "failed": [],
        "unavailable": [told],
    }
    script = re.findall(r'src="\.\./\.\./(assets/[^"]+)"', (elsewhere / "2023/good-00/review.html").read_text("utf-8"))
    assert all((elsewhere / name).exists() for name in script)
    assert (folder / STAMP).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["slides"], "error: 'slides' is not a format; the formats are publish, review, fragment,"),
        (["good-00", "fragment"], "error: 'good-00' is not a format"),
        (["fragment", "nobody"], "error: nobody: no such agency"),
        ([], "Missing argument"),
    ],
)
def test_what_is_no_format_is_answered_with_those_there_are(words: list[str], said: str, tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    status, out, err = run("export", *words, project=root)
    assert (status, out) == (2, "")
    assert said in err
    assert not (root / "output").exists()


def test_a_build_writes_no_format_that_there_is_not(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    status, _, err = run("build", "--formats", "fragment,slides", project=root)
    assert status == 2
    assert err.startswith("error: 'slides' is not a format")


@pytest.mark.parametrize("command", ["build", "export"])
def test_the_help_names_every_format_that_may_be_asked_for(command: str) -> None:
    _, out, _ = run(command, "--help")
    words = set(re.findall(r"[\w-]+", out))
    assert {listed.name for listed in formats.FORMATS if not listed.always} <= words

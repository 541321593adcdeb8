"""`reportkit build`: what it plans, what it says of what it did, and its options."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import threading
from pathlib import Path

import pytest

from build.projects import GOOD, last_line, reportkit, started, write_notebook, write_small_project
from cli.runner import run
from processes import PATIENCE, until
from reportkit.build.output import FolderOutput


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project of two good reports and a bad one, and what was said when it was built."""
    root = write_small_project(
        tmp_path_factory.mktemp("cli") / "project", 2, {"bad": ("1", "x = 1\nraise ValueError('示例[red]错误')")}
    )
    done = reportkit("build", project=root)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    return root, done.stdout


def test_each_report_has_its_line_and_the_last_one_counts_them(built: tuple[Path, str]) -> None:
    root, out = built
    *lines, found, summary = out.splitlines()
    good, _, failed = sorted(lines, reverse=True)[::-1][0:3]
    assert re.fullmatch(r"built   good-00 2023  示例市good-00局  3 errors, 1 warning  \d+\.\d s", good)
    assert failed == "failed  bad 2023  notebooks/bad.ipynb, cell 3, line 2: ValueError: 示例[red]错误"
    assert found == "found: 6 errors in 2 reports, 2 warnings in 2 reports"
    assert re.fullmatch(rf"2 built, 1 failed in \d+\.\d s: {root}/output/index\.html", summary)


def test_what_is_fresh_is_not_built_again_and_the_index_stays_untouched(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    assert reportkit("build", project=root).returncode == 0
    index = root / "output" / "index.html"
    before = index.stat()
    again = reportkit("build", project=root)
    assert again.returncode == 0
    found = "found: 3 errors in 1 report, 1 warning in 1 report\n"
    assert re.fullmatch(rf"{found}0 built, 1 fresh, 0 failed in \d+\.\d s: {index}\n", again.stdout)
    assert (index.stat().st_mtime_ns, index.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    index.unlink()
    assert reportkit("build", project=root).returncode == 0
    assert index.exists()


def test_a_dry_run_says_what_would_be_built_and_why_and_builds_nothing(built: tuple[Path, str]) -> None:
    root, _ = built
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    status, out, _ = run("build", "--dry-run", project=root)
    assert status == 0
    assert out == "build   bad 2023  its last run failed\n1 to build, 2 fresh\n"
    status, out, _ = run("build", "--dry-run", "--force", "--format", "json", project=root)
    assert status == 0
    assert json.loads(out) == [
        {"agency": agency, "year": 2023, "why": "--force"} for agency in ("bad", "good-00", "good-01")
    ]
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_a_dry_run_of_a_project_never_built_makes_no_output(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    assert "good-00 2023  it was not built yet" in run("build", "--dry-run", project=root)[1]
    assert not (root / "output").exists()


def test_programs_are_answered_in_json_alone(built: tuple[Path, str]) -> None:
    root, _ = built
    done = reportkit("build", "--format", "json", project=root)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told.pop("seconds") > 0
    assert told.pop("stages") == {}
    assert told == {
        "built": 0,
        "fresh": 2,
        "failed": [
            {
                "agency": "bad",
                "year": 2023,
                "notebook": "notebooks/bad.ipynb",
                "cell": 3,
                "line": 2,
                "message": "ValueError: 示例[red]错误",
                "cause": "notebook",
            }
        ],
        "left": 0,
        "findings": {"error": 6, "warning": 2},
        "reports_with_findings": {"error": 2, "warning": 2},
        "withheld": [],
        "overviews": [],
        "unavailable": [],
        "ended": None,
        "index": str(root / "output" / "index.html"),
    }
    assert "failed  bad 2023" in done.stderr


def test_strictly_reports_with_errors_lose_their_published_pages_and_the_status_says_so(
    built: tuple[Path, str], tmp_path: Path
) -> None:
    root = Path(shutil.copytree(built[0], tmp_path / "project"))
    good = ("good-00", "good-01", "--strict")
    done = reportkit("build", *good, "--events", tmp_path / "events.jsonl", project=root)
    assert done.returncode == 1
    *lines, found, unfit, summary = done.stdout.splitlines()
    assert all("3 errors, 1 warning  no published page  " in line for line in lines)
    assert found == "found: 6 errors in 2 reports, 2 warnings in 2 reports"
    assert unfit == "not fit for the public: 2 reports have errors, so they have no published page"
    assert summary.startswith("2 built, 0 failed in ")
    assert not list((root / "output").rglob("report.html"))
    assert "其中2份不宜公开" in (root / "output" / "list.html").read_text(encoding="utf-8")
    *_, last, ended = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert last.items() >= {"event": "built", "withheld": True}.items()
    assert ended.items() >= {"findings": {"error": 6, "warning": 2}, "withheld": 2}.items()
    again, out, _ = run("build", *good, "--format", "json", project=root)
    told = json.loads(out)
    assert (again, told["built"], told["fresh"]) == (1, 0, 2)
    assert told["withheld"] == [{"agency": agency, "year": 2023} for agency in ("good-00", "good-01")]


def test_output_may_go_elsewhere_and_limits_be_set(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1, {"hangs": ("import time\ntime.sleep(1000)",)})
    done = reportkit(
        *("build", "--output", tmp_path / "else where", "--timeout", "1.5", "--jobs", "1", "-v"), project=root
    )
    assert done.returncode == 1
    assert "hangs 2023  notebooks/hangs.ipynb, cell 2: took longer than 1.5 seconds" in done.stdout
    assert (tmp_path / "else where" / "2023" / "good-00" / "report.html").exists()
    assert last_line(done.stdout).endswith("else where/index.html")
    assert not (root / "output").exists()


def test_only_the_reports_asked_for_are_built(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 3)
    assert "1 to build, 0 fresh" in run("build", "good-01", "--dry-run", project=root)[1]
    assert run("build", "--year", "2022", "--dry-run", project=root)[0] == 2


def test_many_reports_are_not_listed_one_by_one_but_those_that_fail_are_told_once(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 20, dict.fromkeys(("bad-a", "bad-b"), ("1 / 0",)))
    done = reportkit("build", project=root)
    *failed, found, summary = done.stdout.splitlines()
    assert found == "found: 60 errors in 20 reports, 20 warnings in 20 reports"
    assert sorted(line.split()[:2] for line in failed) == [["failed", "bad-a"], ["failed", "bad-b"]]
    assert re.match(r"20 built, 2 failed in \d+\.\d s \(\d+\.\d a second\): ", summary)


def test_on_a_terminal_a_bar_shows_how_far_it_is(tmp_path: Path) -> None:
    root = write_small_project(
        tmp_path / "project", 4, {"bad": ("1 / 0",)}, cells=("import time\ntime.sleep(0.4)", *GOOD)
    )
    seen = b""
    near, far = pty.openpty()

    def watch() -> None:
        nonlocal seen
        try:
            while piece := os.read(near, 10_000):
                seen += piece
        except OSError:
            pass  # that is how a terminal ends

    watching = threading.Thread(target=watch)
    watching.start()
    environment = {"COLUMNS": "150", "TERM": "xterm"}
    with started("build", project=root, stdout=far, stderr=far, stdin=far, environment=environment) as running:
        os.close(far)
        running.wait(120)
    watching.join(10)
    os.close(near)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    assert re.search(r"building .* 0/5 0 failed, 5 left", shown)
    assert re.search(r"building .* [1-4]/5 1 failed, [1-4] left, \d+\.\d a second \d:\d\d:\d\d (\d|-)", shown)
    assert "\r" in shown
    assert "4 built, 1 failed in" in shown


def test_an_interrupted_build_says_what_stands_and_exits_130(project: Path) -> None:
    write_notebook(project / "notebooks" / "annual_report.ipynb", "if year == 2023:\n    while True: pass")
    with started("build", project=project) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert err == "interrupted; what was built stays, and the next build goes on from here\n"
    assert first.startswith("built   office 2022")
    assert last_line(out).startswith("1 built, 0 failed, 1 left in ")
    assert "2022/office/report.html" in (project / "output" / "list.html").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_was_ignored_from_the_start_as_by_nohup_ends_no_build(number: int, tmp_path: Path) -> None:
    waiting = (
        "import pathlib, time\npathlib.Path('begun').touch()\nwhile not pathlib.Path('go').exists(): time.sleep(0.02)"
    )
    root = write_small_project(tmp_path / "project", 1, cells=(waiting, *GOOD))
    with started("build", project=root, ignored=[number]) as running:
        until((root / "begun").exists, "the notebook runs")
        running.send_signal(number)
        (root / "go").touch()
        out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, out + err
    assert last_line(out).startswith("1 built, 0 failed in ")


def test_a_file_of_events_tells_what_happens(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 2, {"bad": ("held = bytearray(1 << 40)",)})
    path = tmp_path / "events.jsonl"
    done = reportkit("build", "--events", path, project=root)
    assert done.returncode == 1
    told = [json.loads(line) for line in path.read_text().splitlines()]
    kinds = [event["event"] for event in told]
    assert [*kinds[:3], kinds[-1]] == ["planned", "planned", "planned", "ended"]
    assert sorted(kinds) == sorted(["planned", "started"] * 3 + ["built", "built", "failed", "ended"])
    assert told[0].items() >= {"agency": "bad", "year": 2023, "why": "it was not built yet"}.items()
    (failed,) = [event for event in told if event["event"] == "failed"]
    assert failed.items() >= {"agency": "bad", "notebook": "notebooks/bad.ipynb", "cell": 2}.items()
    assert failed["cause"] == "notebook"
    assert failed["message"].startswith("MemoryError")
    assert "--memory-limit" in failed["message"]
    assert told[-1].items() >= {"built": 2, "failed": 1, "left": 0, "why": None}.items()
    assert run("build", "--dry-run", "--events", str(path), project=root)[0] == 0
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["planned"]


def test_a_file_of_events_that_cannot_be_opened_is_wrong_use(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    status, _, err = run("build", "--events", str(tmp_path), project=root)
    assert status == 2
    assert err == f"error: --events {tmp_path}: Is a directory; name a file that can be written to\n"


def test_a_file_of_events_that_can_no_longer_be_written_ends_no_build(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    assert reportkit("build", "--events", "/dev/full", project=root).returncode == 0


def test_without_a_terminal_a_line_says_now_and_then_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reportkit.cli.build._SECONDS_BETWEEN_LINES", 0.05)
    root = write_small_project(tmp_path / "project", 1, cells=("import time\ntime.sleep(0.5)", *GOOD))
    status, _, err = run("build", project=root)
    assert status == 0
    assert re.match(r"0 built, 0 failed, 1 left, 0\.0 a second\n", err)


# ------------------------------------------------------------------- wrong use


def test_a_size_that_is_none_is_wrong_use(built: tuple[Path, str]) -> None:
    status, _, err = run("build", "--memory-limit", "many", project=built[0])
    assert status == 2
    assert err == "error: --memory-limit many: write a size as 500M or 2G, or 0 for no limit\n"


@pytest.mark.parametrize("arguments", [("--jobs", "0"), ("--timeout", "0"), ("--timeout", "soon"), ("--format", "xml")])
def test_other_options_are_bounded_too(built: tuple[Path, str], arguments: tuple[str, ...]) -> None:
    assert run("build", *arguments, project=built[0])[0] == 2


def test_a_second_build_into_the_same_folder_is_refused(built: tuple[Path, str]) -> None:
    root, _ = built
    with FolderOutput(root / "output").locked():
        done = reportkit("build", "--force", project=root)
    assert done.returncode == 2
    assert done.stderr == f"error: another build is writing to {root}/output: wait until it is done\n"


def test_an_output_of_an_unknown_kind_is_wrong_use(built: tuple[Path, str]) -> None:
    status, _, err = run("build", "--output", "nonsense://x", project=built[0])
    assert status == 2
    assert err.startswith("error: nonsense://x: ")


def test_an_output_that_cannot_be_made_is_wrong_use(built: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, _, err = run("build", "--output", str(tmp_path / "file" / "x"), project=built[0])
    assert status == 2
    assert err.startswith(f"error: {tmp_path}/file/x: ")


def test_notebooks_of_a_project_without_any_fail_one_by_one(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 2)
    (root / "notebooks" / "annual_report.ipynb").unlink()
    write_notebook(root / "notebooks" / "other.ipynb", *GOOD)
    done = reportkit("build", project=root)
    assert done.returncode == 1
    assert done.stdout.count("annual_report.ipynb: the notebook of good-0") == 2

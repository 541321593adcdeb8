"""A report that goes wrong, however it does, costs only itself; a build that is ended leaves nothing half done."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import nbformat
import psutil
import pytest

from build.projects import (
    GOOD,
    contents,
    last_line,
    reportkit,
    started,
    well_formed,
    write_notebook,
    write_small_project,
)
from processes import PATIENCE, all_ended, ended, family, kill_family, until
from reportkit.build.batch import BuildersError, LocalBuilders, build_reports
from reportkit.build.events import Event, Note, Started, Workers
from reportkit.build.last_run import STAMP
from reportkit.build.one_report import Built, Failed, Limits
from reportkit.build.output import FolderOutput, OutputError
from reportkit.build.run import Run, started_run
from reportkit.build.workers import modules_often_used, report_workers
from reportkit.project.folder import Project, ReportKey
from reportkit.publish.formats import FORMATS
from reportkit.system.bounded import Call, PoolError, TaskError, UnfinishedError, UnstartedError, in_one_line
from warm import WarmCommand

BEFORE = "print('做到这里')"
BAD = {
    "raises": (BEFORE, "x = 1\nraise ValueError('示例错误')"),
    "hangs": (BEFORE, "while True:\n    pass"),
    "swells": (BEFORE, "held = []\nwhile True:\n    held.append(bytearray(10_000_000))"),
    "exits": (BEFORE, "import os\nos._exit(1)"),
    "kills": (BEFORE, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    "floods": (BEFORE, "while True:\n    print('x' * 1_000_000)"),
}
SAID = {
    "raises": r"cell 3, line 2: ValueError: 示例错误",
    "hangs": r"cell 3: took longer than 5 seconds",
    "swells": r"cell 3(, line 3)?: .*(MemoryError|memory)",
    "exits": r"cell 3: .*exit status 1",
    "kills": r"cell 3: .*SIGKILL",
    "floods": r"cell 3: put out more than \d+ MiB",
}
ENDLESS = "import pathlib, time\npathlib.Path(f'begun-{agency}').touch()\ntime.sleep(1000)"
LIMITS = ("--timeout", "5", "--memory-limit", "200M")


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    project = write_small_project(tmp_path_factory.mktemp("troubled") / "project", 12, BAD)
    return project, reportkit("build", *LIMITS, project=project)


def test_all_but_those_that_go_wrong_are_built(troubled: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    project, built = troubled
    assert built.returncode == 1, built.stderr
    assert re.match(r"12 built, 6 failed in \d+\.\d s: ", last_line(built.stdout))
    assert "Traceback" not in built.stdout + built.stderr
    for number in range(12):
        folder = project / "output" / "2023" / f"good-{number:02}"
        assert {path.name for path in folder.iterdir()} == {
            STAMP,
            *(written.file for written in FORMATS if written.always),
        }
    well_formed(project / "output")


@pytest.mark.parametrize("agency", BAD)
def test_what_went_wrong_is_said_and_kept(agency: str, troubled: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    project, built = troubled
    folder = project / "output" / "2023" / agency
    (line,) = [line for line in built.stdout.splitlines() if line.startswith(f"failed  {agency} 2023  ")]
    assert re.search(rf"notebooks/{agency}\.ipynb, {SAID[agency]}", line)
    assert sorted(path.name for path in folder.iterdir()) == ["failure.json", "report.failed.ipynb"]
    told = json.loads((folder / "failure.json").read_text())
    assert (told["agency"], told["year"]) == (agency, 2023)
    assert re.search(SAID[agency], told["message"])
    kept = nbformat.read(folder / "report.failed.ipynb", as_version=4)
    assert any("做到这里" in output.get("text", "") for cell in kept.cells for output in cell.get("outputs", ()))


def test_the_next_build_tries_those_again_and_mended_they_leave_no_trace(
    troubled: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    project, _ = troubled
    again = reportkit("build", "--dry-run", "--format", "json", project=project)
    planned = {step["agency"]: step["why"] for step in json.loads(again.stdout)}
    assert planned == dict.fromkeys(BAD, "its last run failed")
    for agency in BAD:
        write_notebook(project / "notebooks" / f"{agency}.ipynb", *GOOD)
    mended = reportkit("build", project=project)
    assert mended.returncode == 0
    assert re.match(r"6 built, 12 fresh, 0 failed in ", last_line(mended.stdout))
    assert not [*project.rglob("failure.json"), *project.rglob("report.failed.ipynb")]
    assert "最近一次生成失败" not in (project / "output" / "list.html").read_text()


def test_with_fail_fast_the_first_failure_is_the_last(tmp_path: Path) -> None:
    project = write_small_project(tmp_path / "project", 30, {"a-raises": ("raise ValueError('示例错误')",)})
    (project / "params" / "2022").mkdir()
    shutil.move(project / "params" / "2023" / "a-raises.yaml", project / "params" / "2022")  # its turn comes first
    built = reportkit("build", "--fail-fast", "--jobs", "1", project=project)
    assert built.returncode == 1
    assert re.match(r"\d+ built, 1 failed, [123]\d left in ", last_line(built.stdout))
    well_formed(project / "output")


# ------------------------------------------------------------- ended from outside


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A project of reports that take a while, and what is built from it."""
    project = write_small_project(
        tmp_path_factory.mktemp("slow") / "project", 24, cells=("import time\ntime.sleep(0.2)", *GOOD)
    )
    assert reportkit("build", "--jobs", "2", project=project).returncode == 0
    built = contents(project / "output")
    over_all = {"index.html", "list.html", "help.html", "missing.xlsx"}
    assert len(built) == 24 * 6 + len(over_all) + 1  # the chart library
    assert over_all <= built.keys()
    return project, built


@pytest.fixture
def slow(undisturbed: tuple[Path, dict[str, object]], tmp_path: Path) -> Path:
    """The same project, not built yet."""
    project, _ = undisturbed
    return Path(shutil.copytree(project, tmp_path / "project", ignore=shutil.ignore_patterns("output")))


def stamps(project: Path) -> int:
    return len(list(project.glob("output/2023/*/build.json")))


def completes(project: Path, undisturbed: tuple[Path, dict[str, object]]) -> None:
    built = reportkit("build", project=project)
    assert built.returncode == 0, built.stdout + built.stderr
    assert "24 built" in built.stdout or "fresh" in built.stdout
    assert contents(project / "output") == undisturbed[1]


def test_one_process_and_many_build_the_same(slow: Path, undisturbed: tuple[Path, dict[str, object]]) -> None:
    assert reportkit("build", "--jobs", "1", project=slow).returncode == 0
    assert contents(slow / "output") == undisturbed[1]


def workers(pid: int) -> list[psutil.Process]:
    """The processes in which reports are built: those that the fork server has forked."""
    (main, *others) = family(pid)
    servers = [process for process in others if _says(process, "forkserver")]
    return [child for server in servers for child in server.children() if not ended(child)] if main else []


def _says(process: psutil.Process, word: str) -> bool:
    try:
        return process.ppid() and any(word in part for part in process.cmdline())
    except psutil.Error:
        return False


def test_workers_that_are_killed_are_replaced_and_what_they_built_is_tried_once_more(
    slow: Path, undisturbed: tuple[Path, dict[str, object]]
) -> None:
    with started("build", "--jobs", "2", project=slow, warm=False) as running:
        until(lambda: stamps(slow) > 2, "some reports are built")
        victims = [process for process in workers(running.pid) if process.children()]
        victims[0].kill()
        # Killed while it took a report, it may have had the queue to itself: the others wait a minute until they give it up.
        until(lambda: stamps(slow) > 8, "more are built", 3 * PATIENCE)
        for process in workers(running.pid):
            process.kill()
        out, err = running.communicate(timeout=3 * PATIENCE)
    assert running.returncode == 0, out + err
    assert "Traceback" not in out + err
    assert re.match(r"24 built, 0 failed in ", last_line(out))
    assert re.search(r"^\S+ 2023: its process ended \(SIGKILL\), so it is tried once more$", err, re.MULTILINE)
    assert contents(slow / "output") == undisturbed[1]


def test_a_report_whose_process_ends_each_time_is_tried_twice_and_costs_itself_alone(tmp_path: Path) -> None:
    # A notebook has a process of its own; its parent is the server of the one that builds.
    kills = "import os, pathlib, signal\npathlib.Path('tried').open('a').write('x')\n"
    kills += "import psutil\npsutil.Process(psutil.Process(os.getppid()).ppid()).kill()\nimport time\ntime.sleep(100)"
    project = write_small_project(tmp_path / "project", 3, {"kills": (kills,)})
    built = reportkit("build", "--jobs", "1", project=project)
    assert built.returncode == 1, built.stderr
    assert "failed  kills 2023  its process ended (SIGKILL)" in built.stdout
    assert re.match(r"3 built, 1 failed in ", last_line(built.stdout))
    assert (project / "tried").read_text() == "xx"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", ["at the start", "in the middle", "while notebooks run that never end"])
def test_a_build_that_is_asked_to_end_does_so_at_once_and_leaves_nothing_half_done(
    number: int, moment: str, slow: Path, undisturbed: tuple[Path, dict[str, object]]
) -> None:
    if moment == "while notebooks run that never end":
        write_notebook(slow / "notebooks" / "annual_report.ipynb", ENDLESS)
    # At the start it is this start that counts.
    with started("build", "--jobs", "2", project=slow, warm=moment != "at the start") as running:
        match moment:
            case "at the start":
                until(lambda: len(family(running.pid)) > 1, "the fork server is started")
            case "in the middle":
                until(lambda: stamps(slow) > 2, "some reports are built")
            case _:
                until(lambda: len(list(slow.glob("begun-*"))) == 2, "two notebooks run")
        processes = family(running.pid)
        # Ctrl-C in a terminal reaches all processes; a request to end comes to the first alone.
        (os.killpg if number == signal.SIGINT else os.kill)(running.pid, number)
        out, err = running.communicate(timeout=PATIENCE)
        assert running.returncode == 130, out + err
        until(partial(all_ended, processes), "no process is left")
    assert "Traceback" not in out + err
    assert "interrupted; what was built stays" in err
    assert re.search(r"\d+ built, 0 failed, \d+ left in ", last_line(out))
    well_formed(slow / "output")
    if moment == "in the middle" and number == signal.SIGINT:
        completes(slow, undisturbed)


def test_a_build_that_is_killed_alone_takes_its_processes_with_it(slow: Path) -> None:
    write_notebook(slow / "notebooks" / "annual_report.ipynb", ENDLESS)
    with started("build", "--jobs", "2", project=slow) as running:
        until(lambda: len(list(slow.glob("begun-*"))) == 2, "two notebooks run")
        processes = family(running.pid)
        running.kill()
        running.wait()
        until(partial(all_ended, processes), "no process is left")
    well_formed(slow / "output")


def test_killed_with_all_its_processes_again_and_again_it_leaves_nothing_half_done_and_goes_on(
    slow: Path, undisturbed: tuple[Path, dict[str, object]]
) -> None:
    chance = random.Random(4)
    for _ in range(6):
        with started("build", "--jobs", "2", project=slow, stdout=subprocess.DEVNULL) as running:
            before = stamps(slow)
            until(partial(_one_more, slow, before, running), "one more is built")
            time.sleep(chance.random() / 2)
            killed = kill_family(running.pid)
            until(partial(all_ended, killed), "all are dead")
        after = {name: content for name, content in contents(slow / "output").items() if not _is_part(name)}
        well_formed_but_leftovers(slow / "output")
        of_reports = {name: content for name, content in after.items() if "/" in name}
        assert of_reports.items() <= undisturbed[1].items()
    completes(slow, undisturbed)
    well_formed(slow / "output")


def _one_more(project: Path, before: int, running: subprocess.Popen[str] | WarmCommand) -> bool:
    return stamps(project) > before or running.poll() is not None


def _is_part(name: str) -> bool:
    return name.endswith(".part")


def well_formed_but_leftovers(output: Path) -> None:
    """A file that was to replace another may stand beside it under a name that nobody reads."""
    for path in output.rglob(".*.part"):
        path.unlink()
    well_formed(output)


# ------------------------------------------------------ the same, piece by piece


def test_a_process_that_builds_reports_prints_nothing_and_ends_its_server_with_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    pool = report_workers(1, None)
    try:
        pool.submit(print, 60.0, "heard").result()
        worker = psutil.Process(pool.submit(os.getpid, 60.0).result())
        servers = worker.children()
        assert servers
        worker.kill()
        until(partial(all_ended, servers), "its server has ended")
    finally:
        pool.stop()
    assert capfd.readouterr().out == ""


class Failing:
    """Builders that fail, each time with the next of some errors; None is a report that is built."""

    at_once = 1
    ahead = 2

    def __init__(self, *errors: Exception | None) -> None:
        self.errors = list(errors)
        self.submitted = 0

    def submit(self, key: ReportKey) -> Future[Built | Failed]:
        self.submitted += 1
        future: Future[Built | Failed] = Future()
        if error := self.errors.pop(0) if self.errors else None:
            future.set_exception(error)
        else:
            future.set_result(Built(key, "", {}))
        return future

    def news(self) -> list[Note | Workers]:
        return []

    def close(self) -> None:
        pass


def results_of(events: Iterable[Event]) -> list[Built | Failed]:
    return sorted((event for event in events if isinstance(event, Built | Failed)), key=lambda result: result.key)


def test_an_error_of_a_builder_fails_one_report_and_is_kept_in_a_line(tmp_path: Path) -> None:
    keys = [ReportKey("a", 2023), ReportKey("b", 2023), ReportKey("c", 2023)]
    builders = Failing(TaskError("took longer than 5 seconds"), ValueError("two\n  lines"))
    results = results_of(build_reports(builders, keys, FolderOutput(tmp_path)))
    assert [str(result) for result in results if isinstance(result, Failed)] == [
        "took longer than 5 seconds",
        "ValueError: two lines",
    ]
    assert isinstance(results[2], Built)
    kept = json.loads((tmp_path / "2023" / "b" / "failure.json").read_text())
    assert kept["message"] == "ValueError: two lines"


def test_where_no_process_starts_it_is_said_once_and_not_for_each_report(tmp_path: Path) -> None:
    keys = [ReportKey(agency, 2023) for agency in "abcd"]
    builders = Failing(None, *[UnstartedError("no worker process could be started")] * 3)
    events = build_reports(builders, keys, FolderOutput(tmp_path))
    results: list[Event] = []
    with pytest.raises(BuildersError, match=r"^no worker process could be started$"):
        results.extend(events)
    assert [result.key for result in results_of(results)] == [keys[0]]
    assert not list(tmp_path.rglob("failure.json"))


def test_each_report_is_started_before_anything_becomes_of_it(tmp_path: Path) -> None:
    keys = [ReportKey(agency, 2023) for agency in "abcd"]
    events = list(build_reports(Failing(None, ValueError("示例")), keys, FolderOutput(tmp_path)))
    for key in keys:
        (started, became) = [event for event in events if getattr(event, "key", None) == key]
        assert isinstance(started, Started)
        assert isinstance(became, Built | Failed)


DISK_FULL, OF_ONE_FOLDER = OSError(errno.ENOSPC, "No space left on device"), PermissionError(errno.EACCES, "denied")


def output_error(cause: OSError | None = None) -> OutputError:
    error = OutputError("s3://pages/2023/a/report.html: The specified bucket does not exist")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        output_error(),
        output_error(DISK_FULL),
        DISK_FULL,
        UnfinishedError("its process ended (SIGKILL)"),
        UnfinishedError("no worker process could be started"),
    ],
)
def test_a_cause_that_all_reports_will_meet_ends_the_build_after_a_few(error: Exception, tmp_path: Path) -> None:
    keys = [ReportKey(f"a-{number:03}", 2023) for number in range(100)]
    builders = Failing(*[error] * 100)
    failed: list[Event] = []
    with pytest.raises(BuildersError, match=r"^[5-7] reports in a row failed for the same cause.*build again") as ended:
        failed.extend(build_reports(builders, keys, FolderOutput(tmp_path)))
    assert builders.submitted < 10
    assert in_one_line(error) in str(ended.value)


@pytest.mark.parametrize(
    "errors",
    [
        [output_error(), None] * 10,
        [output_error(OF_ONE_FOLDER)] * 20,
        [TaskError("KeyError: 1")] * 20,
        [ValueError("示例")] * 20,
        [output_error(), UnfinishedError("took longer than 180 seconds")] * 10,
    ],
)
def test_causes_of_single_reports_and_passing_ones_end_no_build(errors: list[Exception | None], tmp_path: Path) -> None:
    keys = [ReportKey(f"a-{number:03}", 2023) for number in range(30)]
    assert len(results_of(build_reports(Failing(*errors), keys, FolderOutput(tmp_path)))) == 30


def test_a_process_of_this_machine_builds_a_report(tmp_path: Path) -> None:
    project = Project(write_small_project(tmp_path / "project", 1))
    builders = LocalBuilders(project, FolderOutput(tmp_path / "out"), Limits(), jobs=1)
    try:
        assert isinstance(builders.submit(ReportKey("good-00", 2023)).result(), Built)
    finally:
        builders.close()
    assert (tmp_path / "out" / "2023" / "good-00" / "build.json").exists()


class Unstartable:
    """A pool that can start processes for so many calls, and then no more."""

    def __init__(self, calls: int) -> None:
        self.calls = calls

    def submit(self, *_: object, **__: object) -> Call[Built | Failed]:
        self.calls -= 1
        if self.calls < 0:
            raise PoolError("no worker process can be started: 示例")
        call: Call[Built | Failed] = Call()
        call.ended = "SIGKILL"
        call.set_result(Built(ReportKey("good-00", 2023), "", {}))
        return call

    def stop(self) -> None:
        pass


def run_with(pool: Unstartable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, list[Event]]:
    monkeypatch.setattr("reportkit.build.batch.report_workers", lambda *_: pool)
    project = Project(write_small_project(tmp_path / "project", 5))
    told: list[Event] = []
    with started_run(
        project, project.reports(), FolderOutput(tmp_path / "out"), Limits(), jobs=1, tell=told.append
    ) as run:
        for _ in run:
            pass
    return run, told


def test_where_no_process_can_be_started_any_more_the_build_ends_with_its_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, told = run_with(Unstartable(4), tmp_path, monkeypatch)
    assert (run.built, run.left) == (3, 2)
    assert run.why_ended == "no worker process can be started: 示例"
    notes = [event.message for event in told if isinstance(event, Note)]
    assert "good-00 2023: its process ended (SIGKILL), so it is tried once more" in notes


def test_where_no_process_can_be_started_at_all_nothing_but_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PoolError, match="示例"):
        run_with(Unstartable(0), tmp_path, monkeypatch)


def test_modules_that_the_notebooks_use_are_imported_once(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    assert modules_often_used(root) == []
    write_notebook(root / "notebooks" / "other.ipynb", "import numpy as np")
    assert modules_often_used(root) == ["numpy"]
    write_notebook(root / "notebooks" / "another.ipynb", "report.frame('applications')")
    assert set(modules_often_used(root)) == {"numpy", "pandas"}
    assert set(modules_often_used(None)) == {"numpy", "pandas"}

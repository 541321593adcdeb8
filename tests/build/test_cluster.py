"""A Dask cluster builds the same as this machine, into any output, even if a worker dies meanwhile."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import distributed
import pytest

import reportkit as package
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
from build.servers import answers, bucket, free_port, program
from processes import PATIENCE, ended, family, kill_family, until
from reportkit.build.batch import BuildersError, build_reports
from reportkit.build.cluster import ClusterBuilders, ClusterError
from reportkit.build.events import Note
from reportkit.build.one_report import Built, Failed, Limits
from reportkit.build.output import FolderOutput, Output, output_at
from reportkit.build.package import package_digest
from reportkit.project.folder import Project
from reportkit.system.bounded import Call, TaskError, UnfinishedError
from warm import WarmCommand

# A worker that is not started anew if it ends, and so in no Python of its own; others are as Dask starts them.
NO_NANNY = "--no-nanny"
SLOW = ("import time\ntime.sleep(0.4)", *GOOD)


class Cluster(NamedTuple):
    """A scheduler that runs, and how to start a worker for it."""

    address: str
    scheduler: subprocess.Popen[bytes] | WarmCommand
    worker: Callable[..., subprocess.Popen[bytes] | WarmCommand]


@contextmanager
def cluster(folder: Path, storage: dict[str, str], workers: int) -> Iterator[Cluster]:
    """A scheduler with workers."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as running:

        def worker(name: str, *options: str, **environment: str) -> subprocess.Popen[bytes] | WarmCommand:
            command = ("dask", "worker", address, "--nthreads", "1", "--no-dashboard", "--name", name, *options)
            place = folder / name
            begun = running.enter_context(program(*command, folder=place, environment={**storage, **environment}))
            until(lambda: "Registered to" in (place / "said.log").read_text(), f"{name} is registered")
            return begun

        command = ("dask", "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        scheduler = running.enter_context(program(*command, folder=folder / "scheduler", environment=storage))
        until(lambda: answers(port), "the scheduler answers")
        for number in range(workers):
            worker(f"worker-{number}", NO_NANNY)
        yield Cluster(address, scheduler, worker)


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory, storage: dict[str, str]) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster"), storage, 2) as running:
        yield running


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A project, with a report that fails among the others, and what is built from it here."""
    root = write_small_project(
        tmp_path_factory.mktemp("local") / "project", 11, {"bad": ("print('做到这里')", "1\n1 / 0")}, cells=SLOW
    )
    write_notebook(root / "notebooks" / "overview.ipynb", "from IPython.display import HTML\nHTML(f'<p>{year}</p>')")
    (root / "notebooks" / "beside.py").write_text("A = 1\n")
    (root / "params" / "2023" / "nobody.yaml").write_text("")
    elsewhere = root.with_name("built")
    assert reportkit("build", "--output", elsewhere, project=root).returncode == 1
    assert "<p>2023</p>" in (elsewhere / "2023" / "index.html").read_text(encoding="utf-8")
    return root, contents(elsewhere)


def in_the_bucket(storage: dict[str, str], prefix: str, folder: Path) -> dict[str, object]:
    """All that lies in the bucket under a prefix, as `contents` has it."""
    for found in bucket(storage).objects.filter(Prefix=f"{prefix}/"):
        path = folder / found.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found.get()["Body"].read())
    return contents(folder / prefix)


def test_what_goes_to_a_bucket_equals_what_is_built_here(
    two_workers: Cluster, storage: dict[str, str], local: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    root, built = local
    arguments = ("build", "--scheduler", two_workers.address, "--output", "s3://pages/there")
    done = reportkit(*arguments, project=root, environment=storage)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert re.match(r"11 built, 2 failed in .*: s3://pages/there/index\.html", last_line(done.stdout))
    assert "failed  bad 2023  notebooks/bad.ipynb, cell 3, line 2: ZeroDivisionError" in done.stdout
    assert "failed  nobody 2023  nobody: no such agency in params/agencies.yaml" in done.stdout
    assert in_the_bucket(storage, "there", tmp_path) == built
    again = reportkit(*arguments, "--dry-run", project=root, environment=storage)
    assert again.stdout.endswith("2 to build, 11 fresh\n")


def test_a_bucket_serves_builds_on_this_machine_too(
    storage: dict[str, str], local: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    root, built = local
    done = reportkit("build", "--output", "s3://pages/here", project=root, environment=storage)
    assert done.returncode == 1, done.stderr
    assert in_the_bucket(storage, "here", tmp_path) == built


def test_what_goes_to_a_folder_of_this_machine_comes_back(
    two_workers: Cluster, storage: dict[str, str], local: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    root, built = local
    arguments = ("build", "--scheduler", two_workers.address, "--output", tmp_path / "back")
    done = reportkit(*arguments, project=root, environment=storage)
    assert done.returncode == 1, done.stderr
    assert contents(tmp_path / "back") == built
    again = reportkit(*arguments, project=root, environment=storage)
    assert re.match(r"0 built, 11 fresh, 2 failed in ", last_line(again.stdout))
    assert contents(tmp_path / "back") == built


def test_a_worker_that_dies_in_the_middle_costs_no_report(
    storage: dict[str, str], local: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    root, built = local
    with cluster(tmp_path / "cluster", storage, 1) as running_cluster:
        victim = running_cluster.worker("victim")
        arguments = ("build", "--scheduler", running_cluster.address, "--output", "s3://pages/survived", "-v")
        with started(*arguments, project=root, environment=storage) as running:
            assert running.stdout is not None
            said = running.stdout.readline()
            until(lambda: len(family(victim.pid)) > 5, "the victim has work")
            kill_family(victim.pid)
            rest, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 1, err
    assert "Traceback" not in err
    assert re.match(r"11 built, 2 failed in ", last_line(said + rest))
    assert in_the_bucket(storage, "survived", tmp_path) == built


def test_a_cluster_build_that_is_interrupted_ends_at_once_and_goes_on(
    two_workers: Cluster, storage: dict[str, str], local: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    root, built = local
    arguments = ("build", "--scheduler", two_workers.address, "--output", tmp_path / "back", "-v")
    with started(*arguments, project=root, environment=storage) as running:
        assert running.stdout is not None
        running.stdout.readline()
        os.killpg(running.pid, signal.SIGINT)
        _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130, err
    assert "Traceback" not in err
    well_formed(tmp_path / "back")
    assert reportkit(*arguments, project=root, environment=storage).returncode == 1
    assert contents(tmp_path / "back") == built


def test_a_scheduler_that_dies_is_said_so(
    storage: dict[str, str], local: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    root, _ = local
    with cluster(tmp_path / "cluster", storage, 1) as (address, scheduler, _):
        arguments = ("build", "--scheduler", address, "--output", tmp_path / "back", "-v")
        with started(*arguments, project=root, environment=storage) as running:
            assert running.stdout is not None
            running.stdout.readline()
            kill_family(scheduler.pid)
            out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 2, err
    assert "Traceback" not in err
    assert re.match(r"\d+ built, \d failed, \d+ left in ", last_line(out))
    # On a busy machine lines before it say how far it is.
    *before, error = err.splitlines()
    assert error.startswith(f"error: {address}: the scheduler is gone, and its workers end with it")
    assert not [line for line in before if not re.match(r"\d+ built, ", line)]
    well_formed(tmp_path / "back")


def test_workers_that_lack_this_reportkit_are_set_aside_and_the_others_build(
    storage: dict[str, str], tmp_path: Path
) -> None:
    root = write_small_project(tmp_path / "project", 24)
    shutil.copytree(Path(package.__file__).parent, tmp_path / "old" / "reportkit")
    (tmp_path / "old" / "reportkit" / "errors.py").open("a").write("\n# another\n")
    (tmp_path / "none" / "reportkit").mkdir(parents=True)
    (tmp_path / "none" / "reportkit" / "__init__.py").write_text("")
    events = tmp_path / "events.jsonl"
    with cluster(tmp_path / "cluster", storage, 0) as (address, _, worker):
        worker("old", NO_NANNY, PYTHONPATH=str(tmp_path / "old"))
        worker("none", NO_NANNY, PYTHONPATH=str(tmp_path / "none"))
        constants = {"reportkit.build.cluster._SECONDS_FOR_ANOTHER": 1.0}
        arguments = ("build", "--scheduler", address)
        waiting = reportkit(*arguments, project=root, environment=storage, constants=constants)
        worker("good", NO_NANNY)
        done = reportkit(*arguments, "--events", events, project=root, environment=storage)
    assert waiting.returncode == 2
    assert "no worker can build: 1 with another version of reportkit" in waiting.stderr
    assert re.match(r"0 built, 0 failed, 24 left in ", last_line(waiting.stdout))
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.match(r"24 built, 0 failed in ", last_line(done.stdout))
    assert done.stderr.count("1 worker is set aside, with another version of reportkit") == 1
    assert done.stderr.count("1 worker is set aside, with no reportkit that runs") == 1
    told = [json.loads(line) for line in events.read_text().splitlines()]
    assert [event["number"] for event in told if event["event"] == "workers"] == [3]
    assert len([event for event in told if event["event"] == "note"]) == 2


def test_without_workers_a_build_says_that_it_waits(storage: dict[str, str], tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    with (
        cluster(tmp_path / "cluster", storage, 0) as (address, _, worker),
        started("build", "--scheduler", address, project=root, environment=storage) as running,
    ):
        assert running.stderr is not None
        assert running.stderr.readline() == "0 workers, waiting\n"
        worker("late", NO_NANNY)
        out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, err
    assert err.startswith("1 worker\n")
    assert re.match(r"1 built, 0 failed in ", last_line(out))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "nonsense://127.0.0.1:1"])
def test_where_no_scheduler_answers_it_is_said_in_a_line(address: str, tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    address = address.format(port=free_port())
    constants = {"reportkit.build.cluster._SECONDS_TO_CONNECT": 1}
    done = reportkit("build", "--scheduler", address, project=root, constants=constants)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {address}: no Dask scheduler answers there")
    assert len(done.stderr.splitlines()) == 1


def test_what_is_no_address_of_a_scheduler_is_told_how_one_is_written(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    done = reportkit("build", "--scheduler", "nonsense", project=root)
    assert (done.returncode, done.stderr) == (2, "error: --scheduler nonsense: write tcp://HOST:PORT\n")


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_bucket_that_is_not_there_is_said_in_a_line(
    options: tuple[str, ...], storage: dict[str, str], tmp_path: Path
) -> None:
    root = write_small_project(tmp_path / "project", 1)
    done = reportkit("build", "--output", "s3://nobody/x", *options, project=root, environment=storage)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: s3://nobody/x: there is no bucket nobody; make it, or name another\n"


def test_a_browser_shows_what_is_in_a_bucket(storage: dict[str, str], tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1, {"bad": ("1 / 0",)})
    assert reportkit("build", "--output", "s3://pages/typed", project=root, environment=storage).returncode == 1
    found = {item.key: item.Object().content_type for item in bucket(storage).objects.filter(Prefix="typed/")}
    types = {key.removeprefix("typed/").partition("reportkit-charts-")[0]: kind for key, kind in found.items()}
    page, data, notebook = "text/html; charset=utf-8", "application/json", "application/x-ipynb+json"
    assert types == {
        "index.html": page,
        "list.html": page,
        "help.html": page,
        "missing.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "assets/": "text/javascript; charset=utf-8",
        "2023/good-00/report.html": page,
        "2023/good-00/review.html": page,
        "2023/good-00/report.ipynb": notebook,
        "2023/good-00/figures.json": data,
        "2023/good-00/findings.json": data,
        "2023/good-00/build.json": data,
        "2023/bad/failure.json": data,
        "2023/bad/report.failed.ipynb": notebook,
    }


def test_without_dask_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'reportkit\[cluster\]'"):
        ClusterBuilders(Project(tmp_path), FolderOutput(tmp_path), Limits(), "tcp://127.0.0.1:1")


# ------------------------------------------------- the same within this process


class Here:
    """Stands for Dask: a client, its executor, and a worker's processes, all in this process."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def nthreads(self, **_: object) -> dict[str, int]:
        return {"here": 1}

    def get_executor(self, **_: object) -> Here:
        return self

    def close(self, **_: object) -> None:
        pass

    def submit(self, function: Callable[..., object], *arguments: object, **options: object) -> Future[object]:
        if self.error is not None:
            raise self.error
        if isinstance(arguments[0], float):  # a timeout, as WorkerPool.submit takes it
            arguments = arguments[1:]
        done: Call[object] = Call()
        done.set_result(function(*arguments, **options))
        return done


@pytest.fixture
def small(tmp_path: Path) -> Project:
    return Project(write_small_project(tmp_path / "project", 2, {"bad": ("1 / 0",)}))


def built_by(
    project: Project, output: Output, monkeypatch: pytest.MonkeyPatch, client: Here, processes: Here
) -> dict[str, Built | Failed]:
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: client)
    monkeypatch.setattr("reportkit.build.cluster._processes", lambda: processes)
    builders = ClusterBuilders(project, output, Limits(), "tcp://127.0.0.1:1")
    events = build_reports(builders, project.reports(), output)
    return {event.key.agency: event for event in events if isinstance(event, Built | Failed)}


@pytest.mark.parametrize("url", ["{folder}", "plain://{folder}"])
def test_what_a_worker_writes_comes_to_the_output(
    url: str, small: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = output_at(url.format(folder=tmp_path / "back"))
    results = built_by(small, output, monkeypatch, Here(), Here())
    assert {agency: type(result) for agency, result in results.items()} == {
        "good-00": Built,
        "good-01": Built,
        "bad": Failed,
    }
    sizes = output.sizes(["2023/good-00", "2023/bad", "assets"])
    assert set(sizes["2023/good-00"]) > {"build.json", "report.html"}
    assert set(sizes["2023/bad"]) == {"failure.json", "report.failed.ipynb"}
    assert sizes["assets"]


def test_a_process_that_ends_on_a_worker_fails_its_report(
    small: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = FolderOutput(tmp_path / "back")
    killed = TaskError("its process ended (SIGKILL)")
    results = built_by(small, output, monkeypatch, Here(), Here(killed))
    assert {str(result) for result in results.values()} == {"its process ended (SIGKILL)"}
    assert set(output.sizes(["2023/good-00"])["2023/good-00"]) == {"failure.json"}


class Fleet:
    """Stands for Dask with several workers, the first of which takes all that it may; and for their processes."""

    def __init__(self, *workers: str, old: str = "", errors: dict[str, Exception] | None = None) -> None:
        self.workers, self.old, self.errors = workers, old, errors or {}
        self.endings: dict[str, str] = {}  # of the processes in which reports are built first, by worker
        self.at = ""
        self.given: Counter[str] = Counter()

    def nthreads(self, **_: object) -> dict[str, int]:
        return dict.fromkeys(self.workers, 1)

    def get_executor(self, *, workers: Sequence[str] = (), **_: object) -> FleetExecutor:
        return FleetExecutor(self, workers or self.workers)

    def close(self, **_: object) -> None:
        pass

    def digest(self) -> str:
        return "another" if self.at and self.at == self.old else package_digest()

    def submit(
        self, function: Callable[..., object], _timeout: float, *arguments: object, **options: object
    ) -> Future[object]:
        """What a worker's processes do."""
        done: Call[object] = Call()
        done.ended = self.endings.get(self.at, "")
        if error := self.errors.get(self.at):
            done.set_exception(error)
        else:
            done.set_result(function(*arguments, **options))
        return done


class FleetExecutor(NamedTuple):
    fleet: Fleet
    workers: Sequence[str]

    def submit(self, function: Callable[..., object], *arguments: object, **options: object) -> Future[object]:
        done: Future[object] = Future()
        if function is eval:
            done.set_result(package_digest())
            return done
        self.fleet.at = next(worker for worker in self.fleet.workers if worker in self.workers)
        self.fleet.given[self.fleet.at] += 1
        done.set_result(function(*arguments, **options))
        self.fleet.at = ""
        return done


def built_by_fleet(
    project: Project, output: Output, monkeypatch: pytest.MonkeyPatch, fleet: Fleet
) -> tuple[dict[str, Built | Failed], list[str]]:
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: fleet)
    monkeypatch.setattr("reportkit.build.cluster._processes", lambda: fleet)
    monkeypatch.setattr("reportkit.build.cluster._own_address", lambda: fleet.at)
    monkeypatch.setattr("reportkit.build.cluster.package_digest", fleet.digest)
    monkeypatch.setattr("reportkit.build.cluster._SECONDS_BETWEEN_LOOKS", 0.0)
    builders = ClusterBuilders(project, output, Limits(), "tcp://127.0.0.1:1")
    events = list(build_reports(builders, project.reports(), output))
    results = {event.key.agency: event for event in events if isinstance(event, Built | Failed)}
    return results, [event.message for event in events if isinstance(event, Note)]


@pytest.fixture
def six(tmp_path: Path) -> Project:
    return Project(write_small_project(tmp_path / "project", 6))


def test_a_worker_that_turns_out_to_be_of_another_version_is_given_no_more(
    six: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = Fleet("a", "b", old="a")
    results, notes = built_by_fleet(six, FolderOutput(tmp_path / "back"), monkeypatch, fleet)
    assert {type(result) for result in results.values()} == {Built}
    assert fleet.given == {"a": 1, "b": 6}
    assert len(notes) == 1
    assert notes[0].startswith("1 worker is set aside, with another version of reportkit")


@pytest.mark.parametrize(
    "error", [UnfinishedError("its process ended (SIGKILL)"), OSError(28, "No space left on device")]
)
def test_a_worker_on_which_all_fails_that_others_build_is_set_aside(
    error: Exception, six: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = Fleet("a", "b", errors={"a": error})
    results, notes = built_by_fleet(six, FolderOutput(tmp_path / "back"), monkeypatch, fleet)
    assert {type(result) for result in results.values()} == {Built}
    assert fleet.given == {"a": 3, "b": 6}
    assert len(notes) == 1
    assert notes[0].startswith("1 worker is set aside, with 3 failures in a row")


def test_that_a_report_is_tried_once_more_on_a_worker_is_told(
    small: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = Fleet("a")
    fleet.endings["a"] = "SIGKILL"
    _, notes = built_by_fleet(small, FolderOutput(tmp_path / "back"), monkeypatch, fleet)
    assert "good-00 2023: its process ended (SIGKILL), so it is tried once more" in notes


def test_what_fails_on_every_worker_ends_the_build(
    six: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = OSError(28, "No space left on device")
    fleet = Fleet("a", "b", "c", errors=dict.fromkeys("abc", error))
    with pytest.raises(BuildersError, match=r"reports in a row failed for the same cause.*No space left"):
        built_by_fleet(six, FolderOutput(tmp_path / "back"), monkeypatch, fleet)


def test_without_a_scheduler_no_report_can_be_sent(
    small: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BuildersError, match="the scheduler is gone"):
        built_by(small, FolderOutput(tmp_path / "back"), monkeypatch, Here(RuntimeError("closed")), Here())


def test_what_cannot_be_written_here_fails_its_report(
    small: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "back").write_text("")
    results = built_by(small, FolderOutput(tmp_path / "back"), monkeypatch, Here(), Here())
    assert all(isinstance(result, Failed) and "back/" in str(result) for result in results.values())


def test_a_worker_that_has_built_ends_when_it_is_asked_to(
    storage: dict[str, str], small: Project, tmp_path: Path
) -> None:
    with cluster(tmp_path / "cluster", storage, 0) as (address, _, worker):
        asked = worker("asked")
        assert "2 built" in reportkit("build", "--scheduler", address, project=small.root).stdout
        processes = family(asked.pid)
        asked.terminate()
        asked.wait(60)
        until(lambda: all(map(ended, processes)), "no process is left", 20)
        assert "still alive" not in (tmp_path / "cluster" / "asked" / "said.log").read_text()

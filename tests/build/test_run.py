"""A whole build counts what became of its reports, and begins only if it can write them."""

from __future__ import annotations

import re
import signal
from concurrent.futures import Future
from pathlib import Path

import psutil
import pytest

from build.projects import last_line, started, write_small_project
from build.servers import storage_server
from datasets import build
from processes import PATIENCE, family, until
from reportkit.analyst.data import sql
from reportkit.build.events import Event, Note, Workers
from reportkit.build.one_report import Built, Failed, Limits
from reportkit.build.output import FolderOutput
from reportkit.build.plan import Step
from reportkit.build.run import Run, started_run
from reportkit.build.wishes import Wishes
from reportkit.project.folder import Project, ReportKey
from reportkit.publish import formats

A, B, C = (ReportKey(agency, 2023) for agency in ("a", "b", "c"))


def test_a_run_counts_and_keeps_failures_in_the_order_of_their_reports() -> None:
    last, first = Failed(C, "后"), Failed(A, "先", "notebooks/a.ipynb", 2, cause="notebook")
    built = Built(B, "示例局", {"error": 2, "info": 1}, {"notebook": 0.5}, withheld=True)
    fresh = [Step(ReportKey("b", 2022), "", {"error": 1, "warning": 4}, withheld=True), Step(C, "")]
    results: list[Built | Failed] = [last, built, first]
    run = Run(results, left=4, fresh=fresh)
    assert [result.key for result in run] == [C, B, A]
    assert (run.built, run.left, run.fresh, run.failed) == (1, 1, 2, [first, last])
    ended = run.ended()
    assert (ended.findings, ended.withheld) == ({"error": 3, "warning": 4, "info": 1}, 2)
    told = run.as_json()
    assert told.pop("seconds") >= 0
    assert told == {
        "built": 1,
        "fresh": 2,
        "overviews": [],
        "unavailable": [],
        "failed": [
            {
                "agency": "a",
                "year": 2023,
                "notebook": "notebooks/a.ipynb",
                "cell": 2,
                "line": None,
                "message": "先",
                "cause": "notebook",
            },
            {
                "agency": "c",
                "year": 2023,
                "notebook": None,
                "cell": None,
                "line": None,
                "message": "后",
                "cause": "report",
            },
        ],
        "left": 1,
        "findings": {"error": 3, "warning": 4, "info": 1},
        "reports_with_findings": {"error": 2, "warning": 1, "info": 1},
        "withheld": [{"agency": "b", "year": 2022}, {"agency": "b", "year": 2023}],
        "stages": {"notebook": 0.5},
        "ended": None,
        "index": "",
    }


def test_an_interrupted_run_renews_the_index(tmp_path: Path) -> None:
    project = Project(write_small_project(tmp_path / "project", 1))
    with started_run(project, project.reports(), FolderOutput(project.output), Limits()) as run:
        raise KeyboardInterrupt
    assert run.interrupted
    assert (run.built, run.left) == (0, 1)
    assert Path(run.index).exists()


def test_a_library_that_is_not_installed_is_named_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(write_small_project(tmp_path / "project", 1))
    tool = formats.Tool("no_such_module", "no-such-package")
    added = formats.Format("word", "report.docx", "application/msword", lambda _: b"", (tool,))
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))
    with (
        pytest.raises(formats.MissingToolError, match=r"report\.docx needs no_such_module"),
        started_run(project, project.reports(), FolderOutput(project.output), Limits()),
    ):
        raise AssertionError
    assert not project.output.exists()


def test_ctrl_c_while_the_bucket_does_not_answer_ends_with_the_summary(tmp_path: Path) -> None:
    endless = "import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(1000)"
    root = write_small_project(tmp_path / "project", 1, cells=(endless,))
    with storage_server(tmp_path / "s3") as environment:
        port = environment["AWS_ENDPOINT_URL"].rpartition(":")[2]
        (server,) = [child for child in psutil.Process().children() if port in child.cmdline()]
        constants = {"reportkit.build.run._SECONDS_FOR_THE_INDEX": 1.0}
        arguments = ("build", "--output", "s3://pages/x")
        with started(*arguments, project=root, environment=environment, constants=constants) as running:
            until((root / "begun").exists, "the notebook runs")
            server.suspend()
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=PATIENCE)
        server.resume()
    assert running.returncode == 130, err
    assert re.match(r"0 built, 0 failed, 1 left in .*: the index could not be renewed", last_line(out))
    assert err == "interrupted; what was built stays, and the next build goes on from here\n"


def test_ctrl_c_before_the_first_report_says_that_nothing_was_built(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 1)
    with storage_server(tmp_path / "s3") as environment:
        port = environment["AWS_ENDPOINT_URL"].rpartition(":")[2]
        (server,) = [child for child in psutil.Process().children() if port in child.cmdline()]
        server.suspend()
        with started("build", "--output", "s3://pages/x", project=root, environment=environment) as running:
            until(lambda: any(is_connected(process, int(port)) for process in family(running.pid)), "it asks")
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=PATIENCE)
        server.resume()
    assert (running.returncode, out) == (130, "")
    assert err == "interrupted before the first report: nothing was built\n"


def is_connected(process: psutil.Process, port: int) -> bool:
    return any(link.raddr and link.raddr.port == port for link in process.net_connections())


# ------------------------------------------------------------------ the data of all reports


class InThisProcess:
    """Builds reports without running their notebooks."""

    at_once = ahead = 1

    def __init__(self, project: Project, output: FolderOutput) -> None:
        self._project, self._output = project, output

    def submit(self, key: ReportKey) -> Future[Built | Failed]:
        done: Future[Built | Failed] = Future()
        build(
            [self._project.open_report(*key)], self._output, mark=str(self._project.parameter_file(key).stat().st_size)
        )
        done.set_result(Built(key, "示例局", {}))
        return done

    def news(self) -> list[Note | Workers]:
        return []

    def close(self) -> None:
        pass


def run_through(project: Project, *asked: str, keys: list[ReportKey] | None = None) -> list[str]:
    """Build reports; what is noted of it."""
    told: list[Event] = []
    output, wishes = FolderOutput(project.output), Wishes(frozenset(asked))
    keys = project.reports() if keys is None else keys
    with started_run(project, keys, output, Limits(), wishes=wishes, tell=told.append) as run:
        assert all(isinstance(result, Built) for result in run)
    assert run.why_ended == ""
    return [str(event.message) for event in told if isinstance(event, Note)]


def received(project: Project) -> dict[str, int]:
    frame = sql(
        "SELECT agency, sum(value) AS n FROM figures WHERE role = 'received' AND total GROUP BY agency",
        project=project.root,
    )
    return dict(zip(frame["agency"], frame["n"], strict=True))


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = Project(write_small_project(tmp_path, 3))
    monkeypatch.setattr(
        "reportkit.build.run._builders", lambda *_: InThisProcess(project, FolderOutput(project.output))
    )
    return project


def test_the_data_of_all_reports_are_written_where_asked_for_and_kept_up_to_date(three: Project) -> None:
    run_through(three)
    assert not (three.output / "data").exists()
    assert run_through(three, "data") == []
    assert received(three) == {"good-00": 2, "good-01": 2, "good-02": 2}
    three.parameter_file(ReportKey("good-01", 2023)).write_text("applications: {received: {company: 40}}\n")
    run_through(three)
    assert received(three) == {"good-00": 2, "good-01": 40, "good-02": 2}
    three.parameter_file(ReportKey("good-02", 2023)).unlink()
    run_through(three)
    assert received(three) == {"good-00": 2, "good-01": 40}


def test_reports_that_are_not_among_the_data_are_counted(three: Project) -> None:
    (noted,) = run_through(three, "data", keys=[ReportKey("good-00", 2023)])
    assert noted.startswith("2 reports of the project are not in ")


def test_without_duckdb_a_note_says_how_the_data_are_renewed(three: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    run_through(three, "data")
    monkeypatch.setattr("reportkit.publish.formats.find_spec", lambda module: None if module == "duckdb" else ...)
    assert run_through(three) == ["figures.csv needs duckdb: pip install 'reportkit[data]'"]

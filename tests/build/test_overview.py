"""The overview of a year is made after the reports, only where it would be other than it is, and fails alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import fsspec
import pytest

from build.projects import contents, reportkit, write_notebook, write_small_project
from reportkit.build import overview as overviews
from reportkit.build.index import write_index
from reportkit.build.last_run import FAILURE, STAMP
from reportkit.build.one_report import Limits
from reportkit.build.output import FolderOutput, Output, output_at
from reportkit.build.overview import OverviewMade, write_overviews
from reportkit.project.folder import Project
from reportkit.system.bounded import UnfinishedError, UnstartedError

TELLS = ("from pathlib import Path\nprint(len(Path(figures).read_text()))",)


def write_overview(root: Path, *sources: str) -> None:
    write_notebook(root / "notebooks" / "overview.ipynb", *sources)


class Workers:
    """Stands for the processes: a page of the figures, at once; or an error."""

    def __init__(self, *answers: bytes | str | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []

    def submit(self, _function: Any, _timeout: float, *arguments: Any) -> Future[Any]:
        _root, _limits, year, figures, links = arguments
        self.asked.append(year)
        future: Future[Any] = Future()
        page = b"<html>%d %s</html>\n" % (len(figures), repr(links).encode())
        answer = self.answers.pop(0) if self.answers else page
        future.set_exception(answer) if isinstance(answer, Exception) else future.set_result(answer)
        return future


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two agencies that report for two years, and one that has not."""
    root = write_small_project(tmp_path / "project", 3, year=2022)
    write_overview(root)
    (root / "params" / "2022" / "good-02.yaml").unlink()
    shutil.copytree(root / "params" / "2022", root / "params" / "2023")
    return Project(root)


@pytest.fixture(params=["folder", "bucket"])
def output(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Output]:
    if request.param == "folder":
        yield FolderOutput(tmp_path / "output")
        return
    yield output_at("gs://overviews/pages")
    fsspec.filesystem("gs").rm("overviews", recursive=True)


def leave(output: Output, year: int, agency: str, received: int = 3, **stamp: object) -> None:
    """What a report that was built leaves."""
    told = {"name": agency, "counts": {}, "sources": {}, "files": {}, "overview": {"received": received}, **stamp}
    output.write(f"{year}/{agency}/{STAMP}", json.dumps(told).encode())


def written(
    project: Project, output: Output, workers: Workers, years: tuple[int, ...] = (2022, 2023), *, changed: bool = True
) -> list[OverviewMade]:
    return list(write_overviews(project, output, Limits(), workers, years, changed=changed))  # type: ignore[arg-type]


def figures_of(output: Output, year: int) -> Any:
    name = f"{year}/overview.json"
    return json.loads(output.read([name])[name])


def test_a_year_is_counted_from_what_its_reports_left(project: Project, output: Output) -> None:
    leave(output, 2022, "good-00", 5, rules={"T4-SUM": 2, "X": 1}, counts={"error": 2})
    leave(output, 2022, "good-01", 7, rules={"T4-SUM": 1})
    leave(output, 2023, "good-00", 1)
    output.write(f"2023/good-01/{FAILURE}", b"{}")
    assert written(project, output, Workers()) == [OverviewMade(2022), OverviewMade(2023)]
    told = figures_of(output, 2022)
    assert [(body["id"], body["state"], body.get("errors")) for body in told["bodies"]] == [
        ("good-00", "built", 2),
        ("good-01", "built", None),
        ("good-02", "missing", None),
    ]
    assert [(rule["id"], rule["reports"], rule["findings"], rule["severity"]) for rule in told["rules"]] == [
        ("T4-SUM", 2, 3, "错误"),
        ("X", 1, 1, ""),
    ]
    told = figures_of(output, 2023)
    assert [body["state"] for body in told["bodies"]] == ["built", "failed", "missing"]
    assert told["history"] == {"2022": {"received": 12}, "2023": {"received": 1}}
    assert [body.get("before") for body in told["bodies"]] == [{"received": 5}, {"received": 7}, None]
    assert "../2022/index.html" in output.read(["2023/index.html"])["2023/index.html"].decode()


def test_a_page_is_made_again_only_where_something_in_it_has_changed(project: Project, output: Output) -> None:
    for year in (2022, 2023):
        leave(output, year, "good-00")
    assert written(project, output, Workers()) == [OverviewMade(2022), OverviewMade(2023)]
    assert written(project, output, Workers()) == []
    assert written(project, output, Workers(), changed=False) == []
    leave(output, 2023, "good-00", 4)
    assert written(project, output, Workers()) == [OverviewMade(2023)]
    leave(output, 2022, "good-00", 4)  # last year's figures stand in this year's overview
    assert written(project, output, Workers()) == [OverviewMade(2022), OverviewMade(2023)]
    output.remove(["2022/index.html"])
    assert written(project, output, Workers(), changed=False) == [OverviewMade(2022)]
    output.remove(["2022/overview.json"])
    assert written(project, output, Workers(), changed=False) == []
    assert figures_of(output, 2022)["year"] == 2022
    write_overview(project.root, "1")
    assert written(project, output, Workers(), changed=False) == [OverviewMade(2022), OverviewMade(2023)]


def test_a_build_that_was_cut_short_is_noticed_by_the_next_one(project: Project, output: Output) -> None:
    leave(output, 2023, "good-00")
    written(project, output, Workers())
    overviews.remove_figures(output, [2023])
    leave(output, 2023, "good-00", 4)
    assert written(project, output, Workers(), changed=False) == [OverviewMade(2023)]


def test_a_year_without_a_report_has_no_overview(project: Project, output: Output) -> None:
    leave(output, 2023, "good-00")
    assert written(project, output, Workers()) == [OverviewMade(2023)]
    assert overviews.years_shown(output, [2022, 2023]) == [2023]


def test_an_overview_that_cannot_be_made_keeps_its_page_and_the_others_are_made(
    project: Project, output: Output
) -> None:
    for year in (2022, 2023):
        leave(output, year, "good-00")
    written(project, output, Workers(b"<p>before</p></html>", b"<p>before</p></html>"))
    for year in (2022, 2023):
        leave(output, year, "good-00", 4)
    made = written(project, output, Workers("示例错误", UnfinishedError("took longer than 1 second")))
    assert [(one.year, str(one.failed)) for one in made] == [
        (2022, "示例错误"),
        (2023, "notebooks/overview.ipynb: took longer than 1 second"),
    ]
    assert b"before" in output.read(["2023/index.html"])["2023/index.html"]
    assert [one.failed for one in written(project, output, Workers(), changed=False)] == ["", ""]


def test_last_year_is_known_from_what_a_report_has_read_though_it_was_not_built(
    project: Project, output: Output
) -> None:
    leave(output, 2023, "good-00", 4, overview_before={"received": 3})
    leave(output, 2023, "good-01", 2)
    written(project, output, Workers())
    told = figures_of(output, 2023)
    assert told["history"] == {"2022": {"received": 3}, "2023": {"received": 6}}
    assert [body.get("before") for body in told["bodies"]] == [{"received": 3}, None, None]


def test_where_no_process_can_be_started_no_other_overview_is_tried(project: Project, output: Output) -> None:
    for year in (2022, 2023):
        leave(output, year, "good-00")
    workers = Workers(UnstartedError("no worker process could be started"))
    made = written(project, output, workers)
    assert (len(made), workers.asked) == (1, [2022])
    assert str(made[0].failed) == "notebooks/overview.ipynb: no worker process could be started"


def test_the_index_links_the_years_that_have_an_overview(project: Project, tmp_path: Path) -> None:
    output = FolderOutput(tmp_path / "output")
    leave(output, 2023, "good-00")
    page = Path(write_index(project, output, [2023])).read_text(encoding="utf-8")
    assert '<a href="2023/index.html">2023年度概览</a>' in page
    assert "2022年度概览" not in page


# --------------------------------------------------------------------- built whole


def test_a_build_ends_with_the_overview_and_says_so_and_says_why_it_cannot_be_made(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "project", 2)
    write_overview(root, *TELLS, "raise ValueError('示例错误')")
    failed = reportkit("build", "--format", "json", project=root)
    assert failed.returncode == 1
    told = json.loads(failed.stdout)
    why = "notebooks/overview.ipynb, cell 3, line 1: ValueError: 示例错误"
    assert (told["built"], told["failed"], told["overviews"]) == (2, [], [{"year": 2023, "failed": why}])
    assert f"failed  the overview of 2023: {why}; the reports are not affected" in failed.stderr
    assert not (root / "output" / "2023" / "index.html").exists()
    write_overview(root, *TELLS)
    mended = reportkit("build", project=root)
    assert mended.returncode == 0
    assert "built   the overview of 2023" in mended.stderr
    assert "0 built, 2 fresh" in mended.stdout
    before = contents(root / "output")
    assert b"2023/index.html" in before["index.html"]
    again = reportkit("build", project=root)
    assert (again.returncode, again.stderr) == (0, "")
    assert contents(root / "output") == before

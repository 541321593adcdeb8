"""A demo project with open data, as a build with the format data leaves it, without a notebook being run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from reportkit.build.dataset import write_dataset
from reportkit.build.last_run import STAMP
from reportkit.build.one_report import folder_of
from reportkit.build.output import FolderOutput
from reportkit.checks import check
from reportkit.checks.claims import stated
from reportkit.demo.project import make_city
from reportkit.project.folder import Project, ReportKey
from reportkit.publish.data import as_csv, as_json, figure_rows
from reportkit.report import AnnualReport
from reportkit.system.errors import InputError


def make_city_with_data(folder: Path) -> Path:
    """Make a demo project with reports of both editions and errors in some, and the data of all that can be read."""
    make_city(folder, agencies=8, years=range(2020, 2022), faults=4)
    project, output = Project(folder), FolderOutput(folder / "output")
    build(readable(project), output)
    write_dataset(project, output)
    return folder


def readable(project: Project) -> Iterator[AnnualReport]:
    """The reports that can be built: the demo's errors make one or the other unreadable."""
    for key in project.reports():
        with suppress(InputError):
            yield project.open_report(*key)


def build(reports: Iterable[AnnualReport], output: FolderOutput, mark: str = "") -> None:
    """Leave in the output what a build with the format leaves of reports; `mark` is what they were made from."""
    for report in reports:
        folder = folder_of(ReportKey(report.agency.id, report.year))
        files = {
            "figures.csv": as_csv(figure_rows(report)),
            "findings.json": as_json([finding.as_json() for finding in check(report)]),
            "claims.json": as_json([each.claim.as_json(each.holds) for each in stated(report)]),
        }
        for name, content in files.items():
            output.write(f"{folder}/{name}", content)
        sizes = {name: len(content) for name, content in files.items()}
        stamp = {"name": report.agency.name, "counts": {}, "sources": {"mark": mark}, "files": sizes}
        output.write(f"{folder}/{STAMP}", as_json(stamp))

"""What the data of all reports together cost a build that is asked for them.

Run it with ``python bench/dataset.py [REPORTS…]``. What one report of a made-up city hands in is left for so many
reports, as builds leave it; then the data are written for the first time, with nothing new, and with one report
changed.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from reportkit.build.dataset import DATASET, write_dataset
from reportkit.build.last_run import STAMP
from reportkit.build.one_report import folder_of
from reportkit.build.output import FolderOutput
from reportkit.checks import check
from reportkit.checks.claims import stated
from reportkit.demo.project import make_city
from reportkit.project.folder import Project, ReportKey
from reportkit.publish.data import as_csv, as_json, figure_rows
from reportkit.report import AnnualReport

REPORTS = (100, 2000)
YEARS = range(2021, 2026)
BODIES = 8
# Stands for the agency that hands in.
MARK = "{agency}"


def main() -> None:
    """Write the data of so many reports, and print a table of seconds of CPU and of sizes."""
    print(f"{'reports':>8}{'first':>9}{'no-op':>9}{'one':>9}{'MB':>8}{'peak MB':>9}")
    for number in map(int, sys.argv[1:] or REPORTS):
        with tempfile.TemporaryDirectory() as folder:
            print(row(Path(folder) / "city", number))


def row(root: Path, number: int) -> str:
    """What so many reports cost."""
    make_city(root, agencies=BODIES, years=YEARS)
    project, output = Project(root), FolderOutput(root / "output")
    handed_in = {key: files_of(project.open_report(*key)) for key in project.reports()}
    for key in handed_in:
        project.parameter_file(key).unlink()
    for at in range(number):
        original = list(handed_in)[at % len(handed_in)]
        key = ReportKey(f"{original.agency}-{at // len(handed_in):05}", original.year)
        project.parameter_file(key).touch()
        leave(handed_in[original], key, output)
    first, nothing = timed(project, output), timed(project, output)
    leave(next(iter(handed_in.values())), project.reports()[-1], output, "changed")
    one = timed(project, output)
    size = sum(file.stat().st_size for file in (output.folder / DATASET).iterdir()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{number:>8,}{first:>9.2f}{nothing:>9.2f}{one:>9.2f}{size:>8.2f}{peak:>9.0f}"


def files_of(report: AnnualReport) -> dict[str, bytes]:
    """What a report hands in, with a mark where its agency is named."""
    figures = as_csv({**row, "agency": MARK} for row in figure_rows(report))
    findings = [finding.as_json() for finding in check(report)]
    claims = [each.claim.as_json(each.holds) for each in stated(report)]
    return {"figures.csv": figures, "findings.json": as_json(findings), "claims.json": as_json(claims)}


def leave(files: Mapping[str, bytes], key: ReportKey, output: FolderOutput, source: str = "") -> None:
    """Leave what a build leaves of a report that hands in such files."""
    files = {name: content.replace(MARK.encode(), key.agency.encode()) for name, content in files.items()}
    sizes = {name: len(content) for name, content in files.items()}
    stamp = {"name": key.agency, "counts": {}, "sources": {"source": source}, "files": sizes}
    for name, content in {**files, STAMP: as_json(stamp)}.items():
        output.write(f"{folder_of(key)}/{name}", content)


def timed(project: Project, output: FolderOutput) -> float:
    """How many seconds of CPU it takes to bring the data up to date."""
    started = time.process_time()
    write_dataset(project, output)
    return time.process_time() - started


if __name__ == "__main__":
    main()

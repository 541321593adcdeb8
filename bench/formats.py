"""What each format adds to the cost of a report, in a process that is warm, as the workers of a build are.

Run it with ``python bench/formats.py [REPORTS]``. Reports of a made-up city are built once; then each is rendered in
each format from its executed notebook, and the medians of wall time, of CPU time (pandoc's process included) and of
size are printed.
"""

from __future__ import annotations

import contextlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat

from reportkit.checks import check
from reportkit.project.folder import Project
from reportkit.publish import formats
from reportkit.publish.executed import ExecutedReport

REPORTS = 21
FIRST_YEAR, YEAR = 2022, 2024
# What fragment, Word and PDF are made from, which a build makes once for all of them.
ARTICLE = "(article)"


def main() -> None:
    """Build the reports, render them, and print a table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS
    listed = [each for each in formats.FORMATS if each.missing() is None]
    with tempfile.TemporaryDirectory() as folder:
        reports = list(executed(Path(folder) / "city", number))
    for tool in formats.tools([each.name for each in listed]):
        if tool.start:
            tool.start()
    measured(reports[0], listed)  # what is loaded with the first report is no part of the others
    taken = [measured(report, listed) for report in reports]
    print(f"{'format':<14}{'ms':>8}{'CPU ms':>8}{'kB':>8}    median of {len(reports)} reports")
    for name in taken[0]:
        seconds, cpu, size = (statistics.median(values) for values in zip(*(took[name] for took in taken), strict=True))
        print(f"{name:<14}{1000 * seconds:>8.1f}{1000 * cpu:>8.1f}{size / 1000:>8.1f}")


def executed(root: Path, number: int) -> Iterator[ExecutedReport]:
    """Reports of a made-up city, as a worker has them when their notebooks were run."""
    demo = ["demo", root, "--agencies", number, "--years", f"{FIRST_YEAR}-{YEAR}"]
    for command in (demo, ["build", "--project", root, "--year", YEAR]):
        subprocess.run([sys.executable, "-m", "reportkit", *map(str, command)], check=True, capture_output=True)
    project = Project(root)
    for key in project.reports(year=YEAR)[:number]:
        notebook = nbformat.read(project.output_folder(key) / "report.ipynb", as_version=4)
        report = project.open_report(key.agency, key.year)
        yield ExecutedReport(notebook, report, [finding.as_json() for finding in check(report)], "../../assets")


def measured(report: ExecutedReport, listed: list[formats.Format]) -> dict[str, tuple[float, ...]]:
    """For the article and each format: seconds, those of CPU, and bytes."""
    report = replace(report)  # without the article that was made of it before
    formats.format_named("publish").render(report)  # draws the charts, which all formats share
    taken: dict[str, tuple[float, ...]] = {}
    with clock() as passed:
        html = report.article.html()
    taken[ARTICLE] = (*passed, len(html.encode()))
    for each in listed:
        with clock() as passed:
            files = each.files(report)
        taken[each.name] = (*passed, sum(map(len, files.values())))
    return taken


@contextlib.contextmanager
def clock() -> Iterator[list[float]]:
    """How many seconds a block takes, and how many of CPU, in this process and in those that it waits for."""
    passed: list[float] = []
    started, before = time.perf_counter(), cpu_seconds()
    yield passed
    passed += [time.perf_counter() - started, cpu_seconds() - before]


def cpu_seconds() -> float:
    """The CPU time that this process has taken so far, and those that it has waited for."""
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()

"""How many reports a second are built: by reportkit, and by stock papermill and nbconvert in a pool and in a loop.

Run it with ``make bench``, or for another number of reports ``python bench/throughput.py 300``. All three build the
same made-up reports with the same template and exporters, one after the other.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from measuring import Measured, measured
from reportkit.demo import make_city
from reportkit.system.machine import cores

YEARS = range(2019, 2026)
REPORTKIT = [sys.executable, "-m", "reportkit", "build", "--format", "json", "--project"]
STOCK = [sys.executable, str(Path(__file__).with_name("stock.py"))]


def main(reports: int) -> None:
    """Measure, and print a table with the ratio to reportkit, and where reportkit's time goes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "city")
        made = make_city(root, agencies=round(reports / len(YEARS)), years=YEARS)
        print(f"{made.reports} reports on {cores()} cores")
        print(f"{'':24}{'reports/s':>10}{'CPU s/report':>14}{'memory MiB':>12}{'slower by':>11}")
        ours = run(root, [*REPORTKIT, str(root)])
        row("reportkit build", made.reports, ours, ours)
        row("stock, a pool", made.reports, run(root, [*STOCK, str(root), str(cores())]), ours)
        row("stock, a loop", made.reports, run(root, [*STOCK, str(root), "1"]), ours)
        answer = json.loads(ours.output)
        total = sum(answer["stages"].values())
        print("of reportkit's time in a report:")
        for stage, seconds in answer["stages"].items():
            print(f"  {stage:10}{seconds / made.reports * 1000:7.0f} ms{seconds / total:6.0%}")
        spent = total / cores()
        print(f"  of the whole run: {ours.seconds - spent:.1f} s to start, plan and end, of {ours.seconds:.1f} s")


def run(root: Path, command: list[str]) -> Measured:
    """Build all reports of a project from scratch."""
    shutil.rmtree(root / "output", ignore_errors=True)
    done = measured(command)
    if done.status:
        raise SystemExit(f"{command} failed:\n{done.output}")
    return done


def row(name: str, reports: int, done: Measured, ours: Measured) -> None:
    """Print a line of the table."""
    print(
        f"{name:24}{reports / done.seconds:10.2f}{done.cpu / reports:14.3f}{done.memory >> 20:12}"
        f"{done.seconds / ours.seconds:9.1f} x",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 147)

"""What a report costs in a batch of 100, 1,000 and 10,000, and what a build costs when little has changed.

Run it with ``python bench/scale.py``, or for other sizes ``python bench/scale.py 100 1000``. 10,000 reports take
some twenty minutes on 2 cores, so ``make bench`` leaves it out.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from measuring import Measured, measured
from reportkit.demo import make_city
from reportkit.project.folder import Project

YEARS = range(2019, 2026)
REPORTKIT = [sys.executable, "-m", "reportkit", "build", "--format", "json", "--project"]
SIZES = (100, 1_000, 10_000)


def main(sizes: list[int]) -> None:
    """Measure, and print a line for each size."""
    print(
        f"{'reports':>8}{'s':>9}{'ms/report':>11}{'CPU s/report':>14}{'parent MiB':>12}{'worker MiB':>12}"
        f"{'no-op s':>9}{'1 change s':>12}{'rebuilt':>9}"
    )
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            made = make_city(root / "city", agencies=round(size / len(YEARS)), years=YEARS)
            whole, nothing, one = (build(root / "city"), build(root / "city"), change_one(root / "city"))
            print(
                f"{made.reports:8}{whole.seconds:9.1f}{whole.seconds / made.reports * 1000:11.1f}"
                f"{whole.cpu / made.reports:14.3f}{whole.own_memory >> 20:12}{whole.largest >> 20:12}"
                f"{nothing.seconds:9.2f}{one.seconds:12.2f}{json.loads(one.output)['built']:9}",
                flush=True,
            )


def build(root: Path) -> Measured:
    """Build what is out of date."""
    done = measured([*REPORTKIT, root])
    if done.status:
        raise SystemExit(done.output)
    return done


def change_one(root: Path) -> Measured:
    """Change one report of one agency, and build."""
    key = Project(root).reports(year=YEARS[-1])[-1]
    file = Project(root).parameter_file(key)
    file.write_text(file.read_text(encoding="utf-8") + "# 示例\n", encoding="utf-8")
    return build(root)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))

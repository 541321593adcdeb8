"""How fast the command line starts: `reportkit --help` compared with papermill and nbconvert.

Run it with ``make bench``. Each command is run several times, and the median wall time is printed.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 15
PROGRAMS = Path(sys.executable).parent
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "reportkit --help": [str(PROGRAMS / "reportkit"), "--help"],
    "papermill --help": [str(PROGRAMS / "papermill"), "--help"],
    "jupyter nbconvert --help": [str(PROGRAMS / "jupyter"), "nbconvert", "--help"],
}


def seconds(command: list[str]) -> float:
    """The median wall time of a command in seconds, without the first run."""
    times = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def main() -> None:
    """Measure, and print a table with the ratio to reportkit."""
    measured = {name: seconds(command) for name, command in COMMANDS.items()}
    ours = measured["reportkit --help"]
    for name, took in measured.items():
        print(f"{name:28}{took:7.3f} s{took / ours:8.2f} x")


if __name__ == "__main__":
    main()

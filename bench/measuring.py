"""Measuring a command and all processes it starts: wall time, CPU time, and peak memory."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measured", "measured"]

_PR_SET_CHILD_SUBREAPER = 36
_INTERVAL = 0.5  # seconds between two looks at memory


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Parameters
    ----------
    status
        Its exit status.
    output
        What it printed on standard output.
    seconds, cpu
        Wall time, and the CPU time of all its processes.
    memory, own_memory
        The peak memory of all its processes together, and of the first one, in bytes; memory that processes
        share counts once.
    largest
        The peak memory of the largest of its other processes.
    """

    status: int
    output: str
    seconds: float
    cpu: float
    memory: int
    own_memory: int
    largest: int


def measured(command: Sequence[str | Path], folder: Path | None = None) -> Measured:
    """Run a command, and wait until the last process it started has ended."""
    # A process that outlives the command becomes a child of this one, so that its CPU time is counted.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before, started = _cpu(), time.perf_counter()
    with subprocess.Popen(
        list(map(str, command)), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as process:
        memory = _Memory(process.pid)
        output = process.communicate()[0]
        seconds = time.perf_counter() - started
        memory.stop()
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    return Measured(
        process.returncode, output, seconds, _cpu() - before, memory.most, memory.most_own, memory.most_other
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Memory:
    """Watches how much memory a process and its descendants use."""

    def __init__(self, pid: int) -> None:
        self.pid, self.most, self.most_own, self.most_other = pid, 0, 0, 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(_INTERVAL):
            sizes = {pid: _size(pid) for pid in _descendants(os.getpid())}
            own = sizes.pop(self.pid, 0)
            self.most = max(self.most, own + sum(sizes.values()))
            self.most_own = max(self.most_own, own)
            self.most_other = max([self.most_other, *sizes.values()])


def _descendants(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _size(pid: int) -> int:
    """The memory of a process in bytes; memory that processes share is divided among them."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


if not sys.platform.startswith("linux"):
    raise SystemExit("these measurements read /proc: run them on Linux")

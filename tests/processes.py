"""Processes as tests see them: whether they run, what they have started, and waiting for something to happen."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

__all__ = ["PATIENCE", "all_ended", "children", "ended", "family", "kill_family", "runs", "until"]

# How many seconds a test waits for something: the machine may be busy with other things.
PATIENCE = 120


def until(true: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait for something to hold."""
    limit = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < limit, f"still not so after {patience} s: {what}"
        time.sleep(0.02)
    return found


def family(pid: int) -> list[psutil.Process]:
    """A process and all that it and its own have started, as far as they live."""
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_family(pid: int) -> list[psutil.Process]:
    """Kill a process with all that it and its own have started, at once; returns who they were."""
    killed: list[psutil.Process] = []
    while alive := [process for process in family(pid) if not ended(process)]:
        for process in alive:
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        killed += alive
    return killed


def all_ended(processes: list[psutil.Process]) -> bool:
    """Whether none of some processes runs any more."""
    return all(map(ended, processes))


def ended(process: psutil.Process) -> bool:
    """Whether a process has ended; it stays listed until its parent asks for its exit status."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def runs(pid: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children() -> set[int]:
    """The processes that this one has started, zombies among them."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}

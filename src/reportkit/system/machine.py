"""The machine: how many cores there are, how much memory a process may use, whether and how it ended."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["confine_memory", "cores", "ending", "is_running"]

_UNKNOWN_SIZE = 4 << 30  # what a process is taken to use where the system does not say


def cores() -> int:
    """How many cores this process may use.

    Returns
    -------
    int
        At least 1.
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def confine_memory(memory: int) -> None:
    """Limit how much more memory this process may use; beyond that, Python raises MemoryError.

    On systems that have no such limit, such as Windows, this does nothing.

    Parameters
    ----------
    memory
        How many bytes, on top of what the process uses now.
    """
    if sys.platform == "win32":
        return
    import resource

    # On Linux only the process's own data is limited: reserved address space and shared files do no harm.
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    _, highest = resource.getrlimit(kind)
    limit = _data_size() + memory
    with suppress(ValueError, OSError):  # the system does not enforce it
        resource.setrlimit(kind, (limit if highest < 0 else min(limit, highest), highest))


def _data_size() -> int:
    """How many bytes of data this process has."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        return _UNKNOWN_SIZE
    return int(statistics.read_text(encoding="ascii").split()[5]) * os.sysconf("SC_PAGE_SIZE")


def is_running(pid: int) -> bool:
    """Whether a process may be running; on Windows, which is not asked, always True.

    Parameters
    ----------
    pid
        Its process id.

    Returns
    -------
    bool
        False if there is no such process on this machine.
    """
    if sys.platform == "win32":
        return True  # os.kill would end it
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user's
        return True
    return True


def ending(status: int) -> str:
    """Say how a process ended.

    Parameters
    ----------
    status
        Its exit status; negative for a signal.

    Returns
    -------
    str
        The exit status in words, or the name of the signal.

    Examples
    --------
    >>> ending(1), ending(-9)
    ('exit status 1', 'SIGKILL')
    """
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"

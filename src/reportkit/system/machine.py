"""The machine: how many cores there are, how much memory a process may use, whether and how it ended."""

from __future__ import annotations

import math
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from reportkit.system.cgroups import ROOT, cpu_quota, memory_limit
from reportkit.system.language import Message

__all__ = ["allowed", "confine_memory", "cores", "ending", "is_running", "memory"]

_UNKNOWN_SIZE = 4 << 30  # what a process is taken to use where the system does not say


def cores(root: Path = ROOT) -> int:
    """How many cores this process may use, by the system and by its container.

    Parameters
    ----------
    root
        The folder in which /proc and /sys are.

    Returns
    -------
    int
        At least 1; part of a core counts as one.
    """
    number = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cpu_quota(root)
    return number if quota is None else max(1, min(number, math.ceil(quota)))


def memory(root: Path = ROOT) -> int | None:
    """How much memory there is for this process and all others of its container.

    Parameters
    ----------
    root
        The folder in which /proc and /sys are.

    Returns
    -------
    int or None
        Bytes: what the container may use, or what the machine has; None where the system does not say.
    """
    machine = None
    with suppress(AttributeError, ValueError, OSError):
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    sizes = [size for size in (machine, memory_limit(root)) if size is not None and size > 0]
    return min(sizes, default=None)


def allowed(kind: str, wanted: int) -> int | None:
    """Raise a limit of this process and its children (``ulimit``) as far as is wanted, if that is permitted.

    Parameters
    ----------
    kind
        Which limit: ``AS`` for address space, ``DATA`` for a process's own data.
    wanted
        How many bytes.

    Returns
    -------
    int or None
        The limit if it stays below what is wanted; None if there is enough, or if the system does not enforce it.
    """
    if sys.platform != "linux":
        return None
    import resource

    limit = getattr(resource, f"RLIMIT_{kind}")
    soft, hard = resource.getrlimit(limit)
    if not 0 <= soft < wanted:
        return None
    raised = hard if 0 <= hard < wanted else wanted
    with suppress(ValueError, OSError):
        resource.setrlimit(limit, (raised, hard))
        soft = raised
    return soft if soft < wanted else None


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
        return Message("exit status {status}", status=status)
    try:
        return signal.Signals(-status).name
    except ValueError:
        return Message("signal {number}", number=-status)

"""The machine: how many cores there are to use, and how a process ended."""

from __future__ import annotations

import os
import signal

__all__ = ["cores", "ending"]


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ending(status: int) -> str:
    """How a process ended, in words.

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

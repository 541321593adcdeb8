"""How many reports this machine, or this container, can build at once, and how much memory each notebook may take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from reportkit.build.causes import MachineError
from reportkit.build.one_report import Limits
from reportkit.publish.formats import tools
from reportkit.system.cgroups import ROOT
from reportkit.system.language import Message
from reportkit.system.machine import allowed, cores, memory

__all__ = ["Capacity", "MachineError", "capacity", "require_limits"]

_MIB, _GIB = 1 << 20, 1 << 30
# Measured: a build with one worker takes 430 MiB at most, and each further worker 110 to 150, notebooks aside.
_BUILD, _WORKER = 200 * _MIB, 200 * _MIB
# Rather fewer reports are built at once than that a notebook has less than this, if it may have as much.
_NOTEBOOK = 500 * _MIB
# With less than this, a notebook of the demo city does not run to its end.
_LEAST_NOTEBOOK = 100 * _MIB
# What a worker has in data of its own, used or not: it starts with 700 and not with 500.
_DATA = 700 * _MIB


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a build may take of this machine.

    Parameters
    ----------
    jobs
        How many reports to build at once.
    limits
        What each of them may take.
    notes
        What the user is told: what is less than it might be, and why.
    """

    jobs: int
    limits: Limits
    notes: tuple[str, ...] = ()


def require_limits() -> None:
    """Check that a process may have the addresses and the data that drawing charts takes.

    Raises
    ------
    MachineError
        If not; the message says how much is needed.
    """
    needed = max(tool.address_space for tool in tools())
    if (limit := allowed("AS", needed)) is not None:
        raise MachineError(
            Message(
                "ulimit -v allows a process {allowed} of address space, and drawing charts reserves {needed}, "
                "most of it unused: lift the limit (ulimit -v unlimited); --memory-limit limits memory",
                allowed=_words(limit),
                needed=_words(needed),
            )
        )
    if (limit := allowed("DATA", _DATA)) is not None:
        raise MachineError(
            Message(
                "ulimit -d allows a process {allowed} of data, and building needs {needed}; raise the limit",
                allowed=_words(limit),
                needed=_words(_DATA),
            )
        )


def capacity(limits: Limits, jobs: int | None, reports: int, *, root: Path = ROOT) -> Capacity:
    """Say how many reports can be built at once here, and how much memory each notebook may take.

    There is one worker for each core, and fewer where memory would not last. What the workers leave is shared among
    their notebooks, so that a notebook that takes too much fails alone, before the system ends processes.

    Parameters
    ----------
    limits
        What each report may take where there is enough.
    jobs
        How many reports are to be built at once; None for as many as there can be.
    reports
        How many reports there are to build.
    root
        The folder in which /proc and /sys are.

    Returns
    -------
    Capacity
        With notes where less is possible than the cores and the limits would allow.

    Raises
    ------
    MachineError
        If there is too little for one report, or for `jobs`; the message says how much is needed.
    """
    require_limits()
    wanted, available = min(jobs or cores(root), max(1, reports)), memory(root)
    if available is None:
        return Capacity(wanted, limits)
    left = available - _BUILD
    fitting = left // (_WORKER + _LEAST_NOTEBOOK)
    if fitting < 1 or (jobs and wanted > fitting):
        raise _too_little(available, wanted if jobs and fitting else 1, fitting)
    comfortable = left // (_WORKER + min(limits.memory or _NOTEBOOK, _NOTEBOOK))
    number = wanted if jobs else max(1, min(wanted, comfortable))
    share = left // number - _WORKER
    notes = _notes(available, wanted, number, limits.memory, share)
    return Capacity(number, replace(limits, memory=min(limits.memory, share)), tuple(notes))


def _too_little(available: int, jobs: int, fitting: int) -> MachineError:
    needed = _words(_BUILD + jobs * (_WORKER + _LEAST_NOTEBOOK))
    if fitting < 1:
        return MachineError(
            Message(
                "there are {available} of memory here, and building a report needs {needed}",
                available=_words(available),
                needed=needed,
            )
        )
    return MachineError(
        Message(
            "--jobs {jobs} needs {needed} of memory, and there are {available}: --jobs {fitting} fits",
            jobs=jobs,
            needed=needed,
            available=_words(available),
            fitting=fitting,
        )
    )


def _notes(available: int, wanted: int, number: int, limit: int, share: int) -> Iterator[str]:
    """What the user is told, unless it is that a limit that nobody asked for is lower and still ample."""
    if number < wanted:
        yield Message(
            "building {number} at once, and not {wanted}: there are {available} of memory",
            number=number,
            wanted=wanted,
            available=_words(available),
        )
    if limit > share and (share < _NOTEBOOK or limit != Limits().memory):
        yield Message(
            "each notebook may take {share} of memory, and not {limit}: there are {available}, "
            "and {number} run at once",
            share=_words(share),
            limit=_words(limit),
            available=_words(available),
            number=number,
        )


def _words(size: int) -> str:
    """A number of bytes as a person writes it.

    Examples
    --------
    >>> _words(700 << 20), _words(2 << 30), _words(3 << 29)
    ('700 MiB', '2 GiB', '1.5 GiB')
    """
    return f"{size / _GIB:.3g} GiB" if size >= _GIB else f"{size // _MIB} MiB"

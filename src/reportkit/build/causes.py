"""Why a report could not be built: for a reason of its own, or for one that other reports will meet too."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from typing import Literal

from reportkit.build.output import OutputError
from reportkit.system.bounded import PoolError, UnfinishedError
from reportkit.system.errors import InputError
from reportkit.system.language import Message

__all__ = ["SHARED", "Cause", "MachineError", "cause_of"]

Cause = Literal["report", "notebook", "output", "machine", "process", "version"]

# What to do about a cause that is the same for all reports, or for all that one machine builds.
SHARED: dict[str, str] = {
    "output": Message("see to the place that the pages go to: its space, permissions, credentials and network"),
    "machine": Message(
        "see to the machine that builds: the room on its disk (TMPDIR names another place for temporary files), "
        "its memory and its limits"
    ),
    "process": Message("see why the processes end; they may need more memory, or be too many at once"),
    "version": Message("install the same version of reportkit there"),
}
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# What one report's folder or file can be to blame for, while the others can be written.
_OF_ONE_FOLDER = frozenset(
    {errno.EACCES, errno.EPERM, errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}
)
# A full disk as a notebook's error tells it.
_DISK_FULL_IN_WORDS = re.compile(rf"\[Errno (?:{'|'.join(map(str, sorted(_DISK_FULL)))})\]")


class MachineError(InputError):
    """A machine, or a container, that allows too little to build a report; the message says how much is needed."""


def cause_of(error: BaseException, otherwise: Cause = "report") -> Cause:
    """Find the kind of cause for which a report could not be built.

    Parameters
    ----------
    error
        What was raised while it was built.
    otherwise
        What it is where nothing but the report is to blame: ``report``, or ``notebook``.

    Returns
    -------
    Cause
        One of those in `SHARED`, which other reports will meet too: ``output`` if its pages could not be written,
        ``machine`` if the machine's disk is full or it allows too little, ``process`` if the process that built it
        ended or took too long. If it is none of them, `otherwise`.

    Examples
    --------
    >>> cause_of(OSError(errno.ENOSPC, "No space left on device")), cause_of(ValueError("a"))
    ('machine', 'report')
    """
    if isinstance(error, PoolError | UnfinishedError):
        return "process"
    if isinstance(error, MachineError):
        return "machine"
    numbers = {link.errno for link in _chain(error) if isinstance(link, OSError)}
    if isinstance(error, OutputError):
        return otherwise if numbers & _OF_ONE_FOLDER else "output"
    if numbers & _DISK_FULL or _DISK_FULL_IN_WORDS.search(str(error)):
        return "machine"
    return otherwise


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__

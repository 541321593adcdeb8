"""The error that all errors of input are: the person who gave it can mend it, and needs no traceback."""

from __future__ import annotations

import errno
import os
import traceback

from reportkit.system.language import Joined, Message

__all__ = ["InputError", "explained", "reason"]

_BOLD_RED, _PLAIN = "\x1b[1;31m", "\x1b[0m"
# What to do about a file that cannot be read or written.
_ADVICE = {
    errno.ENOSPC: Message("free some space, then try again"),
    errno.EDQUOT: Message("free some space, then try again"),
    errno.EROFS: Message("name a place that can be written to"),
    errno.EEXIST: Message("name another place"),
    errno.EACCES: Message("ask for the right to use it, or name another place"),
    errno.EPERM: Message("ask for the right to use it, or name another place"),
    errno.EMFILE: Message("raise the limit (ulimit -n), or work on fewer at once"),
    errno.ENFILE: Message("end other programs, then try again"),
    errno.EAGAIN: Message("raise the limit (ulimit -u), or work on fewer at once"),
    errno.ENOMEM: Message("end other programs, or work on fewer at once"),
}


# What systems say of files, so that it can be said in another language too.
_REASONS = (
    Message("No such file or directory"),
    Message("Permission denied"),
    Message("Operation not permitted"),
    Message("No space left on device"),
    Message("Read-only file system"),
    Message("Is a directory"),
    Message("Not a directory"),
    Message("File exists"),
    Message("File name too long"),
    Message("Directory not empty"),
    Message("Disk quota exceeded"),
    Message("Too many open files"),
    Message("Too many levels of symbolic links"),
    Message("Input/output error"),
    Message("Cannot allocate memory"),
    Message("Resource temporarily unavailable"),
    Message("Connection refused"),
    Message("Broken pipe"),
)


class InputError(Exception):
    """Something given to reportkit that it cannot use; the message says what, where, and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: the lines of the notebook that led here, and the message."""
        places = [f"{place}\n" for place in map(_place, _own_code(self))]
        return [*places, f"{_BOLD_RED}{type(self).__name__}{_PLAIN}: {self}"]


def explained(error: OSError) -> str:
    """Put an error of the system into words: which file, what is wrong with it, and what to do.

    Parameters
    ----------
    error
        The error.

    Returns
    -------
    str
        A line. An error that reportkit raised itself is in words already.

    Examples
    --------
    >>> explained(OSError(errno.ENOSPC, "No space left on device", "2023.xlsx"))
    '2023.xlsx: No space left on device; free some space, then try again'
    """
    if isinstance(error, InputError):
        return error.args[0] if error.args else str(error)
    place = [os.fsdecode(error.filename)] if isinstance(error.filename, str | bytes | os.PathLike) else []
    advice = [_ADVICE[error.errno]] if error.errno in _ADVICE else []
    return Joined("; ", [Joined(": ", [*place, reason(error)]), *advice])


def reason(error: OSError) -> Message:
    """Say what the system says of a file, in the reader's language where that is known.

    Parameters
    ----------
    error
        The error.

    Returns
    -------
    Message
        The system's words, without the file.

    Examples
    --------
    >>> reason(OSError(errno.ENOSPC, "No space left on device", "2023.xlsx"))
    'No space left on device'
    """
    return Message(error.strerror or str(error))


def _own_code(error: BaseException) -> list[traceback.FrameSummary]:
    """The lines of the notebook's cells that were running when the error was raised, the outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if _cell(frame.filename)]


def _cell(file: str) -> str:
    """What IPython calls the cell whose code has that file name; empty if it is not a cell's."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    named = shell.compile.format_code_name(file) if shell else None
    return " ".join(named) if named else ""


def _place(frame: traceback.FrameSummary) -> str:
    # The words that IPython's own tracebacks begin with, by which programs find the line.
    return f"{_cell(frame.filename)}, line {frame.lineno}\n    {frame.line}"

"""The command line: each command parses its arguments, calls one function of the library, and prints."""

from __future__ import annotations

import errno
import io
import os
import sys

from reportkit.cli import build, demo, intake, reports, rules
from reportkit.cli.app import app
from reportkit.cli.terminal import print_error
from reportkit.system.errors import InputError

__all__ = ["app", "build", "demo", "intake", "main", "reports", "rules"]


# What to do about a file that cannot be written.
_ADVICE = {
    errno.ENOSPC: "; free some space, then try again",
    errno.EDQUOT: "; free some space, then try again",
    errno.EROFS: "; name a place that can be written to",
    errno.EACCES: "; ask for the right to write there, or name another place",
    errno.EPERM: "; ask for the right to write there, or name another place",
}


def main() -> None:
    """Run the command line; an error in the input, or in writing, is shown without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what the terminal's encoding lacks is shown as \uXXXX
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The program that read our output has ended, as `head` does. Python would fail again when it flushes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except InputError as error:
        print_error(error)
        sys.exit(2)
    except OSError as error:
        place = os.fsdecode(error.filename) if error.filename else "standard output"
        if not error.filename:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print_error(InputError(f"{place}: {error.strerror or error}{_ADVICE.get(error.errno or 0, '')}"))
        sys.exit(2)

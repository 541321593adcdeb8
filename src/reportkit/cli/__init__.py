"""The command line: each command parses its arguments, calls one function of the library, and prints."""

from __future__ import annotations

import os
import sys

from reportkit.cli import build, demo, intake, reports, rules
from reportkit.cli.app import app
from reportkit.cli.terminal import print_error
from reportkit.system.errors import InputError

__all__ = ["app", "build", "demo", "intake", "main", "reports", "rules"]


def main() -> None:
    """Run the command line; an error in the input is shown without a traceback."""
    try:
        app()
    except BrokenPipeError:
        # The program that read our output has ended, as `head` does. Python would fail again when it flushes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except InputError as error:
        print_error(error)
        sys.exit(2)

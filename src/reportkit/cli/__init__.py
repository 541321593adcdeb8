"""The command line: a thin skin over the library. Commands parse, call one function, and print."""

from __future__ import annotations

import os
import sys

import typer

from reportkit.cli import build, demo, intake, reports, rules
from reportkit.cli.app import app
from reportkit.system.errors import InputError

__all__ = ["app", "build", "demo", "intake", "main", "reports", "rules"]


def main() -> None:
    """Run the command line; what is wrong with the input is said in a line or a few, without a traceback."""
    try:
        app()
    except BrokenPipeError:
        # Whoever read our output has left; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except InputError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)

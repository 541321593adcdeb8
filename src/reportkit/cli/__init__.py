"""The command line: each command parses its arguments, calls one function of the library, and prints."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import NoReturn

import click

from reportkit.cli import bind, build, claims, compare, demo, export, intake, reports, rules
from reportkit.cli.app import SPEAKS_AS_PROJECT, app
from reportkit.cli.terminal import STANDARD_OUTPUT, print_error, standard_streams
from reportkit.cli.words import show_error
from reportkit.system.errors import InputError, explained
from reportkit.system.language import LANGUAGES, Language, Message, language_is_named, use_language

__all__ = ["app", "bind", "build", "claims", "compare", "demo", "export", "intake", "main", "reports", "rules"]


def main() -> None:
    """Run the command line; an error in the input, or of the system, is shown in a line without a traceback."""
    _repair_what_is_inherited()
    arguments = sys.argv[1:]
    asked = _asked_language(arguments)
    anyone = SPEAKS_AS_PROJECT if asked is None and not language_is_named() else None
    use_language(asked)
    with standard_streams():
        try:
            try:
                status = app.main(arguments, prog_name="reportkit", standalone_mode=False, obj=anyone)
            finally:
                sys.stdout.flush()
        except click.ClickException as error:
            show_error(error)
            sys.exit(error.exit_code)
        except click.Abort:
            print_error(Message("interrupted"))
            sys.exit(130)
        except BrokenPipeError:
            _write_nothing_to(1)  # the program that read our output has ended, as `head` does
            sys.exit(1)
        except InputError as error:
            _fail(error)
        except OSError as error:
            if error.filename == STANDARD_OUTPUT:
                _write_nothing_to(1)
            _fail(explained(error))
    sys.exit(status or 0)


def _asked_language(arguments: Sequence[str]) -> Language | None:
    """The language that ``--lang`` names, wherever it stands; None where it names none that there is."""
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        name, equals, value = argument.partition("=")
        language = value if equals else following
        if name == "--lang" and language in LANGUAGES:
            return language
    return None


def _repair_what_is_inherited() -> None:
    """Open standard streams that were closed, and wait for children again: a parent may hand down either.

    Otherwise the next file that is opened would be taken for standard output, and no exit status would be known.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))
    if hasattr(signal, "SIGCHLD") and signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _fail(message: object) -> NoReturn:
    """End with an error, even where nothing can be said about it."""
    try:
        print_error(message)
    except OSError:
        _write_nothing_to(2)
    sys.exit(2)


def _write_nothing_to(number: int) -> None:
    """Put nothing in the place of a standard stream that failed: Python would fail again when it flushes it."""
    with suppress(OSError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, number)
        os.close(nothing)

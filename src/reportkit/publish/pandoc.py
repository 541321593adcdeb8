"""Pandoc, which turns the article into other formats."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from functools import cache

from reportkit.system.errors import InputError
from reportkit.system.language import Message

__all__ = ["convert", "get_ready"]

# Seconds that it may take, for a report of any length.
_PATIENCE = 60
# What installs it.
_WANTED = "'reportkit[publish]'"


def get_ready() -> None:
    """Find pandoc, so that the first report need not wait for that."""
    with suppress(OSError):  # which is told when it is needed
        _program()


def convert(html: bytes, options: Sequence[str], file: str) -> bytes:
    r"""Convert a page.

    Parameters
    ----------
    html
        The page, in UTF-8.
    options
        What pandoc is told beside what it reads and that it may not read files.
    file
        What is being made, for the message.

    Returns
    -------
    bytes
        What pandoc writes.

    Raises
    ------
    InputError
        If it fails, takes very long, or is not there.

    Examples
    --------
    >>> convert("<p>示例</p>".encode(), ["--to=plain"], "example.txt").decode()
    '示例\n'
    """
    try:
        command = [_program(), "--from=html-auto_identifiers", "--sandbox", *options]
        done = subprocess.run(command, input=html, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603
    except OSError as error:
        raise InputError(
            Message("{file} needs pandoc, which cannot be started: pip install {wanted}", file=file, wanted=_WANTED)
        ) from error
    except subprocess.TimeoutExpired as error:
        raise InputError(Message("{file}: pandoc takes over {seconds} s", file=file, seconds=_PATIENCE)) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise InputError(Message("{file}: pandoc failed: {reason}", file=file, reason=said))
    return done.stdout


@cache
def _program() -> str:
    import pypandoc

    return str(pypandoc.get_pandoc_path())

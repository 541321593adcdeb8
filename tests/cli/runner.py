"""Running the command line in this process, as `main` does."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from reportkit import cli

__all__ = ["run", "shown"]


def run(*arguments: str | Path, project: Path | None = None) -> tuple[int, str, str]:
    """Run ``reportkit``: exit status, standard output, standard error."""
    given = [*map(str, arguments), *(["--project", str(project)] if project else [])]
    out, err = io.StringIO(), io.StringIO()
    return _run(given, out, err), out.getvalue(), err.getvalue()


def shown(*arguments: str) -> tuple[int, str]:
    """Run ``reportkit``: exit status, and all that a person at a terminal would see."""
    both = io.StringIO()
    return _run([*arguments], both, both), both.getvalue()


def _run(arguments: list[str], out: io.StringIO, err: io.StringIO) -> int:
    environment = {"REPORTKIT_LANG": "en", **{name: value for name, value in os.environ.items() if name != "LANGUAGE"}}
    with (
        patch.dict(os.environ, environment, clear=True),
        patch.object(sys, "argv", ["reportkit", *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0

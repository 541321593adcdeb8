"""Running the command line in this process, exactly as `main` does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reportkit import cli

__all__ = ["run", "through_main"]


class _Main:
    """Stands for `main`, which reads its arguments from the process."""

    name = "reportkit"

    def main(self, args: list[str], prog_name: str, **_: object) -> None:
        before, sys.argv = sys.argv, ["reportkit", *args]
        try:
            cli.main()
        finally:
            sys.argv = before


def run(*arguments: str | Path, project: Path | None = None) -> tuple[int, str, str]:
    """Run ``reportkit``: exit status, standard output, standard error."""
    given = [*map(str, arguments), *(["--project", str(project)] if project else [])]
    result = CliRunner().invoke(_Main(), given)  # type: ignore[arg-type]
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(autouse=True)
def through_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """No colours but those asked for, and lines of a known width."""
    monkeypatch.setattr("typer.testing._get_command", lambda main: main)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

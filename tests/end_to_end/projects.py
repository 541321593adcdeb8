"""Projects built as a user builds them: by the command line, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from warm import WarmCommand, can_be_warm

ROOT = Path(__file__).parents[2]


# For copies of the package, which are not what coverage is asked about.
UNMEASURED = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


def reportkit(*arguments: str, folder: Path, package: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``reportkit`` in a folder; with `package`, the reportkit that lies there."""
    if not package and can_be_warm({}):
        running = WarmCommand(arguments, {**os.environ, "NO_COLOR": "1"}, folder)
        out, error = running.communicate(timeout=300)
        return subprocess.CompletedProcess(running.args, running.wait(), out, error)
    environment = {**UNMEASURED, "PYTHONPATH": str(package)} if package else dict(os.environ)
    return subprocess.run(
        [sys.executable, "-m", "reportkit", *arguments],
        cwd=folder,
        env={**environment, "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def write_project(root: Path, files: Mapping[str, str]) -> Path:
    """A project of the template notebook and the parameter files given."""
    (root / "notebooks").mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / "annual_report.ipynb", root / "notebooks")
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def nested(figures: Mapping[str, Mapping[str, Mapping[str, object]]]) -> str:
    """Tables of figures as a part of a parameter file (JSON is YAML)."""
    return "\n".join(f"{table}: {json.dumps(rows, ensure_ascii=False)}" for table, rows in figures.items())

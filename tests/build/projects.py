"""Small projects whose notebooks take no time, built by the command line in processes of their own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
from nbformat.v4 import new_code_cell, new_notebook

from processes import kill_family
from warm import WarmCommand, can_be_warm

__all__ = [
    "GOOD",
    "contents",
    "last_line",
    "reportkit",
    "started",
    "well_formed",
    "write_notebook",
    "write_small_project",
]

GOOD = ("print(agency, year)",)
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def write_notebook(path: Path, *sources: str) -> None:
    """A notebook with a cell of parameters before the cells given."""
    cells = [new_code_cell(source) for source in ("agency, year = '', 0", *sources)]
    cells[0].metadata["tags"] = ["parameters"]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(new_notebook(cells=cells, metadata=KERNEL)), encoding="utf-8")


def write_small_project(
    root: Path, good: int, own: Mapping[str, tuple[str, ...]] = {}, year: int = 2023, cells: tuple[str, ...] = GOOD
) -> Path:
    """A project of so many good agencies, good-00 …, and of others each with a notebook of its own."""
    write_notebook(root / "notebooks" / "annual_report.ipynb", *cells)
    names = [f"good-{number:02}" for number in range(good)]
    register = [f"{name}: {{name: 示例市{name}局}}\n" for name in names]
    for name, sources in own.items():
        write_notebook(root / "notebooks" / f"{name}.ipynb", *sources)
        register.append(f"{name}: {{name: 示例市{name}局, notebook: {name}.ipynb}}\n")
    (root / "params" / str(year)).mkdir(parents=True)
    (root / "params" / "agencies.yaml").write_text("".join(register), encoding="utf-8")
    for name in (*names, *own):
        path = root / "params" / str(year) / f"{name}.yaml"
        path.write_text("applications: {received: {company: 2}, granted: {company: 2}}\n")
    return root


# ------------------------------------------------------------------ running it


def reportkit(
    *arguments: str | Path, project: Path, environment: Mapping[str, str] = {}, constants: Mapping[str, float] = {}
) -> subprocess.CompletedProcess[str]:
    """Run ``reportkit`` to its end; where constants of its modules are given by name, it waits less long, say."""
    with started(*arguments, project=project, environment=environment, constants=constants) as running:
        out, error = running.communicate(timeout=300)
    return subprocess.CompletedProcess(running.args, running.returncode or 0, out, error)


@contextmanager
def started(
    *arguments: str | Path,
    project: Path,
    environment: Mapping[str, str] = {},
    ignored: Collection[int] = (),
    constants: Mapping[str, float] = {},
    warm: bool = True,
    **options: Any,
) -> Iterator[subprocess.Popen[str] | WarmCommand]:
    """``reportkit`` as it runs, in a session of its own; it is killed in the end, with all of its processes.

    It starts with the signals given ignored and no others, however the tests were started; as a program, where `warm`
    is not meant, and otherwise as a fork that is ready at once.
    """
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    command = [*map(str, arguments), "--project", str(project)]
    variables = {**os.environ, "NO_COLOR": "1", **environment}
    running: subprocess.Popen[str] | WarmCommand
    if warm and can_be_warm(environment):
        running = WarmCommand(command, variables, constants=constants, ignored=ignored, **options)
    else:
        assert not constants
        running = subprocess.Popen(
            [sys.executable, "-m", "reportkit", *command],
            env=variables,
            start_new_session=True,
            encoding="utf-8",
            preexec_fn=partial(_ignore_only, ignored),
            **options,
        )
    try:
        yield running
    finally:
        kill_family(running.pid)
        running.wait()


def _ignore_only(ignored: Collection[int]) -> None:
    """Ignore some of the signals that ask a program to end, and not the others, which a shell may have had ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)


def last_line(text: str) -> str:
    return [line for line in text.splitlines() if line.strip()][-1]


# ---------------------------------------------------------------- what is built


def contents(output: Path) -> dict[str, Any]:
    """All files of an output, without how long anything took."""
    return {
        path.relative_to(output).as_posix(): _timeless(path.name, path.read_bytes())
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }


def _timeless(name: str, content: bytes) -> Any:
    if name == "build.json":
        told = json.loads(content)
        del told["files"]["report.ipynb"]  # whose timings are now longer, now shorter
        return told
    if name.endswith(".xlsx"):  # which holds when it was written
        book = openpyxl.load_workbook(io.BytesIO(content))
        return {sheet.title: [*sheet.values] for sheet in book.worksheets}
    if not name.endswith(".ipynb"):
        return content
    notebook = json.loads(content)
    notebook["metadata"].pop("papermill", None)
    for cell in notebook["cells"]:
        for timed in ("papermill", "execution"):
            cell["metadata"].pop(timed, None)
        if any(tag.startswith(("injected", "papermill")) for tag in cell["metadata"].get("tags", ())):
            del cell["id"]  # by chance
    return notebook


def well_formed(output: Path) -> None:
    """Assert that no file of an output is half of one, and none left over from writing."""
    for path in output.rglob("*"):
        if path.suffix in (".json", ".ipynb"):
            json.loads(path.read_bytes())
        elif path.suffix == ".html":
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), path
        assert not path.name.endswith(".part"), path

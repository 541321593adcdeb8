"""Notebooks for the tests of what runs them, and what there is to know of processes afterwards."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat.v4 import new_code_cell, new_notebook

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def execute(folder: Path, *sources: str, **options: Any) -> nbformat.NotebookNode:
    """Run cells by our engine in a folder; where that fails, ``executed.ipynb`` in it has what ran."""
    path = folder / "notebook.ipynb"
    cells = [new_code_cell(source) for source in sources]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    output = folder / "executed.ipynb"
    ran: nbformat.NotebookNode = papermill.execute_notebook(
        path, output, engine_name="reportkit", cwd=options.pop("cwd", folder), progress_bar=False, **options
    )
    return ran


def executed(folder: Path) -> nbformat.NotebookNode:
    """What ran of a notebook that failed."""
    kept: nbformat.NotebookNode = nbformat.read(folder / "executed.ipynb", as_version=4)
    return kept


def texts(notebook: nbformat.NotebookNode) -> list[str]:
    """What each code cell printed."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in cells]


def results(notebook: nbformat.NotebookNode) -> list[str]:
    """What the code cells returned."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output.data["text/plain"] for output in outputs if output.output_type == "execute_result"]


def runs(pid: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children() -> set[int]:
    """The processes of this one, zombies among them."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def soon(holds: Callable[[], bool], patience: float = 20.0) -> bool:
    """Whether something comes to hold."""
    limit = time.monotonic() + patience
    while not holds() and time.monotonic() < limit:
        time.sleep(0.02)
    return holds()

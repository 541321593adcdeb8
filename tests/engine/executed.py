"""Notebooks run by the engine, and what they printed and returned."""

from __future__ import annotations

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

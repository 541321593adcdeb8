"""One notebook is run with its parameters, and an error says which of its own cells and lines it is in."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from reportkit.engine.notebook import NotebookError, run_notebook

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def write(path: Path, *sources: str, **metadata: object) -> Path:
    cells = [new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    path.write_text(nbformat.writes(new_notebook(cells=cells, metadata={**KERNEL, **metadata})), encoding="utf-8")
    return path


def test_a_notebook_is_run_with_its_parameters_in_the_folder_given(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "year = 0", "import os\nprint(year, os.getcwd())")
    (tmp_path / "inside").mkdir()
    before = path.read_bytes()
    ran = run_notebook(path, {"year": 2023}, tmp_path / "inside")
    assert ran.cells[-1].outputs[0].text == f"2023 {tmp_path / 'inside'}\n"
    assert path.read_bytes() == before


def test_an_error_names_the_notebook_s_own_cell_and_line_and_keeps_what_ran(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "year = 0", "print('做完')", "x = 1\n\nraise KeyError('缺')", "never = 1")
    with pytest.raises(NotebookError, match=r"cell 3, line 3: KeyError: '缺'") as failed:
        run_notebook(path, {"year": 2023}, tmp_path)
    assert (failed.value.cell, failed.value.line) == (3, 3)
    kept = failed.value.notebook
    assert kept is not None
    assert any("做完" in output.get("text", "") for cell in kept.cells for output in cell.get("outputs", ()))


def test_the_line_of_an_error_that_is_shown_without_a_traceback_is_known(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "import reportkit as rk", "x = 1\nrk.open_report('nobody', 2023, '.')")
    with pytest.raises(NotebookError, match=r"cell 2, line 2: ProjectError: no project in"):
        run_notebook(path, {}, tmp_path)


@pytest.mark.parametrize(
    "content", ["", "not json", "{}", '{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}']
)
def test_a_file_that_is_no_notebook_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(content)
    with pytest.raises(NotebookError, match=r"a\.ipynb cannot be run"):
        run_notebook(path, {}, tmp_path)


def test_a_kernel_that_is_not_installed_is_said_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "1", kernelspec={"name": "nosuch", "display_name": "X", "language": "python"})
    with pytest.raises(NotebookError, match="nosuch"):
        run_notebook(path, {}, tmp_path)


def test_a_process_that_ends_is_said_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "1", "import os\nos._exit(1)")
    with pytest.raises(NotebookError, match=r"its process ended \(exit status 1\)"):
        run_notebook(path, {}, tmp_path)

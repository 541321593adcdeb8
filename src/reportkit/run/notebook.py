"""Running one notebook with its parameters, through papermill."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

__all__ = ["NotebookError", "run_notebook"]

# Between a notebook and its kernel goes all that a report says: through files of this user's alone, not through
# ports that others on the machine can listen on. Windows has only ports.
_KERNEL = Config({"KernelManager": {"transport": "ipc"}} if os.name == "posix" else {})
# A kernel that is stopped in the middle of a cell logs a traceback of its own, which tells the operator nothing.
_QUIET = ["--log-level=CRITICAL"]


class NotebookError(RuntimeError):
    """A notebook that did not run to its end.

    Parameters
    ----------
    message
        The error that a cell raised, or why the notebook could not be run at all.
    cell, line
        Which cell (counted from 1) and which line in it; None where it is not known.
    notebook
        The notebook as far as it ran.
    """

    def __init__(
        self, message: str, cell: int | None = None, line: int | None = None, notebook: NotebookNode | None = None
    ) -> None:
        place = ", ".join(f"{what} {number}" for what, number in (("cell", cell), ("line", line)) if number)
        super().__init__(f"{place}: {message}" if place else message)
        self.message, self.cell, self.line, self.notebook = message, cell, line, notebook


def run_notebook(path: Path, parameters: Mapping[str, Any], folder: Path) -> NotebookNode:
    """Run a notebook in a fresh kernel, and return it with its outputs.

    Parameters
    ----------
    path
        The notebook; it stays as it is.
    parameters
        What its ``parameters`` cell is overridden with.
    folder
        The working folder of its code.

    Raises
    ------
    NotebookError
        Where a cell raises or the notebook cannot be run; it holds what ran.
    """
    with tempfile.TemporaryDirectory(prefix="reportkit-") as temporary:
        executed = Path(temporary) / "executed.ipynb"
        try:
            ran: NotebookNode = papermill.execute_notebook(
                str(path),
                str(executed),
                parameters=dict(parameters),
                cwd=str(folder),
                progress_bar=False,
                request_save_on_cell_execute=False,
                config=_KERNEL,
                extra_arguments=_QUIET,
            )
            return ran
        except PapermillExecutionError as error:
            notebook = nbformat.read(executed, as_version=4) if executed.exists() else None
            raise _failure(error, notebook) from error
        except Exception as error:
            # No list would hold all that a file that is no notebook, or a kernel, can raise; others must go on.
            raise NotebookError(f"{path.name} cannot be run: {type(error).__name__}: {error}") from error


_LINE = re.compile(r"(?:Cell In\[\d+\], line |<ipython-input-[^>]+> in .*\n-+> )(\d+)")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def _failure(error: PapermillExecutionError, notebook: NotebookNode | None) -> NotebookError:
    """The error in the words of the notebook: its own cells counted, without those that papermill put in."""
    message = f"{error.ename}: {error.evalue}"
    if notebook is None:
        return NotebookError(message)
    own = [cell for cell in notebook.cells if not _put_in(cell)]
    for number, cell in enumerate(own, start=1):
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and output.ename == error.ename:
                lines = _LINE.findall(_ANSI.sub("", "\n".join(output.traceback)))
                return NotebookError(message, number, int(lines[0]) if lines else None, notebook)
    return NotebookError(message, notebook=notebook)


def _put_in(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags", ())
    return any(tag.startswith("papermill-error") or tag == "injected-parameters" for tag in tags)

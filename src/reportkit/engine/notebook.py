"""Running one notebook with its parameters, through papermill and the engine of this package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from reportkit.engine.client import LateError, OverflowingError
from reportkit.system.language import Message

__all__ = ["NotebookError", "run_notebook"]

_LINE = re.compile(r"(?:Cell In\[\d+\], line |<ipython-input-[^>]+> in .*\n-+> )(\d+)")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class NotebookError(RuntimeError):
    """A notebook did not run to its end.

    Parameters
    ----------
    message
        The error that a cell raised, or why the notebook could not be run at all.
    cell, line
        The cell, counted from 1, and the line in it; None if unknown.
    notebook
        The notebook as far as it ran; None if it could not be run at all.
    """

    def __init__(
        self, message: str, cell: int | None = None, line: int | None = None, notebook: NotebookNode | None = None
    ) -> None:
        place = ", ".join(f"{what} {number}" for what, number in (("cell", cell), ("line", line)) if number)
        super().__init__(f"{place}: {message}" if place else message)
        self.message, self.cell, self.line, self.notebook = message, cell, line, notebook


def run_notebook(
    path: Path,
    parameters: Mapping[str, Any],
    folder: Path,
    *,
    timeout: float | None = None,
    memory: int | None = None,
    output: int | None = None,
) -> NotebookNode:
    """Run a notebook in a fresh process.

    Parameters
    ----------
    path
        The notebook; its file is not changed.
    parameters
        The values that override those of its ``parameters`` cell.
    folder
        The current directory of its code.
    timeout
        How many seconds it may run; None for no limit.
    memory
        How many bytes its process may use on top of what it starts with; None for no limit.
    output
        How many bytes its outputs may take; None for no limit.

    Returns
    -------
    NotebookNode
        The notebook with its outputs.

    Raises
    ------
    NotebookError
        If a cell raises an error, takes too much time or memory or ends its process, or the notebook cannot
        be run. The error has the notebook as far as it ran.

    Examples
    --------
    >>> run_notebook(Path("report.ipynb"), {"year": 2023}, Path(), timeout=60)  # doctest: +SKIP
    """
    running: list[NotebookNode] = []
    try:
        executed: NotebookNode = papermill.execute_notebook(
            str(path),
            None,
            parameters=dict(parameters),
            engine_name="reportkit",
            cwd=str(folder),
            progress_bar=False,
            running=running,
            notebook_timeout=timeout,
            memory_limit=memory,
            output_limit=output,
        )
        return executed
    except PapermillExecutionError as error:
        raise _raised(error, running[0]) from error
    except (DeadKernelError, LateError, OverflowingError) as error:
        raise _ended(error, running[0]) from error
    except Exception as error:
        # A file that is not a notebook, or an unknown kernel, can raise anything, and the batch must go on.
        raise NotebookError(
            Message("{name} cannot be run: {name__}: {error}", name=path.name, name__=type(error).__name__, error=error)
        ) from error


def _raised(error: PapermillExecutionError, notebook: NotebookNode) -> NotebookError:
    """Find the cell and line of an error that a cell raised."""
    for number, cell in _own_cells(notebook):
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and output.ename == error.ename:
                lines = _LINE.findall(_ANSI.sub("", "\n".join(output.traceback)))
                line = int(lines[0]) if lines else None
                return NotebookError(f"{error.ename}: {error.evalue}", number, line, notebook)
    return NotebookError(f"{error.ename}: {error.evalue}", notebook=notebook)


def _ended(error: Exception, notebook: NotebookNode) -> NotebookError:
    """Find the cell of an error that no cell raised, such as a time limit or the end of the process."""
    message = _why_ended(error)
    for number, cell in _own_cells(notebook):
        if cell.metadata.get("papermill", {}).get("exception"):
            return NotebookError(message, number, notebook=notebook)
    return NotebookError(message, notebook=notebook)


def _why_ended(error: Exception) -> str:
    """What ended a notebook, in words that hold where there is neither a kernel nor a person who calls the engine."""
    said = error.args[0] if error.args else ""
    if isinstance(error, OverflowingError):
        return Message("put out more than {value:g} MiB", value=error.limit / (1 << 20))
    if isinstance(error, DeadKernelError) and isinstance(said, Message):
        return Message("its process ended ({ending})", **said.values)
    return said if isinstance(said, Message) else str(error)


def _own_cells(notebook: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """The notebook's own cells, counted from 1, without those that papermill inserted."""
    return list(enumerate((cell for cell in notebook.cells if not _is_inserted(cell)), start=1))


def _is_inserted(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags", ())
    return any(tag.startswith("papermill-error") or tag == "injected-parameters" for tag in tags)

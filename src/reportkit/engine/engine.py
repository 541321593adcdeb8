"""A papermill engine that runs a notebook in a fresh process without a kernel.

It is found by ``papermill --engine reportkit``, works with any Python notebook, and puts into it what
papermill's own engine would: the messages of the shell are handled by the same client.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Papermill loads its engines while it is itself imported: what costs time is imported when a notebook is run.
from papermill.engines import Engine, NBClientEngine
from papermill.log import logger
from papermill.utils import remove_args

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

__all__ = ["ReportkitEngine"]


class ReportkitEngine(Engine):  # type: ignore[misc]
    """Runs a notebook's cells in an IPython shell, in a process of its own that costs milliseconds to start.

    Examples
    --------
    ``papermill --engine reportkit notebook.ipynb executed.ipynb``
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        notebook_timeout: float | None = None,
        memory_limit: int | None = None,
        running: list[NotebookNode] | None = None,
        **options: Any,
    ) -> None:
        """Run the cells, and put what comes of them into the notebook.

        Parameters
        ----------
        nb_man
            Papermill's manager, which holds the notebook.
        kernel_name
            The kernel that the notebook asks for: where it is not this Python, papermill's own engine runs it.
        log_output, stdout_file, stderr_file, start_timeout, execution_timeout, options
            As papermill's own engine has them; the execution timeout is for a cell, in seconds.
        notebook_timeout
            For how many seconds the whole notebook may run.
        memory_limit
            How many bytes its process may take.
        running
            A list that the notebook is put into: so it can be had also where it fails.

        Raises
        ------
        DeadKernelError
            Where its process ends before it is done.
        LateError
            Where it takes longer than it may.
        CellTimeoutError
            Where a cell does.
        OverflowingError
            Where it puts out more than anybody could read.
        """
        if running is not None:
            running.append(nb_man.nb)
        shown = {"log_output": log_output, "stdout_file": stdout_file, "stderr_file": stderr_file}
        if reason := _not_for_us(options) or _not_here(kernel_name):
            logger.warning("%s: papermill's own engine runs this notebook", reason)
            # It knows no time for the whole notebook; but none of its cells has more.
            options |= {"start_timeout": start_timeout, "execution_timeout": execution_timeout or notebook_timeout}
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **shown, **options)
            return
        from reportkit.engine.client import Client
        from reportkit.engine.process import CAN_FORK

        if not CAN_FORK:
            logger.info("notebooks cannot be forked on %s: each starts a Python of its own", sys.platform)
        client = Client(
            nb_man,
            kernel_name=kernel_name,
            timeout=execution_timeout or options.get("timeout"),
            log=logger,
            **shown,
            **remove_args(["input_path", "timeout", "startup_timeout"], **options),
        )
        client.notebook_timeout, client.memory_limit = notebook_timeout, memory_limit
        client.execute()


_SYSTEM = os.name
# What only a kernel does, or nbclient with one.
_KERNEL_OPTIONS = {"coalesce_streams", "error_on_timeout", "extra_arguments", "interrupt_on_timeout", "km"}
# How ipykernel describes itself, in one release or another: whatever else is asked for we could not give.
_IPYKERNEL = {"-m", "ipykernel", "ipykernel_launcher", "-f", "{connection_file}", "-Xfrozen_modules=off"}
# What jupyter_client takes for the Python that it runs in.
_THIS_PYTHON = {"python", f"python{sys.version_info[0]}", f"python{sys.version_info[0]}.{sys.version_info[1]}"}


def _not_for_us(options: Mapping[str, Any]) -> str:
    """Why a notebook cannot be run with these options; empty where it can."""
    if _SYSTEM != "posix":
        return f"on {sys.platform} there are no pipes to a process that could be waited at"
    asked = sorted(name for name in options if name in _KERNEL_OPTIONS or name.startswith(("kernel_manager", "on_")))
    return f"{', '.join(asked)}: only a kernel does that" if asked else ""


@cache
def _not_here(kernel_name: str) -> str:
    """Why a notebook for this kernel cannot be run by this Python; empty where it can."""
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().get_kernel_spec(kernel_name)
    if spec.language.lower() != "python":
        return f"the kernel {kernel_name} is for {spec.language}"
    if spec.env or not _IPYKERNEL.issuperset(spec.argv[1:]):
        return f"the kernel {kernel_name} is not ipykernel as it comes"
    program, own = Path(spec.argv[0]), Path(sys.executable)
    # The Pythons of two virtual environments may be links to the same file.
    if spec.argv[0] in _THIS_PYTHON or (
        program.exists() and program.samefile(own) and program.parent.samefile(own.parent)
    ):
        return ""
    return f"the kernel {kernel_name} is another Python, {program}"

"""A papermill engine that runs a notebook in a fresh process without a kernel.

It is found by ``papermill --engine reportkit``, works with any Python notebook, and puts into it what
papermill's own engine would: the messages of the shell are handled by the same client.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Papermill loads its engines while it is itself imported: what costs time is imported when a notebook is run.
from papermill.engines import Engine, NBClientEngine
from papermill.log import logger
from papermill.utils import remove_args

if TYPE_CHECKING:
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
        shown = {"log_output": log_output, "stdout_file": stdout_file, "stderr_file": stderr_file}
        if reason := _not_here(kernel_name):
            logger.warning("%s: papermill's own engine runs this notebook", reason)
            options |= {"start_timeout": start_timeout, "execution_timeout": execution_timeout}
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **shown, **options)
            return
        from reportkit.run.client import Client
        from reportkit.run.process import CAN_FORK

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


@cache
def _not_here(kernel_name: str) -> str:
    """Why a notebook for this kernel cannot be run by this Python; empty where it can."""
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().get_kernel_spec(kernel_name)
    if spec.language.lower() != "python":
        return f"the kernel {kernel_name} is for {spec.language}"
    if not any("ipykernel" in argument for argument in spec.argv):
        return f"the kernel {kernel_name} is not ipykernel"
    program = Path(spec.argv[0])
    if program.name == spec.argv[0] or (program.exists() and os.path.samefile(program, sys.executable)):
        return ""
    return f"the kernel {kernel_name} is another Python, {program}"

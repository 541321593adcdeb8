"""A papermill engine that runs a notebook in a fresh process without a kernel.

``papermill --engine reportkit`` finds it. It works with any Python notebook, and the outputs are those of
papermill's own engine, since the shell's messages are handled by the same client.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Papermill loads its engines while it is imported, so slow imports wait until a notebook is run.
from papermill.engines import Engine, NBClientEngine
from papermill.log import logger
from papermill.utils import remove_args

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

__all__ = ["MOST_OUTPUT", "ReportkitEngine"]

# More bytes of outputs than a page can show: a cell that prints without end must not fill this process's memory.
MOST_OUTPUT = 128 << 20

# Options that need a kernel.
_KERNEL_OPTIONS = {"coalesce_streams", "error_on_timeout", "extra_arguments", "interrupt_on_timeout", "km"}
# The arguments of ipykernel's own kernel specification, over its releases: a kernel with others is not the same.
_IPYKERNEL = {"-m", "ipykernel", "ipykernel_launcher", "-f", "{connection_file}", "-Xfrozen_modules=off"}
# The names that jupyter_client replaces by the Python it runs in.
_THIS_PYTHON = {"python", f"python{sys.version_info[0]}", f"python{sys.version_info[0]}.{sys.version_info[1]}"}


class ReportkitEngine(Engine):  # type: ignore[misc]
    """Runs a notebook's cells in an IPython shell, in a fresh process that starts in milliseconds.

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
        output_limit: int | None = MOST_OUTPUT,
        running: list[NotebookNode] | None = None,
        **options: Any,
    ) -> None:
        """Run the cells, and put their outputs into the notebook.

        Parameters
        ----------
        nb_man
            Papermill's manager, which holds the notebook.
        kernel_name
            The notebook's kernel; if it is not this Python, papermill's own engine runs the notebook.
        log_output, stdout_file, stderr_file, start_timeout, execution_timeout, options
            As for papermill's own engine; the execution timeout is for each cell, in seconds.
        notebook_timeout
            How many seconds the whole notebook may run; None for no limit.
        memory_limit
            How many bytes its process may use on top of what it starts with; None for no limit.
        output_limit
            How many bytes its outputs may take in the notebook; None for no limit. What is cleared or replaced does
            not count.
        running
            A list to which the notebook is appended, so that the caller has it even if it fails.

        Raises
        ------
        CellExecutionError
            If a cell raises an error.
        CellTimeoutError, LateError
            If a cell, or the whole notebook, takes too long.
        DeadKernelError
            If the process ends before the notebook is done.
        OverflowingError
            If the notebook's outputs take too much.
        """
        if running is not None:
            running.append(nb_man.nb)
        shown = {"log_output": log_output, "stdout_file": stdout_file, "stderr_file": stderr_file}
        if reason := _unsupported_options(options) or _unsupported_kernel(kernel_name):
            logger.warning("%s: papermill's own engine runs this notebook", reason)
            # That engine has no time limit for the whole notebook, so the limit holds for each cell.
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
        client.output_limit = output_limit
        client.execute()


def _unsupported_options(options: Mapping[str, Any]) -> str:
    """Why this engine cannot run a notebook with these options; empty if it can."""
    if sys.platform == "win32":
        return "on Windows the pipes to a process cannot be waited on"
    asked = sorted(name for name in options if name in _KERNEL_OPTIONS or name.startswith(("kernel_manager", "on_")))
    return f"{', '.join(asked)}: only a kernel does that" if asked else ""


@cache
def _unsupported_kernel(kernel_name: str) -> str:
    """Why this Python cannot run a notebook for this kernel; empty if it can."""
    from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpecManager

    # To jupyter_client this name means the Python that it runs in, whatever kernels are installed.
    spec = KernelSpecManager().get_kernel_spec(NATIVE_KERNEL_NAME if kernel_name == "python" else kernel_name)
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

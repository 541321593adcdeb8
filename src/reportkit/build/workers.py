"""The worker processes that build reports: warm, quiet, each with a server that forks its notebooks' processes."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from reportkit.engine.process import CAN_FORK, fork_server
from reportkit.project.folder import Project
from reportkit.system.bounded import WorkerPool
from reportkit.system.errors import InputError

__all__ = ["modules_often_used", "report_workers"]

_WARM = "reportkit.build.warm"
# Modules that are slow to import, and the words in a notebook's code that show that it uses them.
_OFTEN_USED = {"pandas": ("pandas", ".frame("), "numpy": ("numpy", "pandas")}
# The same for tools that take long to start: where no notebook seems to use one, it starts with the first that does.
_STARTED_FOR = {"vl_convert": ("altair", "charts")}
# A worker with its threads, the server of its notebooks, and a notebook's process.
_TASKS = 7


def report_workers(jobs: int, project: Path | None, asked: Collection[str] = ()) -> WorkerPool:
    """Make the pool of processes that build reports.

    Parameters
    ----------
    jobs
        How many processes.
    project
        The folder of the project whose reports they build; None where these come from many.
    asked
        The names of the formats that are asked for besides those of every build, whose libraries are kept ready.

    Returns
    -------
    WorkerPool
        The pool; its processes start with the first report.
    """
    modules = [_WARM, *modules_often_used(project)]
    begin, preload = partial(_begin, project, modules, frozenset(asked)), modules if CAN_FORK else ()
    return WorkerPool(jobs, initializer=begin, preload=preload, tasks=_TASKS, once_more=True)


def modules_often_used(project: Path | None) -> list[str]:
    """Find the modules that are worth importing once for all notebooks of a project.

    Parameters
    ----------
    project
        Its folder; None where notebooks of many are run.

    Returns
    -------
    list of str
        Names of modules.
    """
    return _used(_OFTEN_USED, project)


def _used(words_of: Mapping[str, Collection[str]], project: Path | None) -> list[str]:
    """The modules whose words stand in a project's notebooks; all of them where it is not known."""
    if project is None:
        return list(words_of)
    code = "".join(path.read_text("utf-8", "replace") for path in sorted((project / "notebooks").rglob("*.ipynb")))
    return [module for module, words in words_of.items() if any(word in code for word in words)]


def _begin(project: Path | None, modules: list[str], asked: Collection[str]) -> None:
    """Get a worker process ready: import what is not there yet, and fork the server of its notebooks."""
    for module in modules:
        import_module(module)
    from reportkit.publish.formats import tools

    logging.getLogger("papermill").setLevel(logging.ERROR)
    _silence_stdout()
    gc.collect()
    gc.freeze()  # the collector need not look again and again at what stays for good
    fork_server(None if project is None else partial(_read_agencies, project))
    # Threads only now: a process that forks must have none.
    unused = _STARTED_FOR.keys() - _used(_STARTED_FOR, project)
    for start in (tool.start for tool in tools(asked) if tool.start and tool.module not in unused):
        threading.Thread(target=start, daemon=True).start()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _read_agencies(project: Path) -> None:
    """Read a project's agencies unless they are known, so that no notebook needs to."""
    with suppress(InputError, OSError):  # the report that needs them will say what is wrong
        _ = Project(project).agencies


def _end_with_parent() -> None:
    """End this process when its parent ends, for whatever reason: nobody is left to take the result."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _silence_stdout() -> None:
    """Keep what libraries print off the terminal, where a progress bar is."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)

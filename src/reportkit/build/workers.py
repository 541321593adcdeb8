"""Processes on this machine that build reports, as many as come, and none harmed by another's."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from reportkit.engine.process import CAN_FORK, fork_server
from reportkit.project.folder import Project
from reportkit.system.errors import InputError
from reportkit.system.machine import ending

if TYPE_CHECKING:
    from pebble import ProcessPool

__all__ = ["LocalWorkers", "why"]

P = ParamSpec("P")
Result = TypeVar("Result")

# Modules that are worth importing for all notebooks where one of them speaks of it.
_OFTEN_USED = {"pandas": ("pandas", ".frame("), "numpy": ("numpy", "pandas")}


class LocalWorkers:
    """Processes that are forked from a warm one, and each have a server of their own to run notebooks.

    Parameters
    ----------
    jobs
        How many.
    project
        The folder of the project whose reports they build; None where these come from many.
    """

    def __init__(self, jobs: int, project: Path | None) -> None:
        self.jobs, self.project = jobs, project
        self._pool: ProcessPool | None = None
        self._lock = threading.Lock()

    def submit(
        self, function: Callable[P, Result], timeout: float, *args: P.args, **kwargs: P.kwargs
    ) -> Future[Result]:
        """Have a function called in one of the processes.

        Parameters
        ----------
        function
            Importable by name.
        timeout
            After how many seconds its process is ended.
        *args, **kwargs
            What it is called with.

        Returns
        -------
        concurrent.futures.Future
            Its result; or an error, which `why` puts into words.
        """
        with self._lock:
            if self._pool is not None:
                try:
                    return self._pool.schedule(function, args, kwargs, timeout=timeout)
                except RuntimeError:  # no process of the pool is left
                    self.stop()
            self._pool = self._new_pool()
            return self._pool.schedule(function, args, kwargs, timeout=timeout)

    def stop(self) -> None:
        """End the processes, whatever they do."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None

    def _new_pool(self) -> ProcessPool:
        from pebble import ProcessPool

        context: Any = multiprocessing.get_context("forkserver" if CAN_FORK else "spawn")
        modules = _worth_importing(self.project)
        if CAN_FORK:
            context.set_forkserver_preload(["reportkit.build.warm", *modules])
            _start_fork_server(context)
        return ProcessPool(self.jobs, initializer=_begin, initargs=(self.project, modules), context=context)


def _start_fork_server(context: Any) -> None:
    """Have the server that forks the processes started, and wait until it is warm.

    Whoever loses patience meanwhile leaves nothing behind that would complain.
    """
    from multiprocessing import forkserver

    with _deaf():
        forkserver.ensure_running()
    first = context.Process(target=_do_nothing)
    try:
        first.start()
        first.join()
    except BaseException:
        # It would get warm first, and until then keep open what it has from this process.
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
        raise


def _do_nothing() -> None:
    """For the first process that is forked."""


@contextmanager
def _deaf() -> Iterator[None]:
    """Let what is started not hear of Ctrl-C: it is for this process, which ends the others."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def why(error: BaseException) -> str:
    """Why a process gave no result, in words."""
    from pebble import ProcessExpired

    if isinstance(error, ProcessExpired):
        return f"the process that built it ended ({ending(error.exitcode)})"
    if isinstance(error, LateError):
        return "its pages took too long"
    return " ".join(f"{type(error).__name__}: {error}".split())


def _worth_importing(project: Path | None) -> list[str]:
    """The modules that many notebooks use, where those of the project speak of them."""
    if project is None:
        return list(_OFTEN_USED)
    told = "".join(path.read_text("utf-8", "replace") for path in sorted((project / "notebooks").rglob("*.ipynb")))
    return [module for module, words in _OFTEN_USED.items() if any(word in told for word in words)]


def _begin(project: Path | None, modules: list[str]) -> None:
    """At the start of a worker: import what is not yet there, and fork the server of its notebooks."""
    from importlib import import_module

    from reportkit.publish.formats import tools

    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # an end without delay; files are written whole or not at all
    for module in ("reportkit.build.warm", *modules):
        import_module(module)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    _fall_silent()
    gc.collect()
    gc.freeze()  # what stays for good need not be looked through again and again
    fork_server(None if project is None else partial(_read_agencies, project))
    for start in (tool.start for tool in tools() if tool.start):
        threading.Thread(target=start, daemon=True).start()  # only now: a fork would lose it
    # Not before: what is forked must have no other thread.
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _read_agencies(project: Path) -> None:
    """Read a project's agencies unless they are known, so that no notebook needs to."""
    with suppress(InputError, OSError):  # the report that needs them will say what is wrong
        _ = Project(project).agencies


def _end_with_parent() -> None:
    """End when the process does that this one works for, however it does: nobody waits for the result."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _fall_silent() -> None:
    """Keep what libraries print from the terminal, where a progress bar is."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)

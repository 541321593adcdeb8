"""Doing one thing to many files so that a nasty one costs only itself: not the batch, not the machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from reportkit.system.errors import InputError
from reportkit.system.machine import cores, ending

if TYPE_CHECKING:
    from pebble import ProcessPool

__all__ = ["Refusal", "run_bounded"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_MIB = 1 << 20
_AHEAD = 16  # items given out for each process, so that none waits while a slow one is waited for
_OUT_OF_MEMORY = 77


@dataclass(frozen=True, slots=True)
class Refusal:
    """What stands in the place of a result that could not be had.

    Parameters
    ----------
    message
        One line that says why.
    """

    message: str


def run_bounded(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    jobs: int | None = None,
    timeout: float = 10.0,
    memory: int = 500 * _MIB,
) -> Iterator[tuple[Item, Result | Refusal]]:
    """Call `function` on each item in processes of their own, bounded in time and memory.

    An item that takes too long or too much, ends its process, or raises an error yields a `Refusal`; all
    others are done as if it had not been there. When the caller stops, so do the processes.

    Parameters
    ----------
    function
        Importable by name, as its module is imported anew in each process.
    items
        What it is called on; taken as they are needed.
    jobs
        Number of processes; by default one for each core.
    timeout
        Seconds for each item.
    memory
        Bytes that an item may take, on top of what its process has when it starts. Not every system keeps to it.

    Yields
    ------
    tuple
        Each item with its result, in the order of the items.
    """
    workers: _Workers[Item, Result] = _Workers(function, jobs or cores(), timeout, memory)
    waiting: deque[tuple[Item, Future[Result | Refusal]]] = deque()
    try:
        for item in items:
            waiting.append((item, workers.give(item)))
            if len(waiting) >= workers.jobs * _AHEAD:
                yield workers.outcome(*waiting.popleft())
        while waiting:
            yield workers.outcome(*waiting.popleft())
    finally:
        workers.stop()


class _Workers(Generic[Item, Result]):
    """Processes that do one thing, and what becomes of those that end before they have done it."""

    def __init__(self, function: Callable[[Item], Result], jobs: int, timeout: float, memory: int) -> None:
        self.function, self.jobs, self.timeout, self.memory = function, jobs, timeout, memory
        self.pool = self._new_pool()

    def _new_pool(self) -> ProcessPool:
        from pebble import ProcessPool

        # Never forked from a process that may have threads; the modules are imported once in each process.
        context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
        return ProcessPool(self.jobs, initializer=_confine, initargs=(self.memory, self.function), context=context)

    def give(self, item: Item) -> Future[Result | Refusal]:
        try:
            return self._schedule(item)
        except RuntimeError:  # no process of the pool is left
            self.stop()
            self.pool = self._new_pool()
            return self._schedule(item)

    def _schedule(self, item: Item) -> Future[Result | Refusal]:
        return self.pool.schedule(_attempt, args=(self.function, item), timeout=self.timeout)

    def outcome(self, item: Item, future: Future[Result | Refusal]) -> tuple[Item, Result | Refusal]:
        try:
            return item, future.result()
        except BrokenProcessPool:  # another item broke the pool before this one had its turn
            with suppress(Exception):
                return item, self.give(item).result()
            return item, Refusal("no process could be started to read it")
        except Exception as error:
            return item, Refusal(self._why(error))

    def _why(self, error: Exception) -> str:
        from pebble import ProcessExpired

        if isinstance(error, LateError):
            return f"took longer than {self.timeout:g} seconds"
        if isinstance(error, ProcessExpired) and error.exitcode == _OUT_OF_MEMORY:
            return f"took more than {self.memory // _MIB} MiB of memory"
        if isinstance(error, ProcessExpired):
            return f"ended the process that read it ({ending(error.exitcode)})"
        return _in_one_line(error)

    def stop(self) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()


def _attempt(function: Callable[[Item], Result], item: Item) -> Result | Refusal:
    """In a worker: the result, or why there is none."""
    try:
        return function(item)
    except MemoryError:
        # What is left of the memory may be in pieces; the next item shall find it whole.
        os._exit(_OUT_OF_MEMORY)
    except InputError as error:
        return Refusal(" ".join(str(error).split()))
    except (Exception, SystemExit) as error:
        return Refusal(_in_one_line(error))


def _in_one_line(error: BaseException) -> str:
    said = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _confine(memory: int, _function: object) -> None:
    """At the start of a worker: no more memory than `memory` on top of what it has, and an end without delay.

    The function is handed over so that its modules are imported before they are measured.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = _address_space() + memory
    with suppress(ValueError, OSError):  # not every system has such a limit
        resource.setrlimit(resource.RLIMIT_AS, (limit if most < 0 else min(limit, most), most))


def _address_space() -> int:
    """How much this process has mapped."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        return 4 << 30
    return int(statistics.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")

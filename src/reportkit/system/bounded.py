"""Calling functions in worker processes with limits, so that one bad call cannot take down the others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NoReturn, ParamSpec, TypeVar

from reportkit.system.errors import InputError, reason
from reportkit.system.files import own_temporary_folder
from reportkit.system.language import Message
from reportkit.system.machine import confine_memory, cores, ending

if TYPE_CHECKING:
    from pebble import ProcessPool

__all__ = [
    "Call",
    "PoolError",
    "Refusal",
    "TaskError",
    "UnfinishedError",
    "UnstartedError",
    "WorkerPool",
    "in_one_line",
    "run_bounded",
]

P = ParamSpec("P")
Item = TypeVar("Item")
Result = TypeVar("Result")

_MIB = 1 << 20
_AHEAD = 16  # items submitted for each process, so that none is idle while the caller waits for a slow one
_LONGEST_ERROR = 500
_SECONDS_BETWEEN_WATCHES = 1.0
_OUT_OF_MEMORY = 77  # the exit status of a worker that ran out of memory
_LONGEST_FOLDER = 70  # bytes of a path, so that the path of a socket some folders below has at most 107
_SHORT_FOLDER = "/tmp"  # noqa: S108  (multiprocessing makes a folder of its own in it)
_OWN_TASKS = 6  # the threads of a pool, and the two processes that it starts besides the workers
_SMALL_STACK = 1 << 18


class PoolError(InputError):
    """No worker process can be started here; the message says why, and what to do."""


class TaskError(Exception):
    """Why a task has no result: what its function raised, or how its process ended, in one line."""


class UnfinishedError(TaskError):
    """Why a task did not come to its end: its process ended, took too long, or could not be started."""


class UnstartedError(UnfinishedError):
    """Why a task was not begun: no process could be started for it, nor could one be for any other."""


class Call(Future[Result]):
    """The result of a call in another process, as far as it is known.

    Attributes
    ----------
    ended
        How the process ended in which it was made first, where it has been made once more; else empty.
    """

    ended: str = ""


def in_one_line(error: BaseException) -> str:
    """Put an error into one line for the user.

    Parameters
    ----------
    error
        Any error.

    Returns
    -------
    str
        The message alone where it is written for the user, otherwise the type and the message.

    Examples
    --------
    >>> in_one_line(InputError("a.yaml: not YAML")), in_one_line(KeyError("a"))
    ('a.yaml: not YAML', "KeyError: 'a'")
    """
    message = " ".join(str(error).split())
    if isinstance(error, InputError | TaskError):
        said = error.args[0] if error.args else ""
        return said if isinstance(said, Message) and said == message else message
    return f"{type(error).__name__}: {message[:_LONGEST_ERROR]}" if message else type(error).__name__


class WorkerPool:
    """Worker processes that call functions, each call limited in time and memory.

    A call that takes too long or too much memory, or ends its process, fails alone. The processes start with
    the first task, ignore Ctrl-C, and are replaced when they die. None is forked from this process.

    Parameters
    ----------
    jobs
        How many processes.
    memory
        How many bytes each process may use on top of what it has after `initializer`; None for no limit.
    initializer
        Called in each process before its first task.
    preload
        Names of modules that are imported once, in the server that forks the processes, where there is one.
    tasks
        How many processes and threads each process comes to, itself included, with all that `initializer` starts.
    once_more
        Whether a call is made once more if its process ends, which need not be its own fault: the system kills
        processes when memory runs out.

    Examples
    --------
    >>> pool = WorkerPool(jobs=2, memory=100 << 20)
    >>> pool.submit(max, 10.0, 1, 2).result()
    2
    >>> pool.submit(bytearray, 10.0, 200 << 20).exception()
    UnfinishedError('took more than 100 MiB of memory')
    >>> pool.stop()
    """

    def __init__(
        self,
        jobs: int,
        *,
        memory: int | None = None,
        initializer: Callable[[], object] | None = None,
        preload: Sequence[str] = (),
        tasks: int = 1,
        once_more: bool = False,
    ) -> None:
        self.jobs, self._memory, self._once_more = jobs, memory, once_more
        self._tasks = _OWN_TASKS + tasks * jobs
        self._begin, self._preload = partial(_begin, initializer, memory), preload
        self._lock = threading.Lock()
        self._pools: list[ProcessPool] = []  # the last one is in use, those before it are broken
        self._attempts: list[tuple[ProcessPool, Future[Any]]] = []
        self._stopped = threading.Event()

    def submit(
        self, function: Callable[P, Result], timeout: float, /, *args: P.args, **kwargs: P.kwargs
    ) -> Call[Result]:
        """Call a function in one of the processes.

        Parameters
        ----------
        function
            The function; its module is imported in the process.
        timeout
            After how many seconds its process is killed.
        *args, **kwargs
            What it is called with.

        Returns
        -------
        Call
            The future of its result, or of a `TaskError`.

        Raises
        ------
        RuntimeError
            If the pool has been stopped.
        PoolError
            If no process can be started.
        """
        task: _Task[Result] = _Task(partial(function, *args, **kwargs), timeout)
        task.future.set_running_or_notify_cancel()
        self._schedule(task)
        return task.future

    def stop(self) -> None:
        """Kill the processes; tasks that are not done stay so."""
        with self._lock:
            self._stopped.set()
        # A pool's threads may need the lock before they end.
        for pool in self._pools:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
        self._pools = []

    def _schedule(self, task: _Task[Any]) -> None:
        with self._lock:
            if self._stopped.is_set():
                raise RuntimeError("the pool has been stopped")
            attempt = self._attempt(task)
            self._attempts.append((self._pools[-1], attempt))
        attempt.add_done_callback(partial(self._settle, task))

    def _attempt(self, task: _Task[Any]) -> Future[Any]:
        if self._pools:
            try:
                return self._pools[-1].schedule(_call, (task.call,), timeout=task.timeout)
            except RuntimeError:
                pass  # it is broken
        pool = self._new_pool()
        try:
            attempt = pool.schedule(_call, (task.call,), timeout=task.timeout)
            if not self._pools:
                threading.Thread(target=self._watch, daemon=True).start()
        except (OSError, EOFError, RuntimeError) as error:
            pool.stop()  # type: ignore[no-untyped-call]
            raise PoolError(
                Message(
                    "no worker process can be started: {in_one_line}", in_one_line=in_one_line(error.__cause__ or error)
                )
            ) from error
        self._pools.append(pool)
        return attempt

    def _new_pool(self) -> ProcessPool:
        from pebble import ProcessPool

        # This process may have threads, and one that has must not fork. Only Linux's libraries survive a fork anyway.
        context: Any = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
        _require_tasks(self._tasks)
        _require_shared_memory(context)
        if sys.platform == "linux":
            _start_fork_server(context, self._preload)
        return ProcessPool(self.jobs, initializer=self._begin, context=context)

    def _watch(self) -> None:
        """Fail the attempts that pebble forgets: those that were still in its queue when their pool broke."""
        broken_before: set[int] = set()
        while not self._stopped.wait(_SECONDS_BETWEEN_WATCHES):
            with self._lock:
                self._attempts = [(pool, attempt) for pool, attempt in self._attempts if not attempt.done()]
                waiting = [*self._attempts]
            broken = {id(pool) for pool, _ in waiting if not pool.active}
            for pool, attempt in waiting:
                if id(pool) in broken & broken_before:  # pebble has had the time to fail those it knows
                    with suppress(InvalidStateError):
                        attempt.set_exception(BrokenProcessPool("the pool broke before the task had its turn"))
            broken_before = broken

    def _settle(self, task: _Task[Any], attempt: Future[Any]) -> None:
        """Hand over what came of a task, or try once more where it may do better."""
        error = attempt.exception()
        if error is not None and self._may_do_better(error) and type(error) not in task.retried_after:
            task.retried_after.add(type(error))
            task.future.ended = task.future.ended or _how_it_ended(error)
            try:
                return self._schedule(task)
            except Exception as failed:
                error = failed
        if error is None:
            task.future.set_result(attempt.result())
        else:
            task.future.set_exception(self._as_task_error(error, task.timeout))
        return None

    def _may_do_better(self, error: BaseException) -> bool:
        """Whether a task had no turn because the pool broke, or its process ended, perhaps through no fault of it."""
        from pebble import ProcessExpired

        if isinstance(error, ProcessExpired):
            return self._once_more and error.exitcode != _OUT_OF_MEMORY
        return isinstance(error, BrokenProcessPool)

    def _as_task_error(self, error: BaseException, timeout: float) -> TaskError:
        from pebble import ProcessExpired

        if isinstance(error, TimeoutError):
            return UnfinishedError(Message("took longer than {seconds} seconds", seconds=f"{timeout:g}"))
        if isinstance(error, PoolError):
            return UnstartedError(in_one_line(error))
        if isinstance(error, BrokenProcessPool):
            return UnstartedError(Message("no worker process could be started"))
        if not isinstance(error, ProcessExpired):
            return TaskError(in_one_line(error))
        if error.exitcode != _OUT_OF_MEMORY:
            return UnfinishedError(Message("its process ended ({ending})", ending=ending(error.exitcode)))
        if self._memory is None:
            return UnfinishedError(Message("ran out of memory"))
        return UnfinishedError(Message("took more than {limit} MiB of memory", limit=self._memory // _MIB))


@dataclass
class _Task(Generic[Result]):
    """A call to make, and the future of its result."""

    call: Callable[[], Result]
    timeout: float
    future: Call[Result] = field(default_factory=Call)
    retried_after: set[type[BaseException]] = field(default_factory=set)  # a pool that broke is no fault of the task


def _how_it_ended(error: BaseException) -> str:
    """How the process ended in which a call was made; empty if the call never had its turn."""
    from pebble import ProcessExpired

    return ending(error.exitcode) if isinstance(error, ProcessExpired) else ""


def _require_tasks(number: int) -> None:
    """Check that the system lets this user start so many more processes or threads, which count alike.

    Where it lets him start some, but not all, one that fails somewhere in the middle would say it badly.
    """
    everyone_is_there = threading.Event()
    started: list[threading.Thread] = []
    before = threading.stack_size(_SMALL_STACK)
    try:
        for _ in range(number):
            thread = threading.Thread(target=everyone_is_there.wait, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError:
        raise PoolError(
            Message(
                "the system lets this user start {count} more processes and threads, and {number} are needed: "
                "raise the limit (ulimit -u, or the container's pids.max), end other programs, "
                "or work on fewer at once",
                count=len(started),
                number=number,
            )
        ) from None
    finally:
        threading.stack_size(before)
        everyone_is_there.set()
        for thread in started:
            thread.join()


def _require_shared_memory(context: Any) -> None:
    """Check that there is shared memory, by which worker processes wait for each other."""
    try:
        context.Lock()
    except OSError as error:
        raise PoolError(
            Message(
                "worker processes need shared memory, and /dev/shm cannot be used ({strerror}): "
                "mount a tmpfs there that can be written to",
                strerror=reason(error),
            )
        ) from error


def _start_fork_server(context: Any, preload: Sequence[str]) -> None:
    """Start the server that forks the worker processes, and wait until it has imported `preload`."""
    from multiprocessing import forkserver

    context.set_forkserver_preload(list(preload))
    _own(_folder_of_sockets())
    with _interrupts_held():
        forkserver.ensure_running()
    if not preload:
        return
    first = context.Process(target=_do_nothing)
    try:
        first.start()
        first.join()
    except BaseException as error:
        # An interrupt: the server would go on importing, and keep this process's files open until it is done.
        with suppress(ProcessLookupError):
            os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
        if isinstance(error, EOFError | ConnectionError):
            raise PoolError(
                Message(
                    "the process from which the workers are forked ended while it imported what they need: "
                    "either its own words stand above, or it was killed, for want of memory perhaps; try again"
                )
            ) from error
        raise


@cache  # it stays marked to the end
def _own(sockets: Path) -> None:
    """Mark the folder of multiprocessing's sockets, which stays behind if this process is killed."""
    own_temporary_folder(sockets)


def _folder_of_sockets() -> Path:
    """Let multiprocessing make its sockets where their paths are not too long for the system."""
    from multiprocessing.util import get_temp_dir

    try:
        before = tempfile.gettempdir()
        try:
            if len(os.fsencode(before)) > _LONGEST_FOLDER:
                tempfile.tempdir = _SHORT_FOLDER
            return Path(get_temp_dir())  # which stays the same from now on
        finally:
            tempfile.tempdir = before
    except OSError as error:
        raise PoolError(
            Message(
                "{value}: {strerror}; set TMPDIR to a folder for files",
                value=error.filename or "TMPDIR",
                strerror=reason(error),
            )
        ) from error


def _do_nothing() -> None:
    """Run in the first process that is forked."""


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start children with SIGINT blocked: Ctrl-C is for this process, which gets it afterwards and ends them.

    A signal that were ignored meanwhile would be lost.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(initializer: Callable[[], object] | None, memory: int | None) -> None:
    """Get a worker process ready."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # pebble's handler takes longer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if initializer is not None:
        initializer()
    if memory is not None:
        confine_memory(memory)


def _call(call: Callable[[], Result]) -> Result:
    """Make a call in a worker process."""
    try:
        return call()
    except MemoryError:
        _end_without_memory()
    except (Exception, SystemExit) as error:
        # As text, because not every error can be unpickled.
        raise TaskError(in_one_line(error)) from None


def _end_without_memory() -> NoReturn:
    """End a worker process: what memory it has left may be in pieces, so the next task gets a new process."""
    os._exit(_OUT_OF_MEMORY)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What `run_bounded` gives for an item that has no result.

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
    timeout: float | Callable[[Item], float] = 10.0,
    memory: int = 500 * _MIB,
) -> Generator[tuple[Item, Result | Refusal]]:
    """Call `function` on each item in worker processes, limited in time and memory.

    An item that takes too long or too much memory, ends its process, or raises an error gives a `Refusal`
    and does not affect the others. When the caller stops, the processes are killed.

    Parameters
    ----------
    function
        The function; its module is imported in each process.
    items
        What it is called on; taken as they are needed.
    jobs
        Number of processes; by default one for each core.
    timeout
        Seconds for each item, or a function that says how many an item may take.
    memory
        Bytes that an item may use on top of what its process has when it starts. Not every system enforces it.

    Yields
    ------
    tuple
        Each item with its result, in the order of the items.

    Examples
    --------
    >>> list(run_bounded(int, ["1", "one"], jobs=1))
    [('1', 1), ('one', Refusal(message="ValueError: invalid literal for int() with base 10: 'one'"))]
    """
    pool = WorkerPool(jobs or cores(), memory=memory, initializer=partial(_import_modules_of, function))
    waiting: deque[tuple[Item, Future[Result]]] = deque()

    def first_outcome() -> tuple[Item, Result | Refusal]:
        item, future = waiting.popleft()
        error = future.exception()
        return item, future.result() if error is None else Refusal(in_one_line(error))

    try:
        for item in items:
            waiting.append((item, pool.submit(function, timeout(item) if callable(timeout) else timeout, item)))
            if len(waiting) >= pool.jobs * _AHEAD:
                yield first_outcome()
        while waiting:
            yield first_outcome()
    finally:
        pool.stop()


def _import_modules_of(_function: object) -> None:
    """Import a function's modules, by receiving it, before a worker's memory is measured."""

"""Building on a Dask cluster, whose workers need nothing but the package: what a report is made from is sent along.

On each worker a report is built as it would be here, in a process of its own, so that a crash costs one report.
The worker writes to the output itself if that is a bucket; if it is a folder of this machine, what is to be
written there comes back with the result.
"""

from __future__ import annotations

import logging
import multiprocessing
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from math import inf
from multiprocessing.util import Finalize
from typing import Any

from reportkit.build.assets import ASSETS
from reportkit.build.batch import BuildersError, tried_once_more
from reportkit.build.capacity import require_limits
from reportkit.build.causes import SHARED, cause_of
from reportkit.build.events import Note, Workers
from reportkit.build.last_run import EXECUTED, STAMP
from reportkit.build.one_report import (
    PATIENCE,
    Built,
    Failed,
    Limits,
    build_report,
    failed_with,
    folder_of,
    report_failure,
)
from reportkit.build.output import Change, FolderOutput, Output, OutputWriter, RecordedOutput, output_at
from reportkit.build.package import package_digest
from reportkit.build.parcels import Parcel, pack, unpacked
from reportkit.build.wishes import EVERY_BUILD, Wishes
from reportkit.build.workers import report_workers
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import PACKAGE
from reportkit.system.bounded import WorkerPool, in_one_line
from reportkit.system.errors import InputError
from reportkit.system.language import Counted, Joined, Message
from reportkit.system.machine import cores

__all__ = ["ClusterBuilders", "ClusterError"]

# Reports given out for each thread of the cluster, so that none waits for the next.
_AHEAD = 3
_SECONDS_TO_CONNECT = 10
_ADDRESS = re.compile(r"[a-z]+://[^/]+:\d+/?")
_SECONDS_BETWEEN_LOOKS = 2.0
# How long reports wait for another worker where all that there are have been set aside.
_SECONDS_FOR_ANOTHER = 10.0
# How many reports in a row fail on a worker for a cause that is not theirs before it is set aside.
_STRIKES = 3
_MOST_NAMED = 5  # workers in a note
# What a worker is asked. A worker that cannot load a function that it is sent ends, so it is sent this text.
_WHICH_REPORTKIT = "__import__('pkgutil').resolve_name('reportkit.build.package:package_digest')()"
_ANOTHER_VERSION = Message("another version of reportkit, or of a library that shapes its pages")


class ClusterError(BuildersError, OSError):
    """A scheduler that cannot be reached, or no worker that can build; the message says what to do."""


# ------------------------------------------------------------------- the cluster


class ClusterBuilders:
    """The workers of a Dask scheduler.

    A worker that cannot build is set aside: one that has another version of reportkit, and one on which reports fail
    for a cause that others do not meet. What it was given is built by others.

    Parameters
    ----------
    project, output, limits
        As `LocalBuilders` has them.
    address
        The scheduler's: tcp://HOST:PORT.
    wishes
        What is asked for beyond the pages.

    Raises
    ------
    ClusterError
        If there is no scheduler, or Dask is not installed here.
    """

    def __init__(
        self, project: Project, output: Output, limits: Limits, address: str, wishes: Wishes = EVERY_BUILD
    ) -> None:
        self._project, self._output, self._limits, self._wishes = project, output, limits, wishes
        self._address = address
        self._client = _client(address)
        self._workers = _Workers(self._client)
        self._news: deque[Note | Workers] = deque()
        self._number_told: int | None = None
        self._lock = threading.RLock()  # results come in Dask's own thread
        self._given_out: set[_Task] = set()
        self._held: list[_Task] = []
        self._looked = -inf
        self._last_able = time.monotonic()
        self._look()
        self._workers.wait_for_answers()
        self._news.extend(self._workers.notes())  # a short build may end before the next look

    @property
    def at_once(self) -> int:
        """The threads of the workers that can build."""
        return self._workers.threads

    @property
    def ahead(self) -> int:
        """Some for each thread; before there are workers, as many as this machine would build."""
        return max(self.at_once, cores()) * _AHEAD

    def submit(self, key: ReportKey) -> Future[Built | Failed]:
        """Send what a report is made from to a worker, and take what comes back."""
        task = _Task(key)
        try:
            task.parcel = pack(self._project, key)
        except (InputError, OSError) as error:
            failed = failed_with(key, error)
            report_failure(self._output, failed)
            task.ours.set_result(failed)
        else:
            self._give_out(task)
        return task.ours

    def news(self) -> Iterable[Note | Workers]:
        """See which workers have come and gone, and what became of the reports that they had."""
        if time.monotonic() - self._looked >= _SECONDS_BETWEEN_LOOKS:
            self._look()
        while self._news:
            yield self._news.popleft()

    def close(self) -> None:
        """Cancel what is not done."""
        with self._lock:
            for task in [*self._given_out]:
                self._take_back(task)
        self._client.close(timeout=1)

    def _look(self) -> None:
        self._looked = time.monotonic()
        try:
            self._workers.look()
        except TimeoutError:
            return  # the scheduler is busy
        except Exception as error:  # a lost connection raises errors of many types
            raise self._lost(error) from error
        if self._workers.number != self._number_told:
            self._number_told = self._workers.number
            self._news.append(Workers(self._number_told))
        self._news.extend(self._workers.notes())
        with self._lock:
            stranded = [task for task in self._given_out if task.workers and not task.workers & self._workers.able]
            for task in stranded:
                self._take_back(task)
            held, self._held = [*self._held, *stranded], []
            for task in held:
                self._give_out(task)
            self._end_if_none_is_able()

    def _end_if_none_is_able(self) -> None:
        if not self._held or not self._workers.all_aside:
            self._last_able = time.monotonic()
        elif time.monotonic() - self._last_able > _SECONDS_FOR_ANOTHER:
            reasons = Joined("; ", self._workers.reasons())
            raise ClusterError(
                Message(
                    "{address}: no worker can build: {reasons}; build again when one can",
                    address=self._address,
                    reasons=reasons,
                )
            )

    def _give_out(self, task: _Task) -> None:
        with self._lock:
            task.workers = self._workers.choice(task.avoided)
            if task.workers is not None and not task.workers:
                self._held.append(task)
                return
            restricted = {} if task.workers is None else {"workers": sorted(task.workers)}
            try:
                executor = self._client.get_executor(pure=False, **restricted)
                sent = (task.parcel, self._destination(task.key), self._limits, task.key, self._wishes)
                theirs = executor.submit(_build, *sent)
            except Exception as error:  # a lost connection raises errors of many types
                task.ours.set_exception(self._lost(error))
                return
            task.theirs = theirs
            self._given_out.add(task)
        theirs.add_done_callback(partial(self._take, task))

    def _take_back(self, task: _Task) -> None:
        self._given_out.discard(task)
        theirs, task.theirs = task.theirs, None
        if theirs is not None:
            theirs.cancel()

    def _destination(self, key: ReportKey) -> OutputWriter:
        """What a worker writes to: a bucket, or a record of what is to be written to a folder of this machine."""
        if isinstance(self._output, FolderOutput):
            folder = folder_of(key)
            # From the notebook a format that is newly asked for can be made.
            matter = [STAMP, EXECUTED] if self._wishes.formats else [STAMP]
            contents = self._output.read([f"{folder}/{name}" for name in matter])
            return RecordedOutput(self._output.sizes([folder, ASSETS]), contents)
        return output_at(self._output.url)

    def _take(self, task: _Task, theirs: Future[_Returned]) -> None:
        """Pass on what a worker returned, unless another worker may do better."""
        with self._lock:
            if theirs is not task.theirs:
                return  # it was taken back
            self._given_out.discard(task)
        try:
            returned = theirs.result()
            if returned.ended:
                self._news.append(tried_once_more(task.key, returned.ended))
        except CancelledError as error:
            task.ours.set_exception(self._lost(error))
        except Exception as error:
            self._take_error(task, error)
        else:
            if self._another_may_do_better(task, returned):
                self._give_out(task)
            else:
                self._deliver(task, returned)

    def _take_error(self, task: _Task, error: Exception) -> None:
        """Wait for the next look if a worker did not understand what it was sent: it may have no reportkit."""
        from distributed import KilledWorker

        if task.misunderstood or isinstance(error, KilledWorker):
            task.ours.set_exception(error)
            return
        with self._lock:
            task.misunderstood = True
            self._held.append(task)

    def _deliver(self, task: _Task, returned: _Returned) -> None:
        """Write what a worker could not write there, and pass its result on."""
        try:
            for change in returned.changes:
                change.apply(self._output)
        except Exception as error:  # it fails this report alone
            task.ours.set_exception(error)
        else:
            task.ours.set_result(returned.result)

    def _another_may_do_better(self, task: _Task, returned: _Returned) -> bool:
        """Whether a report failed for a cause that is the worker's, perhaps, and there is another to try."""
        result, worker = returned.result, returned.worker
        if isinstance(result, Built):
            self._workers.has_built(worker)
            return False
        if result.cause == "version":
            self._workers.set_aside([worker], _ANOTHER_VERSION)
            return True
        if result.cause not in SHARED:
            return False
        self._workers.has_failed(worker, result.message)
        if task.avoided or not self._workers.others(worker):
            return False
        task.avoided = frozenset({worker})
        return True

    def _lost(self, error: BaseException) -> ClusterError:
        lost = ClusterError(
            Message(
                "{address}: the scheduler is gone, and its workers end with it; start it and them again, "
                "then build again: what was built stays",
                address=self._address,
            )
        )
        lost.__cause__ = error
        return lost


@dataclass(eq=False)
class _Task:
    """A report to be built by a worker.

    Parameters
    ----------
    key
        Which report.
    ours
        What became of it.
    theirs
        What Dask says of it; None if it is not given out.
    parcel
        What it is made from.
    workers
        Those that it may be given to; None for any.
    avoided
        Those on which it failed for a cause that may be theirs.
    misunderstood
        Whether a worker could not understand it.
    """

    key: ReportKey
    ours: Future[Built | Failed] = field(default_factory=Future)
    theirs: Future[_Returned] | None = None
    parcel: Parcel | None = None
    workers: frozenset[str] | None = None
    avoided: frozenset[str] = frozenset()
    misunderstood: bool = False


class _Workers:
    """The workers of a scheduler, by address: which can build, and which are set aside, and why.

    Parameters
    ----------
    client
        The scheduler's client.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._threads: dict[str, int] = {}
        self._asked: dict[str, Future[str]] = {}
        self._suitable: set[str] = set()
        self._aside: dict[str, str] = {}
        self._strikes: Counter[str] = Counter()
        self._notes: deque[Note] = deque()

    @property
    def number(self) -> int:
        """How many there are, those that are set aside among them."""
        return len(self._threads)

    @property
    def all_aside(self) -> bool:
        """Whether there are some, and each of them is set aside."""
        return bool(self._threads) and not self._threads.keys() - self._aside.keys()

    @property
    def able(self) -> frozenset[str]:
        """Those that have the same reportkit and are not set aside."""
        return frozenset(self._suitable & self._threads.keys() - self._aside.keys())

    @property
    def threads(self) -> int:
        """How many reports those that are able build at once."""
        return sum(self._threads.get(worker, 0) for worker in self.able)

    def choice(self, avoided: frozenset[str]) -> frozenset[str] | None:
        """Those that a report may be given to; None for any, so that it may go to one that has yet to come."""
        able = self.able
        if not avoided and len(able) == len(self._threads) > 0:
            return None
        return able - avoided or able

    def others(self, worker: str) -> frozenset[str]:
        """Those that are able besides one."""
        return self.able - {worker}

    def look(self) -> None:
        """See which there are now, and ask those that are new which reportkit they have."""
        self._threads = dict(self._client.nthreads(callback_timeout=_SECONDS_TO_CONNECT))
        for worker in self._asked.keys() - self._threads.keys():
            self._asked.pop(worker).cancel()
        for worker in self._threads.keys() - self._asked.keys():
            executor = self._client.get_executor(pure=False, workers=[worker])
            self._asked[worker] = executor.submit(eval, _WHICH_REPORTKIT)
        self._note_answers()

    def wait_for_answers(self) -> None:
        """Wait until those that are there have answered, unless one takes very long."""
        wait(self._asked.values(), _SECONDS_TO_CONNECT)
        self._note_answers()

    def _note_answers(self) -> None:
        """Set aside those that have another reportkit, or none."""
        lacking: dict[str, list[str]] = {}
        for worker, asked in self._asked.items():
            if worker in self._suitable or worker in self._aside or not asked.done() or asked.cancelled():
                continue
            error = asked.exception()
            if error is None and asked.result() == package_digest():
                self._suitable.add(worker)
            elif isinstance(error, ModuleNotFoundError):
                lacking.setdefault(Message("no reportkit that runs ({error})", error=error), []).append(worker)
            else:
                lacking.setdefault(_ANOTHER_VERSION, []).append(worker)
        for reason, workers in lacking.items():
            self.set_aside(workers, reason)

    def set_aside(self, workers: Iterable[str], reason: str, advice: str = SHARED["version"]) -> None:
        """Give no more reports to some workers, and say so once."""
        new = [worker for worker in workers if worker not in self._aside]
        self._aside |= dict.fromkeys(new, reason)
        if new:
            named: str = Joined(", ", new[:_MOST_NAMED])
            if len(new) > _MOST_NAMED:
                named = Message("{first} and {count} more", first=named, count=len(new) - _MOST_NAMED)
            set_aside = Counted("{count} worker is set aside", "{count} workers are set aside", count=len(new))
            told = Message(
                "{set_aside}, with {reason}: {named}; {advice}",
                set_aside=set_aside,
                reason=reason,
                named=named,
                advice=advice,
            )
            self._notes.append(Note(told))

    def has_built(self, worker: str) -> None:
        """Forget what failed on a worker, which has built a report."""
        del self._strikes[worker]

    def has_failed(self, worker: str, message: str) -> None:
        """Set a worker aside if several in a row have failed there, and there is another."""
        self._strikes[worker] += 1
        if self._strikes[worker] >= _STRIKES and self.others(worker):
            reason = Message("{count} failures in a row ({message})", count=_STRIKES, message=message)
            self.set_aside([worker], reason, Message("see to it there"))

    def reasons(self) -> list[str]:
        """Why workers are set aside, and how many for each reason; whichever came first."""
        counted = Counter(reason for worker, reason in self._aside.items() if worker in self._threads)
        return [Message("{number} with {reason}", number=counted[reason], reason=reason) for reason in sorted(counted)]

    def notes(self) -> list[Note]:
        """What is new."""
        return [self._notes.popleft() for _ in range(len(self._notes))]


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(Message("--scheduler needs Dask: pip install 'reportkit[cluster]'")) from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # reportkit says what matters
    if not _ADDRESS.fullmatch(address):
        raise ClusterError(Message("--scheduler {address}: write tcp://HOST:PORT", address=address))
    try:
        return Client(address, timeout=_SECONDS_TO_CONNECT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ClusterError(
            Message("{address}: no Dask scheduler answers there; start one with `dask scheduler`", address=address)
        ) from error


# ---------------------------------------------------------------- on a worker


@dataclass(frozen=True, slots=True)
class _Returned:
    """What a worker returns.

    Parameters
    ----------
    result
        What became of the report.
    changes
        What is still to be written to the output.
    worker
        The worker's address.
    ended
        How the process ended in which it was built first, if it was tried once more; else empty.
    """

    result: Built | Failed
    changes: tuple[Change, ...]
    worker: str = ""
    ended: str = ""


def _returned(result: Built | Failed, output: OutputWriter) -> _Returned:
    return _Returned(result, output.changes if isinstance(output, RecordedOutput) else ())


def _build(parcel: Parcel, output: OutputWriter, limits: Limits, key: ReportKey, wishes: Wishes) -> _Returned:
    """On a worker: have a report built in a process of this machine."""
    worker = _own_address()
    if parcel.sources[PACKAGE] != package_digest():
        # Nothing is written: another worker builds it.
        return _Returned(
            Failed(key, Message("the worker has {version}", version=_ANOTHER_VERSION), cause="version"), (), worker
        )
    timeout = limits.timeout + PATIENCE
    ended = ""
    try:
        task = (parcel, output, limits, key, wishes)
        call = _processes().submit(_unpack_and_build, timeout, *task)
        call.exception()  # when it is done, it is known whether it was made twice
        ended = call.ended
        returned = call.result()
    except Exception as error:
        failed = Failed(key, in_one_line(error), cause=cause_of(error))
        report_failure(output, failed)
        returned = _returned(failed, output)
    return replace(returned, worker=worker, ended=ended)


def _own_address() -> str:
    from distributed import get_worker

    with suppress(ValueError):  # this is no worker
        return str(get_worker().address)
    return ""


_first = threading.Lock()


def _processes() -> WorkerPool:
    with _first:
        return _only_processes()


@cache
def _only_processes() -> WorkerPool:
    from distributed import get_worker

    require_limits()
    # Dask starts its workers as daemons, which may have no children. The processes are stopped before the worker
    # ends, since it would wait for them.
    multiprocessing.current_process().daemon = False
    workers = report_workers(get_worker().state.nthreads, None)
    Finalize(None, workers.stop, exitpriority=0)
    return workers


def _unpack_and_build(
    parcel: Parcel, output: OutputWriter, limits: Limits, key: ReportKey, wishes: Wishes
) -> _Returned:
    with unpacked(parcel) as project:
        return _returned(build_report(project, parcel.sources, key, output, limits, wishes), output)

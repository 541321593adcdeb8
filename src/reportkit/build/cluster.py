"""Building on a Dask cluster, whose workers need nothing but the package: what a report is made from is sent along.

On each worker a report is built as it would be here, in a process of its own, so that a crash costs one report.
The worker writes to the output itself if that is a bucket; if it is a folder of this machine, what is to be
written there comes back with the result.
"""

from __future__ import annotations

import logging
import multiprocessing
import socket
import threading
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.util import Finalize
from typing import Any

from reportkit.build.assets import ASSETS
from reportkit.build.batch import BuildersError
from reportkit.build.capacity import require_limits
from reportkit.build.one_report import PATIENCE, Built, Failed, Limits, build_report, folder_of, report_failure
from reportkit.build.output import Change, FolderOutput, Output, OutputWriter, RecordedOutput, output_at
from reportkit.build.package import package_digest
from reportkit.build.parcels import Parcel, pack, unpacked
from reportkit.build.workers import report_workers
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import PACKAGE
from reportkit.system.bounded import WorkerPool, in_one_line
from reportkit.system.errors import InputError
from reportkit.system.machine import cores

__all__ = ["ClusterBuilders", "ClusterError"]

# Reports given out for each thread of the cluster, so that none waits for the next.
_AHEAD = 3
_SECONDS_TO_CONNECT = 10


class ClusterError(BuildersError, OSError):
    """A scheduler that cannot be reached; the message says what to do."""


# ------------------------------------------------------------------- the cluster


class ClusterBuilders:
    """The workers of a Dask scheduler.

    Parameters
    ----------
    project, output, limits
        As `LocalBuilders` has them.
    address
        The scheduler's: tcp://HOST:PORT.

    Raises
    ------
    ClusterError
        If there is no scheduler, or Dask is not installed here.
    """

    def __init__(self, project: Project, output: Output, limits: Limits, address: str) -> None:
        self._project, self._output, self._limits = project, output, limits
        self._address = address
        self._client = _client(address)
        threads = sum(self._client.nthreads().values())
        self.ahead = max(threads, cores()) * _AHEAD
        self._executor = self._client.get_executor(pure=False)
        self._given_out: set[Future[Any]] = set()

    def submit(self, key: ReportKey) -> Future[Built | Failed]:
        """Send what a report is made from to a worker, and take what comes back."""
        ours: Future[Built | Failed] = Future()
        try:
            parcel = pack(self._project, key)
        except (InputError, OSError) as error:
            failed = Failed(key, str(error))
            report_failure(self._output, failed)
            ours.set_result(failed)
            return ours
        try:
            theirs = self._executor.submit(_build, parcel, self._destination(key), self._limits, key)
        except Exception as error:  # a lost connection raises errors of many types
            ours.set_exception(self._lost(error))
            return ours
        self._given_out.add(theirs)
        theirs.add_done_callback(partial(self._take, ours))
        return ours

    def close(self) -> None:
        """Cancel what is not done."""
        for future in list(self._given_out):
            future.cancel()
        self._client.close(timeout=1)

    def _destination(self, key: ReportKey) -> OutputWriter:
        """What a worker writes to: a bucket, or a record of what is to be written to a folder of this machine."""
        if isinstance(self._output, FolderOutput):
            return RecordedOutput(self._output.sizes([folder_of(key), ASSETS]))
        return output_at(self._output.url)

    def _take(self, ours: Future[Built | Failed], theirs: Future[_Returned]) -> None:
        """Write what a worker could not write there, and pass its result on."""
        self._given_out.discard(theirs)
        try:
            returned = theirs.result()
            for change in returned.changes:
                change.apply(self._output)
        except CancelledError as error:
            ours.set_exception(self._lost(error))
        except Exception as error:  # it fails this report alone
            ours.set_exception(error)
        else:
            ours.set_result(returned.result)

    def _lost(self, error: BaseException) -> ClusterError:
        lost = ClusterError(f"{self._address}: the scheduler is gone; what was built stays, start it and build again")
        lost.__cause__ = error
        return lost


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("--scheduler needs Dask: pip install 'reportkit[cluster]'") from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # reportkit says what matters
    try:
        return Client(address, timeout=_SECONDS_TO_CONNECT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"{address}: no Dask scheduler answers there ({error}); start one with `dask scheduler`"
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
    """

    result: Built | Failed
    changes: tuple[Change, ...]


def _returned(result: Built | Failed, output: OutputWriter) -> _Returned:
    return _Returned(result, output.changes if isinstance(output, RecordedOutput) else ())


def _build(parcel: Parcel, output: OutputWriter, limits: Limits, key: ReportKey) -> _Returned:
    """On a worker: have a report built in a process of this machine."""
    timeout = limits.timeout + PATIENCE
    try:
        return _processes().submit(_unpack_and_build, timeout, parcel, output, limits, key).result()
    except Exception as error:
        failed = Failed(key, in_one_line(error))
        report_failure(output, failed)
        return _returned(failed, output)


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


def _unpack_and_build(parcel: Parcel, output: OutputWriter, limits: Limits, key: ReportKey) -> _Returned:
    if parcel.sources[PACKAGE] != package_digest():
        failed = Failed(key, f"the worker on {socket.gethostname()} has another reportkit: install the same there")
        report_failure(output, failed)
        return _returned(failed, output)
    with unpacked(parcel) as project:
        return _returned(build_report(project, parcel.sources, key, output, limits), output)

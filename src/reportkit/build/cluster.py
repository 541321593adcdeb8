"""Building on a Dask cluster, whose workers need nothing but the package: what a report is made from travels.

On each worker a report is built as it would be here, in a process that may fail alone. What it writes goes
to the output itself where the worker can reach it, and comes back where it is a folder of this machine.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import socket
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from reportkit.build.batch import BuildersError
from reportkit.build.one_report import PATIENCE, Built, Failed, Limits, build_report, folder_of, report_failure
from reportkit.build.output import FolderOutput, Output, output_at
from reportkit.build.package import package_digest
from reportkit.build.workers import LocalWorkers, why
from reportkit.project.folder import Project, ReportKey
from reportkit.project.register import Register
from reportkit.project.sources import PACKAGE, Sources, beside_notebooks
from reportkit.system.errors import InputError
from reportkit.system.machine import cores

__all__ = ["ClusterBuilders", "ClusterError", "Parcel", "pack"]

# Reports given out for each thread of the cluster, so that none waits for the next.
_AHEAD = 3
_SECONDS_TO_CONNECT = 10


class ClusterError(BuildersError, OSError):
    """A scheduler that cannot be reached; the message says what to do."""


# ------------------------------------------------------------- what travels


@dataclass(frozen=True)
class Parcel:
    """All that a report is made from.

    Parameters
    ----------
    files
        The content of each file, by its name relative to the project.
    sources
        What the report is made from, with the digests, as `Sources` notes them.
    """

    files: Mapping[str, bytes]
    sources: Mapping[str, str]


def pack(project: Project, key: ReportKey) -> Parcel:
    """Put together what a report is made from.

    Raises
    ------
    InputError
        Where its agency or its notebook cannot be found.
    """
    sources = Sources(project, package_digest())
    Project(project.root, sources.note).look_at(key)
    paths = {name: project.root / name for name in sources.files()} | dict(beside_notebooks(project))
    files = {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
    files["params/agencies.yaml"] = json.dumps(
        _entries(project.register, sources.agencies()), ensure_ascii=False
    ).encode()
    return Parcel(files, sources.digests)


def _entries(register: Register, looked_at: Iterable[str]) -> dict[str, Any]:
    """The part of the register that was looked at, and above it as much as makes it whole; JSON is YAML too."""
    entries: dict[str, Any] = {}
    for agency_id in looked_at:
        for agency in (*register.children.get(agency_id, ()), register.agencies.get(agency_id)):
            if agency is not None:
                # An entry that cannot be read must not be readable elsewhere.
                spoilt = {"unreadable": True} if agency.id in register.problems else {}
                entries[agency.id] = {name: value for name, value in asdict(agency).items() if value and name != "id"}
                entries[agency.id] |= spoilt
    above = {entry.get("parent") for entry in entries.values()} - entries.keys() - {None}
    return entries | {str(agency_id): {"name": str(agency_id)} for agency_id in sorted(above, key=str)}


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
        Where there is no scheduler, or Dask is not installed here.
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
        """Send a report's sources to a worker, and take what comes back."""
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
        except Exception as error:  # of no common kind, where the connection is lost
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

    def _destination(self, key: ReportKey) -> _Destination:
        if not isinstance(self._output, FolderOutput):
            return _Destination(self._output.url)
        folders = (folder_of(key), "assets")
        return _Destination("", {folder: dict(sizes) for folder, sizes in self._output.sizes(folders).items()})

    def _take(self, ours: Future[Built | Failed], theirs: Future[tuple[Built | Failed, list[_Deed]]]) -> None:
        """Do here what a worker could not do there."""
        self._given_out.discard(theirs)
        try:
            result, deeds = theirs.result()
            for deed in deeds:
                deed.do(self._output)
        except CancelledError as error:
            ours.set_exception(self._lost(error))
        except Exception as error:  # whatever it is, it is this report's alone
            ours.set_exception(error)
        else:
            ours.set_result(result)

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
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said by us
    try:
        return Client(address, timeout=_SECONDS_TO_CONNECT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"{address}: no Dask scheduler answers there ({error}); start one with `dask scheduler`"
        ) from error


# ---------------------------------------------------------------- on a worker


@dataclass(frozen=True)
class _Destination:
    """Where a report's files go: an output that workers reach, or back, to a folder of which is told what it holds."""

    url: str
    sizes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Deed:
    """Something to be done to an output: to write a file, or to remove some."""

    names: Collection[str]
    content: bytes | None = None

    def do(self, output: Output) -> None:
        """Do it."""
        if self.content is None:
            output.remove(self.names)
        else:
            (name,) = self.names
            output.write(name, self.content)


class _Remembered:
    """An output that remembers what is to be done elsewhere, in that order."""

    url = ""

    def __init__(self, sizes: Mapping[str, Mapping[str, int]]) -> None:
        self._sizes = sizes
        self.deeds: list[_Deed] = []

    def sizes(self, folders: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        return {folder: self._sizes.get(folder, {}) for folder in folders}

    def write(self, name: str, content: bytes) -> None:
        self.deeds.append(_Deed((name,), content))

    def remove(self, names: Collection[str]) -> None:
        self.deeds.append(_Deed(tuple(names)))

    @contextmanager
    def claimed(self, folder: str) -> Iterator[bool]:
        yield True


def _build(
    parcel: Parcel, destination: _Destination, limits: Limits, key: ReportKey
) -> tuple[Built | Failed, list[_Deed]]:
    """On a worker: have a report built in a process of this machine."""
    timeout = limits.timeout + PATIENCE
    try:
        return _processes().submit(_unpack_and_build, timeout, parcel, destination, limits, key).result()
    except Exception as error:
        failed = Failed(key, why(error))
        output = _output(destination)
        report_failure(output, failed)
        return failed, getattr(output, "deeds", [])


_first = threading.Lock()


def _processes() -> LocalWorkers:
    with _first:
        return _only_processes()


@cache
def _only_processes() -> LocalWorkers:
    from distributed import get_worker

    # Dask starts its workers as daemons, which may have no children; these end when the worker does,
    # and before it: at its end it would wait for them.
    multiprocessing.current_process().daemon = False
    workers = LocalWorkers(get_worker().state.nthreads, None)
    Finalize(None, workers.stop, exitpriority=0)
    return workers


def _unpack_and_build(
    parcel: Parcel, destination: _Destination, limits: Limits, key: ReportKey
) -> tuple[Built | Failed, list[_Deed]]:
    output = _output(destination)
    if parcel.sources[PACKAGE] != package_digest():
        failed = Failed(key, f"the worker on {socket.gethostname()} has another reportkit: install the same there")
        report_failure(output, failed)
        return failed, getattr(output, "deeds", [])
    with tempfile.TemporaryDirectory(prefix="reportkit-") as folder:
        for name, content in parcel.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        result = build_report(Project(Path(folder)), parcel.sources, key, output, limits)
    return result, getattr(output, "deeds", [])


def _output(destination: _Destination) -> Any:
    return output_at(destination.url) if destination.url else _Remembered(destination.sizes)

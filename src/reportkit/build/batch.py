"""Building many reports at once: on this machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Protocol

from reportkit.build.causes import SHARED, cause_of
from reportkit.build.events import Event, Note, Started, Workers
from reportkit.build.one_report import PATIENCE, Built, Failed, Limits, build_report, report_failure
from reportkit.build.output import Output, OutputWriter, output_at
from reportkit.build.package import package_digest
from reportkit.build.wishes import EVERY_BUILD, Wishes
from reportkit.build.workers import report_workers
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import Sources
from reportkit.system.bounded import Call, PoolError, UnstartedError, in_one_line
from reportkit.system.errors import InputError
from reportkit.system.language import Message
from reportkit.system.machine import cores

__all__ = ["Builders", "BuildersError", "LocalBuilders", "build_reports", "tried_once_more"]

# Reports submitted for each process, so that none is idle.
_AHEAD = 3
# How many reports in a row fail for a cause that all will meet before no more are tried.
_ALIKE = 5
_SECONDS_BETWEEN_LOOKS = 1.0


class BuildersError(InputError):
    """No further report can be built; the message says why."""


class Builders(Protocol):
    """What builds reports: processes of this machine, or a cluster."""

    @property
    def at_once(self) -> int:
        """How many reports they build at the same time, as things are."""

    @property
    def ahead(self) -> int:
        """How many reports to submit before the first is done."""

    def submit(self, key: ReportKey) -> Future[Built | Failed]:
        """Build a report.

        Parameters
        ----------
        key
            Which report.

        Returns
        -------
        concurrent.futures.Future
            What became of it.

        Raises
        ------
        BuildersError
            From the future, if no further report can be built.
        """

    def news(self) -> Iterable[Note | Workers]:
        """Look after what builds the reports, which is done every second; say what is new about it.

        Raises
        ------
        BuildersError
            If no further report can be built.
        """

    def close(self) -> None:
        """Stop at once, without finishing the reports that are being built."""


class LocalBuilders:
    """Builds reports in processes of this machine.

    Parameters
    ----------
    project
        The project that the reports belong to.
    output
        Where their pages go.
    limits
        How much time and memory each report may take.
    jobs
        How many processes; by default one for each core.
    wishes
        What is asked for beyond the pages.

    Attributes
    ----------
    workers
        The processes.
    """

    def __init__(
        self,
        project: Project,
        output: Output,
        limits: Limits,
        jobs: int | None = None,
        wishes: Wishes = EVERY_BUILD,
    ) -> None:
        self.at_once = jobs or cores()
        self.ahead = self.at_once * _AHEAD
        self.workers = report_workers(self.at_once, project.root, wishes.formats)
        self._calls: dict[ReportKey, Call[Built | Failed]] = {}  # in which a process may end, and that is not yet told
        self._begun = False
        self._task = (project.root, output.url, limits, wishes)

    def submit(self, key: ReportKey) -> Future[Built | Failed]:
        """Build a report in one of the processes."""
        root, url, limits, wishes = self._task
        try:
            call = self.workers.submit(_build, limits.timeout + PATIENCE, root, url, limits, key, wishes)
        except PoolError as error:
            if not self._begun:
                raise
            raise BuildersError(error.args[0]) from error
        self._begun, self._calls[key] = True, call
        return call

    def news(self) -> Iterable[Note | Workers]:
        """Which reports are tried once more, since the process that built them ended."""
        for key, call in [*self._calls.items()]:
            if call.ended:
                yield tried_once_more(key, call.ended)
            if call.ended or call.done():
                del self._calls[key]

    def close(self) -> None:
        """Kill the processes."""
        self.workers.stop()


def tried_once_more(key: ReportKey, ended: str) -> Note:
    """That a report is tried once more, for it need not be its own fault that its process ended.

    Parameters
    ----------
    key
        Which report.
    ended
        How the process ended.

    Returns
    -------
    Note
        In a line.

    Examples
    --------
    >>> tried_once_more(ReportKey("linyi-fao", 2023), "SIGKILL").message
    'linyi-fao 2023: its process ended (SIGKILL), so it is tried once more'
    """
    return Note(Message("{report}: its process ended ({ended}), so it is tried once more", report=key, ended=ended))


def build_reports(
    builders: Builders,
    keys: Iterable[ReportKey],
    output: OutputWriter,
    *,
    fail_fast: bool = False,
    afterwards: Callable[[], Iterable[Event]] = tuple,
) -> Generator[Event]:
    """Build reports, many at once; one that fails for a reason of its own does not stop the others.

    Parameters
    ----------
    builders
        What builds them; closed after the last report, or when the caller stops.
    keys
        Which reports; taken as they are needed.
    output
        Where their pages go, and the reasons of those that fail.
    fail_fast
        Whether to stop at the first report that fails.
    afterwards
        What is done after the last report, before the builders are closed, and says what happens.

    Yields
    ------
    Event
        That a report is started, what became of it, and what is to be known about the builders, as it happens.

    Raises
    ------
    BuildersError
        If no further report can be built, or if some in a row have failed for a cause that all will meet.
    """
    remaining = iter(keys)
    queue = _Queue(builders)
    failing = _FailingAlike()
    with closing(builders):
        while True:
            queue.fill(remaining)
            if not queue.waiting:
                yield from afterwards()
                return
            yield from queue.started()
            done = wait(queue.waiting, _SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED).done
            for future in sorted(done, key=_lost):
                key, starting = queue.take(future)
                yield from starting
                result = _result_of(future, key, output)
                yield result
                failing.note(result)
                if fail_fast and isinstance(result, Failed):
                    return
            failing.end_if_too_many()
            yield from builders.news()


class _Queue:
    """The reports that were submitted and are not done, the first ones of which are being built."""

    def __init__(self, builders: Builders) -> None:
        self.waiting: dict[Future[Built | Failed], ReportKey] = {}
        self._builders = builders
        self._started: set[ReportKey] = set()

    def fill(self, keys: Iterator[ReportKey]) -> None:
        """Submit more reports until there are enough."""
        for key in islice(keys, max(0, self._builders.ahead - len(self.waiting))):
            self.waiting[self._builders.submit(key)] = key

    def started(self) -> Iterator[Started]:
        """Those whose turn it is now: reports are built in the order in which they are submitted."""
        for key in islice(self.waiting.values(), self._builders.at_once):
            yield from self._start(key)

    def take(self, future: Future[Built | Failed]) -> tuple[ReportKey, Iterator[Started]]:
        """Take out a report that is done; that it was started may be still to say."""
        key = self.waiting.pop(future)
        return key, self._start(key)

    def _start(self, key: ReportKey) -> Iterator[Started]:
        if key not in self._started:
            self._started.add(key)
            yield Started(key)


class _FailingAlike:
    """The last reports, as far as all of them failed for one cause that every report will meet."""

    def __init__(self) -> None:
        self._failed: list[Failed] = []

    def note(self, result: Built | Failed) -> None:
        if isinstance(result, Built):
            self._failed = []
        elif result.cause in SHARED:
            self._failed = [*(failed for failed in self._failed if failed.cause == result.cause), result]

    def end_if_too_many(self) -> None:
        if (number := len(self._failed)) >= _ALIKE:
            last = self._failed[-1]
            raise BuildersError(
                Message(
                    "{number} reports in a row failed for the same cause, so no more were tried: {last}; {shared}, "
                    "then build again: what was built stays",
                    number=number,
                    last=last.told(),
                    shared=SHARED[last.cause],
                )
            )


def _lost(future: Future[Built | Failed]) -> bool:
    """Whether there is no result because no further report can be built: results that are there come first."""
    return isinstance(future.exception(), BuildersError | UnstartedError)


def _result_of(future: Future[Built | Failed], key: ReportKey, output: OutputWriter) -> Built | Failed:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BuildersError):
        raise error
    if isinstance(error, UnstartedError):
        raise BuildersError(error.args[0]) from error
    failed = Failed(key, in_one_line(error), cause=cause_of(error))
    report_failure(output, failed)
    return failed


def _build(root: Path, url: str, limits: Limits, key: ReportKey, wishes: Wishes) -> Built | Failed:
    sources = Sources(Project(root), package_digest())
    return build_report(Project(root, sources.note), sources.digests, key, output_at(url), limits, wishes)

"""Building many reports at once: on this machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path
from typing import Protocol

from reportkit.build.one_report import PATIENCE, Built, Failed, Limits, build_report, report_failure
from reportkit.build.output import Output, OutputWriter, output_at
from reportkit.build.package import package_digest
from reportkit.build.workers import LocalWorkers, why
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import Sources
from reportkit.system.errors import InputError
from reportkit.system.machine import cores

__all__ = ["Builders", "BuildersError", "LocalBuilders", "build_reports"]

# Reports given out for each process, so that none waits for the next.
_AHEAD = 3


class BuildersError(InputError):
    """Builders that can build no more, so that no report has its turn; the message says why."""


class Builders(Protocol):
    """Whoever builds reports.

    Parameters
    ----------
    ahead
        How many reports to give out before the first is done.
    """

    ahead: int

    def submit(self, key: ReportKey) -> Future[Built | Failed]:
        """Have a report built."""

    def close(self) -> None:
        """Stop at once; what is being built is left off."""


class LocalBuilders:
    """Processes on this machine.

    Parameters
    ----------
    project
        Where the reports are.
    output
        Where their pages go.
    limits
        What each report may take.
    jobs
        How many processes; one for each core by default.
    """

    def __init__(self, project: Project, output: Output, limits: Limits, jobs: int | None = None) -> None:
        jobs = jobs or cores()
        self.ahead = jobs * _AHEAD
        self._workers = LocalWorkers(jobs, project.root)
        self._task = (project.root, output.url, limits)

    def submit(self, key: ReportKey) -> Future[Built | Failed]:
        """Have a report built in one of the processes."""
        root, url, limits = self._task
        return self._workers.submit(_build, limits.timeout + PATIENCE, root, url, limits, key)

    def close(self) -> None:
        """End the processes."""
        self._workers.stop()


def build_reports(
    builders: Builders, keys: Iterable[ReportKey], output: OutputWriter, *, fail_fast: bool = False
) -> Iterator[Built | Failed]:
    """Build reports, many at once; one that fails does not stop the others.

    Parameters
    ----------
    builders
        Who builds them; they are stopped when the last is done, or when the caller goes no further.
    keys
        Which reports; taken as they are needed.
    output
        Where their pages go, and where it is kept why one could not be built.
    fail_fast
        Whether to stop at the first that fails.

    Yields
    ------
    Built or Failed
        What became of each, as soon as it is known.

    Raises
    ------
    BuildersError
        Where there is nobody left to build.
    """
    remaining = iter(keys)
    waiting: dict[Future[Built | Failed], ReportKey] = {}
    again: set[ReportKey] = set()
    with closing(builders):
        while True:
            for key in remaining:
                waiting[builders.submit(key)] = key
                if len(waiting) >= builders.ahead:
                    break
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                key = waiting.pop(future)
                error = future.exception()
                if isinstance(error, BuildersError):
                    raise error
                if isinstance(error, BrokenProcessPool) and key not in again:
                    # The processes ended before this report had its turn.
                    again.add(key)
                    waiting[builders.submit(key)] = key
                    continue
                if error is None:
                    result = future.result()
                else:
                    result = Failed(key, why(error))
                    report_failure(output, result)
                yield result
                if fail_fast and isinstance(result, Failed):
                    return


def _build(root: Path, url: str, limits: Limits, key: ReportKey) -> Built | Failed:
    sources = Sources(Project(root), package_digest())
    return build_report(Project(root, sources.note), sources.digests, key, output_at(url), limits)

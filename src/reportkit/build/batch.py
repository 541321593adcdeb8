"""Building many reports at once: on this machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing
from pathlib import Path
from typing import Protocol

from reportkit.build.one_report import PATIENCE, Built, Failed, Limits, build_report, report_failure
from reportkit.build.output import Output, OutputWriter, output_at
from reportkit.build.package import package_digest
from reportkit.build.workers import report_workers
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import Sources
from reportkit.system.bounded import in_one_line
from reportkit.system.errors import InputError
from reportkit.system.machine import cores

__all__ = ["Builders", "BuildersError", "LocalBuilders", "build_reports"]

# Reports submitted for each process, so that none is idle.
_AHEAD = 3


class BuildersError(InputError):
    """No further report can be built; the message says why."""


class Builders(Protocol):
    """What builds reports: processes of this machine, or a cluster.

    Parameters
    ----------
    ahead
        How many reports to submit before the first is done.
    """

    ahead: int

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
    """

    def __init__(self, project: Project, output: Output, limits: Limits, jobs: int | None = None) -> None:
        jobs = jobs or cores()
        self.ahead = jobs * _AHEAD
        self._workers = report_workers(jobs, project.root)
        self._task = (project.root, output.url, limits)

    def submit(self, key: ReportKey) -> Future[Built | Failed]:
        """Build a report in one of the processes."""
        root, url, limits = self._task
        return self._workers.submit(_build, limits.timeout + PATIENCE, root, url, limits, key)

    def close(self) -> None:
        """Kill the processes."""
        self._workers.stop()


def build_reports(
    builders: Builders, keys: Iterable[ReportKey], output: OutputWriter, *, fail_fast: bool = False
) -> Generator[Built | Failed]:
    """Build reports, many at once; one that fails does not stop the others.

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

    Yields
    ------
    Built or Failed
        What became of each report, as soon as it is known.

    Raises
    ------
    BuildersError
        If no further report can be built.
    """
    remaining = iter(keys)
    waiting: dict[Future[Built | Failed], ReportKey] = {}
    with closing(builders):
        while True:
            for key in remaining:
                waiting[builders.submit(key)] = key
                if len(waiting) >= builders.ahead:
                    break
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                result = _result_of(future, waiting.pop(future), output)
                yield result
                if fail_fast and isinstance(result, Failed):
                    return


def _result_of(future: Future[Built | Failed], key: ReportKey, output: OutputWriter) -> Built | Failed:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BuildersError):
        raise error
    failed = Failed(key, in_one_line(error))
    report_failure(output, failed)
    return failed


def _build(root: Path, url: str, limits: Limits, key: ReportKey) -> Built | Failed:
    sources = Sources(Project(root), package_digest())
    return build_report(Project(root, sources.note), sources.digests, key, output_at(url), limits)

"""A whole build: the reports that are out of date are built, and the index is renewed."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

from reportkit.build.batch import Builders, LocalBuilders, build_reports
from reportkit.build.capacity import capacity
from reportkit.build.index import INDEX, write_index
from reportkit.build.one_report import Built, Failed, Limits
from reportkit.build.output import Output
from reportkit.build.plan import plan
from reportkit.project.folder import Project, ReportKey
from reportkit.publish.formats import require_tools

__all__ = ["Run", "started_run"]


class Run:
    """A build as it goes on: iterate over it, and each report is built in turn.

    Parameters
    ----------
    results
        What becomes of the reports to be built.
    left
        How many they are.
    fresh
        How many reports are up to date already.
    notes
        What the user is told before it begins.

    Attributes
    ----------
    built
        How many have been built.
    failed
        Those that could not be built.
    stages
        How many seconds each stage of the work took, all reports together.
    interrupted
        Whether it was interrupted.
    index
        Where the index is; known at the end.
    """

    def __init__(self, results: Iterable[Built | Failed], left: int, fresh: int, notes: tuple[str, ...] = ()) -> None:
        self.notes = notes
        self._results, self._started = results, time.monotonic()
        self.left, self.fresh, self.built = left, fresh, 0
        self.failed: list[Failed] = []
        self.stages: Counter[str] = Counter()
        self.interrupted = False
        self.index = ""

    def __iter__(self) -> Iterator[Built | Failed]:
        """What becomes of each report, as soon as it is known."""
        for result in self._results:
            self.left -= 1
            if isinstance(result, Failed):
                self.failed.append(result)
                self.failed.sort(key=lambda failed: failed.key)
            else:
                self.built += 1
                self.stages.update(result.stages)
            yield result

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._started

    def as_json(self) -> dict[str, Any]:
        """The run as a program reads it."""
        return {
            "built": self.built,
            "fresh": self.fresh,
            "failed": [failed.as_json() for failed in self.failed],
            "left": self.left,
            "seconds": round(self.seconds, 3),
            "stages": {stage: round(seconds, 3) for stage, seconds in self.stages.items()},
            "index": self.index,
        }


@contextmanager
def started_run(
    project: Project,
    keys: Sequence[ReportKey],
    output: Output,
    limits: Limits,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    force: bool = False,
    fail_fast: bool = False,
) -> Iterator[Run]:
    """Start a build; at the end the index is renewed, even if the build was interrupted.

    Parameters
    ----------
    project
        Where the parameters are.
    keys
        Which reports.
    output
        Where their pages go. It is locked meanwhile, so that no other build writes to it.
    limits
        What each report may take.
    jobs
        How many reports to build at once; by default one for each core, as far as memory lasts.
    scheduler
        The address of a Dask scheduler whose workers build the reports, instead of this machine.
    force
        Whether to rebuild reports that are up to date.
    fail_fast
        Whether to stop at the first report that fails.

    Yields
    ------
    Run
        To be iterated over.

    Raises
    ------
    InputError
        If nothing can be built: a library is missing, this machine allows too little memory,
        the output cannot be written to, or there is no scheduler.

    Examples
    --------
    >>> with started_run(project, project.reports(), output_at("output"), Limits()) as run:  # doctest: +SKIP
    ...     for result in run:
    ...         print(result.key)
    """
    require_tools()
    with output.locked(), _signals_interrupt():
        steps = [step for step in plan(project, keys, output, force=force) if step.why]
        steps.sort(key=lambda step: step.key)  # an agency's years together: each reads those before it
        notes: tuple[str, ...] = ()
        if scheduler is None and steps:
            here = capacity(limits, jobs, len(steps))
            jobs, limits, notes = here.jobs, here.limits, here.notes
        builders = _builders(project, output, limits, jobs, scheduler)
        results = build_reports(builders, (step.key for step in steps), output, fail_fast=fail_fast)
        run = Run(results, len(steps), len(keys) - len(steps), notes)
        with closing(results):
            try:
                yield run
            except KeyboardInterrupt:
                run.interrupted = True
        run.index = _index(output, renewed=bool(steps))


def _builders(project: Project, output: Output, limits: Limits, jobs: int | None, scheduler: str | None) -> Builders:
    if scheduler is None:
        return LocalBuilders(project, output, limits, jobs)
    from reportkit.build.cluster import ClusterBuilders

    return ClusterBuilders(project, output, limits, scheduler)


def _index(output: Output, *, renewed: bool) -> str:
    """Where the index is; it is written if anything in it may have changed, or if there is none."""
    return write_index(output) if renewed or not output.read([INDEX]) else output.address(INDEX)


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Treat SIGTERM and SIGHUP as Ctrl-C, unless they are ignored, as under nohup."""
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        with suppress(AttributeError, ValueError):  # not every system has both, and only the main thread may
            number = getattr(signal, name)
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

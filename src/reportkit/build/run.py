"""A whole build: the reports that are out of date are built, and the index is renewed."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

from reportkit.build.assets import INDEX
from reportkit.build.batch import Builders, BuildersError, LocalBuilders, build_reports
from reportkit.build.capacity import capacity
from reportkit.build.dataset import DATASET, has_dataset, write_dataset
from reportkit.build.events import Ended, Event, Note, Workers
from reportkit.build.index import index_is_up_to_date, write_index
from reportkit.build.one_report import Built, Failed, Limits
from reportkit.build.output import Output, OutputError
from reportkit.build.overview import OverviewMade, has_overviews, remove_figures, write_overviews, years_shown
from reportkit.build.plan import Step, plan
from reportkit.build.wishes import EVERY_BUILD, Wishes
from reportkit.build.workers import report_workers
from reportkit.project.folder import Project, ReportKey
from reportkit.publish.formats import OPEN_DATA, format_named, require_tools
from reportkit.system.errors import InputError
from reportkit.system.language import Counted, Joined, Message

__all__ = ["Run", "started_run"]

# How long the index may take after a build that ended early, perhaps because nothing can be written any more.
_SECONDS_FOR_THE_INDEX = 10.0


class Run:
    """A build as it goes on: iterate over it, and each report is built in turn.

    Parameters
    ----------
    events
        What happens, and what becomes of the reports to be built.
    left
        How many they are.
    fresh
        The reports that are up to date already.
    tell
        Hears of every event.

    Attributes
    ----------
    built
        How many have been built.
    fresh
        How many are up to date.
    failed
        Those that could not be built.
    findings
        How many findings stand in the reports that were built or are up to date, by severity.
    affected
        In how many of these reports findings of each severity stand.
    withheld
        Those that have no published page, since errors stand in them.
    stages
        How many seconds each stage of the work took, all reports together.
    overviews
        The overviews of years that were made, or could not be.
    unavailable
        Why formats that were asked for cannot be made here, and what to install.
    interrupted
        Whether it was interrupted.
    why_ended
        Why it could not go on, or the index could not be written; empty if all went well.
    index
        Where the index is; known at the end, and empty if it could not be renewed.
    """

    def __init__(
        self, events: Iterable[Event], left: int, fresh: Sequence[Step], tell: Callable[[Event], None] = lambda _: None
    ) -> None:
        self._events, self._tell, self._started = events, tell, time.monotonic()
        self._workers: Workers | None = None
        self.left, self.fresh, self.built = left, len(fresh), 0
        self.failed: list[Failed] = []
        self.findings: Counter[str] = Counter()
        self.affected: Counter[str] = Counter()
        self.withheld: list[ReportKey] = []
        self.stages: Counter[str] = Counter()
        self.overviews: list[OverviewMade] = []
        self.unavailable: list[str] = []
        self.interrupted = False
        self.why_ended = ""
        self.index = ""
        for step in fresh:
            self._note(step)

    def __iter__(self) -> Iterator[Built | Failed]:
        """What becomes of each report, as soon as it is known."""
        for event in self._events:
            if isinstance(event, Built | Failed):
                self._count(event)
            elif isinstance(event, Workers):
                self._workers = event
            elif isinstance(event, OverviewMade):
                self.overviews.append(event)
            self._tell(event)
            if isinstance(event, Built | Failed):
                yield event

    def _count(self, result: Built | Failed) -> None:
        self.left -= 1
        if isinstance(result, Failed):
            self.failed.append(result)
            self.failed.sort(key=lambda failed: failed.key)
        else:
            self.built += 1
            self.stages.update(result.stages)
            self._note(result)

    def _note(self, report: Built | Step) -> None:
        """Add what stands in a report to what stands in all."""
        self.findings.update(report.counts)
        self.affected.update(severity for severity, count in report.counts.items() if count)
        if report.withheld:
            self.withheld.append(report.key)
            self.withheld.sort()

    @property
    def state(self) -> str:
        """How far it is, in a line: built, failed, left, how fast, and how many workers a cluster has."""
        rate = (self.built + len(self.failed)) / self.seconds
        counts = Message(
            "{built} built, {failed} failed, {left} left, {rate} a second",
            built=self.built,
            failed=len(self.failed),
            left=self.left,
            rate=f"{rate:.1f}",
        )
        return Joined("; ", [counts, self._workers.told()]) if self._workers else counts

    def ended(self) -> Ended:
        """The event that it is over."""
        counts = self.built, self.fresh, len(self.failed), self.left
        why = "interrupted" if self.interrupted else self.why_ended
        return Ended(*counts, self.seconds, why, self.findings, len(self.withheld))

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
            "findings": dict(self.findings),
            "reports_with_findings": dict(self.affected),
            "withheld": [{"agency": key.agency, "year": key.year} for key in self.withheld],
            "overviews": [{"year": made.year, "failed": str(made.failed) or None} for made in self.overviews],
            "unavailable": [str(why) for why in self.unavailable],
            "seconds": round(self.seconds, 3),
            "stages": {stage: round(seconds, 3) for stage, seconds in self.stages.items()},
            "ended": "interrupted" if self.interrupted else self.why_ended or None,
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
    fail_fast: bool = False,
    wishes: Wishes = EVERY_BUILD,
    tell: Callable[[Event], None] = lambda _: None,
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
    fail_fast
        Whether to stop at the first report that fails.
    wishes
        What is asked for beyond the pages. A format whose library is not installed is left out, which is told once.
    tell
        Hears of every event: what is planned, what is started, what becomes of it.

    Yields
    ------
    Run
        To be iterated over. If no further report can be built, the block ends there and the run says why.

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
        wishes, unavailable, notes = _available(wishes)
        planned = list(plan(project, keys, output, wishes))
        output.remove([name for step in planned for name in step.unfit])
        fresh = [step for step in planned if not step.why]
        steps = [step for step in planned if step.why]
        steps.sort(key=lambda step: step.key)  # an agency's years together: each reads those before it
        for step in steps:
            tell(step)
        for note in (*unavailable, *(notes if steps else ())):
            tell(Note(note))
        if scheduler is None and steps:
            here = capacity(limits, jobs, len(steps))
            jobs, limits = here.jobs, here.limits
            for note in here.notes:
                tell(Note(note))
        if has_overviews(project):
            remove_figures(output, {step.key.year for step in steps})
        builders = _builders(project, output, limits, jobs, scheduler, wishes)
        overviews = partial(_overviews, project, output, limits, builders, planned)
        events = build_reports(
            builders, (step.key for step in steps), output, fail_fast=fail_fast, afterwards=overviews
        )
        run = Run(events, len(steps), fresh, tell)
        run.unavailable = unavailable
        with _ending(run), closing(events):
            yield run
        with _ending(run):
            run.index = _index(run, project, output, renewed=bool(steps))
            if not (run.interrupted or run.why_ended):
                _renew_dataset(project, output, tell, asked=OPEN_DATA in wishes.formats)
        tell(run.ended())


def _available(wishes: Wishes) -> tuple[Wishes, list[str], list[str]]:
    """What can be had of what is asked for, why the rest cannot, and what is to be known of it on this machine."""
    missing: dict[str, InputError] = {}
    notes: list[str] = []
    for name in sorted(wishes.formats):
        listed = format_named(name)
        try:
            if error := listed.missing(wishes.charts or "svg"):
                raise error
            if listed.note and (note := listed.note()):
                notes.append(note)
        except InputError as error:
            missing[name] = error
    unavailable = [error.args[0] for error in missing.values()]
    return replace(wishes, formats=wishes.formats - missing.keys()), unavailable, notes


@contextmanager
def _ending(run: Run) -> Iterator[None]:
    """Let a run end with its block, whatever ended that."""
    try:
        yield
    except KeyboardInterrupt:
        run.interrupted = True
    except (BuildersError, OutputError) as error:
        run.why_ended = run.why_ended or (error.args[0] if error.args else str(error))


def _builders(
    project: Project, output: Output, limits: Limits, jobs: int | None, scheduler: str | None, wishes: Wishes
) -> Builders:
    if scheduler is None:
        return LocalBuilders(project, output, limits, jobs, wishes)
    from reportkit.build.cluster import ClusterBuilders

    return ClusterBuilders(project, output, limits, scheduler, wishes)


def _overviews(
    project: Project, output: Output, limits: Limits, builders: Builders, planned: Sequence[Step]
) -> Iterator[OverviewMade]:
    """Bring the overviews up to date, in the processes that have built the reports or in one of its own."""
    if not has_overviews(project):
        return
    years, changed = {step.key.year for step in planned}, any(step.why for step in planned)
    if isinstance(builders, LocalBuilders):
        yield from write_overviews(project, output, limits, builders.workers, years, changed=changed)
        return
    workers = report_workers(1, project.root)
    try:
        yield from write_overviews(project, output, limits, workers, years, changed=changed)
    finally:
        workers.stop()


def _index(run: Run, project: Project, output: Output, *, renewed: bool) -> str:
    """Where the index is; it is written if anything in it may have changed, or if there is none."""

    def index() -> str:
        overviews = years_shown(output, {key.year for key in project.reports()})
        known = not renewed and index_is_up_to_date(project, output, overviews)
        return output.address(INDEX) if known else write_index(project, output, overviews)

    if run.interrupted or run.why_ended:
        return _in_time(index) if renewed else ""
    return index()


def _renew_dataset(project: Project, output: Output, tell: Callable[[Event], None], *, asked: bool) -> None:
    """Bring the data of all reports up to date, if they are asked for or were once."""
    if not (asked or has_dataset(output)):
        return
    if error := format_named(OPEN_DATA).missing():
        tell(Note(error.args[0]))
        return
    left_out = write_dataset(project, output).left_out
    if asked and left_out:
        tell(
            Note(
                Counted(
                    "{count} report of the project is not in {place}, since it was not built with the format {format}",
                    "{count} reports of the project are not in {place}, since they were not built with the format "
                    "{format}",
                    count=len(left_out),
                    place=output.address(DATASET),
                    format=OPEN_DATA,
                )
            )
        )


def _in_time(write: Callable[[], str]) -> str:
    """What a call returns; empty if it fails, or takes so long that nobody waits for it."""
    written: list[str] = []

    def call() -> None:
        with suppress(OSError):
            written.append(write())

    calling = threading.Thread(target=call, daemon=True)
    calling.start()
    calling.join(_SECONDS_FOR_THE_INDEX)
    return "".join(written)


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

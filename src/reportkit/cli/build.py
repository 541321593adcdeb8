"""The command that builds reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportkit.cli.app import agencies, app, charts, output_format, project_folder, project_in, selected_reports, year
from reportkit.cli.terminal import (
    counted_findings,
    every,
    new_console,
    print_error,
    print_json,
    progress,
    severity_counts,
    tell,
)
from reportkit.cli.words import Number, option
from reportkit.system.language import Counted, Joined, Message, said

if TYPE_CHECKING:
    from rich.text import Text

    from reportkit.build.events import Event
    from reportkit.build.one_report import Built, Failed
    from reportkit.build.overview import OverviewMade
    from reportkit.build.plan import Step
    from reportkit.build.run import Run
    from reportkit.publish.executed import Charts

__all__ = ["build", "hearing", "print_results", "status_of", "withheld"]

# Up to this many reports, each has a line of its own; of more, only those that fail.
_FEW = 20
# Between lines that say how far it is, where there is no terminal to show a bar.
_SECONDS_BETWEEN_LINES = 15.0


@app.command(
    "build",
    help=Message(
        "Run the notebook of each report that is out of date, and write its pages to output/.\n\n"
        "A report is rebuilt if its parameters, last year's report, a report below it, its notebook or reportkit have "
        "changed, if it failed last time, or if a page is missing. The exit status is 1 if a report failed or, with "
        "--strict, if errors stand in one; 2 if the build could not go on (because the place of the pages is gone, for "
        "example) or a format cannot be written here."
    ),
    epilog=Message("Example: reportkit build --year 2023 --jobs 4"),
)
@agencies
@year
@option(
    "--jobs",
    "-j",
    type=Number(Message("a number of 1 or more"), least=1),
    metavar=Message("N"),
    help=Message("How many at once; by default one for each core."),
)
@option("--force", is_flag=True, help=Message("Rebuild up-to-date reports too."))
@option(
    "--strict",
    is_flag=True,
    help=Message("No published page for a report in which errors stand; its review page says why."),
)
@option(
    "--formats",
    default="",
    metavar=Message("FORMAT,..."),
    help=Message(
        "Formats to write besides the pages: fragment (to paste into a website), docx, docx-review, pdf, data. A "
        "report keeps those it was once written in, as long as their files are there."
    ),
)
@charts
@option("--fail-fast", is_flag=True, help=Message("Stop at the first report that fails."))
@option(
    "--timeout",
    type=Number(Message("a number of seconds, 0.1 or more"), least=0.1, whole=False),
    default=120.0,
    show_default=True,
    metavar=Message("SECONDS"),
    help=Message("How long the notebook of a report may run."),
)
@option(
    "--memory-limit",
    default="2G",
    show_default=True,
    metavar=Message("SIZE"),
    help=Message("How much memory a notebook may take: 500M, 2G; 0 for no limit."),
)
@option(
    "--output-limit",
    default="32M",
    show_default=True,
    metavar=Message("SIZE"),
    help=Message("How much a notebook may put out, which the pages must hold; 0 for no limit."),
)
@option("--dry-run", is_flag=True, help=Message("Only say what would be built, and why."))
@option(
    "--output",
    metavar=Message("URL"),
    help=Message(
        "Where the pages go: a folder or a bucket (s3://BUCKET/PREFIX, gs://…, abfs://…); output/ by default."
    ),
)
@option("--scheduler", metavar="tcp://HOST:PORT", help=Message("Build on the workers of this Dask scheduler."))
@option(
    "--events",
    type=click.Path(path_type=Path),
    metavar=Message("FILE"),
    help=Message(
        "Write what happens to a file as it happens, a line of JSON each: planned, started, built, failed with its "
        "cause, note, ended."
    ),
)
@option("--verbose", "-v", is_flag=True, help=Message("A line for every report, however many."))
@output_format
@project_folder
def build(
    agencies: tuple[str, ...],
    year: int | None,
    jobs: int | None,
    force: bool,
    strict: bool,
    formats: str,
    charts: Charts | None,
    fail_fast: bool,
    timeout: float,
    memory_limit: str,
    output_limit: str,
    dry_run: bool,
    output: str | None,
    scheduler: str | None,
    events: Path | None,
    verbose: bool,
    output_format: str,
    project: Path | None,
) -> int:
    """Build reports."""
    from reportkit.build.events import event_file
    from reportkit.build.one_report import Limits, size_in_bytes
    from reportkit.build.output import output_at
    from reportkit.build.wishes import Wishes
    from reportkit.checks import require_known
    from reportkit.publish.formats import named_formats

    found = project_in(project)
    require_known(found.settings.standard)
    keys = selected_reports(found, agencies, year)
    place = output_at(output or str(found.output))
    wishes = Wishes(frozenset(listed.name for listed in named_formats([formats])), charts, strict, force)
    memory = size_in_bytes(memory_limit, "--memory-limit")
    limits = Limits(timeout, memory, size_in_bytes(output_limit, "--output-limit"))
    with event_file(events) as write_event:
        if dry_run:
            from reportkit.build.plan import plan

            place.examine()
            _print_plan(list(plan(found, keys, place, wishes)), output_format, write_event)
            return 0

        from reportkit.build.run import started_run

        how: dict[str, Any] = {"jobs": jobs, "scheduler": scheduler, "wishes": wishes, "fail_fast": fail_fast}
        try:
            with started_run(found, keys, place, limits, **how, tell=hearing(write_event)) as run:
                print_results(run, output_format, one_by_one=verbose or run.left <= _FEW)
        except KeyboardInterrupt:
            tell(Message("interrupted before the first report: nothing was built"), stderr=True)
            return 130
    _print_summary(run, output_format)
    return status_of(run)


def status_of(run: Run) -> int:
    """The exit status that a run ends with."""
    if run.interrupted:
        return 130
    if run.why_ended or run.unavailable:
        return 2
    return 1 if run.failed or run.withheld or any(made.failed for made in run.overviews) else 0


def hearing(write_event: Callable[[Event], None]) -> Callable[[Event], None]:
    """What hears of every event: all go to the file of events; notes, overviews and missing workers are printed."""
    from reportkit.build.events import Note, Workers
    from reportkit.build.overview import OverviewMade

    waiting = False

    def hear(event: Event) -> None:
        nonlocal waiting
        write_event(event)
        if isinstance(event, Note):
            tell(event.message, stderr=True)
        elif isinstance(event, OverviewMade):
            tell(_overview(event), stderr=True)
        elif isinstance(event, Workers):
            if waiting or not event.number:
                tell(event.told(), stderr=True)
            waiting = not event.number

    return hear


def _print_plan(steps: list[Step], output_format: str, write_event: Callable[[Event], None]) -> None:
    wanted = [step for step in steps if step.why]
    for step in wanted:
        write_event(step)
    if output_format == "json":
        print_json([{"agency": step.key.agency, "year": step.key.year, "why": step.why} for step in wanted])
        return
    for step in wanted:
        tell(Message("build   {report}  {why}", report=step.key, why=step.why))
    tell(Message("{wanted} to build, {fresh} fresh", wanted=len(wanted), fresh=len(steps) - len(wanted)))


def print_results(run: Run, output_format: str, *, one_by_one: bool) -> None:
    """Print what becomes of each report, above a progress bar or, without a terminal, with a line now and then."""
    from reportkit.build.one_report import Failed

    console = new_console(stderr=output_format == "json")
    seconds = None if console.is_terminal else _SECONDS_BETWEEN_LINES
    with (
        progress(console, Message("building"), run.left) as advance,
        every(seconds, lambda: tell(run.state, stderr=True)),
    ):
        for result in run:
            if isinstance(result, Failed):
                console.print(_failed(result), soft_wrap=True)
            elif one_by_one:
                console.print(_built(result), soft_wrap=True)
            advance(failed=isinstance(result, Failed))


def _print_summary(run: Run, output_format: str) -> None:
    if output_format == "json":
        print_json(run.as_json())
    else:
        for line in (*_found(run), _summary(run)):
            tell(line)
    if run.why_ended:
        print_error(run.why_ended)
    if run.interrupted:
        tell(Message("interrupted; what was built stays, and the next build goes on from here"), stderr=True)


def _found(run: Run) -> Iterator[Message]:
    """What stands in all the reports together, and how many of them are withheld for it."""
    if run.built or run.fresh:
        found = [_counted(run, severity) for severity in ("error", "warning") if run.findings[severity]]
        listed = Joined(", ", found or [Message("no errors or warnings")])
        yield Message("found: {findings}", findings=listed)
    if run.withheld:
        yield withheld(run)


def withheld(run: Run) -> Message:
    """How many reports are withheld from the public, since errors stand in them."""
    return Counted(
        "not fit for the public: {count} report has errors, so it has no published page",
        "not fit for the public: {count} reports have errors, so they have no published page",
        count=len(run.withheld),
    )


def _counted(run: Run, severity: str) -> Message:
    reports = Counted("{count} report", "{count} reports", count=run.affected[severity])
    return Message(
        "{findings} in {reports}", findings=counted_findings(severity, run.findings[severity]), reports=reports
    )


def _summary(run: Run) -> Message:
    counts = [Message("{count} built", count=run.built)]
    if run.fresh:
        counts.append(Message("{count} fresh", count=run.fresh))
    counts.append(Message("{count} failed", count=len(run.failed)))
    if run.left:
        counts.append(Message("{count} left", count=run.left))
    seconds = f"{run.seconds:.1f}"
    time = Message("{seconds} s", seconds=seconds)
    if run.built >= _FEW:
        time = Message("{seconds} s ({rate} a second)", seconds=seconds, rate=f"{run.built / run.seconds:.1f}")
    index = run.index or Message("the index could not be renewed")
    return Message("{counts} in {time}: {index}", counts=Joined(", ", counts), time=time, index=index)


def _overview(made: OverviewMade) -> Message:
    """That the overview of a year was made, or why it could not be."""
    if made.failed:
        return Message(
            "failed  the overview of {year}: {why}; the reports are not affected", year=made.year, why=made.failed
        )
    return Message("built   the overview of {year}", year=made.year)


def _built(result: Built) -> Text:
    from rich.text import Text

    built = said(Message("built   "))
    seconds = (said(Message("  {seconds} s", seconds=f"{result.seconds:.1f}")), "dim")
    withheld = (said(Message("  no published page")), "bold red") if result.withheld else ""
    named = f"{result.key}  {result.name}  "
    return Text.assemble((built, "green"), named, severity_counts(result.counts), withheld, seconds)


def _failed(result: Failed) -> Text:
    from rich.text import Text

    message = said(result.told()).replace("\n", "\n        ")
    return Text.assemble((said(Message("failed  ")), "bold red"), f"{result.key}  ", (message, "red"))

"""The command that builds reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportkit.cli.app import Agencies, Format, FormatOption, ProjectFolder, Year, app, project_in, selected_reports
from reportkit.cli.terminal import every, new_console, print_error, print_json, print_note, progress, severity_counts

if TYPE_CHECKING:
    from rich.text import Text

    from reportkit.build.events import Event
    from reportkit.build.one_report import Built, Failed
    from reportkit.build.plan import Step
    from reportkit.build.run import Run

__all__ = ["build"]

# Up to this many reports, each has a line of its own; of more, only those that fail.
_FEW = 20
# Between lines that say how far it is, where there is no terminal to show a bar.
_SECONDS_BETWEEN_LINES = 15.0


@app.command(epilog="Example: reportkit build --year 2023 --jobs 4")
def build(
    agencies: Agencies = None,
    year: Year = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, metavar="N", help="How many at once; by default one for each core."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Rebuild up-to-date reports too.")] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first report that fails.")] = False,
    timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How long the notebook of a report may run.")
    ] = 120.0,
    memory_limit: Annotated[
        str, typer.Option(metavar="SIZE", help="How much memory a notebook may take: 500M, 2G; 0 for no limit.")
    ] = "2G",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be built, and why.")] = False,
    output: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where the pages go: a folder or a bucket (s3://BUCKET/PREFIX, gs://…, abfs://…); output/ by default.",
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="Build on the workers of this Dask scheduler.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="A line for every report, however many.")] = False,
    events: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write what happens to a file as it happens, a line of JSON each: planned, started, built, failed "
            "with its cause, note, ended.",
        ),
    ] = None,
    output_format: FormatOption = Format.text,
    project: ProjectFolder = None,
) -> None:
    """Run the notebook of each report that is out of date, and write its pages to output/.

    A report is rebuilt if its parameters, last year's report, a report below it, its notebook or reportkit have
    changed, if it failed last time, or if a page is missing. The exit status is 1 if a report failed, 2 if the build
    could not go on: because the place of the pages is gone, for example.
    """
    from reportkit.build.events import event_file
    from reportkit.build.one_report import Limits, size_in_bytes
    from reportkit.build.output import output_at

    found = project_in(project)
    keys = selected_reports(found, agencies or [], year)
    place = output_at(output or str(found.output))
    limits = Limits(timeout, size_in_bytes(memory_limit))
    with event_file(events) as write_event:
        if dry_run:
            from reportkit.build.plan import plan

            place.examine()
            _print_plan(list(plan(found, keys, place, force=force)), output_format, write_event)
            return

        from reportkit.build.run import started_run

        tell = _telling(write_event)
        try:
            with started_run(
                found, keys, place, limits, jobs=jobs, scheduler=scheduler, force=force, fail_fast=fail_fast, tell=tell
            ) as run:
                _print_results(run, output_format, one_by_one=verbose or run.left <= _FEW)
        except KeyboardInterrupt:
            typer.echo("interrupted before the first report: nothing was built", err=True)
            raise typer.Exit(130) from None
    _print_summary(run, output_format)
    raise typer.Exit(130 if run.interrupted else 2 if run.why_ended else 1 if run.failed else 0)


def _telling(write_event: Callable[[Event], None]) -> Callable[[Event], None]:
    """What hears of every event: all go to the file of events; notes, and that workers are missing, are printed."""
    from reportkit.build.events import Note, Workers

    waiting = False

    def tell(event: Event) -> None:
        nonlocal waiting
        write_event(event)
        if isinstance(event, Note):
            print_note(event.message)
        elif isinstance(event, Workers):
            if waiting or not event.number:
                print_note(event)
            waiting = not event.number

    return tell


def _print_plan(steps: list[Step], output_format: Format, write_event: Callable[[Event], None]) -> None:
    wanted = [step for step in steps if step.why]
    for step in wanted:
        write_event(step)
    if output_format is Format.json:
        print_json([{"agency": step.key.agency, "year": step.key.year, "why": step.why} for step in wanted])
        return
    console = new_console()
    for step in wanted:
        console.print(f"build   {step.key}  {step.why}", soft_wrap=True)
    console.print(f"{len(wanted)} to build, {len(steps) - len(wanted)} fresh", soft_wrap=True)


def _print_results(run: Run, output_format: Format, *, one_by_one: bool) -> None:
    """Print what becomes of each report, above a progress bar or, without a terminal, with a line now and then."""
    from reportkit.build.one_report import Failed

    console = new_console(stderr=output_format is Format.json)
    seconds = None if console.is_terminal else _SECONDS_BETWEEN_LINES
    with progress(console, "building", run.left) as advance, every(seconds, lambda: print_note(run.state)):
        for result in run:
            if isinstance(result, Failed):
                console.print(_failed(result), soft_wrap=True)
            elif one_by_one:
                console.print(_built(result), soft_wrap=True)
            advance(failed=isinstance(result, Failed))


def _print_summary(run: Run, output_format: Format) -> None:
    if output_format is Format.json:
        print_json(run.as_json())
    else:
        rate = f" ({run.built / run.seconds:.1f} a second)" if run.built >= _FEW else ""
        said = [f"{run.built} built", *([f"{run.fresh} fresh"] if run.fresh else []), f"{len(run.failed)} failed"]
        if run.left:
            said.append(f"{run.left} left")
        index = run.index or "the index could not be renewed"
        new_console().print(f"{', '.join(said)} in {run.seconds:.1f} s{rate}: {index}", soft_wrap=True)
    if run.why_ended:
        print_error(run.why_ended)
    if run.interrupted:
        typer.echo("interrupted; what was built stays, and the next build goes on from here", err=True)


def _built(result: Built) -> Text:
    from rich.text import Text

    seconds = (f"  {result.seconds:.1f} s", "dim")
    return Text.assemble(
        ("built   ", "green"), f"{result.key}  {result.name}  ", severity_counts(result.counts), seconds
    )


def _failed(result: Failed) -> Text:
    from rich.text import Text

    message = str(result).replace("\n", "\n        ")
    return Text.assemble(("failed  ", "bold red"), f"{result.key}  ", (message, "red"))

"""The command that builds reports."""

from __future__ import annotations

import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reportkit.cli.app import Agencies, Format, FormatOption, ProjectFolder, Year, app, project_in, selected_reports
from reportkit.cli.terminal import new_console, print_json, progress, severity_counts
from reportkit.system.errors import InputError

if TYPE_CHECKING:
    from rich.text import Text

    from reportkit.build.batch import Builders
    from reportkit.build.one_report import Built, Failed, Limits
    from reportkit.build.output import Output
    from reportkit.build.plan import Step
    from reportkit.project.folder import Project

__all__ = ["build"]

# Up to so many reports each has a line of its own; of more only those that fail.
_FEW = 20


@app.command(epilog="Example: reportkit build --year 2023 --jobs 4")
def build(
    agencies: Agencies = None,
    year: Year = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="How many at once; by default one a core.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Build also what is fresh.")] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first report that fails.")] = False,
    timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How long the notebook of a report may run.")
    ] = 120.0,
    memory_limit: Annotated[
        str, typer.Option(metavar="SIZE", help="How much memory a notebook may take: 500M, 2G; 0 for all there is.")
    ] = "2G",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be built, and why.")] = False,
    output: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the pages go: a folder or s3://BUCKET/PREFIX; by default output/."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="Build on the workers of this Dask scheduler.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="A line for every report, however many.")] = False,
    output_format: FormatOption = Format.text,
    project: ProjectFolder = None,
) -> None:
    """Run the notebook of each report that is not fresh, and write its pages to output/.

    A report is built anew where its parameters, last year's report, one below it, its notebook or reportkit have
    changed, where it failed last time, or where a page is missing. The exit status is 1 where a report failed.
    """
    from reportkit.build.one_report import Limits
    from reportkit.build.output import output_at
    from reportkit.build.plan import plan

    found = project_in(project)
    keys = selected_reports(found, agencies or [], year)
    place = output_at(output or str(found.output))
    limits = Limits(timeout, _bytes(memory_limit))
    if dry_run:
        _tell_plan(list(plan(found, keys, place, force=force)), output_format)
        return
    with place.locked(), _ends_cleanly():
        steps = [step for step in plan(found, keys, place, force=force) if step.why]
        steps.sort(key=lambda step: step.key)  # an agency's years together: each reads those before it
        builders = _builders(found, place, limits, jobs, scheduler)
        run = _run(
            steps,
            builders,
            place,
            fail_fast=fail_fast,
            one_by_one=verbose or len(steps) <= _FEW,
            output_format=output_format,
        )
        run.fresh = len(keys) - len(steps)
        run.index = _index(place, renewed=bool(steps))
    _tell(run, output_format)
    raise typer.Exit(130 if run.interrupted else 1 if run.failed else 0)


@dataclass
class _Run:
    """What became of a build."""

    left: int
    started: float = field(default_factory=time.monotonic)
    built: int = 0
    fresh: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    failed: list[Failed] = field(default_factory=list)
    interrupted: bool = False
    index: str = ""

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


def _run(
    steps: list[Step], builders: Builders, place: Output, *, fail_fast: bool, one_by_one: bool, output_format: Format
) -> _Run:
    from reportkit.build.batch import build_reports
    from reportkit.build.one_report import Failed

    run = _Run(left=len(steps))
    console = new_console(stderr=output_format is Format.json)
    with progress(console, "building", len(steps)) as advance:
        try:
            for result in build_reports(builders, (step.key for step in steps), place, fail_fast=fail_fast):
                run.left -= 1
                if isinstance(result, Failed):
                    run.failed.append(result)
                    console.print(_failed(result), soft_wrap=True)
                else:
                    run.built += 1
                    run.stages.update(result.stages)
                    if one_by_one:
                        console.print(_built(result), soft_wrap=True)
                advance(failed=isinstance(result, Failed))
        except KeyboardInterrupt:
            run.interrupted = True
    return run


def _builders(project: Project, place: Output, limits: Limits, jobs: int | None, scheduler: str | None) -> Builders:
    if scheduler is not None:
        from reportkit.build.cluster import ClusterBuilders

        return ClusterBuilders(project, place, limits, scheduler)
    from reportkit.build.batch import LocalBuilders

    return LocalBuilders(project, place, limits, jobs)


def _index(place: Output, *, renewed: bool) -> str:
    """Where the index is, renewed where anything in it may have changed."""
    from reportkit.build.index import INDEX, write_index

    return write_index(place) if renewed or not place.read([INDEX]) else place.address(INDEX)


@contextmanager
def _ends_cleanly() -> Iterator[None]:
    """Let a request to end do what Ctrl-C does."""
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        with suppress(AttributeError, ValueError):  # not every system has it, and only the main thread may
            number = getattr(signal, name)
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _bytes(size: str) -> int:
    """A size as a person writes it, in bytes: 500M, 2G, 2GiB.

    Raises
    ------
    InputError
        Where it is none.
    """
    number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", size.strip(), re.IGNORECASE)
    if not number:
        raise InputError(f"--memory-limit {size}: write a size as 500M or 2G, or 0 for no limit")
    return int(float(number[1]) * 1024 ** " KMGT".index(number[2].upper() or " "))


# ----------------------------------------------------------------- what is told


def _tell_plan(steps: list[Step], output_format: Format) -> None:
    wanted = [step for step in steps if step.why]
    if output_format is Format.json:
        print_json([{"agency": step.key.agency, "year": step.key.year, "why": step.why} for step in wanted])
        return
    console = new_console()
    for step in wanted:
        console.print(f"build   {step.key}  {step.why}", soft_wrap=True)
    console.print(f"{len(wanted)} to build, {len(steps) - len(wanted)} fresh", soft_wrap=True)


def _tell(run: _Run, output_format: Format) -> None:
    if output_format is Format.json:
        print_json(_as_json(run))
        return
    console = new_console()
    if len(run.failed) > 1 and run.built + len(run.failed) > _FEW:
        console.print(f"{len(run.failed)} reports failed:", soft_wrap=True)
        for failed in sorted(run.failed, key=lambda failed: failed.key):
            console.print(_failed(failed), soft_wrap=True)
    rate = f" ({run.built / run.seconds:.1f} a second)" if run.built >= _FEW else ""
    said = [f"{run.built} built", *([f"{run.fresh} fresh"] if run.fresh else []), f"{len(run.failed)} failed"]
    if run.left:
        said.append(f"{run.left} left")
    console.print(f"{', '.join(said)} in {run.seconds:.1f} s{rate}: {run.index}", soft_wrap=True)
    if run.interrupted:
        typer.echo("interrupted; what was built stays, and the next build goes on from here", err=True)


def _as_json(run: _Run) -> dict[str, Any]:
    failed = [
        {
            "agency": one.key.agency,
            "year": one.key.year,
            "notebook": one.notebook,
            "cell": one.cell,
            "line": one.line,
            "message": one.message,
        }
        for one in sorted(run.failed, key=lambda one: one.key)
    ]
    counts = {"built": run.built, "fresh": run.fresh, "failed": failed, "left": run.left}
    stages = {stage: round(seconds, 3) for stage, seconds in run.stages.items()}
    return counts | {"seconds": round(run.seconds, 3), "stages": stages, "index": run.index}


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

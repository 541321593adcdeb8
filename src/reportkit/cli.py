"""The command line: a thin skin over the library."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reportkit import __version__
from reportkit.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from reportkit.checks import Finding, Outcome
    from reportkit.project import Project, ReportKey
    from reportkit.report import AnnualReport

__all__ = ["app", "main"]

app = typer.Typer(
    name="reportkit",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich takes 0.2 s to import, most of what help may take
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: reportkit build linyi-fao --year 2023",
)


class Format(StrEnum):
    """How an answer is given."""

    text = "text"
    json = "json"


Agencies = Annotated[
    list[str] | None, typer.Argument(metavar="AGENCY", help="Ids of agencies; all of them where none is named.")
]
Year = Annotated[int | None, typer.Option("--year", "-y", help="The year reported on; every year where left out.")]
ProjectFolder = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="The project; by default the folder you stand in, or one above it."),
]


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"reportkit {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    color: Annotated[
        bool | None, typer.Option("--color/--no-color", help="Colours on or off; also by NO_COLOR.", show_default=False)
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Annual reports on open government (政府信息公开工作年度报告), from parameters to the published page."""
    if color is not None:
        os.environ.pop("NO_COLOR", None)
        os.environ.pop("FORCE_COLOR", None)
        os.environ["FORCE_COLOR" if color else "NO_COLOR"] = "1"


@app.command(epilog="Example: reportkit build --year 2023")
def build(agencies: Agencies = None, year: Year = None, project: ProjectFolder = None) -> None:
    """Run the notebook of each report, and write its pages to output/."""
    found = _project(project)
    keys = _asked_for(found, agencies or [], year)

    from reportkit.run.build import Built, build_reports, write_index

    console = _console()
    built = failed = 0
    status = None
    try:
        with _progress(console, len(keys)) as advance:
            for result in build_reports(found, keys):
                advance()
                if isinstance(result, Built):
                    built += 1
                    console.print(_built_line(result), soft_wrap=True)
                else:
                    failed += 1
                    console.print(_failed_line(result), soft_wrap=True)
    except KeyboardInterrupt:
        status = 130
        typer.echo(f"interrupted, {len(keys) - built - failed} left; what was built stays", err=True)
    write_index(found)
    console.print(f"{built} built, {failed} failed: {found.output / 'index.html'}", soft_wrap=True)
    raise typer.Exit(status or (1 if failed else 0))


@app.command(epilog="Example: reportkit check linyi-fao --year 2023 --format json")
def check(
    agencies: Agencies = None,
    year: Year = None,
    output: Annotated[Format, typer.Option("--format", help="A table for people, or JSON for programs.")] = Format.text,
    project: ProjectFolder = None,
) -> None:
    """Check reports, and show the findings.

    The exit status is 1 where an error stands that nobody has waived, 2 where a report cannot be read.
    """
    found = _project(project)

    from reportkit.checks import check as check_report

    keys = _asked_for(found, agencies or [], year)
    checked = [(report, check_report(report)) for report in _read(found, keys)]
    if output is Format.json:
        import json

        findings = [finding.as_json() for _, outcome in checked for finding in outcome]
        typer.echo(json.dumps(findings, ensure_ascii=False, indent=1))
    else:
        console = _console()
        for report, outcome in checked:
            _print_outcome(console, report, outcome)
    if len(checked) < len(keys):
        raise typer.Exit(2)
    raise typer.Exit(1 if any(outcome.standing("error") for _, outcome in checked) else 0)


@app.command(epilog="Example: reportkit init my-city")
def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made where there is none.")]) -> None:
    """Make a new project: the notebook, an agencies file, an example report, schemas for editors.

    In a folder that is a project already nothing is overwritten but the schemas, which are renewed.
    """
    from reportkit.starter import start_project

    for path in start_project(folder):
        typer.echo(f"wrote {path}")
    typer.echo(
        f"Next: put your agencies into {folder / 'params' / 'agencies.yaml'}, then: reportkit build --project {folder}"
    )


def main() -> None:
    """Run the command line; what is wrong with the input is said in a line or a few, without a traceback."""
    try:
        app()
    except BrokenPipeError:
        # Whoever read our output has left; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except InputError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)


# ------------------------------------------------------------- what commands share


def _project(folder: Path | None) -> Project:
    from reportkit.project import find_project

    return find_project(folder)


def _asked_for(project: Project, agencies: list[str], year: int | None) -> list[ReportKey]:
    """The reports asked for; ids that name nothing are wrong use."""
    for agency in agencies:
        project.agency(agency)
    keys = project.reports(agencies, year)
    if not keys:
        from reportkit.project import ProjectError

        wanted = " ".join([*agencies, str(year or "")]).strip()
        raise ProjectError(
            f"no parameter file for {wanted} in {project.params}"
            if wanted
            else f"no parameter files in {project.params}"
        )
    return keys


def _read(project: Project, keys: list[ReportKey]) -> list[AnnualReport]:
    """The reports that can be read; of the others it is said why not."""
    reports = []
    for key in keys:
        try:
            reports.append(project.open_report(key.agency, key.year))
        except InputError as error:
            typer.echo(f"error: {error}", err=True)
    return reports


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar below what is printed; none where nobody watches."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("building"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


def _built_line(result: Any) -> Any:
    from rich.text import Text

    counts = {severity: len(result.outcome.standing(severity)) for severity in _STYLES}
    said = ", ".join(_counted(number, severity) for severity, number in counts.items() if number) or "no findings"
    style = next((_STYLES[severity] for severity, number in counts.items() if number), "green")
    return Text.assemble(
        ("built   ", "green"), f"{result.key}  {result.name}  ", (said, style), (f"  {result.seconds:.1f} s", "dim")
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"


def _failed_line(result: Any) -> Any:
    from rich.text import Text

    return Text.assemble(
        ("failed  ", "bold red"), f"{result.key}  ", (result.message.replace("\n", "\n        "), "red")
    )


_STYLES = {"error": "bold red", "warning": "yellow", "info": "blue"}
_WORDS = {"error": "错误", "warning": "警告", "info": "提示"}


def _print_outcome(console: Console, report: AnnualReport, outcome: Outcome) -> None:
    """One report's findings as a table, under the report's title."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console.print(Text(f"{report.agency.name} {report.title}（{report.agency.id} {report.year}）", style="bold"))
    if outcome.findings:
        table = Table(box=box.SIMPLE_HEAD)
        table.add_column("级别", no_wrap=True)
        table.add_column("规则", no_wrap=True)
        table.add_column("说明", overflow="fold")
        for finding in outcome:
            said = Text.assemble(_said(finding), (_cells(finding), "dim"))
            table.add_row(_severity(finding), finding.rule, said)
        console.print(table)
    else:
        console.print(Text("  未发现问题", style="green"))
    for item in outcome.not_assessable:
        console.print(Text(f"  无法判断 {item.rule}：{item.reason}", style="dim"))
    console.print()


def _severity(finding: Finding) -> Any:
    from rich.text import Text

    if finding.waived:
        return Text("已豁免", style="dim")
    return Text(_WORDS[finding.severity], style=_STYLES[finding.severity])


def _said(finding: Finding) -> str:
    return f"{finding.message}（{finding.waived.by}：{finding.waived.reason}）" if finding.waived else finding.message


def _cells(finding: Finding) -> str:
    """The addresses of the first few cells, on lines of their own."""
    shown = "".join(f"\n{address}" for address in finding.cells[:4])
    return f"{shown}\n等{len(finding.cells)}格" if len(finding.cells) > 4 else shown

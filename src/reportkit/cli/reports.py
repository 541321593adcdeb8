"""The commands that work on a project's reports: build, check, init."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportkit.cli.app import Agencies, Format, FormatOption, ProjectFolder, Year, app, project_in
from reportkit.cli.terminal import complain, new_console, print_json, print_outcome, progress, tally_of
from reportkit.errors import InputError

if TYPE_CHECKING:
    from rich.text import Text

    from reportkit.project import Project, ReportKey
    from reportkit.report import AnnualReport
    from reportkit.run.build import Built, Failed

__all__ = ["build", "check", "init"]


@app.command(epilog="Example: reportkit build --year 2023")
def build(agencies: Agencies = None, year: Year = None, project: ProjectFolder = None) -> None:
    """Run the notebook of each report, and write its pages to output/."""
    found = project_in(project)
    keys = _asked_for(found, agencies or [], year)

    from reportkit.run.build import Built, build_reports, write_index

    console = new_console()
    built = failed = 0
    interrupted = False
    try:
        with progress(console, "building", len(keys)) as advance:
            for result in build_reports(found, keys):
                advance()
                if isinstance(result, Built):
                    built += 1
                    console.print(_built(result), soft_wrap=True)
                else:
                    failed += 1
                    console.print(_failed(result), soft_wrap=True)
    except KeyboardInterrupt:
        interrupted = True
        typer.echo(f"interrupted, {len(keys) - built - failed} left; what was built stays", err=True)
    write_index(found)
    console.print(f"{built} built, {failed} failed: {found.output / 'index.html'}", soft_wrap=True)
    raise typer.Exit(130 if interrupted else 1 if failed else 0)


@app.command(epilog="Example: reportkit check linyi-fao --year 2023 --format json")
def check(
    agencies: Agencies = None, year: Year = None, output: FormatOption = Format.text, project: ProjectFolder = None
) -> None:
    """Check reports, and show the findings.

    The exit status is 1 where an error stands that nobody has waived, 2 where a report cannot be read.
    """
    found = project_in(project)

    from reportkit.checks import check as check_report

    keys = _asked_for(found, agencies or [], year)
    checked = [(report, check_report(report)) for report in _readable(found, keys)]
    if output is Format.json:
        print_json([finding.as_json() for _, outcome in checked for finding in outcome])
    else:
        console = new_console()
        for report, outcome in checked:
            title = f"{report.agency.name} {report.title}（{report.agency.id} {report.year}）"
            print_outcome(console, title, outcome)
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
    agencies = folder / "params" / "agencies.yaml"
    typer.echo(f"Next: put your agencies into {agencies}, then: reportkit build --project {folder}")


def _asked_for(project: Project, agencies: list[str], year: int | None) -> list[ReportKey]:
    """The reports asked for; ids that name nothing are wrong use."""
    for agency in agencies:
        project.agency(agency)
    keys = project.reports(agencies, year)
    if not keys:
        from reportkit.project import ProjectError

        wanted = " ".join([*agencies, str(year or "")]).strip()
        raise ProjectError(f"no parameter file{' for ' if wanted else ''}{wanted} in {project.params}")
    return keys


def _readable(project: Project, keys: list[ReportKey]) -> list[AnnualReport]:
    """The reports that can be read; of the others it is said why not."""
    reports = []
    for key in keys:
        try:
            reports.append(project.open_report(key.agency, key.year))
        except InputError as error:
            complain(error)
    return reports


def _built(result: Built) -> Text:
    from rich.text import Text

    seconds = (f"  {result.seconds:.1f} s", "dim")
    return Text.assemble(("built   ", "green"), f"{result.key}  {result.name}  ", tally_of(result.outcome), seconds)


def _failed(result: Failed) -> Text:
    from rich.text import Text

    message = result.message.replace("\n", "\n        ")
    return Text.assemble(("failed  ", "bold red"), f"{result.key}  ", (message, "red"))

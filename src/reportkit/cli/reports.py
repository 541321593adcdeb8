"""The commands that start a project and check its reports: init, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportkit.cli.app import Agencies, Format, FormatOption, ProjectFolder, Year, app, project_in, selected_reports
from reportkit.cli.terminal import new_console, print_error, print_json, print_outcome
from reportkit.system.errors import InputError

if TYPE_CHECKING:
    from reportkit.project.folder import Project, ReportKey
    from reportkit.report import AnnualReport

__all__ = ["check", "init"]


@app.command(epilog="Example: reportkit check linyi-fao --year 2023 --format json")
def check(
    agencies: Agencies = None,
    year: Year = None,
    output_format: FormatOption = Format.text,
    project: ProjectFolder = None,
) -> None:
    """Check reports, and show the findings.

    The exit status is 1 if there is an error that nobody has waived, 2 if a report cannot be read.
    """
    opened = project_in(project)
    keys = selected_reports(opened, agencies or [], year)

    from reportkit.checks import check as check_report

    checked = [(report, check_report(report)) for report in _readable(opened, keys)]
    if output_format is Format.json:
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
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; created if it does not exist.")],
    year: Annotated[
        int | None, typer.Option("--year", "-y", help="The year of the example report; by default last year.")
    ] = None,
) -> None:
    """Start a new project: the notebook, an agencies file, an example report, schemas for editors.

    Files that exist stay as they are, except the schemas, which are written again.
    """
    from reportkit.project.starter import start_project

    for path in start_project(folder, year=year):
        typer.echo(f"wrote {path}")
    agencies = folder / "params" / "agencies.yaml"
    typer.echo(f"Next: put your agencies into {agencies}, then: reportkit build --project {folder}")


def _readable(project: Project, keys: list[ReportKey]) -> list[AnnualReport]:
    """The reports that can be read; the errors of the others are shown."""
    reports = []
    for key in keys:
        try:
            reports.append(project.open_report(key.agency, key.year))
        except InputError as error:
            print_error(error)
    return reports

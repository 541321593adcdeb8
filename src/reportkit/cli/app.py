"""The application itself, and the options that several commands share."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reportkit.project.folder import Project, ReportKey

__all__ = ["Agencies", "Format", "FormatOption", "ProjectFolder", "Year", "app", "project_in", "selected_reports"]

app = typer.Typer(
    name="reportkit",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich takes longer than all else that --help does
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: reportkit build linyi-fao --year 2023",
)


class Format(StrEnum):
    """The format of a command's output."""

    text = "text"
    json = "json"


Agencies = Annotated[
    list[str] | None, typer.Argument(metavar="AGENCY", help="Ids of agencies; all agencies by default.")
]
Year = Annotated[int | None, typer.Option("--year", "-y", help="The year reported on; all years by default.")]
ProjectFolder = Annotated[
    Path | None,
    typer.Option(
        "--project", metavar="DIR", help="The project; by default the one in the current directory or above it."
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="Text for people, or JSON for programs.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"reportkit {version('reportkit')}")
        raise typer.Exit


@app.callback()
def _options(
    color: Annotated[
        bool | None,
        typer.Option(
            "--color/--no-color", help="Turn colours on or off; NO_COLOR turns them off too.", show_default=False
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Annual reports on open government (政府信息公开工作年度报告), from parameters to the published page."""
    if color is not None:
        os.environ.pop("NO_COLOR", None)
        os.environ.pop("FORCE_COLOR", None)
        os.environ["FORCE_COLOR" if color else "NO_COLOR"] = "1"


def project_in(folder: Path | None) -> Project:
    """The project that ``--project`` names, or the one that the current directory is in."""
    from reportkit.project.folder import find_project

    return find_project(folder)


def selected_reports(project: Project, agencies: list[str], year: int | None) -> list[ReportKey]:
    """The reports that the arguments of a command select.

    Parameters
    ----------
    project
        The project they are in.
    agencies
        Ids; all agencies if empty.
    year
        The year; all years if None.

    Raises
    ------
    UnknownAgencyError
        If the project has no such agency.
    ProjectError
        If there is no parameter file for them.
    """
    for agency in agencies:
        project.agency(agency)
    keys = project.reports(agencies, year)
    if not keys:
        from reportkit.project.folder import ProjectError

        wanted = " ".join([*agencies, str(year or "")]).strip()
        raise ProjectError(f"no parameter file{' for ' if wanted else ''}{wanted} in {project.params}")
    return keys

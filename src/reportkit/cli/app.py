"""The command line as a whole: what all commands share."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reportkit.project.folder import Project, ReportKey

__all__ = ["Agencies", "Format", "FormatOption", "ProjectFolder", "Year", "app", "asked_for", "project_in"]

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


FormatOption = Annotated[Format, typer.Option("--format", help="Text for people, or JSON for programs.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"reportkit {version('reportkit')}")
        raise typer.Exit


@app.callback()
def _options(
    color: Annotated[
        bool | None, typer.Option("--color/--no-color", help="Colours on or off; also by NO_COLOR.", show_default=False)
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
    """The project that ``--project`` names, or the one that the working folder lies in."""
    from reportkit.project.folder import find_project

    return find_project(folder)


def asked_for(project: Project, agencies: list[str], year: int | None) -> list[ReportKey]:
    """The reports asked for; ids that name nothing are wrong use."""
    for agency in agencies:
        project.agency(agency)
    keys = project.reports(agencies, year)
    if not keys:
        from reportkit.project.folder import ProjectError

        wanted = " ".join([*agencies, str(year or "")]).strip()
        raise ProjectError(f"no parameter file{' for ' if wanted else ''}{wanted} in {project.params}")
    return keys

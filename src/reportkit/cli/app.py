"""The application itself, and the parameters that several commands share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from reportkit.cli.words import Choice, Group, Number, argument, option
from reportkit.system.errors import InputError
from reportkit.system.language import Language, Message, use_language

if TYPE_CHECKING:
    from reportkit.project.folder import Project, ReportKey

__all__ = [
    "SPEAKS_AS_PROJECT",
    "YEAR",
    "agencies",
    "app",
    "charts",
    "new_folder",
    "output_format",
    "project_folder",
    "project_in",
    "required_year",
    "selected_reports",
    "year",
]

SPEAKS_AS_PROJECT = object()
"""What Click's context holds where nobody has named a language, so that the project may."""

YEAR = Number(Message("a year; write it as 2023"), least=1)

agencies = argument(
    "agencies",
    nargs=-1,
    metavar=Message("[AGENCY]..."),
    help=Message("Agencies by id, full or short name; all agencies by default."),
)
year = option(
    "--year", "-y", type=YEAR, metavar=Message("YEAR"), help=Message("The year reported on; all years by default.")
)
required_year = option(
    "--year", "-y", type=YEAR, required=True, metavar=Message("YEAR"), help=Message("The year reported on.")
)
output_format = option(
    "--format",
    "output_format",
    type=Choice(["text", "json"]),
    default="text",
    help=Message("Text for people, or JSON for programs."),
)
charts = option(
    "--charts",
    type=click.Choice(["svg", "png", "none"]),
    help=Message(
        "Charts of a fragment: as drawings in it, as bitmaps beside it, or only in words; svg at first, and then as "
        "they were."
    ),
)
new_folder = argument(
    "folder",
    type=click.Path(path_type=Path),
    metavar=Message("DIR"),
    help=Message("The folder; created if it does not exist."),
)
project_folder = option(
    "--project",
    type=click.Path(path_type=Path),
    metavar=Message("DIR"),
    help=Message("The project; by default the one in the current directory or above it."),
)


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"reportkit {version('reportkit')}")
        ctx.exit()


def _colored(_ctx: click.Context, _parameter: click.Parameter, wanted: bool | None) -> None:
    if wanted is not None:
        os.environ.pop("NO_COLOR", None)
        os.environ.pop("FORCE_COLOR", None)
        os.environ["FORCE_COLOR" if wanted else "NO_COLOR"] = "1"


_color_option = option(
    "--color/--no-color",
    default=None,
    expose_value=False,
    callback=_colored,
    help=Message("Turn colours on or off; NO_COLOR turns them off too."),
)


@click.group(
    "reportkit",
    cls=Group,
    no_args_is_help=True,
    help=Message(
        "Annual reports on open government (政府信息公开工作年度报告), from parameters to the published page."
    ),
    epilog=Message("Example: reportkit build linyi-fao --year 2023"),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@_color_option
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help=Message("Show the version and exit."),
)
def app() -> None:
    """The group of all commands."""


def project_in(folder: Path | None) -> Project:
    """The project that ``--project`` names, or the one that the current directory is in.

    From here on its language is spoken, unless ``--lang`` or ``REPORTKIT_LANG`` names one.
    """
    from reportkit.project.folder import find_project

    project = find_project(folder)
    context = click.get_current_context(silent=True)
    if context is not None and context.obj is SPEAKS_AS_PROJECT:
        with suppress(InputError):  # the command that needs the settings says what is wrong with them
            use_language(cast("Language | None", project.settings.language))
    return project


def selected_reports(project: Project, named: Sequence[str], year: int | None) -> list[ReportKey]:
    """The reports that the arguments of a command select.

    Parameters
    ----------
    project
        The project they are in.
    named
        Agencies by id, full or short name; all agencies if empty.
    year
        The year; all years if None.

    Raises
    ------
    UnknownAgencyError
        If the project has no such agency, or several.
    ProjectError
        If there is no parameter file for them.
    """
    keys = project.reports([project.agency(name).id for name in named], year)
    if not keys:
        from reportkit.project.folder import ProjectError

        wanted = " ".join([*named, str(year or "")]).strip()
        nothing = Message("no parameter file for {wanted} in {folder}", wanted=wanted, folder=project.params)
        raise ProjectError(nothing if wanted else Message("no parameter file in {folder}", folder=project.params))
    return keys

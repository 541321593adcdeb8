"""The commands that start a project and check its reports: init, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reportkit.cli.app import YEAR, agencies, app, new_folder, project_folder, project_in, selected_reports, year
from reportkit.cli.findings import Asked, asked_for, exit_status, print_checked
from reportkit.cli.terminal import tell
from reportkit.cli.words import option
from reportkit.system.language import Message

if TYPE_CHECKING:
    pass

__all__ = ["check", "init"]


@app.command(
    "check",
    help=Message(
        "Check reports, and show the findings: the gravest first, reports that cannot be read last.\n\n"
        "The exit status is 1 if there is an error that nobody has waived, 2 if a report cannot be read."
    ),
    epilog=Message("Example: reportkit check linyi-fao --year 2023 --format json"),
)
@agencies
@year
@asked_for
@project_folder
def check(agencies: tuple[str, ...], year: int | None, asked: Asked, project: Path | None) -> int:
    """Check reports."""
    from reportkit.checks import require_known
    from reportkit.cli.checking import checked_reports

    opened = project_in(project)
    require_known(opened.settings.standard)
    keys = selected_reports(opened, [*agencies, *asked.agencies], year)
    checked = [asked.of(each) for each in checked_reports(opened, keys)]
    print_checked(checked, asked)
    return exit_status(checked)


@app.command(
    "init",
    help=Message(
        "Start a new project: the notebook, an agencies file, an example report, schemas for editors.\n\n"
        "Files that exist stay as they are, except the schemas, which are written again."
    ),
    epilog=Message("Example: reportkit init my-city"),
)
@new_folder
@option(
    "--year",
    "-y",
    type=YEAR,
    metavar=Message("YEAR"),
    help=Message("The year of the example report; by default last year."),
)
def init(folder: Path, year: int | None) -> None:
    """Start a new project."""
    from reportkit.project.starter import start_project

    for path in start_project(folder, year=year):
        tell(Message("wrote {path}", path=path))
    agencies = folder / "params" / "agencies.yaml"
    command = f"reportkit build --project {folder}"
    tell(Message("Next: put your agencies into {agencies}, then: {command}", agencies=agencies, command=command))

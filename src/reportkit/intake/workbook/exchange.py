"""The exchange of Excel forms between a project and the officials who fill them in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reportkit.intake.saving import Saved, save_report
from reportkit.intake.workbook.filled import read_workbook
from reportkit.intake.workbook.issued import new_workbook
from reportkit.project.folder import Project
from reportkit.project.parameters import TypedError
from reportkit.report import AnnualReport
from reportkit.system.errors import InputError

__all__ = ["forms_in", "issue_form", "save_form"]


def issue_form(project: Project, agency_id: str, year: int, file: Path, *, force: bool = False) -> Path:
    """Write the Excel form of a report of a project, with what the project knows already.

    Parameters
    ----------
    project
        The project.
    agency_id, year
        Which report; it need not have a parameter file yet.
    file
        Where to write the form.
    force
        Whether a file that exists may be replaced.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputError
        Where the file exists, and `force` is not given.
    UnknownAgencyError
        Where the agency is not known.
    TypedError
        Where the agency's parameter file cannot be read.
    """
    if file.exists() and not force:
        raise InputError(f"{file} exists: --force replaces it")
    new_workbook(project.open_or_new_report(agency_id, year), file)
    return file


def save_form(project: Project, file: Path, *, force: bool = False) -> Saved:
    """Read a filled form and write the report it states to its parameter file.

    Parameters
    ----------
    project
        The project.
    file
        The filled form.
    force
        Whether a parameter file that exists may be replaced.

    Returns
    -------
    Saved
        The parameter file, and what was put aside.

    Raises
    ------
    InputError
        Where the form cannot be read as meant, or a parameter file exists and `force` is not given.
    """
    filled = read_workbook(file)
    with project.editing():
        report = filled.report(project.agency(filled.agency_id))
        return save_report(project, _with_declared(project, report), force=force)


def _with_declared(project: Project, report: AnnualReport) -> AnnualReport:
    """The report with the totals that its parameter file declares, which a form shows as the sums of its cells."""
    try:
        present = project.open_report(report.agency.id, report.year)
    except TypedError:
        return report
    still = {address: figure for address, figure in present.declared.items() if report.computed[address] == figure}
    return report.replace(declared={**still, **report.declared})


def forms_in(paths: Iterable[Path]) -> list[Path]:
    """Return the files meant: those named, and in folders all workbooks.

    Parameters
    ----------
    paths
        Files and folders.

    Returns
    -------
    list of pathlib.Path
        The files in order, each once; locks of Excel's are left out.
    """
    found: list[Path] = []
    for path in paths:
        inside = sorted(file for file in path.rglob("*.xlsx") if not file.name.startswith((".", "~$")))
        found += inside if path.is_dir() else [path]
    return list(dict.fromkeys(found))

"""The exchange of Excel forms between a project and the officials who fill them in."""

from __future__ import annotations

from pathlib import Path

from reportkit.intake.saving import save_report
from reportkit.intake.workbook.filled import read_workbook
from reportkit.intake.workbook.issued import new_workbook
from reportkit.project.folder import Project
from reportkit.system.errors import InputError

__all__ = ["issue_form", "save_form"]


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


def save_form(project: Project, file: Path, *, force: bool = False) -> Path:
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
    pathlib.Path
        The parameter file.

    Raises
    ------
    InputError
        Where the form cannot be read as meant, or a parameter file exists and `force` is not given.
    """
    filled = read_workbook(file)
    return save_report(project, filled.report(project.agency(filled.agency_id)), force=force)

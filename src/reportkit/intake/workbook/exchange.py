"""The exchange of Excel forms between a project and the officials who fill them in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from reportkit.documents.document import UnreadableError
from reportkit.intake.saving import Saved, save_report
from reportkit.intake.workbook.filled import FilledForm, read_workbook
from reportkit.intake.workbook.issued import new_workbook
from reportkit.project.folder import Project
from reportkit.project.parameters import TypedError
from reportkit.report import AnnualReport
from reportkit.system.bounded import Refusal, run_bounded
from reportkit.system.errors import InputError
from reportkit.system.language import Message
from reportkit.system.machine import cores

__all__ = ["forms_in", "issue_form", "save_form", "save_forms"]

# A form takes a fifth of a second; one of the largest size that is opened, made to be slow, some 20.
_SLOWEST, _MOST_MEMORY = 60.0, 500 << 20


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
        raise InputError(Message("{file} exists: --force replaces it", file=file))
    new_workbook(project.open_or_new_report(agency_id, year), file)
    return file


def save_forms(
    project: Project, files: Collection[Path], *, force: bool = False
) -> Iterator[tuple[Path, Saved | InputError]]:
    """Read filled forms, each in a process with limits, and write the reports they state to their parameter files.

    Parameters
    ----------
    project
        The project.
    files
        The filled forms.
    force
        As for `save_form`.

    Yields
    ------
    tuple
        Each file, and what became of it: the error where it could not be read as meant or not be written.
    """
    jobs = min(len(files), cores())
    for file, filled in run_bounded(_read, files, jobs=jobs, timeout=_SLOWEST, memory=_MOST_MEMORY):
        if isinstance(filled, Refusal):
            yield (
                file,
                UnreadableError(
                    Message(
                        "{file}: {message}, which no form does: fill in a fresh one", file=file, message=filled.message
                    )
                ),
            )
        elif isinstance(filled, InputError):
            yield file, filled
        else:
            yield file, _saved(project, filled, force)


def _saved(project: Project, filled: FilledForm, force: bool) -> Saved | InputError:
    try:
        return save_form(project, filled, force=force)
    except InputError as error:
        return error


def _read(file: Path) -> FilledForm | InputError:
    try:
        return read_workbook(file)
    except InputError as error:
        return error


def save_form(project: Project, filled: FilledForm, *, force: bool = False) -> Saved:
    """Write the report that a filled form states to its parameter file.

    Parameters
    ----------
    project
        The project.
    filled
        What `read_workbook` read.
    force
        Whether a parameter file that exists may be replaced.

    Returns
    -------
    Saved
        The parameter file, and what was put aside.

    Raises
    ------
    InputError
        Where the agency is not known, or a parameter file exists and `force` is not given.
    """
    with project.editing():
        report = filled.report(project.agency(filled.agency_id))
        return save_report(project, _with_declared(project, report), "filled_in", force=force)


def _with_declared(project: Project, report: AnnualReport) -> AnnualReport:
    """The report with the totals that its parameter file declares, which a form shows as the sums of its cells."""
    try:
        present = project.open_or_new_report(report.agency.id, report.year)
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

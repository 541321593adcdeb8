"""From published reports to parameter files: reading many files, each within limits, and writing what was read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from reportkit.documents.detection import endings, read_document, seconds_to_read
from reportkit.form import editions, form_for
from reportkit.form.figures import figure_text
from reportkit.intake.published.bodies import choice, known_body
from reportkit.intake.published.report import PublishedReport, read_report
from reportkit.intake.saving import save_report
from reportkit.project.folder import Project, ReportKey
from reportkit.report import Agency, AnnualReport
from reportkit.system.bounded import Refusal, run_bounded
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message

__all__ = [
    "Imported",
    "NoReportError",
    "import_files",
    "import_report",
    "published_files",
    "read_published",
    "unregistered_agency",
]

# How much alike a name and a known agency's must be to be mistaken for each other.
_ALIKE = 0.85
_LONGEST_ID = 80
# Governments from the county up; a township publishes by the day that departments must.
_GOVERNMENT = re.compile(r"(?:(?<![乡镇])人民政府|[省市县区旗州盟])$")


class NoReportError(InputError):
    """A document that can be read, and has no annual report in it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A published report that became a parameter file.

    Parameters
    ----------
    path
        The parameter file.
    agency
        Whose report it is.
    is_new
        Whether the agency was added to the project's register.
    problems
        What the report states and a parameter file cannot, a line for each; empty where there is nothing.
    put_aside
        Where the file that stood there before, and could not be read, is now; None where there was none.
    """

    path: Path
    agency: Agency
    is_new: bool
    problems: str = ""
    put_aside: Path | None = None


def published_files(paths: Collection[Path]) -> list[Path]:
    """Return the files meant: those named, and in folders all that may hold a report.

    Parameters
    ----------
    paths
        Files and folders.

    Returns
    -------
    list of pathlib.Path
        The files in order, each once; one at least.

    Raises
    ------
    InputError
        Where folders are named, and none of them has such a file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.suffix.lower() in endings() and file.is_file())
            found += sorted(file for file in inside if not file.name.startswith((".", "~$")))
        else:
            found.append(path)
    if not found:
        raise InputError(
            Message(
                "no file of the kind {listed} in {listed2}",
                listed=Joined(", ", sorted(endings())),
                listed2=Joined(", ", paths),
            )
        )
    return list(dict.fromkeys(found))


def read_published(
    files: Collection[Path], *, agencies: Mapping[str, Agency] | None = None, year: int | None = None
) -> Iterator[tuple[Path, PublishedReport | Refusal]]:
    """Read published reports in parallel; one bad file cannot stop the others.

    Parameters
    ----------
    files
        The files.
    agencies
        The agencies known, to tell whose report each is.
    year
        The year of the reports, where it is known; else it is read.

    Yields
    ------
    tuple of pathlib.Path and (PublishedReport or Refusal)
        In the order of the files.
    """
    yield from run_bounded(partial(_read, agencies=dict(agencies or {}), year=year), files, timeout=seconds_to_read)


def _read(path: Path, agencies: dict[str, Agency], year: int | None) -> PublishedReport:
    published = read_report(read_document(path), agencies=agencies, year=year)
    if published.is_found:
        return published
    form = next(reversed(editions().values()))
    title, first, last = form.title.format(year="…"), form.titled_sections[0].title, form.titled_sections[-1].title
    if published.title:
        raise NoReportError(
            Message(
                "no annual report was found in it, only the title “{title}”: there are neither sections "
                "(“{first}” to “{last}”) nor the form's tables below it",
                title=published.title,
                first=first,
                last=last,
            )
        )
    raise NoReportError(
        Message(
            "no annual report was found in it: looked for a title like “{title}”, sections "
            "(“{first}” to “{last}”) and the form's tables",
            title=title,
            first=first,
            last=last,
        )
    )


def import_files(
    project: Project,
    files: Collection[Path],
    *,
    agency_id: str | None = None,
    year: int | None = None,
    force: bool = False,
) -> Iterator[tuple[Path, PublishedReport | None, Imported | Refusal]]:
    """Read published reports and write them to their parameter files.

    Parameters
    ----------
    project
        Where to.
    files
        The files.
    agency_id, year, force
        As for `import_report`.

    Yields
    ------
    tuple
        Each file, what was read from it (None where it could not be read), and what became of it.
    """
    for file, published in read_published(files, agencies=project.agencies, year=year):
        if isinstance(published, Refusal):
            yield file, None, published
            continue
        try:
            imported = import_report(project, published, agency_id=agency_id, year=year, force=force)
        except InputError as error:
            yield file, published, Refusal(error.args[0] if error.args else str(error))
        else:
            yield file, published, imported


def import_report(
    project: Project,
    published: PublishedReport,
    *,
    agency_id: str | None = None,
    year: int | None = None,
    force: bool = False,
) -> Imported:
    """Write a published report to its parameter file; an agency that is not known yet is added to the register.

    Parameters
    ----------
    project
        Where to.
    published
        What was read.
    agency_id, year
        Whose report, and for which year, where that is not to be taken from what was read.
    force
        Whether an existing parameter file may be replaced; its comments and waivers are kept.

    Returns
    -------
    Imported
        The parameter file, and what could not be written to it.

    Raises
    ------
    InputError
        Where agency or year are not known, or the file exists; nothing is written then.
    """
    # Another import at the same time may add the same agency, or others.
    with project.editing():
        agency, is_new = _agency(project, published, agency_id)
        year = year or published.year
        if year is None:
            raise InputError(Message("the year was not found: name it with --year"))
        form_for(year)  # refuses a year that no edition covers, before anything is written
        path = project.parameter_file(ReportKey(agency.id, year))
        if is_new and (force or not path.exists()):
            project.add_agency(agency)
        report, problems = _storable(published.report(agency, year))
        saved = save_report(project, report, "imported", force=force)
    return Imported(saved.path, agency, is_new, Joined("\n", problems), saved.put_aside)


def _storable(report: AnnualReport) -> tuple[AnnualReport, list[str]]:
    """The report without the figures that a parameter file cannot state, and what is wrong with each."""
    cells = report.form.cells
    stated = {**report.figures, **report.declared}
    wrong = {address: figure for address, figure in stated.items() if not cells[address].kind.holds(figure)}
    problems: list[str] = [
        Message(
            "{cell}: {figure} is not {meaning}: left out",
            cell=cells[address].label,
            figure=figure_text(figure),
            meaning=cells[address].kind.meaning,
        )
        for address, figure in wrong.items()
    ]
    declared = {address: figure for address, figure in report.declared.items() if address not in wrong}
    figures = {address: None for address in wrong if address in report.figures}
    return report.replace(figures, declared=declared), problems


def _agency(project: Project, published: PublishedReport, named: str | None) -> tuple[Agency, bool]:
    """Whose report it is, and whether that agency is new: as named, or exactly as the report says."""
    known = project.agencies
    name = published.agency_name or ""
    # Another file may have registered the agency since this one was read.
    match = known_body(name, known, " ".join(published.narrative.values()))
    found = published.agency_id or (match.agency.id if match.agency else None)
    agency_id = named or found or _id_from(name)
    if not agency_id:
        raise InputError(Message("the agency was not found: name its id with --agency"))
    if agency_id in known:
        return known[agency_id], False
    same = next((agency.id for agency in known.values() if agency.name == name), None)
    if same:
        raise InputError(
            Message(
                "“{name}” is registered as {same}: name that with --agency, or none; if {agency_id} is another body "
                "of this name, add it to params/agencies.yaml first",
                name=name,
                same=same,
                agency_id=agency_id,
            )
        )
    possible = match.possible or [
        agency for agency in known.values() if get_close_matches(name, [agency.name], 1, _ALIKE)
    ]
    if possible and not named:
        raise InputError(
            Message("“{name}” may be {choice}: say which with --agency", name=name, choice=choice(possible))
        )
    return unregistered_agency(published, agency_id), True


def _id_from(name: str) -> str:
    """An id made of a name; it names files and comes from outside, so only letters and digits are kept."""
    return "".join(re.findall(r"\w", name))[:_LONGEST_ID]


def unregistered_agency(published: PublishedReport, agency_id: str | None = None) -> Agency:
    """Return the agency that a published report names, as far as its name tells.

    Parameters
    ----------
    published
        What was read.
    agency_id
        The agency's id; by default the one that was found, or the name.

    Returns
    -------
    Agency
        The agency; a government where its name is a government's.
    """
    name = published.agency_name or agency_id or ""
    level = "government" if _GOVERNMENT.search(name) else "department"
    return Agency(agency_id or published.agency_id or name, name, level=level)

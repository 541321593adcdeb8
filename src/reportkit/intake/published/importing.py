"""From published reports to parameter files: reading many files, each within bounds, and writing what was read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from reportkit.documents.detection import read_document
from reportkit.intake.published.report import Reading, read_report
from reportkit.intake.saving import save_report
from reportkit.project.folder import Project, ReportKey
from reportkit.project.parameters import TypedError
from reportkit.report import Agency
from reportkit.system.bounded import Refusal, run_bounded
from reportkit.system.errors import InputError

__all__ = ["Imported", "import_reading", "published_files", "read_published", "unregistered_agency"]

_SUFFIXES = frozenset({".html", ".htm", ".shtml", ".docx", ".doc", ".pdf", ".txt", ".md"})


@dataclass(frozen=True, slots=True)
class Imported:
    """A reading that became a parameter file.

    Parameters
    ----------
    path
        The parameter file.
    agency
        Whose report it is.
    is_new
        Whether the agency was added to the project's register.
    problems
        What a person must mend in the file before it can be opened; empty where it is sound.
    """

    path: Path
    agency: Agency
    is_new: bool
    problems: str = ""


def published_files(paths: Iterable[Path]) -> list[Path]:
    """The files meant: those named, and in folders all that may hold a report, in order."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES and file.is_file())
            found += sorted(file for file in inside if not file.name.startswith((".", "~$")))
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def read_published(
    files: Collection[Path], *, agencies: Mapping[str, Agency] | None = None, year: int | None = None
) -> Iterator[tuple[Path, Reading | Refusal]]:
    """Read published reports side by side; a file that cannot be read, or takes too long, costs only itself.

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
    tuple of pathlib.Path and (Reading or Refusal)
        In the order of the files.
    """
    yield from run_bounded(partial(_read, agencies=dict(agencies or {}), year=year), files)


def _read(path: Path, agencies: dict[str, Agency], year: int | None) -> Reading:
    return read_report(read_document(path), agencies=agencies, year=year)


def import_reading(
    project: Project, reading: Reading, *, agency_id: str | None = None, year: int | None = None, force: bool = False
) -> Imported:
    """Write what was read to its parameter file; an agency that is not known yet is added to the register.

    Parameters
    ----------
    project
        Where to.
    reading
        What was read.
    agency_id, year
        Whose report, and for which year, where that is not to be taken from the reading.
    force
        Whether an existing parameter file may be written over; its comments and waivers are kept.

    Raises
    ------
    InputError
        Where agency or year are not known, or the file exists; nothing is written then.
    """
    agency, is_new = _agency(project, reading, agency_id)
    year = year or reading.year
    if year is None:
        raise InputError("the year was not found: name it with --year")
    path = project.parameter_file(ReportKey(agency.id, year))
    if is_new and (force or not path.exists()):
        project.add_agency(agency)
    save_report(project, reading.report(agency, year), force=force)
    try:
        project.open_report(agency.id, year)
    except TypedError as error:
        return Imported(path, agency, is_new, str(error))
    return Imported(path, agency, is_new)


def _agency(project: Project, reading: Reading, named: str | None) -> tuple[Agency, bool]:
    """Whose report it is, and whether that agency is new: as named, or as the report says to the letter."""
    known = project.agencies
    agency_id = named or reading.agency_id or _id_from(reading.agency_name or "")
    if not agency_id:
        raise InputError("the agency was not found: name its id with --agency")
    if agency_id in known:
        return known[agency_id], False
    alike = [
        agency for agency in known.values() if get_close_matches(reading.agency_name or "", [agency.name], 1, 0.85)
    ]
    if alike and not named:
        raise InputError(f"“{reading.agency_name}” may be {alike[0].id} ({alike[0].name}): say which with --agency")
    return unregistered_agency(reading, agency_id), True


def _id_from(name: str) -> str:
    """An id made of a name that somebody sent: it will name files, so nothing but letters and digits stays."""
    return "".join(re.findall(r"\w", name))[:80]


# Governments from the county up; a township publishes by the day that departments must.
_GOVERNMENT = re.compile(r"(?:(?<![乡镇])人民政府|[省市县区旗州盟])$")


def unregistered_agency(reading: Reading, agency_id: str | None = None) -> Agency:
    """The agency that a reading names, as far as its name tells."""
    name = reading.agency_name or agency_id or ""
    level = "government" if _GOVERNMENT.search(name) else "department"
    return Agency(agency_id or reading.agency_id or name, name, level=level)

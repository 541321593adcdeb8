"""The made-up city as a project on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reportkit.demo.city import bodies_of_city
from reportkit.demo.faults import Fault
from reportkit.demo.planting import plant
from reportkit.demo.reports import City, Planting
from reportkit.form import form_for
from reportkit.project.folder import Project, ReportKey
from reportkit.project.parameters import new_parameters
from reportkit.project.starter import start_project
from reportkit.report import Agency
from reportkit.system.errors import InputError
from reportkit.system.files import write_file
from reportkit.system.language import Message

__all__ = ["SEED", "Made", "PresentError", "make_city"]

SEED = 711
"""The seed of the city that is made by default."""

_HEADING = """\
# The bodies of a city that does not exist (示例): every name, telephone number and figure in this project is made up.
# An id names the parameter files and the pages: params/<year>/<id>.yaml, output/<year>/<id>/. parent names the body
# above, whose report sums those below it; bodies under vertical administration (税务局, 气象局 …) have none.
"""


class PresentError(InputError, FileExistsError):
    """A folder that holds parameters already, among which a made-up city's would be lost."""


@dataclass(frozen=True)
class Made:
    """What was made.

    Parameters
    ----------
    folder
        The project.
    agencies, reports
        How many.
    faults
        Those planted, by year and agency.
    """

    folder: Path
    agencies: int
    reports: int
    faults: tuple[Fault, ...]


def make_city(
    folder: Path,
    *,
    agencies: int = 100,
    years: range = range(2019, 2026),
    faults: int = 0,
    seed: int = SEED,
    advance: Callable[[], None] = lambda: None,
) -> Made:
    """Make a project of a made-up city (示例), with consistent figures and texts, and with faults if asked for.

    Parameters
    ----------
    folder
        The project's folder; made where there is none.
    agencies
        How many bodies report, governments among them.
    years
        The years they report on.
    faults
        How many faults are planted, of every kind in turn, and listed in ``faults.json``.
    seed
        Another seed makes another city; the same one makes the same.
    advance
        Called after each report that is written.

    Returns
    -------
    Made
        What was made.

    Raises
    ------
    PresentError
        If the folder holds ``params/`` already; nothing is written.
    CityError
        If there are to be no agencies, or more faults than there is room for.
    UnknownYearError
        If no edition of the form covers a year.
    """
    for year in years:
        form_for(year)
    if (folder / "params").exists():
        raise PresentError(
            Message("{folder} holds params/ already: name a new folder, nothing is overwritten", folder=folder)
        )
    city = City(bodies_of_city(agencies), years, seed)
    planting = plant(city, faults)
    project = Project(folder)
    write_file(project.params / "agencies.yaml", _register(city.agencies(planting)))
    start_project(folder, opens=_opened(city, planting))
    planted = []
    for told in city.reports(planting):
        report = told.report
        path = project.parameter_file(ReportKey(report.agency.id, report.year))
        write_file(path, new_parameters(report, schema=f"../form-{report.form.edition}.schema.json"))
        planted += [told.fault] if told.fault else []
        advance()
    planted.sort(key=lambda fault: (fault.year, fault.agency))
    if faults:
        listed = [fault.as_json() for fault in planted]
        write_file(folder / "faults.json", json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
    return Made(folder, len(city.bodies), len(city.bodies) * len(years), tuple(planted))


def _opened(city: City, planting: Planting) -> ReportKey:
    """The report that the notebook opens: of the last year, if possible without a fault and with no body below."""
    year = city.years.stop - 1
    body = min(city.bodies, key=lambda body: ((body.id, year) in planting, body.id in city.below))
    return ReportKey(body.id, year)


def _register(agencies: list[Agency]) -> str:
    return _HEADING + "".join(map(_entry, agencies))


def _entry(agency: Agency) -> str:
    fields = ((name, getattr(agency, name)) for name in ("name", "short", "level", "parent", "contact"))
    return f"\n{agency.id}:\n" + "".join(f"  {name}: {value}\n" for name, value in fields if value)

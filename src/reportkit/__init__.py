"""The analyst's face of reportkit: what a notebook needs, and no more.

Examples
--------
>>> import reportkit as rk
>>> report = rk.open_report("linyi-fao", 2023)  # doctest: +SKIP
>>> rk.tables.applications(report)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from reportkit.display import charts as charts
    from reportkit.display import tables as tables
    from reportkit.display.findings import Panel
    from reportkit.display.narrative import preamble as preamble
    from reportkit.display.narrative import section as section
    from reportkit.form import form_for as form_for
    from reportkit.project.folder import find_project as find_project
    from reportkit.report import Agency as Agency
    from reportkit.report import AnnualReport as AnnualReport
    from reportkit.report import new_report as new_report

__all__ = [
    "Agency",
    "AnnualReport",
    "charts",
    "check",
    "find_project",
    "form_for",
    "new_report",
    "open_report",
    "preamble",
    "section",
    "tables",
]

__version__ = "0.1.0"

# Loaded when first asked for: charts alone cost half a second, which `reportkit --help` must not pay.
_ROOMS = {
    "Agency": "reportkit.report",
    "AnnualReport": "reportkit.report",
    "charts": "reportkit.display",
    "find_project": "reportkit.project.folder",
    "form_for": "reportkit.form",
    "new_report": "reportkit.report",
    "preamble": "reportkit.display.narrative",
    "section": "reportkit.display.narrative",
    "tables": "reportkit.display",
}


def open_report(agency: str, year: int, project: Path | str | None = None) -> AnnualReport:
    """Open an agency's report for a year, with totals worked out and last year's report beside it.

    Parameters
    ----------
    agency
        The agency's id in ``params/agencies.yaml``.
    year
        The year reported on.
    project
        The project's folder, or one inside it; the working folder by default.

    Returns
    -------
    AnnualReport
        What ``params/<year>/<agency>.yaml`` states.

    Raises
    ------
    ProjectError
        Where there is no project in the folder or above it.
    UnknownAgencyError
        Where the agency is not known.
    TypedError
        Where the parameter file is missing or cannot be read as meant; the message names every place.
    """
    from reportkit.project.folder import find_project

    return find_project(project).open_report(agency, int(year))


def check(report: AnnualReport) -> Panel:
    """Check a report, and show the findings with links to the cells they speak of.

    Parameters
    ----------
    report
        The report as it is, or as changed by `AnnualReport.replace`.

    Returns
    -------
    Panel
        A sequence of findings that shows itself as a panel in a notebook.
    """
    from reportkit.checks import check
    from reportkit.display.findings import panel

    return panel(check(report), report)


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'reportkit' has no attribute {name!r}")
    room = _ROOMS[name]
    if name in ("charts", "tables"):
        module = import_module(f"{room}.{name}")
        if name == "charts":
            module.enable()
        return module
    return getattr(import_module(room), name)


def __dir__() -> list[str]:
    return sorted(__all__)

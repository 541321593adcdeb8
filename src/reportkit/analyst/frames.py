"""The reports of a whole project as DataFrames: every figure, every finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportkit.checks import check
from reportkit.project.folder import Project, find_project
from reportkit.report import AnnualReport
from reportkit.system.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["findings", "frames"]


def frames(year: int | None = None, project: Path | str | None = None) -> pd.DataFrame:
    """Return the figures of all reports, a row for each cell.

    Parameters
    ----------
    year
        The year reported on; all years if None.
    project
        The project's folder, or one inside it; the current directory by default.

    Returns
    -------
    pandas.DataFrame
        The columns ``agency``, ``name``, ``parent``, ``level``, ``year``, ``edition``, ``table``, ``row``, ``column``,
        ``label`` and ``value``; a blank is None, figures stay exact (dtype ``object``). Reports that cannot be read are
        left out; `DataFrame.attrs["unreadable"]` says why, by agency and year.

    Examples
    --------
    >>> frames(2023).query("row == 'received' and column == 'total'")  # doctest: +SKIP
    """
    import pandas as pd

    unreadable: dict[str, str] = {}
    rows = [row for report in _reports(find_project(project), year, unreadable) for row in _figures(report)]
    columns = ["agency", "name", "parent", "level", "year", "edition", "table", "row", "column", "label", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["value"] = pd.Series([row[-1] for row in rows], dtype=object)
    frame.attrs["unreadable"] = unreadable
    return frame


def findings(year: int | None = None, project: Path | str | None = None) -> pd.DataFrame:
    """Return the findings of all reports, a row for each.

    Parameters
    ----------
    year
        The year reported on; all years if None.
    project
        The project's folder, or one inside it; the current directory by default.

    Returns
    -------
    pandas.DataFrame
        The columns of a finding as JSON. Reports that cannot be read are left out;
        `DataFrame.attrs["unreadable"]` says why, by agency and year.

    Examples
    --------
    >>> findings(2023).groupby("rule").size()  # doctest: +SKIP
    """
    import pandas as pd

    from reportkit.checks import Finding

    unreadable: dict[str, str] = {}
    reports = _reports(find_project(project), year, unreadable)
    rows = [finding.as_json() for report in reports for finding in check(report)]
    frame = pd.DataFrame(rows, columns=list(Finding("", "", "", 0, "").as_json()))
    frame.attrs["unreadable"] = unreadable
    return frame


def _reports(project: Project, year: int | None, unreadable: dict[str, str]) -> Iterator[AnnualReport]:
    for key in project.reports(year=year):
        try:
            yield project.open_report(key.agency, key.year)
        except InputError as error:
            unreadable[str(key)] = str(error)


def _figures(report: AnnualReport) -> Iterator[tuple[Any, ...]]:
    agency = report.agency
    common = (agency.id, agency.name, agency.parent, agency.level, report.year, report.form.edition)
    for address, cell in report.form.cells.items():
        yield (*common, cell.table, cell.row, cell.column, cell.label, report[address])

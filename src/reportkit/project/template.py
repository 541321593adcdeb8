"""The notebook that tells a report: the template, what it becomes for other editions, and the files beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from reportkit.form import Form

__all__ = [
    "DRAWING",
    "EXPLORATION",
    "NOTEBOOK",
    "OVERVIEW",
    "notebook_name",
    "notebook_of",
    "opening",
    "template_drawing",
    "template_exploration",
    "template_notebook",
    "template_overview",
]

NOTEBOOK = "annual_report.ipynb"
# Another notebook, for analysts, about the data of all reports.
EXPLORATION = "explore.ipynb"
# The notebook that tells the overview of all reports of a year.
OVERVIEW = "overview.ipynb"
# Beside the notebooks: matplotlib looks for its settings in the folder where a notebook runs, and only if it is used.
DRAWING = "matplotlibrc"

# The tables that have a function of their own in `rk.tables`.
_NAMED_TABLES = ("disclosure", "applications", "challenges")
_PARAMETERS_TAG = "parameters"


def template_notebook() -> Path:
    """The notebook that a report is told by, as it comes with reportkit.

    Returns
    -------
    pathlib.Path
        The file in a checkout, or the one that the wheel brought.
    """
    return _template_file(NOTEBOOK)


def template_exploration() -> Path:
    """The notebook in which an analyst explores the data of all reports, as it comes with reportkit.

    Returns
    -------
    pathlib.Path
        The file in a checkout, or the one that the wheel brought.
    """
    return _template_file(EXPLORATION)


def template_overview() -> Path:
    """The notebook that tells the overview of a year, as it comes with reportkit.

    Returns
    -------
    pathlib.Path
        The file in a checkout, or the one that the wheel brought.
    """
    return _template_file(OVERVIEW)


def template_drawing() -> Path:
    """The settings with which matplotlib draws Chinese characters, as they come with reportkit.

    Returns
    -------
    pathlib.Path
        The file in a checkout, or the one that the wheel brought.
    """
    return _template_file(DRAWING)


def _template_file(name: str) -> Path:
    here = Path(str(resources.files("reportkit")))
    checkout = here.parents[1] / "notebooks" / name
    return checkout if checkout.is_file() else here / "template" / name


@cache
def notebook_name(form: Form) -> str:
    """The file name of the notebook that shows an edition's sections and tables.

    Parameters
    ----------
    form
        An edition of the form.

    Returns
    -------
    str
        The template's own name if it fits the edition.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> notebook_name(form_for(2023))
    'annual_report.ipynb'
    """
    shown = filter(_shows, map(_source, _template()["cells"]))
    return NOTEBOOK if list(shown) == [source for _, source in _cells(form)] else f"annual_report-{form.edition}.ipynb"


def notebook_of(form: Form) -> str:
    """The template with a cell for each of an edition's sections, tables and charts, as the text of a notebook file.

    Parameters
    ----------
    form
        An edition of the form.

    Returns
    -------
    str
        A notebook without outputs.
    """
    template = _template()
    cells = template["cells"]
    first = next(at for at, cell in enumerate(cells) if _shows(_source(cell)))
    last = len(cells) - next(at for at, cell in enumerate(reversed(cells)) if _shows(_source(cell)))
    shown = [{**cells[first], "id": cell_id, "source": [source]} for cell_id, source in _cells(form)]
    template["cells"] = cells[:first] + shown + cells[last:]
    return _written(template)


def opening(notebook: str, agency: str, year: int) -> str:
    """The notebook with other parameters: the report that it opens when it is run by hand.

    Parameters
    ----------
    notebook
        The text of a notebook file, the template or what `notebook_of` makes of it.
    agency
        The agency's id.
    year
        The year reported on.

    Returns
    -------
    str
        The text of a notebook file; nothing but the values in its parameters cell differs.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> "year = 2031" in opening(notebook_of(form_for(2023)), "example", 2031)
    True
    """
    opened: dict[str, Any] = json.loads(notebook)
    values = {"agency": json.dumps(agency, ensure_ascii=False), "year": str(year)}
    for cell in opened["cells"]:
        if _PARAMETERS_TAG in cell["metadata"].get("tags", ()):
            cell["source"] = [_assigned(line, values) for line in cell["source"]]
    return _written(opened)


def _assigned(line: str, values: dict[str, str]) -> str:
    """The line; where it assigns to one of the names, with that name's value."""
    name, equals, _ = line.partition(" = ")
    return f"{name}{equals}{values[name]}" + "\n" * line.endswith("\n") if name in values else line


def _cells(form: Form) -> Iterator[tuple[str, str]]:
    """Each cell that shows a part of the report: its id and its source."""
    yield "preamble", "rk.preamble(report)"
    for section in form.titled_sections:
        yield section.key, f'rk.section(report, "{section.key}")'
        if not section.holds_table:
            continue
        if section.key in _NAMED_TABLES:
            yield f"{section.key}-table", f"rk.tables.{section.key}(report)"
        else:
            yield f"{section.key}-table", f'rk.tables.table(report, "{section.key}")'
        for chart in _charts(form, section.key):
            yield f"{section.key}-{chart}".replace("_", "-"), f"rk.charts.{chart}(report)"


def _charts(form: Form, table: str) -> tuple[str, ...]:
    """The charts of a table, by what it counts."""
    if table == form.roles.requests:
        return ("outcomes", "applicants", "requests_over_years")
    return ("challenges_over_years",) if table == form.roles.cases else ()


def _shows(source: str) -> bool:
    """Whether a cell of the template shows a part of the report."""
    return source.startswith(("rk.preamble(", "rk.section(", "rk.tables.", "rk.charts."))


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _written(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _template() -> dict[str, Any]:
    template: dict[str, Any] = json.loads(template_notebook().read_text(encoding="utf-8"))
    return template

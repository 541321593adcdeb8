"""A new project: the template notebook, an agencies file, example parameters, schemas for editors."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from reportkit.form import editions
from reportkit.project.example import example_report
from reportkit.project.folder import SETTINGS, Project, ReportKey
from reportkit.project.parameters import parameter_schema, write_parameters
from reportkit.project.settings import settings_schema
from reportkit.project.template import (
    DRAWING,
    EXPLORATION,
    NOTEBOOK,
    OVERVIEW,
    notebook_name,
    notebook_of,
    opening,
    template_drawing,
    template_exploration,
    template_notebook,
    template_overview,
)
from reportkit.report import Agency, AnnualReport
from reportkit.system.files import write_file

__all__ = ["start_project", "write_schemas"]

_EXAMPLE = Agency("example", "示例市示例局", "示例局", contact="电话：0000-0000000（示例）")
_AGENCIES = """\
# The bodies that report. An id names the parameter files and the pages: params/<year>/<id>.yaml, output/<year>/<id>/.
# level (department or government) says by which day a body must publish; parent names the body above it;
# notebook, where a body has one of its own, is a file in notebooks/.
# This one is an example (示例), as its report is: put your own in their place.

{id}:
  name: {name}
  short: {short}
  level: {level}
  contact: {contact}
"""


_SETTINGS = """\
# yaml-language-server: $schema=project.schema.json
# How this project wants its reports to be judged. Everything is optional: take the sign # away to change a value.

# thresholds:
#   swing: 5          # YEAR-SWING: how many times a figure may grow or shrink since last year
#   swing_from: 20    # … and from which figure on that is looked at
#   unchanged: 0.8    # YEAR-STALE: the share of sentences that may be the same as last year's
# deadlines:          # local days of publishing, where they come before the law's
#   department: "01-20"
# rules:              # off, or graver than they are: info, warning, error
#   CELL-BLANK: error
# outcomes:           # words of our ledgers, and the item of table 三 that each means
#   已公开告知: 予以公开
# language: zh        # of the terminal: zh or en; by default the locale's
"""


def start_project(folder: Path, *, year: int | None = None, opens: ReportKey | None = None) -> list[Path]:
    """Make a folder a project; what is there already stays as it is, except the schemas, which are renewed.

    Where an edition of the form has other sections or tables than the template notebook shows, a notebook of its
    own is written beside it, ``notebooks/annual_report-<edition>.ipynb``.

    Parameters
    ----------
    folder
        The folder; made where there is none.
    year
        The year of the example's parameters; the last full one by default.
    opens
        The report that the notebook opens when it is run by hand; by default the newest in the folder, or the example.

    Returns
    -------
    list of pathlib.Path
        The files written.
    """
    written: list[Path] = []
    year = year or date.today().year - 1
    example: AnnualReport | None = None
    agencies = folder / "params" / "agencies.yaml"
    notebooks = folder / "notebooks"
    templates = {notebook_name(form): notebook_of(form) for form in editions().values()}
    templates[NOTEBOOK] = template_notebook().read_text(encoding="utf-8")
    opens = opens or (_newest(folder) if agencies.exists() else None) or ReportKey(_EXAMPLE.id, year)
    wanted = {notebooks / name: opening(template, *opens) for name, template in templates.items()}
    wanted[notebooks / EXPLORATION] = template_exploration().read_text(encoding="utf-8")
    overview = template_overview().read_text(encoding="utf-8")
    wanted[notebooks / OVERVIEW] = opening(overview, *opens)
    wanted[notebooks / DRAWING] = template_drawing().read_text(encoding="utf-8")
    if not agencies.exists():
        example = example_report(_EXAMPLE, year)
        wanted[agencies] = _AGENCIES.format(**{name: getattr(_EXAMPLE, name) for name in _EXAMPLE.__slots__})
    wanted[folder / "params" / SETTINGS] = _SETTINGS
    wanted[folder / ".gitignore"] = "/output/\n.ipynb_checkpoints/\n"
    for path, text in wanted.items():
        if not path.exists():
            write_file(path, text)
            written.append(path)
    if example is not None:
        path = folder / "params" / str(example.year) / f"{_EXAMPLE.id}.yaml"
        if not path.exists():
            write_parameters(example, path, schema=f"../form-{example.form.edition}.schema.json")
            written.append(path)
    return written + write_schemas(folder / "params")


def _newest(folder: Path) -> ReportKey | None:
    """A report of the newest year that the folder has parameters for; None if it has none."""
    reports = Project(folder).reports()
    return next((key for key in reports if key.year == reports[-1].year), None)


def write_schemas(params: Path) -> list[Path]:
    """Write the JSON schemas of each edition's parameter files and of the settings; returns the files.

    Parameters
    ----------
    params
        The project's ``params/``.

    Returns
    -------
    list of pathlib.Path
        One file for each edition, and one for the settings.
    """
    schemas = {f"form-{form.edition}.schema.json": parameter_schema(form) for form in editions().values()}
    schemas["project.schema.json"] = settings_schema()
    for name, schema in schemas.items():
        write_file(params / name, json.dumps(schema, ensure_ascii=False, indent=1) + "\n")
    return [params / name for name in schemas]

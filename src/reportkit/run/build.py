"""Building reports: parameters and notebook in, pages and data out, one report after another."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import nbformat

from reportkit.checks import Outcome, check
from reportkit.errors import InputError
from reportkit.files import write_file
from reportkit.project import Project, ReportKey
from reportkit.publish.charts import write_assets
from reportkit.publish.data import report_data
from reportkit.publish.exporters import export
from reportkit.publish.index import index_page
from reportkit.run.notebook import NotebookError, run_notebook

__all__ = ["Built", "Failed", "build_reports", "write_index"]

_FAILURE = "failure.json"
_FAILED_NOTEBOOK = "report.failed.ipynb"


@dataclass(frozen=True, slots=True)
class Built:
    """A report that was built.

    Parameters
    ----------
    key
        Which report.
    name
        The agency's name.
    outcome
        What the checks say of it.
    seconds
        How long it took.
    """

    key: ReportKey
    name: str
    outcome: Outcome
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """A report that could not be built; its earlier pages, if any, stay.

    Parameters
    ----------
    key
        Which report.
    message
        What is wrong and where.
    """

    key: ReportKey
    message: str


def build_reports(project: Project, keys: Iterable[ReportKey]) -> Iterator[Built | Failed]:
    """Build reports one after another; one that fails does not stop the others.

    Parameters
    ----------
    project
        Where they are.
    keys
        Which reports.

    Yields
    ------
    Built or Failed
        What became of each, as soon as it is known.
    """
    for key in keys:
        try:
            yield _build(project, key)
        except (InputError, OSError) as error:
            yield _failed(project, key, str(error))
        except NotebookError as error:
            notebook = _notebook_name(project, key)
            yield _failed(project, key, f"{notebook}: {error}", error.notebook)


def write_index(project: Project) -> None:
    """Write ``output/index.html``: every report that stands in ``output/``."""
    entries = [_entry(folder) for folder in sorted(project.output.glob("[0-9][0-9][0-9][0-9]/*")) if folder.is_dir()]
    write_file(project.output / "index.html", index_page([entry for entry in entries if entry]))


def _build(project: Project, key: ReportKey) -> Built:
    started = time.monotonic()
    report = project.open_report(key.agency, key.year)
    outcome = check(report)
    notebook = run_notebook(
        project.notebook(report.agency), {"agency": key.agency, "year": key.year}, folder=project.root
    )
    assets = project.output / "assets"
    write_assets(assets)
    folder = project.output_folder(key)
    write_file(folder / "report.ipynb", nbformat.writes(notebook))
    write_file(folder / "figures.json", _json(report_data(report)))
    write_file(folder / "findings.json", _json([finding.as_json() for finding in outcome]))
    write_file(folder / "review.html", export(notebook, "review", assets_url="../../assets"))
    write_file(folder / "report.html", export(notebook, "publish"))
    for name in (_FAILURE, _FAILED_NOTEBOOK):
        (folder / name).unlink(missing_ok=True)
    return Built(key, report.agency.name, outcome, time.monotonic() - started)


def _failed(project: Project, key: ReportKey, message: str, notebook: nbformat.NotebookNode | None = None) -> Failed:
    folder = project.output_folder(key)
    write_file(folder / _FAILURE, _json({"agency": key.agency, "year": key.year, "message": message}))
    if notebook is not None:
        write_file(folder / _FAILED_NOTEBOOK, nbformat.writes(notebook))
    return Failed(key, message)


def _notebook_name(project: Project, key: ReportKey) -> str:
    return project.notebook(project.agency(key.agency)).relative_to(project.root).as_posix()


def _entry(folder: Any) -> dict[str, Any] | None:
    """What the index says of one report's folder; None where nothing was built in it yet."""
    entry: dict[str, Any] = {"path": f"{folder.parent.name}/{folder.name}", "year": int(folder.parent.name)}
    if (folder / "report.html").is_file() and (folder / "figures.json").is_file():
        data = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
        findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
        standing = [finding["severity"] for finding in findings if finding["waived"] is None]
        entry |= {"name": data["agency_name"], "built": True, "counts": {s: standing.count(s) for s in set(standing)}}
    if (folder / _FAILURE).is_file():
        entry |= {"failure": json.loads((folder / _FAILURE).read_text(encoding="utf-8"))["message"]}
        entry.setdefault("name", folder.name)
    return entry if "name" in entry else None


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"

"""The index of an output folder: the reports built, by year, for whoever opens it first."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import cache
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, Template, select_autoescape

from reportkit.checks import SEVERITIES
from reportkit.publish import formats

__all__ = ["index_page"]

_SEVERITIES = {severity: f"项{look.word}" for severity, look in SEVERITIES.items()}


def index_page(entries: Iterable[Mapping[str, Any]]) -> str:
    """The page that lists reports, newest year first.

    Parameters
    ----------
    entries
        For each report ``year``, ``name``, ``path`` (of its folder, relative to the index); where it was
        built ``files`` (their names) and ``counts`` (of findings by severity); where its last run failed
        ``failure``.

    Returns
    -------
    str
        The HTML document. The files that a person opens are linked, the first of them by the agency's name.
    """
    linked = [{**entry, "links": _links(entry.get("files", ()))} for entry in entries]
    ordered = sorted(linked, key=lambda entry: (-entry["year"], entry["path"]))
    years = [(year, list(group)) for year, group in groupby(ordered, key=lambda entry: entry["year"])]
    return _template().render(years=years, severities=_SEVERITIES)


def _links(files: Container[str]) -> list[formats.Format]:
    """The formats to link to, of those that a report was written in."""
    return [written for written in formats.FORMATS if written.label and written.file in files]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("reportkit.site"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("index.html.j2")

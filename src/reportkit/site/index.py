"""The index of an output: a page that lists the reports by year, with links to their pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, Template, select_autoescape

from reportkit.checks import SEVERITIES
from reportkit.publish import formats
from reportkit.text import encodable, exposed

__all__ = ["ListedReport", "index_page"]

_SEVERITIES = {severity: f"项{look.word}" for severity, look in SEVERITIES.items()}


@dataclass(frozen=True, slots=True)
class ListedReport:
    """What the index says of a report.

    Parameters
    ----------
    year
        The year reported on.
    name
        The agency's name.
    path
        The report's folder, relative to the index.
    files
        The names of its files; None if it was never built.
    counts
        How many findings are not waived, by severity.
    failure
        Why its last run failed; None if it did not.
    """

    year: int
    name: str
    path: str
    files: Collection[str] | None
    counts: Mapping[str, int]
    failure: str | None = None

    @property
    def url(self) -> str:
        """The address of the report's folder, relative to the index; its name need not be in UTF-8."""
        return quote(self.path.encode("utf-8", "surrogateescape"))

    @property
    def links(self) -> list[formats.Format]:
        """The formats that a person opens, of those it was written in."""
        return [written for written in formats.FORMATS if written.label and written.file in (self.files or ())]

    @property
    def page(self) -> formats.Format | None:
        """The format that the agency's name is a link to: the first that the public reads."""
        return next((written for written in self.links if written.public), None)

    @property
    def withheld(self) -> bool:
        """Whether it was built without what the public reads, since errors stand in it."""
        return bool(self.files) and self.page is None and self.counts.get("error", 0) > 0


def index_page(reports: Iterable[ListedReport]) -> str:
    """The page that lists reports, newest year first.

    Parameters
    ----------
    reports
        The reports, in any order.

    Returns
    -------
    str
        The HTML document. The first format that the public reads is linked by the agency's name, others by their own.
    """
    ordered = sorted(reports, key=lambda report: (-report.year, report.path))
    years = [(year, list(group)) for year, group in groupby(ordered, key=lambda report: report.year)]
    return _template().render(years=years, severities=_SEVERITIES)


def _shown(value: Any) -> Any:
    """A value as it goes into the page: with codes for control characters, whoever wrote them."""
    return exposed(encodable(value)) if isinstance(value, str) else value


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("reportkit.site"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    return environment.get_template("index.html.j2")

"""An executed report: what every format is rendered from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from reportkit.publish.document import Article
    from reportkit.report import AnnualReport

__all__ = ["Charts", "ExecutedReport"]

# How a fragment shows its charts: as drawings in it, as bitmaps beside it, or not at all but in words.
Charts = Literal["svg", "png", "none"]


@dataclass(frozen=True)  # without slots, which leave no room for the article
class ExecutedReport:
    """What every format is rendered from.

    Parameters
    ----------
    notebook
        The executed notebook.
    report
        The report whose notebook it is.
    findings
        What the checks found, as plain data.
    assets_url
        Where a page finds the shared files, relative to the page; empty to carry them inside the page.
    withheld
        What stands against the report, a line for each error, where its public files are withheld for that.
    links
        The pages that belong to the review page: what each is called, and where it is, relative to that page.
    charts
        How a fragment shows charts.
    claims
        What the texts state about the tables, as plain data; only where a format asks for it.
    """

    notebook: NotebookNode
    report: AnnualReport
    findings: Sequence[Mapping[str, Any]] = ()
    assets_url: str = ""
    withheld: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = ()
    charts: Charts = "svg"
    claims: Sequence[Mapping[str, Any]] = ()

    @cached_property
    def article(self) -> Article:
        """The published page without its looks, made once for all formats that are made from it."""
        from reportkit.publish.document import article_of

        return article_of(self.notebook)

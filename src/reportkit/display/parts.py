"""A part of the page: a piece of HTML that a notebook shows, and that looks the same wherever it stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from reportkit.report import AnnualReport

__all__ = ["OpeningPart", "Part", "ReviewPart", "note", "remark", "report_mark", "stylesheet"]

# The metadata of an output by which a page leaves it out unless a reviewer reads it.
_FOR_REVIEW = {"reportkit": {"audience": "review"}}


@dataclass(frozen=True, repr=False)
class Part:
    """A piece of HTML that stands alone.

    Parameters
    ----------
    html
        The HTML, every text in it escaped.
    text
        What it shows, in a few words, for where no HTML can be shown.
    """

    html: str
    text: str

    def _repr_html_(self) -> str:
        # Each part carries the stylesheet, so that one cell run alone looks right; on a page the
        # exporter keeps the first of these blocks, which it knows by their being equal.
        return stylesheet() + self.html

    def __repr__(self) -> str:
        return self.text


class ReviewPart(Part):
    """A part that the public never reads, in whichever cell it stands."""

    def _repr_mimebundle_(self, **_options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return {}, _FOR_REVIEW


@dataclass(frozen=True, repr=False)
class OpeningPart(Part):
    """The part that a report begins with, by which its page knows how to describe itself to search engines.

    Parameters
    ----------
    html, text
        As for every part of the page.
    description
        What the report says, in a sentence or two.
    """

    description: str

    def _repr_mimebundle_(self, **_options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return {}, {"reportkit": {"description": self.description}}


@cache
def stylesheet() -> str:
    """The style block that every part carries in front, the same bytes each time.

    Returns
    -------
    str
        A ``<style>`` element.
    """
    css = resources.files("reportkit.display").joinpath("parts.css").read_text(encoding="utf-8")
    return f"<style data-reportkit>\n{css}</style>\n"


def report_mark(report: AnnualReport) -> str:
    """What the tables and the findings of one report have in common, and those of a changed report have not.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    str
        The same for the same agency, year and figures.
    """
    said = repr((report.agency.id, report.year, sorted(report.all_figures.items())))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:12]


def note(sentence: str) -> Part:
    """A sentence in place of something that there is nothing to show of, for everyone who reads the report.

    Parameters
    ----------
    sentence
        The sentence, in Chinese.

    Returns
    -------
    Part
        The sentence as a paragraph.

    Examples
    --------
    >>> note("没有数据。")
    没有数据。
    """
    return Part(f'<div class="rk-part rk-text"><p>{escape(sentence)}</p></div>', sentence)


def remark(sentence: str) -> ReviewPart:
    """A sentence for the analyst and the reviewer, in place of something that cannot be shown.

    Parameters
    ----------
    sentence
        The sentence, in Chinese.

    Returns
    -------
    ReviewPart
        The sentence as a paragraph, which the published page leaves out.

    Examples
    --------
    >>> remark("没有上年的数据。")
    没有上年的数据。
    """
    part = note(sentence)
    return ReviewPart(part.html, part.text)

"""A part of the page: a piece of HTML that a notebook shows, and that looks the same wherever it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources

__all__ = ["Part", "note", "stylesheet"]


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


def note(sentence: str) -> Part:
    """A sentence in place of something that cannot be shown.

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

"""Which lines of a document are the titles of a report's sections, and which only read like one.

The six titles come once each, in order and numbered alike. A line inside a section may say the same words: as the
heading of a part (（一）主动公开政府信息情况 under 一、总体情况), in a list, or in a table of contents.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from rapidfuzz import fuzz, process

from reportkit.form import Form, editions
from reportkit.intake.published.labels import labels_of
from reportkit.intake.published.rows import Line
from reportkit.text import NUMERAL, enumerator, read_numeral, squeezed, unnumbered

__all__ = ["SectionTitle", "section_titles"]

_LONGEST = 40
# How alike a line and a title must be: numbered alike, a heading without a number, or anything else.
_ALIKE_NUMBERED, _ALIKE_HEADING, _ALIKE = 0.55, 0.75, 0.85
_COUNT = re.compile(rf"{NUMERAL}+|\d+")


@dataclass(frozen=True, slots=True)
class SectionTitle:
    """A line that is the title of a section.

    Parameters
    ----------
    at
        Which item of the document it is.
    key
        The section's key.
    order
        The section's place on the form, counted from 0.
    text
        The line as it stands.
    """

    at: int
    key: str
    order: int
    text: str

    @property
    def style(self) -> str:
        """How it is numbered, with # for the number: ``#、``, ``(#)``; empty if it is not."""
        return _COUNT.sub("#", enumerator(squeezed(self.text)))

    @property
    def numbered_as_the_form(self) -> bool:
        """Whether its number is the one that the form gives the section."""
        number = _COUNT.search(enumerator(squeezed(self.text)))
        return number is not None and read_numeral(number[0]) == self.order + 1


def section_titles(
    lines: Sequence[tuple[int, Line]], report_titles: Collection[int], grids: Collection[int]
) -> list[SectionTitle]:
    """Find the lines that are titles of sections.

    Parameters
    ----------
    lines
        The lines of the document, each with its place.
    report_titles
        The places of lines that are titles of reports: numbering may differ from one report to the next.
    grids
        The places of tables.

    Returns
    -------
    list of SectionTitle
        In the document's order. A section may come twice: in a table of contents, or in another report.
    """
    found = [title for at, line in lines if (title := _read_as(at, line))]
    by_report = groupby(found, key=lambda title: sum(at < title.at for at in report_titles))
    return [title for _, titles in by_report for title in _of_one_level(list(titles), grids)]


def _of_one_level(found: Sequence[SectionTitle], grids: Collection[int]) -> Iterator[SectionTitle]:
    """The titles that are numbered alike, and others where they fit between these."""
    style = max((title.style for title in found), key=lambda style: _worth(style, found))
    level = _without_twins([title for title in found if title.style == style], grids)
    chosen = {title.at for title in level}
    for title in found:
        before = [other.order for other in level if other.at < title.at]
        after = [other.order for other in level if other.at > title.at]
        fits = max(before, default=-1) < title.order < min(after, default=len(found) + title.order)
        if title.at in chosen or (fits and (not title.style or title.numbered_as_the_form)):
            yield title


def _worth(style: str, found: Iterable[SectionTitle]) -> tuple[int, int, bool]:
    """What speaks for a way of numbering: sections that it numbers as the form does, sections, and being the form's."""
    numbered = [title for title in found if title.style == style]
    as_the_form = {title.key for title in numbered if title.numbered_as_the_form}
    return len(as_the_form), len({title.key for title in numbered}), style == "#、"


def _without_twins(level: Sequence[SectionTitle], grids: Collection[int]) -> list[SectionTitle]:
    """The titles without those that another for the same section puts in the wrong."""
    kept = []
    for at, title in enumerate(level):
        twins = [other for other in level if other.key == title.key]
        misnumbered = any(other.numbered_as_the_form for other in twins) and not title.numbered_as_the_form
        bare = any(_holds_grid(level, level.index(other), grids) for other in twins)
        if not (misnumbered and title.style) and not (bare and not title.style and not _holds_grid(level, at, grids)):
            kept.append(title)
    return kept


def _holds_grid(level: Sequence[SectionTitle], at: int, grids: Collection[int]) -> bool:
    """Whether a table stands between a title and the next."""
    end = level[at + 1].at if at + 1 < len(level) else float("inf")
    return any(level[at].at < grid < end for grid in grids)


@cache
def _known() -> dict[str, tuple[str, int]]:
    """For each section title of any edition, squeezed, its key and its place."""
    return {
        squeezed(section.title): (section.key, order)
        for form in editions().values()
        for order, section in enumerate(form.titled_sections)
    }


@cache
def _row_words() -> tuple[str, ...]:
    """All labels of tables, which a line may be more like than like a title."""
    forms: Iterable[Form] = editions().values()
    return tuple({unnumbered(label) for form in forms for label in labels_of(form)})


def _read_as(at: int, line: Line) -> SectionTitle | None:
    """The section whose title a line may be, judged by its words alone."""
    # A table of contents has dots and a page number behind each title.
    words = re.sub(r"[.…·]{2,}\d*$|[:。]$", "", squeezed(line.text))
    if not 3 <= len(words) <= _LONGEST:
        return None
    known = _known()
    if words in known:
        return SectionTitle(at, *known[words], line.text)
    here, bare = enumerator(words), unnumbered(words)
    title, score = max(
        ((title, _title_score(bare, here, title, line.heading)) for title in known), key=lambda found: found[1]
    )
    if score <= 0:
        return None
    rival = process.extractOne(bare, _row_words(), scorer=fuzz.ratio)
    if rival and rival[1] >= fuzz.ratio(bare, unnumbered(title)):
        return None
    return SectionTitle(at, *known[title], line.text)


def _title_score(bare: str, here: str, title: str, heading: bool) -> float:
    """How much a line speaks for a section's title, beyond what is needed."""
    alike = fuzz.ratio(bare, unnumbered(title)) / 100
    if here == enumerator(title):
        return alike - _ALIKE_NUMBERED
    if here:
        return alike - _ALIKE
    return alike - (_ALIKE_HEADING if heading else _ALIKE)

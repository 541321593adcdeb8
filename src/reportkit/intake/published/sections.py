"""The reports that stand in a document: their titles, and what stands in each of their sections."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from rapidfuzz import fuzz

from reportkit.documents.document import Document, Grid, Heading, Paragraph
from reportkit.form import editions
from reportkit.intake.published.rows import Line
from reportkit.intake.published.section_titles import SectionTitle, section_titles
from reportkit.system.language import Message
from reportkit.text import read_numeral, squeezed

__all__ = ["Article", "Item", "Title", "articles", "title_in"]

Item = Line | tuple[Grid, str]

_LONGEST_TITLE, _ALIKE_TITLE = 70, 78
_AROUND_NAME = "()《》<>〈〉【】[]:-—|"
_YEAR_NUMBER = r"((?:19|20)\d\d|二[〇○零O0][一二三四五六七八九〇○零O0]{2})"
_YEAR = re.compile(rf"[(〔\[]?{_YEAR_NUMBER}年度?[)〕\]]?|[(〔\[]{_YEAR_NUMBER}[)〕\]]")
_SHORTEST_NAME = 3
# What no agency's name holds: the line is a piece of a sentence that names the report or the law.
_IN_A_SENTENCE = re.compile(r"[《》〈〉“”,、]")


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a report.

    Parameters
    ----------
    text
        Its words as they stand, those of the agency included.
    agency
        The agency's name as far as the title has it; empty where it has none.
    year
        The year; None where the title has none.
    lines
        How many lines it takes.
    """

    text: str
    agency: str
    year: int | None
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Article:
    """A report in a document, taken apart but not yet understood.

    Parameters
    ----------
    title
        Its title; None where it has none.
    before
        The lines between the end of what stands before it and its first section: date and source, preamble.
    sections
        For each section found its key, its title as read, and what stands in it, in the source's order.
    """

    title: Title | None
    before: tuple[Item, ...]
    sections: tuple[tuple[str, str, tuple[Item, ...]], ...]

    @property
    def items(self) -> Iterator[tuple[str | None, Item]]:
        """Everything in it, with the section each stands in."""
        yield from ((None, item) for item in self.before)
        for key, _, items in self.sections:
            yield from ((key, item) for item in items)


# ------------------------------------------------------------------ titles


def title_in(text: str) -> Title | None:
    """The title of a report, if the line is one.

    Parameters
    ----------
    text
        A line of the document.

    Returns
    -------
    Title or None
        Agency and year as far as the line names them.

    Examples
    --------
    >>> title_in("示例市示例局2023年政府信息公开年度报告")
    Title(text='示例市示例局2023年政府信息公开年度报告', agency='示例市示例局', year=2023, lines=1)
    """
    words = squeezed(text)
    if not 6 <= len(words) <= _LONGEST_TITLE or re.search("[。;；!?]", words) or ":" in words[:-1]:
        return None
    stated = _YEAR.search(words)
    before, after = (words[: stated.start()], words[stated.end() :]) if stated else ("", words)
    if not after:  # the year stands at the end, in brackets
        before, after = "", before
    best, score, at = max(
        ((core, fuzz.ratio(core, after[at:]), at) for core in _title_cores() for at in range(len(after))),
        key=lambda found: found[1],
        default=("", 0.0, 0),
    )
    if score < _ALIKE_TITLE or len(after) - at < len(best) // 2:
        return None
    agency = (before + after[:at]).strip(_AROUND_NAME).removeprefix("关于").removesuffix("的")
    if _IN_A_SENTENCE.search(agency):
        return None
    return Title(text.strip(), _spelled_as_in(text, agency), read_numeral(stated[1] or stated[2]) if stated else None)


@cache
def _title_cores() -> tuple[str, ...]:
    """What the titles of all editions say beside agency and year."""
    return tuple(
        dict.fromkeys(
            re.sub("^年度?", "", squeezed(form.title.format(year=""))).removeprefix("度")
            for form in editions().values()
        )
    )


def _spelled_as_in(text: str, agency: str) -> str:
    """The agency as the text has it, where that differs in width alone."""
    plain = "".join(text.split())
    at = squeezed(plain).find(agency)
    return plain[at : at + len(agency)] if len(squeezed(plain)) == len(plain) and at >= 0 else agency


# ------------------------------------------------------------------ articles


def articles(document: Document) -> list[Article]:
    """The reports in a document, in order; one at least, which may be empty.

    A table of contents is no report, and neither is a list of links.

    Parameters
    ----------
    document
        The document.

    Returns
    -------
    list of Article
        Each with its title, what stands before section one, and its sections.
    """
    items = list(_items(document))
    lines = [(at, item) for at, item in enumerate(items) if isinstance(item, Line)]
    titles = {at: title for at, line in lines if (title := title_in(line.text))}
    grids = [at for at, item in enumerate(items) if not isinstance(item, Line)]
    hits = section_titles(lines, titles, grids)
    titles |= dict(_titles_on_two_lines(lines, hits[0].at if hits else len(items), titles))
    runs = _runs(hits, titles)
    full = [run for run in runs if _has_content(run, items)] or runs[:1]
    listed = {hit.at for run in runs if run not in full for hit in run}
    if not full:
        at = next(iter(titles), -1)
        return [Article(titles.get(at), tuple(items[at + 1 :]), ())]
    starts = [_start(run[0].at, titles, full[number - 1][-1].at if number else -1) for number, run in enumerate(full)]
    ends = [*(start if start in titles else start + 1 for start in starts[1:]), len(items)]
    return [
        _article(items, run, titles.get(start), start, end, listed)
        for run, start, end in zip(full, starts, ends, strict=True)
    ]


def _titles_on_two_lines(
    lines: Sequence[tuple[int, Line]], first: int, known: Collection[int]
) -> Iterator[tuple[int, Title]]:
    """The titles before the first section that are broken over two lines, by the place of the second."""
    for (at, upper), (below, lower) in pairwise(lines):
        if below >= first:
            break
        if below == at + 1 and not {at, below} & set(known) and (title := title_in(f"{upper.text}{lower.text}")):
            yield below, Title(title.text, title.agency, title.year, lines=2)


def _items(document: Document) -> Iterator[Item]:
    grids = 0
    for at, block in enumerate(document.blocks, 1):
        if isinstance(block, Grid):
            grids += 1
            yield block, Message("table {number}", number=grids)
        elif isinstance(block, Heading | Paragraph):
            for text in block.text.split("\n"):
                if text.strip():
                    source = block.source if isinstance(block, Paragraph) and text == block.text else ""
                    yield Line(text, Message("paragraph {number}", number=at), isinstance(block, Heading), source)


def _runs(hits: Sequence[SectionTitle], titles: dict[int, Title]) -> list[list[SectionTitle]]:
    """The section titles report by report: each begins where a section comes again, or a new report's title."""
    runs: list[list[SectionTitle]] = []
    for hit in hits:
        if runs and runs[-1][-1].key == hit.key:
            continue  # said twice, as by a table's caption
        again = runs and any(hit.key == other.key for other in runs[-1])
        titled = runs and any(runs[-1][-1].at < at < hit.at for at in titles) and hit.order == 0
        if not runs or again or titled:
            runs.append([])
        runs[-1].append(hit)
    return runs


def _has_content(run: Sequence[SectionTitle], items: Sequence[Item]) -> bool:
    """Whether anything stands between the titles, as it does not in a table of contents."""
    if len(run) == 1:
        return run[0].at + 1 < len(items)
    return any(after.at - before.at > 1 for before, after in pairwise(run))


def _start(first: int, titles: dict[int, Title], after: int) -> int:
    """The place of the nearest title before a report's first section; without one, the place before it begins.

    The first report has all that stands before; a later one has nothing, as it may be the end of the one before.
    """
    return max((at for at in titles if after < at < first), default=first - 1 if after >= 0 else -1)


def _article(
    items: Sequence[Item], run: Sequence[SectionTitle], title: Title | None, start: int, end: int, listed: set[int]
) -> Article:
    before = tuple(item for at, item in enumerate(items[start + 1 : run[0].at], start + 1) if at not in listed)
    stops = [hit.at for hit in run[1:]] + [end]
    sections = tuple(
        (hit.key, hit.text.strip(), tuple(items[hit.at + 1 : stop])) for hit, stop in zip(run, stops, strict=True)
    )
    above = items[start - title.lines] if title and start >= title.lines else None
    if title and isinstance(above, Line):
        title = _completed(title, above.text)
    return Article(title, before, sections)


def _completed(title: Title, above: str) -> Title:
    """The title with what the line above says: the agency, and maybe the year."""
    whole = None if title.agency else title_in(f"{above.strip()} {title.text}")
    if whole is None or len(whole.agency) < _SHORTEST_NAME or re.search(r"[,>、|]|\d", whole.agency):
        return title
    return whole

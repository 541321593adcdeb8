"""Which report it is that was published: whose, for which year, and in which edition of the form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from rapidfuzz import fuzz

from reportkit.form import Form, UnknownYearError, editions, form_for
from reportkit.intake.published.bodies import choice, known_body
from reportkit.intake.published.labels import labels_of
from reportkit.intake.published.notes import Notes
from reportkit.intake.published.rows import Line
from reportkit.intake.published.sections import Article, Item, Title, title_in
from reportkit.report import Agency
from reportkit.system.language import Message
from reportkit.text import squeezed

__all__ = ["agency_of", "chosen_article", "form_of", "stated_year", "title_in_text"]

_CLAUSE_END = re.compile(r"[。；;，,：:“”《》]")
# What a sentence says before the title of the report that it announces.
_ANNOUNCED = re.compile(r"^(?:现|特|兹|将|予以|公布|发布|公开|编制|制定|形成|印发|我们|本机关|本单位)+")
_ALIKE_AGENCY = 0.85


def chosen_article(found: Sequence[Article], year: int | None, agencies: Mapping[str, Agency]) -> Article:
    """The report that is asked for: for the year, of a known agency; else the first.

    Parameters
    ----------
    found
        The reports in a document; at least one.
    year
        The year asked for; None for any.
    agencies
        The agencies that are known, by id.

    Returns
    -------
    Article
        The one that fits best.
    """

    def fits(article: Article) -> tuple[bool, bool]:
        title = article.title
        names = {squeezed(agency.name) for agency in agencies.values()}
        return bool(title and year and title.year == year), bool(title and squeezed(title.agency) in names)

    return max(found, key=fits)


def stated_year(article: Article, title: Title, notes: Notes) -> int | None:
    """The year that the title names, or the period in the text before the first section.

    Parameters
    ----------
    article
        The report.
    title
        Its title; empty if it has none.
    notes
        Where doubts are noted.

    Returns
    -------
    int or None
        The title's year where the two differ; None if neither names one.
    """
    text = squeezed("".join(item.text for item in article.before if isinstance(item, Line)))
    period = next((int(match[1]) for form in editions().values() if (match := _period(form).search(text))), None)
    if title.year and period and title.year != period:
        notes.guess(
            Message("year"),
            Message(
                "the title says {year}, the period {period}: the title's was taken", year=title.year, period=period
            ),
            0.7,
        )
    if not title.year and period:
        notes.guess(Message("year"), Message("{period}, from the period: the title names none", period=period), 0.9)
    return title.year or period


@cache
def _period(form: Form) -> re.Pattern[str]:
    """The statistical period in the form's words, for any year."""
    first, *others = re.escape(squeezed(form.period.format(year="0000"))).split("0000")
    # The year may be left out where it comes again, and the days may be said to begin (起) and end the period.
    told = others[0] + "".join(rf"(?:\d{{4}}年)?{other.removeprefix('年')}" for other in others[1:])
    return re.compile(first + r"(\d{4})" + told.replace("至", "起?[至到]"))


def title_in_text(article: Article, notes: Notes) -> Title | None:
    """The title that a sentence before the first section quotes, for a report without a line of its own for it.

    Parameters
    ----------
    article
        The report.
    notes
        Where it is noted that this is a guess.

    Returns
    -------
    Title or None
        Agency and year as the sentence names them.
    """
    for item in article.before:
        for clause in _CLAUSE_END.split(item.text) if isinstance(item, Line) else ():
            title = title_in(_ANNOUNCED.sub("", squeezed(clause)))
            if title and (title.agency or title.year):
                notes.guess(
                    Message("title"), Message("“{text}”, from a sentence: no line is the title", text=title.text), 0.8
                )
                return title
    return None


def form_of(article: Article, year: int | None, notes: Notes) -> Form:
    """The edition of the form: by the labels of the tables where they tell, else by the year.

    Parameters
    ----------
    article
        The report.
    year
        The year it is for; None if it is not known.
    notes
        Where doubts are noted.

    Returns
    -------
    Form
        The edition that its tables are read with.
    """
    words = {squeezed(text) for text in _words(item for _, item in article.items)}
    counts = {form: len(words & _own_labels(form)) for form in editions().values()}
    by_labels = max(counts, key=lambda form: counts[form])
    clear = counts[by_labels] >= 2 and sorted(counts.values())[-2:][0] * 3 <= counts[by_labels]
    try:
        by_year = form_for(year) if year else None
    except UnknownYearError as error:
        notes.guess(Message("form"), error.args[0], 0.3)
        by_year = None
    if by_year is None or (clear and by_labels is not by_year):
        said = Message("neither year nor labels tell")
        if clear:
            said = Message("the tables' labels are those of edition {edition}", edition=by_labels.edition)
        if by_year is not None:
            other = by_year.edition
            said = Message("{said}, though the report for {year} should use {other}", said=said, year=year, other=other)
        latest = list(editions().values())[-1]
        form = by_labels if clear else latest
        notes.guess(
            Message("form"),
            Message("edition {edition}: {said}", edition=form.edition, said=said),
            0.8 if clear else 0.3,
        )
        return form
    return by_year


def _words(items: Iterable[Item]) -> Iterable[str]:
    for item in items:
        if isinstance(item, Line):
            yield from re.split(r"[\t|]", item.text)
        else:
            yield from {box.text for row in item[0].rows for box in row if box is not None}


@cache
def _own_labels(form: Form) -> frozenset[str]:
    """The labels that no other edition has."""
    others = (labels_of(other) for other in editions().values() if other is not form)
    return labels_of(form).difference(*others)


def agency_of(
    title: Title, narrative: Mapping[str, str], agencies: Mapping[str, Agency], notes: Notes
) -> tuple[str | None, str | None]:
    """The agency's name as the report has it, and the id of the known agency of that name.

    Parameters
    ----------
    title
        The report's title.
    narrative
        Its texts, by key.
    agencies
        The agencies that are known, by id.
    notes
        Where doubts are noted.

    Returns
    -------
    tuple
        Name and id; each None if it is not known. A name that is only like a known one, or fits several, has no id.
    """
    name = title.agency or _named_in_text(narrative, agencies, notes)
    if not name:
        notes.miss("agency")
        return None, None
    match = known_body(name, agencies, " ".join(narrative.values()))
    if match.agency:
        if squeezed(name) not in (squeezed(match.agency.name), squeezed(match.agency.short)):
            notes.guess(
                Message("agency"),
                Message(
                    "“{name}” is {choice}: no other known body has that name", name=name, choice=choice([match.agency])
                ),
                0.9,
            )
        return name, match.agency.id
    if match.possible:
        notes.guess(
            Message("agency"), Message("“{name}” may be {choice}", name=name, choice=choice(match.possible)), 0.5
        )
        return name, None
    words = squeezed(name)
    near = max(agencies.values(), key=lambda agency: fuzz.ratio(words, squeezed(agency.name)), default=None)
    if near and (alike := fuzz.ratio(words, squeezed(near.name)) / 100) >= _ALIKE_AGENCY:
        # Neighbours' names differ by a character too, so whose report it is stays for a person to say.
        notes.guess(
            Message("agency"),
            Message("“{name}” may be {choice}", name=name, choice=choice([near])),
            round(min(alike, 0.9), 2),
        )
    return name, None


def _named_in_text(narrative: Mapping[str, str], agencies: Mapping[str, Agency], notes: Notes) -> str:
    """The known agency that the preamble speaks of first."""
    text = squeezed(next(iter(narrative.values()), ""))
    named = [agency for agency in agencies.values() if squeezed(agency.name) in text]
    if not named:
        return ""
    first = min(named, key=lambda agency: (text.index(squeezed(agency.name)), -len(agency.name)))
    notes.guess(Message("agency"), Message("{name}, from the preamble: the title names none", name=first.name), 0.7)
    return first.name

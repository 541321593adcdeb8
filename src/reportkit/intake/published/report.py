"""The one reader of published reports, whatever format they came in: what they state, and what had to be guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from rapidfuzz import fuzz

from reportkit.documents.document import Document
from reportkit.form import Form, UnknownYearError, editions, form_for
from reportkit.form.figures import Figure, figure_text
from reportkit.form.labels import squeezed
from reportkit.intake.published.labels import labels_of
from reportkit.intake.published.pairing import Guess, Line, Row, TableReading, read_table, rows_of
from reportkit.intake.published.sections import Article, Item, Title, articles, markdown, paragraphs, title_in
from reportkit.report import Agency, AnnualReport, Place, new_report

__all__ = ["Guess", "Reading", "read_report"]


@dataclass(frozen=True)
class Reading:
    """What was read of a published report.

    Parameters
    ----------
    agency_name
        The agency as the report names it; None where it was not found.
    agency_id
        The known agency of that name; None where none is.
    year, form
        The year reported on and the edition of the form; None where they were not found.
    title
        The whole title; empty where there is none.
    figures
        Every cell that was read, totals among them, by address; a blank is None, a cell that was not
        found is not there.
    marks
        The signs for none (``-``, ``/``, ``无``) that were read as 0, by address.
    narrative
        The texts by section, as Markdown.
    contact
        How to ask the agency, as the preamble says.
    published
        The day it was published; None where that is not clearly stated.
    wording
        How the source words its section titles, by key, in its order, and the labels of its tables.
    guesses
        What was read, but not beyond doubt.
    missing
        What was not found, or was left out.
    places
        Where each figure was read.
    """

    agency_name: str | None
    agency_id: str | None
    year: int | None
    form: Form | None
    title: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    narrative: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    published: date | None = None
    wording: Mapping[str, str] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    missing: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The reading as programs take it: counts as numbers, money as text, a blank as None."""
        return {
            "agency_name": self.agency_name,
            "year": self.year,
            "form": self.form.edition if self.form else None,
            "title": self.title,
            "figures": {
                address: figure if figure is None or isinstance(figure, int) else figure_text(figure)
                for address, figure in self.figures.items()
            },
            "narrative": dict(self.narrative),
            "contact": self.contact,
            "guesses": [
                {
                    "what": guess.what,
                    "said": guess.said,
                    "sure": guess.sure,
                    "where": guess.where,
                    "cells": list(guess.cells),
                }
                for guess in self.guesses
            ],
            "missing": list(self.missing),
        }

    def report(self, agency: Agency, year: int | None = None) -> AnnualReport:
        """The report that was read; a cell that was not found is blank, and never 0.

        Parameters
        ----------
        agency
            Whose report it is.
        year
            The year reported on; by default the one that was read.

        Raises
        ------
        ValueError
            Where no year is known.
        """
        year = year or self.year
        if year is None:
            raise ValueError("the report's year is not known")
        form = self.form or form_for(year)
        return new_report(
            agency,
            year,
            {entry: self.figures.get(entry) for entry in form.entries},
            form=form,
            declared={total: self.figures[total] for total in form.totals if total in self.figures},
            narrative={section.key: self.narrative.get(section.key, "") for section in form.narrative_sections},
            published=self.published,
            places=self.places,
            wording=self.wording,
        )


def read_report(
    document: Document, *, agencies: Mapping[str, Agency] | None = None, year: int | None = None
) -> Reading:
    """Read the report that a document holds.

    Parameters
    ----------
    document
        What a format's reader made of the file.
    agencies
        The agencies known, by id, to tell whose report it is.
    year
        The year of the report, where it is known: of several reports in one document the one for that year
        is read.

    Returns
    -------
    Reading
        Whatever was found; nothing is raised for what was not.
    """
    agencies = agencies or {}
    found = articles(document)
    article = _chosen(found, year, agencies)
    notes = _Notes()
    if len(found) > 1:
        names = "; ".join(other.title.text if other.title else "untitled" for other in found)
        notes.guess("report", f"{len(found)} reports in one document: {names}; one was read", 0.6)
    title = article.title or title_in(document.title) or Title("", "", None)
    if not title.text:
        notes.miss("title")
    stated = _stated_year(article, title, notes)
    if year and stated and year != stated:
        notes.guess("year", f"the report names {stated}, {year} was asked for", 0.5)
    year = year or stated
    if year is None:
        notes.miss("year")
    form = _form(article, year, notes)
    return _read(document, article, title, year, form, agencies, notes)


class _Notes:
    """What is doubtful and what is missing, so far."""

    def __init__(self) -> None:
        self.guesses: list[Guess] = []
        self.missing: list[str] = []

    def guess(self, what: str, said: str, sure: float, where: str = "") -> None:
        self.guesses.append(Guess(what, said, sure, where))

    def miss(self, what: str) -> None:
        self.missing.append(what)


def _read(
    document: Document,
    article: Article,
    title: Title,
    year: int | None,
    form: Form,
    agencies: Mapping[str, Agency],
    notes: _Notes,
) -> Reading:
    tables = _tables(form, article)
    used = {line for table in tables for line in table.used}
    titles = {key: words for key, words, _ in article.sections}
    narrative = _narrative(form, article, used, notes)
    _note_tables_left_out(form, article, tables, notes)
    name, agency_id = _agency(title, narrative, agencies, notes)
    for section in form.titled_sections:
        if section.key not in titles:
            notes.miss(f"section {section.title}")
    for table, reading in zip(form.tables, tables, strict=True):
        if reading.figures:
            notes.missing += reading.missing
        else:
            notes.miss(f"{table.name} {form.section(table.key).title}: the table was not found")
            notes.missing += [message for message in reading.missing if "left out" in message]
        notes.guesses += reading.guesses
    return Reading(
        agency_name=name,
        agency_id=agency_id,
        year=year,
        form=form,
        title=title.text,
        figures={
            address: table.figures[address] for address in form.cells for table in tables if address in table.figures
        },
        marks={address: mark for table in tables for address, mark in table.marks.items()},
        narrative=narrative,
        contact=_contact(narrative),
        published=_published(article),
        wording=titles | {label: words for table in tables for label, words in table.wording.items()},
        guesses=tuple(notes.guesses),
        missing=tuple(notes.missing),
        places={address: Place(document.name, where) for table in tables for address, where in table.places.items()},
    )


# ------------------------------------------------------------------ which report


def _chosen(found: Sequence[Article], year: int | None, agencies: Mapping[str, Agency]) -> Article:
    """The report that is asked for: for the year, of a known agency; else the first."""

    def fits(article: Article) -> tuple[bool, bool]:
        title = article.title
        names = {squeezed(agency.name) for agency in agencies.values()}
        return bool(title and year and title.year == year), bool(title and squeezed(title.agency) in names)

    return max(found, key=fits)


def _stated_year(article: Article, title: Title, notes: _Notes) -> int | None:
    """The year that the title names, or the period in the text before the first section."""
    text = squeezed("".join(item.text for item in article.before if isinstance(item, Line)))
    period = next((int(match[1]) for form in editions().values() if (match := _period(form).search(text))), None)
    if title.year and period and title.year != period:
        notes.guess("year", f"the title says {title.year}, the period {period}: the title's was taken", 0.7)
    if not title.year and period:
        notes.guess("year", f"{period}, from the period: the title names none", 0.9)
    return title.year or period


@cache
def _period(form: Form) -> re.Pattern[str]:
    """The statistical period in the form's words, for any year."""
    first, *others = re.escape(squeezed(form.period.format(year="0000"))).split("0000")
    return re.compile(first + r"(\d{4})" + r"\d{4}".join(others))


def _form(article: Article, year: int | None, notes: _Notes) -> Form:
    """The edition of the form: by the labels of the tables where they tell, else by the year."""
    words = {squeezed(text) for text in _words(item for _, item in article.items)}
    counts = {form: len(words & _own_labels(form)) for form in editions().values()}
    by_labels = max(counts, key=lambda form: counts[form])
    clear = counts[by_labels] >= 2 and sorted(counts.values())[-2:][0] * 3 <= counts[by_labels]
    try:
        by_year = form_for(year) if year else None
    except UnknownYearError as error:
        notes.guess("form", str(error), 0.3)
        by_year = None
    if by_year is None or (clear and by_labels is not by_year):
        said = (
            f"the tables' labels are those of edition {by_labels.edition}" if clear else "neither year nor labels tell"
        )
        if by_year is not None:
            said += f", though the report for {year} should use {by_year.edition}"
        latest = list(editions().values())[-1]
        form = by_labels if clear else latest
        notes.guess("form", f"edition {form.edition}: {said}", 0.8 if clear else 0.3)
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


def _agency(
    title: Title, narrative: Mapping[str, str], agencies: Mapping[str, Agency], notes: _Notes
) -> tuple[str | None, str | None]:
    """The agency's name as the report has it, and the id of the known agency of that name."""
    name = title.agency or _named_in_text(narrative, agencies, notes)
    if not name:
        notes.miss("agency")
        return None, None
    words = squeezed(name)
    for agency in agencies.values():
        if words in (squeezed(agency.name), squeezed(agency.short)):
            return name, agency.id
    near = max(agencies.values(), key=lambda agency: fuzz.ratio(words, squeezed(agency.name)), default=None)
    if near and (alike := fuzz.ratio(words, squeezed(near.name)) / 100) >= 0.85:
        # Neighbours' names differ by a character too, so whose report it is stays for a person to say.
        notes.guess("agency", f"“{name}” may be {near.id} ({near.name})", round(min(alike, 0.9), 2))
    return name, None


def _named_in_text(narrative: Mapping[str, str], agencies: Mapping[str, Agency], notes: _Notes) -> str:
    """The known agency that the preamble speaks of first."""
    text = squeezed(next(iter(narrative.values()), ""))
    named = [agency for agency in agencies.values() if squeezed(agency.name) in text]
    if not named:
        return ""
    first = min(named, key=lambda agency: (text.index(squeezed(agency.name)), -len(agency.name)))
    notes.guess("agency", f"{first.name}, from the preamble: the title names none", 0.7)
    return first.name


# ------------------------------------------------------------------ what stands in it


def _tables(form: Form, article: Article) -> list[TableReading]:
    """The form's tables, each looked for in its own section, and everywhere where that holds none."""
    by_section: dict[str | None, list[Item]] = {}
    for key, item in article.items:
        by_section.setdefault(key, []).append(item)
    rows = {key: list(rows_of(items)) for key, items in by_section.items()}
    everywhere = [row for section in rows.values() for row in section]
    readings = []
    for table in form.tables:
        here: list[Row] = rows.get(table.key, [])
        reading = read_table(form, table, here)
        if not reading.figures and not any(row.tail for row in here):
            reading = read_table(form, table, everywhere)
            if not reading.figures:
                reading.used.clear()
        readings.append(reading)
    return readings


def _narrative(form: Form, article: Article, used: set[Line], notes: _Notes) -> dict[str, str]:
    """The texts, and a note on what stands elsewhere."""
    untitled = next((section.key for section in form.narrative_sections if not section.title), None)
    texts = {untitled: markdown(_preamble(article, used))} if untitled else {}
    last = article.sections[-1][0] if article.sections else None
    narrated = {section.key: section for section in form.narrative_sections}
    for key, title, items in article.sections:
        found = paragraphs(items, used, last=key == last)
        if key in narrated:
            texts[key] = markdown(found)
            if not found:
                notes.miss(f"text of section {narrated[key].title}")
        else:
            labels = labels_of(form)
            left = [text for text in found if len(text) >= _SUBSTANTIAL and squeezed(text) not in labels]
            if left:
                notes.miss(f"text in section {title} was left out: {left[0][:30]}…")
    return texts


def _note_tables_left_out(form: Form, article: Article, tables: Sequence[TableReading], notes: _Notes) -> None:
    """Say which grids stand among the text: they are none of the form's, and Markdown has no room for them."""
    read = {where.partition(",")[0] for table in tables for where in table.places.values()}
    narrated = {section.key for section in form.narrative_sections}
    for key, title, items in article.sections:
        for item in items if key in narrated else ():
            if not isinstance(item, Line) and item[1] not in read:
                notes.miss(f"{item[1]} in section {title} was left out")


_SUBSTANTIAL = 20


def _preamble(article: Article, used: set[Line]) -> list[str]:
    """The text before the first section, without what the page says about itself."""
    found = paragraphs(article.before, used)
    if article.title is None:
        # Without a title, navigation may stand before: only whole sentences count.
        found = [text for text in found if "。" in text]
    if not article.sections:
        found = [text for text in found if len(text) >= _SUBSTANTIAL]
    return [text for text in found if not _ABOUT_PAGE.match(squeezed(text))]


_ABOUT_PAGE = re.compile(
    r"(?:发布|公开|发文|更新|生成|成文)(?:日期|时间):|(?:信息)?来源:|浏览(?:次数|量)|字体|字号|【?字体|索引号|当前位置|目录$|分享|打印|"
    r"(?:19|20)\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}日?(?:\d\d:\d\d(?::\d\d)?)?$"
)
_DAY_STATED = re.compile(r"(?:发布|公开|公布|发文)(?:日期|时间):((?:19|20)\d\d)[-年/.](\d{1,2})[-月/.](\d{1,2})(?!\d)")


def _published(article: Article) -> date | None:
    """The day of publishing, where a line before the first section calls it so."""
    for item in article.before:
        stated = _DAY_STATED.search(squeezed(item.text)) if isinstance(item, Line) else None
        if stated:
            try:
                return date(*map(int, stated.groups()))
            except ValueError:
                return None
    return None


_WAY_TO_ASK = re.compile(r"(?:联系)?(?:电话|热线|传真|地址|邮编|邮政编码|邮箱|电子邮件|网址)[^,，。；;）)\n]*\w")


def _contact(narrative: Mapping[str, str]) -> str:
    """How to ask the agency, in the words of the preamble."""
    text = next(iter(narrative.values()), "").replace("\\", "")
    return "，".join(
        found.group().strip() for found in _WAY_TO_ASK.finditer(text) if re.search(r"[:：\d@]", found.group())
    )

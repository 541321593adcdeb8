"""A published report, read out of a document of any format: what it states, and what had to be guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reportkit.documents.document import Document
from reportkit.form import Form, editions, form_for
from reportkit.form.figures import Figure, figure_text
from reportkit.intake.published.identity import agency_of, chosen_article, form_of, stated_year, title_in_text
from reportkit.intake.published.notes import Notes
from reportkit.intake.published.pairing import read_table
from reportkit.intake.published.publication import published_on
from reportkit.intake.published.rows import Row, rows_of
from reportkit.intake.published.sections import Article, Item, Title, articles, title_in
from reportkit.intake.published.tables import Guess, PublishedTable
from reportkit.intake.published.texts import contact_in, narrative_of, note_tables_left_out
from reportkit.report import Agency, AnnualReport, Place, new_report
from reportkit.system.language import Joined, Message

__all__ = ["Guess", "PublishedReport", "read_report"]


@dataclass(frozen=True)
class PublishedReport:
    """A published report as it was read.

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
    none_signs
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
        What was read, but not with certainty.
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
    none_signs: Mapping[str, str] = field(default_factory=dict)
    narrative: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    published: date | None = None
    wording: Mapping[str, str] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    missing: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def is_found(self) -> bool:
        """Whether there is a report at all: a table or a table's section, or a title with any of its sections.

        A page that only links to reports has their titles, and many another text has a section 一、总体情况.
        """
        form = self.form or next(reversed(editions().values()))
        sections = [section for section in form.titled_sections if section.key in self.wording]
        if any(section.holds_table for section in sections) or (self.title and sections):
            return True
        stated = Counter(form.cells[address].table for address, figure in self.figures.items() if figure is not None)
        return any(2 * stated[table.key] > len(table.cells) for table in form.tables)

    def as_json(self) -> dict[str, Any]:
        """Return the report as `import --format json` prints it: counts as numbers, money as text, a blank as None."""
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
        """Return the report that was read; a cell that was not found is blank, and never 0.

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
            narrative={key: text for key, text in self.narrative.items() if text},
            published=self.published,
            places=self.places,
            wording=self.wording,
        )


def read_report(
    document: Document, *, agencies: Mapping[str, Agency] | None = None, year: int | None = None
) -> PublishedReport:
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
    PublishedReport
        Whatever was found; nothing is raised for what was not.
    """
    agencies = agencies or {}
    found = articles(document)
    article = chosen_article(found, year, agencies)
    notes = Notes()
    if len(found) > 1:
        names = Joined("; ", [other.title.text if other.title else Message("untitled") for other in found])
        several = Message("{count} reports in one document: {names}; one was read", count=len(found), names=names)
        notes.guess(Message("report"), several, 0.6)
    title = article.title or title_in(document.title) or title_in_text(article, notes) or Title("", "", None)
    if not title.text:
        notes.miss(Message("title"))
    stated = stated_year(article, title, notes)
    if year and stated and year != stated:
        asked = Message("the report names {stated}, {year} was asked for", stated=stated, year=year)
        notes.guess(Message("year"), asked, 0.5)
    year = year or stated
    if year is None:
        notes.miss(Message("year"))
    form = form_of(article, year, notes)
    return _read(document, article, title, year, form, agencies, notes)


def _read(
    document: Document,
    article: Article,
    title: Title,
    year: int | None,
    form: Form,
    agencies: Mapping[str, Agency],
    notes: Notes,
) -> PublishedReport:
    tables = _tables(form, article)
    used = {line for table in tables for line in table.used}
    titles = {key: words for key, words, _ in article.sections}
    narrative = narrative_of(form, article, used, notes)
    note_tables_left_out(form, article, tables, notes)
    name, agency_id = agency_of(title, narrative, agencies, notes)
    for section in form.titled_sections:
        if section.key not in titles:
            notes.miss(Message("section {title}", title=section.title))
    for table, found in zip(form.tables, tables, strict=True):
        if found.figures:
            notes.missing += found.missing
        else:
            section_title = form.section(table.key).title
            notes.miss(Message("{table} {title}: the table was not found", table=table.name, title=section_title))
            notes.missing += [message for message in found.missing if "left out" in message]
        notes.guesses += found.guesses
    return PublishedReport(
        agency_name=name,
        agency_id=agency_id,
        year=year,
        form=form,
        title=title.text,
        figures={
            address: table.figures[address] for address in form.cells for table in tables if address in table.figures
        },
        none_signs={address: sign for table in tables for address, sign in table.none_signs.items()},
        narrative=narrative,
        contact=contact_in(narrative),
        published=published_on(article, document),
        wording=titles | {label: words for table in tables for label, words in table.wording.items()},
        guesses=tuple(notes.guesses),
        missing=tuple(notes.missing),
        places={address: Place(document.name, where) for table in tables for address, where in table.places.items()},
    )


def _tables(form: Form, article: Article) -> list[PublishedTable]:
    """The form's tables, each looked for in its own section, and everywhere where that holds none."""
    by_section: dict[str | None, list[Item]] = {}
    for key, item in article.items:
        by_section.setdefault(key, []).append(item)
    rows = {key: list(rows_of(items)) for key, items in by_section.items()}
    everywhere = [row for section in rows.values() for row in section]
    tables = []
    for table in form.tables:
        here: list[Row] = rows.get(table.key, [])
        found = read_table(form, table, here)
        if not found.figures and not any(row.tail for row in here):
            found = read_table(form, table, everywhere)
            if not found.figures:
                found.used.clear()
        tables.append(found)
    return tables

"""Checking reports that others published, several years of one agency against each other, without writing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from reportkit.checks import check
from reportkit.checks.overview import Checked
from reportkit.intake.published.bodies import fullest_names
from reportkit.intake.published.importing import unregistered_agency
from reportkit.intake.published.report import Guess, PublishedReport
from reportkit.report import AnnualReport
from reportkit.system.bounded import Refusal
from reportkit.system.language import Message
from reportkit.text import squeezed

__all__ = ["audit"]


def audit(reports: Iterable[tuple[Path, PublishedReport | Refusal]]) -> Iterator[Checked]:
    """Check what was read from published files.

    Parameters
    ----------
    reports
        Files with what was read from each; the years of one agency among them are compared.

    Yields
    ------
    Checked
        For each file, in order.

    Examples
    --------
    >>> [result.error for result in audit([(Path("2023.pdf"), Refusal("a damaged PDF"))])]
    ['a damaged PDF']
    """
    given = list(reports)
    stated: dict[Path, AnnualReport] = {}
    for file, published in given:
        if isinstance(published, PublishedReport) and published.year is not None and published.form is not None:
            agency = unregistered_agency(published, published.agency_id or published.agency_name or file.stem)
            stated[file] = published.report(agency, published.year)
    bodies = _bodies(stated)
    years: dict[tuple[str, int], AnnualReport] = {}
    for file, report in stated.items():
        years.setdefault((bodies[file], report.year), report)
    for file, published in given:
        if isinstance(published, Refusal):
            yield Checked(None, None, None, str(file), error=published.message)
        elif file not in stated:
            unknown = Message("the year of the report was not found: name it with --year")
            yield Checked(published.agency_id, published.agency_name, published.year, str(file), error=unknown)
        else:
            report = stated[file]
            outcome = check(report.replace(previous=years.get((bodies[file], report.year - 1))))
            inferred = tuple(_told(guess) for guess in published.guesses if guess.inferred)
            name = published.agency_name
            yield Checked(published.agency_id, name, report.year, str(file), outcome=outcome, inferred=inferred)


def _told(guess: Guess) -> dict[str, Any]:
    return {"what": guess.what, "said": guess.said, "where": guess.where, "cells": list(guess.cells)}


def _bodies(reports: Mapping[Path, AnnualReport]) -> dict[Path, str]:
    """For each report one name of its body, whether it is written with or without the places before it."""
    own = {file: squeezed(report.agency.name) for file, report in reports.items()}
    texts = [(own[file], " ".join(report.narrative.values())) for file, report in reports.items()]
    fullest = dict(zip(reports, fullest_names(texts), strict=True))
    # Two names with two different reports for one year are those of two bodies.
    seen: dict[tuple[str, int], tuple[str, AnnualReport]] = {}
    several: set[str] = set()
    for file, report in reports.items():
        name, other = seen.setdefault((fullest[file], report.year), (own[file], report))
        if name != own[file] and other.figures != report.figures:
            several.add(fullest[file])
    return {file: own[file] if name in several else name for file, name in fullest.items()}

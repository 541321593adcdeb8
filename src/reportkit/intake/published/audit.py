"""Checking reports that others published, several years of one agency against each other, without writing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportkit.checks import Outcome, check
from reportkit.intake.published.importing import unregistered_agency
from reportkit.intake.published.report import Reading
from reportkit.report import AnnualReport
from reportkit.system.bounded import Refusal

__all__ = ["Audited", "audit"]


@dataclass(frozen=True, slots=True)
class Audited:
    """What the checks say of one published file.

    Parameters
    ----------
    file
        The file.
    agency_name, year
        Whose report it is, and for which year, as far as it was found.
    error
        Why it could not be read or judged; None where it was.
    outcome
        The findings; None where there is an error.
    """

    file: Path
    agency_name: str | None = None
    year: int | None = None
    error: str | None = None
    outcome: Outcome | None = None

    def as_json(self) -> dict[str, Any]:
        """The result as programs read it."""
        return {
            "file": str(self.file),
            "agency_name": self.agency_name,
            "year": self.year,
            "error": self.error,
            "findings": [finding.as_json() for finding in self.outcome] if self.outcome else [],
        }


def audit(readings: Iterable[tuple[Path, Reading | Refusal]]) -> Iterator[Audited]:
    """Check what was read from published files.

    Parameters
    ----------
    readings
        Files with what was read from each; the years of one agency among them are compared.

    Yields
    ------
    Audited
        For each file, in order.
    """
    readings = list(readings)
    years: dict[tuple[str, int], AnnualReport] = {}
    reports: dict[Path, AnnualReport] = {}
    for file, reading in readings:
        if isinstance(reading, Reading) and reading.year is not None and reading.form is not None:
            agency = unregistered_agency(reading, reading.agency_id or reading.agency_name or file.stem)
            reports[file] = report = reading.report(agency, reading.year)
            years.setdefault((agency.name, reading.year), report)
    for file, reading in readings:
        if isinstance(reading, Refusal):
            yield Audited(file, error=reading.message)
        elif file not in reports:
            yield Audited(file, reading.agency_name, reading.year, "the year of the report was not found")
        else:
            report = reports[file]
            previous = years.get((report.agency.name, report.year - 1))
            outcome = check(report.replace(previous=previous))
            yield Audited(file, reading.agency_name, reading.year, outcome=outcome)

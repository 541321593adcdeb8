"""What a check returns: findings, for the person who must mend the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["SEVERITIES", "Finding", "NotAssessable", "Outcome", "Waived"]

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Waived:
    """Why a finding may stand, and who says so."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a report that a person must mend or look at.

    Parameters
    ----------
    rule
        The id of the rule in the catalogue: T3-BALANCE.
    severity
        ``error`` (must not be published so), ``warning`` (a person must look) or ``info``.
    agency, year
        The report: the agency's id and the year reported on.
    message
        What is wrong and where, in Chinese.
    cells
        The addresses of the cells it speaks of.
    quote
        The words it speaks of.
    expected, actual
        What should stand there and what does: whole numbers, or text (money keeps every digit).
    basis
        The article of the law or the form that asks for it.
    waived
        The waiver that lets it stand, where there is one.
    listing
        Whether `cells` are a list of separate cells, rather than the parts of one relation.
    """

    rule: str
    severity: str
    agency: str
    year: int
    message: str
    cells: tuple[str, ...] = ()
    quote: str | None = None
    expected: int | str | None = None
    actual: int | str | None = None
    basis: str = ""
    waived: Waived | None = None
    listing: bool = field(default=False, compare=False)

    def as_json(self) -> dict[str, Any]:
        """The finding as programs read it, its keys in the documented order."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "agency": self.agency,
            "year": self.year,
            "cells": list(self.cells),
            "quote": self.quote,
            "expected": self.expected,
            "actual": self.actual,
            "message": self.message,
            "basis": self.basis,
            "waived": asdict(self.waived) if self.waived else None,
        }


@dataclass(frozen=True, slots=True)
class NotAssessable:
    """A rule that could not be judged, which is not the same as passed."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all checks say of one report.

    Parameters
    ----------
    findings
        Gravest first, waived ones included.
    not_assessable
        The rules that could not be judged, with the reason in Chinese.
    passed
        The ids of the rules that were judged and found nothing.
    """

    findings: tuple[Finding, ...]
    not_assessable: tuple[NotAssessable, ...] = ()
    passed: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def standing(self, severity: str) -> tuple[Finding, ...]:
        """The findings of that severity that nobody has waived."""
        return tuple(finding for finding in self.findings if finding.severity == severity and finding.waived is None)

"""What a check returns: findings, for the person who must correct the report, and how grave they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from reportkit.report import Place

__all__ = ["SEVERITIES", "WAIVED", "Finding", "Look", "NotAssessable", "Outcome", "Waived"]


@dataclass(frozen=True, slots=True)
class Look:
    """How findings of one severity look wherever they are shown: by a word, a sign and a line, and only then by colour.

    Parameters
    ----------
    name
        What programs call the severity: error.
    word
        What people call it, in Chinese: 错误.
    sign
        A sign that stands for the word.
    style
        Its style on a terminal, as rich names styles.
    line, tint
        Around and behind a cell that such a finding speaks of, as style sheets write them.
    """

    name: str
    word: str
    sign: str
    style: str
    line: str
    tint: str


SEVERITIES: Mapping[str, Look] = {
    "error": Look("error", "错误", "✖", "bold red", "2px solid #b3261e", "#fdeceb"),
    "warning": Look("warning", "警告", "▲", "yellow", "2px dashed #8a5a00", "#fff6e0"),
    "info": Look("info", "提示", "●", "blue", "2px dotted #0b4f9e", "#edf4fc"),
}
"""The severities by name, gravest first, each with its look."""

WAIVED = Look("waived", "已豁免", "○", "dim", "1px dashed #777777", "#ffffff")
"""How a waived finding looks, whatever its severity."""


@dataclass(frozen=True, slots=True)
class Waived:
    """Why a finding may stand, and who says so."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a report that a person must correct or look at.

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
    place
        Where the first of its cells, or its words, were read, if known.
    suggestion
        What probably should be changed, in Chinese, if one change is likelier than all others.
    also
        The findings that it stands for as the rules found them, where it is known what would mend them.
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
    place: Place | None = field(default=None, compare=False)
    suggestion: str | None = None
    also: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that found it, its own first."""
        return tuple(dict.fromkeys((self.rule, *(one.rule for one in self.also))))

    @property
    def advice(self) -> str:
        """What probably should be changed, as a reader is told it; empty where nothing is suggested."""
        return f"建议核对：{self.suggestion}。" if self.suggestion else ""

    @property
    def look(self) -> Look:
        """How it is shown: as its severity asks, or as waived."""
        return WAIVED if self.waived else SEVERITIES[self.severity]

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
            "place": {"file": self.place.file, "line": self.place.at} if self.place else None,
            "suggestion": self.suggestion,
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

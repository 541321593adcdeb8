"""What a rule is: an id, how grave a breach is, and a function that judges a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from reportkit.checks.finding import Finding
from reportkit.report import AnnualReport

__all__ = ["NotAssessableError", "Rule"]


class NotAssessableError(Exception):
    """Raised by a rule, before its first finding, that cannot judge the report; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue.

    Parameters
    ----------
    id
        Its name in the catalogue: T3-BALANCE.
    severity
        How grave a breach is, unless a finding says otherwise.
    judge
        Called with the rule and a report; yields the findings, or raises `NotAssessableError`.
    """

    id: str
    severity: str
    judge: Callable[[Rule, AnnualReport], Iterator[Finding]]

    def finding(self, report: AnnualReport, message: str, **fields: Any) -> Finding:
        """A finding of this rule in `report`; `fields` are those of `Finding`."""
        fields.setdefault("severity", self.severity)
        return Finding(rule=self.id, agency=report.agency.id, year=report.year, message=message, **fields)

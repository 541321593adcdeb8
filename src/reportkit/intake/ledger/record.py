"""A line of a ledger, with what a tally needs of it and nothing else: no name, no number of a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from reportkit.report import Place

__all__ = ["Record"]


@dataclass(frozen=True, slots=True)
class Record:
    """A request, a review or a lawsuit.

    Parameters
    ----------
    file, line
        Where it stands; the line is counted from 1.
    table
        The table it is counted in: the form's table of requests, or that of cases.
    kind
        The kind of applicant, a column of table 三; or the kind of case, a row of table 四.
    received
        The day it was received.
    outcome
        The outcome and item, a row of table 三, or its group where no item is named; or the result, a column
        of table 四. None while there is none.
    answered
        The day of the outcome; None where there is none, or where it is not known.
    fingerprint
        Equal for two lines that state the same serial number, which cannot be read back from it.
    """

    file: str
    line: int
    table: str
    kind: str
    received: date
    outcome: str | None = None
    answered: date | None = None
    fingerprint: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.file, self.line)

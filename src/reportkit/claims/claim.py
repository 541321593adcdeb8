"""A claim: one statement of a text about a figure of the statutory tables."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

__all__ = ["KINDS", "Claim", "Reading"]

KINDS = ("count", "part", "denial", "share", "growth", "period")
"""What a claim states: a number, a part of a stated whole, that there was none, a percentage of a whole, a percentage
by which a figure has grown since last year, or the year that is reported on."""

Reading = tuple[str, ...]
"""The addresses of the cells whose sum is meant."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a text about a figure.

    Parameters
    ----------
    quote
        The words that state it.
    start, end
        Where they stand in the text as it was given.
    kind
        One of `KINDS`.
    value
        What is stated: a number; per cent for a share and for growth, below 0 where it shrank; the year of a period.
    unit
        The measure word or the unit: 件, 万元, %.
    year
        The year it speaks of.
    readings
        Every sum of cells that the words may mean; empty where no cell of the form holds what is counted.
    of
        The whole that a part or a share belongs to, in the same way.
    approximate
        Whether it says 约, 余 or the like, so that it cannot be compared.
    about
        ``handling_fee`` for 信息处理费, which has no cell.
    section
        The key of the section whose text it is; None if that is not known.
    group
        Which list of parts it stands in: those of one list share a number.
    whole
        The number of the whole that it is a part of, where the text states it.

    Examples
    --------
    >>> Claim("收到申请2件", 0, 6, "count", Decimal(2), "件", 2023, (("applications.received.total",),)).value
    Decimal('2')
    """

    quote: str
    start: int
    end: int
    kind: str
    value: Decimal
    unit: str
    year: int
    readings: tuple[Reading, ...] = ()
    of: tuple[Reading, ...] = ()
    approximate: bool = False
    about: str | None = None
    section: str | None = None
    group: int | None = None
    whole: Decimal | None = None

    def as_json(self, holds: bool | None = None) -> dict[str, Any]:
        """The claim as programs read it, its keys in the documented order.

        Parameters
        ----------
        holds
            Whether a report bears it out; None where that cannot be told.

        Returns
        -------
        dict
            With the value as a decimal string.
        """
        names = ("section", "quote", "start", "end", "kind", "value", "unit", "approximate", "year")
        said = {name: getattr(self, name) for name in names} | {"value": f"{self.value:f}"}
        cells = {name: [list(reading) for reading in getattr(self, name)] for name in ("readings", "of")}
        return {**said, **cells, "about": self.about, "holds": holds}

"""What a build is asked for beyond the pages that every build writes."""

from __future__ import annotations

from dataclasses import dataclass

from reportkit.publish.executed import Charts

__all__ = ["EVERY_BUILD", "Wishes"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of a build beyond what every build does.

    Parameters
    ----------
    formats
        The names of the formats that are wanted besides those that every build writes.
    charts
        How a fragment shows charts; None for as it did last time.
    strict
        Whether a report is left without what the public reads if errors stand in it; None for as it was.
    force
        Whether its notebook is run again even if nothing has changed.
    """

    formats: frozenset[str] = frozenset()
    charts: Charts | None = None
    strict: bool | None = False
    force: bool = False


# What a build does of its own.
EVERY_BUILD = Wishes()

"""The reports of a demo city, for benches that need no project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportkit.demo.city import bodies_of_city
from reportkit.demo.reports import City
from reportkit.report import AnnualReport

__all__ = ["reports_of_city"]

_YEARS = range(2019, 2026)


def reports_of_city(number: int, seed: int) -> Iterator[AnnualReport]:
    """So many reports of both editions, each with last year's beside it."""
    city = City(bodies_of_city(-(-number // len(_YEARS))), _YEARS, seed)
    before: dict[str, AnnualReport] = {}
    for count, told in enumerate(city.reports({})):
        if count == number:
            return
        agency = told.report.agency.id
        yield told.report.replace(previous=before.get(agency))
        before[agency] = replace(told.report, previous=None)

"""Made-up cities in memory, each report with last year's and those of the bodies below beside it."""

from __future__ import annotations

from collections.abc import Iterator

from reportkit.checks import Finding, check
from reportkit.demo.city import bodies_of_city
from reportkit.demo.planting import plant
from reportkit.demo.reports import City, Told
from reportkit.form.figures import magnitude
from reportkit.report import AnnualReport, Below

__all__ = ["findings_in", "number_in", "told_of", "whole"]


def told_of(agencies: int, years: range, faults: int = 0, seed: int = 1) -> tuple[City, list[Told]]:
    """A city and all its reports with the faults in them."""
    city = City(bodies_of_city(agencies), years, seed)
    return city, list(city.reports(plant(city, faults)))


def whole(city: City, told: list[Told]) -> Iterator[AnnualReport]:
    """The reports as a project opens them; a refused one is left out and counts as none."""
    read = {
        (one.report.agency.id, one.report.year): one.report for one in told if not (one.fault and one.fault.refused)
    }
    for (agency, year), report in read.items():
        bodies = city.below.get(agency)
        below = Below(tuple(read[body.id, year] for body in bodies)) if bodies else None
        yield report.replace(previous=read.get((agency, year - 1)), below=below)


def number_in(report: AnnualReport, address: str) -> int:
    """The whole number in a cell; a blank counts as 0."""
    return int(magnitude(report[address]))


def findings_in(city: City, told: list[Told]) -> list[Finding]:
    """What the checks find in all reports of a city."""
    return [finding for report in whole(city, told) for finding in check(report)]

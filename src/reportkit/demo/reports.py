"""The reports of the made-up city, a body's from year to year, a government's after all those that it sums."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import takewhile
from zlib import crc32

from reportkit.checks import every_rule
from reportkit.demo.city import Body
from reportkit.demo.faults import Change, Fault, Planter
from reportkit.demo.figures import Figures, Sums, history, on_form
from reportkit.demo.wording import narrative
from reportkit.form import form_for
from reportkit.form.figures import magnitude
from reportkit.report import Agency, AnnualReport, new_report

__all__ = ["City", "Planting", "Told"]

Planting = Mapping[tuple[str, int], Planter]
"""Which kind of fault is planted in which report, by the agency's id and the year."""


@dataclass(frozen=True)
class Told:
    """A report of the city, and the fault in it where there is one."""

    report: AnnualReport
    fault: Fault | None = None


@dataclass(frozen=True)
class City:
    """A made-up city.

    Parameters
    ----------
    bodies
        Its bodies, each after the one it is below.
    years
        The years reported on.
    seed
        Another seed makes another city.
    """

    bodies: tuple[Body, ...]
    years: range
    seed: int

    @cached_property
    def below(self) -> dict[str, list[Body]]:
        """By the id of each government, the bodies directly below it."""
        below: dict[str, list[Body]] = {}
        for body in self.bodies:
            if body.agency.parent:
                below.setdefault(body.agency.parent, []).append(body)
        return below

    def agencies(self, planting: Planting) -> list[Agency]:
        """The agencies as the register names them, with what the faults change there."""
        return [self._agency(body, planting) for body in self.bodies]

    def reports(self, planting: Planting) -> Iterator[Told]:
        """All reports: a body's from year to year, and those of a government after all that are below it."""
        for body in self.bodies:
            if body.agency.parent is None:
                for told in self._and_below(body, planting):
                    if told.report.year in self.years:
                        yield told

    def reports_of(self, body: Body, planting: Planting) -> Iterator[Told]:
        """The reports of a body that has none below it, year by year; before the city's years without texts."""
        years = history(body.id, body.typical, self.seed)
        yield from self._years(body, takewhile(lambda one: one[0] < self.years.stop, years), {}, planting)

    def _agency(self, body: Body, planting: Planting) -> Agency:
        planters = (planting.get((body.id, year)) for year in self.years)
        changed = {name: said for planter in planters if planter for name, said in planter.register.items()}
        return replace(body.agency, **changed)

    def _and_below(self, body: Body, planting: Planting) -> Iterator[Told]:
        if body.id not in self.below:
            yield from self.reports_of(body, planting)
            return
        sums, parts = Sums(), _Parts()
        for one in self.below[body.id]:
            for told in self._and_below(one, planting):
                if told.report.agency.id == one.id:
                    sums.add(told.report.year, _additive(told.report))
                    parts.add(one, told.report)
                yield told
        yield from self._years(body, sums.history(), parts.years, planting)

    def _years(
        self,
        body: Body,
        years: Iterable[tuple[int, Figures]],
        parts: Mapping[int, Mapping[str, int]],
        planting: Planting,
    ) -> Iterator[Told]:
        agency, previous = self._agency(body, planting), None
        later: dict[str, int] = {}
        for year, figures in years:
            stated = _going_on(on_form(figures, form_for(year)), later)
            report = new_report(agency, year, stated, previous=previous)
            fault: Fault | None = None
            if year in self.years:
                planter = planting.get((body.id, year))
                report, change = self._told(body, report, parts.get(year, {}), planter)
                if planter and change:
                    fault = _fault(report, planter, change)
                    later = later | {address: later.get(address, 0) + more for address, more in change.later.items()}
            yield Told(report, fault)
            previous = report.replace(previous=None)

    def _told(
        self, body: Body, report: AnnualReport, parts: Mapping[str, int], planter: Planter | None
    ) -> tuple[AnnualReport, Change | None]:
        """The report with its texts, and with the fault where one is to be planted and can be."""
        change: Change | None = None
        chance = f"{self.seed} {body.id} {report.year}"
        source = random.Random(f"fault {chance}")  # noqa: S311 (a fault is planted in the same way each time)
        report = report.replace(published=_day_of_publishing(report, chance))
        if planter and not planter.in_text and (change := planter.plant(report, source)):
            report = report.replace(change.figures, **change.fields)
        report = report.replace(narrative=narrative(report, body.we, parts, self.seed))
        if planter and planter.in_text and (change := planter.plant(report, source)):
            report = report.replace(change.figures, **change.fields)
        return report, change


class _Parts:
    """What each part of a government's territory dealt with, year by year: its own bodies, and each place below."""

    def __init__(self) -> None:
        self.years: dict[int, dict[str, int]] = {}

    def add(self, body: Body, report: AnnualReport) -> None:
        """Count the requests that a body's report received or carried in."""
        parts, roles = self.years.setdefault(report.year, {}), report.form.roles
        label = body.label if body.agency.level == "government" else "本级"
        rows = [f"{roles.requests}.{row}" for row in (roles.received, roles.carried_in)]
        cells = (report.form.cells[address] for address in report.form.entries)
        dealt_with = sum(int(magnitude(report[cell.address])) for cell in cells if f"{cell.table}.{cell.row}" in rows)
        parts[label] = parts.get(label, 0) + dealt_with


def _additive(report: AnnualReport) -> Figures:
    """The figures that the government above adds up."""
    cells = report.form.cells
    return {address: figure for address, figure in report.figures.items() if cells[address].kind.additive}


def _going_on(figures: Figures, later: Mapping[str, int]) -> Figures:
    """The figures, going on from what was changed in an earlier year."""
    return {**figures, **{address: int(magnitude(figures.get(address, 0))) + more for address, more in later.items()}}


def _day_of_publishing(report: AnnualReport, chance: str) -> date | None:
    """Some day of the last three weeks before the statutory one; None where the form names none for such a body."""
    if report.agency.level not in report.form.deadline.days:
        return None
    last_day = date(report.year + 1, *report.form.deadline.days[report.agency.level])
    return last_day - timedelta(days=crc32(chance.encode()) % 21)


def _fault(report: AnnualReport, planter: Planter, change: Change) -> Fault:
    return Fault(
        rule=planter.rule,
        severity=next(rule.severity for rule in every_rule(report.form) if rule.id == planter.rule),
        agency=report.agency.id,
        year=report.year,
        cells=change.cells,
        quote=change.quote,
        change=change.said,
        refused=planter.refused,
    )

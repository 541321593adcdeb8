"""Which faults are planted in which reports: every kind in turn, and no two so near that one would hide another."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice

from reportkit.demo.city import Body, CityError
from reportkit.demo.faults import Planter, Where, planters
from reportkit.demo.reports import City
from reportkit.form import form_for
from reportkit.report import new_report
from reportkit.system.language import Counted, Message

__all__ = ["plant"]

Placed = dict[tuple[str, int], Planter]

# A kind of fault that is possible in none of so many reports is taken not to apply to the form.
_MOST_TRIED = 60


def plant(city: City, faults: int) -> Placed:
    """Choose the reports for so many faults, one kind after another.

    Parameters
    ----------
    city
        The city without faults.
    faults
        How many.

    Returns
    -------
    dict
        Which kind of fault is planted in which report, by the agency's id and the year.

    Raises
    ------
    CityError
        Where the city has no room for so many; the message says how many fit.
    """
    if faults < 0:
        raise CityError(Message("{faults} faults cannot be planted: ask for 0 or more", faults=faults))
    kinds = _applicable(city) if faults else []
    if faults and not kinds:
        raise CityError(Message("faults cannot be planted: the form has nothing that the demo knows how to break"))
    placed, without_room = _placed(city, kinds, faults)
    if without_room is None:
        return placed
    raise CityError(
        Counted(
            "{count} fault does not fit into {agencies} over {years}, only {fitting}: ask for more agencies or years, "
            "or fewer faults",
            "{count} faults do not fit into {agencies} over {years}, only {fitting}: ask for more agencies or years, "
            "or fewer faults",
            count=faults,
            agencies=Counted("{count} agency", "{count} agencies", count=len(city.bodies)),
            years=Counted("{count} year", "{count} years", count=len(city.years)),
            fitting=_fitting(city, kinds, without_room),
        )
    )


def _applicable(city: City) -> list[Planter]:
    """The planters for the forms of the city's years, but for those that say of every report that they do not apply.

    One that no body of the city is meant for stays: what it lacks is room.
    """
    known = planters([form_for(year) for year in city.years]).values()
    tried = {planter.rule: list(islice(_slots(city, planter), _MOST_TRIED)) for planter in known}
    return [
        planter
        for planter in known
        if not tried[planter.rule] or any(_suits(city, *slot, planter) for slot in tried[planter.rule])
    ]


def _fitting(city: City, kinds: Sequence[Planter], without_room: int | None) -> int:
    """How many faults there is room for, where the one of that number found no place among many."""
    fitting = 0
    while without_room is not None:
        fitting = without_room
        _, without_room = _placed(city, kinds, fitting)
    while _placed(city, kinds, fitting + 1)[1] is None:
        fitting += 1
    return fitting


def _placed(city: City, kinds: Sequence[Planter], faults: int) -> tuple[Placed, int | None]:
    """The faults with their places, and the number of the first without a place."""
    wanted = [kinds[number % len(kinds)] for number in range(faults)]
    slots = {planter.rule: _slots(city, planter) for planter in wanted}
    placed: Placed = {}
    without_room = []
    # Those that few places suit choose first.
    for number in sorted(range(faults), key=lambda number: (wanted[number].where, not wanted[number].needs_last_year)):
        planter = wanted[number]
        for body, year in slots[planter.rule]:
            if _is_free(placed, body, year) and _suits(city, body, year, planter):
                placed[body.id, year] = planter
                break
        else:
            without_room.append(number)
    return placed, min(without_room, default=None)


def _slots(city: City, planter: Planter) -> Iterator[tuple[Body, int]]:
    """The reports in which a fault may be planted, in an order of chance that takes a year of each body in turn."""
    years = list(city.years)[1:] if planter.needs_last_year else list(city.years)
    bodies = [body for body in city.bodies if _where(city, body) is planter.where]
    random.Random(f"{city.seed} {planter.rule}").shuffle(bodies)  # noqa: S311 (the same faults each time)
    for shift in range(len(years)):
        for number, body in enumerate(bodies):
            yield body, years[(number + shift) % len(years)]


def _where(city: City, body: Body) -> Where:
    if body.id in city.below:
        return Where.GOVERNMENT
    return Where.UNSUMMED if body.unsummed else Where.SUMMED


def _is_free(placed: Placed, body: Body, year: int) -> bool:
    """Whether neither the report nor those of the years beside it have a fault that might touch it."""
    return not any((body.id, near) in placed for near in (year - 1, year, year + 1))


def _suits(city: City, body: Body, year: int, planter: Planter) -> bool:
    if planter.where is Where.GOVERNMENT:
        # Its report is known only when all below it are: an empty one shows whether the form has the cells.
        return planter.plant(new_report(body.agency, year), random.Random(0)) is not None  # noqa: S311
    reports = city.reports_of(body, {(body.id, year): planter})
    return next(one.fault is not None for one in reports if one.report.year == year)

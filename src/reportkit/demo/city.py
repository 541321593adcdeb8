"""The bodies of the made-up city: a government, its office and departments, counties and the bodies below them.

With more agencies than a city holds it becomes one city of a province, and the province one of a region, so that no
government has more bodies directly below it than a real one. All names say that they are made up (示例).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any

from reportkit.report import Agency
from reportkit.system.errors import InputError
from reportkit.system.language import Message

__all__ = ["Body", "CityError", "Typical", "bodies_of_city"]

CONTACT = "电话：0000-0000000（示例）"

# How many of each there are: counties of a city, cities of a province, provinces of the region.
_COUNTIES, _CITIES, _PROVINCES = 12, 18, 40
# The bodies that a city and a county are given before the rest, so that a small city has a bit of everything.
_FIRST_DEPARTMENTS, _FIRST_COUNTIES, _FIRST_COUNTY_BODIES = 13, 2, 8
_PROVINCE_DEPARTMENTS = 45


class CityError(InputError, ValueError):
    """A city that cannot be made as asked for."""


@dataclass(frozen=True, slots=True)
class Typical:
    """What a body deals with in an ordinary year.

    Parameters
    ----------
    requests
        Requests for information.
    licences, penalties, coercive
        Decisions on 行政许可, 行政处罚 and 行政强制.
    documents, regulations
        规范性文件 and 规章 issued.
    fees
        行政事业性收费, in 万元.
    """

    requests: float
    licences: float = 0
    penalties: float = 0
    coercive: float = 0
    documents: float = 0
    regulations: float = 0
    fees: float = 0

    def scaled(self, scale: float) -> Typical:
        """The same for a smaller or larger place; documents and regulations do not depend on its size."""
        numbers = ("requests", "licences", "penalties", "coercive", "fees")
        return replace(self, **{name: getattr(self, name) * scale for name in numbers})


@dataclass(frozen=True, slots=True)
class Body:
    """A body of the city.

    Parameters
    ----------
    agency
        It as ``agencies.yaml`` names it.
    label
        What the government above calls it: 甲县, 市公安局.
    we
        What its texts call it: 我局.
    typical
        What it deals with itself in an ordinary year.
    unsummed
        Whether no government sums its report, since it is under vertical administration.
    territory
        The id of the government in whose territory it is; None at the top.
    """

    agency: Agency
    label: str
    we: str
    typical: Typical
    unsummed: bool = False
    territory: str | None = None

    @property
    def id(self) -> str:
        """The agency's id."""
        return self.agency.id


def bodies_of_city(agencies: int) -> tuple[Body, ...]:
    """The bodies of a city of so many agencies, each after the one it is below.

    Parameters
    ----------
    agencies
        How many, the governments among them. A larger city has all bodies of a smaller one, under the same ids.

    Returns
    -------
    tuple of Body
        As many as asked for.

    Raises
    ------
    CityError
        If there are to be none, or more than there are names for.

    Examples
    --------
    >>> [body.agency.name for body in bodies_of_city(3)]
    ['示例市人民政府', '示例市人民政府办公室', '示例市公安局']
    """
    if agencies < 1:
        raise CityError(Message("a city of {agencies} agencies cannot be made: ask for 1 or more", agencies=agencies))
    for place in (_CITY, _PROVINCE, _REGION):
        if agencies <= _capacity(place):
            return _in_order(tuple(islice(_inside(place), agencies)))
    raise CityError(
        Message(
            "a city of {agencies} agencies cannot be made: there are names for {capacity}",
            agencies=agencies,
            capacity=_capacity(_REGION),
        )
    )


# ------------------------------------------------------------------ places


@dataclass(frozen=True, slots=True)
class _Place:
    """A territory with a government of its own.

    Parameters
    ----------
    level
        region, province, city or county.
    name, slug
        示例市甲县, shili-jia.
    label
        Its name without those of the places it lies in: 甲县.
    above
        The place it lies in.
    """

    level: str
    name: str
    slug: str
    label: str
    above: _Place | None = None


_REGION = _Place("region", "示例大区", "shilidaqu", "大区")
_PROVINCE = _Place("province", "示例省", "shilisheng", "示例省")
_CITY = _Place("city", "示例市", "shili", "示例市")


def _provinces(region: _Place) -> Iterator[_Place]:
    yield replace(_PROVINCE, above=region)
    for sign, slug in islice(_signs(), 1, _PROVINCES):
        yield _Place("province", f"示例{sign}省", f"shili{slug}sheng", f"{sign}省", region)


def _cities(province: _Place) -> Iterator[_Place]:
    if province.slug == _PROVINCE.slug:
        yield replace(_CITY, above=province)
        named = ((f"示例{sign}市", f"shili{slug}", sign) for sign, slug in islice(_signs(), 1, _CITIES))
    else:
        named = (
            (f"{province.name}{sign}市", f"{province.slug}-{slug}", sign) for sign, slug in islice(_signs(), _CITIES)
        )
    for name, slug, sign in named:
        yield _Place("city", name, slug, f"{sign}市", province)


def _counties(city: _Place) -> Iterator[_Place]:
    for number, (sign, slug) in enumerate(islice(_signs(), _COUNTIES)):
        label = f"{sign}{'区' if number % 3 == 1 else '县'}"
        yield _Place("county", f"{city.name}{label}", f"{city.slug}-{slug}", label, city)


def _signs() -> Iterator[tuple[str, str]]:
    """The names and slugs of places: 甲, 乙, …, then pairs of them."""
    signs = [(sign["name"], sign["slug"]) for sign in _declared()["signs"]]
    yield from signs
    for first, first_slug in signs:
        for second, second_slug in signs:
            yield first + second, first_slug + second_slug


# ------------------------------------------------------------------ bodies in a place


@cache
def _capacity(place: _Place) -> int:
    """How many bodies a place has at most."""
    if place.level == "region":  # whose provinces are all of a size
        return 2 + _PROVINCES * _capacity(_PROVINCE)
    return sum(1 for _ in _inside(place))


def _inside(place: _Place) -> Iterator[Body]:
    """The bodies of a place, the government first, in an order in which the first few make a small city."""
    yield _government(place)
    yield _office(place)
    if place.level == "region":
        for province in _provinces(place):
            yield from _inside(province)
    elif place.level == "province":
        first, *others = _cities(place)
        yield from _inside(first)
        yield from islice(_departments(place), _PROVINCE_DEPARTMENTS)
        for city in others:
            yield from _inside(city)
    elif place.level == "city":
        yield from _inside_city(place)
    else:
        yield from _county_bodies(place)


def _inside_city(city: _Place) -> Iterator[Body]:
    departments, counties = _departments(city), list(_counties(city))
    begun = [(county, _inside(county)) for county in counties[:_FIRST_COUNTIES]]
    yield from islice(departments, _FIRST_DEPARTMENTS)
    for _, bodies in begun:
        yield from islice(bodies, 2 + _FIRST_COUNTY_BODIES)
    yield from departments
    for _, bodies in begun:
        yield from bodies
    for county in counties[_FIRST_COUNTIES:]:
        yield from _inside(county)


def _county_bodies(county: _Place) -> Iterator[Body]:
    departments, towns = _departments(county), _towns(county)
    yield from islice(departments, _FIRST_COUNTY_BODIES - 2)
    yield from islice(towns, 2)
    yield from departments
    yield from towns


def _government(place: _Place) -> Body:
    agency = Agency(
        id=place.slug,
        name=f"{place.name}人民政府",
        short=f"{place.label}政府",
        level="government",
        parent=place.above.slug if place.above else None,
        contact=CONTACT,
    )
    return Body(
        agency,
        place.label,
        f"我{place.label[-1]}",
        _typical(_declared()["office"], place.level),
        territory=agency.parent,
    )


def _office(place: _Place) -> Body:
    return _body(place, _declared()["office"])


def _departments(place: _Place) -> Iterator[Body]:
    for department in _declared()["departments"]:
        if place.level != "county" or department.get("in_county"):
            yield _body(place, department)


def _towns(county: _Place) -> Iterator[Body]:
    towns = _declared()["towns"]
    for slug, town in towns["named"].items():
        office, short, we = ("办事处", "办", "我街道") if town.endswith("街道") else ("人民政府", "政府", "我镇")
        body = _body(county, {**towns, "slug": slug, "name": f"{town}{office}", "we": we})
        agency = replace(body.agency, short=f"{town}{short}")
        yield replace(body, agency=agency, label=town, typical=_typical(towns))


def _body(place: _Place, declared: dict[str, Any]) -> Body:
    name = declared["name"]
    short = f"{place.label[-1]}{declared.get('short', name)}"
    unsummed = declared.get("unsummed", False)
    agency = Agency(
        id=f"{place.slug}-{declared['slug']}",
        name=f"{place.name}{name}",
        short=short,
        parent=None if unsummed else place.slug,
        contact=CONTACT,
    )
    we = declared.get("we", f"我{_last(name)}")
    return Body(agency, short, we, _typical(declared, place.level), unsummed, territory=place.slug)


def _last(name: str) -> str:
    """The last word of a name, by which a body calls itself: 局, 委, 关."""
    return "委" if name.endswith("委员会") else name[-1]


def _typical(declared: dict[str, Any], level: str = "city") -> Typical:
    sizes = {name: declared[name] for name in Typical.__slots__ if name in declared}
    if level == "county":
        sizes.pop("regulations", None)  # a county cannot make any
    return Typical(**sizes).scaled(_declared()["scale"].get(level, 1))


def _in_order(bodies: tuple[Body, ...]) -> tuple[Body, ...]:
    """The bodies as a register lists them: after each government its departments, then the places below it."""
    inside: dict[str | None, list[Body]] = {}
    for body in bodies:
        inside.setdefault(body.territory, []).append(body)

    def walk(body: Body) -> Iterator[Body]:
        yield body
        for one in sorted(inside.get(body.id, ()), key=lambda one: one.agency.level == "government"):
            yield from walk(one)

    return tuple(one for top in inside[None] for one in walk(top))


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(resources.files("reportkit.demo").joinpath("city.toml").read_text(encoding="utf-8"))

"""Which names are one body's: a body is named with and without the places before it (青禾市林业局, 市林业局, 林业局).

A name is taken for a body only where no other body could bear it; one that is merely like another's never is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reportkit.report import Agency
from reportkit.system.language import Joined, Message
from reportkit.text import squeezed

__all__ = ["Match", "choice", "fullest_names", "known_body"]

_HAN = "[\u4e00-\u9fff]"
_ENDINGS = "省市州盟县区旗"
_PLACE = re.compile(rf"{_HAN}县|{_HAN}{{2,4}}?(?:地区|[{_ENDINGS}])|{_HAN}{{2,12}}?自治[区州县旗]")
# What ends like a place and is none of those that have a government.
_NO_PLACE = re.compile(r"[社园城小老库灾牧]区$")
# Who manages a place is named with it: 高新区管理委员会 is no 管理委员会.
_OF_THE_PLACE = "管"
# What stands before a place's kind where its name is left out, as in 我市林业局.
_UNNAMED = "我本全各该由据对向与和及为在以按经报"
_ENDS_WITH_PLACE = re.compile(rf"{_HAN}[^{_UNNAMED}地{_ENDINGS}\W](?:地区|[{_ENDINGS}])$")
_LONGEST_PLACE = 15
# So many bodies are named where a person must choose.
_MOST_NAMED = 5
# From a street's office to its province.
_LEVELS = 5


@dataclass(frozen=True, slots=True)
class _Named:
    """A name taken apart: the places it begins with, and the rest."""

    places: tuple[str, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Match:
    """What is known of a name.

    Parameters
    ----------
    agency
        The one body that bears it; None where that is not certain.
    possible
        The bodies that may bear it.
    """

    agency: Agency | None = None
    possible: tuple[Agency, ...] = ()


@lru_cache(maxsize=1 << 14)
def _readings(name: str) -> tuple[_Named, ...]:
    """How a name may be taken apart; 市场监督管理局 begins with no place, 市林业局 with one whose name is left out."""
    words, places = squeezed(name), list[str]()
    while (found := _PLACE.match(words)) and not _NO_PLACE.search(found[0]):
        rest = words[found.end() :]
        if rest.startswith(_OF_THE_PLACE):
            break
        places.append(found[0])
        words = rest
    readings = [_Named(tuple(places), words)]
    if not places and words[:1] and words[0] in _ENDINGS and len(words) > 1:
        readings.append(_Named((words[0],), words[1:]))
    return tuple(readings)


def _is_within(places: Sequence[str], fuller: Sequence[str]) -> bool:
    """Whether places say the same as fuller ones, some of which they leave out, though never the last."""
    if not places:
        return True
    if not fuller or not _same(places[-1], fuller[-1]):
        return False
    rest = iter(fuller)
    return all(any(_same(place, other) for other in rest) for place in places)


def _same(place: str, fuller: str) -> bool:
    """Whether a place is the fuller one, or its kind alone: 市 for 青禾市."""
    return place == fuller or (len(place) == 1 and fuller.endswith(place))


def _written_out(named: _Named, text: str) -> list[str]:
    """What stands before a name in a text wherever it ends with the name of a place."""
    words = squeezed(text)
    name = "".join((*_with_names(named.places), named.rest))
    before = (
        words[max(0, found.start() - _LONGEST_PLACE) : found.start()] for found in re.finditer(re.escape(name), words)
    )
    return [said for said in before if _ENDS_WITH_PLACE.search(said)]


def _with_names(places: Sequence[str]) -> tuple[str, ...]:
    """The places without those that are only called by their kind."""
    return tuple(place for place in places if len(place) > 1)


def _narrowed(named: _Named, bodies: Mapping[str, Sequence[str]], text: str) -> list[str]:
    """Of the bodies that a name fits, given with their places, those that the text does not speak against."""
    said = _written_out(named, text) if bodies else []
    if not said:
        return list(bodies)
    beyond = {body: [place for place in places if place not in named.places] for body, places in bodies.items()}
    return [
        body
        for body, places in beyond.items()
        if not places or any(words.endswith(place) for words in said for place in places)
    ]


def fullest_names(reports: Sequence[tuple[str, str]]) -> list[str]:
    """The fullest name under which the body of each report stands among them.

    Parameters
    ----------
    reports
        For each report what it calls its body, and its text: where that names the body with its place, it decides.

    Returns
    -------
    list of str
        A name for each report; its own where no other is the body's, or where it might be that of several.

    Examples
    --------
    >>> fullest_names([("林业局", ""), ("青禾市林业局", "")])
    ['青禾市林业局', '青禾市林业局']
    >>> fullest_names([("林业局", ""), ("青禾市林业局", ""), ("白塔市林业局", "")])
    ['林业局', '青禾市林业局', '白塔市林业局']
    """
    alike: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, _ in reports:
        for reading in _readings(name):
            alike.setdefault(reading.rest, {})[name] = reading.places
    return [_fullest(name, alike, text) for name, text in reports]


def _fullest(name: str, alike: Mapping[str, Mapping[str, Sequence[str]]], text: str) -> str:
    for named in _readings(name):
        fuller = {
            other: places
            for other, places in alike[named.rest].items()
            if places != named.places and _is_within(named.places, places)
        }
        kept = _narrowed(named, fuller, text)
        whole = [other for other in kept if all(_is_within(fuller[lesser], fuller[other]) for lesser in kept)]
        if whole:
            return whole[0]
    return name


def known_body(name: str, agencies: Mapping[str, Agency], text: str = "") -> Match:
    """The registered body that a name is the name of, written exactly, or with more or fewer places before it.

    Parameters
    ----------
    name
        What a report calls the body.
    agencies
        The bodies that are registered, by id.
    text
        The report's own text: where it names the body with its place, that decides between several.

    Returns
    -------
    Match
        The body if exactly one fits, and those among which a person must choose if not.

    Examples
    --------
    >>> agencies = {"forest": Agency("forest", "青禾市林业局"), "other": Agency("other", "白塔市教育局")}
    >>> known_body("林业局", agencies).agency.id
    'forest'
    """
    words = squeezed(name)
    if not words:
        return Match()
    for exact in (
        [agency for agency in agencies.values() if words == squeezed(agency.name)],
        [agency for agency in agencies.values() if words == squeezed(agency.short)],
    ):
        if len(exact) == 1:
            return Match(exact[0], (exact[0],))
    possible: dict[str, Agency] = {}
    certain: list[str | None] = []
    for named in _readings(name):
        fitting = {agency.id: places for agency, places in _fitting(named, agencies)}
        kept = _narrowed(named, fitting, text)
        is_told = len(kept) == 1 and _is_told(named.places, fitting[kept[0]], agencies)
        if fitting:
            possible |= {agency_id: agencies[agency_id] for agency_id in fitting}
            certain.append(kept[0] if is_told else None)
    only = certain[0] if len(set(certain)) == 1 else None
    return Match(agencies[only] if only else None, tuple(possible.values()))


def choice(bodies: Sequence[Agency]) -> str:
    """Name the bodies among which a person must choose.

    Parameters
    ----------
    bodies
        One body at least.

    Returns
    -------
    str
        Their ids and names; of many the first few, and how many more there are.

    Examples
    --------
    >>> choice([Agency("a", "甲局"), Agency("b", "乙局")])
    'a (甲局) or b (乙局)'
    """
    named: list[str] = [f"{agency.id} ({agency.name})" for agency in bodies[:_MOST_NAMED]]
    if len(bodies) > len(named):
        named.append(Message("one of {count} others", count=len(bodies) - len(named)))
    first = Joined(", ", named[:-1])
    return Message("{first} or {last}", first=first, last=named[-1]) if len(named) > 1 else named[0]


def _fitting(named: _Named, agencies: Mapping[str, Agency]) -> Iterator[tuple[Agency, tuple[str, ...]]]:
    """The bodies whose name differs in the places before it at most, with all the places that are known of each."""
    for agency in agencies.values():
        own = _readings(agency.name)[0].places
        rests = {
            reading.rest: _with_names(reading.places) or own
            for name in filter(None, (agency.short, agency.name))
            for reading in _readings(name)
        }
        if named.rest not in rests:
            continue
        places = (*_above(agency, agencies), *rests[named.rest])
        if _is_within(named.places, places) or _is_within(places, named.places):
            yield agency, places


def _above(agency: Agency, agencies: Mapping[str, Agency]) -> tuple[str, ...]:
    """The places of the bodies above an agency, the highest first, without those that its own name has."""
    own = _readings(agency.name)[0].places
    found: list[str] = []
    parent = agencies.get(agency.parent or "")
    for _ in range(_LEVELS):
        if parent is None:
            break
        found = [place for place in _readings(parent.name)[0].places if place not in (*found, *own)] + found
        parent = agencies.get(parent.parent or "")
    return tuple(found)


def _is_told(places: Sequence[str], known: Sequence[str], agencies: Mapping[str, Agency]) -> bool:
    """Whether places that a name has beyond those that are known of a body can be no other's."""
    if _is_within(places, known):
        return True
    # No two counties or cities of the country bear one name; districts do.
    if known and not re.search("(?<![治地])区$", known[0]):
        return True
    registered = {place for agency in agencies.values() for place in _readings(agency.name)[0].places}
    return {*places, *known} >= registered >= {*places} - {*known}

"""The borders that a ruled table lacks: left open, cut off at the paper's edge, or lost at a page's end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

__all__ = ["SAME_EDGE", "Rule", "Rules", "borders_lacking"]

SAME_EDGE = 3.0
"""How many points apart two lines may be drawn that are meant as one."""

_NARROWEST = 6.0  # points: less is no column of figures, and no row of them
_FEWEST_UPRIGHT = 3  # two uprights, one on each side of a text, are a frame around it
_FEWEST_ACROSS = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line of a table.

    Parameters
    ----------
    at
        Where it stands: from the left for an upright, from the top for one across.
    start, end
        From where to where it runs.
    """

    at: float
    start: float
    end: float

    def reaches(self, position: float) -> bool:
        """Whether it crosses or touches a line that stands at this position."""
        return self.start - SAME_EDGE <= position <= self.end + SAME_EDGE

    def stands_at(self, position: float) -> bool:
        """Whether it is drawn as part of the line at this position."""
        return abs(self.at - position) <= SAME_EDGE


@dataclass(frozen=True, slots=True)
class Rules:
    """The lines of a page, or of one table.

    Parameters
    ----------
    upright, across
        The lines of either direction.
    """

    upright: tuple[Rule, ...]
    across: tuple[Rule, ...]


def borders_lacking(rules: Rules) -> Rules:
    """Find the outer borders that the tables of a page lack.

    Lines that end together, with nothing drawn where they end, show where a border is missing. A frame around
    text is no table, whichever of its sides is open.

    Parameters
    ----------
    rules
        What is drawn on the page; pieces of one line are joined.

    Returns
    -------
    Rules
        The lines to add, in pieces.

    Examples
    --------
    Two rows of two columns, cut off on the right:

    >>> across = tuple(Rule(at, 50, 200) for at in (100, 120, 140))
    >>> upright = tuple(Rule(at, 100, 140) for at in (50, 120))
    >>> borders_lacking(Rules(upright, across)).upright
    (Rule(at=200, start=100, end=120), Rule(at=200, start=120, end=140))
    """
    lacking = [_lacking(table) for table in _tables(rules)]
    return Rules(
        tuple(chain.from_iterable(table.upright for table in lacking)),
        tuple(chain.from_iterable(table.across for table in lacking)),
    )


def _tables(rules: Rules) -> Iterator[Rules]:
    """The lines that touch each other, directly or by way of others."""
    touching = {
        upright: [across for across in rules.across if upright.reaches(across.at) and across.reaches(upright.at)]
        for upright in rules.upright
    }
    touched: dict[Rule, list[Rule]] = {across: [] for across in rules.across}
    for upright, crossed in touching.items():
        for across in crossed:
            touched[across].append(upright)
    left = dict.fromkeys(rules.upright)
    while left:
        uprights = {next(iter(left)): None}
        acrosses: dict[Rule, None] = {}
        pending = list(uprights)
        while pending:
            for across in touching[pending.pop()]:
                if across not in acrosses:
                    acrosses[across] = None
                    pending += [other for other in touched[across] if other not in uprights]
                    uprights |= dict.fromkeys(touched[across])
        for upright in uprights:
            del left[upright]
        yield Rules(tuple(uprights), tuple(acrosses))


def _lacking(table: Rules) -> Rules:
    if len(table.upright) < _FEWEST_ACROSS or not table.across:
        return Rules((), ())
    sides = [side for last in (False, True) for side in _borders(table.across, table.upright, _FEWEST_ACROSS, last)]
    # Where a border above or below is missing, too, the sides end with the last line across: they go on to the corner.
    first, final = min(rule.at for rule in table.across), max(rule.at for rule in table.across)
    top, bottom = min(rule.start for rule in table.upright), max(rule.end for rule in table.upright)
    sides = [
        replace(
            side,
            start=top if abs(side.start - first) <= SAME_EDGE else side.start,
            end=bottom if abs(side.end - final) <= SAME_EDGE else side.end,
        )
        for side in sides
    ]
    upright = (*table.upright, *sides)
    ends = [end for last in (False, True) for end in _borders(upright, table.across, _FEWEST_UPRIGHT, last)]
    return Rules(tuple(sides), (*ends, *_cut_short(upright, table.across)))


def _borders(ending: Sequence[Rule], along: Sequence[Rule], fewest: int, last: bool) -> Iterator[Rule]:
    """What is lacking of the border at which lines end, the first or the last of those that run along it."""
    outermost, innermost = (max, min) if last else (min, max)
    drawn = outermost(rule.at for rule in along)
    touching = sorted((rule for rule in ending if rule.reaches(drawn)), key=lambda rule: rule.at)
    if len(touching) < fewest:
        return

    def end(rule: Rule) -> float:
        return rule.end if last else rule.start

    def is_closed(one: Rule, other: Rule) -> bool:
        return any(rule.stands_at(drawn) and rule.reaches(one.at) and rule.reaches(other.at) for rule in along)

    beyond = [
        rule for rule in touching if abs(end(rule) - drawn) >= _NARROWEST and outermost(end(rule), drawn) != drawn
    ]
    # A whole row or column stands beyond the last line that is drawn.
    if len(beyond) >= fewest:
        for one, other in pairwise(beyond):
            if is_closed(one, other):
                yield Rule(innermost(end(one), end(other)), one.at, other.at)
    # The last line that is drawn is the border, but not all the way.
    for one, other in pairwise(touching):
        if not is_closed(one, other):
            position = innermost(end(one), end(other)) if one in beyond and other in beyond else drawn
            yield Rule(position, one.at, other.at)


def _cut_short(uprights: Sequence[Rule], acrosses: Sequence[Rule]) -> Iterator[Rule]:
    """The rest of lines across that end inside the table: a cell that began on the page before has none above it."""
    for across in acrosses:
        touching = [upright for upright in uprights if upright.reaches(across.at) and across.reaches(upright.at)]
        if len(touching) < _FEWEST_UPRIGHT:
            continue
        passing = sorted(upright.at for upright in uprights if _passes(upright, across.at))
        if not any(upright.stands_at(across.start) for upright in touching if _passes(upright, across.at)):
            yield from [Rule(across.at, at, across.start) for at in passing if at < across.start][-1:]
        if not any(upright.stands_at(across.end) for upright in touching if _passes(upright, across.at)):
            yield from [Rule(across.at, across.end, at) for at in passing if at > across.end][:1]


def _passes(rule: Rule, position: float) -> bool:
    """Whether a line goes on to both sides of a position."""
    return rule.start < position - SAME_EDGE and position + SAME_EDGE < rule.end

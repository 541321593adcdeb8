"""All reports of a year in a few figures that every edition of the form has: what the overview of the year shows.

A build counts them when it makes a report, so that the overview of thousands reads none of them again. An edition whose
form does not say what is granted, say, leaves that figure out, and so do the parts of the overview that need it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Self

from reportkit.display.series import computing, counted, label_of
from reportkit.form import Form
from reportkit.report import AnnualReport

__all__ = ["Body", "Counts", "FoundRule", "Overview", "counts_of", "together"]


@dataclass(frozen=True, slots=True)
class Counts:
    """What the overview counts of a report, or of several together; None where the form does not have the figure.

    Parameters
    ----------
    received
        New requests.
    answered
        Requests that were answered.
    granted
        Those of them that were granted, in whole or in part.
    refused
        Those of them that were refused.
    closed
        Reviews and lawsuits that were closed.
    lost
        Those of them that ended against the agency.
    outcomes
        How requests were answered, by the form's labels.
    reasons
        Why requests were refused, by the form's labels.
    results
        How reviews and lawsuits ended, by the form's labels.

    Examples
    --------
    >>> (Counts(received=3, granted=1) + Counts(received=4)).as_json()
    {'received': 7, 'granted': 1}
    """

    received: int | None = None
    answered: int | None = None
    granted: int | None = None
    refused: int | None = None
    closed: int | None = None
    lost: int | None = None
    outcomes: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    results: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Self) -> Counts:
        return Counts(*(_sum(getattr(self, one.name), getattr(other, one.name)) for one in fields(self)))

    def as_json(self) -> dict[str, Any]:
        """The counts as plain data, without what the form does not have, and without labels that count nothing."""
        told = {name: getattr(self, name) for name in _FIGURES}
        lists = {name: {label: n for label, n in getattr(self, name).items() if n} for name in _LISTS}
        return {name: value for name, value in {**told, **lists}.items() if value not in (None, {})}

    @classmethod
    def from_json(cls, told: Any) -> Counts:
        """The counts that plain data say, which may be another version's.

        Parameters
        ----------
        told
            What `as_json` gave.

        Returns
        -------
        Counts
            Without what cannot be read.
        """
        if not isinstance(told, Mapping):
            return Counts()
        known: dict[str, Any] = {name: told[name] for name in _FIGURES if isinstance(told.get(name), int)}
        for name in _LISTS:
            if isinstance(listed := told.get(name), Mapping):
                known[name] = {str(label): count for label, count in listed.items() if isinstance(count, int)}
        return Counts(**known)


_LISTS = ("outcomes", "reasons", "results")
_FIGURES = tuple(one.name for one in fields(Counts) if one.name not in _LISTS)


def _sum(one: Any, other: Any) -> Any:
    """The sum of two figures, or of two lists label by label; what is missing in one is taken from the other."""
    if isinstance(one, Mapping):
        return {label: one.get(label, 0) + other.get(label, 0) for label in {**one, **other}}
    return other if one is None else one if other is None else one + other


def together(counts: Iterable[Counts]) -> Counts:
    """Several counts as one.

    Parameters
    ----------
    counts
        The counts.

    Returns
    -------
    Counts
        Their sum.

    Examples
    --------
    >>> together([Counts(lost=1), Counts(lost=2)]).lost
    3
    """
    total = Counts()
    for one in counts:
        total += one
    return total


def counts_of(report: AnnualReport) -> Counts:
    """What the overview counts of a report.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    Counts
        By the roles and the identities that its edition of the form declares.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> counts = counts_of(new_report(Agency("a", "示例局"), 2023, {"applications.granted.company": 2}))
    >>> counts.answered, counts.granted, counts.outcomes["予以公开"]
    (2, 2, 2)
    """
    return Counts(**_of_requests(report), **_of_cases(report))


def _of_requests(report: AnnualReport) -> dict[str, Any]:
    form, roles = report.form, report.form.roles
    across, down = computing(form, roles.requests, "row"), computing(form, roles.requests, "column")
    if across is None:
        return {}

    def number(*keys: str) -> int | None:
        addresses = [f"{roles.requests}.{row}.{across.computes}" for key in keys for row in _rows_in(form, key)]
        return counted(report, addresses) if addresses and all(at in form.cells for at in addresses) else None

    table = form.table(roles.requests)
    reasons = _rows_in(form, roles.refused)
    outcomes = [tuple(term.keys) for term in down.right] if down else []
    return {
        "received": number(roles.received) if roles.received else None,
        "answered": number(down.computes) if down and down.computes else None,
        "granted": number(*roles.granted) if roles.granted else None,
        "refused": number(roles.refused) if roles.refused else None,
        "outcomes": {label_of(table.rows, keys): number(*keys) or 0 for keys in outcomes},
        "reasons": {label_of(table.rows, (key,)): number(key) or 0 for key in reasons if len(reasons) > 1},
    }


def _rows_in(form: Form, key: str) -> list[str]:
    """The row of requests that has a key, or the rows of the group that has it."""
    return [leaf.key or "" for leaf in form.table(form.roles.requests).row(key).leaves()] if key else []


def _of_cases(report: AnnualReport) -> dict[str, Any]:
    form, roles = report.form, report.form.roles
    across = computing(form, roles.cases, "row")
    if across is None:
        return {}
    table = form.table(roles.cases)
    rows = [leaf.key or "" for row in table.rows for leaf in row.leaves()]

    def number(*columns: str) -> int:
        addresses = [f"{roles.cases}.{row}.{column}" for row in rows for column in columns]
        return counted(report, [address for address in addresses if address in form.cells])

    everything = number(across.computes) if across.computes else 0
    return {
        "closed": everything - (number(roles.pending) if roles.pending else 0),
        "lost": number(roles.lost) if roles.lost else None,
        "results": {label_of(table.columns, tuple(term.keys)): number(*term.keys) for term in across.right},
    }


@dataclass(frozen=True, slots=True)
class Body:
    """An agency in the overview of a year.

    Parameters
    ----------
    id, name
        Its id and its name.
    parent
        The id of the body above; empty if there is none.
    state
        ``built``; ``failed``, if its report could not be built; ``waiting``, if it was not built yet; ``missing``, if
        it has no parameter file.
    errors
        How many errors stand in its report.
    counts
        The year's figures; None if there are none.
    before
        Last year's.
    """

    id: str
    name: str
    parent: str = ""
    state: str = "built"
    errors: int = 0
    counts: Counts | None = None
    before: Counts | None = None

    def as_json(self) -> dict[str, Any]:
        """The agency as plain data."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value.as_json() if isinstance(value, Counts) else value for name, value in told.items() if value}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Body:
        """The agency that plain data describe.

        Parameters
        ----------
        told
            What `as_json` gave.

        Returns
        -------
        Body
            The agency.
        """
        counts = {name: Counts.from_json(told[name]) for name in ("counts", "before") if name in told}
        return cls(**{**told, **counts})


@dataclass(frozen=True, slots=True)
class FoundRule:
    """A rule against which findings stand in the year's reports.

    Parameters
    ----------
    id
        The rule's id.
    meaning
        What it demands.
    severity
        How grave a finding is, in Chinese.
    reports
        In how many reports.
    findings
        How many findings.
    """

    id: str
    meaning: str
    severity: str
    reports: int
    findings: int


@dataclass(frozen=True)
class Overview:
    """All reports of a year.

    Parameters
    ----------
    year
        The year reported on.
    bodies
        The agencies, each followed by those below it.
    history
        The figures of all agencies together for each year, this one the last.
    rules
        The rules against which findings stand, the most frequent first.

    Examples
    --------
    >>> counts = Counts(received=3)
    >>> above = Body("a", "示例市人民政府", counts=counts)
    >>> overview = Overview(2023, (above, Body("b", "示例市示例局", "a", counts=counts)), {2023: counts})
    >>> overview.name, overview.total.received
    ('示例市人民政府', 3)
    """

    year: int
    bodies: Sequence[Body]
    history: Mapping[int, Counts] = field(default_factory=dict)
    rules: Sequence[FoundRule] = ()

    def __repr__(self) -> str:
        return f"<Overview {self.year}: {len(self.bodies)} agencies>"

    @cached_property
    def total(self) -> Counts:
        """The year's figures of all agencies together, nothing counted twice."""
        return self.covering(self.tops, "counts")

    @cached_property
    def last_year(self) -> Counts | None:
        """The same for the year before; None if nothing is known of it."""
        return self.history.get(self.year - 1)

    @cached_property
    def below(self) -> Mapping[str, Sequence[Body]]:
        """The agencies directly below each body, by its id."""
        found: dict[str, list[Body]] = {}
        for body in self.bodies:
            found.setdefault(body.parent, []).append(body)
        return found

    @cached_property
    def tops(self) -> Sequence[Body]:
        """The agencies with nobody above them."""
        known = {body.id for body in self.bodies}
        return [body for body in self.bodies if body.parent not in known]

    @cached_property
    def single(self) -> Sequence[Body]:
        """The agencies with nobody below them: whose figures are nobody else's."""
        return [body for body in self.bodies if not self.below.get(body.id)]

    @cached_property
    def _head(self) -> Body | None:
        """The body that all others are below, but for some that stand alone; None if there is no such body."""
        heads = [body for body in self.tops if self.below.get(body.id)] or self.tops
        return heads[0] if len(heads) == 1 else None

    @property
    def name(self) -> str:
        """Whose overview it is: the body above all, if there is one."""
        return self._head.name if self._head else "各机关"

    @property
    def _parts(self) -> Sequence[Body]:
        """The bodies directly below the one above all, or those with nobody above them if there are several."""
        return self.tops if self._head is None else self.below.get(self._head.id, ())

    @cached_property
    def governments(self) -> Mapping[str, Body]:
        """The bodies that stand for districts, by their names; one that is called like another goes by its id, too."""
        found: dict[str, Body] = {}
        for body in self._parts:
            if self.below.get(body.id):
                found[f"{body.name}（{body.id}）" if body.name in found else body.name] = body
        return found

    @cached_property
    def districts(self) -> Mapping[str, Counts]:
        """The year's figures by governments: the bodies directly below the one above all that have others below them.

        The agencies that belong to none of them are counted together. Empty where there are no such governments.
        """
        if not self.governments:
            return {}
        beside = [body for body in (*self._parts, *self.tops) if not self.below.get(body.id)]
        by_name = {name: self.covering([body], "counts") for name, body in self.governments.items()}
        return {**by_name, "本级和直属机关": self.covering(beside, "counts")} if beside else by_name

    def covering(self, bodies: Iterable[Body], which: str) -> Counts:
        """The figures of some agencies and all below them, nothing counted twice: a report includes those below it.

        Parameters
        ----------
        bodies
            The agencies. Where one has no report, those directly below it take its place.
        which
            ``counts``, or ``before`` for last year's.

        Returns
        -------
        Counts
            Their sum.
        """
        return together(self._covering(bodies, which))

    def _covering(self, bodies: Iterable[Body], which: str) -> Iterator[Counts]:
        waiting, met = [*bodies], set[str]()
        while waiting:
            body = waiting.pop()
            if body.id in met:
                continue
            met.add(body.id)
            if (counts := getattr(body, which)) is not None:
                yield counts
            else:
                waiting.extend(self.below.get(body.id, ()))

    def as_json(self) -> dict[str, Any]:
        """The overview as plain data, as a build writes it to ``output/<year>/overview.json``."""
        return {
            "year": self.year,
            "history": {str(year): counts.as_json() for year, counts in self.history.items()},
            "rules": [{one.name: getattr(rule, one.name) for one in fields(rule)} for rule in self.rules],
            "bodies": [body.as_json() for body in self.bodies],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Overview:
        """The overview that plain data describe.

        Parameters
        ----------
        told
            What `as_json` gave.

        Returns
        -------
        Overview
            The overview.
        """
        return cls(
            int(told["year"]),
            tuple(map(Body.from_json, told["bodies"])),
            {int(year): Counts.from_json(counts) for year, counts in told["history"].items()},
            tuple(FoundRule(**rule) for rule in told["rules"]),
        )

"""The figures that a body of the made-up city reports, which agree within each year and from year to year.

A figure follows from an expectation that drifts slowly, and from chances that are the body's own, so that no figure
leaps from one year to the next, and none depends on how large the city is or which years are asked for.

What the rows and columns of today's form mean is known here. The figures of an edition that has others are drawn
from the sizes of its cells alone, and made to agree by its identities.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from reportkit.checks.rollup import added
from reportkit.demo.city import Typical
from reportkit.form import Cell, Form, editions, form_for
from reportkit.form.figures import Amount, Figure
from reportkit.project.example import agreeing, made_up_figure
from reportkit.report import Agency, new_report

__all__ = ["Figures", "Sums", "history"]

Figures = dict[str, Figure]

# How much of the requests each kind of applicant makes, and what becomes of them, in an ordinary body.
_APPLICANTS = {
    "natural_person": 0.83,
    "company": 0.115,
    "research_institute": 0.006,
    "public_interest_group": 0.005,
    "legal_service": 0.03,
    "other": 0.014,
}
_CARRIED_OUT = 0.06
_OUTCOMES = {
    "partly_granted": 0.085,
    "refused.state_secret": 0.001,
    "refused.forbidden_by_law": 0.006,
    "refused.security_and_stability": 0.002,
    "refused.third_party_rights": 0.012,
    "refused.internal_affairs": 0.011,
    "refused.deliberative_process": 0.012,
    "refused.enforcement_file": 0.017,
    "refused.administrative_enquiry": 0.02,
    "unavailable.not_held": 0.19,
    "unavailable.needs_creation": 0.028,
    "unavailable.unclear_after_correction": 0.012,
    "not_processed.petition_or_complaint": 0.045,
    "not_processed.repeat": 0.018,
    "not_processed.publication": 0.001,
    "not_processed.abusive": 0.002,
    "not_processed.reconfirmation": 0.003,
    "other.not_corrected_in_time": 0.014,
    "other.fee_unpaid": 0.0006,
    "other.other": 0.022,
}
# In an edition with cells that are not known here, what share of a body's requests a cell holds: one in three is empty.
_SHARES = (-0.25, 0.5)
# Of the requests received, how many are taken to each instance, and how these end.
_CHALLENGED = {"review": 0.042, "litigation_direct": 0.011, "litigation_after_review": 0.008}
_RESULTS = {"upheld": 0.55, "corrected": 0.14, "other": 0.17, "pending": 0.14}


@dataclass
class _Chances:
    """Whole numbers near what is expected; what is left to chance moves little from year to year."""

    source: random.Random
    thresholds: dict[str, float]

    def near(self, what: str, expected: float) -> int:
        """A whole number for `what`: a small one may well double or halve, a large one never leaps."""
        if expected <= 0:
            return 0
        spread = 0.6 if expected < 5 else 0.15
        threshold = self.thresholds.get(what)
        moved = self.source.random() if threshold is None else threshold + self.source.uniform(-0.12, 0.12)
        self.thresholds[what] = moved % 1
        return int(expected * self.source.uniform(1 - spread, 1 + spread) + moved % 1)


def history(body_id: str, typical: Typical, seed: int) -> Iterator[tuple[int, Figures]]:
    """Year by year, from the first that any edition of the form covers, what a body reports.

    Parameters
    ----------
    body_id
        Whose figures they are: each body has chances of its own.
    typical
        What it deals with in an ordinary year.
    seed
        Another seed makes another city.

    Yields
    ------
    int, dict
        The year, and the figures that are not 0: `on_form` picks those of the year's edition of the form.
    """
    source = random.Random(f"{seed} {body_id}")  # noqa: S311 (the same chances each time)
    chances = _Chances(source, {})
    typical = typical.scaled(source.lognormvariate(0, 0.35))
    applications, disclosure = _Applications(chances), _Disclosure(chances, typical)
    busy = 1.0
    before: Figures | None = None
    for year in count(min(form.first_year for form in editions().values())):
        busy *= source.uniform(0.93, 1.09)
        received = typical.requests * busy
        figures = {**disclosure.year(busy), **applications.year(received), **_challenges(chances, received)}
        form = form_for(year)
        if not figures.keys() >= set(form.entries):
            figures = _drawn(form, f"{seed} {body_id}", year, received, before)
        before = figures
        yield year, {address: figure for address, figure in figures.items() if figure}


def on_form(figures: Figures, form: Form) -> Figures:
    """Those of the figures whose cells an edition has."""
    return {address: figure for address, figure in figures.items() if address in form.cells}


class Sums:
    """The sums of what the bodies below a government report, year by year."""

    def __init__(self) -> None:
        self._years: dict[int, Figures] = {}

    def add(self, year: int, figures: Figures) -> None:
        """Add what a body reports for a year."""
        sums = self._years.setdefault(year, {})
        for address, figure in figures.items():
            if figure:
                before = sums.get(address, 0)
                plain = isinstance(before, int) and isinstance(figure, int)
                sums[address] = before + figure if plain else added((before, figure))  # type: ignore[operator]

    def history(self) -> Iterator[tuple[int, Figures]]:
        """Year by year the sums."""
        yield from sorted(self._years.items())


def _drawn(form: Form, voice: str, year: int, requests: float, before: Figures | None) -> Figures:
    """Figures for any edition of the form, which agree within the year and with those of the year before."""
    agency, previous = Agency(voice, voice), None
    if before is not None:
        previous = new_report(agency, year - 1, on_form(before, form_for(year - 1)))
    figures = {address: _drawn_figure(form.cells[address], voice, year, requests) for address in form.entries}
    # What balances the others is left to follow from them: a difference of two figures would leap from year to year.
    figures |= dict.fromkeys(_balancing(form), 0)
    return dict(agreeing(new_report(agency, year, figures, form=form, previous=previous)).figures)


def _balancing(form: Form) -> Iterator[str]:
    """The first entry on the left of each identity that computes nothing."""
    for equation in form.equations:
        if not equation.identity.computes:
            yield from [addend.address for addend in equation.left if addend.address in form.entries][:1]


def _drawn_figure(cell: Cell, voice: str, year: int, requests: float) -> Figure:
    """A figure near what the body has in that cell each year."""
    own = max(random.Random(f"{voice} {cell.address}").uniform(*_SHARES), 0)  # noqa: S311 (the same each time)
    size = own * (requests if cell.kind.most is None else cell.kind.most)
    return made_up_figure(cell.kind, size * random.Random(f"{voice} {cell.address} {year}").uniform(0.85, 1.15))  # noqa: S311


# ------------------------------------------------------------------ table by table


class _Applications:
    """Table 三: requests come in or are carried in, and are dealt with or carried out."""

    def __init__(self, chances: _Chances) -> None:
        self._chances = chances
        self._outcomes = {row: share * chances.source.uniform(0.5, 1.5) for row, share in _OUTCOMES.items()}
        self._pending = dict.fromkeys(_APPLICANTS, 0)

    def year(self, received: float) -> Figures:
        figures: Figures = {}
        for applicant, share in _APPLICANTS.items():
            self._column(figures, applicant, received * share)
        return figures

    def _column(self, figures: Figures, applicant: str, expected: float) -> None:
        near = self._chances.near
        column = {"received": near(f"received.{applicant}", expected), "carried_in": self._pending[applicant]}
        left = column["received"] + column["carried_in"]
        self._pending[applicant] = column["carried_out"] = min(near(f"pending.{applicant}", left * _CARRIED_OUT), left)
        left -= column["carried_out"]
        handled = left
        for row, share in self._outcomes.items():
            column[row] = min(near(f"{row}.{applicant}", handled * share), left)
            left -= column[row]
        column["granted"] = left
        # Edition 2019 has one row where edition 2021 has these three.
        column["other"] = sum(number for row, number in column.items() if row.startswith("other."))
        figures.update((f"applications.{row}.{applicant}", number) for row, number in column.items())


def _challenges(chances: _Chances, received: float) -> Figures:
    return {
        f"challenges.{row}.{result}": chances.near(f"{row}.{result}", received * share * part)
        for row, share in _CHALLENGED.items()
        for result, part in _RESULTS.items()
    }


class _Disclosure:
    """Table 二, in the cells of both editions: documents and the stock of them, decisions, items and money."""

    def __init__(self, chances: _Chances, typical: Typical) -> None:
        self._chances, self._typical = chances, typical
        source = chances.source
        issued = {"normative_documents": typical.documents, "regulations": typical.regulations}
        self._stock = {row: round(number * source.uniform(6, 11)) for row, number in issued.items()}
        self._items = {
            "licences": _items(typical.licences, source),
            "penalties": _items(typical.penalties, source) * 6,
            "coercive_measures": _items(typical.coercive, source),
            "other_services": source.randint(1, 24),
            "fees": round(typical.fees**0.25) if typical.fees else 0,
        }
        self._decimals = source.choice((2, 2, 4, 4, 4, 0))
        self._unit = source.choice(("元", "万元", "万元"))

    def year(self, busy: float) -> Figures:
        typical = self._typical
        return {
            **self._documents("normative_documents", typical.documents),
            **self._documents("regulations", typical.regulations),
            **self._decisions("licences", typical.licences * busy),
            **self._decisions("penalties", typical.penalties * busy),
            **self._decisions("coercive_measures", typical.coercive * busy),
            **self._decisions("other_services", typical.licences * busy / 8),
            **self._changed_items("fees"),
            **self._money(busy),
        }

    def _documents(self, row: str, expected: float) -> Figures:
        issued = self._chances.near(f"{row}.issued", expected)
        repealed = min(self._chances.near(f"{row}.repealed", expected * 0.8), self._stock[row])
        self._stock[row] += issued - repealed
        stated = {"issued": issued, "repealed": repealed, "in_force": self._stock[row]}
        trial = {"made": issued, "newly_published": issued, "total_published": self._stock[row]}
        return {f"disclosure.{row}.{column}": number for column, number in (stated | trial).items()}

    def _decisions(self, row: str, expected: float) -> Figures:
        decisions = self._chances.near(f"{row}.decisions", expected)
        return {f"disclosure.{row}.decisions": decisions, **self._changed_items(row)}

    def _changed_items(self, row: str) -> Figures:
        before = self._items[row]
        change = max(self._chances.source.choice((-2, -1, 0, 0, 0, 1, 2)), -before) if before > 3 else 0
        self._items[row] += change
        return {f"disclosure.{row}.previous_items": before, f"disclosure.{row}.change": change}

    def _money(self, busy: float) -> Figures:
        fees = self._chances.near("fees", self._typical.fees * busy * 10**self._decimals)
        items = max(self._chances.near("procurement", self._typical.requests * busy / 6 + 2), 1)
        paid = self._chances.near("paid", self._typical.requests * busy * 60_000 + 700_000)
        amount = Amount(Decimal(paid) if self._unit == "元" else Decimal(paid).scaleb(-4), self._unit)
        return {
            "disclosure.fees.amount": Decimal(fees).scaleb(-self._decimals),
            "disclosure.procurement.items": items,
            "disclosure.procurement.amount": amount,
        }


def _items(decisions: float, source: random.Random) -> int:
    """How many items a body decides on, which grows more slowly than how often it decides."""
    return round(decisions**0.4 * source.uniform(1.2, 2.4)) if decisions else 0

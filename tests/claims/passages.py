"""Annotated passages, and how a reading of them is judged."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from reportkit.claims import Claim, read_claims
from reportkit.form import Form, form_for

PASSAGES = Path(__file__).parents[1] / "data" / "claims" / "passages.jsonl"
READINGS = PASSAGES.with_name("readings.txt")
# Shorthands of the annotations: the columns under 法人或其他组织, both kinds of lawsuits.
ORGANISATIONS = ("company", "research_institute", "public_interest_group", "legal_service", "other")
LITIGATION = ("litigation_direct", "litigation_after_review")
FIGURES = ("count", "part", "denial")

Cells = frozenset[str]


@dataclass
class Score:
    """How many claims of each kind were read right, missed, or read where there are none."""

    right: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)


@cache
def passages() -> tuple[dict[str, Any], ...]:
    """The annotated passages."""
    return tuple(map(json.loads, PASSAGES.read_text(encoding="utf-8").splitlines()))


@cache
def claims_in(at: int) -> list[Claim]:
    """What is read in the passage at a place in the file."""
    passage = passages()[at]
    return read_claims(passage["text"], form_for(passage["year"]), passage["year"], [passage["agency"]])


def lines_of(at: int) -> list[str]:
    """The claims that are read in a passage, a line for each."""
    return [passages()[at]["id"], *(_line(claim) for claim in claims_in(at))]


def _line(claim: Claim) -> str:
    number = f"{'~' if claim.approximate else ''}{claim.value:f}{claim.unit}"
    whole = f" of {claim.whole} in list {claim.group}" if claim.kind == "part" else ""
    cells = f"{claim.about or _sums(claim.readings)}{f' of {_sums(claim.of)}' if claim.of else ''}"
    return f"  {claim.quote!r}: {claim.kind} {number}{whole}: {cells}"


def _sums(readings: Iterable[Sequence[str]]) -> str:
    """Readings, each as its first cell and how many more there are."""
    return " | ".join(f"{cell}{f' and {len(more)} more' if more else ''}" for cell, *more in readings) or "no cell"


def leaves(form: Form, address: str) -> Cells:
    """The cells that an official fills in of which an address, or a shorthand, is the sum."""
    table, _, rest = address.partition(".")
    row, _, column = rest.rpartition(".")
    if table == "challenges" and row == "litigation":
        return frozenset().union(*(leaves(form, f"challenges.{kind}.{column}") for kind in LITIGATION))
    if column == "organisations":
        return frozenset().union(*(leaves(form, f"{table}.{row}.{each}") for each in ORGANISATIONS))
    if address in form.totals:
        return frozenset().union(*(leaves(form, part) for part in form.totals[address]))
    if address in form.cells:
        return frozenset({address})
    keys = [leaf.key for leaf in form.table(table).row(row).leaves()]
    return frozenset().union(*(leaves(form, f"{table}.{key}.{column}") for key in keys))


def meanings(form: Form, readings: Iterable[Iterable[str]]) -> set[Cells]:
    """The cells of each reading."""
    return {frozenset[str]().union(*(leaves(form, address) for address in reading)) for reading in readings}


def judge(at: int, score: Score) -> None:
    """Read a passage, and count what was read right and what was not."""
    passage = passages()[at]
    form, text = form_for(passage["year"]), passage["text"]
    wanted = [(one, text.index(one["quote"]), meanings(form, one["readings"])) for one in passage["claims"]]
    left = list(range(len(wanted)))
    for said in claims_in(at):
        found = next(
            (
                number
                for number in left
                if agree(said, *wanted[number], meanings(form, wanted[number][0].get("also") or ()), form)
            ),
            None,
        )
        if found is not None:
            left.remove(found)
            score.right[wanted[found][0]["kind"]] += 1
        elif said.kind == "period" or (said.readings and not said.approximate):
            score.wrong[said.kind] += 1
            score.told.append(f"{passage['id']}: {said.quote} is no {said.kind} of {said.readings}")
    for number in left:
        claim = wanted[number][0]
        if claim["readings"] or claim["kind"] == "period":
            score.missed[claim["kind"]] += 1
            score.told.append(f"{passage['id']}: {claim['quote']} was not read")


def agree(said: Claim, wanted: dict[str, Any], start: int, cells: set[Cells], also: set[Cells], form: Form) -> bool:
    """Whether a claim that was read is one that was annotated."""
    same = said.kind == wanted["kind"] or {said.kind, wanted["kind"]} <= {*FIGURES}
    overlaps = said.start < start + len(wanted["quote"]) and said.end > start
    if not same or not overlaps or said.value != Decimal(wanted["value"].replace(",", "")):
        return False
    silent = not said.readings or said.approximate
    known = cells - {frozenset()}
    return said.kind == "period" or bool(meanings(form, said.readings) & (known | also)) or (not known and silent)

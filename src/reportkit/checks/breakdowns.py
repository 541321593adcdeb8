"""The rule on lists of parts, which add up to the whole that the text states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice, product

from reportkit.checks.claims import claims_of, exact, holds, totals
from reportkit.checks.finding import Finding
from reportkit.checks.rules import Rule, rule
from reportkit.claims import Claim
from reportkit.form.figures import magnitude
from reportkit.report import AnnualReport

__all__: list[str] = []

# Words before a list of all parts, and words that leave some out of it.
_LISTS, _IN_PART = re.compile(r"(?:[（(]|其中|包括|分)[:：，,]?[^（()）。；;，,]*$"), re.compile("等|不含|其他|另")
_BEFORE_LIST = 20
# Of a list with many wrong numbers, so many ways to put them right are tried.
_MOST_TRIED = 100


@rule(
    "TEXT-BREAKDOWN",
    severity="warning",
    meaning="正文中分列的各项之和与所列总数一致",
    meaning_en="parts that a text lists add up to the whole it states",
)
def breakdowns(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each list of parts that are more than the whole, or that are all there are and are less."""
    for parts in _lists(claims_of(report)):
        whole, total = parts[0].whole, sum((part.value for part in parts), Decimal(0))
        if whole is None or total == whole or _is_explained(parts, report):
            continue
        if total > whole or _are_all(parts, report) or _is_whole_list(parts, report):
            added = "＋".join(f"{part.value:f}" for part in parts)
            yield rule.finding(
                report,
                f"正文分列的各项相加为{total:f}（{added}），与所列总数{whole:f}不一致。",
                quote=_quote_of(parts, report),
                expected=exact(whole),
                actual=exact(total),
            )


def _lists(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """The lists of parts, each of at least two; one that is said again counts once, one with 约 in it does not."""
    lists: dict[int, dict[object, Claim]] = {}
    for claim in claims:
        if claim.kind == "part" and claim.group is not None:
            lists.setdefault(claim.group, {}).setdefault(claim.readings or claim.start, claim)
    for parts in map(list, map(dict.values, lists.values())):
        if len(parts) > 1 and not any(part.approximate for part in parts):
            yield parts


def _is_explained(parts: Sequence[Claim], report: AnnualReport) -> bool:
    """Whether the tables tell why a list does not add up.

    They do where they hold each of its numbers, and the list leaves something out or counts something twice; and where
    it adds up with their figures in place of those that are found wrong.
    """
    first = parts[0]
    whole = replace(first, kind="count", value=first.whole or Decimal(0), readings=first.of)
    told = {claim: holds(claim, report) for claim in (whole, *parts)}
    if all(told.values()):
        return True
    wrong = [claim for claim, held in told.items() if held is False]
    right = sum((claim.value for claim in parts if told[claim] is not False), Decimal(0))
    between = _carried(parts, report) if any(part.readings for part in parts) else {Decimal(0)}
    for sums in islice(product(*(totals(claim, report) for claim in wrong)), _MOST_TRIED):
        mended = dict(zip(wrong, sums, strict=True))
        left = (
            mended.get(whole, whole.value) - right - sum((mended[part] for part in parts if part in mended), Decimal(0))
        )
        if -left in between or (left > 0 and not _are_all(parts, report) and None not in told.values()):
            return True
    return False


def _are_all(parts: Sequence[Claim], report: AnnualReport) -> bool:
    """Whether a list names everything that the whole can be divided into, as the form's identities have it."""
    named = {address for part in parts for address in (part.readings[0] if part.readings else ())}
    sums = (equation.right for equation in report.form.equations if not equation.identity.spans_years)
    return any(named >= {addend.address for addend in side} for side in sums)


def _is_whole_list(parts: Sequence[Claim], report: AnnualReport) -> bool:
    """Whether parts that no cell holds, such as bodies or channels, are listed as all there are: in brackets."""
    if any(part.readings for part in parts):
        return False
    text = report.narrative[parts[0].section or ""]
    start, end = min(part.start for part in parts), max(part.end for part in parts)
    return bool(_LISTS.search(text[max(0, start - _BEFORE_LIST) : start])) and not _IN_PART.search(
        text[start : end + 1]
    )


def _carried(parts: Sequence[Claim], report: AnnualReport) -> set[Decimal]:
    """By how much parts of requests may differ from the whole: by what was carried over from last year, or to the next.

    收到12件，其中予以公开… may list the outcomes of all that was answered.
    """
    roles, totals = (
        report.form.roles,
        (address.rpartition(".")[2] for part in parts for one in part.of for address in one),
    )
    total, sums = next(totals, ""), [Decimal(0)]
    for row, sign in ((roles.carried_in, 1), (roles.carried_out, -1)):
        address = f"{roles.requests}.{row}.{total}"
        if address in report.form.cells:
            carried = sign * Decimal(magnitude(report[address]))
            sums += [each + carried for each in sums]
    return set(sums)


def _quote_of(parts: Sequence[Claim], report: AnnualReport) -> str:
    """The words from the first part to the last."""
    text = report.narrative[parts[0].section or ""]
    return text[min(part.start for part in parts) : max(part.end for part in parts)]

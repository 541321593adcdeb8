"""Which cell is probably wrong: how often the checks name it, where a figure of a demo's report is mistyped.

usage: diagnosis.py [REPORTS] [CITY]

In each report one mistake is made of the kinds that people make. It counts where it breaks an identity of the form;
right is a suggestion that names the cells and the figures that stood there before.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Mapping

from reportkit.checks import check
from reportkit.checks.diagnosis import explanations
from reportkit.form.figures import Figure, magnitude
from reportkit.report import AnnualReport
from reports import reports_of_city

_KINDS = ("typed wrongly", "left out", "0 in its place", "in the next column", "total not brought up to date")
# Of the reports, so many in ten state their totals, as published ones do.
_STATE_TOTALS = 8


def main() -> None:
    """Print what is measured."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    told: Counter[tuple[str, str]] = Counter()
    broken = entries = 0
    slowest = 0.0
    for report in reports_of_city(number, seed):
        source = random.Random(f"{seed} {report.agency.id} {report.year}")  # noqa: S311
        if source.randrange(10) < _STATE_TOTALS:
            report = report.replace({total: report.computed[total] for total in report.form.totals})
        kind = source.choice(_KINDS)
        changes = _mistake(kind, report, source)
        wrong = report.replace(changes)
        found = [each for group in explanations(wrong) for each in group]
        if not changes or not found:
            continue
        started = time.perf_counter()
        outcome = [finding for finding in check(wrong) if finding.also or finding.suggestion]
        slowest = max(slowest, time.perf_counter() - started)
        before = {
            cell: magnitude(report[cell]) for cell in changes if magnitude(report[cell]) != magnitude(wrong[cell])
        }
        best = {cell: magnitude(figure) for cell, figure in found[0].changes.items()}
        suggested = any(finding.suggestion for finding in outcome)
        told[kind, "none preferred" if not suggested else "right" if best == before else "wrong"] += 1
        broken += sum(len(finding.also) or 1 for finding in outcome)
        entries += len(outcome)
    print(f"{sum(told.values())} mistakes that break an identity; {broken} findings, told as {entries}")
    for kind in _KINDS:
        print(
            f"  {kind}:", ", ".join(f"{answer} {told[kind, answer]}" for answer in ("right", "none preferred", "wrong"))
        )
    print(f"the slowest report took {slowest * 1000:.0f} ms")


def _mistake(kind: str, report: AnnualReport, source: random.Random) -> Mapping[str, Figure]:
    """The changed figures; empty where the report has no room for such a mistake."""
    form = report.form
    summed = {cell for total, parts in form.totals.items() for cell in (total, *parts)}
    printed = [cell for cell in summed if report[cell] and (cell not in form.totals or cell in report.declared)]
    cells = [cell for cell in sorted(printed) if (cell in form.totals) == kind.startswith("total")]
    if not cells:
        return {}
    cell = source.choice(cells)
    now = int(magnitude(report[cell]))
    if kind == "left out":
        return {cell: None}
    if kind == "0 in its place":
        return {cell: 0}
    if kind.startswith("total"):
        return {cell: max(0, now + source.choice([-10, -2, -1, 1, 2, 10]))}
    if kind == "in the next column":
        row = [each for each in form.entries if each.rpartition(".")[0] == cell.rpartition(".")[0]]
        at = row.index(cell)
        empty = [each for each in (*row[max(at - 1, 0) : at], *row[at + 1 : at + 2]) if report[each] == 0]
        return {cell: 0, source.choice(empty): now} if empty else {}
    return {cell: source.choice([typed for typed in _typed_for(str(now), source) if typed != now] or [now + 1])}


def _typed_for(text: str, source: random.Random) -> list[int]:
    """What may be typed for a number: a digit doubled or mistyped; left out or swapped, where it has several."""
    at = source.randrange(len(text))
    typed = [text[:at] + text[at] + text[at:], text[:at] + str(source.randrange(10)) + text[at + 1 :]]
    if len(text) > 1:
        typed += [text[:at] + text[at + 1 :], text[1] + text[0] + text[2:]]
    return [int(each) for each in typed]


if __name__ == "__main__":
    main()

"""Reading the texts of reports: how long it takes, and how many planted faults are found.

usage: claims.py [REPORTS] [CITY]

Faults are planted by the words of the demo's sentences, without a look at what the reader makes of them, one of each
kind in each report that has such a sentence. A report without a fault that gets a finding is a false alarm.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import measured
from reportkit.checks import check, every_rule
from reportkit.checks.claims import claims_of
from reportkit.claims import read_claims
from reportkit.demo.faults import planters
from reportkit.form import editions
from reportkit.report import AnnualReport
from reports import reports_of_city

_TIMED = 240
_CHECKED = ("--agencies", "60", "--years", "2022-2025")


def main() -> None:
    """Print what is measured."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    reports = list(reports_of_city(number, seed))
    _print_times(reports[:_TIMED])
    _print_check()
    _print_found(reports, seed)


def _print_times(reports: list[AnnualReport]) -> None:
    characters = sum(len(text) for report in reports for text in report.narrative.values())
    for report in reports[:5]:
        check(report)
    started = time.perf_counter()
    for report in reports:
        for text in report.narrative.values():
            read_claims(text, report.form, report.year, (report.agency.name, report.agency.short))
    read = (time.perf_counter() - started) / len(reports)
    started = time.perf_counter()
    claims = 0
    for report in reports:
        check(report)
        claims += len(claims_of(report))
    judged = (time.perf_counter() - started) / len(reports)
    print(f"a report of {characters // len(reports)} characters, {claims / len(reports):.0f} claims:")
    print(f"  its texts read {read * 1000:.1f} ms, read and judged by all rules {judged * 1000:.1f} ms")


def _print_check() -> None:
    with TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        command = (sys.executable, "-m", "reportkit")
        measured([*command, "demo", city, *_CHECKED])
        run = measured([*command, "check", "--project", city])
    print(f"reportkit check of {_TIMED} reports: {run.seconds:.2f} s")


def _print_found(reports: list[AnnualReport], seed: int) -> None:
    kinds = {rule: one for rule, one in planters([*editions().values()]).items() if _is_of_texts(rule)}
    found: Counter[tuple[str, str]] = Counter()
    alarms = 0
    for report in reports:
        alarms += sum(_is_of_texts(finding.rule) for finding in check(report))
        source = random.Random(f"{seed} {report.agency.id} {report.year}")  # noqa: S311
        rules = {rule.id: rule for rule in every_rule(report.form)}
        for rule, planter in kinds.items():
            if planter.needs_last_year and report.last_year is None:
                continue
            change = planter.change(rules[rule], report, source)
            if change is not None:
                told = {finding.rule for finding in check(report.replace(change.figures, **change.fields))}
                found[rule, "found" if told == {rule} else "with others" if rule in told else "missed"] += 1
    print(f"{len(reports)} reports without a fault: {alarms} false alarms about their texts")
    print(f"{'planted':16}{'found':>8}{'with others':>13}{'missed':>8}")
    for rule in kinds:
        print(f"{rule:16}{found[rule, 'found']:8}{found[rule, 'with others']:13}{found[rule, 'missed']:8}")
    missed = sum(count for (_, how), count in found.items() if how == "missed")
    print(f"{1 - missed / sum(found.values()):.2%} of {sum(found.values())} faults found")


def _is_of_texts(rule: str) -> bool:
    return rule.startswith("TEXT-") or rule == "YEAR-STALE"


if __name__ == "__main__":
    main()

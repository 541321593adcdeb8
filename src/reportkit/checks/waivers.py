"""Waivers: a person's decision that a finding may stand, and the warning when it no longer applies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from reportkit.checks.finding import Finding, Waived
from reportkit.checks.rules import Rule
from reportkit.report import AnnualReport, Waiver

__all__ = ["WAIVER", "matches", "stale_waivers", "waived"]


def _judged_by_the_findings(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """Nothing: a waiver is judged by what the other rules find, in `stale_waivers`."""
    return iter(())


WAIVER = Rule(
    "WAIVER",
    severity="warning",
    meaning="每项豁免都有对应的问题，所指的规则存在",
    judge=_judged_by_the_findings,
    meaning_en="every waiver names a rule that there is, and matches something that it finds",
)


def waived(finding: Finding, waivers: Sequence[Waiver]) -> Finding:
    """Apply waivers to a finding.

    Parameters
    ----------
    finding
        What a rule found.
    waivers
        The report's waivers.

    Returns
    -------
    Finding
        The finding with the first waiver that is meant for it, or for one of those it stands for; unchanged where
        none is.
    """
    for waiver in waivers:
        if any(matches(waiver, one) for one in (finding, *finding.also)):
            return replace(finding, waived=Waived(waiver.reason, waiver.by))
    return finding


def matches(waiver: Waiver, finding: Finding) -> bool:
    """Whether the waiver is meant for this finding.

    Some cells of a relation are enough to name it. A list of cells must be named whole, so that a
    cell that joins the list later is not waived with it.

    Parameters
    ----------
    waiver
        What a person decided.
    finding
        What a rule found.

    Returns
    -------
    bool
        True if rule, cells and words fit. A waiver without cells or words fits a finding without them.
    """
    if waiver.rule != finding.rule:
        return False
    if not waiver.cells and not waiver.quote:
        return not finding.cells and finding.quote is None
    named, found = set(waiver.cells), set(finding.cells)
    cells = not named or (named == found if finding.listing else named <= found)
    quote = not waiver.quote or (finding.quote is not None and waiver.quote in finding.quote)
    return cells and quote


def stale_waivers(
    report: AnnualReport, findings: Sequence[Finding], rules: Sequence[str], unjudged: Collection[str]
) -> Iterator[Finding]:
    """A warning for each waiver that matches no finding.

    Parameters
    ----------
    report
        The report with its waivers.
    findings
        What the rules found.
    rules
        The ids of all rules.
    unjudged
        The rules that could not be judged: their waivers may still be needed.

    Yields
    ------
    Finding
        One for each waiver that names no rule, or matches nothing that its rule found.
    """
    for waiver in report.waivers:
        if waiver.rule in unjudged or any(matches(waiver, finding) for finding in findings):
            continue
        yield WAIVER.finding(
            report,
            _no_longer_found(report, waiver) if waiver.rule in rules else _no_such_rule(waiver, rules),
            cells=waiver.cells,
            quote=waiver.quote,
            listing=True,
        )


def _no_longer_found(report: AnnualReport, waiver: Waiver) -> str:
    cells = report.form.cells
    labels = [cells[address].label if address in cells else address for address in waiver.cells]
    meant = "；".join([*labels, *([f"“{waiver.quote}”"] if waiver.quote else [])])
    return f"豁免“{waiver.rule}”{f'（{meant}）' if meant else ''}没有对应的问题：问题已不存在，豁免应当删去。"


def _no_such_rule(waiver: Waiver, rules: Sequence[str]) -> str:
    nearest = get_close_matches(waiver.rule.upper(), rules, n=1)
    return f"豁免所指的规则“{waiver.rule}”不存在{f'，是否为“{nearest[0]}”' if nearest else ''}。"

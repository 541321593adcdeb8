"""The findings of a report as a panel for its reviewer, with marks on the cells they speak of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from typing import overload

import yaml

from reportkit import checks
from reportkit.checks import SEVERITIES, WAIVED, Declaration, Finding, Look, NotAssessable, Outcome, Rule
from reportkit.display.evidence import claims_shown, sources_shown
from reportkit.display.parts import ReviewPart, report_mark
from reportkit.report import AnnualReport
from reportkit.text import MOST_OF_A_KIND

__all__ = ["Panel", "check", "panel"]

# Beyond so many cells of a finding, the panel says how many there are.
_MOST_LINKS = 6


@dataclass(frozen=True, repr=False)
class Panel(ReviewPart, Sequence[Finding]):
    """What the checks say of a report, to be read; also the sequence of its findings.

    Parameters
    ----------
    html, text
        As for every part of the page.
    findings
        The findings shown, gravest first.
    """

    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, at: int | slice) -> Finding | tuple[Finding, ...]:
        return self.findings[at]


def check(report: AnnualReport, rules: Iterable[Rule | Declaration] = ()) -> Panel:
    """Check a report, and show the findings with links to the cells they are about.

    Parameters
    ----------
    report
        The report as it is, or as changed by `AnnualReport.replace`.
    rules
        Further rules, declared with ``@rk.rule``.

    Returns
    -------
    Panel
        A sequence of findings that a notebook shows as a panel.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "示例局"), 2023, {"applications.received.company": 1})
    >>> [finding.rule for finding in check(report)][0]
    'T3-BALANCE'
    """
    return panel(checks.check(report, rules), report)


def panel(outcome: Outcome, report: AnnualReport) -> Panel:
    """Show what the checks found: what is wrong, where and why; what was waived, and by whom.

    The cells that the findings speak of are marked in the tables of the same report, by style rules that
    come with the panel: without the panel there are no marks.

    Parameters
    ----------
    outcome
        What all checks say of the report.
    report
        The report, for its form's labels.

    Returns
    -------
    Panel
        The panel, which is also the sequence of its findings.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> panel(Outcome((), passed=("T3-BALANCE",)), new_report(Agency("a", "示例局"), 2023))
    校验结果：未发现问题。已判断1条规则，0条规则无法判断。
    """
    summary, mark = _summary(outcome), report_mark(report)
    ids = ((number, f"{mark}-{number}") for number in count(1))
    groups = [
        *(_group(look, outcome.standing(severity), report, ids) for severity, look in SEVERITIES.items()),
        _group(WAIVED, [finding for finding in outcome if finding.waived], report, ids),
        _not_assessable(outcome.not_assessable),
        claims_shown(report),
        sources_shown(report),
    ]
    return Panel(
        f"{_marks(outcome, report)}"
        f'<section class="rk-part rk-findings" data-rk-report="{mark}" aria-label="校验结果">\n'
        f'<p class="rk-summary"><strong>{escape(summary)}</strong></p>\n{"".join(groups)}</section>',
        "\n".join([summary, *_in_words(outcome)]),
        outcome.findings,
    )


def _summary(outcome: Outcome) -> str:
    unclear = len(outcome.not_assessable)
    if not outcome.findings:
        return f"校验结果：未发现问题。已判断{len(outcome.passed)}条规则，{unclear}条规则无法判断。"
    counts = [(len(outcome.standing(severity)), look) for severity, look in SEVERITIES.items()]
    counts.append((sum(finding.waived is not None for finding in outcome), WAIVED))
    told = "、".join(f"{number}项{look.word}" for number, look in counts if number)
    return f"校验结果：{told}；{unclear}条规则无法判断。"


def _group(look: Look, findings: Sequence[Finding], report: AnnualReport, ids: Iterator[tuple[int, str]]) -> str:
    if not findings:
        return ""
    entries = "".join(_entries(look, findings, report, ids))
    return f"<h3>{look.sign} {look.word}（{len(findings)}项）</h3>\n<ul>\n{entries}</ul>\n"


def _entries(
    look: Look, findings: Sequence[Finding], report: AnnualReport, ids: Iterator[tuple[int, str]]
) -> Iterator[str]:
    for alike in _by_rule(findings):
        yield from (_entry(look, finding, report, *next(ids)) for finding in alike[:MOST_OF_A_KIND])
        if more := _more(alike):
            yield f"<li>{escape(more)}</li>\n"


def _by_rule(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings of one rule and gravity together, in the order in which they come."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.look.name, finding.rule), []).append(finding)
    return [*alike.values()]


def _more(alike: Sequence[Finding]) -> str:
    """How many findings are not shown; empty if all are."""
    left = len(alike) - MOST_OF_A_KIND
    return f"……另有{left}项：{alike[0].rule}" if left > 0 else ""


def _in_words(findings: Iterable[Finding]) -> Iterator[str]:
    """A line for each finding, of very many of a rule for the first."""
    for alike in _by_rule(findings):
        yield from (
            f"{finding.look.word} {finding.rule}：{finding.advice}{finding.message}"
            for finding in alike[:MOST_OF_A_KIND]
        )
        yield from filter(None, [_more(alike)])


def _entry(look: Look, finding: Finding, report: AnnualReport, number: int, id: str) -> str:
    """A finding with what a page for reviewers needs to lead to its cells and words, and back."""
    word = look.word if finding.waived is None else f"{SEVERITIES[finding.severity].word}（{look.word}）"
    lines = [
        f"<p><b>{number} {look.sign} {word}</b> <code>{escape(finding.rule)}</code> {escape(finding.message)}</p>",
        f"<p><b>{escape(finding.advice)}</b></p>" if finding.suggestion else _compared(finding),
        f"<blockquote>{escape(finding.quote)}</blockquote>" if finding.quote else "",
        f"<p>涉及：{_places(finding.cells, report)}</p>" if finding.cells else "",
        f"<p>依据：{escape(finding.basis)}</p>" if finding.basis else "",
        _waiver(finding),
    ]
    cells = " ".join(address for address in finding.cells if address in report.form.cells)
    known = f' id="{id}" data-rk-number="{number}" data-rk-cells="{escape(cells)}"'
    return f'<li class="rk-finding rk-{look.name}"{known}>' + "\n".join(filter(None, lines)) + "</li>\n"


def _compared(finding: Finding) -> str:
    pairs = (("应为", finding.expected), ("现为", finding.actual))
    stated = "；".join(f"{word}：{escape(str(value))}" for word, value in pairs if value is not None)
    return f"<p>{stated}</p>" if stated else ""


def _places(addresses: Sequence[str], report: AnnualReport) -> str:
    """The cells by the form's labels, linked to where they stand on the page."""
    shown = "、".join(_place(address, report) for address in addresses[:_MOST_LINKS])
    return f"{shown}等{len(addresses)}格" if len(addresses) > _MOST_LINKS else shown


def _place(address: str, report: AnnualReport) -> str:
    if address not in report.form.cells:
        return escape(address)
    return f'<a href="#{escape(address)}">{escape(report.form.cells[address].label, quote=False)}</a>'


def _waiver(finding: Finding) -> str:
    """Why it may stand; or what to write in the parameter file so that it may."""
    if finding.waived:
        return f"<p>豁免理由：{escape(finding.waived.reason)}（{escape(finding.waived.by)}）</p>"
    lines = [f"- rule: {finding.rule}"]
    if finding.quote:
        quoted = yaml.safe_dump(finding.quote, default_style='"', allow_unicode=True, width=math.inf)
        lines.append(f"  quote: {quoted.strip()}")
    if finding.cells:
        lines.append(f"  cells: [{', '.join(finding.cells)}]")
    lines += ["  reason:  # 为何可以如此", "  by:  # 何人决定"]
    return (
        "<details><summary>如属实可豁免：写入参数文件的 waivers 之下</summary>"
        f"<pre>{escape(chr(10).join(lines), quote=False)}</pre></details>"
    )


def _not_assessable(rules: Sequence[NotAssessable]) -> str:
    if not rules:
        return ""
    entries = "".join(f"<li><code>{escape(one.rule)}</code> {escape(one.reason)}</li>\n" for one in rules)
    return f"<h3>？ 无法判断（{len(rules)}条规则）</h3>\n<ul>\n{entries}</ul>\n"


def _marks(outcome: Outcome, report: AnnualReport) -> str:
    """Style rules that mark the findings' cells, each as its gravest finding asks."""
    marked: dict[str, Look] = {}
    for look in (*SEVERITIES.values(), WAIVED):
        for address in _cells(finding for finding in outcome if finding.look == look):
            # An address is written into a style rule only where it is the form's own.
            if address in report.form.cells:
                marked.setdefault(address, look)
    table = f'[data-rk-report="{report_mark(report)}"]'
    rules = [
        f'{table} :is({",".join(selectors)}){{--rk-line:{look.line};--rk-tint:{look.tint};--rk-sign:"{look.sign}"}}'
        for look in (*SEVERITIES.values(), WAIVED)
        if (selectors := [f'td[id="{address}"]' for address, its in marked.items() if its == look])
    ]
    return f"<style>\n{chr(10).join(rules)}\n</style>\n" if rules else ""


def _cells(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        yield from finding.cells

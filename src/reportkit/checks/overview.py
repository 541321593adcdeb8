"""What the checks say of many reports: each with its findings or why it could not be read, the gravest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from reportkit.checks.finding import SEVERITIES, Finding, Outcome
from reportkit.form import form_for
from reportkit.form.addresses import name_of

__all__ = ["STATES", "Checked", "State", "counted", "gravest_first", "names_of_cells", "selected"]

State = Literal["error", "warning", "info", "clean", "unreadable"]
STATES: tuple[State, ...] = ("error", "warning", "info", "clean", "unreadable")
"""What the gravest finding of a report that nobody has waived is, or that it has none or could not be read."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks say of one report.

    Parameters
    ----------
    agency, agency_name, year
        Whose report it is, and for which year, as far as that is known.
    file
        The file it was read from, as its reader knows it.
    error
        Why it could not be read; None where it was.
    outcome
        What the checks found; None where there is an error.
    inferred
        What findings may rest on: rows whose figures the source leaves in doubt, and the form's identities placed,
        each with ``what``, ``said``, ``where`` and ``cells``.

    Examples
    --------
    >>> Checked("a", "某局", 2023, "params/2023/a.yaml", outcome=Outcome(())).state
    'clean'
    """

    agency: str | None
    agency_name: str | None
    year: int | None
    file: str
    error: str | None = None
    outcome: Outcome | None = None
    inferred: tuple[Mapping[str, Any], ...] = ()

    @property
    def state(self) -> State:
        """The gravest severity that stands, or ``clean`` or ``unreadable``."""
        if self.outcome is None:
            return "unreadable"
        counts = self.counts
        return next((state for state in STATES if counts.get(state)), "clean")

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings of each severity nobody has waived."""
        return Counter(finding.severity for finding in self.findings if finding.waived is None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, gravest first; none of a report that could not be read."""
        return self.outcome.findings if self.outcome is not None else ()

    def as_json(self) -> dict[str, Any]:
        """The report's part in what ``check --format json`` prints."""
        unjudged = self.outcome.not_assessable if self.outcome is not None else ()
        return {
            "agency": self.agency,
            "agency_name": self.agency_name,
            "year": self.year,
            "error": None if self.error is None else str(self.error),
            "findings": [finding.as_json() for finding in self.findings],
            "not_assessable": [{"rule": item.rule, "reason": item.reason} for item in unjudged],
            "passed": list(self.outcome.passed) if self.outcome is not None else [],
            **({"inferred": list(self.inferred)} if self.inferred else {}),
        }


def names_of_cells(finding: Finding, most: int) -> str:
    """Return the names of the cells that a finding speaks of; of many the first, and how many there are.

    Parameters
    ----------
    finding
        What a rule found.
    most
        How many cells are named.

    Returns
    -------
    str
        In Chinese; empty if it speaks of none.

    Examples
    --------
    >>> cells = ("applications.granted.company", "applications.granted.other")
    >>> names_of_cells(Finding("T3-ROWSUM", "error", "a", 2023, "不符。", cells), 1)
    '表三.予以公开.商业企业等2格'
    """
    form = form_for(finding.year)
    names = "、".join(name_of(address, form) for address in finding.cells[:most])
    return f"{names}等{len(finding.cells)}格" if len(finding.cells) > most else names


def gravest_first(checked: Iterable[Checked]) -> list[Checked]:
    """Return the reports in the order in which a person should look at them; those that could not be read come last.

    Parameters
    ----------
    checked
        What the checks say of each.

    Returns
    -------
    list of Checked
        Those with the most errors first, then those with the most warnings.

    Examples
    --------
    >>> clean = Checked("a", "某局", 2023, "params/2023/a.yaml", outcome=Outcome(()))
    >>> broken = Checked("b", "某办", 2023, "params/2023/b.yaml", error="no such file")
    >>> [report.agency for report in gravest_first([broken, clean])]
    ['a', 'b']
    """

    def gravity(report: Checked) -> tuple[Any, ...]:
        counts = report.counts
        many = tuple(-counts.get(severity, 0) for severity in SEVERITIES)
        return report.state == "unreadable", many, report.year or 0, report.agency or "", report.file

    return sorted(checked, key=gravity)


def selected(checked: Checked, *, rules: Collection[str] = (), least: str | None = None) -> Checked:
    """Return the report with only those findings and rules that are asked for.

    Parameters
    ----------
    checked
        What the checks say of the report.
    rules
        Ids of rules; all if empty.
    least
        The least grave severity that is asked for; all if None.

    Returns
    -------
    Checked
        The report, with fewer findings; unchanged if it could not be read.

    Examples
    --------
    >>> report = Checked("a", "某局", 2023, "params/2023/a.yaml", outcome=Outcome((), passed=("T4-SUM",)))
    >>> selected(report, rules=["T3-ROWSUM"]).outcome.passed
    ()
    """
    outcome = checked.outcome
    if outcome is None:
        return checked
    severities = [*SEVERITIES]
    wanted = severities[: severities.index(least) + 1] if least else severities

    def asked(rule: str) -> bool:
        return not rules or rule in rules

    kept = Outcome(
        tuple(finding for finding in outcome if any(map(asked, finding.rules)) and finding.severity in wanted),
        tuple(item for item in outcome.not_assessable if asked(item.rule)),
        tuple(rule for rule in outcome.passed if asked(rule)),
    )
    return replace(checked, outcome=kept)


def counted(checked: Sequence[Checked]) -> Mapping[State, int]:
    """Return how many reports are in each state.

    Parameters
    ----------
    checked
        What the checks say of each.

    Returns
    -------
    mapping of str to int
        The states that there are, as `STATES` names them.

    Examples
    --------
    >>> counted([Checked("a", "某局", 2023, "a.yaml", outcome=Outcome(()))])["clean"]
    1
    """
    return Counter(report.state for report in checked)

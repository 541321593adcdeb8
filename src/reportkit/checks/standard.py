"""What a project says of the rules, held against those that there are: which are off, which are graver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from reportkit.checks.catalogue import every_rule
from reportkit.checks.finding import SEVERITIES, Finding
from reportkit.checks.own import own_rules
from reportkit.checks.rules import Rule
from reportkit.form import Form, editions
from reportkit.report import Standard
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message
from reportkit.text import MOST_OF_A_KIND

__all__ = ["OFF", "JudgedRule", "StandardError", "as_grave", "judged_rules", "require_known"]

OFF = "off"
"""What a project calls the severity of a rule that it does not ask."""

_GRAVITY = {severity: number for number, severity in enumerate(SEVERITIES)}


class StandardError(InputError, ValueError):
    """A project's wishes for rules that there are not, or that cannot be met; the message names each place."""


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """A rule as a project wants it judged.

    Parameters
    ----------
    rule
        The rule as it is declared.
    severity
        How grave a breach is in the project: the rule's own severity, a graver one, or `OFF`.
    own
        Whether the project itself declares it.
    """

    rule: Rule
    severity: str
    own: bool

    def as_json(self) -> dict[str, Any]:
        """The rule as programs read it, with how the project wants it judged."""
        return {**self.rule.as_json(), "judged": self.severity, "own": self.own}


def judged_rules(standard: Standard, form: Form) -> tuple[JudgedRule, ...]:
    """The rules by which a project's reports on `form` are judged, those among them that are off.

    Parameters
    ----------
    standard
        How the project wants its reports judged.
    form
        An edition of the form.

    Returns
    -------
    tuple of JudgedRule
        The catalogue's rules, then the project's own.

    Raises
    ------
    InputError
        If the project wants what cannot be, or its own rules cannot be read.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> judged = judged_rules(Standard(severities={"CELL-BLANK": "error"}), form_for(2023))
    >>> [(each.rule.severity, each.severity) for each in judged if each.rule.id == "CELL-BLANK"]
    [('warning', 'error')]
    """
    require_known(standard)
    own = own_rules(standard.own_rules, form)
    return tuple(
        JudgedRule(rule, standard.severities.get(rule.id, rule.severity), rule in own)
        for rule in (*every_rule(form), *own)
    )


def as_grave(finding: Finding, severities: Mapping[str, str]) -> Finding:
    """The finding as grave as a project says that its rule is, where that is graver.

    Parameters
    ----------
    finding
        What a rule found.
    severities
        How grave a breach of each rule is, by its id.

    Returns
    -------
    Finding
        The finding; unchanged where its rule is not named, or the finding is as grave already.

    Examples
    --------
    >>> as_grave(Finding("CELL-BLANK", "warning", "a", 2023, "空白。"), {"CELL-BLANK": "error"}).severity
    'error'
    """
    wanted = severities.get(finding.rule, finding.severity)
    graver = wanted in _GRAVITY and _GRAVITY[wanted] < _GRAVITY[finding.severity]
    return replace(finding, severity=wanted) if graver else finding


def require_known(standard: Standard) -> None:
    """Check that there are all the rules that a project names, and that it makes none of them lighter.

    Parameters
    ----------
    standard
        How the project wants its reports judged.

    Raises
    ------
    StandardError
        If a rule is named that neither the catalogue nor the project has, or a lighter severity than the rule's.
    InputError
        If the project's own rules cannot be read.

    Examples
    --------
    >>> require_known(Standard(severities={"T4-SUMS": "off"}))
    Traceback (most recent call last):
    reportkit.checks.standard.StandardError: rules.T4-SUMS: no such rule; did you mean T4-SUM?
    """
    own = [rule for form in editions().values() for rule in own_rules(standard.own_rules, form)]
    if not standard.severities:
        return
    rules = {rule.id: rule for rule in (*(rule for form in editions().values() for rule in every_rule(form)), *own)}
    if problems := list(_problems(standard, rules)):
        told = problems[:MOST_OF_A_KIND]
        if left := len(problems) - len(told):
            told.append(Message("… and {count} more problems; correct these first", count=left))
        raise StandardError(Joined("\n", told))


def _problems(standard: Standard, rules: Mapping[str, Rule]) -> Iterator[Message]:
    for id, severity in standard.severities.items():
        place = [str(standard.places[id])] if id in standard.places else []
        if message := _problem(id, severity, rules):
            yield Joined(": ", [*place, f"rules.{id}", message])


def _problem(id: str, severity: str, rules: Mapping[str, Rule]) -> Message | None:
    """What is wrong with that severity for that rule; None if nothing is."""
    if id not in rules:
        near = get_close_matches(id.upper(), [*rules], n=1, cutoff=0.5)
        hint = Message("did you mean {near}?", near=near[0]) if near else Message("`reportkit rules` lists them")
        return Message("no such rule; {hint}", hint=hint)
    own = rules[id].severity
    if severity == OFF or _GRAVITY[severity] <= _GRAVITY[own]:
        return None
    return Message(
        "{severity} is lighter than the rule's own {own}: a project may make a rule graver, or turn it off",
        severity=severity,
        own=own,
    )

"""What a rule is, and how a function is declared to be one: its id, its meaning, how grave it is, its basis in law."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reportkit.checks.finding import Finding
from reportkit.form import Form
from reportkit.report import AnnualReport

__all__ = ["Declaration", "Judge", "NotAssessableError", "Rule", "derived", "rule"]


class NotAssessableError(Exception):
    """Raised by a rule, before its first finding, that cannot judge the report; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, for reports on one edition of the form.

    Parameters
    ----------
    id
        Its name in the catalogue: T3-BALANCE.
    severity
        How grave a breach is, unless a finding says otherwise.
    meaning
        What must hold, in Chinese and in the form's words.
    judge
        Called with the rule and a report; yields the findings, or raises `NotAssessableError`.
    meaning_en
        The same in English; empty where nobody has written it.
    basis
        The article of the law or the form that asks for it; empty where none does.
    """

    id: str
    severity: str
    meaning: str
    judge: Judge
    meaning_en: str = ""
    basis: str = ""

    def finding(self, report: AnnualReport, message: str, **fields: Any) -> Finding:
        """A finding of this rule in `report`.

        Parameters
        ----------
        report
            The report judged.
        message
            What is wrong and where, in Chinese.
        **fields
            Other fields of `Finding`; severity and basis are the rule's own unless given.

        Returns
        -------
        Finding
            The finding, which names the rule and the report.
        """
        fields = {"severity": self.severity, "basis": self.basis, **fields}
        return Finding(rule=self.id, agency=report.agency.id, year=report.year, message=message, **fields)

    def as_json(self) -> dict[str, str]:
        """The rule as programs read it, its keys in the documented order."""
        return {
            "rule": self.id,
            "severity": self.severity,
            "meaning": self.meaning,
            "meaning_en": self.meaning_en,
            "basis": self.basis,
        }


Judge = Callable[[Rule, AnnualReport], Iterator[Finding]]
"""Judges a report by a rule: yields the findings, or raises `NotAssessableError`."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a family of rules declares, before it is known on which edition of the form a report is.

    Parameters
    ----------
    rules
        For an edition of the form, its rules.
    """

    rules: Callable[[Form], Iterable[Rule]]


def rule(
    id: str, *, severity: str, meaning: str, meaning_en: str = "", basis: str = ""
) -> Callable[[Judge], Declaration]:
    """Declare the function below to be a rule, the same one on every edition of the form.

    Parameters
    ----------
    id
        Its name in the catalogue: CELL-BLANK.
    severity
        How grave a breach is: ``error``, ``warning`` or ``info``.
    meaning
        What must hold, in Chinese and in the form's words.
    meaning_en
        The same in English.
    basis
        What asks for it. ``{document}``, ``{law}`` and ``{deadline}`` stand for what the edition of the form names:
        the document that prescribes it, the law, and the article that sets the day of publishing.

    Returns
    -------
    callable
        Makes a function that judges a report, a `Judge`, into a declaration.

    Examples
    --------
    >>> @rule("OUR-SHORT", severity="info", meaning="机关有简称", basis="{law}")
    ... def short_name(rule, report):
    ...     if not report.agency.short:
    ...         yield rule.finding(report, "没有填写机关简称。")
    >>> from reportkit.form import form_for
    >>> (short,) = short_name.rules(form_for(2023))
    >>> short.id, short.basis
    ('OUR-SHORT', '《中华人民共和国政府信息公开条例》')
    """

    def declared(judge: Judge) -> Declaration:
        def rules(form: Form) -> tuple[Rule, ...]:
            named = basis.format(document=form.document, law=form.law, deadline=form.deadline.basis)
            return (Rule(id, severity, meaning, judge, meaning_en, named),)

        return Declaration(rules)

    return declared


def derived(rules: Callable[[Form], Iterable[Rule]]) -> Declaration:
    """Declare the function below to derive rules from what an edition of the form declares.

    Parameters
    ----------
    rules
        For an edition of the form, its rules.

    Returns
    -------
    Declaration
        The declaration.
    """
    return Declaration(rules)

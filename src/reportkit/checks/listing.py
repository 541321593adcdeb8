"""The rules as documentation lists them: a table for the READMEs, in English or in Chinese."""

from __future__ import annotations

from collections.abc import Iterable

from reportkit.checks.finding import SEVERITIES
from reportkit.checks.rules import Rule

__all__ = ["heads_in", "markdown_table", "meaning_in", "severity_in"]

# The heads of the table's columns in each language.
_HEADS = {"zh": ("规则", "级别", "要求"), "en": ("rule", "severity", "what must hold")}


def markdown_table(rules: Iterable[Rule], language: str) -> str:
    """The rules as a table in Markdown.

    Parameters
    ----------
    rules
        The rules, in the table's order.
    language
        ``zh`` or ``en``.

    Returns
    -------
    str
        The table, a row for each rule; it ends in a newline.

    Examples
    --------
    >>> from reportkit.checks import every_rule
    >>> from reportkit.form import form_for
    >>> print(markdown_table(every_rule(form_for(2023))[-1:], "en"), end="")
    | rule | severity | what must hold |
    | --- | --- | --- |
    | `WAIVER` | warning | every waiver names a rule that there is, and matches something that it finds |
    """
    rows = [
        heads_in(language),
        ("---", "---", "---"),
        *((f"`{rule.id}`", severity_in(rule, language), meaning_in(rule, language)) for rule in rules),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def heads_in(language: str) -> tuple[str, str, str]:
    """The heads of the table's columns: rule, severity, meaning.

    Parameters
    ----------
    language
        ``zh`` or ``en``.

    Returns
    -------
    tuple of str
        Three words, in the order of the columns.
    """
    return _HEADS[language]


def meaning_in(rule: Rule, language: str) -> str:
    """What the rule means, in that language; in Chinese where its English is not written.

    Parameters
    ----------
    rule
        The rule.
    language
        ``zh`` or ``en``.

    Returns
    -------
    str
        One sentence without a full stop.
    """
    return rule.meaning_en if language == "en" and rule.meaning_en else rule.meaning


def severity_in(rule: Rule, language: str) -> str:
    """How grave a breach is, as a word of that language.

    Parameters
    ----------
    rule
        The rule.
    language
        ``zh`` or ``en``.

    Returns
    -------
    str
        错误, 警告 or 提示; in English error, warning or info.
    """
    return rule.severity if language == "en" else SEVERITIES[rule.severity].word

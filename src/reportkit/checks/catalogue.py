"""The catalogue of rules, in the order in which they are judged and reported.

A family of rules is a module with a function `rules(form)`; to add one, name it in `FAMILIES`.
"""

from __future__ import annotations

from itertools import chain

from reportkit.checks import arithmetic, contact, privacy, rollup, structure, topics, years
from reportkit.checks.rule import Rule
from reportkit.form import Form

__all__ = ["FAMILIES", "catalogue"]

FAMILIES = (
    arithmetic.rules,
    years.rules,
    structure.rules,
    topics.rules,
    contact.rules,
    rollup.rules,
    privacy.rules,
)


def catalogue(form: Form) -> tuple[Rule, ...]:
    """All rules for reports on `form`.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> [rule.id for rule in catalogue(form_for(2023))][:4]
    ['T3-BALANCE', 'T3-OUTCOMES', 'T3-ROWSUM', 'T4-SUM']
    """
    return tuple(chain.from_iterable(rules(form) for rules in FAMILIES))

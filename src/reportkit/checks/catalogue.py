"""The catalogue of rules, in the order in which they are judged and reported.

A family of rules is a module. Its rules are found by their declarations, `rule` and `derived`; to add a
family, name its module in `FAMILIES`.
"""

from __future__ import annotations

from types import ModuleType

from reportkit.checks import (
    arithmetic,
    breakdowns,
    contact,
    copied,
    narrative,
    privacy,
    rollup,
    structure,
    topics,
    years,
)
from reportkit.checks.rules import Declaration, Rule
from reportkit.checks.waivers import WAIVER
from reportkit.form import Form

__all__ = ["FAMILIES", "catalogue", "every_rule", "rules_of"]

FAMILIES: tuple[ModuleType, ...] = (
    arithmetic,
    years,
    narrative,
    breakdowns,
    copied,
    structure,
    topics,
    contact,
    rollup,
    privacy,
)


def catalogue(form: Form) -> tuple[Rule, ...]:
    """The rules by which a report on `form` is judged.

    Parameters
    ----------
    form
        An edition of the form.

    Returns
    -------
    tuple of Rule
        Family by family, and within a family in the order in which they are declared.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> [rule.id for rule in catalogue(form_for(2023))][:4]
    ['T3-BALANCE', 'T3-OUTCOMES', 'T3-ROWSUM', 'T4-SUM']
    """
    return tuple(rule for family in FAMILIES for rule in rules_of(family, form))


def every_rule(form: Form) -> tuple[Rule, ...]:
    """The rules of the catalogue and, last, the one on waivers, which is judged by what the others find.

    Parameters
    ----------
    form
        An edition of the form.

    Returns
    -------
    tuple of Rule
        Every rule that a finding about a report on `form` may name.
    """
    return (*catalogue(form), WAIVER)


def rules_of(family: ModuleType, form: Form) -> tuple[Rule, ...]:
    """The rules that a module declares.

    Parameters
    ----------
    family
        The module.
    form
        An edition of the form.

    Returns
    -------
    tuple of Rule
        The rules in the order in which the module declares them.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> [rule.id for rule in rules_of(contact, form_for(2023))]
    ['FORM-CONTACT', 'DATE-LATE']
    """
    declarations = [value for value in vars(family).values() if isinstance(value, Declaration)]
    return tuple(rule for declaration in declarations for rule in declaration.rules(form))

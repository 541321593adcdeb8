"""The help page: what the site's states and rules mean and what to do, for people who have no tool but a browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reportkit.checks import SEVERITIES, JudgedRule
from reportkit.form import Form
from reportkit.site.index import LEVELS
from reportkit.site.pages import rendered
from reportkit.site.states import STATES

__all__ = ["help_page"]


def help_page(rules: Iterable[JudgedRule], form: Form, pages: Mapping[str, str]) -> str:
    """The page that explains states, rules and what to do.

    Parameters
    ----------
    rules
        The rules by which reports are judged, those among them that are off.
    form
        The edition of the form that they are about.
    pages
        The addresses of the other pages: ``index`` and ``list``.

    Returns
    -------
    str
        The HTML document. Each rule has its id as an anchor.
    """
    return rendered(
        "help.html.j2",
        states=STATES.values(),
        severities=SEVERITIES,
        rules=list(rules),
        form=form,
        days={LEVELS.get(level, level): day for level, day in form.deadline.days.items()},
        pages=pages,
    )

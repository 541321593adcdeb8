"""An IPython session that knows reports: how they are shown, and what completes their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from reportkit.form import editions
from reportkit.project.folder import find_project
from reportkit.system.errors import InputError

__all__ = ["completions", "settle"]

# The charts of Altair, whichever version of Vega-Lite they are written in.
_CHARTS = ("altair.vegalite.v5.api", "altair.vegalite.v6.api")
# Set on a session that knows reports already.
_SETTLED = "_knows_reports"
_OPEN_REPORT = re.compile(r"""\bopen_report\(\s*(["'])([^"']*)$""")
_SECTION = re.compile(r"""\bsection\(\s*[\w.]+\s*,\s*(["'])([^"']*)$""")


def settle(shell: Any) -> None:
    """Make a session show reports as cards and Altair's charts as the report's, and complete the names of both.

    Parameters
    ----------
    shell
        The session, an ``InteractiveShell``.
    """
    if getattr(shell, _SETTLED, False):
        return
    setattr(shell, _SETTLED, True)
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type_by_name("reportkit.report", "AnnualReport", _card)
    for module in _CHARTS:
        formatter.for_type_by_name(module, "TopLevelMixin", _chart)
    shell.Completer.custom_matchers.append(_matcher())


def completions(code: str) -> tuple[str, list[str]] | None:
    """Return what may stand in the string that the cursor is in.

    Parameters
    ----------
    code
        The code up to the cursor.

    Returns
    -------
    tuple of str and list of str
        What is typed of it, and all that it may become; None if reports have nothing to say there.

    Examples
    --------
    >>> completions('rk.section(report, "over')
    ('over', ['overview'])
    """
    if match := _OPEN_REPORT.search(code):
        return match[2], _beginning(match[2], _agencies())
    if match := _SECTION.search(code):
        return match[2], _beginning(match[2], _sections())
    return None


def _beginning(typed: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(typed)]


def _agencies() -> list[str]:
    """The ids and names of the project's agencies; none if there is no project."""
    try:
        agencies = find_project().agencies
    except InputError:
        return []
    names = [name for agency in agencies.values() for name in (agency.name, agency.short) if name]
    return [*agencies, *dict.fromkeys(names)]


def _sections() -> list[str]:
    keys = (section.key for form in reversed(editions().values()) for section in form.sections)
    return list(dict.fromkeys(keys))


def _matcher() -> Any:
    from IPython.core.completer import SimpleCompletion, context_matcher

    @context_matcher(identifier="reportkit")  # type: ignore[untyped-decorator]
    def matcher(context: Any) -> Mapping[str, Any]:
        found = completions(context.text_until_cursor)
        if found is None:
            return {"completions": []}
        typed, names = found
        return {
            "completions": [SimpleCompletion(text=name, type="param") for name in names],
            "matched_fragment": typed,
            "suppress": bool(names),
        }

    return matcher


def _card(report: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from reportkit.display.card import card

    shown = card(report)
    return {"text/html": shown._repr_html_(), "text/plain": repr(shown)}, shown._repr_mimebundle_()[1]


def _chart(chart: Any) -> Any:
    from reportkit.display.drawing import shown_as_ours

    return shown_as_ours(chart)

"""An IPython session that knows reports: how they are shown, and what completes their names."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

from reportkit.form import editions
from reportkit.project.folder import find_project
from reportkit.report import AnnualReport
from reportkit.system.errors import InputError

__all__ = ["completions", "members", "settle"]

# The charts of Altair, whichever version of Vega-Lite they are written in.
_CHARTS = ("altair.vegalite.v5.api", "altair.vegalite.v6.api")
# Set on a session that knows reports already.
_SETTLED = "_knows_reports"
_OPEN_REPORT = re.compile(r"""\bopen_report\(\s*(["'])([^"']*)$""")
_SECTION = re.compile(r"""\bsection\(\s*([\w.]+)\s*,\s*(["'])([^"']*)$""")
# What an analyst imports as `rk`, and the modules that it offers.
_FACE = __name__.partition(".")[0]
_MODULES = {
    "charts": "reportkit.display.charts",
    "overview": "reportkit.display.overview",
    "tables": "reportkit.display.tables",
}
_MEMBER = re.compile(rf"(?<![\w.])(\w+)\.(?:({'|'.join(_MODULES)})\.)?(\w*)$")


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
    shell.Completer.custom_matchers.append(_matcher(shell.user_ns))


def completions(code: str, session: Mapping[str, object]) -> tuple[str, list[str]] | None:
    """Return what may stand in the string that the cursor is in.

    Parameters
    ----------
    code
        The code up to the cursor.
    session
        The session's variables, reports among them.

    Returns
    -------
    tuple of str and list of str
        What is typed of it, and all that it may become; None if reports have nothing to say there.

    Examples
    --------
    >>> completions('rk.section(report, "over', {})
    ('over', ['overview'])
    """
    if match := _OPEN_REPORT.search(code):
        return match[2], _beginning(match[2], _agencies())
    if match := _SECTION.search(code):
        return match[3], _beginning(match[3], _sections(session.get(match[1])))
    return None


def members(code: str, session: Mapping[str, object]) -> tuple[str, list[str]] | None:
    """Return what may stand after ``rk.``, or after one of the modules that it offers, such as ``rk.charts.``.

    Jedi would import all of it first, which takes longer than JupyterLab waits for an answer.

    Parameters
    ----------
    code
        The code up to the cursor.
    session
        The session's variables, by which it is known what `rk` is.

    Returns
    -------
    tuple of str and list of str
        What is typed of it, and all that it may become; None where the cursor is elsewhere.

    Examples
    --------
    >>> import reportkit
    >>> members("rk.charts.out", {"rk": reportkit})
    ('out', ['outcomes'])
    """
    match = _MEMBER.search(code)
    face = match and session.get(match[1])
    if not match or face is None or face is not sys.modules.get(_FACE):
        return None
    names = _declared(_MODULES[match[2]]) if match[2] else dir(face)
    return match[3], _beginning(match[3], names)


@cache
def _declared(module: str) -> list[str]:
    """The names that a module offers, which need not be imported for it."""
    spec = find_spec(module)
    source = spec.loader.get_source(module) if spec and spec.loader else ""  # type: ignore[attr-defined]
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            return sorted(ast.literal_eval(statement.value))
    return []


def _kind(name: str) -> str:
    """What a name of `rk` is, as editors show it."""
    if name in _MODULES:
        return "module"
    return "class" if name[:1].isupper() else "function"


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


def _sections(report: object) -> list[str]:
    """The sections of a report; those of every edition of the form where it is not known which report it is."""
    forms = [report.form] if isinstance(report, AnnualReport) else reversed(editions().values())
    return list(dict.fromkeys(section.key for form in forms for section in form.sections))


def _matcher(session: Mapping[str, object]) -> Any:
    from IPython.core.completer import SimpleCompletion, context_matcher

    @context_matcher(identifier="reportkit")  # type: ignore[untyped-decorator]
    def matcher(context: Any) -> Mapping[str, Any]:
        code = context.text_until_cursor
        found, kind = completions(code, session), "param"
        if found is None:
            found, kind = members(code, session), ""
        if found is None:
            return {"completions": []}
        typed, names = found
        return {
            "completions": [SimpleCompletion(text=name, type=kind or _kind(name)) for name in names],
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

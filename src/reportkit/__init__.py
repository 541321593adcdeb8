"""What a notebook needs of reportkit: open a report, show it, check it.

Everything is loaded when it is first used: the charts alone take half a second to import, which neither the
command line nor a notebook without charts should pay for.

Examples
--------
>>> import reportkit as rk
>>> report = rk.open_report("linyi-fao", 2023)  # doctest: +SKIP
>>> rk.tables.applications(report)  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

# The only list of what the package offers. Type checkers and editors follow these imports; at run time
# `_exports` reads them, and `__getattr__` does one of them when its name is used.
if TYPE_CHECKING:
    from reportkit.analyst.data import data as data
    from reportkit.analyst.data import sql as sql
    from reportkit.analyst.frames import findings as findings
    from reportkit.analyst.frames import frames as frames
    from reportkit.analyst.overview import open_overview as open_overview
    from reportkit.checks.own import found as found
    from reportkit.checks.own import rule as rule
    from reportkit.checks.rules import NotAssessableError as NotAssessableError
    from reportkit.display import charts as charts
    from reportkit.display import overview as overview
    from reportkit.display import tables as tables
    from reportkit.display.comparison import compare as compare
    from reportkit.display.findings import check as check
    from reportkit.display.narrative import preamble as preamble
    from reportkit.display.narrative import section as section
    from reportkit.form import form_for as form_for
    from reportkit.project.folder import find_project as find_project
    from reportkit.project.folder import open_report as open_report
    from reportkit.report import Agency as Agency
    from reportkit.report import AnnualReport as AnnualReport
    from reportkit.report import new_report as new_report

    __version__: str
else:  # where type checkers do not see it, or they would let every name pass
    from functools import cache

    @cache
    def _exports() -> dict[str, str]:
        """Where each public name is imported from, as the source of this module says above."""
        import ast

        statements = ast.parse(__spec__.loader.get_source(__name__)).body[-1].body
        imports = (node for node in statements if isinstance(node, ast.ImportFrom))
        return {alias.name: node.module for node in imports for alias in node.names}

    def _settle_in() -> None:
        """Have a notebook's session know reports, the first time that something is asked for in it."""
        import sys

        if shell := sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None:
            from reportkit.analyst.session import settle

            settle(shell)

    def __getattr__(name: str) -> object:
        if name == "__all__":
            return __dir__()
        if name == "__version__":
            from importlib.metadata import version

            return version(__name__)
        if name not in _exports():
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        _settle_in()
        module = __import__(_exports()[name], fromlist=[name])  # `from module import name`, be it a module itself
        return getattr(module, name)

    def __dir__() -> list[str]:
        return sorted(_exports())

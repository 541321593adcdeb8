"""Writing the pages over all reports: these are found by what their last run left beside their pages."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from reportkit.build.assets import INDEX
from reportkit.build.last_run import FAILURE, STAMP, read_failure, read_stamp
from reportkit.build.output import Output, OutputReader
from reportkit.checks import JudgedRule, judged_rules
from reportkit.form import Form, editions, form_for
from reportkit.project.folder import Project, ReportKey
from reportkit.report import Standard
from reportkit.site.help import help_page
from reportkit.site.index import index_page, list_page
from reportkit.site.matrix import ListedReport, Roster, matrix_of, roster_of
from reportkit.site.missing import missing_workbook
from reportkit.system.errors import InputError

__all__ = ["index_is_up_to_date", "rules_in_force", "write_index"]

# The other pages, by what pages call each other.
_PAGES = {"index": INDEX, "list": "list.html", "help": "help.html", "missing": "missing.xlsx"}
# How many reports are looked at together, which matters if each comes over a network.
_AT_ONCE = 500


def write_index(project: Project, output: Output, overviews: Collection[int] = ()) -> str:
    """Write ``index.html`` and the pages that it links: a plain list, the help, and who has not handed in.

    Parameters
    ----------
    project
        Where the agencies and the parameter files are.
    output
        The output whose reports they show.
    overviews
        The years that have an overview.

    Returns
    -------
    str
        Where the index is.
    """
    roster = roster_of(project)
    matrix = matrix_of(roster, _listed(output))
    form, rules = _form(matrix.years), rules_in_force(project, matrix.years)
    output.write(_PAGES["list"], list_page(matrix, _PAGES).encode())
    output.write(_PAGES["help"], help_page(rules, form, _PAGES).encode())
    output.write(_PAGES["missing"], missing_workbook(matrix))
    output.write(INDEX, _marked(index_page(matrix, rules, _PAGES, overviews), roster, overviews).encode())
    return output.address(INDEX)


def index_is_up_to_date(project: Project, output: OutputReader, overviews: Collection[int] = ()) -> bool:
    """Whether the index knows who has to report and who has handed in, as the project now says, and the overviews.

    Parameters
    ----------
    project
        Where the agencies and the parameter files are.
    output
        Where the index is; it need not be there.
    overviews
        The years that have an overview.

    Returns
    -------
    bool
        False also where there is no index. What became of the reports is not looked at.
    """
    there = output.read([INDEX]).get(INDEX, b"")
    return there.endswith(_mark(roster_of(project), overviews).encode())


def _marked(page: str, roster: Roster, overviews: Collection[int]) -> str:
    """The page with a comment at its end that says whom it knows of."""
    return page.rstrip().removesuffix("</html>") + _mark(roster, overviews)


def _mark(roster: Roster, overviews: Collection[int]) -> str:
    known = repr((roster.agencies, sorted(roster.handed_in), sorted(overviews)))
    return f"<!-- {hashlib.sha256(known.encode('utf-8', 'surrogateescape')).hexdigest()[:16]} -->\n</html>\n"


def _form(years: Collection[int]) -> Form:
    """The edition of the form for the newest year."""
    try:
        return form_for(max(years, default=0))
    except InputError:
        return [*editions().values()][-1]


def rules_in_force(project: Project, years: Collection[int]) -> tuple[JudgedRule, ...]:
    """The rules as a project wants them judged; if it wants what cannot be, as they are declared.

    Parameters
    ----------
    project
        The project.
    years
        The years whose reports are judged; the edition of the form is that of the newest.

    Returns
    -------
    tuple of JudgedRule
        Those that are off among them.
    """
    form = _form(years)
    try:
        return judged_rules(project.settings.standard, form)
    except InputError:
        return judged_rules(Standard(), form)


def _listed(output: OutputReader) -> Iterator[ListedReport]:
    folders = iter(output.folders())
    while some := list(islice(folders, _AT_ONCE)):
        told = output.read([f"{folder}/{STAMP}" for folder in some])
        sizes = output.sizes(some)
        told |= output.read([f"{folder}/{FAILURE}" for folder in some if FAILURE in sizes[folder]])
        for folder in some:
            stamp, failure = told.get(f"{folder}/{STAMP}"), told.get(f"{folder}/{FAILURE}")
            if report := _report_in(folder, sizes[folder], stamp, failure):
                yield report


def _report_in(folder: str, there: Collection[str], stamp: bytes | None, failure: bytes | None) -> ListedReport | None:
    """What the index says of the report in a folder; None if there is none."""
    year, _, agency = folder.partition("/")
    key = ReportKey(agency, int(year))
    why = None if failure is None else read_failure(failure)
    if (told := read_stamp(stamp)) is None:
        return None if why is None else ListedReport(key, agency, failure=why)
    return ListedReport(
        key,
        told["name"],
        {name for name in told["files"] if name in there},  # a published page may have been withdrawn
        told["counts"],
        _counted(told.get("rules")),
        _number(told.get("waived")),
        _number(told.get("unjudged")),
        why,
    )


def _counted(told: Any) -> dict[str, int]:
    """How often each rule is named, as far as a stamp says so."""
    return {str(rule): _number(count) for rule, count in told.items()} if isinstance(told, dict) else {}


def _number(told: Any) -> int:
    return told if isinstance(told, int) else 0

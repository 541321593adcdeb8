"""The index of an output: all agencies and years as one table that can be searched, filtered and sorted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from reportkit.checks import SEVERITIES, JudgedRule
from reportkit.publish import formats
from reportkit.report import Agency
from reportkit.site.matrix import ListedReport, Matrix
from reportkit.site.pages import as_data, rendered, shown
from reportkit.site.states import STATES

__all__ = ["LEVELS", "index_page", "list_page"]

# What people call the levels of agencies.
LEVELS = {"government": "政府", "department": "部门"}
# So many agencies are seen at a glance; finding their initials takes longer than looking for a name.
_FEW = 12


def index_page(
    matrix: Matrix, rules: Iterable[JudgedRule], pages: Mapping[str, str], overviews: Collection[int] = ()
) -> str:
    """The page that shows all agencies and years, by a small script of its own.

    Parameters
    ----------
    matrix
        The agencies and years, with what is known of each report.
    rules
        The rules by which reports are judged.
    pages
        The addresses of the other pages: ``list``, ``help`` and ``missing``.
    overviews
        The years that have an overview.

    Returns
    -------
    str
        The HTML document.
    """
    meanings = {judged.rule.id: judged.rule.meaning for judged in rules}
    found = {rule for reports in matrix.reports.values() for report in reports if report for rule in report.rules}
    named = [*(rule for rule in meanings if rule in found), *sorted(found - meanings.keys())]
    return rendered(
        "index.html.j2",
        "index.js",
        matrix=matrix,
        states=STATES,
        levels=_levels(matrix.agencies),
        rules={rule: meanings.get(rule, "") for rule in named},
        pages=pages,
        overviews=sorted(overviews, reverse=True),
        data=as_data(_data(matrix, named)),
    )


def list_page(matrix: Matrix, pages: Mapping[str, str]) -> str:
    """The same reports as a plain list of links, newest year first: for browsers without scripts.

    Parameters
    ----------
    matrix
        The agencies and years, with what is known of each report.
    pages
        The addresses of the other pages: ``index`` and ``help``.

    Returns
    -------
    str
        The HTML document. The first format that the public reads is linked by the agency's name, others by their own.
    """
    return rendered("list.html.j2", matrix=matrix, severities=SEVERITIES, pages=pages)


def _levels(agencies: Iterable[Agency]) -> dict[str, str]:
    there = {agency.level for agency in agencies}
    return {**{level: word for level, word in LEVELS.items() if level in there}, **{x: x for x in there - {*LEVELS}}}


def _data(matrix: Matrix, rules: Sequence[str]) -> dict[str, Any]:
    """What the script reads: names once, and what is known of a report once for all of which the same is known."""
    labelled = [written for written in formats.FORMATS if written.label]
    facts: dict[str, int] = {}
    listed: list[Any] = []
    states, places = [*STATES], {rule: place for place, rule in enumerate(rules)}

    def known(report: ListedReport | None) -> int:
        if report is None:
            return -1
        fact = [
            states.index(report.state.key),
            [report.counts.get(severity, 0) for severity in SEVERITIES],
            report.waived,
            report.unjudged,
            [places[rule] for rule in report.rules],
            [labelled.index(link) for link in report.links],
            *([] if report.failure is None else [shown(report.failure)]),
        ]
        key = repr(fact)
        if key not in facts:
            facts[key] = len(listed)
            listed.append(fact)
        return facts[key]

    rows = zip(*(matrix.reports[year] for year in matrix.years), strict=True)
    return {
        "years": matrix.years,
        "states": [[state.key, state.word, state.sign] for state in STATES.values()],
        "severities": [look.word for look in SEVERITIES.values()],
        "rules": rules,
        "formats": [[written.file, shown(written.label), written.name == "review"] for written in labelled],
        "levels": LEVELS,
        "agencies": _agencies(matrix),
        "reports": [[known(report) for report in row] for row in rows],
        "facts": listed,
    }


def _agencies(matrix: Matrix) -> list[list[Any]]:
    initials = _initials([agency.name for agency in matrix.agencies])
    return [
        [
            shown(agency.id),
            shown(agency.name),
            shown(agency.short),
            letters,
            matrix.places.get(agency.parent or "", -1),
            agency.level,
            shown(agency.contact),
            *_folder(agency),
        ]
        for agency, letters in zip(matrix.agencies, initials, strict=True)
    ]


def _folder(agency: Agency) -> list[str]:
    """The name of its folder in an address, where that is not its id as it is shown."""
    if shown(agency.id) == agency.id:
        return []
    from reportkit.project.folder import ReportKey

    return [ListedReport(ReportKey(agency.id, 0), "").url.partition("/")[2]]


def _initials(names: Sequence[str]) -> list[str]:
    """The first letters of each name's characters in pinyin, by which names are searched."""
    if len(names) <= _FEW:
        return [""] * len(names)
    return ["".join(map(_letters, name)) for name in names]


@cache
def _letters(character: str) -> str:
    """The letter that a character begins with; in brackets, where it is read in several ways, all of them.

    What a character is read as depends on where a word ends, which no dictionary knows of 示例市长安镇.
    """
    from pypinyin import Style, pinyin

    readings = pinyin(character, style=Style.FIRST_LETTER, heteronym=True)
    letters = sorted({letter.lower() for reading in readings for letter in reading if letter.isascii()})
    letters = [letter for letter in letters if letter.isalnum()]
    return f"({''.join(letters)})" if len(letters) > 1 else "".join(letters)

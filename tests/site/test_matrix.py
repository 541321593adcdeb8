"""All agencies and years: the order of the tree, and the state that each report is in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reportkit.project.folder import Project, ReportKey
from reportkit.report import Agency
from reportkit.site.matrix import ListedReport, Matrix, Roster, matrix_of, roster_of
from reportkit.site.states import STATES

KEY = ReportKey("a", 2023)
BUILT = {"report.html", "review.html"}


def states(matrix: Matrix, year: int) -> list[str | None]:
    """The states of all reports for a year; None where no report is expected."""
    return [report.state.key if report else None for report in matrix.reports[year]]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"files": BUILT}, "clean"),
        ({"files": BUILT, "counts": {"info": 1}}, "info"),
        ({"files": BUILT, "counts": {"info": 1}, "unjudged": 4}, "unjudged"),
        ({"files": BUILT, "waived": 1, "unjudged": 4}, "waived"),
        ({"files": BUILT, "counts": {"warning": 1}, "waived": 1}, "warning"),
        ({"files": BUILT, "counts": {"error": 1, "warning": 1}}, "error"),
        ({"files": {"review.html"}, "counts": {"error": 1}}, "withheld"),
        ({"files": {"figures.json"}}, "clean"),
        ({"files": BUILT, "counts": {"error": 1}, "failure": "出错"}, "failed"),
        ({"failure": "出错"}, "failed"),
        ({}, "waiting"),
        ({"files": BUILT, "handed_in": False}, "missing"),
    ],
)
def test_a_report_is_in_the_worst_state_that_applies(fields: dict[str, Any], state: str) -> None:
    assert ListedReport(KEY, "甲局", **fields).state is STATES[state]


def test_each_agency_is_followed_by_those_below_it_and_every_year_has_all() -> None:
    city, office, county, town = (
        Agency("city", "示例市人民政府", level="government"),
        Agency("office", "示例市办公室", parent="city"),
        Agency("county", "示例县人民政府", level="government", parent="city"),
        Agency("town", "示例镇人民政府", level="government", parent="county"),
    )
    roster = Roster([city, office, county, town], {ReportKey("town", 2022), ReportKey("city", 2023)})
    matrix = matrix_of(roster, [ListedReport(ReportKey("city", 2023), "示例市人民政府", BUILT)])
    assert list(matrix.years) == [2023, 2022]
    assert states(matrix, 2023) == ["clean", "missing", "missing", "missing"]
    assert states(matrix, 2022) == ["missing", "missing", "missing", "waiting"]
    assert [(depth, body.id) for depth, body in matrix.bodies] == [(0, "city"), (1, "county")]
    assert matrix.above(town) is county
    assert matrix.above(city) is None


def test_agencies_that_the_register_does_not_name_come_last_by_the_name_they_were_built_under() -> None:
    gone = ListedReport(ReportKey("gone", 2022), "示例市已撤局", BUILT)
    matrix = matrix_of(Roster([Agency("a", "甲局")], {KEY, ReportKey("typo", 2023)}), [gone])
    assert [agency.name for agency in matrix.agencies] == ["甲局", "示例市已撤局", "typo"]
    assert states(matrix, 2022) == ["missing", "clean", None]
    assert states(matrix, 2023) == ["waiting", None, "waiting"]


def test_pages_whose_parameter_file_is_gone_are_still_linked() -> None:
    matrix = matrix_of(Roster([Agency("a", "甲局")], ()), [ListedReport(KEY, "甲局", BUILT, {"error": 2})])
    (report,) = matrix.reports[2023]
    assert report
    assert (report.state.key, len(report.links)) == ("missing", 2)


def test_the_roster_follows_the_register_and_keeps_agencies_whose_entry_cannot_be_read(tmp_path: Path) -> None:
    params = tmp_path / "params"
    (params / "2023").mkdir(parents=True)
    (params / "2023" / "a.yaml").touch()
    (params / "agencies.yaml").write_text(
        "a: {name: 甲局, parent: city}\nodd: {nonsense: 1}\ncity: {name: 示例市}\nb: {name: 乙局, parent: odd}\n",
        encoding="utf-8",
    )
    roster = roster_of(Project(tmp_path))
    assert [(agency.id, agency.name) for agency in roster.agencies] == [
        ("city", "示例市"),
        ("a", "甲局"),
        ("odd", "odd"),
        ("b", "乙局"),
    ]
    assert roster.handed_in == {ReportKey("a", 2023)}


def test_without_a_register_there_is_only_who_has_handed_in(tmp_path: Path) -> None:
    (tmp_path / "params" / "2023").mkdir(parents=True)
    (tmp_path / "params" / "2023" / "a.yaml").touch()
    assert roster_of(Project(tmp_path)) == Roster((), frozenset({ReportKey("a", 2023)}))

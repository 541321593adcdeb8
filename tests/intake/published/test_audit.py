"""Published reports checked without a project: their errors, and several years of one agency compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.published import flattened
from reportkit.checks.overview import Checked
from reportkit.intake.published.audit import audit
from reportkit.intake.published.report import PublishedReport, read_report
from reportkit.report import Agency, new_report
from reportkit.system.bounded import Refusal

AGENCY = Agency("example", "示例市示例局")


def published(year: int, name: str = AGENCY.name, text: str = "", **figures: int) -> PublishedReport:
    filled = {f"applications.{row}.company": figure for row, figure in figures.items()}
    texts = {"preamble": text} if text else {}
    return read_report(flattened.as_grid(new_report(Agency("x", name), year, filled, narrative=texts)))


def rules(result: Checked) -> set[str]:
    assert result.outcome is not None
    return {finding.rule for finding in result.outcome}


def test_the_years_of_one_agency_are_compared_whatever_their_order() -> None:
    later = published(2023, carried_in=3, carried_out=3)
    earlier = published(2022, received=1, carried_out=1)
    results = list(audit([(Path("later"), later), (Path("earlier"), earlier)]))
    assert [(str(result.file), result.year) for result in results] == [("later", 2023), ("earlier", 2022)]
    assert "YEAR-CARRY" in rules(results[0])
    (alone,) = audit([(Path("later"), later)])
    assert "YEAR-CARRY" not in rules(alone)


def compared(*reports: PublishedReport) -> list[bool]:
    """Of which reports it was noticed that they do not go on where those for the year before ended."""
    found = list(audit((Path(str(at)), report) for at, report in enumerate(reports)))
    return ["YEAR-CARRY" in rules(result) for result in found]


def earlier(name: str, text: str = "") -> PublishedReport:
    return published(2022, name, text, received=1, carried_out=1)


def later(name: str, text: str = "") -> PublishedReport:
    return published(2023, name, text, carried_in=3, carried_out=3)


@pytest.mark.parametrize(
    "names", [("青禾市林业局", "林业局"), ("林业局", "青禾市林业局"), ("市林业局", "青禾市林业局")]
)
def test_a_body_is_one_with_and_without_the_place_before_its_name(names: tuple[str, str]) -> None:
    assert compared(earlier(names[0]), later(names[1])) == [False, True]


def test_a_name_that_is_like_anothers_or_fits_several_is_compared_with_none() -> None:
    assert compared(earlier("青禾市林业局"), later("青河市林业局")) == [False, False]
    assert compared(earlier("青禾市林业局"), earlier("白塔市林业局"), later("林业局")) == [False, False, False]
    told = later("林业局", "由白塔市林业局编制。")
    assert compared(earlier("青禾市林业局"), told) == [False, False]
    assert compared(earlier("青禾市林业局"), earlier("白塔市林业局"), told) == [False, False, True]


def test_two_names_with_different_reports_for_one_year_are_two_bodies() -> None:
    assert compared(earlier("林业局"), later("青禾市林业局"), published(2023, "林业局")) == [False, False, True]
    assert compared(earlier("林业局"), later("青禾市林业局"), later("林业局")) == [False, True, True]


def test_an_error_of_the_report_itself_is_found() -> None:
    (result,) = audit([(Path("a"), published(2023, received=2))])
    assert "T3-BALANCE" in rules(result)
    assert result.agency_name == "示例市示例局"


def test_what_could_not_be_read_or_has_no_year_keeps_its_place() -> None:
    untitled = PublishedReport("示例局", None, None, None)
    results = list(audit([(Path("a.pdf"), Refusal("a damaged PDF")), (Path("b.txt"), untitled)]))
    assert [result.error for result in results] == [
        "a damaged PDF",
        "the year of the report was not found: name it with --year",
    ]


def test_the_result_as_json_has_what_programs_rely_on() -> None:
    (result,) = audit([(Path("a.pdf"), Refusal("a damaged PDF"))])
    assert result.as_json() == {
        "agency": None,
        "agency_name": None,
        "year": None,
        "error": "a damaged PDF",
        "findings": [],
        "not_assessable": [],
        "passed": [],
    }

"""Each kind of fault can be planted, and what the checks find is what was planted: no less and no more."""

from __future__ import annotations

import pytest

from demo.cities import findings_in, told_of
from reportkit.checks import catalogue
from reportkit.demo.city import CityError
from reportkit.demo.faults import PLANTERS, WAIVER, kinds
from reportkit.form import editions

YEARS = range(2019, 2026)


def test_every_rule_of_the_catalogue_has_a_planter() -> None:
    rules = {rule.id for form in editions().values() for rule in catalogue(form)}
    assert rules | {WAIVER} == set(PLANTERS)


@pytest.mark.parametrize(("agencies", "faults", "seed"), [(40, len(PLANTERS), 1), (100, 57, 3)])
def test_the_checks_find_the_faults_that_were_planted_and_nothing_else(agencies: int, faults: int, seed: int) -> None:
    city, told = told_of(agencies, YEARS, faults, seed)
    planted = [one.fault for one in told if one.fault]
    assert len(planted) == faults
    assert len({(fault.agency, fault.year) for fault in planted}) == faults
    if faults >= len(PLANTERS):
        assert {fault.rule for fault in planted} == set(PLANTERS)
    expected = {(one.rule, one.severity, one.agency, one.year) for one in planted if not one.refused}
    assert {(one.rule, one.severity, one.agency, one.year) for one in findings_in(city, told)} == expected


def test_the_cells_and_words_listed_are_among_those_that_the_checks_name() -> None:
    city, told = told_of(60, YEARS, 25, 4)
    named: dict[tuple[str, str, int], set[str | None]] = {}
    for finding in findings_in(city, told):
        named.setdefault((finding.rule, finding.agency, finding.year), set()).update((*finding.cells, finding.quote))
    for fault in (one.fault for one in told if one.fault and not one.fault.refused):
        found = named[fault.rule, fault.agency, fault.year]
        assert not fault.cells or found & set(fault.cells)
        assert fault.quote is None or fault.quote in found
        assert fault.change


def test_the_kinds_take_turns() -> None:
    _, told = told_of(60, range(2020, 2023), len(PLANTERS) + 1, 5)
    rules = [one.fault.rule for one in told if one.fault]
    first = next(iter(kinds(list(editions().values()))))
    assert sorted(rules) == sorted([*PLANTERS, first])


def test_more_faults_than_fit_are_refused_with_how_many_do() -> None:
    with pytest.raises(CityError, match=r"^500 faults do not fit into 20 agencies over 2 years, only (\d+): ") as error:
        told_of(20, range(2023, 2025), 500)
    fitting = int(str(error.value).partition("only ")[2].partition(":")[0])
    assert told_of(20, range(2023, 2025), fitting)
    with pytest.raises(CityError):
        told_of(20, range(2023, 2025), fitting + 1)


def test_a_city_too_small_for_any_fault_says_so() -> None:
    with pytest.raises(CityError, match="1 fault does not fit into 1 agency over 1 year, only 0"):
        told_of(1, range(2023, 2024), 1)
    with pytest.raises(CityError, match="ask for 0 or more"):
        told_of(1, range(2023, 2024), -1)

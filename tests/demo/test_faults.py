"""Each kind of fault can be planted, and what the checks find is what was planted: no less and no more."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from demo.cities import findings_in, told_of, whole
from reportkit.checks import check, every_rule
from reportkit.demo.city import CityError
from reportkit.demo.faults import planters
from reportkit.form import Form, editions, form_for
from reportkit.form.model import Roles
from reportkit.report import Agency, new_report

YEARS = range(2019, 2026)
PLANTERS = planters([*editions().values()])


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_every_rule_has_a_planter(form: Form) -> None:
    for rule in every_rule(form):
        assert rule.id in PLANTERS, (
            f"{rule.id} has no planter: add to reportkit/demo/faults.py a function that breaks this rule and no other "
            f'in a sound report, and register it there with @planter("{rule.id}")'
        )


def test_an_identity_of_any_edition_has_a_planter_that_breaks_it_alone() -> None:
    form = form_for(2023)
    balance = replace(form.identities[0], rule="X-BALANCE")
    other = replace(form, identities=(balance, *form.identities[1:]))
    report = new_report(Agency("example", "示例局"), 2023, form=other)
    change = planters([other])["X-BALANCE"].plant(report, random.Random(1))
    assert change is not None
    before, after = check(report), check(report.replace(change.figures))
    assert {one.rule for one in after} - {one.rule for one in before} == {"X-BALANCE"}


@pytest.mark.parametrize("rule", PLANTERS)
def test_a_report_on_a_form_without_tables_and_sections_lends_itself_to_no_fault(rule: str) -> None:
    bare = replace(form_for(2023), tables=(), sections=(), identities=(), roles=Roles())
    nobody = Agency("example", "示例局", level="示例")
    assert PLANTERS[rule].plant(new_report(nobody, 2023, form=bare), random.Random(1)) is None


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
        assert fault.quote is None or any(fault.quote in words or words in fault.quote for words in found if words)
        assert fault.change


def test_faults_in_texts_are_found_wherever_the_demo_s_words_allow_one() -> None:
    """Planted by the words of the demo, whether the checks find them or not; `bench/claims.py` counts many more."""
    city, told = told_of(20, range(2020, 2023), 0, 8)
    kinds = {id: planter for id, planter in PLANTERS.items() if id.startswith("TEXT-") or id == "YEAR-STALE"}
    found, planted = 0, 0
    for report in whole(city, told):
        assert not check(report).standing("error")
        rules = {rule.id: rule for rule in every_rule(report.form)}
        for id, planter in kinds.items():
            if planter.needs_last_year and report.last_year is None:
                continue
            change = planter.change(rules[id], report, random.Random(f"{report.agency.id} {report.year}"))
            if change is not None:
                planted += 1
                found += {one.rule for one in check(report.replace(change.figures, **change.fields))} == {id}
    assert planted > 300
    assert found >= 0.99 * planted


def test_the_kinds_take_turns() -> None:
    _, told = told_of(60, range(2020, 2023), len(PLANTERS) + 1, 5)
    rules = [one.fault.rule for one in told if one.fault]
    assert sorted(rules) == sorted([*PLANTERS, next(iter(PLANTERS))])


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

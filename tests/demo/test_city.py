"""The made-up city: who there is, under ids that stay, and no government with more below it than a real one."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.demo.city import CityError, bodies_of_city

SIZES = (1, 2, 5, 14, 40, 100, 560, 640, 3000, 12_000)


@pytest.mark.parametrize("agencies", SIZES)
def test_a_city_has_as_many_agencies_as_asked_for_each_with_a_name_and_an_id_of_its_own(agencies: int) -> None:
    bodies = bodies_of_city(agencies)
    assert len(bodies) == agencies
    assert len({body.id for body in bodies}) == agencies
    assert len({body.agency.name for body in bodies}) == agencies
    assert all("示例" in body.agency.name for body in bodies)
    assert all(body.agency.short and "0000-0000000（示例）" in body.agency.contact for body in bodies)
    assert all(body.id.isascii() and body.id == body.id.lower() for body in bodies)


@pytest.mark.parametrize("agencies", SIZES)
def test_every_body_stands_after_the_government_it_is_below_and_none_has_too_many(agencies: int) -> None:
    bodies = bodies_of_city(agencies)
    met: set[str] = set()
    for body in bodies:
        assert body.agency.parent is None or body.agency.parent in met
        met.add(body.id)
    below = Counter(body.agency.parent for body in bodies if body.agency.parent)
    assert max(below.values(), default=0) <= 80
    governments = {body.id for body in bodies if body.agency.level == "government"}
    assert set(below) <= governments


def test_only_the_topmost_government_and_bodies_under_vertical_administration_have_none_above() -> None:
    tops = [body for body in bodies_of_city(600) if body.agency.parent is None]
    assert [body.agency.name for body in tops if not body.unsummed] == ["示例省人民政府"]
    assert "示例市税务局" in {body.agency.name for body in tops if body.unsummed}


def test_a_real_city_s_size_has_its_shape() -> None:
    bodies = bodies_of_city(560)
    counties = [body for body in bodies if body.agency.level == "government" and body.agency.parent == "shili"]
    departments = [body for body in bodies if body.territory == "shili" and body.agency.level == "department"]
    assert len(counties) == 12
    assert 55 <= len(departments) <= 65
    assert 35 <= (560 - len(departments)) / len(counties) <= 50
    assert {body.agency.name for body in counties} >= {"示例市甲县人民政府", "示例市乙区人民政府"}


@given(st.integers(1, 700), st.integers(1, 700))
@settings(max_examples=15, deadline=None)
def test_a_larger_city_has_all_bodies_of_a_smaller_one_under_the_same_ids(one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    named = {body.id: body.agency.name for body in bodies_of_city(more)}
    for body in bodies_of_city(fewer):
        assert named[body.id] == body.agency.name


@pytest.mark.parametrize(
    ("agencies", "said"), [(0, "ask for 1 or more"), (-3, "ask for 1 or more"), (10**6, "there are names for")]
)
def test_a_city_that_cannot_be_made_is_refused_in_a_line(agencies: int, said: str) -> None:
    with pytest.raises(CityError, match=said) as error:
        bodies_of_city(agencies)
    assert "\n" not in str(error.value)

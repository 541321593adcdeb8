"""What made-up bodies report agrees within a year and from year to year, whatever the size and the chances."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from demo.cities import findings_in, number_in, told_of
from reportkit.demo.city import Typical, bodies_of_city
from reportkit.demo.figures import Sums, history
from reportkit.form import editions
from reportkit.form.figures import Amount, Figure, magnitude

sizes = st.floats(0, 400)


@given(
    st.builds(Typical, requests=sizes, licences=sizes, penalties=sizes, documents=st.floats(0, 9), fees=sizes),
    st.integers(0, 10**6),
)
@settings(max_examples=25, deadline=None)
def test_requests_in_equal_requests_dealt_with_and_left_and_go_on_next_year(typical: Typical, seed: int) -> None:
    carried_out = dict.fromkeys(("natural_person", "company"), 0)
    for _, figures in islice(history("body", typical, seed), 7):
        assert all(figures.values())
        for applicant, pending in carried_out.items():
            column = {
                address.removeprefix("applications.").removesuffix(f".{applicant}"): int(magnitude(figure))
                for address, figure in figures.items()
                if address.startswith("applications.") and address.endswith(f".{applicant}")
            }
            column.pop("other", None)  # edition 2019's sum of edition 2021's three rows
            coming = column.pop("received", 0) + column.get("carried_in", 0)
            assert column.pop("carried_in", 0) == pending
            assert coming == sum(column.values())
            carried_out[applicant] = column.get("carried_out", 0)


def test_a_body_s_figures_depend_on_neither_the_size_of_the_city_nor_the_years_asked_for() -> None:
    def figures_of(agencies: int, years: range) -> dict[str, object]:
        _, told = told_of(agencies, years)
        return {
            one.report.agency.id: (dict(one.report.figures), one.report.narrative)
            for one in told
            if one.report.year == 2023 and one.report.agency.level == "department"
        }

    small, large = figures_of(16, range(2023, 2024)), figures_of(60, range(2020, 2026))
    assert small
    assert all(large[agency] == reported for agency, reported in small.items())


def test_another_seed_makes_other_figures() -> None:
    body = bodies_of_city(3)[2]
    one, same, other = (dict(islice(history(body.id, body.typical, seed), 3)) for seed in (1, 1, 2))
    assert one == same != other


def test_sums_are_exact_in_every_kind_of_figure() -> None:
    sums = Sums()
    reported: tuple[dict[str, Figure], ...] = (
        {"a": 1, "b": Decimal("0.1000"), "c": Amount(Decimal("38.65"), "万元")},
        {"a": 2, "b": Decimal("0.2"), "c": Amount(Decimal("100"), "元"), "d": None},
    )
    for figures in reported:
        sums.add(2020, figures)
    ((_, summed),) = sums.history()
    assert {name: str(figure) for name, figure in summed.items()} == {"a": "3", "b": "0.3000", "c": "386600.00元"}


@given(st.integers(0, 10**6), st.sampled_from([1, 2, 3, 16, 30]))
@settings(max_examples=6, deadline=None)
def test_a_city_without_faults_gives_nothing_to_find_in_any_year_of_any_edition(seed: int, agencies: int) -> None:
    first = min(form.first_year for form in editions().values())
    city, told = told_of(agencies, range(first, first + 5), seed=seed)
    assert findings_in(city, told) == []


def test_sizes_are_those_of_real_bodies() -> None:
    _, told = told_of(100, range(2023, 2024))
    received = sorted(number_in(one.report, "applications.received.total") for one in told)
    assert sum(number <= 10 for number in received) >= 40
    assert sum(number >= 100 for number in received) >= 3
    (city,) = (one.report for one in told if one.report.agency.id == "shili")
    assert 1000 < number_in(city, "applications.received.total") < 8000
    assert (
        number_in(city, "applications.granted.total") > number_in(city, "applications.unavailable.not_held.total") > 100
    )
    assert isinstance(city["disclosure.fees.amount"], Decimal)

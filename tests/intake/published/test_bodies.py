"""Which names are one body's: with and without the places before them, and never two bodies'."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.intake.published.bodies import Match, choice, fullest_names, known_body
from reportkit.report import Agency

OFFICES = ["林业局", "市场监督管理局", "城市管理局", "人民政府", "人民政府办公室", "高新区管理委员会", "社区矫正管理局"]
PROVINCES = ["示例省", "宁夏回族自治区", "示例自治区"]
CITIES = ["青禾市", "白塔市", "示例州", "前山布依族苗族自治州", "锡林郭勒盟", "喀什地区", "呼和浩特市"]
COUNTIES = ["南岭区", "市中区", "浦东新区", "莒县", "示例县", "东山旗", "西山布依族自治县", "沙河市"]


def register(*names: str, parents: Mapping[int, int] | None = None) -> dict[str, Agency]:
    """Agencies by the ids 0, 1 and so on; `parents` names the body above by these numbers."""
    above = {str(child): str(parent) for child, parent in (parents or {}).items()}
    return {str(at): Agency(str(at), name, parent=above.get(str(at))) for at, name in enumerate(names)}


def found(match: Match) -> str | None:
    return match.agency.id if match.agency else None


def ids(match: Match) -> set[str]:
    return {agency.id for agency in match.possible}


# ----------------------------------------------------------------- the names of a register


offices, provinces, cities, counties = map(st.sampled_from, (OFFICES, PROVINCES, CITIES, COUNTIES))


@given(offices, provinces, cities, counties, st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_a_body_is_known_whichever_of_the_places_before_its_name_are_left_out(
    office: str, province: str, city: str, county: str, kept: tuple[bool, bool, bool]
) -> None:
    places = (province, city, county)
    agencies = register(f"{province}{city}{county}{office}", "示例厅")
    said = "".join(place for place, stays in zip(places, kept, strict=True) if stays)
    if kept[2] or not said:
        assert found(known_body(said + office, agencies)) == "0"
    else:
        # The county left out and the city named: it is the city's own body.
        assert found(known_body(said + office, agencies)) is None


@given(offices, st.lists(cities, min_size=2, max_size=4, unique=True))
def test_a_name_that_several_bodies_share_is_nobodys(office: str, places: list[str]) -> None:
    agencies = register(*(place + office for place in places))
    match = known_body(office, agencies)
    assert found(match) is None
    assert ids(match) == set(agencies)
    for at, place in enumerate(places):
        assert found(known_body(place + office, agencies)) == str(at)
        assert found(known_body(f"示例省{place}{office}", agencies)) == str(at)
        assert found(known_body(office, agencies, f"本报告由{place}{office}编制。")) == str(at)


@given(offices, offices, cities, cities)
def test_another_office_or_another_place_is_another_body(one: str, other: str, here: str, there: str) -> None:
    if one != other:
        assert not known_body(here + one, register(here + other)).possible
    if here != there:
        assert not known_body(there + one, register(here + one)).possible


def test_the_kind_of_a_place_stands_for_the_only_one_of_that_kind() -> None:
    agencies = register("青禾市林业局", "南岭区林业局")
    assert found(known_body("市林业局", agencies)) == "0"
    assert found(known_body("区林业局", agencies)) == "1"
    assert found(known_body("县林业局", agencies)) is None
    assert found(known_body("市林业局", register("青禾市林业局", "白塔市林业局"))) is None


def test_a_registered_name_to_the_letter_comes_before_fuller_ones() -> None:
    agencies = register("青禾市林业局", "林业局", "市林业局", "青禾市局")
    assert [found(known_body(name, agencies)) for name in ("青禾市林业局", "林业局", "市林业局")] == ["0", "1", "2"]
    assert found(known_body("示例省林业局", agencies)) is None
    assert found(known_body("市局", agencies)) == "3"


def test_an_office_whose_name_begins_like_a_place_stays_whole() -> None:
    assert found(known_body("市场监督管理局", register("青禾市市场监督管理局"))) == "0"
    for part, whole in [
        ("管理局", "青禾市城市管理局"),
        ("管理委员会", "青禾市高新区管理委员会"),
        ("管理局", "示例自然保护区管理局"),
        ("建设办公室", "青禾市农村社区建设办公室"),
        ("移民局", "青禾市三峡库区移民局"),
        ("域经济办公室", "青禾市县域经济办公室"),
    ]:
        assert not known_body(part, register(whole)).possible, whole


def test_the_text_speaks_against_a_body_of_another_place() -> None:
    agencies = register("青禾市林业局")
    assert found(known_body("林业局", agencies, "本报告由白塔市林业局编制。")) is None
    assert found(known_body("林业局", agencies, "我市林业局、各县区林业局。该市林业局。各地区林业局。")) == "0"
    assert found(known_body("林业局", agencies, "白塔市林业局与青禾市林业局。")) == "0"
    assert found(known_body("林业局", agencies, "白塔市人民政府教育局。")) == "0"
    assert found(known_body("青禾市林业局", register("示例省青禾市林业局"), "由示例省青禾市林业局编制。")) == "0"
    assert found(known_body("青禾市林业局", register("示例省青禾市林业局"), "由别的省青禾市林业局编制。")) is None


def test_a_text_that_names_the_place_decides_only_where_it_names_one_body() -> None:
    agencies = register("青禾市林业局", "白塔市林业局")
    assert found(known_body("林业局", agencies, "由青禾市林业局编制。")) == "0"
    assert found(known_body("林业局", agencies, "青禾市林业局。白塔市林业局。")) is None
    assert found(known_body("市林业局", agencies, "由青禾市林业局编制。")) == "0"


def test_the_bodies_above_say_where_a_body_is() -> None:
    names = ("林业局", "青禾市人民政府", "南岭区人民政府", "示例省人民政府")
    agencies = register(*names, parents={0: 1, 1: 3, 2: 1})
    for known in ("林业局", "市林业局", "青禾市林业局", "示例省青禾市林业局", "示例省林业局"):
        assert found(known_body(known, agencies)) == ("0" if known != "示例省林业局" else None), known
    assert not known_body("南岭区林业局", agencies).possible
    of_district = register(*names, parents={0: 2, 2: 1})
    assert found(known_body("南岭区林业局", of_district)) == "0"
    assert found(known_body("青禾市南岭区林业局", of_district)) == "0"
    assert not known_body("青禾市林业局", of_district).possible


def test_two_bodies_of_one_name_are_told_apart_by_those_above_them() -> None:
    agencies = register("教育局", "教育局", "南岭区人民政府", "白塔区人民政府", parents={0: 2, 1: 3})
    assert found(known_body("教育局", agencies)) is None
    assert ids(known_body("教育局", agencies)) == {"0", "1"}
    assert found(known_body("白塔区教育局", agencies)) == "1"
    assert found(known_body("教育局", agencies, "南岭区教育局编制。")) == "0"


def test_a_place_that_a_registered_name_lacks_must_be_the_only_one_it_could_have() -> None:
    assert found(known_body("青禾市林业局", register("林业局"))) is None
    assert ids(known_body("青禾市林业局", register("林业局"))) == {"0"}
    assert found(known_body("青禾市林业局", register("林业局", "青禾市人民政府"))) == "0"
    assert found(known_body("青禾市林业局", register("林业局", "青禾市人民政府", "南岭区人民政府"))) is None
    assert found(known_body("青禾市林业局", register("林业局", "白塔市人民政府"))) is None
    assert found(known_body("青禾市林业局", register("市林业局", "青禾市人民政府"))) == "0"
    # Counties and cities bear names of their own; districts share some.
    assert found(known_body("示例省青禾市林业局", register("青禾市林业局"))) == "0"
    assert found(known_body("青禾市莒县林业局", register("莒县林业局"))) == "0"
    assert found(known_body("宁夏回族自治区林业局", register("林业局", "宁夏回族自治区人民政府"))) == "0"
    assert found(known_body("示例国宁夏回族自治区林业局", register("宁夏回族自治区林业局"))) is None
    assert found(known_body("示例省青禾市南岭区林业局", register("青禾市南岭区林业局"))) == "0"
    assert found(known_body("青禾市南岭区林业局", register("南岭区林业局"))) is None
    assert found(known_body("青禾市南岭区林业局", register("南岭区林业局", "青禾市人民政府"))) == "0"
    assert found(known_body("青禾市南岭区林业局", register("南岭区林业局", "青禾市人民政府", "白塔市人民政府"))) is None


def test_the_short_name_of_a_body_is_one_of_its_names() -> None:
    office = Agency("fao", "临沂市人民政府外事办公室", short="市外办")
    agencies = {"fao": office, "other": Agency("other", "临沂市教育局", short="")}
    for name in ("临沂市人民政府外事办公室", "人民政府外事办公室", "市外办", "外办", "临沂市外办", "山东省临沂市外办"):
        assert found(known_body(name, agencies)) == "fao", name
    for name in ("河东区外办", "", "临沂市", "市教育", "教育"):
        assert not known_body(name, agencies).possible, name
    two = agencies | {"hedong": Agency("hedong", "河东区外事办公室", short="外办")}
    assert found(known_body("外办", two)) == "hedong"
    same = agencies | {"hedong": Agency("hedong", "河东区外事办公室", short="市外办")}
    assert found(known_body("市外办", same)) is None


def test_a_government_may_be_called_by_its_place_alone() -> None:
    agencies = register("示例省青禾市", "青禾市林业局")
    assert found(known_body("青禾市", agencies)) == "0"
    assert not known_body("市", agencies).possible


def test_a_name_is_the_same_in_any_width_and_with_any_spaces() -> None:
    assert found(known_body("青禾市 （示例）林业局", register("青禾市(示例)林业局"))) == "0"
    assert found(known_body("（示例）林业局", register("青禾市(示例) 林业局"))) == "0"


def test_a_circle_of_parents_and_a_long_chain_of_them_end() -> None:
    assert found(known_body("青禾市林业局", register("林业局", "青禾市人民政府", parents={0: 1, 1: 0}))) == "0"
    chain = register("林业局", *(f"{first}{second}市人民政府" for first in "甲乙丙丁戊己" for second in "甲乙丙丁"),
                     parents={at: at + 1 for at in range(24)})  # fmt: skip
    assert found(known_body("甲甲市林业局", chain)) == "0"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "0 (甲)"),
        (2, "0 (甲) or 1 (甲)"),
        (5, "0 (甲), 1 (甲), 2 (甲), 3 (甲) or 4 (甲)"),
        (7, "0 (甲), 1 (甲), 2 (甲), 3 (甲), 4 (甲) or one of 2 others"),
    ],
)
def test_the_bodies_to_choose_from_are_named_and_of_many_some(count: int, said: str) -> None:
    assert choice(list(register(*["甲"] * count).values())) == said


# --------------------------------------------------------------------- the names of reports


@given(st.permutations(["林业局", "市林业局", "青禾市林业局", "示例省青禾市林业局", "青禾市教育局"]))
def test_all_names_of_one_body_are_its_fullest(names: list[str]) -> None:
    fullest = dict(zip(names, fullest_names([(name, "") for name in names]), strict=True))
    assert fullest.pop("青禾市教育局") == "青禾市教育局"
    assert set(fullest.values()) == {"示例省青禾市林业局"}


@given(offices, st.lists(cities, min_size=2, max_size=4, unique=True))
def test_a_name_that_might_be_several_bodies_stays_alone(office: str, places: list[str]) -> None:
    reports = [(office, ""), *((place + office, "") for place in places)]
    assert fullest_names(reports) == [name for name, _ in reports]
    told = [(office, f"由{places[0]}{office}编制。"), *reports[1:]]
    assert fullest_names(told) == [places[0] + office, *(name for name, _ in reports[1:])]


def test_a_report_whose_text_names_another_place_is_not_the_bodys() -> None:
    assert fullest_names([("林业局", "由白塔市林业局编制。"), ("青禾市林业局", "")]) == ["林业局", "青禾市林业局"]


def test_two_names_that_leave_out_different_places_have_no_fullest() -> None:
    names = ["南岭区林业局", "青禾市南岭区林业局", "示例省南岭区林业局"]
    assert fullest_names([(name, "") for name in names]) == names

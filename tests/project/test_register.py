"""The register of agencies: one wrong entry does not affect the others, and adding one keeps the rest of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportkit.project.parameters import TypedError
from reportkit.project.register import add_agency, read_register
from reportkit.report import Agency

NEW = Agency("new", "示例市: “新”局 # 不是注释", contact="电话：0000-0000000")


def written(folder: Path, text: str) -> Path:
    path = folder / "agencies.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_field_of_an_agency_is_read_and_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    text = """\
city: {name: 示例市人民政府, level: government}
office: {name: 示例局, short: 局, level: department, parent: city, contact: 电话, notebook: own.ipynb}
"""
    register = read_register(written(tmp_path, text), "x")
    assert register.agencies == {
        "city": Agency("city", "示例市人民政府", level="government"),
        "office": Agency("office", "示例局", "局", "department", "city", "电话", "own.ipynb"),
    }
    assert [agency.id for agency in register.children["city"]] == ["office"]
    assert register.problems == {}


def test_a_parent_may_be_named_by_a_name_that_only_one_agency_has(tmp_path: Path) -> None:
    text = """\
city: {name: 示例市人民政府}
a: {name: 示例局, short: 局, parent: 示例市人民政府}
b: {name: 示例处, short: 局, parent: a}
c: {name: 示例所, parent: 局}
"""
    register = read_register(written(tmp_path, text), "x")
    assert {agency.id: agency.parent for agency in register.agencies.values()} == {"city": None, "a": "city", "b": "a"}
    assert "'局' is not an agency of this file" in str(register.problems["c"][0])


def test_an_id_means_its_agency_whatever_others_are_called(tmp_path: Path) -> None:
    register = read_register(written(tmp_path, "甲: {name: 示例局}\nb: {name: 示例处, short: 甲}\n"), "x")
    assert register.named("甲") == ("甲",)


def test_an_empty_file_is_a_register_without_agencies(tmp_path: Path) -> None:
    assert read_register(written(tmp_path, "# 登记册\n"), "x").agencies == {}


def test_an_entry_with_a_problem_keeps_its_place_above_and_below(tmp_path: Path) -> None:
    text = "city: {name: 市}\ncounty: {parent: city}\ntown: {name: 镇, parent: county}\n"
    register = read_register(written(tmp_path, text), "x")
    assert list(register.agencies) == ["city", "town"]
    assert [str(problem) for problem in register.problems["county"]] == [
        "x:2: county: name is missing: write the agency's full official name"
    ]
    assert [agency.id for agency in register.children["city"]] == ["county"]
    assert [agency.id for agency in register.children["county"]] == ["town"]


def test_all_problems_of_an_entry_are_named_a_repeated_id_among_them(tmp_path: Path) -> None:
    text = "x: {name: 局, level: province, levle: department}\nx: {name: 处}\n"
    (problems,) = read_register(written(tmp_path, text), "f").problems.values()
    assert [problem.message.split(";")[0] for problem in problems] == [
        "unknown key",
        "'province' is not a level: write department or government",
        "x appears twice, first on line 1: keep one",
    ]


@pytest.mark.parametrize("text", ["- x\n", "[a]: {name: 局}\n", "x: {name: 局\n"])
def test_a_file_that_is_no_register_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(TypedError, match=r"^params/agencies\.yaml:\d"):
        read_register(written(tmp_path, text), "params/agencies.yaml")


@pytest.mark.parametrize("agency_id", ["../x", "", "a b", "-x"])
def test_an_id_that_is_not_a_file_name_is_never_added(tmp_path: Path, agency_id: str) -> None:
    with pytest.raises(TypedError, match="an id is made of letters"):
        add_agency(tmp_path / "agencies.yaml", Agency(agency_id, "示例局"))
    assert not (tmp_path / "agencies.yaml").exists()


def test_an_agency_is_added_after_the_others_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "agencies.yaml"
    path.write_text("# 登记册\nold: {name: 示例局}  # 旧\n\n", encoding="utf-8")
    add_agency(path, NEW)
    assert path.read_text(encoding="utf-8").startswith("# 登记册\nold: {name: 示例局}  # 旧\n\nnew:\n")
    assert read_register(path, "x").agencies == {"old": Agency("old", "示例局"), "new": NEW}


def test_a_long_name_stays_on_one_line(tmp_path: Path) -> None:
    long = Agency("long", "示例 " * 60 + "局")
    add_agency(tmp_path / "agencies.yaml", long)
    assert long.name in (tmp_path / "agencies.yaml").read_text(encoding="utf-8")


def test_the_first_agency_makes_the_file(tmp_path: Path) -> None:
    add_agency(tmp_path / "agencies.yaml", NEW)
    assert list(read_register(tmp_path / "agencies.yaml", "x").agencies) == ["new"]


@pytest.mark.parametrize("text", ["new: {name: 示例局}\n", "new: {}\n", "- x\n"])
def test_what_cannot_be_added_to_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "agencies.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TypedError):
        add_agency(path, NEW)
    assert path.read_text(encoding="utf-8") == text


def test_a_circle_of_many_is_named_in_a_line(tmp_path: Path) -> None:
    entries = "".join(f"a{number}: {{name: 示例局, parent: a{(number + 1) % 3000}}}\n" for number in range(3000))
    (tmp_path / "agencies.yaml").write_text(entries, encoding="utf-8")
    register = read_register(tmp_path / "agencies.yaml", "agencies.yaml")
    (problem,) = register.problems["a0"]
    assert problem.message == "the agencies above it form a circle: a0 → a1 → a2 → a3 → a4 → a5 → … → a0"
    assert len(register.agencies) == 2999


def test_a_circle_of_a_few_is_named_in_full(tmp_path: Path) -> None:
    entries = "".join(f"a{number}: {{name: 示例局, parent: a{(number + 1) % 6}}}\n" for number in range(6))
    (problem,) = read_register(written(tmp_path, entries), "x").problems["a0"]
    assert problem.message.endswith("circle: a0 → a1 → a2 → a3 → a4 → a5 → a0")


def test_a_long_chain_of_agencies_is_sound(tmp_path: Path) -> None:
    entries = "".join(f"a{number}: {{name: 示例局, parent: a{number + 1}}}\n" for number in range(3000))
    (tmp_path / "agencies.yaml").write_text(entries + "a3000: {name: 示例市}\n", encoding="utf-8")
    register = read_register(tmp_path / "agencies.yaml", "agencies.yaml")
    assert (len(register.agencies), register.problems) == (3001, {})

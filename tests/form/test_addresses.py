"""Cells named by people: by key, by label, and by what is nearly one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form.declared import BLOCK, Declare
from reportkit.form import Form, editions, form_for
from reportkit.form.addresses import address_of, name_of, nearest_name

FORM = form_for(2023)


@pytest.mark.parametrize("form", editions().values(), ids=lambda form: form.edition)
def test_every_cell_has_a_chinese_name_of_its_own(form: Form) -> None:
    names = {address: name_of(address, form) for address in form.cells}
    assert len(set(names.values())) == len(names)
    for address, name in names.items():
        assert name.startswith(form.table(form.cells[address].table).name)
        assert address_of(name, form) == address
        assert address_of(address, form) == address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("applications.予以公开.自然人", "applications.granted.natural_person"),
        ("表三.（一）予以公开.自然人", "applications.granted.natural_person"),
        ("表三. 予以公开 .自然人", "applications.granted.natural_person"),
        ("表三.不予公开.属于国家秘密.总计", "applications.refused.state_secret.total"),
        ("表三.refused.state_secret.总计", "applications.refused.state_secret.total"),
        ("表四.行政复议.结果维持", "challenges.review.upheld"),
        ("表三.小计.自然人", None),
        ("", None),
    ],
)
def test_labels_name_cells_where_they_name_one(typed: str, address: str | None) -> None:
    assert address_of(typed, FORM) == address


def test_what_is_nearly_a_name_is_told_the_nearest_in_the_same_form() -> None:
    assert nearest_name("applications.grantd.company", FORM) == "applications.granted.company"
    assert nearest_name("表三.予以公布.自然人", FORM) == "表三.予以公开.自然人"
    assert nearest_name("applications.予以公布.自然人", FORM) == "applications.予以公开.自然人"
    assert nearest_name("§", FORM) is None


@given(st.sampled_from(sorted(FORM.cells)), st.data())
def test_a_slip_in_a_name_leads_back_to_a_name(address: str, data: st.DataObject) -> None:
    name = name_of(address, FORM)
    at = data.draw(st.integers(3, len(name) - 1))
    near = nearest_name(name[:at] + name[at + 1 :], FORM)
    assert near is not None
    assert address_of(near, FORM) is not None


def test_a_cell_that_the_form_lacks_keeps_its_address() -> None:
    assert name_of("applications.nothing.total", FORM) == "applications.nothing.total"


def test_a_label_that_two_rows_share_names_no_cell(declare: Declare) -> None:
    form = declare({(*BLOCK, "rows", 1, "label"): "行a"})
    assert address_of("表一.行a.列x", form) is None
    assert address_of("表一.行sum.列x", form) == "t.sum.x"
    assert (name_of("t.a.x", form), name_of("t.sum.x", form)) == ("t.a.x", "表一.行sum.列x")

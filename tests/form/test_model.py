"""A form's parts are found by key, its cells by address, and its identities hold in every row or column they name."""

from __future__ import annotations

import dataclasses

import pytest

from form.declared import BLOCK, DECLARED, IDENTITY, Declare, relations
from reportkit.form import Form, FormError, UnknownPartError, editions


def test_a_section_that_the_form_does_not_have_is_a_key_error(form: Form) -> None:
    with pytest.raises(KeyError):
        form.section("appendix")


def test_a_part_that_the_form_does_not_have_is_refused_with_what_it_has() -> None:
    form = editions()["2021"]
    with pytest.raises(
        UnknownPartError, match=r"^edition 2021 of the form has no section 'appendix'; it has preamble, "
    ):
        form.section("appendix")
    with pytest.raises(
        UnknownPartError, match=r"has no table 'hearings'; it has disclosure, applications, challenges$"
    ):
        form.table("hearings")


def test_a_section_is_found_by_its_title_however_it_is_typed_and_the_nearest_key_is_told(form: Form) -> None:
    for typed in ("overview", "一、总体情况", "总体情况", " 总体 情况"):
        assert form.section(typed).key == "overview"
    with pytest.raises(UnknownPartError, match=r"has no section 'overveiw'; did you mean overview\?"):
        form.section("overveiw")
    with pytest.raises(UnknownPartError):
        form.section("")


def test_the_preamble_is_the_text_without_a_title(form: Form, declare: Declare) -> None:
    assert form.preamble is form.section("preamble")
    assert declare().preamble is None


def test_an_address_is_table_row_and_column(form: Form) -> None:
    assert list(form.cells) == [f"{cell.table}.{cell.row}.{cell.column}" for cell in form.cells.values()]
    assert form.cells["applications.refused.state_secret.total"].row == "refused.state_secret"


def test_a_cell_is_named_in_the_forms_own_words(form: Form) -> None:
    labels = {address: cell.label for address, cell in form.cells.items()}
    state_secret = "applications.refused.state_secret.natural_person"
    assert labels[state_secret] == "表三“（三）不予公开 1.属于国家秘密”行“自然人”列"
    assert labels["applications.granted.company"] == "表三“（一）予以公开”行“商业企业”列"
    assert labels["challenges.litigation_direct.upheld"] == "表四“未经复议直接起诉”行“结果维持”列"
    assert len(set(labels.values())) == len(labels)


def test_entries_and_totals_are_all_cells_and_none_twice(form: Form) -> None:
    assert sorted([*form.entries, *form.totals]) == sorted(form.cells)
    assert len(form.entries) == 166
    assert list(form.entries) == [address for address in form.cells if address not in form.totals]


def test_a_table_finds_its_rows_columns_and_groups_by_key(form: Form) -> None:
    table = form.table("applications")
    assert table.row("refused").label == "（三）不予公开"
    assert [leaf.key for leaf in table.row("unavailable").leaves()] == [
        "unavailable.not_held",
        "unavailable.needs_creation",
        "unavailable.unclear_after_correction",
    ]
    assert table.column("company").label == "商业企业"
    for find in (table.row, table.column, form.table):
        with pytest.raises(KeyError):
            find("nothing")


def test_an_equation_says_along_which_row_or_column_it_holds(form: Form) -> None:
    along = {equation.identity.rule: equation.along for equation in form.equations}
    assert along["T3-BALANCE"] == "表三“总计”列"
    assert along["T4-SUM"] == "表四“复议后起诉”行"


def test_every_total_comes_after_the_totals_it_rests_on(form: Form) -> None:
    settled: set[str] = set()
    for total, parts in form.totals.items():
        assert not (set(parts) & set(form.totals)) - settled
        settled.add(total)


def test_a_form_cannot_be_changed(form: Form) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        form.edition = "2099"  # type: ignore[misc]


def test_the_parts_of_a_form_cannot_be_changed_either(form: Form) -> None:
    (table, *_), (identity, *_), (equation, *_) = form.tables, form.identities, form.equations
    cell, block, section = next(iter(form.cells.values())), table.blocks[0], form.section("overview")
    parts = (table, block, block.rows[0], cell, section, section.topics[0], form.roles, form.deadline)
    for part in (*parts, identity, identity.left[0], equation, equation.left[0]):
        name = dataclasses.fields(part)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, name, None)


def test_an_identity_holds_in_each_block_that_has_its_keys(declare: Declare) -> None:
    other = {"rows": [{"key": "c", "label": "行c"}], "columns": [{"key": "z", "label": "列z"}]}
    blocks = [other, DECLARED["tables"][0]["blocks"][0]]
    form = declare({("tables", 0, "blocks"): blocks, ("tables", 0, "layout"): "blocks"})
    assert set(form.totals) == {"t.sum.x", "t.sum.y", "t.sum.sum"}


def test_a_term_may_be_a_group_a_negative_or_last_years(declare: Declare) -> None:
    group = {"key": "g", "label": "组", "rows": [{"key": "p", "label": "甲"}, {"key": "q", "label": "乙"}]}
    form = declare(
        {
            (*BLOCK, "rows", 0): group,
            (*IDENTITY, "equation"): "- b+sum = previous.g",
            (*IDENTITY, "computes"): None,
        }
    )
    assert relations(form, "SUM")[0] == (["+t.sum.x", "-t.b.x"], ["previous.+t.g.p.x", "previous.+t.g.q.x"])


def test_totals_that_rest_on_each_other_are_refused(declare: Declare) -> None:
    other_way = {**DECLARED["identities"][0], "equation": "a = sum", "computes": "a"}
    with pytest.raises(FormError, match="is a total of itself"):
        declare({("identities",): [*DECLARED["identities"], other_way]})

"""The words of ledgers, and what they mean."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from reportkit.form import Form, Roles, editions
from reportkit.intake.ledger import LedgerError, read_ledger
from reportkit.intake.ledger.words import (
    Vocabulary,
    case_kinds,
    case_results,
    heading_rank,
    kinds_of_applicant,
    outcomes,
)

FORMS = editions().values()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.edition)
def test_every_label_of_the_form_is_known_in_full_and_without_its_numeral(form: Form) -> None:
    for table, rows, columns in (
        ("applications", outcomes(form), kinds_of_applicant(form)),
        ("challenges", case_kinds(form), case_results(form)),
    ):
        for cell in form.table(table).cells:
            if cell.address in form.totals or cell.row in ("received", "carried_in", "carried_out"):
                continue
            row, column = form.table(table).row(cell.row), form.table(table).column(cell.column)
            assert rows.meaning(rows.read(row.label)) == cell.row or form.edition == "2019"
            assert columns.meaning(columns.read(column.label)) == cell.column


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.edition)
def test_every_synonym_means_one_key_or_a_group_and_its_own_item(form: Form) -> None:
    for words in (outcomes(form), kinds_of_applicant(form), case_kinds(form), case_results(form)):
        for word, keys in words.words.items():
            assert words.meaning([keys]), word
            assert len(keys - words.groups.keys()) <= 1, word


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.edition)
def test_a_total_is_no_kind_and_no_outcome(form: Form) -> None:
    for words in (kinds_of_applicant(form), outcomes(form), case_kinds(form), case_results(form)):
        for total in ("总计", "合计", "（七）总计", "七、总计"):
            assert words.read(total) == ()
        assert "total" not in words.labels
        assert "总计" not in words.choices()
    for row in ("本年新收政府信息公开申请数量", "一、本年新收政府信息公开申请数量", "上年结转政府信息公开申请数量"):
        assert outcomes(form).read(row) == ()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.edition)
def test_every_kind_of_applicant_is_a_column_of_the_form(form: Form) -> None:
    words = kinds_of_applicant(form)
    columns = {leaf.key for block in form.table("applications").blocks for leaf in block.column_leaves} - {"total"}
    assert words.labels.keys() - words.groups.keys() == columns
    assert words.groups.keys() == {"申请人情况", "法人或其他组织"}
    assert words.groups["法人或其他组织"] == columns - {"natural_person"}


def test_the_items_of_an_outcome_are_those_of_the_form() -> None:
    words = outcomes(editions()["2021"])
    assert words.groups["unavailable"] == {
        "unavailable.not_held",
        "unavailable.needs_creation",
        "unavailable.unclear_after_correction",
    }
    assert words.choices("unavailable") == "本机关不掌握相关政府信息、没有现成信息需要另行制作、补正后申请内容仍不明确"
    assert words.choices().startswith("予以公开、部分公开、属于国家秘密、")
    assert "、结转下年度继续办理、" in words.choices()
    assert "不予公开、" not in words.choices()


def test_words_that_an_edition_has_no_row_for_are_left_out() -> None:
    old, new = outcomes(editions()["2019"]), outcomes(editions()["2021"])
    assert new.meaning(new.read("逾期不缴费")) == "other.fee_unpaid"
    # An edition without items knows those of the next by their group.
    assert old.meaning(old.read("逾期不缴费")) == "other.fee_unpaid"
    without = dataclasses.replace(
        editions()["2021"], roles=dataclasses.replace(editions()["2021"].roles, requests="challenges", carried_out="")
    )
    assert outcomes(without).read("逾期不缴费") == ()


@pytest.mark.parametrize(
    ("heading", "rank"),
    [
        ("答复日期", 1),
        ("办结日期", 0),
        ("本机关答复日期（年月日）", 1),
        ("政府信息公开申请答复日期", 1),
        ("*答复日期：", 1),
        ("答 复 日 期", 1),
        ("应答复日期", None),
        ("答复日期2", None),
        ("", None),
        ("申请", None),
    ],
)
def test_a_heading_is_known_with_words_before_it_that_say_nothing(heading: str, rank: int | None) -> None:
    assert heading_rank(heading, ["办结日期", "答复日期", "办结日期"]) == rank


OUTCOMES = outcomes(editions()["2021"])


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("予以公升", "予以公开"),
        ("予以公", None),
        ("予以公开开", None),
        ("予以不升", None),
        ("公升", None),
        ("予以公升开", None),
        ("重复审请", "重复申请"),
        ("信访举报投拆类申请", "信访举报投诉类申请"),
        ("其它处埋", "其他处理"),
    ],
)
def test_a_word_with_one_character_amiss_is_meant(text: str, near: str | None) -> None:
    assert OUTCOMES.nearest(text) == near


def test_a_word_that_is_not_known_is_offered_the_three_labels_most_like_it() -> None:
    assert OUTCOMES.alike("不予公开信息") == ["不予公开", "予以公开", "部分公开"]
    assert OUTCOMES.alike("甲乙丙丁") == []
    assert len(OUTCOMES.alike("公开")) <= 3
    assert len(set(OUTCOMES.alike("不公开不公开"))) == len(OUTCOMES.alike("不公开不公开"))


def test_words_are_taken_one_after_the_other_up_to_four() -> None:
    assert [len(OUTCOMES.read("其他处理" * times)) for times in range(7)] == [0, 1, 2, 3, 4, 0, 0]
    assert OUTCOMES.read("不予公开；甲") == ()
    assert OUTCOMES.read("甲不予公开") == ()
    assert len(OUTCOMES.read("不予公开：1.属于国家秘密")) == 2
    assert len(OUTCOMES.read("公开重复申请")) == 2
    short = Vocabulary({"甲": frozenset("a"), "乙丙": frozenset("b")}, {}, {"a": "甲", "b": "乙丙"})
    assert short.read("乙丙甲") == (frozenset("b"), frozenset("a"))
    # One character before another word may belong to it.
    assert short.read("甲乙丙") == ()


def test_a_cell_of_a_hundred_characters_is_read_and_a_longer_one_is_not() -> None:
    longest = Vocabulary({"甲" * 100: frozenset("a"), "乙" * 101: frozenset("b")}, {}, {"a": "甲", "b": "乙"})
    assert longest.read("甲" * 100) == (frozenset("a"),)
    assert longest.read("甲" * 101) == longest.read("乙" * 101) == ()


def test_what_is_said_must_agree_and_the_most_special_is_meant() -> None:
    group, item, other = frozenset({"refused"}), frozenset({"refused.state_secret"}), frozenset({"granted"})
    assert OUTCOMES.meaning([group, item]) == OUTCOMES.meaning([item, group]) == "refused.state_secret"
    assert OUTCOMES.meaning([group]) == "refused"
    assert OUTCOMES.meaning([]) is None
    assert OUTCOMES.meaning([item, other]) is None
    assert OUTCOMES.meaning([item, frozenset({"refused.forbidden_by_law"})]) is None
    assert OUTCOMES.meaning([frozenset({"refused", "granted"}), item]) == "refused.state_secret"
    # Of an outcome that leaves nothing open it does not matter what stands beside it, but only if it stands first.
    assert OUTCOMES.meaning([frozenset({"partly_granted"}), item]) == "partly_granted"
    assert OUTCOMES.meaning([item, frozenset({"partly_granted"})]) is None


def test_what_stands_before_and_after_an_outcome_is_left_out() -> None:
    assert OUTCOMES.meaning(OUTCOMES.read("经审查依法作出不予公开决定书的")) == "refused"
    assert OUTCOMES.read("已") == OUTCOMES.read("告知书") == ()
    assert kinds_of_applicant(editions()["2021"]).read("已公民") == ()


def test_a_word_is_taught_only_what_is_known() -> None:
    words = OUTCOMES.taught({"已阅处": "予以公开", "甲": "甲乙", "（一）": "予以公开"})
    assert words.meaning(words.read("已阅处")) == "granted"
    assert words.meaning(words.read("已阅处（予以公开）")) == "granted"
    assert words.read("甲") == words.read("") == ()
    assert OUTCOMES.taught({}) is OUTCOMES
    assert OUTCOMES.read("已阅处") == ()


def test_a_request_is_no_case_and_is_known_among_them() -> None:
    words = case_kinds(editions()["2021"])
    assert {words.meaning(words.read(said)) for said in ("依申请公开", "申请", "applications")} == {
        "applications",
        None,
    }
    assert words.labels["applications"] == "applications"
    alone = dataclasses.replace(editions()["2021"], roles=Roles(cases="challenges"))
    assert case_kinds(alone).read("依申请公开") == ()
    assert "applications" not in case_kinds(alone).labels


def test_a_form_that_counts_no_requests_refuses_a_ledger_of_them(tmp_path: Path) -> None:
    form = dataclasses.replace(editions()["2021"], roles=Roles())
    path = tmp_path / "台账.csv"
    path.write_text("收到日期,申请人类型,办理结果,答复日期\n2023-03-01,自然人,予以公开,2023-03-09\n", encoding="utf-8")
    with pytest.raises(LedgerError, match="edition 2021 of the form counts no requests"):
        read_ledger(path, form=form)

"""Labels matched against the form's: by text, numeral, group and order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.form import Form, Header, editions, form_for
from reportkit.intake.published.labels import RowLabel, alignment, labels_of, likeness, row_labels, to_the_letter
from reportkit.text import squeezed

FORM = form_for(2023)
ROWS = row_labels(FORM, "applications")
OFFICIAL = [[squeezed(row.header.label)] for row in ROWS]


def keys(pairs: Mapping[int, int], rows: Sequence[RowLabel] = ROWS) -> dict[int, str | None]:
    return {line: rows[at].header.key for line, at in pairs.items()}


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_official_labels_find_their_own_rows(form: Form) -> None:
    for table in form.tables:
        rows = row_labels(form, table.key)
        assert alignment([[squeezed(row.header.label)] for row in rows], rows) == {at: at for at in range(len(rows))}


@pytest.mark.parametrize("gone", range(len(ROWS)))
def test_a_row_that_is_not_there_shifts_no_other(gone: int) -> None:
    lines = OFFICIAL[:gone] + OFFICIAL[gone + 1 :]
    assert alignment(lines, ROWS) == {at: at + (at >= gone) for at in range(len(lines))}


@pytest.mark.parametrize("foreign", range(len(ROWS)))
def test_a_row_too_many_finds_no_place(foreign: int) -> None:
    lines = [*OFFICIAL[:foreign], ["示例行"], *OFFICIAL[foreign:]]
    assert alignment(lines, ROWS) == {at + (at >= foreign): at for at in range(len(ROWS))}


def test_the_same_words_are_told_apart_by_numeral_and_order() -> None:
    pairs = keys(alignment([["(七)总计"], ["3.其他"], ["(六)其他处理"]], ROWS))
    assert "other.other" not in pairs.values() or pairs[1] == "other.other"
    assert pairs.get(0) != "other.other"


def test_a_label_misread_in_part_still_finds_its_row() -> None:
    lines = [["6.属于四类过程性信息"], ["7.属于行改执法案巻"], ["8.属于行政查询事项"]]
    assert keys(alignment(lines, ROWS))[1] == "refused.enforcement_file"


def test_a_label_broken_over_two_lines_finds_its_row() -> None:
    pairs = keys(alignment([["1.本机关不掌握", "相关政府信息"]], ROWS))
    assert pairs == {0: "unavailable.not_held"}


def test_a_short_label_finds_its_row() -> None:
    assert keys(alignment([["1.逾期不补正"]], ROWS)) == {0: "other.not_corrected_in_time"}


def test_a_wrong_group_speaks_against_a_row() -> None:
    groups = [squeezed("（三）不予公开"), squeezed("（五）不予处理")]
    right = keys(alignment([[groups[1], "2.重复申靖"]], ROWS))
    assert right == {0: "not_processed.repeat"}
    assert alignment([[groups[0], "2.重复申靖"]], ROWS) == {}


def test_words_without_likeness_find_no_row() -> None:
    assert alignment([["示例"], [], ["主席团"]], ROWS) == {}


def test_the_closing_remark_may_be_left_out() -> None:
    assert "(二)部分公开" in to_the_letter("（二）部分公开（区分处理的，只计这一情形，不计其他情形）")
    assert likeness("(二)部分公开", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）") == 1


def test_all_labels_of_the_form_are_known() -> None:
    known = labels_of(FORM)
    assert {"申请人情况", "行政诉讼", "结果维持", "信息内容", "规章", "(三)不予公开"} <= known
    assert "" not in known


# ------------------------------------------------------------------ equal words


def rows_of(*labels: str, groups: Sequence[str] = ()) -> list[RowLabel]:
    """Rows with labels of their own; `groups` names the group that each stands in."""
    known = frozenset(map(squeezed, groups))
    return [
        RowLabel(Header(label, str(at)), 0, frozenset({squeezed(groups[at])}) if groups else frozenset(), known)
        for at, label in enumerate(labels)
    ]


@given(st.integers(1, 9), st.integers(1, 9))
def test_of_two_rows_of_the_same_words_the_numeral_tells_which_is_meant(one: int, other: int) -> None:
    rows = rows_of(f"{one}.属于示例信息", f"{other}.属于示例信息")
    for number in (one, other):
        for said in (f"{number}.属于示例信自", f"{number}、属于示例信自"):
            found = alignment([[squeezed(said)]], rows)
            assert one == other or found == {0: 0 if number == one else 1}


@pytest.mark.parametrize("said", ["3.属于示例信自", "(1)属于示例信自", "一、属于示例信自"])
def test_a_numeral_of_neither_row_speaks_against_both(said: str) -> None:
    assert alignment([[squeezed(said)]], rows_of("1.属于示例信息", "2.属于示例信息")) == {}
    assert len(alignment([["属于示例信自"]], rows_of("1.属于示例信息", "2.属于示例信息"))) == 1


@pytest.mark.parametrize("at", [0, 1])
def test_of_two_rows_of_the_same_words_the_group_tells_which_is_meant(at: int) -> None:
    groups = ["（一）甲类", "（二）乙类"]
    rows = rows_of("1.属于示例信息", "1.属于样本信息", groups=groups)
    between = "1.属于示本信息"
    assert alignment([[squeezed(groups[at]), between]], rows) == {0: at}
    # The last group counts, and what is no group says nothing.
    assert alignment([[squeezed(groups[1 - at]), squeezed(groups[at]), between]], rows) == {0: at}
    assert alignment([[squeezed(groups[at]), "示例", between]], rows) == {0: at}


def test_the_label_of_another_group_speaks_less_than_the_exact_label() -> None:
    wrong = squeezed("（五）不予处理")
    assert keys(alignment([[wrong, "1.属于国家秘密"]], ROWS)) == {0: "refused.state_secret"}
    lines = [[wrong, "1.属于国家秘密"], ["1.属于国家秘密"]]
    assert keys(alignment(lines, ROWS)) == {1: "refused.state_secret"}
    assert keys(alignment(lines[::-1], ROWS)) == {0: "refused.state_secret"}


@given(st.data())
def test_whatever_is_left_out_or_stands_between_shifts_no_row(data: st.DataObject) -> None:
    foreign = st.sampled_from([["示例行"], ["主席团"], [], ["另一行", "字"]])
    lines: list[list[str]] = []
    expected: dict[int, int] = {}
    for at, label in enumerate(OFFICIAL):
        lines += data.draw(st.lists(foreign, max_size=2))
        if data.draw(st.booleans()):
            expected[len(lines)] = at
            lines.append(label)
    assert alignment(lines, ROWS) == expected


def test_rows_in_another_order_are_not_both_paired() -> None:
    lines = [OFFICIAL[1], OFFICIAL[0], OFFICIAL[2]]
    found = alignment(lines, ROWS)
    assert len(found) == 2
    assert found[2] == 2


def test_the_row_that_is_more_alike_is_the_lines() -> None:
    rows = rows_of("1.属于示例信息", "1.属于示例信目")
    assert alignment([["1.属于示例信目甲"]], rows) == {0: 1}
    assert alignment([["1.属于示例信息甲"]], rows) == {0: 0}


def test_of_two_lines_the_likelier_is_the_row_and_of_equal_ones_the_first() -> None:
    at = next(at for at, row in enumerate(ROWS) if row.header.key == "refused.state_secret")
    (exact,) = OFFICIAL[at]
    for lines, chosen in (([exact, exact], 0), ([exact, "1.属于国家秘蜜"], 0), (["1.属于国家秘蜜", exact], 1)):
        assert alignment([[line] for line in lines], ROWS) == {chosen: at}
    first = OFFICIAL[0][0]
    assert alignment([[f"{first[:-3]}件"], [f"{first}量"]], ROWS) == {1: 0}


def test_only_the_last_label_of_a_line_is_the_rows_own() -> None:
    assert keys(alignment([["1.属于国家秘密", "2.重复申靖"]], ROWS)) == {0: "not_processed.repeat"}


@pytest.mark.parametrize(
    ("words", "label", "alike"),
    [
        ("示例信息", "1.示例信息", 1.0),
        ("（二）示例信息", "1.示例信息", 1.0),
        ("例信息公", "示例信息公开", 0.85),
        ("例信息", "示例信息公开", pytest.approx(2 / 3)),
        ("示例", "主席团", 0.0),
        ("示例信息", "示例信息（区分处理的，只计这一情形）", 1.0),
    ],
)
def test_likeness_goes_by_the_words_without_numerals(words: str, label: str, alike: float) -> None:
    assert likeness(squeezed(words), label) == alike


def test_rows_know_their_block_and_their_groups() -> None:
    by_key = {row.header.key: row for row in ROWS}
    secret = by_key["refused.state_secret"]
    assert {"(三)不予公开"} <= secret.above <= secret.groups
    assert "(五)不予处理" in secret.groups - secret.above
    assert by_key["granted"].above <= {squeezed("三、本年度办理结果")}
    disclosure = row_labels(FORM, "disclosure")
    assert [row.block for row in disclosure] == sorted(row.block for row in disclosure)
    assert disclosure[-1].block == len(FORM.table("disclosure").blocks) - 1

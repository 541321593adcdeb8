"""Labels matched against the form's: by text, numeral, group and order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from reportkit.form import Form, editions, form_for
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

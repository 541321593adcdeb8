"""A label is known however it is typed: with or without its numeral, its remark and white space."""

from __future__ import annotations

import pytest

from reportkit.form import editions
from reportkit.form.labels import spellings, without_remark

LABELS = sorted(
    {
        header.label
        for form in editions().values()
        for table in form.tables
        for block in table.blocks
        for header in (*block.row_leaves, *block.column_leaves)
    }
)


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_the_first_of_its_spellings_and_none_is_empty(label: str) -> None:
    assert spellings(label)[0] == label
    assert all(spellings(label))
    assert len(set(spellings(label))) == len(spellings(label))


@pytest.mark.parametrize(
    ("label", "spelled"),
    [
        ("一、总体情况", "总体情况"),
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "部分公开"),
        ("3.补正后申请内容仍不明确", "补正后申请内容仍不明确"),
        ("本年收费金额（单位：万元）", "本年收费金额"),
        ("法人 或其他组织", "法人或其他组织"),
    ],
)
def test_a_label_may_be_typed_without_its_ornaments(label: str, spelled: str) -> None:
    assert spelled in spellings(label)


def test_a_label_that_is_all_remark_keeps_it() -> None:
    assert without_remark("（一）") == "（一）"

"""Cells of published tables: figures, blanks, signs for none, and words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reportkit.form.figures import KINDS, Amount, Figure, Kind
from reportkit.intake.published.cells import Said, is_blank, is_figure, read_cell

COUNT, MONEY, AMOUNT, CHANGE = (KINDS[name] for name in ("count", "money", "amount", "change"))


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("2", 2),
        ("２", 2),
        ("1,204", 1204),
        ("１，２０４", 1204),
        ("1 204", 1204),
        ("12'345'678", 12345678),
        ("2件", 2),
        (" 2 件 ", 2),
        ("2.0", 2),
        ("-3", -3),
        ("—3", -3),
        ("+3", 3),
        ("1.5", Decimal("1.5")),
        ("\u200b7\ufeff", 7),
        ("007", 7),
    ],
)
def test_a_count_is_read_as_it_is_meant(text: str, figure: Figure) -> None:
    assert read_cell(text, COUNT) == Said(figure)


@pytest.mark.parametrize("sign", ["-", "—", "——", "/", "无", "－", "／"])
def test_a_sign_for_none_is_0_and_remembered(sign: str) -> None:
    said = read_cell(sign, COUNT)
    assert said.figure == 0
    assert said.none_sign
    assert is_figure(sign)


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\u00a0", "\u200b"])
def test_a_blank_stays_blank(text: str) -> None:
    assert is_blank(text)
    assert read_cell(text, COUNT) == Said(None)


@pytest.mark.parametrize("text", ["1.属于国家秘密", "示例", "2件以上", "1,2", "1" * 40, "1.", "十二", "第3项"])
def test_words_are_no_figures(text: str) -> None:
    assert not is_figure(text)
    with pytest.raises(ValueError, match="no figure"):
        read_cell(text, COUNT)


@pytest.mark.parametrize(
    ("text", "kind", "label", "figure"),
    [
        ("2（含上年1件）", COUNT, "", 2),
        ("2*", COUNT, "", 2),
        ("3 8", COUNT, "", 38),
        ("5元", COUNT, "", 5),
        ("386500元", MONEY, "", Decimal("38.6500")),
        ("0.5亿元", MONEY, "", Decimal("5000")),
        ("38.65", AMOUNT, "采购总金额（万元）", Amount(Decimal("38.65"), "万元")),
        ("386500", AMOUNT, "采购总金额", Amount(Decimal(386500), "元")),
    ],
)
def test_what_had_to_be_assumed_is_said(text: str, kind: Kind, label: str, figure: Figure) -> None:
    said = read_cell(text, kind, label)
    assert said.figure == figure
    assert said.doubt
    assert said.sure < 1


@pytest.mark.parametrize(
    ("text", "kind", "figure"),
    [
        ("12.3400", MONEY, Decimal("12.3400")),
        ("1,234.5万元", MONEY, Decimal("1234.5")),
        ("386,500元", AMOUNT, Amount(Decimal(386500), "元")),
        ("38.65万元", AMOUNT, Amount(Decimal("38.65"), "万元")),
        ("0", AMOUNT, 0),
        ("-12", CHANGE, -12),
        ("－12", CHANGE, -12),
    ],
)
def test_money_and_changes_keep_what_they_state(text: str, kind: Kind, figure: Figure) -> None:
    assert read_cell(text, kind) == Said(figure)

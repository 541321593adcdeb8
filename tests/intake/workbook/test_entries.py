"""Every kind of figure can be entered, and says how."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import Workbook

from reportkit.form import form_for
from reportkit.form.figures import KINDS, Amount, Figure, Kind
from reportkit.intake.workbook.entries import Entry, entry_for, set_figure, sum_formula, worth


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_figure_can_be_entered(kind: Kind) -> None:
    entry = entry_for(kind)
    assert entry.type == ("whole" if kind.types is int else "custom")
    assert entry.text == (kind.types is not int)
    assert len(entry.formula.format(cell="AA100")) <= 255


def test_a_new_kind_is_entered_by_what_it_declares() -> None:
    share = replace(KINDS["money"], name="share", signed=True, most=100)
    assert entry_for(share).formula == "AND(ISNUMBER(VALUE({cell})),VALUE({cell})<=100)"
    level = replace(KINDS["count"], name="level", most=9)
    assert (entry_for(level).formula, entry_for(level).upper) == ("0", "9")


def test_a_text_of_money_is_worth_its_number_in_the_unit_of_its_kind() -> None:
    assert worth("D7", KINDS["money"]) == "IFERROR(VALUE(D7)*1,0)"
    amount = worth("D7", KINDS["amount"])
    assert amount.startswith("IFERROR(VALUE(SUBSTITUTE(")
    assert amount.endswith('*IF(RIGHT(D7,2)="万元",10^4,IF(RIGHT(D7,2)="亿元",10^8,1)),0)')
    assert entry_for(KINDS["count"]) == Entry("whole", "0", None, text=False)


def test_a_change_may_go_down_as_far_as_up() -> None:
    assert (entry_for(KINDS["change"]).formula, entry_for(KINDS["change"]).upper) == ("-999999999", "999999999")


@pytest.mark.parametrize(
    ("figure", "kind", "value"),
    [
        (None, "count", None),
        (12, "count", 12),
        (-12, "change", -12),
        (10**15 - 1, "count", 10**15 - 1),
        (10**15, "count", "1000000000000000"),  # of a number Excel keeps 15 digits
        (Decimal("38.650"), "money", "38.650"),
        (Amount(Decimal("38.65"), "万元"), "amount", "38.65万元"),
    ],
)
def test_a_figure_is_a_number_where_excel_keeps_its_digits(figure: Figure, kind: str, value: object) -> None:
    at = Workbook().create_sheet()["A1"]
    set_figure(at, figure, KINDS[kind])
    assert (at.value, at.quotePrefix) == (value, False)
    assert at.number_format == ("0" if kind in ("count", "change") else "@")


@pytest.mark.parametrize(
    ("coordinates", "summed"),
    [
        ("D7", "D7"),
        ("D7 D8 D9", "D7:D9"),
        ("D7 E7 F7", "D7:F7"),
        ("D7 D9", "D7,D9"),
        ("D7 E8 F9", "D7,E8,F9"),
        ("D7 D8 E8", "D7:D8,E8"),
        ("D7 E7 E8 E9", "D7:E7,E8:E9"),
        ("D9 D8 D7", "D9,D8,D7"),
    ],
)
def test_cells_beside_each_other_are_summed_as_a_range(coordinates: str, summed: str) -> None:
    sheet = Workbook().create_sheet("表 四")
    count = form_for(2023).cells["challenges.review.upheld"]
    cells = [(count, sheet[coordinate]) for coordinate in coordinates.split()]
    assert sum_formula(cells) == f"SUM({summed})"
    assert sum_formula(cells, qualified=True) == "SUM({})".format(
        ",".join(f"'表 四'!{one}" for one in summed.split(","))
    )

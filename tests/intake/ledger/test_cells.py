"""What a cell of a ledger says, and how much of it a message shows."""

from __future__ import annotations

from datetime import date

import pytest

from reportkit.intake.ledger.cells import day_in, day_of_year, is_blank, shown, text_of

EPOCH = date(1899, 12, 30)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("36000", date(1998, 7, 24)),
        ("４４９３５.75", date(2023, 1, 9)),
        ("73999", date(2102, 8, 7)),
        ("35999", None),
        ("74000", None),
        ("2023.1.9", date(2023, 1, 9)),
        ("一月九日", None),
    ],
)
def test_a_bare_number_of_these_years_is_a_day(text: str, day: date | None) -> None:
    assert day_in(text, EPOCH) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2月29日", (2, 29)),
        ("十二月三十一号", (12, 31)),
        ("1月5", (1, 5)),
        ("2月30日", None),
        ("13月1日", None),
        ("0月1日", None),
        ("1月5日" + " " * 30 + "x", (1, 5)),  # no more of a long cell is looked at
        ("1.5", None),
    ],
)
def test_a_day_without_a_year_is_one_that_a_leap_year_has(text: str, day: tuple[int, int] | None) -> None:
    assert day_of_year(text) == day


def test_what_stands_for_nothing_is_blank() -> None:
    assert (text_of(None), text_of(" x\n")) == ("", "x")
    assert all(map(is_blank, ("", "-", "/", "无")))
    assert not is_blank("0")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("甲" * 24, "甲" * 24),
        ("甲" * 25, "甲" * 24 + "…"),
        ("甲\n 乙", "甲 乙"),
        ("电话1380000000", "电话…"),
        ("电话138000000", "电话138000000"),
        ("138 0000-0000，甲", "…,甲"),
        ("37130019000101000X号", "…号"),
    ],
)
def test_a_message_shows_the_beginning_of_a_cell_and_no_person_s_number(text: str, said: str) -> None:
    assert shown(text) == said

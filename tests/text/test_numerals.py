"""Chinese numerals, read and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.text import chinese_numeral, enumerator, read_numeral, unnumbered, without_enumerators


@given(st.integers(0, 9_999))
def test_a_numeral_is_read_as_it_was_written(number: int) -> None:
    assert read_numeral(chinese_numeral(number)) == number


@given(st.integers(0, 10**12))
def test_digits_are_read_and_large_numbers_written_in_them(number: int) -> None:
    assert read_numeral(str(number)) == number
    assert chinese_numeral(number + 10_000) == str(number + 10_000)


@given(st.integers(1000, 9999), st.sampled_from("〇零○O0"))
def test_a_year_is_read_digit_by_digit(year: int, zero: str) -> None:
    assert read_numeral("".join((zero + "一二三四五六七八九")[int(digit)] for digit in str(year))) == year


@pytest.mark.parametrize(("text", "number"), [("一十二", 12), ("两百", 200), ("一百〇五", 105), ("两", 2), ("十", 10)])
def test_other_spellings_of_a_number_are_read(text: str, number: int) -> None:
    assert read_numeral(text) == number


@pytest.mark.parametrize(
    "text", ["", "几", "百五十百", "二百五", "十一十", "1十", "一2", "-3", "1.5", "²", "零十", "9" * 5000]
)
def test_what_is_no_numeral_is_not_read(text: str) -> None:
    assert read_numeral(text) is None


@given(st.text("一二三十两百千零〇O12 万件", max_size=8))
def test_reading_never_fails(text: str) -> None:
    number = read_numeral(text)
    assert number is None or number >= 0


@pytest.mark.parametrize(
    ("label", "numeral", "words"),
    [
        ("一、总体情况", "一、", "总体情况"),
        ("(十二)其他处理", "(十二)", "其他处理"),
        ("（3）其他", "(3)", "其他"),
        ("1、属于国家秘密", "1.", "属于国家秘密"),
        ("1.属于国家秘密", "1.", "属于国家秘密"),
        ("其他", "", "其他"),
        ("一、", "", "一、"),
        ("2023年", "", "2023年"),
    ],
)
def test_the_numeral_before_a_label_is_told_from_its_words(label: str, numeral: str, words: str) -> None:
    assert enumerator(label) == numeral
    assert unnumbered(label) == words


def test_numerals_within_a_text_are_left_out_and_figures_are_not() -> None:
    assert without_enumerators("三、(一)部分公开2.5件1.重复").split() == ["部分公开2.5件", "重复"]

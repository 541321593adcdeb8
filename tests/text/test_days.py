"""Days as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.text import chinese_day, chinese_numeral, read_day

DAYS = st.dates(date(1000, 1, 1))


@given(
    DAYS,
    st.sampled_from(
        ["{:%Y-%m-%d}", "{:%Y%m%d}", "{0.year}/{0.month}/{0.day}", " {0.year} 年 {0.month} 月 {0.day} 日 "]
    ),
)
def test_a_day_is_read_as_it_was_typed(day: date, form: str) -> None:
    assert read_day(form.format(day)) == day


@given(DAYS)
def test_a_day_is_read_as_documents_write_it(day: date) -> None:
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    assert read_day(chinese_day(day)) == day
    assert read_day(f"{year}年{chinese_numeral(day.month)}月{chinese_numeral(day.day)}日") == day


@pytest.mark.parametrize(
    "typed", ["２０２４．１．１９", "2024-01-19T08:30:00.5", "2024年1月19日8时30分", "2024/1/19 08:30", "2024年1月19"]
)
def test_width_and_the_time_of_day_do_not_matter(typed: str) -> None:
    assert read_day(typed) == date(2024, 1, 19)


@pytest.mark.parametrize(
    "typed", ["", "2023-02-30", "24-1-19", "2024-01", "2024-01-190", "1月19日", "45000", "〇〇〇〇年一月一日"]
)
def test_what_names_no_day_is_none(typed: str) -> None:
    assert read_day(typed) is None


def test_a_day_is_written_without_leading_zeros() -> None:
    assert chinese_day(date(2024, 1, 9)) == "2024年1月9日"

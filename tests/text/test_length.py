"""Messages stay readable, however long what they speak of is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.text import MOST_OF_A_KIND, bounded, first_of, shortened


@given(st.text(), st.integers(2, 30))
def test_a_text_keeps_its_beginning_and_its_end(text: str, most: int) -> None:
    short = shortened(text, most)
    assert len(short) == min(len(text), most)
    if len(text) > most:
        before, _, after = short.partition("…") if "…" not in text else ("", "", "")
        assert text.startswith(before) and text.endswith(after)


@pytest.mark.parametrize("number", [0, 1, MOST_OF_A_KIND])
def test_few_lines_are_all_given(number: int) -> None:
    assert [*first_of(["a"] * number)] == ["a"] * number


def test_of_many_lines_the_first_are_given_and_the_others_counted() -> None:
    lines = [*first_of(map(str, range(MOST_OF_A_KIND + 7)), "{} more")]
    assert lines[-2:] == [str(MOST_OF_A_KIND - 1), "7 more"]


@given(st.text(st.sampled_from("a\n"), max_size=3000))
def test_a_message_has_a_bound_and_a_short_one_stays(message: str) -> None:
    short = bounded(message)
    assert len(short.splitlines()) <= 2 * MOST_OF_A_KIND + 1
    if message.count("\n") < MOST_OF_A_KIND and len(message) <= 1000:
        assert short == "\n".join(message.splitlines())


def test_a_long_message_is_cut_both_ways() -> None:
    assert len(bounded("\n".join(["x" * 10_000] * 10_000))) < 110_000

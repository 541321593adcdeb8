"""Characters that stand beside each other on a page are a line of print."""

from __future__ import annotations

from typing import Any

import pytest

from reportkit.documents.print_lines import Line, print_lines, run_on


def character(text: str, x: float, top: float = 100, size: float = 10) -> dict[str, Any]:
    return {"text": text, "x0": x, "x1": x + size, "top": top, "bottom": top + size}


def test_a_line_is_read_from_left_to_right_and_measured_by_what_is_seen() -> None:
    given = [character("乙", 30), character("甲", 20, 102), character(" ", 0), character(" ", 60), character("丙", 40)]
    assert print_lines(given) == [Line("甲乙丙", 20, 50, 100, 112, spaced=True)]
    assert print_lines(given)[0].size == 12
    assert print_lines([character(" ", 0)]) == print_lines([]) == []


@pytest.mark.parametrize(("gap", "said"), [(0, "甲乙"), (5, "甲乙"), (5.5, "甲 乙"), (30, "甲 乙")])
def test_a_gap_of_more_than_half_a_character_parts_words(gap: float, said: str) -> None:
    (line,) = print_lines([character("甲", 0), character("乙", 10 + gap)])
    assert line.text == said


@pytest.mark.parametrize(("lower", "lines"), [(0, 1), (5.5, 1), (6, 2), (12, 2)])
def test_what_stands_lower_by_most_of_a_character_is_another_line(lower: float, lines: int) -> None:
    assert len(print_lines([character("甲", 0), character("乙", 10, 100 + lower)])) == lines


def test_characters_of_other_sizes_stand_on_the_line_on_which_their_middle_is() -> None:
    (line,) = print_lines([character("甲", 0, 100, 20), character("2", 20, 104, 6)])
    assert (line.text, line.top, line.bottom) == ("甲2", 100, 120)


@pytest.mark.parametrize(
    ("before", "text", "whole"),
    [
        ("", "a", "a"),
        ("a", "", "a"),
        ("政府", "open", "政府open"),
        ("open", "政府", "open政府"),
        ("open", "data", "open data"),
        ("政府a", "b开", "政府a b开"),
        ("a政府", "b", "a政府b"),
        ("a", "开b", "a开b"),
        ("and/", "or", "and/or"),
        ("0539-", "8726680", "0539-8726680"),
    ],
)
def test_lines_are_joined_as_they_read(before: str, text: str, whole: str) -> None:
    assert run_on(before, text) == whole

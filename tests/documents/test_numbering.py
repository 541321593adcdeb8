"""Numbers that a word processor prints before paragraphs, in every kind of numeral."""

from __future__ import annotations

import pytest

from reportkit.documents.numbering import Counters, Level


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("decimalEnclosedCircle", {0: "0", 1: "①", 20: "⑳", 21: "21"}),
        ("lowerLetter", {0: "0", 1: "a", 26: "z", 27: "a"}),
        ("upperLetter", {3: "C"}),
        ("lowerRoman", {0: "", 1: "i", 4: "iv", 8: "viii", 9: "ix", 44: "xliv", 59: "lix", 90: "xc", 99: "xcix"}),
        ("chineseCounting", {0: "零", 1: "一", 99: "九十九", 100: "100"}),
        ("decimalZero", {0: "00", 99: "99", 100: "100"}),
        ("decimalFullWidth", {90: "９０"}),
        ("bullet", {1: ""}),
    ],
)
def test_a_number_is_written_in_the_numerals_of_its_kind(kind: str, labels: dict[int, str]) -> None:
    written = {number: Counters().next_label("a", {0: Level("%1、", kind, number)}, 0) for number in labels}
    assert {number: label.removesuffix("、") for number, label in written.items()} == labels


def test_a_label_may_show_the_levels_above_in_their_own_numerals() -> None:
    levels = {0: Level("第%1章、", "chineseCounting"), 1: Level("%1.%2", start=3), 2: Level("%4-%3")}
    counters = Counters()
    assert counters.next_label("a", levels, 1) == "一.3 "  # before the first chapter was counted
    assert [counters.next_label("a", levels, depth) for depth in (0, 0, 1, 1, 2, 2, 0, 1)] == [
        "第一章、",
        "第二章、",
        "二.3 ",
        "二.4 ",
        "1-1 ",
        "1-2 ",
        "第三章、",
        "三.3 ",
    ]
    assert counters.next_label("b", levels, 0) == "第一章、"
    assert counters.next_label("a", levels, 5) == ""

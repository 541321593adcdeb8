"""Rows out of text with bars: a bar ends a cell, wherever lines break."""

from __future__ import annotations

import pytest

from reportkit.intake.published.barred import barred_rows


def rows(text: str) -> list[list[str]]:
    return [[cell.text for cell in row] for row, _ in barred_rows(text.split("\n"))]


@pytest.mark.parametrize(
    "text",
    [
        "规章 | 0 |\n| 2 |\n文件 |\n|\n| 5 |",
        "| 规章 | 0 |\n| 2 |\n| 文件 |\n|\n| 5 |",
        "规章 |\n0 |\n|\n2 |\n文件 |\n|\n|\n5 |",
        "|\n规章 |\n0 |\n|\n2 |\n|\n文件 |\n|\n|\n5 |",
        "规章\n|\n0\n|\n|\n2\n|\n文件\n|\n|\n|\n5\n|",
        "| \n 规章  | \n 0  | \n  | \n 2  | \n| \n 文件  | \n  | \n  | \n 5  | ",
        "规章\n0\n|\n2\n文件\n|\n|\n5\n许可\n1\n1",
    ],
)
def test_blanks_keep_their_places_wherever_lines_break(text: str) -> None:
    assert rows(text)[:2] == [["规章", "0", "", "2"], ["文件", "", "", "5"]]


@pytest.mark.parametrize("text", ["规章\n| 0 | 2 |\n文件\n| 3 | 5 |", "| 规章 |\n| 0 | 2 |\n| 文件 |\n| 3 | 5 |"])
def test_a_label_and_its_figures_may_stand_on_two_lines(text: str) -> None:
    assert rows(text) == [["规章", "0", "2"], ["文件", "3", "5"]]


def test_bars_at_the_end_of_a_row_say_nothing() -> None:
    assert rows("规章 | 0 |\n| 2 | ||\n文件 | 3 | 5 | |") == [["规章", "0", "", "2"], ["文件", "3", "5"]]
    assert rows("许可 |\n| ||\n处罚 | 1 | ||") == [["许可", ""], ["处罚", "1"]]


def test_a_cell_may_be_broken_over_lines() -> None:
    assert rows("商业\n企业\n|\n科研\n机构\n|\n规章\n|\n0\n|") == [["商业 企业", "科研 机构", "规章", "0"]]

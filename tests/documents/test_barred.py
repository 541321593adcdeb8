"""What the bars of a flattened text can be relied on for: blanks in their places, rows on lines of their own."""

from __future__ import annotations

import pytest

from reportkit.documents.barred import keeps_blanks, runs_over_lines, undoubled
from reportkit.documents.document import Grid, Paragraph
from reportkit.documents.plain_text import read_plain_text


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (["规章 | 0 | | 2"], True),
        (["规章|0||2"], True),
        (["| | （一）予以公开 | 1 |"], True),
        (["规章 | 0 | 2 | |"], False),
        (["| 规章 | 0 | 2 |||"], False),
        (["规章 |", "| 2 |"], False),
    ],
)
def test_a_blank_between_two_cells_shows_that_blanks_are_kept(lines: list[str], kept: bool) -> None:
    assert keeps_blanks(lines) is kept


@pytest.mark.parametrize(
    ("lines", "over"),
    [
        (["规章 | 0 |", "| 2 |"], True),
        (["规章", "|", "0", "|"], True),
        (["规章 |", "0 |", "2 |"], True),
        (["| 规章 |", "| 0 | 1 | 2 |"], True),
        (["规章", "0 | 1 | 2"], True),
        (["行政许可 |", "| ||"], True),
        (["规章 |", "3件 | 4件"], True),
        (["（三）不予公开 | 1.属于国家秘密 |", "| 0 | 1 |"], True),
        (["三、办理结果 | （三）不予公开 | 1.属于国家秘密 |", "| 0 | 1 |"], True),
        (["甲 | 乙 | 丙 | 丁 |", "| 0 | 1 |"], False),
        (["甲 | 乙", "0 | 1"], False),
        (["规章", "行政规范性文件"], False),
        (["| | |", "| 0 | 1 |"], False),
        (["| 规章 | 0 | 1 | 2 |", "| 行政规范性文件 | 0 | 1 | 2 |"], False),
        (["| 项目 | 数量 |", "| --- | --- |", "| 1 | 2 |"], False),
        (["| 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |", "| 0 | 1 | 2 | 3 | 6 |"], False),
        (["首页 | 公开", "正文"], False),
    ],
)
def test_rows_that_go_over_lines_are_told_from_lines_that_are_rows(lines: list[str], over: bool) -> None:
    assert runs_over_lines(lines) is over


def test_bars_on_both_sides_of_each_cell_are_one_bar_between_them() -> None:
    assert undoubled(["|规章||0||2|", "|行政许可||6|"]) == ["|规章|0|2|", "|行政许可|6|"]
    assert undoubled(["规章│0││2"]) == ["规章|0||2"]


def test_lines_of_which_none_is_a_row_are_paragraphs_that_keep_their_bars() -> None:
    assert read_plain_text("规章 | 0 |\n|\n| 2 |", "示例.txt").blocks == (
        Paragraph("规章 0", "规章 | 0 |\n|\n"),
        Paragraph("2", "| 2 |\n"),
    )
    assert read_plain_text("题\n规章\n|\n0\n|", "示例.txt").blocks == (
        Paragraph("题"),
        Paragraph("规章", "规章\n|\n"),
        Paragraph("0", "0\n|\n"),
    )


@pytest.mark.parametrize(
    ("text", "kept"), [("规章 | 0 | 2 | |", False), ("规章 | 0 | | 2", True), ("规章\t0\t2\t", True)]
)
def test_a_grid_says_whether_its_blanks_kept_their_places(text: str, kept: bool) -> None:
    (grid,) = read_plain_text(text, "示例.txt").blocks
    assert isinstance(grid, Grid)
    assert grid.keeps_blanks is kept

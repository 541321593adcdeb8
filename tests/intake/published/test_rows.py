"""Grids and lines of text taken apart into rows: labels, then what stands after them."""

from __future__ import annotations

import pytest

from reportkit.documents.document import Box, Grid
from reportkit.intake.published.rows import Line, Row, rows_of


def rows(*texts: str) -> list[Row]:
    return list(rows_of(Line(text, f"line {at}") for at, text in enumerate(texts, 1)))


def test_a_line_with_separators_is_a_row() -> None:
    (row,) = rows("规章\t\t1\t2\t3")
    assert (row.labels, row.tail) == (("规章",), ("", "1", "2", "3"))
    (row,) = rows("| 规章 | 1 | | 3 |")
    assert (row.labels, row.tail) == (("规章",), ("1", "", "3"))


def test_bars_at_the_end_of_a_line_are_no_blanks_unless_blanks_stand_between_cells() -> None:
    (row,) = rows("规章 | 1 | 3 | |")
    assert (row.tail, row.loose, row.fitted(3)) == (("1", "3"), True, None)
    first, second = rows("规章 | 1 | 3 | |", "行政规范性文件 | 1 | | 3 |")
    assert (first.tail, first.loose, second.tail) == (("1", "3", ""), False, ("1", "", "3"))
    assert rows("规章\t1\t3\t")[0].tail == ("1", "3", "")


def test_the_rule_of_a_markdown_table_is_no_row() -> None:
    assert [row.labels for row in rows("| 规章 | 1 |", "| --- | :-: |", "| 行政许可 | 1 |")] == [
        ("规章",),
        ("行政许可",),
    ]


def test_cells_one_a_line_are_pieced_together() -> None:
    found = rows("信息内容", "本年制发件数", "规章", "1", "2", "行政许可", "3")
    assert [(row.labels[-1], row.tail) for row in found] == [("规章", ("1", "2")), ("行政许可", ("3",))]
    assert all(row.loose for row in found)


def test_a_line_of_words_and_figures_is_a_row() -> None:
    found = rows("规章 0 1 204", "0 0 0 0", "1 204")
    assert found[0].labels == ("规章",)
    assert found[0].tail == ("0", "1", "204", "0", "0", "0", "0", "1 204")


def test_a_long_sentence_ends_a_row() -> None:
    found = rows("规章", "示例" * 40, "1")
    assert found[-1].labels == ()


def test_a_grids_row_has_the_boxes_that_begin_in_it() -> None:
    stub = Box("三、本年度办理结果", rowspan=3)
    grid = Grid(((stub, Box("（一）予以公开"), Box("1"), None), (stub, Box("（二）部分公开"), Box(""), Box("2"))))
    first, second = rows_of([(grid, "table 1")])
    assert (first.labels, first.tail) == (("三、本年度办理结果", "（一）予以公开"), ("1",))
    assert (second.labels, second.tail, second.where) == (("（二）部分公开",), ("", "2"), "table 1, row 2")


@pytest.mark.parametrize(
    ("tail", "count", "margin", "figures"),
    [
        (("1", "2"), 2, None, ("1", "2")),
        (("", "1", "2"), 2, None, ("1", "2")),
        (("1", "2", "3"), 2, None, None),
        (("", "1", ""), 2, None, None),
        (("", "1", ""), 2, 0, ("1", "")),
        (("", "1", ""), 2, 1, ("", "1")),
        (("1",), 2, None, None),
    ],
)
def test_a_rows_figures_are_known_where_nothing_but_blanks_is_left_over(
    tail: tuple[str, ...], count: int, margin: int | None, figures: tuple[str, ...] | None
) -> None:
    assert Row(("规章",), tail, "", len(tail) + 1).fitted(count, margin) == figures

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


# ------------------------------------------------------------------ rows whose blanks may be lost


@pytest.mark.parametrize(
    ("tail", "count", "figures"),
    [
        (("1", "2"), 2, ("1", "2")),
        (("1",), 2, None),
        (("1", "2", "3"), 2, None),
        (("", "1", "2"), 2, ("1", "2")),
        (("", "", "2"), 2, ("", "2")),
        (("", "1", ""), 2, None),
        (("1", "", "2"), 2, None),
        (("", "1", "2", "3"), 2, None),
        (("", "", ""), 2, ("", "")),
        (("", "", "", ""), 2, ("", "")),
        (("", ""), 2, ("", "")),
        (("",), 2, None),
        ((), 2, None),
    ],
)
def test_in_a_loose_row_nothing_may_be_left_over(
    tail: tuple[str, ...], count: int, figures: tuple[str, ...] | None
) -> None:
    assert Row(("规章",), tail, "", loose=True).fitted(count) == figures


def shape(found: list[Row]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(row.labels, row.tail) for row in found]


def test_a_row_of_figures_alone_has_no_label() -> None:
    assert shape(rows("1\t2\t\t3")) == [((), ("1", "2", "", "3"))]
    assert shape(rows("\t\t")) == []


def test_bars_over_several_lines_are_read_as_one_stretch() -> None:
    found = rows("前文。", "规章 |", "0 |", "|", "2 |", "文件 |", "|", "1 |", "5", "后文")
    assert shape(found) == [
        (("前文。",), ()),
        (("规章",), ("0", "", "2")),
        (("文件",), ("", "1", "5")),
        (("后文",), ()),
    ]
    assert [row.where for row in found][1:3] == ["line 5", "line 9"]
    assert [len(row.lines) for row in found] == [1, 3, 3, 1]


def test_a_label_above_a_stretch_of_bars_belongs_to_it_and_one_that_is_there_does_not() -> None:
    assert shape(rows("规章", "| 0 |", "|", "| 2 |", "文件", "| 1 |", "|", "| 5 |"))[0][0] == ("规章",)
    assert (("前文",), ()) in shape(rows("前文", "规章 |", "0 |", "|", "2 |"))


@pytest.mark.parametrize(("length", "ends"), [(60, False), (61, True)])
def test_a_long_line_ends_a_stretch_of_bars(length: int, ends: bool) -> None:
    found = rows("规章 |", "0 |", "2 |", "示" * length, "文件 |", "1 |", "5 |")
    assert (("文件",), ("1", "5")) in shape(found) or not ends
    assert (("示" * length,) in [row.labels for row in found]) == ends


@pytest.mark.parametrize("keeps", [True, False])
def test_blanks_at_the_end_of_a_grids_row_stand_for_others_where_it_keeps_none(keeps: bool) -> None:
    grid = Grid(
        tuple(
            tuple(Box(text) for text in row)
            for row in (("规章", "1", "", ""), ("文件", "", "", ""), ("", "2", "3", ""), ("许可", "", "", ""), ("后",))
        ),
        keeps_blanks=keeps,
    )
    found = list(rows_of([(grid, "table 1")]))
    assert [row.loose for row in found] == [not keeps] * 5
    whole = [("1", "", ""), ("", "", ""), ("", "2", "3", ""), ("", "", ""), ()]
    assert [row.tail for row in found] == (whole if keeps else [("1",), (), ("", "2", "3"), ("", "", ""), ()])

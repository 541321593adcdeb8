"""Cells with spans are put where a browser would put them, and never cover more than a limit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from reportkit.documents import grids
from reportkit.documents.document import UnreadableError
from reportkit.documents.grids import Cell, grid_of, is_layout


def shown(rows: Sequence[Sequence[Cell]], sections: Sequence[int] = ()) -> list[list[str | None]]:
    return [[box.text if box else None for box in row] for row in grid_of(rows, sections).rows]


def test_a_cell_takes_the_first_free_place_and_what_it_spans_within_its_section() -> None:
    a, b, c, d = Cell("a", rowspan=0), Cell("b", rowspan=2, colspan=2), Cell("c"), Cell("d")
    assert shown([[a, b, c], [d], [c], [d]]) == [
        ["a", "b", "b", "c"],
        ["a", "b", "b", "d"],
        ["a", "c"],
        ["a", "d"],
    ]
    assert shown([[a, b], [c], [d]], [1, 3, 3]) == [["a", "b"], ["c"], ["d"]]
    assert shown([]) == []
    assert len(shown([[Cell("a", colspan=5000), Cell("b")]])[0]) == 1001


def test_a_box_says_what_it_spans_of_the_columns_that_are_left() -> None:
    (head, other), (body, _) = grid_of([[Cell("a", 9, 1, header=True), Cell("b", 1, 900)], [Cell("c")]]).rows
    assert head is not None
    assert head is body
    assert other is not None
    assert (other.colspan, other.header) == (1, False)
    assert (head.rowspan, head.colspan, head.header) == (2, 1, True)


def test_a_table_that_covers_just_the_limit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MOST_PLACES", 6)
    assert shown([[Cell("a", 2, 3)], []]) == [["a"], ["a"]]
    with pytest.raises(UnreadableError, match="covers more than 6 cells"):
        shown([[Cell("a", 2, 3)], [Cell("b")]])


def test_places_that_a_span_leaves_blank_before_it_count_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[Cell("a"), Cell("b"), Cell("c", rowspan=2)], []]
    monkeypatch.setattr(grids, "MOST_PLACES", 6)
    assert shown(rows) == [["a", "b", "c"], [None, None, "c"]]
    monkeypatch.setattr(grids, "MOST_PLACES", 5)
    with pytest.raises(UnreadableError):
        shown(rows)


@pytest.mark.parametrize(
    ("rows", "nested", "layout"),
    [
        ([["甲", "乙"], ["1", "2"]], 0, False),
        ([["甲", "乙"], ["1", "2"]], 3, False),
        ([["甲", "乙"], ["1", "2"]], 4, True),
        ([["甲", "乙"], ["1", "2"]], 5, True),
        ([["甲"], ["乙"], []], 0, True),
        ([["甲", "长" * 200]], 0, False),
        ([["甲", "长" * 201]], 0, True),
        ([], 0, True),
    ],
)
def test_a_table_of_single_cells_long_texts_or_larger_tables_lays_out_a_page(
    rows: list[list[str]], nested: int, layout: bool
) -> None:
    assert is_layout(rows, nested) is layout

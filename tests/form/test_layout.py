"""The printed layout covers its rectangle exactly and shows every cell of the form once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.form import Block, Cell, Header, Table, editions
from reportkit.form.figures import KINDS
from reportkit.form.layout import FigureBox, LabelBox, Layout, layout_of

Box = FigureBox | LabelBox
Part = Sequence[Sequence[Box]]

TABLES = [
    pytest.param(table, id=f"{table.key}-{form.edition}") for form in editions().values() for table in form.tables
]


def covered(lines: Part, width: int) -> list[list[Box | None]]:
    """Which box covers each square of a table's part, as HTML's algorithm places them; gaps are None.

    Two boxes on one square, and a box that reaches out of the part, are assertion errors.
    """
    grid: list[list[Box | None]] = [[None] * width for _ in lines]
    for y, line in enumerate(lines):
        x = 0
        for box in line:
            while x < width and grid[y][x] is not None:
                x += 1
            for down in range(getattr(box, "rowspan", 1)):
                for right in range(box.colspan):
                    assert y + down < len(lines), f"{box} reaches below its part"
                    assert x + right < width, f"{box} reaches out to the right"
                    assert grid[y + down][x + right] is None, f"{box} lies on another"
                    grid[y + down][x + right] = box
    return grid


def parts(layout: Layout) -> list[Part]:
    return [part for part in (layout.head, *layout.bodies) if part]


def printed_cells(layout: Layout) -> list[Cell]:
    return [box.cell for body in layout.bodies for line in body for box in line if isinstance(box, FigureBox)]


def labels(layout: Layout) -> list[str]:
    return [box.label for part in parts(layout) for line in part for box in line if isinstance(box, LabelBox)]


def lines_as_printed(part: Part) -> list[list[str]]:
    return [[getattr(box, "label", "·") for box in line] for line in part]


# ------------------------------------------------------------ tables nobody has declared yet


def trees(axis: str) -> st.SearchStrategy[tuple[Header, ...]]:
    """Random labels, nested; every leaf has a key of its own, given once the tree is whole."""
    nested: st.SearchStrategy[Any] = st.recursive(
        st.just(()), lambda below: st.lists(below, min_size=1, max_size=3).map(tuple), max_leaves=6
    )
    return st.lists(nested, min_size=1, max_size=4).map(lambda forest: numbered(forest, axis))


def numbered(forest: Iterable[Any], axis: str) -> tuple[Header, ...]:
    numbers = iter(range(1000))

    def header(children: Iterable[Any]) -> Header:
        number = next(numbers)
        if not children:
            return Header(f"{axis}{number}", f"{axis}{number}")
        return Header(f"{axis}{number}", None, tuple(header(child) for child in children))

    return tuple(header(children) for children in forest)


def blocks(heading: str = "") -> st.SearchStrategy[Block]:
    return st.builds(Block, trees("r"), trees("c"), st.just(heading), st.just("stub"))


grids = st.builds(lambda block: Table("t", "表", "grid", (block,)), blocks())
acrosses = st.builds(lambda block: Table("t", "表", "across", (block,)), blocks())
stacks = st.builds(
    lambda stacked: Table("t", "表", "blocks", tuple(stacked)),
    st.lists(st.one_of(blocks(), blocks("heading")), min_size=1, max_size=4),
)


def assert_whole(table: Table) -> None:
    layout = layout_of(table)
    for part in parts(layout):
        assert all(None not in line for line in covered(part, layout.width))
    assert printed_cells(layout) == list(table.cells)


@pytest.mark.parametrize("table", TABLES)
def test_every_statutory_table_covers_its_rectangle_and_shows_each_cell_once(table: Table) -> None:
    assert_whole(table)


@given(grids)
def test_any_grid_covers_its_rectangle_and_shows_each_cell_once(table: Table) -> None:
    assert_whole(table)


@given(acrosses)
def test_any_table_laid_across_covers_its_rectangle_and_shows_each_cell_once(table: Table) -> None:
    assert_whole(table)


@given(stacks)
def test_any_stack_of_blocks_covers_its_rectangle_and_shows_each_cell_once(table: Table) -> None:
    assert_whole(table)


@given(grids)
def test_a_figure_stands_right_of_its_rows_label_and_below_its_columns(table: Table) -> None:
    layout = layout_of(table)
    (body,) = layout.bodies
    head, lines = covered(layout.head, layout.width), covered(body, layout.width)
    for line in lines:
        for x, box in enumerate(line):
            if isinstance(box, FigureBox):
                above = head[-1][x]
                assert isinstance(above, LabelBox)
                assert above.label == box.cell.column
                assert [label.label for label in line if isinstance(label, LabelBox)][-1] == box.cell.row


@pytest.mark.parametrize("table", TABLES)
def test_every_label_of_the_form_is_printed(table: Table) -> None:
    printed = set(labels(layout_of(table)))
    for block in table.blocks:
        for header in (*block.rows, *block.columns, *block.row_leaves, *block.column_leaves):
            assert header.label in printed
        assert {block.heading, block.stub} - {""} <= printed


@pytest.mark.parametrize("table", TABLES)
def test_only_the_stubs_head_heads_nothing(table: Table) -> None:
    layout = layout_of(table)
    stubs = {block.stub for block in table.blocks}
    for part in parts(layout):
        for line in part:
            for box in line:
                if isinstance(box, LabelBox):
                    assert (box.scope == "") == (box.label in stubs)
                    assert box.scope in ("", "col", "colgroup", "row", "rowgroup")


def test_the_applications_table_is_printed_as_the_form_prints_it() -> None:
    layout = layout_of(editions()["2021"].table("applications"))
    (body,) = layout.bodies
    assert layout.width == 10
    assert lines_as_printed(layout.head) == [
        ["（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", "申请人情况"],
        ["自然人", "法人或其他组织", "总计"],
        ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"],
    ]
    assert len(body) == 25
    figures = ["·"] * 7
    printed = lines_as_printed(body)
    assert printed[0] == ["一、本年新收政府信息公开申请数量", *figures]
    assert printed[2] == ["三、本年度办理结果", "（一）予以公开", *figures]
    assert printed[4] == ["（三）不予公开", "1.属于国家秘密", *figures]
    assert printed[5] == ["2.其他法律行政法规禁止公开", *figures]
    assert printed[-1] == ["四、结转下年度继续办理", *figures]
    assert body[0][0] == LabelBox("一、本年新收政府信息公开申请数量", colspan=3, scope="row")
    pieces = ("三、本年度", "办理", "结果")
    assert body[2][0] == LabelBox("三、本年度办理结果", rowspan=22, scope="rowgroup", pieces=pieces)
    assert body[2][1] == LabelBox("（一）予以公开", colspan=2, scope="row")
    assert body[4][0] == LabelBox("（三）不予公开", 8, scope="rowgroup", pieces=("（三）", "不予", "公开"))


def test_the_challenges_table_is_printed_as_the_form_prints_it() -> None:
    layout = layout_of(editions()["2021"].table("challenges"))
    results = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    assert layout.width == 15
    assert lines_as_printed(layout.head) == [
        ["行政复议", "行政诉讼"],
        [*results, "未经复议直接起诉", "复议后起诉"],
        [*results, *results],
    ]
    assert lines_as_printed(layout.bodies[0]) == [["·"] * 15]


def test_the_disclosure_table_is_printed_as_the_form_prints_it() -> None:
    layout = layout_of(editions()["2021"].table("disclosure"))
    assert layout.width == 4
    assert layout.head == ()
    assert [lines_as_printed(body) for body in layout.bodies] == [
        [
            ["第二十条第（一）项"],
            ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
            ["规章", "·", "·", "·"],
            ["行政规范性文件", "·", "·", "·"],
        ],
        [["第二十条第（五）项"], ["信息内容", "本年处理决定数量"], ["行政许可", "·"]],
        [["第二十条第（六）项"], ["信息内容", "本年处理决定数量"], ["行政处罚", "·"], ["行政强制", "·"]],
        [["第二十条第（八）项"], ["信息内容", "本年收费金额（单位：万元）"], ["行政事业性收费", "·"]],
    ]
    assert layout.bodies[1][2][1].colspan == 3


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_width_and_no_head_is_broken_within_a_word(table: Table) -> None:
    layout = layout_of(table)
    assert sum(layout.widths) == pytest.approx(1)
    assert min(layout.widths) > 0
    for part in parts(layout):
        for line in covered(part, layout.width):
            for column, box in enumerate(line):
                if isinstance(box, LabelBox) and box.pieces:
                    assert "".join(box.pieces) == box.label
                    # Set in 9 points on A4, a line of the table holds 49 characters; the padding takes half a one.
                    room = 49 * sum(layout.widths[column : column + box.colspan]) - 0.5
                    assert box is line[column - 1] or max(map(len, box.pieces)) <= room or "、" in box.label


def test_widths_and_breaks_are_guessed_where_an_edition_does_not_say() -> None:
    (table,) = (table for table in editions()["2021"].tables if table.layout == "grid")
    (block,) = table.blocks
    columns = (
        Header("自然人", "a"),
        Header("法律服务所", "b"),
        Header("甲", None, (Header("乙", "c"), Header("丙", "d"))),
    )
    bare = replace(table, widths=(), blocks=(replace(block, columns=columns),))
    layout = layout_of(bare)
    group, subgroup, label, *figures = layout.widths
    assert label > group == subgroup
    assert len(set(figures)) == 1
    pieces = {box.label: box.pieces for line in layout.head for box in line if isinstance(box, LabelBox)}
    assert (pieces["自然人"], pieces["法律服务所"], pieces["甲"]) == (("自然人",), (), ("甲",))


def test_a_layout_carries_the_kind_of_each_cell() -> None:
    kinds = {cell.address: cell.kind for cell in printed_cells(layout_of(editions()["2019"].table("disclosure")))}
    assert kinds["disclosure.fees.change"] is KINDS["change"]
    assert kinds["disclosure.procurement.amount"] is KINDS["amount"]

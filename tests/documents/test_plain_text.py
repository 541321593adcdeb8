"""Plain text is read line by line, its flattened tables as grids."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.documents.detection import read_document
from reportkit.documents.document import Block, Grid, Heading, Paragraph
from reportkit.documents.plain_text import read_plain_text

LINYI = Path(__file__).parents[1] / "data" / "linyi-fao-2023.txt"


def shown(text: str) -> list[object]:
    return [
        [[box.text if box else None for box in row] for row in block.rows] if isinstance(block, Grid) else block.text
        for block in read_plain_text(text, "示例.txt").blocks
    ]


def test_every_line_is_a_paragraph_and_blank_lines_are_nothing() -> None:
    assert shown("　　一、总体情况\r\n\r\n 甲  乙 \n丙\x0c丁") == ["一、总体情况", "甲 乙", "丙", "丁"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("规章\t0\t\t1\n\t文件\t2", [[["规章", "0", "", "1"], ["", "文件", "2"]]]),
        ("第二十条第（一）项\t\t\n规章\t0\t1", [[["第二十条第（一）项", "", ""], ["规章", "0", "1"]]]),
        ("甲\t1\n\n乙\t1\t2", ["甲 1", [["乙", "1", "2"]]]),
        ("\t缩进的段落\n电话：\t0539", ["缩进的段落", "电话： 0539"]),
        ("标题\t\t\t", ["标题"]),
        ("|a|b|\n|---|:-:|\n| 1 | |", [[["a", "b"], ["1", ""]]]),
        ("a ｜ b\n1 | 2", [[["a", "b"], ["1", "2"]]]),
        ("首页 | 公开", ["首页 公开"]),
        ("a\tb\tc\td", [[["a", "b", "c", "d"]]]),
        ("正文\na\tb\tc\n正文", ["正文", [["a", "b", "c"]], "正文"]),
        ("---\n\n- 甲", ["---", "- 甲"]),
    ],
)
def test_runs_of_lines_cut_into_fields_are_grids(text: str, expected: list[object]) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# 题\n正文", [Heading("题", 1), Paragraph("正文")]),
        ("   ###### **题** ##\n    # 正文", [Heading("题", 6), Paragraph("# 正文")]),
        ("####### 正文", [Paragraph("####### 正文")]),
        ("# 题\n#\n# \n正文", [Heading("题", 1), Paragraph("#"), Paragraph("#"), Paragraph("正文")]),
        ("题\n===\n节\n---\n正文\n# x", [Heading("题", 1), Heading("节", 2), Paragraph("正文"), Heading("x", 1)]),
        ("# x\n前\n\n---\n* * *\n后", [Heading("x", 1), Paragraph("前"), Paragraph("后")]),
        ("# x\n**节**\n这是**粗**体 __字__", [Heading("x", 1), Heading("节", 6), Paragraph("这是粗体 字")]),
        ("# x\n前\n\n**甲**乙**丙**", [Heading("x", 1), Paragraph("前"), Paragraph("甲乙丙")]),
    ],
)
def test_headings_of_markdown_are_headings(text: str, expected: list[Block]) -> None:
    assert list(read_plain_text(text, "示例.txt").blocks) == expected


def test_markdown_is_known_by_its_headings_or_by_the_file_s_name() -> None:
    assert read_plain_text("**节**", "示例.txt").blocks == (Paragraph("**节**"),)
    assert read_plain_text("**节**", "示例.MD").blocks == read_plain_text("**节**", "a.markdown").blocks
    assert read_plain_text("**节**", "示例.md").blocks == (Heading("节", 6),)


def test_a_table_of_markdown_is_no_heading_with_a_line_below_it() -> None:
    (_, grid) = read_plain_text("# x\n|a|b|\n---\n|c|2|", "x").blocks
    assert isinstance(grid, Grid)


def test_a_real_report_comes_out_in_order() -> None:
    blocks = read_document(LINYI).blocks
    grids = [block for block in blocks if isinstance(block, Grid)]
    assert [len(grid.rows) for grid in grids] == [14, 26, 2, 5]
    assert [box.text for box in grids[2].rows[0] if box] == ["(七) 总计", "2", "0", "0", "0", "0", "0", "2"]
    assert [box.text for box in grids[0].rows[0] if box] == ["第二十条第（一）项", "", "", ""]
    said = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert said[0] == "临沂市人民政府外事办公室 2023年度政府信息公开工作年度报告"
    assert [text[:2] for text in said if text[1:2] == "、"] == ["一、", "二、", "三、", "四、", "五、", "六、"]
    assert said[-1].endswith("已按时办理并在网站公布。")


@given(st.text(st.sampled_from("甲1 \t\n|｜-\r\u2028")))
def test_no_word_is_lost(text: str) -> None:
    words = [word for word in text.replace("|", " ").replace("｜", " ").replace("-", " ").split() if word]
    flat = str(shown(text))
    assert all(word in flat for word in words)


@given(st.text())
def test_any_text_is_a_document(text: str) -> None:
    for block in read_plain_text(text, "x").blocks:
        assert block.rows if isinstance(block, Grid) else block.text

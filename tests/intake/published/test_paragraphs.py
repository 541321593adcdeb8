"""Paragraphs made whole again: what goes on from one line to the next, what does not, and what ends a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.documents.document import Box, Grid
from reportkit.intake.published.paragraphs import markdown, paragraphs
from reportkit.intake.published.rows import Line

FULL = "全年主动公开政府信息三百余条，群众满意度稳步提高，各科室分工明"  # a line of 31 characters: nothing ends it


def joined(*texts: str, last: bool = False) -> list[str]:
    return paragraphs([Line(text, "") for text in texts], set(), last=last)


# ------------------------------------------------------------------ broken for want of room


def test_a_full_line_goes_on_and_a_short_one_ends() -> None:
    assert joined(FULL, FULL, "确。") == [f"{FULL}{FULL}确。"]
    assert joined(FULL, "较短的一行，没有句号", FULL) == [f"{FULL}较短的一行，没有句号", FULL]


@pytest.mark.parametrize(("length", "goes_on"), [(19, False), (20, True)])
def test_lines_are_broken_only_where_they_have_room_for_much(length: int, goes_on: bool) -> None:
    line = "示" * length
    assert joined(line, line) == ([line * 2] if goes_on else [line, line])


@pytest.mark.parametrize(("length", "goes_on"), [(23, False), (24, True)])
def test_a_line_goes_on_if_it_is_nearly_as_long_as_the_longest(length: int, goes_on: bool) -> None:
    longest, line = "长" * 30 + "。", "示" * (length + 1)
    # The longest is 31 characters wide: four fifths are a little less than 25.
    assert joined(longest, line, "后文。") == [longest, *([f"{line}后文。"] if goes_on else [line, "后文。"])]


def test_four_fifths_of_the_longest_line_are_nearly_all_of_it() -> None:
    longest = "长" * 29 + "。"
    assert joined(longest, "示" * 24, "后文。") == [longest, "示" * 24 + "后文。"]
    assert joined(longest, "示" * 23 + "a", "后文。") == [longest, "示" * 23 + "a", "后文。"]


@pytest.mark.parametrize("end", "。！？；：!?;:…")
@pytest.mark.parametrize("closing", ["", "”", "）", "》"])
def test_the_end_of_a_sentence_ends_a_line(end: str, closing: str) -> None:
    line = FULL + end + closing
    assert joined(line, "下文。") == [line, "下文。"]


@pytest.mark.parametrize("first", "。，、；：！？）》”’」』】")
def test_what_never_begins_a_line_belongs_to_the_one_before(first: str) -> None:
    assert joined("短行", f"{first}下文。") == [f"短行{first}下文。"]


@pytest.mark.parametrize(
    "line", ["联系电话：0539-1", "地址:示例路", "一、总体情况", "（二）示例", "3.示例", "3、示例", "12345", "a b c"]
)
def test_a_heading_a_named_value_and_what_is_not_chinese_begin_anew(line: str) -> None:
    assert joined(FULL, line) == [FULL, line]


@pytest.mark.parametrize(
    "line", ["话：示例", "其中，本年：示例", "全文没有冒号的示例", "这一行在冒号之前有十一个字：示例"]
)
def test_a_colon_further_on_names_no_value(line: str) -> None:
    assert joined(FULL, line) == [FULL + line]


def test_a_numbered_heading_goes_on_only_if_it_fills_its_line() -> None:
    heading, comma = "（一）" + "标" * 26, "（一）" + "标" * 12 + "，" + "题" * 13
    assert joined(heading, FULL + "确。") == [heading, FULL + "确。"]
    assert joined(comma, FULL + "确。") == [comma + FULL + "确。"]
    for width in (28, 29):
        filling = "（一）" + "标" * width
        goes_on = width == 29
        longest = "长" * 33
        assert joined(filling, longest) == ([filling + longest] if goes_on else [filling, longest]), width


def test_a_line_that_ends_with_a_bracket_goes_on_only_if_it_is_full() -> None:
    longest = "长" * 32
    lines = ("示" * 29 + "）", False), ("示" * 29 + "a）", False), ("示" * 30 + "）", True), ("示" * 31 + "）", True)
    for line, goes_on in lines:
        assert joined(line, longest) == ([line + longest] if goes_on else [line, longest])


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("word", "word后文", "word word后文"),
        ("word", "a后文", "word a后文"),
        ("字", "word后文", "字word后文"),
        ("word", "后文", "word后文"),
    ],
)
def test_only_two_words_that_are_not_chinese_are_parted(before: str, after: str, whole: str) -> None:
    line = "示" * 25 + before
    assert joined(line, after) == ["示" * 25 + whole]


# ------------------------------------------------------------------ torn within brackets

BRACKETS = ["《》", "“”", "（）", "〈〉", "「」", "『』", "【】", "()", "（)", "(）"]


@pytest.mark.parametrize("pair", BRACKETS)
def test_a_short_line_goes_on_while_a_bracket_is_open(pair: str) -> None:
    opening, closing = tuple(pair)
    assert joined(f"依据{opening}示例", f"办法{closing}编制") == [f"依据{opening}示例办法{closing}编制"]
    assert joined(f"依据{opening}示例{closing}编制", "下文") == [f"依据{opening}示例{closing}编制", "下文"]
    assert joined(f"依据{opening}示例{closing}和{opening}示", f"例{closing}") == [
        f"依据{opening}示例{closing}和{opening}示例{closing}"
    ]


@pytest.mark.parametrize("end", "。！？；：，、.!?;:,…")
def test_a_line_that_ends_is_not_torn(end: str) -> None:
    assert joined(f"依据《示例{end}", "办法》") == [f"依据《示例{end}", "办法》"]


def test_the_brackets_close_in_their_order() -> None:
    assert joined("甲《乙“丙》", "丁") == ["甲《乙“丙》", "丁"]
    assert joined("甲《乙“丙》丁", "戊") == ["甲《乙“丙》丁戊"]
    assert joined("甲》乙《丙", "丁》") == ["甲》乙《丙丁》"]
    assert joined("甲《乙（丙)丁》戊", "己") == ["甲《乙（丙)丁》戊", "己"]
    assert joined("前文。", "依据《示", "例》编制") == ["前文。", "依据《示例》编制"]


# ------------------------------------------------------------------ what is no text

PAGES = [
    "— 3 —",
    "-12-",
    "——3——",
    "－ 3 －",
    "―3―",
    "–3–",
    "第3页",
    "第 3 页 共 9 页",
    "第3页，共9页",
    "第3页/共9页",
    "3/9",
    "3/9页",
    "123/456",
]


@pytest.mark.parametrize("page", PAGES)
def test_the_number_of_a_page_is_no_text_and_parts_no_sentence(page: str) -> None:
    assert joined(FULL, page, "确。") == [FULL + "确。"]


@pytest.mark.parametrize("text", ["第3页说明", "3", "2023", "1234/5", "-1234-", "第1234页", "共9页", "3-9", "第页"])
def test_other_numbers_are_text(text: str) -> None:
    assert joined("上文。", text) == ["上文。", text]


FOOTERS = [
    "打印", "【打 印】", "[关闭]", "（返回顶部）", "( 返回)", "分享", "关 闭 窗 口", "相关附件", "附件下载：", "相关链接", "扫一扫",
    "分享到", "责任编辑：示例", "上一篇：无", "下一篇：无", "网站地图", "主办：示例", "主办单位：示例", "承办:示例", "承办单位：示例",
    "版权所有 示例", "友情链接", "浏览次数：3", "鲁ICP备00000000号", "示例公安网安备，公网安备000号", "网站标识码：000", "请扫一扫在手机打开",
]  # fmt: skip


@pytest.mark.parametrize("footer", FOOTERS)
def test_whatever_follows_the_foot_of_a_page_is_no_text(footer: str) -> None:
    assert joined("正文。", footer, "后面。", last=True) == ["正文。"]
    assert paragraphs([Line("正文。", ""), Line(footer, ""), Line("后面。", "")], set())[-1] == "后面。"


@pytest.mark.parametrize(
    "text", ["正在打印。", "主办了示例活动。", "承办单位众多。", "其相关链接如下。", "没有附件下载。", "他打印"]
)
def test_a_sentence_is_no_foot(text: str) -> None:
    assert joined("正文。", text, last=True) == ["正文。", text]


@pytest.mark.parametrize(("length", "is_foot"), [(60, True), (61, False)])
def test_a_foot_is_short(length: int, is_foot: bool) -> None:
    line = "打印" + "示" * (length - 2)
    assert joined("正文。", line, last=True) == ["正文。", *([] if is_foot else [line])]


def test_only_lines_that_no_table_has_taken_are_text() -> None:
    text, taken = Line(" 正文。 ", "paragraph 1"), Line("规章", "paragraph 2")
    assert paragraphs([text, taken, (Grid(((Box("1"),),)), "table 1")], {taken}) == ["正文。"]
    assert paragraphs([], set()) == []


# ------------------------------------------------------------------ Markdown


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# 示例", "\\# 示例"), (">示例", "\\>示例"), ("~~~", "\\~~~"), ("=", "\\="), ("- 示例", "\\- 示例"), ("-示例", "-示例"),
        ("--", "\\--"), ("+ 示例", "\\+ 示例"), ("+示例", "+示例"), ("1. 示例", "1\\. 示例"), ("1) 示例", "1\\) 示例"), ("1.示例", "1.示例"),
        ("123456789. 示例", "123456789\\. 示例"), ("1234567890. 示例", "1234567890. 示例"), ("2.", "2\\."), ("示例 # 1.", "示例 # 1."),
        ("a*b_c`d[e]f<g|h\\i", "a\\*b\\_c\\`d\\[e\\]f\\<g\\|h\\\\i"), ("&amp; & &#35; &x", "\\&amp; & \\&#35; &x"),
        ("  多  空格\t之间 ", "多 空格 之间"),
    ],
)  # fmt: skip
def test_signs_of_markdown_are_escaped_where_they_are_ones(text: str, written: str) -> None:
    assert markdown([text]) == f"{written}\n"


@given(st.lists(st.sampled_from(["甲。", "乙。", " ", ""])))
def test_paragraphs_are_parted_by_a_blank_line(texts: list[str]) -> None:
    kept = [text for text in texts if text.strip()]
    assert markdown(texts) == "\n\n".join(kept) + ("\n" if kept else "")

from __future__ import annotations

import pytest

from reportkit.checks.text import folded, is_empty, length, plain, title_on
from reportkit.form import form_for

TITLES = tuple(section.title for section in form_for(2023).titled_sections)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "　　",
        "&nbsp;\xa0",
        "##\n\n**  **",
        "<p></p><br>",
        "<!-- 待写 -->",
        "<!-- 待写",
        "- \n- ",
        "1.\n",
        "……",
        "\u200b",
    ],
)
def test_spaces_and_markup_alone_are_empty(text: str) -> None:
    assert is_empty(text, TITLES)


@pytest.mark.parametrize("text", ["无", "无。", "**无**", "- 无", "0", "1. 示例"])
def test_any_word_is_not_empty(text: str) -> None:
    assert not is_empty(text, TITLES)


def test_a_section_that_only_repeats_its_title_is_empty() -> None:
    assert is_empty("## 五、存在的主要问题及改进情况\n\n", TITLES)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("五、存在问题及改进情况", TITLES[4]),
        ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", TITLES[3]),
        (" 一、 总体情况：", TITLES[0]),
        ("六、存在的主要问题及改进情况", TITLES[4]),
        ("六、其他事项", TITLES[5]),
        ("四、存在的主要问题及", TITLES[4]),
        ("四、存在的主要问题", None),
        ("十五、存在的主要问题及改进情况", None),
        ("三、其他事项", None),
        ("九、其他事项", None),
        ("一、总体情况如下所示和", None),
        ("一、存在的主要问题", None),
        ("二、改进情况", None),
        ("一、基本情况", None),
        ("（一）主动公开政府信息情况", None),
        ("主动公开、依申请公开情况", None),
        ("五、存在的主要问题及改进情况如下：一是队伍不强，二是解读形式单一，三是示例示例。", None),
    ],
)
def test_a_title_is_known_in_nearly_the_same_words(line: str, title: str | None) -> None:
    assert title_on(line, TITLES) == title


def test_length_counts_neither_spaces_nor_markup() -> None:
    assert length("## 标 题\n\n- **一是**，[网站](https://example.org)。<br>") == len("标题一是，[网站。")


def test_a_comparison_sign_is_no_markup() -> None:
    assert plain("3<5 且 7>6") == "3<5 且 7>6"


def test_full_width_digits_and_dashes_are_folded() -> None:
    assert folded("０５３９—８７２６６８０\u200b") == "0539-8726680"

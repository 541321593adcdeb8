"""A text becomes tokens: numbers with their measure, dates that are none, words, and what is left."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.claims.tokens import tokens_of


def figures(text: str) -> list[tuple[Decimal, str]]:
    return [(token.value, token.unit) for token in tokens_of(text) if token.kind == "figure"]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,127件", "1127", "件"),
        ("１，０２６件", "1026", "件"),
        ("三百零五件", "305", "件"),
        ("两件", "2", "件"),
        ("廿六件", "26", "件"),
        ("零件", "0", "件"),
        ("2.4万条", "24000", "条"),
        ("1.2345万件", "12345", "件"),
        ("1.2亿条", "120000000", "条"),
        ("3万", "30000", ""),
        ("收费38.65万", "38.65", "万元"),
        ("收费示示示示示示38.65万", "38.65", "万元"),
        ("收费示示示示示示示38.65万", "386500", ""),
        ("1.32万元", "1.32", "万元"),
        ("1.0432亿元", "10432", "万元"),
        ("386500元", "386500", "元"),
        ("5 3 件", "53", "件"),
    ],
)
def test_numbers_with_their_measure(text: str, value: str, unit: str) -> None:
    assert figures(text) == [(Decimal(value), unit)]


def test_a_rounded_number_of_ten_thousands_is_approximate_and_a_whole_one_is_not() -> None:
    rounded, exact, zeros = (tokens_of(text)[0].approximate for text in ("2.4万条", "1.2345万件", "1.23450万件"))
    assert (rounded, exact, zeros) == (True, False, False)


@pytest.mark.parametrize("text", ["一、公开", "1.公开", "（三）公开", "①公开", "一是公开", "第一，公开"])
@pytest.mark.parametrize("before", ["", "办结。", "情况：", "办结；"])
def test_what_counts_items_stands_where_a_line_or_a_clause_begins(text: str, before: str) -> None:
    assert [token.kind for token in tokens_of(before + text)][-2:-1] == ["mark"]
    assert "mark" not in [token.kind for token in tokens_of(f"按要求{text}")]


@pytest.mark.parametrize(
    "text", ["第五十条", "国办函〔2021〕30号", "2023年", "3月5日", "2023年1月31日", "一是", "（三）", "零败诉", "公开条例", "①", "三类内部事务信息"]
)  # fmt: skip
def test_ordinals_dates_and_marks_are_no_numbers(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("27.4%", "27.4"),
        ("百分之八十五", "85"),
        ("百分之九十五点二", "95.2"),
        ("三成", "30"),
        ("百分之零点五", "0.5"),
        ("百分之零", "0"),
        ("两成半", "25"),
        ("3‰", "0.3"),
    ],
)
def test_percentages(text: str, value: str) -> None:
    assert [(token.kind, token.value) for token in tokens_of(text)] == [("percent", Decimal(value))]


def test_the_longest_word_is_taken() -> None:
    assert [token.text for token in tokens_of("没有现成信息需要另行制作")] == ["没有现成信息需要另行制作"]


def test_a_word_may_be_spaced_out_and_keeps_its_place() -> None:
    (word, figure) = tokens_of("自 然 人　５ 件")
    assert (word.text, word.start, word.end) == ("自然人", 0, 5)
    assert (int(figure.value), figure.start, figure.end) == (5, 6, 9)


@given(st.text(max_size=60))
def test_tokens_stand_in_order_and_cover_nothing_twice(text: str) -> None:
    at = 0
    for token in tokens_of(text):
        assert at <= token.start < token.end <= len(text)
        at = token.end


def test_unknown_characters_are_one_token_and_a_number_after_them_another() -> None:
    assert [(token.kind, token.text) for token in tokens_of("甲乙12件丙丁，")] == [
        ("unknown", "甲乙"),
        ("figure", "12件"),
        ("unknown", "丙丁"),
        ("comma", ","),
    ]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2023年1月1日至2023年12月31日", 2023),
        ("2023年1月1日至12月31日", 2023),
        ("2022年1月1日至2023年12月31日", 0),
        ("2023年1月1日至2022年12月31日", 0),
    ],
)
def test_a_period_is_of_the_year_in_which_it_begins_and_ends(text: str, year: int) -> None:
    (period,) = tokens_of(text)
    assert (period.kind, int(period.value)) == ("period", year)


def test_a_word_that_a_line_end_breaks_is_one_and_stands_where_it_was_typed() -> None:
    text = "总体情况\n全年本机关共收到政府信息公开申请十二件，均已答\n复完毕，行政复\n议2件。\n行政复\n议"
    places = {token.text: text[token.start : token.end] for token in tokens_of(text)}
    assert places["答复完毕"] == "答\n复完毕"
    assert places["行政复议"] == "行政复\n议"
    assert places["2件"] == "2件"
    assert [token.text for token in tokens_of(text)][-3:] == ["行政复", "\n", "议"]


@pytest.mark.parametrize(
    ("line", "following", "one"),
    [
        ("我局认真做好行政复", "议工作", False),  # as short as a heading
        ("我局认真，做好行政复", "议工作", True),
        ("我局认真;做好行政复", "议工作", True),
        ("示" * 16 + "行政复", "议工作", False),
        ("示" * 17 + "行政复", "议工作", True),
        ("示" * 18 + "行政复", "议工作", True),
        ("示" * 17 + "行政复  ", "  议工作", True),
        ("示" * 16 + "行政复：", "议工作", False),
        ("示" * 17 + "行政复", "一、议工作", False),
        ("示" * 17 + "行政复", "1.议工作", False),
        ("示" * 17 + "行政复", "（一）议工作", False),
        ("示" * 17 + "行政复", "- 议工作", False),
    ],
)
def test_a_sentence_goes_on_in_the_next_line_unless_that_begins_an_item(line: str, following: str, one: bool) -> None:
    kinds = [token.kind for token in tokens_of(f"{line}\n{following}")]
    assert ("stop" not in kinds) is one


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("近三年来", "word"),
        ("2022年度(1月1日至12月31日)", "period"),
        ("1月至12月", "word"),
        ("1-3月", "partial"),
        ("2022年3月5日", "day"),
        ("2022年", "year"),
        ("3月底", "day"),
        ("〔2021〕30号", "unknown"),
        ("第五十条", "unknown"),
    ],
)
def test_days_and_years_are_one_token_each(text: str, kind: str) -> None:
    assert [(token.kind, token.text) for token in tokens_of(text)] == [(kind, text)]

"""Figures are read strictly, printed as the form prints them, and never lose a digit."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from reportkit.form.figures import KINDS, Amount, Figure, FigureError, Kind, figure_text, magnitude, read_figure

COUNT, CHANGE, MONEY, AMOUNT = (KINDS[name] for name in ("count", "change", "money", "amount"))

numbers = st.decimals(0, 10**14, places=4) | st.integers(0, 10**14).map(Decimal)
figures: dict[str, st.SearchStrategy[Figure]] = {
    "count": st.integers(0, 10**20),
    "change": st.integers(-(10**20), 10**20),
    "money": numbers,
    "amount": st.builds(Amount, numbers, st.sampled_from(["元", "万元", "亿元"])) | st.just(0),
}
of_a_kind = st.sampled_from(sorted(figures)).flatmap(lambda name: st.tuples(st.just(KINDS[name]), figures[name]))
typed_badly = st.tuples(
    st.sampled_from(["", "+", "-", "−", "－", " ", "约"]),
    st.text("0123456789０１２３４５６７８９٣", min_size=1, max_size=8),
    st.sampled_from(["", ",", "，", "_", " ", ".", "．"]),
    st.text("0123456789", max_size=4),
    st.sampled_from(["", " ", "件", "人次", "元", "万元", "亿元", "元整", "万", "余条", "%", "²", "\n"]),
).map("".join)


def advice(text: str, kind: Kind) -> str:
    """What the reader is told to do instead of `text`."""
    with pytest.raises(FigureError) as refused:
        read_figure(text, kind)
    said = str(refused.value)
    assert said.startswith(f"{text!r} is not {kind.meaning}: ")
    return said.removeprefix(f"{text!r} is not {kind.meaning}: ")


@given(of_a_kind)
def test_what_is_printed_is_read_back_the_same(pair: tuple[Kind, Figure]) -> None:
    kind, figure = pair
    read = read_figure(figure_text(figure), kind)
    assert read == figure
    assert type(read) is type(figure)


@given(of_a_kind)
def test_what_is_read_is_of_its_kind(pair: tuple[Kind, Figure]) -> None:
    kind, figure = pair
    assert kind.holds(read_figure(figure_text(figure), kind))


@given(numbers)
def test_money_keeps_every_digit_it_was_given(number: Decimal) -> None:
    for text in (f"{number:f}", f"{number:f}.5000" if "." not in f"{number:f}" else f"{number:f}00"):
        assert figure_text(read_figure(text, MONEY)) == text


@pytest.mark.parametrize(
    ("text", "kind", "figure"),
    [
        ("0", COUNT, 0),
        ("1204", COUNT, 1204),
        ("-3", CHANGE, -3),
        ("+3", CHANGE, 3),
        ("0", CHANGE, 0),
        ("0", MONEY, Decimal("0")),
        ("0.5", MONEY, Decimal("0.5")),
        ("12.3400", MONEY, Decimal("12.3400")),
        ("386500元", AMOUNT, Amount(Decimal("386500"), "元")),
        ("38.65万元", AMOUNT, Amount(Decimal("38.65"), "万元")),
        ("38.65 万元", AMOUNT, Amount(Decimal("38.65"), "万元")),
        ("0.5亿元", AMOUNT, Amount(Decimal("0.5"), "亿元")),
        ("0", AMOUNT, 0),
    ],
)
def test_a_figure_as_the_form_prints_it_is_read(text: str, kind: Kind, figure: Figure) -> None:
    read = read_figure(text, kind)
    assert read == figure
    assert type(read) is type(figure)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,204", "write 1204, without separators"),
        ("1，204", "write 1204, without separators"),
        ("１，２０４", "write 1204, without separators"),
        ("1,234,567", "write 1234567, without separators"),
        ("1 204", "write 1204, without separators"),
        ("1'204", "write 1204, without separators"),
        ("1_204", "write 1204, without separators"),
        ("1,204件", "write 1204, without separators"),
        ("１２", "write 12, in half-width digits"),
        ("١٢", "write 12, in half-width digits"),
        ("2件", "write 2, without the unit"),
        ("12 件", "write 12, without the unit"),
        ("3人次", "write 3, without the unit"),
        ("386500元", "write 386500, without the unit"),
        ("2.0", "write 2"),
        ("2.5", "it must be whole"),
        ("2.5件", "it must be whole"),
        ("-3", "it cannot be negative"),
        ("−3", "it cannot be negative"),
        ("－３", "it cannot be negative"),
        ("+3", "write 3"),
        ("-0", "write 0"),
        ("010", "write 10"),
        ("00", "write 0"),
        (" 12 ", "write 12"),
        ("12\n", "write 12"),
        ("390余条", "it must be exact"),
        ("3万", "write the number in full, in digits"),
        ("3.5万件", "write the number in full, in digits"),
        ("1,20", "write the number alone"),
        ("1e5", "write the number alone"),
        ("0x1F", "write the number alone"),
        ("1/2", "write the number alone"),
        ("12%", "write the number alone"),
        ("3²", "write the number alone"),
        ("约12", "write the number alone"),
        ("十二", "write the number alone"),
        (".5", "write the number alone"),
        ("NaN", "write the number alone"),
        ("Infinity", "write the number alone"),
        ("true", "write the number alone"),
    ],
)
def test_a_count_typed_otherwise_is_refused_with_what_to_write(text: str, said: str) -> None:
    assert advice(text, COUNT) == said


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("text", ["", " ", "-", "—", "——", "－", "/", "／", "无", "零", "〇", "nil", "None", "\u3000"])
def test_a_mark_for_nothing_is_refused_and_both_its_meanings_are_offered(text: str, kind: Kind) -> None:
    assert advice(text, kind) == "write 0 for none, or null where the cell is blank"


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("- 3", CHANGE, "write -3"),
        ("−3", CHANGE, "write -3"),
        ("-03", CHANGE, "write -3"),
        ("-0", CHANGE, "write 0"),
        ("-1,204", CHANGE, "write -1204, without separators"),
        ("-2件", CHANGE, "write -2, without the unit"),
        ("-2.5", CHANGE, "it must be whole"),
        ("1,204.50", MONEY, "write 1204.50, without separators"),
        ("-2.5", MONEY, "it cannot be negative"),
        ("38.65万元", MONEY, "write 38.65, in 万元 without the unit"),
        ("38.650万元", MONEY, "write 38.650, in 万元 without the unit"),
        ("386500元", MONEY, "write 38.65, in 万元 without the unit"),
        ("5元", MONEY, "write 0.0005, in 万元 without the unit"),
        ("0元", MONEY, "write 0, in 万元 without the unit"),
        ("100000元", MONEY, "write 10, in 万元 without the unit"),
        ("50000元整", MONEY, "write 5, in 万元 without the unit"),
        ("0.5亿元", MONEY, "write 5000, in 万元 without the unit"),
        ("386500", AMOUNT, "add the unit, 386500元 or 386500万元"),
        ("1,204.5", AMOUNT, "add the unit, 1204.5元 or 1204.5万元"),
        ("1,204元", AMOUNT, "write 1204元"),
        ("386500元整", AMOUNT, "write 386500元"),
        ("-5元", AMOUNT, "it cannot be negative"),
        ("2件", AMOUNT, "write the number and its unit alone"),
        ("约38万元", AMOUNT, "write the number and its unit alone"),
        ("38万", AMOUNT, "write the number and its unit alone"),
    ],
)
def test_other_kinds_are_refused_with_what_to_write(text: str, kind: Kind, said: str) -> None:
    assert advice(text, kind) == said


@given(typed_badly, st.sampled_from(sorted(KINDS)))
@example("+3", "count")
@example("-0", "change")
@example("١٢", "count")
@example("010", "amount")
def test_what_the_reader_is_told_to_write_can_be_read(text: str, name: str) -> None:
    kind = KINDS[name]
    try:
        read_figure(text, kind)
    except FigureError as refused:
        told = re.search(r": (?:write|add the unit,) (-?[0-9.]+(?:亿元|万元|元)?)(?: or ([0-9.]+万元))?", str(refused))
        for meant in filter(None, told.groups() if told else ()):
            assert kind.holds(read_figure(meant, kind))


@given(st.text(max_size=40), st.sampled_from(sorted(KINDS)))
def test_any_text_is_either_read_or_refused_with_a_sentence(text: str, name: str) -> None:
    try:
        assert KINDS[name].holds(read_figure(text, KINDS[name]))
    except FigureError as refused:
        assert KINDS[name].meaning in str(refused)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("text", ["9" * 5_000_000, " " * 5_000_000 + "1", "1," * 2_500_000, "9" * 29])
def test_a_text_longer_than_any_figure_is_refused_at_once_and_not_repeated(text: str, kind: Kind) -> None:
    begun = time.process_time()
    with pytest.raises(FigureError, match="no figure is that long") as refused:
        read_figure(text, kind)
    assert time.process_time() - begun < 0.1
    assert len(str(refused.value)) < 200


def test_a_blank_prints_as_nothing_and_counts_as_none() -> None:
    assert figure_text(None) == ""
    assert magnitude(None) == 0


@pytest.mark.parametrize("text", ["386500元", "38.65万元", "0.003865亿元"])
def test_a_sum_counts_in_yuan_whatever_its_unit(text: str) -> None:
    assert magnitude(read_figure(text, AMOUNT)) == 386500


@given(st.integers(0, 10**28 - 1), st.sampled_from(["元", "万元", "亿元"]))
def test_the_longest_sum_that_can_be_read_is_not_rounded_in_yuan(number: int, unit: str) -> None:
    text = f"{number}{unit}"
    assume(len(text) <= 28)
    factor = {"元": 1, "万元": 10**4, "亿元": 10**8}[unit]
    assert magnitude(read_figure(text, AMOUNT)) == number * factor


@pytest.mark.parametrize(("number", "unit"), [("5", ""), ("5", "美元"), ("0", "件")])
def test_a_sum_without_a_unit_of_money_cannot_be_made(number: str, unit: str) -> None:
    with pytest.raises(FigureError, match="has no unit of money"):
        Amount(Decimal(number), unit)


@pytest.mark.parametrize("number", [1.5, 2, "3", Decimal("NaN"), Decimal("Infinity")])
def test_a_sum_that_is_not_an_exact_decimal_cannot_be_made(number: Any) -> None:
    with pytest.raises(FigureError, match="is not an exact decimal"):
        Amount(number, "元")


@pytest.mark.parametrize(
    ("kind", "figure", "held"),
    [
        (COUNT, 0, True),
        (COUNT, -1, False),
        (COUNT, Decimal("1"), False),
        (CHANGE, -1, True),
        (CHANGE, Decimal("-1"), False),
        (MONEY, Decimal("0.0001"), True),
        (MONEY, Decimal("-0.0001"), False),
        (MONEY, 5, True),
        (MONEY, -5, False),
        (MONEY, Amount(Decimal("5"), "元"), False),
        (AMOUNT, Amount(Decimal("5"), "元"), True),
        (AMOUNT, Amount(Decimal("-5"), "元"), False),
        (AMOUNT, 5, False),
    ],
)
def test_a_kind_tells_which_figures_it_holds(kind: Kind, figure: Figure, held: bool) -> None:
    assert kind.holds(figure) is held


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_blank_is_of_every_kind(kind: Kind) -> None:
    assert kind.holds(None)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_says_what_it_is_in_both_languages_and_what_to_type(kind: Kind) -> None:
    assert kind.meaning.isprintable()
    assert re.search(r"[\u4e00-\u9fff]", kind.chinese)
    assert kind.prompt.startswith("填写")
    assert kind.refusal.startswith("只能填写")


PERCENT = Kind(
    "percent",
    "a percentage from 0 to 100",
    "0至100的百分数",
    re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"),
    Decimal,
    most=100,
    additive=False,
    unit="%",
)


def test_a_new_kind_needs_no_more_than_its_entry() -> None:
    assert read_figure("99.50", PERCENT) == Decimal("99.50")
    assert PERCENT.holds(100)
    assert not PERCENT.holds(Decimal("100.1"))
    assert advice("12%", PERCENT) == "write the number alone"
    assert advice("1元", PERCENT) == "write 1, without the unit"
    assert PERCENT.prompt == "填写0至100的百分数，没有的填0。"
    assert PERCENT.schema == {"type": ["number", "string", "null"], "minimum": 0, "maximum": 100}
    with pytest.raises(FigureError, match=r"^'100\.1' is not a percentage from 0 to 100$"):
        read_figure("100.1", PERCENT)

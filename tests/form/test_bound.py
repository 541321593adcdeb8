"""Figures bound into a text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reportkit.form import Form, form_for
from reportkit.form.bound import Held, fill
from reportkit.form.figures import Amount, Figure

FORM = form_for(2023)
RECEIVED, GRANTED = "applications.received.total", "applications.granted.total"


def held(year: int, figures: dict[str, Figure], form: Form = FORM) -> Held:
    return Held(form, year, lambda address: figures.get(address, 0))


NOW = held(2023, {RECEIVED: 33, GRANTED: 9, "applications.granted.natural_person": 7, "applications.total.total": 32})
BEFORE = held(2022, {RECEIVED: 32, GRANTED: 9, "challenges.review.total": 4})


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (RECEIVED, "33"),
        ("表三.予以公开.自然人", "7"),
        (f"previous.{RECEIVED}", "32"),
        ("previous.表三.予以公开.总计", "9"),
        (f"{RECEIVED}+{GRANTED} + previous.{GRANTED}", "51"),
        (f"growth({RECEIVED})", "3.1%"),
        (f"growth({RECEIVED}, 2)", "3.13%"),
        (f"growth（{RECEIVED}，0）", "3%"),
        (f"growth({GRANTED})", "0.0%"),
        (f"share({GRANTED}, applications.total.total)", "28.1%"),
        (f"share({GRANTED}, applications.total.total, 0)", "28%"),
        (f"change({RECEIVED})", "增长3.1%"),
        (f"change({GRANTED})", "与上年持平"),
        (f"change({RECEIVED}+{GRANTED}, 0)", "增长2%"),
        ("change(challenges.review.total)", "下降100.0%"),
    ],
)
def test_an_expression_stands_for_what_the_tables_hold(expression: str, text: str) -> None:
    filled = fill(f"一{{{{ {expression} }}}}二", NOW, BEFORE)
    assert (filled.text, filled.faults) == (f"一{text}二", ())
    (piece,) = filled.pieces
    assert filled.text[piece.filled_start : piece.filled_end] == text


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("applications.recieved.total", "did you mean applications.received.total?"),
        ("表三.予以公布.自然人", "did you mean 表三.予以公开.自然人?"),
        ("growht(applications.received.total)", "did you mean growth()?"),
        ("share(applications.received.total)", "write {{"),
        ("", "write {{"),
        (f"growth({RECEIVED}, x)", "write {{"),
        ("__import__('os').system('true')", "no"),
        ("growth(challenges.review.total)", "write change(challenges.review.total)"),
        ("growth(challenges.litigation_direct.total)", "was 0 in 2022"),
        ("share(applications.received.total, challenges.litigation_direct.total)", "share of nothing"),
        ("growth(previous.applications.received.total)", "this year's cell"),
    ],
)
def test_what_stands_for_nothing_is_left_and_told(expression: str, said: str) -> None:
    text = f"一{{{{{expression}}}}}二"
    filled = fill(text, NOW, BEFORE)
    assert filled.text == text
    (fault,) = filled.faults
    assert said in str(fault.message)
    assert text[fault.start :].startswith(fault.expression)


def test_without_the_year_before_nothing_has_grown() -> None:
    for expression in (f"growth({RECEIVED})", f"previous.{RECEIVED}", f"change({RECEIVED})"):
        (fault,) = fill(f"{{{{ {expression} }}}}", NOW).faults
        assert "no report for 2022" in str(fault.message)


def test_a_blank_and_unclosed_braces_are_told() -> None:
    (fault,) = fill(f"{{{{ {RECEIVED} }}}}", Held(FORM, 2023, lambda _: None)).faults
    assert "blank in the report for 2023" in str(fault.message)
    (fault,) = fill(f"共{{{{ {RECEIVED} 件", NOW).faults
    assert "not closed" in str(fault.message)


def test_sums_of_money_keep_their_units() -> None:
    form = form_for(2019)
    address = next(address for address, cell in form.cells.items() if cell.kind.types is Amount)
    tables = held(2019, {address: Amount(Decimal("38.65"), "万元")}, form)
    assert fill(f"{{{{ {address} }}}}", tables).text == "38.65万元"
    (fault,) = fill(f"{{{{ {address} + {address} }}}}", tables).faults
    assert "units" in str(fault.message)


def test_a_nearly_equal_figure_is_said_to_be_so() -> None:
    now, before = held(2023, {RECEIVED: 10001}), held(2022, {RECEIVED: 10000})
    assert fill(f"{{{{ change({RECEIVED}) }}}}", now, before).text == "与上年基本持平"


@pytest.mark.parametrize(
    "expression", [f"growth({RECEIVED}, 9)", f"change({RECEIVED})", f"share({RECEIVED}, {GRANTED})"]
)
def test_percentages_of_the_longest_figures_are_filled_in(expression: str) -> None:
    now, before = held(2023, {RECEIVED: 10**27, GRANTED: 1}), held(2022, {RECEIVED: 1})
    filled = fill(f"{{{{ {expression} }}}}", now, before)
    assert not filled.faults
    assert filled.text.endswith("%")


@pytest.mark.parametrize(("now", "text"), [(1005, "增长0.5%"), (995, "下降0.5%")])
def test_a_change_of_less_than_one_per_cent_has_its_direction(now: int, text: str) -> None:
    expression = f"{{{{ change({RECEIVED}) }}}}"
    assert fill(expression, held(2023, {RECEIVED: now}), held(2022, {RECEIVED: 1000})).text == text


def test_a_cell_that_had_another_label_in_the_edition_before_is_compared_by_its_address() -> None:
    address = "disclosure.licences.decisions"
    now, before = held(2021, {address: 3}, form_for(2021)), held(2020, {address: 2}, form_for(2020))
    assert fill("{{ change(表二.行政许可.本年处理决定数量) }}", now, before).text == "增长50.0%"

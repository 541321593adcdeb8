"""What the cells of a filled-in form hold, whatever was typed into them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from reportkit.form import form_for
from reportkit.form.figures import FigureError, figure_text
from reportkit.intake.workbook.book import Content
from reportkit.intake.workbook.contents import day_in, figure_in, shows, text_in
from reportkit.system.language import said

CELLS = form_for(2023).cells
COUNT, MONEY = CELLS["applications.received.company"], CELLS["disclosure.fees.amount"]


@pytest.mark.parametrize("content", [None, Content(""), Content(" \u3000")])
def test_nothing_and_spaces_alone_are_a_blank(content: Content | None) -> None:
    assert figure_in(content, COUNT) is None


@pytest.mark.parametrize(
    ("value", "figure"),
    [
        (3, "3"),
        (3.0, "3"),
        ("12", "12"),
        (2.9999999999999996, "3"),
        (" 7 ", "7"),
        (-0.0, "0"),
        (1e15, "1" + "0" * 15),
        (12345678901234567, "12345678901234567"),
    ],
)
def test_numbers_are_read_as_excel_shows_them(value: object, figure: str) -> None:
    assert figure_text(figure_in(Content(value), COUNT)) == figure


@pytest.mark.parametrize(
    ("value", "figure"),
    [
        (12.34, "12.34"),
        (0.1 + 0.2, "0.3"),
        ("12.3400", "12.3400"),
        (0.0001, "0.0001"),
        (5, "5"),
        (123456789.012345, "123456789.012345"),
    ],
)
def test_money_keeps_the_digits_typed(value: object, figure: str) -> None:
    assert figure_text(figure_in(Content(value), MONEY)) == figure


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (Content("2件"), "write 2, without the unit"),
        (Content("１２"), "write 12, in half-width digits"),
        (Content("1,204"), "write 1204, without separators"),
        (Content("—"), "'—' is not a whole number from 0 up: write 0 for none, or clear the cell if it is blank"),
        (Content(2.5), "it must be whole"),
        (Content(-1), "it cannot be negative"),
        (Content("1" * 29), "no figure is that long"),
        (Content(True), "TRUE stands here: write the number"),
        (Content(datetime(2023, 1, 2)), "give the cell the format of a number"),
        (Content(date(2023, 1, 2)), "(2023-01-02)"),
        (Content(time(8, 30)), "(08:30:00)"),
        (Content(timedelta(hours=30)), "(1 day, 6:00:00)"),
        (Content("#REF!", error=True), "'#REF!' stands here: write the number"),
        (Content("#" * 41, error=True), f"'{'#' * 40}' stands here"),
        (Content(None, formula=True), "a formula without a result: open and save the file in Excel"),
        (Content(float("inf")), "inf stands here: write the number"),
        (Content(float("nan")), "nan stands here: write the number"),
    ],
)
def test_what_is_no_figure_is_told_with_what_to_write(content: Content, told: str) -> None:
    with pytest.raises(FigureError) as error:
        figure_in(content, COUNT)
    assert told in said(error.value, "en")


@pytest.mark.parametrize(
    ("content", "computed", "same"),
    [
        (Content(None, formula=True), 3, True),
        (Content("#VALUE!", formula=True, error=True), 3, True),
        (Content(3, formula=True), 3, True),
        (Content(0.1 + 0.2, formula=True), Decimal("0.3"), True),
        (Content(10**12 - 1, formula=True), 10**12, True),  # it may be rounded in the last of the digits Excel keeps
        (Content(10**11 - 1, formula=True), 10**11, False),
        (Content(4, formula=True), 3, False),
        (Content("3", formula=True), 3, False),
        (Content(True, formula=True), 1, False),
    ],
)
def test_a_totals_formula_shows_the_total_unless_it_shows_another_figure(
    content: Content, computed: int | Decimal, same: bool
) -> None:
    assert shows(content, computed) is same


@pytest.mark.parametrize(
    "value", [datetime(2024, 1, 19), datetime(2024, 1, 19, 8), "2024-01-19", " 2024年1月19日 ", "20240119"]
)
def test_a_day_may_be_typed_in_several_ways(value: object) -> None:
    assert day_in(Content(value)) == date(2024, 1, 19)


@pytest.mark.parametrize("content", [None, Content(None, formula=True), Content(""), Content(" ")])
def test_no_day_is_none(content: Content | None) -> None:
    assert day_in(content) is None


@pytest.mark.parametrize("value", ["明年", "2024年2月30日", 3])
def test_what_is_no_day_is_an_error(value: object) -> None:
    with pytest.raises(ValueError, match=str(value)):
        day_in(Content(value))


@pytest.mark.parametrize(
    ("content", "text"),
    [(None, ""), (Content(None, formula=True), ""), (Content(2023), "2023"), (Content("示例_x0007_"), "示例\x07")],
)
def test_a_text_is_what_was_typed(content: Content | None, text: str) -> None:
    assert text_in(content) == text

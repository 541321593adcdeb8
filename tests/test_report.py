"""A report is an immutable value: totals follow from its cells, and what a source states is kept beside them."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.form import UnknownYearError, form_for
from reportkit.form.figures import Amount, Figure, magnitude
from reportkit.report import Agency, Below, Place, Standard, UnknownCellError, UnknownSectionError, Waiver, new_report

OFFICE = Agency("office", "示例市示例局")

FIGURES: Mapping[str, st.SearchStrategy[Figure]] = {
    "count": st.integers(0, 10**9),
    "change": st.integers(-(10**9), 10**9),
    "money": st.decimals(0, 10**9, places=4),
    "amount": st.builds(Amount, st.decimals(0, 10**9, places=2), st.sampled_from(["元", "万元"])),
}


Filled = tuple[int, dict[str, Figure]]


@st.composite
def filled_in(draw: st.DrawFn) -> Filled:
    """A year, and figures or blanks for some of the cells that an official fills in."""
    year = draw(st.sampled_from([2019, 2020, 2021, 2024]))
    form = form_for(year)
    some = draw(st.lists(st.sampled_from(form.entries), unique=True, max_size=40))
    return year, {address: draw(st.none() | FIGURES[form.cells[address].kind.name]) for address in some}


def plain_sum(
    figures: Mapping[str, Figure], table: str, rows: Iterable[str | None], columns: Iterable[str | None]
) -> int:
    """The sum of counts, added up one by one."""
    total = 0
    cells = [f"{table}.{row}.{column}" for row in rows for column in columns]
    for cell in cells:
        figure = figures.get(cell) or 0
        assert isinstance(figure, int)
        total += figure
    return total


# ------------------------------------------------------------ totals


@given(filled_in())
def test_totals_are_the_plain_sums_of_what_was_filled_in(filled: Filled) -> None:
    year, figures = filled
    report = new_report(OFFICE, year, figures)
    (applications,) = report.form.table("applications").blocks
    rows = [row.key for row in applications.row_leaves]
    outcomes = [row for row in rows if row not in ("received", "carried_in", "total", "carried_out")]
    applicants = [column.key for column in applications.column_leaves if column.key != "total"]
    for row in rows:
        summed = outcomes if row == "total" else [row]
        assert report[f"applications.{row}.total"] == plain_sum(figures, "applications", summed, applicants)
    for column in applicants:
        assert report[f"applications.total.{column}"] == plain_sum(figures, "applications", outcomes, [column])
    for group in ("review", "litigation_direct", "litigation_after_review"):
        results = ["upheld", "corrected", "other", "pending"]
        assert report[f"challenges.{group}.total"] == plain_sum(figures, "challenges", [group], results)


@given(filled_in())
def test_a_report_holds_what_was_filled_in_and_nought_elsewhere(filled: Filled) -> None:
    year, figures = filled
    report = new_report(OFFICE, year, figures)
    for address in report.form.entries:
        assert report[address] == figures.get(address, 0)
    assert report.all_figures == {address: report[address] for address in report}
    assert list(report) == list(report.form.cells)


@given(filled_in(), st.dictionaries(st.sampled_from(sorted(form_for(2024).totals)), st.none() | FIGURES["count"]))
def test_a_stated_total_stands_and_the_computed_one_is_kept_beside_it(
    filled: Filled, declared: dict[str, Figure]
) -> None:
    _, figures = filled
    figures = {address: figure for address, figure in figures.items() if address in form_for(2024).entries}
    bare, report = new_report(OFFICE, 2024, figures), new_report(OFFICE, 2024, figures, declared=declared)
    assert report.computed == bare.computed
    assert report.declared == declared
    for address in report.form.totals:
        assert report[address] == declared.get(address, bare[address])


def test_a_total_given_among_the_figures_counts_as_stated() -> None:
    report = new_report(OFFICE, 2023, {"applications.granted.company": 2, "applications.granted.total": 5})
    assert report.declared == {"applications.granted.total": 5}
    assert report["applications.granted.total"] == 5
    assert report.computed["applications.granted.total"] == 2
    assert report["applications.total.total"] == 2


def test_a_figure_given_among_the_stated_totals_is_filled_in() -> None:
    report = new_report(OFFICE, 2023, declared={"applications.granted.company": 2})
    assert report.figures["applications.granted.company"] == 2
    assert report.declared == {}


def test_a_total_stated_blank_stays_blank() -> None:
    report = new_report(OFFICE, 2023, declared={"applications.granted.total": None})
    assert report["applications.granted.total"] is None
    assert report.computed["applications.granted.total"] == 0


# ------------------------------------------------------------ what is refused


@pytest.mark.parametrize("figure", [1.0, 1.5, float("nan"), "1", True, [1], 1j])
def test_what_is_not_exact_is_refused_with_its_cell(figure: Any) -> None:
    said = rf"^disclosure\.fees\.amount: .* is {type(figure).__name__}, not a whole number or an exact decimal$"
    with pytest.raises(TypeError, match=said):
        new_report(OFFICE, 2023, {"disclosure.fees.amount": figure})
    with pytest.raises(TypeError):
        new_report(OFFICE, 2023).replace({"disclosure.fees.amount": figure})


@pytest.mark.parametrize("figure", [Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")])
def test_what_is_no_number_is_refused_with_its_cell(figure: Any) -> None:
    with pytest.raises(ValueError, match=r"^disclosure\.fees\.amount: .* is not a number$"):
        new_report(OFFICE, 2023, {"disclosure.fees.amount": figure})


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ("applications.recieved.natural_person", "applications.received.natural_person"),
        ("application.granted.total", "applications.granted.total"),
        ("challenges.review.uphold", "challenges.review.upheld"),
    ],
)
def test_an_unknown_address_is_answered_with_the_nearest_one(address: str, nearest: str) -> None:
    report = new_report(OFFICE, 2023)
    for ask in (
        lambda: report[address],
        lambda: new_report(OFFICE, 2023, {address: 1}),
        lambda: new_report(OFFICE, 2023, declared={address: 1}),
        lambda: report.replace({address: 1}),
    ):
        with pytest.raises(UnknownCellError) as unknown:
            ask()
        assert str(unknown.value) == f"edition 2021 of the form has no cell {address}: did you mean {nearest}?"


def test_an_address_like_no_other_is_answered_without_a_guess() -> None:
    with pytest.raises(UnknownCellError, match=r"^edition 2021 of the form has no cell 示例$"):
        new_report(OFFICE, 2023)["示例"]


def test_a_cell_of_another_edition_is_unknown() -> None:
    with pytest.raises(UnknownCellError):
        new_report(OFFICE, 2020)["disclosure.regulations.in_force"]


def test_a_text_that_the_form_has_no_place_for_is_refused() -> None:
    said = r"^edition 2021 of the form has no text overveiw: did you mean overview\?$"
    report = new_report(OFFICE, 2023)
    for ask in (
        lambda: new_report(OFFICE, 2023, narrative={"overveiw": "示例"}),
        lambda: report.replace(narrative={"overveiw": "示例"}),
        lambda: report.text("overveiw"),
    ):
        with pytest.raises(UnknownSectionError, match=said):
            ask()


def test_an_error_about_a_cell_or_a_text_travels_between_processes() -> None:
    for error in (UnknownCellError("a.b.c", form_for(2023)), UnknownSectionError("overveiw", form_for(2023))):
        sent = pickle.loads(pickle.dumps(error))
        assert type(sent) is type(error)
        assert str(sent) == str(error)


def test_a_year_without_a_form_is_refused() -> None:
    with pytest.raises(UnknownYearError):
        new_report(OFFICE, 2018)


def test_a_form_can_be_given_instead_of_the_years_own() -> None:
    assert new_report(OFFICE, 2023, form=form_for(2019)).form.edition == "2019"


# ------------------------------------------------------------ a report is a value


def test_a_report_cannot_be_changed() -> None:
    figures = {"applications.granted.company": 2}
    report = new_report(OFFICE, 2023, figures, narrative={"overview": "示例"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.year = 2024  # type: ignore[misc]
    for mapping in (report.figures, report.declared, report.narrative, report.computed, report.places, report.wording):
        with pytest.raises(TypeError):
            mapping["applications.granted.company"] = 3  # type: ignore[index]
    figures["applications.granted.company"] = 99
    report.all_figures["applications.granted.company"] = 99
    assert report["applications.granted.company"] == 2


@given(filled_in())
def test_a_report_travels_whole_between_processes(filled: Filled) -> None:
    year, figures = filled
    form = form_for(year)
    report = new_report(
        OFFICE,
        year,
        figures,
        declared={"applications.total.total": 7, "challenges.review.total": None},
        narrative={"overview": "示例\n", "problems": "示例"},
        published=date(year + 1, 1, 19),
        waivers=(Waiver("TEXT-CLAIM", "示例", "示例", cells=("applications.total.total",)),),
        places={"overview": Place("示例.yaml", 3)},
        wording={"overview": "一、概述"},
        previous=new_report(OFFICE, year, {"applications.carried_out.company": 1}, form=form),
    )
    sent = pickle.loads(pickle.dumps(report))
    assert sent == report
    assert sent.all_figures == report.all_figures
    assert sent.places == report.places
    assert sent.previous == report.previous
    with pytest.raises(TypeError):
        sent.figures["applications.granted.company"] = 3


def test_reports_are_equal_by_what_they_state_not_by_where_it_was_read() -> None:
    report = new_report(OFFICE, 2023, {"applications.granted.company": 2})
    assert report == new_report(OFFICE, 2023, {"applications.granted.company": 2}, places={"overview": Place("示例")})
    assert report == report.replace(previous=new_report(OFFICE, 2022), below=Below(()), standard=Standard(Decimal(6)))
    assert report != report.replace({"applications.granted.company": 3})
    assert report != report.replace(declared={"applications.granted.total": 2})
    assert report != report.replace(narrative={"other": "示例"})
    bound = report.replace(narrative={"other": "{{ applications.granted.company }}件"})
    assert bound == report.replace(narrative={"other": "2件"})


@given(filled_in(), st.data())
def test_replacing_figures_changes_those_and_what_follows_from_them(filled: Filled, data: st.DataObject) -> None:
    year, figures = filled
    report = new_report(OFFICE, year, figures)
    address = data.draw(st.sampled_from([a for a in report.form.entries if a.startswith("applications.")]))
    changed = report.replace({address: 10**12})
    assert changed == new_report(OFFICE, year, {**figures, address: 10**12})
    assert report == new_report(OFFICE, year, figures)


def test_replacing_a_total_states_it_and_replacing_it_again_states_the_new_one() -> None:
    report = new_report(OFFICE, 2023).replace({"applications.granted.total": 5})
    assert report.declared == {"applications.granted.total": 5}
    assert report.replace({"applications.granted.total": 6})["applications.granted.total"] == 6


def test_replacing_a_figure_leaves_the_stated_totals_as_the_source_has_them() -> None:
    report = new_report(OFFICE, 2023, declared={"applications.granted.total": 5})
    changed = report.replace({"applications.granted.company": 3})
    assert changed["applications.granted.total"] == 5
    assert changed.computed["applications.granted.total"] == 3


def test_replacing_stated_totals_puts_the_given_ones_in_their_place() -> None:
    report = new_report(OFFICE, 2023, declared={"applications.granted.total": 5, "challenges.review.total": 1})
    assert report.replace(declared={}).declared == {}


def test_replacing_one_text_leaves_the_others() -> None:
    report = new_report(OFFICE, 2023, narrative={"overview": "甲", "problems": "乙"})
    changed = report.replace(narrative={"problems": "丙"}, published=date(2024, 1, 19))
    assert dict(changed.narrative) == {"preamble": "", "overview": "甲", "problems": "丙", "other": ""}
    assert changed.published == date(2024, 1, 19)


def test_a_text_is_found_by_its_section_or_its_key() -> None:
    report = new_report(OFFICE, 2023, narrative={"overview": "示例"})
    assert report.text("overview") == report.text(report.form.section("overview")) == "示例"
    assert report.text("other") == ""


def test_history_runs_backwards_from_the_report_itself() -> None:
    first = new_report(OFFICE, 2021)
    second = new_report(OFFICE, 2022, previous=first)
    third = new_report(OFFICE, 2023, previous=second)
    assert [report.year for report in third.history()] == [2023, 2022, 2021]


def test_a_report_shows_itself_in_a_line_whatever_it_holds() -> None:
    figures: dict[str, Figure] = {"applications.granted.company": 2, "applications.granted.other": None}
    report = new_report(OFFICE, 2023, figures, narrative={"overview": "示例\n" * 99, "problems": "示例"})
    assert repr(report) == "<AnnualReport office 2023: edition 2021, 1 figure other than 0, 2 texts>"


def test_last_year_s_report_is_that_of_the_year_just_before() -> None:
    before = new_report(OFFICE, 2021)
    assert new_report(OFFICE, 2022, previous=before).last_year is before
    assert new_report(OFFICE, 2023, previous=before).last_year is None
    assert new_report(OFFICE, 2023).last_year is None


def test_a_title_names_the_year() -> None:
    assert new_report(OFFICE, 2023).title == "2023年度政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("place", "shown"),
    [(Place("a.yaml", 3), "a.yaml:3"), (Place("a.xlsx", "B7"), "a.xlsx:B7"), (Place("a.html"), "a.html")],
)
def test_a_place_shows_file_and_line_or_cell(place: Place, shown: str) -> None:
    assert str(place) == shown


# ------------------------------------------------------------ frames


@pytest.mark.parametrize("year", [2020, 2023])
@pytest.mark.parametrize("table", ["disclosure", "applications", "challenges"])
def test_a_frame_has_the_forms_labels_and_the_reports_figures(year: int, table: str) -> None:
    form = form_for(year)
    kinds: dict[str, Figure] = {
        "count": 3,
        "change": -3,
        "money": Decimal("1.2500"),
        "amount": Amount(Decimal("38.65"), "万元"),
    }
    report = new_report(OFFICE, year, {address: kinds[form.cells[address].kind.name] for address in form.entries})
    frame = report.frame(table)
    blocks = form.table(table).blocks
    assert list(frame.index) == [row.label for block in blocks for row in block.row_leaves]
    assert set(frame.columns) == {column.label for block in blocks for column in block.column_leaves}
    for block in blocks:
        for row in block.row_leaves:
            for column in block.column_leaves:
                assert frame.loc[row.label, column.label] == report[f"{table}.{row.key}.{column.key}"]
    assert frame.notna().sum().sum() == len(form.table(table).cells)


def test_a_frame_tells_a_blank_from_a_cell_the_form_does_not_have() -> None:
    figures = {"disclosure.licences.decisions": None, "disclosure.fees.amount": Decimal("1.2500")}
    frame = new_report(OFFICE, 2023, figures).frame("disclosure")
    assert frame.loc["行政许可", "本年处理决定数量"] is None
    assert frame.loc["行政许可", "本年制发件数"] is pd.NA
    assert str(frame.loc["行政事业性收费", "本年收费金额（单位：万元）"]) == "1.2500"


def test_a_frame_of_no_table_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        new_report(OFFICE, 2023).frame("appendix")


def test_a_sum_of_money_reckons_in_yuan() -> None:
    report = new_report(OFFICE, 2020, {"disclosure.procurement.amount": Amount(Decimal("38.65"), "万元")})
    assert magnitude(report["disclosure.procurement.amount"]) == 386500

"""Which cell is wrong: slips planted in consistent reports are named, and nothing else is preferred."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checks.examples import sound_report
from reportkit.checks import check
from reportkit.checks.diagnosis import explanations
from reportkit.form import form_for
from reportkit.form.figures import Figure, magnitude
from reportkit.report import AnnualReport, Below, Waiver, new_report
from strategies import consistent_reports

REQUESTS = {
    "applications.received.natural_person": 120,
    "applications.granted.natural_person": 85,
    "applications.unavailable.not_held.natural_person": 35,
    "applications.received.company": 14,
    "applications.granted.company": 14,
}


def stated(figures: Mapping[str, Figure]) -> AnnualReport:
    """A sound report that states all its totals, as a published one does."""
    report = sound_report(figures=figures)
    return report.replace({total: report.computed[total] for total in report.form.totals})


class Slip(NamedTuple):
    kind: str
    changes: dict[str, Figure]


def slip_in(report: AnnualReport, source: random.Random) -> Slip | None:
    """A mistake that a person makes in typing the figures of table three or four."""
    cells = report.form.cells
    printed = [
        address
        for address in cells
        if magnitude(report[address]) and cells[address].table != "disclosure"
        if address in report.form.entries or address in report.declared
    ]
    if not printed:
        return None
    address = source.choice(printed)
    text = str(report[address])
    at = source.randrange(len(text))
    slips: list[Slip] = [
        Slip("blank", {address: None}),
        Slip("zero", {address: 0}),
        Slip("digit doubled", {address: int(text[:at] + text[at] + text[at:])}),
        Slip("digit mistyped", {address: int(text[:at] + str((int(text[at]) + 3) % 10) + text[at + 1 :])}),
    ]
    if len(text) > 1:
        slips.append(Slip("digit left out", {address: int(text[:at] + text[at + 1 :])}))
        slips.append(Slip("digits swapped", {address: int(text[1] + text[0] + text[2:])}))
    if address in report.form.totals:
        slips.append(Slip("total not brought up to date", {address: int(text) + source.choice([-1, 1, 2])}))
    beside = [one for one in report.form.entries if report[one] == 0 and beside_each_other(one, address, report)]
    if address in report.form.entries and beside:
        slips.append(Slip("slid", {address: 0, source.choice(beside): report[address]}))
    return source.choice([slip for slip in slips if any(report[cell] != new for cell, new in slip.changes.items())])


def beside_each_other(one: str, other: str, report: AnnualReport) -> bool:
    first, second = report.form.cells[one], report.form.cells[other]
    columns = list(dict.fromkeys(cell.column for cell in report.form.table(first.table).cells))
    same_row = (first.table, first.row) == (second.table, second.row)
    return same_row and abs(columns.index(first.column) - columns.index(second.column)) == 1


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([2020, 2023]).flatmap(consistent_reports), st.randoms(use_true_random=False), st.booleans())
def test_a_planted_slip_is_among_the_explanations_and_nothing_else_is_preferred(
    report: AnnualReport, source: random.Random, states_totals: bool
) -> None:
    if states_totals:
        report = report.replace({total: report.computed[total] for total in report.form.totals})
    slip = slip_in(report, source)
    assume(slip is not None)
    assert slip is not None
    wrong = report.replace(slip.changes)
    found = explanations(wrong)
    assume(found)  # a mistake that breaks no identity cannot be seen
    (told_apart,) = found
    truth = {
        cell: magnitude(report[cell]) for cell in slip.changes if magnitude(report[cell]) != magnitude(wrong[cell])
    }
    told = [{cell: magnitude(figure) for cell, figure in each.changes.items()} for each in told_apart]
    assert truth in told or len(told[0]) < len(truth)
    suggestions = [finding.suggestion for finding in check(wrong) if finding.suggestion]
    assert not suggestions or truth in (told[0], {}) or len(told[0]) < len(truth)


def test_a_wrong_cell_is_named_once_with_everything_it_breaks() -> None:
    wrong = stated(REQUESTS).replace({"applications.granted.natural_person": 58})
    (finding,) = (finding for finding in check(wrong) if finding.rule.startswith("T3"))
    assert finding.suggestion == "表三.予以公开.自然人应为85（现为58）"
    assert {one.rule for one in finding.also} == {"T3-OUTCOMES", "T3-ROWSUM"}
    assert finding.rules == ("T3-ROWSUM", "T3-OUTCOMES")  # what says it with the fewest cells comes first
    assert finding.cells[0] == "applications.granted.natural_person"
    assert finding.message.startswith("以下2处不一致可能出于同一原因：【T3-OUTCOMES】表三")


def test_a_figure_that_slid_into_the_next_column_is_named_with_both_cells() -> None:
    slid = {"applications.received.company": 0, "applications.received.research_institute": 14}
    (finding,) = (finding for finding in check(stated(REQUESTS).replace(slid)) if finding.rule.startswith("T3"))
    assert finding.suggestion == (
        "表三.本年新收政府信息公开申请数量.商业企业应为14（现为0），表三.本年新收政府信息公开申请数量.科研机构应为0（现为14）"
    )


def costs(wrong: AnnualReport) -> dict[tuple[tuple[str, Figure], ...], float]:
    """How unlikely each explanation is."""
    return {tuple(each.changes.items()): each.cost for found in explanations(wrong) for each in found}


@pytest.mark.parametrize(
    ("typed", "meant", "cost"),
    [
        *((None, 12, 1.0), (12, 21, 1.0), (1213, 1312, 1.0), (12, 13, 1.0)),  # left blank, exchanged, mistyped
        *((12, 1, 1.0), (1, 12, 1.0), (123, 13, 1.0), (13, 123, 1.0), (112, 12, 1.0)),  # left out, doubled
        *((2, 3, 1.5), (0, 3, 1.5), (3, 0, 1.5), (0, 12, 1.5), (12, 0, 1.5)),
        *((12, 34, 3.0), (123, 231, 3.0), (121, 213, 3.0), (1234, 14, 3.0), (7, 14, 3.0), (112, 121 + 102, 3.0)),
    ],
)
def test_how_likely_one_number_is_typed_for_another(typed: int | None, meant: int, cost: float) -> None:
    cell = "challenges.review.upheld"
    wrong = stated({cell: meant, "challenges.review.pending": 7}).replace({cell: typed})
    assert costs(wrong)[(cell, meant),] == cost


@pytest.mark.parametrize(
    ("cell", "beside", "cost"),
    [
        ("received.company", "received.research_institute", 1.0),
        ("received.company", "received.natural_person", 1.0),
        ("received.company", "received.public_interest_group", 3.0),
        ("granted.company", "partly_granted.company", 1.0),
        ("granted.company", "refused.state_secret.company", 3.0),
        ("granted.company", "partly_granted.research_institute", 3.0),
    ],
)
def test_a_figure_slides_into_the_cell_beside_or_below(cell: str, beside: str, cost: float) -> None:
    one, other = f"applications.{cell}", f"applications.{beside}"
    right = stated(REQUESTS)
    wrong = right.replace({one: right[other], other: right[one]})
    told = {frozenset(changes): cost for changes, cost in costs(wrong).items()}
    assert told[frozenset({(one, right[one]), (other, right[other])})] == cost


@pytest.mark.parametrize(
    ("text", "changed", "total"),
    [
        ("公开工作正常。", 1.5, 1.0),
        ("行政复议结果维持3件。", 1.5 - 1.5, 1.0),
        ("行政复议结果维持2件。", 1.5 + 2.0, 1.0),
        ("行政复议3件。", 1.5, 1.0 + 2.0),
        ("行政复议2件。", 1.5, 1.0 - 1.5),
        ("行政复议3件，维持3件。", 1.5 - 1.5, 1.0 + 2.0),
        ("行政复议约3件。", 1.5, 1.0),
    ],
)
def test_what_a_text_says_makes_a_change_likelier_or_less_likely(text: str, changed: float, total: float) -> None:
    cell, sum_of_it = "challenges.review.upheld", "challenges.review.total"
    wrong = sound_report(figures={cell: 2}, narrative={"overview": text}).replace({sum_of_it: 3})
    told = costs(wrong)
    assert (told[(cell, 3),], told[(sum_of_it, 2),]) == (changed, total)


@pytest.mark.parametrize(("below", "cost"), [(3, 1.5 - 1.5), (2, 1.5 + 2.0), (1, 1.5)])
def test_the_bodies_below_are_a_witness(below: int, cost: float) -> None:
    cell, sum_of_it = "challenges.review.upheld", "challenges.review.total"
    body = sound_report(figures={cell: below})
    wrong = sound_report(figures={cell: 2}, below=Below((body,))).replace({sum_of_it: 3})
    assert costs(wrong)[(cell, 3),] == cost


def test_two_mistakes_apart_are_two_entries() -> None:
    reviews = {"upheld": 25, "corrected": 11, "other": 13, "pending": 10}
    right = stated({**REQUESTS, **{f"challenges.review.{column}": number for column, number in reviews.items()}})
    wrong = right.replace({"applications.granted.natural_person": 58, "challenges.review.total": 95})
    suggestions = [finding.suggestion for finding in check(wrong) if finding.suggestion]
    assert suggestions == ["表三.予以公开.自然人应为85（现为58）", "表四.行政复议.总计应为59（现为95）"]


def test_where_several_are_as_likely_all_are_named_and_none_is_preferred() -> None:
    wrong = sound_report(figures={"challenges.review.upheld": 2}).replace({"challenges.review.total": 3})
    (finding,) = (finding for finding in check(wrong) if finding.rule == "T4-SUM")
    assert finding.suggestion is None
    assert "可能有误的单元格：" in finding.message
    assert "表四.行政复议.结果维持应为3（现为2）" in finding.message
    assert "表四.行政复议.总计应为2（现为3）" in finding.message


def test_two_that_are_as_likely_are_named_both() -> None:
    wrong = sound_report(figures={"challenges.review.upheld": 3}).replace({"challenges.review.total": 1})
    (finding,) = (finding for finding in check(wrong) if finding.rule == "T4-SUM")
    assert finding.message.endswith(
        "可能有误的单元格：表四.行政复议.总计应为3（现为1）；或表四.行政复议.结果维持应为1（现为3）。"
    )


def test_what_the_text_says_is_a_witness() -> None:
    wrong = sound_report(figures={"challenges.review.upheld": 2}).replace({"challenges.review.total": 3})
    text = {"problems": "行政复议结果维持3件，共3件。行政复议3件。公开工作仍存在一些不足。下一步，将加强培训。"}
    told = wrong.replace(narrative=text)
    (finding,) = (finding for finding in check(told) if finding.rule == "T4-SUM")
    assert finding.suggestion == "表四.行政复议.结果维持应为3（现为2）"


def test_what_all_explanations_have_in_common_is_named_where_none_is_preferred() -> None:
    report = sound_report(figures=REQUESTS).replace({"applications.received.total": 134})
    wrong = report.replace({"applications.received.natural_person": 12, "applications.granted.company": 3})
    found = [finding for finding in check(wrong) if finding.rule.startswith("T3")]
    assert [finding.suggestion for finding in found] == [
        "表三.本年新收政府信息公开申请数量.自然人应为120（现为12）", None, None
    ]  # fmt: skip
    assert found[0].rules == ("T3-BALANCE", "T3-ROWSUM")


def test_last_years_report_is_a_witness() -> None:
    last = sound_report(2022, {"applications.carried_out.company": 4})
    figures = {"applications.carried_in.company": 4, "applications.granted.company": 4}
    sound = sound_report(2023, figures, previous=last)
    assert [finding for finding in check(sound) if finding.rule.startswith(("T3", "YEAR-C"))] == []
    wrong = sound.replace({"applications.carried_in.company": 40})
    (finding,) = (finding for finding in check(wrong) if finding.rule.startswith(("T3", "YEAR-C")))
    assert finding.suggestion == "表三.上年结转政府信息公开申请数量.商业企业应为4（现为40）"
    assert finding.rules == ("YEAR-CARRY", "T3-BALANCE")


@pytest.mark.parametrize("rule", ["T3-OUTCOMES", "T3-ROWSUM"])
def test_one_waiver_for_any_of_them_covers_what_one_change_would_mend(rule: str) -> None:
    cells = ("applications.granted.natural_person",)
    waiver = Waiver(rule, "来源如此", "示例", cells)
    wrong = stated(REQUESTS).replace({cells[0]: 58}, waivers=(waiver,))
    found = [finding for finding in check(wrong) if finding.rule.startswith(("T3", "WAIVER"))]
    assert [finding.waived is not None for finding in found] == [True]


def test_too_many_mistakes_are_left_as_they_are() -> None:
    mixed = stated(REQUESTS).replace({f"applications.granted.{column}": 7 for column in ("company", "legal_service")})
    mixed = mixed.replace({f"applications.received.{column}": 9 for column in ("other", "research_institute")})
    assert explanations(mixed) == []
    assert all(finding.suggestion is None for finding in check(mixed))


def test_a_sound_report_and_a_blank_form_need_no_explanation() -> None:
    assert explanations(stated(REQUESTS)) == []
    assert explanations(new_report(sound_report().agency, 2023, form=form_for(2023))) == []

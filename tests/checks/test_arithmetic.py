from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.examples import every_finding, findings, hangzhou, linyi, sound_report
from reportkit.checks import Finding, check
from reportkit.form import Equation, Form, form_for
from reportkit.form.figures import Amount, Figure, magnitude
from reportkit.report import Agency, AnnualReport, new_report
from strategies import YEARS, consistent_reports, figures, reports


def in_year(form: Form) -> list[Equation]:
    return [equation for equation in form.equations if not equation.identity.spans_years]


def identity_findings(report: AnnualReport) -> list[Finding]:
    ids = {identity.rule for identity in report.form.identities}
    return [finding for finding in every_finding(report) if finding.rule in ids]


@settings(max_examples=40, deadline=None)
@given(consistent_reports())
def test_a_consistent_report_breaks_no_identity(report: AnnualReport) -> None:
    assert identity_findings(report) == []


@settings(max_examples=60, deadline=None)
@given(consistent_reports(), st.data())
def test_any_single_changed_cell_is_found_with_its_difference(report: AnnualReport, data: st.DataObject) -> None:
    cells = sorted({addend.address for e in in_year(report.form) for addend in e.left + e.right})
    address = data.draw(st.sampled_from(cells))
    figure = data.draw(st.integers(0, 500).filter(lambda figure: figure != report[address]))
    change = figure - magnitude(report[address])

    found = identity_findings(report.replace({address: figure}))

    touched = [e for e in in_year(report.form) if address in {addend.address for addend in e.left + e.right}]
    assert sorted(finding.rule for finding in found) == sorted(e.identity.rule for e in touched)
    for finding in found:
        assert finding.severity == "error"
        assert address in finding.cells
        assert isinstance(finding.actual, int) and isinstance(finding.expected, int)
        assert abs(finding.actual - finding.expected) == abs(change)


@pytest.mark.parametrize("year", YEARS)
def test_every_cell_of_applications_and_challenges_is_watched(year: int) -> None:
    form = form_for(year)
    watched = {addend.address for e in in_year(form) for addend in e.left + e.right}
    assert watched == {address for address, cell in form.cells.items() if cell.table in ("applications", "challenges")}


@settings(max_examples=40, deadline=None)
@given(reports())
def test_every_broken_identity_is_found_and_no_other(report: AnnualReport) -> None:
    broken = set()
    for equation in in_year(report.form):
        left, right = (
            sum(addend.sign * magnitude(report[addend.address]) for addend in side)
            for side in (equation.left, equation.right)
        )
        if left != right:
            broken.add((equation.identity.rule, equation.along, right, left))
    found = identity_findings(report)
    assert {(f.rule, f.message.partition("：")[0], f.expected, f.actual) for f in found} == broken


def test_balance_says_where_what_both_numbers_and_the_difference() -> None:
    report = sound_report(figures={"applications.received.natural_person": 5, "applications.granted.natural_person": 4})
    first, second = findings(report, "T3-BALANCE")
    assert first.message == "表三“自然人”列：第一项加第二项之和，等于第三项加第四项之和——现为5和4，相差1。"
    assert first.cells == tuple(
        f"applications.{row}.natural_person" for row in ("received", "carried_in", "total", "carried_out")
    )
    assert (first.expected, first.actual, first.severity) == (4, 5, "error")
    assert "30号" in first.basis
    assert second.message.startswith("表三“总计”列")


def test_a_wrong_total_says_what_it_states_and_what_the_items_add_up_to() -> None:
    for total, difference in ((6, 2), (1, 3)):
        report = sound_report(figures={"challenges.review.upheld": 4}, declared={"challenges.review.total": total})
        (finding,) = findings(report, "T4-SUM")
        assert f"“总计”现为{total}，各项相加为4，相差{difference}。" in finding.message
        assert finding.message.startswith("表四“行政复议”行")
        assert finding.cells[0] == "challenges.review.total"
        assert (finding.expected, finding.actual) == (4, total)


def test_an_outcome_total_is_named_in_the_forms_words() -> None:
    report = sound_report(declared={"applications.total.company": 3, "applications.total.total": 3})
    assert "“（七）总计”现为3，各项相加为0" in findings(report, "T3-OUTCOMES")[0].message


def test_a_fraction_is_compared_exactly_and_stated_as_text() -> None:
    report = sound_report(figures={"challenges.review.upheld": Decimal("0.1")}, declared={"challenges.review.total": 1})
    (finding,) = findings(report, "T4-SUM")
    assert (finding.expected, finding.actual) == ("0.1", 1)
    assert "相差0.9" in finding.message


def test_a_blank_counts_as_nothing_and_is_listed_once_a_table() -> None:
    report = sound_report(
        figures={"challenges.review.upheld": None, "applications.granted.company": None},
        declared={"applications.total.company": None},
    )
    assert identity_findings(report) == []
    applications, challenges = findings(report, "CELL-BLANK")
    assert applications.cells == ("applications.granted.company", "applications.total.company")
    assert challenges.cells == ("challenges.review.upheld",)
    assert challenges.message == "表四有1处空白，没有数的应填写0：表四“行政复议”行“结果维持”列。"
    assert applications.listing and applications.severity == "warning"


def test_a_total_left_blank_over_figures_is_no_sum() -> None:
    report = sound_report(figures={"challenges.review.upheld": 4}, declared={"challenges.review.total": None})
    (finding,) = findings(report, "T4-SUM")
    assert (finding.expected, finding.actual) == (4, 0)


def test_many_blanks_are_counted_and_not_all_spelled_out() -> None:
    form = form_for(2023)
    blank = {address: None for address in form.entries if address.startswith("challenges")}
    (finding,) = findings(sound_report(figures=blank), "CELL-BLANK")
    assert finding.message.count("列") == 5 and "有12处空白" in finding.message and finding.message.endswith("等。")
    assert len(finding.cells) == 12
    (finding,) = findings(sound_report(figures=dict(list(blank.items())[:5])), "CELL-BLANK")
    assert finding.message.count("列") == 5 and finding.message.endswith("列。")


@pytest.mark.parametrize(
    ("year", "address", "figure", "expected", "actual"),
    [
        (2023, "disclosure.licences.decisions", -1, "不小于0的整数", -1),
        (2023, "disclosure.licences.decisions", Decimal("2.0"), "不小于0的整数", "2.0"),
        (2023, "disclosure.licences.decisions", Amount(Decimal(3), "元"), "不小于0的整数", "3元"),
        (2023, "disclosure.fees.amount", Decimal("-0.5"), "不小于0的万元数", "-0.5"),
        (2020, "disclosure.licences.change", Decimal("1.5"), "整数（减少的为负数）", "1.5"),
        (2020, "disclosure.procurement.amount", 5, "不小于0、带单位的金额（如386500元、38.65万元）", 5),
    ],
)
def test_a_figure_of_the_wrong_kind_is_found(
    year: int, address: str, figure: Figure, expected: str, actual: int | str
) -> None:
    report = sound_report(year, {address: figure})
    (finding,) = findings(report, "CELL-KIND")
    assert finding.cells == (address,)
    assert (finding.expected, finding.actual, finding.severity) == (expected, actual, "error")
    assert finding.message.startswith(report.form.cells[address].label)


def test_a_declared_total_is_judged_by_its_kind_too() -> None:
    (finding,) = findings(sound_report(declared={"challenges.review.total": -2}), "CELL-KIND")
    assert finding.cells == ("challenges.review.total",)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(YEARS).flatmap(lambda year: st.tuples(st.just(year), figures(form_for(year), blanks=True))))
def test_figures_of_the_right_kind_are_not_found(year_and_figures: tuple[int, dict[str, Figure]]) -> None:
    year, filled = year_and_figures
    assert findings(new_report(Agency("example", "示例局"), year, filled), "CELL-KIND") == []


def test_a_rule_of_the_form_is_derived_from_its_declaration() -> None:
    form = form_for(2023)
    renamed = tuple(
        replace(identity, rule="X-SUM", severity="warning", text="改写的关系")
        if identity.rule == "T4-SUM"
        else identity
        for identity in form.identities
    )
    report = sound_report(
        form=replace(form, identities=renamed),
        figures={"challenges.review.upheld": 1},
        declared={"challenges.review.total": 2},
    )
    (finding,) = findings(report, "X-SUM")
    assert finding.severity == "warning" and "改写的关系" in finding.message
    assert "T4-SUM" not in check(report).passed


@pytest.mark.parametrize("report", [linyi(), hangzhou()], ids=["linyi", "hangzhou"])
def test_a_published_report_whose_figures_agree_has_no_error(report: AnnualReport) -> None:
    assert check(report).standing("error") == ()

"""ROLLUP-SUM: a report is the sum of the reports of the bodies below, cell by cell."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.examples import findings, sound_report
from reportkit.checks import check
from reportkit.checks.rollup import added, contributions, summed
from reportkit.form.figures import Amount, Figure, magnitude
from reportkit.report import Agency, AnnualReport, Below, new_report
from strategies import YEARS, reports

CELL = "applications.received.company"


def body(number: int, figures: Mapping[str, Figure] | None = None, year: int = 2023, **fields: Any) -> AnnualReport:
    return new_report(Agency(f"body-{number}", f"示例{number}局"), year, figures, **fields)


def parent(figures: Mapping[str, Figure], *below: AnnualReport, year: int = 2023, **fields: Any) -> AnnualReport:
    return sound_report(year, figures, below=Below(below, **fields))


def unjudged(report: AnnualReport) -> dict[str, str]:
    return {entry.rule: entry.reason for entry in check(report).not_assessable}


def test_a_report_that_is_the_sum_gives_no_finding() -> None:
    report = parent({CELL: 5}, body(1, {CELL: 2}), body(2, {CELL: 3}))
    assert findings(report, "ROLLUP-SUM") == []
    assert "ROLLUP-SUM" in check(report).passed


def test_a_figure_that_differs_is_found_with_both_numbers_and_who_contributed_what() -> None:
    report = parent({CELL: 6}, body(1, {CELL: 2}), body(2), body(3, {CELL: 3}))
    found = {finding.cells: finding for finding in findings(report, "ROLLUP-SUM")}
    assert set(found) == {(CELL,), ("applications.received.total",)}
    finding = found[CELL,]
    assert (finding.severity, finding.expected, finding.actual) == ("error", 5, 6)
    assert finding.message == (
        "表三“一、本年新收政府信息公开申请数量”行“商业企业”列：本报告为6，下级机关合计为5（示例3局3、示例1局2），相差1。"
    )
    assert "第四十九条" in finding.basis


def test_only_the_largest_contributions_are_listed() -> None:
    report = parent({CELL: 0}, *(body(number, {CELL: number}) for number in range(8)))
    assert "（示例7局7、示例6局6、示例5局5、示例4局4、示例3局3等7家）" in findings(report, "ROLLUP-SUM")[0].message
    five = parent({CELL: 0}, *(body(number, {CELL: number}) for number in range(6)))
    assert "示例1局1），相差15。" in findings(five, "ROLLUP-SUM")[0].message
    assert "（各机关均为0）" in findings(parent({CELL: 1}, body(1)), "ROLLUP-SUM")[0].message


def test_what_takes_much_away_contributes_as_much_as_what_adds_it() -> None:
    change = "disclosure.licences.change"
    report = parent({}, *(body(at, {change: figure}, 2020) for at, figure in enumerate((-7, 5, -1))), year=2020)
    assert "下级机关合计为-3（示例0局-7、示例1局5、示例2局-1），相差3。" in findings(report, "ROLLUP-SUM")[0].message


def test_bodies_without_a_report_and_unreadable_ones_are_named_in_the_finding() -> None:
    missing = tuple(Agency(f"m{number}", f"缺{number}局") for number in range(7))
    report = parent({CELL: 4}, body(1, {CELL: 2}), missing=missing, unreadable=((Agency("x", "破局"), "x.yaml:1: …"),))
    message = findings(report, "ROLLUP-SUM")[0].message
    assert message.endswith("相差2。尚缺缺0局、缺1局、缺2局、缺3局、缺4局等7家的报告。破局的报告无法读取。")


def test_what_is_printed_counts_for_the_parent_and_what_follows_from_the_cells_for_those_below() -> None:
    total = "applications.received.total"
    wrong_below = body(1, {CELL: 2}, declared={total: 9})
    assert findings(parent({CELL: 2}, wrong_below), "ROLLUP-SUM") == []
    (finding,) = findings(parent({CELL: 2}, wrong_below).replace({total: 9}), "ROLLUP-SUM")
    assert (finding.cells, finding.expected, finding.actual) == ((total,), 2, 9)
    assert contributions([wrong_below], total) == [(wrong_below.agency, 2)]


def test_a_blank_counts_as_nought_and_is_shown_as_blank() -> None:
    assert findings(parent({CELL: None}, body(1, {CELL: None}), body(2)), "ROLLUP-SUM") == []
    assert (
        "本报告为空白，下级机关合计为3" in findings(parent({CELL: None}, body(1, {CELL: 3})), "ROLLUP-SUM")[0].message
    )


def test_money_is_compared_exactly_and_amounts_whatever_their_unit() -> None:
    fees, bought = "disclosure.fees.amount", "disclosure.procurement.amount"
    report = parent({fees: Decimal("0.3001")}, body(1, {fees: Decimal("0.1")}), body(2, {fees: Decimal("0.2")}))
    (finding,) = findings(report, "ROLLUP-SUM")
    assert (finding.expected, finding.actual, finding.message[-8:]) == ("0.3", "0.3001", "差0.0001。")
    below = (
        body(1, {bought: Amount(Decimal("38.65"), "万元")}, 2020),
        body(2, {bought: Amount(Decimal(500), "元")}, 2020),
    )
    assert findings(parent({bought: Amount(Decimal("38.7"), "万元")}, *below, year=2020), "ROLLUP-SUM") == []
    (finding,) = findings(parent({}, *below, year=2020), "ROLLUP-SUM")
    assert finding.expected == "387000.00元"
    assert "相差387000.00元。" in finding.message


@pytest.mark.parametrize(
    ("below", "reason"),
    [
        (None, "没有登记下级机关，无法与汇总数核对"),
        (Below((), (Agency("m", "缺局"),)), "下级机关都没有可用的2023年度报告，无法与汇总数核对"),
    ],
)
def test_without_reports_below_nothing_is_judged(below: Below | None, reason: str) -> None:
    report = sound_report(below=below)
    report = report.replace(agency=replace(report.agency, level="government"))
    assert unjudged(report)["ROLLUP-SUM"] == reason
    assert "ROLLUP-SUM" not in check(report).passed


def test_a_department_with_nothing_below_is_its_own_sum() -> None:
    assert "ROLLUP-SUM" in check(sound_report()).passed


digits = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**24, places=4)


@given(st.lists(st.none() | st.integers(0, 10**28) | digits))
def test_sums_are_exact(figures: list[int | Decimal | None]) -> None:
    assert Fraction(magnitude(added(figures))) == sum(Fraction(figure or 0) for figure in figures)


@given(
    st.lists(st.none() | st.just(0) | st.builds(Amount, digits, st.sampled_from(["元", "万元", "亿元"])), min_size=1)
)
def test_amounts_are_added_exactly_in_the_smallest_of_their_units(figures: list[Figure]) -> None:
    yuan = {"元": 1, "万元": 10**4, "亿元": 10**8}
    amounts = [figure for figure in figures if isinstance(figure, Amount)]
    total = added(figures)
    if not amounts:
        assert total == 0
        return
    assert isinstance(total, Amount)
    assert total.unit == min((amount.unit for amount in amounts), key=lambda unit: yuan[unit])
    expected = sum(Fraction(amount.number) * yuan[amount.unit] for amount in amounts)
    assert Fraction(total.number) * yuan[total.unit] == expected


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(YEARS).flatmap(lambda year: st.lists(reports(year), min_size=1, max_size=4)), st.data())
def test_the_sum_of_any_reports_passes_and_any_single_change_is_found_in_its_cell(
    below: list[AnnualReport], data: st.DataObject
) -> None:
    year, form = below[0].year, below[0].form
    report = new_report(Agency("city", "示例市人民政府"), year, summed(below, form), below=Below(tuple(below)))
    assert findings(report, "ROLLUP-SUM") == []
    address = data.draw(st.sampled_from(sorted(form.cells)))
    ones: dict[str, Figure] = {"money": Decimal("0.0001"), "amount": Amount(Decimal("0.01"), "元")}
    changed = report.replace({address: added([report[address], ones.get(form.cells[address].kind.name, 1)])})
    found = findings(changed, "ROLLUP-SUM")
    assert (address,) in [finding.cells for finding in found]
    for finding in found:
        (cell,) = finding.cells
        assert magnitude(changed[cell]) != magnitude(report[cell])


def test_a_report_with_those_below_it_travels_between_processes() -> None:
    report = parent({CELL: 2}, body(1, {CELL: 2}), missing=(Agency("m", "缺局"),))
    assert pickle.loads(pickle.dumps(report)).below == report.below
    assert report == report.replace(below=None)
    assert "body-1" not in repr(report)

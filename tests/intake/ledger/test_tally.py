"""Ledgers counted into the statutory tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.ledger.made import (
    CASES,
    HEADINGS,
    NAME,
    TODAY,
    ReadLines,
    figures,
    one,
    request,
    text_of,
)
from reportkit.form import form_for
from reportkit.form.figures import magnitude
from reportkit.intake.ledger import Ledger, LedgerError, Record, read_ledger, tally, tally_files
from reportkit.report import Agency, UnknownCellError, new_report
from system.acts import never_end

Case = tuple[date, int | None, str, tuple[str, str]]


def test_requests_are_counted_by_the_days_they_came_and_were_answered(ledger: ReadLines) -> None:
    read = ledger(
        request("2022-12-20", answered="2022-12-30"),  # over before the year
        request("2022-12-20", answered="2023-01-09"),  # carried in, answered
        request("2022-12-20", "企业", "", answered=""),  # carried in, carried out
        request("2023-05-04", "企业", "不予公开", "国家秘密", "2023-05-20"),
        request("2023-12-20", "律所", "不予公开", "", "2024-01-09"),  # carried out; no item needed yet
        request("2023-12-20", "其他", "办理中", answered="未答复"),
        request("2024-01-02", answered="2024-01-09"),  # next year's
    )
    tallied = tally([read], form_for(2023), 2023)
    assert tallied.problems == ()
    assert figures(tallied) == {
        "applications.received.company": 1,
        "applications.received.legal_service": 1,
        "applications.received.other": 1,
        "applications.carried_in.natural_person": 1,
        "applications.carried_in.company": 1,
        "applications.granted.natural_person": 1,
        "applications.refused.state_secret.company": 1,
        "applications.carried_out.company": 1,
        "applications.carried_out.legal_service": 1,
        "applications.carried_out.other": 1,
    }
    assert not any(address.startswith("challenges") for address in tallied.figures)
    assert [record.line for record in tallied.lines("applications.received.total")] == [5, 6, 7]
    assert [record.line for record in tallied.lines("applications.total.total")] == [3, 5]
    assert tallied.lines("applications.granted.company") == ()
    with pytest.raises(UnknownCellError, match=r"did you mean applications\.granted\.company"):
        tallied.lines("applications.granted.compnay")


def test_an_outcome_without_the_item_that_the_form_asks_for_is_told_and_not_counted(ledger: ReadLines) -> None:
    tallied = tally([ledger(request(outcome="不予公开"))], form_for(2023), 2023)
    assert figures(tallied) == {}
    (told,) = tallied.problems
    assert str(told.place) == "台账.csv:2"
    assert "不予公开 needs one of its items: 属于国家秘密、" in told.message


def test_an_edition_without_items_counts_the_group(ledger: ReadLines) -> None:
    rows = [request("2020-03-01", outcome="其他处理", item=item, answered="2020-03-20") for item in ("", "逾期不缴费")]
    tallied = tally([ledger(*rows)], form_for(2020), 2020)
    assert tallied.problems == ()
    assert tallied.figures["applications.other.natural_person"] == 2


def test_an_outcome_that_an_edition_does_not_have_is_told(ledger: ReadLines) -> None:
    read = ledger(request())
    strange = Ledger(read.file, tuple(record_with(read, outcome="示例.示例")), (), read.columns, read.tables)
    (told,) = tally([strange], form_for(2023), 2023).problems
    assert "edition 2021 of the form has no row for 示例.示例" in told.message


def record_with(ledger: Ledger, outcome: str) -> list[Record]:
    return [replace(record, outcome=outcome) for record in ledger.records]


def test_a_serial_number_is_counted_once_also_across_ledgers(tmp_path: Path, ledger: ReadLines) -> None:
    headings = ("登记编号", *HEADINGS[1:])
    first = ledger(request(number="甲-1"), request(number="甲-2"), request(number="甲 -1"), headings=headings)
    path = tmp_path / "另.csv"
    path.write_text(text_of([headings, request(number="甲-2")]), encoding="utf-8")
    tallied = tally([first, read_ledger(path, name="另.csv", today=TODAY)], form_for(2023), 2023)
    assert tallied.figures["applications.received.natural_person"] == 2
    assert [str(told.place) for told in tallied.problems] == ["台账.csv:4", "另.csv:2"]
    assert tallied.problems[0].key == "登记编号"
    assert "the same number stands at 台账.csv:2" in tallied.problems[0].message


def test_numbers_that_begin_anew_are_no_double(ledger: ReadLines) -> None:
    headings = ("编号", *HEADINGS[1:])
    read = ledger(request("2022-03-01", answered="2022-03-09", number="1"), request(number="1"), headings=headings)
    assert tally([read], form_for(2023), 2023).problems == ()
    monthly = ledger(
        request("2023-03-01", number="1"), request("2023-03-02", number="1"), request("2023-03-02", number="1")
    )
    assert [told.place.at for told in tally([monthly], form_for(2023), 2023).problems] == [4]


def test_a_ledger_given_twice_is_refused(ledger: ReadLines) -> None:
    read = ledger(request())
    with pytest.raises(LedgerError, match=r"台账\.csv: given twice"):
        tally([read, read], form_for(2023), 2023)


def test_reviews_and_lawsuits_are_counted_with_their_results(ledger: ReadLines) -> None:
    read = ledger(
        ("1", "行政复议", "2023-02-01", NAME, "维持", "2023-04-01"),
        ("2", "复议", "2022-11-01", NAME, "撤销", "2023-01-15"),  # pending from before
        ("3", "复议", "2022-03-01", NAME, "维持", "2022-05-01"),  # over before the year
        ("4", "未经复议直接起诉", "2023-11-01", NAME, "驳回诉讼请求", "2024-02-01"),  # pending at the year's end
        ("5", "行政诉讼（复议后起诉）", "2023-11-01", NAME, "审理中", ""),
        ("6", "复议后起诉", "2023-06-01", NAME, "撤诉", ""),
        ("7", "复议后起诉", "2024-06-01", NAME, "", ""),
        headings=CASES,
    )
    tallied = tally([read], form_for(2023), 2023)
    assert (read.problems, tallied.problems) == ((), ())
    assert figures(tallied) == {
        "challenges.review.upheld": 1,
        "challenges.review.corrected": 1,
        "challenges.litigation_direct.pending": 1,
        "challenges.litigation_after_review.pending": 1,
        "challenges.litigation_after_review.other": 1,
    }
    assert not any(address.startswith("applications") for address in tallied.figures)
    assert [record.line for record in tallied.lines("challenges.review.total")] == [2, 3]


def test_a_result_of_an_unknown_day_of_an_earlier_case_is_told(ledger: ReadLines) -> None:
    read = ledger(("1", "复议", "2022-02-01", NAME, "维持", ""), headings=CASES)
    (told,) = tally([read], form_for(2023), 2023).problems
    assert (told.key, "was it pending in the year?" in told.message) == ("结案日期", True)


def test_a_case_without_a_column_for_the_day_of_its_result_is_of_the_year_it_came_in(ledger: ReadLines) -> None:
    read = ledger(("行政复议", "2023-02-01", "其他结果"), headings=("类型", "受理日期", "结果"))
    assert figures(tally([read], form_for(2023), 2023)) == {"challenges.review.other": 1}
    earlier = tally(
        [ledger(("行政复议", "2022-02-01", "维持"), headings=("类型", "受理日期", "结果"))], form_for(2023), 2023
    )
    assert len(earlier.problems) == 1


def test_requests_and_cases_may_share_a_ledger(ledger: ReadLines) -> None:
    headings = ("案件类型", "收到日期", "申请人类型", "办理结果", "答复日期")
    read = ledger(
        ("", "2023-02-01", "公民", "予以公开", "2023-02-20"),
        ("依申请公开", "2023-02-01", "公民", "予以公开", "2023-02-20"),
        ("行政复议", "2023-02-01", "公民", "结果维持", "2023-04-20"),
        headings=headings,
    )
    assert figures(tally([read], form_for(2023), 2023)) == {
        "applications.received.natural_person": 2,
        "applications.granted.natural_person": 2,
        "challenges.review.upheld": 1,
    }


def test_a_column_called_type_says_nothing_of_cases_where_there_are_applicants(ledger: ReadLines) -> None:
    read = ledger(
        ("纸质", "2023-02-01", "公民", "予以公开", "2023-02-20"),
        headings=("类型", "收到日期", "申请人类型", "办理结果", "答复日期"),
    )
    assert one(read).table == "applications"


DAYS = st.dates(date(2021, 6, 1), date(2024, 6, 1))
SAID = st.sampled_from(
    [("予以公开", ""), ("不予公开", "国家秘密"), ("部分公开", "x"), ("其他处理", "其他"), ("不予公开", "")]
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(DAYS, st.none() | st.integers(0, 500), st.sampled_from(["公民", "企业", "其他", "x"]), SAID)),
    st.sampled_from([2021, 2022, 2023, 2024]),
)
def test_the_identities_hold_and_every_figure_has_its_lines(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Case], year: int
) -> None:
    rows = [
        request(
            str(day),
            kind,
            *(outcome if taken is not None else ("", "")),
            str(day + timedelta(taken)) if taken is not None else "",
        )
        for day, taken, kind, outcome in lines
    ]
    path = tmp_path_factory.getbasetemp() / "random.csv"
    path.write_text(text_of([HEADINGS, *rows]), encoding="utf-8")
    read = read_ledger(path, today=TODAY)
    form = form_for(year)
    tallied = tally([read], form, year)
    report = new_report(Agency("a", "示例局"), year, tallied.figures)
    for applicant in [*form.table("applications").blocks[0].column_leaves]:
        rows_of = {
            row: magnitude(report[f"applications.{row}.{applicant.key}"])
            for row in ("received", "carried_in", "total", "carried_out")
        }
        assert rows_of["received"] + rows_of["carried_in"] == rows_of["total"] + rows_of["carried_out"]
    for address in form.cells:
        if address.startswith("applications"):
            assert len(tallied.lines(address)) == len(set(tallied.lines(address))) == report[address]
    assert len(read.records) + len(read.problems) == len(lines)
    # What one year carries out the next carries in, but for lines of the next that cannot be counted.
    following = tally([read], form_for(year + 1), year + 1)
    told = {problem.place for problem in following.problems} | {problem.place for problem in tallied.problems}
    carried = {record for record in tallied.lines("applications.carried_out.total") if record.place not in told}
    assert carried == {
        record for record in following.lines("applications.carried_in.total") if record.place not in told
    }


def test_what_is_wrong_with_several_lines_is_told_once_with_how_many(ledger: ReadLines) -> None:
    lines = [request(outcome=outcome) for outcome in ("示例词", "予以公开", "另一词", *["示例词"] * 6)]
    told = tally([ledger(*lines)], form_for(2023), 2023).told()
    assert len(told) == 2
    assert told[0].startswith("台账.csv:2: 办理结果: '示例词' is no outcome that the form knows; ")
    assert told[0].endswith("; --outcome 示例词=ITEM says which item it means (7 lines: 2, 5, 6, 7, 8, …)")
    assert told[1].startswith("台账.csv:4: 办理结果: '另一词'")
    assert told[1].endswith("says which item it means")
    pair = tally([ledger(request(outcome="示例词"), request(outcome="示例词"))], form_for(2023), 2023).told()
    assert [line.rpartition("means")[2] for line in pair] == [" (2 lines: 2, 3)"]


def test_of_very_many_problems_the_first_are_told(ledger: ReadLines) -> None:
    lines = [request(received=f"x{number // 2}") for number in range(120)]
    counted = tally([ledger(*lines)], form_for(2023), 2023)
    told = counted.told()
    assert len(counted.problems) == 120
    assert len(told) == 51
    assert told[49].endswith("(2 lines: 100, 101)")
    assert told[50] == "20 more lines are not counted"


def test_files_are_tallied_as_they_are_read(tmp_path: Path) -> None:
    paths = [tmp_path / "甲.csv", tmp_path / "乙.csv"]
    for path in paths:
        path.write_text(text_of([HEADINGS, request(outcome="示例词"), request("3月1日")]), encoding="utf-8")
    counted = tally_files(paths, 2023, taught={"示例词": "属于国家秘密"})
    assert counted.problems == ()
    assert figures(counted) == {
        "applications.received.natural_person": 4,
        "applications.granted.natural_person": 2,
        "applications.refused.state_secret.natural_person": 2,
    }
    assert [record.file for record in counted.lines("applications.granted.total")] == sorted(map(str, paths))
    assert counted.notes[1] == f"{paths[0]}: days without a year are taken to lie in 2023"
    assert counted.as_json()["notes"] == list(counted.notes)
    with pytest.raises(LedgerError, match=r"no\.csv: cannot be read"):
        tally_files([paths[0], tmp_path / "no.csv"], 2023)
    with pytest.raises(LedgerError, match=r"甲\.csv: given twice"):
        tally_files([paths[0], paths[0]], 2023)


@pytest.mark.parametrize(("limit", "value"), [("_SLOWEST", 1.5), ("_MOST_MEMORY", 2**20)])
def test_a_ledger_that_takes_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: float
) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(text_of([HEADINGS, *[request()] * 20_000]), encoding="utf-8")
    module = import_module("reportkit.intake.ledger.tally")
    monkeypatch.setattr(module, limit, value)
    if limit == "_SLOWEST":
        monkeypatch.setattr(module, "_read", never_end)
    with pytest.raises(LedgerError, match=r"台账\.csv: took (longer|more) than .*, which no ledger does; split it"):
        tally_files([path], 2023)

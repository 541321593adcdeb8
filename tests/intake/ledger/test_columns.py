"""Which column holds what is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from intake.ledger.made import (
    HEADINGS,
    MOBILE,
    NAME,
    NUMBER,
    Line,
    ReadLines,
    one,
    request,
)
from reportkit.intake.ledger import Ledger, LedgerError, read_ledger
from reportkit.intake.ledger.words import heading_rank


@pytest.mark.parametrize(
    "received", ["收到日期", "收到\n时间", "政府信息公开申请收到日期", "*受理日期（年月日）", "收文时间"]
)
@pytest.mark.parametrize("answered", ["答复日期", "办结时间", "申请答复时间"])
def test_columns_are_found_by_their_usual_names(ledger: ReadLines, received: str, answered: str) -> None:
    read = ledger(
        request(), headings=("序号", received, "姓名", "证件号", "申请人性质", "答复类型", "不予公开理由", answered)
    )
    assert one(read).outcome == "granted"


@pytest.mark.parametrize("heading", ["应答复日期", "答复期限", "拟答复时间", "延期答复日期"])
def test_a_column_that_says_something_else_is_not_taken_for_one_of_a_similar_name(heading: str) -> None:
    assert heading_rank(heading, ["答复日期", "答复时间"]) is None


def test_the_day_received_goes_before_the_day_applied(ledger: ReadLines) -> None:
    read = ledger(
        ("2023-02-27", "2023-03-01", "自然人", "予以公开", "2023-03-20"),
        headings=("申请日期", "收到日期", "申请人类型", "办理结果", "答复日期"),
    )
    assert one(read).received == date(2023, 3, 1)


def test_columns_of_other_names_are_read_where_they_are_mapped(ledger: ReadLines) -> None:
    headings = ("甲", "来件日", "丙", "丁", "申请人类型", "办理结果", "具体情形", "答复日期")
    with pytest.raises(LedgerError, match="no column for the day the request or case was received") as refused:
        ledger(request(), headings=headings)
    assert "found: 甲、来件日、丙、丁、申请人类型" in str(refused.value)
    assert "received=HEADING" in str(refused.value)
    assert one(ledger(request(), headings=headings, columns={"received": "来件日"})).received == date(2023, 3, 1)


def test_a_mapping_that_names_nothing_is_refused(ledger: ReadLines) -> None:
    with pytest.raises(
        LedgerError, match="'recieved' is no column that is read from a ledger; those are serial, number"
    ):
        ledger(request(), columns={"recieved": "收到日期"})
    with pytest.raises(LedgerError, match="no column '没有的列'"):
        ledger(request(), columns={"item": "没有的列"})


def test_a_line_of_persons_is_not_told_as_headings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{NAME},{NUMBER},2023-01-09,x\n")
    with pytest.raises(LedgerError, match="no line of headings is among the first 30") as refused:
        read_ledger(path)
    assert NAME not in str(refused.value)


OVER_TWO_ROWS = (
    ("序号", "收到日期", "申请人信息", "", "", "办理情况", "", "", "备注"),
    ("", "", "姓名", "类型", "联系方式", "结果", "具体情形", "答复日期", ""),
)


def two_rows(ledger: ReadLines, upper: tuple[str, ...], lower: tuple[str, ...], *lines: Line) -> Ledger:
    return ledger(lower, *lines, headings=upper)


def test_headings_over_two_rows_are_read_as_one(ledger: ReadLines) -> None:
    line = ("1", "2023-03-01", NAME, "公司", MOBILE, "不予公开", "国家秘密", "2023-03-20", "")
    read = two_rows(ledger, *OVER_TWO_ROWS, line)
    record = one(read)
    assert (record.kind, record.outcome, record.answered) == ("company", "refused.state_secret", date(2023, 3, 20))
    assert record.line == 3
    assert read.columns["applicant"] == "申请人类型"
    assert read.notes == ("台账.csv: columns that are not used: 申请人信息姓名、申请人信息联系方式、备注",)


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (("申请", "", "收到", "答复", ""), ("人类型", "内容", "日期", "日期", "结果")),
        (("申请人", "", "收件", "办理", ""), ("类型", "姓名", "日期", "办结日期", "办理结果")),
        (("申请人情况", "", "收到日期", "答复", ""), ("申请人类型", "姓名", "", "日期", "结果")),
    ],
)
def test_a_heading_may_be_made_of_both_rows(ledger: ReadLines, upper: tuple[str, ...], lower: tuple[str, ...]) -> None:
    record = one(two_rows(ledger, upper, lower, ("公司", "x", "2023-03-01", "2023-03-20", "予以公开")))
    assert (record.received, record.answered, record.kind) == (date(2023, 3, 1), date(2023, 3, 20), "company")


def test_a_second_row_that_only_parts_other_columns_is_no_line(ledger: ReadLines) -> None:
    upper = ("收到日期", "申请人类型", "申请人", "", "办理结果", "答复日期")
    lower = ("", "", "姓名", "电话", "", "")
    record = one(two_rows(ledger, upper, lower, ("2023-03-01", "公司", NAME, MOBILE, "予以公开", "2023-03-20")))
    assert record.line == 3


@pytest.mark.parametrize(
    "first",
    [
        ("", "", NAME, "", "", ""),  # a request of which nothing else is known yet
        ("", "公司", NAME, "示例", "", ""),
        ("", "", NAME, MOBILE, "", ""),
    ],
)
def test_a_line_below_the_headings_is_never_taken_for_headings(ledger: ReadLines, first: Line) -> None:
    upper = ("收到日期", "申请人类型", "申请人", "", "办理结果", "答复日期")
    read = ledger(first, ("2023-03-01", "公司", NAME, "", "予以公开", "2023-03-20"), headings=upper)
    assert [told.place.at for told in read.problems] == [2]
    assert [record.line for record in read.records] == [3]


@pytest.mark.parametrize("above", ["第三方意见", "复议情况", "延期情况", "补正"])
def test_a_heading_below_another_matter_is_not_taken_for_one_of_requests(ledger: ReadLines, above: str) -> None:
    upper = ("申请人类型", "收到日期", "办理", "", above, "")
    lower = ("", "", "结果", "说明", "答复日期", "结果")
    with pytest.raises(LedgerError, match=f"no column for the day it was answered.*{above}答复日期"):
        two_rows(ledger, upper, lower, ("公司", "2023-03-01", "予以公开", "", "2023-03-20", "维持"))


def test_columns_are_named_by_either_way_to_read_their_headings(ledger: ReadLines) -> None:
    upper, lower = ("申请人类型", "来件", "", "办理结果", "答复日期"), ("", "人", "日", "", "")
    line = ("公司", NAME, "2023-03-01", "予以公开", "2023-03-20")
    read = ledger(lower, line, headings=upper, columns={"received": "来件日"})
    assert one(read).received == date(2023, 3, 1)


def test_a_title_above_the_headings_is_no_part_of_them(ledger: ReadLines) -> None:
    title = ("政府信息公开申请办理情况", *[""] * (len(HEADINGS) - 1))
    read = ledger(HEADINGS, request(), headings=title)
    assert one(read).line == 3
    assert read.columns["received"] == "收到日期"


def test_a_line_in_columns_without_a_heading_alone_is_no_second_row_of_headings(ledger: ReadLines) -> None:
    read = ledger((*[""] * len(HEADINGS), "见附件"), (*request(), ""), headings=(*HEADINGS, ""))
    assert [(problem.place.at, problem.message) for problem in read.problems] == [
        (2, "the day is missing; write it as 2023-01-09")
    ]
    assert [record.line for record in read.records] == [3]

"""Which column holds what is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from intake.ledger.made import (
    NAME,
    NUMBER,
    ReadLines,
    one,
    request,
)
from reportkit.intake.ledger import LedgerError, read_ledger
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

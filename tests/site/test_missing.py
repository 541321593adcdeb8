"""The workbook to urge by: who has not handed in, by the body above."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from reportkit.project.folder import ReportKey
from reportkit.report import Agency
from reportkit.site.matrix import Roster, matrix_of
from reportkit.site.missing import missing_workbook

AGENCIES = [
    Agency("city", "示例市", level="government"),
    Agency("county", "示例县", level="government", parent="city"),
    Agency("bureau", "示例县某局", parent="county"),
    Agency("office", "=1+1\x07局", parent="city", contact="电话：0000"),
]


def sheets(roster: Roster) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(missing_workbook(matrix_of(roster, ()))))
    return {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def test_agencies_are_listed_by_the_body_above_with_whom_to_call() -> None:
    found = sheets(Roster(AGENCIES, {ReportKey("city", 2023), ReportKey("city", 2022), ReportKey("office", 2022)}))
    assert [*found] == ["2023年度", "2022年度"]
    head, *rows = found["2023年度"]
    assert head == ("上级机关", "机关名称", "标识", "级别", "联系方式")
    assert [row[:4] for row in rows] == [
        ("示例市", "示例县", "county", "政府"),
        ("示例市", "=1+1局", "office", "部门"),
        ("示例县", "示例县某局", "bureau", "部门"),
    ]
    assert rows[1][4] == "电话：0000"


def test_a_name_that_begins_with_an_equals_sign_is_no_formula() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(missing_workbook(matrix_of(Roster(AGENCIES, {ReportKey("city", 2023)}), ())))
    )
    assert book["2023年度"]["B3"].data_type == "s"


def test_where_all_have_handed_in_it_says_so() -> None:
    assert sheets(Roster(AGENCIES[:1], {ReportKey("city", 2023)})) == {"全部已报送": [("全部已报送",)]}

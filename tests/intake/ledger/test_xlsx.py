"""Ledgers in workbooks, whole ones and ones made to do harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from intake.ledger.made import (
    HEADINGS,
    TODAY,
    one,
    repacked,
    request,
    workbook,
)
from reportkit.intake.ledger import Ledger, LedgerError, read_ledger
from reportkit.system.errors import InputError


def test_a_workbook_is_read_from_the_first_sheet_that_looks_like_a_ledger(tmp_path: Path) -> None:
    rows = [HEADINGS, request(datetime(2023, 3, 1), answered=date(2023, 3, 20)), request(44986, answered="2023.3.20")]
    path = workbook(tmp_path / "a.xlsx", ("说明", [["示例"]]), ("申请", rows))
    read = read_ledger(path, name="a.xlsx", today=TODAY)
    assert read.problems == ()
    assert [(record.received, record.answered) for record in read.records] == 2 * [
        (date(2023, 3, 1), date(2023, 3, 20))
    ]
    assert str(read.records[0].place) == "a.xlsx!申请:2"


def test_days_of_a_workbook_that_counts_from_1904_are_read_as_such(tmp_path: Path) -> None:
    rows = [HEADINGS, request(datetime(2023, 3, 1), answered=datetime(2023, 3, 20))]
    path = workbook(tmp_path / "a.xlsx", ("申请", rows), epoch=CALENDAR_MAC_1904)
    assert one(read_ledger(path, today=TODAY)).received == date(2023, 3, 1)


def test_a_second_sheet_that_looks_like_a_ledger_is_told_and_can_be_named(tmp_path: Path) -> None:
    first, second = [HEADINGS, request()], [HEADINGS, request(applicant="企业")]
    path = workbook(tmp_path / "a.xlsx", ("上半年", first), ("下半年", second))
    (told,) = read_ledger(path, name="a.xlsx", today=TODAY).problems
    assert "下半年 looks like a ledger too" in str(told)
    assert one(read_ledger(path, sheet="下半年", today=TODAY)).kind == "company"
    with pytest.raises(LedgerError, match="has no sheet '三季度'; it has 上半年、下半年"):
        read_ledger(path, sheet="三季度", today=TODAY)


def test_texts_that_cells_share_are_read_in_all_their_pieces_and_without_how_they_are_pronounced(
    tmp_path: Path,
) -> None:
    texts: list[str] = []

    def shared(data: bytes) -> bytes:
        def number(match: re.Match[bytes]) -> bytes:
            texts.append(unescape(match[1].decode()))
            return b't="s"><v>%d</v>' % (len(texts) - 1)

        return re.sub(rb't="inlineStr"><is><t>([^<]*)</t></is>', number, data)

    def related(data: bytes) -> bytes:
        return data.replace(
            b"</Relationships>", b'<Relationship Id="s" Type="x/sharedStrings" Target="shared.xml"/></Relationships>'
        )

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=shared)
    items = "".join(
        f"<si><r><t>{text[:2]}</t></r><r><t>{text[2:]}</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>" for text in texts
    )
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    path = repacked(path, {"xl/shared.xml": strings}, workbook=related)
    record = one(read_ledger(path, today=TODAY))
    assert len(texts) > len(HEADINGS)
    assert (record.outcome, record.answered) == ("granted", date(2023, 3, 20))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:200], "a damaged workbook"),
        (lambda data: data.replace(b'<row r="2"', b'<row r="1"'), "line 1 comes after line 1"),
        (lambda data: data.replace(b'<row r="2"', b'<row r="2000000000"'), "line 2000000000 comes after line 1"),
        (lambda data: data.replace(b'r="A1" t="inlineStr"', b'r="A1" t="s"><v>9</v></c><c'), "a damaged workbook"),
        (lambda data: b" " * 2**28 + b"  ", "unpacks to 256 MiB in"),
    ],
)
def test_a_sheet_made_to_do_harm_is_refused_in_one_line(
    tmp_path: Path, change: Callable[[bytes], bytes], said: str
) -> None:
    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    with pytest.raises(LedgerError, match=said) as refused:
        read_ledger(path, today=TODAY)
    assert "\n" not in str(refused.value)


def test_a_workbook_without_sheets_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()]))
    with pytest.raises(LedgerError, match="it is empty"):
        read_ledger(repacked(path, workbook=lambda data: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", data)))


def test_entities_of_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    def change(data: bytes) -> bytes:
        start = data.index(b"<worksheet")
        return data[:start] + bomb + data[start:].replace(b"<sheetData>", b"<sheetData>&b;")

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    try:
        assert "haha" not in repr(read_ledger(path, today=TODAY))
    except LedgerError as refused:
        assert "\n" not in str(refused)


def test_cells_in_no_order_or_beyond_all_columns_are_left_out(tmp_path: Path) -> None:
    def change(data: bytes) -> bytes:
        return data.replace(b'r="H2"', b'r="ZZZ2"').replace(b'r="F2"', b'r="2"')

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    assert one(read_ledger(path, today=TODAY)).outcome is None


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()]))
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(LedgerError, match="protected by a password"):
        read_ledger(path)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_workbook_with_any_bytes_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    original = folder / "whole.xlsx"
    if not original.exists():
        workbook(original, ("申请", [HEADINGS, request()]))
    changed = bytearray(original.read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(changed) - 1), max_size=30)):
        changed[at] = data.draw(st.integers(0, 255))
    path = folder / "changed.xlsx"
    path.write_bytes(bytes(changed))
    try:
        assert isinstance(read_ledger(path), Ledger)
    except InputError as error:
        assert str(error)

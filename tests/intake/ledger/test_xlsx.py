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

FAULTS = Path(__file__).parents[2] / "data" / "faults"


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


def test_hidden_sheets_are_named_and_read_only_by_their_name(tmp_path: Path) -> None:
    def hide(*names: str) -> Callable[[bytes], bytes]:
        def change(data: bytes) -> bytes:
            for name, state in zip(names, ("hidden", "veryHidden"), strict=False):
                data = re.sub(
                    rf'(name="{name}" sheetId="\d+") state="visible"'.encode(), rf'\1 state="{state}"'.encode(), data
                )
            return data

        return change

    first, second = [HEADINGS, request()], [HEADINGS, request(applicant="企业")]
    sheets = (("旧台账", first), ("申请", second), ("选项", [["公民", "企业"]]))
    path = repacked(workbook(tmp_path / "a.xlsx", *sheets), workbook=hide("旧台账", "选项"))
    read = read_ledger(path, name="a.xlsx", today=TODAY)
    assert [record.kind for record in read.records] == ["company"]
    assert [str(told) for told in read.problems] == [
        "a.xlsx: sheet: 旧台账 (hidden) looks like a ledger too, and is not counted: read it by its name"
    ]
    assert "a.xlsx: hidden sheets, not read: 选项" in read.notes
    assert one(read_ledger(path, sheet="旧台账", today=TODAY)).kind == "natural_person"
    alone = repacked(workbook(tmp_path / "b.xlsx", *sheets[::2]), workbook=hide("旧台账"))
    with pytest.raises(LedgerError, match=r"b\.xlsx: hidden sheets alone look like a ledger \(旧台账\)"):
        read_ledger(alone, name="b.xlsx", today=TODAY)


def test_a_formula_that_was_never_calculated_is_no_blank() -> None:
    read = read_ledger(FAULTS / "formula-without-value.xlsx", name="a.xlsx", today=TODAY)
    assert [record.line for record in read.records] == list(range(2, 32))
    said = "a formula that was never calculated: open the workbook in Excel, save it, and count it again"
    assert [str(told) for told in read.problems] == [
        f"a.xlsx!Sheet:40: 处理结果: {said}",
        f"a.xlsx!Sheet:41: 收到日期: {said}",
    ]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("<c r='F2'><f>A1</f></c>", "办理结果: a formula that was never calculated"),
        ("<c r='F2'><f>A1</f><v/></c>", "办理结果: a formula that was never calculated"),
        ("<c r='F2' t='str'><f>A1</f></c>", "办理结果: a formula that was never calculated"),
        ("<c r='F2' t='s'><f>A1</f><v></v></c>", "办理结果: a formula that was never calculated"),
        ("<c r='F2' t='e'><f>A1</f><v>#REF!</v></c>", r"办理结果: a formula that Excel cannot work out \(#REF!\)"),
        ("<c r='F2' t='e'><f>A1</f><v>#N/A</v></c>", r"办理结果: a formula that Excel cannot work out \(#N/A\)"),
        ("<c r='F2' t='str'><f>A1</f><v></v></c>", "办理结果: it was answered on 2023-03-20, and no outcome is given"),
        ("<c r='F2' t='str'><f>A1</f><v>予以公开</v></c>", ""),
        ("<c r='F2' t='str'><v>予以公开</v><f>A1</f></c>", ""),
    ],
)
def test_a_formula_is_read_by_the_value_that_is_stored_with_it(tmp_path: Path, cell: str, said: str) -> None:
    def change(data: bytes) -> bytes:
        return re.sub(rb'<c r="F2".*?</c>', cell.encode(), data)

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    read = read_ledger(path, today=TODAY)
    assert [bool(re.search(said, str(told))) for told in read.problems] == [True] * bool(said)
    assert len(read.records) == (not said)


def test_lines_below_that_hold_only_formulas_in_other_columns_say_nothing(tmp_path: Path) -> None:
    def change(data: bytes) -> bytes:
        return data.replace(
            b"</sheetData>", b'<row r="3"><c r="A3"><f>ROW()-1</f></c><c r="C3"><f>B3</f></c></row></sheetData>'
        )

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    assert one(read_ledger(path, today=TODAY)).line == 2


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
        (
            lambda data: data.replace(b"</sheetData>", b"<row>" + b"<c/>" * 2**20 + b"</row></sheetData>"),
            "a line of more",
        ),
        (lambda data: data.replace(b"<sheetData>", b"<sheetData>" + b"<x/>" * 2**20), "a line of more than 2 MiB"),
        (
            lambda data: data.replace(b"</sheetData>", b'<row r="1000000"/><row/></sheetData>'),
            "line 1000001 comes after",
        ),
        (lambda data: data.replace(b"</sheetData>", b"</sheetData"), "a damaged workbook"),
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


def test_a_workbook_of_very_many_sheets_is_refused_before_they_are_read(tmp_path: Path) -> None:
    def many(data: bytes) -> bytes:
        sheets = b"".join(b'<sheet name="%d" sheetId="%d"/>' % (number, number) for number in range(1, 402))
        return re.sub(rb"<sheets>.*</sheets>", b"<sheets>" + sheets + b"</sheets>", data)

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), workbook=many)
    with pytest.raises(LedgerError, match="401 sheets, which no ledger has"):
        read_ledger(path)


def test_a_list_of_sheets_of_any_size_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()]))
    with pytest.raises(LedgerError, match="is over 4 MiB"):
        read_ledger(repacked(path, workbook=lambda data: data + b" " * 2**22))


def test_what_follows_the_lines_is_not_held_against_a_sheet(tmp_path: Path) -> None:
    def change(data: bytes) -> bytes:
        return data.replace(b"</sheetData>", b"</sheetData>" + b'<mergeCell ref="A1:A2"/>' * 2**17)

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    assert one(read_ledger(path, today=TODAY)).outcome == "granted"


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


def test_cells_without_a_reference_stand_one_after_the_other(tmp_path: Path) -> None:
    def change(data: bytes) -> bytes:
        return re.sub(rb' r="[A-Z]+2"', b"", data)

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    record = one(read_ledger(path, today=TODAY))
    assert (record.outcome, record.answered) == ("granted", date(2023, 3, 20))


def test_a_cell_that_only_has_a_look_is_blank(tmp_path: Path) -> None:
    def change(data: bytes) -> bytes:
        return data.replace(b'<c r="H2"', b'<c r="G2" s="0"/><c r="H2"')

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    assert one(read_ledger(path, today=TODAY)).outcome == "granted"


def test_a_ledger_has_at_most_a_hundred_columns(tmp_path: Path) -> None:
    def book(columns: int) -> Path:
        rows = [[*[f"栏{number}" for number in range(columns - len(line))], *line] for line in (HEADINGS, request())]
        return workbook(tmp_path / f"{columns}.xlsx", ("申请", rows))

    assert one(read_ledger(book(100), today=TODAY)).answered == date(2023, 3, 20)
    for columns in (101, 102):
        with pytest.raises(LedgerError, match="no column for the day it was answered"):
            read_ledger(book(columns), today=TODAY)


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

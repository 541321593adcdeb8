"""Files of ledgers: CSV in any encoding and with any delimiter, and what is no ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.ledger.made import (
    HEADINGS,
    TODAY,
    ReadLines,
    one,
    request,
    text_of,
)
from reportkit.intake.ledger import Ledger, LedgerError, read_ledger
from reportkit.system.errors import InputError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_read_in_whatever_encoding_and_with_whatever_delimiter(
    ledger: ReadLines, encoding: str, delimiter: str
) -> None:
    record = one(ledger(request(), encoding=encoding, delimiter=delimiter))
    assert (record.kind, record.outcome, record.received) == ("natural_person", "granted", date(2023, 3, 1))
    assert (record.answered, str(record.place)) == (date(2023, 3, 20), "台账.csv:2")


def test_lines_are_counted_as_an_editor_counts_them_through_quoted_line_breaks(ledger: ReadLines) -> None:
    read = ledger(("1", "2023-03-01", "甲\n乙\n丙", "", "公民", "予以公开", "", "2023-03-20"), request())
    assert [record.line for record in read.records] == [2, 5]


def test_titles_above_the_headings_and_sums_below_the_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [["2023年依申请公开台账"], [], HEADINGS, request(number="1"), ["2"], [""] * 8, ["合计", "", "1件"]]
    path.write_text(text_of(rows), encoding="utf-8")
    assert one(read_ledger(path, today=TODAY)).line == 4


def test_no_day_lies_after_the_day_on_which_a_ledger_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text_of([HEADINGS, request()]), encoding="utf-8")
    assert one(read_ledger(path)).answered == date(2023, 3, 20)
    (told,) = read_ledger(path, today=date(2023, 3, 19)).problems
    assert "2023-03-20" in str(told)


def test_lines_of_an_old_macintosh_file_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text_of([HEADINGS, request()]).replace("\r\n", "\r").encode())
    assert one(read_ledger(path, today=TODAY)).line == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old or encrypted workbook"),
        (b"PK\x03\x04" + b"\0" * 60, "a damaged workbook"),
        (b"\0\x01\x02" * 100, "neither a workbook nor a text"),
        (
            '收到日期,申请人类型,办理结果,答复日期\n2023-01-09,"自然人,予以公开,2023-01-10\n'.encode(),
            ":2: not.*quotation",
        ),
        ('收到日期,"申请人类型,办理结果,答复日期\n'.encode(), ":1: not readable as CSV"),
        ("收到日期,申请人类型\n".encode(), r"no column for the outcome \(outcome\).*found: 收到日期、申请人类型"),
        (
            "事项,内容,备注\n".encode(),
            "found: 事项、内容、备注; name columns that are called something else: received=HEADING",
        ),
    ],
)
def test_what_is_no_ledger_is_refused_in_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(LedgerError, match=said) as refused:
        read_ledger(path)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        read_ledger(tmp_path / "no.csv")
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(2**26 + 1)
    with pytest.raises(LedgerError, match="larger than 64 MiB"):
        read_ledger(path)
    path.write_text(
        "\n".join(["收到日期,申请人类型,办理结果,答复日期", *["2023-01-09,自然人,予以公开,2023-01-10"] * 50])
    )
    monkeypatch.setattr("reportkit.intake.ledger.files.MOST_LINES", 40)
    with pytest.raises(LedgerError, match="more than 40 lines"):
        read_ledger(path)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(max_size=300).map(str.encode)
    | st.lists(
        st.lists(
            st.sampled_from([*HEADINGS, '"', "2023-01-09", "自然人", "予以公开", "其他" * 30, "案件类型"]), max_size=9
        ),
        max_size=6,
    ).map(lambda rows: "\n".join(",".join(row) for row in rows).encode())
)
def test_whatever_the_bytes_are_a_ledger_or_one_clear_error_comes_of_them(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(data)
    try:
        assert isinstance(read_ledger(path), Ledger)
    except InputError as error:
        assert str(error)


def test_a_file_of_too_many_lines_is_refused_and_one_that_is_just_full_is_read(
    ledger: ReadLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reportkit.intake.ledger.files.MOST_LINES", 300)
    assert len(ledger(*[request()] * 299).records) == 299  # and the line of headings
    with pytest.raises(LedgerError, match="more than 300 lines; split it by year"):
        ledger(*[request()] * 300)

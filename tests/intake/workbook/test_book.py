"""Wrong files are refused in one line, and nothing in them does harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from intake.workbook.made import (
    fresh,
    fresh_bytes,
    repacked,
)
from reportkit.documents.document import UnreadableError
from reportkit.intake.workbook import FilledForm, read_workbook
from reportkit.intake.workbook.book import read_book
from reportkit.system.errors import InputError


def bytes_of(book: Workbook | None = None) -> bytes:
    out = io.BytesIO()
    (book or openpyxl.Workbook()).save(out)
    return out.getvalue()


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WRONG = {
    "empty": (b"", "this is no Excel workbook"),
    "text": ("示例".encode(), "this is no Excel workbook"),
    "old": (OLE + b"\0" * 600, "save it as .xlsx"),
    "encrypted": (OLE + "EncryptedPackage".encode("utf-16-le"), "save it without a password"),
    "cut short": (bytes_of()[:3000], "a damaged workbook"),
    "word": (packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}), "this is no Excel workbook"),
    "hollow": (packed({"xl/workbook.xml": "<workbook/>"}), "the workbook is damaged"),
    "bomb": (packed({"xl/workbook.xml": b" " * 2**22}), "unpacks to 4 MiB"),
    "hidden bomb": (packed({"xl/workbook.xml": b"", "xl/a.png": b" " * 2**22}), "remove pictures and attachments"),
    "many parts": (packed({"xl/workbook.xml": b""} | {f"{n}": b"" for n in range(600)}), "in 601 parts"),
    "large": (b"PK" + b"\0" * (4 * 2**20), "larger than 4 MiB"),
    "any workbook": (bytes_of(), "this is not a form of `reportkit workbook new`"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_in_one_clear_line(tmp_path: Path, name: str) -> None:
    data, said = WRONG[name]
    path = tmp_path / "wrong.xlsx"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        read_workbook(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="the file does not exist"):
        read_workbook(tmp_path / "none.xlsx")
    with pytest.raises(UnreadableError, match="the file cannot be read"):
        read_workbook(tmp_path)


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet3.xml", "xl/styles.xml"])
def test_entities_are_not_expanded(tmp_path: Path, part: str) -> None:
    def laughing(name: str, data: bytes) -> bytes:
        head, body = (
            (data[: data.index(b"?>") + 2], data[data.index(b"?>") + 2 :]) if b"?>" in data[:99] else (b"", data)
        )
        return head + LAUGHS + body.replace("示例".encode(), b"&b;") if name == part else data

    path = repacked(fresh(tmp_path), laughing)
    try:
        filled = read_workbook(path)
    except InputError:
        return
    assert "ha" not in filled.agency_name + "".join(filled.narrative.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_form_is_read_or_refused_and_nothing_else(tmp_path: Path, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(fresh_bytes(2023))) as package:
        parts = {part.filename: package.read(part) for part in package.infolist()}
    changed = tmp_path / "changed.xlsx"
    if data.draw(st.booleans(), label="in a part"):
        name = data.draw(st.sampled_from(sorted(parts)))
        changed.write_bytes(packed(parts | {name: mutated(data, parts[name])}))
    else:
        changed.write_bytes(mutated(data, fresh_bytes(2023)))
    try:
        assert isinstance(read_workbook(changed), FilledForm)
    except InputError as error:
        assert str(changed) in str(error)


def mutated(data: st.DataObject, content: bytes) -> bytes:
    at = data.draw(st.integers(0, len(content)), label="at")
    removed = data.draw(st.integers(0, 60), label="removed")
    put = st.one_of(st.binary(max_size=20), st.sampled_from([b"<", b"</c>", b"-", b"999999999", b"#REF!", b"'", b"\0"]))
    return content[:at] + data.draw(put, label="put in") + content[at + removed :]


@pytest.mark.parametrize(
    ("written", "spot"),
    [
        ("'表三'!$E$7", ("表三", "E7")),
        ("表三!$E$7", ("表三", "E7")),
        ("表三!E7:F9", ("表三", "E7")),
        ("'a''b'!$AA$10", ("a'b", "AA10")),
        ("表三!#REF!", None),
        ("#REF!", None),
    ],
)
def test_a_name_leads_to_a_sheet_and_a_cell(tmp_path: Path, written: str, spot: tuple[str, str] | None) -> None:
    book = Workbook()
    book.defined_names["a"] = DefinedName("a", attr_text=written)
    book.save(tmp_path / "a.xlsx")
    assert read_book(tmp_path / "a.xlsx").names == {"a": spot}


def test_a_cell_says_whether_it_holds_a_formula_or_an_error(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet("表")
    sheet["A1"], sheet["B1"], sheet["C1"], sheet["D1"] = 1, "#VALUE!", "=1+1", "甲"
    book.save(tmp_path / "a.xlsx")
    read = read_book(tmp_path / "a.xlsx")
    held = [read.content("表", at) for at in ("A1", "B1", "C1", "D1")]
    assert [(one.formula, one.error) for one in held if one] == [
        (False, False),
        (False, True),
        (True, False),
        (False, False),
    ]
    assert read.content("表", "E1") is None


def test_cells_are_read_as_far_as_a_form_may_reach(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet("表")
    for at in ("CV500", "CV501", "CW500"):
        sheet[at] = 1
    book.save(tmp_path / "a.xlsx")
    assert set(read_book(tmp_path / "a.xlsx").sheets["表"]) == {"CV500"}

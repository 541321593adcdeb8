"""A file's format is told by what is in it; what is no report is named, with what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from documents.made import OLE, article, docx, p, page, pdf, said, tabbed, tbl, tc, zipped
from reportkit.documents import detection
from reportkit.documents.detection import read_document, read_text
from reportkit.documents.document import Document, Paragraph, UnreadableError


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[bytes | str], str]:
    def refusal(content: bytes | str) -> str:
        path = tmp_path / "示例.bin"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(UnreadableError) as error:
            read_document(path)
        assert "\n" not in str(error.value)
        assert "示例.bin" not in str(error.value)
        return str(error.value)

    return refusal


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (page(article()), "一、总体情况"),
        ("<table><tr><td>片段<td>1<tr><td>a<td>2</table>", "片段"),
        ("\n  <div>片段</div>", "片段"),
        ('<?xml version="1.0"?><!DOCTYPE html><html><body>片段</body></html>', "片段"),
        (docx(p("文档")), "文档"),
        (docx(p("文档"), name="word/document2.xml"), "文档"),
        (pdf(said("example", 50, 700)), "example"),
        (b"junk\n" + pdf(said("example", 50, 700)), "example"),
        (tabbed(), "一、总体情况"),
        (tabbed().encode("gb18030"), "一、总体情况"),
        (tabbed().encode("utf-8-sig"), "一、总体情况"),
        (tabbed().encode("utf-16"), "一、总体情况"),
        ("BMW示例", "BMW示例"),
        ("[一]示例 {甲}", "示例"),
        ("1 < 2 且 <b>", "1 < 2"),
    ],
)
@pytest.mark.parametrize("ending", ["html", "docx", "pdf", "txt", "xlsx"])
def test_the_name_s_ending_does_not_matter(tmp_path: Path, content: str | bytes, words: str, ending: str) -> None:
    path = tmp_path / f"示例.{ending}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    document = read_document(path)
    assert document.name == path.name
    assert words in repr(document.blocks)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "an empty file"),
        ("\ufeff\n", "an empty file"),
        (OLE + b"\0" * 600, "an Office document of the old kind; open it in Word"),
        (OLE + "Workbook".encode("utf-16-le"), "an Excel workbook of the old kind"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password; save it without one"),
        (zipped({"xl/workbook.xml": ""}), "an Excel workbook; if it is reportkit's form"),
        (zipped({"ppt/presentation.xml": ""}), "a PowerPoint presentation"),
        (zipped({"OFD.xml": ""}), "an OFD document; save it as .docx or PDF"),
        (zipped({"mimetype": "", "content.xml": ""}), "an OpenDocument file"),
        (zipped({"a.txt": ""}), "an archive (zip); unpack it first"),
        (b"PK\x05\x06", "a damaged Word document or archive"),
        (b"GIF89a", "an image (GIF)"),
        (b"\xff\xd8\xff\xe0", "an image (JPEG)"),
        (b"BM\0\0", "an image (BMP)"),
        (b"MZ\0\0", "a program"),
        (b"\x7fELF", "a program"),
        (b"{\\rtf1 x}", "rich text document"),
        ("<svg xmlns='x'><title>图</title></svg>", "XML data"),
        ('<?xml version="1.0"?><w:wordDocument/>', "XML data; if it is a Word document"),
        ("Content-Type: multipart/related\n\n<html>", "a web archive"),
        ('{"a": 1}', "JSON data"),
        ("[" * 100_000, None),
    ],
)
def test_what_is_no_report_is_named(
    refused: Callable[[bytes | str], str], tmp_path: Path, content: str | bytes, line: str | None
) -> None:
    if line is None:  # deeper than JSON is read, so it is taken for a text
        (tmp_path / "a").write_text(str(content))
        assert read_document(tmp_path / "a").blocks
    else:
        assert line in refused(content)


def test_a_pdf_may_weigh_more_than_other_files(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    for head, size, line in ((b"%PDF-1.4", 51, "over the limit of 50 MiB"), (b"%PDF-1.4", 30, "damaged PDF")):
        with path.open("wb") as file:
            file.write(head)
            file.truncate(size << 20)
        with pytest.raises(UnreadableError, match=line):
            read_document(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_no_file_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableError, match="not a file"):
        read_document(tmp_path / "pipe")


def test_a_file_that_cannot_be_opened_is_told_without_its_name(tmp_path: Path) -> None:
    (tmp_path / "示例.html").symlink_to(tmp_path / "示例.html")
    with pytest.raises(UnreadableError, match="cannot be opened") as refused:
        read_document(tmp_path / "示例.html")
    assert "示例" not in str(refused.value)


def test_an_error_that_no_reader_foresaw_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(*_: object) -> Document:
        raise RecursionError

    monkeypatch.setattr(detection, "FORMATS", (detection.Format("anything", (), lambda _: True, deep),))
    (tmp_path / "a").write_text("x")
    with pytest.raises(UnreadableError, match=r"^a damaged file"):
        read_document(tmp_path / "a")


def test_another_format_is_one_entry_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(data: bytes, name: str) -> Document:
        return Document(name, (Paragraph(data.decode().removeprefix("WPS:")),))

    added = detection.Format("WPS", (".wps",), lambda data: data.startswith(b"WPS:"), read, largest=20)
    monkeypatch.setattr(detection, "FORMATS", (added, *detection.FORMATS))
    (tmp_path / "a.wps").write_text("WPS:example")
    assert read_document(tmp_path / "a.wps").blocks == (Paragraph("example"),)
    assert ".wps" in detection.endings()
    (tmp_path / "a.wps").write_text("WPS:".ljust(20, "x"))
    assert read_document(tmp_path / "a.wps").blocks == (Paragraph("x" * 16),)
    (tmp_path / "a.wps").write_text("WPS:".ljust(21, "x"))
    with pytest.raises(UnreadableError, match="over the limit"):
        read_document(tmp_path / "a.wps")


def test_a_format_without_blocks_is_an_empty_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = detection.Format("nothing", (), lambda _: True, lambda _, name: Document(name, ()))
    monkeypatch.setattr(detection, "FORMATS", (empty,))
    (tmp_path / "a").write_text("x")
    with pytest.raises(UnreadableError, match="an empty file"):
        read_document(tmp_path / "a")


def test_the_text_of_a_file_is_read_to_the_letter_or_without_its_tables(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一、 总体\t情况\n\n尾\n", encoding="utf-8")
    assert read_text(tmp_path / "a.txt") == "一、 总体\t情况\n\n尾\n"
    (tmp_path / "a.docx").write_bytes(docx(p("前") + tbl(tc("规章") + tc("1"), tc("文件") + tc("2")) + p("后")))
    assert read_text(tmp_path / "a.docx") == "前\n后"


def test_reading_text_imports_no_heavy_library(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("示例", encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from reportkit.documents.detection import read_document;"
        "read_document(Path(sys.argv[1])); print(*sorted({'lxml', 'docx', 'pdfplumber', 'pandas'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "a.txt"], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""


STARTS = [b"", b"%PDF-1.7\n", b"PK\x03\x04", OLE, b"<html>", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"{\\rtf", b"{"]


@given(
    st.sampled_from(STARTS),
    st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("gb18030", "ignore")),
)
@example(b"\xff\xfe", b"\x00\xd8")
@example(b"", b"\x1a")
def test_any_bytes_are_a_document_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed"
    path.write_bytes(start + rest)
    try:
        assert read_document(path).blocks
    except UnreadableError as error:
        assert len(str(error).splitlines()) == 1

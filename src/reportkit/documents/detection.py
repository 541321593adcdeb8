"""Reading a file, whatever its format: told by what is in it, not by its name's ending."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

from reportkit.documents.decoding import decoded, looks_binary
from reportkit.documents.document import Document, UnreadableError
from reportkit.documents.html import html_text, read_html
from reportkit.documents.pdf import read_pdf
from reportkit.documents.plain_text import read_plain_text
from reportkit.documents.word import MAIN_PART, read_word

__all__ = ["read_document"]

_MIB = 1 << 20
_LIMIT, _PDF_LIMIT = 20 * _MIB, 50 * _MIB
_WITHIN = 1024  # where a PDF's first line may stand, by its own specification
_SAVE_AS = "open it in Word or WPS and save it as .docx"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

# What a file begins with that is no report: its name, and what to do instead.
_OTHERS = (
    (b"{\\rtf", "a rich text document (.rtf)", _SAVE_AS),
    (b"\x89PNG", "an image (PNG)", "use the document that was printed or scanned"),
    (b"\xff\xd8\xff", "an image (JPEG)", "use the document that was printed or scanned"),
    (b"GIF8", "an image (GIF)", "use the document that was printed or scanned"),
    (b"BM", "an image (BMP)", "use the document that was printed or scanned"),
    (b"II*\0", "an image (TIFF)", "use the document that was printed or scanned"),
    (b"MM\0*", "an image (TIFF)", "use the document that was printed or scanned"),
    (b"RIFF", "an image or a recording", "use the document that was printed or scanned"),
    (b"Rar!", "an archive (RAR)", "unpack it first"),
    (b"7z\xbc\xaf", "an archive (7z)", "unpack it first"),
    (b"\x1f\x8b", "an archive (gzip)", "unpack it first"),
    (b"BZh", "an archive (bzip2)", "unpack it first"),
    (b"\xfd7zXZ", "an archive (xz)", "unpack it first"),
    (b"\x7fELF", "a program", "give the report itself"),
    (b"MZ", "a program", "give the report itself"),
    (b"SQLite format 3", "a database", "give the report itself"),
)
_TEXTUAL = frozenset([b"BM", b"MZ", b"RIFF", b"BZh"])  # a text might begin so, but holds no zeros
# Parts of archives that are documents of another kind.
_ZIPPED = (
    ("xl/workbook", "an Excel workbook", "if it is reportkit's form, use `reportkit workbook read`"),
    ("ppt/presentation", "a PowerPoint presentation", "save its text as .docx"),
    ("OFD.xml", "an OFD document", "save it as .docx or PDF"),
    ("content.xml", "an OpenDocument file", _SAVE_AS),
    ("META-INF/container.xml", "an e-book", "save its text as .docx"),
)
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|div|p|table|h[1-6]|span|article|section|center|frameset)\b", re.I
)
_TAG_WITHIN = 1 << 16
_JSON_STARTS = ("{", "[")


def read_document(path: Path) -> Document:
    """Read a file into headings, paragraphs and grids.

    Web pages, Word documents (.docx), PDF with text, and plain text are read.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    UnreadableError
        Where it cannot be read; one line says which file, what it is, and what to do.
    """
    name = path.name
    try:
        return _read(_bytes(path), name)
    except UnreadableError as error:
        raise UnreadableError(f"{name}: {error}") from error
    except (RecursionError, OverflowError, UnicodeError) as error:
        raise UnreadableError(f"{name}: a damaged file ({type(error).__name__}); save it again") from error


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableError("a folder; name the files in it")
        if not path.is_file() and path.exists():
            raise UnreadableError("not a file; name a report")
        with path.open("rb") as file:
            head = file.read(_WITHIN)
            limit = _PDF_LIMIT if b"%PDF-" in head else _LIMIT
            data = head + file.read(limit + 1 - len(head))
    except FileNotFoundError as error:
        raise UnreadableError("no such file") from error
    except OSError as error:
        raise UnreadableError(f"cannot be opened ({error.strerror or error})") from error
    if len(data) > limit:
        raise UnreadableError(f"over the limit of {limit // _MIB} MiB; cut the report out, or leave pictures out")
    return data


def _read(data: bytes, name: str) -> Document:
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableError("an empty file; download or save it again")
    if b"%PDF-" in data[:_WITHIN]:
        return read_pdf(data, name)
    if data.startswith(_ZIP):
        return _read_zipped(data, name)
    if data.startswith(_OLE):
        raise _ole(data)
    for start, kind, remedy in _OTHERS:
        if data.startswith(start) and (start not in _TEXTUAL or b"\0" in data[:_TAG_WITHIN]):
            raise UnreadableError(f"{kind}; {remedy}")
    return _read_text(data, name)


def _read_zipped(data: bytes, name: str) -> Document:
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise UnreadableError(
            "a damaged Word document or archive, perhaps cut off; download or save it again"
        ) from error
    if any(map(MAIN_PART.fullmatch, parts)):
        return read_word(data, name)
    for part, kind, remedy in _ZIPPED:
        if any(other.startswith(part) for other in parts):
            raise UnreadableError(f"{kind}; {remedy}")
    raise UnreadableError("an archive (zip); unpack it first")


def _ole(data: bytes) -> UnreadableError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return UnreadableError("a document protected by a password; save it without one")
    if "WordDocument".encode("utf-16-le") in data:
        return UnreadableError(f"a Word document of the old kind (.doc or .wps); {_SAVE_AS}")
    if "Workbook".encode("utf-16-le") in data:
        return UnreadableError("an Excel workbook of the old kind (.xls); save it as .xlsx")
    return UnreadableError(f"an Office document of the old kind; {_SAVE_AS}")


def _read_text(data: bytes, name: str) -> Document:
    text = html_text(data)
    if _TAG.search(text[:_TAG_WITHIN]) and "\0" not in text[:_TAG_WITHIN]:
        return _read_markup(text, name)
    text = decoded(data)
    if looks_binary(text):
        raise UnreadableError("neither a web page nor text, a Word document or a PDF; give one of those")
    if _is_json(text):
        raise UnreadableError("JSON data, no report; give the report itself")
    if text.lstrip().startswith("<?xml"):
        raise UnreadableError(f"XML data; if it is a Word document, {_SAVE_AS}")
    document = read_plain_text(text, name)
    if not document.blocks:
        raise UnreadableError("an empty file; download or save it again")
    return document


def _read_markup(text: str, name: str) -> Document:
    start = text[:_TAG_WITHIN].lstrip("\ufeff \t\r\n").lower()
    if start.startswith("mime-version") or ("content-type: multipart/related" in start and not start.startswith("<")):
        raise UnreadableError("a web archive (.mht); open it in a browser or in Word and save it as .html or .docx")
    if start.startswith(("<svg", "<?xml")) and "<html" not in start:
        raise UnreadableError(f"XML data; if it is a Word document, {_SAVE_AS}")
    return read_html(text, name)


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(_JSON_STARTS):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True

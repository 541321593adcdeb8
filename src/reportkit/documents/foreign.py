"""Files that are no report, or one that is not read: what they are, and what to do instead."""

from __future__ import annotations

import io
import json
import zipfile

from reportkit.documents.archives import DAMAGE, ZIP_STARTS
from reportkit.documents.decoding import decoded

__all__ = ["OLE_START", "foreign_kind"]

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What Office files of the old kind begin with, and encrypted ones."""

_SAVE_AS = "open it in Word or WPS and save it as .docx"
_USE_ORIGINAL = "use the document that was printed or scanned"
_UNPACK = "unpack it first"
_GIVE_REPORT = "give the report itself"
# What a file begins with: its name, and what to do.
_STARTS = (
    (b"{\\rtf", "a rich text document (.rtf)", _SAVE_AS),
    (b"\x89PNG", "an image (PNG)", _USE_ORIGINAL),
    (b"\xff\xd8\xff", "an image (JPEG)", _USE_ORIGINAL),
    (b"GIF8", "an image (GIF)", _USE_ORIGINAL),
    (b"BM", "an image (BMP)", _USE_ORIGINAL),
    (b"II*\0", "an image (TIFF)", _USE_ORIGINAL),
    (b"MM\0*", "an image (TIFF)", _USE_ORIGINAL),
    (b"RIFF", "an image or a recording", _USE_ORIGINAL),
    (b"Rar!", "an archive (RAR)", _UNPACK),
    (b"7z\xbc\xaf", "an archive (7z)", _UNPACK),
    (b"\x1f\x8b", "an archive (gzip)", _UNPACK),
    (b"BZh", "an archive (bzip2)", _UNPACK),
    (b"\xfd7zXZ", "an archive (xz)", _UNPACK),
    (b"\x7fELF", "a program", _GIVE_REPORT),
    (b"MZ", "a program", _GIVE_REPORT),
    (b"SQLite format 3", "a database", _GIVE_REPORT),
)
_TEXTUAL = frozenset([b"BM", b"MZ", b"RIFF", b"BZh"])  # a text might begin so, but holds no zeros
# Parts of archives that are documents of another kind.
_PARTS = (
    ("xl/workbook", "an Excel workbook", "if it is reportkit's form, use `reportkit workbook read`"),
    ("ppt/presentation", "a PowerPoint presentation", "save its text as .docx"),
    ("OFD.xml", "an OFD document", "save it as .docx or PDF"),
    ("content.xml", "an OpenDocument file", _SAVE_AS),
    ("META-INF/container.xml", "an e-book", "save its text as .docx"),
)
# Streams of old Office files.
_STREAMS = (
    ("EncryptedPackage", "a document protected by a password", "save it without one"),
    ("Workbook", "an Excel workbook of the old kind (.xls)", "save it as .xlsx"),
)
_WITHIN = 1 << 16


def foreign_kind(data: bytes) -> str | None:
    """Say what a file is that is not read.

    Parameters
    ----------
    data
        The whole file; none of a format that is read and has a signature of its own.

    Returns
    -------
    str or None
        What it is, and what to do; None where it may be a web page or text.

    Examples
    --------
    >>> foreign_kind(b"GIF89a")
    'an image (GIF); use the document that was printed or scanned'
    """
    if data.startswith(ZIP_STARTS):
        return _zipped_kind(data)
    if data.startswith(OLE_START):
        return _old_office_kind(data)
    for start, kind, remedy in _STARTS:
        if data.startswith(start) and (start not in _TEXTUAL or b"\0" in data[:_WITHIN]):
            return f"{kind}; {remedy}"
    return _textual_kind(data)


def _zipped_kind(data: bytes) -> str:
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (*DAMAGE, NotImplementedError):
        return "a damaged Word document or archive, perhaps cut off; download or save it again"
    for part, kind, remedy in _PARTS:
        if any(other.startswith(part) for other in parts):
            return f"{kind}; {remedy}"
    return f"an archive (zip); {_UNPACK}"


def _old_office_kind(data: bytes) -> str:
    for stream, kind, remedy in _STREAMS:
        if stream.encode("utf-16-le") in data:
            return f"{kind}; {remedy}"
    return f"an Office document of the old kind; {_SAVE_AS}"


def _textual_kind(data: bytes) -> str | None:
    start = decoded(data[: 4 * _WITHIN])[:_WITHIN].lstrip("\ufeff \t\r\n").lower()
    if start.startswith("mime-version") or ("content-type: multipart/related" in start and not start.startswith("<")):
        return "a web archive (.mht); open it in a browser or in Word and save it as .html or .docx"
    if start.startswith(("<svg", "<?xml")) and "<html" not in start:
        return f"XML data; if it is a Word document, {_SAVE_AS}"
    if start.startswith(("{", "[")) and _is_json(decoded(data)):
        return f"JSON data, no report; {_GIVE_REPORT}"
    return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True

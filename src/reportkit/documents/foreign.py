"""Files that are no report, or one that is not read: what they are, and what to do instead."""

from __future__ import annotations

import io
import json
import zipfile

from reportkit.documents.archives import DAMAGE, ZIP_STARTS
from reportkit.documents.decoding import decoded
from reportkit.system.language import Joined, Message

__all__ = ["OLE_START", "SAVE_AS", "foreign_kind"]

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What Office files of the old kind begin with, and encrypted ones."""

SAVE_AS = Message("open it in Word or WPS and save it as .docx")
_USE_ORIGINAL = Message("use the document that was printed or scanned")
_UNPACK = Message("unpack it first")
_GIVE_REPORT = Message("give the report itself")
# What a file begins with: its name, and what to do.
_STARTS = (
    (b"{\\rtf", Message("a rich text document (.rtf)"), SAVE_AS),
    (b"\x89PNG", Message("an image (PNG)"), _USE_ORIGINAL),
    (b"\xff\xd8\xff", Message("an image (JPEG)"), _USE_ORIGINAL),
    (b"GIF8", Message("an image (GIF)"), _USE_ORIGINAL),
    (b"BM", Message("an image (BMP)"), _USE_ORIGINAL),
    (b"II*\0", Message("an image (TIFF)"), _USE_ORIGINAL),
    (b"MM\0*", Message("an image (TIFF)"), _USE_ORIGINAL),
    (b"RIFF", Message("an image or a recording"), _USE_ORIGINAL),
    (b"Rar!", Message("an archive (RAR)"), _UNPACK),
    (b"7z\xbc\xaf", Message("an archive (7z)"), _UNPACK),
    (b"\x1f\x8b", Message("an archive (gzip)"), _UNPACK),
    (b"BZh", Message("an archive (bzip2)"), _UNPACK),
    (b"\xfd7zXZ", Message("an archive (xz)"), _UNPACK),
    (b"\x7fELF", Message("a program"), _GIVE_REPORT),
    (b"MZ", Message("a program"), _GIVE_REPORT),
    (b"SQLite format 3", Message("a database"), _GIVE_REPORT),
)
_TEXTUAL = frozenset([b"BM", b"MZ", b"RIFF", b"BZh"])  # a text might begin so, but holds no zeros
# Parts of archives that are documents of another kind.
_PARTS = (
    ("xl/workbook", Message("an Excel workbook"), Message("if it is reportkit's form, use `reportkit workbook read`")),
    ("ppt/presentation", Message("a PowerPoint presentation"), Message("save its text as .docx")),
    ("OFD.xml", Message("an OFD document"), Message("save it as .docx or PDF")),
    ("content.xml", Message("an OpenDocument file"), SAVE_AS),
    ("META-INF/container.xml", Message("an e-book"), Message("save its text as .docx")),
)
# Streams of old Office files.
_STREAMS = (
    ("EncryptedPackage", Message("a document protected by a password"), Message("save it without one")),
    ("Workbook", Message("an Excel workbook of the old kind (.xls)"), Message("save it as .xlsx")),
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
            return Joined("; ", [kind, remedy])
    return _textual_kind(data)


def _zipped_kind(data: bytes) -> str:
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (*DAMAGE, NotImplementedError):
        return Message("a damaged Word document or archive, perhaps cut off; download or save it again")
    for part, kind, remedy in _PARTS:
        if any(other.startswith(part) for other in parts):
            return Joined("; ", [kind, remedy])
    return Joined("; ", [Message("an archive (zip)"), _UNPACK])


def _old_office_kind(data: bytes) -> str:
    for stream, kind, remedy in _STREAMS:
        if stream.encode("utf-16-le") in data:
            return Joined("; ", [kind, remedy])
    return Joined("; ", [Message("an Office document of the old kind"), SAVE_AS])


def _textual_kind(data: bytes) -> str | None:
    start = decoded(data[: 4 * _WITHIN])[:_WITHIN].lstrip("\ufeff \t\r\n").lower()
    if start.startswith("mime-version") or ("content-type: multipart/related" in start and not start.startswith("<")):
        return Message("a web archive (.mht); open it in a browser or in Word and save it as .html or .docx")
    if start.startswith(("<svg", "<?xml")) and "<html" not in start:
        return Message("XML data; if it is a Word document, {save_as}", save_as=SAVE_AS)
    if start.startswith(("{", "[")) and _is_json(decoded(data)):
        return Joined("; ", [Message("JSON data, no report"), _GIVE_REPORT])
    return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True

"""Reading a file, whatever its format: recognised by what is in it, not by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from reportkit.documents.decoding import decoded
from reportkit.documents.document import Document, Grid, UnreadableError
from reportkit.documents.foreign import OLE_START, foreign_kind
from reportkit.documents.html import html_text, is_html, read_html
from reportkit.documents.old_word import SECONDS, is_old_word, read_old_word
from reportkit.documents.pdf import is_pdf, read_pdf
from reportkit.documents.plain_text import is_plain_text, read_plain_text
from reportkit.documents.word import is_word, read_word
from reportkit.system.language import Message

__all__ = ["FORMATS", "Format", "endings", "read_document", "read_text", "seconds_to_read"]

_MIB = 1 << 20
_LARGEST = 20 * _MIB
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files.

    Parameters
    ----------
    name
        What people call it.
    endings
        The endings of the names of such files, by which they are found in a folder.
    recognises
        Whether a file's bytes are of this format, if they are of none that stands before it in `FORMATS`.
    read
        Reads the bytes of a file of that name; raises `UnreadableError`.
    largest
        How many bytes a file may have.
    """

    name: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, str], Document]
    largest: int = _LARGEST


def _refuse(data: bytes, _name: str) -> NoReturn:
    raise UnreadableError(foreign_kind(data) or "")


# In the order in which they are tried: first those with a signature, and text last, which nearly anything could be.
FORMATS = (
    Format("PDF", (".pdf",), is_pdf, read_pdf, largest=50 * _MIB),
    Format("Word", (".docx",), is_word, read_word),
    Format("Word of the old kind", (".doc", ".wps"), is_old_word, read_old_word),
    Format("a format that is not read", (), lambda data: foreign_kind(data) is not None, _refuse),
    Format("web page", (".html", ".htm", ".shtml"), is_html, lambda data, name: read_html(html_text(data), name)),
    Format(
        "plain text or Markdown",
        (".txt", ".md"),
        is_plain_text,
        lambda data, name: read_plain_text(decoded(data), name),
    ),
)


def seconds_to_read(path: Path) -> float:
    """How long reading a file may take.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    float
        Seconds; more for what another program has to read first.
    """
    is_old = False
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                is_old = file.read(len(OLE_START)) == OLE_START
    return _SECONDS + (SECONDS if is_old else 0.0)


def endings() -> frozenset[str]:
    """The endings of the names of files that can be read, or that are refused with advice.

    Returns
    -------
    frozenset of str
        In lower case, with the point in front.

    Examples
    --------
    >>> ".docx" in endings()
    True
    """
    return frozenset(ending for known in FORMATS for ending in known.endings)


def read_document(path: Path) -> Document:
    """Read a file into headings, paragraphs and grids.

    Web pages, Word documents (.docx), PDF with text, and plain text are read.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Document
        What the file holds.

    Raises
    ------
    UnreadableError
        Where it cannot be read; one line says what it is, and what to do. It does not name the file, which the
        caller does as the user knows it.

    Examples
    --------
    >>> read_document(Path("2023年度报告.docx")).blocks[0]  # doctest: +SKIP
    Heading(text='示例市示例局2023年政府信息公开工作年度报告', level=1)
    """
    try:
        return _read(_bytes(path), path.name)
    except (RecursionError, OverflowError, UnicodeError) as error:
        raise UnreadableError(
            Message("a damaged file ({name__}); save it again", name__=type(error).__name__)
        ) from error


def read_text(path: Path) -> str:
    """Read the text of a file: plain text to the letter, of other formats the headings and paragraphs, line by line.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        The text, without tables where the format has any.

    Raises
    ------
    UnreadableError
        Where it cannot be read; see :func:`read_document`.

    Examples
    --------
    >>> read_text(Path("总体情况.txt"))  # doctest: +SKIP
    '全年收到政府信息公开申请2件。'
    """
    document = read_document(path)
    data = _bytes(path)
    found = next(known for known in FORMATS if known.recognises(data))
    if found is FORMATS[-1]:
        return decoded(data)
    return "\n".join(block.text for block in document.blocks if not isinstance(block, Grid))


def _bytes(path: Path) -> bytes:
    """The file's bytes, at most one more than the largest file may have."""
    try:
        if path.is_dir():
            raise UnreadableError(Message("a folder; name the files in it"))
        if not path.is_file() and path.exists():
            raise UnreadableError(Message("not a file; name a report"))
        with path.open("rb") as file:
            return file.read(max(known.largest for known in FORMATS) + 1)
    except FileNotFoundError as error:
        raise UnreadableError(Message("no such file")) from error
    except OSError as error:
        raise UnreadableError(Message("cannot be opened ({value})", value=error.strerror or error)) from error


def _read(data: bytes, name: str) -> Document:
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableError(Message("an empty file; download or save it again"))
    found = next((known for known in FORMATS if known.recognises(data)), None)
    largest = found.largest if found else _LARGEST
    if len(data) > largest:
        raise UnreadableError(
            Message("over the limit of {value} MiB; cut the report out, or leave pictures out", value=largest // _MIB)
        )
    if found is None:
        raise UnreadableError(Message("neither a web page nor text, a Word document or a PDF; give one of those"))
    document = found.read(data, name)
    if not document.blocks:
        raise UnreadableError(Message("an empty file; download or save it again"))
    return document

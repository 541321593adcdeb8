"""Reading PDF files that hold text: lines joined into paragraphs, ruled tables as grids, page furniture left out."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from reportkit.documents.document import Block, Document, Paragraph, UnreadableError
from reportkit.documents.print_lines import Line, print_lines, run_on
from reportkit.documents.ruled import Ruled, drawn_tables, joined, ruled
from reportkit.documents.white_space import folded
from reportkit.system.language import Message
from reportkit.text import NUMERAL, half_width

if TYPE_CHECKING:
    from pdfplumber.page import Page

__all__ = ["is_pdf", "read_pdf"]

# What is marked on a page: the number of the page among the file's objects, and the number of the mark on the page.
Content = tuple[int, int]

_SIGNATURE, _SIGNATURE_WITHIN = b"%PDF-", 1024  # where it may stand, by PDF's own specification
_MOST_PAGES = 200
_FURNITURE = 0.1  # of a page's height, where running headers and page numbers stand
_PAGE_NUMBER = re.compile(
    rf"[-—–·\s]*第?\s*(?:\d{{1,3}}|{NUMERAL}{{1,3}})\s*页?\s*(?:[/，,]?\s*共?\s*\d{{1,3}}\s*页?)?[-—–·\s]*"
)
_SECTION = re.compile(rf"{NUMERAL}{{1,3}}、")
# Radicals that Unicode does not equate with the characters that look the same.
_RADICALS = "⺁⺒⺓⺟⺠⺩⺪⺫⺬⺮⺳⺶⺷⺻⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳⼾"
_CHARACTERS = "厂巳幺母民王疋目示竹网羊羊聿虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟户"
# Tags that hold pictures among other things; the root has none.
_GROUPS = frozenset({"", "Document", "Part", "Art", "Sect", "Div", "NonStruct"})
_INDENT = 1.2
_RIGHT_SLACK = 2.5
_WIDEST_GAP = 0.9


def is_pdf(data: bytes) -> bool:
    """Whether the file says that it is a PDF.

    Parameters
    ----------
    data
        The file's bytes.

    Returns
    -------
    bool
        True if the signature stands near the beginning.
    """
    return _SIGNATURE in data[:_SIGNATURE_WITHIN]


def read_pdf(data: bytes, name: str) -> Document:
    """Read a PDF.

    Parameters
    ----------
    data
        The file.
    name
        Its name, for messages.

    Returns
    -------
    Document
        Its paragraphs and grids.

    Raises
    ------
    UnreadableError
        Where the file is damaged, protected, too long, a scan, or the reader of PDF is not installed.
    """
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError as error:
        raise UnreadableError(
            Message('a PDF, and what reads those is not installed: pip install "reportkit[pdf]"')
        ) from error
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font
    try:
        with pdfplumber.open(io.BytesIO(data.rstrip(b"\0"))) as pdf:
            if len(pdf.pages) > _MOST_PAGES:
                raise UnreadableError(
                    Message(
                        "a PDF of {count} pages, over the limit of {most_pages}; cut the report out",
                        count=len(pdf.pages),
                        most_pages=_MOST_PAGES,
                    )
                )
            pictured = _pictured(pdf.doc.catalog)
            pages = [_page(page, pictured) for page in pdf.pages]
            pictures = any(page.pictures for page in pages)
            title = _title(pdf.metadata)
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:  # pdfminer raises all kinds of errors on damaged files
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        if isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError):
            raise UnreadableError(Message("a PDF protected by a password; save it without one")) from error
        raise UnreadableError(Message("a damaged PDF; open it and save or print it as PDF again")) from error
    blocks = tuple(_blocks(pages)) if pages else ()
    if not blocks and pictures:
        raise UnreadableError(
            Message("a scanned PDF, pictures without text; recognise its text (OCR) or use the Word file")
        )
    if not blocks:
        raise UnreadableError(Message("a PDF without any text; use the Word file or the web page"))
    return Document(name, blocks, title)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page: its lines and tables from the top down."""

    width: float
    height: float
    parts: tuple[Line | Ruled, ...]
    pictures: bool


def _title(metadata: dict[str, Any]) -> str:
    title = metadata.get("Title")
    return folded(title) if isinstance(title, str) else ""


# --------------------------------------------------------------------- pages


def _page(page: Page, pictured: Collection[Content]) -> _Sheet:
    page = page.dedupe_chars() if page.chars else page
    outside = [
        {**character, "text": _plain(character["text"])}
        for character in page.chars
        if (page.page_obj.pageid, character["mcid"]) not in pictured
    ]
    parts: list[Line | Ruled] = []
    for drawn in drawn_tables(page):
        table, outside = ruled(drawn, outside)
        if table is not None:
            parts.append(table)
    parts += print_lines(outside)
    sheet = _Sheet(
        float(page.width), float(page.height), tuple(sorted(parts, key=lambda part: part.top)), bool(page.images)
    )
    page.close()
    return sheet


def _pictured(catalog: Mapping[str, Any]) -> set[Content]:
    """What stands in pictures that are described in words, and in captions, where a file's tags tell."""
    from pdfminer.pdftypes import PDFObjRef, resolve1

    found: set[Content] = set()
    seen: set[int] = set()
    # Elements, the pages that they are on, and whether they stand in a picture or a caption.
    waiting: list[tuple[Any, Any, bool]] = [(catalog.get("StructTreeRoot"), None, False)]
    while waiting:
        reference, page, inside = waiting.pop()
        if isinstance(reference, PDFObjRef):
            if reference.objid in seen:
                continue
            seen.add(reference.objid)
        element = resolve1(reference)
        if isinstance(element, int) and inside and page is not None:
            found.add((page.objid, element))
        elif isinstance(element, list):
            waiting += [(kid, page, inside) for kid in element]
        elif isinstance(element, dict):
            kind = getattr(element.get("S"), "name", "")
            inside = inside or kind == "Caption" or (kind == "Figure" and "Alt" in element)
            if inside or kind in _GROUPS:
                waiting.append((element.get("K", element.get("MCID")), element.get("Pg", page), inside))
    return found


def _plain(text: str) -> str:
    """The text with look-alikes of Chinese characters (radicals, which fonts confuse with them) put right."""
    return text.translate(_radicals())


@cache
def _radicals() -> dict[int, str]:
    kangxi = {code: half_width(chr(code)) for code in range(0x2F00, 0x2FD6)}
    return kangxi | {ord(radical): plain for radical, plain in zip(_RADICALS, _CHARACTERS, strict=True)}


# ---------------------------------------------------------------- paragraphs


def _blocks(sheets: Sequence[_Sheet]) -> Iterator[Block]:
    """The blocks of all pages: what goes on over a page's end is one block."""
    pages = _without_furniture(sheets)
    lines = [part for parts in pages for part in parts if isinstance(part, Line)]
    left, right = _margins(lines, max(sheet.width for sheet in sheets))
    pending: Line | Ruled | None = None
    for parts in pages:
        for at, part in enumerate(parts):
            whole: Line | Ruled | None = None
            if isinstance(pending, Ruled) and isinstance(part, Ruled):
                whole = joined(pending, part) if at == 0 else None
            elif isinstance(pending, Line) and isinstance(part, Line):
                goes_on = _continues(pending, part, left, right, same_page=at > 0)
                text = run_on(pending.text, part.text, spaced=pending.spaced) if goes_on else ""
                whole = replace(part, text=text) if goes_on else None
            if whole is None and pending is not None:
                yield _block(pending)
            pending = whole or part
    if pending is not None:
        yield _block(pending)


def _block(part: Line | Ruled) -> Block:
    return Paragraph(part.text) if isinstance(part, Line) else part.grid


def _margins(lines: Sequence[Line], width: float) -> tuple[float, float]:
    """Where lines of running text begin and end on a page of this width."""
    longest = max((line.x1 - line.x0 for line in lines), default=0.0)
    full = [line for line in lines if line.x1 - line.x0 >= 0.8 * longest]
    left, right = min((line.x0 for line in full), default=0.0), max((line.x1 for line in full), default=0.0)
    # Where no line is long, none was broken for want of room.
    return left, max(right, left + width / 2)


def _continues(before: Line, line: Line, left: float, right: float, *, same_page: bool) -> bool:
    """Whether the line goes on with the paragraph that the one before it is in."""
    size = min(before.size, line.size)
    return (
        before.x1 > right - _RIGHT_SLACK * size
        and line.x0 < left + _INDENT * size
        and abs(before.size - line.size) < 0.1 * size
        and not _SECTION.match(line.text)
        and (not same_page or line.top - before.bottom < _WIDEST_GAP * size)
    )


def _without_furniture(sheets: Sequence[_Sheet]) -> list[list[Line | Ruled]]:
    """The parts of each page but page numbers, and lines that stand at the edge of several pages."""
    edge = [(sheet, line) for sheet in sheets for line in _edge_lines(sheet)]
    often = Counter(_place(line) for _, line in edge)
    furniture = {
        id(line)
        for sheet, line in edge
        if _PAGE_NUMBER.fullmatch(line.text) or (often[_place(line)] > 1 and often[_place(line)] * 2 >= len(sheets) - 1)
    }
    return [[part for part in sheet.parts if id(part) not in furniture] for sheet in sheets]


def _edge_lines(sheet: _Sheet) -> list[Line]:
    """The lines near the upper and lower edge of the page."""
    upper, lower = _FURNITURE * sheet.height, (1 - _FURNITURE) * sheet.height
    return [part for part in sheet.parts if isinstance(part, Line) and (part.bottom < upper or part.top > lower)]


def _place(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.top / 4)

"""Reading PDF files that hold text: lines joined into paragraphs, ruled tables as grids, page furniture left out."""

from __future__ import annotations

import io
import logging
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from reportkit.documents.document import Block, Box, Document, Grid, Paragraph, UnreadableError
from reportkit.documents.white_space import folded
from reportkit.text import NUMERAL, half_width

if TYPE_CHECKING:
    from pdfplumber.page import Page

__all__ = ["is_pdf", "read_pdf"]

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
_SAME_EDGE = 3.0
_SAME_LINE = 0.6
_WIDEST_RULE = 3.0  # points: programs draw the lines of a table as narrow rectangles, too
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
        raise UnreadableError('a PDF, and what reads those is not installed: pip install "reportkit[pdf]"') from error
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font
    try:
        with pdfplumber.open(io.BytesIO(data.rstrip(b"\0"))) as pdf:
            if len(pdf.pages) > _MOST_PAGES:
                raise UnreadableError(
                    f"a PDF of {len(pdf.pages)} pages, over the limit of {_MOST_PAGES}; cut the report out"
                )
            pages = [_page(page) for page in pdf.pages]
            pictures = any(page.pictures for page in pages)
            title = _title(pdf.metadata)
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:  # pdfminer raises all kinds of errors on damaged files
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        if isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError):
            raise UnreadableError("a PDF protected by a password; save it without one") from error
        raise UnreadableError("a damaged PDF; open it and save or print it as PDF again") from error
    blocks = tuple(_blocks(pages)) if pages else ()
    if not blocks and pictures:
        raise UnreadableError("a scanned PDF, pictures without text; recognise its text (OCR) or use the Word file")
    if not blocks:
        raise UnreadableError("a PDF without any text; use the Word file or the web page")
    return Document(name, blocks, title)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A ruled table: its grid, and where its columns and its first line stand."""

    grid: Grid
    edges: tuple[float, ...]
    top: float


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page: its lines and tables from the top down."""

    width: float
    height: float
    parts: tuple[_Line | _Ruled, ...]
    pictures: bool


def _title(metadata: dict[str, Any]) -> str:
    title = metadata.get("Title")
    return folded(title) if isinstance(title, str) else ""


# --------------------------------------------------------------------- pages


def _page(page: Page) -> _Sheet:
    page = page.dedupe_chars() if page.chars else page
    tables = page.filter(_may_rule).find_tables()
    characters = [{**character, "text": _plain(character["text"])} for character in page.chars]
    within: list[list[dict[str, Any]]] = [[] for _ in tables]
    outside: list[dict[str, Any]] = []
    for character in characters:
        inside = next((at for at, table in enumerate(tables) if _holds(table.bbox, character)), None)
        (outside if inside is None else within[inside]).append(character)
    parts: list[_Line | _Ruled] = [*_lines(outside)]
    parts += filter(None, (_ruled(table.cells, inside) for table, inside in zip(tables, within, strict=True)))
    sheet = _Sheet(
        float(page.width), float(page.height), tuple(sorted(parts, key=lambda part: part.top)), bool(page.images)
    )
    page.close()
    return sheet


def _may_rule(drawn: dict[str, Any]) -> bool:
    """Whether something on a page may be a line of a table: a coloured area behind words is none."""
    is_area = min(float(drawn["width"]), float(drawn["height"])) > _WIDEST_RULE
    return drawn["object_type"] != "rect" or bool(drawn.get("stroke")) or not is_area


def _plain(text: str) -> str:
    """The text with look-alikes of Chinese characters (radicals, which fonts confuse with them) put right."""
    return text.translate(_radicals())


@cache
def _radicals() -> dict[int, str]:
    kangxi = {code: half_width(chr(code)) for code in range(0x2F00, 0x2FD6)}
    return kangxi | {ord(radical): plain for radical, plain in zip(_RADICALS, _CHARACTERS, strict=True)}


def _holds(bbox: Sequence[float], character: dict[str, Any]) -> bool:
    x, y = (character["x0"] + character["x1"]) / 2, (character["top"] + character["bottom"]) / 2
    return bool(bbox[0] <= x <= bbox[2] and bbox[1] <= y <= bbox[3])


def _lines(characters: Iterable[dict[str, Any]]) -> list[_Line]:
    lines: list[list[dict[str, Any]]] = []
    for character in sorted(characters, key=lambda character: (character["top"] + character["bottom"]) / 2):
        middle = (character["top"] + character["bottom"]) / 2
        size = character["bottom"] - character["top"]
        if lines and middle - (lines[-1][0]["top"] + lines[-1][0]["bottom"]) / 2 < _SAME_LINE * size:
            lines[-1].append(character)
        else:
            lines.append([character])
    return [made for made in map(_line, lines) if made.text]


def _line(characters: list[dict[str, Any]]) -> _Line:
    ordered = sorted(characters, key=lambda character: character["x0"])
    words = [ordered[0]["text"]]
    for before, character in pairwise(ordered):
        if character["x0"] - before["x1"] > 0.5 * (character["bottom"] - character["top"]):
            words.append(" ")
        words.append(character["text"])
    seen = [character for character in ordered if character["text"].strip()] or ordered
    return _Line(
        folded("".join(words)),
        seen[0]["x0"],
        max(character["x1"] for character in seen),
        min(character["top"] for character in seen),
        max(character["bottom"] for character in seen),
    )


# -------------------------------------------------------------------- tables


def _ruled(cells: Sequence[Sequence[float]], characters: Sequence[dict[str, Any]]) -> _Ruled | None:
    """The grid of a table whose cells are these rectangles; None for a frame around text."""
    columns, rows = _edges(cell[0] for cell in cells), _edges(cell[1] for cell in cells)
    covered: list[list[int | None]] = [[None] * len(columns) for _ in rows]
    spans = []
    for at, (x0, top, x1, bottom) in enumerate(cells):
        left, upper = _at(columns, x0), _at(rows, top)
        right, lower = (
            max(_at(columns, x1 - 2 * _SAME_EDGE), left) + 1,
            max(_at(rows, bottom - 2 * _SAME_EDGE), upper) + 1,
        )
        spans.append((lower - upper, right - left))
        for row in covered[upper:lower]:
            row[left:right] = [at if there is None else there for there in row[left:right]]
    words: list[list[dict[str, Any]]] = [[] for _ in cells]
    for character in characters:
        x, y = (character["x0"] + character["x1"]) / 2, (character["top"] + character["bottom"]) / 2
        cell = covered[_at(rows, y)][_at(columns, x)]
        if cell is not None:
            words[cell].append(character)
    boxes = [
        Box(reduce(_run_on, (line.text for line in _lines(inside)), ""), *span)
        for inside, span in zip(words, spans, strict=True)
    ]
    if not any(box.text for box in boxes):
        return None
    grid = Grid(tuple(tuple(None if cell is None else boxes[cell] for cell in row) for row in covered))
    return _Ruled(grid, (*columns, max(cell[2] for cell in cells)), rows[0])


def _edges(positions: Iterable[float]) -> list[float]:
    """Positions of rules, those that nearly coincide taken as one."""
    edges: list[float] = []
    for position in sorted(positions):
        if not edges or position - edges[-1] > _SAME_EDGE:
            edges.append(position)
    return edges


def _at(edges: Sequence[float], position: float) -> int:
    return max(bisect_right(edges, position + _SAME_EDGE / 2) - 1, 0)


def _joined(above: _Ruled, below: _Ruled) -> _Ruled | None:
    """One table out of two that stand in the same columns on either side of a page's end."""
    if len(above.edges) != len(below.edges):
        return None
    if any(abs(one - other) > _SAME_EDGE for one, other in zip(above.edges, below.edges, strict=True)):
        return None
    repeated = 0
    for one, other in zip(above.grid.rows, below.grid.rows, strict=False):
        if _texts(one) != _texts(other):
            break
        repeated += 1
    # A head is printed again on every page; rows of figures may look alike by chance.
    if repeated == len(below.grid.rows) or any(
        text.isdigit() for row in below.grid.rows[:repeated] for text in _texts(row)
    ):
        repeated = 0
    return replace(above, grid=Grid(above.grid.rows + below.grid.rows[repeated:]))


def _texts(row: Sequence[Box | None]) -> list[str]:
    return [box.text if box else "" for box in row]


# ---------------------------------------------------------------- paragraphs


def _blocks(sheets: Sequence[_Sheet]) -> Iterator[Block]:
    """The blocks of all pages: what goes on over a page's end is one block."""
    pages = _without_furniture(sheets)
    lines = [part for parts in pages for part in parts if isinstance(part, _Line)]
    left, right = _margins(lines, max(sheet.width for sheet in sheets))
    pending: _Line | _Ruled | None = None
    for parts in pages:
        for at, part in enumerate(parts):
            joined: _Line | _Ruled | None = None
            if isinstance(pending, _Ruled) and isinstance(part, _Ruled):
                joined = _joined(pending, part) if at == 0 else None
            elif isinstance(pending, _Line) and isinstance(part, _Line):
                goes_on = _continues(pending, part, left, right, same_page=at > 0)
                joined = replace(part, text=_run_on(pending.text, part.text)) if goes_on else None
            if joined is None and pending is not None:
                yield _block(pending)
            pending = joined or part
    if pending is not None:
        yield _block(pending)


def _run_on(before: str, text: str) -> str:
    """Two lines as one; beside Chinese characters, and after a hyphen (0539-8726680), there is no space."""
    spaced = before[-1:].isascii() and text[:1].isascii() and not before.endswith(("-", "/"))
    return f"{before} {text}" if spaced else before + text


def _block(part: _Line | _Ruled) -> Block:
    return Paragraph(part.text) if isinstance(part, _Line) else part.grid


def _margins(lines: Sequence[_Line], width: float) -> tuple[float, float]:
    """Where lines of running text begin and end on a page of this width."""
    longest = max((line.x1 - line.x0 for line in lines), default=0.0)
    full = [line for line in lines if line.x1 - line.x0 >= 0.8 * longest]
    left, right = min((line.x0 for line in full), default=0.0), max((line.x1 for line in full), default=0.0)
    # Where no line is long, none was broken for want of room.
    return left, max(right, left + width / 2)


def _continues(before: _Line, line: _Line, left: float, right: float, *, same_page: bool) -> bool:
    """Whether the line goes on with the paragraph that the one before it is in."""
    size = min(before.size, line.size)
    return (
        before.x1 > right - _RIGHT_SLACK * size
        and line.x0 < left + _INDENT * size
        and abs(before.size - line.size) < 0.1 * size
        and not _SECTION.match(line.text)
        and (not same_page or line.top - before.bottom < _WIDEST_GAP * size)
    )


def _without_furniture(sheets: Sequence[_Sheet]) -> list[list[_Line | _Ruled]]:
    """The parts of each page but page numbers, and lines that stand at the edge of several pages."""
    edge = [(sheet, line) for sheet in sheets for line in _edge_lines(sheet)]
    often = Counter(_place(line) for _, line in edge)
    furniture = {
        id(line)
        for sheet, line in edge
        if _PAGE_NUMBER.fullmatch(line.text) or (often[_place(line)] > 1 and often[_place(line)] * 2 >= len(sheets) - 1)
    }
    return [[part for part in sheet.parts if id(part) not in furniture] for sheet in sheets]


def _edge_lines(sheet: _Sheet) -> list[_Line]:
    """The lines near the upper and lower edge of the page."""
    upper, lower = _FURNITURE * sheet.height, (1 - _FURNITURE) * sheet.height
    return [part for part in sheet.parts if isinstance(part, _Line) and (part.bottom < upper or part.top > lower)]


def _place(line: _Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.top / 4)

"""Reading Word documents (.docx): the text as it would print, without revisions that took text out.

The XML is read without a library for Word files: few of its parts matter, and the file may come from anybody.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reportkit.documents.archives import DAMAGE, ZIP_STARTS, Limits, open_archive, part_xml
from reportkit.documents.document import Block, Box, Document, Grid, Heading, Paragraph, UnreadableError
from reportkit.documents.grids import MOST_COLUMNS, MOST_PLACES, is_layout, too_large
from reportkit.documents.numbering import Counters, Level
from reportkit.documents.white_space import folded, folded_lines
from reportkit.system.language import Message

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["is_word", "read_word"]

# The name of the part that holds the text.
_MAIN_PART = re.compile(r"word/document\d*\.xml")
_MIB = 1 << 20
_KIND = Message("Word document")
_LIMITS = Limits(unpacked=400 * _MIB, part=32 * _MIB, ratio=250)

# Strict documents use namespaces of their own; only the local names count, which are the same.
_SEE_THROUGH = frozenset(
    ["sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "body", "hyperlink", "fldSimple"]
)
_TAKEN_OUT = frozenset(["del", "moveFrom", "pPr", "rPr", "sdtPr", "Fallback", "instrText", "delText", "customXmlPr"])
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])", re.I)
_TITLE_STYLES = frozenset(["title", "标题"])
_CAPTION_STYLES = frozenset(["caption", "image caption", "题注"])
_CONTENTS_STYLE = re.compile(r"toc\s*\d|目录\s*\d", re.I)
_PICTURES = frozenset(["blip", "imagedata"])
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}


def is_word(data: bytes) -> bool:
    """Whether the file is an archive with the text of a Word document in it.

    Parameters
    ----------
    data
        The file's bytes.

    Returns
    -------
    bool
        True for .docx and its relatives; False for a damaged archive.
    """
    if not data.startswith(ZIP_STARTS):
        return False
    try:
        return any(map(_MAIN_PART.fullmatch, zipfile.ZipFile(io.BytesIO(data)).namelist()))
    except (*DAMAGE, NotImplementedError):
        return False


def read_word(data: bytes, name: str) -> Document:
    """Read a Word file.

    Parameters
    ----------
    data
        The file.
    name
        Its name, for messages.

    Returns
    -------
    Document
        Its headings, paragraphs and grids.

    Raises
    ------
    UnreadableError
        Where the file is damaged, too large, or made to do harm.
    """
    parts = open_archive(data, _KIND, _LIMITS)
    main = next(filter(_MAIN_PART.fullmatch, sorted(parts.namelist())), None)
    if main is None:
        raise UnreadableError(Message("a damaged Word document; open it in Word and save it again"))
    body = _child(part_xml(parts, main, _KIND, _LIMITS), "body")
    if body is None:
        raise UnreadableError(Message("a Word document without a body; open it in Word and save it again"))
    text = _Text(_styles(_optional(parts, "word/styles.xml")), _lists(_optional(parts, "word/numbering.xml")))
    core = _optional(parts, "docProps/core.xml")
    stated = _child(core, "title")
    title = "" if stated is None else folded(stated.text or "")
    blocks = tuple(text.blocks(body))
    if not blocks:
        raise UnreadableError(Message("a Word document without any words; if it holds pictures of text, type the text"))
    return Document(name, blocks, title)


def _optional(parts: zipfile.ZipFile, name: str) -> _Element | None:
    return part_xml(parts, name, _KIND, _LIMITS) if name in parts.NameToInfo else None


# ---------------------------------------------------------- styles and lists


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph's style, or the paragraph itself, says of it."""

    name: str = ""
    outline: int | None = None
    list_name: str | None = None
    depth: int | None = None

    def over(self, other: _Style) -> _Style:
        """This one, with what it leaves open taken from `other`."""
        return _Style(
            self.name or other.name,
            other.outline if self.outline is None else self.outline,
            other.list_name if self.list_name is None else self.list_name,
            other.depth if self.depth is None else self.depth,
        )


@dataclass(frozen=True, slots=True)
class _List:
    """A numbered list: paragraphs under one `counter` go on counting each other."""

    counter: str
    levels: dict[int, Level]


def _styles(root: _Element | None) -> dict[str, _Style]:
    own: dict[str, tuple[_Style, str]] = {}
    for element in _children(root, "style"):
        own[_get(element, "styleId")] = (_own_style(element), _value(_child(element, "basedOn")))
    styles = {}
    for key, (style, above) in own.items():
        for _ in range(20):  # a chain of styles may be a circle
            if above not in own:
                break
            inherited, above = own[above]
            style = style.over(_Style("", inherited.outline, inherited.list_name, inherited.depth))
        styles[key] = style
    return styles


def _own_style(element: _Element) -> _Style:
    properties = _child(element, "pPr")
    number = _child(properties, "numPr")
    return _Style(
        _value(_child(element, "name")),
        _whole(_child(properties, "outlineLvl")),
        None if number is None else _value(_child(number, "numId")) or None,
        _whole(_child(number, "ilvl")),
    )


def _lists(root: _Element | None) -> dict[str, _List]:
    abstract = {_get(element, "abstractNumId"): _levels(element) for element in _children(root, "abstractNum")}
    lists = {}
    for element in _children(root, "num"):
        name, counter = _get(element, "numId"), _value(_child(element, "abstractNumId"))
        levels = dict(abstract.get(counter, {}))
        overrides = list(_children(element, "lvlOverride"))
        for override in overrides:
            depth = _depth(override)
            start = _whole(_child(override, "startOverride"))
            level = next((_level(own) for own in _children(override, "lvl")), levels.get(depth))
            if level is not None:
                levels[depth] = level if start is None else Level(level.pattern, level.kind, start)
        lists[name] = _List(f"{counter}/{name}" if overrides else counter, levels)
    return lists


def _levels(element: _Element) -> dict[int, Level]:
    return {_depth(level): _level(level) for level in _children(element, "lvl")}


def _depth(element: _Element) -> int:
    depth = _get(element, "ilvl")
    return int(depth) if re.fullmatch("[0-8]", depth) else 0


def _level(element: _Element) -> Level:
    start = _whole(_child(element, "start"))
    return Level(
        _value(_child(element, "lvlText")),
        _value(_child(element, "numFmt")) or "decimal",
        1 if start is None else start,
    )


# ---------------------------------------------------------------------- text


@dataclass(slots=True)
class _Said:
    """What a paragraph holds: its words, the text boxes anchored in it, and whether there is a picture in it."""

    words: list[str] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)
    picture: bool = False


class _Text:
    """The text of a document, as its styles and numbered lists make it look."""

    def __init__(self, styles: dict[str, _Style], lists: dict[str, _List]) -> None:
        self.styles, self.lists = styles, lists
        self.counters = Counters()
        self.below_picture = False

    def blocks(self, container: _Element) -> Iterator[Block]:
        """The blocks within a body, a cell or a text box."""
        for element in _content(container):
            kind = _kind(element)
            if kind == "p":
                yield from self._paragraph(element)
            elif kind == "tbl":
                self.below_picture = False
                yield from self._table(element)

    def _paragraph(self, element: _Element) -> Iterator[Block]:
        said = _said(element)
        style = self._style(element)
        text = "" if self._is_beside(style) else folded_lines("".join(said.words))
        self.below_picture = said.picture
        if text:
            text = self._label(style) + text
            level = _heading_level(style)
            yield Heading(folded(text), level) if level else Paragraph(text)
        for box in said.boxes:
            yield from self.blocks(box)

    def _is_beside(self, style: _Style) -> bool:
        """Whether it is a line of a table of contents, or what is said of the picture above it."""
        is_caption = self.below_picture and style.name.lower() in _CAPTION_STYLES
        return is_caption or _CONTENTS_STYLE.fullmatch(style.name) is not None

    def _style(self, element: _Element) -> _Style:
        properties = _child(element, "pPr")
        named = self.styles.get(_value(_child(properties, "pStyle")), _Style())
        return named if properties is None else _own_style(element).over(named)

    def _label(self, style: _Style) -> str:
        numbered = self.lists.get(style.list_name or "")
        return "" if numbered is None else self.counters.next_label(numbered.counter, numbered.levels, style.depth or 0)

    def _table(self, element: _Element) -> Iterator[Block]:
        lines = self._lines(element)
        cells = [[cell for cell in dict.fromkeys(line) if cell and cell.row == row] for row, line in enumerate(lines)]
        nested = sum(_cell_count(block) for row in cells for cell in row for block in cell.blocks)
        if is_layout([[cell.text for cell in row] for row in cells], nested):
            yield from (block for row in cells for cell in row for block in cell.blocks)
            return
        width = max(cell.column for row in cells for cell in row) + 1
        boxes = {
            cell: Box(cell.text, cell.rowspan, min(cell.colspan, width - cell.column)) for row in cells for cell in row
        }
        yield Grid(tuple(tuple(boxes[cell] if cell else None for cell in line[:width]) for line in lines))

    def _lines(self, table: _Element) -> list[list[_Cell | None]]:
        """For each row which cell covers which column; a merged cell stands in every row that it covers."""
        lines: list[list[_Cell | None]] = []
        budget = MOST_PLACES
        for row in _content(table):
            if _kind(row) != "tr" or _child(_child(row, "trPr"), "del") is not None:
                continue
            before = _whole(_child(_child(row, "trPr"), "gridBefore")) or 0
            line: list[_Cell | None] = [None] * min(before, MOST_COLUMNS)
            for element in _content(row):
                if _kind(element) == "tc":
                    self._place(element, line, lines)
            budget -= len(line)
            if budget < 0:
                raise too_large()
            lines.append(line)
        return lines

    def _place(self, element: _Element, line: list[_Cell | None], above: list[list[_Cell | None]]) -> None:
        properties = _child(element, "tcPr")
        span = min(_whole(_child(properties, "gridSpan")) or 1, MOST_COLUMNS)
        column = len(line)
        if _goes_on(properties, "hMerge") and line and line[-1]:
            cell = line[-1]
            cell.colspan += span
        elif _goes_on(properties, "vMerge") and above and column < len(above[-1]) and (upper := above[-1][column]):
            cell = upper
            cell.rowspan = len(above) - cell.row + 1
        else:
            cell = _Cell(tuple(self.blocks(element)), len(above), column, span)
        line.extend([cell] * span)


@dataclass(slots=True, eq=False)
class _Cell:
    blocks: tuple[Block, ...]
    row: int
    column: int
    colspan: int
    rowspan: int = 1

    @property
    def text(self) -> str:
        return folded(" ".join(map(_words, self.blocks)))


def _words(block: Block) -> str:
    if isinstance(block, Grid):
        return " ".join(box.text for row in block.rows for box in dict.fromkeys(row) if box)
    return block.text


def _cell_count(block: Block) -> int:
    return len({box for row in block.rows for box in row if box}) if isinstance(block, Grid) else 0


def _heading_level(style: _Style) -> int | None:
    if style.name.lower() in _TITLE_STYLES:
        return 1
    if named := _HEADING_STYLE.fullmatch(style.name):
        return int(named[1])
    return style.outline + 1 if style.outline is not None and 0 <= style.outline < 9 else None


def _said(paragraph: _Element) -> _Said:
    """What a paragraph says, run by run."""
    said = _Said()
    pending = [paragraph]
    while pending:
        element = pending.pop()
        kind = _kind(element)
        if kind == "t":
            said.words.append(element.text or "")
        elif kind in _SIGNS:
            said.words.append(_SIGNS[kind])
        elif kind == "txbxContent":
            said.boxes.append(element)
        elif kind in _PICTURES:
            said.picture = True
        elif not (kind in _TAKEN_OUT or (kind == "r" and _is_hidden(element)) or _leads_within(element)):
            pending.extend(reversed(element))
    return said


def _is_hidden(run: _Element) -> bool:
    vanish = _child(_child(run, "rPr"), "vanish")
    return vanish is not None and _value(vanish) not in ("0", "false", "off")


def _leads_within(element: _Element) -> bool:
    """Whether it is a line of a table of contents: a link into the document that fills its paragraph."""
    return _kind(element) == "hyperlink" and _get(element, "anchor").startswith("_Toc")


def _content(container: _Element) -> Iterator[_Element]:
    """The children of a container, as if nothing were wrapped around them."""
    pending = list(reversed(container))
    while pending:
        element = pending.pop()
        kind = _kind(element)
        if kind == "AlternateContent":
            pending.extend(list(element)[:1])
        elif kind in _SEE_THROUGH or kind == "Choice":
            if not _is_contents(element):
                pending.extend(reversed(element))
        elif kind not in _TAKEN_OUT:
            yield element


def _is_contents(element: _Element) -> bool:
    gallery = _child(_child(_child(element, "sdtPr"), "docPartObj"), "docPartGallery")
    return _value(gallery) == "Table of Contents"


# ----------------------------------------------------------------------- XML


def _kind(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _children(element: _Element | None, kind: str) -> Iterator[_Element]:
    return (child for child in (() if element is None else element) if _kind(child) == kind)


def _child(element: _Element | None, kind: str) -> _Element | None:
    return next(_children(element, kind), None)


def _get(element: _Element, name: str) -> str:
    """An attribute, whatever its namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""


def _value(element: _Element | None) -> str:
    return "" if element is None else _get(element, "val")


def _whole(element: _Element | None) -> int | None:
    value = _value(element)
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else None


def _goes_on(properties: _Element | None, kind: str) -> bool:
    """Whether a cell goes on with the one before it, above or beside."""
    merge = _child(properties, kind)
    return merge is not None and _value(merge) != "restart"

"""Reading a web page: what its reader sees, in order, without navigation and other surroundings of the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reportkit.documents.decoding import decoded
from reportkit.documents.document import Block, Document, Grid, Heading, Paragraph, UnreadableError
from reportkit.documents.grids import Cell, grid_of, is_layout
from reportkit.documents.plain_text import blocks_of_lines
from reportkit.documents.white_space import SOFT_BREAK, folded, folded_lines
from reportkit.system.language import Message

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["html_text", "is_html", "read_html"]

_CLAIM = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)|<\?xml[^>]{0,100}?encoding=[\"']([\w-]+)", re.I)
_CLAIM_WITHIN = 8192
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|div|p|table|h[1-6]|span|article|section|center|frameset)\b", re.I
)
_TAG_WITHIN = 1 << 16
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption"
        " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary"
        " table tbody td tfoot th thead tr ul",
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LONGEST_HEADING = 200
# Never words of the article.
_UNSEEN = frozenset(
    re.findall(
        r"\w+",
        "audio button canvas embed figcaption head iframe input map math noframes noscript object option rp rt script"
        " select style svg template textarea video",
    )
)
# Beside the article, unless they hold most of the page's words.
_BESIDE = frozenset(["nav", "aside", "footer", "header"])
_BESIDE_ROLES = frozenset(["navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"])
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_MOST = 0.5
_NUMBER = re.compile(r"\s*\+?(\d{1,9})")
# Elements that broken pages nest without end, and that do not matter for the words.
_NESTING = re.compile(r"</?(?:div|span|font|b|i|u|em|strong|section|center|a|o:p|small|big)\b[^<>]*>", re.I)


def is_html(data: bytes) -> bool:
    """Whether the file is a web page, or a piece of one: it has elements near its beginning, and no zeros.

    Parameters
    ----------
    data
        The file's bytes.

    Returns
    -------
    bool
        True for a page, and for a piece of one such as a table alone.
    """
    start = html_text(data[: 4 * _TAG_WITHIN])[:_TAG_WITHIN]
    return "\0" not in start and _TAG.search(start) is not None


def html_text(data: bytes) -> str:
    """The text of a page's source: its encoding is judged by its bytes, or by what it declares.

    Parameters
    ----------
    data
        The page's bytes.

    Returns
    -------
    str
        Its source.
    """
    claim = _CLAIM.search(data[:_CLAIM_WITHIN])
    return decoded(data, next(filter(None, claim.groups()), b"").decode("ascii") if claim else "")


def read_html(source: str, name: str) -> Document:
    """Read a web page.

    Parameters
    ----------
    source
        The page's source.
    name
        The file's name, for messages.

    Returns
    -------
    Document
        Its headings, paragraphs and grids.

    Raises
    ------
    UnreadableError
        Where the page has no words of its own, or cannot be parsed.

    Examples
    --------
    >>> read_html("<h1>示例局</h1><nav>首页</nav><p>一、总体情况", "示例.html").blocks
    (Heading(text='示例局', level=1), Paragraph(text='一、总体情况'))
    """
    root = _root(source)
    blocks = () if root is None else tuple(_Page(root).blocks())
    if root is None or not blocks:
        raise UnreadableError(_no_words(root))
    title = root.find(".//title")
    return Document(name, blocks, "" if title is None else folded("".join(title.itertext())))


def _no_words(root: _Element | None) -> str:
    if root is not None and next(root.iter("frame", "iframe"), None) is not None:
        return Message("a web page that only frames other pages; save the page within the frame")
    return Message("a web page without any words; save the page again once it has loaded, or copy its text")


def _root(source: str) -> _Element | None:
    root, complete = _parsed(source)
    if not complete:  # deeper than libxml2 goes: without the tags that nest, the words still stand in order
        root, complete = _parsed(_NESTING.sub("<br>", source))
    if not complete:
        raise UnreadableError(Message("a web page whose elements are nested too deep; save the article alone"))
    return root


def _parsed(source: str) -> tuple[_Element | None, bool]:
    """The page's tree, and whether it holds the whole page."""
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    data = source.replace("\0", "").encode("utf-8", "replace")
    try:
        root: _Element | None = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        root = None
    return root, not any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log)


class _Page:
    """A page, gone through once: elements as they begin and end, words gathered until a block ends."""

    def __init__(self, root: _Element) -> None:
        self.root = root
        self.length = _length(root)
        self.cells = _cells(root)
        self.words: list[str] = []
        self.linked = 0  # how many characters of the words are links into the page itself
        self.heading: _Element | None = None
        self.preformatted: _Element | None = None
        self.link: _Element | None = None

    def blocks(self) -> Iterator[Block]:
        """The page's blocks, in order."""
        from lxml import etree

        walk = etree.iterwalk(self.root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                yield from self._ended(element)
            elif self._left_out(element):
                walk.skip_subtree()
            elif element.tag == "table" and (table := self._table(element)):
                yield from self._paragraph()
                yield from table
                walk.skip_subtree()
            else:
                yield from self._begun(element)
        yield from self._paragraph()

    def _begun(self, element: _Element) -> Iterator[Block]:
        tag = element.tag
        if tag == "br":
            self.words.append("\n")
        elif tag in _BLOCKS:
            if self.heading is None:
                yield from self._paragraph()
                self.heading = element if _is_heading(element) else None
            else:
                self.words.append("\n")
            if tag == "pre" and self.preformatted is None:
                self.preformatted = element
        elif tag == "a" and self.link is None and element.get("href", "").startswith("#"):
            self.link = element
        self._say(element.text)

    def _ended(self, element: _Element) -> Iterator[Block]:
        if element is self.heading:
            yield from self._heading(_HEADINGS[str(element.tag)])
            self.heading = None
        elif element.tag in _BLOCKS:
            if self.heading is None:
                yield from self._paragraph()
            else:
                self.words.append("\n")
        if element is self.preformatted:
            self.preformatted = None
        if element is self.link:
            self.link = None
        self._say(element.tail)

    def _say(self, text: str | None) -> None:
        if text:
            self.words.append(text if self.preformatted is not None else _unbroken(text))
            if self.link is not None:
                self.linked += len(text.strip())

    def _said(self) -> tuple[str, bool]:
        """What was gathered, and whether all of it leads elsewhere in the page, as a table of contents does."""
        text = "".join(self.words)
        elsewhere = bool(self.linked) and self.linked >= len(text.strip())
        self.words, self.linked = [], 0
        return text, elsewhere

    def _heading(self, level: int) -> Iterator[Block]:
        text, _ = self._said()
        if text := folded(text):
            yield Heading(text, level)

    def _paragraph(self) -> Iterator[Block]:
        text, elsewhere = self._said()
        if elsewhere or not (lines := folded_lines(text)):
            return
        flattened = list(blocks_of_lines(text.split("\n"))) if "\n" in text and ("\t" in text or "|" in lines) else []
        if any(isinstance(block, Grid) for block in flattened):
            yield from flattened
        else:
            yield Paragraph(lines)

    def _left_out(self, element: _Element) -> bool:
        tag = element.tag
        if not isinstance(tag, str) or tag in _UNSEEN:
            return True
        if not (tag in _BESIDE or element.attrib) or not _is_beside(element):
            return False
        return _length(element) <= _MOST * self.length

    def _table(self, table: _Element) -> list[Block] | None:
        """The blocks of a table of cells; None where it only lays out the page."""
        own, nested = self.cells[table]
        if nested >= own:
            return None
        rows, sections = _rows(table, simple=not nested)
        if is_layout([[cell.text for cell in row] for row in rows], nested):
            return None
        caption = next(table.iterchildren("caption"), None)
        said = "" if caption is None else folded(_text(caption))
        grid = grid_of(rows, sections)
        return [Paragraph(said), grid] if said else [grid]


def _length(element: _Element) -> float:
    return float(element.xpath("string-length(normalize-space())"))


def _unbroken(text: str) -> str:
    """Text of the source, whose line breaks its reader does not see."""
    return text.replace("\r", "").replace("\n", SOFT_BREAK) if "\n" in text else text


def _is_heading(element: _Element) -> bool:
    """Whether it is a real heading, not one that was never closed or that only lays out the page."""
    return element.tag in _HEADINGS and _length(element) <= _LONGEST_HEADING and element.find(".//table") is None


def _is_beside(element: _Element) -> bool:
    """Whether the page marks it as navigation and the like, or does not show it."""
    if _is_hidden(element):
        return True
    if element.tag in ("header", "footer") and next(element.iterancestors("article", "main"), None) is not None:
        return False
    return element.tag in _BESIDE or element.get("role", "").lower() in _BESIDE_ROLES


def _is_hidden(element: _Element) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _NOT_SHOWN.search(style) is not None)


def _cells(root: _Element) -> dict[_Element, tuple[int, int]]:
    """For each table how many cells it has itself, and how many the tables within it have."""
    from lxml import etree

    open_tables: list[list[int]] = []
    cells: dict[_Element, tuple[int, int]] = {}
    for event, element in etree.iterwalk(root, events=("start", "end"), tag=("table", "td", "th")):
        if event == "end":
            if element.tag == "table":
                own, within = open_tables.pop()
                cells[element] = own, within
                if open_tables:
                    open_tables[-1][1] += own + within
        elif element.tag == "table":
            open_tables.append([0, 0])
        elif open_tables:
            open_tables[-1][0] += 1
    return cells


def _rows(table: _Element, *, simple: bool) -> tuple[list[list[Cell]], list[int]]:
    """A table's cells row by row, and for each row where its section ends."""
    rows: list[list[Cell]] = []
    parents: list[_Element | None] = []
    current: _Element | None = None
    for element in table.iter("tr", "td", "th"):
        if not simple and next(element.iterancestors("table")) is not table:
            continue
        if element.tag == "tr":
            current = None if _is_hidden(element) else element
            if current is not None:
                rows.append([])
                parents.append(element.getparent())
            continue
        row = next(element.iterancestors("tr", "table"))
        if row.tag == "tr" and row is not current:
            continue  # of a row that is not shown
        if row.tag == "table" and current is not table:  # cells without a row of their own
            current = table
            rows.append([])
            parents.append(table)
        if not _is_hidden(element):
            rows[-1].append(_cell(element))
    return rows, _section_ends(parents)


def _section_ends(parents: list[_Element | None]) -> list[int]:
    ends = [len(parents)] * len(parents)
    for row in range(len(parents) - 2, -1, -1):
        ends[row] = ends[row + 1] if parents[row] is parents[row + 1] else row + 1
    return ends


def _cell(element: _Element) -> Cell:
    text = _text(element) if len(element) else _unbroken(element.text or "")
    rowspan, colspan = _span(element.get("rowspan"), least=0), _span(element.get("colspan"), least=1)
    return Cell(folded(text), rowspan, colspan, element.tag == "th")


def _text(element: _Element) -> str:
    """The words of a cell; what stands on lines of its own is parted by a space."""
    from lxml import etree

    words: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, part in walk:
        if event == "end":
            if part is not element:
                words.append(_unbroken(part.tail or ""))
        elif not isinstance(part.tag, str) or part.tag in _UNSEEN or (part is not element and _is_hidden(part)):
            walk.skip_subtree()
        else:
            if part.tag == "br" or part.tag in _BLOCKS:
                words.append("\n")
            words.append(_unbroken(part.text or ""))
    return "".join(words)


def _span(value: str | None, least: int) -> int:
    """What a span says, read as a browser reads it: garbage is 1."""
    number = _NUMBER.match(value or "")
    return max(int(number[1]), least) if number else 1

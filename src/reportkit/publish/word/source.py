"""The article as pandoc is given it: with its pictures, and with the styles that Word has for its parts."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml.html import fragment_fromstring
from lxml.html.builder import E

from reportkit.publish.document import places
from reportkit.publish.pictures import SVG, Picture, png
from reportkit.text import NUMERAL

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

    from reportkit.publish.document import Article

__all__ = ["Source", "as_source"]

log = logging.getLogger(__name__)

# How pandoc is told which style something has.
_STYLE = "data-custom-style"
# Dots to a pixel, which is 288 to an inch: as many as paper shows.
_SCALE = 3.0
# The kinds of pictures that every Word and WPS shows. Drawings (SVG) are shown by newer ones only.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif"})
# How much of a PNG file says how large the picture is. Pandoc takes long over whole files, and needs no more.
_SIZE_SAID = 33
_BLOCKS = frozenset({"p", "ul", "ol", "dl", "table", "figure", "blockquote", "pre", "hr"})
_BLOCKS |= frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# What stands for an element in a text, so that the text does not end there.
_GOES_ON = "\ufffc"
# A heading of the second level that its text follows in the same line, up to the end of its sentence; or a whole line.
_RUN_IN = re.compile(rf"\s*[（(]{NUMERAL}+[）)][^。！？；，：{_GOES_ON}]{{1,40}}(?:。|$)")
_HEADING = "Run-in Heading"


@dataclass(frozen=True, slots=True)
class Source:
    """The article for pandoc.

    Parameters
    ----------
    article
        An ``article`` element. The cells of figures have their addresses as ids.
    drawings
        The drawings, by what stands for them in it.
    """

    article: HtmlElement
    drawings: Mapping[bytes, bytes]


def as_source(article: Article, *, across: float) -> Source:
    """The article for pandoc.

    Parameters
    ----------
    article
        The article.
    across
        How many characters fit into a line of a table that is as wide as the page.

    Returns
    -------
    Source
        A copy of the article, and the drawings that are to be put into the document.
    """
    root: HtmlElement = fragment_fromstring(article.html(across=across).replace("<wbr>", ""))
    for table in root.iter("table"):
        _style_row_heads(table)
    for item in list(root.iter("li")):
        _style_item(item)
    for emphasised in root.iter("em", "i"):
        _set_style(emphasised, "Emphasis")
    drawings: dict[bytes, bytes] = {}
    for image in list(root.iter("img")):
        _carry(image, article.pictures[image.get("src", "")], drawings)
    for paragraph in list(root.iterchildren("p")):
        _style_paragraph(paragraph)
    _raise_headings(root)
    return Source(root, drawings)


def _raise_headings(root: HtmlElement) -> None:
    """Make the first heading the document's title, as Word has it, and raise the others by a level."""
    headings = list(root.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    title = headings[0] if headings and headings[0].tag == "h1" else None
    for heading in headings:
        heading.tag = f"h{max(int(str(heading.tag)[1]) - 1, 1)}"
    if title is not None:
        title.tag = "p"
        _wrap(title, "Title")


def _style_row_heads(table: HtmlElement) -> None:
    """What heads a row is set to the left; it is not what heads all rows that follow, across the table."""
    placed = list(places(table))
    width = max((last for _cell, _first, last in placed), default=0)
    for cell, first, last in placed:
        if cell.get("scope") in ("row", "rowgroup") and last - first < width:
            text, children = cell.text or "", list(cell)
            cell[:], cell.text = [], None
            _in_style("Row Head", E.p(text, *children), cell)


def _style_item(item: HtmlElement) -> None:
    """Make paragraphs of the texts of an item, with the style of items, beside what is a block within it."""
    text, children = item.text or "", list(item)
    item[:], item.text = [], None
    paragraph = _in_style("List Paragraph", E.p(text), item) if text.strip() else None
    for child in children:
        if child.tag in _BLOCKS:
            paragraph = None
            if child.tag == "p":
                _in_style("List Paragraph", child, item)
            else:
                item.append(child)
        elif paragraph is None:
            paragraph = _in_style("List Paragraph", E.p(child), item)
        else:
            paragraph.append(child)


def _in_style(style: str, paragraph: HtmlElement, container: _Element) -> HtmlElement:
    """Add a paragraph to a container, in a frame that names its style."""
    paragraph.tail = None
    container.append(E.div({_STYLE: style}, paragraph))
    return paragraph


def _style_paragraph(paragraph: HtmlElement) -> None:
    """Give a paragraph with a picture the style of pictures, and what heads a paragraph the style of such headings."""
    if paragraph.find(".//img") is not None:
        _wrap(paragraph, "Captioned Figure")
        return
    text = paragraph.text or ""
    first = next(iter(paragraph), None)
    if first is not None and first.tag in ("strong", "b") and not text.strip() and _RUN_IN.fullmatch(_words(first)):
        _set_style(first, _HEADING)
    elif heading := _RUN_IN.match(text if first is None else text + _GOES_ON):
        paragraph.text = None
        paragraph.insert(0, E.span({_STYLE: _HEADING}, heading[0]))
        paragraph[0].tail = text[heading.end() :]


def _set_style(inline: HtmlElement, style: str) -> None:
    inline.tag = "span"
    inline.set(_STYLE, style)


def _words(element: HtmlElement) -> str:
    return "".join(element.itertext())


def _wrap(paragraph: HtmlElement, style: str) -> None:
    """Put a frame that names a style around a paragraph."""
    tail, paragraph.tail = paragraph.tail, None
    frame = E.div({_STYLE: style})
    parent = paragraph.getparent()
    assert parent is not None  # noqa: S101  it stands in the article
    parent.replace(paragraph, frame)
    frame.append(paragraph)
    frame.tail = tail


def _carry(image: HtmlElement, picture: Picture, drawings: dict[bytes, bytes]) -> None:
    """Put a picture's content, or what stands for it, in place of its name; its words if it cannot be shown."""
    kind, content = picture.media_type, picture.content
    if kind == SVG:
        try:
            kind, drawing = "image/png", png(content, _SCALE)
        except ValueError as error:
            log.warning("%s: %s", picture.name, error)
        else:
            content = drawing[:_SIZE_SAID] + picture.name.encode()
            drawings[content] = drawing
    if kind in _SHOWN:
        image.set("src", f"data:{kind};base64,{base64.b64encode(content).decode()}")
    else:
        image.tag, image.text = "span", picture.alternative
        image.attrib.clear()

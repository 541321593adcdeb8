"""The published page as one plain article: what the page says, in elements that mean something, without its looks.

The fragment, Word and PDF are made from it, so that they hold the very cells and markup of the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import fragment_fromstring

from reportkit.publish.page import compose
from reportkit.publish.pictures import SVG, Picture, picture_in_address
from reportkit.text import fitted

if TYPE_CHECKING:
    from lxml.etree import _Element
    from nbformat import NotebookNode

__all__ = ["Article", "article_of", "places"]

LANGUAGE = "zh-CN"
# What a picture is called that nobody has described.
_UNDESCRIBED = "图"

_TEXTS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "figure", "figcaption"})
_LISTS = frozenset({"ul", "ol", "li", "dl", "dt", "dd"})
_TABLES = frozenset({"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"})
_BLOCKS = _TEXTS | _LISTS | _TABLES
_INLINE = frozenset({"a", "b", "strong", "em", "i", "u", "s", "del", "ins", "sub", "sup", "code", "q", "br", "wbr"})
_INLINE |= frozenset({"img"})
# Elements that hold others only for the looks of them: a text that stands in one is a paragraph.
_FRAMES = frozenset({"div", "section", "article", "header", "footer", "main", "nav", "aside"})
_FRAMES |= frozenset({"address", "details", "summary"})
# The attributes that mean something; "style" only as far as `_MEANT` goes.
_ATTRIBUTES = {
    "*": frozenset({"lang", "dir"}),
    **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6", "table"], frozenset({"id"})),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "td": frozenset({"id", "colspan", "rowspan", "style"}),
    "th": frozenset({"id", "colspan", "rowspan", "scope", "style"}),
    "col": frozenset({"span", "style"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "li": frozenset({"value"}),
}
# The styles that say how a table is meant: how wide its columns are, and what is set flush with what.
_MEANT = {
    "col": re.compile(r"(?:^|;)\s*(width:\s*[\d.]+%)"),
    "td": re.compile(r"(?:^|;)\s*(text-align:\s*(?:left|right|center))"),
    "th": re.compile(r"(?:^|;)\s*(text-align:\s*(?:left|right|center))"),
}
# How a parser is given a wbr, which libxml2 would put what follows into.
_MARK = "data-reportkit-wbr"
_LINE_MAY_END = f'<br {_MARK}="">'
_DRAWING = re.compile(r"<svg\b(?P<attributes>[^>]*)>.*?</svg>", re.DOTALL)
_SIZE = re.compile(r' (width|height)="([\d.]+)"')
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# As in HTML.
_MOST_SPANNED = 1_000
_FOR_A_PAGE = re.compile(r' (?:role|aria-\w+)="[^"]*"')
_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'


@dataclass(frozen=True, slots=True)
class Article:
    """A report as a plain article.

    Parameters
    ----------
    title
        The report's title, in one line.
    root
        An ``article`` element. In it stand, one after another, headings (a section's has the section's key as id),
        paragraphs, lists, tables (with ``caption``, ``thead``, ``tbody``, and ``th`` with its scope; the cell of a
        figure has its address as id) and figures with their captions. There are no classes, no frames and no
        scripts. Copy it before you change it.
    pictures
        The pictures, by the name that the ``src`` of an ``img`` element gives.
    """

    title: str
    root: _Element
    pictures: Mapping[str, Picture]

    def html(self, *, across: float | None = None) -> str:
        """The article as HTML.

        Parameters
        ----------
        across
            How many Chinese characters fit into a line of a table that is as wide as the page, where that is known.
            Labels of tables that are wider than their columns are broken then where they may be (``br`` in place of
            ``wbr``), and the others are not.

        Returns
        -------
        str
            The ``article`` element.
        """
        root = self.root if across is None else _broken(self.root, across)
        # libxml2 does not know that this element is empty.
        return str(etree.tostring(root, method="html", encoding="unicode")).replace("</wbr>", "")


def article_of(notebook: NotebookNode) -> Article:
    """The article that an executed notebook is for the public.

    Parameters
    ----------
    notebook
        The executed notebook.

    Returns
    -------
    Article
        What the published page shows, in the same order.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> print(article_of(new_notebook(cells=[new_markdown_cell("# 示例")])).html())
    <article lang="zh-CN">
    <h1>示例</h1>
    </article>
    """
    page = compose(notebook, review=False)
    pictures = _Pictures()
    text = "\n".join(block.html for block in page.blocks)
    text = _DRAWING.sub(pictures.drawing, text).replace("<wbr>", _LINE_MAY_END)
    shown = fragment_fromstring(text, create_parent="article")
    root = etree.Element("article", lang=LANGUAGE)
    _copy(shown, root)
    _set_apart(root)
    for image in [*root.iter("img")]:
        pictures.describe(image)
    return Article(page.title, root, pictures.found)


class _Pictures:
    """The pictures of an article, as they are found in it."""

    def __init__(self) -> None:
        self.found: dict[str, Picture] = {}

    def drawing(self, svg: re.Match[str]) -> str:
        """Put an image in place of a drawing, which a parser of HTML would damage."""
        size = {key: float(value) for key, value in _SIZE.findall(svg["attributes"])}
        whole = svg[0].replace(svg["attributes"], _NAMESPACE + _FOR_A_PAGE.sub("", svg["attributes"]), 1)
        name = f"chart-{len(self.found) + 1}.svg"
        sides = size.get("width", 0), size.get("height", 0)
        self.found[name] = Picture(name, SVG, whole.encode(), "", *sides, drawn_here=True)
        return '<img src="{}" width="{:g}" height="{:g}">'.format(name, *sides)

    def describe(self, image: _Element) -> None:
        """Give an image its words, and a name in place of a content; leave only the words if it has none."""
        source, said = image.get("src", ""), image.get("alt") or _caption(image) or _UNDESCRIBED
        if source in self.found:
            self.found[source] = picture = replace(self.found[source], alternative=said)
        else:
            width, height = (_NUMBER.fullmatch(image.get(side, "")) for side in ("width", "height"))
            sides = float(width[0]) if width else 0, float(height[0]) if height else 0
            try:
                picture = picture_in_address(source, f"picture-{len(self.found) + 1}", said, *sides)
            except ValueError:
                _replace(image, said)
                return
            self.found[picture.name] = picture
        image.set("src", picture.name)
        image.set("alt", said)


def _replace(image: _Element, said: str) -> None:
    """Put words in place of an image."""
    parent = image.getparent()
    assert parent is not None  # noqa: S101  it stands in the article
    before, after = image.getprevious(), said + (image.tail or "")
    parent.remove(image)
    if before is None:
        parent.text = (parent.text or "") + after
    else:
        before.tail = (before.tail or "") + after


def _caption(image: _Element) -> str:
    """What is said below a picture."""
    figure = next(image.iterancestors("figure"), None)
    caption = None if figure is None else figure.find("figcaption")
    return "" if caption is None else " ".join("".join(caption.itertext()).split())


# ------------------------------------------------------------------------ tables


def places(table: _Element) -> Iterator[tuple[_Element, int, int]]:
    """Where the cells of a table stand.

    Parameters
    ----------
    table
        A ``table`` element of an article.

    Yields
    ------
    tuple of element, int and int
        Each ``td`` and ``th``, row by row, with the first of its columns and the one after its last, counted from 0.

    Examples
    --------
    >>> from lxml.html import fragment_fromstring
    >>> table = "<table><tr><th rowspan=2>a<td>b<td>c<tr><td colspan=2>d</table>"
    >>> [(cell.text, first, last) for cell, first, last in places(fragment_fromstring(table))]
    [('a', 0, 1), ('b', 1, 2), ('c', 2, 3), ('d', 1, 3)]
    """
    for part in [table, *table.iterchildren("thead", "tbody", "tfoot")]:
        covered: Counter[int] = Counter()  # for each column, how many more rows a cell from above reaches down
        for row in part.iterchildren("tr"):
            column = 0
            below = Counter({at: rows - 1 for at, rows in covered.items() if rows > 1})
            for cell in row.iterchildren("td", "th"):
                while covered[column]:
                    column += 1
                last = column + _span(cell, "colspan")
                yield cell, column, last
                below.update(dict.fromkeys(range(column, last), _span(cell, "rowspan") - 1))
                column = last
            covered = below


def _span(cell: _Element, name: str) -> int:
    text = cell.get(name, "1")
    return min(max(int(text), 1), _MOST_SPANNED) if text.isdecimal() else 1


def _broken(article: _Element, across: float) -> _Element:
    """A copy of the article whose labels are broken where they are wider than their columns."""
    article = deepcopy(article)
    for table in article.iter("table"):
        shares = [_share(column) for column in table.iter("col")]
        for cell, first, last in places(table):
            if len(cell) and all(mark.tag == "wbr" for mark in cell):
                # A Chinese character takes two columns of a terminal, in which widths of text are told.
                _break(cell, 2 * across * sum(shares[first:last]))
    return article


def _share(column: _Element) -> float:
    """How much of its table's width a column takes."""
    number = _NUMBER.search(column.get("style", ""))
    return float(number[0]) / 100 if number else 0


def _break(label: _Element, width: float) -> None:
    first, *others = fitted([label.text or "", *(mark.tail or "" for mark in label)], width)
    label[:] = []
    label.text = first
    for line in others:
        etree.SubElement(label, "br").tail = line


# ---------------------------------------------------------- without the looks


def _copy(shown: _Element, into: _Element) -> None:
    """Copy what an element holds, without what is there only for the looks."""
    _add_text(into, shown.text)
    for child in shown:
        if isinstance(child.tag, str) and child.get("hidden") is None:
            _copy_element(child, into)
        _add_text(into, child.tail)


def _copy_element(shown: _Element, into: _Element) -> None:
    name = "wbr" if shown.get(_MARK) is not None else "p" if _is_paragraph(shown) else str(shown.tag)
    if name in _BLOCKS or name in _INLINE:
        into = etree.SubElement(into, name, dict(_attributes(shown, name)))
    _copy(shown, into)


def _is_paragraph(shown: _Element) -> bool:
    """Whether it is a frame that holds nothing but a text."""
    if shown.tag not in _FRAMES or not "".join(shown.itertext()).strip():
        return False
    return not any(inside.tag in _BLOCKS or inside.tag in _FRAMES for inside in shown.iterdescendants())


def _attributes(shown: _Element, name: str) -> Iterator[tuple[str, str]]:
    meant = _ATTRIBUTES["*"] | _ATTRIBUTES.get(name, frozenset())
    for key, value in shown.items():
        if key == "style" and key in meant:
            if found := _MEANT[name].search(value):
                yield key, found[1]
        elif key in meant:
            yield key, value


def _add_text(into: _Element, text: str | None) -> None:
    if not text:
        return
    if len(into):
        into[-1].tail = (into[-1].tail or "") + text
    else:
        into.text = (into.text or "") + text


def _set_apart(root: _Element) -> None:
    """Make paragraphs of text that stands between blocks; drop empty ones, and begin each block on a line."""
    blocks: list[_Element] = []
    open_paragraph: _Element | None = None
    loose, root.text = root.text or "", "\n"
    for child in [None, *root]:
        if child is not None:
            loose, child.tail = child.tail or "", None
            if child.tag in _BLOCKS:
                blocks.append(child)
                open_paragraph = None
            else:
                open_paragraph = _paragraph(open_paragraph, blocks)
                open_paragraph.append(child)
        if loose.strip():
            open_paragraph = _paragraph(open_paragraph, blocks)
            _add_text(open_paragraph, loose)
    root[:] = [block for block in blocks if block.tag != "p" or len(block) or (block.text or "").strip()]
    for block in root:
        block.tail = "\n"


def _paragraph(begun: _Element | None, blocks: list[_Element]) -> _Element:
    """The paragraph that was begun, or a new one."""
    if begun is None:
        begun = etree.Element("p")
        blocks.append(begun)
    return begun

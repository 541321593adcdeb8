"""The report as a piece of a page, to paste into any content management system.

It needs no style sheet and no script: the few styles that matter stand with each element, where most systems leave
them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from reportkit.publish.allowlist import PRESENTATION
from reportkit.publish.document import places
from reportkit.publish.executed import Charts, ExecutedReport
from reportkit.publish.pictures import SVG, Picture, png

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["fragment", "pictures_beside"]

_PICTURE = "fragment-{}"
_LINE = "1px solid #595959"
_SHADE = "background-color:#f2f4f6"
# How each element looks, whatever the page around it does to elements of its name.
_BLOCK = "display:block"
_STYLES: Mapping[str, str] = {
    "article": f"{_BLOCK};line-height:1.8",
    "h1": f"{_BLOCK};margin:.5em 0 1em;font-size:1.6em;font-weight:bold;line-height:1.5;text-align:center",
    "h2": f"{_BLOCK};margin:1.4em 0 .6em;font-size:1.25em;font-weight:bold;line-height:1.5",
    **dict.fromkeys(["h3", "h4", "h5", "h6"], f"{_BLOCK};margin:1em 0 .4em;font-weight:bold"),
    "p": f"{_BLOCK};margin:.5em 0;text-indent:2em",
    "ul": f"{_BLOCK};margin:.5em 0;padding-left:2em;list-style-type:disc",
    "ol": f"{_BLOCK};margin:.5em 0;padding-left:2em;list-style-type:decimal",
    "li": "display:list-item",
    "blockquote": f"{_BLOCK};margin:1em 0;padding-left:1em;border-left:3px solid #767676",
    "pre": f"{_BLOCK};margin:1em 0;white-space:pre-wrap",
    **dict.fromkeys(["strong", "b"], "font-weight:bold"),
    **dict.fromkeys(["em", "i"], "font-style:italic"),
    "figure": f"{_BLOCK};margin:1.2em 0;text-align:center",
    "figcaption": f"{_BLOCK};margin-top:.4em;font-size:.9em;line-height:1.6;text-align:center",
    "table": f"display:table;width:100%;border-collapse:collapse;border:{_LINE};font-size:.9em;line-height:1.5",
    "caption": "display:table-caption;caption-side:top;padding:.4em 0;font-weight:bold;text-align:center",
    "colgroup": "display:table-column-group",
    "col": "display:table-column",
    "thead": "display:table-header-group",
    "tbody": "display:table-row-group",
    "tfoot": "display:table-footer-group",
    "tr": "display:table-row",
    "th": f"display:table-cell;border:{_LINE};padding:4px 6px;{_SHADE};font-weight:normal;vertical-align:middle",
    "td": f"display:table-cell;border:{_LINE};padding:4px 6px;vertical-align:middle",
}
_SCROLLS = f"{_BLOCK};margin:1em 0;overflow-x:auto"
# A table with more columns scrolls on a narrow screen, rather than be squeezed.
_FEW_COLUMNS, _WIDE = 6, "min-width:44em"
_FITS = "max-width:100%;height:auto"
_UNBROKEN = "word-break:keep-all"
_OF_ROWS = frozenset({"row", "rowgroup"})
# Attributes of shapes that are styles as well, with a unit.
_LENGTHS = frozenset({"x", "y", "width", "height", "r", "cx", "cy", "rx", "ry"})
_UNITS = {"translate": "px", "rotate": "deg", "scale": ""}
_MOVED = re.compile(rf"(?P<how>{'|'.join(_UNITS)})\((?P<numbers>[^)]*)\)")


def fragment(executed: ExecutedReport) -> bytes:
    """The report as a piece of a page.

    Parameters
    ----------
    executed
        The executed report; its charts are drawings in the fragment, bitmaps beside it, or only told in words.

    Returns
    -------
    bytes
        An ``article`` element, in UTF-8.

    Raises
    ------
    ValueError
        If a drawing cannot be made a bitmap.
    """
    article = executed.article
    root = deepcopy(article.root)
    for image in [*root.iter("img")]:
        _show(image, article.pictures[image.get("src", "")], executed.charts)
    for table in [*root.iter("table")]:
        _arrange(table)
    for element in root.iter():
        element.attrib.pop("id", None)  # the page around it may have elements of the same name
        _add_style(element, _STYLES.get(str(element.tag), ""))
    # So that the file is read right when it is opened by itself; in front of the article, readers would take that for a
    # part of a page's head.
    root.insert(0, etree.Element("meta", charset="utf-8"))
    return f"{etree.tostring(root, method='html', encoding='unicode')}\n".replace("</wbr>", "").encode()


def pictures_beside(executed: ExecutedReport) -> dict[str, bytes]:
    """The files that a fragment needs beside it.

    Parameters
    ----------
    executed
        The executed report.

    Returns
    -------
    dict of str to bytes
        Each picture by its file's name; none unless its charts are to be bitmaps.

    Raises
    ------
    ValueError
        If a drawing cannot be made a bitmap.
    """
    if executed.charts != "png":
        return {}
    return {_file(picture): _bitmap(picture) for picture in executed.article.pictures.values()}


# -------------------------------------------------------------------- pictures


def _file(picture: Picture) -> str:
    """The name of a picture beside the fragment."""
    return _PICTURE.format(re.sub(r"\.svg$", ".png", picture.name))


def _bitmap(picture: Picture) -> bytes:
    return png(picture.content) if picture.media_type == SVG else picture.content


def _show(image: _Element, picture: Picture, charts: Charts) -> None:
    """Have an image lead to the picture or hold it, or put the drawing or the words in its place."""
    if charts == "none":
        _tell(image, picture.alternative)
    elif charts == "png":
        image.set("src", _file(picture))
        _add_style(image, _FITS)
    elif picture.drawn_here:
        _replace(image, _drawing(picture))
    else:
        image.set("src", f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}")
        _add_style(image, _FITS)


def _drawing(picture: Picture) -> _Element:
    """The drawing of a chart as an element."""
    drawing = etree.fromstring(picture.content)
    drawing.set("role", "img")
    drawing.set("aria-label", picture.alternative)
    for shape in drawing.iter():
        _add_style(shape, ";".join(_looks(shape)))
    drawing.set("style", f"display:inline-block;width:{picture.width:g}px;{_FITS}")
    for text in drawing.iter("{*}text"):
        text.tail = "\n"  # where a drawing is taken away but its words are left, they must not run into each other
    return drawing


def _looks(shape: _Element) -> Iterator[str]:
    """What attributes say of the looks of a shape, as styles: a page that has styles for icons overrides attributes."""
    for key, value in shape.items():
        if key in _LENGTHS:
            yield f"{key}:{value}px"
        elif key == "transform":
            if "matrix" not in value:
                yield f"{key}:{_MOVED.sub(_moved, value)};transform-origin:0 0"
        elif key == "d":
            yield f'{key}:path("{value}")'
        elif key in PRESENTATION:
            yield f"{key}:{value}"


def _moved(step: re.Match[str]) -> str:
    unit = _UNITS[step["how"]]
    return f"{step['how']}({','.join(f'{number}{unit}' for number in re.split(r'[ ,]+', step['numbers'].strip()))})"


def _tell(image: _Element, words: str) -> None:
    """Put a paragraph of words in place of a figure, or words in place of an image."""
    figure = next(image.iterancestors("figure"), None)
    told = etree.Element("span" if figure is None else "p")
    told.text = words
    _replace(image if figure is None else figure, told)


def _replace(element: _Element, other: _Element) -> None:
    other.tail = element.tail
    parent = element.getparent()
    assert parent is not None  # noqa: S101  it stands in the article
    parent.replace(element, other)


# --------------------------------------------------------------------- tables


def _arrange(table: _Element) -> None:
    """Say with each cell how its text is set, and let the table scroll where the page is narrow."""
    columns = 0
    for cell, _, last in places(table):
        columns = max(columns, last)
        if "text-align" not in cell.get("style", ""):
            _add_style(cell, f"text-align:{_side(cell)}")
        if any(inside.tag == "wbr" for inside in cell):
            _add_style(cell, _UNBROKEN)
    if columns > _FEW_COLUMNS:
        _add_style(table, _WIDE)
    frame = etree.Element("div", style=_SCROLLS)
    _replace(table, frame)
    table.tail = None
    frame.append(table)


def _side(cell: _Element) -> str:
    """Where a cell's text stands: labels of rows left, all else in the middle, as on the form."""
    return "left" if cell.tag == "th" and cell.get("scope") in _OF_ROWS and not _is_heading(cell) else "center"


def _is_heading(cell: _Element) -> bool:
    """Whether it stands alone above the rows that it heads."""
    return cell.get("scope") == "rowgroup" and cell.get("rowspan") is None


def _add_style(element: _Element, style: str) -> None:
    if style:
        element.set("style", ";".join(filter(None, [style, element.get("style")])))

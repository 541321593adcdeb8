"""What pandoc cannot say of a Word document: whose it is, how wide tables are and what keeps them together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from reportkit.publish.word.look import CELL_BESIDE, LANGUAGE, PAGE, TABLE_SIZE
from reportkit.text import encodable, exposed, unnumbered

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.table import CT_Tbl
    from docx.oxml.xmlchemy import BaseOxmlElement

__all__ = ["mend", "moment", "put_in"]

# The styles of what stands in a cell, and what has another style.
_IN_CELLS = ("Compact", "RowHead")
_OTHERS = ".//w:p[not(" + " or ".join(f"w:pPr/w:pStyle/@w:val='{style}'" for style in _IN_CELLS) + ")]"
_CAPTION = "TableCaption"
# A figure, whose digits cannot be broken into two lines; and how wide these are at most in any font.
_FIGURE = re.compile(r"[\d,.+-]+")
_DIGIT = 0.64
# As much as Word keeps of a title or an author.
_LONGEST_PROPERTY = 255
# How far items of lists are set in, in twips: as far as paragraphs are, and how much farther within each other.
_INDENT, _HANGING = 640, 480
# Figures that are never too wide; and the size, in points, below which nothing could be read.
_ALWAYS_FITS = 3
_SMALLEST = 4.0


def mend(document: Document, *, title: str, author: str, day: date | None) -> None:
    """Put right what pandoc has no words for.

    Parameters
    ----------
    document
        The document that pandoc has written.
    title, author
        What it is, and whose.
    day
        Its date; None if it has none.
    """
    _name(document, title, author, day)
    _set_in_lists(document)
    _show_pictures_whole(document)
    for table in document.tables:
        _drop_repeated_caption(table._tbl)
        _set_widths(table._tbl)
        _style_cells(table._tbl)
        _keep_together(table._tbl)
        _shrink_wide_figures(table._tbl)


def put_in(document: Document, drawings: Mapping[bytes, bytes]) -> None:
    """Put the drawings in place of what stands for them.

    Parameters
    ----------
    document
        The document that pandoc has written.
    drawings
        The drawings, by what stands for them.
    """
    from docx.parts.image import ImagePart

    for part in document.part.package.iter_parts():
        if isinstance(part, ImagePart):
            part._blob = drawings.get(part.blob, part.blob)


def moment(day: date) -> datetime:
    """The day as files of Word write it.

    Parameters
    ----------
    day
        The day.

    Returns
    -------
    datetime
        Its beginning.

    Examples
    --------
    >>> moment(date(2024, 1, 19)).isoformat()
    '2024-01-19T00:00:00'
    """
    return datetime.combine(day, time())


def _name(document: Document, title: str, author: str, day: date | None) -> None:
    core = document.core_properties
    title, author = (exposed(encodable(text))[:_LONGEST_PROPERTY] for text in (title, author))
    core.title, core.author, core.last_modified_by, core.language = title, author, author, LANGUAGE
    if day:
        core.created = core.modified = moment(day)
        return
    for element in [child for child in core._element if child.tag.endswith(("}created", "}modified"))]:
        core._element.remove(element)


def _set_in_lists(document: Document) -> None:
    """Set the items of lists in as far as paragraphs are, and those within items farther."""
    from docx.oxml.ns import qn

    for level in document.part.numbering_part.element.iter(qn("w:lvl")):
        for indent in level.iter(qn("w:ind")):
            depth = int(level.get(qn("w:ilvl"), 0)) + 1
            indent.set(qn("w:left"), str(_INDENT + depth * _HANGING))
            indent.set(qn("w:hanging"), str(_HANGING))


def _show_pictures_whole(document: Document) -> None:
    """Let lines with pictures be as high as these; of a fixed height, they would show a strip of them."""
    from docx.text.paragraph import Paragraph

    for paragraph in document.element.body.xpath(".//w:p[.//w:drawing]"):
        Paragraph(paragraph, document._body).paragraph_format.line_spacing = 1.0


# ------------------------------------------------------------------------ tables


def _drop_repeated_caption(table: CT_Tbl) -> None:
    """Take out a caption that says again what the heading above it says; the table's description says it still."""
    for caption in table.xpath(f"preceding-sibling::*[1][w:pPr/w:pStyle/@w:val='{_CAPTION}']"):
        for heading in caption.xpath("preceding-sibling::w:p[1]"):
            if unnumbered(_text(heading)) == _text(caption):
                caption.getparent().remove(caption)


def _text(element: BaseOxmlElement) -> str:
    return "".join(text.text or "" for text in element.iter("{*}t")).strip()


def _set_widths(table: CT_Tbl) -> None:
    """Make columns whose shares are known as wide together as the text of the page."""
    from docx.shared import Pt

    shares = [column.w or 0 for column in table.tblGrid.gridCol_lst]
    if table.tblPr.find("{*}tblLayout") is None or not sum(shares):
        return
    for column, share in zip(table.tblGrid.gridCol_lst, shares, strict=True):
        column.w = Pt(PAGE.across * share / sum(shares))


def _style_cells(table: CT_Tbl) -> None:
    """Set in the size of tables what pandoc takes for the text of the page, such as two paragraphs in a cell."""
    for paragraph in table.xpath(_OTHERS):
        paragraph.style = _IN_CELLS[0]


def _keep_together(table: CT_Tbl) -> None:
    """Keep each row whole, and let the last one go without what follows the table."""
    from docx.oxml import OxmlElement

    for row in table.tr_lst:
        whole: Any = OxmlElement("w:cantSplit")
        row.get_or_add_trPr().insert(0, whole)
    for paragraph in table.xpath("w:tr[last()]//w:p"):
        paragraph.get_or_add_pPr().keepNext_val = False


def _shrink_wide_figures(table: CT_Tbl) -> None:
    """Set figures smaller whose digits would not fit into a line of their cell."""
    from docx.shared import Pt

    widths = [(column.w or Pt(0)).pt for column in table.tblGrid.gridCol_lst]
    for cell in (cell for row in table.tr_lst for cell in row.tc_lst):
        figure = _text(cell)
        if len(figure) <= _ALWAYS_FITS or not _FIGURE.fullmatch(figure):
            continue
        first = cell.grid_offset
        room = sum(widths[first : first + cell.grid_span]) - 2 * CELL_BESIDE
        fitting = int(2 * room / len(figure) / _DIGIT) / 2
        if fitting < TABLE_SIZE:
            for run in cell.xpath(".//w:r"):
                run.get_or_add_rPr().sz_val = Pt(max(fitting, _SMALLEST))

"""Findings as comments of a Word document, at the cells and the words that they speak of.

Cells and words are marked in the article before pandoc writes it, and pandoc carries the marks over as bookmarks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from lxml.html.builder import E

from reportkit.publish.word.mending import moment
from reportkit.text import encodable, exposed

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element
    from lxml.html import HtmlElement

__all__ = ["LOOKS", "WAIVED", "Remark", "add_comments", "mark"]

AUTHOR, INITIALS = "勾稽校验", "校"
# By severity, gravest first: what it is called, and the tint of a cell that such a finding speaks of.
LOOKS: Mapping[str, tuple[str, str]] = {
    "error": ("错误", "FDECEB"),
    "warning": ("警告", "FFF6E0"),
    "info": ("提示", "EDF4FC"),
}
WAIVED = "已豁免"
_OTHER = ("问题", "F2F2F2")
_PREFIX = "remark-"
# What must stand after the tint among the properties of a cell.
_AFTER_SHADE = ("w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign", "w:hideMark")


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, and where the document is marked for it.

    Parameters
    ----------
    paragraphs
        What its comment says.
    marks
        The names of the marks that the comment stands at, in the order of the text; none for the text's beginning.
    cells
        The names of the marks in the cells that it speaks of.
    tint
        The colour of these, as Word writes colours; empty for none.
    """

    paragraphs: tuple[str, ...]
    marks: tuple[str, ...]
    cells: tuple[str, ...]
    tint: str


def mark(source: HtmlElement, findings: Sequence[Mapping[str, Any]]) -> tuple[Remark, ...]:
    """Mark what findings speak of.

    Parameters
    ----------
    source
        The article, which is changed.
    findings
        What the checks found, as plain data, gravest first.

    Returns
    -------
    tuple of Remark
        One for each finding. Its comment stands at the words that the finding quotes, else at the
        first of its cells that the article shows, else at the article's beginning.
    """
    marked = _Marked(source)
    return tuple(_remark(finding, marked) for finding in findings)


def _remark(finding: Mapping[str, Any], marked: _Marked) -> Remark:
    cells = tuple(filter(None, map(marked.cell, finding.get("cells") or ())))
    words = marked.words(finding.get("quote") or "")
    waived = finding.get("waived")
    _name, tint = LOOKS.get(finding["severity"], _OTHER)
    said = tuple(exposed(encodable(paragraph)) for paragraph in _paragraphs(finding))
    return Remark(said, words or cells[:1], cells, "" if waived else tint)


def _paragraphs(finding: Mapping[str, Any]) -> Iterator[str]:
    name, _tint = LOOKS.get(finding["severity"], _OTHER)
    waived = finding.get("waived")
    yield f"{name}{f'（{WAIVED}）' if waived else ''} {finding['rule']}：{finding['message']}"
    if finding.get("suggestion"):
        yield f"建议：{finding['suggestion']}"
    if finding.get("basis"):
        yield f"依据：{finding['basis']}"
    if waived:
        yield f"豁免理由：{waived['reason']}（{waived['by']}）"


# ------------------------------------------------------------------------- marks


class _Marked:
    """An article in which cells and words are being marked."""

    def __init__(self, source: HtmlElement) -> None:
        self.source = source
        self.by_id = {cell.get("id"): cell for cell in source.iter("td", "th") if cell.get("id")}
        self.marks: dict[str, str] = {}
        self.count = 0

    def cell(self, address: str) -> str:
        """The mark in the cell of an address; empty if the article does not show it."""
        if address not in self.by_id:
            return ""
        if address not in self.marks:
            self.marks[address] = self._surround_inside(self.by_id[address])
        return self.marks[address]

    def words(self, quote: str) -> tuple[str, ...]:
        """The marks around some words, one for each piece of the text that holds some; none if they stand nowhere.

        White space does not count, since the words may have been wrapped elsewhere.
        """
        wanted = "".join(quote.split())
        pieces = [piece for piece in _texts(self.source) if piece.text.strip()]
        places = [(at, offset) for at, piece in enumerate(pieces) for offset in piece.solid]
        text = "".join(pieces[at].text[offset] for at, offset in places)
        start = text.find(wanted)
        if start < 0:
            return ()
        covered: dict[int, list[int]] = {}
        for at, offset in places[start : start + len(wanted)]:
            covered.setdefault(at, []).append(offset)
        return tuple(self._surround(pieces[at], min(offsets), max(offsets) + 1) for at, offsets in covered.items())

    def _next(self) -> str:
        self.count += 1
        return f"{_PREFIX}{self.count}"

    def _surround_inside(self, element: HtmlElement) -> str:
        name = self._next()
        inside = E.span({"id": name}, element.text or "", *element)
        element[:], element.text = [inside], None
        return name

    def _surround(self, piece: _Piece, start: int, end: int) -> str:
        name = self._next()
        span = E.span({"id": name}, piece.text[start:end])
        span.tail = piece.text[end:]
        piece.cut(start, span)
        return name


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text within an element: before the first of its children, or after an element."""

    element: HtmlElement
    is_tail: bool

    @property
    def text(self) -> str:
        return (self.element.tail if self.is_tail else self.element.text) or ""

    @property
    def solid(self) -> list[int]:
        """Where characters other than white space stand."""
        return [offset for offset, character in enumerate(self.text) if not character.isspace()]

    def cut(self, end: int, following: HtmlElement) -> None:
        """End the text here, and let an element follow it."""
        kept = self.text[:end]
        if self.is_tail:
            self.element.tail = kept
            self.element.addnext(following)
        else:
            self.element.text = kept
            self.element.insert(0, following)


def _texts(element: HtmlElement) -> Iterator[_Piece]:
    """The texts of an article in their order, but for those in tables, of which findings speak by their cells."""
    if element.tag == "table":
        return
    yield _Piece(element, is_tail=False)
    for child in element:
        yield from _texts(child)
        yield _Piece(child, is_tail=True)


# ---------------------------------------------------------------------- comments


def add_comments(document: Document, remarks: Sequence[Remark], day: date | None) -> None:
    """Put a comment at each mark, tint the cells, and take out the marks.

    Parameters
    ----------
    document
        The document that pandoc has written of the marked article.
    remarks
        The findings.
    day
        The date of the comments; None if they have none.
    """
    from docx.oxml.ns import qn

    body = document.element.body
    marks = {start.get(qn("w:name"), ""): start for start in body.iter(qn("w:bookmarkStart"))}
    marks = {name: start for name, start in marks.items() if name.startswith(_PREFIX)}
    ends = {end.get(qn("w:id")): end for end in body.iter(qn("w:bookmarkEnd"))}
    runs = {name: _runs(start, ends[start.get(qn("w:id"))]) for name, start in marks.items()}
    for remark in remarks:
        at = [run for name in remark.marks for run in runs.get(name, ())]
        _comment(document, at or _beginning(document), remark.paragraphs, day)
    for remark in reversed(remarks):  # so that the gravest finding of a cell has the last word
        for name in marks.keys() & set(remark.cells) if remark.tint else ():
            _tint(next(marks[name].iterancestors(qn("w:tc"))), remark.tint)
    for start in marks.values():
        for element in (start, ends[start.get(qn("w:id"))]):
            element.getparent().remove(element)


def _beginning(document: Document) -> list[Any]:
    """The words of the first paragraph."""
    first = document.paragraphs[0] if document.paragraphs else document.add_paragraph()
    return [run._r for run in first.runs] or [first.add_run()._r]


def _runs(start: _Element, end: _Element) -> list[Any]:
    """What stands between the ends of a mark; in an empty cell, a run without words."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    found: list[Any] = []
    for element in start.itersiblings():
        if element is end:
            break
        found += element.iter(qn("w:r"))
    if not found:
        found.append(OxmlElement("w:r"))
        start.addnext(found[0])
    return found


def _comment(document: Document, runs: Sequence[Any], paragraphs: Sequence[str], day: date | None) -> None:
    from docx.oxml.ns import qn
    from docx.text.run import Run

    placed = [Run(run, document._body) for run in (runs[0], runs[-1])]
    comment = document.add_comment(placed, "\n".join(paragraphs), AUTHOR, INITIALS)
    if day:
        comment._comment_elm.date = moment(day)
    else:
        del comment._comment_elm.attrib[qn("w:date")]


def _tint(cell: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = cell.get_or_add_tcPr()
    for element in list(properties.iterchildren(qn("w:shd"))):
        properties.remove(element)
    shade: Any = OxmlElement("w:shd", attrs={qn("w:val"): "clear", qn("w:color"): "auto", qn("w:fill"): colour})
    properties.insert_element_before(shade, *_AFTER_SHADE)

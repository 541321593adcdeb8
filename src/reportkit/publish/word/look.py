"""The look of a Word document, as GB/T 9704—2012 prescribes it for documents of Party and government organs.

What the standard says stands in `PAGE` and `STYLES`. From them the document is made that pandoc takes its styles, its
page and its feet from: a Word file of a few parts, with nothing in it that is not written here.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape

from reportkit.publish.pdf.fonts import FACES

__all__ = [
    "ACROSS",
    "CELL_MARGIN",
    "LANGUAGE",
    "PAGE",
    "STYLES",
    "TABLE_SIZE",
    "Page",
    "Style",
    "reference_document",
]

LANGUAGE = "zh-CN"
# Sizes by their names, in points: 二号, 三号, 四号, 小四号, 五号.
TWO, THREE, FOUR, SMALL_FOUR, FIVE = 22.0, 16.0, 14.0, 12.0, 10.5
TWENTIETHS = 20
_POINTS_IN_A_MILLIMETRE = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Page:
    """A page, in millimetres.

    Parameters
    ----------
    width, height
        Of the sheet.
    top, bottom, left, right
        The margins.
    number
        How far the page number stands above the lower edge of the sheet. Its dashes are 7 mm below the text then.
    characters
        How many characters of the text there are in a line.
    """

    width: float = 210
    height: float = 297
    top: float = 37
    bottom: float = 35
    left: float = 28
    right: float = 26
    number: float = 25
    characters: int = 28

    @property
    def across(self) -> float:
        """The width of the text, in points."""
        return (self.width - self.left - self.right) * _POINTS_IN_A_MILLIMETRE


PAGE = Page()


@dataclass(frozen=True, slots=True)
class Style:
    """A style of paragraphs, or of characters where `inline`.

    Parameters
    ----------
    name
        What Word calls it; pandoc goes by some of these names.
    face
        Whose letters it has: a key of `FACES`. Empty for those of what it stands in.
    size
        In points; 0 for that of what it stands in.
    based_on
        The style that says what this one leaves open.
    align
        How its lines are set, in Word's words.
    line
        From one line to the next, in points, whatever stands in them; 0 for as much as they need.
    indent
        How many characters its first line is set in.
    set_in
        How many characters all its lines are set in.
    before, after
        The space around it, in points.
    tracking
        How much farther its characters stand apart, in points.
    level
        Which level of headings it is, counted from 0; None for text.
    with_next
        Whether it stays on the page of what follows.
    inline
        Whether it is a style of characters.
    own_id
        What files say in place of the name, where that is not the name without its spaces.
    """

    name: str
    face: str = ""
    size: float = 0
    based_on: str = "Normal"
    align: str = ""
    line: float | None = None
    indent: int | None = None
    set_in: int = 0
    before: float = 0
    after: float = 0
    tracking: float = 0
    level: int | None = None
    with_next: bool = False
    inline: bool = False
    own_id: str = ""

    @property
    def id(self) -> str:
        """What files say in place of the name."""
        return self.own_id or self.name.replace(" ", "")


# 28 characters in a line of 156 mm: a little closer than they would stand.
_CLOSER = int((PAGE.across / PAGE.characters - THREE) * TWENTIETHS - 1) / TWENTIETHS

STYLES: tuple[Style, ...] = (
    Style("Normal", "body", THREE, "", "both", line=28, tracking=_CLOSER),
    Style("Body Text", indent=2),
    Style("First Paragraph", based_on="Body Text"),
    Style("Title", "title", TWO, align="center", line=36, after=28, level=None, with_next=True),
    Style("heading 1", "heading", THREE, indent=2, level=0, with_next=True),
    Style("heading 2", "subheading", THREE, indent=2, level=1, with_next=True),
    *(Style(f"heading {number}", indent=2, level=number - 1, with_next=True) for number in range(3, 7)),
    Style("Run-in Heading", "subheading", inline=True),
    # Chinese letters have no italics.
    Style("Emphasis", "subheading", inline=True),
    Style("List Paragraph"),
    Style("Block Text", set_in=2, indent=2),
    Style("Source Code", align="left"),
    # The text of a table: of its heads and figures, and of what stands beside its rows. Each row stays with the next.
    Style("Compact", "body", FIVE, align="center", line=13, with_next=True),
    Style("Row Head", based_on="Compact", align="left"),
    Style("Table Caption", "heading", SMALL_FOUR, align="center", before=14, with_next=True),
    # Lines of a fixed height would show a strip of a picture.
    Style("Captioned Figure", align="center", line=0, before=14, with_next=True),
    Style("Image Caption", "body", SMALL_FOUR, align="center", line=20, after=14),
    Style("footer", "number", FOUR, line=0),
    Style("annotation text", "body", FIVE, align="left", line=0, own_id="CommentText"),
    Style("annotation reference", "body", FIVE, inline=True, own_id="CommentReference"),
)
TABLE_SIZE = FIVE
# Left and right of what stands in a cell, in points.
CELL_MARGIN = 2.0
# How many characters fit into a line of a table that is as wide as the page.
ACROSS = PAGE.across / TABLE_SIZE


@cache
def reference_document() -> bytes:
    """The document that pandoc takes the look from.

    Returns
    -------
    bytes
        A Word file without any text.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts().items():
            archive.writestr(zipfile.ZipInfo(name), _DECLARATION + content)
    return written.getvalue()


# ------------------------------------------------------------------------- parts

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# The parts beside the text: under which name they are related to it, and what they are.
_BESIDE = {
    "styles.xml": "styles",
    "settings.xml": "settings",
    "fontTable.xml": "fontTable",
    "footer1.xml": "footer",
    "footer2.xml": "footer",
}
_ODD, _EVEN = "footer1.xml", "footer2.xml"
_CHINESE = "\u4e00"


def _parts() -> Mapping[str, str]:
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"word/document.xml": "officeDocument"}),
        "word/document.xml": f'<w:document {_W} xmlns:r="{_OFFICE}"><w:body>{_section()}</w:body></w:document>',
        "word/_rels/document.xml.rels": _relations(_BESIDE),
        "word/styles.xml": _styles(),
        # Tables and pages of odd and even numbers; closing marks at the end of a line take half of their width.
        "word/settings.xml": f'<w:settings {_W}><w:evenAndOddHeaders/><w:defaultTabStop w:val="640"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        f'<w:themeFontLang w:val="en-US" w:eastAsia="{LANGUAGE}"/></w:settings>',
        "word/fontTable.xml": f"<w:fonts {_W}>{''.join(_fonts())}</w:fonts>",
        f"word/{_ODD}": _foot("right"),
        f"word/{_EVEN}": _foot("left"),
    }


def _content_types() -> str:
    overrides = "".join(
        f'<Override PartName="/word/{name}" ContentType="{_MEDIA_TYPE}.{kind}+xml"/>'
        for name, kind in {"document.xml": "document.main", **_BESIDE}.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(kinds: Mapping[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="{_relation(name)}" Type="{_OFFICE}/{kind}" Target="{name}"/>'
        for name, kind in kinds.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _relation(part: str) -> str:
    return "r-" + part.rpartition("/")[2].removesuffix(".xml")


def _section() -> str:
    margins = {"top": PAGE.top, "right": PAGE.right, "bottom": PAGE.bottom, "left": PAGE.left}
    margins |= {"header": PAGE.number, "footer": PAGE.number, "gutter": 0}
    written = " ".join(f'w:{side}="{_twips(millimetres)}"' for side, millimetres in margins.items())
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="{_relation(_ODD)}"/>'
        f'<w:footerReference w:type="even" r:id="{_relation(_EVEN)}"/>'
        f'<w:pgSz w:w="{_twips(PAGE.width)}" w:h="{_twips(PAGE.height)}"/><w:pgMar {written}/></w:sectPr>'
    )


def _twips(millimetres: float) -> int:
    return round(millimetres * _POINTS_IN_A_MILLIMETRE * TWENTIETHS)


def _foot(outside: str) -> str:
    """The page number between dashes, a character from the outer edge of the text."""
    field = "".join(f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>{code}' for kind, code in _PAGE_FIELD)
    return (
        f'<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="footer"/>'
        f'<w:ind w:{outside}Chars="100" w:{outside}="{FOUR * TWENTIETHS:g}"/><w:jc w:val="{outside}"/></w:pPr>'
        f"{_words('— ')}{field}{_words(' —')}</w:p></w:ftr>"
    )


def _words(text: str) -> str:
    return f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


_PAGE_FIELD = (
    ("begin", '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'),
    ("separate", "<w:r><w:t>1</w:t></w:r>"),
    ("end", ""),
)


# ------------------------------------------------------------------------- fonts


def _font(face: str) -> str:
    """The name under which the prescribed font is known where Chinese is spoken."""
    named = FACES[face].names or FACES[face].nearest
    return next(name for name in named if name[0] >= _CHINESE)


def _fonts() -> Iterator[str]:
    """The fonts, and what a machine that lacks one shows in its place."""
    for key, face in FACES.items():
        name = _font(key)
        others = ",".join(other for other in (*face.names, *face.nearest) if other != name)
        yield (
            f'<w:font w:name="{name}"><w:altName w:val="{escape(others)}"/><w:charset w:val="86"/>'
            '<w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        )


# ------------------------------------------------------------------------ styles


def _styles() -> str:
    base = STYLES[0]
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_letters(base)}"
        f'<w:lang w:val="en-US" w:eastAsia="{LANGUAGE}"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
    )
    return f"<w:styles {_W}>{defaults}{''.join(map(_style, STYLES))}{_TABLE}{_LINK}</w:styles>"


def _style(style: Style) -> str:
    kind = "character" if style.inline else "paragraph"
    default = ' w:default="1"' if style is STYLES[0] else ""
    base = f'<w:basedOn w:val="{style.based_on.replace(" ", "")}"/>' if style.based_on and not style.inline else ""
    after = '<w:next w:val="BodyText"/>' if style.level is not None else ""
    paragraph = "" if style.inline else f"<w:pPr>{''.join(_paragraph(style))}</w:pPr>"
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{style.id}"><w:name w:val="{style.name}"/>{base}{after}'
        f"<w:qFormat/>{paragraph}<w:rPr>{_letters(style)}</w:rPr></w:style>"
    )


def _paragraph(style: Style) -> Iterator[str]:
    if style.with_next:
        yield "<w:keepNext/>"
    yield '<w:widowControl w:val="0"/>'
    spacing = {"before": style.before * TWENTIETHS, "after": style.after * TWENTIETHS}
    rule = ""
    if style.line is not None:
        spacing["line"] = style.line * TWENTIETHS or 240
        rule = ' w:lineRule="exact"' if style.line else ' w:lineRule="auto"'
    yield "<w:spacing " + " ".join(f'w:{key}="{value:g}"' for key, value in spacing.items()) + f"{rule}/>"
    if style.indent is not None or style.set_in:
        yield _indent(style)
    if style.align:
        yield f'<w:jc w:val="{style.align}"/>'
    if style.level is not None:
        yield f'<w:outlineLvl w:val="{style.level}"/>'


def _indent(style: Style) -> str:
    """In characters; and in points, for programs that do not know of characters."""
    size = style.size or STYLES[0].size
    sides = {"left": style.set_in, "firstLine": style.indent or 0}
    return (
        "<w:ind "
        + " ".join(
            f'w:{side}Chars="{count * 100}" w:{side}="{count * size * TWENTIETHS:g}"' for side, count in sides.items()
        )
        + "/>"
    )


def _letters(style: Style) -> str:
    written = ""
    if style.face:
        name = _font(style.face)
        written += f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'
    if style.size:
        tracking = style.tracking * TWENTIETHS
        written += f'<w:spacing w:val="{tracking:g}"/><w:sz w:val="{style.size * 2:g}"/>'
        written += f'<w:szCs w:val="{style.size * 2:g}"/>'
    return written


# Thin rules around each cell, what it holds in its middle, up and down.
_TABLE = (
    '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/><w:tblPr>'
    '<w:jc w:val="center"/><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + '</w:tblBorders><w:tblCellMar><w:top w:w="30" w:type="dxa"/>'
    f'<w:left w:w="{CELL_MARGIN * TWENTIETHS:g}" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/>'
    f'<w:right w:w="{CELL_MARGIN * TWENTIETHS:g}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tcPr><w:vAlign w:val="center"/></w:tcPr></w:style>'
)
_LINK = (
    '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>'
    '<w:rPr><w:color w:val="0B3D91"/></w:rPr></w:style>'
)

"""The document that pandoc takes the look of a report from, made of what `look` declares.

It is a Word file of a few parts, with nothing in it that is not written here.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape

from reportkit.publish.pdf.fonts import FACES
from reportkit.publish.word.look import CELL_ABOVE, CELL_BESIDE, LANGUAGE, PAGE, STYLES, Style, points

__all__ = ["reference_document"]

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD, _WORD_2013 = "http://schemas.microsoft.com/office/word", 15
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
_FOOT = "footer"
# The first of the nearest fonts are one font, by its two names.
_USUAL = 2
# Above this, characters are Chinese.
_CHINESE = "\u4e00"
# A field that shows the number of the page it stands on.
_PAGE_FIELD = (
    ("begin", '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'),
    ("separate", "<w:r><w:t>1</w:t></w:r>"),
    ("end", ""),
)
# Thin rules around each cell, in eighths of a point.
_RULE = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")
_LINK_COLOUR = "0B3D91"


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


def _parts() -> Mapping[str, str]:
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"word/document.xml": "officeDocument"}),
        "word/document.xml": f'<w:document {_W} xmlns:r="{_OFFICE}"><w:body>{_section()}</w:body></w:document>',
        "word/_rels/document.xml.rels": _relations(_BESIDE),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/fontTable.xml": f"<w:fonts {_W}>{''.join(_fonts())}</w:fonts>",
        f"word/{_ODD}": _foot("right"),
        f"word/{_EVEN}": _foot("left"),
    }


def _settings() -> str:
    """That odd and even pages have feet of their own, that marks of punctuation are set closer; and for which Word."""
    return (
        f'<w:settings {_W}><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/>'
        f'<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="{_WORD}" w:val="{_WORD_2013}"/></w:compat>'
        f'<w:themeFontLang w:val="en-US" w:eastAsia="{LANGUAGE}"/></w:settings>'
    )


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
    written = " ".join(f'w:{side}="{_twips(points(margin))}"' for side, margin in margins.items())
    width, height = (_twips(points(side)) for side in (PAGE.width, PAGE.height))
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="{_relation(_ODD)}"/>'
        f'<w:footerReference w:type="even" r:id="{_relation(_EVEN)}"/>'
        f'<w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar {written}/></w:sectPr>'
    )


def _foot(outside: str) -> str:
    """The page number between dashes, a character from the outer edge of the text."""
    size = next(style.size for style in STYLES if style.id == _FOOT)
    field = "".join(f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>{code}' for kind, code in _PAGE_FIELD)
    return (
        f'<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="{_FOOT}"/>'
        f'<w:ind w:{outside}Chars="100" w:{outside}="{_twips(size)}"/><w:jc w:val="{outside}"/></w:pPr>'
        f"{_words('— ')}{field}{_words(' —')}</w:p></w:ftr>"
    )


def _words(text: str) -> str:
    return f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


# ------------------------------------------------------------------------- fonts


def _names(face: str) -> tuple[str, ...]:
    """The names of the prescribed font, or of the usual one where none is prescribed."""
    return FACES[face].names or FACES[face].nearest[:_USUAL]


def _font(face: str) -> str:
    """The name under which a font is known where Chinese is spoken."""
    return next(name for name in _names(face) if name[0] >= _CHINESE)


def _fonts() -> Iterator[str]:
    """The fonts, and under which other names a machine may have them."""
    for face in FACES:
        others = ",".join(name for name in _names(face) if name != _font(face))
        yield (
            f'<w:font w:name="{_font(face)}"><w:altName w:val="{escape(others)}"/><w:charset w:val="86"/>'
            '<w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        )


# ------------------------------------------------------------------------ styles


def _styles() -> str:
    base = STYLES[0]
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_letters(base)}"
        f'<w:lang w:val="en-US" w:eastAsia="{LANGUAGE}"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
    )
    return f"<w:styles {_W}>{defaults}{''.join(map(_style, STYLES))}{_table()}{_link()}</w:styles>"


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
    yield f'<w:spacing w:before="{_twips(style.before)}" w:after="{_twips(style.after)}"{_line(style)}/>'
    if style.indent is not None or style.set_in:
        yield _indent(style)
    if style.align:
        yield f'<w:jc w:val="{style.align}"/>'
    if style.level is not None:
        yield f'<w:outlineLvl w:val="{style.level}"/>'


def _line(style: Style) -> str:
    if style.line is None:
        return ""
    return f' w:line="{_twips(style.line)}" w:lineRule="exact"' if style.line else ' w:line="240" w:lineRule="auto"'


def _indent(style: Style) -> str:
    """In characters; and in points, for programs that do not know of characters."""
    size = style.size or STYLES[0].size
    sides = {"left": style.set_in, "firstLine": style.indent or 0}
    written = (f'w:{side}Chars="{count * 100}" w:{side}="{_twips(count * size)}"' for side, count in sides.items())
    return f"<w:ind {' '.join(written)}/>"


def _letters(style: Style) -> str:
    written = ""
    if style.face:
        name = _font(style.face)
        written += f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'
    if style.size:
        written += f'<w:spacing w:val="{_twips(style.tracking)}"/>'
        written += f'<w:sz w:val="{style.size * 2:g}"/><w:szCs w:val="{style.size * 2:g}"/>'
    return written


def _table() -> str:
    """The style of tables: what a cell holds stands in its middle, up and down."""
    edges = "".join(f"<w:{edge} {_RULE}/>" for edge in _EDGES)
    around = {"top": CELL_ABOVE, "left": CELL_BESIDE, "bottom": CELL_ABOVE, "right": CELL_BESIDE}
    margins = "".join(f'<w:{side} w:w="{_twips(margin)}" w:type="dxa"/>' for side, margin in around.items())
    return (
        '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/><w:tblPr><w:jc w:val="center"/>'
        f"<w:tblBorders>{edges}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        '<w:tcPr><w:vAlign w:val="center"/></w:tcPr></w:style>'
    )


def _link() -> str:
    return (
        '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>'
        f'<w:rPr><w:color w:val="{_LINK_COLOUR}"/></w:rPr></w:style>'
    )


def _twips(length: float) -> int:
    """A length in points as Word counts lengths, in twentieths of a point."""
    return round(length * 20)

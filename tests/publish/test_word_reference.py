"""The document that pandoc takes the look from says what is prescribed, and what is laid down beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from reportkit.publish.word.look import ACROSS, PAGE, STYLES
from reportkit.publish.word.reference import reference_document

BODY, HEADING, SUBHEADING = "仿宋_GB2312", "黑体", "楷体_GB2312"
# For each style: what it is based on, its font, size in half points, lines in twips, space before and after them.
LOOK = {
    "Normal": ("", BODY, "32", "560 exact", "0 0"),
    "BodyText": ("Normal", "", "", "", "0 0"),
    "FirstParagraph": ("BodyText", "", "", "", "0 0"),
    "Title": ("Normal", "方正小标宋简体", "44", "720 exact", "0 560"),
    "heading1": ("Normal", HEADING, "32", "", "0 0"),
    "heading2": ("Normal", SUBHEADING, "32", "", "0 0"),
    **{f"heading{level}": ("Normal", "", "", "", "0 0") for level in range(3, 7)},
    "Run-inHeading": ("", SUBHEADING, "", "", ""),
    "Emphasis": ("", SUBHEADING, "", "", ""),
    "ListParagraph": ("Normal", "", "", "", "0 0"),
    "BlockText": ("Normal", "", "", "", "0 0"),
    "SourceCode": ("Normal", "", "", "", "0 0"),
    "Compact": ("Normal", BODY, "21", "260 exact", "0 0"),
    "RowHead": ("Compact", "", "", "", "0 0"),
    "TableCaption": ("Normal", HEADING, "24", "", "280 0"),
    "CaptionedFigure": ("Normal", "", "", "240 auto", "280 0"),
    "ImageCaption": ("Normal", BODY, "24", "400 exact", "0 280"),
    "footer": ("Normal", "宋体", "28", "240 auto", "0 0"),
    "CommentText": ("Normal", BODY, "21", "240 auto", "0 0"),
    "CommentReference": ("", BODY, "21", "", ""),
}
SET_IN = {"BodyText", "BlockText", *(f"heading{level}" for level in range(1, 7))}
WITH_NEXT = {"Title", "Compact", "TableCaption", "CaptionedFigure", *(f"heading{level}" for level in range(1, 7))}
ALIGNED = {
    "both": {"Normal"},
    "center": {"Title", "Compact", "TableCaption", "CaptionedFigure", "ImageCaption"},
    "left": {"SourceCode", "RowHead", "CommentText"},
}


@pytest.fixture(scope="module")
def document() -> Document:
    return docx.Document(io.BytesIO(reference_document()))


@pytest.fixture(scope="module")
def styles(document: Document) -> dict[str, Any]:
    found = {style.style_id: style.element for style in document.styles}
    return {name: found[name] for name in LOOK}


def one(values: Iterable[str]) -> str:
    return " ".join(values)


def test_every_style_has_the_letters_and_lines_that_are_laid_down(styles: dict[str, Any]) -> None:
    assert [style.id for style in STYLES] == list(LOOK)
    assert {
        name: (
            one(style.xpath("w:basedOn/@w:val")),
            one(style.xpath("w:rPr/w:rFonts/@w:eastAsia")),
            one(style.xpath("w:rPr/w:sz/@w:val")),
            one(style.xpath("w:pPr/w:spacing/@w:line") + style.xpath("w:pPr/w:spacing/@w:lineRule")),
            one(style.xpath("w:pPr/w:spacing/@w:before") + style.xpath("w:pPr/w:spacing/@w:after")),
        )
        for name, style in styles.items()
    } == LOOK
    assert not styles["Normal"].xpath("w:basedOn")
    for style in styles.values():
        fonts = {value for fonts in style.xpath("w:rPr/w:rFonts") for value in fonts.attrib.values()}
        assert len(fonts) <= 1
        assert style.xpath("w:rPr/w:szCs/@w:val") == style.xpath("w:rPr/w:sz/@w:val")


def test_styles_say_where_lines_begin_and_what_stays_together(styles: dict[str, Any]) -> None:
    indents = {name: style.xpath("w:pPr/w:ind") for name, style in styles.items()}
    assert {name for name, found in indents.items() if found} == SET_IN
    for name in SET_IN:
        (indent,) = indents[name]
        left = ["200", "640"] if name == "BlockText" else ["0", "0"]
        said = [indent.get(qn(f"w:{side}")) for side in ("firstLineChars", "firstLine", "leftChars", "left")]
        assert said == ["200", "640", *left]
    assert {name for name, style in styles.items() if style.xpath("w:pPr/w:keepNext")} == WITH_NEXT
    for align, names in ALIGNED.items():
        assert {name for name, style in styles.items() if style.xpath("w:pPr/w:jc/@w:val") == [align]} == names
    levels = {name: one(style.xpath("w:pPr/w:outlineLvl/@w:val")) for name, style in styles.items()}
    assert {name: level for name, level in levels.items() if level} == {
        f"heading{level + 1}": str(level) for level in range(6)
    }
    assert {name for name, style in styles.items() if style.xpath("w:next/@w:val") == ["BodyText"]} == set(levels) & {
        f"heading{level}" for level in range(1, 7)
    }


def test_one_style_is_that_of_all_paragraphs_and_some_are_those_of_characters(styles: dict[str, Any]) -> None:
    assert [name for name, style in styles.items() if style.get(qn("w:default"))] == ["Normal"]
    assert {name for name, style in styles.items() if style.get(qn("w:type")) == "character"} == {
        "Run-inHeading", "Emphasis", "CommentReference"
    }  # fmt: skip


def test_what_has_no_style_looks_like_the_text_and_the_file_is_one_of_word_2013(document: Document) -> None:
    letters = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")[0]
    assert letters.xpath("w:rFonts/@w:eastAsia") + letters.xpath("w:sz/@w:val") == [BODY, "32"]
    mode = document.settings.element.xpath("w:compat/w:compatSetting[@w:name='compatibilityMode']/@w:val")
    assert mode == ["15"]


def test_a_line_has_28_characters_and_a_page_22_lines(styles: dict[str, Any]) -> None:
    (closer,) = styles["Normal"].xpath("w:rPr/w:spacing/@w:val")
    advance = 16 + int(closer) / 20
    assert PAGE.across == pytest.approx(156 / 25.4 * 72)
    assert 28 * advance <= PAGE.across < 28 * (advance + 0.05)
    text = (PAGE.height - PAGE.top - PAGE.bottom) / 25.4 * 72
    assert int(text / 28) == 22
    assert pytest.approx(42.1, abs=0.05) == ACROSS


def test_page_numbers_stand_a_character_in_from_the_outer_edge(document: Document) -> None:
    (section,) = document.sections
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin] == [37, 35, 28, 26]
    assert section.gutter == 0
    assert [round(distance.mm) for distance in (section.footer_distance, section.header_distance) if distance] == [
        25
    ] * 2
    for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = foot.paragraphs
        assert paragraph.text == "— 1 —"
        (indent,) = paragraph._p.xpath("w:pPr/w:ind")
        assert {name.rpartition("}")[2]: value for name, value in indent.attrib.items()} == {
            f"{side}Chars": "100",
            side: "280",
        }
        assert paragraph._p.xpath("w:pPr/w:jc/@w:val") == [side]


def test_tables_have_thin_rules_and_room_around_what_stands_in_them(document: Document) -> None:
    (table,) = (style.element for style in document.styles if style.style_id == "Table")
    margins = {margin.tag.rpartition("}")[2]: margin.get(qn("w:w")) for margin in table.xpath("w:tblPr/w:tblCellMar/*")}
    assert margins == {"top": "30", "left": "40", "bottom": "30", "right": "40"}
    assert table.xpath("w:tblPr/w:tblBorders/*/@w:sz") == ["4"] * 6
    assert table.xpath("w:tcPr/w:vAlign/@w:val") == ["center"]


def test_each_font_is_named_in_chinese_and_known_by_its_other_names() -> None:
    with zipfile.ZipFile(io.BytesIO(reference_document())) as parts:
        fonts: Any = parse_xml(parts.read("word/fontTable.xml"))
    names: dict[str, str] = {
        font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val")) for font in fonts.iterchildren()
    }
    assert {BODY, HEADING, SUBHEADING, "方正小标宋简体", "宋体"} == set(names)
    for name, others in names.items():
        assert others and name not in others.split(",")
    assert names["宋体"] == "SimSun"

"""A Word document is read as it would print."""

from __future__ import annotations

import io
import zipfile

import docx as python_docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.made import docx, p, tbl, tc, zipped
from reportkit.display import tables
from reportkit.documents.document import Block, Box, Document, Grid, Heading, Paragraph, UnreadableError
from reportkit.documents.html import read_html
from reportkit.documents.numbering import Counters, Level
from reportkit.documents.word import read_word
from reportkit.report import Agency, new_report


def blocks(body: str, **parts: str) -> list[Block]:
    return list(read_word(docx(body, **parts), "示例.docx").blocks)


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for block in blocks(body, **parts) if not isinstance(block, Grid)]


def rows(body: str) -> list[list[str | None]]:
    (grid,) = [block for block in blocks(body) if isinstance(block, Grid)]
    return [[box.text if box else None for box in row] for row in grid.rows]


def test_a_document_made_by_python_docx_is_read() -> None:
    document = python_docx.Document()
    document.core_properties.title = "示例 标题"
    document.add_heading("示例局年度报告", 0)
    document.add_heading("一、总体情况", 1)
    document.add_paragraph("甲\t乙\n丙")
    table = document.add_table(3, 3)
    for at, cell in enumerate(table._cells):
        cell.text = str(at)
    table.cell(0, 0).merge(table.cell(1, 1))
    target = io.BytesIO()
    document.save(target)
    read = read_word(target.getvalue(), "示例.docx")
    assert read.title == "示例 标题"
    assert read.blocks[:3] == (Heading("示例局年度报告", 1), Heading("一、总体情况", 1), Paragraph("甲 乙\n丙"))
    grid = read.blocks[3]
    assert isinstance(grid, Grid)
    box = grid.rows[0][0]
    assert isinstance(box, Box)
    assert (box.rowspan, box.colspan, box.text) == (2, 2, "0 1 3 4")
    assert box is grid.rows[1][1]
    assert [cell.text for cell in grid.rows[2] if cell] == ["6", "7", "8"]


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/></w:r>", "甲 乙\n丙-"),
        ("<w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>", "新"),
        ("<w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo>", "新"),
        (
            "<w:hyperlink><w:r><w:t>链</w:t></w:r></w:hyperlink><w:fldSimple><w:r><w:t>域</w:t></w:r></w:fldSimple>",
            "链域",
        ),
        ("<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>", "控件"),
        (
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>显</w:t></w:r>",
            "显",
        ),
        ("<w:r><w:instrText>PAGE</w:instrText><w:t>1</w:t></w:r><!-- c -->", "1"),
    ],
)
def test_a_paragraph_reads_as_it_prints(inside: str, said: str) -> None:
    assert texts(f"<w:p>{inside}</w:p>") == [said]


def test_what_wraps_paragraphs_is_seen_through() -> None:
    body = f"<w:sdt><w:sdtContent>{p('甲')}<w:customXml>{p('乙')}</w:customXml></w:sdtContent></w:sdt><w:ins>{p('丙')}</w:ins>"
    assert texts(body + "<w:sectPr/>") == ["甲", "乙", "丙"]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    choice = f"<mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    assert texts(f"<w:p><w:r><w:t>框外</w:t>{choice}</w:r></w:p>") == ["框外", "框内"]
    assert texts(
        f"<mc:AlternateContent><mc:Choice>{p('甲')}</mc:Choice><mc:Fallback>{p('甲')}</mc:Fallback></mc:AlternateContent>"
    ) == ["甲"]


def test_headings_are_known_by_style_and_by_outline() -> None:
    styles = (
        "<w:style w:styleId='1'><w:name w:val='heading 1'/></w:style>"
        "<w:style w:styleId='2'><w:name w:val='标题 2'/></w:style>"
        "<w:style w:styleId='3'><w:name w:val='自定'/><w:basedOn w:val='4'/></w:style>"
        "<w:style w:styleId='4'><w:name w:val='底'/><w:basedOn w:val='3'/><w:pPr><w:outlineLvl w:val='2'/></w:pPr></w:style>"
        "<w:style w:styleId='5'><w:name w:val='Title'/></w:style>"
        "<w:style w:styleId='6'><w:name w:val='toc 1'/></w:style>"
    )
    body = "".join(p(name, f"<w:pStyle w:val='{name}'/>") for name in "1234567")
    body += p("8", "<w:outlineLvl w:val='0'/>") + p("9", "<w:outlineLvl w:val='9'/>")
    found = blocks(body, styles=styles)
    assert found == [
        Heading("1", 1),
        Heading("2", 2),
        Heading("3", 3),
        Heading("4", 3),
        Heading("5", 1),
        Paragraph("7"),
        Heading("8", 1),
        Paragraph("9"),
    ]


def test_a_table_of_contents_is_left_out() -> None:
    gallery = "<w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
    body = f"<w:sdt>{gallery}<w:sdtContent>{p('一、总体情况')}</w:sdtContent></w:sdt>{p('正文')}"
    body += "<w:p><w:hyperlink w:anchor='_Toc1'><w:r><w:t>二、</w:t></w:r></w:hyperlink></w:p>"
    assert texts(body) == ["正文"]


def test_what_is_said_of_a_picture_is_left_out() -> None:
    styles = "<w:style w:styleId='1'><w:name w:val='Caption'/></w:style>"
    picture = "<w:p><w:r><w:drawing><blip/></w:drawing></w:r></w:p>"
    caption, text = p("图1", "<w:pStyle w:val='1'/>"), p("文")
    assert texts(picture + caption + caption + picture + text + caption, styles=styles) == ["图1", "文", "图1"]
    assert texts(picture + tbl(tc("甲") + tc("乙")) + caption, styles=styles) == ["图1"]


def numbering() -> str:
    def level(depth: int, kind: str, pattern: str, start: int = 1) -> str:
        return f"<w:lvl w:ilvl='{depth}'><w:start w:val='{start}'/><w:numFmt w:val='{kind}'/><w:lvlText w:val='{pattern}'/></w:lvl>"

    return (
        f"<w:abstractNum w:abstractNumId='0'>{level(0, 'chineseCountingThousand', '%1、')}{level(1, 'chineseCounting', '（%2）')}"
        f"{level(2, 'decimal', '%3.')}</w:abstractNum>"
        f"<w:abstractNum w:abstractNumId='1'>{level(0, 'bullet', '·')}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num>"
        "<w:num w:numId='3'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride>"
        f"<w:lvlOverride w:ilvl='1'>{level(1, 'upperLetter', '%2')}</w:lvlOverride><w:lvlOverride w:ilvl='7'/></w:num>"
    )


def numbered(name: int, depth: int) -> str:
    return f"<w:numPr><w:ilvl w:val='{depth}'/><w:numId w:val='{name}'/></w:numPr>"


def test_numbers_that_word_prints_are_read() -> None:
    places = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 0), (1, 1), (2, 0), (3, 0), (3, 1), (1, 0), (0, 0), (9, 0), (1, 8)]
    body = "".join(p("甲", numbered(*place)) for place in places)
    labels = [text.removesuffix("甲") for text in texts(body, numbering=numbering())]
    assert labels == ["一、", "（一）", "（二）", "1.", "二、", "（一）", "", "五、", "A ", "三、", "", "", ""]


def test_a_style_may_number_its_paragraphs() -> None:
    styles = f"<w:style w:styleId='a'><w:name w:val='heading 1'/><w:pPr>{numbered(1, 0)}</w:pPr></w:style>"
    body = p("总体情况", "<w:pStyle w:val='a'/>") + p() + p("主动公开", "<w:pStyle w:val='a'/>")
    assert blocks(body, styles=styles, numbering=numbering()) == [
        Heading("一、总体情况", 1),
        Heading("二、主动公开", 1),
    ]


@pytest.mark.parametrize(
    ("kind", "number", "label"),
    [
        ("decimalEnclosedCircle", 3, "③"),
        ("decimalEnclosedCircle", 33, "33"),
        ("decimalFullWidth", 12, "１２"),
        ("decimalZero", 7, "07"),
        ("lowerLetter", 2, "b"),
        ("upperRoman", 14, "XIV"),
        ("lowerRoman", 49, "xlix"),
        ("chineseCounting", 31, "三十一"),
        ("chineseCounting", 120, "120"),
        ("unheard-of", 4, "4"),
        ("none", 4, ""),
    ],
)
def test_numerals_of_every_kind_are_written(kind: str, number: int, label: str) -> None:
    assert Counters().next_label("a", {0: Level("%1.", kind, number)}, 0).removesuffix(".") == label


# ---------------------------------------------------------------------- tables


def test_merged_cells_stand_wherever_they_span() -> None:
    restart, goes_on = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    body = tbl(
        tc("头", "<w:gridSpan w:val='3'/>"),
        tc("甲", restart) + tc("1") + tc("2"),
        tc("丢", goes_on) + tc("3") + tc("4"),
        tc("乙") + tc("5", goes_on) + tc("6"),
    )
    assert rows(body) == [["头", "头", "头"], ["甲", "1", "2"], ["甲", "3", "4"], ["乙", "3", "6"]]
    (grid,) = blocks(body)
    assert isinstance(grid, Grid)
    assert grid.rows[1][0] is grid.rows[2][0]


def test_rows_that_begin_late_cells_merged_sideways_and_rows_taken_out() -> None:
    body = tbl(
        tc("a") + tc("b", "<w:hMerge w:val='restart'/>") + tc("", "<w:hMerge/>"),
        "<w:trPr><w:gridBefore w:val='1'/></w:trPr>" + tc("c") + tc("d"),
        "<w:trPr><w:del/></w:trPr>" + tc("x") + tc("y"),
        tc("e", "<w:vMerge/>") + tc("f") + tc("g", "<w:gridSpan w:val='999999'/>"),
    )
    assert rows(body) == [["a", "b", "b"], [None, "c", "d"], ["e", "f", "g"]]


@pytest.mark.parametrize("year", [2020, 2023])
@pytest.mark.parametrize("key", ["disclosure", "applications", "challenges"])
def test_a_statutory_table_is_the_grid_that_the_published_page_has(year: int, key: str) -> None:
    source = tables.table(new_report(Agency("a", "示例局"), year), key).html
    (page,) = [block for block in read_html(source, "x").blocks if isinstance(block, Grid)]
    document = python_docx.Document()
    table = document.add_table(len(page.rows), len(page.rows[0]))
    for row, line in enumerate(page.rows):
        for column, box in enumerate(line):
            if (
                box
                and (not row or page.rows[row - 1][column] is not box)
                and (not column or line[column - 1] is not box)
            ):
                cell = table.cell(row, column)
                cell.merge(table.cell(row + box.rowspan - 1, column + box.colspan - 1)).text = box.text
    target = io.BytesIO()
    document.save(target)
    (word,) = read_word(target.getvalue(), "x").blocks
    assert isinstance(word, Grid)
    assert shape(word) == shape(page)


def shape(grid: Grid) -> list[list[tuple[str, int, int]]]:
    return [[(box.text, box.rowspan, box.colspan) for box in row if box] for row in grid.rows]


def test_a_table_that_lays_a_page_out_is_no_grid() -> None:
    inner = tbl(tc("规章") + tc("1"), tc("文件") + tc("2"))
    body = tbl(f"<w:tc>{p('前')}{inner}{p('后')}</w:tc>")
    found = blocks(body)
    assert [block.text if not isinstance(block, Grid) else "grid" for block in found] == ["前", "grid", "后"]


def test_a_small_table_within_a_cell_is_the_cell_s_text() -> None:
    inner = tbl(tc("商业") + tc("企业"))
    body = tbl(tc("a") + f"<w:tc>{inner}{p()}</w:tc>" + tc("b"), tc("1") + tc("2") + tc("3"))
    assert rows(body) == [["a", "商业 企业", "b"], ["1", "2", "3"]]


def test_a_table_larger_than_any_statutory_one_is_refused() -> None:
    wide = tc("1", "<w:gridSpan w:val='1000'/>") * 3
    with pytest.raises(UnreadableError, match="covers more than"):
        blocks(tbl(*[wide] * 700))


# ---------------------------------------------------------------------- bounds


def test_a_document_without_a_body_or_words_is_refused() -> None:
    with pytest.raises(UnreadableError, match="without any words"):
        blocks(p())
    with pytest.raises(UnreadableError, match="without a body"):
        read_word(zipped({"word/document.xml": "<document/>"}), "x")


def test_a_part_over_the_limit_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", b" " * (33 << 20))
    with pytest.raises(UnreadableError, match="over 32 MiB"):
        read_word(target.getvalue(), "x")


def test_a_size_that_is_declared_falsely_does_not_deceive() -> None:
    body = p("示例" * 1000)
    size = len(zipfile.ZipFile(io.BytesIO(docx(body))).read("word/document.xml"))
    data = docx(body).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    with pytest.raises(UnreadableError, match="damaged"):
        read_word(data, "x")


def test_an_archive_that_unpacks_to_much_more_than_it_weighs_is_refused() -> None:
    with pytest.raises(UnreadableError, match="unpacks to 30 MiB"):
        read_word(zipped({"word/document.xml": b" " * (30 << 20)}), "x")


@pytest.mark.parametrize("content", ["<w:document", "", "<a/>" * 2, "<a>" * 300 + "</a>" * 300])
def test_xml_that_is_damaged_is_refused(content: str) -> None:
    with pytest.raises(UnreadableError, match="damaged Word document"):
        read_word(zipped({"word/document.xml": content}), "x")


def test_a_doctype_in_another_encoding_is_refused() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    with pytest.raises(UnreadableError, match="declares entities"):
        read_word(zipped({"word/document.xml": text.encode("utf-16")}), "x")


def test_what_is_no_archive_is_refused() -> None:
    with pytest.raises(UnreadableError, match="damaged Word document"):
        read_word(b"PK\x03\x04 nothing", "x")


def test_an_encrypted_part_is_refused() -> None:
    data = bytearray(docx(p("示例")))
    at = data.rindex(b"PK\x01\x02", 0, data.index(b"word/document.xml", data.index(b"PK\x01\x02")))
    data[at + 8] |= 1
    with pytest.raises(UnreadableError, match="protected by a password; save it without one"):
        read_word(bytes(data), "x")


WHOLE = docx(
    p("题", "<w:pStyle w:val='1'/>") + p("甲", numbered(1, 0)) + tbl(tc("规章") + tc("1"), tc("文件") + tc("2")),
    styles="<w:style w:styleId='1'><w:name w:val='heading 1'/></w:style>",
    numbering=numbering(),
)


@given(st.data())
def test_any_damage_to_a_document_is_survived(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for at in data.draw(st.lists(st.integers(0, len(WHOLE) - 1), max_size=8)):
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(read_word(bytes(damaged), "x"), Document)
    except UnreadableError as error:
        assert "\n" not in str(error)


@given(st.data())
def test_any_damage_to_its_xml_is_survived(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(part for part in parts if part.startswith("word/"))))
    words = parts[name].split(b"'") if b"'" in parts[name] else parts[name].split(b'"')
    at = data.draw(st.integers(0, len(words) - 1))
    words[at] = data.draw(st.sampled_from([b"-1", b"99999999999", b"x", b"", b"\xff", b"0"]))
    parts[name] = b"'".join(words)
    try:
        assert isinstance(read_word(zipped(dict(parts)), "x"), Document)
    except UnreadableError as error:
        assert "\n" not in str(error)

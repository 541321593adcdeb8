"""A PDF with text is read into paragraphs and grids."""

from __future__ import annotations

import builtins
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from documents.made import NARRATIVE, article, locked_pdf, pdf, ruled, said, scanned_pdf
from reportkit.documents.document import Document, Grid, Heading, Paragraph, UnreadableError
from reportkit.documents.html import read_html
from reportkit.documents.pdf import _plain, read_pdf
from reportkit.documents.print_lines import print_lines, run_on
from reportkit.form import form_for
from reportkit.publish.exporters import export


def texts(data: bytes) -> list[str]:
    return [block.text for block in read_pdf(data, "x").blocks if isinstance(block, Paragraph)]


def grids(document: Document) -> list[list[list[str | None]]]:
    return [
        [[box.text.replace(" ", "") if box else None for box in row] for row in block.rows]
        for block in document.blocks
        if isinstance(block, Grid)
    ]


# -------------------------------------------------------- as a browser prints it

LONG = "示例：" + "本机关认真贯彻落实政府信息公开条例，不断提升政府信息公开的质量和实效，" * 6 + "到此为止。"


@pytest.fixture(scope="session")
def source() -> str:
    """The published page of a report with figures and a long paragraph."""
    figures = {"applications.received.natural_person": 12, "applications.granted.natural_person": 12}
    body = article(2023, figures).replace(NARRATIVE["overview"], LONG)
    paragraphs = body.replace("<p>", '<p style="text-indent:2em">')
    output = new_output("display_data", {"text/html": paragraphs})
    return export(new_notebook(cells=[new_code_cell("", outputs=[output])]), "publish")


@pytest.fixture(scope="session")
def printed(browser: Any, source: str) -> Document:
    page = browser.new_page()
    page.set_content(source)
    data = page.pdf(
        format="A4",
        display_header_footer=True,
        header_template="<span style='font-size:10px'>示例市示例局</span>",
        footer_template="<span style='font-size:10px'>第 <span class=pageNumber></span> 页</span>",
        margin={"top": "60px", "bottom": "60px"},
    )
    page.close()
    return read_pdf(data, "示例.pdf")


def test_a_printed_page_has_the_tables_of_the_page(printed: Document, source: str) -> None:
    page = grids(read_html(source, "示例.html"))
    found = grids(printed)
    assert len(found) == len(page) == 3
    for one, other in zip(found, page, strict=True):
        # The caption of a table may have come out as its first row.
        assert one[-len(other) :] == other
        assert len(one) <= len(other) + 1


def test_a_printed_page_has_the_sections_and_paragraphs_of_the_page(printed: Document) -> None:
    said = [block.text for block in printed.blocks if isinstance(block, Paragraph)]
    assert [text for text in said if text[1:2] == "、"] == [
        section.title for section in form_for(2023).sections if section.title
    ]
    assert LONG in said
    assert NARRATIVE["other"] in said


def test_page_numbers_and_running_headers_are_left_out(printed: Document) -> None:
    said = [block.text for block in printed.blocks if isinstance(block, Paragraph)]
    assert not [text for text in said if text.startswith("第") and text.endswith("页")]
    assert "示例市示例局" not in said


# ------------------------------------------------------------------- by hand

RIGHT = "x" * 70


def test_lines_are_joined_where_a_paragraph_goes_on() -> None:
    lines = [("  " + RIGHT[:-4], 74), (RIGHT, 50), ("the end", 50), ("new paragraph", 74), (RIGHT, 50)]
    content = "".join(said(text.strip(), x, 700 - 18 * at) for at, (text, x) in enumerate(lines))
    assert len(texts(pdf(content + said("far below", 50, 300)))) == 4


def test_a_paragraph_goes_on_over_the_page() -> None:
    first = said(RIGHT, 50, 120)
    assert texts(pdf(first, said("goes on", 50, 700))) == [f"{RIGHT} goes on"]
    assert texts(pdf(first, said("indented", 80, 700))) == [RIGHT, "indented"]


def table(*lines: str, y: float = 700) -> str:
    content = ""
    for row, words in enumerate(lines):
        for column, word in enumerate(words.split(" ")):
            x, bottom = 50 + 60 * column, y - 20 * row
            content += ruled((x, bottom, 60, 20)) + (said(word, x + 5, bottom + 5) if word != "-" else "")
    return content


def test_a_table_is_a_grid_and_its_words_no_paragraph() -> None:
    document = read_pdf(pdf(said("above", 50, 750) + table("a b c", "d - 1") + said("below", 50, 600)), "x")
    assert grids(document) == [[["a", "b", "c"], ["d", "", "1"]]]
    assert [type(block).__name__ for block in document.blocks] == ["Paragraph", "Grid", "Paragraph"]


def test_a_cell_that_spans_is_one_box() -> None:
    content = ruled((50, 700, 60, 40), (110, 720, 120, 20), (110, 700, 60, 20), (170, 700, 60, 20))
    content += said("tall", 55, 715) + said("wide", 115, 725) + said("1", 115, 705) + said("2", 175, 705)
    document = read_pdf(pdf(content), "x")
    assert grids(document) == [[["tall", "wide", "wide"], ["tall", "1", "2"]]]
    (grid,) = document.blocks
    assert isinstance(grid, Grid)
    assert grid.rows[0][0] is grid.rows[1][0]
    assert [(box.rowspan, box.colspan) for box in grid.rows[0] if box][:2] == [(2, 1), (1, 2)]


def test_a_table_in_the_same_columns_goes_on_over_the_page() -> None:
    document = read_pdf(pdf(table("k v", "a 1", y=100), table("k v", "b 2") + said("after", 50, 500)), "x")
    assert grids(document) == [[["k", "v"], ["a", "1"], ["b", "2"]]]
    document = read_pdf(pdf(table("k v", "a 1", y=100), table("k v", "a 1")), "x")
    assert grids(document) == [[["k", "v"], ["a", "1"], ["k", "v"], ["a", "1"]]]
    document = read_pdf(pdf(table("k v", "a b", y=100), table("k v", "a b")), "x")
    assert grids(document) == [[["k", "v"], ["a", "b"], ["k", "v"], ["a", "b"]]]


def test_a_table_in_other_columns_is_another() -> None:
    assert len(grids(read_pdf(pdf(table("a b", y=100), table("a b c")), "x"))) == 2
    shifted = ruled((80, 700, 60, 20), (140, 700, 60, 20)) + said("a", 85, 705) + said("b", 145, 705)
    assert len(grids(read_pdf(pdf(table("a b", y=100), shifted), "x"))) == 2


def test_look_alikes_of_characters_are_put_right() -> None:
    assert "".join(map(_plain, "⼈⺠政府⻔⼾⽹站一⼀⿕")) == "人民政府门户网站一一龠"


def test_a_frame_without_words_is_nothing() -> None:
    assert texts(pdf(table("- -", "- -") + said("text", 50, 400))) == ["text"]


def test_furniture_is_what_stands_at_the_edge_of_several_pages() -> None:
    pages = [
        said("Running head", 50, 810) + said(f"{at} first {at}", 50, 700) + said(f"- {at} -", 290, 30)
        for at in (1, 2, 3)
    ]
    assert texts(pdf(*pages)) == ["1 first 1", "2 first 2", "3 first 3"]


def test_what_stands_at_the_edge_of_every_other_page_is_furniture_and_of_a_few_is_none() -> None:
    heads = [said(("Odd head", "Even head")[at % 2], 50, 810 - at % 3 / 2) for at in range(5)]
    body = said("text.", 50, 400)
    assert texts(pdf(*[head + body for head in heads])) == ["text."] * 5
    rare = [said("Note", 50, 810) if at < 2 else "" for at in range(7)]
    assert texts(pdf(*[head + body for head in rare])).count("Note") == 2


def test_lines_that_reach_no_margin_are_paragraphs_of_their_own() -> None:
    assert texts(pdf(said("x" * 36, 50, 700) + said("y" * 36, 50, 685))) == ["x" * 36, "y" * 36]


# --------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (scanned_pdf(), "a scanned PDF"),
        (pdf(""), "a PDF without any text"),
        (locked_pdf(), "protected by a password"),
        (pdf(*[""] * 201), "201 pages, over the limit of 200"),
        (b"%PDF-1.4 nothing more", "damaged PDF|without any text"),
    ],
)
def test_what_has_no_text_to_read_is_refused(data: bytes, line: str) -> None:
    with pytest.raises(UnreadableError, match=line):
        read_pdf(data, "x")


def test_a_missing_reader_of_pdf_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("pdfplumber"):
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UnreadableError, match=r'pip install "reportkit\[pdf\]"'):
        read_pdf(pdf(""), "x")


def test_too_little_memory_is_not_taken_for_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("pdfplumber.open", exhausted)
    with pytest.raises(MemoryError):
        read_pdf(pdf(""), "x")


def test_a_title_that_the_file_states_is_read() -> None:
    data = pdf(said("a", 50, 700), trailer="/Info<</Title(Example)>>")
    assert read_pdf(data, "x").title == "Example"


WHOLE = pdf(said("above", 50, 750) + table("a b c", "d - 1"), said("more", 50, 700))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_is_survived(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for at in data.draw(st.lists(st.integers(0, len(WHOLE) - 1), max_size=8)):
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        assert read_pdf(bytes(damaged), "x").blocks
    except UnreadableError as error:
        assert "\n" not in str(error)


def test_words_far_apart_on_a_line_are_parted() -> None:
    assert texts(pdf(said("left", 50, 700) + said("right", 300, 700))) == ["left right"]


def marked(*texts: str) -> str:
    return "".join(f"/P <</MCID {at}>> BDC {said(text, 50, 700 - 40 * at)} EMC\n" for at, text in enumerate(texts))


def test_what_is_written_in_a_picture_is_no_text() -> None:
    kids = (
        "<</S/P/Pg 4 0 R/K 0>><</S/Div/K[<</S/Figure/Alt(a)/Pg 4 0 R/K[1]>><</S/Caption/Pg 4 0 R/K[<</S/P/K 2>>]>>]>>"
    )
    tags = f"/StructTreeRoot<</K[<</S/Document/K[{kids}<</S/Figure/Pg 4 0 R/K[3]>>]>>]>>"
    page = marked("text", "in a picture", "below it", "in one without a description")
    assert texts(pdf(page, catalog=tags)) == ["text", "in one without a description"]


@pytest.mark.parametrize(
    "tags", ["1 0 R", "<</K 1 0 R>>", "[[[]]]", "<</K[<</S/Figure/Alt()/K<</K 9 9 R>>>>]>>", "7", "null"]
)
def test_tags_that_make_no_sense_are_passed_over(tags: str) -> None:
    assert texts(pdf(marked("text"), catalog=f"/StructTreeRoot {tags}/K 1 0 R/S/Sect")) == ["text"]


def character(text: str, x0: float, width: float = 16) -> dict[str, Any]:
    return {"text": text, "x0": x0, "x1": x0 + width, "top": 100, "bottom": 116}


def test_characters_moved_apart_to_fill_a_line_are_no_words() -> None:
    apart = [character(text, 30 * at) for at, text in enumerate("一是本机关")]
    (line,) = print_lines([*apart, *(character(text, 160 + 8 * at, 8) for at, text in enumerate("https"))])
    assert line.text == "一是本机关https"
    (line,) = print_lines([*(character(text, 16 * at) for at, text in enumerate("予以公开")), character("2", 200, 8)])
    assert line.text == "予以公开 2"


def test_a_bracket_whose_empty_half_lies_over_a_letter_stays_behind_it() -> None:
    (line,) = print_lines([character("W", 0, 10), character("i", 10, 4), character("（", 6), character("含", 22)])
    assert line.text == "Wi（含"


def test_an_address_goes_on_over_a_line_without_a_space() -> None:
    assert run_on("见https://www.", "example.org") == "见https://www.example.org"
    assert run_on("A4", "纸", spaced=True) == "A4 纸"


def test_spaces_alone_are_no_text() -> None:
    assert texts(pdf(said("   ", 50, 700) + said("text", 50, 600))) == ["text"]


def test_headings_are_for_files_that_mark_them() -> None:
    assert not any(isinstance(block, Heading) for block in read_pdf(WHOLE, "x").blocks)

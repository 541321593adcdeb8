"""Ruled tables of a PDF: borders left open or cut off, and what goes on over a page's end."""

from __future__ import annotations

from typing import Any

import pytest

from documents.made import article, page, pdf, said
from reportkit.documents.document import Box, Document, Grid, Paragraph
from reportkit.documents.html import read_html
from reportkit.documents.pdf import read_pdf
from reportkit.form import form_for

WIDTH, HEIGHT = 80, 20
SIDES = frozenset(["left", "right", "top", "bottom"])


def rows_of(document: Document) -> list[list[list[str | None]]]:
    return [
        [[box.text if box else None for box in row] for row in block.rows]
        for block in document.blocks
        if isinstance(block, Grid)
    ]


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {y0} m {x1} {y1} l S\n"


def table(*rows: str, y: float = 700, x: float = 50, sides: frozenset[str] = SIDES, group: str = "") -> str:
    """A table as PDF draws it, with these outer borders.

    A `group` covers the first column; its border "above" or "below" is not drawn, as it goes on over the page's end.
    """
    words = [row.split(" ") for row in rows]
    right, bottom = x + WIDTH * len(words[0]), y - HEIGHT * len(words)
    content = ""
    for at in range(len(words) + 1):
        if (at > 0 or "top" in sides) and (at < len(words) or "bottom" in sides):
            drawn_through = not group or (at == 0 and group == "below") or (at == len(words) and group == "above")
            content += line(x if drawn_through else x + WIDTH, y - HEIGHT * at, right, y - HEIGHT * at)
    for at in range(len(words[0]) + 1):
        if (at > 0 or "left" in sides) and (at < len(words[0]) or "right" in sides):
            content += line(x + WIDTH * at, y, x + WIDTH * at, bottom)
    for down, row in enumerate(words):
        for across, word in enumerate(row):
            if word != "-":
                content += said(word, x + WIDTH * across + 5, y - HEIGHT * (down + 1) + 6, 10)
    return content


@pytest.mark.parametrize(
    "missing", [[], ["left"], ["right"], ["top"], ["bottom"], ["left", "right"], ["top", "right"], [*sorted(SIDES)]]
)
def test_a_table_without_some_of_its_borders_is_whole(missing: list[str]) -> None:
    rows = ["label p q r", "a 1 2 3", "b 4 5 6", "c 7 8 9"]
    document = read_pdf(pdf(table(*rows, sides=SIDES - set(missing))), "x")
    assert rows_of(document) == [[row.split(" ") for row in rows]]


@pytest.mark.parametrize("x", [1, -2, 275, 278])
def test_a_border_at_the_paper_s_edge_or_outside_is_no_loss(x: float) -> None:
    rows = ["label p q r", "a 1 2 3", "b 4 5 6"]
    missing = "left" if x < 100 else "right"
    for sides in (SIDES, SIDES - {missing}):
        document = read_pdf(pdf(table(*rows, x=x, sides=sides)), "x")
        assert rows_of(document) == [[row.split(" ") for row in rows]]


@pytest.mark.parametrize("above", [SIDES, SIDES - {"bottom"}])
@pytest.mark.parametrize("below", [SIDES, SIDES - {"top"}])
@pytest.mark.parametrize("head", [[], ["label p q r"]])
def test_a_table_goes_on_over_the_page(above: frozenset[str], below: frozenset[str], head: list[str]) -> None:
    first, second = ["label p q r", "a 1 2 3"], ["b 4 5 6", "c 7 8 9"]
    document = read_pdf(pdf(table(*first, y=100, sides=above), table(*head, *second, y=800, sides=below)), "x")
    assert rows_of(document) == [[row.split(" ") for row in first + second]]


def test_a_single_row_goes_on_over_the_page() -> None:
    document = read_pdf(pdf(table("k p q r", "a 1 2 3", y=100), table("b 4 5 6", y=800, sides=SIDES - {"top"})), "x")
    assert rows_of(document) == [[["k", "p", "q", "r"], ["a", "1", "2", "3"], ["b", "4", "5", "6"]]]


def test_figures_on_either_side_of_a_page_s_end_are_never_one() -> None:
    above = table("k p q r", "a 1 2 3", y=100, sides=SIDES - {"bottom"})
    for second in ("b 4 5 6", "- 4 5 6", "b 4 - -"):
        document = read_pdf(pdf(above, table(second, "c 7 8 9", y=800, sides=SIDES - {"top"})), "x")
        assert rows_of(document)[0][1] == ["a", "1", "2", "3"]
        assert rows_of(document)[0][2] == [word.replace("-", "") for word in second.split(" ")]


@pytest.mark.parametrize("head", [[], ["k p q r"]])
def test_a_row_that_the_page_s_end_cuts_in_two_is_one(head: list[str]) -> None:
    above = table("k p q r", "a 4 5 6", "abcdefghijklm - - -", y=120, sides=SIDES - {"bottom"})
    for second, label in (("nop 1 2 3", "abcdefghijklm nop"), ("- 1 2 3", "abcdefghijklm")):
        document = read_pdf(pdf(above, table(*head, second, "c 7 8 9", y=800, sides=SIDES - {"top"})), "x")
        first, last = ["k p q r", "a 4 5 6"], "c 7 8 9"
        assert rows_of(document) == [
            [*(row.split(" ") for row in first), [label, "1", "2", "3"], last.split(" ")],
        ]


@pytest.mark.parametrize(("upper", "lower", "rows"), [("abcdefghijklmno", "no", 4), ("no", "abcdefghijklmno", 3)])
def test_a_cell_goes_on_where_its_last_line_is_full(upper: str, lower: str, rows: int) -> None:
    above = (
        table("k p q r", "- - - -", y=100, sides=SIDES - {"bottom"}) + said(upper, 55, 71, 9) + said(lower, 55, 62, 9)
    )
    document = read_pdf(pdf(above, table("p 1 2 3", "c 7 8 9", y=800, sides=SIDES - {"top"})), "x")
    assert len(rows_of(document)[0]) == rows


def test_a_cell_over_several_rows_goes_on_over_the_page() -> None:
    above = table("g a 1 2", "- b 3 4", y=100, group="below")
    below = table("- c 5 6", "- d 7 8", y=800, group="above")
    (grid,) = (block for block in read_pdf(pdf(above, below), "x").blocks if isinstance(block, Grid))
    groups = [row[0] for row in grid.rows]
    assert isinstance(groups[0], Box)
    assert all(box is groups[0] for box in groups)
    assert (groups[0].text, groups[0].rowspan) == ("g", 4)


def test_merged_columns_alone_on_a_page_are_the_same_table() -> None:
    def wide(*words: str, y: float) -> str:
        """A row whose first cell covers two columns."""
        frame = line(50, y, 370, y) + line(50, y - 20, 370, y - 20)
        frame += "".join(line(x, y, x, y - 20) for x in (50, 210, 290, 370))
        return frame + "".join(said(word, x, y - 14, 10) for word, x in zip(words, (55, 215, 295), strict=True))

    document = read_pdf(pdf(table("k p q r", "a b 1 2", y=100), wide("sum", "3", "4", y=800)), "x")
    assert rows_of(document) == [[["k", "p", "q", "r"], ["a", "b", "1", "2"], ["sum", "sum", "3", "4"]]]
    (grid,) = document.blocks
    assert isinstance(grid, Grid)
    assert [(box.rowspan, box.colspan) for box in dict.fromkeys(grid.rows[2]) if box] == [(1, 2), (1, 1), (1, 1)]


def test_an_open_frame_around_text_keeps_its_paragraphs() -> None:
    frame = line(50, 800, 50, 40) + line(540, 800, 540, 40)
    inside = said("first", 60, 700) + said("second", 60, 600)
    for edge in ("", line(50, 800, 540, 800), line(50, 40, 540, 40)):
        document = read_pdf(pdf(frame + edge + inside), "x")
        assert document.blocks == (Paragraph("first"), Paragraph("second"))


def test_what_stands_beside_the_cells_of_a_table_is_text() -> None:
    wide, narrow = table("a b c d", "e 1 2 3", y=700), table("f g", "h 4", y=660)
    for x in (10, 300):
        document = read_pdf(pdf(wide + narrow + said("beside", x, 635)), "x")
        assert Paragraph("beside") in document.blocks


# ---------------------------------------------------------------- as a browser prints it

LINES = {
    "each cell drawn": "table{border-collapse:collapse}td,th{border:1px solid}",
    "lines right and below": "table{border-collapse:separate;border:0 solid;border-width:1px 0 0 1px}"
    "td,th{border:0 solid;border-width:0 1px 1px 0}",
    "lines left and above": "table{border-collapse:separate;border:0 solid;border-width:0 1px 1px 0}"
    "td,th{border:0 solid;border-width:1px 0 0 1px}",
    "right border cut off": "body{overflow:hidden;width:600px}table{border-collapse:collapse;width:602px!important}"
    "td,th{border:1px solid}",
    "head only once": "thead{display:table-row-group}table{border-collapse:collapse}td,th{border:1px solid}",
    "high rows": "table{border-collapse:collapse}td{height:60px}td,th{border:1px solid}",
}
FIGURES = {
    address: 11 + at % 80
    for at, address in enumerate(address for address in form_for(2023).cells if address not in form_for(2023).totals)
}


def figures_of(grids: list[list[list[str | None]]]) -> list[list[str | None]]:
    """The rows of figures of the second statutory table, in order."""
    rows = (row[-7:] for grid in grids if len(grid[0]) in (9, 10) for row in grid)
    return [row for row in rows if all(text and text.isdigit() for text in row)]


@pytest.mark.parametrize("css", LINES.values(), ids=LINES)
def test_no_row_is_lost_or_doubled_wherever_a_page_ends(browser: Any, css: str) -> None:
    style = "body{font-size:14px}caption{display:none}table{border-spacing:0;width:100%}td,th{padding:4px}" + css
    body = article(2023, FIGURES)
    whole = figures_of(rows_of(read_html(page(body), "x")))
    printer = browser.new_page()
    for offset in (0, 360, 720):
        printer.set_content(page(f"<div style='height:{offset}px'></div>{body}", f"<style>{style}</style>"))
        margins = {"top": "60px", "bottom": "60px", "left": "50px", "right": "50px"}
        assert figures_of(rows_of(read_pdf(printer.pdf(format="A4", margin=margins), "x"))) == whole
    printer.close()

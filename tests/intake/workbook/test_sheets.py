"""Texts spelled as workbooks spell them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.form import form_for
from reportkit.form.layout import LabelBox, layout_of
from reportkit.intake.workbook.sheets import as_typed, figure_stands, for_excel, narrative_title, stands, text_name


@given(text=st.text(st.characters(codec=None)))
def test_a_text_is_spelled_so_that_it_can_be_read_again(text: str) -> None:
    assert as_typed(for_excel(text)) == text
    assert re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", for_excel(text)) is None


@pytest.mark.parametrize("text", ["_x0041_", "_x0007_", "_x005F_", "_x0041_x0042_", "__x000D_"])
def test_a_text_that_looks_like_a_code_stays_what_it_is(text: str) -> None:
    assert as_typed(for_excel(text)) == text
    # Programs that spell no codes write it as it is.
    assert as_typed("_x0041_") == "_x0041_"


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("\x00\x08\x0b\x1f", "_x0000__x0008__x000B__x001F_"),
        ("\t\n 示例", "\t\n 示例"),
        ("\ufffe\uffff", "_xFFFE__xFFFF_"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x004_", "_x004_"),
    ],
)
def test_only_what_xml_cannot_hold_is_spelled_by_its_code(text: str, spelled: str) -> None:
    assert for_excel(text) == spelled


@pytest.mark.parametrize(
    ("text", "typed"),
    [("_x0007_", "\x07"), ("_x005f_x0007_", "_x0007_"), ("_x005F_", "_x005F_"), ("_x4E00_", "_x4E00_")],
)
def test_only_codes_that_are_needed_are_read_as_such(text: str, typed: str) -> None:
    assert as_typed(text) == typed


def test_boxes_stand_where_what_covers_several_rows_leaves_room() -> None:
    def label(text: str, rowspan: int = 1, colspan: int = 1) -> LabelBox:
        return LabelBox(text, rowspan, colspan)

    head = ((label("甲", rowspan=2), label("乙", colspan=2), label("丙", rowspan=3)), (label("丁"), label("戊")))
    layout = replace(layout_of(form_for(2023).tables[0]), head=head, bodies=(((label("己"), label("庚", colspan=2)),),))
    found = {stand.box.label: stand for stand in stands(layout) if isinstance(stand.box, LabelBox)}
    assert {text: stand.coordinate for text, stand in found.items()} == {
        "甲": "A4", "乙": "B4", "丙": "D4", "丁": "B5", "戊": "C5", "己": "A6", "庚": "B6"
    }  # fmt: skip
    assert list(found["甲"].covers) == [(4, 1), (5, 1)]
    assert list(found["乙"].covers) == [(4, 2), (4, 3)]


def test_figures_cover_one_row_and_texts_have_names_and_titles() -> None:
    form = form_for(2023)
    for table in form.tables:
        placed = dict(figure_stands(table))
        assert list(placed) == list(table.cells)
        assert {stand.rowspan for stand in placed.values()} == {1}
    (preamble, overview, *_) = form.narrative_sections
    assert (text_name(overview, 2), narrative_title(overview)) == ("narrative.overview.2", "一、总体情况")
    assert narrative_title(preamble) == "前言"

"""Texts spelled as workbooks spell them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.intake.workbook.sheets import as_typed, for_excel


@given(text=st.text(st.characters(codec=None)))
def test_a_text_is_spelled_so_that_it_can_be_read_again(text: str) -> None:
    assert as_typed(for_excel(text)) == text
    assert re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", for_excel(text)) is None


@pytest.mark.parametrize("text", ["_x0041_", "_x0007_", "_x005F_", "_x0041_x0042_", "__x000D_"])
def test_a_text_that_looks_like_a_code_stays_what_it_is(text: str) -> None:
    assert as_typed(for_excel(text)) == text
    # Programs that spell no codes write it as it is.
    assert as_typed("_x0041_") == "_x0041_"

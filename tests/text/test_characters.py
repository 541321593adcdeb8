"""Characters nobody sees, characters no file can hold, widths and spaces."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from reportkit.text import encodable, exposed, half_width, squeezed, visible, without_controls

ANY_TEXT = st.text(st.characters(categories=None))


@pytest.mark.parametrize(
    "character", ["\x00", "\x7f", "\u00ad", "\u200b", "\u200d", "\u202e", "\u2060", "\u2067", "\ufeff", "\ufffc"]
)
def test_what_nobody_sees_is_left_out(character: str) -> None:
    assert visible(f"予以{character}公开") == "予以公开"


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\r", "\x0b", "\x0c", "\x1c", "\u00a0", "\u3000", "\u2028"])
def test_white_space_is_visible(space: str) -> None:
    assert visible(f"予以{space}公开") == f"予以{space}公开"


@given(ANY_TEXT)
def test_xml_holds_what_is_left_without_controls_and_surrogates(text: str) -> None:
    plain = encodable(without_controls(text)).replace("\ufffe", "").replace("\uffff", "")
    etree.Element("p").text = plain


def test_line_breaks_tabs_and_joined_emoji_are_no_controls() -> None:
    assert without_controls("一\t二\r\n\U0001f469\u200d\U0001f680\x1b") == "一\t二\r\n\U0001f469\u200d\U0001f680"


@given(ANY_TEXT)
def test_every_text_becomes_one_that_a_file_can_hold(text: str) -> None:
    assert encodable(text).encode("utf-8").decode("utf-8") == encodable(text)
    assert len(encodable(text)) == len(text)


@given(st.text())
def test_a_text_that_a_file_can_hold_stays_as_it_is(text: str) -> None:
    assert encodable(text) == text


def test_full_width_signs_become_half_width() -> None:
    assert half_width("（１，２０４件）：Ａ") == "(1,204件):A"


@given(ANY_TEXT)
def test_a_squeezed_text_has_no_white_space(text: str) -> None:
    assert not any(map(str.isspace, squeezed(text)))


@example("U¨")
@given(ANY_TEXT)
def test_a_squeezed_text_stays_squeezed(text: str) -> None:
    assert squeezed(squeezed(text)) == squeezed(text)


@pytest.mark.parametrize(
    ("character", "code"),
    [
        *[("\x00", r"\u0000"), ("\x1b", r"\u001b"), ("\r", r"\u000d"), ("\x7f", r"\u007f"), ("\x9b", r"\u009b")],
        *[("\u202e", r"\u202e"), ("\u2066", r"\u2066"), ("\udcff", r"\udcff"), ("\uffff", r"\uffff")],
    ],
)
def test_what_could_deceive_is_shown_as_a_code(character: str, code: str) -> None:
    assert exposed(f"予以{character}公开") == f"予以{code}公开"


@pytest.mark.parametrize("text", ["公开\n\t", "\u200d", "👩‍🌾", "\u00ad", "a\u00a0b\u3000c"])
def test_other_characters_stay(text: str) -> None:
    assert exposed(text) == text


@given(ANY_TEXT)
def test_in_json_a_text_stays_what_it_is(text: str) -> None:
    assert json.loads(exposed(json.dumps(text, ensure_ascii=False))) == text

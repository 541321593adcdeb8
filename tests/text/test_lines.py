"""Lines broken where Chinese text may be broken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reportkit.text import breadth, wrapped

TEXT = st.text(st.sampled_from("表三 a.b，。（）“”一二三4x-\n"), max_size=60)


def test_addresses_files_and_words_stay_whole() -> None:
    text = (
        "见 params/2023/linyi-fao.yaml:21，表三.予以公开.自然人应为8，请改退改清单.xlsx和applications.granted.total。"
    )
    lines = wrapped(text, 30)
    for whole in (
        "params/2023/linyi-fao.yaml:21",
        "表三.予以公开.自然人",
        "退改清单.xlsx",
        "applications.granted.total",
    ):
        assert any(whole in line for line in lines)


@given(TEXT, st.integers(8, 40))
def test_nothing_is_lost_and_no_line_is_too_wide_unless_a_word_is(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert breadth(line) <= width or " " not in line
        assert line.strip() == line


@given(TEXT)
def test_no_line_begins_with_what_may_not_begin_one(text: str) -> None:
    for line in wrapped(text, 12)[1:]:
        assert (
            line[0] not in "，。）”" or set(text) <= set("，。）” \n") or text.lstrip()[0] in "，。）”" or " " in text
        )

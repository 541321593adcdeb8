"""From bytes to text, and which text is none."""

from __future__ import annotations

import codecs

import pytest

from reportkit.documents.decoding import decoded, looks_binary

TEXT = "政府信息公開工作年度報告"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_whatever_is_claimed(mark: bytes, encoding: str) -> None:
    assert decoded(mark + TEXT.encode(encoding), "big5") == TEXT


@pytest.mark.parametrize(
    ("claimed", "encoding"),
    [
        ("gb2312", "gb18030"),
        (" GBK ", "gb18030"),
        ("big5", "big5"),
        ("Big5-HKSCS", "big5hkscs"),
        ("utf-16", "utf-16-le"),
        ("utf-16le", "utf-16-le"),
        ("utf-16be", "utf-16-be"),
        ("nonsense", "gb18030"),
        ("", "gb18030"),
        ("big5", "utf-8"),
        ("big5", "gb18030"),
    ],
)
def test_without_one_a_claim_counts_where_the_bytes_allow_it(claimed: str, encoding: str) -> None:
    text = TEXT if encoding != "gb18030" or claimed != "big5" else "汉字𠀀"  # four bytes that are no Big5
    assert decoded(text.encode(encoding), claimed) == text


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    assert decoded("公开".encode() + b"\xff") == "公开\ufffd"
    assert decoded(b"\xff" + "公".encode()) != "\ufffd公"  # as many broken as whole: it is no UTF-8
    broken = TEXT.encode("big5") + b"\xff\xff\xff" + TEXT.encode("big5")
    assert decoded(broken, "big5").startswith(TEXT)
    assert decoded(TEXT.encode("gb18030") + b"\x81\xff", "big5").startswith(TEXT)


@pytest.mark.parametrize("doubtful", ["\x00", "\x08", "\x1b", "\x7f", "\x9f", "\ufffd"])
def test_more_than_two_doubtful_characters_in_a_hundred_are_no_text(doubtful: str) -> None:
    assert not looks_binary("甲" * 98 + doubtful * 2)
    assert looks_binary("甲" * 97 + doubtful * 3)


@pytest.mark.parametrize("harmless", ["\t", "\n", "\r", "\f", "\v", "\x1a", " ", "~", "\xa0", "\ufffe"])
def test_white_space_and_the_old_end_of_a_file_are_text(harmless: str) -> None:
    assert not looks_binary(harmless * 10)


def test_only_the_beginning_is_looked_at() -> None:
    assert not looks_binary("甲" * 4096 + "\x00" * 4096)
    assert looks_binary("甲" * 4000 + "\x00" * 4096)
    assert not looks_binary("")

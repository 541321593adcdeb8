"""Pictures: out of their addresses, and drawings as bitmaps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportkit.publish.pictures import Picture, picture_in_address, png

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20" width="60" height="20"><rect width="60" height="20" '
    'fill="#fff"/><text x="2" y="15" font-family="sans-serif">{}</text></svg>'
)


@pytest.mark.parametrize(
    ("address", "name", "kind", "content"),
    [
        ("data:image/png;base64,AAEC", "p.png", "image/png", b"\x00\x01\x02"),
        ("data:image/svg+xml;charset=utf-8,%3Csvg/%3E", "p.svg", "image/svg+xml", b"<svg/>"),
        ("data:image/svg+xml;charset=utf-8;base64,PHN2Zy8+", "p.svg", "image/svg+xml", b"<svg/>"),
        ("data:IMAGE/JPEG;base64,AA%3D%3D", "p.jpg", "image/jpeg", b"\x00"),
        ("data:image/bmp;base64,AA%3D%3D", "p.bin", "image/bmp", b"\x00"),
    ],
)
def test_a_picture_comes_out_of_its_address(address: str, name: str, kind: str, content: bytes) -> None:
    picture = Picture(name, kind, content, "示例", 3, 4, drawn_here=False)
    assert picture_in_address(address, "p", "示例", 3, 4) == picture
    assert picture_in_address(address, "p", "示例") == replace(picture, width=0, height=0)


@pytest.mark.parametrize("address", ["", "https://example.org/a.png", "data:,", "data:image/png;base64,A"])
def test_what_holds_no_picture_is_an_error(address: str) -> None:
    with pytest.raises(ValueError, match=r"data|base64"):
        picture_in_address(address, "p", "示例")


def test_a_drawing_becomes_a_bitmap_with_letters() -> None:
    drawn = png(SVG.format("年").encode())
    assert drawn.startswith(b"\x89PNG")
    assert (int.from_bytes(drawn[16:20]), int.from_bytes(drawn[20:24])) == (120, 40)
    assert len({png(SVG.format(letter).encode()) for letter in "年月 "}) == 3


def test_what_is_no_drawing_is_an_error() -> None:
    with pytest.raises(ValueError, match="bitmap"):
        png(b"<svg")

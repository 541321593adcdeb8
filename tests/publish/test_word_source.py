"""The article as pandoc is given it for Word."""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping

import pytest
from lxml.html import fragment_fromstring, tostring

from reportkit.publish.document import Article
from reportkit.publish.pictures import SVG, Picture
from reportkit.publish.word.source import Source, as_source

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="9" height="9"/></svg>'


def source_of(body: str, pictures: Mapping[str, Picture] | None = None) -> Source:
    root = fragment_fromstring(body, create_parent="article")
    return as_source(Article("示例", root, pictures or {}), across=40)


def styled(body: str) -> str:
    """The body for pandoc, with `[style: what has it]` in place of the frames."""
    article = source_of(body).article
    for framed in list(article.iter("div", "span")):
        before, after = f"[{framed.get('data-custom-style')}: ", "]"
        framed.text = before + (framed.text or "")
        (last := framed[-1] if len(framed) else None)
        if last is None:
            framed.text += after
        else:
            last.tail = (last.tail or "") + after
        framed.drop_tag()
    written = tostring(article, encoding="unicode").replace("\n", "")
    return written.removeprefix("<article>").removesuffix("</article>")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<h1>题</h1><h2>一</h2><h3>二</h3>", "[Title: <p>题</p>]<h1>一</h1><h2>二</h2>"),
        ("<h1>题</h1>尾<h1>又</h1>", "[Title: <p>题</p>]尾<h1>又</h1>"),
        ("<h2>一</h2><h1>题</h1><h6>六</h6>", "<h1>一</h1><h1>题</h1><h5>六</h5>"),
        ("<p>文</p>", "<p>文</p>"),
    ],
)
def test_the_first_heading_is_the_title_and_the_others_are_raised(body: str, said: str) -> None:
    assert styled(body) == said


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("甲", "[List Paragraph: <p>甲</p>]"),
        ("甲<b>乙</b>丙<i>丁</i>", "[List Paragraph: <p>甲<b>乙</b>丙[Emphasis: 丁]</p>]"),
        ("<b>乙</b>丙<b>丁</b>", "[List Paragraph: <p><b>乙</b>丙<b>丁</b></p>]"),
        (" <p>甲</p> <p>乙</p> ", "[List Paragraph: <p>甲</p>][List Paragraph: <p>乙</p>]"),
        ("甲<pre>乙</pre>", "[List Paragraph: <p>甲</p>]<pre>乙</pre>"),
        ("甲<pre>乙</pre><b>丙</b>", "[List Paragraph: <p>甲</p>]<pre>乙</pre>[List Paragraph: <p><b>丙</b></p>]"),
        ("甲<ul><li>乙</li></ul>", "[List Paragraph: <p>甲</p>]<ul><li>[List Paragraph: <p>乙</p>]</li></ul>"),
    ],
)
def test_texts_of_items_are_paragraphs_beside_what_is_a_block_within_them(item: str, said: str) -> None:
    assert styled(f"<ul><li>{item}</li></ul>") == f"<ul><li>{said}</li></ul>"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("（一）示例。后文。", "[Run-in Heading: （一）示例。]后文。"),
        ("(十二)示例。后文。", "[Run-in Heading: (十二)示例。]后文。"),
        (" （一）整行", "[Run-in Heading:  （一）整行]"),
        ("（一）示例，后文。", "（一）示例，后文。"),
        ("（一）" + "示" * 40 + "。后文", f"[Run-in Heading: （一）{'示' * 40}。]后文"),
        ("（一）" + "示" * 41 + "。后文", f"（一）{'示' * 41}。后文"),
        ("（一）。后文", "（一）。后文"),
        ("（一）示例<b>强</b>。", "（一）示例<b>强</b>。"),
        ("（一）示例。<b>强</b>后文", "[Run-in Heading: （一）示例。]<b>强</b>后文"),
        ("<b>（一）示例</b>。后文", "[Run-in Heading: （一）示例]。后文"),
        (" <strong>（一）<u>示</u>例。</strong>后文", " [Run-in Heading: （一）<u>示</u>例。]后文"),
        ("<b>（一）示例。又</b>后文", "<b>（一）示例。又</b>后文"),
        ("前<b>（一）示例。</b>后文", "前<b>（一）示例。</b>后文"),
        ("<u>（一）示例。</u>后文", "<u>（一）示例。</u>后文"),
        ("前文（一）示例。", "前文（一）示例。"),
        ("", ""),
    ],
)
def test_what_heads_a_paragraph_is_a_heading_up_to_the_end_of_its_sentence(body: str, said: str) -> None:
    assert styled(f"<p>{body}</p>") == f"<p>{said}</p>"


def test_only_a_paragraph_of_the_text_itself_begins_with_a_heading() -> None:
    assert (
        styled("<blockquote><p>（一）示例。后文</p></blockquote>") == "<blockquote><p>（一）示例。后文</p></blockquote>"
    )


def test_what_heads_a_row_is_set_so_unless_it_lies_across_the_table() -> None:
    rows = '<tr><th scope="rowgroup" colspan="2">组</th></tr><tr><th scope="row">行<br>名</th><td>0</td></tr>'
    assert styled(f"<table><tbody>{rows}</tbody></table>") == (
        '<table><tbody><tr><th scope="rowgroup" colspan="2">组</th></tr>'
        '<tr><th scope="row">[Row Head: <p>行<br>名</p>]</th><td>0</td></tr></tbody></table>'
    )
    assert styled("<table></table>") == "<table></table>"
    nested = '<tr><th scope="rowgroup">组</th><th scope="row">行</th><th scope="col">列</th></tr>'
    assert styled(f"<table>{nested}</table>").count("[Row Head: ") == 2


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/gif"])
def test_a_bitmap_stands_in_its_address_and_its_paragraph_is_one_of_pictures(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    picture = Picture("p", kind, b"\x00\x01", "示例图", 0, 0)
    article = source_of('<p>前<b><img src="p" alt="示例图"></b></p>尾', {"p": picture}).article
    (image,) = article.iter("img")
    assert image.get("src") == f"data:{kind};base64,{base64.b64encode(picture.content).decode()}"
    assert not caplog.records  # nothing was drawn
    (frame,) = article.iterchildren("div")
    assert (frame.get("data-custom-style"), frame.tail) == ("Captioned Figure", "尾")


def test_what_stands_for_a_drawing_says_how_large_it_is_and_is_its_own() -> None:
    pictures = {name: Picture(name, SVG, DRAWING, "示例图", 0, 0) for name in ("a.svg", "b.svg")}
    source = source_of('<p><img src="a.svg"></p><p><img src="b.svg"></p>', pictures)
    carried = [base64.b64decode(image.get("src", "").partition("base64,")[2]) for image in source.article.iter("img")]
    assert carried == list(source.drawings) and len(set(carried)) == 2
    for name, (stands_for, drawing) in zip(pictures, source.drawings.items(), strict=True):
        # A PNG file begins with 8 bytes of its own and a first part of 25, which says the size.
        assert stands_for == drawing[: 8 + 25] + name.encode()
        # Three dots to each pixel of the drawing.
        assert (int.from_bytes(drawing[16:20]), int.from_bytes(drawing[20:24])) == (60, 30)


@pytest.mark.parametrize(
    ("kind", "content", "warned"), [("image/webp", b"", []), (SVG, b"<svg", ["p"])], ids=["unknown", "broken"]
)
def test_a_picture_that_cannot_be_shown_is_said_in_words(
    kind: str, content: bytes, warned: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        source = source_of('<p>前<img src="p" alt="示">后</p>', {"p": Picture("p", kind, content, "示例图", 0, 0)})
    assert tostring(source.article, encoding="unicode") == "<article><p>前<span>示例图</span>后</p></article>"
    assert source.drawings == {}
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == warned

"""A web page is read as its reader sees it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.made import AGENCY, article, page
from reportkit.documents.document import Block, Box, Document, Grid, Heading, Paragraph, UnreadableError
from reportkit.documents.html import html_text, is_html, read_html


def blocks(source: str) -> tuple[Block, ...]:
    return read_html(source, "示例.html").blocks


def texts(source: str) -> list[str]:
    return [block.text for block in blocks(source) if not isinstance(block, Grid)]


def rows(source: str) -> list[list[str | None]]:
    (grid,) = [block for block in blocks(source) if isinstance(block, Grid)]
    return [[box.text if box else None for box in row] for row in grid.rows]


def table(*lines: str) -> str:
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def cells(*words: str) -> str:
    return "".join(f"<td>{word}</td>" for word in words)


def test_a_published_page_comes_out_in_order() -> None:
    document = read_html(page(article()), "示例.html")
    assert document.title == "示例"
    assert document.name == "示例.html"
    assert document.blocks[0] == Heading(f"{AGENCY}2023年政府信息公开工作年度报告", 1)
    kinds = [type(block).__name__[0] for block in document.blocks]
    assert "".join(kinds) == "HPHPHPGHPGHPGHPHP"  # each grid under its caption


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-32"])
def test_a_page_is_known_by_an_element_near_its_beginning(encoding: str) -> None:
    assert is_html("<P>甲".encode(encoding))
    assert is_html(("甲" * 65000 + "<p>乙").encode(encoding))
    assert not is_html(("甲" * 66000 + "<p>乙").encode(encoding))
    assert not is_html("甲 <乙> 丙".encode(encoding))
    assert not is_html("<p>甲\0".encode(encoding))


# ------------------------------------------------------------------------ text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p>一\n二</p>", ["一二"]),
        ("<p>a\nb</p>", ["a b"]),
        ("<p>　　一&nbsp;&nbsp;二\u200b</p>", ["一 二"]),
        ("<p>一<br>二<br/><br>三", ["一\n二\n三"]),
        ("<b>一、总体情况</b><p><strong>粗体</strong>段落", ["一、总体情况", "粗体段落"]),
        ("<ol><li>甲<li>乙</ol><dl><dt>丙<dd>丁</dl>", ["甲", "乙", "丙", "丁"]),
        ("<p>甲<script>x</script>乙<style>y</style>丙<!-- z -->丁</p>", ["甲乙丙丁"]),
        ("<p>甲</p><p>&nbsp;</p><p><img src=x></p><p>乙</p>", ["甲", "乙"]),
        ("文字<div>甲<div>乙</div>丙</div>尾", ["文字", "甲", "乙", "丙", "尾"]),
        ("<pre>甲\n乙 丙\n</pre>", ["甲\n乙 丙"]),
        ("<p>1 &lt; 2 &amp; 3 &#x7532;</p>", ["1 < 2 & 3 甲"]),
        ("<p>甲<p>乙<p>丙", ["甲", "乙", "丙"]),
        ("<pre>一<pre>二</pre>三</pre>", ["一", "二", "三"]),
    ],
)
def test_text_is_read_paragraph_by_paragraph(source: str, said: list[str]) -> None:
    assert texts(f"<body>{source}") == said


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<h3>一、 总体<br>情况</h3>", [Heading("一、 总体 情况", 3)]),
        ("<h6>丙</h6>", [Heading("丙", 6)]),
        ("<h1></h1><p>x", [Paragraph("x")]),
        ("<h2><div>甲</div><div>乙</div></h2>", [Heading("甲 乙", 2)]),
        (f"<h2>{'长' * 300}<div>甲</div></h2>", [Paragraph("长" * 300), Paragraph("甲")]),
    ],
)
def test_headings_are_what_the_page_marks_as_such(source: str, expected: list[Block]) -> None:
    assert list(blocks(f"<body>{source}")) == expected


def test_a_heading_around_a_table_keeps_the_table() -> None:
    (before, grid) = blocks("<h2>甲<div>" + table(cells("a", "b")) + "</div></h2>")
    assert before == Paragraph("甲")
    assert isinstance(grid, Grid)


@pytest.mark.parametrize(
    "around",
    [
        "<nav>{}</nav>",
        "<header>{}</header>",
        "<footer>{}</footer>",
        "<aside>{}</aside>",
        "<div role='Navigation'>{}</div>",
        "<div hidden>{}</div>",
        "<p style='color: red; DISPLAY :none'>{}</p>",
        "<span style='visibility:hidden'>{}</span>",
        "<template>{}</template>",
        "<noscript>{}</noscript>",
        "<svg><text>{}</text></svg>",
        "<select><option>{}</select>",
    ],
)
def test_what_is_beside_the_article_or_hidden_is_left_out(around: str) -> None:
    assert texts(page(around.format("别的") + "<p>正文正文正文</p>")) == ["正文正文正文"]


@pytest.mark.parametrize("around", ["<aside>{}</aside>", "<div style='display:none'>{}</div>", "<header>{}</header>"])
def test_an_article_is_never_lost_however_it_is_wrapped(around: str) -> None:
    assert texts(page("<p>页眉</p>" + around.format("<p>正文正文正文</p>"))) == ["页眉", "正文正文正文"]


def test_an_article_s_own_header_is_read() -> None:
    assert texts(page("<article><header>题</header><p>正文正文正文</p></article>")) == ["题", "正文正文正文"]


def test_links_within_the_page_are_a_table_of_contents_and_other_links_text() -> None:
    source = "<p><a href='#a'>一、总体</a></p><p><a href='/b'>附件</a></p><p>见<a href='#c'><b>表</b>三</a>。</p>"
    assert texts(page(source)) == ["附件", "见表三。"]


@pytest.mark.parametrize("separator", ["\t", " | "])
@pytest.mark.parametrize("flat", ["<pre>{}</pre>", "<p>{}</p>"])
def test_a_table_flattened_to_lines_is_a_grid(separator: str, flat: str) -> None:
    lines = [separator.join(words) for words in (["规章", "0", "1"], ["行政规范性文件", "", "2"])]
    between = "\n" if "pre" in flat else "<br>"
    assert rows(page(flat.format(between.join(lines)))) == [["规章", "0", "1"], ["行政规范性文件", "", "2"]]


# ---------------------------------------------------------------------- tables


def test_a_cell_pasted_from_word_holds_its_words_alone() -> None:
    pasted = (
        "<td><p align=center><span>商业<br>\n企业</span><o:p></o:p></p></td><td><p>&nbsp;</p></td><th>社会\n公益</th>"
    )
    (grid,) = blocks(page(table(pasted)))
    assert isinstance(grid, Grid)
    assert [(box.text, box.header) for box in grid.rows[0] if box] == [
        ("商业 企业", False),
        ("", False),
        ("社会公益", True),
    ]


@pytest.mark.parametrize("span", ["0", "65000", "-2", "2;", "x", "", "1e9", "99999999999999999999"])
def test_whatever_a_span_says_a_grid_stays_within_its_table(span: str) -> None:
    source = table(f"<td rowspan='{span}'>甲</td><td>1</td>", cells("2", "3"))
    found = rows(page(source))
    assert len(found) == 2
    assert all(len(row) <= 3 for row in found)
    source = table(f"<td colspan='{span}'>甲</td>", cells("1", "2", "3"))
    assert [len(row) for row in rows(page(source))][1] == 3


def test_a_box_stands_wherever_it_spans() -> None:
    source = table("<td rowspan=2 colspan=2>甲</td><td>1</td>", cells("2"), cells("a", "b", "c"))
    (grid,) = blocks(page(source))
    assert isinstance(grid, Grid)
    box = grid.rows[0][0]
    assert box is grid.rows[0][1] is grid.rows[1][0] is grid.rows[1][1]
    assert isinstance(box, Box)
    assert (box.rowspan, box.colspan) == (2, 2)
    assert rows(page(source)) == [["甲", "甲", "1"], ["甲", "甲", "2"], ["a", "b", "c"]]


def test_overlapping_spans_leave_the_earlier_box_and_short_rows_short() -> None:
    source = table("<td>a</td><td rowspan=2>b</td>", "<td colspan=3>c</td><td>d</td>", cells("e"))
    assert rows(page(source)) == [["a", "b"], ["c", "b", "c", "d"], ["e"]]


def test_a_span_of_one_covers_one_place() -> None:
    assert rows(page(table("<td colspan=1 rowspan=1>a</td><td>b</td>", cells("1", "2")))) == [["a", "b"], ["1", "2"]]


def test_a_span_ends_with_its_section() -> None:
    source = "<table><thead><tr><td rowspan=9>头<td>x<tr><td>y</thead><tbody><tr><td>1<td>2</tbody></table>"
    assert rows(page(source)) == [["头", "x"], ["头", "y"], ["1", "2"]]
    source = "<table><thead><tr><td rowspan=5>头<td>x</thead><tbody><tr><td>1<td>2</tbody></table>"
    assert rows(page(source)) == [["头", "x"], ["1", "2"]]


def test_hidden_rows_and_cells_are_left_out() -> None:
    source = f"<table><tr style='display:none'>{cells('x', 'y')}</tr><tr>{cells('1')}<td hidden>z</td>{cells('2')}</tr></table>"
    assert rows(page(source)) == [["1", "2"]]


def test_cells_without_rows_are_a_row() -> None:
    assert rows(page("<table><td>1<td>2<tr><td>3<td>4</table>")) == [["1", "2"], ["3", "4"]]


def test_a_layout_table_is_no_grid_and_what_it_holds_stands_in_order() -> None:
    inner = table(cells("规章", "1"), cells("文件", "2"))
    source = table("<td>左</td><td><h2>题</h2><p>前</p>" + inner + "<p>后</p></td>", cells("尾"))
    found = blocks(page(source))
    assert [block.text if not isinstance(block, Grid) else "grid" for block in found] == [
        "左",
        "题",
        "前",
        "grid",
        "后",
        "尾",
    ]


def test_tables_of_one_column_and_of_long_text_lay_text_out() -> None:
    assert texts(page(table(cells("甲"), cells("乙")))) == ["甲", "乙"]
    assert texts(page(table(cells("问题", "长" * 300)))) == ["问题", "长" * 300]


def test_a_small_table_within_a_cell_is_the_cell_s_text() -> None:
    inner = "<table><tr><td>商业</td><td>企业</td></tr></table>"
    assert rows(page(table(cells("a", inner, "b"), cells("1", "2", "3")))) == [["a", "商业 企业", "b"], ["1", "2", "3"]]


def test_a_cell_s_script_is_not_its_text() -> None:
    assert rows(page(table(cells("1<script>x</script><b hidden>y</b>2", "3")))) == [["12", "3"]]


# -------------------------------------------------------------------- encoding


@pytest.mark.parametrize(
    ("encoding", "claim"),
    [
        ("utf-8", ""),
        ("utf-8-sig", "gb2312"),
        ("utf-8", "gb2312"),
        ("gb18030", "gb2312"),
        ("gb18030", ""),
        ("gb18030", "utf-8"),
        ("gb18030", "nonsense"),
        ("big5hkscs", "big5"),
        ("utf-16", ""),
        ("utf-32", ""),
    ],
)
def test_the_encoding_is_told_by_bytes_and_claims(encoding: str, claim: str) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={claim}">' if claim else ""
    source = f"<html><head>{meta}</head><body><p>政府信息公開工作年度報告，示例市示例局</p></body></html>"
    assert "示例市示例局" in repr(blocks(html_text(source.encode(encoding))))


def test_broken_bytes_are_replaced() -> None:
    data = page("<p>甲乙丙丁</p>").encode().replace("丙".encode(), b"\xff\xfe")
    (said,) = texts(html_text(data))
    assert said.startswith("甲乙\ufffd")
    assert said.endswith("丁")


# --------------------------------------------------------------------- bounds


@pytest.mark.parametrize("source", ["<html></html>", "<!-- c -->", "<p>&nbsp;</p><img src=x>", "<script>x</script>"])
def test_a_page_without_words_is_refused(source: str) -> None:
    with pytest.raises(UnreadableError, match="without any words"):
        blocks(source)


def test_a_page_that_frames_another_is_refused() -> None:
    with pytest.raises(UnreadableError, match="frames other pages"):
        blocks("<body><iframe src=x></iframe></body>")


def test_a_page_that_the_parser_gives_up_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from lxml import etree

    def give_up(*_: object) -> None:
        raise etree.XMLSyntaxError("示例", 0, 0, 0)

    monkeypatch.setattr(etree, "fromstring", give_up)
    with pytest.raises(UnreadableError, match="without any words"):
        blocks("<p>甲")


def test_a_typical_page_takes_little_time() -> None:
    data = page(article()).encode()
    read_html(html_text(data), "x")
    best = 1.0
    for _ in range(5):
        started = time.process_time()
        read_html(html_text(data), "x")
        best = min(best, time.process_time() - started)
    assert best < 0.05


FRAGMENTS = st.sampled_from(
    [
        "<table>",
        "</table>",
        "<tr>",
        "<td rowspan=3>",
        "<td colspan=0>",
        "</td>",
        "<p>",
        "<h2>",
        "</h2>",
        "<pre>",
        "<br>",
        "甲",
        "\n",
        "\t1\t2",
        "|a|b",
        "<nav>",
        "</nav>",
        "<a href='#x'>",
        "</a>",
        "<!--",
        "-->",
        "&#0;",
        "&lt",
        "<div hidden>",
        "</div>",
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=5), max_size=60).map("".join))
def test_any_page_is_a_document_or_refused(source: str) -> None:
    try:
        document = read_html(source, "x")
    except UnreadableError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(document, Document)
        for block in document.blocks:
            if not isinstance(block, Grid):
                assert block.text


@given(st.binary(max_size=300), st.integers(0, 20_000))
def test_any_damage_to_a_page_is_survived(damage: bytes, at: int) -> None:
    data = page(article()).encode()
    try:
        document = read_html(html_text(data[:at] + damage + data[at + len(damage) :]), "x")
    except UnreadableError:
        return
    assert document.blocks

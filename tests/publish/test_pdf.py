"""A report in print: set as prescribed, readable by a screen reader, and the same report when it is read back."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from hypothesis import given

from intake.published.test_round_trips import assert_same, published_reports
from publish.made import AGENCY, FEW, executed
from reportkit.documents.detection import read_document
from reportkit.form import form_for
from reportkit.intake.published.report import read_report
from reportkit.publish.pdf import _TYPST, pdf
from reportkit.report import AnnualReport, new_report
from reportkit.system.errors import InputError

MILLIMETRE = 72 / 25.4


def report_with(**texts: str) -> AnnualReport:
    received = {"applications.received.natural_person": 3, "applications.received.company": 1}
    return new_report(AGENCY, 2023, received, narrative=texts)


def words(data: bytes) -> str:
    """Everything that the pages say, without white space."""
    with pdfplumber.open(io.BytesIO(data)) as opened:
        return "".join("".join(character["text"] for character in page.chars) for page in opened.pages).replace(" ", "")


# ---------------------------------------------------------------------- the look


@pytest.fixture(scope="module")
def plain() -> bytes:
    return pdf(executed(report_with(overview="### 示例小标题\n\n" + "示例：本机关主动公开信息。" * 60)))


@pytest.fixture(scope="module")
def opened(plain: bytes) -> Iterator[Any]:
    with pdfplumber.open(io.BytesIO(plain)) as opened:
        yield opened


def test_the_page_is_as_prescribed(opened: Any) -> None:
    page = opened.pages[0]
    assert (round(page.width / MILLIMETRE), round(page.height / MILLIMETRE)) == (210, 297)
    body = [character for character in page.chars if round(character["size"], 1) == 16.0]
    assert min(character["x0"] for character in body) == pytest.approx(28 * MILLIMETRE, abs=2)
    # The empty half of a punctuation mark at the end of a line does not count.
    assert max(c["x1"] for c in body if c["text"] not in "，。：") == pytest.approx((210 - 26) * MILLIMETRE, abs=2)
    assert min(character["top"] for character in page.chars) == pytest.approx(37 * MILLIMETRE, abs=8)
    lines = sorted({round(character["bottom"], 1) for character in body})
    assert {round(after - before) for before, after in pairwise(lines)} == {28}
    assert max(Counter(round(c["bottom"], 1) for c in body).values()) >= 28
    title = [character for character in page.chars if round(character["size"], 1) == 22.0]
    assert "".join(character["text"] for character in title) == "示例市示例局2023年度政府信息公开工作年度报告"


def test_a_paragraph_begins_two_characters_in(opened: Any) -> None:
    starts = [c["x0"] for c in opened.pages[0].chars if c["text"] == "示" and round(c["size"], 1) == 16.0]
    assert starts[0] == pytest.approx(28 * MILLIMETRE + 32, abs=1)


def test_numbered_headings_are_told_apart_from_the_text() -> None:
    text = "（一）甲。示例丁。\n\n(二) 乙\n\n**（三）丙。**示例丁。\n\n（示例）丁。"
    with pdfplumber.open(io.BytesIO(pdf(executed(report_with(overview=text))))) as opened:
        fonts = {c["fontname"] for c in opened.pages[0].chars if c["text"] in "甲乙丙"}
        others = {c["fontname"] for c in opened.pages[0].chars if c["text"] == "丁"}
    assert len(fonts) == 1
    assert not fonts & others


def test_page_numbers_stand_outside(opened: Any) -> None:
    feet = [page.crop((0, page.height - 35 * MILLIMETRE, page.width, page.height)) for page in opened.pages]
    assert [foot.extract_text() for foot in feet] == [f"— {number} —" for number in range(1, len(feet) + 1)]
    left, middle = [foot.chars[0]["x0"] for foot in feet], opened.pages[0].width / 2
    assert all((x > middle) == (number % 2 == 1) for number, x in enumerate(left, start=1))


def test_no_table_leaves_the_page(opened: Any) -> None:
    for page in opened.pages:
        for drawn in page.find_tables():
            left, top, right, bottom = drawn.bbox
            assert left >= 28 * MILLIMETRE - 1
            assert right <= (210 - 26) * MILLIMETRE + 1
            assert (top, bottom) > (37 * MILLIMETRE - 1, 0)
            assert bottom <= (297 - 35) * MILLIMETRE + 1


def test_the_title_and_the_language_are_set(plain: bytes) -> None:
    with pdfplumber.open(io.BytesIO(plain)) as opened:
        assert opened.metadata["Title"] == "示例市示例局2023年度政府信息公开工作年度报告"
        assert opened.metadata["Author"] == AGENCY.name
        assert "CreationDate" not in opened.metadata  # it is not known when it was published
        catalog = opened.doc.catalog
    assert catalog["Lang"] == b"zh-CN"
    assert catalog["MarkInfo"] == {"Marked": True, "Suspects": False} or catalog["MarkInfo"]["Marked"]
    assert catalog["ViewerPreferences"]["DisplayDocTitle"] is True


def test_each_heading_is_a_bookmark(plain: bytes) -> None:
    with pdfplumber.open(io.BytesIO(plain)) as opened:
        marks = [(level, title) for level, title, *_ in opened.doc.get_outlines()]
    sections = [(2, section.title) for section in form_for(2023).titled_sections]
    assert [mark for mark in marks if mark[0] == 2] == sections
    assert marks[0][0] == 1
    assert (3, "示例小标题") in marks


def test_fonts_are_carried_as_far_as_they_are_used(plain: bytes) -> None:
    names = set(re.findall(rb"/BaseFont/([A-Z]{6}\+)?", plain))
    assert names
    assert b"" not in names
    assert len(plain) < 400_000


def test_the_same_report_is_the_same_file_of_the_day_of_its_publication() -> None:
    report = new_report(AGENCY, 2023, narrative={"overview": "示例。"}, published=date(2024, 2, 19))
    made = pdf(executed(report))
    assert made == pdf(executed(report))
    with pdfplumber.open(io.BytesIO(made)) as opened:
        assert opened.metadata["CreationDate"].startswith("D:20240219")


# ---------------------------------------------------------------------- trust


def test_no_text_becomes_code() -> None:
    said = '#read("/etc/passwd") $x$ @ref label #panic() https://a.b/*c*/d "“ ’ `x`'
    text = said.replace("*", "\\*").replace("`", "\\`").replace("_", "\\_")
    made = words(pdf(executed(report_with(overview=text, problems="= a\n\n\\- b\n\n/ c: d\n\n\\+ e"))))
    assert said.replace(" ", "") in made
    for kept in ("=a", "-b", "/c:d", "+e"):
        assert kept in made


def test_what_ends_a_string_ends_none() -> None:
    texts = ("\\", '"', '\\"', "#", '";#panic();"', "]#panic()[", "*/", "//", "\\u{0}", "{{", "`", "\n")
    html = "".join(
        f"<p>{at}前{text}后</p><h3>{text}</h3><table><caption>{text}</caption><tr><td>{text}</td></tr></table>"
        for at, text in enumerate(texts)
    )
    made = words(pdf(executed(report_with(), {"text/html": html})))
    for at, text in enumerate(texts):
        assert f"{at}前{text.strip()}后" in made


def test_typst_reads_no_file_and_no_package() -> None:
    for code in ('read("/etc/passwd")', 'read("a")', 'image("/etc/passwd")', 'include "/etc/passwd"'):
        with pytest.raises(RuntimeError, match="not found"):
            _TYPST.compile(f"#{code}".encode(), format="pdf")


def test_a_link_leads_only_where_links_may() -> None:
    html = '<p><a href="https://example.org/a&quot;#b">甲</a><a href="#c">乙</a></p>'
    with pdfplumber.open(io.BytesIO(pdf(executed(report_with(), {"text/html": html})))) as opened:
        (link,) = [link for page in opened.pages for link in page.annots]
    assert link["uri"] == "https://example.org/a%22#b"


# ------------------------------------------------------------- any notebook's page


ODD = (
    "<h2></h2><h6>深</h6><h2>浅</h2><table></table><table><thead><tr><th>头</th></tr></thead></table>"
    '<table><tr><td rowspan="5">甲</td><td colspan="30">乙</td></tr><tr><td>丙</td></tr></table>'
    '<table><tr><td>外<table><tr><th scope="row">里</th><td>1</td></tr></table></td><td><ul><li>项</li></ul></td></tr></table>'
    "<pre>一\n  二</pre><hr><dl><dt>词</dt><dd>义</dd></dl><ol start='5'><li>五</li></ol><blockquote>引</blockquote>"
    f"<p>&#xfeff;<sup>上</sup><sub>下</sub><del>删</del><u>划</u><code>c</code><q>问</q></p><p>{'a' * 300}</p>"
)


def test_whatever_a_page_may_hold_is_set(caplog: pytest.LogCaptureFixture) -> None:
    made = words(pdf(executed(report_with(), {"text/html": ODD})))
    for said in (
        "深",
        "浅",
        "头",
        "甲",
        "乙",
        "丙",
        "外",
        "里",
        "项",
        "一",
        "二",
        "词",
        "义",
        "5.五",
        "引",
        "上下删划c“问”",
    ):
        assert said in made
    assert "a" * 300 in made
    assert not caplog.records


def test_what_cannot_be_set_is_one_clear_line(caplog: pytest.LogCaptureFixture) -> None:
    html = "<blockquote>" * 60 + "x" + "</blockquote>" * 60
    with pytest.raises(InputError, match="Typst failed: maximum show rule depth exceeded") as raised:
        pdf(executed(report_with(), {"text/html": html}))
    assert "\n" not in str(raised.value)
    assert not caplog.records  # of pictures, none of which is at fault


def test_a_long_cell_goes_on_over_the_page() -> None:
    with pdfplumber.open(io.BytesIO(pdf(executed(report_with(), {"text/html": LONG_CELL})))) as opened:
        seen = [c for page in opened.pages for c in page.chars if c["text"] == "字" and c["bottom"] < 262 * MILLIMETRE]
    assert len(seen) == 4000


LONG_CELL = f"<table><tr><th>头</th></tr><tr><td>{'字' * 4000}</td></tr></table>"


@pytest.mark.parametrize("kind", ["png", "svg+xml", "bmp"])
def test_a_damaged_picture_costs_only_itself(kind: str, bar: Any, caplog: pytest.LogCaptureFixture) -> None:
    html = f'<p><img src="data:image/{kind};base64,bm9wZQ==" alt="某图"></p>'
    made = pdf(executed(report_with(), {"text/html": html}, {"application/vnd.vegalite.v6+json": bar()}))
    assert "某图" in words(made)
    assert "28" in words(made)  # of the chart
    assert ("picture-2" in caplog.text or "picture-1" in caplog.text) == (kind != "bmp")
    assert "chart" not in caplog.text


# ---------------------------------------------------------------------- letters


def test_rare_characters_are_shown(caplog: pytest.LogCaptureFixture) -> None:
    assert "䶮𬬻" in words(pdf(executed(report_with(overview="示例：䶮𬬻。"))))
    assert not caplog.records


def test_a_drawing_has_chinese_letters_whatever_fonts_it_names() -> None:
    letters = "<text x='1' y='20' font-family=\"Nowhere Sans, sans-serif\">字</text><text y='40'>母</text>"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='50'>{letters}</svg>"
    with pdfplumber.open(io.BytesIO(pdf(executed(report_with(), {"image/svg+xml": svg})))) as opened:
        drawn = {c["text"]: c["fontname"] for page in opened.pages for c in page.chars if c["text"] in "字母"}
        heading = next(c["fontname"] for c in opened.pages[0].chars if c["text"] == "总")
    assert set(drawn) == {"字", "母"}
    assert drawn["字"] == heading


def test_a_character_that_no_font_has_is_a_code_and_no_box(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        made = words(pdf(executed(report_with(overview="示例：\U000e01f0\U0010fffd。", problems="\U0010fffd"))))
    assert "〔U+10FFFD〕。" in made
    (record,) = caplog.records
    assert "U+10FFFD" in record.message
    assert "示例市示例局" in record.message


# ---------------------------------------------------------------- read back


@given(published_reports())
@FEW
def test_a_pdf_comes_in_as_it_went_out(tmp_path: Path, report: AnnualReport) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(executed(report)))
    assert_same(read_report(read_document(path)), report)

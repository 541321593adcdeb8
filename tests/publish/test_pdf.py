"""A report in print: set as prescribed, readable by a screen reader, and the same report when it is read back."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from nbformat.v4 import new_code_cell, new_notebook, new_output

from intake.published.test_round_trips import assert_same, published_reports
from reportkit.display import narrative, tables
from reportkit.documents.detection import read_document
from reportkit.form import form_for
from reportkit.intake.published.report import read_report
from reportkit.publish.executed import ExecutedReport
from reportkit.publish.pdf import pdf
from reportkit.report import Agency, AnnualReport, new_report

AGENCY = Agency("example", "示例市示例局")
MILLIMETRE = 72 / 25.4


def executed(report: AnnualReport, *others: dict[str, Any]) -> ExecutedReport:
    """A report whose notebook shows its texts and tables, and then some other outputs."""
    parts = [narrative.preamble(report)]
    for section in report.form.titled_sections:
        parts.append(narrative.section(report, section.key))
        if section.holds_table:
            parts.append(tables.table(report, section.key))
    bundles = [*({"text/html": part._repr_html_()} for part in parts), *others]
    cells = [new_code_cell("part", execution_count=1, outputs=[new_output("display_data", shown)]) for shown in bundles]
    return ExecutedReport(new_notebook(cells=cells), report)


def report_with(**texts: str) -> AnnualReport:
    return new_report(AGENCY, 2023, {"applications.received.natural_person": 3}, narrative=texts)


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


def test_the_same_report_is_the_same_file() -> None:
    report = report_with(overview="示例。")
    assert pdf(executed(report)) == pdf(executed(report))


# ---------------------------------------------------------------------- trust


def test_no_text_becomes_code() -> None:
    said = '#read("/etc/passwd") $x$ @ref label #panic() https://a.b/*c*/d "“ ’ `x`'
    text = said.replace("*", "\\*").replace("`", "\\`").replace("_", "\\_")
    made = words(pdf(executed(report_with(overview=text, problems="= a\n\n\\- b\n\n/ c: d\n\n\\+ e"))))
    assert said.replace(" ", "") in made
    for kept in ("=a", "-b", "/c:d", "+e"):
        assert kept in made


@pytest.mark.parametrize("text", ["\\", '"', '\\"', "#", '";#panic();"', "]#panic()[", "*/", "//", "\\u{0}", "{{", "`"])
def test_what_ends_a_string_ends_none(text: str) -> None:
    html = f"<p>前{text.replace('<', '&lt;')}后</p><h3>{text}</h3><table><tr><td>{text}</td></tr></table>"
    assert f"前{text}后" in words(pdf(executed(report_with(), {"text/html": html})))


def test_a_link_leads_only_where_links_may() -> None:
    html = '<p><a href="https://example.org/a&quot;#b">甲</a><a href="#c">乙</a></p>'
    with pdfplumber.open(io.BytesIO(pdf(executed(report_with(), {"text/html": html})))) as opened:
        (link,) = [link for page in opened.pages for link in page.annots]
    assert link["uri"] == "https://example.org/a%22#b"


# ---------------------------------------------------------------------- letters


def test_rare_characters_are_shown(caplog: pytest.LogCaptureFixture) -> None:
    assert "䶮𬬻" in words(pdf(executed(report_with(overview="示例：䶮𬬻。"))))
    assert not caplog.records


def test_a_character_that_no_font_has_is_a_code_and_no_box(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        made = words(pdf(executed(report_with(overview="示例：\U000e01f0\U0010fffd。", problems="\U0010fffd"))))
    assert "〔U+10FFFD〕。" in made
    (record,) = caplog.records
    assert "U+10FFFD" in record.message
    assert "示例市示例局" in record.message


# ---------------------------------------------------------------- read back


@given(published_reports())
@settings(
    suppress_health_check=list(HealthCheck),
    deadline=None,
    max_examples=8,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
def test_a_pdf_comes_in_as_it_went_out(tmp_path: Path, report: AnnualReport) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(executed(report)))
    assert_same(read_report(read_document(path)), report)

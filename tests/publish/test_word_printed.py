"""A report's Word document as LibreOffice prints it: nothing is cut off, and tables stay whole."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pdfplumber
import pytest

from publish.made import AGENCY, executed
from reportkit.form import form_for
from reportkit.publish.word import word
from reportkit.report import new_report

MILLIMETRE = 72 / 25.4
YEARS = (2020, 2023)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Any]]:
    """A report of each edition, with figures of many digits in its widest table, printed."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail("no LibreOffice: `make test` installs it (libreoffice-writer-nogui)")
    folder = tmp_path_factory.mktemp("printed")
    for year in YEARS:
        texts = {"overview": "（一）主动公开。" + "示例：本机关主动公开信息。" * 60}
        outcomes = (f"challenges.review.{outcome}" for outcome in ("upheld", "corrected", "other", "pending"))
        figures = dict.fromkeys(outcomes, 123456)
        (folder / f"{year}.docx").write_bytes(word(executed(new_report(AGENCY, year, figures, narrative=texts))))
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    files = [folder / f"{year}.docx" for year in YEARS]
    subprocess.run([*command, "--outdir", folder, *files], check=True, capture_output=True, timeout=120)
    opened = {year: pdfplumber.open(folder / f"{year}.pdf") for year in YEARS}
    yield opened
    for document in opened.values():
        document.close()


@pytest.mark.parametrize("year", YEARS)
def test_nothing_leaves_the_page(printed: dict[int, Any], year: int) -> None:
    for page in printed[year].pages:
        assert (round(page.width / MILLIMETRE), round(page.height / MILLIMETRE)) == (210, 297)
        text = page.crop((0, 0, page.width, page.height - 34 * MILLIMETRE))
        marks = [mark for mark in text.chars if mark["text"] not in "，。：； "]  # which may hang over the edge
        assert min(mark["x0"] for mark in marks) >= 28 * MILLIMETRE - 2
        assert max(mark["x1"] for mark in marks) <= (210 - 26) * MILLIMETRE + 2
        assert min(mark["top"] for mark in marks) >= 37 * MILLIMETRE - 10


@pytest.mark.parametrize("year", YEARS)
def test_page_numbers_stand_outside(printed: dict[int, Any], year: int) -> None:
    for number, page in enumerate(printed[year].pages, start=1):
        foot = page.crop((0, page.height - 34 * MILLIMETRE, page.width, page.height))
        assert "".join(foot.extract_text().split()) == f"—{number}—"
        assert (foot.chars[0]["x0"] > page.width / 2) == (number % 2 == 1)


@pytest.mark.parametrize("year", YEARS)
def test_each_table_stays_on_its_page_with_its_heading(printed: dict[int, Any], year: int) -> None:
    form = form_for(year)
    pages = [page.extract_text() for page in printed[year].pages]
    found = [len(page.find_tables()) for page in printed[year].pages]
    assert sum(found) == len(form.tables)
    for table in form.tables:
        (at,) = [at for at, said in enumerate(pages) if form.section(table.key).title in said]
        assert found[at]


@pytest.mark.parametrize("year", YEARS)
def test_no_figure_is_broken_or_runs_out_of_its_cell(printed: dict[int, Any], year: int) -> None:
    tables = [drawn for page in printed[year].pages for drawn in page.find_tables()]
    (widest,) = [drawn for drawn in tables if len(drawn.rows[-1].cells) == 15]
    boxes = [(left - 1, top - 1, right + 1, bottom + 1) for left, top, right, bottom in widest.rows[-1].cells]
    written = [widest.page.within_bbox(box).extract_text() for box in boxes]
    assert written == ["123456"] * 4 + ["493824"] + ["0"] * 10

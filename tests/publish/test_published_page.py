"""What the public sees of a report in a real browser: on a wide screen, on a phone, printed, and in a list of results."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from accessibility import violations
from reportkit.display import charts, tables
from reportkit.display.narrative import preamble, section
from reportkit.documents.detection import read_document
from reportkit.intake.published.report import read_report
from reportkit.publish.exporters import export
from reportkit.publish.page import compose
from reportkit.report import Agency, AnnualReport, new_report

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
NAME = "示例市“甲”&<乙>局"
TEXTS = {"overview": "示例：主动公开政府信息。\n\n" * 6, "problems": "示例：仍有不足。", "other": "示例：没有收费。"}


def large(year: int) -> AnnualReport:
    """A report with the figures of a large city."""
    figures = {
        "disclosure.licences.decisions": 11_398_889,
        "applications.received.natural_person": 13_612,
        "applications.received.company": 252,
        "applications.granted.natural_person": 12_034,
        "applications.refused.state_secret.natural_person": 30,
        "applications.carried_out.natural_person": 1_800,
        "challenges.review.upheld": 376,
        "challenges.litigation_direct.corrected": 16,
    }
    previous = large(year - 1) if year > 2022 else None
    changed = {address: figure + year for address, figure in figures.items()}
    return new_report(Agency("example", NAME), year, changed, narrative=TEXTS, previous=previous)


REPORT = large(2024)


def executed(report: AnnualReport) -> NotebookNode:
    """The notebook, as Jupyter would have left it."""
    shown: list[Any] = [preamble(report)]
    for one in report.form.sections[1:]:
        shown += [section(report, one.key), *(tables.table(report, one.key) for _ in [1] if one.holds_table)]
    shown += [chart(report) for chart in (charts.outcomes, charts.applicants, charts.requests_over_years)]
    outputs = []
    for part in shown:
        data, metadata = part._repr_mimebundle_() if hasattr(part, "_repr_mimebundle_") else ({}, {})
        outputs.append(new_output("display_data", data or {"text/html": part._repr_html_()}, metadata=metadata))
    made: NotebookNode = new_notebook(cells=[new_code_cell("shown", outputs=[output]) for output in outputs])
    return made


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published page."""
    path = tmp_path_factory.mktemp("published") / "report.html"
    path.write_text(export(executed(REPORT), "publish"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shown(browser: Any, file: Path) -> Iterator[Any]:
    """The page, opened once for all tests."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    yield page
    context.close()


def at(shown: Any, viewport: dict[str, int]) -> Any:
    """The page at a size of the window, its tables scrolled to their beginning."""
    shown.set_viewport_size(viewport)
    scroll(shown, 0)
    return shown


def scroll(shown: Any, by: int) -> None:
    """Scroll the tables to the side, and wait until that is drawn."""
    shown.evaluate(
        "by => { for (const frame of document.querySelectorAll('.scroll')) frame.scrollLeft = by;"
        " return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); }",
        by,
    )


# ---------------------------------------------------------------- figures


def test_figures_stand_in_the_middle_and_thousands_apart(shown: Any) -> None:
    cell = at(shown, WIDE).locator('td[id="disclosure.licences.decisions"]')
    assert cell.evaluate("cell => getComputedStyle(cell).textAlign") == "center"
    gaps = cell.locator("span").evaluate_all("groups => groups.map(group => getComputedStyle(group).marginLeft)")
    assert gaps == ["3.5px", "3.5px"]
    assert shown.locator('td[id="challenges.review.upheld"] span').count() == 0


def test_a_figure_is_copied_and_found_as_it_is_typed(shown: Any) -> None:
    copied = "cell => { getSelection().selectAllChildren(cell); return getSelection().toString().trim(); }"
    assert shown.locator('td[id="disclosure.licences.decisions"]').evaluate(copied) == "11400913"
    shown.evaluate("getSelection().removeAllRanges()")
    assert shown.evaluate("find('11400913')")


def test_the_page_is_imported_with_the_same_figures(file: Path) -> None:
    read = read_report(read_document(file)).report(REPORT.agency)
    assert read.figures == REPORT.figures


# ---------------------------------------------------------------- on a phone

FRAMES = """() => [...document.querySelectorAll('.scroll')].map(frame => {
  const [outer, caption] = [frame, frame.querySelector('.rk-caption')].map(one => one.getBoundingClientRect());
  return {
    scrolls: frame.scrollWidth > frame.clientWidth,
    hinted: getComputedStyle(frame, '::before').display !== 'none',
    whole: caption.left >= outer.left - 1 && caption.right <= outer.right + 1,
  };
})"""


@pytest.mark.parametrize(("viewport", "scrolling"), [(WIDE, [False] * 3), (PHONE, [False, True, True])])
def test_a_hint_is_shown_where_a_table_scrolls_and_nowhere_else(
    shown: Any, viewport: dict[str, int], scrolling: list[bool]
) -> None:
    for by in (0, 1000):
        scroll(at(shown, viewport), by)
        frames = shown.evaluate(FRAMES)
        assert [frame["scrolls"] for frame in frames] == scrolling
        assert [frame["hinted"] for frame in frames] == scrolling
        assert all(frame["whole"] for frame in frames)


def test_the_labels_of_rows_stay_beside_figures_that_scroll(shown: Any) -> None:
    scroll(at(shown, PHONE), 1000)
    moved = """() => {
      const frame = document.querySelectorAll('.scroll')[1];
      const left = one => Math.round(one.getBoundingClientRect().left - frame.getBoundingClientRect().left);
      const labels = [...frame.querySelectorAll('.rk-stub')].map(one => [left(one), one.getBoundingClientRect().width]);
      const last = frame.querySelector('[id="applications.received.total"]').getBoundingClientRect();
      return [labels, last.right <= frame.getBoundingClientRect().right + 1];
    }"""
    labels, seen = shown.evaluate(moved)
    lefts = sorted({left for left, _ in labels})
    assert lefts[0] == 0
    assert len(lefts) == 3
    # No gap between the columns of labels, through which figures would be seen.
    widths = {left: min(width for at, width in labels if at == left) for left in lefts}
    assert all(left + widths[left] >= after - 0.5 for left, after in pairwise(lefts))
    assert max(left + width for left, width in labels) < 180
    assert seen


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_axe_finds_nothing(shown: Any, viewport: dict[str, int]) -> None:
    assert violations(at(shown, viewport)) == []


# ---------------------------------------------------------------- on paper


def test_printed_pages_are_full_and_numbered_and_tables_keep_their_heads(shown: Any) -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(at(shown, WIDE).pdf(prefer_css_page_size=True)))
    texts = [page.get_textpage().get_text_range() for page in document]
    assert 2 < len(texts) < 6
    assert [re.findall(r"第(\d)页，共(\d)页", text) for text in texts] == [
        [(str(number), str(len(texts)))] for number in range(1, len(texts) + 1)
    ]
    with_rows = [text for text in texts if re.search(r"一、本年新收|四、结转下年度", text)]
    assert len(with_rows) == 2
    assert all("法人或其他组织" in text and "申请人情况" in text for text in with_rows)
    # What the sections begin with does not stand alone at the end of a page.
    assert not any(re.search(r"(情况|事项)\s*第\d页", text) for text in texts)
    lowest = [min(box.get_bounds()[1] for box in page.get_objects() if box.get_bounds()[1] > 60) for page in document]
    assert all(bottom < 842 / 2 for bottom in lowest[:-1])


# ---------------------------------------------------------------- without being looked at


def test_search_engines_are_told_agency_year_and_leading_figures(shown: Any, file: Path) -> None:
    described = shown.locator('meta[name="description"]').get_attribute("content")
    assert described.startswith(f"{NAME}2024年度政府信息公开工作年度报告：政府信息公开申请本年新收17912件、")
    assert described.endswith("；行政复议2400件、未经复议直接起诉2040件、复议后起诉0件。")
    assert "<乙>" not in file.read_text(encoding="utf-8")


def test_a_page_without_an_opening_has_no_description() -> None:
    outputs = [new_output("display_data", {"text/html": "<p>甲</p>"}, metadata={"reportkit": {"description": 1}})]
    assert "description" not in export(new_notebook(cells=[new_code_cell("", outputs=outputs)]), "publish")


def test_what_only_reviewers_see_describes_no_page() -> None:
    kept = new_output("display_data", {"text/html": "<p>甲</p>"}, metadata={"reportkit": {"description": " 示例\n一"}})
    tagged = new_code_cell("", outputs=[kept], metadata={"tags": ["review"]})
    assert compose(new_notebook(cells=[tagged]), review=True).description == ""
    assert compose(new_notebook(cells=[new_code_cell("", outputs=[kept])]), review=False).description == "示例 一"


def test_the_page_runs_no_script_and_is_light_for_everyone(shown: Any, file: Path) -> None:
    assert "<script" not in file.read_text(encoding="utf-8")
    shown.emulate_media(color_scheme="dark")
    assert shown.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert shown.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light only"
    shown.emulate_media(color_scheme=None)

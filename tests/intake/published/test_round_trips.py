"""A report that goes out and comes in again is the same report: as a page, as a Word file, as a PDF, as text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from documents.made import NASTY, build
from reportkit.display import narrative, tables
from reportkit.documents.detection import read_document
from reportkit.form import Form
from reportkit.form.figures import figure_text
from reportkit.form.layout import FigureBox, LabelBox, layout_of
from reportkit.intake.published.importing import read_published
from reportkit.intake.published.report import PublishedReport, read_report
from reportkit.publish.exporters import export
from reportkit.report import Agency, AnnualReport
from reportkit.system.bounded import Refusal
from strategies import consistent_reports

AGENCY = Agency("office", "示例市示例局", contact="电话：0000-0000000")
TEXTS = st.lists(
    st.sampled_from(
        [
            "（一）主动公开。全年公开政府信息390余条，其中政策解读2件。",
            "（二）依申请公开。受理申请12件，均在法定期限内答复；未收取信息处理费。",
            "一是公开意识有待加强；二是解读形式单一。",
            "下一步，将完善“一网通办”平台，公开《示例目录（2023年版）》，做到应公开、尽公开。",
        ]
    ),
    min_size=1,
    max_size=4,
    unique=True,
).map(lambda paragraphs: "\n\n".join(paragraphs) + "\n")


@st.composite
def published_reports(draw: st.DrawFn) -> AnnualReport:
    """A report as agencies publish them: with a text in every section and every total stated."""
    report = draw(consistent_reports(draw(st.sampled_from([2020, 2023]))))
    period = report.form.period.format(year=report.year)
    texts = {section.key: draw(TEXTS) for section in report.form.narrative_sections if section.title}
    texts["preamble"] = f"{AGENCY.name}编制本报告，数据统计期限为{period}。联系{AGENCY.contact}。\n"
    fields: dict[str, Any] = {"agency": AGENCY, "narrative": texts, "published": None, "waivers": ()}
    return report.replace(dict(report.computed), **fields)


def page(report: AnnualReport) -> str:
    """The published page, but for its charts."""
    parts = [narrative.preamble(report)]
    for section in report.form.titled_sections:
        parts.append(narrative.section(report, section.key))
        if section.holds_table:
            parts.append(tables.table(report, section.key))
    outputs = [new_output("display_data", {"text/html": part._repr_html_()}) for part in parts]
    return export(
        new_notebook(cells=[new_code_cell("part", execution_count=1, outputs=[output]) for output in outputs]),
        "publish",
    )


def word(report: AnnualReport) -> bytes:
    """The report as a Word file with merged cells."""
    document = docx.Document()
    document.add_heading(f"{report.agency.name}{report.title}", 0)
    for section in report.form.sections:
        if section.title:
            document.add_heading(section.title, 1)
        if section.holds_table:
            _add_table(document, report, section.key)
        else:
            for paragraph in report.text(section).split("\n\n"):
                document.add_paragraph(paragraph.strip())
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _add_table(document: Any, report: AnnualReport, key: str) -> None:
    layout = layout_of(report.form.table(key))
    lines = [*layout.head, *(line for body in layout.bodies for line in body)]
    table = document.add_table(len(lines), layout.width)
    cells = table._cells  # once: python-docx makes the list anew for each cell that it is asked for
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(lines):
        column = 0
        for box in line:
            while (row, column) in taken:
                column += 1
            height = box.rowspan if isinstance(box, LabelBox) else 1
            covered = [(row + down, column + across) for down in range(height) for across in range(box.colspan)]
            taken.update(covered)
            cell = cells[row * layout.width + column]
            if len(covered) > 1:
                last_row, last_column = covered[-1]
                cell = cell.merge(cells[last_row * layout.width + last_column])
            cell.text = figure_text(report[box.cell.address]) if isinstance(box, FigureBox) else box.label


def assert_same(published: PublishedReport, report: AnnualReport) -> None:
    assert (published.agency_name, published.year) == (report.agency.name, report.year)
    assert published.form is report.form
    again = published.report(report.agency)
    assert {a: figure_text(f) for a, f in again.all_figures.items()} == {
        a: figure_text(f) for a, f in report.all_figures.items()
    }
    assert dict(again.declared) == dict(report.declared)
    squeezed = {key: "".join(text.split()) for key, text in again.narrative.items()}
    assert squeezed == {key: "".join(text.split()) for key, text in report.narrative.items()}


# Examples cost a file each: a failing one is shown as it is.
RELAXED = settings(
    suppress_health_check=list(HealthCheck),
    deadline=None,
    max_examples=30,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@given(published_reports())
@RELAXED
def test_a_published_page_comes_in_as_it_went_out(tmp_path: Path, report: AnnualReport) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(report), encoding="utf-8")
    assert_same(read_report(read_document(path)), report)


@given(published_reports())
@RELAXED
def test_a_word_file_comes_in_as_it_went_out(tmp_path: Path, report: AnnualReport) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(word(report))
    assert_same(read_report(read_document(path)), report)


def test_a_printed_page_comes_in_as_it_went_out(browser: Any, tmp_path: Path) -> None:
    sheet = browser.new_page()

    @given(published_reports())
    @settings(RELAXED, max_examples=6)
    def printed(report: AnnualReport) -> None:
        path = tmp_path / "report.pdf"
        sheet.set_content(page(report))
        sheet.pdf(path=path, format="A4")
        assert_same(read_report(read_document(path)), report)

    printed()
    sheet.close()


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PublishedReport | Refusal]:
    folder = tmp_path_factory.mktemp("nasty")
    paths = {build(name, folder): name for name in NASTY}
    return {paths[path]: outcome for path, outcome in read_published(list(paths))}


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_document_is_a_report_or_one_clear_line(nasty: dict[str, PublishedReport | Refusal], name: str) -> None:
    outcome = nasty[name]
    if NASTY[name].refused is None:
        assert isinstance(outcome, PublishedReport), outcome
        assert outcome.figures or outcome.missing
    else:
        assert isinstance(outcome, Refusal)
        assert "\n" not in outcome.message


def test_of_half_a_report_the_other_half_is_missing(nasty: dict[str, PublishedReport | Refusal]) -> None:
    half = nasty["half_a_report"]
    assert isinstance(half, PublishedReport)
    assert half.missing
    assert isinstance(half.form, Form)

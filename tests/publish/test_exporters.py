import base64
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.exporters import get_exporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from reportkit.display import charts, narrative, tables
from reportkit.publish.charts import library_name
from reportkit.publish.exporters import PublishExporter, ReviewExporter, export
from reportkit.publish.page import Audience
from reportkit.report import Agency, new_report

Make = Callable[..., NotebookNode]
VEGALITE = "application/vnd.vegalite.v5+json"


@pytest.fixture
def executed(notebook: Make, cell: Make, bar: Make) -> NotebookNode:
    review = cell({"text/html": "<style>p.only{}</style><p>给审阅者</p>"}, tags=("review",))
    return notebook("<h1>示例局 年度报告</h1>", {VEGALITE: bar("示例一")}, {VEGALITE: bar("示例二")}, review)


@pytest.mark.parametrize("audience", ["publish", "review"])
def test_nbconvert_finds_the_exporters_and_makes_the_same_page(
    executed: NotebookNode, tmp_path: Path, audience: Audience
) -> None:
    page = export(executed, audience)
    for name in ("report.ipynb", "另一个 名字.ipynb"):
        nbformat.write(executed, tmp_path / name)
        os.utime(tmp_path / name, (1, 1))
        exported, resources = get_exporter(f"reportkit_{audience}")().from_filename(str(tmp_path / name))  # type: ignore[no-untyped-call]
        assert exported == page
        assert resources["output_extension"] == {"publish": ".html", "review": ".review.html"}[audience]


def test_the_command_line_of_nbconvert_makes_the_same_page(executed: NotebookNode, tmp_path: Path) -> None:
    nbformat.write(executed, tmp_path / "a.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "reportkit_publish", "--output", "b", "a.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "b.html").read_text(encoding="utf-8") == export(executed, "publish")


def test_the_review_page_is_not_written_over_the_published_one(executed: NotebookNode, tmp_path: Path) -> None:
    nbformat.write(executed, tmp_path / "report.ipynb")
    for audience in ("publish", "review"):
        command = [sys.executable, "-m", "nbconvert", "--to", f"reportkit_{audience}", "report.ipynb"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == export(executed, "publish")
    assert (tmp_path / "report.review.html").read_text(encoding="utf-8") == export(executed, "review")


def test_a_menu_can_tell_the_pages_apart() -> None:
    assert PublishExporter.export_from_notebook != ReviewExporter.export_from_notebook
    assert all(exporter.export_from_notebook for exporter in (PublishExporter, ReviewExporter))


@given(st.text(), st.text(), st.sampled_from(["publish", "review"]))
def test_a_page_is_the_same_after_the_notebook_was_written_and_read(text: str, other: str, audience: Audience) -> None:
    data = {"text/plain": other} if text == other else {"text/html": text, "text/plain": other}
    outputs = [new_output("display_data", data), new_output("stream", text=text)]
    notebook = new_notebook(cells=[new_markdown_cell(other), new_code_cell("1", outputs=outputs)])
    again = nbformat.reads(nbformat.writes(notebook), as_version=4)
    assert export(again, audience) == export(notebook, audience)


@pytest.mark.parametrize("audience", ["publish", "review"])
def test_what_changes_from_run_to_run_does_not_change_the_page(executed: NotebookNode, audience: Audience) -> None:
    page = export(executed, audience)
    for number, cell in enumerate(executed.cells):
        cell.id = f"cell-{number}"
        cell.execution_count = 41
        cell.metadata["execution"] = {"iopub.execute_input": "2024-01-01T00:00:00Z"}
        cell.metadata["papermill"] = {"duration": 1.5}
    executed.metadata["papermill"] = {"input_path": "/somewhere/a.ipynb", "start_time": "2024-01-01"}
    assert export(executed, audience) == page


def test_the_published_page_has_no_script_and_allows_none(executed: NotebookNode) -> None:
    page = export(executed, "publish", assets_url="assets")
    assert page.startswith('<!doctype html>\n<html lang="zh-CN">')
    assert "<title>示例局 年度报告</title>" in page
    assert "<script" not in page
    assert "审阅" not in page
    assert "p.only" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert "script-src" not in policy[1]


def test_the_review_page_runs_its_own_scripts_alone(executed: NotebookNode) -> None:
    page = export(executed, "review", assets_url="../../assets/")
    (nonce,) = set(re.findall("'nonce-([^']*)'", page))
    scripts = re.findall("<script[^>]*>", page)
    assert scripts == [
        *['<script type="application/json">'] * 2,
        f'<script nonce="{nonce}" src="../../assets/{library_name()}">',
        f'<script nonce="{nonce}">',
    ]
    assert "unsafe-eval" not in page
    assert "审阅版" in page
    assert '<section class="review-only" id="review" aria-label="仅供审阅">\n<p>给审阅者</p>\n</section>' in page
    assert '<a href="#review">' in page
    assert "p.only{}" in page


def test_the_overview_has_no_script_and_allows_no_style_but_its_own(executed: NotebookNode) -> None:
    page = export(executed, "overview", links=[("总目录", "../index.html")])
    policy = re.search(r'http-equiv="Content-Security-Policy" content="(.*?)"', page)
    assert policy
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles]
    own = " ".join(f"'sha256-{digest}'" for digest in digests)
    assert policy[1] == f"default-src 'none'; style-src {own}; img-src data:; base-uri 'none'; form-action 'none'"
    assert "<script" not in page
    assert "给审阅者" not in page
    assert page.count("<svg") == 2
    assert '<a href="../index.html">总目录</a>' in page
    assert "仅供内部使用，不得对外发布" in page


@pytest.mark.parametrize(
    ("written", "on_page"),
    [
        ("#page:office/review.html", "office/review.html"),
        ("#page:../index.html#year=2023&amp;rule=T4-SUM", "../index.html#year=2023&amp;rule=T4-SUM"),
        ("#page:%E7%94%B2%20%E5%B1%80/review.html", "%E7%94%B2%20%E5%B1%80/review.html"),
        *(
            (same, same)
            for same in ("#page:javascript:ran()", "#page://example.com/", "#page:../../../etc", "#page:/a")
        ),
    ],
)
def test_the_overview_links_pages_of_its_output_alone(notebook: Make, written: str, on_page: str) -> None:
    page = export(notebook(f'<p><a href="{written}">示例</a></p>'), "overview")
    assert f'<a href="{on_page}"' in page


def test_the_banner_leads_past_remarks_to_the_cells_for_reviewers(notebook: Make, cell: Make) -> None:
    remark = new_output("display_data", {"text/html": "<p>没有数据</p>"})
    remark.metadata = {"reportkit": {"audience": "review"}}
    tagged = cell({"text/html": "<p>校验结果</p>"}, tags=("review",))
    for cells, led_to in (((cell(remark), tagged), "校验结果"), ((cell(remark),), "没有数据")):
        page = export(notebook(*cells), "review")
        assert page.count('id="review"') == 1
        assert f'<section class="review-only" id="review" aria-label="仅供审阅">\n<p>{led_to}</p>' in page


def test_exported_alone_the_review_page_carries_the_library(executed: NotebookNode) -> None:
    page = export(executed, "review")
    assert "<script nonce=" in page
    assert " src=" not in re.sub(r"(?s)<script nonce.*", "", page)
    assert "window.vegaEmbed" in page


def test_a_review_page_without_charts_needs_no_script(notebook: Make) -> None:
    page = export(notebook("<p>甲</p>"), "review")
    assert "<script" not in page
    assert "script-src" not in page


def test_titles_are_escaped(notebook: Make) -> None:
    page = export(notebook("<h1>&lt;/title&gt;&lt;script&gt;</h1>"), "publish")
    assert "<title>&lt;/title&gt;&lt;script&gt;</title>" in page


def test_what_looks_like_a_template_is_only_text(notebook: Make) -> None:
    page = export(notebook("<p>{{ 7 * 7 }}{% raw %}</p>"), "publish")
    assert "<p>{{ 7 * 7 }}{% raw %}</p>" in page


def test_a_template_of_that_name_in_the_working_folder_is_not_taken(
    notebook: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reportkit").mkdir()
    (tmp_path / "reportkit" / "index.html.j2").write_text("别的", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    page, _ = PublishExporter().from_notebook_node(notebook("<p>甲</p>"))  # type: ignore[no-untyped-call]
    assert page == export(notebook("<p>甲</p>"), "publish")


def test_nbconverts_own_settings_still_hold(notebook: Make, cell: Make) -> None:
    from traitlets.config import Config

    config = Config()
    config.TagRemovePreprocessor.remove_cell_tags = {"hide"}
    config.ReviewExporter.assets_url = "elsewhere"
    exporter = ReviewExporter(config=config)  # type: ignore[no-untyped-call]
    page, _ = exporter.from_notebook_node(notebook(cell({"text/html": "<p>甲</p>"}, tags=("hide",)), "<p>乙</p>"))
    assert "甲" not in page
    assert "乙" in page
    assert exporter.assets_url == "elsewhere"


def test_a_notebook_that_was_not_run_is_exported(notebook: Make, cell: Make) -> None:
    assert "尚未运行" in export(notebook(cell()), "publish")
    assert "尚未运行" in export(notebook(), "review")


def test_exporting_does_not_change_the_notebook(executed: NotebookNode) -> None:
    before = nbformat.writes(executed)
    export(executed, "review", assets_url="a")
    assert nbformat.writes(executed) == before


@pytest.fixture
def report_notebook(notebook: Make) -> NotebookNode:
    """A whole report, as a notebook shows it."""
    agency = Agency("example", "示例市示例局")
    text = "示例文字，" * 60
    narrative_texts = {"preamble": text, "overview": text, "problems": text, "other": text}
    last = new_report(agency, 2022, {"applications.received.company": 5, "challenges.review.upheld": 1})
    figures = {
        "applications.received.natural_person": 86,
        "applications.received.company": 3,
        "applications.granted.natural_person": 80,
        "applications.refused.state_secret.natural_person": 1,
        "challenges.review.upheld": 2,
    }
    report = new_report(agency, 2023, figures, narrative=narrative_texts, previous=last)
    parts = [
        narrative.preamble(report),
        *(
            part
            for section in report.form.titled_sections
            for part in [narrative.section(report, section.key)]
            + ([tables.table(report, section.key)] if section.holds_table else [])
        ),
    ]
    drawn = [charts.outcomes, charts.applicants, charts.requests_over_years, charts.challenges_over_years]
    specs = [chart(report).to_dict() for chart in drawn]
    return notebook(*(part._repr_html_() for part in parts), *({VEGALITE: spec} for spec in specs))


def test_a_published_report_with_four_charts_is_small_and_soon_exported(report_notebook: NotebookNode) -> None:
    page = export(report_notebook, "publish")
    assert page.count("<svg") == 4
    assert len(page.encode()) < 100_000
    assert page.count(".rk-part h1{") == 1
    assert 'id="applications.granted.total"' in page
    fastest = min(_seconds(report_notebook) for _ in range(5))
    assert fastest < 0.2, "a warmed export takes about 0.02 s"


def _seconds(notebook: NotebookNode) -> float:
    start = time.process_time()
    export(notebook, "publish")
    return time.process_time() - start


def test_markdown_and_outputs_keep_their_order(notebook: Make) -> None:
    page = export(notebook(new_markdown_cell("# 一"), "<p>二</p>", new_markdown_cell("三")), "publish")
    assert page.index("<h1>一</h1>") < page.index("<p>二</p>") < page.index("<p>三</p>")

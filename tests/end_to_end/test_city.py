"""A city of odd reports, built in one run: large figures, two editions, hostile text, broken files and notebooks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import nbformat
import pytest

from accessibility import violations
from end_to_end.pages import read_page, squeezed
from end_to_end.projects import ROOT, nested, reportkit, write_project
from reportkit.build.last_run import STAMP
from reportkit.publish.formats import FORMATS

HANGZHOU = json.loads((ROOT / "tests" / "data" / "hangzhou-2025.figures.json").read_text(encoding="utf-8"))
MARKUP = (
    "<script>window.ran = 1</script> <img src=x onerror='window.ran = 1'> [链接](javascript:window.ran=1) "
    "![图](http://example.com/a.png) <iframe src='http://example.com'></iframe> <a href='javascript:window.ran=1'>点</a> "
    "</style></script><svg onload='window.ran = 1'>"
)
AGENCIES = f"""\
hangzhou: {{name: 杭州市, level: government}}
office: {{name: 示例市示例局}}
hostile: {{name: {json.dumps("示例局" + MARKUP)}, short: {json.dumps(MARKUP)}, contact: {json.dumps("电话" + MARKUP)}}}
typo: {{name: 示例市错字局}}
raises: {{name: 示例市出错局, notebook: raises.ipynb}}
own: {{name: 示例市自有局, notebook: own.ipynb}}
"""
YEARS = {
    "params/2020/office.yaml": """\
disclosure: {procurement: {items: 3, amount: 38.65万元}, fees: {change: -2}}
applications:
  received: {natural_person: 30}
  granted: {natural_person: 20}
  other: {natural_person: 4}
  carried_out: {natural_person: 6}
challenges: {review: {upheld: 2}}
""",
    "params/2021/office.yaml": """\
disclosure: {normative_documents: {issued: 3, in_force: 40}}
applications:
  received: {natural_person: 200, company: 5}
  carried_in: {natural_person: 6}
  granted: {natural_person: 150, company: 5}
  refused: {state_secret: {natural_person: 50}}
  carried_out: {natural_person: 6}
challenges: {review: {upheld: 1, corrected: 1}, litigation_direct: {pending: 1}}
""",
    "params/2022/office.yaml": """\
disclosure: {normative_documents: {issued: 3, repealed: 1, in_force: 41}}
applications:
  received: {natural_person: 10}
  carried_in: {natural_person: 5}
  granted: {natural_person: 15}
""",
}


def notebook(*sources: str) -> str:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=kernel)))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Any:
    tables = {table: dict(HANGZHOU[table]) for table in ("disclosure", "applications", "challenges")}
    root = write_project(
        tmp_path_factory.mktemp("city") / "project",
        {
            "params/agencies.yaml": AGENCIES,
            **YEARS,
            "params/2025/hangzhou.yaml": nested(tables),
            "params/2023/hostile.yaml": f"narrative: {json.dumps(dict.fromkeys(['preamble', 'overview', 'problems', 'other'], MARKUP))}",
            "params/2023/typo.yaml": "applications:\n  received: {natural_person: 2件}\n",
            "params/2023/raises.yaml": "",
            "params/2023/own.yaml": "applications: {received: {company: 3}, granted: {company: 3}}",
            "params/2023/nobody.yaml": "",
            "notebooks/raises.ipynb": notebook(
                "agency, year = '', 0", "a = 1", "# 第一行\nraise ValueError('示例错误')"
            ),
            "notebooks/overview.ipynb": (ROOT / "notebooks" / "overview.ipynb").read_text(encoding="utf-8"),
            "notebooks/own.ipynb": notebook(
                "agency, year = '', 0",
                "import reportkit as rk\nreport = rk.open_report(agency, year)\nprint('工作笔记')",
                "rk.preamble(report)",
                "rk.tables.applications(report)",
            ),
        },
    )
    built = reportkit("build", folder=root)
    return root, built


def test_broken_reports_do_not_stop_the_others(city: Any) -> None:
    root, built = city
    assert built.returncode == 1
    lines = [line for line in built.stdout.splitlines() if line]
    assert re.fullmatch(rf"6 built, 3 failed in \d+\.\d s: {root}/output/index\.html", lines[-1])
    assert sorted(line.split()[1] for line in lines if line.startswith("built")) == [
        *["hangzhou", "hostile", "office", "office", "office", "own"],
    ]
    assert "Traceback" not in built.stderr


def test_what_failed_says_where_and_what_to_do(city: Any) -> None:
    _, built = city
    said = built.stdout
    assert "params/2023/typo.yaml:2: applications.received.natural_person: '2件' is not a whole number" in said
    assert "notebooks/raises.ipynb, cell 3, line 2: ValueError: 示例错误" in said
    assert "nobody: no such agency in params/agencies.yaml" in said


def test_what_a_failing_notebook_had_done_is_kept(city: Any) -> None:
    root, _ = city
    folder = root / "output" / "2023" / "raises"
    kept = nbformat.read(folder / "report.failed.ipynb", as_version=4)
    assert any(output.output_type == "error" for cell in kept.cells for output in cell.get("outputs", ()))
    assert not (folder / "report.html").exists()


def test_the_index_lists_what_was_built_and_what_failed(city: Any, page: Any, complaints: list[str]) -> None:
    root, _ = city
    page.goto((root / "output" / "list.html").as_uri())
    assert page.locator("h2").all_inner_texts() == [
        "2025年度（1份；5个机关未报送）",
        "2023年度（5份；2个机关未报送）",
        "2022年度（1份；5个机关未报送）",
        "2021年度（1份；5个机关未报送）",
        "2020年度（1份；5个机关未报送）",
    ]
    assert page.locator(".failure").count() == 3
    assert "最近一次生成失败" in page.locator("li", has=page.locator(".failure"), has_text="raises").inner_text()
    page.goto((root / "output" / "index.html").as_uri())
    assert page.locator(".chip.failed b").inner_text() == "3"
    assert page.evaluate("window.ran") is None
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_overview_of_a_year_is_read_by_anyone_and_leads_to_the_reports(
    city: Any, page: Any, complaints: list[str], width: int
) -> None:
    root, _ = city
    page.set_viewport_size({"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((root / "output" / "index.html").as_uri())
    page.get_by_role("link", name="2023年度概览").click()
    assert page.title() == "各机关2023年度政府信息公开工作概览"
    assert "仅供内部使用，不得对外发布" in page.get_by_role("banner").inner_text()
    assert page.locator(".rk-leading dt").all_inner_texts()[:3] == ["已报送", "新收申请", "公开率"]
    assert "2个机关未报送" in page.locator("h3").all_inner_texts()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("window.ran") is None
    links = page.locator("main a").evaluate_all("links => links.map(link => link.href)")
    assert links
    assert all(url2pathname(urlsplit(link).path).startswith(str(root)) for link in links)
    assert [link for link in links if not Path(url2pathname(urlsplit(link).path)).is_file()] == []
    page.locator("main a", has_text="示例市自有局").first.click()
    assert page.url.endswith("output/2023/own/review.html")
    page.go_back()
    assert violations(page) == []
    assert complaints == []
    assert {urlsplit(address).scheme for address in asked} <= {"file", "data"}


def test_from_the_index_a_wrong_cell_is_found_in_two_clicks(city: Any, page: Any, complaints: list[str]) -> None:
    from playwright.sync_api import expect

    root, _ = city
    page.goto((root / "output" / "index.html").as_uri())
    page.get_by_role("searchbox").fill("示例市示例局")
    page.locator("td.error a[href='2022/office/review.html']").click()
    wrong = "applications.carried_in.natural_person"
    page.locator(f"a[href='#{wrong}']:visible").first.click()
    expect(page.locator(f"[id='{wrong}']")).to_be_in_viewport()
    assert complaints == []


def test_a_report_that_works_again_leaves_no_trace_of_its_failure(city: Any) -> None:
    root, _ = city
    (root / "params" / "2023" / "typo.yaml").write_text("applications: {}\n")
    rebuilt = reportkit("build", "typo", folder=root)
    assert rebuilt.returncode == 0, rebuilt.stdout
    names = {path.name for path in (root / "output" / "2023" / "typo").iterdir()}
    assert names == {STAMP, *(written.file for written in FORMATS if written.always)}
    (root / "params" / "2023" / "typo.yaml").write_text("applications: {nonsense: 1}\n")
    failed = reportkit("build", "typo", folder=root)
    assert failed.returncode == 1
    assert (root / "output" / "2023" / "typo" / "report.html").exists()
    assert "现有页面是此前生成的" in (root / "output" / "list.html").read_text(encoding="utf-8")


def test_hangzhou_s_figures_stand_on_the_page_with_all_totals_as_published(city: Any) -> None:
    root, _ = city
    folder = root / "output" / "2025" / "hangzhou"
    page = read_page(folder / "report.html")
    shown = {
        f"{table}.{row}.{column}": str(figure)
        for table in ("disclosure", "applications", "challenges")
        for row, columns in HANGZHOU[table].items()
        for column, figure in columns.items()
    }
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))["figures"]
    assert {address: str(figure) for address, figure in figures.items()} == shown
    assert page.tables[1][-2][3:] == ["13364", "252", "0", "44", "121", "29", "13810"]
    assert page.tables[2][-1] == [
        "376",
        "97",
        "196",
        "121",
        "790",
        "16",
        "1",
        "12",
        "27",
        "56",
        "74",
        "1",
        "30",
        "51",
        "156",
    ]
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert not [finding for finding in findings if finding["rule"].startswith(("T3-", "T4-", "CELL-"))]


@pytest.mark.parametrize("name", ["report.html", "review.html"])
def test_markup_in_parameters_shows_as_text_and_runs_nothing(
    city: Any, name: str, page: Any, complaints: list[str]
) -> None:
    root, _ = city
    path = root / "output" / "2023" / "hostile" / name
    page.goto(path.as_uri())
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert "window.ran = 1" in page.locator("main").inner_text()
    assert page.locator("main img, main iframe, main script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert complaints == []


def test_an_agency_s_own_notebook_makes_its_page(city: Any) -> None:
    root, _ = city
    page = read_page(root / "output" / "2023" / "own" / "report.html")
    assert len(page.tables) == 1
    assert "工作笔记" not in page.text
    assert "工作笔记" in read_page(root / "output" / "2023" / "own" / "review.html").text


def test_edition_2019_has_its_own_tables(city: Any) -> None:
    root, _ = city
    page = read_page(root / "output" / "2020" / "office" / "report.html")
    assert ["政府集中采购", "3", "38.65万元", "38.65万元"] in page.tables[0]
    assert ["行政事业性收费", "0", "-2", "-2"] in page.tables[0]
    assert ["三、本年度办理结果", "（六）其他处理", "（六）其他处理", "4", "0", "0", "0", "0", "0", "4"] in page.tables[
        1
    ]


def test_years_are_compared_in_charts_and_checks(city: Any) -> None:
    root, _ = city
    folder = root / "output" / "2022" / "office"
    text = squeezed(read_page(folder / "report.html").text)
    assert "2020年至2022年政府信息公开行政复议、行政诉讼情况，各年依次为：行政复议2、2、0件" in text
    assert "本年新收30、205、10件；上年结转0、6、5件" in text
    assert read_page(folder / "report.html").html.count("<svg") == 2  # single bars are no charts
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    by_rule = {finding["rule"]: finding for finding in findings}
    assert by_rule["YEAR-CARRY"]["expected"] == 6
    assert by_rule["YEAR-CARRY"]["actual"] == 5
    assert by_rule["YEAR-STOCK"]["expected"] == 42
    assert "applications.received.natural_person" in [
        cell for f in findings if f["rule"] == "YEAR-SWING" for cell in f["cells"]
    ]
    earlier = json.loads((root / "output" / "2021" / "office" / "findings.json").read_text(encoding="utf-8"))
    assert not [finding for finding in earlier if finding["rule"] in ("YEAR-CARRY", "YEAR-STOCK")]


def test_findings_lead_to_their_cells_and_mark_them_only_for_the_reviewer(city: Any, page: Any) -> None:
    root, _ = city
    folder = root / "output" / "2022" / "office"
    page.goto((folder / "review.html").as_uri())
    link = page.locator('a[href="#applications.carried_in.natural_person"]').first
    link.click()
    assert page.evaluate("document.querySelector(':target').id") == "applications.carried_in.natural_person"
    marked = page.locator('[id="applications.carried_in.natural_person"]').evaluate(LOOK)
    plain = page.locator('[id="applications.received.other"]').evaluate(LOOK)
    assert marked != plain
    page.goto((folder / "report.html").as_uri())
    assert page.locator('[id="applications.carried_in.natural_person"]').evaluate(LOOK) == plain


LOOK = (
    "e => { const s = getComputedStyle(e); return [s.backgroundColor, s.outlineStyle, s.boxShadow, s.backgroundImage] }"
)

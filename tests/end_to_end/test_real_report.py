"""The real report of Linyi's Foreign Affairs Office for 2023, from its parameters to the published page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from end_to_end.pages import Page, read_page, squeezed
from end_to_end.projects import ROOT, reportkit

SOURCE = (ROOT / "tests" / "data" / "linyi-fao-2023.txt").read_text(encoding="utf-8")
REPORT = "output/2023/linyi-fao"
SECTIONS = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]


@pytest.fixture(scope="module")
def published(real_project: Path) -> Page:
    return read_page(real_project / REPORT / "report.html")


def plain(text: str) -> str:
    return squeezed(unicodedata.normalize("NFKC", text))


def figures_of(line: str) -> list[str]:
    return re.findall(r"(?<=\t)\d+(?=\t|$)", line)


def test_the_title_and_the_six_sections_stand_in_order(published: Page) -> None:
    assert published.headings == ["临沂市人民政府外事办公室2023年度政府信息公开工作年度报告", *SECTIONS]


def test_every_sentence_of_the_source_stands_on_the_page(published: Page) -> None:
    # The source's title 《市外办信息发布审批制度》 is torn by a page break; joined, it is one sentence.
    prose = [
        line for line in SOURCE.replace("《市\n\n外办", "《市外办").splitlines() if line.strip() and "\t" not in line
    ]
    prose = [line for line in prose if "(一) 予以公开" not in line]
    sentences = [sentence for line in prose for sentence in re.split(r"(?<=[。；;])", line) if sentence.strip()]
    assert len(sentences) > 40
    text = squeezed(published.text)
    assert [sentence for sentence in sentences if squeezed(sentence) not in text] == []


def test_table_two_holds_the_source_s_figures_under_its_labels(published: Page) -> None:
    source = SOURCE[SOURCE.index("第二十条第（一）项") : SOURCE.index("三、收到和处理")].replace(
        "本年度止件数", "本年废止件数"
    )
    expected = [[cell for cell in line.split("\t") if cell] for line in source.splitlines() if line.strip()]
    shown = [list(dict.fromkeys(row)) if not row[-1].isdigit() else row for row in published.tables[0]]
    assert len(shown) == len(expected) == 14
    for row, stated in zip(shown, expected, strict=True):
        assert row[: len(stated)] == [squeezed(cell) for cell in stated]


def test_table_three_holds_the_source_s_figures_under_its_labels(published: Page) -> None:
    source = SOURCE[SOURCE.index("一、本年新收") : SOURCE.index("四、政府信息公开行政复议")]
    stated = [(line, figures_of(line)) for line in source.splitlines() if figures_of(line)]
    rows = published.tables[1][3:]
    assert len(rows) == len(stated) == 25
    for row, (line, figures) in zip(rows, stated, strict=True):
        assert row[3:] == figures
        (label,) = {row[2]}
        assert plain(label) in plain(line)
    assert [row[9] for row in published.tables[1][:3]] == ["申请人情况", "总计", "总计"]
    assert published.tables[1][2][3:] == [
        "自然人",
        "商业企业",
        "科研机构",
        "社会公益组织",
        "法律服务机构",
        "其他",
        "总计",
    ]


def test_table_four_holds_the_source_s_figures(published: Page) -> None:
    stated = figures_of("\t" + SOURCE[: SOURCE.index("五、存在的主要问题")].strip().splitlines()[-1])
    *head, figures = published.tables[2]
    assert figures == stated
    assert head[0] == ["行政复议"] * 5 + ["行政诉讼"] * 10
    assert head[1][5:] == ["未经复议直接起诉"] * 5 + ["复议后起诉"] * 5
    assert head[2] == ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3


def test_the_published_page_is_one_small_file_without_scripts(real_project: Path, published: Page) -> None:
    assert (real_project / REPORT / "report.html").stat().st_size < 150_000
    assert not {"script", "link", "iframe", "object"} & set(published.tags)
    assert 'lang="zh-CN"' in published.html
    assert "审阅" not in published.text
    assert "rk." not in published.text


def test_the_published_page_stands_in_a_browser_without_a_network(
    real_project: Path, page: Any, complaints: list[str], tmp_path: Path
) -> None:
    page.goto((real_project / REPORT / "report.html").as_uri())
    assert page.locator("h2").all_inner_texts() == SECTIONS
    assert page.locator("table").count() == 3
    assert page.locator("figure").count() == 0  # a single bar is no chart
    assert page.locator('[id="applications.granted.total"]').inner_text() == "2"
    assert page.locator('[id="applications.granted.total"]').evaluate("e => getComputedStyle(e).textAlign") == "center"
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert complaints == []


def test_the_review_page_shows_findings_and_says_what_is_not_drawn(
    real_project: Path, page: Any, complaints: list[str], published: Page
) -> None:
    page.goto((real_project / REPORT / "review.html").as_uri())
    assert "未发现问题" in page.locator(".review-panel").inner_text()
    assert "YEAR-CARRY" in page.locator(".review-panel").inner_text()
    assert page.locator("main").inner_text().count("只有一项不为0，未绘图。") == 2
    assert "未绘图" not in published.text
    assert complaints == []


def test_the_output_holds_what_the_contract_names(real_project: Path) -> None:
    names = {path.name for path in (real_project / REPORT).iterdir()}
    assert names >= {"report.html", "review.html", "report.ipynb", "figures.json", "findings.json", "build.json"}
    figures = json.loads((real_project / REPORT / "figures.json").read_text(encoding="utf-8"))
    assert figures["agency_name"] == "临沂市人民政府外事办公室"
    assert figures["figures"]["applications.total.total"] == 2
    assert json.loads((real_project / REPORT / "findings.json").read_text(encoding="utf-8")) == []


def test_the_index_leads_to_both_pages(real_project: Path, page: Any, complaints: list[str]) -> None:
    page.goto((real_project / "output" / "index.html").as_uri())
    page.locator("td.cell a").click()
    assert page.url.endswith("/2023/linyi-fao/review.html")
    page.go_back()
    page.get_by_role("button", name="临沂市人民政府外事办公室").click()
    page.get_by_role("link", name="公开版").click()
    assert page.url.endswith("/2023/linyi-fao/report.html")


def test_check_finds_no_error_in_it(real_project: Path) -> None:
    checked = reportkit("check", "linyi-fao", "--year", "2023", folder=real_project)
    assert checked.returncode == 0
    assert "临沂市人民政府外事办公室" in checked.stdout
    assert "错误" not in checked.stdout


def test_stock_papermill_and_nbconvert_give_the_same_page(real_project: Path, tmp_path: Path) -> None:
    executed = tmp_path / "别的名字.ipynb"
    template = "notebooks/annual_report.ipynb"
    for command in (
        ["papermill", template, str(executed), "-p", "agency", "linyi-fao", "-p", "year", "2023", "--no-progress-bar"],
        ["jupyter", "nbconvert", "--to", "reportkit_publish", str(executed)],
    ):
        program = shutil.which(command[0], path=str(Path(sys.executable).parent))
        assert program is not None
        subprocess.run([program, *command[1:]], cwd=real_project, check=True, capture_output=True, timeout=120)
    page = executed.with_suffix(".html").read_bytes()
    assert page == (real_project / REPORT / "report.html").read_bytes()


def test_the_notebook_runs_where_jupyterlab_runs_it(real_project: Path, tmp_path: Path) -> None:
    program = shutil.which("jupyter", path=str(Path(sys.executable).parent))
    subprocess.run(
        [str(program), "execute", "annual_report.ipynb", f"--output={tmp_path / 'run'}"],
        cwd=real_project / "notebooks",
        check=True,
        capture_output=True,
        timeout=120,
    )
    notebook = json.loads((tmp_path / "run.ipynb").read_text(encoding="utf-8"))
    mimes = {mime for cell in notebook["cells"] for output in cell["outputs"] for mime in output.get("data", {})}
    assert mimes >= {"text/html", "text/plain"}
    assert not any(output["output_type"] == "error" for cell in notebook["cells"] for output in cell["outputs"])

"""A new edition of the form is one new data file: put beside the others, everything works on it at once.

The edition here (示例) shares no key with today's: other sections, four tables where there are three, in other layouts,
other identities, and a kind of figure that is registered where all kinds are.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import reportkit as rk
from end_to_end.pages import read_page, squeezed
from end_to_end.projects import ROOT, UNMEASURED, reportkit, write_project

EDITION = """\
# 示例: a made-up edition, smaller than any real one.
edition = "2024"
first_year = 2024
document = "《示例格式》"
law = "《示例条例》"
title = "{year}年示例年报"
period = "{year}年全年"

[deadline]
basis = "《示例条例》第一条"
department = "02-15"
government = "04-15"

[roles]
requests = "petitions"
received = "arrived"
carried_in = "brought"
carried_out = "left"
cases = "disputes"
pending = "open"

[[sections]]
key = "foreword"

[[sections]]
key = "situation"
title = "甲、概况"
rule = "X-SITUATION"
topics = [{ label = "公开渠道", words = ["渠道"] }, { label = "队伍", words = ["人员", "队伍"] }]

[[sections]]
key = "openness"
title = "乙、公开"

[[sections]]
key = "petitions"
title = "丙、申请"

[[sections]]
key = "disputes"
title = "丁、争议"

[[sections]]
key = "hearings"
title = "戊、听证"

[[sections]]
key = "outlook"
title = "己、展望"

[[tables]]
key = "openness"
name = "表乙"
layout = "blocks"

[[tables.blocks]]
heading = "第一项"
stub = "内容"
columns = [{ key = "added", label = "新增" }, { key = "dropped", label = "废止" }, { key = "stock", label = "现有" }]
rows = [{ key = "notices", label = "公告" }]

[[tables.blocks]]
heading = "第二项"
stub = "内容"
columns = [{ key = "cost", label = "金额（万元）", kind = "money" }, { key = "digital", label = "网上占比", kind = "percent" }]
rows = [{ key = "desk", label = "窗口" }]

[[tables]]
key = "petitions"
name = "表丙"
layout = "grid"

[[tables.blocks]]
stub = "申请"
columns = [{ label = "来源", columns = [{ key = "person", label = "个人" }, { key = "body", label = "单位" }] }, { key = "both", label = "合计" }]
rows = [
  { key = "arrived", label = "1.新收" },
  { key = "brought", label = "2.上年转来" },
  { label = "3.结果", rows = [
    { key = "open", label = "（1）公开" },
    { key = "closed", label = "（2）不公开", rows = [{ key = "secret", label = "秘密" }, { key = "else", label = "其余" }] },
    { key = "sum", label = "（3）合计" },
  ] },
  { key = "left", label = "4.转下年" },
]

[[tables]]
key = "disputes"
name = "表丁"
layout = "grid"

[[tables.blocks]]
stub = "争议"
columns = [{ key = "won", label = "胜诉" }, { key = "lost", label = "败诉" }, { key = "open", label = "未结" }, { key = "both", label = "合计" }]
rows = [{ key = "appeal", label = "复核" }, { key = "court", label = "诉讼" }]

[[tables]]
key = "hearings"
name = "表戊"
layout = "across"

[[tables.blocks]]
columns = [{ key = "held", label = "场次" }, { key = "seats", label = "人数增减", kind = "change" }]
rows = [{ key = "open", label = "公开听证" }, { key = "shut", label = "内部听证" }]

[[identities]]
rule = "X-BALANCE"
severity = "error"
table = "petitions"
each = "column"
equation = "arrived + brought = sum + left"
text = "新收加转来等于合计加转下年"

[[identities]]
rule = "X-OUTCOMES"
severity = "error"
table = "petitions"
each = "column"
equation = "sum = open + closed"
computes = "sum"
text = "合计等于各项结果之和"

[[identities]]
rule = "X-ROWSUM"
severity = "error"
table = "petitions"
each = "row"
equation = "both = person + body"
computes = "both"
text = "合计等于个人加单位"

[[identities]]
rule = "X-DISPUTES"
severity = "error"
table = "disputes"
each = "row"
equation = "both = won + lost + open"
computes = "both"
text = "合计等于各项之和"

[[identities]]
rule = "X-CARRY"
severity = "error"
table = "petitions"
each = "column"
equation = "brought = previous.left"
text = "上年转来等于上一年度转下年"

[[identities]]
rule = "X-STOCK"
severity = "warning"
table = "openness"
each = "row"
equation = "stock = previous.stock + added - dropped"
text = "现有等于上年现有加新增减废止"
"""

# One entry among the others is all that a kind of figure needs.
KIND = """
        Kind(
            "percent",
            "a percentage from 0 to 100",
            "0至100的百分数",
            re.compile(r"(?:0|[1-9][0-9]*)(?:\\\\.[0-9]+)?"),
            Decimal,
            most=100,
            additive=False,
        ),
"""

PARAMETERS = """\
published: 2025-02-16
乙、公开: {公告: {新增: 4, 废止: 1, 现有: 9}, desk: {cost: 1.50, 网上占比: 87.5}}
petitions:
  新收: {个人: 9, 单位: 1}
  open: {person: 6}
  不公开: {秘密: {person: 2}, else: {body: 1}}
disputes: {复核: {胜诉: 1}, court: {open: 2}}
hearings: {公开听证: {场次: 3, 人数增减: -20}}
narrative: {甲、概况: 渠道和人员写在这里。, outlook: 展望写在这里。, foreword: 电话：0000-0000000（示例）}
"""

LAST_YEAR = str(date.today().year - 1)

TABLES = [
    [
        ["第一项"] * 4,
        ["内容", "新增", "废止", "现有"],
        ["公告", "4", "1", "9"],
        ["第二项"] * 4,
        ["内容", "金额（万元）", "网上占比", "网上占比"],
        ["窗口", "1.50", "87.5", "87.5"],
    ],
    [
        ["申请"] * 3 + ["来源", "来源", "合计"],
        ["申请"] * 3 + ["个人", "单位", "合计"],
        ["1.新收"] * 3 + ["9", "1", "10"],
        ["2.上年转来"] * 3 + ["0", "0", "0"],
        ["3.结果", "（1）公开", "（1）公开", "6", "0", "6"],
        ["3.结果", "（2）不公开", "秘密", "2", "0", "2"],
        ["3.结果", "（2）不公开", "其余", "0", "1", "1"],
        ["3.结果", "（3）合计", "（3）合计", "8", "1", "9"],
        ["4.转下年"] * 3 + ["0", "0", "0"],
    ],
    [
        ["争议", "胜诉", "败诉", "未结", "合计"],
        ["复核", "1", "0", "0", "1"],
        ["诉讼", "0", "0", "2", "2"],
    ],
    [["公开听证", "公开听证", "内部听证", "内部听证"], ["场次", "人数增减"] * 2, ["3", "-20", "0", "0"]],
]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """reportkit as it is, with one file more, and one kind of figure more in its list of them."""
    copy = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT / "src" / "reportkit", copy / "reportkit", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "reportkit" / "template").mkdir()
    for name in ("annual_report.ipynb", "explore.ipynb", "overview.ipynb", "matplotlibrc"):  # as in a wheel
        shutil.copy(ROOT / "notebooks" / name, copy / "reportkit" / "template")
    (copy / "reportkit" / "form" / "2024.toml").write_text(EDITION, encoding="utf-8")
    figures = copy / "reportkit" / "form" / "figures.py"
    kinds, more = re.subn(
        r"(?m)^KINDS = \{\n    kind\.name: kind\n    for kind in \(", rf"\g<0>{KIND}", figures.read_text()
    )
    assert more == 1
    figures.write_text(kinds, encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Path:
    """A new project, as `init` makes it for the last full year, which the edition covers."""
    folder = tmp_path_factory.mktemp("started")
    run("init", "new", folder=folder, package=package)
    return folder / "new"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Path:
    """A project with the report above, built."""
    root = write_project(
        tmp_path_factory.mktemp("project") / "project",
        {"params/agencies.yaml": "office: {name: 示例局}\n", "params/2024/office.yaml": PARAMETERS},
    )
    run("init", ".", folder=root, package=package)
    run("build", "--formats", "data", folder=root, package=package)
    return root


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Path:
    """A made-up city before, in and after the edition's first year."""
    folder = tmp_path_factory.mktemp("city")
    run("demo", "city", "--agencies", "8", "--years", "2023-2026", folder=folder, package=package)
    return folder / "city"


def run(*arguments: str, folder: Path, package: Path, status: int = 0) -> str:
    """What a command prints that ends as expected."""
    ended = reportkit(*arguments, folder=folder, package=package)
    assert ended.returncode == status, ended.stdout + ended.stderr
    return ended.stdout


def findings_in(folder: Path, package: Path, status: int) -> list[dict[str, Any]]:
    """What `check` finds in a project."""
    checked = json.loads(run("check", "--format", "json", folder=folder, package=package, status=status))
    found: list[dict[str, Any]] = []
    for entry in checked:
        found += entry.get("findings", [entry])
    return found


def figures_of(project: Path, agency: str, year: str = "2024") -> dict[str, Any]:
    """The figures of a built report."""
    data = json.loads((project / "output" / year / agency / "figures.json").read_text(encoding="utf-8"))
    figures: dict[str, Any] = data["figures"]
    return figures


# ------------------------------------------------------------------ a report


def test_the_page_has_the_edition_s_sections_tables_and_charts(project: Path) -> None:
    page = read_page(project / "output" / "2024" / "office" / "report.html")
    assert page.headings == [
        "示例局2024年示例年报",
        "甲、概况",
        "乙、公开",
        "丙、申请",
        "丁、争议",
        "戊、听证",
        "己、展望",
    ]
    assert page.tables == TABLES
    assert "2024年共办结政府信息公开申请9件：结果·公开6件、不公开3件。" in page.html
    assert "2024年新收政府信息公开申请10件，按申请人分：来源·个人9件、来源·单位1件。" in page.html


def test_the_overview_shows_what_the_edition_counts_and_leaves_the_rest_out(project: Path) -> None:
    page = read_page(project / "output" / "2024" / "index.html")
    assert page.headings[0] == "示例局2024年度政府信息公开工作概览"
    assert "2024年办结申请共9件：结果·公开6件、不公开3件。" in page.html
    assert "2024年复议、诉讼共3件：未结2件、胜诉1件。" in page.html
    assert "2024年没有可以比较的数字：不予公开的理由。" in page.html  # no role says which requests are refused
    assert "新收申请最多的是示例局（全部）" in page.html
    assert not any(word in page.html for word in ("公开率＝", "纠错率"))


def test_its_figures_are_found_by_the_part_they_play_in_every_edition(project: Path) -> None:
    frame = rk.sql("SELECT role, value FROM figures WHERE total AND role IS NOT NULL ORDER BY ALL", project=project)
    assert [*frame.itertuples(index=False, name=None)] == [("carried_in", 0), ("carried_out", 0), ("received", 10)]


def test_analysts_explore_it_in_the_same_notebook(project: Path, package: Path) -> None:
    cells = json.loads((project / "notebooks" / "explore.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    environment = {**UNMEASURED, "PYTHONPATH": str(package)}
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\nprint(busiest)"], cwd=project, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["机关", "新收", "结转下年", "0", "示例局", "10", "0"]


def test_its_identities_topics_and_deadline_are_checked(project: Path, package: Path) -> None:
    findings = {finding["rule"]: finding for finding in findings_in(project, package, status=1)}
    assert findings["X-BALANCE"]["cells"][0].startswith("petitions.")
    assert "DATE-LATE" in findings
    assert not {"X-OUTCOMES", "X-ROWSUM", "X-DISPUTES", "X-SITUATION", "CELL-KIND", "FORM-CONTACT"} & set(findings)


def test_a_figure_of_the_new_kind_is_read_as_strictly_as_any(project: Path, package: Path, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("output"))
    parameters = copy / "params" / "2024" / "office.yaml"
    parameters.write_text(PARAMETERS.replace("87.5", "187.5"), encoding="utf-8")
    refused = reportkit("check", folder=copy, package=package)
    assert refused.returncode in (1, 2)
    assert "'187.5' is not a percentage from 0 to 100" in refused.stdout + refused.stderr


def test_its_schema_knows_its_rows_and_its_kind(started: Path) -> None:
    schema = json.loads((started / "params" / "form-2024.schema.json").read_text(encoding="utf-8"))
    assert "（1）公开" in schema["$defs"]["petitions"]["properties"]
    digital = schema["$defs"]["openness.columns.2"]["properties"]["digital"]
    assert digital == {"type": ["number", "string", "null"], "minimum": 0, "maximum": 100, "description": "网上占比"}


# ------------------------------------------------------------------ a project


def test_a_new_project_s_example_is_built_with_nothing_to_find(started: Path, package: Path) -> None:
    assert [one for one in findings_in(started, package, status=0) if one["severity"] != "info"] == []
    run("build", folder=started, package=package)
    page = read_page(started / "output" / LAST_YEAR / "example" / "report.html")
    assert len(page.tables) == 4
    assert f"（示例）本部分写明{LAST_YEAR}年的己、展望。" in squeezed(page.text)
    assert "公开渠道" in page.text
    figures = figures_of(started, "example", LAST_YEAR)
    assert figures["petitions.arrived.both"] + figures["petitions.brought.both"] == figures["petitions.sum.both"] == 8


def test_a_made_up_city_agrees_within_each_year_across_the_editions_and_with_its_sums(
    city: Path, package: Path
) -> None:
    assert findings_in(city, package, status=0) == []
    parameters = (city / "params" / "2025" / "shili-public-security.yaml").read_text(encoding="utf-8")
    assert "brought" in parameters
    assert "digital" in parameters
    assert "（示例）" in parameters


def test_a_made_up_city_is_built(city: Path, package: Path) -> None:
    run("build", "shili", "--year", "2025", folder=city, package=package)
    page = read_page(city / "output" / "2025" / "shili" / "report.html")
    assert [table[0][0] for table in page.tables] == ["第一项", "申请", "争议", "公开听证"]


def test_faults_can_be_planted_in_a_made_up_city(package: Path, tmp_path: Path) -> None:
    run("demo", "city", "--agencies", "20", "--years", "2024-2026", "--faults", "6", folder=tmp_path, package=package)
    faults = json.loads((tmp_path / "city" / "faults.json").read_text(encoding="utf-8"))
    assert len(faults) == 6


# ------------------------------------------------------------------ ways in


def test_the_published_page_is_imported_as_it_was(project: Path, package: Path, tmp_path: Path) -> None:
    run("init", "other", folder=tmp_path, package=package)
    other = tmp_path / "other"
    (other / "params" / "agencies.yaml").write_text("office: {name: 示例局}\n", encoding="utf-8")
    shutil.rmtree(other / "params" / LAST_YEAR)
    page = project / "output" / "2024" / "office" / "report.html"
    run("import", str(page), "--agency", "office", "--year", "2024", folder=other, package=package)
    run("build", folder=other, package=package)
    assert figures_of(other, "office") == figures_of(project, "office")
    assert read_page(other / "output" / "2024" / "office" / "report.html").tables == TABLES


def test_a_workbook_is_written_and_read_back(project: Path, package: Path, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("output"))
    run("workbook", "new", "office", "--year", "2024", "-o", "form.xlsx", folder=copy, package=package)
    (copy / "params" / "2024" / "office.yaml").unlink()
    run("workbook", "read", "form.xlsx", folder=copy, package=package)
    run("build", folder=copy, package=package)
    assert figures_of(copy, "office") == figures_of(project, "office")


def test_a_ledger_is_counted_into_the_edition_s_rows(project: Path, package: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.csv"
    ledger.write_text(
        "登记编号,收到日期,申请人类型,办理结果,答复日期\n"
        "1,2024-03-01,个人,公开,2024-03-09\n"
        "2,2023-12-20,单位,秘密,2024-01-09\n"
        "3,2024-12-25,个人,,\n",
        encoding="utf-8",
    )
    tallied = run("tally", str(ledger), "--year", "2024", "--format", "json", folder=project, package=package)
    figures = {address: figure for address, figure in json.loads(tallied)["figures"].items() if figure}
    assert figures == {
        "petitions.arrived.person": 2,
        "petitions.brought.body": 1,
        "petitions.open.person": 1,
        "petitions.closed.secret.body": 1,
        "petitions.left.person": 1,
    }

"""A new edition of the form is one new data file: put beside the others, it runs from parameters to page."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from end_to_end.pages import read_page
from end_to_end.projects import ROOT, reportkit, write_project

EDITION = """\
# 示例: a made-up edition, smaller than any real one.
edition = "2031"
first_year = 2031
document = "《示例格式》"
law = "《示例条例》"
title = "{year}年示例年报"
period = "{year}年全年"

[deadline]
basis = "《示例条例》第一条"
department = "02-15"
government = "04-15"

[[sections]]
key = "preamble"

[[sections]]
key = "overview"
title = "甲、概况"

[[sections]]
key = "disclosure"
title = "乙、公开"

[[sections]]
key = "applications"
title = "丙、申请"

[[sections]]
key = "challenges"
title = "丁、争议"

[[sections]]
key = "problems"
title = "戊、问题"

[[sections]]
key = "other"
title = "己、其他"

[[tables]]
key = "disclosure"
name = "表乙"
layout = "blocks"

[[tables.blocks]]
heading = "第一项"
stub = "内容"
columns = [{ key = "items", label = "件数" }, { key = "cost", label = "金额", kind = "money" }]
rows = [{ key = "notices", label = "公告" }]

[[tables]]
key = "applications"
name = "表丙"
layout = "grid"

[[tables.blocks]]
stub = "申请"
columns = [{ label = "申请人", columns = [{ key = "person", label = "个人" }, { key = "body", label = "单位" }] }, { key = "total", label = "合计" }]
rows = [
  { key = "received", label = "1.新收" },
  { label = "2.结果", rows = [
    { key = "granted", label = "（1）公开" },
    { key = "denied", label = "（2）不公开", rows = [{ key = "secret", label = "秘密" }, { key = "else", label = "其余" }] },
    { key = "total", label = "（3）合计" },
  ] },
]

[[tables]]
key = "challenges"
name = "表丁"
layout = "across"

[[tables.blocks]]
columns = [{ key = "won", label = "胜" }, { key = "lost", label = "败" }]
rows = [{ key = "review", label = "复议" }, { key = "litigation", label = "诉讼" }]

[[identities]]
rule = "X-BALANCE"
severity = "error"
table = "applications"
each = "column"
equation = "received = total"
text = "新收等于合计"

[[identities]]
rule = "X-OUTCOMES"
severity = "error"
table = "applications"
each = "column"
equation = "total = granted + denied"
computes = "total"
text = "合计等于各项结果之和"

[[identities]]
rule = "X-ROWSUM"
severity = "error"
table = "applications"
each = "row"
equation = "total = person + body"
computes = "total"
text = "合计等于个人加单位"
"""

PARAMETERS = """\
published: 2032-02-16
乙、公开: {公告: {件数: 4, 金额: 1.50}}
applications:
  新收: {个人: 9, 单位: 1}
  granted: {person: 6}
  不公开: {秘密: {person: 2}, else: {body: 1}}
challenges: {review: {won: 1}}
narrative: {甲、概况: 概况写在这里。, problems: 问题写在这里。, other: 其他写在这里。}
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """reportkit as it is, with one file more."""
    copy = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT / "src" / "reportkit", copy / "reportkit", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "reportkit" / "template").mkdir()
    shutil.copy(ROOT / "notebooks" / "annual_report.ipynb", copy / "reportkit" / "template")  # as in a wheel
    (copy / "reportkit" / "form" / "2031.toml").write_text(EDITION, encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Path:
    root = write_project(
        tmp_path_factory.mktemp("project") / "project",
        {"params/agencies.yaml": "office: {name: 示例局}\n", "params/2031/office.yaml": PARAMETERS},
    )
    built = reportkit("build", folder=root, package=package)
    assert built.returncode == 0, built.stdout + built.stderr
    return root


def test_the_page_has_the_edition_s_sections_and_tables(project: Path) -> None:
    page = read_page(project / "output" / "2031" / "office" / "report.html")
    assert page.headings == [
        "示例局2031年示例年报",
        "甲、概况",
        "乙、公开",
        "丙、申请",
        "丁、争议",
        "戊、问题",
        "己、其他",
    ]
    assert page.tables == [
        [["第一项"] * 3, ["内容", "件数", "金额"], ["公告", "4", "1.50"]],
        [
            ["申请"] * 3 + ["申请人", "申请人", "合计"],
            ["申请"] * 3 + ["个人", "单位", "合计"],
            ["1.新收"] * 3 + ["9", "1", "10"],
            ["2.结果", "（1）公开", "（1）公开", "6", "0", "6"],
            ["2.结果", "（2）不公开", "秘密", "2", "0", "2"],
            ["2.结果", "（2）不公开", "其余", "0", "1", "1"],
            ["2.结果", "（3）合计", "（3）合计", "8", "1", "9"],
        ],
        [["复议", "复议", "诉讼", "诉讼"], ["胜", "败", "胜", "败"], ["1", "0", "0", "0"]],
    ]


def test_its_identities_and_its_deadline_are_checked(project: Path, package: Path) -> None:
    checked = reportkit("check", "--format", "json", folder=project, package=package)
    assert checked.returncode == 1
    findings = {finding["rule"]: finding for finding in json.loads(checked.stdout)}
    assert findings["X-BALANCE"]["cells"][0] in ("applications.received.person", "applications.received.total")
    assert "DATE-LATE" in findings
    assert not {"X-OUTCOMES", "X-ROWSUM"} & set(findings)


def test_its_files_and_schema_are_written(package: Path, tmp_path: Path) -> None:
    started = reportkit("init", "new", folder=tmp_path, package=package)
    assert started.returncode == 0, started.stderr
    schema = json.loads((tmp_path / "new" / "params" / "form-2031.schema.json").read_text(encoding="utf-8"))
    assert "（1）公开" in schema["$defs"]["applications"]["properties"]

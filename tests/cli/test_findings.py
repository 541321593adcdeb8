"""Findings of many reports: what is shown first, what is left out, and what a spreadsheet holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cli.runner import run
from end_to_end.projects import write_project
from reportkit.text import breadth

SOUND = "narrative: {preamble: 电话：0000-0000000, overview: 示例, problems: 问题在于示例；下一步改进。, other: 未收取信息处理费。}"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Thirty reports: one with two errors, one with a blank, one that cannot be read, and sound ones."""
    files = {f"params/2023/a{number:02}.yaml": SOUND for number in range(30)}
    files["params/2023/a07.yaml"] = f"applications: {{received: {{company: 2}}}}\n{SOUND}"
    files["params/2023/a11.yaml"] = f"applications: {{granted: {{company: null}}}}\n{SOUND}"
    files["params/2023/a13.yaml"] = "nonsense: 1\n"
    files["params/agencies.yaml"] = "".join(f"a{n:02}: {{name: 示例市第{n}局, short: 第{n}局}}\n" for n in range(30))
    return write_project(tmp_path / "many", files)


def findings_of(out: str) -> Iterator[dict[str, object]]:
    return (finding for report in json.loads(out) for finding in report["findings"])


def test_of_many_reports_those_without_findings_are_only_counted(many: Path) -> None:
    status, out, err = run("check", "--severity", "warning", project=many)
    assert status == 2
    assert "示例市第7局 2023" in out
    assert out.index("示例市第7局") < out.index("示例市第11局")
    assert "示例市第13局" not in out
    assert err == "error: params/2023/a13.yaml:1: nonsense: unknown key; allowed here: " + err.partition("here: ")[2]
    summary = out.splitlines()[-1]
    assert summary.startswith("30 reports: 1 with errors, ")
    assert "1 unreadable; " in summary
    assert "could not be judged" in summary
    first, how = out.splitlines()[-3:-1]
    assert (
        first
        == "First: mend the 1 file that cannot be read; see what is wrong with 示例市第7局 2023, then with those below it"
    )
    assert "--format xlsx" in how


def test_of_many_reports_a_rule_takes_two_lines_at_most_and_names_the_line_of_the_file(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = run("check", project=many)
    assert max(breadth(line) for line in out.splitlines() if line.startswith("  ")) <= 80
    shown = out.partition("示例市第7局 2023")[2].partition("示例市第11局 2023")[0].splitlines()[1:]
    assert shown[0].startswith("  错误 T3-BALANCE (and 1 more) line 1: ")
    assert [line.startswith("    ") for line in shown] == [False, True, False]


def test_lines_of_findings_fit_a_terminal_of_80_columns(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for group in ("agency", "rule"):
        _, out, _ = run("check", "a07", "--group", group, project=many)
        assert max(breadth(line) for line in out.splitlines()) <= 80


def test_findings_can_be_chosen_by_rule_severity_and_agency(many: Path) -> None:
    status, out, _ = run("check", "--rule", "t3-balance", "--agency", "第7局", "--format", "json", project=many)
    assert status == 1
    assert {finding["rule"] for finding in findings_of(out)} == {"T3-BALANCE"}
    status, out, _ = run("check", "a11", "--severity", "error", "--format", "json", project=many)
    assert {finding["severity"] for finding in findings_of(out)} <= {"error"}
    status, out, _ = run("check", "a11", "--rule", "CELL-BLANK", project=many)
    assert status == 0
    assert "1 report: 1 with warnings" in out


def test_an_unknown_rule_is_told_the_nearest(many: Path) -> None:
    status, _, err = run("check", "--rule", "T3-BALANC", project=many)
    assert status == 2
    assert "--rule T3-BALANC: no such rule; did you mean T3-BALANCE?" in err


def test_findings_can_be_grouped_by_rule(many: Path) -> None:
    _, out, _ = run("check", "--group", "rule", "--severity", "warning", project=many)
    assert out.startswith("T3-BALANCE  2 findings\n  错误  示例市第7局 2023\n")


def test_the_correction_list_has_a_sheet_for_each_rule(many: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    status, out, _ = run("check", "--severity", "warning", "--format", "xlsx", "-o", file, project=many)
    assert status == 2
    assert f"wrote {file}" in out
    book = load_workbook(file)
    assert book.sheetnames[0] == "T3-BALANCE"
    assert book.sheetnames[-1] == "无法读取"
    head, *rows = book["T3-BALANCE"].iter_rows(values_only=True)
    assert head == ("机关", "年度", "级别", "位置", "单元格或文字", "现为", "应为", "说明", "依据", "豁免")
    assert rows[0][:4] == ("示例市第7局", 2023, "错误", "params/2023/a07.yaml:1")
    assert book["T3-BALANCE"].auto_filter.ref == f"A1:J{len(rows) + 1}"
    sheet = book["T3-BALANCE"]
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$1")
    assert (sheet.row_dimensions[2].height or 0) > 15  # a finding's cells take several lines
    (unread,) = book["无法读取"].iter_rows(values_only=True, min_row=2)
    assert unread[0] == "示例市第13局"


def test_a_folder_without_reports_says_so(tmp_path: Path) -> None:
    status, out, err = run("check", project=write_project(tmp_path, {"params/agencies.yaml": ""}))
    assert status == 2
    assert "no parameter file in" in err
    assert out == ""


def test_of_many_findings_of_a_rule_the_first_are_shown(project: Path) -> None:
    text = "，".join(f"联系人138539{number:05d}" for number in range(60))
    (project / "params" / "2023" / "bureau.yaml").write_text(f"narrative: {{overview: {text}}}\n", encoding="utf-8")
    _, out, _ = run("check", "bureau", "--rule", "PRIVACY", project=project)
    assert out.count("错误  PRIVACY") == 50
    assert "PRIVACY  … and 10 more" in out

"""`reportkit check` and `reportkit init`: what they show, and their exit status."""

from __future__ import annotations

import json
from pathlib import Path

from cli.runner import run


def test_check_says_what_is_wrong_and_where_grouped_by_report(project: Path) -> None:
    status, out, _ = run("check", project=project)
    assert status == 1
    assert out.index("示例市示例局 2023") < out.index("示例市示例局 2022")  # the graver first
    assert "错误  YEAR-CARRY  params/2023/office.yaml:1" in out
    assert "【T3-BALANCE】表三“商业企业”列" in out  # one change would mend both
    assert "表三.本年新收政府信息公开申请数量.商业企业" in out
    assert "not judged YEAR-CARRY" in out
    assert out.splitlines()[-1].startswith("2 reports: 2 with errors; ")
    assert "\x1b[" not in out


def test_check_answers_programs_in_json_alone(project: Path) -> None:
    status, out, err = run("check", "office", "--year", "2023", "--format", "json", project=project)
    (report,) = json.loads(out)
    assert status == 1
    assert err == ""
    assert [*report] == ["agency", "agency_name", "year", "error", "findings", "not_assessable", "passed"]
    assert (report["agency"], report["agency_name"], report["year"]) == ("office", "示例市示例局", 2023)
    assert report["error"] is None
    assert "T4-SUM" in report["passed"]
    assert all([*item] == ["rule", "reason"] for item in report["not_assessable"])
    findings = report["findings"]
    assert [*findings[0]] == [
        *["rule", "severity", "agency", "year", "cells", "quote", "expected", "actual", "message", "basis", "waived"],
        *["place", "suggestion"],
    ]
    carry = next(finding for finding in findings if finding["rule"] == "YEAR-CARRY")
    assert (carry["expected"], carry["actual"], carry["agency"], carry["year"]) == (1, 0, "office", 2023)
    assert "【T3-BALANCE】" in carry["message"]
    assert carry["place"] == {"file": "params/2023/office.yaml", "line": 1}


def test_check_is_content_with_a_sound_report(project: Path) -> None:
    (project / "params" / "2023" / "bureau.yaml").write_text(
        "narrative: {preamble: 电话：0000-0000000, overview: 示例, problems: 问题在于示例；下一步改进。, other: 未收取信息处理费。}"
    )
    status, out, _ = run("check", "bureau", project=project)
    assert status == 0
    assert "FORM-OVERVIEW" in out


def test_check_shows_waived_findings_with_their_reason_and_passes(project: Path) -> None:
    parameters = project / "params" / "2023" / "office.yaml"
    (checked,) = json.loads(run("check", "--year", "2023", "--format", "json", project=project)[1])
    waivers = [
        {"rule": f["rule"], "reason": "示例原因", "by": "示例科"} | {k: f[k] for k in ("cells", "quote") if f[k]}
        for f in checked["findings"]
        if f["severity"] == "error"
    ]
    parameters.write_text(parameters.read_text() + f"\nwaivers: {json.dumps(waivers, ensure_ascii=False)}\n")
    status, out, _ = run("check", "--year", "2023", project=project)
    assert status == 0
    assert "已豁免" in out
    assert "示例科：示例原因" in out


def test_check_of_a_file_that_cannot_be_read_goes_on_with_the_others_and_exits_2(project: Path) -> None:
    (project / "params" / "2023" / "bureau.yaml").write_text("foo: 1\nbar: 2\n")
    status, out, err = run("check", "--format", "json", project=project)
    assert status == 2
    errors = {(report["agency"], report["year"]): report["error"] for report in json.loads(out)}
    assert errors["office", 2023] is None
    assert "params/2023/bureau.yaml:1: foo: unknown key" in errors["bureau", 2023]
    assert err == ""
    status, out, err = run("check", project=project)
    assert status == 2
    assert "params/2023/bureau.yaml:1: foo: unknown key" in err
    assert "params/2023/bureau.yaml:2: bar: unknown key" in err
    assert "3 reports: 2 with errors, 1 unreadable" in out


def test_init_makes_a_project_whose_example_has_no_error(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    status, out, _ = run("init", str(folder))
    assert status == 0
    assert f"wrote {folder / 'params' / 'agencies.yaml'}" in out
    assert "reportkit build --project" in out
    status, out, _ = run("check", project=folder)
    assert status == 0, out


def test_init_writes_the_example_for_the_year_asked_for(tmp_path: Path) -> None:
    status, out, _ = run("init", str(tmp_path / "new"), "--year", "2020")
    assert status == 0
    assert f"wrote {tmp_path / 'new' / 'params' / '2020' / 'example.yaml'}" in out
    assert run("check", project=tmp_path / "new")[0] == 0

"""The command that lists the rules: what it prints on a narrow terminal, for programs and for documentation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from cli.runner import run
from reportkit.checks import every_rule
from reportkit.checks.listing import markdown_table
from reportkit.form import editions, form_for

NEWEST = [*editions().values()][-1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_is_listed_within_80_columns(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    status, out, err = run("rules", "--lang", language)
    assert (status, err) == (0, "")
    assert max(map(cell_len, out.splitlines())) <= 80
    words = "".join(out.split())
    for rule in every_rule(NEWEST):
        assert rule.id in words
        assert "".join(rule.basis.split()) in words


def test_officials_read_what_must_hold_how_grave_it_is_and_what_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    out = run("rules", "--lang", "zh")[1]
    line = next(line for line in out.splitlines() if "PRIVACY" in line)
    assert line.split() == ["PRIVACY", "错误", "公开的内容中没有身份证号码、个人手机号码、银行卡号", "[5]"]
    assert " [5] 《中华人民共和国政府信息公开条例》第十五条" in out


def test_what_asks_for_several_rules_is_named_once() -> None:
    assert run("rules")[1].count(NEWEST.document) == 1


def test_programs_get_every_rule_with_the_documented_keys() -> None:
    status, out, _ = run("rules", "--format", "json")
    assert status == 0
    assert json.loads(out) == [
        {
            "rule": rule.id,
            "severity": rule.severity,
            "meaning": rule.meaning,
            "meaning_en": rule.meaning_en,
            "basis": rule.basis,
            "judged": rule.severity,
            "own": False,
        }
        for rule in every_rule(NEWEST)
    ]


@pytest.fixture
def judging(project: Path) -> Path:
    """A project that turns a rule off, makes others graver and has one of its own."""
    (project / "params" / "project.yaml").write_text("rules: {CELL-BLANK: error, YEAR-SWING: off, OUR-01: error}\n")
    (project / "notebooks" / "checks.py").write_text(
        "import reportkit as rk\n"
        '@rk.rule("OUR-01", severity="warning", meaning="示例要求")\n'
        'def ours(report): yield "示例不符"\n',
        encoding="utf-8",
    )
    return project


def test_in_a_project_its_own_rules_are_listed_and_which_it_turns_off_or_makes_graver(
    judging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    lines = {line.split()[0]: line.split() for line in run("rules", project=judging)[1].splitlines() if line.strip()}
    assert lines["CELL-BLANK"][1:4] == ["error", "(was", "warning)"]
    assert lines["YEAR-SWING"][1:3] == ["off", "(info)"]
    assert lines["OUR-01"] == ["OUR-01", "*", "error", "(was", "warning)", "示例要求"]
    assert " ".join(lines["*"]) == "* a rule of this project's own, in notebooks/checks.py"
    said = run("rules", "--lang", "zh", project=judging)[1]
    assert "错误（原为警告）" in said and "停用（提示）" in said
    told = {rule["rule"]: rule for rule in json.loads(run("rules", "--format", "json", project=judging)[1])}
    assert [rule["rule"] for rule in told.values() if rule["own"]] == ["OUR-01"]
    assert (told["CELL-BLANK"]["severity"], told["CELL-BLANK"]["judged"]) == ("warning", "error")
    assert told["YEAR-SWING"]["judged"] == "off"
    assert "| `OUR-01` | warning | 示例要求 |" in run("rules", "--format", "markdown", project=judging)[1]


def test_findings_of_a_rule_of_the_project_s_own_can_be_asked_for(judging: Path) -> None:
    assert "示例不符" in run("check", "--rule", "our-01", project=judging)[1]
    status, _, err = run("check", "--rule", "OUR-02", project=judging)
    assert (status, err) == (2, "error: --rule OUR-02: no such rule; did you mean OUR-01?\n")


@pytest.mark.parametrize("command", [("rules",), ("check",), ("build",), ("build", "--dry-run")])
def test_what_a_project_says_of_rules_that_there_are_not_is_told_once(project: Path, command: tuple[str, ...]) -> None:
    (project / "params" / "project.yaml").write_text("rules:\n  T4-SUMM: error\n")
    status, out, err = run(*command, project=project)
    assert (status, out) == (2, "")
    assert err == "error: params/project.yaml:2: rules.T4-SUMM: no such rule; did you mean T4-SUM?\n"


def test_the_year_chooses_the_edition_of_the_form() -> None:
    rules = {rule["rule"]: rule for rule in json.loads(run("rules", "--year", "2019", "--format", "json")[1])}
    assert "YEAR-STOCK" not in rules
    assert rules["T4-SUM"]["basis"] == form_for(2019).document


def test_a_year_without_a_form_is_wrong_use() -> None:
    status, out, err = run("rules", "--year", "2018")
    assert (status, out) == (2, "")
    assert err.startswith("error: no edition of the form covers 2018")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_documentation_gets_a_table(language: str) -> None:
    assert run("rules", "--format", "markdown", "--lang", language)[1] == markdown_table(every_rule(NEWEST), language)

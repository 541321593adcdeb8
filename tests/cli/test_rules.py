"""The command that lists the rules: what it prints on a narrow terminal, for programs and for documentation."""

from __future__ import annotations

import json

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
        }
        for rule in every_rule(NEWEST)
    ]


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

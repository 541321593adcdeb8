"""The tables of rules in the READMEs are the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportkit.checks import Rule, every_rule
from reportkit.checks.listing import markdown_table, meaning_in
from reportkit.form import editions

ROOT = Path(__file__).parents[2]
READMES = {"README.md": "en", "README.zh-CN.md": "zh"}
BEGIN, END = "<!-- rules -->\n", "<!-- /rules -->\n"
NEWEST = [*editions().values()][-1]


@pytest.mark.parametrize(("readme", "language"), READMES.items())
def test_the_table_in_the_readme_lists_the_rules_as_they_are(readme: str, language: str) -> None:
    _, begun, rest = (ROOT / readme).read_text(encoding="utf-8").partition(BEGIN)
    table, ended, _ = rest.partition(END)
    assert begun, f"{readme} has no line {BEGIN.strip()}, below which the table of rules stands"
    assert ended, f"{readme} has no line {END.strip()}, above which the table of rules stands"
    command = f"reportkit rules --format markdown --lang {language}"
    assert table == markdown_table(every_rule(NEWEST), language), (
        f"the table of rules in {readme} is out of date: replace what stands between {BEGIN.strip()} and {END.strip()} "
        f"by what `{command}` prints"
    )


def test_the_newest_edition_has_every_rule_of_the_others() -> None:
    newest = {rule.id for rule in every_rule(NEWEST)}
    for form in editions().values():
        assert {rule.id for rule in every_rule(form)} <= newest


def test_a_meaning_without_english_is_given_in_chinese() -> None:
    rule = Rule("OUR-01", "warning", "示例", judge=lambda rule, report: iter(()))
    assert meaning_in(rule, "en") == meaning_in(rule, "zh") == "示例"
    assert markdown_table([rule], "zh").splitlines()[-1] == "| `OUR-01` | 警告 | 示例 |"

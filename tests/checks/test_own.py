"""Rules of a project's own: what they find, what becomes of those that fail, and which are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reportkit.checks import NotAssessableError, check
from reportkit.checks.own import OwnRuleError, found, own_rules, rule
from reportkit.form import form_for
from reportkit.report import Agency, AnnualReport, Standard, new_report

FORM = form_for(2023)
HEAD = "import reportkit as rk\n"


def report(**fields: Any) -> AnnualReport:
    return new_report(Agency("a", "示例局"), 2023, {"applications.granted.company": 3}, **fields)


def declared(tmp_path: Path, text: str) -> str:
    path = tmp_path / "checks.py"
    path.write_text(HEAD + text, encoding="utf-8")
    return str(path)


def test_a_function_of_a_report_is_a_rule(tmp_path: Path) -> None:
    file = declared(
        tmp_path,
        '@rk.rule("OUR-01", severity="warning", meaning="示例")\n'
        "def ours(report):\n"
        '    yield rk.found("请核对。", ["表三.予以公开.总计"], actual=report["表三.予以公开.总计"])\n'
        '    yield "另一处。"\n'
        '@rk.rule("OUR-02", severity="info", meaning="示例")\n'
        "def quiet(report):\n"
        "    return None\n",
    )
    outcome = check(report(standard=Standard(own_rules=file)))
    ours = [finding for finding in outcome if finding.rule == "OUR-01"]
    assert [finding.message for finding in ours] == ["请核对。", "另一处。"]
    assert (ours[0].cells, ours[0].actual, ours[0].severity) == (("applications.granted.total",), 3, "warning")
    assert "OUR-02" in outcome.passed


def test_a_rule_in_a_cell_is_asked_besides_the_others() -> None:
    @rule("OUR-03", severity="error", meaning="示例")
    def ours(report: AnnualReport) -> list[str]:
        return ["不对。"] if report["applications.granted.company"] else []

    assert "OUR-03" in {finding.rule for finding in check(report(), rules=[ours])}
    assert "OUR-03" not in {finding.rule for finding in check(report())}


def test_a_rule_that_fails_leaves_its_report_unjudged_and_says_where(tmp_path: Path) -> None:
    file = declared(tmp_path, '@rk.rule("OUR-01", severity="error", meaning="示例")\ndef ours(report):\n    1 / 0\n')
    unjudged = {item.rule: item.reason for item in check(report(standard=Standard(own_rules=file))).not_assessable}
    assert unjudged["OUR-01"] == "规则本身出错，checks.py:4：ZeroDivisionError: division by zero"


def test_an_error_inside_the_package_is_told_with_the_line_of_the_rule(tmp_path: Path) -> None:
    text = '@rk.rule("OUR-01", severity="error", meaning="示例")\ndef ours(report):\n    report["no.such.cell"]\n'
    file = declared(tmp_path, text)
    unjudged = {item.rule: item.reason for item in check(report(standard=Standard(own_rules=file))).not_assessable}
    assert unjudged["OUR-01"].startswith("规则本身出错，checks.py:4：UnknownCellError: ")


def test_a_rule_may_say_that_it_cannot_judge() -> None:
    @rule("OUR-01", severity="error", meaning="示例")
    def ours(report: AnnualReport) -> None:
        raise NotAssessableError("没有数据")

    unjudged = {item.rule: item.reason for item in check(report(), rules=[ours]).not_assessable}
    assert unjudged["OUR-01"] == "没有数据"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (", "checks.py:2: SyntaxError"),
        ("1 / 0", "checks.py:2: ZeroDivisionError: division by zero"),
        ('@rk.rule("T4-SUM", severity="error", meaning="示例")\ndef f(report): ...', "T4-SUM is a rule already"),
        ('@rk.rule("OUR-01", severity="fatal", meaning="示例")\ndef f(report): ...', "'fatal' is no severity"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(OwnRuleError, match=said):
        own_rules(declared(tmp_path, text), FORM)


def test_a_project_may_turn_rules_off_and_make_them_graver() -> None:
    plain = check(report())
    assert {"T3-BALANCE", "FORM-CONTACT"} <= {finding.rule for finding in plain}
    judged = check(report(standard=Standard(severities={"T3-BALANCE": "off", "FORM-CONTACT": "error"})))
    assert "T3-BALANCE" not in {finding.rule for finding in judged} | set(judged.passed)
    assert {finding.severity for finding in judged if finding.rule == "FORM-CONTACT"} == {"error"}


def test_what_is_found_names_its_cells() -> None:
    assert found("请核对。", ["表三.予以公开.总计"]).fields["cells"] == ("表三.予以公开.总计",)

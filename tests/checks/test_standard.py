"""What a project says of the rules: what it may turn off or make graver, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reportkit.checks import (
    SEVERITIES,
    StandardError,
    check,
    every_rule,
    judged_rules,
    require_known,
)
from reportkit.form import editions, form_for
from reportkit.report import Agency, AnnualReport, Place, Standard, Waiver, new_report

FORM = form_for(2023)
OWN = (
    'import reportkit as rk\n@rk.rule("OUR-01", severity="warning", meaning="示例")\ndef ours(report): yield "不符。"\n'
)


def report(**fields: Any) -> AnnualReport:
    return new_report(Agency("a", "示例局"), 2023, {"applications.granted.company": 3}, **fields)


def own(tmp_path: Path) -> str:
    path = tmp_path / "checks.py"
    path.write_text(OWN, encoding="utf-8")
    return str(path)


def refused(severities: dict[str, str], **fields: Any) -> str:
    with pytest.raises(StandardError) as raised:
        require_known(Standard(severities=severities, **fields))
    return str(raised.value)


def test_a_rule_that_there_is_not_is_refused_with_its_place_and_the_nearest(tmp_path: Path) -> None:
    places = {"T4-SUMM": Place("params/project.yaml", 3)}
    assert refused({"T4-SUMM": "off"}, places=places) == (
        "params/project.yaml:3: rules.T4-SUMM: no such rule; did you mean T4-SUM?"
    )
    assert refused({"OUR-02": "error"}, own_rules=own(tmp_path)).endswith("did you mean OUR-01?")
    assert refused({"---": "error"}).endswith("no such rule; `reportkit rules` lists them")
    require_known(Standard(severities={"OUR-01": "error"}, own_rules=own(tmp_path)))


def test_a_rule_of_any_edition_may_be_named() -> None:
    named = {rule.id: "off" for form in editions().values() for rule in every_rule(form)}
    require_known(Standard(severities=named))


@pytest.mark.parametrize("rule", every_rule(FORM), ids=lambda rule: rule.id)
def test_a_rule_may_be_made_graver_or_turned_off_but_not_lighter(rule: Any) -> None:
    gravity = [*SEVERITIES]
    own = gravity.index(rule.severity)
    for severity in ("off", *gravity[: own + 1]):
        require_known(Standard(severities={rule.id: severity}))
    for severity in gravity[own + 1 :]:
        said = f"rules.{rule.id}: {severity} is lighter than the rule's own {rule.severity}"
        assert refused({rule.id: severity}).startswith(said)


def test_every_problem_is_told_and_of_very_many_how_many_more_there_are() -> None:
    assert refused({"T4-SUMM": "off", "T4-SUM": "info"}).count("\n") == 1
    many = refused({f"NO-{number}": "off" for number in range(60)}).splitlines()
    assert (len(many), many[-1]) == (51, "… and 10 more problems; correct these first")


def test_a_report_is_not_judged_by_what_cannot_be() -> None:
    with pytest.raises(StandardError, match="T4-SUMM"):
        check(report(standard=Standard(severities={"T4-SUMM": "off"})))


def test_rules_are_listed_as_they_are_judged(tmp_path: Path) -> None:
    standard = Standard(severities={"YEAR-SWING": "off", "OUR-01": "error"}, own_rules=own(tmp_path))
    judged = {each.rule.id: each for each in judged_rules(standard, FORM)}
    assert [*judged] == [*(rule.id for rule in every_rule(FORM)), "OUR-01"]
    assert {id: each.severity for id, each in judged.items() if each.severity != each.rule.severity} == {
        "YEAR-SWING": "off",
        "OUR-01": "error",
    }
    assert [id for id, each in judged.items() if each.own] == ["OUR-01"]
    assert judged["OUR-01"].as_json().items() >= {"severity": "warning", "judged": "error", "own": True}.items()


def test_a_waiver_that_matches_nothing_is_stale_though_its_rule_is_graver_and_only_not_where_it_is_off() -> None:
    waiver = Waiver("YEAR-SWING", "理由", "某人", cells=("applications.granted.company",))
    carried = {"applications.granted.company": 3, "applications.received.company": 3}
    plain = report(waivers=(waiver,), previous=new_report(Agency("a", "示例局"), 2022, carried))

    def stale(severities: dict[str, str]) -> list[str]:
        judged = check(plain.replace(standard=Standard(severities=severities)))
        return [finding.severity for finding in judged if finding.rule == "WAIVER"]

    assert stale({}) == ["warning"]
    assert stale({"YEAR-SWING": "error"}) == ["warning"]
    assert stale({"YEAR-SWING": "off"}) == []
    assert stale({"WAIVER": "error"}) == ["error"]
    assert stale({"WAIVER": "off"}) == []

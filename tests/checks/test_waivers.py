from __future__ import annotations

from typing import Any

import pytest

from checks.examples import findings, sound_report
from reportkit.checks import Finding, Waived, check
from reportkit.checks.waivers import matches
from reportkit.report import Waiver

UNBALANCED = {"applications.received.company": 1}
BALANCE = tuple(f"applications.{row}.company" for row in ("received", "carried_in", "total", "carried_out"))


def waiver(rule: str, **fields: Any) -> Waiver:
    return Waiver(rule, reason="机构改革", by="示例", **fields)


def finding(**fields: Any) -> Finding:
    return Finding("R", "error", "example", 2023, "示例", **fields)


@pytest.mark.parametrize("cells", [BALANCE, BALANCE[:1], (BALANCE[2], BALANCE[0])])
def test_a_waived_finding_keeps_its_place_with_the_reason(cells: tuple[str, ...]) -> None:
    outcome = check(sound_report(figures=UNBALANCED, waivers=(waiver("T3-BALANCE", cells=cells),)))
    company, total = (found for found in sorted(outcome, key=lambda found: found.cells) if found.rule == "T3-BALANCE")
    assert company.waived == Waived("机构改革", "示例")
    assert total.waived is None
    assert outcome.standing("error") == (total,)
    assert "T3-BALANCE" not in outcome.passed
    assert not any(found.rule == "WAIVER" for found in outcome)


@pytest.mark.parametrize(
    ("fields", "found", "meant"),
    [
        ({"cells": ("a",)}, {"cells": ("a", "b")}, True),
        ({"cells": ("a", "c")}, {"cells": ("a", "b")}, False),
        ({"cells": ("a",)}, {"cells": ("a", "b"), "listing": True}, False),
        ({"cells": ("b", "a")}, {"cells": ("a", "b"), "listing": True}, True),
        ({"quote": "示例"}, {"quote": "一段示例文字"}, True),
        ({"quote": "示例"}, {"quote": "别的"}, False),
        ({"quote": "示例"}, {}, False),
        ({"cells": ("a",), "quote": "示例"}, {"cells": ("a",), "quote": "示例"}, True),
        ({"cells": ("a",), "quote": "示例"}, {"cells": ("a",), "quote": "别的"}, False),
        ({}, {}, True),
        ({}, {"cells": ("a",)}, False),
        ({}, {"quote": "示例"}, False),
        ({"quote": ""}, {"quote": "示例"}, False),
    ],
)
def test_a_waiver_is_meant_for_the_finding_it_names(fields: dict[str, Any], found: dict[str, Any], meant: bool) -> None:
    assert matches(waiver("R", **fields), finding(**found)) is meant
    assert not matches(waiver("S", **fields), finding(**found))


def test_the_first_waiver_that_is_meant_gives_the_reason() -> None:
    both = (Waiver("FORM-CONTACT", "甲", "示例"), Waiver("FORM-CONTACT", "乙", "示例"))
    (found,) = check(sound_report(narrative={"preamble": "示例"}, waivers=both))
    assert found.waived == Waived("甲", "示例")


def test_a_waiver_without_its_finding_is_a_warning() -> None:
    report = sound_report(waivers=(waiver("T3-BALANCE", cells=BALANCE[:1]), waiver("PRIVACY", quote="138****8000")))
    first, second = check(report)
    assert (first.rule, first.severity, first.cells) == ("WAIVER", "warning", BALANCE[:1])
    assert first.message == (
        "豁免“T3-BALANCE”（表三“一、本年新收政府信息公开申请数量”行“商业企业”列）没有对应的问题：问题已不存在，豁免应当删去。"
    )
    assert "（“138****8000”）" in second.message and second.quote == "138****8000"
    assert "T3-BALANCE" in check(report).passed


def test_a_waiver_of_a_rule_as_a_whole_needs_no_brackets() -> None:
    (found,) = check(sound_report(waivers=(waiver("FORM-CONTACT"),)))
    assert found.message.startswith("豁免“FORM-CONTACT”没有对应的问题")


def test_a_cell_that_the_form_does_not_have_is_named_as_it_is() -> None:
    (found,) = check(sound_report(waivers=(waiver("CELL-BLANK", cells=("applications.none",)),)))
    assert "（applications.none）" in found.message


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("T3-BALANC", "豁免所指的规则“T3-BALANC”不存在，是否为“T3-BALANCE”。"),
        ("privacy", "豁免所指的规则“privacy”不存在，是否为“PRIVACY”。"),
        ("示例", "豁免所指的规则“示例”不存在。"),
    ],
)
def test_a_waiver_of_no_rule_names_the_nearest(rule: str, message: str) -> None:
    (found,) = check(sound_report(waivers=(waiver(rule),)))
    assert found.message == message


def test_a_waiver_of_a_rule_that_cannot_be_judged_is_not_stale() -> None:
    report = sound_report(waivers=(waiver("YEAR-CARRY", cells=("applications.carried_in.company",)),))
    assert findings(report, "WAIVER") == []
    assert len(findings(report.replace(previous=sound_report(2022)), "WAIVER")) == 1

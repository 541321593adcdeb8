"""Lists of parts: those that must add up to the whole, and those that need not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from checks.examples import findings, sound_report
from reportkit.checks import check
from reportkit.form.figures import Figure

FIGURES: Mapping[str, Figure] = {
    "applications.received.natural_person": 88,
    "applications.received.company": 7,
    "applications.granted.natural_person": 80,
    "applications.granted.company": 7,
    "applications.partly_granted.natural_person": 8,
}


def rules_broken(text: str, **figures: int) -> list[str]:
    changed = {f"applications.{row}.company": figure for row, figure in figures.items()}
    report = sound_report(figures={**FIGURES, **changed}, narrative={"overview": text})
    return [finding.rule for finding in check(report) if finding.rule.startswith("TEXT-")]


@pytest.mark.parametrize(
    "text",
    [
        "共办理申请95件（本级23件、甲县41件、乙县30件）。",
        "共办理申请95件（本级23件、甲县41件、乙县32件）。",
        "收到政府信息公开申请95件，其中网络申请60件、信函申请25件、当面申请9件。",
        "共办理申请95件（本级60件、甲县41件等）。",
        "收到政府信息公开申请95件。按渠道分，网络申请60件、信函申请25件、当面申请11件。",
    ],
)
def test_parts_that_no_table_holds_add_up_to_the_whole(text: str) -> None:
    assert rules_broken(text) == ["TEXT-BREAKDOWN"]


def test_a_finding_shows_the_sum_and_quotes_the_list() -> None:
    text = "共办理申请95件（本级23件、甲县41件、乙县30件）。"
    (finding,) = findings(sound_report(figures=FIGURES, narrative={"overview": text}), "TEXT-BREAKDOWN")
    assert finding.severity == "warning"
    assert (finding.expected, finding.actual) == (95, 94)
    assert "相加为94（23＋41＋30）" in finding.message
    assert finding.quote is not None
    assert finding.quote in text
    assert finding.quote.endswith("30件")


@pytest.mark.parametrize(
    "text",
    [
        "共办理申请95件（本级23件、甲县41件、乙县31件）。",
        "共办理申请95件（本级23件、甲县41件等）。",
        "收到政府信息公开申请95件，其中予以公开87件。",
        "办结95件，其中予以公开87件、部分公开8件。其中予以公开87件，占91.6%。",
        "收到政府信息公开申请95件，其中自然人88件、法人或其他组织7件；予以公开87件，部分公开8件。",
        "收到政府信息公开申请95件，其中予以公开87件、网络申请3件。",
        "共办理申请95件（本级约23件、甲县41件、乙县30件）。",
    ],
)
def test_lists_that_add_up_or_need_not(text: str) -> None:
    assert rules_broken(text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("收到政府信息公开申请95件，其中自然人88件、法人或其他组织70件。", "法人或其他组织70件"),
        ("收到政府信息公开申请59件（自然人88件、法人或其他组织7件）。", "收到政府信息公开申请59件"),
    ],
)
def test_a_list_that_one_wrong_number_explains_is_one_fault(text: str, wrong: str) -> None:
    report = sound_report(figures=FIGURES, narrative={"overview": text})
    told = [finding for finding in check(report) if finding.rule.startswith("TEXT-")]
    assert [(finding.rule, finding.quote) for finding in told] == [("TEXT-CLAIM", wrong)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("收到政府信息公开申请95件，其中予以公开87件、部分公开80件。", {}),
        ("收到政府信息公开申请95件，其中予以公开129件、部分公开8件。", {"granted": 12, "carried_in": 5}),
        (
            "收到政府信息公开申请95件，其中予以公开188件、部分公开8件。",
            {"granted": 8, "carried_in": 5, "carried_out": 4},
        ),
        ("收到政府信息公开申请95件，其中予以公开287件、部分公开1件。", {}),
        ("收到政府信息公开申请95件，其中予以公开184件、不予公开3件。", {"granted": 4, "refused.state_secret": 3}),
        ("收到政府信息公开申请95件，其中予以公开8件、部分公开8件。", {"granted": 20}),
    ],
)
def test_what_was_carried_over_or_left_out_explains_a_list_with_a_wrong_number(
    text: str, figures: dict[str, int]
) -> None:
    assert set(rules_broken(text, **figures)) == {"TEXT-CLAIM"}


def test_a_wrong_number_that_does_not_explain_a_list_is_a_fault_beside_it() -> None:
    text = "收到政府信息公开申请95件，其中予以公开129件、部分公开8件。"
    assert set(rules_broken(text, granted=12)) == {"TEXT-CLAIM", "TEXT-BREAKDOWN"}

"""How findings look, which is said in one place."""

from __future__ import annotations

from reportkit.checks import SEVERITIES, WAIVED, Finding, Waived


def finding(severity: str, waived: Waived | None = None) -> Finding:
    return Finding("T3-BALANCE", severity, "example", 2023, "示例", waived=waived)


def test_the_severities_stand_gravest_first_under_their_own_names() -> None:
    assert [*SEVERITIES] == ["error", "warning", "info"]
    assert [look.name for look in SEVERITIES.values()] == [*SEVERITIES]
    assert [look.word for look in SEVERITIES.values()] == ["错误", "警告", "提示"]


def test_no_two_looks_are_told_apart_by_colour_alone() -> None:
    looks = [*SEVERITIES.values(), WAIVED]
    for shown in ("name", "word", "sign", "line"):
        assert len({getattr(look, shown) for look in looks}) == len(looks)


def test_a_finding_looks_as_its_severity_asks_and_a_waived_one_as_waived() -> None:
    assert finding("warning").look is SEVERITIES["warning"]
    assert finding("error", Waived("示例", "示例")).look is WAIVED

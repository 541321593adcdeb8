"""Of which year and of which body a sentence speaks."""

from __future__ import annotations

import pytest

from reportkit.claims.scope import Scope, Speaker
from reportkit.claims.tokens import tokens_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("白塔县人民政府", "government"),
        ("东屿经济开发区管理委员会", "government"),
        ("白塔县石渡镇人民政府", "town"),
        ("青禾市石渡街道办事处", "town"),
        ("云岭镇沟西管理区", "town"),
        ("白塔县人民政府办公室", "office"),
        ("白塔县教育局", "department"),
        ("临沂市人民政府外事办公室", "office"),
        ("", "office"),
    ],
)
def test_kinds_of_bodies(name: str, kind: str) -> None:
    assert Speaker((name,) if name else ()).kind == kind


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("2024年，我局", True),
        ("截至2024年底", True),
        ("截至2025年1月", True),
        ("2023年我局", False),
        ("上年我局", False),
        ("上年结转", True),
        ("较上年增长", True),
        ("2023年的工作", True),
        ("与2023年相比", True),
        ("2023年结转", True),
        ("2023年度剩余申请结转", True),
        ("其中2023年", False),
        ("2023年1月1日至2023年12月31日", False),
        ("2024年1月1日至2024年12月31日", True),
        ("2023年底", False),
        ("2024年12月31日", True),
        ("我局及所属单位", False),
        ("各乡镇的", True),
        ("2024年1至6月", False),
        ("前三季度", False),
        ("自2019年以来", False),
        ("今年以来", True),
        ("下一步", False),
        ("各乡镇", False),
        ("通过各乡镇", True),
        ("县教育局", True),
    ],
)
def test_what_a_clause_begins_with_decides(text: str, holds: bool) -> None:
    speaker = Speaker(("白塔县教育局", "县教育局"))
    assert Scope(2024, speaker).after(tokens_of(text)).holds is holds


def test_a_new_sentence_is_of_the_same_time_and_of_the_reports_body() -> None:
    scope = Scope(2024, Speaker(("白塔县教育局",))).after(tokens_of("2023年各乡镇"))
    assert (scope.this_year, scope.this_body) == (False, False)
    assert (scope.again().this_year, scope.again().this_body) == (False, True)


def test_bodies_that_are_listed_are_no_subjects() -> None:
    speaker = Speaker(("白塔县人民政府",))
    assert Scope(2024, speaker).after(tokens_of("各乡镇收到"), listing=True).holds


@pytest.mark.parametrize("text", ["下一步", "自2019年以来"])
def test_plans_and_sums_of_years_end_with_their_sentence(text: str) -> None:
    scope = Scope(2024, Speaker(("白塔县教育局",))).after(tokens_of(text))
    assert (scope.holds, scope.again().holds) == (False, True)


def test_the_office_of_a_government_is_not_the_government() -> None:
    government, office = Speaker(("白塔县人民政府",)), Speaker(("白塔县人民政府办公室",))
    (token,) = tokens_of("县政府办公室")
    assert (government.is_meant(token), office.is_meant(token)) == (False, True)

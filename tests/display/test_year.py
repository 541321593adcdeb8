"""What is counted of the reports of a year: by the form's roles, nothing twice, and nothing that a form does not have."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reportkit.display.year import Body, Counts, FoundRule, Overview, counts_of, together
from reportkit.form import Form, form_for
from reportkit.form.model import Roles
from reportkit.report import Agency, new_report

FIGURES = {
    "applications.received.natural_person": 9,
    "applications.granted.natural_person": 4,
    "applications.partly_granted.company": 1,
    "applications.refused.state_secret.natural_person": 1,
    "applications.refused.internal_affairs.other": 2,
    "applications.not_processed.repeat.other": 2,
    "challenges.review.upheld": 4,
    "challenges.review.corrected": 1,
    "challenges.litigation_direct.corrected": 2,
    "challenges.litigation_after_review.pending": 1,
}
numbers = st.none() | st.integers(0, 10**6)
lists = st.dictionaries(st.sampled_from("甲乙丙"), st.integers(1, 9))
every_counts = st.builds(Counts, *[numbers] * 6, *[lists] * 3)


def counted(form: Form) -> Counts:
    return counts_of(new_report(Agency("a", "示例局"), 2023, FIGURES, form=form))


def test_a_report_is_counted_by_the_roles_and_labels_of_its_form() -> None:
    counts = counted(form_for(2023))
    assert (counts.received, counts.answered, counts.granted, counts.refused) == (9, 10, 5, 3)
    assert (counts.closed, counts.lost) == (7, 3)
    assert counts.outcomes["不予公开"] == 3
    assert {label: n for label, n in counts.reasons.items() if n} == {"属于国家秘密": 1, "属于三类内部事务信息": 2}
    assert counts.results == {"结果维持": 4, "结果纠正": 3, "其他结果": 0, "尚未审结": 1}


def test_what_a_form_does_not_tell_apart_is_not_counted() -> None:
    form = form_for(2023)
    no_roles = replace(form, roles=replace(form.roles, granted=(), refused="", lost="", pending=""))
    counts = counted(no_roles)
    assert (counts.granted, counts.refused, counts.lost, counts.reasons) == (None, None, None, {})
    assert (counts.received, counts.answered, counts.closed) == (9, 10, 8)
    assert counted(replace(form, roles=Roles())) == Counts()
    assert counted(replace(form, identities=())) == Counts()


@given(st.lists(every_counts, max_size=4))
def test_counts_are_added_and_travel_as_json(several: list[Counts]) -> None:
    for counts in several:
        assert Counts.from_json(json.loads(json.dumps(counts.as_json()))) == counts
    total = together(several)
    lost = [counts.lost for counts in several if counts.lost is not None]
    assert total.lost == (sum(lost) if lost else None)
    assert sum(total.reasons.values()) == sum(sum(counts.reasons.values()) for counts in several)


def test_what_another_version_has_left_is_read_as_far_as_it_can_be() -> None:
    told = {"received": 3, "lost": "1", "reasons": {"甲": 1, "乙": None}, "results": [], "more": 1}
    assert Counts.from_json(told) == Counts(received=3, reasons={"甲": 1})
    assert Counts.from_json(None) == Counts.from_json([]) == Counts()


def refused(count: int) -> Counts:
    return Counts(refused=count)


CITY = (
    Body("city", "示例市", counts=refused(60)),
    Body("office", "市局", "city", counts=refused(10)),
    Body("county", "甲县", "city", state="missing"),
    Body("county-a", "甲县一局", "county", counts=refused(20)),
    Body("county-b", "甲县二局", "county", counts=refused(30)),
    Body("tax", "税务局", counts=refused(5)),
)


def test_a_report_that_includes_others_is_counted_and_not_those() -> None:
    overview = Overview(2023, CITY)
    assert overview.name == "示例市"
    assert overview.total.refused == 65
    assert [body.id for body in overview.single] == ["office", "county-a", "county-b", "tax"]
    without = Overview(2023, (replace(CITY[0], counts=None), *CITY[1:]))
    assert without.total.refused == 65


def test_districts_are_governments_below_the_head_and_all_others_together() -> None:
    districts = Overview(2023, CITY).districts
    assert {name: counts.refused for name, counts in districts.items()} == {"甲县": 50, "本级和直属机关": 15}
    assert Overview(2023, CITY[:2]).districts == {}
    two = Overview(2023, (*CITY, Body("other", "另一市"), Body("other-a", "另一局", "other", counts=refused(1))))
    assert two.name == "各机关"
    assert {name: counts.refused for name, counts in two.districts.items()} == {
        "示例市": 60,
        "另一市": 1,
        "本级和直属机关": 5,
    }


def test_bodies_above_each_other_in_a_circle_end() -> None:
    circle = (Body("a", "甲", "b"), Body("b", "乙", "a"), Body("c", "丙", counts=refused(1)))
    assert Overview(2023, circle).total.refused == 1


def test_an_overview_travels_as_json() -> None:
    rule = FoundRule("T4-SUM", "总计等于各项之和", "错误", 1, 2)
    overview = Overview(2023, CITY, {2022: refused(1), 2023: refused(65)}, (rule,))
    assert Overview.from_json(json.loads(json.dumps(overview.as_json()))) == overview

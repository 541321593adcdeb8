"""What texts state, held against the tables: which readings hold, and how their cells are called."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from checks.examples import findings, linyi, sound_report
from reportkit.checks import check
from reportkit.checks.claims import (
    agrees,
    claims_of,
    holds,
    name_of_reading,
    nearest,
    quotients,
    said_by_tables,
    stated,
)
from reportkit.claims import Claim
from reportkit.form import editions, form_for
from reportkit.form.figures import Figure
from reportkit.report import Agency, AnnualReport, Below

RECEIVED = {"applications.received.natural_person": 10, "applications.received.company": 2}


def report_saying(text: str, figures: Mapping[str, Figure] | None = None, **fields: Any) -> AnnualReport:
    return sound_report(figures=figures or {}, narrative={"overview": text}, **fields)


def only_claim(report: AnnualReport) -> Claim:
    (claim,) = [claim for claim in claims_of(report) if claim.section == "overview"]
    return claim


def held(text: str, figures: Mapping[str, Figure] | None = None, **fields: Any) -> list[bool | None]:
    report = report_saying(text, figures, **fields)
    return [each.holds for each in stated(report) if each.claim.section == "overview"]


def test_every_text_of_a_report_is_read_once_and_its_claims_name_their_section() -> None:
    report = report_saying("收到政府信息公开申请12件。", RECEIVED)
    assert [claim.section for claim in claims_of(report)] == ["overview", "other"]
    assert claims_of(report) is claims_of(report.replace())


def test_lists_of_different_sections_do_not_share_a_number() -> None:
    text = "收到政府信息公开申请12件（自然人10件、法人或其他组织2件）。"
    report = sound_report(figures=RECEIVED, narrative={"overview": text, "other": text})
    groups = {claim.section: claim.group for claim in claims_of(report) if claim.kind == "part"}
    assert len(set(groups.values())) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("收到政府信息公开申请12件。", [True]),
        ("收到政府信息公开申请15件。", [True]),  # with what was carried in
        ("收到政府信息公开申请13件。", [False]),
        ("收到政府信息公开申请约12件。", [None]),
        ("收到政府信息公开申请12件，其中法人2件。", [True, True]),
        ("收到政府信息公开申请12件，其中法人5件。", [True, False]),
        ("收到政府信息公开申请15件，其中法人5件。", [True, True]),
        ("收到政府信息公开申请15件，其中法人2件。", [True, False]),
        ("收到政府信息公开申请15件，其中法人5件，占33.3%。", [True, True, True]),
        ("上年结转三件。", [True]),
        ("未收到政府信息公开申请。", [False]),
        ("未发生行政复议、行政诉讼。", [True, True]),
        ("收到政府信息公开申请12件。自然人提出的申请占83.3%。", [True, True]),
        ("收到政府信息公开申请12件。自然人提出的申请占83.4%。", [True, False]),
        ("收取信息处理费0元。", [None]),
    ],
)
def test_one_reading_that_holds_is_enough(text: str, expected: list[bool | None]) -> None:
    assert held(text, {**RECEIVED, "applications.carried_in.company": 3}) == expected


def test_a_blank_counts_as_nothing() -> None:
    assert held("未发生行政复议。", {"challenges.review.upheld": None}) == [True]


def test_a_table_that_is_not_there_says_nothing() -> None:
    blank = dict.fromkeys(form_for(2023).entries)
    text = "收到政府信息公开申请12件，其中自然人10件，占83%。未发生行政复议。行政事业性收费38万元。"
    assert set(held(text, blank)) == {None}
    assert held(text, {**blank, "applications.received.natural_person": 10})[:2] == [False, True]
    assert held("未发生行政复议。", {**blank, "challenges.review.total": 0}) == [True]


def test_a_total_counts_as_it_is_printed() -> None:
    report = report_saying("收到政府信息公开申请12件。", RECEIVED)
    assert holds(only_claim(report), report)
    assert not holds(only_claim(report), report.replace({"applications.received.total": 13}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("行政事业性收费38.65万元。", True),
        ("行政事业性收费38.7万元。", True),
        ("行政事业性收费38.5万元。", False),
        ("行政事业性收费386500元。", True),
        ("行政事业性收费386501元。", False),
    ],
)
def test_money_is_compared_in_its_unit_to_the_digits_given(text: str, expected: bool) -> None:
    figures: dict[str, Figure] = {"disclosure.fees.amount": Decimal("38.65")}
    assert held(text, figures) == [expected]
    found = findings(report_saying(text, figures), "TEXT-CLAIM")
    assert [finding.expected for finding in found] == ([] if expected else ["38.65" if "万" in text else 386500])


@pytest.mark.parametrize(("typed", "told"), [("40.0", "40.0"), ("40.40", "40.4"), ("40.65", "40.65")])
def test_money_is_told_as_people_write_it(typed: str, told: str) -> None:
    report = report_saying("行政事业性收费38万元。", {"disclosure.fees.amount": Decimal(typed)})
    assert said_by_tables(only_claim(report), report) == (f"表二.行政事业性收费.本年收费金额为{told}万元",)


def test_growth_is_told_by_last_year_s_report() -> None:
    text = "新收政府信息公开申请12件，同比增长20%。"
    assert held(text, RECEIVED) == [True, None]
    last = sound_report(2022, {"applications.received.company": 10})
    assert held(text, RECEIVED, previous=last) == [True, True]
    assert held(text.replace("20%", "21%"), RECEIVED, previous=last) == [True, False]
    assert held(text, RECEIVED, previous=sound_report(2022)) == [True, None]  # from nothing there is no rate


def test_growth_across_editions_is_compared_where_both_have_the_cells() -> None:
    last = sound_report(2020, {"applications.received.company": 10})
    now = sound_report(2021, RECEIVED, narrative={"overview": "新收政府信息公开申请12件，同比增长20%。"}, previous=last)
    assert last.form.edition != now.form.edition
    assert [each.holds for each in stated(now)][:2] == [True, True]


@pytest.mark.parametrize(
    ("value", "said", "expected"),
    [("62.5", "62", True), ("62.5", "63", True), ("27.36", "27.4", True), ("27.36", "27.3", False), ("3", "3.0", True)],
)
def test_a_half_may_be_rounded_either_way_and_nothing_is_cut_off(value: str, said: str, expected: bool) -> None:
    assert agrees(Decimal(value), Decimal(said)) is expected


def test_a_department_may_speak_of_itself_without_the_bodies_below_it() -> None:
    below = sound_report(figures={"applications.received.company": 2})
    report = report_saying("收到政府信息公开申请10件。", RECEIVED, below=Below((below,)))
    assert holds(only_claim(report), report)
    government = report.replace(agency=Agency("place", "示例县人民政府", level="government"))
    assert not holds(only_claim(government), government)
    unknown = report.replace(below=Below((below,), missing=(Agency("other", "另一局"),)))
    assert not holds(only_claim(unknown), unknown)


def test_a_place_stands_for_its_government() -> None:
    text = "县政府办公室收到政府信息公开申请13件。"
    place = report_saying(text, RECEIVED).replace(agency=Agency("place", "示例县", level="government"))
    assert not [claim for claim in claims_of(place) if claim.section == "overview"]


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_a_reading_is_called_by_the_labels_that_span_its_cells(form: object) -> None:
    year = 2023 if form == form_for(2023) else 2020
    known = form_for(year)
    organisations = [column.key for block in known.table("applications").blocks for column in block.column_leaves][1:-1]
    cells = tuple(f"applications.received.{column}" for column in organisations)
    assert name_of_reading(cells, known) == "表三.本年新收政府信息公开申请数量.法人或其他组织"
    assert name_of_reading(cells[:2], known).count("＋") == 1


def test_the_label_that_spans_most_of_the_cells_names_them() -> None:
    form = form_for(2023)
    table = form.table("applications")
    columns = [column.key for block in table.blocks for column in block.column_leaves][1:-1]
    rows = [row.key for row in table.row("refused").leaves()]
    cells = tuple(f"applications.{row}.{column}" for row in rows for column in columns)
    assert name_of_reading(cells, form) == "表三.不予公开.法人或其他组织"


def test_both_kinds_of_lawsuit_are_called_lawsuits() -> None:
    cells = ("challenges.litigation_direct.total", "challenges.litigation_after_review.total")
    assert name_of_reading(cells, form_for(2023)) == "表四.行政诉讼.总计"


def test_what_the_tables_say_is_told_for_each_reading() -> None:
    report = report_saying("收到政府信息公开申请13件，其中自然人10件，占70%。", RECEIVED)
    whole, _, share = claims_of(report)[:3]
    assert said_by_tables(whole, report) == (
        "表三.本年新收政府信息公开申请数量.总计为12",
        "表三.本年新收政府信息公开申请数量.总计＋表三.上年结转政府信息公开申请数量.总计为12",
    )
    assert nearest(whole, report) == (Decimal(12), ("applications.received.total",))
    assert said_by_tables(share, report)[0].endswith("，即83%")
    assert next(quotients(share, report)).rounded(share.value) == 83


def test_the_claims_of_a_real_report_hold() -> None:
    told = [(each.claim.quote, each.holds) for each in stated(linyi()) if each.holds is not None]
    assert told == [
        ("2023年1月1日至2023年12月31日", True),
        ("我办受理依申请公开事项2件", True),
        ("办理信息公开行政复议0件", True),
        ("行政诉讼0件", True),
    ]
    fees = [each.claim.value for each in stated(linyi()) if each.claim.about == "handling_fee"]
    assert set(fees) == {Decimal(0)}
    assert not [each for each in stated(linyi()) if "建议" in each.claim.quote or "提案" in each.claim.quote]


def test_a_real_report_gives_no_alarm_about_its_texts() -> None:
    assert not [finding for finding in check(linyi()) if finding.rule.startswith("TEXT-")]

"""What texts say is read as people mean it, and what they say of other things is left alone."""

from __future__ import annotations

import os
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.passages import READINGS, Score, claims_in, judge, lines_of, passages
from reportkit.claims import KINDS, Claim, read_claims
from reportkit.claims.denials import is_denied
from reportkit.claims.tokens import tokens_of
from reportkit.form import editions, form_for
from reportkit.project.folder import Project

PROJECT = Path(__file__).parents[2]
DEPARTMENT = ("青禾市教育局", "市教育局")
RECEIVED = "applications.received.total"
CARRIED_IN = "applications.carried_in.total"
ANSWERED = "applications.total.total"
CARRIED_OUT = "applications.carried_out.total"


def read(text: str, year: int = 2024, names: tuple[str, ...] = DEPARTMENT) -> list[Claim]:
    return read_claims(text, form_for(year), year, names)


def told(text: str, year: int = 2024, names: tuple[str, ...] = DEPARTMENT) -> list[tuple[str, str, tuple[str, ...]]]:
    """Kind, value and first reading of each claim that can be compared."""
    claims = [claim for claim in read(text, year, names) if claim.readings and not claim.approximate]
    return [(claim.kind, f"{claim.value:f}", claim.readings[0]) for claim in claims]


# -------------------------------------------------------------- passages


# So many claims of each kind are read right: not one of them may be lost unseen.
READ_RIGHT = Counter(count=473, part=266, denial=134, share=46, growth=20, period=19)


def test_annotated_passages_are_read_as_people_read_them() -> None:
    score = Score()
    for at in range(len(passages())):
        judge(at, score)
    assert score.wrong.total() <= 1, "\n".join(line for line in score.told if " is no " in line)
    assert score.right >= READ_RIGHT, "\n".join(line for line in score.told if "not read" in line)


def test_the_passages_are_read_as_the_file_says() -> None:
    """A change of the reader shows what it changes in the file, which RENEW_TRANSCRIPT=1 writes anew."""
    read_now = "".join(f"{line}\n" for at in range(len(passages())) for line in lines_of(at))
    if os.environ.get("RENEW_TRANSCRIPT"):
        READINGS.write_text(read_now, encoding="utf-8")
    assert read_now.splitlines() == READINGS.read_text(encoding="utf-8").splitlines()


def test_traps_are_left_alone() -> None:
    wrong = []
    for at, passage in enumerate(passages()):
        text = passage["text"]
        claims = [claim for claim in claims_in(at) if claim.readings and not claim.approximate]
        for trap in passage["traps"]:
            start = text.index(trap["quote"])
            inside = [claim for claim in claims if start <= claim.start and claim.end <= start + len(trap["quote"])]
            wrong += [f"{passage['id']}: {claim.quote} ({trap['why']})" for claim in inside]
    assert len(wrong) <= 2, "\n".join(wrong)


def test_the_real_report_states_five_figures_and_no_more() -> None:
    report = Project(PROJECT).open_report("linyi-fao", 2023)
    names = (report.agency.name, report.agency.short)
    said = [
        (claim.kind, int(claim.value), claim.readings[:1], claim.about)
        for text in report.narrative.values()
        for claim in read_claims(text, report.form, report.year, names)
    ]
    lawsuits = ("challenges.litigation_direct.total", "challenges.litigation_after_review.total")
    assert said == [
        ("period", 2023, (), None),
        ("count", 2, ((RECEIVED,),), None),
        ("denial", 0, (("challenges.review.total",),), None),
        ("denial", 0, (lawsuits,), None),
        ("denial", 0, (), "handling_fee"),
        ("denial", 0, (), "handling_fee"),
    ]


# --------------------------------------------------------------- requests


@pytest.mark.parametrize(
    ("text", "value", "readings"),
    [
        ("全年受理政府信息公开申请58件。", "58", ((RECEIVED,), (RECEIVED, CARRIED_IN))),
        ("本年新收政府信息公开申请58件。", "58", ((RECEIVED,),)),
        ("共办理依申请公开事项58件。", "58", ((RECEIVED,), (RECEIVED, CARRIED_IN), (ANSWERED,))),
        ("收到并答复依申请公开58件。", "58", ((RECEIVED,), (RECEIVED, CARRIED_IN), (ANSWERED,))),
        ("依申请公开事项办结58件。", "58", ((ANSWERED,),)),
        ("收到58件政府信息公开申请。", "58", ((RECEIVED,), (RECEIVED, CARRIED_IN))),
        ("依申请公开情况：共58件。", "58", ((RECEIVED,),  (RECEIVED, CARRIED_IN))),
    ],
)  # fmt: skip
def test_every_reading_that_an_official_would_accept_is_given(
    text: str, value: str, readings: tuple[tuple[str, ...], ...]
) -> None:
    (claim,) = read(text)
    assert (f"{claim.value:f}", claim.readings) == (value, readings)


@pytest.mark.parametrize(
    "number", ["58件", "５８件", "五十八件", "58 件", "5 8件", "58宗", "58例", "58起", "58条", "58份"]
)
def test_numbers_are_read_in_every_typing(number: str) -> None:
    assert [claim.value for claim in read(f"收到政府信息公开申请{number}。")] == [58]


@pytest.mark.parametrize("number", ["近60件", "60余件", "60多件", "约60件", "60件左右", "六十余件", "1.2万件"])
def test_what_is_about_right_is_said_to_be(number: str) -> None:
    (claim,) = read(f"收到政府信息公开申请{number}。")
    assert claim.approximate


def test_what_is_told_apart_leaves_one_reading() -> None:
    assert told("收到申请12件，上年结转2件；办结11件，结转下年3件。".replace("收到申请", "收到政府信息公开申请")) == [
        ("count", "12", (RECEIVED,)),
        ("count", "2", (CARRIED_IN,)),
        ("count", "11", (ANSWERED,)),
        ("count", "3", (CARRIED_OUT,)),
    ]
    first = read("收到政府信息公开申请12件，上年结转2件。")[0]
    assert first.readings == ((RECEIVED,),)
    first = read("收到政府信息公开申请12件，其中上年结转2件。")[0]
    assert first.readings == ((RECEIVED, CARRIED_IN),)
    first = read("办理政府信息公开申请12件，其中结转下年2件。")[0]
    assert (ANSWERED,) not in first.readings


def test_subjects_carry_over() -> None:
    text = "全年收到政府信息公开申请12件。均依法办理，答复10件，2件结转下年。"
    assert [(value, cells) for _, value, cells in told(text)] == [
        ("12", (RECEIVED,)),
        ("10", (ANSWERED,)),
        ("2", (CARRIED_OUT,)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "收到人大代表建议12件、政协提案8件，全部办结。",
        "主动公开政府信息300条，其中微信公众号公开120条。",
        "主动公开政府信息300条，其中规范性文件12条。",
        "规范性文件制发内容3件。",
        "依申请公开情况：共发布12件。",
        "行政复议案件情况：共受理12件。",
        "受理网上留言30件，答复30件。",
        "受理不动产登记申请205件，办结205件。",
        "培训3次，120人参加，发放资料500份。",
        "下一步，力争依申请公开答复30件。",
        "2023年收到政府信息公开申请24件。",
        "2024年上半年收到政府信息公开申请24件。",
        "自2019年以来，累计收到政府信息公开申请240件。",
        "各乡镇共收到政府信息公开申请24件。",
        "收到政府信息公开申请比上年增加3件。",
        "根据国办函〔2021〕30号第五十条规定，2024年1月2日起施行。",
        "公开政府信息公开指南1份、依申请公开目录3份。",
        "审查规范性文件14件，备案规范性文件3件，规范性文件解读材料5篇。",
        "行政许可事项205项，公示行政处罚信息30条。",
        "受理行政复议案件320件，审结300件。",
        "受理不动产登记申请205件，办结205件。",
        "同一申请人最多提出4件。",
        "公民、对外公开总数量317件。",
    ],
)
def test_other_things_other_years_other_bodies_and_plans_are_no_claims(text: str) -> None:
    assert told(text) == []


# ---------------------------------------------------------- parts and wholes


def test_parts_stand_in_lists_with_their_whole() -> None:
    text = "收到政府信息公开申请12件，其中自然人10件、法人或其他组织2件；予以公开9件，其他3件。"
    whole, *parts = read(text)
    assert [part.kind for part in parts] == ["part"] * 4
    assert [part.group for part in parts] == [1, 1, 2, 2]
    assert {part.whole for part in parts} == {Decimal(12)}
    assert all(part.of == whole.readings for part in parts)
    assert parts[0].readings[0] == ("applications.received.natural_person",)
    assert len(parts[1].readings[0]) == 5
    assert parts[3].readings == (("applications.other.not_corrected_in_time.total", "applications.other.fee_unpaid.total", "applications.other.other.total"),)  # fmt: skip


def test_requests_of_another_kind_are_not_counted_among_those_for_information() -> None:
    assert told("收到政府信息公开申请12件，安置房申请受理3件。") == [("count", "12", (RECEIVED,))]
    assert told("依申请公开予以公开的申请3件。") == [("part", "3", ("applications.granted.total",))]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("其中自然人、商业企业提出5件", ["natural_person", "company"]),
        ("其中自然人10件，提出其他5件", ["other"]),
    ],
)
def test_kinds_of_applicants_may_be_joined_or_be_what_is_left(text: str, columns: list[str]) -> None:
    *_, part = read(f"收到政府信息公开申请15件，{text}。")
    assert part.readings[0] == tuple(f"applications.received.{column}" for column in columns)


def test_items_are_parts_of_their_group() -> None:
    text = "办结依申请公开12件，不予公开5件（国家秘密1件、过程性信息4件），无法提供7件，其中本机关不掌握7件。"
    claims = {claim.quote: claim for claim in read(text)}
    secret = claims["国家秘密1件"]
    assert secret.readings == (("applications.refused.state_secret.total",),)
    assert secret.whole == 5
    assert secret.of == claims["不予公开5件"].readings
    assert claims["本机关不掌握7件"].whole == 7


def test_what_is_joined_is_summed_and_an_example_is_not() -> None:
    (_, joined) = told("办结依申请公开12件，予以公开和部分公开9件。")
    assert joined[2] == ("applications.granted.total", "applications.partly_granted.total")
    (_, late) = told("收到依申请公开12件。申请人逾期不补正的申请3件。")
    assert late[2] == ("applications.other.not_corrected_in_time.total",)
    claims = read("办结依申请公开12件，重复申请等不予处理9件。")
    assert len(claims[-1].readings[0]) == 5
    claims = read("办结依申请公开12件，重复申请不予处理9件。")
    assert claims[-1].readings == (("applications.not_processed.repeat.total",),)


def test_a_whole_may_be_all_of_one_kind() -> None:
    assert told("收到政府信息公开申请4件，均由自然人提出。")[1] == (
        "part", "4", ("applications.received.natural_person",),
    )  # fmt: skip
    assert [each for each in told("行政复议3件，行政诉讼1件，结果均为维持。") if each[0] == "part"] == [
        ("part", "3", ("challenges.review.upheld",)),
        ("part", "1", ("challenges.litigation_direct.upheld", "challenges.litigation_after_review.upheld")),
    ]


def test_figures_after_several_names_go_to_one_each() -> None:
    assert [(value, cells[0]) for _, value, cells in told("行政复议、行政诉讼分别为3件和1件。")] == [
        ("3", "challenges.review.total"),
        ("1", "challenges.litigation_direct.total"),
    ]
    assert [cells for *_, cells in told("行政许可、行政处罚、行政强制均为0件。")] == [
        ("disclosure.licences.decisions",),
        ("disclosure.penalties.decisions",),
        ("disclosure.coercive_measures.decisions",),
    ]
    assert [cells for *_, cells in told("规范性文件制发数、废止数均为0。")] == [
        ("disclosure.normative_documents.issued",),
        ("disclosure.normative_documents.repealed",),
    ]
    assert told("2022年、2023年、2024年分别受理信息公开申请21件、34件、47件。") == [("count", "47", (RECEIVED,))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("行政许可增加3项", "3"),
        ("行政许可减少3项", "-3"),
        ("本年行政许可减少3项", "-3"),
        ("本年减少行政许可3项", "-3"),
        ("行政许可上一年项目6项，减少3项", "-3"),
        ("行政许可上一年项目6项，本年增/减3项", "3"),
        ("行政处罚增加2项，行政许可减少3项", "-3"),
        ("行政处罚减少2项，行政许可增加3项", "3"),
    ],
)
def test_how_many_items_came_or_went(text: str, value: str) -> None:
    assert told(f"{text}。", 2020)[-1] == ("count", value, ("disclosure.licences.change",))


@pytest.mark.parametrize("text", ["行政许可较上年减少3项", "行政许可同比减少3项", "网站栏目减少3项"])
def test_what_grows_by_so_much_against_last_year_or_is_no_item_of_a_table(text: str) -> None:
    assert not read(f"{text}。", 2020)


def test_what_was_just_named_is_counted_and_not_what_was_named_before() -> None:
    assert told("依申请公开情况：共12件。") == [("count", "12", (RECEIVED,))]
    assert told("依申请公开情况：共12件已。") == [("count", "12", (RECEIVED,))]
    assert told("依申请公开情况：网站改版，共12件。") == []
    assert told("规范性文件内容制发3件。") == [("count", "3", ("disclosure.normative_documents.issued",))]


def test_what_stands_in_brackets_tells_of_the_figure_before_or_behind_them() -> None:
    before, behind = (
        read(f"收到政府信息公开申请12件，其中不予公开{said}。")[1:] for said in ("（执法案卷）5件", "5件（执法案卷）")
    )
    file = ("applications.refused.enforcement_file.total",)
    assert [claim.readings for claim in before] == [(file,)]
    assert [claim.readings[0] for claim in behind][1:] == [file]


def test_a_body_counts_the_reviews_it_decides_only_where_it_speaks_of_openness() -> None:
    assert [value for _, value, _ in told("政府信息公开方面，行政复议1件。受理行政复议案件320件，审结300件。")] == ["1"]


def test_a_year_that_stands_far_from_a_figure_is_not_that_of_the_figure() -> None:
    assert [value for _, value, _ in told("依据2023年修订的目录受理政府信息公开申请3件。")] == ["3"]


def test_a_figure_of_another_year_is_told_by_its_word_or_its_number() -> None:
    for year in ("2023年", "2025年", "上年"):
        assert [value for _, value, _ in told(f"行政复议{year}为3件，今年2件。")] == [], year


def test_withdrawn_requests_have_a_cell_only_where_nothing_else_is_left() -> None:
    text = "收到政府信息公开申请5件，其中予以公开3件，申请人撤回{}件。"
    others = tuple(f"applications.other.{key}.total" for key in ("not_corrected_in_time", "fee_unpaid", "other"))
    assert read(text.format(2))[-1].readings == (others[-1:], others)
    assert read(text.format(1))[-1].readings == read(text.format(3))[-1].readings == ()
    listed = text.replace("其中", "其中自然人3件、法人2件，")
    assert read(listed.format(2))[-1].readings == (others[-1:], others)


@pytest.mark.parametrize(
    ("text", "said"),
    [("免收信息处理费", True), ("收到政府信息公开申请3件，均免费提供", True), ("食堂免收费用", False)],
)
def test_what_is_free_is_said_of_fees_where_the_text_is_about_them(text: str, said: bool) -> None:
    assert [claim.value for claim in read(f"{text}。") if claim.about == "handling_fee"] == [0] * said


def test_a_fee_that_is_told_in_between_leaves_what_the_text_is_about() -> None:
    *_, fee, part = read("收到政府信息公开申请12件，收取信息处理费30元，其中自然人10件。")
    assert (fee.about, part.kind, part.whole) == ("handling_fee", "part", Decimal(12))


# ------------------------------------------------------- shares and growth


def test_shares_and_growth_say_of_what() -> None:
    text = "收到政府信息公开申请20件，同比增长25%，其中予以公开5件，占25%；不予公开15件（75%）。"
    growth, first, second = (claim for claim in read(text) if claim.kind in ("growth", "share"))
    assert (int(growth.value), growth.readings[0][0]) == (25, RECEIVED)
    assert (int(first.value), first.readings[0][0]) == (25, "applications.granted.total")
    assert (RECEIVED,) in first.of
    assert (ANSWERED,) in second.of
    assert len(second.readings[0]) == 8


@pytest.mark.parametrize(
    ("text", "value"),
    [("同比下降8.5%", "-8.5"), ("较上年减少百分之十", "-10"), ("与上年持平", "0"), ("同比翻了一番", "100"), ("较2023年增长1.5倍", "150")],
)  # fmt: skip
def test_growth_is_said_in_many_ways(text: str, value: str) -> None:
    claims = read(f"收到政府信息公开申请20件，{text}。")
    assert [(claim.kind, claim.value) for claim in claims[1:]] == [("growth", Decimal(value))]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("收到政府信息公开申请12件，行政复议同比增长33%", ["challenges.review.total"]),
        ("新收政府信息公开申请12件，行政复议同比增长33%", ["challenges.review.total"]),
        ("新收政府信息公开申请12件，规范性文件制发同比下降33%", ["disclosure.normative_documents.issued"]),
        ("新收政府信息公开申请12件，办结同比增长33%", [ANSWERED]),
        ("新收政府信息公开申请12件，申请量同比增长33%", [RECEIVED]),
        ("收到政府信息公开申请12件，同比增长20%，办结申请10件，同比增长30%", [RECEIVED, ANSWERED]),
        ("收到政府信息公开申请12件，同比增长20%，较2022年增长30%", [RECEIVED, RECEIVED]),
        ("收到政府信息公开申请12件，行政复议3件，收到政府信息公开申请同比增长33%", [RECEIVED]),
        ("收到政府信息公开申请66件，其中网络60件、信函6件，较上年增长8%", [RECEIVED]),
        ("收到政府信息公开申请66件，其中自然人60件，较上年增长8%", ["applications.received.natural_person"]),
        ("收到政府信息公开申请12件，某某增长33%", []),
        ("收到政府信息公开申请12件，同比某某增长33%", []),
        ("收到政府信息公开申请12件，增长1.5倍", []),
        ("收到政府信息公开申请12件。发布信息300条，同比增长5%", []),
        ("收到政府信息公开申请12件，翻一番", []),
        ("收到政府信息公开申请12件，申请量翻一番", []),
        ("收到政府信息公开申请12件，自然人占比83.3%，较上年增长5%", [RECEIVED]),
        ("同比翻一番", []),
        ("同比增长20%", []),
    ],
)
def test_growth_is_of_what_is_named_or_else_of_what_was_counted_last(text: str, cells: list[str]) -> None:
    grown = [claim for claim in read(f"{text}。") if claim.kind == "growth"]
    assert [claim.readings[0][0] for claim in grown] == cells


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("新收政府信息公开申请12件，规范性文件制发同比下降33%，废止1件。", "disclosure.normative_documents.repealed"),
        ("新收政府信息公开申请12件，行政复议同比下降33%，维持1件。", "challenges.review.upheld"),
        ("行政复议4件，政府信息公开申请同比下降33%，办结1件。", ANSWERED),
        ("行政诉讼2件；关于行政复议，维持1件。", "challenges.review.upheld"),
        ("行政复议3件；关于行政诉讼，维持1件。", "challenges.litigation_direct.upheld"),
    ],
)
def test_what_follows_is_about_what_was_named_last(text: str, cell: str) -> None:
    kind, value, cells = told(text)[-1]
    assert (kind, value, cells[0]) == ("count", "1", cell)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("收到政府信息公开申请12件，均为自然人", "applications.received.natural_person"),
        ("收到政府信息公开申请12件，申请人均为自然人", "applications.received.natural_person"),
        ("收到政府信息公开申请12件。均为自然人提出", "applications.received.natural_person"),
        ("收到政府信息公开申请12件，均不予公开", "applications.refused.state_secret.total"),
        ("收到政府信息公开申请12件，结果均为无法提供", "applications.unavailable.not_held.total"),
        ("收到政府信息公开申请12件，均为某某自然人", None),
        ("收到政府信息公开申请12件，均为自然人、商业企业", None),
        ("收到政府信息公开申请12件，自然人", None),
        ("行政复议1件，结果维持", "challenges.review.upheld"),
        ("行政复议2件，结果维持", None),
        ("行政复议2件，结果均为维持", "challenges.review.upheld"),
    ],
)
def test_what_is_said_of_all_is_a_part_as_large_as_the_whole(text: str, cell: str | None) -> None:
    parts = [claim for claim in read(f"{text}。") if claim.kind == "part"]
    assert [claim.readings[0][0] for claim in parts] == ([cell] if cell else [])
    assert all(claim.value == claim.whole for claim in parts)


def test_growth_of_a_part_may_be_meant_of_the_whole() -> None:
    *_, growth = read("收到政府信息公开申请66件，其中自然人60件，较上年增长8%。")
    assert [reading[0] for reading in growth.readings] == [
        *("applications.received.natural_person",) * 2, RECEIVED, RECEIVED
    ]  # fmt: skip


def test_a_number_that_grows_by_so_many_is_no_count_of_them() -> None:
    for text in ("同比共增加了3件", "较上年减少3件", "比上年增加了3件", "增加3件"):
        assert [claim.value for claim in read(f"收到政府信息公开申请12件，{text}。")] == [12], text
    more = "收到政府信息公开申请12件，同比多收到政府信息公开申请3件。"
    assert [claim.value for claim in read(more)] == [12]
    assert [claim.value for claim in read("收到政府信息公开申请12件，增加人手办结申请3件。")] == [12, 3]
    assert [claim.value for claim in read("同比大幅完善办理机制收到政府信息公开申请3件。")] == [3]


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("其中自然人10件、法人2件，占比分别为83.3%、16.7%", {"83.3": "natural_person", "16.7": "company"}),
        ("其中自然人10件，占比分别为83.3%、16.7%", {}),
        ("行政复议3件，占比分别为83.3%", {}),
        ("其中自然人10件、法人2件，法人占16.7%", {"16.7": "company"}),
        ("自然人占比83.3%", {"83.3": "natural_person"}),
        ("其他占比20%", {}),
        ("某某占20%", {}),
        ("其他事项办结率20%", {}),
        ("某某办结率20%", {}),
        ("败诉率20%", {}),
    ],
)
def test_shares_are_of_the_parts_that_are_named(text: str, shares: dict[str, str]) -> None:
    said = [claim for claim in read(f"收到政府信息公开申请12件，{text}。") if claim.kind == "share"]
    assert {f"{claim.value:f}": claim.readings[0][0].rpartition(".")[2] for claim in said} == shares
    assert all((RECEIVED,) in claim.of for claim in said)


def test_a_rate_of_disclosure_counts_what_was_disclosed_in_part_or_not() -> None:
    granted = ("applications.granted.total",)
    (_, share) = read("收到政府信息公开申请12件，公开率50%。")
    assert share.readings == ((*granted, "applications.partly_granted.total"), granted)
    assert share.of == ((RECEIVED,), (RECEIVED, CARRIED_IN), (ANSWERED,))


@pytest.mark.parametrize("text", ["网站访问量同比增长20%", "群众满意率100%", "政策解读率达95%", "五年间年均增长8%"])
def test_percentages_of_other_things_are_no_claims(text: str) -> None:
    assert [claim.kind for claim in read(f"收到政府信息公开申请20件。{text}。")] == ["count"]


def test_rates_of_answers_and_results() -> None:
    claims = read("收到政府信息公开申请20件，按时办结率100%。行政复议4件，维持率75%。")
    assert [(claim.kind, claim.readings[0]) for claim in claims if claim.kind == "share"] == [
        ("share", (ANSWERED,)),
        ("share", ("challenges.review.upheld",)),
    ]


# ---------------------------------------------------------------- denials


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("未收到政府信息公开申请。", [RECEIVED]),
        ("没有公民、法人或其他组织向本局提出公开政府信息的申请。", [RECEIVED]),
        ("收到依申请公开0件。", [RECEIVED]),
        ("受理依申请公开零件。", [RECEIVED]),
        ("依申请公开：无。", [RECEIVED]),
        ("未接收和处理过政府信息公开申请。", [RECEIVED, ANSWERED]),
        ("无结转下年度的申请。", [CARRIED_OUT]),
        ("未发生因政府信息公开申请引发的行政复议。", ["challenges.review.total"]),
        ("没有被申请行政复议、被提起行政诉讼的案件。", ["challenges.review.total", "challenges.litigation_direct.total"]),
        ("未收到自然人提出的政府信息公开申请。", ["applications.received.natural_person"]),
        ("未收到公民、企业提出的政府信息公开申请。", [RECEIVED]),
        ("未收到政府信息公开申请和行政复议案件。", [RECEIVED, "challenges.review.total"]),
        ("未收到政府信息公开申请、行政复议案件。", [RECEIVED, "challenges.review.total"]),
        ("未收到因政府信息公开申请引起的行政复议。", ["challenges.review.total"]),
        ("没有败诉的行政诉讼。", ["challenges.litigation_direct.corrected"]),
        ("零申请、零复议。", [RECEIVED, "challenges.review.total"]),
        ("行政诉讼零败诉。", ["challenges.litigation_direct.corrected"]),
        ("行政诉讼未有败诉案件。", ["challenges.litigation_direct.corrected"]),
        ("未制定、未废止行政规范性文件。", ["disclosure.normative_documents.issued", "disclosure.normative_documents.repealed"]),
    ],
)  # fmt: skip
def test_denials_before_and_after_the_noun(text: str, cells: list[str]) -> None:
    claims = [claim for claim in read(text) if claim.readings]
    assert [(claim.kind, claim.readings[0][0]) for claim in claims] == [("denial", cell) for cell in cells]


def test_no_single_one_is_a_denial_and_no_two_are_none() -> None:
    for number, denied in (("0件", True), ("1件", True), ("2件", False)):
        *before, figure = tokens_of(f"没有{number}")
        assert is_denied(before, figure) is denied, number
    *before, figure = tokens_of("收到1件")
    assert not is_denied(before, figure)


@pytest.mark.parametrize(
    "text",
    [
        "未出现超期答复的情形。",
        "无一超期。",
        "没有因不履行公开义务被追责的情形。",
        "未收到对答复的投诉。",
        "无障碍浏览。",
    ],
)
def test_denials_of_other_things_are_no_claims(text: str) -> None:
    assert [claim for claim in read(text) if claim.readings] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("未收取信息处理费。", 0), ("未收取任何费用。", 0), ("收取信息处理费380元。", 380), ("信息公开收费：0元。", 0), ("免收信息处理费。", 0)],
)  # fmt: skip
def test_what_is_said_of_handling_fees(text: str, value: int) -> None:
    (claim,) = (claim for claim in read(f"收到依申请公开3件。{text}") if claim.about)
    assert (claim.about, int(claim.value), len(claim.readings)) == ("handling_fee", value, 0)


# ---------------------------------------------------- documents and money


def test_documents_decisions_and_fees() -> None:
    text = "制发行政规范性文件5件，废止3件，现行有效27件；行政许可57件；行政事业性收费1.32万元。"
    assert told(text) == [
        ("count", "5", ("disclosure.normative_documents.issued",)),
        ("count", "3", ("disclosure.normative_documents.repealed",)),
        ("count", "27", ("disclosure.normative_documents.in_force",)),
        ("count", "57", ("disclosure.licences.decisions",)),
        ("count", "1.32", ("disclosure.fees.amount",)),
    ]
    assert [claim.unit for claim in read(text)] == ["件", "件", "件", "件", "万元"]


def test_the_words_follow_the_edition() -> None:
    text = "新制作规范性文件3件，对外公开总数量21件；行政许可上一年项目数量26项，本年减少2项；政府集中采购项目15个。"
    assert told(text, 2020) == [
        ("count", "3", ("disclosure.normative_documents.made",)),
        ("count", "21", ("disclosure.normative_documents.total_published",)),
        ("count", "26", ("disclosure.licences.previous_items",)),
        ("count", "-2", ("disclosure.licences.change",)),
        ("count", "15", ("disclosure.procurement.items",)),
    ]
    assert all("procurement" not in cells[0] for *_, cells in told("政府集中采购项目15个。", 2024))


# ----------------------------------------------------------------- scope


@pytest.mark.parametrize(
    ("text", "names", "claims"),
    [
        ("全县收到政府信息公开申请23件。", ("白塔县人民政府",), 1),
        ("县政府办公室收到政府信息公开申请23件。", ("白塔县人民政府",), 0),
        ("县政府办公室收到政府信息公开申请23件。", ("白塔县人民政府办公室",), 1),
        ("全县收到政府信息公开申请23件。", ("白塔县教育局",), 0),
        ("县教育局收到政府信息公开申请23件。", ("白塔县教育局",), 1),
        ("我镇收到政府信息公开申请23件。", ("白塔县石渡镇人民政府",), 1),
        ("本区收到政府信息公开申请23件。", ("云岭镇沟西管理区",), 1),
        ("我局收到政府信息公开申请23件。", (), 1),
    ],
)
def test_figures_of_other_bodies_are_not_the_tables(text: str, names: tuple[str, ...], claims: int) -> None:
    assert len(told(text, names=names)) == claims


@pytest.mark.parametrize(
    "period",
    ["2024年1月1日至2024年12月31日", "自2024年1月1日起至2024年12月31日止", "2024年1月1日-12月31日", "二〇二四年一月一日至十二月三十一日",
     "2024.1.1—2024.12.31", "2024-01-01至2024-12-31", "２０２４年１月１日至１２月３１日", "2024年度（1月1日—12月31日）", "2024年1月1日始，于2024年12月31日止",
     "2024年元月1日至2024年12月31日", "2024年1—12月"],
)  # fmt: skip
def test_periods_in_every_typing(period: str) -> None:
    claims = read(f"本报告所列数据的统计期限为{period}。")
    assert [(claim.kind, int(claim.value), claim.year) for claim in claims] == [("period", 2024, 2024)]


# ------------------------------------------------------------- any text

PIECES = st.sampled_from(
    [
        *"，。；：、（）()“”\n ",
        *(
            "收到",
            "受理",
            "办结",
            "政府信息公开申请",
            "依申请公开",
            "行政复议",
            "行政诉讼",
            "其中",
            "自然人",
            "予以公开",
        ),
        *(
            "12件",
            "三件",
            "0件",
            "占27.4%",
            "同比增长3%",
            "均为",
            "分别为",
            "未",
            "无",
            "2023年",
            "上年",
            "结转",
            "下年",
            "撤回",
        ),
        *("规范性文件", "制发", "行政许可", "1.32万元", "信息处理费", "380元", "各部门", "合计", "其他", "某某"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=80))
def test_any_text_is_read_and_quoted_as_it_stands(text: str) -> None:
    for form in editions().values():
        for claim in read_claims(text, form, form.first_year, DEPARTMENT):
            assert claim.quote == text[claim.start : claim.end] != ""
            assert claim.kind in KINDS
            assert all(address in form.cells for reading in (*claim.readings, *claim.of) for address in reading)
            assert all(reading for reading in claim.readings)


@given(st.integers(0, 9999))
def test_any_number_is_read_as_it_is_written(number: int) -> None:
    from reportkit.text import chinese_numeral

    for written in (str(number), f"{number:,}", chinese_numeral(number)):
        (claim,) = (claim for claim in read(f"收到政府信息公开申请{written}件。"))
        assert claim.value == number


def test_an_edition_without_requests_has_no_claims_on_them() -> None:
    from dataclasses import replace

    from reportkit.form.model import Roles

    bare = replace(form_for(2024), tables=(), sections=(), identities=(), roles=Roles())
    claims = read_claims("收到政府信息公开申请12件，其中予以公开9件。未发生行政复议。制发规范性文件2件。", bare, 2024)
    assert all(not claim.readings for claim in claims)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("（一）依申请公开\n收到申请3件", ["收到申请3件"]),
        ("2023年收到申请3件，其中予以公开\n2件，\n不予公开1件。", ["收到申请3件", "予以公开\n2件", "不予公开1件"]),
        (
            "我局全年主动公开政府信息三百余条，收到公民的申请\n3件。\n（三）其他\n予以公开2件",
            ["收到公民的申请\n3件", "予以公开2件"],
        ),
        ("全年收到申请3件，\n一是予以公开2件，\n二是不予公开1件", ["收到申请3件", "予以公开2件", "不予公开1件"]),
    ],
)
def test_a_sentence_goes_on_over_the_end_of_a_wrapped_line_but_a_heading_does_not(text: str, quotes: list[str]) -> None:
    assert [claim.quote for claim in read_claims(text, form_for(2023), 2023)] == quotes


@pytest.mark.parametrize("between", ["和", "及", "、", "与", "以及"])
@pytest.mark.parametrize("behind", ["", "申请", "的申请", "的政府信息公开申请", "的有", "申请共"])
def test_outcomes_that_are_joined_are_counted_together(between: str, behind: str) -> None:
    both = ("applications.granted.total", "applications.partly_granted.total")
    assert told(f"全年予以公开{between}部分公开{behind}5件。") == [("part", "5", both)]

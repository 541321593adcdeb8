"""What made-up reports say: true of their tables, in many wordings, and nothing that a fault must be able to leave out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import pairwise

import pytest

from demo.cities import number_in, told_of
from reportkit.checks.topics import speaks_of
from reportkit.demo.numerals import Number, percentage
from reportkit.demo.reports import Told
from reportkit.form import Table, Topic, form_for
from reportkit.report import AnnualReport

FORM = form_for(2023)


@cache
def wording() -> dict[str, object]:
    """The sentences that the reports are made of."""
    return tomllib.loads(resources.files("reportkit.demo").joinpath("wording.toml").read_text(encoding="utf-8"))


@cache
def city() -> list[Told]:
    return told_of(100, range(2019, 2026))[1]


def sentences_of(table: object, name: str = "") -> Iterator[tuple[str, str]]:
    """All sentences of the data file with the name of their kind."""
    if isinstance(table, str):
        yield name, table
    elif isinstance(table, dict):
        for key, value in table.items():
            yield from sentences_of(value, f"{name}.{key}".strip("."))
    elif isinstance(table, list):
        for value in table:
            yield from sentences_of(value, name)


def topic(section: str, label: str) -> Topic:
    return next(topic for topic in FORM.section(section).topics if topic.label == label)


def test_every_kind_of_statement_has_its_variants() -> None:
    kinds: dict[str, set[str]] = {}
    for kind, sentence in sentences_of(wording()):
        kinds.setdefault(kind, set()).add(sentence)
    few = {kind for kind, variants in kinds.items() if len(variants - {""}) < 3}
    assert {kind for kind in few if kind.split(".")[1] not in ("decision", "outcome", "result", "channel")} == set()
    stating = ("received", "applicants", "grown", "shrunk", "none", "parts", "carried_in", "carried_out")
    assert all(len(kinds[f"applications.{kind}"]) >= 6 for kind in stating)


@pytest.mark.parametrize(
    ("section", "label", "only_in"),
    [
        ("overview", "监督保障", {"supervision.said", "overview.topics"}),
        ("problems", "改进情况", {"problems.improvements"}),
        ("other", "信息处理费", {"other.no_fees", "other.unpaid_fees"}),
    ],
)
def test_what_a_fault_leaves_out_stands_nowhere_else_in_its_section(
    section: str, label: str, only_in: set[str]
) -> None:
    parts = {
        "overview": ("overview", "disclosure", "applications", "challenges", "management", "platform", "supervision"),
    }.get(section, (section,))
    for kind, sentence in sentences_of(wording()):
        if kind.partition(".")[0] in parts and kind not in only_in:
            assert not speaks_of(sentence, topic(section, label)), sentence


def test_every_text_says_that_it_is_made_up_and_the_overview_keeps_its_limit() -> None:
    for one in city():
        assert all(text.startswith("（示例）") for text in one.report.narrative.values())
        assert "{" not in "".join(one.report.narrative.values())
        assert len(one.report.text("overview")) <= 1000


def test_every_number_of_requests_that_is_told_stands_in_the_tables_or_follows_from_them() -> None:
    below: dict[tuple[str | None, int], list[AnnualReport]] = {}
    for one in city():
        below.setdefault((one.report.agency.parent, one.report.year), []).append(one.report)
    for one in city():
        told = re.search(r"（二）依申请公开.*", one.report.text("overview"))
        assert told
        channels = [int(number) for number in re.findall(r"(?:网络|信函|当面)申请(\d+)件", told[0])]
        assert not channels or sum(channels) == number_in(one.report, "applications.received.total")
        others = re.sub(r"(?:网络|信函|当面)申请\d+件", "", told[0])
        numbers = {int(number) for number in re.findall(r"(?<![\d.])(\d+)件", others)}
        assert numbers <= known_numbers(one.report, below.get((one.report.agency.id, one.report.year), []))


def known_numbers(report: AnnualReport, below: list[AnnualReport]) -> set[int]:
    form = report.form
    table = form.table("applications")
    total = {row: number_in(report, f"applications.{row}.total") for row in rows_of(table)}
    received = {column: number_in(report, f"applications.received.{column}") for column in columns_of(table)}
    groups = [sum(total[leaf.key or ""] for leaf in table.row(key).leaves()) for key in OUTCOMES]
    before = number_in(report.previous, "applications.received.total") if report.previous else 0
    challenges = [number_in(report, cell.address) for cell in form.table("challenges").cells]
    litigation = sum(number_in(report, f"challenges.litigation_{way}.total") for way in ("direct", "after_review"))
    own = sum(to_handle(one) for one in below if one.agency.level == "department")
    return {
        0,
        *total.values(),
        total["received"] + total["carried_in"],
        received["natural_person"],
        received["total"] - received["natural_person"],
        *groups,
        before,
        abs(total["received"] - before),
        *challenges,
        litigation,
        own,
        *map(to_handle, below),
    }


OUTCOMES = ("granted", "partly_granted", "refused", "unavailable", "not_processed", "other")


def rows_of(table: Table) -> list[str]:
    return list(dict.fromkeys(cell.row for cell in table.cells))


def columns_of(table: Table) -> list[str]:
    return list(dict.fromkeys(cell.column for cell in table.cells))


def to_handle(report: AnnualReport) -> int:
    return sum(number_in(report, f"applications.{row}.total") for row in ("received", "carried_in"))


def test_shares_and_rates_of_growth_are_right_to_the_digit_given() -> None:
    told = 0
    for one in city():
        report = one.report
        received = number_in(report, "applications.received.total")
        shares = re.findall(r"自然人提出(?:的申请)?(?:(\d+)件，)?占([\d.]+)%", report.text("overview"))
        for _, share in shares:
            told += 1
            assert share == str(percentage(number_in(report, "applications.received.natural_person"), received))
        for direction, rate in re.findall(r"(增长|下降|增幅为|降幅为)([\d.]+)%", report.text("overview")):
            told += 1
            assert report.previous
            before = number_in(report.previous, "applications.received.total")
            assert (received > before) == (direction in ("增长", "增幅为"))
            assert abs(Decimal(rate) - abs(Decimal(received - before)) / before * 100) <= Decimal("0.05")
    assert told > 100


def test_denials_are_made_where_there_is_nothing_and_only_there() -> None:
    for one in city():
        report = one.report
        nothing = not any(figure for address, figure in report.all_figures.items() if address.startswith("challenges."))
        denied = re.search(
            r"(?:未发生|没有因|无政府信息公开行政复议、|行政复议和行政诉讼均为0|行政复议0件，行政诉讼0件)"
            r"(?!行政诉讼[。，]|政府信息公开行政复议，行政诉讼\d|责任|行政复议。)",
            report.text("overview"),
        )
        assert bool(denied) == nothing, report.text("overview")


def test_neither_the_next_year_nor_the_neighbour_says_the_same() -> None:
    texts: dict[str, list[set[str]]] = {}
    for one in city():
        text = "".join(one.report.narrative.values())
        texts.setdefault(one.report.agency.id, []).append({part for part in re.split(r"[。\n]", text) if part})
    for years in texts.values():
        for before, now in pairwise(years):
            assert len(before & now) < 0.5 * len(now)
    for here, there in pairwise(texts.values()):
        assert len(here[-1] & there[-1]) < 0.5 * len(here[-1])


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "零"), (1, "一"), (2, "两"), (10, "十"), (12, "十二"), (20, "二十"), (102, "一百零二"), (110, "一百一十"),
     (1001, "一千零一"), (2020, "二千零二十"), (10_000, "10000")],
)  # fmt: skip
def test_chinese_numerals(number: int, said: str) -> None:
    assert f"{Number(number):cn}|{Number(number)}" == f"{said}|{number}"


@pytest.mark.parametrize(("part", "whole", "said"), [(1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1"), (5, 5, "100.0")])
def test_percentages_are_rounded_as_one_does_at_school(part: int, whole: int, said: str) -> None:
    assert str(percentage(part, whole)) == said

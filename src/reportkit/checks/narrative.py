"""Rules that hold what the texts say against the tables: counts, denials, percentages, periods, fees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from reportkit.checks.claims import agrees, claims_of, disproved, exact, nearest, quotients, said_by_tables, sum_of
from reportkit.checks.finding import Finding
from reportkit.checks.rules import Rule, rule
from reportkit.claims import Claim
from reportkit.form.figures import figure_text, magnitude
from reportkit.report import AnnualReport
from reportkit.text import half_width, read_numeral

__all__: list[str] = []

_FEE = "handling_fee"
_TEN_THOUSAND = Decimal(10_000)
# How the preamble calls the report.
_TITLE = re.compile(
    r"(?P<year>20\d\d|２０[０-９]{2}|二[〇○Ｏ零0]{1}[一二三四五六七八九〇○零]{2})年(?:度)?(?:政府)?信息公开(?:工作)?(?:年度)?报告"
)
# Words that say that a fee was asked for and not paid.
_ASKED_FOR = re.compile("逾期|[未拒]缴|收费通知|缴费通知")


@rule(
    "TEXT-CLAIM",
    severity="error",
    meaning="正文中的件数与表格一致",
    meaning_en="a count that a text states of something the tables hold is the tables' figure",
)
def counts(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each number of a text that no reading of its words gives."""
    for claim in _miscounted(report):
        if claim.value and nearest(claim, report)[0]:
            yield _finding(rule, claim, report)


@rule(
    "TEXT-ZERO",
    severity="error",
    meaning="正文中写“未收到”“未发生”“0件”等的，表格中相应为0；正文写有件数的，表格中不为0",
    meaning_en="what a text denies is 0 in the tables, and what it counts is not",
)
def denials(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each denial of what the tables count, and for each number of what they do not."""
    for claim in _miscounted(report):
        if not claim.value or not nearest(claim, report)[0]:
            yield _finding(rule, claim, report)


@rule(
    "TEXT-PERCENT",
    severity="warning",
    meaning="正文中的占比和增减幅度能由表格中的数算出",
    meaning_en="a share or a rate of growth in a text follows from the figures of the tables, to the digits given",
)
def percentages(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each percentage that no reading of its words gives, with the sum that would give it."""
    for claim in disproved(report, ("share", "growth")):
        if _follows_from_texts(claim, report):
            continue  # the numbers that it follows from are found wrong themselves
        quotient = next(quotients(claim, report))
        expected = quotient.rounded(claim.value)
        said = "增长" if claim.kind == "growth" and expected >= 0 else "下降" if claim.kind == "growth" else "占"
        yield rule.finding(
            report,
            f"“{claim.quote}”与表格不一致：{quotient.sum}，{said}{abs(expected):f}%，正文为{abs(claim.value):f}%。",
            cells=quotient.cells,
            quote=claim.quote,
            expected=f"{expected:f}%",
            actual=f"{claim.value:f}%",
        )


@rule(
    "TEXT-PERIOD",
    severity="error",
    meaning="统计期限和引言中的报告名称是报告年度的",
    meaning_en="the statistical period, and the report's title in the preamble, are of the year reported on",
)
def periods(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each statistical period of another year, and for a title of another year in the preamble."""
    for claim in disproved(report, ("period",)):
        yield rule.finding(
            report,
            f"统计期限“{claim.quote}”是{claim.value}年，报告年度为{report.year}年。",
            quote=claim.quote,
            expected=report.form.period.format(year=report.year),
            actual=claim.quote,
        )
    preamble = report.form.preamble
    titles = list(_TITLE.finditer(report.text(preamble))) if preamble is not None else []
    if titles and all(_year_in(title["year"]) != report.year for title in titles):
        yield rule.finding(
            report,
            f"引言写的是“{titles[0][0]}”，报告年度为{report.year}年。",
            quote=titles[0][0],
            expected=f"{report.year}年",
            actual=f"{titles[0]['year']}年",
        )


@rule(
    "TEXT-FEES",
    severity="warning",
    meaning="正文各处对信息处理费的说法一致，并与表格一致",
    meaning_en="what the texts say of handling fees does not contradict itself, nor the tables",
    basis="《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）",
)
def fees(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding where texts contradict each other on the fees charged, or where unpaid fees were asked for."""
    said = [claim for claim in claims_of(report) if claim.about == _FEE and not claim.approximate]
    none = next((claim for claim in said if not claim.value), None)
    some = next((claim for claim in said if claim.value), None)
    if pair := (none, some) if none and some else _unlike(said):
        one, other = pair
        yield rule.finding(
            report,
            f"正文一处写“{one.quote}”，另一处写“{other.quote}”，对信息处理费的说法不一致。",
            quote=other.quote,
        )
    unpaid = [section.evidence for section in report.form.sections if section.evidence]
    cells = [
        address
        for address, cell in report.form.cells.items()
        if f"{cell.table}.{cell.row}" in unpaid and magnitude(report[address]) > 0
    ]
    explained = any(_ASKED_FOR.search(text) for text in report.narrative.values())
    if none is not None and some is None and cells and not explained:
        yield rule.finding(
            report,
            f"正文写“{none.quote}”，而{report.form.cells[cells[-1]].label}为{figure_text(report[cells[-1]])}，"
            "请核实是否发出过收费通知。",
            cells=tuple(cells),
            quote=none.quote,
        )


def _unlike(said: Sequence[Claim]) -> tuple[Claim, Claim] | None:
    """The fees charged in all, which is the largest sum of a section, in two sections that differ on them."""
    sections = dict.fromkeys(claim.section for claim in said)
    largest = [max((each for each in said if each.section == section), key=_yuan) for section in sections]
    return next(((largest[0], other) for other in largest[1:] if _yuan(other) != _yuan(largest[0])), None)


def _yuan(claim: Claim) -> Decimal:
    return claim.value * (_TEN_THOUSAND if claim.unit.startswith("万") else 1)


def _year_in(text: str) -> int | None:
    year = half_width(text)
    return int(year) if year.isdecimal() else read_numeral(year)


def _follows_from_texts(claim: Claim, report: AnnualReport) -> bool:
    """Whether a percentage follows from numbers of the texts that are found wrong themselves."""
    said = {reading: other.value for other in disproved(report, ("count", "part")) for reading in other.readings}
    last = report.last_year
    for reading in claim.readings if said else ():
        part = said.get(reading, sum_of(reading, report))
        if claim.kind == "share":
            wholes = [(whole, said.get(whole, sum_of(whole, report))) for whole in claim.of]
            percentages = [part / value * 100 for whole, value in wholes if value and {reading, whole} & said.keys()]
        elif last is not None and reading in said and all(address in last.form.cells for address in reading):
            before = sum_of(reading, last)
            percentages = [(part - before) / before * 100] if before else []
        else:
            continue
        if any(agrees(value, claim.value) for value in percentages):
            return True
    return False


def _miscounted(report: AnnualReport) -> Iterator[Claim]:
    """The wrong numbers, each once: 12件，均为自然人 says twice what is wrong in one place."""
    wrong: list[Claim] = []
    for claim in disproved(report, ("count", "part", "denial")):
        again = any(
            (claim.section, claim.value) == (other.section, other.value)
            and claim.start < other.end
            and other.start < claim.end
            for other in wrong
        )
        if not again:
            wrong.append(claim)
            yield claim


def _finding(rule: Rule, claim: Claim, report: AnnualReport) -> Finding:
    figure, meant = nearest(claim, report)
    others = (reading for reading in claim.readings if reading != meant)
    told = said_by_tables(replace(claim, readings=(meant, *others)), report)
    return rule.finding(
        report,
        f"“{claim.quote}”与表格不一致：{'，或'.join(told)}。",
        cells=meant,
        quote=claim.quote,
        expected=exact(figure),
        actual=exact(claim.value),
    )

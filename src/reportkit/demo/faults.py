"""Faults to plant in made-up reports: for each rule of the checks a change that it finds, and no other rule does.

A planter is a function that changes a sound report so that its rule is broken; `planter` registers it by the rule's
id. It returns None where that is not possible in the report, for instance where its form has no such cell or section.
A change that makes figures of the report disagree is planted where no government sums them, or the fault would be
found in the government's report as well.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any

from reportkit.checks import Rule, catalogue, check, every_rule
from reportkit.checks.waivers import WAIVER
from reportkit.form import Form, Section
from reportkit.form.figures import Figure, figure_text, magnitude
from reportkit.report import AnnualReport, Waiver

__all__ = ["Change", "Fault", "Planter", "Where", "planters"]

_MOST_BLANKS = 3
# From so many last year, a figure that is so many times as large is noticed.
_ENOUGH_TO_SWING, _SWING = 20, 6
# Numbers of the demo's texts that the tables hold; those of last year, and what it has grown by, are not.
_COUNTED = re.compile(
    r"(?<![上年度])(?:新收|受理|收到|新增|予以公开|部分公开|不予公开|无法提供|不予处理|其他处理|行政复议|行政诉讼|决定|制发|废止"
    r"|现行有效|自然人|法人或其他组织|结转)(?:[^\d，。；：、（）上同比较增减]{0,14})(?P<number>\d+)件"
)
_PERCENTAGE = re.compile(r"(?:占|增长|下降|幅为|公开率为|总数的|组织占)(?P<number>\d+(?:\.\d+)?)%")
_BY_CHANNEL = re.compile(r"(?:网络|信函|当面)申请(?P<number>\d+)件")
_NEIGHBOURS = ("统计局", "审计局", "气象局")


class Where(IntEnum):
    """The bodies at which a fault may be planted, the scarcest first."""

    GOVERNMENT = 0
    UNSUMMED = 1
    SUMMED = 2


@dataclass(frozen=True)
class Change:
    """What a fault changes in a report.

    Parameters
    ----------
    said
        What was changed, in Chinese.
    figures
        New figures by address; for a total the report then states it.
    fields
        Other fields of the report that become different: texts under ``narrative``, ``published``, ``waivers``.
    later
        What is added to figures of the years that follow, so that they go on from the changed ones.
    cells, quote
        Where the fault is: the cells, or the words.
    """

    said: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    later: Mapping[str, int] = field(default_factory=dict)
    cells: tuple[str, ...] = ()
    quote: str | None = None


@dataclass(frozen=True)
class Planter:
    """A way to plant a kind of fault.

    Parameters
    ----------
    change
        Given the rule that is to find it, a sound report and a source of chance, the change; None where that
        is not possible in the report.
    rule
        The id of that rule; empty for a planter that serves several.
    where
        At which bodies.
    in_text
        Whether texts are changed, after the texts are written; else they are written of the changed figures.
    needs_last_year
        Whether last year's report must be there for the fault to be found.
    refused
        Whether a report with the fault cannot be read at all.
    register
        What becomes different in the agency's entry in ``agencies.yaml``.
    """

    change: Callable[[Rule, AnnualReport, random.Random], Change | None]
    rule: str = ""
    where: Where = Where.SUMMED
    in_text: bool = False
    needs_last_year: bool = False
    refused: bool = False
    register: Mapping[str, str] = field(default_factory=dict)

    def plant(self, report: AnnualReport, source: random.Random) -> Change | None:
        """Choose the change for a report.

        Parameters
        ----------
        report
            A sound report, last year's beside it.
        source
            Where chance comes from: the same makes the same change.

        Returns
        -------
        Change or None
            The change; None where none is possible, or where other rules than this one would find it.
        """
        rule = next((rule for rule in every_rule(report.form) if rule.id == self.rule), None)
        change = self.change(rule, report, source) if rule else None
        # What a government's report should be is known only together with those below it.
        if change is None or self.where is Where.GOVERNMENT or self._is_found(change, report):
            return change
        return None

    def _is_found(self, change: Change, report: AnnualReport) -> bool:
        registered = replace(report.agency, **self.register)
        changed = report.replace(change.figures, agency=registered, **change.fields)
        found = _rules_that_find(changed) - _rules_that_find(report)
        return self.rule in found if self.refused else found == {self.rule}


def _rules_that_find(report: AnnualReport) -> set[str]:
    return {rule for finding in check(report) for rule in finding.rules}


@dataclass(frozen=True)
class Fault:
    """A fault that was planted.

    Parameters
    ----------
    rule, severity
        The rule that finds it, and how grave it is.
    agency, year
        The report.
    cells, quote
        Where it is: the cells, or the words.
    change
        What was changed, in Chinese.
    refused
        Whether the report cannot be read for it.
    """

    rule: str
    severity: str
    agency: str
    year: int
    cells: tuple[str, ...]
    quote: str | None
    change: str
    refused: bool = False

    def as_json(self) -> dict[str, Any]:
        """The fault as ``faults.json`` lists it; only one that is refused says so."""
        said = {name: getattr(self, name) for name in ("rule", "severity", "agency", "year")}
        said |= {"cells": list(self.cells), "quote": self.quote, "change": self.change}
        return said | ({"refused": True} if self.refused else {})


_PLANTERS: dict[str, Planter] = {}

Choose = Callable[[Rule, AnnualReport, random.Random], Change | None]


def planter(rule: str, **how: Any) -> Callable[[Choose], Choose]:
    """Register the function below as the planter of a rule's faults.

    Parameters
    ----------
    rule
        The rule's id.
    **how
        Other fields of `Planter`.

    Returns
    -------
    callable
        Registers a function and returns it unchanged.
    """

    def register(change: Choose) -> Choose:
        _PLANTERS[rule] = Planter(change, rule, **how)
        return change

    return register


def planters(forms: Sequence[Form]) -> dict[str, Planter]:
    """The planters for the rules of some editions of the form.

    Parameters
    ----------
    forms
        The editions.

    Returns
    -------
    dict
        For each rule that has one its planter, by the rule's id and in the catalogue's order. A rule that follows
        from an identity of the form, and has no planter of its own, has one that breaks the identity.
    """
    general = {
        identity.rule: Planter(_broken_identity, identity.rule, Where.UNSUMMED, needs_last_year=identity.spans_years)
        for form in forms
        for identity in form.identities
    }
    rules = dict.fromkeys([*(rule.id for form in forms for rule in catalogue(form)), WAIVER.id])
    found = {rule: _PLANTERS.get(rule, general.get(rule)) for rule in rules}
    return {rule: planter for rule, planter in found.items() if planter}


# ------------------------------------------------------------------ figures of one year


@planter("T3-BALANCE", where=Where.UNSUMMED)
def _broken_identity(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    """More in the first cell of the identity."""
    equation = next(equation for equation in report.form.equations if equation.identity.rule == rule.id)
    return _changed(report, {equation.left[0].address: _more(source)})


@planter("T3-OUTCOMES", where=Where.UNSUMMED)
def _wrong_total_of_outcomes(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    cells = ("received.natural_person", "total.natural_person", "total.total")
    return _changed(report, dict.fromkeys((f"applications.{cell}" for cell in cells), _more(source)))


@planter("T3-ROWSUM")
def _wrong_total_of_applicants(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    return _changed(report, {"applications.granted.total": -1, "applications.partly_granted.total": 1})


@planter("T4-SUM")
def _wrong_total_of_challenges(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    return _changed(report, {"challenges.review.total": _more(source)})


@planter("CELL-BLANK")
def _blank_cells(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    cells = report.form.cells
    empty = [
        address
        for address in report.form.entries
        if report[address] == 0 and cells[address].table == report.form.roles.requests
    ]
    if len(empty) < _MOST_BLANKS:
        return None
    blank = tuple(source.sample(empty, source.randint(1, _MOST_BLANKS)))
    labels = "；".join(cells[address].label for address in blank)
    return Change(f"把{labels}由0改为空白", dict.fromkeys(blank), cells=blank)


@planter("CELL-KIND", where=Where.UNSUMMED, refused=True)
def _wrong_kind(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    wrong = source.choice((Decimal("1.5"), -1))
    kinds = {address: report.form.cells[address].kind for address in report.form.entries}
    address = next((address for address, kind in kinds.items() if kind.types is int and not kind.signed), None)
    return _set(report, {address: wrong}) if address else None


# ------------------------------------------------------------------ figures of two years


@planter("YEAR-CARRY", where=Where.UNSUMMED, needs_last_year=True)
def _wrong_carry(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    cells = ("carried_in.natural_person", "granted.natural_person")
    return _changed(report, dict.fromkeys((f"applications.{cell}" for cell in cells), _more(source)))


@planter("YEAR-STOCK", where=Where.UNSUMMED, needs_last_year=True)
def _wrong_stock(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    address, more = "disclosure.normative_documents.in_force", _more(source)
    return _changed(report, {address: more}, later={address: more})


@planter("YEAR-SWING", where=Where.UNSUMMED, needs_last_year=True)
def _swing(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    for row in ("licences", "penalties", "coercive_measures"):
        address = f"disclosure.{row}.decisions"
        before = _count(report.last_year, address)
        if before >= _ENOUGH_TO_SWING:
            more = _SWING * before - _count(report, address)
            return _changed(report, {address: more}, later={address: more})
    return None


# ------------------------------------------------------------------ texts


@planter("FORM-SECTIONS", in_text=True)
def _empty_section(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    section = _titled_section(report, source)
    if section is None:
        return None
    return _rewritten(section.key, "", f"删去“{section.title}”部分的全部文字", section.title)


@planter("FORM-TITLES", in_text=True)
def _title_in_text(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    section = _titled_section(report, source)
    if section is None:
        return None
    text = f"{section.title}\n\n{report.text(section)}"
    return _rewritten(section.key, text, f"在“{section.title}”部分的正文中重复标题", section.title)


@planter("FORM-OVERVIEW", in_text=True)
@planter("FORM-PROBLEMS", in_text=True)
def _last_topic_left_out(rule: Rule, report: AnnualReport, source: random.Random) -> Change:
    section = _section_of(rule, report)
    text = _joined(_paragraphs(report, section)[:-1])
    return _rewritten(section.key, text, f"删去“{section.title}”部分中{section.topics[-1].label}一段")


@planter("FORM-FEES", in_text=True)
def _fees_left_out(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    section = _section_of(rule, report)
    evidence = [cell for cell in report.form.cells.values() if f"{cell.table}.{cell.row}" == section.evidence]
    if any(report[cell.address] for cell in evidence):
        return None  # silence is then graver than a warning
    text = _joined("（示例）" + paragraph for paragraph in _paragraphs(report, section)[1:])
    return _rewritten(section.key, text, "删去信息处理费收取情况一段")


@planter("FORM-CONTACT", in_text=True, register={"contact": ""})
def _contact_left_out(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    untitled = next((section for section in report.form.narrative_sections if not section.title), None)
    if untitled is None:
        return None
    text = _joined(_paragraphs(report, untitled)[:-1])
    return _rewritten(untitled.key, text, "删去引言和机关名录中的联系方式")


@planter("PRIVACY", in_text=True)
def _mobile_number(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    if not report.form.narrative_sections:
        return None
    section = report.form.narrative_sections[-1]
    number = f"1380000{source.randint(0, 9999):04}"
    text = f"{report.text(section)}\n联系人手机号码：{number}（示例）。\n"
    masked = f"{number[:3]}****{number[-4:]}"
    return _rewritten(section.key, text, f"在“{section.title}”部分加入手机号码", masked)


# ------------------------------------------------------------------ what texts state


@planter("TEXT-CLAIM", in_text=True)
def _wrong_number(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    return _miswritten(report, _COUNTED, source, lambda number: _slipped(number, source))


@planter("TEXT-ZERO", in_text=True)
def _wrong_denial(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    return _miswritten(report, _COUNTED, source, lambda number: "0" if int(number) else str(_more(source)))


@planter("TEXT-PERCENT", in_text=True, needs_last_year=True)
def _wrong_percentage(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    return _miswritten(report, _PERCENTAGE, source, lambda number: _next_to(number, source))


@planter("TEXT-BREAKDOWN", in_text=True)
def _wrong_part(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    return _miswritten(report, _BY_CHANNEL, source, lambda number: str(int(number) + _more(source)))


@planter("TEXT-PERIOD", in_text=True)
def _last_year_s_period(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    preamble = report.form.preamble
    old = re.compile(rf"{report.year}年1月1日.{{1,2}}{report.year}年12月31日")
    found = old.search(report.text(preamble)) if preamble is not None else None
    if preamble is None or found is None:
        return None
    period = found[0].replace(str(report.year), str(report.year - 1))
    return _replaced(report, preamble, found.span(), period)


@planter("TEXT-FEES", in_text=True)
def _fees_after_all(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    section = next((one for one in report.form.narrative_sections if one.limit is not None), None)
    if section is None:
        return None
    said = f"依申请提供政府信息收取信息处理费{source.randint(2, 90) * 10}元。"
    first, *others = _paragraphs(report, section)
    text = _joined([first, *others[:1], *(f"{one}{said}" for one in others[1:2]), *others[2:]])
    return _rewritten(section.key, text, f"在“{section.title}”部分加入“{said}”", said.rstrip("。"))


@planter("TEXT-AGENCY", in_text=True)
def _neighbour_s_name(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    preamble, name = report.form.preamble, report.agency.name
    place = re.match(r"(?:[^省市州县区旗]+[省市州县区旗])+", name)
    if preamble is None or place is None or name not in report.text(preamble):
        return None
    neighbour = f"{place[0]}{source.choice([one for one in _NEIGHBOURS if one not in name])}"
    text = report.text(preamble)
    return _replaced(report, preamble, (start := text.index(name), start + len(name)), neighbour)


@planter("YEAR-STALE", in_text=True, needs_last_year=True)
def _last_year_s_sentence(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    opening = re.compile(rf"(?<=[）。])(?P<year>{report.year})年(?:度|全年)?，我[^。]*")
    found = [
        (section, match)
        for section in report.form.narrative_sections
        for match in opening.finditer(report.text(section))
    ]
    if not found:
        return None
    section, match = source.choice(found)
    return _replaced(report, section, match.span("year"), str(report.year - 1), match.span())


# ------------------------------------------------------------------ the rest


@planter("DATE-LATE")
def _late(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    last_day = report.form.deadline.days.get(report.agency.level)
    if last_day is None:
        return None
    late = date(report.year + 1, *last_day) + timedelta(days=source.randint(1, 40))
    return Change(f"把公布日期由{report.published}改为{late}", fields={"published": late})


@planter("ROLLUP-SUM", where=Where.GOVERNMENT)
def _wrong_sum(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    bound = {addend.address for equation in report.form.equations for addend in equation.left + equation.right}
    free = [address for address in report.form.entries if address not in bound]
    additive = [address for address in free if report.form.cells[address].kind.additive]
    usual = "disclosure.penalties.decisions"
    address = usual if usual in additive else next(iter(additive), "")
    return _changed(report, {address: _more(source)})


@planter(WAIVER.id)
def _stale_waiver(rule: Rule, report: AnnualReport, source: random.Random) -> Change | None:
    row = source.choice(("received", "total", "carried_out"))
    waiver = Waiver("T3-BALANCE", "示例：统计口径调整，已核实", "示例科", cells=(f"applications.{row}.company",))
    if not report.form.cells.keys() >= set(waiver.cells):
        return None
    return Change("加入一条没有对应问题的T3-BALANCE豁免", fields={"waivers": (waiver,)}, cells=waiver.cells)


# ------------------------------------------------------------------ changes


def _more(source: random.Random) -> int:
    return source.randint(1, 3)


def _count(report: AnnualReport | None, address: str) -> int:
    """The figure in a cell; 0 where there is no report or no such cell."""
    return int(magnitude(report[address])) if report and address in report.form.cells else 0


def _changed(report: AnnualReport, more: Mapping[str, int], later: Mapping[str, int] | None = None) -> Change | None:
    """A change that adds something to some figures; None where that cannot be, or one would be negative."""
    if not all(address in report.form.cells and _count(report, address) + more[address] >= 0 for address in more):
        return None
    return _set(report, {address: _count(report, address) + added for address, added in more.items()}, later)


def _set(report: AnnualReport, figures: Mapping[str, Figure], later: Mapping[str, int] | None = None) -> Change:
    said = "；".join(
        f"把{report.form.cells[address].label}由{figure_text(report[address])}改为{figure_text(figure)}"
        for address, figure in figures.items()
    )
    return Change(said, figures, later=later or {}, cells=tuple(figures))


def _rewritten(section: str, text: str, said: str, quote: str | None = None) -> Change:
    return Change(said, fields={"narrative": {section: text}}, quote=quote)


def _miswritten(
    report: AnnualReport, stated: re.Pattern[str], source: random.Random, wrong: Callable[[str], str | None]
) -> Change | None:
    """A number of the text on the year's work, which `stated` finds, written wrong."""
    section = next((one for one in report.form.narrative_sections if one.limit is not None), None)
    found = list(stated.finditer(report.text(section))) if section is not None else []
    source.shuffle(found)
    for match in found:
        number = wrong(match["number"])
        if section is not None and number is not None:
            return _replaced(report, section, match.span("number"), number, match.span())
    return None


def _replaced(
    report: AnnualReport, section: Section, span: tuple[int, int], words: str, quoted: tuple[int, int] | None = None
) -> Change:
    """Other words in a text, of which more may be quoted."""
    text, (start, stop) = report.text(section), span
    begin, end = quoted or span
    before, after = text[begin:start], text[stop:end]
    wrong = f"{before}{words}{after}"
    said = f"把“{text[begin:end]}”改为“{wrong}”"
    return _rewritten(section.key, f"{text[:start]}{words}{text[stop:]}", said, wrong)


def _slipped(number: str, source: random.Random) -> str | None:
    """A number as it is mistyped: with two digits swapped, one left out, doubled or next to the right one."""
    value = int(number)
    slips = {number[::-1].lstrip("0"), number[:-1], number + number[-1], str(value + 1), str(value - 1)}
    wrong = sorted(slips - {"", "0", number})
    return source.choice(wrong) if value and wrong else None


def _next_to(number: str, source: random.Random) -> str:
    """A percentage that is not the right one: the next one, one with another first digit, one rounded wrong."""
    value = Decimal(number)
    step = Decimal(1).scaleb(int(value.as_tuple().exponent)) * source.choice((1, 1, 3, 20))
    return f"{value - step if value > step else value + step:f}"


def _titled_section(report: AnnualReport, source: random.Random) -> Section | None:
    """Some section of text with a title; None where the form has none."""
    titled = [section for section in report.form.narrative_sections if section.title]
    return source.choice(titled) if titled else None


def _section_of(rule: Rule, report: AnnualReport) -> Section:
    """The section that the form names the rule for."""
    return next(section for section in report.form.sections if section.rule == rule.id)


def _paragraphs(report: AnnualReport, section: Section) -> list[str]:
    return report.text(section).strip().split("\n\n")


def _joined(paragraphs: Iterable[str]) -> str:
    return "\n\n".join(paragraphs) + "\n"

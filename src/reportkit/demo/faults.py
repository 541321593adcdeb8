"""Faults to plant in made-up reports: for each rule of the checks a change that it finds, and no other rule does.

A planter is a function that changes a sound report so that its rule is broken; `planter` registers it. What is changed
so that figures of the report no longer agree is planted where no government sums them, or the fault would be found in
the government's report as well.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any

from reportkit.checks import catalogue
from reportkit.form import Form
from reportkit.form.figures import Figure, figure_text, magnitude
from reportkit.report import AnnualReport, Waiver

__all__ = ["PLANTERS", "WAIVER", "Change", "Fault", "Planter", "Where", "kinds"]

# Not a rule of the catalogue, but what the checks say of a waiver that nothing needs any more.
WAIVER = "WAIVER"


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
    rule
        The rule that finds it.
    plant
        Given a sound report and a source of chance, the change; None where the report does not lend itself to it.
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

    rule: str
    plant: Callable[[AnnualReport, random.Random], Change | None]
    where: Where = Where.SUMMED
    in_text: bool = False
    needs_last_year: bool = False
    refused: bool = False
    register: Mapping[str, str] = field(default_factory=dict)


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


PLANTERS: dict[str, Planter] = {}


def planter(rule: str, **how: Any) -> Callable[[Callable[..., Change | None]], Callable[..., Change | None]]:
    """Register a function as the planter of a rule's faults; `how` are the fields of `Planter`."""

    def register(plant: Callable[..., Change | None]) -> Callable[..., Change | None]:
        PLANTERS[rule] = Planter(rule, plant, **how)
        return plant

    return register


def kinds(forms: list[Form]) -> dict[str, str]:
    """The kinds of fault that the checks know on any of the forms, each with its severity, in the catalogue's order."""
    severities = {rule.id: rule.severity for form in forms for rule in catalogue(form)}
    return {**severities, WAIVER: "warning"}


# ------------------------------------------------------------------ figures of one year


@planter("T3-BALANCE", where=Where.UNSUMMED)
def _unbalanced(report: AnnualReport, source: random.Random) -> Change:
    return _changed(report, {"applications.received.natural_person": _more(source)})


@planter("T3-OUTCOMES", where=Where.UNSUMMED)
def _wrong_total_of_outcomes(report: AnnualReport, source: random.Random) -> Change:
    cells = ("received.natural_person", "total.natural_person", "total.total")
    return _changed(report, dict.fromkeys((f"applications.{cell}" for cell in cells), _more(source)))


@planter("T3-ROWSUM")
def _wrong_total_of_applicants(report: AnnualReport, source: random.Random) -> Change | None:
    if not report["applications.granted.total"]:
        return None
    return _changed(report, {"applications.granted.total": -1, "applications.partly_granted.total": 1})


@planter("T4-SUM")
def _wrong_total_of_challenges(report: AnnualReport, source: random.Random) -> Change:
    return _changed(report, {"challenges.review.total": _more(source)})


@planter("CELL-BLANK")
def _blank_cells(report: AnnualReport, source: random.Random) -> Change:
    empty = [address for address in report.form.entries if report[address] == 0 and address.startswith("applications.")]
    cells = tuple(source.sample(empty, source.randint(1, 3)))
    labels = "；".join(report.form.cells[address].label for address in cells)
    return Change(f"把{labels}由0改为空白", dict.fromkeys(cells), cells=cells)


@planter("CELL-KIND", where=Where.UNSUMMED, refused=True)
def _wrong_kind(report: AnnualReport, source: random.Random) -> Change:
    address = next(address for address in report.form.entries if address.startswith("disclosure.regulations."))
    return _set(report, {address: source.choice((Decimal("1.5"), -1))})


# ------------------------------------------------------------------ figures of two years


@planter("YEAR-CARRY", where=Where.UNSUMMED, needs_last_year=True)
def _wrong_carry(report: AnnualReport, source: random.Random) -> Change:
    cells = ("carried_in.natural_person", "granted.natural_person")
    return _changed(report, dict.fromkeys((f"applications.{cell}" for cell in cells), _more(source)))


@planter("YEAR-STOCK", where=Where.UNSUMMED, needs_last_year=True)
def _wrong_stock(report: AnnualReport, source: random.Random) -> Change | None:
    address, more = "disclosure.normative_documents.in_force", _more(source)
    if report.last_year is None or address not in report.last_year.form.cells:
        return None
    return _changed(report, {address: more}, later={address: more})


@planter("YEAR-SWING", where=Where.UNSUMMED, needs_last_year=True)
def _swing(report: AnnualReport, source: random.Random) -> Change | None:
    for row in ("licences", "penalties", "coercive_measures"):
        address = f"disclosure.{row}.decisions"
        before = 0 if report.last_year is None else int(magnitude(report.last_year[address]))
        if before >= 20:
            more = 6 * before - int(magnitude(report[address]))
            return _changed(report, {address: more}, later={address: more})
    return None


# ------------------------------------------------------------------ texts


@planter("FORM-SECTIONS", in_text=True)
def _empty_section(report: AnnualReport, source: random.Random) -> Change:
    section = source.choice([section for section in report.form.narrative_sections if section.title])
    return _rewritten(section.key, "", f"删去“{section.title}”部分的全部文字", section.title)


@planter("FORM-TITLES", in_text=True)
def _title_in_text(report: AnnualReport, source: random.Random) -> Change:
    section = source.choice([section for section in report.form.narrative_sections if section.title])
    text = f"{section.title}\n\n{report.text(section)}"
    return _rewritten(section.key, text, f"在“{section.title}”部分的正文中重复标题", section.title)


@planter("FORM-OVERVIEW", in_text=True)
def _topic_left_out(report: AnnualReport, source: random.Random) -> Change:
    text = _paragraphs(report, "overview")[:-1]
    return _rewritten("overview", _joined(text), "删去“一、总体情况”中监督保障一段")


@planter("FORM-PROBLEMS", in_text=True)
def _improvements_left_out(report: AnnualReport, source: random.Random) -> Change:
    text = _paragraphs(report, "problems")[:-1]
    return _rewritten("problems", _joined(text), "删去改进情况一段")


@planter("FORM-FEES", in_text=True)
def _fees_left_out(report: AnnualReport, source: random.Random) -> Change | None:
    asked_for = "applications.other.fee_unpaid.total"
    if asked_for in report.form.cells and report[asked_for]:
        return None  # silence is then graver than a warning
    text = ["（示例）" + paragraph for paragraph in _paragraphs(report, "other")[1:]]
    return _rewritten("other", _joined(text), "删去信息处理费收取情况一段")


@planter("FORM-CONTACT", in_text=True, register={"contact": ""})
def _contact_left_out(report: AnnualReport, source: random.Random) -> Change:
    text = _paragraphs(report, "preamble")[:-1]
    return _rewritten("preamble", _joined(text), "删去引言和机关名录中的联系方式")


@planter("PRIVACY", in_text=True)
def _mobile_number(report: AnnualReport, source: random.Random) -> Change:
    number = f"1380000{source.randint(0, 9999):04}"
    text = f"{report.text('other')}\n联系人手机号码：{number}（示例）。\n"
    return _rewritten("other", text, "在“六、其他需要报告的事项”部分加入手机号码", f"{number[:3]}****{number[-4:]}")


# ------------------------------------------------------------------ the rest


@planter("DATE-LATE")
def _late(report: AnnualReport, source: random.Random) -> Change:
    deadline = date(report.year + 1, *report.form.deadline.days[report.agency.level])
    late = deadline + timedelta(days=source.randint(1, 40))
    return Change(f"把公布日期由{report.published}改为{late}", fields={"published": late})


@planter("ROLLUP-SUM", where=Where.GOVERNMENT)
def _wrong_sum(report: AnnualReport, source: random.Random) -> Change:
    return _changed(report, {"disclosure.penalties.decisions": _more(source)})


@planter(WAIVER)
def _stale_waiver(report: AnnualReport, source: random.Random) -> Change:
    cell = source.choice(("received", "total", "carried_out"))
    waiver = Waiver("T3-BALANCE", "示例：统计口径调整，已核实", "示例科", cells=(f"applications.{cell}.company",))
    return Change("加入一条没有对应问题的T3-BALANCE豁免", fields={"waivers": (waiver,)}, cells=waiver.cells)


# ------------------------------------------------------------------ changes


def _more(source: random.Random) -> int:
    return source.randint(1, 3)


def _changed(report: AnnualReport, more: Mapping[str, int], later: Mapping[str, int] | None = None) -> Change:
    """A change that adds something to some figures."""
    return _set(report, {address: int(magnitude(report[address])) + added for address, added in more.items()}, later)


def _set(report: AnnualReport, figures: Mapping[str, Figure], later: Mapping[str, int] | None = None) -> Change:
    said = "；".join(
        f"把{report.form.cells[address].label}由{figure_text(report[address])}改为{figure_text(figure)}"
        for address, figure in figures.items()
    )
    return Change(said, figures, later=later or {}, cells=tuple(figures))


def _rewritten(section: str, text: str, said: str, quote: str | None = None) -> Change:
    return Change(said, fields={"narrative": {section: text}}, quote=quote)


def _paragraphs(report: AnnualReport, section: str) -> list[str]:
    return report.text(section).strip().split("\n\n")


def _joined(paragraphs: list[str]) -> str:
    return "\n\n".join(paragraphs) + "\n"

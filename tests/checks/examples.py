"""Reports for the tests of the checks: a real one, and one in which there is nothing to find."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from reportkit.checks import Finding, check
from reportkit.checks.text import title_on
from reportkit.form import form_for
from reportkit.form.figures import Figure
from reportkit.report import Agency, AnnualReport, new_report

DATA = Path(__file__).parents[1] / "data"

NARRATIVE = {
    "preamble": "本报告由示例局编制。联系电话：0539-8726680。",
    "overview": (
        "（一）主动公开。发布各类信息。（二）依申请公开。收到申请。（三）政府信息管理。调整目录。"
        "（四）平台建设。维护网站。（五）监督保障。开展培训。"
    ),
    "problems": "公开工作仍存在一些不足。下一步，我局将加强培训。",
    "other": "本年度未收取信息处理费。",
}


def sound_report(year: int = 2023, figures: Mapping[str, Figure] | None = None, **fields: Any) -> AnnualReport:
    """A report with nothing to find, but for what `fields` change in it."""
    fields.setdefault("published", date(year + 1, 1, 19))
    fields["narrative"] = {**NARRATIVE, **fields.get("narrative", {})}
    return new_report(Agency("example", "示例局"), year, figures, **fields)


def findings(report: AnnualReport, rule: str) -> list[Finding]:
    """What one rule finds in `report`."""
    return [finding for finding in every_finding(report) if finding.rule == rule]


def every_finding(report: AnnualReport) -> list[Finding]:
    """What the rules find in `report`, those too that one change would mend together."""
    return [one for finding in check(report) for one in (finding.also or (finding,))]


@cache
def linyi() -> AnnualReport:
    """The narrative and some figures of a published report: 临沂市人民政府外事办公室, 2023."""
    form = form_for(2023)
    texts: dict[str, list[str]] = {"preamble": []}
    key, titles = "preamble", {section.title: section.key for section in form.titled_sections}
    heading, *lines = (DATA / "linyi-fao-2023.txt").read_text(encoding="utf-8").strip().splitlines()
    for line in lines:
        if title := title_on(line, titles):
            key = titles[title]
        else:
            texts.setdefault(key, []).append(line)
    return new_report(
        Agency("linyi-fao", heading.split()[0], "市外办"),
        2023,
        {"applications.received.natural_person": 2, "applications.granted.natural_person": 2},
        narrative={section.key: "\n".join(texts[section.key]) for section in form.narrative_sections},
        published=date(2024, 1, 19),
    )


@cache
def hangzhou() -> AnnualReport:
    """The figures of a published report: 杭州市, 2025."""
    source = json.loads((DATA / "hangzhou-2025.figures.json").read_text(encoding="utf-8"))
    form = form_for(source["year"])
    figures = {
        f"{table.key}.{row}.{column}": Decimal(figure) if isinstance(figure, str) else figure
        for table in form.tables
        for row, columns in source[table.key].items()
        for column, figure in columns.items()
    }
    assert set(figures) == set(form.cells)
    return new_report(
        Agency("hangzhou", source["name"], level="government"), source["year"], figures, narrative=NARRATIVE
    )

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reportkit.checks.finding import Finding, NotAssessable, Outcome, Waived
from reportkit.display.findings import Panel, panel
from reportkit.display.tables import table
from reportkit.form import form_for
from reportkit.report import Agency, new_report

REPORT = new_report(Agency("example", "示例局"), 2023)
CELLS = tuple(form_for(2023).cells)


def finding(**fields: Any) -> Finding:
    return Finding(
        **{"rule": "T3-BALANCE", "severity": "error", "agency": "example", "year": 2023, "message": "示例", **fields}
    )


class Text(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.snippets: list[str] = []
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = tag
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag == "pre":
            self.snippets.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "pre":
            self.snippets[-1] += data
        elif self.inside != "style":
            self.parts.append(data)

    @property
    def words(self) -> str:
        return "".join(self.parts)


def shown(*findings: Finding, **outcome: Any) -> Panel:
    return panel(Outcome(findings, **outcome), REPORT)


def test_a_panel_is_the_sequence_of_its_findings() -> None:
    one, other = finding(), finding(rule="T4-SUM")
    both = shown(one, other)
    assert len(both) == 2
    assert list(both) == [one, other]
    assert both[0] is one
    assert both[1:] == (other,)
    assert other in both


def test_a_summary_counts_by_severity_and_leaves_waived_ones_apart() -> None:
    outcome = (
        finding(),
        finding(severity="warning"),
        finding(severity="warning", rule="DATE-LATE"),
        finding(severity="warning", waived=Waived("系统故障", "示例办公室")),
        finding(severity="info"),
    )
    summary = "校验结果：1项错误、2项警告、1项提示、1项已豁免；1条规则无法判断。"
    html = shown(*outcome, not_assessable=(NotAssessable("YEAR-CARRY", "没有上一年度的报告"),))
    assert summary in html.html
    assert repr(html).splitlines()[0] == summary
    assert "错误 T3-BALANCE：示例" in repr(html)


def test_without_findings_the_panel_says_so_and_how_much_was_judged() -> None:
    nothing = shown(passed=("T3-BALANCE", "T4-SUM"), not_assessable=(NotAssessable("YEAR-CARRY", "没有上年<报告>"),))
    assert "未发现问题。已判断2条规则，1条规则无法判断。" in nothing.html
    assert "<code>YEAR-CARRY</code> 没有上年&lt;报告&gt;" in nothing.html
    assert "<style>" not in nothing.html
    assert nothing._repr_html_().endswith(nothing.html)
    assert len(nothing) == 0


def test_an_entry_says_what_where_and_why() -> None:
    words = Text(
        shown(
            finding(
                message="两边不等", expected=14, actual="13", basis="条例第五十条", quote="申请86件", cells=CELLS[:1]
            )
        ).html
    ).words
    for said in (
        "✖ 错误",
        "T3-BALANCE",
        "两边不等",
        "应为：14；现为：13",
        "依据：条例第五十条",
        "申请86件",
        "表二“规章”行",
    ):
        assert said in words


def test_expected_alone_is_shown_alone_and_zero_is_a_figure() -> None:
    assert "<p>应为：0</p>" in shown(finding(expected=0)).html
    assert "应为" not in shown(finding()).html


def test_findings_stand_gravest_first_and_waived_ones_last() -> None:
    html = shown(
        finding(severity="info"), finding(severity="warning"), finding(waived=Waived("甲", "乙")), finding()
    ).html
    assert re.findall(r"<h3>. (\w+)（", html) == ["错误", "警告", "提示", "已豁免"]


def test_cells_are_linked_by_the_form_s_labels() -> None:
    page = Text(shown(finding(cells=CELLS[:2])).html)
    assert page.links == [f"#{address}" for address in CELLS[:2]]
    assert f"涉及：{'、'.join(form_for(2023).cells[address].label for address in CELLS[:2])}" in page.words


def test_of_many_cells_some_are_linked_and_all_are_counted() -> None:
    page = Text(shown(finding(cells=CELLS)).html)
    assert len(page.links) == 6
    assert f"等{len(CELLS)}格" in page.words
    assert "等" not in Text(shown(finding(cells=CELLS[:6])).html).words


def test_a_waived_finding_shows_why_and_by_whom() -> None:
    html = shown(finding(waived=Waived("机构<改革>", "示例办公室"))).html
    assert "豁免理由：机构&lt;改革&gt;（示例办公室）" in html
    assert "○ 错误（已豁免）" in html
    assert "<details>" not in html


@given(
    quote=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    cells=st.lists(st.sampled_from(CELLS), max_size=9),
)
def test_the_snippet_for_a_waiver_reads_back_as_the_finding(quote: str | None, cells: tuple[str, ...]) -> None:
    (snippet,) = Text(shown(finding(quote=quote, cells=tuple(cells))).html.replace("\r", "")).snippets
    wanted = {"rule": "T3-BALANCE", "quote": quote, "reason": None, "by": None} | ({"cells": cells} if cells else {})
    assert yaml.safe_load(snippet) == [wanted]


HOSTILE = "<img src=x onerror=alert(1)></style><script>alert(1)</script>\"'&"


@pytest.mark.parametrize("field", ["message", "quote", "basis", "expected", "actual", "rule"])
def test_hostile_text_stays_text(field: str) -> None:
    page = Text(shown(finding(**{field: HOSTILE})).html)
    assert not {"script", "img", "style"} & set(page.tags)
    assert HOSTILE in page.words


def test_hostile_waivers_and_reasons_stay_text() -> None:
    html = shown(finding(waived=Waived(HOSTILE, HOSTILE)), not_assessable=(NotAssessable(HOSTILE, HOSTILE),)).html
    assert not {"script", "img", "style"} & set(Text(html).tags)
    assert Text(html).words.count(HOSTILE) == 4


def marks(html: str) -> dict[str, str]:
    """The sign that each marked cell shows."""
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    rules = re.findall(r'([^{}]+)\{--rk-line:[^;]+;--rk-tint:#\w+;--rk-sign:"(.)"\}', style)
    return {address: sign for selectors, sign in rules for address in re.findall(r'td\[id="([^"]+)"\]', selectors)}


def test_every_cell_is_marked_by_its_gravest_finding() -> None:
    one, two, three, four = CELLS[:4]
    html = shown(
        finding(severity="info", cells=(one, two, three)),
        finding(severity="warning", cells=(one, two)),
        finding(cells=(one,)),
        finding(waived=Waived("甲", "乙"), cells=(one, four)),
    ).html
    assert marks(html) == {one: "✖", two: "▲", three: "●", four: "○"}


def test_the_marks_are_those_of_one_report() -> None:
    changed = REPORT.replace({CELLS[0]: 7})
    ours = panel(Outcome((finding(cells=(CELLS[0],)),)), REPORT).html
    tables = [table(report, REPORT.form.tables[0].key).html for report in (REPORT, changed)]
    (mark,) = set(re.findall(r'\[(data-rk-report="[^"]+")\] :is', ours))
    assert [mark in shown for shown in tables] == [True, False]
    same = new_report(REPORT.agency, REPORT.year, narrative={"overview": "示例"})
    assert mark in table(same, REPORT.form.tables[0].key).html


def test_only_the_form_s_cells_are_marked_and_linked() -> None:
    html = shown(finding(cells=('x"]{}body{display:none}</style><script>', "applications.nowhere", CELLS[0]))).html
    assert set(marks(html)) == {CELLS[0]}
    assert Text(html).links == [f"#{CELLS[0]}"]
    assert "script" not in Text(html).tags


def test_the_cells_of_another_edition_are_not_marked() -> None:
    older = new_report(REPORT.agency, 2020)
    html = panel(
        Outcome((finding(cells=("disclosure.licences.change", "disclosure.regulations.in_force")),)), older
    ).html
    assert set(marks(html)) == {"disclosure.licences.change"}


def test_the_same_outcome_makes_the_same_panel() -> None:
    outcome = Outcome((finding(cells=CELLS[:9]), replace(finding(), severity="info")))
    assert panel(outcome, REPORT) == panel(outcome, REPORT)


def test_of_very_many_findings_of_a_rule_the_first_are_shown_and_how_many_more_there_are() -> None:
    many = [finding(rule="PRIVACY", message=f"第{number}处", quote="1") for number in range(5000)]
    few = [finding(message="不平"), finding(severity="warning", rule="PRIVACY", message="另一处")]
    shown = panel(Outcome((*many, *few)), REPORT)
    assert len(shown) == len(shown.findings) == 5002
    assert shown.html.count('class="rk-finding') == 50 + 2
    assert "错误（5001项）" in shown.html
    assert "<li>……另有4950项：PRIVACY</li>" in shown.html
    assert "第49处" in shown.html and "第50处" not in shown.html
    assert len(shown.html) < 60_000
    assert "……另有4950项：PRIVACY" in shown.text and len(shown.text) < 2_000

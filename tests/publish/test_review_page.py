"""What a reviewer does on the review page, in a real browser: from a finding to its cell and words, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from accessibility import violations
from reportkit.display import tables
from reportkit.display.comparison import compare
from reportkit.display.findings import check
from reportkit.display.narrative import preamble, section
from reportkit.publish.exporters import export
from reportkit.report import Agency, AnnualReport, Waiver, new_report

Make = Callable[..., NotebookNode]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
REPORT = new_report(
    Agency("example", "示例市示例局"),
    2023,
    figures={"applications.received.company": 3, "applications.granted.company": 2},
    narrative={
        "preamble": "（示例）联系电话：0000-0000000。",
        "overview": "**收到申请3件**，其中予以\n公开4件。身份证号371302198503112450。",
        "problems": "仍有不足，下一步改进。",
        "other": "收取信息处理费0元。",
    },
    waivers=(Waiver("FORM-OVERVIEW", "示例理由", "示例办公室"),),
)


BEFORE = REPORT.replace(year=2022, narrative={"overview": "收到申请30件。"}, waivers=())


def executed(report: AnnualReport, notebook: Make, cell: Make) -> NotebookNode:
    parts: list[Any] = [preamble(report)]
    for one in report.form.sections[1:]:
        parts += [section(report, one.key), *(tables.table(report, one.key) for _ in [1] if one.holds_table)]
    checked = cell({"text/html": check(report)._repr_html_()}, tags=("review",))
    beside = cell({"text/html": compare(report, BEFORE)._repr_html_()}, tags=("review",))
    return notebook(*(part._repr_html_() for part in parts), checked, beside)


@pytest.fixture
def opened(page: Any, tmp_path: Path, notebook: Make, cell: Make) -> Callable[..., Any]:
    """Open the review page of a report; it must not say anything on the console."""

    def open_page(report: AnnualReport = REPORT, viewport: dict[str, int] = WIDE, **options: Any) -> Any:
        file = tmp_path / "review.html"
        file.write_text(export(executed(report, notebook, cell), "review", **options), encoding="utf-8")
        page.set_viewport_size(viewport)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(file.as_uri())
        assert said == []
        return page

    return open_page


def in_sight(page: Any, selector: str) -> bool:
    return bool(
        page.evaluate(
            "selector => { const box = document.querySelector(selector).getBoundingClientRect();"
            " const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);"
            " return top !== null && document.querySelector(selector).contains(top); }",
            selector,
        )
    )


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_findings_stand_first_and_stay_in_sight(opened: Callable[..., Any], viewport: dict[str, int]) -> None:
    page = opened(viewport=viewport)
    assert page.title().startswith("审阅版：")
    assert in_sight(page, ".rk-summary")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert page.evaluate("document.querySelector('#review').getBoundingClientRect().top") >= -1
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_the_head_of_a_long_table_stays_in_sight_and_no_column_is_cut(opened: Callable[..., Any]) -> None:
    many = {f"applications.{row}.natural_person": 1_234_567 for row in ("received", "granted", "carried_out")}
    page = opened(REPORT.replace(many))
    page.locator('[id="applications.carried_out.total"]').evaluate("cell => cell.scrollIntoView({block: 'center'})")
    head = page.locator("thead").first
    assert head.evaluate("head => Math.round(head.getBoundingClientRect().top)") == 0
    assert in_sight(page, "thead th")
    frame = page.locator(".scroll", has=page.locator(".rk-stub-2"))
    assert frame.evaluate(
        "frame => [frame, ...frame.querySelectorAll('td[id]')].every(one => one.scrollWidth <= one.clientWidth)"
    )


def test_a_finding_leads_to_its_cell_which_says_what_is_wrong_and_leads_back(opened: Callable[..., Any]) -> None:
    page = opened()
    finding = page.locator(".rk-finding", has_text="T3-BALANCE").first
    finding.locator("a[href^='#applications']").first.click()
    address = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    cell = f'td[id="{address}"]'
    assert in_sight(page, cell)
    assert "T3-BALANCE" in page.get_attribute(cell, "title")
    back = page.locator(f"{cell} a.back").first
    assert back.get_attribute("aria-label").startswith(f"问题{finding.get_attribute('data-rk-number')}：")
    back.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash.slice(1)") == finding.get_attribute("id")
    assert page.evaluate("document.activeElement.id") == finding.get_attribute("id")


def test_a_finding_on_words_leads_to_these_and_they_lead_back(opened: Callable[..., Any]) -> None:
    page = opened()
    finding = page.locator(".rk-finding", has_text="TEXT-CLAIM").first
    finding.get_by_text("看原文").click()
    words = page.locator("mark:target")
    assert words.inner_text() == finding.locator("blockquote").inner_text().replace("\n", "")
    assert words.get_attribute("title").count("TEXT-CLAIM") == 1
    words.locator("xpath=following-sibling::a").click()
    assert page.evaluate("location.hash.slice(1)") == finding.get_attribute("id")


def test_what_the_texts_claim_is_underlined_until_a_reviewer_switches_it_off(opened: Callable[..., Any]) -> None:
    page = opened()
    claims = page.locator(".claim").all_inner_texts()
    assert "收到申请3件" in claims
    page.locator(".rk-claims summary").click()
    page.locator(".rk-claims li", has_text="收到申请3件").get_by_text("看原文").click()
    assert page.locator(".claim:target").inner_text() == "收到申请3件"
    page.get_by_role("button", name="文字中的数字").click()
    assert page.evaluate("getComputedStyle(document.querySelector('.claim')).borderBottomWidth") == "0px"


def test_kinds_of_findings_are_hidden_and_shown_again_even_by_a_link(opened: Callable[..., Any]) -> None:
    page = opened()
    waived = page.locator(".rk-waived")
    assert waived.is_visible()
    switch = page.get_by_role("button", name="已豁免")
    switch.click()
    assert not waived.is_visible()
    assert switch.get_attribute("aria-pressed") == "false"
    page.evaluate(f"location.hash = '{waived.get_attribute('id')}'")
    waived.wait_for(state="visible")
    assert "示例理由（示例办公室）" in waived.inner_text()


def test_what_would_waive_a_finding_is_copied(opened: Callable[..., Any]) -> None:
    page = opened()
    finding = page.locator(".rk-error").first
    finding.locator("summary").click()
    finding.get_by_role("button", name="复制").click()
    finding.get_by_role("button", name="已复制").wait_for()
    assert finding.locator("pre").inner_text().startswith("- rule: ")


def test_the_pages_that_belong_to_it_are_linked(opened: Callable[..., Any]) -> None:
    page = opened(links=[("总目录", "../../index.html"), ("2022年", "../../2022/example/review.html")])
    links = page.locator(".banner a")
    assert links.all_inner_texts() == ["总目录", "2022年"]
    assert links.last.get_attribute("href") == "../../2022/example/review.html"
    rule = page.locator(".rk-finding a", has_text="T3-BALANCE").first
    assert rule.get_attribute("href") == "../../help.html#T3-BALANCE"


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_axe_finds_nothing_against_it(opened: Callable[..., Any], viewport: dict[str, int]) -> None:
    assert violations(opened(viewport=viewport)) == []


def test_what_differs_from_last_year_stands_below_the_report(opened: Callable[..., Any]) -> None:
    beside = opened().locator("main .rk-compare")
    assert "与2022年度比较" in beside.inner_text()
    assert beside.locator("ins", has_text="3").count() >= 1

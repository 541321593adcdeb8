"""What a browser makes of the site: searched, filtered, sorted, by keyboard, on a phone, from a file and from a server."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from accessibility import violations
from reportkit.checks import judged_rules
from reportkit.form import form_for
from reportkit.project.folder import ReportKey
from reportkit.report import Agency, Standard
from reportkit.site.help import help_page
from reportkit.site.index import index_page, list_page
from reportkit.site.matrix import ListedReport, Roster, matrix_of
from reportkit.site.missing import missing_workbook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

PAGES = {"index": "index.html", "list": "list.html", "help": "help.html", "missing": "missing.xlsx"}
YEARS = (2023, 2024, 2025)
_PHONE = "电话：0000-0000000（示例）"
AGENCIES = (
    Agency("shili", "示例市人民政府", level="government", contact=_PHONE),
    Agency("shili-education", "示例市教育局", parent="shili", contact=_PHONE),
    Agency("shili-bank", "示例市银行监管局", parent="shili", contact=_PHONE),
    Agency("jia", "示例市甲县人民政府", level="government", parent="shili"),
    Agency("jia-education", "示例市甲县教育局", parent="jia"),
    Agency("jia-town", "示例市甲县长安镇人民政府", level="government", parent="jia"),
    *(Agency(f"jia-{number:03}", f"示例市甲县第{number}中心", parent="jia") for number in range(1, 95)),
    Agency("tax", "示例市税务局"),
)
# What is known of the newest reports; all others are well.
_KNOWN: Mapping[str, Mapping[str, Any]] = {
    "shili": {"counts": {"error": 2, "warning": 1}, "rules": {"ROLLUP-SUM": 2, "CELL-BLANK": 1}, "unjudged": 1},
    "shili-education": {"counts": {"warning": 1}, "rules": {"TEXT-PERCENT": 1}},
    "jia": {"counts": {"error": 3}, "rules": {"T4-SUM": 3}, "files": {"review.html"}},
    "jia-education": {"waived": 1},
    "jia-town": {"unjudged": 4},
    "jia-001": {"counts": {"info": 1}, "rules": {"YEAR-SWING": 1}},
    "tax": {"failure": "params/2025/tax.yaml:9: <b>示例</b>错误", "files": None},
}
_MISSING = {("shili-bank", 2025), ("jia-002", 2025), ("jia-003", 2025), ("jia-002", 2024)}
_FILES = {"report.html", "review.html"}
PHONE = {"width": 390, "height": 844}


def write_city(folder: Path) -> Path:
    """Write the site of the city; every link of it leads to a page."""
    built = [*_reports()]
    keys = {ReportKey(agency.id, year) for agency in AGENCIES for year in YEARS} - {ReportKey(*one) for one in _MISSING}
    matrix = matrix_of(Roster(AGENCIES, keys), built)
    form = form_for(max(YEARS))
    rules = judged_rules(Standard(), form)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(index_page(matrix, rules, PAGES), encoding="utf-8")
    (folder / "list.html").write_text(list_page(matrix, PAGES), encoding="utf-8")
    (folder / "help.html").write_text(help_page(rules, form, PAGES), encoding="utf-8")
    (folder / "missing.xlsx").write_bytes(missing_workbook(matrix))
    for report in built:
        for link in report.links:
            page = folder / report.url / link.file
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(f"<!doctype html><title>{report.name}{link.label}</title>", encoding="utf-8")
    return folder / "index.html"


def _reports() -> Iterator[ListedReport]:
    for agency in AGENCIES:
        for year in YEARS:
            known = _KNOWN.get(agency.id, {}) if year == max(YEARS) else {}
            if (agency.id, year) not in _MISSING and agency.id != "jia-004":
                yield ListedReport(ReportKey(agency.id, year), agency.name, **{"files": _FILES, **known})


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("site"))


@pytest.fixture
def index(page: Page, city: Path, complaints: list[str]) -> Iterator[Page]:
    """The index, opened as a file; nothing it does may be complained about in the console."""
    page.goto(city.as_uri())
    yield page
    assert complaints == []


def names(page: Page) -> list[str]:
    return page.locator("#table tbody .agency").all_inner_texts()


def cell(page: Page, agency: str, year: int = 2025) -> Any:
    """The cell of an agency and a year that both are shown."""
    shown = page.locator("thead th[data-year]:visible").all_inner_texts()
    line = page.get_by_role("row").filter(has=page.get_by_role("button", name=agency, exact=True))
    return line.locator("td").nth(shown.index(str(year)))


def _expect(found: Locator, count: int) -> None:
    """Wait until so many elements are found."""
    from playwright.sync_api import expect

    expect(found).to_have_count(count)


# ------------------------------------------------------------------ what is seen


def test_each_state_is_counted_and_the_worst_come_first(index: Page) -> None:
    chips = [re.sub(r"\s+", "", text)[1:] for text in index.locator("#states .chip").all_inner_texts()]
    assert chips == [
        "失败1", "不宜公开1", "错误1", "未报送4", "未生成3", "警告1", "已豁免1", "无法判断1", "提示1", "未发现问题289",
    ]  # fmt: skip
    assert index.locator("#result").inner_text() == f"共{len(AGENCIES)}个机关、303份报告（含未报送）"
    assert names(index)[:4] == ["示例市税务局", "示例市人民政府", "示例市甲县人民政府", "示例市甲县第2中心"]
    assert cell(index, "示例市人民政府").inner_text().split() == ["✖", "错误", "2"]
    assert "下属99个机关：不宜公开1份、未报送4份" in index.locator("tr", has_text="示例市人民政府").first.inner_text()


def test_only_some_rows_are_drawn_and_the_others_follow_on_the_way_down(index: Page) -> None:
    assert len(names(index)) < len(AGENCIES)
    index.locator("#more").scroll_into_view_if_needed()
    _expect(index.locator(".agency"), len(AGENCIES))
    assert index.locator("#more").is_hidden()


def test_from_the_index_to_the_page_with_the_finding_it_is_one_click(index: Page) -> None:
    index.get_by_role("searchbox").fill("甲县人民政府")
    cell(index, "示例市甲县人民政府").get_by_role("link").click()
    assert index.url.endswith("/2025/jia/review.html")
    index.go_back()
    assert index.get_by_role("searchbox").input_value() == "甲县人民政府"
    assert "示例市甲县人民政府" in names(index)


def test_an_agency_s_years_are_told_in_full(index: Page) -> None:
    index.get_by_role("button", name="示例市人民政府", exact=True).click()
    told = index.locator(".details")
    assert told.locator("li").count() == 3
    assert "错误2项、警告1项、1条规则无法判断" in told.inner_text()
    assert told.get_by_role("link", name="公开版").first.get_attribute("href") == "2025/shili/report.html"
    told.get_by_role("link", name="ROLLUP-SUM").click()
    assert index.url.endswith("help.html#ROLLUP-SUM")


def test_a_failure_is_told_as_it_is(index: Page) -> None:
    cell(index, "示例市税务局").get_by_role("button").click()
    assert index.locator(".failure").inner_text() == "最近一次生成失败：params/2025/tax.yaml:9: <b>示例</b>错误"


# ------------------------------------------------------- search, filters, sorting


FOUND = "tr:not(.context) .agency"
SEARCHES = {
    "银行": {"示例市银行监管局"},
    "yhjgj": {"示例市银行监管局"},
    "SLSJYJ": {"示例市教育局"},
    "shili-edu": {"示例市教育局"},
    "甲县 教育": {"示例市甲县教育局"},
    "jxcaz": {"示例市甲县长安镇人民政府"},
    "没有这个": set[str](),
}
FILTERS = {
    ("#state", "missing"): ({"示例市银行监管局", "示例市甲县第2中心", "示例市甲县第3中心"}, 4),
    ("#rule", "T4-SUM"): ({"示例市甲县人民政府"}, 1),
    ("#level", "government"): ({"示例市人民政府", "示例市甲县人民政府", "示例市甲县长安镇人民政府"}, 9),
}


def test_agencies_are_found_by_name_initials_or_id(index: Page) -> None:
    for typed, found in SEARCHES.items():
        index.get_by_role("searchbox").fill(typed)
        assert {*index.locator(FOUND).all_inner_texts()} == found, typed
        assert index.locator("#none").is_visible() == (not found)


def test_filters_leave_what_they_name(index: Page) -> None:
    for (control, chosen), (found, reports) in FILTERS.items():
        index.locator(control).select_option(chosen)
        assert {*index.locator(FOUND).all_inner_texts()} == found
        assert index.locator("#result").inner_text().startswith(f"符合条件的有{len(found)}个机关、{reports}份报告")
        index.locator("#clear").click()


def test_a_body_is_shown_with_all_below_it_and_a_year_alone(index: Page) -> None:
    index.locator("#below").select_option("jia")
    index.locator("#year").select_option("2024")
    assert index.locator("#result").inner_text().startswith("符合条件的有97个机关、97份报告")
    assert index.locator("thead th:visible").all_inner_texts() == ["机关", "2024"]
    assert index.locator(".chip.missing b").inner_text() == "1"


def test_a_count_filters_by_its_state_and_lets_go_again(index: Page) -> None:
    chip = index.locator(".chip.withheld")
    chip.click()
    assert chip.get_attribute("aria-pressed") == "true"
    assert index.locator(FOUND).all_inner_texts() == ["示例市甲县人民政府"]
    chip.click()
    assert index.locator("#result").inner_text().startswith("共")


def test_rows_are_sorted_by_name_by_id_by_gravity_and_by_a_year(index: Page) -> None:
    sorting = index.locator("#sort")
    sorting.select_option("id")
    assert names(index)[:2] == ["示例市甲县人民政府", "示例市甲县第1中心"]
    sorting.select_option("worst")
    assert names(index)[:3] == ["示例市税务局", "示例市甲县人民政府", "示例市人民政府"]
    index.get_by_role("button", name="机关", exact=True).click()
    assert names(index)[:2] == ["示例市甲县第1中心", "示例市甲县第2中心"]  # 第 (di) comes before 教 (jiao)
    index.get_by_role("button", name="2024", exact=True).click()
    assert names(index)[0] == "示例市甲县第2中心"
    assert index.locator("th[data-year='2024']").get_attribute("aria-sort") == "descending"


def test_bodies_fold_and_governments_alone_are_seen(index: Page) -> None:
    index.get_by_role("button", name="收起示例市甲县人民政府的下属机关").click()
    assert names(index) == ["示例市税务局", "示例市人民政府", "示例市甲县人民政府", "示例市银行监管局", "示例市教育局"]
    index.reload()
    assert len(names(index)) == 5
    index.get_by_role("button", name="只看各级政府").click()
    assert names(index) == ["示例市税务局", "示例市人民政府", "示例市甲县人民政府"]


def test_the_address_keeps_the_view_over_a_reload(index: Page) -> None:
    index.get_by_role("searchbox").fill("教育 & 局")
    index.get_by_role("searchbox").fill("教育")
    index.locator("#sort").select_option("worst")
    index.locator(".chip.warning").click()
    before = names(index)
    assert before == ["示例市教育局"]
    index.reload()
    assert names(index) == before
    assert index.locator("#sort").input_value() == "worst"
    index.get_by_role("button", name="清除筛选").first.click()
    assert "#" not in index.url
    index.evaluate("location.hash = '#state=nonsense&below=nobody&year=1&q=yhjg'")
    _expect(index.locator(FOUND), 1)


# ------------------------------------------------------------------------- 催报


def test_who_has_not_handed_in_is_listed_by_body_and_copied(browser: Browser, city: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], offline=True)
    page = context.new_page()
    page.goto(city.as_uri())
    page.get_by_text("催报：2025年度有3个机关未报送").click()
    page.get_by_role("button", name="复制名单").click()
    assert page.locator("#copied").inner_text() == "已复制"
    copied = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n")
    assert re.sub("截至.*日，", "", copied) == (
        "以下3个机关尚未报送2025年度政府信息公开工作年度报告：\n\n"
        "示例市人民政府（1个）\n示例市银行监管局\n\n示例市甲县人民政府（2个）\n示例市甲县第2中心\n示例市甲县第3中心"
    )
    page.locator("#below").select_option("jia")
    page.locator("#urge-year").select_option("2024")
    assert page.locator("#urge-title").inner_text() == "2024年度有1个机关未报送"
    context.close()


def test_who_has_not_handed_in_is_downloaded_as_a_workbook(index: Page) -> None:
    index.locator("#urge summary").click()
    with index.expect_download() as downloaded:
        index.get_by_role("link", name=re.compile("下载催报名单")).click()
    assert downloaded.value.suggested_filename.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(downloaded.value.path().read_bytes()))
    assert book.sheetnames == ["2025年度", "2024年度"]


# --------------------------------------------------------------------- keyboard


def test_everything_is_reached_by_keyboard(index: Page) -> None:
    press = index.keyboard.press
    focused = "document.activeElement.textContent.replace(/\\s+/g, ' ').trim()"
    press("Tab")
    assert index.evaluate(focused) == "跳到表格"
    press("Enter")
    assert index.evaluate(focused) == "示例市税务局"
    press("ArrowRight")
    assert index.evaluate(focused) == "! 失败"
    press("ArrowDown")
    assert index.evaluate(focused) == "✖ 错误 2"
    press("ArrowDown")
    assert index.evaluate(focused) == "⊘ 不宜公开 3"
    press("End")
    assert index.evaluate(focused) == "✓ 未发现问题"
    press("Home")
    assert index.evaluate("document.activeElement.getAttribute('aria-label')") == "收起示例市甲县人民政府的下属机关"
    press("Enter")
    assert len(names(index)) == 5
    assert index.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    press("ArrowRight")
    press("Enter")
    assert index.locator(".details").count() == 1
    press("ArrowRight")
    press("Shift+Tab")
    press("Tab")
    assert index.evaluate(focused) == "⊘ 不宜公开 3"
    press("Enter")
    index.wait_for_url("**/2025/jia/review.html")


def test_arrows_go_on_where_rows_are_not_drawn_yet(index: Page) -> None:
    index.locator(".skip").focus()
    index.keyboard.press("Enter")
    for _ in range(len(AGENCIES) + 3):
        index.keyboard.press("ArrowDown")
    assert len(names(index)) == len(AGENCIES)
    assert index.evaluate("document.activeElement.textContent") == names(index)[-1]


# --------------------------------------------------------- phone, paper, server


def test_on_a_phone_nothing_is_wider_than_the_screen(index: Page) -> None:
    index.set_viewport_size(PHONE)  # type: ignore[arg-type]
    index.get_by_role("button", name="示例市人民政府", exact=True).click()
    assert index.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    box = cell(index, "示例市税务局").bounding_box()
    assert box["width"] > 60 and box["height"] > 24
    index.get_by_role("link", name="帮助").click()
    assert index.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_all_rows_are_printed(index: Page) -> None:
    index.emulate_media(media="print")
    assert index.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") > 2
    assert len(names(index)) == len(AGENCIES)


@pytest.fixture
def served(city: Path) -> Iterator[tuple[str, list[str]]]:
    """A server of the site, and the paths that it was asked for and did not have."""
    lacking: list[str] = []

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def send_error(self, *arguments: Any, **more: Any) -> None:
            lacking.append(self.path)
            super().send_error(*arguments, **more)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(city.parent)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", lacking
    server.shutdown()
    server.server_close()


def test_from_a_server_it_works_alike_and_asks_nobody_else(browser: Browser, served: tuple[str, list[str]]) -> None:
    url, lacking = served
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(url)
    page.get_by_role("searchbox").fill("yhjgj")
    page.reload()
    assert page.locator(FOUND).all_inner_texts() == ["示例市银行监管局"]
    page.get_by_text("催报：").click()
    page.get_by_role("button", name="复制名单").click()
    assert page.locator("#copied").inner_text() == "已复制"
    page.get_by_role("link", name="帮助").click()
    page.get_by_role("link", name="返回总目录").click()
    context.close()
    assert {*asked} <= {url, f"{url}help.html", f"{url}index.html"} | {
        one for one in asked if one.startswith(f"{url}#")
    }
    assert (lacking, said) == ([], [])


def test_without_scripts_the_index_leads_to_the_list(browser: Browser, city: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(city.as_uri())
    assert page.locator("#app").is_hidden()
    page.get_by_role("link", name="报告清单").click()
    page.get_by_role("link", name="示例市教育局").first.click()
    assert page.url.endswith("/2025/shili-education/report.html")
    context.close()


# ----------------------------------------------------------------- for everybody


def test_axe_finds_nothing_against_the_pages(index: Page) -> None:
    index.get_by_role("button", name="示例市人民政府", exact=True).click()
    index.locator("#urge summary").click()
    index.locator(".chip.error").click()
    assert violations(index) == []
    index.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert violations(index) == []
    for name in ("help.html", "list.html"):
        index.goto(index.url.rpartition("/")[0] + "/" + name)
        assert violations(index) == [], name

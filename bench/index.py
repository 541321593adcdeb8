"""How long the index of 5,000 agencies and 7 years takes to write, to open and to filter in Chromium, and its size."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from reportkit.checks import every_rule
from reportkit.form import form_for
from reportkit.project.folder import ReportKey
from reportkit.report import Agency
from reportkit.site.index import index_page, list_page
from reportkit.site.matrix import ListedReport, Roster, matrix_of
from reportkit.site.missing import missing_workbook

AGENCIES, YEARS, BELOW_A_COUNTY = 5000, range(2019, 2026), 40
PAGES = {"index": "index.html", "list": "list.html", "help": "help.html", "missing": "missing.xlsx"}
BODIES = (
    "教育局",
    "公安局",
    "民政局",
    "财政局",
    "卫生健康委员会",
    "行政审批服务局",
    "市场监督管理局",
    "东山镇人民政府",
)
FILES = frozenset(("report.html", "review.html"))
RULES = [rule.id for rule in every_rule(form_for(max(YEARS)))]
# What a reader does, and how a script does it.
ACTS = {
    "search 教育局": ("#q", "教育局"),
    "search jyj": ("#q", "jyj"),
    "errors only": ("#state", "error"),
    "one year": ("#year", "2024"),
    "one rule": ("#rule", "T4-SUM"),
    "worst first": ("#sort", "worst"),
    "by name": ("#sort", "name"),
}
ACT = """([control, value]) => {
  const element = document.querySelector(control), started = performance.now();
  element.value = value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.offsetHeight;
  const took = performance.now() - started;
  document.getElementById("clear").click();
  return took;
}"""
OPENINGS = 5


def main() -> None:
    """Write the pages into a folder, open the index, and do what a reader does."""
    chance = random.Random(1)  # noqa: S311 (reports, not secrets)
    agencies = tuple(made_up())
    reports = [report for agency in agencies for year in YEARS if (report := reported(agency, year, chance))]
    started = time.perf_counter()
    matrix = matrix_of(Roster(agencies, frozenset(report.key for report in reports)), reports)
    files = {
        "index.html": index_page(matrix, (), PAGES).encode(),
        "list.html": list_page(matrix, PAGES).encode(),
        "missing.xlsx": missing_workbook(matrix),
    }
    print(f"{len(reports)} reports of {len(agencies)} agencies written in {time.perf_counter() - started:.1f} s")
    for name, content in files.items():
        print(f"  {name:<14} {len(content) / 1e6:6.2f} MB")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        openings = [opened(page := browser.new_page(), Path(folder) / "index.html") for _ in range(OPENINGS)]
        print(f"opened in {min(openings):.2f} to {max(openings):.2f} s")
        for act, (control, value) in ACTS.items():
            print(f"  {act:<14} {page.evaluate(ACT, [control, value]):4.0f} ms")
        browser.close()


def made_up() -> Iterator[Agency]:
    """A city, and counties with the bodies below them."""
    yield Agency("city", "示例市人民政府", level="government")
    county = ""
    for number in range(AGENCIES - 1):
        body = number % (BELOW_A_COUNTY + 1)
        if body == 0:
            county = f"county-{number}"
            yield Agency(county, f"示例市第{number}县人民政府", level="government", parent="city")
        else:
            yield Agency(f"{county}-{body}", f"示例市第{number}县{BODIES[body % len(BODIES)]}", parent=county)


def reported(agency: Agency, year: int, chance: random.Random) -> ListedReport | None:
    """A report in a state by chance; None where it is missing."""
    key, drawn = ReportKey(agency.id, year), chance.random()
    if drawn < 0.02:
        return None
    if drawn < 0.03:
        return ListedReport(key, agency.name, failure=f"params/{year}/{agency.id}.yaml:9: 示例错误")
    if drawn < 0.13:
        found = dict.fromkeys(chance.sample(RULES, chance.randint(1, 4)), 1)
        return ListedReport(key, agency.name, FILES, {"error": chance.randint(1, 9)}, found)
    if drawn < 0.3:
        return ListedReport(key, agency.name, FILES, {"warning": chance.randint(1, 3)}, {chance.choice(RULES): 1})
    return ListedReport(key, agency.name, FILES, unjudged=chance.choice((0, 0, 0, 4)))


def opened(page: Page, file: Path) -> float:
    """How many seconds it takes until the first rows are drawn."""
    started = time.perf_counter()
    page.goto(file.as_uri())
    page.wait_for_selector("#table tbody tr")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

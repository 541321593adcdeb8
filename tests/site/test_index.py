"""The index as it is written: data for its script that cannot break out, and a plain list for browsers without."""

from __future__ import annotations

import json
import re
from typing import Any

from reportkit.project.folder import ReportKey
from reportkit.report import Agency
from reportkit.site.index import index_page, list_page
from reportkit.site.matrix import ListedReport, Roster, matrix_of

FILES = {"report.html", "review.html", "figures.json"}
PAGES = {"index": "index.html", "list": "list.html", "help": "help.html", "missing": "missing.xlsx"}


def reported(year: int, agency: str, name: str, *rest: Any, **more: Any) -> ListedReport:
    return ListedReport(ReportKey(agency, year), name, *rest, **more)


def listed(*reports: ListedReport) -> str:
    return list_page(matrix_of(Roster(), reports), PAGES)


def data_of(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def indexed(*reports: ListedReport, roster: Roster | None = None) -> str:
    return index_page(matrix_of(roster or Roster(), reports), (), PAGES)


def test_years_come_newest_first_and_reports_by_id() -> None:
    page = listed(*(reported(year, id, f"{year}{id}", FILES) for year, id in ((2022, "a"), (2023, "b"), (2023, "a"))))
    places = [page.index(text) for text in ("2023年度（2份）", "2023/a/", "2023/b/", "2022年度（1份）", "2022/a/")]
    assert places == sorted(places)


def test_the_page_is_linked_by_the_agency_s_name_and_the_others_by_their_own() -> None:
    page = listed(reported(2023, "a b", "示例局", FILES, {"warning": 2}))
    assert '<a href="2023/a%20b/report.html">示例局</a>' in page
    assert '<a href="2023/a%20b/review.html">审阅版</a>' in page
    assert "警告2项" in page
    assert "figures.json" not in page


def test_a_report_without_a_page_is_named_without_a_link() -> None:
    page = listed(reported(2023, "a", "示例局", {"figures.json"}), reported(2023, "b", "另一局", failure="出错"))
    assert "<span>示例局</span>" in page
    assert "<span>另一局</span>" in page
    assert page.count("<a ") == 2  # to the index and to the help


def test_no_reports_are_said_so() -> None:
    assert "还没有报送或者生成报告" in listed()
    assert "还没有报送或者生成报告" in indexed()


def test_control_characters_are_shown_and_folders_in_any_encoding_are_linked() -> None:
    odd = reported(2023, "a\udcff", "\x1b[31m示例\u202e", FILES, failure="\x00出错")
    page = listed(odd)
    assert r'<a href="2023/a%FF/report.html">\u001b[31m示例\u202e</a>' in page
    assert r"：\u0000出错" in page
    page.encode()
    (agency,) = data_of(indexed(odd))["agencies"]
    assert agency[1] == r"\u001b[31m示例\u202e"
    assert agency[-1] == "a%FF"
    indexed(odd).encode()


def test_nothing_in_the_data_ends_the_script_or_begins_a_comment() -> None:
    page = indexed(reported(2023, "a", "</script><!--<script>1</script>局", FILES, failure="</SCRIPT>"))
    data = data_of(page)
    assert data["agencies"][0][1] == "</script><!--<script>1</script>局"
    assert page.count("<script") == page.count("</script>") == 2
    assert "<!--" not in page


def test_what_is_known_of_many_reports_alike_is_written_once() -> None:
    reports = [reported(year, id, id, FILES) for year in (2022, 2023) for id in ("a", "b")]
    data = data_of(indexed(*reports, reported(2022, "c", "丙局", FILES, {"error": 1}, {"T4-SUM": 1})))
    assert len(data["facts"]) == 2  # without an error, with one
    assert data["reports"][2][0] == -1
    assert data["rules"] == ["T4-SUM"]
    assert data["facts"][data["reports"][2][1]][1] == [1, 0, 0]


def test_names_are_found_by_the_initials_of_their_pinyin_where_there_are_many() -> None:
    names = ["重庆市长寿区", "示例市银行监管局（示例）", *(f"示例{number}局" for number in range(20))]
    agencies = [Agency(str(number), name) for number, name in enumerate(names)]
    roster = Roster(agencies, {ReportKey("0", 2023)})
    initials = [agency[3] for agency in data_of(indexed(roster=roster))["agencies"]]
    for letters, typed in zip(initials, ("cqscsq", "slsyhjgjsl", "sl0j"), strict=False):
        read = [found.strip("()") for found in re.findall(r"\(\w+\)|\w", letters)]
        assert all(letter in each for letter, each in zip(typed, read, strict=True))
    few = Roster(agencies[:3], {ReportKey("0", 2023)})
    assert [agency[3] for agency in data_of(indexed(roster=few))["agencies"]] == ["", "", ""]


def test_the_pages_allow_only_their_own_style_and_script() -> None:
    page = indexed(reported(2023, "a", "示例局", FILES))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert re.fullmatch(
        r"default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-[^;]+&#39;; "
        r"script-src &#39;sha256-[^;]+&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;",
        policy[1],
    )
    assert "script-src" not in listed(reported(2023, "a", "示例局", FILES))

"""The page over all reports: newest year first, with links to what a person opens."""

from __future__ import annotations

from reportkit.site.index import ListedReport, index_page

FILES = {"report.html", "review.html", "figures.json"}


def test_years_come_newest_first_and_reports_by_path() -> None:
    page = index_page(
        ListedReport(year, f"{year}{name}", f"{year}/{name}", FILES, {})
        for year, name in ((2022, "a"), (2023, "b"), (2023, "a"))
    )
    places = [page.index(text) for text in ("2023年度（2份）", "2023a", "2023b", "2022年度（1份）", "2022a")]
    assert places == sorted(places)


def test_the_page_is_linked_by_the_agency_s_name_and_the_others_by_their_own() -> None:
    page = index_page([ListedReport(2023, "示例局", "2023/a b", FILES, {"warning": 2})])
    assert '<a href="2023/a%20b/report.html">示例局</a>' in page
    assert '<a href="2023/a%20b/review.html">审阅版</a>' in page
    assert "2项警告" in page
    assert "figures.json" not in page


def test_a_report_without_a_page_is_named_without_a_link() -> None:
    page = index_page(
        [
            ListedReport(2023, "示例局", "2023/a", {"figures.json"}, {}),
            ListedReport(2023, "另一局", "2023/b", None, {}, "出错"),
        ]
    )
    assert "<span>示例局</span>" in page
    assert "<span>另一局</span>" in page
    assert "<a " not in page
    assert page.count("未发现问题") == 1


def test_a_report_with_errors_and_no_published_page_is_not_fit_for_the_public() -> None:
    page = index_page([ListedReport(2023, "示例局", "2023/a", {"review.html"}, {"error": 2})])
    assert "2023年度（1份，其中1份不宜公开）" in page
    assert "<span>示例局</span>" in page
    assert '<a href="2023/a/review.html">审阅版</a>' in page
    assert "不宜公开" not in index_page([ListedReport(2023, "示例局", "2023/a", FILES, {"error": 2})])
    assert "不宜公开" not in index_page([ListedReport(2023, "示例局", "2023/a", None, {}, "出错")])


def test_no_reports_are_said_so() -> None:
    assert "还没有生成报告" in index_page([])


def test_control_characters_are_shown_and_folders_in_any_encoding_are_linked() -> None:
    page = index_page([ListedReport(2023, "\x1b[31m示例\u202e", "2023/a\udcff", FILES, {}, "\x00出错")])
    assert r'<a href="2023/a%FF/report.html">\u001b[31m示例\u202e</a>' in page
    assert r"：\u0000出错" in page
    page.encode()

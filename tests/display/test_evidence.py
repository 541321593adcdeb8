"""What a reviewer is told of where figures came from."""

from __future__ import annotations

import pytest

from reportkit.display.evidence import sources_shown
from reportkit.report import Agency, Origin, Place, new_report

CELL, OTHER = "applications.received.company", "applications.granted.company"
PLACES = {CELL: Place("params/2023/office.yaml", 7), OTHER: Place("params/2023/office.yaml", 9)}


def shown(figures: dict[str, int | None], origins: dict[str, Origin]) -> str:
    report = new_report(Agency("office", "示例局"), 2023, figures, places=PLACES)
    return sources_shown(report.replace(origins=origins))


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("imported", "导入自公布的报告：x &lt;1&gt;"),
        ("filled_in", "导入自填报表：x &lt;1&gt;"),
        ("tallied", "由台账统计：x &lt;1&gt;"),
        ("rolled_up", "由下级机关汇总：x &lt;1&gt;"),
    ],
)
def test_a_figure_says_how_it_got_there(way: str, words: str) -> None:
    told = shown({CELL: 2, OTHER: 1}, {CELL: Origin(way, "x <1>", "2")})
    assert f"2　{words}　params/2023/office.yaml:7" in told
    assert "1　手工填写　params/2023/office.yaml:9" in told
    assert "数据来源：2个不为0的数值（" in told
    assert "手工填写1个" in told


def test_a_figure_that_was_changed_since_says_what_it_was() -> None:
    told = shown(
        {CELL: 3, OTHER: None}, {CELL: Origin("imported", "甲.pdf", "2"), OTHER: Origin("tallied", "乙.csv", "4")}
    )
    assert "：3　手工改动，原为2（导入自公布的报告：甲.pdf）" in told
    assert "：空白　手工改动，原为4（由台账统计：乙.csv）" in told
    assert "（手工改动2个）" in told


def test_a_figure_of_0_and_one_without_a_place_are_left_out() -> None:
    assert shown({CELL: 0}, {CELL: Origin("imported", "甲.pdf", "2")}) == ""
    assert sources_shown(new_report(Agency("office", "示例局"), 2023, {CELL: 2})) == ""

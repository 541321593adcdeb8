from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reportkit.display.comparison import Sentence, TextChange, compare, compared
from reportkit.form import form_for
from reportkit.report import Agency, AnnualReport, new_report

AGENCY = Agency("example", "示例局")
SENTENCES = st.lists(st.text(alphabet="公开申请收到件12，", min_size=3, max_size=12), max_size=6)


def report(year: int = 2023, overview: str = "", **figures: Any) -> AnnualReport:
    cells = {f"applications.{row}.company": figure for row, figure in figures.items()}
    return new_report(AGENCY, year, cells, narrative={"overview": overview})


def sentences(before: str, after: str) -> list[tuple[str, str, str]]:
    texts: tuple[TextChange, ...] = compared(report(2022, before), report(2023, after)).texts
    return [(one.kind, one.before, one.after) for text in texts for one in text.sentences]


def test_figures_are_compared_cell_by_cell_with_their_growth() -> None:
    told = compared(
        report(2022, received=40, granted=3, carried_in=1), report(2023, received=50, granted=0, carried_in=1)
    )
    changes = {change.address: (change.difference, change.share) for change in told.figures}
    assert changes["applications.received.company"] == (Decimal(10), Decimal("25.0"))
    assert changes["applications.granted.company"] == (Decimal(-3), None)  # of so few, a share says nothing
    assert "applications.carried_in.company" not in changes
    assert told.unchanged == 2  # and its total


def test_a_blank_is_not_a_0_and_an_amount_names_its_unit() -> None:
    one, other = report(2022), report(2023).replace({"applications.received.company": None})
    (change,) = (each for each in compared(one, other).figures if each.address == "applications.received.company")
    assert change.before == 0
    assert change.after is None
    assert change.difference == 0


def test_cells_of_one_edition_alone_are_left_out() -> None:
    old, new = report(2020, received=3), report(2021, received=4)
    assert {change.address for change in compared(old, new).figures} <= set(form_for(2020).cells) & set(
        form_for(2021).cells
    )


def test_sentences_are_kept_changed_moved_new_or_dropped() -> None:
    before = "全年收到申请20件。公开信息很多。开展培训两次。今后继续努力。"
    after = "今后继续努力。全年收到申请25件。公开信息很多。新建了一个专栏。"
    assert sorted(sentences(before, after)) == sorted(
        [
            ("moved", "今后继续努力。", "今后继续努力。"),
            ("changed", "全年收到申请20件。", "全年收到申请25件。"),
            ("kept", "公开信息很多。", "公开信息很多。"),
            ("dropped", "开展培训两次。", ""),
            ("new", "", "新建了一个专栏。"),
        ]
    )


def test_a_sentence_of_another_section_is_moved() -> None:
    one = new_report(AGENCY, 2022, narrative={"overview": "开展培训两次。", "problems": "仍有不足。"})
    other = new_report(AGENCY, 2023, narrative={"overview": "", "problems": "仍有不足。开展培训两次。"})
    assert [(text.section, [each.kind for each in text.sentences]) for text in compared(one, other).texts] == [
        ("problems", ["kept", "moved"])
    ]


def test_numbers_are_marked_whole_and_signs_of_markdown_are_no_text() -> None:
    ((kind, _, _),) = sentences("**收到20件**。", "收到20件。")
    assert kind == "kept"
    pieces = Sentence("changed", "收到20件，增长8.5%。", "收到25件，增长9.5%。").pieces()
    assert [piece for piece in pieces if piece[0] != "same"] == [
        *[("out", "20"), ("in", "25")],
        *[("out", "8.5%"), ("in", "9.5%")],
    ]


@given(SENTENCES, SENTENCES)
def test_every_sentence_of_both_is_told_once(before: list[str], after: list[str]) -> None:
    told = sentences("。".join([*before, ""]), "。".join([*after, ""]))
    words = [one.strip() + "。" for one in after if one.strip()]
    assert [later for kind, _, later in told if kind != "dropped"] == words
    for kind, earlier, later in told:
        spoken = list(Sentence(kind, earlier, later).pieces())
        assert "".join(piece for what, piece in spoken if what != "out") == later
        if kind == "changed":
            assert "".join(piece for what, piece in spoken if what != "in") == earlier


def test_the_part_marks_words_escapes_texts_and_leads_to_cells() -> None:
    one, other = report(2022, "收到<20>件。", received=20), report(2023, "收到<25>件。", received=25)
    part = compare(other, one)
    assert '<a href="#applications.received.company">' in part.html
    assert "<td>20</td><td>25</td><td>+5</td><td>+25.0%</td>" in part.html
    assert "收到&lt;<del>20</del><ins>25</ins>&gt;件。" in part.html
    assert re.search("与2022年度比较：2个数值不同，.*有改动1句。", repr(part))


def test_without_another_report_it_says_so_and_of_two_agencies_it_names_both() -> None:
    assert repr(compare(report(2023))) == "没有2022年度的报告，无法比较。"
    other = new_report(Agency("other", "另一局"), 2023)
    assert "与另一局2023年度比较" in compare(report(2023), other).html
    hostile = new_report(Agency("other", '"><script>'), 2023)
    assert "<script>" not in compare(report(2023), hostile).html
    assert "文字未变。" in compare(report(2023, "甲。"), report(2022, "甲。")).html

"""Tables taken apart into rows, and rows read into cells."""

from __future__ import annotations

from decimal import Decimal

import pytest

from intake.published import flattened
from reportkit.documents.document import Box, Grid
from reportkit.form import form_for
from reportkit.form.figures import KINDS, Amount
from reportkit.intake.published.cells import Said, is_blank, is_figure, read_cell
from reportkit.intake.published.pairing import Line, Row, read_table, rows_of
from reportkit.report import Agency, new_report

FORM = form_for(2023)
DISCLOSURE, APPLICATIONS, CHALLENGES = FORM.tables
COUNT, MONEY, AMOUNT, CHANGE = (KINDS[name] for name in ("count", "money", "amount", "change"))


# ------------------------------------------------------------------ cells


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("2", 2),
        ("２", 2),
        ("1,204", 1204),
        ("１，２０４", 1204),
        ("1 204", 1204),
        ("12'345'678", 12345678),
        ("2件", 2),
        (" 2 件 ", 2),
        ("2.0", 2),
        ("-3", -3),
        ("—3", -3),
        ("+3", 3),
        ("1.5", Decimal("1.5")),
        ("\u200b7\ufeff", 7),
        ("007", 7),
    ],
)
def test_a_count_is_read_as_it_is_meant(text, figure) -> None:
    assert read_cell(text, COUNT) == Said(figure)


@pytest.mark.parametrize("mark", ["-", "—", "——", "/", "无", "－", "／"])
def test_a_mark_for_none_is_0_and_remembered(mark) -> None:
    said = read_cell(mark, COUNT)
    assert said.figure == 0
    assert said.mark
    assert is_figure(mark)


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\u00a0", "\u200b"])
def test_a_blank_stays_blank(text) -> None:
    assert is_blank(text)
    assert read_cell(text, COUNT) == Said(None)


@pytest.mark.parametrize("text", ["1.属于国家秘密", "示例", "2件以上", "1,2", "1" * 40, "1.", "十二", "第3项"])
def test_words_are_no_figures(text) -> None:
    assert not is_figure(text)
    with pytest.raises(ValueError, match="no figure"):
        read_cell(text, COUNT)


@pytest.mark.parametrize(
    ("text", "kind", "label", "figure"),
    [
        ("2（含上年1件）", COUNT, "", 2),
        ("2*", COUNT, "", 2),
        ("3 8", COUNT, "", 38),
        ("5元", COUNT, "", 5),
        ("386500元", MONEY, "", Decimal("38.6500")),
        ("0.5亿元", MONEY, "", Decimal("5000")),
        ("38.65", AMOUNT, "采购总金额（万元）", Amount(Decimal("38.65"), "万元")),
        ("386500", AMOUNT, "采购总金额", Amount(Decimal(386500), "元")),
    ],
)
def test_what_had_to_be_assumed_is_said(text, kind, label, figure) -> None:
    said = read_cell(text, kind, label)
    assert said.figure == figure
    assert said.doubt
    assert said.sure < 1


@pytest.mark.parametrize(
    ("text", "kind", "figure"),
    [
        ("12.3400", MONEY, Decimal("12.3400")),
        ("1,234.5万元", MONEY, Decimal("1234.5")),
        ("386,500元", AMOUNT, Amount(Decimal(386500), "元")),
        ("38.65万元", AMOUNT, Amount(Decimal("38.65"), "万元")),
        ("0", AMOUNT, 0),
        ("-12", CHANGE, -12),
        ("－12", CHANGE, -12),
    ],
)
def test_money_and_changes_keep_what_they_state(text, kind, figure) -> None:
    assert read_cell(text, kind) == Said(figure)


# ------------------------------------------------------------------ rows


def rows(*texts):
    return list(rows_of(Line(text, f"line {at}") for at, text in enumerate(texts, 1)))


def test_a_line_with_separators_is_a_row() -> None:
    (row,) = rows("规章\t\t1\t2\t3")
    assert (row.labels, row.tail) == (("规章",), ("", "1", "2", "3"))
    (row,) = rows("| 规章 | 1 | | 3 |")
    assert (row.labels, row.tail) == (("规章",), ("1", "", "3"))


def test_the_rule_of_a_markdown_table_is_no_row() -> None:
    assert [row.labels for row in rows("| 规章 | 1 |", "| --- | :-: |", "| 行政许可 | 1 |")] == [
        ("规章",),
        ("行政许可",),
    ]


def test_cells_one_a_line_are_pieced_together() -> None:
    found = rows("信息内容", "本年制发件数", "规章", "1", "2", "行政许可", "3")
    assert [(row.labels[-1], row.tail) for row in found] == [("规章", ("1", "2")), ("行政许可", ("3",))]
    assert all(row.loose for row in found)


def test_a_line_of_words_and_figures_is_a_row() -> None:
    found = rows("规章 0 1 204", "0 0 0 0", "1 204")
    assert found[0].labels == ("规章",)
    assert found[0].tail == ("0", "1", "204", "0", "0", "0", "0", "1 204")


def test_a_long_sentence_ends_a_row() -> None:
    found = rows("规章", "示例" * 40, "1")
    assert found[-1].labels == ()


def test_a_grids_row_has_the_boxes_that_begin_in_it() -> None:
    stub = Box("三、本年度办理结果", rowspan=3)
    grid = Grid(((stub, Box("（一）予以公开"), Box("1"), None), (stub, Box("（二）部分公开"), Box(""), Box("2"))))
    first, second = rows_of([(grid, "table 1")])
    assert (first.labels, first.tail) == (("三、本年度办理结果", "（一）予以公开"), ("1",))
    assert (second.labels, second.tail, second.where) == (("（二）部分公开",), ("", "2"), "table 1, row 2")


# ------------------------------------------------------------------ tables


def table_rows(table=APPLICATIONS, figures=None):
    """The rows of a table in which each figure is a different number."""
    numbered = {cell.address: at + 1 for at, cell in enumerate(table.cells)}
    report = new_report(Agency("example", "示例局"), 2023, numbered | (figures or {}), form=FORM)
    return report, list(rows_of([(flattened.grid(flattened.printed(report, table)), "table 1")]))


def row_at(found, label):
    return next(at for at, row in enumerate(found) if row.labels and row.labels[-1] == label)


def relabelled(row, label):
    return Row((*row.labels[:-1], *([label] if label else [])), row.tail, row.where, row.width)


def test_a_whole_table_is_read_without_a_doubt() -> None:
    for table in FORM.tables:
        report, found = table_rows(table)
        reading = read_table(FORM, table, found)
        assert reading.figures == {cell.address: report[cell.address] for cell in table.cells}
        assert (reading.guesses, reading.missing) == ([], [])


def test_a_row_between_two_sure_ones_is_taken_by_its_place_and_said_so() -> None:
    report, found = table_rows()
    at = row_at(found, "3.危及“三安全一稳定”")
    found[at] = relabelled(found[at], "")
    reading = read_table(FORM, APPLICATIONS, found)
    address = "applications.refused.security_and_stability.company"
    assert reading.figures[address] == report[address]
    (guess,) = reading.guesses
    assert address in guess.cells
    assert guess.sure <= 0.5


def test_two_rows_for_one_place_are_left_out() -> None:
    _, found = table_rows()
    at = row_at(found, "3.危及“三安全一稳定”")
    found[at : at + 1] = [relabelled(found[at], "甲"), relabelled(found[at], "乙")]
    reading = read_table(FORM, APPLICATIONS, found)
    assert "applications.refused.security_and_stability.company" not in reading.figures
    assert any("三安全一稳定" in message and "not found" in message for message in reading.missing)


def test_two_rows_that_changed_places_are_not_read_silently() -> None:
    report, found = table_rows()
    one, other = row_at(found, "4.保护第三方合法权益"), row_at(found, "7.属于行政执法案卷")
    found[one], found[other] = (
        relabelled(found[one], found[other].labels[-1]),
        relabelled(found[other], found[one].labels[-1]),
    )
    reading = read_table(FORM, APPLICATIONS, found)
    doubted = {address for guess in reading.guesses for address in guess.cells}
    wrong = {a for a, figure in reading.figures.items() if figure != report[a]}
    assert wrong <= doubted
    assert "applications.refused.third_party_rights.company" not in set(reading.figures) - doubted


def test_a_row_under_another_groups_label_is_not_taken_by_its_place() -> None:
    _, found = table_rows()
    at = row_at(found, "1.本机关不掌握相关政府信息")
    found[at] = Row(("（五）不予处理",), found[at].tail, "", found[at].width)
    reading = read_table(FORM, APPLICATIONS, found)
    assert "applications.unavailable.not_held.company" not in reading.figures


def test_a_row_of_too_few_or_too_many_figures_is_left_out() -> None:
    _, found = table_rows()
    for label, change in (("2.重复申请", lambda tail: tail[:-1]), ("3.其他", lambda tail: (*tail, "9"))):
        at = row_at(found, label)
        found[at] = Row(found[at].labels, change(found[at].tail), "", found[at].width)
    reading = read_table(FORM, APPLICATIONS, found)
    assert "applications.not_processed.repeat.company" not in reading.figures
    assert "applications.other.other.company" not in reading.figures
    assert any("2.重复申请" in m and "6 figures stand where 7 belong" in m for m in reading.missing)
    assert any("3.其他" in m and "8 figures stand where 7 belong" in m for m in reading.missing)


def test_blanks_on_both_sides_are_told_by_the_other_rows() -> None:
    report, found = table_rows(figures={"applications.granted.total": None})
    padded = [Row(row.labels, ("", *row.tail), row.where, row.width + 1) if row.tail else row for row in found]
    reading = read_table(FORM, APPLICATIONS, padded)
    assert reading.figures["applications.granted.total"] is None
    assert reading.figures["applications.granted.other"] == report["applications.granted.other"]


def test_blanks_on_both_sides_are_left_out_where_nothing_tells() -> None:
    row = Row(("（一）予以公开",), ("", "1", "2", "3", "4", "5", "6", ""), "", 9)
    reading = read_table(FORM, APPLICATIONS, [row])
    assert not any(address.startswith("applications.granted") for address in reading.figures)


def test_columns_in_another_order_are_left_out() -> None:
    _, found = table_rows()
    head = next(at for at, row in enumerate(found) if "商业企业" in row.labels)
    labels = list(found[head].labels)
    labels[0], labels[1] = labels[1], labels[0]
    found[head] = Row(tuple(labels), (), "")
    reading = read_table(FORM, APPLICATIONS, found)
    assert reading.figures == {}
    assert all("another order" in message for message in reading.missing)


def test_a_table_without_a_head_is_read_by_position_and_said_so() -> None:
    report, found = table_rows(DISCLOSURE)
    reading = read_table(FORM, DISCLOSURE, [row for row in found if row.tail])
    assert reading.figures == {cell.address: report[cell.address] for cell in DISCLOSURE.cells}
    assert {address for guess in reading.guesses for address in guess.cells} == set(reading.figures)


def test_one_row_of_figures_is_read_whatever_its_head() -> None:
    report, found = table_rows(CHALLENGES)
    reading = read_table(FORM, CHALLENGES, found[-1:])
    assert reading.figures == {cell.address: report[cell.address] for cell in CHALLENGES.cells}
    (guess,) = reading.guesses
    assert "not recognised" in guess.said


def test_of_two_rows_of_figures_the_first_is_read_and_said_so() -> None:
    report, found = table_rows(CHALLENGES)
    reading = read_table(FORM, CHALLENGES, [*found, found[-1]])
    assert reading.figures["challenges.review.upheld"] == report["challenges.review.upheld"]
    assert any("2 rows" in guess.said for guess in reading.guesses)


@pytest.mark.parametrize(("one", "other"), [("行政复议", "未经复议直接起诉"), ("结果维持", "结果纠正")])
def test_one_row_of_figures_under_another_order_is_left_out(one, other) -> None:
    _, found = table_rows(CHALLENGES)
    swap = {one: other, other: one}
    changed = [Row(tuple(swap.get(label, label) for label in row.labels), row.tail, "") for row in found]
    reading = read_table(FORM, CHALLENGES, changed)
    assert reading.figures == {}
    assert any("another order" in message for message in reading.missing)


def test_a_table_meant_to_go_across_may_stand_row_by_row() -> None:
    head = Row(("情形", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计"), (), "")
    names = ["行政复议", "未经复议直接起诉", "复议后起诉"]
    lines = [Row((name,), tuple(map(str, range(at, at + 5))), "", 6) for at, name in enumerate(names)]
    reading = read_table(FORM, CHALLENGES, [head, *lines])
    assert reading.figures["challenges.litigation_direct.upheld"] == 1
    assert reading.figures["challenges.litigation_after_review.total"] == 6


def test_an_empty_row_of_a_table_across_is_blank() -> None:
    found = [Row((), ("",) * 15, "", 15)]
    assert set(read_table(FORM, CHALLENGES, found).figures.values()) == {None}


def test_nothing_is_read_where_nothing_is() -> None:
    for table in FORM.tables:
        reading = read_table(FORM, table, [])
        assert reading.figures == {}
        assert reading.missing

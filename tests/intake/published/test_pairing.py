"""Rows of a document paired with those of the form, and read into its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from intake.published import flattened
from reportkit.form import Table, form_for
from reportkit.form.figures import Figure
from reportkit.intake.published.pairing import read_table
from reportkit.intake.published.rows import Row, rows_of
from reportkit.intake.published.tables import PublishedTable
from reportkit.report import Agency, AnnualReport, new_report
from reportkit.text import squeezed

FORM = form_for(2023)
DISCLOSURE, APPLICATIONS, CHALLENGES = FORM.tables


def table_rows(
    table: Table = APPLICATIONS, figures: Mapping[str, Figure] | None = None
) -> tuple[AnnualReport, list[Row]]:
    """The rows of a table in which each figure is a different number."""
    numbered: dict[str, Figure] = {cell.address: at + 1 for at, cell in enumerate(table.cells)}
    report = new_report(Agency("example", "示例局"), 2023, numbered | dict(figures or {}), form=FORM)
    return report, list(rows_of([(flattened.grid(flattened.printed(report, table)), "table 1")]))


def row_at(found: Sequence[Row], label: str) -> int:
    return next(at for at, row in enumerate(found) if row.labels and row.labels[-1] == label)


def relabelled(row: Row, label: str) -> Row:
    return Row((*row.labels[:-1], *([label] if label else [])), row.tail, row.where, row.width)


def test_a_whole_table_is_read_without_a_doubt() -> None:
    for table in FORM.tables:
        report, found = table_rows(table)
        read = read_table(FORM, table, found)
        assert read.figures == {cell.address: report[cell.address] for cell in table.cells}
        assert (read.guesses, read.missing) == ([], [])


def test_a_row_between_two_sure_ones_is_taken_by_its_place_and_said_so() -> None:
    report, found = table_rows()
    at = row_at(found, "3.危及“三安全一稳定”")
    found[at] = relabelled(found[at], "")
    read = read_table(FORM, APPLICATIONS, found)
    address = "applications.refused.security_and_stability.company"
    assert read.figures[address] == report[address]
    (guess,) = read.guesses
    assert address in guess.cells
    assert guess.sure <= 0.5


def test_two_rows_for_one_place_are_left_out() -> None:
    _, found = table_rows()
    at = row_at(found, "3.危及“三安全一稳定”")
    found[at : at + 1] = [relabelled(found[at], "甲"), relabelled(found[at], "乙")]
    read = read_table(FORM, APPLICATIONS, found)
    assert "applications.refused.security_and_stability.company" not in read.figures
    assert any("三安全一稳定" in message and "not found" in message for message in read.missing)


def test_two_rows_that_changed_places_are_not_read_silently() -> None:
    report, found = table_rows()
    one, other = row_at(found, "4.保护第三方合法权益"), row_at(found, "7.属于行政执法案卷")
    found[one], found[other] = (
        relabelled(found[one], found[other].labels[-1]),
        relabelled(found[other], found[one].labels[-1]),
    )
    read = read_table(FORM, APPLICATIONS, found)
    doubted = {address for guess in read.guesses for address in guess.cells}
    wrong = {a for a, figure in read.figures.items() if figure != report[a]}
    assert wrong <= doubted
    assert "applications.refused.third_party_rights.company" not in set(read.figures) - doubted


def test_a_row_under_another_groups_label_is_not_taken_by_its_place() -> None:
    _, found = table_rows()
    at = row_at(found, "1.本机关不掌握相关政府信息")
    found[at] = Row(("（五）不予处理",), found[at].tail, "", found[at].width)
    read = read_table(FORM, APPLICATIONS, found)
    assert "applications.unavailable.not_held.company" not in read.figures


def test_a_row_of_too_few_or_too_many_figures_is_left_out() -> None:
    _, found = table_rows()
    short, long = row_at(found, "2.重复申请"), row_at(found, "3.其他")
    found[short] = replace(found[short], tail=found[short].tail[:-1])
    found[long] = replace(found[long], tail=(*found[long].tail, "9"))
    read = read_table(FORM, APPLICATIONS, found)
    assert "applications.not_processed.repeat.company" not in read.figures
    assert "applications.other.other.company" not in read.figures
    assert any("2.重复申请" in m and "6 figures stand where 7 belong" in m for m in read.missing)
    assert any("3.其他" in m and "8 figures stand where 7 belong" in m for m in read.missing)


def test_blanks_on_both_sides_are_told_by_the_other_rows() -> None:
    report, found = table_rows(figures={"applications.granted.total": None})
    padded = [Row(row.labels, ("", *row.tail), row.where, row.width + 1) if row.tail else row for row in found]
    read = read_table(FORM, APPLICATIONS, padded)
    assert read.figures["applications.granted.total"] is None
    assert read.figures["applications.granted.other"] == report["applications.granted.other"]


def test_blanks_on_both_sides_are_left_out_where_nothing_tells() -> None:
    row = Row(("（一）予以公开",), ("", "1", "2", "3", "4", "5", "6", ""), "", 9)
    read = read_table(FORM, APPLICATIONS, [row])
    assert not any(address.startswith("applications.granted") for address in read.figures)


def test_columns_in_another_order_are_left_out() -> None:
    _, found = table_rows()
    head = next(at for at, row in enumerate(found) if "商业企业" in row.labels)
    labels = list(found[head].labels)
    labels[0], labels[1] = labels[1], labels[0]
    found[head] = Row(tuple(labels), (), "")
    read = read_table(FORM, APPLICATIONS, found)
    assert read.figures == {}
    assert all("another order" in message for message in read.missing)


def test_a_table_without_a_head_is_read_by_position_and_said_so() -> None:
    report, found = table_rows(DISCLOSURE)
    read = read_table(FORM, DISCLOSURE, [row for row in found if row.tail])
    assert read.figures == {cell.address: report[cell.address] for cell in DISCLOSURE.cells}
    assert {address for guess in read.guesses for address in guess.cells} == set(read.figures)


def test_one_row_of_figures_is_read_whatever_its_head() -> None:
    report, found = table_rows(CHALLENGES)
    read = read_table(FORM, CHALLENGES, found[-1:])
    assert read.figures == {cell.address: report[cell.address] for cell in CHALLENGES.cells}
    (guess,) = read.guesses
    assert "not recognised" in guess.said


def test_of_two_rows_of_figures_the_first_is_read_and_said_so() -> None:
    report, found = table_rows(CHALLENGES)
    read = read_table(FORM, CHALLENGES, [*found, found[-1]])
    assert read.figures["challenges.review.upheld"] == report["challenges.review.upheld"]
    assert any("2 rows" in guess.said for guess in read.guesses)


@pytest.mark.parametrize(("one", "other"), [("行政复议", "未经复议直接起诉"), ("结果维持", "结果纠正")])
def test_one_row_of_figures_under_another_order_is_left_out(one: str, other: str) -> None:
    _, found = table_rows(CHALLENGES)
    swap = {one: other, other: one}
    changed = [Row(tuple(swap.get(label, label) for label in row.labels), row.tail, "") for row in found]
    read = read_table(FORM, CHALLENGES, changed)
    assert read.figures == {}
    assert any("another order" in message for message in read.missing)


def test_a_table_meant_to_go_across_may_stand_row_by_row() -> None:
    head = Row(("情形", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计"), (), "")
    names = ["行政复议", "未经复议直接起诉", "复议后起诉"]
    lines = [Row((name,), tuple(map(str, range(at, at + 5))), "", 6) for at, name in enumerate(names)]
    read = read_table(FORM, CHALLENGES, [head, *lines])
    assert read.figures["challenges.litigation_direct.upheld"] == 1
    assert read.figures["challenges.litigation_after_review.total"] == 6


def test_an_empty_row_of_a_table_across_is_blank() -> None:
    found = [Row((), ("",) * 15, "", 15)]
    assert set(read_table(FORM, CHALLENGES, found).figures.values()) == {None}


def test_nothing_is_read_where_nothing_is() -> None:
    for table in FORM.tables:
        read = read_table(FORM, table, [])
        assert read.figures == {}
        assert read.missing


# ------------------------------------------------------------------ how sure a row is


def doubts(read: PublishedTable) -> dict[str, float]:
    """How sure each row is of which there is a doubt, by its key."""
    keys = {cell.address: cell.row for cell in (*APPLICATIONS.cells, *DISCLOSURE.cells)}
    return {keys[address]: guess.sure for guess in read.guesses for address in guess.cells}


def with_label(label: str, *said: str) -> tuple[AnnualReport, PublishedTable]:
    """Table three with other labels in place of one of its own."""
    report, found = table_rows()
    at = row_at(found, label)
    found[at] = Row((*found[at].labels[:-1], *said), found[at].tail, "", found[at].width)
    return report, read_table(FORM, APPLICATIONS, found)


@pytest.mark.parametrize(
    ("said", "sure"),
    [
        (("6.属于四类过程性信息",), None),
        (("6、属于四类过程性信息",), None),
        (("6.属于四类", "过程性信息"), None),
        (("6.属于四类过程信息",), 0.95),
        (("6.属于四类", "过程信息"), 0.95),
        (("属于四类过程性信息",), None),
        (("属于四类过程信息",), 0.76),
        (("9.属于四类过程性信息",), 0.8),
    ],
)
def test_a_row_is_as_sure_as_its_label(said: tuple[str, ...], sure: float | None) -> None:
    report, read = with_label("6.属于四类过程性信息", *said)
    (key,) = {cell.row for cell in APPLICATIONS.cells if "过程性信息" in cell.label}
    assert read.figures[f"applications.{key}.company"] == report[f"applications.{key}.company"]
    found = doubts(read)
    assert set(found) == ({key} if sure else set())
    assert found.get(key) == (pytest.approx(sure, abs=0.03) if sure else None)
    assert all(value == round(value, 2) for value in found.values())


@pytest.mark.parametrize("other", ["规章", "行政许可", "结果维持", "自然人", "2.重复申请"])
def test_the_label_of_another_row_or_table_names_no_row(other: str) -> None:
    _, read = with_label("6.属于四类过程性信息", other)
    assert not any(f"“{other}”" in guess.said and guess.sure > 0.5 for guess in read.guesses)
    assert doubts(read).get("refused.state_secret") is None
    (key,) = {cell.row for cell in APPLICATIONS.cells if "过程性信息" in cell.label}
    if f"applications.{key}.company" in read.figures:
        assert doubts(read)[key] <= 0.5


FIRST, LAST = "一、本年新收政府信息公开申请数量", "四、结转下年度继续办理"


@pytest.mark.parametrize("edge", [FIRST, LAST])
@pytest.mark.parametrize("label", ["", "示例"])
def test_a_row_too_many_at_the_edge_makes_its_neighbour_doubtful(edge: str, label: str) -> None:
    report, found = table_rows()
    at = row_at(found, edge)
    (key,) = {cell.row for cell in APPLICATIONS.cells if squeezed(edge) in squeezed(cell.label)}
    found.insert(at if edge == FIRST else at + 1, Row((label,) if label else (), found[at].tail, "", found[at].width))
    read = read_table(FORM, APPLICATIONS, found)
    assert doubts(read) == {key: 0.6}
    assert read.figures[f"applications.{key}.company"] == report[f"applications.{key}.company"]


@pytest.mark.parametrize("edge", [FIRST, LAST])
def test_a_row_of_another_table_or_another_width_or_of_blanks_is_none_too_many(edge: str) -> None:
    foreign = ((("规章",), None), (("示例", "规章"), None), (("示例",), ("1",)), (("示例",), ("",) * 7))
    for labels, tail in foreign:
        _, found = table_rows()
        at = row_at(found, edge)
        row = Row(labels, tail or found[at].tail, "", found[at].width)
        found.insert(at if edge == FIRST else at + 1, row)
        assert doubts(read_table(FORM, APPLICATIONS, found)) == {}, labels


@pytest.mark.parametrize("before", range(1, 24))
def test_a_row_too_many_within_the_table_makes_both_neighbours_doubtful(before: int) -> None:
    report, found = table_rows()
    rows = [at for at, row in enumerate(found) if row.tail]
    found.insert(rows[before], Row(("示例",), ("9",) * 7, "", 8))
    read = read_table(FORM, APPLICATIONS, found)
    keys = list(dict.fromkeys(cell.row for cell in APPLICATIONS.cells))
    doubtful = doubts(read)
    assert (doubtful.pop(keys[before - 1]), doubtful.pop(keys[before])) == (0.6, 0.6)
    # A row between it and the table's edge stands alone now.
    assert set(doubtful) <= {keys[0], keys[-1]}
    assert all(read.figures[cell.address] == report[cell.address] for cell in APPLICATIONS.cells)


def test_a_row_alone_is_not_certain() -> None:
    report, found = table_rows()
    (only,) = [row for row in found if row.labels and row.labels[-1] == "2.重复申请" and row.tail]
    read = read_table(FORM, APPLICATIONS, [only])
    assert doubts(read)["not_processed.repeat"] <= 0.8
    assert (
        read.figures["applications.not_processed.repeat.company"] == report["applications.not_processed.repeat.company"]
    )
    assert any("2.重复申请" in guess.what and guess.sure == 0.8 for guess in read.guesses)


KEYS = list(dict.fromkeys(cell.row for cell in APPLICATIONS.cells))


@pytest.mark.parametrize("label", ["", "示例"])
@pytest.mark.parametrize("at", range(1, len(KEYS) - 1))
def test_any_row_between_two_sure_ones_is_taken_by_its_place_with_a_doubt(at: int, label: str) -> None:
    report, found = table_rows()
    place = [place for place, row in enumerate(found) if row.tail][at]
    found[place] = Row((label,) if label else (), found[place].tail, "", found[place].width)
    read = read_table(FORM, APPLICATIONS, found)
    assert {cell.address: read.figures[cell.address] for cell in APPLICATIONS.cells} == {
        cell.address: report[cell.address] for cell in APPLICATIONS.cells
    }
    assert doubts(read)[KEYS[at]] == 0.5
    (guess,) = [guess for guess in read.guesses if guess.sure == 0.5]
    assert str(guess.said) == (f"labelled “{label}”" if label else "taken by its position, without a label")


@pytest.mark.parametrize("label", ["7.属于行政执法案巻", "3.要求提供公开出版勿", "规章", "行政许可", "结果维持"])
def test_a_row_whose_label_is_like_anothers_is_not_taken_by_its_place(label: str) -> None:
    _, read = with_label("4.保护第三方合法权益", label)
    (key,) = {cell.row for cell in APPLICATIONS.cells if "4.保护第三方" in cell.label}
    assert f"applications.{key}.company" not in read.figures
    assert any("4.保护第三方" in message for message in read.missing)


def test_a_row_keeps_the_words_of_its_label() -> None:
    _, read = with_label("6.属于四类过程性信息", "示例", "6.属于四类过程信息")
    assert read.wording["6.属于四类过程性信息"] == "6.属于四类过程信息"
    _, blank = with_label("6.属于四类过程性信息")
    assert "6.属于四类过程性信息" not in blank.wording


def test_a_row_of_blanks_is_blank() -> None:
    report, found = table_rows()
    at = row_at(found, "2.重复申请")
    found[at] = replace(found[at], tail=("",) * len(found[at].tail))
    read = read_table(FORM, APPLICATIONS, found)
    blank = {cell.address for cell in APPLICATIONS.cells if cell.row == "not_processed.repeat"}
    assert {address for address, figure in read.figures.items() if figure is None} == blank
    assert len(read.figures) == len(APPLICATIONS.cells)
    assert (doubts(read), read.missing) == ({}, [])
    assert report["applications.granted.company"] == read.figures["applications.granted.company"]


# ------------------------------------------------------------------ heads


def test_a_head_in_the_first_row_counts() -> None:
    _, found = table_rows()
    head = next(at for at, row in enumerate(found) if "商业企业" in row.labels)
    labels = list(found[head].labels)
    labels[0], labels[1] = labels[1], labels[0]
    first = [Row(tuple(labels), (), ""), *(row for row in found if row.tail)]
    assert read_table(FORM, APPLICATIONS, first).figures == {}


@pytest.mark.parametrize(("between", "counts"), [(6, True), (7, False)])
def test_a_head_stands_close_above(between: int, counts: bool) -> None:
    _, found = table_rows()
    swapped = Row(("科研机构", "商业企业"), (), "")
    lines = [swapped, *(Row(("示例", "样例"), (), "") for _ in range(between)), *(row for row in found if row.tail)]
    assert (read_table(FORM, APPLICATIONS, lines).figures == {}) == counts


def test_a_column_that_is_not_recognised_makes_its_figures_doubtful_and_no_other() -> None:
    _, found = table_rows()
    head = next(at for at, row in enumerate(found) if "商业企业" in row.labels)
    said = {"商业企业": "商业企亚", "科研机构": "ＸＹＺ"}
    found[head] = Row(tuple(said.get(label, label) for label in found[head].labels), (), "")
    read = read_table(FORM, APPLICATIONS, found)
    near, unlike = read.guesses
    columns = [
        {cell.column_label for cell in APPLICATIONS.cells if cell.address in guess.cells} for guess in read.guesses
    ]
    assert columns == [{"商业企业"}, {"科研机构"}]
    assert [len(guess.cells) for guess in read.guesses] == [len(KEYS)] * 2
    assert (near.sure, unlike.sure) == (0.75, 0.6)
    assert "labelled “商业企亚”" in near.said
    assert read.wording["商业企业"] == "商业企亚"
    assert "科研机构" not in read.wording


# ------------------------------------------------------------------ groups and single lines


def whole_group(label: str, *labels: str) -> tuple[PublishedTable, set[str]]:
    """Table three with one row in place of a group, and the rows of that group."""
    _, found = table_rows()
    keys = {cell.row for cell in APPLICATIONS.cells if f"“{label} " in cell.label}
    assert keys
    places = [at for at, row in enumerate(found) if row.tail]
    inside = [at for at, key in zip(places, KEYS, strict=True) if key in keys]
    found[inside[0] : inside[-1] + 1] = [Row((*labels, label), tuple("1234567"), "here", 8)]
    return read_table(FORM, APPLICATIONS, found), keys


def test_a_group_with_an_item_for_all_else_may_be_one_row() -> None:
    read, keys = whole_group("（六）其他处理", "三、本年度办理结果")
    assert [read.figures.get(f"applications.other.other.{cell.column}") for cell in APPLICATIONS.cells[:7]] == [
        *range(1, 8)
    ]
    (guess,) = [guess for guess in read.guesses if guess.where == "here"]
    assert guess.sure == 0.6
    assert guess.said.startswith("stated in one row, “（六）其他处理”, where the form has 3")
    assert {key for key in keys if f"applications.{key}.total" in read.figures} == {"other.other"}


@pytest.mark.parametrize("label", ["（三）不予公开", "（四）无法提供", "（五）不予处理"])
def test_a_group_without_an_item_for_all_else_is_not_read_from_one_row(label: str) -> None:
    read, keys = whole_group(label)
    assert not any(address.startswith(f"applications.{key}.") for address in read.figures for key in keys)


def loose_rows() -> list[Row]:
    _, found = table_rows(DISCLOSURE)
    return [replace(row, loose=True) if row.tail else row for row in found]


def test_single_lines_of_a_whole_table_are_no_doubt() -> None:
    assert read_table(FORM, DISCLOSURE, loose_rows()).guesses == []


def test_of_single_lines_the_row_before_one_that_was_not_found_is_doubtful() -> None:
    found = loose_rows()
    gone = row_at(found, "行政规范性文件")
    read = read_table(FORM, DISCLOSURE, found[:gone] + found[gone + 1 :])
    assert [guess.sure for guess in read.guesses if "the row after it was not found" in guess.said] == [0.7]
    assert any("“行政规范性文件”" in message for message in read.missing)

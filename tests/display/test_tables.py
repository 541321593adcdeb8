from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings

from reportkit.display import tables
from reportkit.form import editions, form_for
from reportkit.form.figures import Amount, Figure, figure_text
from reportkit.form.layout import LabelBox, layout_of
from reportkit.report import Agency, AnnualReport, new_report
from strategies import reports

EVERY_TABLE = [(form.first_year, table.key) for form in editions().values() for table in form.tables]


class Grid(HTMLParser):
    """The boxes of a table, line by line, each with its text, attributes and tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.groups: list[list[list[dict[str, Any]]]] = []
        self.caption = ""
        self.box: dict[str, Any] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag = tag
        if tag in ("thead", "tbody"):
            self.groups.append([])
        elif tag == "tr":
            self.groups[-1].append([])
        elif tag in ("td", "th"):
            self.box = {"tag": tag, "text": "", **dict(attrs)}
            self.groups[-1][-1].append(self.box)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.box = None

    def handle_data(self, data: str) -> None:
        if self.box is not None:
            self.box["text"] += data
        elif self.tag in ("caption", "span"):
            self.caption += data.strip()

    @property
    def boxes(self) -> list[dict[str, Any]]:
        return [box for group in self.groups for line in group for box in line]


def example(year: int, **figures: Figure) -> AnnualReport:
    return new_report(Agency("example", "示例局"), year, figures)


@pytest.mark.parametrize(("year", "key"), EVERY_TABLE)
def test_spans_cover_a_full_rectangle(year: int, key: str) -> None:
    for group in Grid(tables.table(example(year), key).html).groups:
        covered: dict[tuple[int, int], int] = {}
        for row, line in enumerate(group):
            column = 0
            for box in line:
                while (row, column) in covered:
                    column += 1
                for down in range(int(box.get("rowspan", 1))):
                    for right in range(int(box.get("colspan", 1))):
                        assert covered.setdefault((row + down, column + right), id(box)) == id(box)
        width = layout_of(form_for(year).table(key)).width
        assert set(covered) == {(row, column) for row in range(len(group)) for column in range(width)}


@pytest.mark.parametrize(("year", "key"), EVERY_TABLE)
def test_labels_stand_to_the_letter_with_their_scope(year: int, key: str) -> None:
    layout = layout_of(form_for(year).table(key))
    lines = [*layout.head, *(line for body in layout.bodies for line in body)]
    declared = [(box.label, box.scope) for line in lines for box in line if isinstance(box, LabelBox)]
    shown = [box for box in Grid(tables.table(example(year), key).html).boxes if "id" not in box]
    assert [(box["text"], box.get("scope", "")) for box in shown] == declared
    assert all((box["tag"] == "th") == ("scope" in box) for box in shown)


@pytest.mark.parametrize(("year", "key"), EVERY_TABLE)
def test_every_cell_can_be_linked_to_by_its_address(year: int, key: str) -> None:
    boxes = Grid(tables.table(example(year), key).html).boxes
    assert [box["id"] for box in boxes if "id" in box] == [cell.address for cell in form_for(year).table(key).cells]


@settings(max_examples=25, deadline=None)
@given(reports())
def test_figures_stand_digit_by_digit(report: AnnualReport) -> None:
    for key in (table.key for table in report.form.tables):
        for box in Grid(tables.table(report, key).html).boxes:
            if "id" in box:
                assert box["text"] == figure_text(report[box["id"]])


def test_a_blank_is_an_empty_cell_and_a_long_number_is_grouped_without_separators() -> None:
    figures = {
        "disclosure.regulations.issued": None,
        "disclosure.regulations.in_force": 1234,
        "disclosure.licences.decisions": 11398889,
        "disclosure.fees.amount": Decimal("316441.0500"),
    }
    html = tables.disclosure(example(2023, **figures)).html
    assert '<td id="disclosure.regulations.issued"></td>' in html
    gap = '<span class="rk-group">{}</span>'
    assert '<td id="disclosure.regulations.in_force">1234</td>' in html
    millions = "11" + gap.format("398") + gap.format("889")
    assert f'<td id="disclosure.licences.decisions" colspan="3">{millions}</td>' in html
    assert f">316{gap.format('441')}.0500</td>" in html


def test_a_sum_of_money_keeps_its_unit_and_the_digits_behind_its_point() -> None:
    html = tables.disclosure(
        example(2020, **{"disclosure.procurement.amount": Amount(Decimal("1386500.12345"), "元")})
    ).html
    assert '>1<span class="rk-group">386</span><span class="rk-group">500</span>.12345元</td>' in html


def test_labels_of_rows_know_their_column_of_the_stub() -> None:
    columns = {"rk-stub": 0, "rk-stub rk-stub-2": 1, "rk-stub rk-stub-3": 2}
    found = {
        box["text"]: columns[box["class"].removesuffix(" rk-pieces")]
        for box in Grid(tables.applications(example(2023)).html).boxes
        if "rk-stub" in box.get("class", "")
    }
    assert found["一、本年新收政府信息公开申请数量"] == found["三、本年度办理结果"] == 0
    assert found["（一）予以公开"] == found["（三）不予公开"] == found["（七）总计"] == 1
    assert found["1.属于国家秘密"] == found["8.属于行政查询事项"] == 2
    assert "申请人情况" not in found
    assert 'class="rk-stub' not in tables.challenges(example(2023)).html


def test_a_span_of_one_is_left_out() -> None:
    html = "".join(tables.table(example(year), key).html for year, key in EVERY_TABLE)
    assert 'span="1"' not in html


def test_the_caption_is_the_title_of_the_section() -> None:
    report = example(2023)
    assert Grid(tables.applications(report).html).caption == "收到和处理政府信息公开申请情况"
    assert Grid(tables.challenges(report).html).caption == "政府信息公开行政复议、行政诉讼情况"
    assert repr(tables.disclosure(report)).startswith("表二 主动公开政府信息情况：示例局2023年")


def test_all_tables_together_leave_room_on_a_page_of_150_kilobytes() -> None:
    figures = {address: 12_345_678 for address in form_for(2023).entries if address.startswith("applications")}
    html = "".join(tables.table(example(2023, **figures), table.key).html for table in form_for(2023).tables)
    assert len(html.encode()) < 40_000


def test_a_form_s_hostile_label_is_escaped() -> None:
    form = form_for(2023)
    challenges = form.table("challenges")
    (block,) = challenges.blocks
    rows = (replace(block.rows[0], label="<script>"), *block.rows[1:])
    hostile = replace(challenges, blocks=(replace(block, rows=rows),))
    report = new_report(
        Agency("example", "示例局"), 2023, form=replace(form, tables=(*form.tables[:-1], hostile), identities=())
    )
    html = tables.challenges(report).html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_table_that_the_edition_lacks_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        tables.table(example(2023), "nothing")

"""A report's figures as data for programs."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from string import printable

from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.form.figures import Amount, figure_text
from reportkit.publish.columns import AGENCIES, CLAIMS, FIGURES
from reportkit.publish.data import as_csv, as_json, figure_rows, report_data
from reportkit.report import Agency, AnnualReport, new_report
from strategies import reports

BODY = Agency("a", "示例局", parent="b")


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def of(report: AnnualReport, address: str) -> dict[str, object]:
    return next(row for row in figure_rows(report) if row["address"] == address)


@given(reports())
@settings(max_examples=20)
def test_a_csv_file_holds_every_figure_of_a_report(report: AnnualReport) -> None:
    rows = read(as_csv(figure_rows(report)))
    assert list(rows[0]) == [column.name for column in FIGURES.columns]
    assert {row["address"]: row["text"] for row in rows} == {
        address: figure_text(figure) for address, figure in report.all_figures.items()
    }


@given(st.text(st.sampled_from(printable + "局，。“”"), max_size=20).filter(lambda name: "\r" not in name))
def test_any_text_is_read_back_as_it_is(name: str) -> None:
    assert [row["name"] for row in read(as_csv([{"name": name}], AGENCIES))] == [name]


def test_a_csv_file_begins_with_the_mark_by_which_excel_knows_its_encoding() -> None:
    assert as_csv([]).startswith(b"\xef\xbb\xbfagency,")


def test_values_of_money_are_in_one_unit_and_their_text_as_stated() -> None:
    report = new_report(BODY, 2020, {"disclosure.procurement.amount": Amount(Decimal("38.65"), "万元")})
    assert [of(report, "disclosure.procurement.amount")[name] for name in ("value", "unit", "text", "kind")] == [
        "386500.00",
        "元",
        "38.65万元",
        "amount",
    ]
    report = new_report(BODY, 2023, {"disclosure.fees.amount": Decimal("38.6500")})
    assert [of(report, "disclosure.fees.amount")[name] for name in ("value", "unit", "text")] == [
        "38.6500",
        "万元",
        "38.6500",
    ]


def test_a_row_says_where_its_figure_comes_from() -> None:
    report = new_report(BODY, 2023, declared={"applications.received.total": 3})
    sources = {
        address: of(report, f"applications.{address}")["source"] for address in ("received.total", "total.total")
    }
    assert sources == {"received.total": "stated", "total.total": "computed"}
    assert of(report, "applications.received.company")["source"] == "default"


def test_rows_and_columns_with_a_part_to_play_are_known_in_every_edition() -> None:
    for year in (2020, 2023):
        roles = {(row["table"], row["role"]) for row in figure_rows(new_report(BODY, year)) if row["role"]}
        assert roles == {
            ("applications", "received"),
            ("applications", "carried_in"),
            ("applications", "carried_out"),
            ("challenges", "pending"),
        }
        rows = list(figure_rows(new_report(BODY, year)))
        assert {row["column"] == "pending" for row in rows if row["table"] == "challenges" and row["role"]} == {True}
        assert {bool(row["role"]) for row in rows if row["column"] == "pending"} == {True}
        assert {row["row"] for row in rows if row["role"] == "carried_out"} == {"carried_out"}


def test_json_is_written_for_people_to_read_and_holds_whatever_is_typed() -> None:
    assert as_json({"甲": ["\ud800"]}).decode() == '{\n "甲": [\n  "?"\n ]\n}\n'


def test_a_column_says_its_type_and_how_exact_its_numbers_are() -> None:
    (value,) = (column for column in FIGURES.columns if column.name == "value")
    assert value.sql == "DECIMAL(38, 10)"
    assert "整数超过28位或者小数超过10位的也为空" in value.description
    assert {column.sql == column.nested for column in CLAIMS.columns if column.nested} == {True}
    assert {column.sql for column in AGENCIES.columns} <= {"VARCHAR", "BIGINT", "BOOLEAN"}


def test_a_report_s_figures_name_it_and_what_its_source_states() -> None:
    report = new_report(BODY, 2023, {"disclosure.fees.amount": Decimal("38.6500")}, published=date(2024, 1, 19))
    stated = report.replace({"applications.received.total": 3, "applications.granted.company": None})
    data = report_data(stated)
    assert (data["agency"], data["year"], data["published"], data["declared"]) == (
        "a", 2023, "2024-01-19", {"applications.received.total": 3}
    )  # fmt: skip
    figures = ("disclosure.fees.amount", "applications.received.total", "applications.granted.company")
    assert [data["figures"][address] for address in figures] == ["38.6500", 3, None]
    assert report_data(report.replace(published=None))["published"] is None

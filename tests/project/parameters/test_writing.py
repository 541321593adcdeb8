"""Writing parameter files: what is written is read back the same, and an existing file keeps what the user wrote."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from project.parameters.files import AGENCY, read
from reportkit.form import form_for
from reportkit.project.parameters import TypedError, UnwritableError, new_parameters, read_parameters, write_parameters
from reportkit.report import AnnualReport, Waiver, new_report
from reportkit.text import storable
from strategies import reports

TYPED = """\
# 本文件由示例科填写
agency: office
year: 2023

applications:   # 第三部分
  一、本年新收政府信息公开申请数量: {自然人: 2}   # 来自台账
  refused.state_secret: {company: 1}
  unavailable:
  granted: {natural_person: 2, total: 2}
narrative:
  # 先写成绩
  总体情况: |
    原文。
"""


def test_a_blank_file_holds_every_cell_an_official_fills_in_and_reads_as_zeros(tmp_path: Path) -> None:
    for year in (2020, 2023):
        form = form_for(year)
        text = new_parameters(new_report(AGENCY, year), schema="../x.json")
        report = read(tmp_path, text, year)
        assert report == new_report(AGENCY, year)
        assert set(report.places) - set(report.narrative) == set(form.entries)
        assert text.startswith("# yaml-language-server: $schema=../x.json\n")


@given(st.sampled_from([2019, 2020, 2021, 2023]).flatmap(reports))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=30
)
def test_a_report_written_and_read_is_the_same(tmp_path: Path, report: AnnualReport) -> None:
    path = tmp_path / "report.yaml"
    path.unlink(missing_ok=True)
    write_parameters(report, path)
    again = read_parameters(path, report.agency, report.year)
    assert again == report
    assert list(map(str, again.all_figures.values())) == list(map(str, report.all_figures.values()))


@given(st.data())
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=20)
def test_a_report_written_over_another_is_the_new_one(tmp_path: Path, data: st.DataObject) -> None:
    before, after = data.draw(reports(2023)), data.draw(reports(2023))
    after = after.replace(agency=before.agency)
    path = tmp_path / "report.yaml"
    path.unlink(missing_ok=True)
    write_parameters(before, path)
    write_parameters(after, path)
    assert read_parameters(path, before.agency, 2023) == after


def test_comments_order_and_spelling_stay_when_a_figure_changes(tmp_path: Path) -> None:
    report = read(tmp_path, TYPED)
    path = tmp_path / "office.yaml"
    write_parameters(
        report.replace(
            {
                "applications.received.natural_person": 7,
                "applications.received.company": 8,
                "applications.refused.state_secret.company": 9,
                "applications.refused.forbidden_by_law.other": 4,
                "applications.unavailable.not_held.company": 5,
                "applications.granted.total": 3,
            },
            narrative={"overview": "新文。\n"},
            published=date(2024, 1, 9),
            waivers=(Waiver("T3-ROWSUM", "待更正", "示例科", cells=("applications.granted.total",)),),
        ),
        path,
    )
    text = path.read_text(encoding="utf-8")
    for kept in (
        "# 本文件由示例科填写\n",
        "# 第三部分\n",
        "# 来自台账\n",
        "# 先写成绩\n",
        "  总体情况: |\n    新文。\n",
    ):
        assert kept in text
    assert "一、本年新收政府信息公开申请数量: {自然人: 7, company: 8}" in text
    assert "refused.state_secret: {company: 9}" in text
    assert "granted: {natural_person: 2, total: 3}" in text
    again = read_parameters(path, AGENCY, 2023)
    assert again["applications.refused.forbidden_by_law.other"] == 4
    assert again["applications.unavailable.not_held.company"] == 5
    assert again["applications.unavailable.not_held.other"] is None
    assert again["applications.unavailable.needs_creation.company"] is None
    assert again.published == date(2024, 1, 9)
    assert again.waivers[0].cells == ("applications.granted.total",)


def test_a_total_no_longer_stated_is_taken_out(tmp_path: Path) -> None:
    report = read(tmp_path, TYPED + "declared: {applications: {total: {company: 1}}}\n")
    path = tmp_path / "office.yaml"
    write_parameters(report.replace(declared={}), path)
    assert not read_parameters(path, AGENCY, 2023).declared
    assert "company: 1" not in path.read_text(encoding="utf-8").partition("declared")[2]
    assert "granted: {natural_person: 2}" in path.read_text(encoding="utf-8")


def test_an_empty_file_can_be_written_to(tmp_path: Path) -> None:
    report = read(tmp_path, "# 只有一行注释\n").replace({"applications.granted.company": 1})
    write_parameters(report, tmp_path / "office.yaml")
    assert read_parameters(tmp_path / "office.yaml", AGENCY, 2023) == report


def test_a_file_that_cannot_be_read_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text("applicatons: {}\n")
    with pytest.raises(TypedError):
        write_parameters(new_report(AGENCY, 2023), path)
    assert path.read_text() == "applicatons: {}\n"


def test_what_is_written_is_plain_yaml_for_any_reader(tmp_path: Path) -> None:
    report = new_report(
        AGENCY, 2023, {"disclosure.fees.amount": Decimal("38.6500"), "applications.granted.other": None}
    )
    write_parameters(report, tmp_path / "office.yaml")
    text = (tmp_path / "office.yaml").read_text(encoding="utf-8")
    assert re.search(r"fees: \{amount: 38\.6500\}", text)
    assert yaml.safe_load(text)["applications"]["granted"]["other"] is None


ANY_TEXT = st.one_of(
    st.text(st.characters(categories=None), max_size=60),
    # What means something in YAML, what it cannot hold, and white space of every kind, close together.
    st.text("\t\n \r\x0b\x85\u2028\ufeff\x00\x7f:#-?|>'\"\\{}[],&*!%@`~无0.=", max_size=6),
    st.sampled_from(
        [
            "a\x0bb",
            "a\x0cb",
            "\x00",
            "a\x85b",
            "a\u2028b",
            "\ufeffa",
            "\ufffe",
            " a\n b",
            "\n\na",
            "a\n\n\n",
            "- a",
            "a: b",
            "'",
            "#",
        ]
    ),
)


@given(ANY_TEXT, ANY_TEXT, st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_any_text_reads_back_as_what_a_file_can_hold_of_it(tmp_path: Path, one: str, other: str, typed: bool) -> None:
    path = tmp_path / "office.yaml"
    path.unlink(missing_ok=True)
    if typed:
        path.write_text(TYPED, encoding="utf-8")
    waiver = Waiver("YEAR-SWING", reason=f"因{one}", by=f"科{other}", quote=f"第{one}")
    report = new_report(AGENCY, 2023, narrative={"overview": one, "problems": other}, waivers=(waiver,))
    write_parameters(report, path)
    again = read_parameters(path, AGENCY, 2023)
    assert (again.text("overview"), again.text("problems")) == (storable(one), storable(other))
    assert [(kept.reason, kept.by, kept.quote) for kept in again.waivers] == [
        (storable(f"因{one}"), storable(f"科{other}"), storable(f"第{one}"))
    ]


def test_nothing_is_written_that_would_not_read_back_as_meant(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text(TYPED, encoding="utf-8")
    # A figure that its cell cannot hold is written, and refused when it is read again.
    report = new_report(AGENCY, 2023, {"applications.granted.company": Decimal("1.5")})
    with pytest.raises(UnwritableError, match=r"office\.yaml: nothing was written"):
        write_parameters(report, path)
    assert path.read_text(encoding="utf-8") == TYPED

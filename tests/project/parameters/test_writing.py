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


WAIVERS = (
    Waiver("T3-ROWSUM", "待更正：见附件", "示例科", cells=("applications.granted.total", "applications.total.total")),
    Waiver("PRIVACY", "公开电话", "示例科", quote="0539-8726101"),
)
FULL = new_report(
    AGENCY,
    2023,
    {
        "applications.received.company": 2,
        "disclosure.fees.amount": None,
        "disclosure.regulations.issued": Decimal("1.50"),
    },
    narrative={
        "preamble": "以换行结束。\n\n\n",
        "overview": "第一段。\n第二段。\n",
        "applications": "表下的说明：见附件",
        "problems": " 缩进的一行，\n不能照录。",
        "other": "两段。\n\n后一段。",
    },
    declared={"applications.total.total": 2, "applications.refused.state_secret.total": 0},
    published=date(2024, 1, 9),
    waivers=WAIVERS,
)


def test_a_new_file_is_laid_out_as_the_form_is() -> None:
    lines = new_parameters(FULL).splitlines()
    assert lines[:9] == [
        "agency: office",
        "year: 2023",
        "published: 2024-01-09",
        "",
        "# 二、主动公开政府信息情况",
        "disclosure:",
        "  # 第二十条第（一）项",
        "  regulations: {issued: 1.50, repealed: 0, in_force: 0}  # 规章",
        "  normative_documents: {issued: 0, repealed: 0, in_force: 0}  # 行政规范性文件",
    ]
    assert "  fees: {amount: null}  # 行政事业性收费" in lines
    at = lines.index("applications:")
    assert lines[at - 2 : at] == ["", "# 三、收到和处理政府信息公开申请情况"]
    kinds = (
        "natural_person: 0, company: {}, research_institute: 0, public_interest_group: 0, legal_service: 0, other: 0"
    )
    assert lines[at + 1] == f"  received: {{{kinds.format(2)}}}  # 一、本年新收政府信息公开申请数量"
    at = lines.index("  refused:  # （三）不予公开")
    assert lines[at + 1] == f"    state_secret: {{{kinds.format(0)}}}  # 1.属于国家秘密"
    assert lines[lines.index("challenges:") + 1] == (
        "  review: {upheld: 0, corrected: 0, other: 0, pending: 0}  # 行政复议"
    )


def test_texts_totals_and_waivers_of_a_new_file_are_written_as_a_person_would() -> None:
    text = new_parameters(FULL, schema="../x.json")
    assert text.startswith("# yaml-language-server: $schema=../x.json\nagency: office\n")
    assert (
        text[text.index("\nnarrative:") :]
        == """
narrative:
  preamble: |+
    以换行结束。


  # 一、总体情况
  overview: |
    第一段。
    第二段。
  # 三、收到和处理政府信息公开申请情况
  applications: 表下的说明：见附件
  # 五、存在的主要问题及改进情况
  problems: " 缩进的一行，\\n不能照录。"
  # 六、其他需要报告的事项
  other: |-
    两段。

    后一段。

declared:
  applications:
    refused:  # （三）不予公开
      state_secret: {total: 0}  # 1.属于国家秘密
    total: {total: 2}  # （七）总计
waivers:
- rule: T3-ROWSUM
  cells:
  - applications.granted.total
  - applications.total.total
  reason: 待更正：见附件
  by: 示例科
- rule: PRIVACY
  quote: 0539-8726101
  reason: 公开电话
  by: 示例科
"""
    )


def test_a_new_file_of_nothing_has_a_place_for_everything() -> None:
    text = new_parameters(new_report(AGENCY, 2023))
    assert "\n# published: 2024-01-31\n" in text
    assert text.endswith("\n\ndeclared: {}\nwaivers: []\n")
    assert text[text.index("\nnarrative:") : text.index("\n\ndeclared")].splitlines()[1:4] == [
        "narrative:",
        '  preamble: ""',
        "  # 一、总体情况",
    ]


def test_what_is_added_to_a_file_stands_at_its_end_in_the_order_of_the_form(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text("# 手写\nyear: 2023  # 年\nagency: office\n", encoding="utf-8")
    write_parameters(FULL.replace({"disclosure.regulations.issued": 3}), path)
    assert (
        path.read_text(encoding="utf-8")
        == """\
# 手写
year: 2023  # 年
agency: office
disclosure:
  regulations: {issued: 3}
  fees: {amount: null}
applications:
  received: {company: 2}
declared:
  applications:
    refused:
      state_secret: {total: 0}
    total: {total: 2}
narrative:
  preamble: |+
    以换行结束。


  overview: |
    第一段。
    第二段。
  applications: 表下的说明：见附件
  problems: " 缩进的一行，\\n不能照录。"
  other: |-
    两段。

    后一段。
published: 2024-01-09
waivers:
- rule: T3-ROWSUM
  cells:
  - applications.granted.total
  - applications.total.total
  reason: 待更正：见附件
  by: 示例科
- rule: PRIVACY
  quote: 0539-8726101
  reason: 公开电话
  by: 示例科
"""
    )


def test_a_long_text_stays_on_its_line(tmp_path: Path) -> None:
    long = "公开 " * 2_000 + "。"
    report = new_report(AGENCY, 2023, narrative={"other": long}, waivers=(Waiver("T3-ROWSUM", long, "示例科"),))
    text = new_parameters(report)
    assert f"\n  other: {long}\n" in text
    assert f"\n  reason: {long}\n" in text
    path = tmp_path / "office.yaml"
    path.write_text("year: 2023\n", encoding="utf-8")
    write_parameters(report, path)
    assert f"\n  other: {long}\n" in path.read_text(encoding="utf-8")


def test_a_file_that_states_the_report_stays_as_it_is_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    report = read(tmp_path, TYPED)
    write_parameters(report, path)
    assert path.read_text(encoding="utf-8") == TYPED
    money = "disclosure:\n  fees: {amount: 2.50}\n"
    report = read(tmp_path, money)
    write_parameters(report.replace({"disclosure.fees.amount": Decimal("2.5")}), path)
    assert path.read_text(encoding="utf-8") == money.replace("2.50", "2.5")


@pytest.mark.parametrize(
    ("typed", "change", "written"),
    [
        ("applications: {granted: {total: 3}}\n", {"applications.granted.total": 4}, "{granted: {total: 4}}"),
        ("declared: {applications: {granted: {total: 3}}}\n", {"applications.granted.total": 4}, "{total: 4}}}"),
        (
            "applications: {不予公开: {属于国家秘密: {总计: 3}}}\n",
            {"applications.refused.state_secret.total": 4},
            "{总计: 4}",
        ),
        ("applications: {refused.state_secret: {total: 3}}\n", {"applications.refused.state_secret.total": 4}, "4}}"),
    ],
)
def test_a_total_is_changed_where_it_stands(tmp_path: Path, typed: str, change: dict[str, int], written: str) -> None:
    report = read(tmp_path, typed)
    path = tmp_path / "office.yaml"
    write_parameters(report.replace(declared=change), path)
    text = path.read_text(encoding="utf-8")
    assert written in text
    assert len(text.splitlines()) == 1
    write_parameters(report.replace(declared={}), path)
    assert "4" not in path.read_text(encoding="utf-8")


def test_a_blank_group_that_is_filled_leaves_its_other_cells_blank(tmp_path: Path) -> None:
    report = read(tmp_path, "applications:\n  unavailable:\n  granted:\n")
    path = tmp_path / "office.yaml"
    write_parameters(
        report.replace({"applications.granted.company": 2, "applications.unavailable.not_held.other": 1}), path
    )
    assert (
        path.read_text(encoding="utf-8")
        == """\
applications:
  unavailable:
    not_held:
      natural_person: null
      company: null
      research_institute: null
      public_interest_group: null
      legal_service: null
      other: 1
    needs_creation: null
    unclear_after_correction: null
  granted:
    natural_person: null
    company: 2
    research_institute: null
    public_interest_group: null
    legal_service: null
    other: null
"""
    )


def test_what_a_file_would_not_state_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "office.yaml"
    changes = {
        "applications.received.company": FULL.replace({"applications.received.company": 3}),
        "applications.total.total": FULL.replace(declared={"applications.total.total": 3}),
        "applications.refused.state_secret.total": FULL.replace(declared={"applications.total.total": 2}),
        "narrative.overview": FULL.replace(narrative={**FULL.narrative, "overview": "别的"}),
        "published": FULL.replace(published=date(2024, 1, 10)),
        "waivers": FULL.replace(waivers=WAIVERS[:1]),
    }
    full = FULL.replace({"disclosure.regulations.issued": 3})
    for named, stated in changes.items():
        text = new_parameters(stated.replace({"disclosure.regulations.issued": 3}))
        monkeypatch.setattr("reportkit.project.parameters.writing.new_parameters", lambda *_, text=text, **__: text)
        with pytest.raises(UnwritableError, match=rf"since it would not state {named}.* as meant"):
            write_parameters(full, path)
        assert not path.exists()

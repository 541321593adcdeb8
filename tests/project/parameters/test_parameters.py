"""Parameter files: what is read, what is refused and how it is said, what stays when one is written."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportkit.form import form_for
from reportkit.form.figures import Amount
from reportkit.project.parameters.reading import blank_parameters, read_parameters, write_parameters
from reportkit.project.parameters.yaml import TypedError
from reportkit.report import Agency, AnnualReport, Waiver, new_report
from strategies import reports

AGENCY = Agency("office", "示例市示例局")


def read(folder: Path, text: str | bytes, year: int = 2023) -> AnnualReport:
    path = folder / "office.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_parameters(path, AGENCY, year, name=f"params/{year}/office.yaml")


def refusal(folder: Path, text: str | bytes, year: int = 2023) -> str:
    with pytest.raises(TypedError) as refused:
        read(folder, text, year)
    return str(refused.value)


# ------------------------------------------------------------------------- reading


def test_an_empty_file_is_a_report_of_zeros(tmp_path: Path) -> None:
    assert set(read(tmp_path, "").all_figures.values()) == {0}


def test_the_contract_s_example_is_read(tmp_path: Path) -> None:
    report = read(
        tmp_path,
        """\
agency: office
year: 2023
published: 2024-01-19
disclosure:
  normative_documents: {issued: 0, repealed: 0, in_force: 0}
applications:
  received: {natural_person: 2}
  granted: {natural_person: 2}
challenges: {}
narrative:
  preamble: |
  overview: |
    第一段。
declared: {}
waivers: []
""",
    )
    assert report["applications.received.natural_person"] == 2
    assert report["applications.total.total"] == 2
    assert report.published == date(2024, 1, 19)
    assert report.narrative["overview"] == "第一段。\n"
    assert report.narrative["preamble"] == ""


def test_labels_of_the_form_name_rows_columns_tables_and_sections(tmp_path: Path) -> None:
    report = read(
        tmp_path,
        """\
三、收到和处理政府信息公开申请情况:
  一、本年新收政府信息公开申请数量: {自然人: 5, 商业企业: 1}
  予以公开: {自然人: 3}
  (二)部分公开: {自然人: 2}
  不予公开:
    1.属于国家秘密: {法律服务机构: 4}
二、主动公开政府信息情况:
  行政事业性收费: {本年收费金额（单位：万元）: 38.6500}
  规章: {本年制发件数: 7}
narrative:
  总体情况: 文
""",
    )
    assert report["applications.received.natural_person"] == 5
    assert report["applications.received.company"] == 1
    assert report["applications.granted.natural_person"] == 3
    assert report["applications.partly_granted.natural_person"] == 2
    assert report["applications.refused.state_secret.legal_service"] == 4
    assert str(report["disclosure.fees.amount"]) == "38.6500"
    assert report["disclosure.regulations.issued"] == 7
    assert report.narrative["overview"] == "文"


def test_an_item_may_be_named_by_its_whole_key(tmp_path: Path) -> None:
    report = read(tmp_path, "applications:\n  refused.state_secret: {company: 3}\n  other.other: {company: 4}\n")
    assert report["applications.refused.state_secret.company"] == 3
    assert report["applications.other.other.company"] == 4


def test_null_is_a_blank_and_an_absent_cell_is_zero(tmp_path: Path) -> None:
    report = read(tmp_path, "applications:\n  received: {company: null, other: ~}\n  granted:\n  refused:\n")
    assert report["applications.received.company"] is None
    assert report["applications.received.other"] is None
    assert report["applications.received.natural_person"] == 0
    assert report["applications.granted.company"] is None
    assert report["applications.refused.state_secret.company"] is None
    assert report["applications.granted.total"] == 0


def test_money_keeps_every_digit_quoted_or_not(tmp_path: Path) -> None:
    for typed in ("316441.0040", "'316441.0040'"):
        report = read(tmp_path, f"disclosure: {{fees: {{amount: {typed}}}}}")
        assert str(report["disclosure.fees.amount"]) == "316441.0040"


def test_edition_2019_reads_changes_and_amounts(tmp_path: Path) -> None:
    report = read(
        tmp_path,
        "disclosure: {fees: {change: -2}, licences: {change: +3}, procurement: {amount: 38.65万元}}\n",
        2019,
    )
    assert report["disclosure.fees.change"] == -2
    assert report["disclosure.licences.change"] == 3
    assert report["disclosure.procurement.amount"] == Amount(Decimal("38.65"), "万元")


def test_totals_are_kept_beside_the_computed_ones_wherever_they_stand(tmp_path: Path) -> None:
    report = read(
        tmp_path,
        "applications: {granted: {company: 2, total: 3}}\ndeclared: {applications: {total: {company: 5, total: null}}}\n",
    )
    assert report["applications.granted.total"] == 3
    assert report["applications.total.company"] == 5
    assert report["applications.total.total"] is None
    assert report.computed["applications.granted.total"] == 2
    assert report.computed["applications.total.company"] == 2


def test_waivers_are_read_with_cells_one_or_many_or_a_quote(tmp_path: Path) -> None:
    report = read(
        tmp_path,
        """\
waivers:
  - {rule: YEAR-SWING, cells: applications.received.total, reason: 机构合并, by: 示例科}
  - {rule: T3-ROWSUM, cells: [applications.granted.total], reason: 待更正, by: 示例科}
  - {rule: PRIVACY, quote: '123', reason: 公开电话, by: 示例科}
""",
    )
    assert report.waivers == (
        Waiver("YEAR-SWING", "机构合并", "示例科", cells=("applications.received.total",)),
        Waiver("T3-ROWSUM", "待更正", "示例科", cells=("applications.granted.total",)),
        Waiver("PRIVACY", "公开电话", "示例科", quote="123"),
    )


def test_figures_and_texts_know_their_lines(tmp_path: Path) -> None:
    report = read(tmp_path, "agency: office\napplications:\n  granted: {company: 1}\nnarrative:\n  other: 文\n")
    assert str(report.places["applications.granted.company"]) == "params/2023/office.yaml:3"
    assert report.places["other"].at == 5


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfagency: office\n").agency == AGENCY


# ------------------------------------------------------------------------ refusing


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("applicatons: {}", "1: applicatons: unknown key; did you mean applications?"),
        ("applications: {recieved: {}}", "1: applications.recieved: unknown key; did you mean received?"),
        ("applications:\n  予以公幵: {}", "2: applications.予以公幵: unknown key; did you mean 予以公开?"),
        ("narrative: {zzz: x}", "1: narrative.zzz: unknown key; here may stand preamble, overview, problems, other"),
        ("applications: {refused: {company: 3}}", "1: applications.refused.company: unknown key; here may stand state_secret"),
        ("year: 2023\nyear: 2023", "2: year: year stands twice, first on line 1: keep one"),
        ("applications:\n  granted: {}\n  予以公开: {}", "3: applications.予以公开: granted stands twice, first on line 2"),
        (
            "applications:\n  refused: {state_secret: {company: 1}}\n  refused.state_secret: {company: 1}",
            "3: applications.refused.state_secret.company: applications.refused.state_secret.company stands twice, first on line 2",
        ),
        (
            "applications: {granted: {total: 1}}\ndeclared: {applications: {granted: {total: 1}}}",
            "2: declared.applications.granted.total: applications.granted.total stands twice",
        ),
        ("applications: 3", "1: applications: '3' stands where a mapping belongs, with keys such as received"),
        ("applications: {granted: 3}", "1: applications.granted: '3' stands where a mapping belongs, with keys such as natural_person"),
        ("applications: {granted: {company: [1]}}", "1: applications.granted.company: a list stands where a whole number from 0 up belongs"),
        ("applications: {granted: {company: {a: 1}}}", "a mapping stands where a whole number"),
        ("applications: {granted: {company: '2'}}", "the number 2 is quoted, which makes it a text: write 2 without quotes"),
        ("applications: {granted: {company: -2}}", "'-2' is not a whole number from 0 up: it cannot be negative"),
        ("applications: {granted: {company: 2.5}}", "'2.5' is not a whole number from 0 up: it must be whole"),
        ("applications: {granted: {company: 2.0}}", "'2.0' is not a whole number from 0 up: write 2"),
        ("applications:\n  granted:\n    company: 1,204", "3: applications.granted.company: '1,204' is not a whole number from 0 up: write 1204, without separators"),
        ("applications: {granted: {company: 1,204}}", "applications.granted.company: '1,204' is read as two entries: write 1204, without separators"),
        ("applications: {granted: {company: １２}}", "'１２' is not a whole number from 0 up: write 12, in half-width digits"),
        ("applications: {granted: {company: 2件}}", "'2件' is not a whole number from 0 up: write 2, without the unit"),
        ("applications: {granted: {company: yes}}", "'yes' is not a whole number"),
        ("applications: {granted: {company: 010}}", "'010' is not a whole number from 0 up: write 10"),
        ("applications: {granted: {company: '-'}}", "write 0 for none, or null where the cell is blank"),
        ("disclosure: {fees: {amount: -1}}", "it cannot be negative"),
        ("declared: {applications: {granted: {company: 2}}}", "declared.applications.granted.company: this is not a total: enter it under applications"),
        ("agency: offic", "1: agency: 'offic' differs from the file's name, office: mend one of them"),
        ("year: 2022", "1: year: '2022' differs from the folder's name, 2023: mend one of them"),
        ("published: 2024年1月9日", "'2024年1月9日' is not a day as it is written here: write 2024-01-09"),
        ("published: January", "'January' is not a day: write it as 2024-01-19"),
        ("published: 2024-02-30", "'2024-02-30' is not a day: write it as 2024-01-19"),
        ("narrative: {other: [1]}", "narrative.other: a list stands where a text belongs"),
        ("narrative: {other: {a: 1}}", "narrative.other: a mapping stands where a text belongs"),
        ("waivers: [{rule: X}]", "waivers[1]: a waiver needs reason"),
        ("waivers: [x]", "waivers[1]: 'x' stands where a mapping belongs"),
        ("waivers: [{rule: X, reason: a, by: b, cells: [applications.grantd.total]}]", "unknown cell address; did you mean applications.granted.total?"),
        ("waivers: [{rule: X, reason: a, by: b, cells: [zzz]}]", "unknown cell address; write table.row.column"),
        ("- 1", "1: a list stands where a mapping belongs, with keys such as agency"),
        ("[a]: 1", "1: a list cannot be a key"),
        ("a: b: c", "1: this is not readable YAML: mapping values are not allowed in this context; put a text that holds ': '"),
        ("year：2023\nagency: office", "write the half-width colon and a space, ': ', not '：'"),
        ("applications:\n\tgranted: {}", "indent with spaces, not tabs"),
        ("applications: {granted: {company: 1，other: 2}}", "write the half-width comma and a space, ', ', not '，'"),
        ("a: [1", "this is not readable YAML"),
        ("a: \x01", "this is not readable YAML"),
        (b"narrative: {other: \xc4\xea\xb6\xc8}", "1: the text is not UTF-8: save the file as UTF-8"),
        ("[" * 100_000, "nested deeper than any parameter file"),
        ("- " * 50_000, "nested deeper than any parameter file"),
        (b"#" * (2**21 + 1), "larger than 2 MiB"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_file_line_key_and_what_to_write(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    message = refusal(tmp_path, text)
    assert message.startswith("params/2023/office.yaml")
    assert said in message


def test_all_problems_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, "agency: x\nfoo: 1\napplications: {granted: {company: 2件, other: -1}}\n")
    assert [line.split(": ")[0] for line in message.splitlines()] == [
        f"params/2023/office.yaml:{line}" for line in (1, 2, 3, 3)
    ]


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(TypedError, match=r"nowhere\.yaml: the file does not exist"):
        read_parameters(tmp_path / "nowhere.yaml", AGENCY, 2023)


def test_a_folder_in_the_file_s_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "office.yaml").mkdir()
    with pytest.raises(TypedError, match="cannot be read"):
        read_parameters(tmp_path / "office.yaml", AGENCY, 2023)


def test_a_year_without_a_form_is_refused(tmp_path: Path) -> None:
    assert "no edition of the form covers 2018" in refusal(tmp_path, "", 2018)


def test_aliases_that_expand_do_not_take_long(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
    )
    assert "unknown key" in refusal(tmp_path, bomb)


def test_tags_of_other_languages_are_never_followed(tmp_path: Path) -> None:
    report = read(tmp_path, "narrative: {other: !!python/object/apply:os.system [exit]}".replace("[exit]", "exit"))
    assert report.narrative["other"] == "exit"


@given(st.binary(max_size=300) | st.text(alphabet="{}[]:,-&*!|>'\"\n\t #a1：，件applications.granted", max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_whatever_stands_in_a_file_it_is_read_or_refused_with_its_name(tmp_path: Path, content: bytes | str) -> None:
    try:
        read(tmp_path, content)
    except TypedError as error:
        assert all(str(problem).startswith("params/2023/office.yaml") for problem in error.problems)


# ------------------------------------------------------------------------- writing


def test_a_blank_file_holds_every_cell_an_official_fills_in_and_reads_as_zeros(tmp_path: Path) -> None:
    for year in (2020, 2023):
        form = form_for(year)
        text = blank_parameters(form, AGENCY, year, schema="../x.json")
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
    after = AnnualReport(**{**vars_of(after), "agency": before.agency})
    path = tmp_path / "report.yaml"
    path.unlink(missing_ok=True)
    write_parameters(before, path)
    write_parameters(after, path)
    assert read_parameters(path, before.agency, 2023) == after


def vars_of(report: AnnualReport) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__dataclass_fields__}


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
    write_parameters(AnnualReport(**{**vars_of(report), "declared": {}}), path)
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

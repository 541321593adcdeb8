"""Reading parameter files: what is read, and what is refused with which message."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from project.parameters.files import read, refusal
from reportkit.form.figures import Amount
from reportkit.project.parameters import TypedError
from reportkit.report import Waiver
from reportkit.system.language import said


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


# ------------------------------------------------------------------------ refusing


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year: 2023\nyear: 2023", "2: year: year appears twice, first on line 1: keep one"),
        ("applications:\n  granted: {}\n  予以公开: {}", "3: applications.予以公开: granted appears twice, first on line 2"),
        (
            "applications:\n  refused: {state_secret: {company: 1}}\n  refused.state_secret: {company: 1}",
            "3: applications.refused.state_secret.company: applications.refused.state_secret.company appears twice, first on line 2",
        ),
        (
            "applications: {granted: {total: 1}}\ndeclared: {applications: {granted: {total: 1}}}",
            "2: declared.applications.granted.total: applications.granted.total appears twice",
        ),
        ("applications: 3", "1: applications: expected a mapping with keys such as received, found '3'"),
        ("applications: {granted: 3}", "1: applications.granted: expected a mapping with keys such as natural_person, found '3'"),
        ("applications: {granted: {company: [1]}}", "1: applications.granted.company: expected a whole number from 0 up, found a list"),
        ("applications: {granted: {company: {a: 1}}}", "expected a whole number from 0 up, found a mapping"),
        ("applications: {granted: {company: '2'}}", "the number 2 is quoted, which makes it a text: write 2 without quotes"),
        ("applications: {granted: {company: -2}}", "'-2' is not a whole number from 0 up: it cannot be negative"),
        ("applications: {granted: {company: 2.5}}", "'2.5' is not a whole number from 0 up: it must be whole"),
        ("applications: {granted: {company: 2.0}}", "'2.0' is not a whole number from 0 up: write 2"),
        ("applications:\n  granted:\n    company: 1,204", "3: applications.granted.company: '1,204' is not a whole number from 0 up: write 1204, without separators"),
        ("applications: {granted: {company: １２}}", "'１２' is not a whole number from 0 up: write 12, in half-width digits"),
        ("applications: {granted: {company: 2件}}", "'2件' is not a whole number from 0 up: write 2, without the unit"),
        ("applications: {granted: {company: yes}}", "'yes' is not a whole number"),
        ("applications: {granted: {company: 010}}", "'010' is not a whole number from 0 up: write 10"),
        ("applications: {granted: {company: '-'}}", "write 0 for none, or null where the cell is blank"),
        ("disclosure: {fees: {amount: -1}}", "it cannot be negative"),
        ("declared: {applications: {granted: {company: 2}}}", "declared.applications.granted.company: this is not a total: enter it under applications"),
        ("agency: offic", "1: agency: 'offic' differs from the file's name, office: correct one of them"),
        ("year: 2022", "1: year: '2022' differs from the folder's name, 2023: correct one of them"),
        ("published: 2024年1月9日", "'2024年1月9日' is not how dates are written here: write 2024-01-09"),
        ("published: January", "'January' is not a date: write it as 2024-01-19"),
        ("published: 2024-02-30", "'2024-02-30' is not a date: write it as 2024-01-19"),
        ("narrative: {other: [1]}", "narrative.other: expected a text, found a list"),
        ("narrative: {other: {a: 1}}", "narrative.other: expected a text, found a mapping"),
        ("waivers: [{rule: X}]", "waivers[1]: a waiver needs reason"),
        ("waivers: [x]", "waivers[1]: expected a mapping with keys such as rule, found 'x'"),
        ("waivers: [{rule: X, reason: a, by: b, cells: [applications.grantd.total]}]", "unknown cell address; did you mean applications.granted.total?"),
        ("waivers: [{rule: X, reason: a, by: b, cells: [zzz]}]", "unknown cell address; write table.row.column"),
        ("- 1", "1: expected a mapping with keys such as agency, found a list"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_file_line_key_and_what_to_write(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    assert said in refusal(tmp_path, text)


def test_a_wrong_figure_is_told_in_the_reader_s_language(tmp_path: Path) -> None:
    with pytest.raises(TypedError) as told:
        read(tmp_path, "applications: {granted: {company: 2件}}")
    assert said(told.value, "zh").endswith("“2件”不是不小于0的整数：请写2，不带单位")


def test_all_problems_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, "agency: x\nfoo: 1\napplications: {granted: {company: 2件, other: -1}}\n")
    assert [line.split(": ")[0] for line in message.splitlines()] == [
        f"params/2023/office.yaml:{line}" for line in (1, 2, 3, 3)
    ]


def test_a_year_without_a_form_is_refused(tmp_path: Path) -> None:
    assert "no edition of the form covers 2018" in refusal(tmp_path, "", 2018)

"""The declared form is the statutory one, to the letter, and a declaration that contradicts itself is refused."""

from __future__ import annotations

import itertools
import pickle
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from form.declared import BLOCK, DECLARED, IDENTITY, Changes, Declare, relations
from reportkit.form import Form, FormError, Header, Roles, UnknownYearError, editions, form_for, read_form

# ------------------------------------------------------------ what the law says

TITLES = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]

# For each block: its heading, its rows, its columns.
DISCLOSURE = {
    "2019": [
        (
            "第二十条第（一）项",
            {"regulations": "规章", "normative_documents": "规范性文件"},
            {
                "made": ("本年新制作数量", "count"),
                "newly_published": ("本年新公开数量", "count"),
                "total_published": ("对外公开总数量", "count"),
            },
        ),
        (
            "第二十条第（五）项",
            {"licences": "行政许可", "other_services": "其他对外管理服务事项"},
            {
                "previous_items": ("上一年项目数量", "count"),
                "change": ("本年增/减", "change"),
                "decisions": ("处理决定数量", "count"),
            },
        ),
        (
            "第二十条第（六）项",
            {"penalties": "行政处罚", "coercive_measures": "行政强制"},
            {
                "previous_items": ("上一年项目数量", "count"),
                "change": ("本年增/减", "change"),
                "decisions": ("处理决定数量", "count"),
            },
        ),
        (
            "第二十条第（八）项",
            {"fees": "行政事业性收费"},
            {"previous_items": ("上一年项目数量", "count"), "change": ("本年增/减", "change")},
        ),
        (
            "第二十条第（九）项",
            {"procurement": "政府集中采购"},
            {"items": ("采购项目数量", "count"), "amount": ("采购总金额", "amount")},
        ),
    ],
    "2021": [
        (
            "第二十条第（一）项",
            {"regulations": "规章", "normative_documents": "行政规范性文件"},
            {
                "issued": ("本年制发件数", "count"),
                "repealed": ("本年废止件数", "count"),
                "in_force": ("现行有效件数", "count"),
            },
        ),
        ("第二十条第（五）项", {"licences": "行政许可"}, {"decisions": ("本年处理决定数量", "count")}),
        (
            "第二十条第（六）项",
            {"penalties": "行政处罚", "coercive_measures": "行政强制"},
            {"decisions": ("本年处理决定数量", "count")},
        ),
        ("第二十条第（八）项", {"fees": "行政事业性收费"}, {"amount": ("本年收费金额（单位：万元）", "money")}),
    ],
}

APPLICANTS = {
    "natural_person": "自然人",
    "company": "商业企业",
    "research_institute": "科研机构",
    "public_interest_group": "社会公益组织",
    "legal_service": "法律服务机构",
    "other": "其他",
    "total": "总计",
}

# Every label of the stub in printing order, with its level, and its key where it has one.
STUB_2021 = [
    (1, "received", "一、本年新收政府信息公开申请数量"),
    (1, "carried_in", "二、上年结转政府信息公开申请数量"),
    (1, None, "三、本年度办理结果"),
    (2, "granted", "（一）予以公开"),
    (2, "partly_granted", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    (2, "refused", "（三）不予公开"),
    (3, "refused.state_secret", "1.属于国家秘密"),
    (3, "refused.forbidden_by_law", "2.其他法律行政法规禁止公开"),
    (3, "refused.security_and_stability", "3.危及“三安全一稳定”"),
    (3, "refused.third_party_rights", "4.保护第三方合法权益"),
    (3, "refused.internal_affairs", "5.属于三类内部事务信息"),
    (3, "refused.deliberative_process", "6.属于四类过程性信息"),
    (3, "refused.enforcement_file", "7.属于行政执法案卷"),
    (3, "refused.administrative_enquiry", "8.属于行政查询事项"),
    (2, "unavailable", "（四）无法提供"),
    (3, "unavailable.not_held", "1.本机关不掌握相关政府信息"),
    (3, "unavailable.needs_creation", "2.没有现成信息需要另行制作"),
    (3, "unavailable.unclear_after_correction", "3.补正后申请内容仍不明确"),
    (2, "not_processed", "（五）不予处理"),
    (3, "not_processed.petition_or_complaint", "1.信访举报投诉类申请"),
    (3, "not_processed.repeat", "2.重复申请"),
    (3, "not_processed.publication", "3.要求提供公开出版物"),
    (3, "not_processed.abusive", "4.无正当理由大量反复申请"),
    (3, "not_processed.reconfirmation", "5.要求行政机关确认或重新出具已获取信息"),
    (2, "other", "（六）其他处理"),
    (3, "other.not_corrected_in_time", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    (3, "other.fee_unpaid", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    (3, "other.other", "3.其他"),
    (2, "total", "（七）总计"),
    (1, "carried_out", "四、结转下年度继续办理"),
]
STUBS = {"2021": STUB_2021, "2019": [line for line in STUB_2021 if not (line[1] or "").startswith("other.")]}

CHALLENGERS = [
    (1, "review", "行政复议"),
    (1, None, "行政诉讼"),
    (2, "litigation_direct", "未经复议直接起诉"),
    (2, "litigation_after_review", "复议后起诉"),
]
RESULTS = {
    "upheld": "结果维持",
    "corrected": "结果纠正",
    "other": "其他结果",
    "pending": "尚未审结",
    "total": "总计",
}

EDITIONS = ("2019", "2021")
YEARS = {"2019": (2019, 2020), "2021": (2021, 2022, 2023, 2025)}


def outline(headers: Iterable[Header], level: int = 1) -> Iterator[tuple[int, str | None, str]]:
    """Every label with its level and key, from the top down."""
    for header in headers:
        yield level, header.key, header.label
        yield from outline(header.children, level + 1)


def keys_and_labels(headers: Iterable[Header]) -> dict[str | None, str]:
    return {header.key: header.label for header in headers}


@pytest.mark.parametrize(("edition", "year"), [(edition, year) for edition in EDITIONS for year in YEARS[edition]])
def test_each_year_has_its_edition(edition: str, year: int) -> None:
    assert form_for(year).edition == edition


def test_a_year_before_the_first_edition_has_none() -> None:
    with pytest.raises(UnknownYearError, match="no edition of the form covers 2018: reports begin with the year 2019"):
        form_for(2018)


def test_an_edition_says_what_prescribes_it(form: Form) -> None:
    document = {"2019": "国办公开办函〔2019〕60号", "2021": "国办公开办函〔2021〕30号"}[form.edition]
    assert document in form.document
    assert form.law == "《中华人民共和国政府信息公开条例》"
    assert form.deadline.days == {"department": (1, 31), "government": (3, 31)}
    assert "第四十九条" in form.deadline.basis
    assert form.period.format(year=2023) == "2023年1月1日至2023年12月31日"
    assert form.title.format(year=2023) == "2023年度政府信息公开工作年度报告"


def test_the_six_sections_have_their_titles_to_the_letter(form: Form) -> None:
    assert [section.title for section in form.titled_sections] == TITLES
    assert form.sections[0].key == "preamble"
    assert [section.key for section in form.narrative_sections] == ["preamble", "overview", "problems", "other"]
    assert [section.key for section in form.sections if section.holds_table] == [table.key for table in form.tables]


def test_the_overview_must_speak_of_five_things_and_the_problems_of_two(form: Form) -> None:
    overview, problems = form.section("overview"), form.section("problems")
    assert [topic.label for topic in overview.topics] == [
        "主动公开",
        "依申请公开",
        "政府信息管理",
        "政府信息公开平台建设",
        "监督保障",
    ]
    assert overview.limit == 1000
    assert "第五十条" in overview.basis
    assert len(problems.topics) == 2


def test_edition_2021_asks_for_the_handling_fees_in_section_six() -> None:
    other = editions()["2021"].section("other")
    assert "国办函〔2020〕109号" in other.basis
    assert [topic.label for topic in other.topics] == ["信息处理费"]


def test_what_proves_that_there_is_something_to_say_is_a_row_of_the_form(form: Form) -> None:
    rows = {f"{cell.table}.{cell.row}" for cell in form.cells.values()}
    assert {section.evidence for section in form.sections} - {""} <= rows


def test_the_disclosure_table_has_its_blocks_rows_columns_and_kinds(form: Form) -> None:
    table = form.table("disclosure")
    declared = [
        (
            block.heading,
            keys_and_labels(block.row_leaves),
            {column.key: (column.label, column.kind.name) for column in block.column_leaves},
        )
        for block in table.blocks
    ]
    assert declared == DISCLOSURE[form.edition]
    assert {block.stub for block in table.blocks} == {"信息内容"}
    assert table.name == "表二"


def test_the_applications_table_has_its_stub_and_boxhead_to_the_letter(form: Form) -> None:
    table = form.table("applications")
    (block,) = table.blocks
    assert list(outline(block.rows)) == STUBS[form.edition]
    assert keys_and_labels(block.column_leaves) == APPLICANTS
    assert [label for _, key, label in outline(block.columns) if key is None] == ["申请人情况", "法人或其他组织"]
    assert block.stub == "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    assert {cell.kind.name for cell in table.cells} == {"count"}
    assert table.name == "表三"


def test_the_challenges_table_has_its_groups_and_results_to_the_letter(form: Form) -> None:
    table = form.table("challenges")
    (block,) = table.blocks
    assert list(outline(block.rows)) == CHALLENGERS
    assert keys_and_labels(block.column_leaves) == RESULTS
    assert table.name == "表四"


@pytest.mark.parametrize(
    ("edition", "counts"),
    [
        ("2019", {"disclosure": 22, "applications": 161, "challenges": 15}),
        ("2021", {"disclosure": 10, "applications": 175, "challenges": 15}),
    ],
)
def test_an_edition_has_as_many_cells_as_the_printed_form(edition: str, counts: dict[str, int]) -> None:
    assert Counter(cell.table for cell in editions()[edition].cells.values()) == counts


@pytest.mark.parametrize(("edition", "rows"), [("2019", 8 + 23 + 3), ("2021", 6 + 25 + 3)])
def test_an_edition_has_as_many_rows_as_the_printed_form(edition: str, rows: int) -> None:
    blocks = [block for table in editions()[edition].tables for block in table.blocks]
    assert sum(len(block.row_leaves) for block in blocks) == rows


def test_the_roles_of_the_statutory_tables_are_declared(form: Form) -> None:
    rows = {"received": "received", "carried_in": "carried_in", "carried_out": "carried_out", "refused": "refused"}
    granted = ("granted", "partly_granted")
    cases = {"cases": "challenges", "pending": "pending", "lost": "corrected"}
    assert form.roles == Roles("applications", **rows, granted=granted, **cases)


# ------------------------------------------------------------ identities

ITEMS = {edition: [key for level, key, _ in STUBS[edition] if key and level > 1] for edition in EDITIONS}
OUTCOMES = {
    edition: [key for key in keys if key != "total" and not any(other.startswith(f"{key}.") for other in keys)]
    for edition, keys in ITEMS.items()
}
SIX = [key for key in APPLICANTS if key != "total"]


def rows(column: str, *keys: str) -> list[str]:
    return sorted(f"+applications.{key}.{column}" for key in keys)


def test_identity_1_balances_each_of_the_seven_columns(form: Form) -> None:
    assert relations(form, "T3-BALANCE") == [
        (rows(column, "received", "carried_in"), rows(column, "total", "carried_out")) for column in APPLICANTS
    ]


def test_identity_2_sums_all_outcome_items_in_each_of_the_seven_columns(form: Form) -> None:
    assert relations(form, "T3-OUTCOMES") == [
        (rows(column, "total"), rows(column, *OUTCOMES[form.edition])) for column in APPLICANTS
    ]


def test_identity_3_sums_the_six_applicants_in_every_row(form: Form) -> None:
    cells = ["received", "carried_in", *OUTCOMES[form.edition], "total", "carried_out"]
    assert sorted(relations(form, "T3-ROWSUM")) == sorted(
        ([f"+applications.{row}.total"], sorted(f"+applications.{row}.{column}" for column in SIX)) for row in cells
    )


def test_identity_4_sums_the_four_results_of_each_of_the_three_groups(form: Form) -> None:
    assert relations(form, "T4-SUM") == [
        (
            [f"+challenges.{group}.total"],
            sorted(f"+challenges.{group}.{result}" for result in ("upheld", "corrected", "other", "pending")),
        )
        for group in ("review", "litigation_direct", "litigation_after_review")
    ]


def test_identity_5_carries_last_years_remainder_in_each_of_the_seven_columns(form: Form) -> None:
    assert relations(form, "YEAR-CARRY") == [
        (rows(column, "carried_in"), [f"previous.{cell}" for cell in rows(column, "carried_out")])
        for column in APPLICANTS
    ]


def test_identity_6_follows_the_stock_of_both_rows_in_edition_2021_alone() -> None:
    assert relations(editions()["2019"], "YEAR-STOCK") == []
    assert relations(editions()["2021"], "YEAR-STOCK") == [
        (
            [f"+disclosure.{row}.in_force"],
            sorted(
                [f"previous.+disclosure.{row}.in_force", f"+disclosure.{row}.issued", f"-disclosure.{row}.repealed"]
            ),
        )
        for row in ("regulations", "normative_documents")
    ]


def test_only_the_stock_is_less_than_an_error_and_only_two_identities_span_years(form: Form) -> None:
    severities = {identity.rule: identity.severity for identity in form.identities}
    assert {rule for rule, severity in severities.items() if severity != "error"} <= {"YEAR-STOCK"}
    spanning = {identity.rule for identity in form.identities if identity.spans_years}
    assert spanning == {"YEAR-CARRY", "YEAR-STOCK"} & set(severities)


def test_totals_are_the_total_row_and_the_total_columns(form: Form) -> None:
    expected = {cell.address for cell in form.cells.values() if "total" in (cell.row, cell.column)}
    assert set(form.totals) == expected


# ------------------------------------------------------------ a form is a value


def test_a_form_of_the_package_travels_by_its_name(form: Form) -> None:
    assert pickle.loads(pickle.dumps(form)) is form
    assert len(pickle.dumps(form)) < 200


# ------------------------------------------------------------ reading a declaration


def test_a_declaration_becomes_a_form(declare: Declare) -> None:
    form = declare()
    assert list(form.cells) == [
        f"t.{row}.{column}" for row, column in itertools.product(("a", "b", "sum"), ("x", "y", "sum"))
    ]
    assert form.totals == {f"t.sum.{column}": (f"t.a.{column}", f"t.b.{column}") for column in ("x", "y", "sum")}


def test_an_edition_need_not_have_every_role(declare: Declare) -> None:
    assert declare().roles == Roles()
    assert declare({("roles",): {"requests": "t", "received": "a"}}).roles == Roles(requests="t", received="a")


def test_a_form_from_elsewhere_travels_whole(declare: Declare) -> None:
    form = declare()
    sent = pickle.loads(pickle.dumps(form))
    assert sent.edition == form.edition
    assert sent.sections == form.sections
    assert sent.table("t") == form.table("t")
    assert sent.identities == form.identities
    assert sent.totals == form.totals


def test_a_new_edition_ends_the_one_before_it_by_its_mere_presence(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {**editions(), "2099": declare()}
    monkeypatch.setattr(sys.modules["reportkit.form.editions"], "editions", lambda: known)
    assert form_for(2098).edition == "2021"
    assert form_for(2099).edition == "2099"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({("law",): None}, "'law' is missing or unknown"),
        ({("tables",): None}, "'tables' is missing or unknown"),
        ({("deadline", "basis"): None}, "'basis' is missing or unknown"),
        ({("deadline", "department"): "31"}, "deadline: department is '31', not a day as 01-31"),
        ({("sections", 0, "key"): None}, "'key' is missing or unknown"),
        ({("tables", 0, "layout"): "pile"}, "t: layout 'pile' is none of blocks, grid, across"),
        (
            {("tables", 0, "blocks"): DECLARED["tables"][0]["blocks"] * 2},
            "t: a table laid out as grid has one block, not 2",
        ),
        ({(*BLOCK, "rows", 1, "key"): "a"}, "t: t.a.sum, t.a.x, t.a.y stands twice"),
        ({(*BLOCK, "rows", 1, "key"): None}, "行b has neither a key nor anything below it"),
        ({(*BLOCK, "columns", 1, "kind"): "colour"}, "'colour' is missing or unknown"),
        (
            {("roles",): {"colour": "t"}},
            "roles: 'colour' is no role; those are requests, received, carried_in, carried_out, granted, refused, "
            "cases, pending, lost",
        ),
        ({("tables", 0, "widths"): [1, 2, 3]}, "t: widths must be 4 numbers above 0, one for each column as printed"),
        (
            {("tables", 0, "widths"): [1, 2, 3, 0]},
            "t: widths must be 4 numbers above 0, one for each column as printed",
        ),
        ({(*BLOCK, "rows", 1, "broken"): "行|x"}, "行b: broken is '行|x', which is not the label with | in it"),
        ({("roles",): {"requests": "u"}}, "roles: requests is 'u', which no table has"),
        ({("roles",): {"requests": "t", "received": "x"}}, "roles: received is 'x', which no table has"),
        ({("roles",): {"cases": "t", "pending": "a"}}, "roles: pending is 'a', which no table has"),
        ({("roles",): {"received": "a"}}, "roles: received is 'a', which no table has"),
        ({("roles",): {"requests": "t", "granted": ["a", "z"]}}, "roles: granted is 'z', which no table has"),
        ({("roles",): {"requests": "t", "refused": "x"}}, "roles: refused is 'x', which no table has"),
        ({("roles",): {"cases": "t", "lost": "a"}}, "roles: lost is 'a', which no table has"),
        ({(*IDENTITY, "table"): "u"}, "'u' is missing or unknown"),
        ({(*IDENTITY, "each"): "cell"}, "'cell' is missing or unknown"),
        ({(*IDENTITY, "equation"): "sum = a + c"}, "'c' is missing or unknown"),
        ({(*IDENTITY, "equation"): "sum"}, "SUM: 'sum' is not an equation of two sums"),
        ({(*IDENTITY, "equation"): "sum = a = b"}, "SUM: 'sum = a = b' is not an equation of two sums"),
        ({(*IDENTITY, "equation"): "sum = a * b"}, "'a * b' is not a sum of keys"),
        ({(*IDENTITY, "equation"): "sum = a b"}, "'a b' is not a sum of keys"),
        ({(*IDENTITY, "equation"): "sum = a +"}, "'a +' is not a sum of keys"),
        ({(*IDENTITY, "equation"): "sum ="}, "'' is not a sum of keys"),
        ({(*IDENTITY, "computes"): "a"}, "SUM: computes 'a', which must stand alone on the left"),
        ({(*IDENTITY, "equation"): "sum + a = b"}, "SUM: computes 'sum', which must stand alone on the left"),
        ({(*IDENTITY, "equation"): "sum = a + sum"}, "edition 2099: t.sum.x is a total of itself"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused_with_file_and_place(
    declare: Declare, changes: Changes, said: str
) -> None:
    with pytest.raises(FormError) as refused:
        declare(changes)
    assert str(refused.value) == f"2099.toml: {said}"


def test_an_identity_that_holds_nowhere_is_refused(declare: Declare) -> None:
    blocks = [
        {"rows": [{"key": key, "label": key}], "columns": [{"key": "x", "label": "x"}]} for key in ("a", "b", "sum")
    ]
    with pytest.raises(FormError, match=r"2099\.toml: SUM: no part of t has all its keys"):
        declare({("tables", 0, "blocks"): blocks, ("tables", 0, "layout"): "blocks"})


@pytest.mark.parametrize("content", [b"edition = ", b'edition = "\xff"'])
def test_a_file_that_is_not_toml_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "2099.toml"
    file.write_bytes(content)
    with pytest.raises(FormError, match=r"^2099\.toml: "):
        read_form(file)

"""Published reports that were once misread: what stands in each is read, and their whole kind with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.checks import check
from reportkit.display import narrative
from reportkit.documents.detection import read_document
from reportkit.documents.document import Block, Box, Document, Grid, Heading, Paragraph
from reportkit.documents.plain_text import read_plain_text
from reportkit.form import Form, editions, form_for
from reportkit.intake.published.report import PublishedReport, read_report
from reportkit.project.parameters import read_parameters, write_parameters
from reportkit.report import Agency

FAULTS = Path(__file__).parents[2] / "data" / "faults"
FORM = form_for(2023)
TITLE = "青禾市林业局2023年政府信息公开工作年度报告"


def read(name: str) -> PublishedReport:
    """The report in a file of the folder of faults."""
    (path,) = FAULTS.glob(f"{name}*")
    return read_report(read_document(path))


def read_blocks(blocks: Sequence[Block]) -> PublishedReport:
    return read_report(Document("示例.html", tuple(blocks)))


def read_lines(*lines: str) -> PublishedReport:
    return read_report(read_plain_text("\n".join(lines), "示例.txt"))


def sections_with(inside: str, *, form: Form = FORM) -> list[Block]:
    """A report whose section one holds a line and a text after it."""
    blocks: list[Block] = [Paragraph(TITLE)]
    for section in form.titled_sections:
        blocks.append(Paragraph(section.title))
        if section is form.titled_sections[0]:
            blocks += [Paragraph("开头。"), Paragraph(inside), Paragraph("后面的正文。")]
        elif not section.holds_table:
            blocks.append(Paragraph("正文。"))
        else:
            cells = form.table(section.key).cells
            blocks.append(Grid((tuple(Box(str(number)) for number in range(min(3, len(cells)))),)))
    return blocks


# ------------------------------------------------------------------ titles of sections


def test_a_heading_within_section_one_is_not_the_section_that_it_names() -> None:
    overview = read("f01").narrative["overview"]
    for words in ("（一）主动公开政府信息情况", "312条", "（二）依申请公开政府信息情况", "19件", "公布监督电话"):
        assert words in overview
    assert [section.key for section in FORM.titled_sections] == list(read("f01").wording)[:6]


@pytest.mark.parametrize("numbered", ["（{}）{}", "({}){}", "{}、{}", "{}.{}", "{}{}"])
@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_no_line_in_section_one_is_taken_for_another_section(form: Form, numbered: str) -> None:
    for number, section in enumerate(form.titled_sections, start=1):
        for count in (str(number), "一二三四五六"[number - 1], "一", "1"):
            bare = section.title.partition("、")[2]
            inside = numbered.format(count, bare) if numbered != "{}{}" else bare
            if inside == section.title:
                continue
            found = read_blocks(sections_with(inside, form=form))
            assert "后面的正文。" in found.narrative["overview"], inside
            assert not any(message.startswith("section") for message in found.missing), inside


def test_a_section_without_its_number_is_found_where_it_belongs() -> None:
    titles = [section.title for section in FORM.titled_sections]
    titles[4] = "存在的主要问题及改进情况"
    found = read_lines(TITLE, *(line for title in titles for line in (title, f"{title[-4:]}的正文。")))
    assert found.narrative["problems"] == "改进情况的正文。\n"


# ---------------------------------------------------------------------- title and agency


def test_a_title_on_two_lines_is_one_and_a_sentence_that_quotes_the_decree_is_none() -> None:
    found = read("f03")
    assert (found.agency_name, found.year) == ("青禾市人民政府办公室", 2025)
    assert found.title == "2025 年青禾市人民政府办公室政府信息公开工作年度报告"
    assert found.narrative["preamble"].startswith("本年度报告依《中华人民共和国政府信息公开条例》（以下称")


def test_a_sentence_tells_agency_and_year_where_no_line_is_the_title() -> None:
    found = read("f08")
    assert (found.agency_name, found.year) == ("白塔市教育局", 2021)
    assert [(guess.what, guess.sure) for guess in found.guesses] == [("title", 0.8)]


@pytest.mark.parametrize(
    "period",
    [
        "2021年1月1日至2021年12月31日",
        "自2021年1月1日起至2021年12月31日止",
        "2021年1月1日至12月31日",
        "从2021年1月1日起到12月31日",
    ],
)
def test_the_period_tells_the_year(period: str) -> None:
    assert read_lines(f"本报告的数据统计期限为{period}。", "一、总体情况", "正文。").year == 2021


# ----------------------------------------------------------------------------- Markdown


def test_headings_of_markdown_are_headings_and_table_four_may_be_three_tables() -> None:
    found = read("f04")
    assert found.title == "某某县人民政府 2025 年 政府信息公开工作年度报告"
    assert found.agency_name == "某某县人民政府"
    assert {key: text for key, text in found.narrative.items() if text} == {
        "preamble": "依据《中华人民共和国政府信息公开条例》，编制本报告。\n",
        "overview": "2025年，我县共受理政府信息公开申请 749 件。\n",
        "problems": "存在短板：一是政策解读多样性需加强。改进：丰富形式。\n",
        "other": "收取信息处理费共计380元。\n",
    }
    figures = [figure for address, figure in found.figures.items() if address.startswith("challenges.")]
    assert figures == [27, 10, 9, 15, 61, 3, 0, 0, 0, 3, 8, 0, 1, 1, 10]


def test_a_part_of_table_four_whose_columns_stand_otherwise_is_not_read() -> None:
    head = "| 结果纠正 | 结果维持 | 其他结果 | 尚未审结 | 总计 |"
    found = read_lines(
        "## 四、政府信息公开行政复议、行政诉讼情况", "### 行政复议", head, "|-|-|-|-|-|", "| 1 | 2 | 3 | 4 | 10 |"
    )
    assert not any(address.startswith("challenges.") for address in found.figures)


# ---------------------------------------------------------------------- lines and pages


def test_text_broken_at_line_ends_is_joined_and_page_numbers_are_left_out() -> None:
    first, second = read("f10").narrative["overview"].strip().split("\n\n")
    assert "推进公开工作，围绕" in first and "方便市民" in first and first.endswith("维持了原答复。")
    assert second == "全年收到政府信息公开申请 34 件，上年结转政府信息公开申请 2 件，均已办结。"


@pytest.mark.parametrize("page", ["— 3 —", "- 12 -", "-3-", "第3页", "第 3 页 共 9 页", "3/9"])
def test_the_number_of_a_page_is_no_text(page: str) -> None:
    assert read_lines(TITLE, "一、总体情况", "上一页的话。", page, "下一页的话。").narrative["overview"] == (
        "上一页的话。\n\n下一页的话。\n"
    )


SENTENCES = st.lists(
    st.text(st.sampled_from("政府信息公开工作申请答复办理群众服务"), min_size=30, max_size=120).map(
        lambda text: f"{text}。"
    ),
    min_size=1,
    max_size=4,
)


@given(SENTENCES, st.integers(24, 40))
def test_paragraphs_broken_at_any_width_come_back_whole(paragraphs: list[str], width: int) -> None:
    lines = [text[at : at + width] for text in paragraphs for at in range(0, len(text), width)]
    found = read_lines(TITLE, "一、总体情况", *lines, "六、其他需要报告的事项", "无。")
    assert "".join(found.narrative["overview"].split()) == "".join(paragraphs)
    if all(len(text) % width for text in paragraphs):  # a paragraph may end where a line is full
        assert found.narrative["overview"].strip().split("\n\n") == paragraphs


# -------------------------------------------------------------------------- publication


@pytest.mark.parametrize(
    "blocks",
    [
        [Grid(((Box("发布机构"), Box("青禾市林业局"), Box("公开日期"), Box("2024-01-17")),)), Paragraph(TITLE)],
        [Paragraph(TITLE), Grid(((Box("成文日期"), Box("2024-01-12")), (Box("公开日期："), Box("2024年1月17日"))))],
        [Paragraph(TITLE), Paragraph("发布日期：2024-01-17 来源：市林业局")],
        [Paragraph(TITLE), Paragraph("发布时间：2024-01-17 14:53")],
        [Paragraph("公布日期：2024年1月17日"), Heading(TITLE, 1)],
        [Paragraph(TITLE), Paragraph("（2024年1月17日）")],
    ],
)
def test_the_day_of_publication_is_found_in_the_head(blocks: list[Block]) -> None:
    body: list[Block] = [
        Paragraph("一、总体情况"),
        Paragraph("正文。"),
        Paragraph("六、其他需要报告的事项"),
        Paragraph("无。"),
    ]
    assert read_blocks([*blocks, *body]).published == date(2024, 1, 17)


@pytest.mark.parametrize("day", ["2024年1月17日", "2024-01-17", "二〇二四年一月十七日"])
@pytest.mark.parametrize("name", ["青禾市林业局", "青禾市人民政府办公室", ""])
def test_a_signature_tells_the_day_and_is_no_text(name: str, day: str) -> None:
    lines = [
        TITLE,
        "一、总体情况",
        "正文。",
        "六、其他需要报告的事项",
        "没有其他需要报告的事项",
        *filter(None, [name]),
        day,
    ]
    found = read_lines(*lines)
    assert found.published == date(2024, 1, 17)
    assert found.narrative["other"] == "没有其他需要报告的事项\n"


def test_the_day_of_the_document_is_not_the_day_of_publication() -> None:
    found = read("f12")
    assert (found.published, found.narrative["other"]) == (date(2024, 1, 17), "没有收过信息处理费。\n")
    blocks: list[Block] = [
        Paragraph(TITLE),
        Grid(((Box("成文日期"), Box("2024-01-12")),)),
        Paragraph("一、总体情况"),
        Paragraph("正文。"),
    ]
    assert read_blocks(blocks).published is None


# --------------------------------------------------------------------------- whole groups


def test_a_group_stated_in_one_row_is_read_and_the_report_is_told_that_the_form_has_more() -> None:
    found = read("f11")
    assert found.figures["applications.other.other.total"] == 1486
    assert "applications.other.fee_unpaid.total" not in found.figures
    outcome = check(found.report(Agency("city", "某某市"), 2025))
    assert not [finding for finding in outcome if finding.rule.startswith("T3-")]
    assert any("（六）其他处理" in finding.message for finding in outcome if finding.rule == "FORM-TITLES")


# ------------------------------------------------------------------- text beside a table


def test_text_in_a_section_with_a_table_is_kept_judged_and_written(tmp_path: Path) -> None:
    text = (
        "本馆这一年共收到9份政府信息公开申请，申请人都是自然人，其中予以公开3件、部分公开2件，"
        "没有结转到下一年的申请。\n"
    )
    (tmp_path / "report.txt").write_text(
        f"""南岭区档案馆2022年政府信息公开工作年度报告
一、总体情况
南岭区档案馆按《条例》做好公开工作。
三、收到和处理政府信息公开申请情况
{text}| 一、本年新收政府信息公开申请数量 | 9 | 0 | 0 | 0 | 0 | 0 | 9 |
| 二、上年结转政府信息公开申请数量 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |
五、存在的主要问题及改进情况
略。联系人手机13800000000。
""",
        encoding="utf-8",
    )
    agency = Agency("archive", "南岭区档案馆")
    report = read_report(read_document(tmp_path / "report.txt")).report(agency, 2022)
    assert report.text("applications") == text
    assert report.text("disclosure") == ""
    assert "本馆这一年共收到9份" in narrative.section(report, "applications").html
    private = report.replace(narrative={"applications": "申请人手机13800000000。"})
    assert "PRIVACY" in {finding.rule for finding in check(private)}
    path = tmp_path / "2022" / "archive.yaml"
    write_parameters(report, path)
    assert read_parameters(path, agency, 2022).narrative == report.narrative
    write_parameters(private, path)
    assert read_parameters(path, agency, 2022).text("applications") == "申请人手机13800000000。"


# --------------------------------------------------------------------------- backgrounds


def test_coloured_areas_behind_the_lines_of_a_pdf_are_no_table() -> None:
    found = read("f02")
    assert (found.agency_name, found.year) == ("南岭区人民政府", 2023)
    assert "《中华人民共和国政府信息公开条例》编写，数据自2023年1月1日起" in found.narrative["preamble"]
    assert "登出信息873条" in found.narrative["overview"] and "收到政府信息公开申请34件" in found.narrative["overview"]
    assert found.narrative["problems"] == "答复书写得不够清楚；今后先由法律顾问看过再发。\n"
    assert found.narrative["other"] == "没有收取信息处理费。\n"

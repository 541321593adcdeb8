"""The texts of a published report: what is text, what the page says of itself, and how to ask the agency."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.documents.document import Block, Box, Document, Grid, Heading, Paragraph
from reportkit.form import Form, editions, form_for
from reportkit.intake.published.notes import Notes
from reportkit.intake.published.report import PublishedReport, read_report
from reportkit.intake.published.rows import Line
from reportkit.intake.published.sections import Article, Item, Title
from reportkit.intake.published.tables import PublishedTable
from reportkit.intake.published.texts import contact_in, narrative_of, note_tables_left_out

FORM = form_for(2023)
TITLE = Title("青禾市林业局2023年政府信息公开工作年度报告", "青禾市林业局", 2023)
GRID = Grid(((Box("示例"),),))

Sections = tuple[tuple[str, str, tuple[Item, ...]], ...]


def lines(*texts: str) -> tuple[Line, ...]:
    return tuple(Line(text, f"paragraph {at}") for at, text in enumerate(texts, 1))


def texts_of(article: Article, used: set[Line] | None = None) -> tuple[dict[str, str], list[str]]:
    """The texts of an article, and what is said to be missing."""
    notes = Notes()
    return narrative_of(FORM, article, used or set(), notes), notes.missing


def preamble(*texts: str, title: Title | None = TITLE) -> str:
    sections = (("overview", "一、总体情况", lines("正文。")),)
    return texts_of(Article(title, lines(*texts), sections))[0]["preamble"]


# ------------------------------------------------------------------ lines that are not text

ABOUT_PAGE = [
    *(f"{word}{what}：2024-01-19" for word in ("发布", "公开", "发文", "更新", "生成", "成文") for what in ("日期", "时间")),
    "来源：青禾市林业局", "信息来源：市林业局", "浏览次数 312", "浏览量：5", "字体：大 中 小", "字号：大", "【字体：大 中 小】",
    "索引号：000014349/2024-00012", "当前位置：首页 > 政务公开", "目录", "目 录", "分享到：微信", "打印", "打印本页",
    "2024-01-19", "2024年1月19日", "2024年1月19日 08:30", "2024/1/19 08:30:15", "２０２４年１月１９日",
]  # fmt: skip


@pytest.mark.parametrize("line", ABOUT_PAGE)
def test_what_the_page_says_of_itself_is_no_text(line: str) -> None:
    assert preamble("开头。", line, "其次。") == "开头。\n\n其次。\n"


@pytest.mark.parametrize(
    "line",
    [
        "本报告公开日期为2024年1月19日。", "目录清单已经公布。", "2024年1月19日起公布。", "数据来源：各科室。", "发布日期另行通知。",
        "邮政编码：276000", "本页可以打印。", "公开时间长短不一。", "网站浏览次数312。",
    ],
)  # fmt: skip
def test_a_sentence_that_only_speaks_of_such_things_is_text(line: str) -> None:
    assert preamble("开头。", line, "其次。") == f"开头。\n\n{line}\n\n其次。\n"


def test_without_a_title_only_sentences_are_text() -> None:
    assert preamble("首页 政务公开 年报", "本报告如下。", title=None) == "本报告如下。\n"
    assert preamble("首页 政务公开 年报", "本报告如下。") == "首页 政务公开 年报\n\n本报告如下。\n"


@pytest.mark.parametrize(("length", "kept"), [(19, False), (20, True), (21, True)])
def test_without_sections_only_what_is_long_enough_is_text(length: int, kept: bool) -> None:
    line = "示" * (length - 1) + "。"
    assert texts_of(Article(TITLE, lines(line), ()))[0]["preamble"] == (f"{line}\n" if kept else "")


# ------------------------------------------------------------------ sections


def report_without(form: Form, left_out: set[str]) -> PublishedReport:
    blocks: list[Block] = [Heading(f"青禾市林业局{form.first_year}年政府信息公开工作年度报告", 1)]
    for section in form.titled_sections:
        if section.key not in left_out:
            blocks += [Paragraph(section.title), Paragraph(f"这一部分讲的是{section.key}这件事情，一共写了这么多。")]
    return read_report(Document("示例.html", tuple(blocks)))


@pytest.mark.parametrize("form", editions().values(), ids=editions())
@given(data=st.data())
def test_a_section_that_a_source_lacks_is_missing_and_the_others_keep_their_text(
    form: Form, data: st.DataObject
) -> None:
    keys = [section.key for section in form.titled_sections]
    left_out = data.draw(st.sets(st.sampled_from(keys), max_size=len(keys) - 1))
    found = report_without(form, left_out)
    for section in form.titled_sections:
        said = found.narrative.get(section.key, "")
        assert (section.key in said) == (section.key not in left_out)
        assert (f"section {section.title}" in found.missing) == (section.key in left_out)
    assert not any(message.startswith("text of") for message in found.missing)


def test_a_section_of_text_without_text_is_missing() -> None:
    sections = (("overview", "一、总体情况", lines("正文。")), ("problems", "五、存在的主要问题及改进情况", ()))
    texts, missing = texts_of(Article(TITLE, (), sections))
    assert texts == {"preamble": "", "overview": "正文。\n", "problems": ""}
    assert missing == ["text of section 五、存在的主要问题及改进情况"]


def test_beside_a_table_only_text_is_kept_and_none_of_its_lines() -> None:
    long = "本年度另有若干事项需要在此说明，特此说明如下。"
    label = next(label for label in sorted(FORM_LABELS, key=len, reverse=True) if len(label) >= 20)
    used = Line("表里的一行字，很长很长很长很长很长很长很长。", "paragraph 9")
    sections: Sections = (
        ("disclosure", "二、主动公开政府信息情况", (*lines(long, "太短的一句。", label), used, (GRID, "table 1"))),
    )
    texts, missing = texts_of(Article(TITLE, (), sections), {used})
    assert texts == {"preamble": "", "disclosure": f"{long}\n"}
    assert missing == []


FORM_LABELS = {row.label for table in FORM.tables for block in table.blocks for row in block.row_leaves}


@pytest.mark.parametrize(("length", "kept"), [(19, False), (20, True)])
def test_beside_a_table_text_is_what_is_long_enough(length: int, kept: bool) -> None:
    sections = (("disclosure", "二、主动公开政府信息情况", lines("示" * length)),)
    assert ("disclosure" in texts_of(Article(TITLE, (), sections))[0]) == kept


def test_only_the_last_section_ends_with_a_signature_and_the_pages_foot() -> None:
    end = ("没有其他事项。", "青禾市林业局", "2024年1月17日", "打印 关闭")
    sections = (("overview", "一、总体情况", lines(*end)), ("other", "六、其他需要报告的事项", lines(*end)))
    texts, _ = texts_of(Article(TITLE, (), sections))
    assert texts["overview"] == "没有其他事项。\n\n青禾市林业局\n\n2024年1月17日\n\n打印 关闭\n"
    assert texts["other"] == "没有其他事项。\n"
    signed = (("overview", "一、总体情况", lines(*end[:3])), *sections[1:])
    assert texts_of(Article(TITLE, (), signed))[0]["overview"] == "没有其他事项。\n\n青禾市林业局\n\n2024年1月17日\n"
    untitled, _ = texts_of(Article(None, (), sections))
    assert untitled["other"] == "没有其他事项。\n"


def test_nothing_ends_a_table_section_that_is_not_the_last() -> None:
    long = "本年度另有若干事项需要在此说明，特此说明如下"
    sections: Sections = (
        ("disclosure", "二、主动公开政府信息情况", lines(f"{long}。", "打印", f"{long}。  2024年1月17日")),
        ("other", "六、其他需要报告的事项", lines("没有其他事项。")),
    )
    texts, _ = texts_of(Article(TITLE, (), sections))
    assert texts["disclosure"] == f"{long}。\n\n{long}。 2024年1月17日\n"


def test_the_agency_of_the_title_signs_without_a_day_too() -> None:
    sections = (("other", "六、其他需要报告的事项", lines("没有其他事项。", "青禾市林草中心办")),)
    title = Title("x", "青禾市林草中心办", 2023)
    assert texts_of(Article(title, (), sections))[0]["other"] == "没有其他事项。\n"
    assert texts_of(Article(None, (), sections))[0]["other"] == "没有其他事项。\n\n青禾市林草中心办\n"


# ------------------------------------------------------------------ tables among the text


def test_grids_among_the_text_are_named_unless_a_table_was_read_from_them() -> None:
    items: tuple[Line | tuple[Grid, str], ...] = (*lines("正文。"), (GRID, "table 1"), (GRID, "table 2"))
    sections: Sections = (
        ("overview", "一、总体情况", items),
        ("disclosure", "二、主动公开政府信息情况", ((GRID, "table 3"),)),
    )
    notes = Notes()
    read = PublishedTable(places={"disclosure.rules.issued": "table 1, row 3"})
    note_tables_left_out(FORM, Article(TITLE, (), sections), [read, PublishedTable()], notes)
    assert notes.missing == ["table 2 in section 一、总体情况 was left out"]


# ------------------------------------------------------------------ how to ask


@pytest.mark.parametrize(
    "way",
    [
        "电话：0539-8726680", "联系电话：0539-8726680", "热线12345", "传真：0539-8726681", "地址：示例路1号", "邮编：276000",
        "邮政编码：276000", "邮政编码276000", "邮箱：a@example.cn", "电子邮件 a@example.cn", "网址：http://www.example.cn",
        "联系地址:示例路",
    ],
)  # fmt: skip
@pytest.mark.parametrize("after", ["", "，欢迎来访。", "；其他事项", "）。", "。此外", "\n\n下一段1"])
def test_ways_to_ask_are_found_in_the_preamble(way: str, after: str) -> None:
    assert contact_in({"preamble": f"如有疑问，请联系（{way}{after}", "overview": "电话：1"}) == way


@pytest.mark.parametrize("text", ["", "电话咨询较多。", "地址", "邮箱：。", "来电来访者12人。", "电话：\n\n12"])
def test_where_no_way_to_ask_is_said_there_is_none(text: str) -> None:
    assert contact_in({"preamble": text}) == ""
    assert contact_in({}) == ""


def test_several_ways_to_ask_are_listed_without_the_signs_of_markdown() -> None:
    text = "联系电话：0539\\-8726680，地址：示例路1号 ，传真见网站；邮箱：a\\_b@example.cn。"
    assert contact_in({"preamble": text}) == "联系电话：0539-8726680，地址：示例路1号，邮箱：a_b@example.cn"

"""Reports in a document: their titles, sections and texts."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.display.narrative import markdown_html
from reportkit.documents.document import Box, Document, Grid, Heading, Paragraph
from reportkit.intake.published.paragraphs import markdown, paragraphs
from reportkit.intake.published.rows import Line
from reportkit.intake.published.sections import Article, Title, articles, title_in

# ------------------------------------------------------------------ titles


@pytest.mark.parametrize(
    ("text", "agency", "year"),
    [
        ("示例市示例局2023年度政府信息公开工作年度报告", "示例市示例局", 2023),
        ("示例市示例局 2023 年政府信息公开工作年度报告", "示例市示例局", 2023),
        ("2023年示例市示例局政府信息公开年度报告", "示例市示例局", 2023),
        ("示例市示例局政府信息公开工作年度报告（2023年）", "示例市示例局", 2023),
        ("示例市示例局二〇二三年政府信息公开工作年度报告", "示例市示例局", 2023),
        ("示例市示例局二0二三年政府信息公开工作年度报告", "示例市示例局", 2023),
        ("示例市示例局２０２３年度政府信息公开工作报告", "示例市示例局", 2023),
        ("示例县（示例区）人民政府2023年政府信息公开工作年度报告", "示例县(示例区)人民政府", 2023),
        ("政府信息公开工作年度报告", "", None),
        ("政府信息公开年报", "", None),
        ("示例局关于2023年政府信息公开工作年度报告：", "示例局关于", 2023),
        ("关于示例局2023年的政府信息公开工作年度报告", "示例局", 2023),
        ("示例局的2023年政府信息公开工作年度报告", "示例局", 2023),
        ("《示例局2023年政府信息公开工作年度报告》", "示例局", 2023),
        ("【示例局】2023年政府信息公开工作年度报告", "示例局", 2023),
        ("<示例局>2023年政府信息公开工作年度报告", "示例局", 2023),
        ("示例局—2023年政府信息公开工作年度报告", "示例局", 2023),
        ("示例局|2023年度政府信息公开工作年度报告", "示例局", 2023),
        ("示例局〔2023年〕政府信息公开工作年度报告", "示例局", 2023),
        ("示例局（2023年度）政府信息公开工作年度报告", "示例局", 2023),
        ("示例局[2023]政府信息公开工作年度报告", "示例局", 2023),
        ("示例局政府信息公开工作年度报告(2023)", "示例局", 2023),
        ("示例局政府信息公开工作年度报告（二〇二三年度）", "示例局", 2023),
        ("示例局二零二三年政府信息公开工作年度报告", "示例局", 2023),
        ("示例局二○一九年政府信息公开工作年度报告", "示例局", 2019),
        ("示例局1999年政府信息公开工作年度报告", "示例局", 1999),
        ("示例局1899年政府信息公开工作年度报告", "示例局1899年", None),
        ("２０２３年示例县（示例区）人民政府政府信息公开工作年度报告", "示例县(示例区)人民政府", 2023),
        ("示例局2023年政府信息公开工作的报告", "示例局", 2023),
        ("青禾市2023年林业局政府信息公开工作年度报告", "青禾市林业局", 2023),
        ("示" * 53 + "2023年政府信息公开工作年度报告", "示" * 53, 2023),
    ],
)
def test_a_title_tells_agency_and_year(text: str, agency: str, year: int | None) -> None:
    found = title_in(text)
    assert found is not None
    assert (found.agency.replace("（", "(").replace("）", ")"), found.year) == (agency, year)


@pytest.mark.parametrize(
    "text",
    [
        "一、总体情况",
        "现公布示例局2023年政府信息公开工作年度报告。",
        "示例局2023年工作总结",
        "2023年",
        "来源：示例局2023年政府信息公开工作年度报告",
        "示" * 90,
        "示" * 54 + "2023年政府信息公开工作年度报告",
        "信息公开报告",
        "年度报告",
        "2023年度报告",
        "示例局2023年政府信息公开指南",
        "示例局2023年政府信息公开目录汇编",
        *(f"示例局2023年政府信息公开工作年度报告{end}" for end in "。;；!！?？"),
        "依据《条例》编制2023年政府信息公开工作年度报告",
        "示例局、另一局2023年政府信息公开工作年度报告",
        "示例局，2023年政府信息公开工作年度报告",
        "“示例局2023年政府信息公开工作年度报告",
        "示例局2023年政府信息公开工作年度报告公布于众并接受监督",
    ],
)
def test_other_lines_are_no_titles(text: str) -> None:
    assert title_in(text) is None


def test_a_title_keeps_its_words_and_the_agency_its_width() -> None:
    found = title_in(" 示例（甲）局 2023 年政府信息公开工作年度报告 ")
    assert found == Title("示例（甲）局 2023 年政府信息公开工作年度报告", "示例（甲）局", 2023, 1)
    wide = title_in("示例ＡＢ局2023年政府信息公开工作年度报告")
    assert wide is not None
    assert wide.agency == "示例ＡＢ局"


# ------------------------------------------------------------------ sections

TITLES = ["一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
          "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"]  # fmt: skip
KEYS = ["overview", "disclosure", "applications", "challenges", "problems", "other"]


def document(*texts: str, title: str = "示例局2023年政府信息公开工作年度报告") -> Document:
    return Document("示例.txt", (Heading(title, 1), *map(Paragraph, texts)))


def report(*titles: str) -> Document:
    return document("示例，本报告如下。", *(text for title in titles for text in (title, "示例。")))


def keys(article: Article) -> list[str]:
    return [key for key, _, _ in article.sections]


def test_each_section_holds_what_follows_its_title() -> None:
    (article,) = articles(report(*TITLES))
    assert keys(article) == KEYS
    assert article.title == Title("示例局2023年政府信息公开工作年度报告", "示例局", 2023)
    assert paragraphs(article.before, set()) == ["示例，本报告如下。"]
    assert all(paragraphs(items, set()) == ["示例。"] for _, _, items in article.sections)


@pytest.mark.parametrize(
    ("official", "varied"),
    [
        ("五、存在的主要问题及改进情况", "五、存在问题及改进情况"),
        ("四、政府信息公开行政复议、行政诉讼情况", "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
        ("四、政府信息公开行政复议、行政诉讼情况", "四、政府信息公开行政复议和行政诉讼情况"),
        ("六、其他需要报告的事项", "六、其它需要报告的事项"),
        ("一、总体情况", "一、 总体情况："),
        ("二、主动公开政府信息情况", "主动公开政府信息情况"),
        ("三、收到和处理政府信息公开申请情况", "三、收到和处理政府信息公开申请的情况"),
    ],
)
def test_a_title_may_vary(official: str, varied: str) -> None:
    (article,) = articles(report(*(varied if title == official else title for title in TITLES)))
    assert keys(article) == KEYS
    assert [text for _, text, _ in article.sections][TITLES.index(official)] == varied


@pytest.mark.parametrize(
    "line",
    ["一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", "三、本年度办理结果",
     "四、结转下年度继续办理", "二、依申请公开情况", "（一）主动公开"],
)  # fmt: skip
def test_a_row_of_a_table_or_a_subheading_is_no_section(line: str) -> None:
    (article,) = articles(report(*TITLES[:1], line, *TITLES[1:]))
    assert keys(article) == KEYS


def test_sections_keep_the_order_of_the_source() -> None:
    (article,) = articles(report(*TITLES[:4], TITLES[5], TITLES[4]))
    assert keys(article) == [*KEYS[:4], "other", "problems"]


def test_a_title_said_twice_is_one_section() -> None:
    (article,) = articles(report(TITLES[0], TITLES[1], TITLES[1].partition("、")[2], *TITLES[2:]))
    assert keys(article) == KEYS


def test_a_second_title_begins_a_second_report() -> None:
    first, second = report(*TITLES), report(*TITLES[:3])
    found = articles(Document("x", first.blocks + second.blocks))
    assert [keys(article) for article in found] == [KEYS, KEYS[:3]]
    assert paragraphs(found[0].sections[-1][2], set()) == ["示例。"]


def test_a_second_report_may_begin_where_the_first_breaks_off() -> None:
    first, second = report(*TITLES[1:4]), report(TITLES[0], *TITLES[4:])
    found = articles(Document("x", first.blocks + second.blocks))
    assert [keys(article) for article in found] == [KEYS[1:4], [KEYS[0], *KEYS[4:]]]


def test_a_table_of_contents_is_left_out_with_what_it_lists() -> None:
    (article,) = articles(document(*(f"{title}……{at}" for at, title in enumerate(TITLES)),
                                   *(text for title in TITLES for text in (title, "示例。"))))  # fmt: skip
    assert keys(article) == KEYS
    assert paragraphs(article.before, set()) == []


def test_a_table_of_contents_alone_is_all_there_is() -> None:
    (article,) = articles(document(*TITLES))
    assert keys(article) == KEYS


def test_without_section_titles_everything_stands_before() -> None:
    (article,) = articles(document("示例。"))
    assert (article.sections, paragraphs(article.before, set())) == ((), ["示例。"])
    (untitled,) = articles(Document("x", (Paragraph("示例。"),)))
    assert untitled.title is None


def test_what_stands_before_the_title_belongs_to_the_page() -> None:
    blocks = (Paragraph("首页 > 政府信息公开 > 年报"), *report(*TITLES).blocks)
    (article,) = articles(Document("x", blocks))
    assert paragraphs(article.before, set()) == ["示例，本报告如下。"]


def test_a_line_break_parts_paragraphs_and_grids_are_no_text() -> None:
    grid = Grid(((Box("示例"),),))
    (article,) = articles(Document("x", (Heading("一、总体情况", 2), Paragraph("甲\n乙"), grid)))
    assert paragraphs(article.sections[0][2], set()) == ["甲", "乙"]
    assert [where for key, item in article.items if not isinstance(item, Line) for where in [item[1]]] == ["table 1"]


# ------------------------------------------------------------------ text


def lines(*texts: str) -> list[Line]:
    return [Line(text, "") for text in texts]


def test_a_sentence_torn_within_brackets_is_joined() -> None:
    assert paragraphs(lines("执行《市", "示例制度》。", "下文"), set()) == ["执行《市示例制度》。", "下文"]
    assert paragraphs(lines("如（示例", "之一)。", "下文。"), set()) == ["如（示例之一)。", "下文。"]


@pytest.mark.parametrize("first", ["（一）示例", "存在问题：", "《示例》", "“示例。", "《甲》《乙》示例"])
def test_a_whole_paragraph_is_not_joined(first: str) -> None:
    assert paragraphs(lines(first, "下文"), set()) == [first, "下文"]


def test_lines_of_a_table_are_no_text() -> None:
    table, text = lines("规章", "示例。")
    assert paragraphs([table, text], {table}) == ["示例。"]


@pytest.mark.parametrize(
    "footer",
    ["打印 关闭", "【打印】【关闭窗口】", "扫一扫在手机打开当前页", "相关附件：", "上一篇：示例", "鲁ICP备00000000号"],
)
def test_the_foot_of_the_page_ends_the_last_section(footer: str) -> None:
    assert paragraphs(lines("示例。", footer, "示例"), set(), last=True) == ["示例。"]
    assert paragraphs(lines("示例。", footer), set())[0] == "示例。"


def test_a_long_sentence_that_speaks_of_printing_stays() -> None:
    sentence = "打印关闭等功能" + "示例" * 40 + "。"
    assert paragraphs(lines(sentence), set(), last=True) == [sentence]


tricky = st.lists(
    st.one_of(
        st.sampled_from(["#", "-", "+", "1.", "2)", "*", "_", "<b>", "|", "\\", "&amp;", "`", "[甲](http://a.cn)", " ",
                         "~~~", "===", "---", ">", "![", "<http://a.cn>", "**", "示例", "&#35;", "1. ", "- "]),
        st.text(st.characters(exclude_categories=["C", "Z", "M"]), max_size=3),
    ),
    min_size=1,
    max_size=8,
).map("".join)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(tricky, min_size=1, max_size=4))
def test_markdown_shows_the_same_characters_again(texts: list[str]) -> None:
    html = markdown_html(markdown(texts), level=3)
    shown = [unescape(text) for text in re.findall(r"<p>(.*?)</p>", html, re.DOTALL)]
    assert not re.search(r"<(?!/?p>)", html)
    assert ["".join(text.split()) for text in shown] == [w for text in texts if (w := "".join(text.split()))]


@pytest.mark.parametrize(
    "torn",
    [
        ["示例市示例局", "2023年政府信息公开工作年度报告"],
        ["示例市示例局2023年", "政府信息公开工作年度报告"],
        ["示例市示例局", "2023年政府信息公开", "工作年度报告"],
        ["示例市示例局2023年政府信", "息公开工作年度报告"],
    ],
)
def test_a_title_may_be_torn_into_lines(torn: list[str]) -> None:
    (article,) = articles(Document("x", (*map(Paragraph, torn), *report(*TITLES).blocks[1:])))
    assert article.title is not None
    assert (article.title.agency, article.title.year) == ("示例市示例局", 2023)


@pytest.mark.parametrize("above", ["首页 > 政务公开", "一", "2024-01-19", "来源：示例局。"])
def test_a_line_of_the_page_above_the_title_is_no_agency(above: str) -> None:
    blocks = (Paragraph(above), Paragraph("2023年政府信息公开工作年度报告"), *report(*TITLES).blocks[1:])
    (article,) = articles(Document("x", blocks))
    assert article.title is not None
    assert (article.title.agency, article.title.year) == ("", 2023)


# ------------------------------------------------------------------ lines around a title


def of_page(*blocks: str) -> Article:
    (article,) = articles(Document("x", (*map(Paragraph, blocks), *report(*TITLES).blocks[1:])))
    return article


def test_the_line_above_completes_a_title_that_names_no_agency() -> None:
    title = of_page("青禾市林业局", "2023年政府信息公开工作年度报告").title
    assert title == Title("青禾市林业局 2023年政府信息公开工作年度报告", "青禾市林业局", 2023)
    named = of_page("白塔市", "青禾市林业局2023年政府信息公开工作年度报告").title
    assert named == Title("青禾市林业局2023年政府信息公开工作年度报告", "青禾市林业局", 2023)


@pytest.mark.parametrize(
    "above", ["首页 > 年报", "首页,年报", "首页、年报", "首页|年报", "第3号文件", "市局", "这是一句话。"]
)
def test_a_line_above_that_is_no_name_does_not(above: str) -> None:
    title = of_page(above, "2023年政府信息公开工作年度报告").title
    assert title == Title("2023年政府信息公开工作年度报告", "", 2023)


def test_a_name_of_three_characters_completes_a_title() -> None:
    title = of_page("林业局", "2023年政府信息公开工作年度报告").title
    assert title is not None
    assert title.agency == "林业局"


def test_a_table_above_a_title_completes_nothing() -> None:
    grid = Grid(((Box("青禾市林业局"),),))
    blocks = (grid, Paragraph("2023年政府信息公开工作年度报告"), *report(*TITLES).blocks[1:])
    (article,) = articles(Document("x", blocks))
    assert article.title == Title("2023年政府信息公开工作年度报告", "", 2023)


def test_a_title_on_two_lines_says_so_and_stands_before_section_one() -> None:
    title = of_page("青禾市林业局2023年政府信息公", "开工作年度报告").title
    assert title == Title("青禾市林业局2023年政府信息公开工作年度报告", "青禾市林业局", 2023, 2)
    (article,) = articles(
        Document("x", tuple(map(Paragraph, [TITLES[0], "青禾市林业局2023年政府信息公", "开工作年度报告"])))
    )
    assert article.title is None
    apart = (
        Paragraph("青禾市林业局2023年政府信息公"),
        Grid(((Box("1"),),)),
        Paragraph("开工作年度报告"),
        *report(*TITLES).blocks[1:],
    )
    (article,) = articles(Document("x", apart))
    assert article.title is None


def test_without_sections_what_follows_the_first_title_stands_before() -> None:
    (article,) = articles(
        Document("x", tuple(map(Paragraph, ["首页", "示例局2023年政府信息公开工作年度报告", "正文。"])))
    )
    assert article.title == Title("示例局2023年政府信息公开工作年度报告", "示例局", 2023)
    assert paragraphs(article.before, set()) == ["正文。"]
    (untitled,) = articles(Document("x", tuple(map(Paragraph, ["首页", "正文。"]))))
    assert paragraphs(untitled.before, set()) == ["首页", "正文。"]
    (empty,) = articles(Document("x", ()))
    assert empty == Article(None, (), ())


def test_a_report_begins_at_the_nearest_title_before_it() -> None:
    found = of_page("白塔局2022年政府信息公开工作年度报告", "示例局2023年政府信息公开工作年度报告", "前文。")
    assert found.title is not None
    assert found.title.agency == "示例局"
    assert paragraphs(found.before, set())[0] == "前文。"


def test_a_second_report_without_a_title_begins_where_the_first_one_stopped() -> None:
    second = [text for title in TITLES for text in (title, "另一段。")]
    first, then = articles(Document("x", (*report(*TITLES).blocks, *map(Paragraph, second))))
    assert then.title is None
    assert then.before == ()
    assert paragraphs(first.sections[-1][2], set()) == ["示例。"]
    assert [paragraphs(items, set()) for _, _, items in then.sections] == [["另一段。"]] * 6


def test_a_title_within_a_report_begins_no_other() -> None:
    first = list(report(*TITLES).blocks)
    first.insert(6, Paragraph("另见示例局2022年政府信息公开工作年度报告"))
    second = [Paragraph(text) for title in TITLES for text in (title, "另一段。")]
    one, other = articles(Document("x", (*first, *second)))
    assert (keys(one), keys(other)) == (KEYS, KEYS)
    assert other.title is None
    assert paragraphs(one.sections[-1][2], set()) == ["示例。"]


def test_section_one_behind_others_begins_a_report_only_below_a_title() -> None:
    late = report(TITLES[1], TITLES[2], TITLES[0]).blocks
    assert [keys(article) for article in articles(Document("x", late))] == [[*KEYS[1:3], KEYS[0]]]
    found = articles(Document("x", (*report(*TITLES).blocks, *late)))
    assert [keys(article) for article in found] == [KEYS, [*KEYS[1:3], KEYS[0]]]


def test_of_two_lines_like_a_sections_title_the_one_above_its_table_counts() -> None:
    bare = [title.partition("、")[2] for title in TITLES]
    grid = Grid(((Box("1"),),))
    blocks = (Paragraph(bare[0]), Paragraph(bare[1]), Paragraph("甲。"), Paragraph(bare[1]), grid)
    (article,) = articles(Document("x", blocks))
    assert keys(article) == KEYS[:2]
    assert paragraphs(article.sections[0][2], set()) == [bare[1], "甲。"]


def test_one_section_is_a_report_if_anything_follows_it() -> None:
    (alone,) = articles(Document("x", (Paragraph(TITLES[0]),)))
    assert keys(alone) == ["overview"]
    links = Document("x", (*report(*TITLES).blocks, Paragraph(TITLES[0])))
    (article,) = articles(links)
    assert keys(article) == KEYS


def test_items_say_where_they_stand() -> None:
    grid = Grid(((Box("1"),),))
    blocks = (Heading("一、总体情况", 2), grid, Paragraph("甲\n \n乙"), Heading("丙", 3), grid)
    (article,) = articles(Document("x", blocks))
    assert list(article.items) == [
        ("overview", (grid, "table 1")),
        ("overview", Line("甲", "paragraph 3")),
        ("overview", Line("乙", "paragraph 3")),
        ("overview", Line("丙", "paragraph 4", heading=True)),
        ("overview", (grid, "table 2")),
    ]
    (before,) = articles(Document("x", (Paragraph("甲"), *blocks)))
    assert next(iter(before.items)) == (None, Line("甲", "paragraph 1"))

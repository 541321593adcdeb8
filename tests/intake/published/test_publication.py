"""The day of publication and the signature: where they may stand, in which words, and which of several counts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.documents.document import Block, Box, Document, Grid, Paragraph
from reportkit.intake.published.publication import published_on, without_signature
from reportkit.intake.published.rows import Line
from reportkit.intake.published.sections import Article, Title
from reportkit.text import chinese_day

TITLE = Title("青禾市林业局2023年政府信息公开工作年度报告", "青禾市林业局", 2023)
DAY = date(2024, 1, 17)
NAMES = [f"{word}{what}" for word in ("发布", "公开", "公布", "发文") for what in ("日期", "时间")]
OTHER_NAMES = [f"{word}{what}" for word in ("成文", "生成", "印发", "有效") for what in ("日期", "时间")]


def day_of(
    *blocks: Block, before: tuple[str, ...] = (), end: tuple[str, ...] = (), title: Title | None = TITLE
) -> date | None:
    """The day of publication of a report with lines before its first section and at its end, in a page with blocks."""
    head = tuple(Line(text, "paragraph 1") for text in before)
    last = tuple(Line(text, "paragraph 9") for text in ("没有其他事项。", *end))
    article = Article(title, head, (("other", "六、其他需要报告的事项", last),))
    return published_on(article, Document("示例.html", blocks))


def grid(*rows: tuple[str, ...]) -> Grid:
    return Grid(tuple(tuple(Box(text) for text in row) for row in rows))


# ------------------------------------------------------------------ where it is named


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("colon", ["：", ":", " ： "])
def test_a_line_that_names_the_day_tells_it(name: str, colon: str) -> None:
    said = f"来源：示例局 {name}{colon}2024-01-17 浏览次数：3"
    assert day_of(before=(said,)) == DAY
    assert day_of(Paragraph(said)) == DAY
    assert day_of(grid((said,))) == DAY


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("colon", ["：", ":", ""])
def test_a_cell_beside_its_name_tells_it(name: str, colon: str) -> None:
    assert day_of(grid(("索引号", "01"), ("名称", "年报", f" {name}{colon} ", " 2024年1月17日 "))) == DAY


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_other_days_of_a_document_do_not(name: str) -> None:
    assert day_of(grid((name, "2024-01-12")), Paragraph(f"{name}：2024-01-12"), before=(f"{name}：2024-01-12",)) is None


def test_a_cell_beside_another_or_below_its_name_does_not() -> None:
    assert day_of(grid(("公开日期", "见下"), ("2024-01-17",))) is None
    assert day_of(grid(("公开日期", "", "2024-01-17"))) is None
    assert day_of(grid(("2024-01-17", "公开日期"))) is None
    assert day_of(grid(("公开日期起", "2024-01-17"))) is None


def test_a_box_that_spans_columns_is_one_cell() -> None:
    name, day = Box("公开日期", colspan=2), Box("2024-01-17")
    assert day_of(Grid(((name, name, day, None),))) == DAY


def test_the_reports_own_head_comes_before_the_rest_of_the_page() -> None:
    assert day_of(Paragraph("发布日期：2020-05-05"), before=("发布日期：2024-01-17",)) == DAY
    assert day_of(Paragraph("发布日期：2024-01-17"), Paragraph("发布日期：2020-05-05")) == DAY
    assert day_of(Paragraph("发布日期：2024-13-17"), Paragraph("发布日期：2024-01-17")) == DAY


def test_a_named_day_comes_before_one_below_the_title_and_that_before_the_signature() -> None:
    named, below, signed = Paragraph("发布日期：2024-01-17"), ("（2024年2月2日）",), ("2024年3月3日",)
    assert day_of(named, before=below, end=signed) == DAY
    assert day_of(before=below, end=signed) == date(2024, 2, 2)
    assert day_of(end=signed) == date(2024, 3, 3)


# ------------------------------------------------------------------ alone, and as a signature


@pytest.mark.parametrize(
    "alone", ["2024年1月17日", "（2024年1月17日）", "[2024-01-17]", " ( 2024/1/17 ) ", "２０２４．１．１７"]
)
def test_a_day_alone_below_the_title_tells_it(alone: str) -> None:
    assert day_of(before=(alone,)) == DAY
    assert day_of(before=(alone,), title=None) is None
    assert day_of(before=(f"{alone}起",)) is None


@given(st.dates(date(2008, 5, 1), date(2099, 12, 31)))
def test_a_day_in_chinese_numerals_signs(day: date) -> None:
    digits = "〇一二三四五六七八九"
    year = "".join(digits[int(digit)] for digit in str(day.year))

    def spoken(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones else "")

    signed = f"{year}年{spoken(day.month)}月{spoken(day.day)}日"
    for said in (signed, signed.replace("年", " 年 "), chinese_day(day), f"（{chinese_day(day)}）"):
        assert day_of(end=(said,)) == day
        assert without_signature(["正文。", "青禾市林业局", said]) == ["正文。"]


def test_only_the_last_line_signs() -> None:
    assert day_of(end=("2024年1月17日", "另有说明。")) is None
    assert day_of(end=("于2024年1月17日公布",)) is None
    assert published_on(Article(TITLE, (), ()), Document("x", ())) is None
    assert published_on(Article(TITLE, (), (("other", "六、", ()),)), Document("x", ())) is None


def test_only_the_last_section_is_signed() -> None:
    signed, unsigned = (Line("2024年1月17日", ""),), (Line("正文。", ""),)
    for first, last, day in ((signed, unsigned, None), (unsigned, signed, DAY)):
        sections = (("overview", "一、总体情况", first), ("other", "六、其他需要报告的事项", last))
        assert published_on(Article(TITLE, (), sections), Document("x", ())) == day


@pytest.mark.parametrize(
    ("paragraphs", "kept"),
    [
        ([], []),
        (["正文。"], ["正文。"]),
        (["正文。", "2024年1月17日"], ["正文。"]),
        (["2024年1月17日"], []),
        (["正文。", "青禾市林业局", "2024年1月17日"], ["正文。"]),
        (["正文。", "青禾市林业局  2024年1月17日"], ["正文。"]),
        (["正文。", "青禾市林业局 2024年1月17日"], ["正文。"]),
        (["正文。  2024年1月17日"], ["正文。"]),
        (["正文。", "青禾市林业局"], ["正文。"]),
        (["正文。", "青禾市 林业局"], ["正文。"]),
        (["前文。", "正文。", "青禾市林业局"], ["前文。", "正文。"]),
        (["青禾市林业局", "正文。", "2024年1月17日"], ["青禾市林业局", "正文。"]),
        (["正文。", "白塔市林业局"], ["正文。", "白塔市林业局"]),
        (["正文。", "白塔市林业局", "2024年1月17日"], ["正文。"]),
        (["正文。", "白塔市人民政府（示例）办公室", "2024年1月17日"], ["正文。"]),
        (["前文。", "正文，谢谢林业局", "2024年1月17日"], ["前文。", "正文，谢谢林业局"]),
        (["正文。", "特此报告", "2024年1月17日"], ["正文。", "特此报告"]),
        (["正文。", "林局", "2024年1月17日"], ["正文。", "林局"]),
        (["正文。", "于2024年1月17日公布"], ["正文。", "于2024年1月17日公布"]),
        (["正文。", "2024年2月30日"], ["正文。", "2024年2月30日"]),
    ],
)
def test_the_signature_is_taken_off_and_no_text(paragraphs: list[str], kept: list[str]) -> None:
    given_ones = list(paragraphs)
    assert without_signature(paragraphs, "青禾市林业局") == kept
    assert paragraphs == given_ones


def test_whoever_the_title_names_signs_whatever_the_name() -> None:
    assert without_signature(["正文。", "青禾 新城", "2024年1月17日"], "青禾新城") == ["正文。"]
    assert without_signature(["正文。", "青禾新城", "2024年1月17日"]) == ["正文。", "青禾新城"]


ENDINGS = ["政府", "办公室", "委员会", "局", "厅", "委", "办", "部", "院", "会", "校", "署", "站", "所", "馆", "队", "处",
           "行", "社", "司", "团", "中心", "公司", "医院", "学校"]  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_whoever_signs_with_a_day_is_no_text(ending: str) -> None:
    assert without_signature(["正文。", f"青禾市示例{ending}", "2024年1月17日"]) == ["正文。"]


@pytest.mark.parametrize(("length", "signs"), [(1, False), (2, True), (40, True), (41, False)])
def test_a_name_that_signs_has_a_names_length(length: int, signs: bool) -> None:
    name = "示" * length + "局"
    assert without_signature(["正文。", name, "2024年1月17日"]) == ["正文。", *([] if signs else [name])]

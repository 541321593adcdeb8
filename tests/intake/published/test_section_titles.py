"""Which lines are the titles of sections: by their words, their numbers, and the level they stand on."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.form import Form, editions, form_for
from reportkit.intake.published.labels import labels_of
from reportkit.intake.published.rows import Line
from reportkit.intake.published.section_titles import SectionTitle, section_titles

FORM = form_for(2023)
TITLES = [section.title for section in FORM.titled_sections]
KEYS = [section.key for section in FORM.titled_sections]
BARE = [title.partition("、")[2] for title in TITLES]


def found(
    *lines: str | None, headings: Collection[str] = (), report_titles: Collection[int] = ()
) -> list[SectionTitle]:
    """The titles among lines; None stands for a table, and `headings` are marked as such by the file."""
    texts = [(at, Line(text, "", text in headings)) for at, text in enumerate(lines) if text is not None]
    return section_titles(texts, report_titles, [at for at, text in enumerate(lines) if text is None])


def keys(titles: Sequence[SectionTitle]) -> list[str]:
    return [title.key for title in titles]


def places(titles: Sequence[SectionTitle]) -> list[int]:
    return [title.at for title in titles]


# ------------------------------------------------------------------ the words of one line


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_the_forms_own_titles_are_titles(form: Form) -> None:
    titles = found(*(section.title for section in form.titled_sections))
    assert keys(titles) == [section.key for section in form.titled_sections]
    assert [title.order for title in titles] == list(range(len(titles)))
    assert [title.text for title in titles] == [section.title for section in form.titled_sections]


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_no_label_of_a_table_is_a_title(form: Form) -> None:
    for label in labels_of(form):
        assert found(label) == [], label


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("around", ["{}：", "{}。", " {} ", "{}……3", "{}......12", "{}···", "{}..4"])
def test_a_title_may_have_a_colon_or_the_dots_of_a_table_of_contents(title: str, around: str) -> None:
    line = around.format(title)
    (only,) = found(line)
    assert (only.key, only.text) == (KEYS[TITLES.index(title)], line)


@pytest.mark.parametrize("title", TITLES)
def test_a_title_with_a_tail_of_its_own_or_in_a_sentence_is_none(title: str) -> None:
    assert found(f"{title}，现将全年的有关情况报告如下，请予审议并监督，谢谢大家") == []
    assert found(f"关于{title.partition('、')[2]}的几点说明和下一步的打算安排") == []


@pytest.mark.parametrize(("line", "is_title"), [
    ("五、存在问题及改进情况", True),
    ("五、存在问题", False),
    ("五、存在主要问题改进", True),
    ("五、今后的打算", False),
    ("四、存在的主要问题及改进情况", True),
    ("四、存在主要问题改进", False),
    ("（五）存在的主要问题及改进情况", True),
    ("存在的主要问题及改进情况", True),
    ("存在主要问题及改进情况", True),
    ("存在问题改进情况", False),
])  # fmt: skip
def test_a_line_numbered_alike_may_differ_more(line: str, is_title: bool) -> None:
    assert keys(found(line)) == (["problems"] if is_title else [])


def test_a_heading_may_differ_more_than_a_line() -> None:
    line = "存在问题改进情况"
    assert keys(found(line)) == []
    assert keys(found(line, headings=[line])) == ["problems"]
    less = "存在问题改进"  # alike by two thirds
    assert keys(found(less, headings=[less])) == []


@pytest.mark.parametrize("line", ["", "一、", "情况", "总体情况" * 11])
def test_too_short_or_too_long_a_line_is_no_title(line: str) -> None:
    assert found(line) == []
    assert found(line, headings=[line]) == []


@pytest.mark.parametrize(("length", "is_title"), [(40, True), (41, False)])
def test_a_title_has_forty_characters_at_most(length: int, is_title: bool) -> None:
    line = TITLES[3] + "示" * (length - len(TITLES[3]))
    assert keys(found(line)) == (["challenges"] if is_title else [])


# ------------------------------------------------------------------ one level


def test_titles_know_how_they_are_numbered() -> None:
    for text, style, as_the_form in (
        ("三、示例", "#、", True), ("（三）示例", "(#)", True), ("3.示例", "#.", True), ("3、示例", "#.", True), ("示例", "", False),
        ("十二、示例", "#、", False), ("(12)示例", "(#)", False), ("二、示例", "#、", False),
    ):  # fmt: skip
        title = SectionTitle(0, "applications", 2, text)
        assert (title.style, title.numbered_as_the_form) == (style, as_the_form), text


STYLES = ["{n}、{t}", "（{n}）{t}", "{a}.{t}", "({a}){t}", "第{n}部分 {t}"]


@pytest.mark.parametrize("style", STYLES[:4])
def test_titles_may_be_numbered_in_any_way_if_all_are(style: str) -> None:
    lines = [style.format(n="一二三四五六"[at], a=at + 1, t=title) for at, title in enumerate(BARE)]
    assert keys(found(*lines)) == KEYS
    assert keys(found(*BARE)) == KEYS


@given(st.data())
def test_lines_of_another_level_between_the_titles_are_none(data: st.DataObject) -> None:
    """Whatever titles stand inside a section, numbered otherwise than the sections, and in whatever order."""
    inner = st.builds(
        lambda style, number, title: style.format(n="一二三四五六"[number], a=number + 1, t=BARE[title]),
        st.sampled_from(STYLES[1:4]),
        st.integers(0, 5),
        st.integers(0, 5),
    )
    lines: list[str] = []
    for title in TITLES:
        lines += [title, *data.draw(st.lists(inner, max_size=2))]
    titles = found(*lines)
    assert places(titles) == [lines.index(title) for title in TITLES]


@pytest.mark.parametrize("at", range(6))
def test_one_title_without_a_number_fits_between_its_neighbours(at: int) -> None:
    lines = [*TITLES[:at], BARE[at], *TITLES[at + 1 :]]
    assert keys(found(*lines)) == KEYS
    for other in range(6):
        if other != at:
            moved = [line for line in lines if line != BARE[at]]
            moved.insert(other, BARE[at])
            assert keys(found(*moved)) == [key for key in KEYS if key != KEYS[at]], (at, other)


@pytest.mark.parametrize("at", range(6))
def test_one_title_that_is_numbered_otherwise_fits_if_its_number_is_the_forms(at: int) -> None:
    right, wrong = f"({at + 1}){BARE[at]}", f"({at + 2}){BARE[at]}"
    assert keys(found(*TITLES[:at], right, *TITLES[at + 1 :])) == KEYS
    assert keys(found(*TITLES[:at], wrong, *TITLES[at + 1 :])) == [key for key in KEYS if key != KEYS[at]]


def test_the_level_that_numbers_more_sections_as_the_form_does_wins() -> None:
    alike = [f"（{'一二三四五六'[at]}）{title}" for at, title in enumerate(BARE)]
    assert places(found(TITLES[0], *alike)) == [1, 2, 3, 4, 5, 6]
    assert places(found(*TITLES[:2], alike[0], alike[1])) == [0, 1]
    misnumbered = [f"（一）{title}" for title in BARE[1:4]]
    assert places(found(TITLES[0], *misnumbered, TITLES[1])) == [0, 4]


def test_of_two_titles_for_one_section_the_one_numbered_as_the_form_counts() -> None:
    assert places(found("二、总体情况", TITLES[0], *TITLES[1:])) == [1, 2, 3, 4, 5, 6]
    assert places(found(TITLES[0], "二、总体情况", TITLES[0])) == [0, 2]


def test_of_two_titles_without_numbers_the_one_above_a_table_counts() -> None:
    assert places(found(BARE[0], BARE[1], "正文。", BARE[1], None, BARE[2], None)) == [0, 3, 5]
    assert places(found(BARE[0], BARE[1], None, BARE[1], "正文。", BARE[2], None)) == [0, 1, 5]
    assert places(found(BARE[0], BARE[1], "正文。", BARE[1], "正文。")) == [0, 1, 3]
    assert places(found(BARE[0], BARE[1], "正文。", BARE[1], None)) == [0, 3]
    assert places(found(TITLES[1], "正文。", TITLES[1], None)) == [0, 2]


def test_each_report_of_a_document_has_a_level_of_its_own() -> None:
    second = [f"（{'一二三四五六'[at]}）{title}" for at, title in enumerate(BARE)]
    lines = ["第一份", *TITLES, "第二份", *second]
    assert keys(found(*lines, report_titles=[0, 7])) == KEYS * 2
    assert places(found(*lines)) == [1, 2, 3, 4, 5, 6]
    assert places(found("一、总体情况", "第二份", *second, report_titles=[1])) == [0, *range(2, 8)]


def test_without_lines_there_are_no_titles() -> None:
    assert found() == []
    assert found("示例", None, "正文。") == []

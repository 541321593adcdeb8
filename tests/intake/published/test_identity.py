"""Whose report it is, for which year and in which edition: what tells, and what is only guessed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.documents.document import Box, Grid
from reportkit.form import Form, editions
from reportkit.intake.published.identity import agency_of, chosen_article, form_of, stated_year, title_in_text
from reportkit.intake.published.labels import labels_of
from reportkit.intake.published.notes import Notes
from reportkit.intake.published.rows import Line
from reportkit.intake.published.sections import Article, Item, Title
from reportkit.report import Agency

FOREST = Agency("forest", "青禾市林业局", short="市林业局")
AGENCIES = {"forest": FOREST, "school": Agency("school", "青禾市教育局")}
OLD, *_, NEW = editions().values()


def article(*before: str, items: tuple[Item, ...] = (), title: Title | None = None) -> Article:
    lines = tuple(Line(text, f"paragraph {at}") for at, text in enumerate(before))
    return Article(title, lines, (("disclosure", "二、主动公开政府信息情况", items),))


def guesses(notes: Notes) -> list[tuple[str, float]]:
    return [(guess.what, guess.sure) for guess in notes.guesses]


# ------------------------------------------------------------------ which of several reports


def test_the_report_for_the_year_comes_first_then_that_of_a_known_agency_then_the_first() -> None:
    unknown, known, later = (
        article(title=Title("x", agency, year))
        for agency, year in (("白塔局", 2022), ("青禾市林业局", 2022), ("白塔局", 2023))
    )
    untitled = article()
    assert chosen_article([untitled, unknown, known, later], 2023, AGENCIES) is later
    assert chosen_article([untitled, unknown, known, later], 2022, AGENCIES) is known
    assert chosen_article([untitled, unknown, known, later], None, AGENCIES) is known
    assert chosen_article([untitled, unknown, later], None, AGENCIES) is untitled
    assert chosen_article([unknown, later], None, {}) is unknown


# ------------------------------------------------------------------ the year


@pytest.mark.parametrize(
    "period",
    [
        "统计期限自2023年1月1日起至2023年12月31日止", "2023 年 1 月 1 日至 2023 年 12 月 31 日", "2023年1月1日至12月31日",
        "2023年1月1日到2023年12月31日", "２０２３年１月１日起到１２月３１日",
    ],
)  # fmt: skip
def test_the_period_tells_the_year_where_the_title_does_not(period: str) -> None:
    notes = Notes()
    assert stated_year(article("前文。", period), Title("x", "", None), notes) == 2023
    assert guesses(notes) == [("year", 0.9)]
    assert "2023, from the period" in notes.guesses[0].said


@pytest.mark.parametrize(
    "text", ["2023年", "2023年1月1日", "2023年1月1日至6月30日", "2023年1月1日至2023年11月30日", "自年1月1日至12月31日"]
)
def test_other_days_tell_no_year(text: str) -> None:
    notes = Notes()
    assert stated_year(article(text), Title("x", "", None), notes) is None
    assert notes.guesses == []


def test_a_period_may_be_broken_over_lines_and_grids_are_no_text() -> None:
    assert stated_year(article("2023年1月1日至", "2023年12月31日"), Title("x", "", None), Notes()) == 2023
    head = Article(None, ((Grid(((Box("2023年1月1日至2023年12月31日"),),)), "table 1"),), ())
    assert stated_year(head, Title("x", "", None), Notes()) is None


def test_the_titles_year_counts_where_the_period_differs() -> None:
    notes = Notes()
    assert stated_year(article("2022年1月1日至12月31日"), Title("x", "", 2023), notes) == 2023
    assert guesses(notes) == [("year", 0.7)]
    assert notes.guesses[0].said.startswith("the title says 2023, the period 2022")
    later = Notes()
    assert stated_year(article("2023年1月1日至12月31日"), Title("x", "", 2022), later) == 2022
    assert guesses(later) == [("year", 0.7)]
    same = Notes()
    assert stated_year(article("2023年1月1日至12月31日"), Title("x", "", 2023), same) == 2023
    assert stated_year(article(), Title("x", "", 2023), same) == 2023
    assert same.guesses == []


# ------------------------------------------------------------------ a title in a sentence


@pytest.mark.parametrize("before", ["", "现公布", "现将", "特编制", "我们编制", "本机关现发布", "现予以公开", "兹形成"])
@pytest.mark.parametrize("after", ["。", "，请批评指正。", "；另有说明。", "："])
def test_a_sentence_may_quote_the_title(before: str, after: str) -> None:
    notes = Notes()
    found = title_in_text(article("前文。", f"{before}青禾市林业局2023年政府信息公开工作年度报告{after}"), notes)
    assert found is not None
    assert (found.agency, found.year) == ("青禾市林业局", 2023)
    assert guesses(notes) == [("title", 0.8)]


def test_the_first_sentence_that_names_agency_or_year_counts() -> None:
    lines = [
        "依据条例，政府信息公开工作年度报告如下。",
        "2022年政府信息公开工作年度报告。",
        "青禾市林业局2023年政府信息公开工作年度报告。",
    ]
    found = title_in_text(article(*lines), Notes())
    assert found is not None
    assert (found.agency, found.year) == ("", 2022)
    named = title_in_text(article(lines[0], "青禾市林业局政府信息公开工作年度报告。"), Notes())
    assert named is not None
    assert (named.agency, named.year) == ("青禾市林业局", None)
    notes = Notes()
    assert title_in_text(article(lines[0]), notes) is None
    assert title_in_text(Article(None, ((Grid(((Box(lines[1]),),)), "table 1"),), ()), notes) is None
    assert notes.guesses == []


# ------------------------------------------------------------------ the edition


def own_labels(form: Form) -> list[str]:
    others = set[str]().union(*(labels_of(other) for other in editions().values() if other is not form))
    return sorted(labels_of(form) - others)


def in_grid(*labels: str) -> tuple[Item, ...]:
    return ((Grid((tuple(Box(label) for label in labels), (None,))), "table 1"),)


@pytest.mark.parametrize("form", editions().values(), ids=editions())
@given(data=st.data())
def test_labels_tell_the_edition_however_they_stand(form: Form, data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.sampled_from(own_labels(form)), min_size=2, max_size=5, unique=True))
    line: tuple[Item, ...] = (Line("\t".join(labels), ""),)
    bars: tuple[Item, ...] = (Line("|".join(labels), ""),)
    for items in (in_grid(*labels), line, bars):
        notes = Notes()
        assert form_of(article(items=items), None, notes) is form
        assert guesses(notes) == [("form", 0.8)]
        assert f"the tables' labels are those of edition {form.edition}" in notes.guesses[0].said


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_the_year_tells_the_edition_without_a_doubt(form: Form) -> None:
    notes = Notes()
    other = OLD if form is NEW else NEW
    few = (in_grid(), in_grid(own_labels(form)[0]), in_grid(own_labels(other)[0]), in_grid(*own_labels(form)[:5]))
    for items in few:
        assert form_of(article(items=items), form.first_year, notes) is form
    assert notes.guesses == []


def test_labels_of_another_edition_than_the_years_count_if_they_are_many() -> None:
    notes = Notes()
    assert form_of(article(items=in_grid(*own_labels(OLD)[:2])), NEW.first_year, notes) is OLD
    assert guesses(notes) == [("form", 0.8)]
    assert notes.guesses[0].said.endswith(f"though the report for {NEW.first_year} should use {NEW.edition}")


@pytest.mark.parametrize(
    ("old", "new", "clear"), [(3, 1, True), (2, 1, False), (5, 2, False), (6, 2, True), (1, 0, False), (2, 0, True)]
)
def test_labels_of_two_editions_count_if_one_has_three_times_as_many(old: int, new: int, clear: bool) -> None:
    labels = [*own_labels(OLD)[:old], *own_labels(NEW)[:new]]
    assert form_of(article(items=in_grid(*labels)), NEW.first_year, Notes()) is (OLD if clear else NEW)


def test_where_neither_year_nor_labels_tell_the_latest_edition_is_a_guess() -> None:
    notes = Notes()
    assert form_of(article(items=in_grid("示例", own_labels(OLD)[0])), None, notes) is NEW
    assert guesses(notes) == [("form", 0.3)]
    assert notes.guesses[0].said == f"edition {NEW.edition}: neither year nor labels tell"


def test_a_year_before_the_first_edition_is_said_to_be_doubtful() -> None:
    notes = Notes()
    assert form_of(article(items=in_grid(*own_labels(OLD))), 2009, notes) is OLD
    assert guesses(notes) == [("form", 0.3), ("form", 0.8)]
    assert "2009" in notes.guesses[0].said
    assert form_of(article(), 2009, Notes()) is NEW


# ------------------------------------------------------------------ the agency


def agency(
    name: str, narrative: Mapping[str, str] | None = None, agencies: Mapping[str, Agency] = AGENCIES
) -> tuple[tuple[str | None, str | None], Notes]:
    notes = Notes()
    return agency_of(Title("x", name, 2023), narrative or {}, agencies, notes), notes


@pytest.mark.parametrize("name", ["青禾市林业局", "市林业局", "青禾市 林业局"])
def test_a_known_name_is_known_without_a_doubt(name: str) -> None:
    found, notes = agency(name)
    assert found == (name, "forest")
    assert (notes.guesses, notes.missing) == ([], [])


@pytest.mark.parametrize("name", ["林业局", "示例省青禾市林业局"])
def test_a_name_with_other_places_before_it_is_said_to_be_taken_for_the_known_one(name: str) -> None:
    found, notes = agency(name)
    assert found == (name, "forest")
    assert [(guess.said, guess.sure) for guess in notes.guesses] == [
        (f"“{name}” is forest (青禾市林业局): no other known body has that name", 0.9)
    ]


def test_a_name_that_fits_several_is_nobodys() -> None:
    found, notes = agency("林业局", agencies=AGENCIES | {"south": Agency("south", "南岭区林业局")})
    assert found == ("林业局", None)
    assert [(guess.said, guess.sure) for guess in notes.guesses] == [
        ("“林业局” may be forest (青禾市林业局) or south (南岭区林业局)", 0.5)
    ]


def test_the_text_decides_between_several() -> None:
    known = AGENCIES | {"south": Agency("south", "南岭区林业局")}
    found, _ = agency("林业局", {"preamble": "前文。", "overview": "南岭区林业局全年公开3件。"}, known)
    assert found == ("林业局", "south")


@pytest.mark.parametrize("name", ["白塔县档案馆", "住房和城乡建设委员会", "青禾市", "局"])
def test_a_name_that_is_unlike_any_agencys_is_kept_and_nobodys(name: str) -> None:
    found, notes = agency(name)
    assert found == (name, None)
    assert (notes.guesses, notes.missing) == ([], [])
    assert agency(name, agencies={})[0] == (name, None)


@pytest.mark.parametrize(
    ("name", "known", "sure"),
    [
        ("青河市示例和样本管理局", "青禾市示例和样本管理局", 0.9),
        ("青河市示例管理局", "青禾市示例管理局", 0.88),
        ("青河市示例理局", "青禾市示例理局", 0.86),
        ("青河市示例和样本管理局甲乙丙丁戊己庚辛壬", "青禾市示例和样本管理局甲乙丙丁戊己庚子丑", 0.85),
        ("青河市示例局", "青禾市示例局", None),
    ],
)
def test_a_name_that_is_like_a_known_one_is_a_guess_as_sure_as_they_are_alike(
    name: str, known: str, sure: float | None
) -> None:
    found, notes = agency(name, agencies={"x": Agency("x", "另一个很不相同的名称"), "it": Agency("it", known)})
    assert found == (name, None)
    said = [("agency", sure)] if sure else []
    assert guesses(notes) == said
    assert all(guess.said == f"“{name}” may be it ({known})" for guess in notes.guesses)


def test_without_a_name_in_the_title_the_first_known_one_of_the_preamble_is_a_guess() -> None:
    long = AGENCIES | {"station": Agency("station", "青禾市林业局种苗站")}
    found, notes = agency("", {"preamble": "由青禾市林业局、青禾市教育局编制。", "overview": "青禾市教育局。"})
    assert found == ("青禾市林业局", "forest")
    assert guesses(notes) == [("agency", 0.7)]
    assert notes.guesses[0].said == "青禾市林业局, from the preamble: the title names none"
    assert agency("", {"preamble": "由青禾市教育局、青禾市林业局编制。"})[0][1] == "school"
    assert agency("", {"preamble": "由青禾市林业局种苗站编制。"}, long)[0][1] == "station"
    assert agency("", {"preamble": "由青禾市林业局种苗站编制。"}, dict(reversed(long.items())))[0][1] == "station"


@pytest.mark.parametrize("narrative", [{}, {"preamble": ""}, {"preamble": "本报告。", "overview": "青禾市林业局。"}])
def test_without_any_name_the_agency_is_missing(narrative: Mapping[str, str]) -> None:
    found, notes = agency("", narrative)
    assert found == (None, None)
    assert notes.missing == ["agency"]

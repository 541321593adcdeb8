"""Published reports, in every layout they are met in: read right, or said to be doubtful."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from intake.published import flattened
from reportkit.display import narrative, tables
from reportkit.display.narrative import markdown_html
from reportkit.documents.document import Block, Box, Document, Grid, Heading, Paragraph
from reportkit.documents.html import read_html
from reportkit.documents.plain_text import read_plain_text
from reportkit.form import Table, editions, form_for
from reportkit.form.figures import Amount, Figure
from reportkit.intake.published.paragraphs import markdown
from reportkit.intake.published.report import PublishedReport, read_report
from reportkit.project.folder import Project
from reportkit.report import Agency, AnnualReport, new_report

ROOT = Path(__file__).parents[3]
AGENCY = Agency("example", "示例市示例局")
few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def sample(year: int = 2023, figures: Mapping[str, Figure] | None = None) -> AnnualReport:
    form = form_for(year)
    of_kind: dict[str, Figure] = {"money": Decimal("12.3400"), "amount": Amount(Decimal(386500), "元")}
    filled = {entry: of_kind.get(form.cells[entry].kind.name, at % 7) for at, entry in enumerate(form.entries)}
    narrative = {
        "preamble": f"示例。统计期限为{year}年1月1日至{year}年12月31日。联系电话：0539-0000000。",
        "overview": "示例局全年公开信息390余条。\n\n（一）示例。",
        "problems": "示例：仍有不足。",
        "other": "未收取信息处理费。",
    }
    return new_report(AGENCY, year, filled | dict(figures or {}), narrative=narrative)


def named(published: PublishedReport, address: str) -> bool:
    """Whether a doubt about the cell is told: by its address, its row's name or its table's."""
    assert published.form is not None
    cell = published.form.cells[address]
    row = cell.label.rpartition("“")[0]
    return any(address in guess.cells for guess in published.guesses) or any(
        message.startswith((row, f"{cell.label.partition('“')[0]}:", f"{cell.label.partition('“')[0]} "))
        for message in published.missing
    )


def assert_no_wrong_figure(published: PublishedReport, report: AnnualReport) -> None:
    for address, figure in report.all_figures.items():
        if address in published.figures:
            assert published.figures[address] == figure or named(published, address), address
        else:
            assert named(published, address), address


def assert_same_figures(published: PublishedReport, report: AnnualReport) -> None:
    assert dict(published.figures) == report.all_figures


# ------------------------------------------------------------------ the real report


@pytest.fixture(scope="module")
def linyi() -> PublishedReport:
    source = (ROOT / "tests" / "data" / "linyi-fao-2023.txt").read_text(encoding="utf-8")
    project = Project(ROOT)
    return read_report(read_plain_text(source, "linyi-fao-2023.txt"), agencies=project.agencies)


def test_the_real_report_is_read_figure_by_figure_and_sentence_by_sentence(linyi: PublishedReport) -> None:
    project = Project(ROOT)
    kept = project.open_report("linyi-fao", 2023)
    read = linyi.report(project.agency("linyi-fao"))
    assert read.figures == kept.figures
    assert read.declared == kept.declared
    assert read.narrative == kept.narrative


def test_the_real_report_says_who_and_when(linyi: PublishedReport) -> None:
    assert (linyi.agency_id, linyi.year, linyi.form and linyi.form.edition) == ("linyi-fao", 2023, "2021")
    assert linyi.agency_name == "临沂市人民政府外事办公室"
    assert linyi.contact == "电话：0539-8726680"
    assert linyi.missing == ()


def test_the_real_report_tells_of_the_slips_in_its_labels(linyi: PublishedReport) -> None:
    said = {guess.what: guess.said for guess in linyi.guesses}
    assert "本年度止件数" in said["表二“本年废止件数”列"]
    assert "not recognised" in said["表四"]
    assert linyi.wording["本年废止件数"] == "本年度止件数"


def test_a_report_is_read_within_a_few_milliseconds(linyi: PublishedReport) -> None:
    document = read_plain_text((ROOT / "tests/data/linyi-fao-2023.txt").read_text(encoding="utf-8"), "x.txt")
    start = time.process_time()
    for _ in range(10):
        read_report(document)
    assert (time.process_time() - start) / 10 < 0.1


# ------------------------------------------------------------------ every layout


KEEPING = {**flattened.GRIDS, **flattened.SEPARATED, **flattened.BARRED}
LOSING = {**flattened.LOSING, **flattened.BARRED_LOSING}
ANY_TEXT = {**LOSING, **flattened.BARRED}


@pytest.mark.parametrize("layout", KEEPING)
@few
@given(report=st.one_of(strategies.reports(), strategies.consistent_reports()))
def test_a_layout_that_keeps_blanks_gives_the_same_figures(layout: str, report: AnnualReport) -> None:
    plain = report.replace(narrative=dict.fromkeys(report.narrative, "示例。"))
    assert_same_figures(read_report(KEEPING[layout](plain)), plain)


@pytest.mark.parametrize("layout", LOSING)
@few
@given(report=strategies.consistent_reports())
def test_a_layout_without_blanks_gives_the_same_figures_where_none_is_blank(layout: str, report: AnnualReport) -> None:
    plain = report.replace(narrative=dict.fromkeys(report.narrative, "示例。"))
    assert_same_figures(read_report(LOSING[layout](plain)), plain)


@pytest.mark.parametrize("layout", LOSING)
@few
@given(report=strategies.reports())
def test_where_blanks_vanish_no_figure_is_shifted(layout: str, report: AnnualReport) -> None:
    plain = report.replace(narrative=dict.fromkeys(report.narrative, "示例。"))
    published = read_report(LOSING[layout](plain))
    inferred = {address for guess in published.guesses if guess.inferred for address in guess.cells}
    for address, figure in published.figures.items():
        # Identities that do not hold lead astray, which is why a row that rests on them says so.
        assert figure == plain[address] or address in inferred
    assert_no_wrong_figure(published, plain)


@pytest.mark.parametrize("layout", ANY_TEXT)
@few
@given(report=strategies.reports_with_blanks())
def test_where_blanks_vanish_the_identities_place_no_figure_wrongly(layout: str, report: AnnualReport) -> None:
    plain = report.replace(narrative=dict.fromkeys(report.narrative, "示例。"))
    published = read_report(ANY_TEXT[layout](plain))
    for address, figure in published.figures.items():
        assert figure == plain[address]
    assert_no_wrong_figure(published, plain)


@pytest.mark.parametrize("year", [2019, 2023])
@pytest.mark.parametrize("slips", flattened.TIDY)
@pytest.mark.parametrize("layout", [*KEEPING, *LOSING])
def test_slips_of_typists_change_no_figure(layout: str, slips: str, year: int) -> None:
    report = sample(year, {"applications.received.company": 1_204_567})
    published = read_report({**KEEPING, **LOSING}[layout](report, flattened.TIDY[slips]))
    assert_same_figures(published, report)


@pytest.mark.parametrize("year", [2019, 2023])
@pytest.mark.parametrize("layout", KEEPING)
def test_short_labels_are_understood(layout: str, year: int) -> None:
    report = sample(year)
    published = read_report(KEEPING[layout](report, flattened.SHORT))
    assert_same_figures(published, report)


@pytest.mark.parametrize("layout", [*KEEPING, *LOSING])
@few
@given(seed=st.integers(0, 10**6), year=st.sampled_from([2019, 2023]))
def test_misread_labels_never_move_a_figure_silently(layout: str, seed: int, year: int) -> None:
    report = sample(year)
    slips = flattened.Slips(label=flattened.misread(seed))
    assert_no_wrong_figure(read_report({**KEEPING, **LOSING}[layout](report, slips)), report)


@pytest.mark.parametrize("layout", [*KEEPING, *LOSING])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), year=st.sampled_from([2019, 2023]))
def test_noise_in_labels_never_moves_a_figure_silently(layout: str, seed: int, year: int) -> None:
    report = sample(year)
    labels = [label for table in report.form.tables for label in flattened.row_labels(table)]
    slips = flattened.Slips(label=flattened.noisy(seed, labels))
    assert_no_wrong_figure(read_report({**KEEPING, **LOSING}[layout](report, slips)), report)


# ------------------------------------------------------------------ pages of our own


def page(report: AnnualReport) -> str:
    """The published page's parts, one after the other."""
    parts = [narrative.preamble(report)]
    for section in report.form.titled_sections:
        parts.append(narrative.section(report, section.key))
        parts += [tables.table(report, section.key)] if section.holds_table else []
    return "<html><body><main>" + "\n".join(part.html for part in parts) + "</main></body></html>"


def words(markdown: str) -> str:
    return "".join(unescape(re.sub(r"<[^>]*>", "", markdown_html(markdown, level=3))).split())


@few
@given(report=st.one_of(strategies.reports(), strategies.consistent_reports()))
def test_a_published_page_gives_the_same_figures(report: AnnualReport) -> None:
    plain = report.replace(narrative=dict.fromkeys(report.narrative, "示例。"))
    published = read_report(read_html(page(plain), "report.html"), agencies={plain.agency.id: plain.agency})
    assert_same_figures(published, plain)
    assert (published.year, published.form, published.agency_id) == (plain.year, plain.form, plain.agency.id)
    assert published.guesses == ()


sentences = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"], max_codepoint=0x9FFF), min_size=1, max_size=12
).map(lambda text: f"示例{text}。")


@few
@given(texts=st.lists(sentences, min_size=1, max_size=4), inside=sentences)
def test_the_text_of_a_published_page_reads_the_same_again(texts: list[str], inside: str) -> None:
    escaped = markdown([*texts, inside])
    report = sample().replace(narrative={"overview": escaped})
    published = read_report(read_html(page(report), "report.html"))
    assert words(published.narrative["overview"]) == words(escaped)


# ------------------------------------------------------------------ whose report, and which


def blocks(
    *extra: Block, title: str = "示例市示例局2023年政府信息公开工作年度报告", before: Sequence[Block] = ()
) -> Document:
    report = sample()
    document = flattened.as_grid(report)
    return Document("示例.html", (*before, Heading(title, 1), *document.blocks[1:], *extra))


def test_a_known_agency_is_found_by_its_name() -> None:
    published = read_report(blocks(), agencies={"example": AGENCY})
    assert (published.agency_name, published.agency_id, published.year) == ("示例市示例局", "example", 2023)


def test_an_agency_of_nearly_the_name_is_a_guess_and_not_taken_for_it() -> None:
    published = read_report(blocks(), agencies={"example": Agency("example", "示例市市示例局")})
    assert published.agency_id is None
    assert any(guess.what == "agency" and "may be example" in guess.said for guess in published.guesses)


def test_an_unknown_agency_keeps_its_name() -> None:
    published = read_report(blocks(), agencies={"other": Agency("other", "另一个委员会")})
    assert (published.agency_name, published.agency_id) == ("示例市示例局", None)


def test_an_agency_that_the_title_leaves_out_is_looked_for_in_the_preamble() -> None:
    document = blocks(Paragraph("示例"), title="2023年政府信息公开工作年度报告")
    preamble = Paragraph("示例市示例局编制本报告。")
    document = Document("x", (document.blocks[0], preamble, *document.blocks[1:]))
    published = read_report(document, agencies={"example": AGENCY})
    assert published.agency_id == "example"
    assert "agency" in read_report(document).missing


def test_the_name_may_stand_above_the_title() -> None:
    published = read_report(blocks(title="2023年政府信息公开工作年度报告", before=(Paragraph("示例市示例局"),)))
    assert (published.agency_name, published.title) == ("示例市示例局", "示例市示例局 2023年政府信息公开工作年度报告")


def test_of_two_reports_in_a_page_the_one_asked_for_is_read() -> None:
    old, new = sample(2022, {"applications.received.company": 77}), sample(2023)
    document = Document("x", flattened.as_grid(old).blocks + flattened.as_grid(new).blocks)
    assert_same_figures(read_report(document, year=2023), new)
    first = read_report(document)
    assert_same_figures(first, old)
    assert any("2 reports" in guess.said for guess in first.guesses)


def test_a_table_of_contents_is_no_report() -> None:
    report = sample()
    contents = [Paragraph("目录"), *(Paragraph(f"{s.title}……{at}") for at, s in enumerate(report.form.titled_sections))]
    document = flattened.as_grid(report)
    published = read_report(Document("x", (document.blocks[0], *contents, *document.blocks[1:])))
    assert_same_figures(published, report)
    assert (published.guesses, published.missing) == ((), ())
    assert published.narrative["preamble"] == report.narrative["preamble"] + "\n"


def test_half_a_report_says_which_half_is_missing() -> None:
    published = read_report(Document("x", flattened.as_grid(sample()).blocks[:8]))
    assert "section 五、存在的主要问题及改进情况" in published.missing
    assert any("表四" in message for message in published.missing)
    assert published.report(AGENCY)["challenges.review.upheld"] is None


def test_a_document_without_tables_is_read_as_text() -> None:
    blocks = tuple(block for block in flattened.as_grid(sample()).blocks if not isinstance(block, Grid))
    published = read_report(Document("x", blocks))
    assert dict(published.figures) == {}
    assert sum("the table was not found" in message for message in published.missing) == 3
    assert "390余条" in published.narrative["overview"]


def test_an_empty_document_has_nothing() -> None:
    published = read_report(Document("x", ()))
    assert (published.agency_name, published.year, dict(published.figures)) == (None, None, {})
    assert {"title", "year", "agency"} <= set(published.missing)
    with pytest.raises(ValueError, match="year"):
        published.report(AGENCY)


def test_a_report_without_section_titles_still_has_its_tables() -> None:
    report = sample()
    kept = tuple(b for b in flattened.as_grid(report).blocks if not isinstance(b, Heading) or b.level == 1)
    published = read_report(Document("x", kept))
    assert_same_figures(published, report)


def test_a_table_under_the_wrong_title_is_found() -> None:
    report = sample()
    document = flattened.as_grid(report)
    third = report.form.section("applications").title
    kept = tuple(b for b in document.blocks if not (isinstance(b, Heading) and b.text == third))
    published = read_report(Document("x", kept))
    assert_same_figures(published, report)
    assert f"section {third}" in published.missing


# ------------------------------------------------------------------ year and edition


def test_labels_of_another_edition_than_the_year_asks_for_are_a_guess() -> None:
    document = flattened.as_grid(sample(2019))
    renamed = Heading("示例局2022年度政府信息公开工作年度报告", 1)
    published = read_report(Document("x", (renamed, *document.blocks[1:])))
    assert (published.year, published.form and published.form.edition) == (2022, "2019")
    assert any(guess.what == "form" and guess.sure < 1 for guess in published.guesses)
    assert any(guess.what == "year" and "2019" in guess.said for guess in published.guesses)


def test_a_year_without_a_form_is_said_to_be_doubtful() -> None:
    published = read_report(blocks(title="示例局2009年政府信息公开工作年度报告"))
    assert any(guess.what == "form" for guess in published.guesses)


def test_another_year_than_asked_for_is_a_guess() -> None:
    published = read_report(blocks(), year=2024)
    assert published.year == 2024
    assert any(guess.what == "year" and "2024" in guess.said for guess in published.guesses)


def test_the_year_is_taken_from_the_period_where_the_title_has_none() -> None:
    published = read_report(blocks(title="示例局政府信息公开工作年度报告"))
    assert published.year == 2023
    assert any(guess.what == "year" for guess in published.guesses)


# ------------------------------------------------------------------ what stands around


def test_the_day_of_publishing_is_read_where_it_is_called_so() -> None:
    document = blocks()
    with_day = Document("x", (document.blocks[0], Paragraph("发布日期：2024-01-19 来源：示例局"), *document.blocks[1:]))
    published = read_report(with_day)
    assert published.published == date(2024, 1, 19)
    assert "发布日期" not in published.narrative["preamble"]
    impossible = Document("x", (document.blocks[0], Paragraph("发布日期：2024-13-19"), *document.blocks[1:]))
    assert read_report(impossible).published is None


def test_what_follows_the_report_is_not_its_text() -> None:
    published = read_report(blocks(Paragraph("打印 关闭"), Paragraph("版权所有：示例")))
    assert published.narrative["other"] == "未收取信息处理费。\n"


def test_text_beside_a_table_is_kept_with_its_section() -> None:
    document = blocks()
    at = next(at for at, block in enumerate(document.blocks) if isinstance(block, Grid))
    said = Paragraph("示例：本年度另有若干事项需要在此说明，特此说明如下。")
    published = read_report(Document("x", (*document.blocks[: at + 1], said, *document.blocks[at + 1 :])))
    assert "示例：本年度另有若干事项" in "".join(published.narrative.values())
    assert not any("was left out" in message for message in published.missing)


def test_a_section_without_text_is_missing() -> None:
    document = blocks()
    published = read_report(Document("x", document.blocks[:-1]))
    assert "text of section 六、其他需要报告的事项" in published.missing


def test_titles_are_remembered_as_read_in_the_order_of_the_source() -> None:
    slips = flattened.Slips(title=lambda title: title.replace("的主要", ""))
    published = read_report(flattened.as_grid(sample(), slips))
    assert list(published.wording)[:6] == ["overview", "disclosure", "applications", "challenges", "problems", "other"]
    assert published.wording["problems"] == "五、存在问题及改进情况"


# ------------------------------------------------------------------ the result


def test_the_reading_as_json_has_what_programs_rely_on() -> None:
    read = read_report(flattened.as_grid(sample(2019, {"applications.received.company": None}))).as_json()
    assert json.loads(json.dumps(read)) == read
    assert list(read) == [
        "agency_name", "year", "form", "title", "figures", "narrative", "contact", "guesses", "missing",
    ]  # fmt: skip
    assert read["figures"]["disclosure.procurement.amount"] == "386500元"
    assert read["figures"]["applications.received.company"] is None
    assert read["contact"] == "联系电话：0539-0000000"


def test_signs_for_none_are_read_as_0_and_remembered() -> None:
    slips = flattened.Slips(figure=lambda text: {"0": "/", "1": "—", "2": "无"}.get(text, text))
    published = read_report(flattened.as_grid(sample(), slips))
    read_as_0 = set(published.none_signs)
    assert read_as_0
    assert all(published.figures[address] == 0 for address in read_as_0)
    assert set(published.none_signs.values()) == {"/", "—", "无"}


def test_an_edition_is_known_without_a_year() -> None:
    for form in editions().values():
        document = flattened.as_grid(sample(form.first_year))
        texts = [b for b in document.blocks if isinstance(b, Grid)]
        assert read_report(Document("x", tuple(texts))).form is form


def test_a_doubtful_reading_names_its_place() -> None:
    published = read_report(flattened.as_grid(sample(), flattened.Slips(label=lambda text: text.replace("秘密", "密"))))
    (guess,) = [guess for guess in published.guesses if "国家秘密" in guess.what]
    assert guess.where == "table 2, row 8"
    assert 0 < guess.sure < 1
    assert "applications.refused.state_secret.company" in guess.cells


def test_a_published_report_is_a_plain_value() -> None:
    assert PublishedReport(None, None, None, None).as_json()["form"] is None


def test_a_table_among_the_text_is_left_out_and_said_so() -> None:
    published = read_report(blocks(Grid(((Box("示例"), Box("1")),))))
    assert any("in section 六、其他需要报告的事项 was left out" in message for message in published.missing)


# ------------------------------------------------------------------ whether there is a report at all


FORM = form_for(2023)


@pytest.mark.parametrize(
    ("title", "keys", "found"),
    [
        ("", [], False),
        ("示例局2023年政府信息公开工作年度报告", [], False),
        ("", ["overview", "problems", "other"], False),
        ("示例局2023年政府信息公开工作年度报告", ["overview"], True),
        ("", ["disclosure"], True),
        ("", ["overview", "challenges"], True),
        ("示例局2023年政府信息公开工作年度报告", ["规章"], False),
    ],
)
def test_a_title_with_a_section_or_a_tables_section_is_a_report(title: str, keys: list[str], found: bool) -> None:
    published = PublishedReport(None, None, None, FORM, title, wording=dict.fromkeys(keys, "示例"))
    assert published.is_found == found
    assert PublishedReport(None, None, None, None, title, wording=dict.fromkeys(keys, "示例")).is_found == found


@pytest.mark.parametrize("table", FORM.tables, ids=[table.key for table in FORM.tables])
def test_most_of_a_table_is_a_report(table: Table) -> None:
    addresses = [cell.address for cell in table.cells]
    half = len(addresses) // 2
    for count, found in ((half, False), (half + 1, True), (len(addresses), True)):
        figures: dict[str, Figure] = dict.fromkeys(addresses) | dict.fromkeys(addresses[:count], 0)
        assert PublishedReport(None, None, None, FORM, figures=figures).is_found == found, count
    blank = PublishedReport(None, None, None, FORM, figures=dict.fromkeys(addresses))
    assert not blank.is_found


# ------------------------------------------------------------------ what is kept of it


def test_a_report_that_was_read_keeps_what_it_states_and_nothing_else() -> None:
    entry, total = next(iter(FORM.entries)), next(iter(FORM.totals))
    published = PublishedReport(
        "示例局", None, 2023, None, "示例", {entry: 3, total: 5}, narrative={"overview": "文。\n", "other": ""},
        published=date(2024, 1, 17), wording={"overview": "一、概况"},
    )  # fmt: skip
    report = published.report(AGENCY)
    assert (report.agency, report.year, report.form) == (AGENCY, 2023, FORM)
    assert (report[entry], report[total], dict(report.declared)) == (3, 5, {total: 5})
    assert {address for address, figure in report.figures.items() if figure is not None} == {entry}
    assert {key: text for key, text in report.narrative.items() if text} == {"overview": "文。\n"}
    assert report.published == date(2024, 1, 17)
    assert dict(report.wording) == {"overview": "一、概况"}
    assert published.report(AGENCY, 2022).year == 2022


def test_doubts_are_told_to_programs_with_their_place_and_cells() -> None:
    read = read_report(flattened.as_grid(sample(), flattened.Slips(label=lambda text: text.replace("秘密", "密"))))
    (guess,) = [guess for guess in read.guesses if "国家秘密" in guess.what]
    told = next(told for told in read.as_json()["guesses"] if told["what"] == guess.what)
    assert (told["said"], told["sure"], told["where"]) == (guess.said, guess.sure, guess.where)
    assert told["cells"] == list(guess.cells)


def test_the_year_asked_for_counts_and_a_lack_is_missing() -> None:
    asked = read_report(blocks(), year=2024)
    assert asked.year == 2024
    assert [(guess.said, guess.sure) for guess in asked.guesses if guess.what == "year"][-1] == (
        "the report names 2023, 2024 was asked for",
        0.5,
    )
    earlier = read_report(blocks(), year=2022)
    assert "the report names 2023, 2022 was asked for" in [str(guess.said) for guess in earlier.guesses]
    same = read_report(blocks(), year=2023)
    assert not [guess for guess in same.guesses if guess.what == "year"]
    assert "year" not in same.missing and "title" not in same.missing
    nothing = read_report(Document("x", (Paragraph("正文。"),)))
    assert {"year", "title", "agency"} <= set(nothing.missing)
    assert "year" not in read_report(Document("x", (Paragraph("正文。"),)), year=2023).missing


def test_the_title_of_the_document_serves_where_no_line_is_one() -> None:
    sections = flattened.as_grid(sample()).blocks[1:]
    titled = read_report(Document("x", sections, title="青禾市林业局2022年政府信息公开工作年度报告"))
    assert (titled.title, titled.agency_name, titled.year) == (
        "青禾市林业局2022年政府信息公开工作年度报告",
        "青禾市林业局",
        2022,
    )
    quoted = read_report(Document("x", (Paragraph("现公布青禾市林业局2023年政府信息公开工作年度报告。"), *sections)))
    assert (quoted.agency_name, quoted.year) == ("青禾市林业局", 2023)


def test_of_several_reports_all_are_named() -> None:
    second = (
        Paragraph("一、总体情况"),
        Paragraph("正文。"),
        Paragraph("二、主动公开政府信息情况"),
        Paragraph("正文。"),
    )
    found = read_report(Document("x", (*flattened.as_grid(sample(2022)).blocks, *second)))
    (guess,) = [guess for guess in found.guesses if guess.what == "report"]
    assert guess.sure == 0.6
    assert guess.said.startswith("2 reports in one document: 示例市示例局")
    assert guess.said.endswith("; untitled; one was read")


def test_a_table_that_is_nowhere_says_so_and_one_left_out_says_why() -> None:
    document = flattened.as_grid(sample())
    challenges = FORM.table("challenges")
    without = [block for block in document.blocks if not isinstance(block, Grid)]
    said = [message for message in read_report(Document("x", tuple(without))).missing if "表四" in message]
    assert said == [f"{challenges.name} {FORM.section('challenges').title}: the table was not found"]


def test_where_a_section_holds_another_table_its_own_is_not_looked_for_elsewhere() -> None:
    document = flattened.as_grid(sample())
    grids = [at for at, block in enumerate(document.blocks) if isinstance(block, Grid)]
    moved = list(document.blocks)
    foreign = Grid(((Box("示例"), Box("1")), (Box("样例"), Box("2"))))
    moved[grids[1]], table = foreign, moved[grids[1]]
    found = read_report(Document("x", (*moved, table)))
    assert not any(address.startswith("applications.") for address in found.figures)
    assert any("表三" in message for message in found.missing)
    without = [block for block in moved if block is not foreign]
    assert any(address.startswith("applications.") for address in read_report(Document("x", (*without, table))).figures)


def test_lines_of_a_table_under_the_wrong_title_are_no_text() -> None:
    report = sample()
    third, fourth = report.form.section("applications").title, report.form.section("challenges").title
    lines = flattened.one_a_line(report).replace(fourth, "").replace(third, report.form.section("problems").title, 1)
    found = read_report(read_plain_text(lines, "示例.txt"))
    assert_no_wrong_figure(found, report)
    assert any(address.startswith("applications.") for address in found.figures)
    assert "不予公开" not in "".join(found.narrative.values())


# ------------------------------------------------------------------ whatever comes

SCRAPS = [
    "示例局2023年政府信息公开工作年度报告", "二〇二三年", "目录", "1", "-", "无", "", "1 2 3", "|", "a\tb", "2件", "１，２",
    *(section.title for section in form_for(2023).titled_sections),
    *(label for form in editions().values() for table in form.tables for label in flattened.row_labels(table)),
    "发布日期：2024-02-30", "《示例", "---", "0" * 60, "\u200b", "统计期限为2023年1月1日至2023年12月31日",
]  # fmt: skip
scraps = st.one_of(st.sampled_from(SCRAPS), st.text(max_size=8))
grids = st.lists(st.lists(st.one_of(st.none(), scraps.map(Box)), max_size=10).map(tuple), max_size=8).map(
    lambda rows: Grid(tuple(rows))
)
documents = st.lists(
    st.one_of(scraps.map(Paragraph), scraps.map(lambda text: Heading(text, 2)), grids), max_size=30
).map(lambda found: Document("示例", tuple(found)))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents, st.sampled_from([None, 2020, 2023]))
def test_whatever_a_document_holds_is_read_without_failing(document: Document, year: int | None) -> None:
    published = read_report(document, agencies={"example": AGENCY}, year=year)
    json.dumps(published.as_json())
    if published.year:
        report = published.report(AGENCY)
        assert all(report[address] == published.figures.get(address) for address in published.figures)


def test_a_large_foreign_table_takes_no_long_time() -> None:
    foreign = Grid(tuple(tuple(Box(f"示例{row}") if at == 0 else Box("1") for at in range(8)) for row in range(20_000)))
    start = time.process_time()
    published = read_report(Document("x", (*flattened.as_grid(sample()).blocks, foreign)))
    assert time.process_time() - start < 5
    assert_same_figures(published, sample())

"""A made-up report agrees with itself on any edition of the form, and its texts speak of what they must."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.checks import check
from reportkit.form import Form, editions
from reportkit.form.figures import KINDS, Amount, Figure, Kind
from reportkit.project.example import agreeing, example_report, example_texts, made_up_figure
from reportkit.report import Agency, AnnualReport, new_report
from strategies import figures

AGENCY = Agency("example", "示例局", contact="电话：0000-0000000（示例）")
FORMS = list(editions().values())

figures_of_two_years = st.sampled_from(FORMS).flatmap(
    lambda form: st.tuples(st.just(form), figures(form), figures(form))
)


def broken(report: AnnualReport) -> set[str]:
    """The rules that a report breaks, of those that the form declares."""
    rules = {identity.rule for identity in report.form.identities}
    return rules & {finding.rule for finding in check(report)}


@pytest.mark.parametrize("form", FORMS, ids=[form.edition for form in FORMS])
def test_an_example_has_figures_in_every_table_and_nothing_to_mend(form: Form) -> None:
    report = example_report(AGENCY, form.first_year)
    assert all(any(report[cell.address] for cell in table.cells) for table in form.tables)
    assert [finding for finding in check(report) if finding.severity != "info"] == []


@pytest.mark.parametrize("form", FORMS, ids=[form.edition for form in FORMS])
def test_every_text_of_an_example_says_that_it_is_one(form: Form) -> None:
    texts = example_texts(new_report(AGENCY, form.first_year))
    assert list(texts) == [section.key for section in form.narrative_sections]
    assert all(text.startswith("（示例）") for text in texts.values())


@given(figures_of_two_years)
@settings(max_examples=40, deadline=None)
def test_any_figures_are_made_to_agree_within_the_year_and_with_last_year_s(
    made: tuple[Form, Mapping[str, Figure], Mapping[str, Figure]],
) -> None:
    form, before, now = made
    previous = agreeing(new_report(AGENCY, form.first_year, before))
    report = agreeing(new_report(AGENCY, form.first_year + 1, now, form=form, previous=previous))
    assert broken(previous) == broken(report) == set()
    assert all(form.cells[address].kind.holds(figure) for address, figure in report.figures.items())


def test_figures_that_agree_stay_as_they_are() -> None:
    report = example_report(AGENCY, 2023)
    assert agreeing(report).figures == report.figures


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_made_up_figure_is_of_its_kind(kind: Kind) -> None:
    assert all(kind.holds(made_up_figure(kind, size)) for size in (0, 0.4, 7, 1234.5))


def test_a_made_up_figure_keeps_the_limit_of_its_kind() -> None:
    share = Kind("share", "a share", "百分数", KINDS["money"].pattern, Decimal, most=100)
    assert made_up_figure(share, 250) == 100
    assert made_up_figure(KINDS["amount"], 250) == Amount(Decimal(250), "万元")

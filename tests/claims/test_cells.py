"""Where each edition of the form holds what words mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportkit.claims.cells import STAGES, Cells, cells_of
from reportkit.form import Form, editions, form_for
from reportkit.form.model import Roles


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_every_stage_has_cells_in_every_edition(form: Form) -> None:
    cells = cells_of(form)
    for stage in STAGES:
        assert cells.stage(stage)
        assert all(address in form.cells for reading in cells.stage(stage) for address in reading)


def test_a_group_stands_for_its_items_and_a_label_for_its_columns() -> None:
    cells = cells_of(form_for(2023))
    assert len(cells.outcome(["unavailable"])[0]) == 3
    assert len(cells.outcome(["granted"], ["法人或其他组织"])[0]) == 5
    assert len(cells.case(["行政诉讼"])[0]) == 2


def test_results_that_may_be_meant_are_readings_and_rows_are_summed() -> None:
    cells = cells_of(form_for(2023))
    assert len(cells.case(["review"], ["upheld", "other"])) == 2
    assert cells.act(["regulations", "normative_documents"], ["issued"]) == (
        ("disclosure.regulations.issued", "disclosure.normative_documents.issued"),
    )
    assert cells.act(["licences", "regulations"], ["issued"]) == ()


def test_the_same_of_other_applicants_and_of_other_results() -> None:
    cells = cells_of(form_for(2023))
    assert cells.with_applicants(cells.stage("received"), ["company"])[0] == ("applications.received.company",)
    assert cells.with_applicants(cells.case(["review"]), ["company"]) == ()
    assert cells.with_results(cells.case(["review"]), ["upheld"]) == (("challenges.review.upheld",),)
    assert cells.with_results(cells.stage("received"), ["upheld"]) == ()


def test_columns_of_the_same_key_in_other_tables_are_not_meant() -> None:
    cells = cells_of(form_for(2023))
    assert cells.with_applicants(cells.case(["review"]), ["other"]) == ()
    assert cells.with_applicants(cells.act(["licences"], ["decisions"]), ["decisions"]) == ()
    assert cells.with_results(cells.stage("new"), ["other"]) == ()


def test_an_edition_without_a_row_has_no_reading_of_it() -> None:
    assert cells_of(form_for(2020)).outcome(["other.fee_unpaid"]) == ()
    bare = Cells(replace(form_for(2023), roles=Roles()))
    assert bare.stage("received") == ()
    assert bare.outcome(["granted"]) == ()
    assert bare.case(["review"]) == ()

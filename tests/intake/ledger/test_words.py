"""The words of ledgers, and what they mean."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from reportkit.form import Form, Roles, editions
from reportkit.intake.ledger import LedgerError, read_ledger
from reportkit.intake.ledger.words import case_kinds, case_results, kinds_of_applicant, outcomes

FORMS = editions().values()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.edition)
def test_every_label_of_the_form_is_known_in_full_and_without_its_numeral(form: Form) -> None:
    for table, rows, columns in (
        ("applications", outcomes(form), kinds_of_applicant(form)),
        ("challenges", case_kinds(form), case_results(form)),
    ):
        for cell in form.table(table).cells:
            if cell.address in form.totals or cell.row in ("received", "carried_in", "carried_out"):
                continue
            row, column = form.table(table).row(cell.row), form.table(table).column(cell.column)
            assert rows.meaning(rows.read(row.label)) == cell.row or form.edition == "2019"
            assert columns.meaning(columns.read(column.label)) == cell.column


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.edition)
def test_every_synonym_means_one_key_or_a_group_and_its_own_item(form: Form) -> None:
    for words in (outcomes(form), kinds_of_applicant(form), case_kinds(form), case_results(form)):
        for word, keys in words.words.items():
            assert words.meaning([keys]), word
            assert len(keys - words.groups.keys()) <= 1, word


def test_a_form_that_counts_no_requests_refuses_a_ledger_of_them(tmp_path: Path) -> None:
    form = dataclasses.replace(editions()["2021"], roles=Roles())
    path = tmp_path / "台账.csv"
    path.write_text("收到日期,申请人类型,办理结果,答复日期\n2023-03-01,自然人,予以公开,2023-03-09\n", encoding="utf-8")
    with pytest.raises(LedgerError, match="edition 2021 of the form counts no requests"):
        read_ledger(path, form=form)

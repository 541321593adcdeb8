"""The words of ledgers, and what they mean."""

from __future__ import annotations

import pytest

from reportkit.form import Form, editions
from reportkit.intake.ledger.words import case_kinds, case_results, kinds_of_applicant, outcomes

FORMS = editions().values()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.edition)
def test_every_label_of_the_form_is_known_in_full_and_without_its_numeral(form: Form) -> None:
    for table, rows, columns in (
        ("applications", outcomes(), kinds_of_applicant()),
        ("challenges", case_kinds(), case_results()),
    ):
        for cell in form.table(table).cells:
            if cell.address in form.totals or cell.row in ("received", "carried_in", "carried_out"):
                continue
            row, column = form.table(table).row(cell.row), form.table(table).column(cell.column)
            assert rows.meaning(rows.read(row.label)) == cell.row or form.edition == "2019"
            assert columns.meaning(columns.read(column.label)) == cell.column


def test_every_synonym_means_one_key_or_a_group_and_its_own_item() -> None:
    for words in (outcomes(), kinds_of_applicant(), case_kinds(), case_results()):
        for word, keys in words.words.items():
            assert words.meaning([keys]), word
            assert len(keys - words.groups.keys()) <= 1, word

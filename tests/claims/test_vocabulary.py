"""The words: what they declare is there, and the form's labels are among them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reportkit.claims.cells import Cells
from reportkit.claims.vocabulary import declared, vocabulary
from reportkit.form import Form, editions
from reportkit.text import half_width

# A step that no table counts, so that a number of it is known to be none of them.
NO_COLUMN = {"revised"}


def keyed() -> Iterator[tuple[str, str]]:
    """Every row or column that words are declared for."""
    for lists in declared().values():
        for role, listed in lists.items():
            if isinstance(listed, dict):
                yield from ((role, key) for key in listed)


@pytest.mark.parametrize(("role", "key"), sorted(set(keyed())))
def test_what_words_are_declared_for_is_a_row_or_a_column_of_some_edition(role: str, key: str) -> None:
    cells = [Cells(form) for form in editions().values()]
    known = {cell.row for form in editions().values() for cell in form.cells.values()}
    known |= {cell.column for form in editions().values() for cell in form.cells.values()}
    groups = any(each.outcome([key]) or each.case([key]) or each.outcome(["granted"], [key]) for each in cells)
    assert key in known | NO_COLUMN or groups


def test_no_list_names_a_word_twice() -> None:
    twice = [
        (role, word)
        for lists in declared().values()
        for role, listed in lists.items()
        for words in (listed.values() if isinstance(listed, dict) else [listed])
        for word in words
        if words.count(word) > 1
    ]
    assert twice == []


def test_the_forms_labels_are_words() -> None:
    words = vocabulary().words
    assert "refused.state_secret" in words["属于国家秘密"]["outcomes"]
    assert words["行政规范性文件"]["acts"] == ("normative_documents",)
    assert "natural_person" in words["自然人"]["applicants"]
    assert "upheld" in words["结果维持"]["results"]
    assert "其他" not in [word for word, roles in words.items() if "outcomes" in roles]


def test_the_longest_word_is_found_first() -> None:
    for first, words in vocabulary().by_beginning.items():
        assert all(word.startswith(first) and word == half_width(word) for word in words)
        assert [len(word) for word in words] == sorted(map(len, words), reverse=True)


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_every_label_is_a_word_in_the_role_of_its_table_but_those_of_sums_and_of_days(form: Form) -> None:
    words, roles = vocabulary().words, form.roles
    of = {roles.requests: ("outcomes", "applicants"), roles.cases: ("cases", "results")}
    others = {"total", roles.received, roles.carried_in, roles.carried_out}
    for table in form.tables:
        for block in table.blocks:
            for role, heads in zip(
                of.get(table.key, ("acts", "steps")), (block.row_leaves, block.column_leaves), strict=True
            ):
                for head in heads:
                    if head.label not in ("其他", "3.其他"):
                        known = words.get(half_width(head.label), {}).get(role, ())
                        assert (head.key in known) == (head.key not in others), (role, head.label)

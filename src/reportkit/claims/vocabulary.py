"""The words by which reports speak of figures: the form's labels, and those of ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from reportkit.form import Form, Header, editions
from reportkit.form.labels import spellings
from reportkit.text import half_width

__all__ = ["Vocabulary", "declared", "vocabulary"]

Roles = Mapping[str, tuple[str, ...]]
"""What a word may be in a sentence, each with the rows or columns that it means; none for most."""

# Lists that are no words of a text by themselves: what belongs to numbers, and columns.
_NO_WORDS = ("measures", "approximate", "unsaid")
# Labels that mean something else outside the table: `words.toml` says where they may.
_TOO_COMMON = ("其他", "3.其他")


@cache
def declared() -> Mapping[str, Any]:
    """What ``words.toml`` declares.

    Returns
    -------
    dict
        The tables of the file, read once in a process.

    Examples
    --------
    >>> "件" in declared()["measures"]["counted"]
    True
    """
    return tomllib.loads(resources.files("reportkit.claims").joinpath("words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Vocabulary:
    """The words that are known.

    Parameters
    ----------
    words
        For each word, in half width, its roles.
    by_beginning
        The words by their first two characters, or by the only one, the longest first.
    """

    words: Mapping[str, Roles]
    by_beginning: Mapping[str, tuple[str, ...]]

    def longest_at(self, text: str, start: int) -> str:
        """The longest word that the text holds at that place; empty if there is none."""
        for word in self.by_beginning.get(text[start : start + 2], ()):
            if text.startswith(word, start):
                return word
        return text[start] if text[start] in self.words else ""


@cache
def vocabulary() -> Vocabulary:
    """The words of every edition of the form.

    Returns
    -------
    Vocabulary
        Made once in a process.

    Examples
    --------
    >>> vocabulary().longest_at("不予公开37件", 0)
    '不予公开'
    """
    words: dict[str, dict[str, tuple[str, ...]]] = {}
    for word, role, key in (*_declared_words(), *_labels()):
        keys = words.setdefault(half_width(word), {}).setdefault(role, ())
        if key and key not in keys:
            words[half_width(word)][role] = (*keys, key)
    by_beginning: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_beginning.setdefault(word[:2], []).append(word)
    return Vocabulary(words, {beginning: tuple(found) for beginning, found in by_beginning.items()})


def _declared_words() -> Iterator[tuple[str, str, str]]:
    for part, lists in declared().items():
        if part in _NO_WORDS:
            continue
        for role, listed in lists.items():
            if isinstance(listed, Mapping):
                yield from ((word, role, key) for key, words in listed.items() for word in words)
            else:
                yield from ((word, role, "") for word in listed)


def _labels() -> Iterator[tuple[str, str, str]]:
    """The labels of rows and columns of all editions, each with the role that its table gives it."""
    for form in editions().values():
        yield from _labels_of(form)


def _labels_of(form: Form) -> Iterator[tuple[str, str, str]]:
    for table in form.tables:
        for block in table.blocks:
            requests, cases = table.key == form.roles.requests, table.key == form.roles.cases
            of_rows = "outcomes" if requests else "cases" if cases else "acts"
            of_columns = "applicants" if requests else "results" if cases else "steps"
            dated = (form.roles.received, form.roles.carried_in, form.roles.carried_out) if requests else ()
            computed = tuple(one.computes for one in form.identities if one.table == table.key and one.computes)
            for row in block.rows:
                yield from _words(row, of_rows, (*dated, *computed))
            for column in block.columns:
                yield from _words(column, of_columns, computed)


def _words(header: Header, role: str, left_out: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """The spellings of a head's label and of those below it.

    Rows that dates alone decide have words of their own, and so have sums.
    """
    if not {header.key, *(leaf.key for leaf in header.leaves())} & set(left_out):
        words = (word for word in spellings(header.label) if word not in _TOO_COMMON)
        yield from ((word, role, header.key or header.label) for word in words)
    for child in header.children:
        yield from _words(child, role, left_out)

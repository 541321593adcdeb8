"""The words of a ledger: which column a heading names, which row or column of the form a word means."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib import resources
from itertools import product
from typing import Any

from reportkit.form import Form, Header, editions
from reportkit.form.labels import spellings, without_remark
from reportkit.text import half_width, squeezed, unnumbered, without_enumerators

__all__ = ["Vocabulary", "case_kinds", "case_results", "declared", "heading_rank", "kinds_of_applicant", "outcomes"]

_UNSAID = re.compile(r"[\W_]+")
# No word of the form is longer; the limit keeps long cells quick.
_LONGEST = 100
# A group and its item, perhaps each said twice.
_MOST_WORDS = 4
# How many labels are offered for a word that is not known, and how much of it they share.
_MOST_ALIKE = 3
_ALIKE = 0.4


@cache
def declared() -> Mapping[str, Any]:
    """What ``words.toml`` declares.

    Returns
    -------
    dict
        The tables of the file, read once in a process.
    """
    text = resources.files("reportkit.intake.ledger").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def heading_rank(heading: str, names: Iterable[str]) -> int | None:
    """At which place of `names` the heading stands; None where it is none of them.

    A remark at its end and words at its beginning that say nothing are left out: 政府信息公开申请收到日期
    is 收到日期. Anything else makes another heading of it: 应答复日期 is not 答复日期.

    Parameters
    ----------
    heading
        A heading as it was typed.
    names
        The headings that are known, best first.

    Returns
    -------
    int or None
        A place, counted from 0.

    Examples
    --------
    >>> heading_rank("本机关答复日期（年月日）", ["办结日期", "答复日期"])
    1
    """
    ranks = {name: rank for rank, name in reversed(list(enumerate(names)))}
    waiting = [without_remark(squeezed(heading)).strip("*:;.")]
    while waiting:
        word = waiting.pop()
        if word in ranks:
            return ranks[word]
        waiting += [word.removeprefix(said) for said in declared()["headings"]["before"] if word.startswith(said)]
    return None


@dataclass(frozen=True)
class Vocabulary:
    """Words and what they mean.

    Parameters
    ----------
    words
        For each word, without what typists vary, the keys it may mean.
    groups
        For each group of keys those within it.
    labels
        For each key its label, without numeral.
    whatever
        Keys beside which it does not matter what else is said.
    before, after
        What may stand before and after a word and change nothing.
    """

    words: Mapping[str, frozenset[str]]
    groups: Mapping[str, frozenset[str]]
    labels: Mapping[str, str]
    whatever: frozenset[str] = frozenset()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def taught(self, words: Mapping[str, str]) -> Vocabulary:
        """The same with words that it was taught: for each the label, or another word, that it stands for.

        What stands for nothing that is known here is left out.
        """
        known = {_folded(word): self.read(label) for word, label in words.items()}
        added = {word: frozenset({meant}) for word, said in known.items() if word and (meant := self.meaning(said))}
        return replace(self, words={**self.words, **added}) if added else self

    def read(self, text: str) -> tuple[frozenset[str], ...]:
        """What the words of a text may mean, one after the other; nothing where one of them is not known."""
        waiting = [_folded(text)[: _LONGEST + 1]]
        for word in waiting:
            if said := self._split(word, _MOST_WORDS):
                return said
            shorter = [word.removeprefix(said) for said in self.before if word.startswith(said)]
            shorter += [word.removesuffix(said) for said in self.after if word.endswith(said)]
            waiting += [word for word in shorter if word not in waiting]
        return ()

    def meaning(self, said: Iterable[frozenset[str]]) -> str | None:
        """The one key that all that was `said` means: the most special; None for nothing, or a contradiction."""
        said = tuple(said)
        if not said:
            return None
        if stands := said[0] & self.whatever:
            return next(iter(stands))
        agreeing = [keys for keys in product(*said) if self._agree(keys)]
        special = [min(keys, key=self._width) for keys in agreeing]
        return min(special, key=self._width, default=None)

    def nearest(self, text: str) -> str | None:
        """The word that `text` was perhaps meant to be, with at most one character amiss."""
        word = _folded(text)[:_LONGEST]
        for near in get_close_matches(word, list(self.words), n=3, cutoff=0.6):
            if len(word) > 2 and len(near) == len(word) and sum(map(str.__ne__, near, word)) == 1:
                return self.labels[min(self.words[near], key=self._width)]
        return None

    def alike(self, text: str) -> list[str]:
        """The labels that `text` is most like, by its words: at most three, the nearest first."""
        near = get_close_matches(_folded(text)[:_LONGEST], list(self.words), n=3 * _MOST_ALIKE, cutoff=_ALIKE)
        labels = [self.labels[min(self.words[word], key=self._width)] for word in near]
        return list(dict.fromkeys(labels))[:_MOST_ALIKE]

    def choices(self, group: str | None = None) -> str:
        """The labels that may be written: those within a group, or all that are no group."""
        keys = self.groups[group] if group else self.labels.keys() - self.groups.keys()
        return "、".join(label for key, label in self.labels.items() if key in keys and key not in self.groups)

    def _split(self, word: str, most: int) -> tuple[frozenset[str], ...]:
        if not 0 < len(word) <= _LONGEST or not most:
            return ()
        if word in self.words:
            return (self.words[word],)
        for end in range(len(word) - 1, 1, -1):
            if word[:end] in self.words and (rest := self._split(word[end:], most - 1)):
                return (self.words[word[:end]], *rest)
        return ()

    def _agree(self, keys: Iterable[str]) -> bool:
        keys = tuple(keys)
        return all(
            one == other or self._within(one, other) or self._within(other, one) for one in keys for other in keys
        )

    def _within(self, key: str, group: str) -> bool:
        return key in self.groups.get(group, ())

    def _width(self, key: str) -> int:
        return len(self.groups.get(key, ()))


@cache
def kinds_of_applicant(form: Form) -> Vocabulary:
    """The kinds of applicant: the columns of the table of requests.

    Parameters
    ----------
    form
        The edition that the ledger is counted into.

    Returns
    -------
    Vocabulary
        The words for each column; empty if the form counts no requests.
    """
    return _vocabulary(form, "requests", "columns", declared()["requests"]["applicants"])


@cache
def outcomes(form: Form) -> Vocabulary:
    """The outcomes of requests and their items: the rows of the table of requests that no date decides.

    Parameters
    ----------
    form
        The edition that the ledger is counted into.

    Returns
    -------
    Vocabulary
        The words for each row; empty if the form counts no requests.
    """
    said, roles = declared()["requests"], form.roles
    synonyms = {**said["outcomes"], roles.carried_out: said["pending"]}
    words = _vocabulary(form, "requests", "rows", synonyms, {roles.received, roles.carried_in}, said["whatever_item"])
    return _with_affixes(words)


@cache
def case_kinds(form: Form) -> Vocabulary:
    """Whether a case is a review or a lawsuit, and which: the rows of the table of cases; or a request.

    Parameters
    ----------
    form
        The edition that the ledger is counted into.

    Returns
    -------
    Vocabulary
        The words for each row, and those for a request.
    """
    words = _vocabulary(form, "cases", "rows", declared()["cases"]["kinds"])
    requests = form.roles.requests
    called = {_folded(word): frozenset({requests}) for word in declared()["requests"]["called"]} if requests else {}
    named = {requests: requests} if requests else {}
    return replace(words, words={**words.words, **called}, labels={**words.labels, **named})


@cache
def case_results(form: Form) -> Vocabulary:
    """The results of cases: the columns of the table of cases.

    Parameters
    ----------
    form
        The edition that the ledger is counted into.

    Returns
    -------
    Vocabulary
        The words for each column; empty if the form counts no cases.
    """
    said = declared()["cases"]
    return _with_affixes(
        _vocabulary(form, "cases", "columns", {**said["results"], form.roles.pending: said["pending"]})
    )


def _with_affixes(words: Vocabulary) -> Vocabulary:
    """Words with what may stand before and after them."""
    return replace(words, before=tuple(declared()["affixes"]["before"]), after=tuple(declared()["affixes"]["after"]))


def _vocabulary(
    form: Form,
    role: str,
    axis: str,
    synonyms: Mapping[str, list[str]],
    without: Iterable[str] = (),
    whatever: Iterable[str] = (),
) -> Vocabulary:
    """The words for the rows or columns of a table: the labels of all editions, and the synonyms of `words.toml`.

    A key of another edition is left out, unless the form has the group that it belongs to there.
    """
    words: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    own = {name for header in _headers(form, role, axis) for name, _, _ in _named(header, set())}

    def is_counted(name: str) -> bool:
        return name in own or name.rpartition(".")[0] in own

    for edition in editions().values():
        left_out = {*without, *_totals(edition, role, axis)}
        for header in _headers(edition, role, axis):
            for name, label, members in _named(header, left_out):
                if not is_counted(name):
                    continue
                labels[name] = unnumbered(without_remark(label))
                if members:
                    groups.setdefault(name, set()).update(members)
                for spelling in spellings(label):
                    words.setdefault(_folded(spelling), set()).add(name)
    for key in filter(is_counted, synonyms):
        labels.setdefault(key, key)
        for word in synonyms[key]:
            words.setdefault(_folded(word), set()).add(key)
    return Vocabulary(
        {word: frozenset(keys) for word, keys in words.items()},
        {group: frozenset(members) for group, members in groups.items()},
        labels,
        frozenset(whatever),
    )


def _headers(form: Form, role: str, axis: str) -> list[Header]:
    """The rows or columns of the table that has a role; none where the edition has no such table."""
    table: str = getattr(form.roles, role)
    return [header for block in form.table(table).blocks for header in getattr(block, axis)] if table else []


def _named(header: Header, left_out: set[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """A header and all below it: key (or label, where it only spans), label, and the keys within it."""
    name = header.key or header.label
    if name in left_out:
        return
    below = [named for child in header.children for named in _named(child, left_out)]
    yield name, header.label, frozenset(key for key, _, _ in below)
    yield from below


def _totals(form: Form, role: str, axis: str) -> set[str]:
    """The rows or columns of which every cell is a total."""
    kept: set[str] = set()
    met: set[str] = set()
    for cell in form.cells.values():
        if cell.table == getattr(form.roles, role):
            key = cell.row if axis == "rows" else cell.column
            met.add(key)
            if cell.address not in form.totals:
                kept.add(key)
    return met - kept


def _folded(text: str) -> str:
    """The text without numerals, white space and punctuation."""
    return _UNSAID.sub("", without_enumerators(half_width(text[: 4 * _LONGEST]))).casefold()

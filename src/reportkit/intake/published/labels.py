"""Labels as they were typed, matched against the labels that the form declares.

Text alone never decides: numerals, groups and order count as evidence too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

from reportkit.form import Block, Form, Header
from reportkit.form.labels import without_remark
from reportkit.text import enumerator, squeezed, unnumbered

__all__ = ["RowLabel", "alignment", "labels_of", "likeness", "row_labels", "to_the_letter"]

# How many characters a part of a label must have to speak for the whole.
_SHORT = 4
# The score from which a pair is considered at all, and the score of an exact label.
_WORTH, _EXACT = 0.7, 1.3


@dataclass(frozen=True, slots=True)
class RowLabel:
    """A row of the form that holds cells, with what is known of where it stands.

    Parameters
    ----------
    header
        The row.
    block
        Which of the table's blocks it stands in.
    above
        The squeezed labels of the groups it belongs to.
    groups
        The squeezed labels of all groups of its block.
    """

    header: Header
    block: int
    above: frozenset[str]
    groups: frozenset[str]


@cache
def row_labels(form: Form, table: str) -> tuple[RowLabel, ...]:
    """The rows of a table that hold cells, block by block in printing order.

    Parameters
    ----------
    form
        The edition.
    table
        The table's key.

    Returns
    -------
    tuple of RowLabel
        Each with the groups above it.
    """

    def walk(header: Header, above: frozenset[str]) -> Iterator[tuple[Header, frozenset[str]]]:
        if not header.children:
            yield header, above
        for child in header.children:
            yield from walk(child, above | to_the_letter(header.label))

    def rows(at: int, block: Block) -> Iterator[RowLabel]:
        found = [pair for header in block.rows for pair in walk(header, frozenset())]
        groups = frozenset(group for _, above in found for group in above)
        return (RowLabel(header, at, above, groups) for header, above in found)

    return tuple(row for at, block in enumerate(form.table(table).blocks) for row in rows(at, block))


@cache
def labels_of(form: Form) -> frozenset[str]:
    """Every label that stands in the form's tables, squeezed.

    Parameters
    ----------
    form
        The edition.

    Returns
    -------
    frozenset of str
        Labels of rows, columns, stubs and headings, with and without their remarks.
    """

    def walk(headers: Sequence[Header]) -> Iterator[str]:
        for header in headers:
            yield from to_the_letter(header.label)
            yield from walk(header.children)

    found: set[str] = set()
    for table in form.tables:
        for block in table.blocks:
            found |= {squeezed(block.heading), squeezed(block.stub), *walk(block.rows), *walk(block.columns)}
    return frozenset(found - {""})


@cache
def to_the_letter(label: str) -> frozenset[str]:
    """The unmistakable ways of writing a label: exactly, or without its closing remark.

    Parameters
    ----------
    label
        An official label.

    Returns
    -------
    frozenset of str
        Squeezed.

    Examples
    --------
    >>> sorted(to_the_letter("（一）予以公开"))
    ['(一)予以公开']
    """
    return frozenset({squeezed(label), squeezed(without_remark(squeezed(label)))})


def likeness(words: str, label: str) -> float:
    """How much alike squeezed words and a label of the form are, numerals aside, from 0 to 1.

    Parameters
    ----------
    words
        What a document calls a row or a column, squeezed.
    label
        An official label.

    Returns
    -------
    float
        1 if they are the same.
    """
    bare = unnumbered(words)
    return max((_alike(bare, unnumbered(spelling)) for spelling in to_the_letter(label)), default=0.0)


def _alike(words: str, label: str) -> float:
    if words == label:
        return 1.0
    if len(words) >= _SHORT and words in label:
        return 0.85  # a short label, as 逾期不补正
    return fuzz.ratio(words, label) / 100


def alignment(lines: Sequence[Sequence[str]], rows: Sequence[RowLabel]) -> dict[int, int]:
    """Which line of a source is which row of the form: the best pairing in which both keep their order.

    Parameters
    ----------
    lines
        For each line its labels, squeezed, from the left; the last is the row's own.
    rows
        The rows of the form.

    Returns
    -------
    dict
        For lines that found their row: the line's index and the row's.
    """
    exact = {spelling: at for at, row in enumerate(rows) for spelling in to_the_letter(row.header.label)}
    scored = [(index, _scores(labels, rows, exact)) for index, labels in enumerate(lines) if labels]
    # Lines that resemble no row are left out, which keeps long documents quick.
    scored = [(index, scores) for index, scores in scored if any(scores)]
    best = [[0.0] * (len(rows) + 1)]
    for _, scores in scored:
        above, line = best[-1], [0.0]
        for at, score in enumerate(scores):
            line.append(max(line[at], above[at + 1], above[at] + score if score else 0.0))
        best.append(line)
    return dict(_traced(scored, best))


def _traced(scored: Sequence[tuple[int, list[float]]], best: list[list[float]]) -> Iterator[tuple[int, int]]:
    at = len(best[0]) - 1
    for line in range(len(scored), 0, -1):
        index, scores = scored[line - 1]
        while at and best[line][at] == best[line][at - 1]:
            at -= 1
        if at and scores[at - 1] and best[line][at] == best[line - 1][at - 1] + scores[at - 1] > best[line - 1][at]:
            at -= 1
            yield index, at


def _scores(labels: Sequence[str], rows: Sequence[RowLabel], exact: Mapping[str, int]) -> list[float]:
    """For each row how much the labels speak for it, beyond what makes a pair worth considering."""
    scores = [0.0] * len(rows)
    if labels[-1] in exact:
        # An exact label can be no other row.
        at = exact[labels[-1]]
        scores[at] = _EXACT - _astray(labels, rows[at])
        return scores
    for at, row in enumerate(rows):
        scores[at] = max(0.0, _score(labels, row) - _astray(labels, row) - _WORTH)
    return scores


def _score(labels: Sequence[str], row: RowLabel) -> float:
    """The evidence that labels name a row: their text, and their numeral."""
    own, label = labels[-1], row.header.label
    text = likeness(own, label)
    if len(labels) > 1:
        text = max(text, likeness(labels[-2] + own, label))  # a label broken over two lines
    here, there = enumerator(own), _numeral_of(label)
    if here and there:
        text += 0.25 if here == there else -0.25
    return text


def _astray(labels: Sequence[str], row: RowLabel) -> float:
    """What speaks against a row: that the labels before name another group."""
    groups = [label for label in labels[:-1] if label in row.groups]
    return 0.5 if groups and groups[-1] not in row.above else 0.0


@cache
def _numeral_of(label: str) -> str:
    return enumerator(squeezed(label))

"""This year's report beside last year's: its figures cell by cell, its texts sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from reportkit.display.parts import ReviewPart, remark
from reportkit.form.figures import Amount, Figure, figure_text, magnitude
from reportkit.report import AnnualReport
from reportkit.text import squeezed

__all__ = ["KINDS", "Comparison", "FigureChange", "Sentence", "TextChange", "compare", "compared", "shown", "summary"]

_SENTENCE = re.compile(r"[^。；;！!？?\n]+[。；;！!？?]*")
# What differs as a whole: a number, else a character; and the signs of Markdown, which are no text.
_WORD = re.compile(r"\d+(?:[.,]\d+)*%?|.", re.DOTALL)
_EMPHASIS = re.compile(r"\*+|^#+\s*|__", re.MULTILINE)
# How alike two sentences are, in per cent, for the one to be the other, changed.
_ALIKE = 55
# From so much on, a figure's growth says more in per cent than in itself.
_ENOUGH_FOR_SHARE = 10
# What a reader is told of each kind of sentence.
KINDS = {"kept": "未变", "changed": "有改动", "moved": "仅移动位置", "new": "新增", "dropped": "删去"}


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that differs.

    Parameters
    ----------
    address
        The cell.
    before, after
        Its figures.
    """

    address: str
    before: Figure
    after: Figure

    @property
    def difference(self) -> Decimal:
        """By how much it grew; where an amount names its unit, in yuan."""
        return Decimal(magnitude(self.after)) - Decimal(magnitude(self.before))

    @property
    def grown(self) -> str:
        """By how much it grew, with its sign, and with 元 where an amount names its unit."""
        named = any(isinstance(figure, Amount) for figure in (self.before, self.after))
        return f"{self.difference:+f}{'元' if named else ''}"

    @property
    def share(self) -> Decimal | None:
        """By how much it grew in per cent, to one place; None where so small a figure grew that it says nothing."""
        before = Decimal(magnitude(self.before))
        if before < _ENOUGH_FOR_SHARE:
            return None
        return (100 * self.difference / before).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of either report.

    Parameters
    ----------
    kind
        ``kept``, ``changed``, ``moved`` (the same words in another place), ``new`` or ``dropped``.
    before, after
        Its words; empty where the report does not have it.
    """

    kind: str
    before: str
    after: str

    def pieces(self) -> Iterator[tuple[str, str]]:
        """The words in order, each with ``same``, ``out`` (only before) or ``in`` (only after)."""
        if self.kind != "changed":
            yield {"new": "in", "dropped": "out"}.get(self.kind, "same"), self.after or self.before
            return
        old, new = _WORD.findall(self.before), _WORD.findall(self.after)
        for what, start, end, first, last in SequenceMatcher(None, old, new, False).get_opcodes():
            if what == "equal":
                yield "same", "".join(new[first:last])
                continue
            if end > start:
                yield "out", "".join(old[start:end])
            if last > first:
                yield "in", "".join(new[first:last])


@dataclass(frozen=True, slots=True)
class TextChange:
    """The sentences of a section, in the order of the later report, what was dropped where it stood.

    Parameters
    ----------
    section
        The section's key.
    title
        Its title; empty for what stands before the first section.
    sentences
        The sentences.
    """

    section: str
    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two reports.

    Parameters
    ----------
    before, after
        The reports.
    figures
        The cells whose figures differ, in the form's order; of two editions those cells that both have.
    texts
        The sections that have a text in either.
    """

    before: AnnualReport
    after: AnnualReport
    figures: tuple[FigureChange, ...]
    texts: tuple[TextChange, ...]

    @property
    def unchanged(self) -> int:
        """How many figures other than 0 are the same in both."""
        common = (cell for cell in self.after.form.cells if cell in self.before.form.cells)
        return sum(
            1 for cell in common if self.after[cell] and magnitude(self.after[cell]) == magnitude(self.before[cell])
        )

    def as_json(self) -> dict[str, Any]:
        """The comparison as programs read it."""
        return {
            "agency": self.after.agency.id,
            "year": self.after.year,
            "with": {"agency": self.before.agency.id, "year": self.before.year},
            "figures": [
                {
                    "cell": change.address,
                    "before": figure_text(change.before),
                    "after": figure_text(change.after),
                    "difference": str(change.difference),
                    "share": None if change.share is None else str(change.share),
                }
                for change in self.figures
            ],
            "texts": [
                {
                    "section": text.section,
                    "sentences": [
                        {"kind": one.kind, "before": one.before or None, "after": one.after or None}
                        for one in text.sentences
                    ],
                }
                for text in self.texts
            ],
        }


def compared(before: AnnualReport, after: AnnualReport) -> Comparison:
    """Compare two reports.

    Parameters
    ----------
    before
        The earlier one, or the one that the other is held against.
    after
        The later one.

    Returns
    -------
    Comparison
        What differs; the title of a section and the form's own words are no text.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> agency = Agency("a", "某局")
    >>> one = new_report(agency, 2022, {"applications.received.company": 20}, narrative={"overview": "收到20件。"})
    >>> two = new_report(agency, 2023, {"applications.received.company": 25}, narrative={"overview": "收到25件。"})
    >>> [(change.address, change.difference, change.share) for change in compared(one, two).figures][0]
    ('applications.received.company', Decimal('5'), Decimal('25.0'))
    >>> list(compared(one, two).texts[0].sentences[0].pieces())
    [('same', '收到'), ('out', '20'), ('in', '25'), ('same', '件。')]
    """
    cells = (cell for cell in after.form.cells if cell in before.form.cells)
    figures = tuple(
        FigureChange(cell, before[cell], after[cell])
        for cell in cells
        if magnitude(before[cell]) != magnitude(after[cell]) or (before[cell] is None) != (after[cell] is None)
    )
    return Comparison(before, after, figures, tuple(_texts(before, after)))


def compare(report: AnnualReport, other: AnnualReport | None = None) -> ReviewPart:
    """Show what differs from another report, for the analyst and the reviewer.

    Parameters
    ----------
    report
        The report.
    other
        The one it is held against; last year's if None.

    Returns
    -------
    ReviewPart
        Figures cell by cell and texts sentence by sentence, which the published page leaves out; a remark where
        there is no last year's report.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> compare(new_report(Agency("a", "某局"), 2023))
    没有2022年度的报告，无法比较。
    """
    other = other if other is not None else report.last_year
    if other is None:
        return remark(f"没有{report.year - 1}年度的报告，无法比较。")
    return shown(compared(other, report))


def shown(told: Comparison, *, linked: bool = True) -> ReviewPart:
    """Show a comparison.

    Parameters
    ----------
    told
        The comparison.
    linked
        Whether each cell leads to where it stands on the page.

    Returns
    -------
    ReviewPart
        Figures cell by cell and texts sentence by sentence.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023)
    >>> shown(compared(report, report))
    与2023年度比较：0个数值不同，0个不为0的数值相同。
    """
    heads = _heads(told)
    title = f"与{escape(heads[0])}比较"
    html = (
        f"<style>\n{_own_style()}</style>\n"
        f'<section class="rk-part rk-compare" aria-label="{title}">\n<h3>{title}</h3>\n'
        f"<p>{summary(told)}</p>\n{_figures_shown(told, heads, linked=linked)}"
        f"{''.join(map(_text_shown, told.texts))}</section>"
    )
    return ReviewPart(html, f"与{heads[0]}比较：{summary(told)}")


# ------------------------------------------------------------- sentences


def _texts(before: AnnualReport, after: AnnualReport) -> Iterator[TextChange]:
    keys = dict.fromkeys([*after.narrative, *before.narrative])
    order = [section.key for section in after.form.sections]
    keys = dict.fromkeys(sorted(keys, key=lambda key: order.index(key) if key in order else len(order)))
    old = {key: _sentences(before.narrative.get(key, "")) for key in keys}
    new = {key: _sentences(after.narrative.get(key, "")) for key in keys}
    # What stands in another section is moved, not dropped here and new there.
    elsewhere = {squeezed(sentence) for sentences in old.values() for sentence in sentences}
    still = {squeezed(sentence) for sentences in new.values() for sentence in sentences}
    for key in keys:
        sentences = tuple(_aligned(old[key], new[key], elsewhere, still))
        if sentences:
            title = after.form.section(key).title if key in order else ""
            yield TextChange(key, title, sentences)


def _sentences(text: str) -> list[str]:
    return [sentence for found in _SENTENCE.findall(_EMPHASIS.sub("", text)) if (sentence := found.strip())]


def _aligned(old: Sequence[str], new: Sequence[str], elsewhere: set[str], still: set[str]) -> Iterator[Sentence]:
    """The sentences of both, in the order of the new ones."""
    folded_old, folded_new = [squeezed(one) for one in old], [squeezed(one) for one in new]
    for what, start, end, first, last in SequenceMatcher(None, folded_old, folded_new, False).get_opcodes():
        if what == "equal":
            yield from (
                Sentence("kept", one, other) for one, other in zip(old[start:end], new[first:last], strict=True)
            )
        else:
            gone = [one for one in old[start:end] if squeezed(one) not in still]
            come = new[first:last]
            yield from _matched(gone, come, elsewhere)


def _matched(gone: Sequence[str], come: Sequence[str], elsewhere: set[str]) -> Iterator[Sentence]:
    """Sentences that were replaced by others: each new one with the old one that it most resembles."""
    from rapidfuzz import fuzz, process

    left = dict(enumerate(gone))
    for sentence in come:
        if squeezed(sentence) in elsewhere:
            yield Sentence("moved", sentence, sentence)
            continue
        best = process.extractOne(sentence, left, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if best is None:
            yield Sentence("new", "", sentence)
        else:
            yield Sentence("changed", left.pop(best[2]), sentence)
    yield from (Sentence("dropped", sentence, "") for sentence in left.values())


# ----------------------------------------------------------------- shown


@cache
def _own_style() -> str:
    return resources.files("reportkit.display").joinpath("comparison.css").read_text(encoding="utf-8")


def _heads(told: Comparison) -> tuple[str, str]:
    """What the two reports are called: their years, if these differ, else their agencies, too."""
    one, other = told.before, told.after
    if one.agency.name == other.agency.name:
        return f"{one.year}年度", f"{other.year}年度"
    return f"{one.agency.name}{one.year}年度", f"{other.agency.name}{other.year}年度"


def summary(told: Comparison) -> str:
    """How much differs, in one sentence in Chinese.

    Parameters
    ----------
    told
        The comparison.

    Returns
    -------
    str
        How many figures, and how many sentences of each kind.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, narrative={"overview": "甲。"})
    >>> summary(compared(report, report))
    '0个数值不同，0个不为0的数值相同；文字未变1句。'
    """
    kinds = [sentence.kind for text in told.texts for sentence in text.sentences]
    counts = "，".join(f"{KINDS[kind]}{kinds.count(kind)}句" for kind in KINDS if kind in kinds)
    figures = f"{len(told.figures)}个数值不同，{told.unchanged}个不为0的数值相同"
    return f"{figures}；文字{counts}。" if counts else f"{figures}。"


def _figures_shown(told: Comparison, heads: tuple[str, str], *, linked: bool) -> str:
    if not told.figures:
        return ""
    rows = "".join(_row(change, told.after, linked=linked) for change in told.figures)
    return (
        '<div class="rk-scroll"><table class="rk-table rk-changes">\n<thead><tr><th scope="col">单元格</th>'
        f'<th scope="col">{escape(heads[0])}</th><th scope="col">{escape(heads[1])}</th><th scope="col">增减</th>'
        f'<th scope="col">增减幅</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n'
    )


def _row(change: FigureChange, report: AnnualReport, *, linked: bool) -> str:
    label = escape(report.form.cells[change.address].label, quote=False)
    named = f'<a href="#{escape(change.address)}">{label}</a>' if linked else label
    before, after = (escape(figure_text(one) or "空白") for one in (change.before, change.after))
    share = "" if change.share is None else f"{change.share:+f}%"
    return (
        f'<tr><th scope="row">{named}</th><td>{before}</td><td>{after}</td>'
        f"<td>{change.grown}</td><td>{share}</td></tr>\n"
    )


def _text_shown(text: TextChange) -> str:
    title = f"<h4>{escape(text.title, quote=False)}</h4>\n" if text.title else ""
    if all(sentence.kind == "kept" for sentence in text.sentences):
        return f"{title}<p>文字未变。</p>\n"
    return f"{title}<ul>\n{''.join(map(_sentence_shown, text.sentences))}</ul>\n"


def _sentence_shown(sentence: Sentence) -> str:
    names = {"in": "ins", "out": "del"}
    words = "".join(
        f"<{names[what]}>{escape(piece, quote=False)}</{names[what]}>" if what in names else escape(piece, quote=False)
        for what, piece in sentence.pieces()
    )
    return f'<li class="rk-{sentence.kind}"><small>{KINDS[sentence.kind]}</small> {words}</li>\n'

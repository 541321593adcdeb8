"""Rules on what a section of text must speak of, as the form declares it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from reportkit.checks.finding import Finding
from reportkit.checks.rules import Rule, derived
from reportkit.checks.structure import titles
from reportkit.checks.text import body, folded, is_empty, length
from reportkit.form import Form, Section, Topic
from reportkit.form.figures import magnitude
from reportkit.report import AnnualReport

__all__ = ["speaks_of"]

# How far before a word another may stand that denies it: 有待在各方面进一步加强.
_REACH = 12
_CLAUSE_END = re.compile(r"[,。;:、!?()….\n]")

_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_CHARGED = re.compile(r"收取|收到|收缴|征收|计收|实收|共收|已收|收费|收入")
_SUM = re.compile(r"(?<![\d.])(?:0*[1-9]\d*(?:\.\d+)?|0+\.0*[1-9]\d*)(?:余|多)?[万亿]?元")
# Denials, sums of another year, and what a fee would be: 未收取, 免收, 收取0元, 每件100元.
_NOT_CHARGED = re.compile(
    r"[未没无免减退拟欠]|不(?!断)|(?<![\d.])0+(?:\.0+)?[万亿]?元|零元|应[收缴]|标准|[每按]件|[每按]页|上年|去年|上一?年度?|往年"
)


@derived
def sections(form: Form) -> Iterator[Rule]:
    """One rule for each section that the form names one for."""
    for section in form.sections:
        if section.rule:
            yield Rule(section.rule, "warning", _meaning(section), _content, section.meaning_en, section.basis)


def speaks_of(text: str, topic: Topic) -> bool:
    """Whether a plain text speaks of the topic, in words that nothing denies within their clause.

    Parameters
    ----------
    text
        A plain text, as `reportkit.checks.text.body` gives it.
    topic
        The topic, with the words for it and the words that deny them.

    Returns
    -------
    bool
        True if one of the words stands there and none of the excluded words shortly before it.

    Examples
    --------
    >>> from reportkit.form import Topic
    >>> topic = Topic("改进情况", ("完善",), ("有待",))
    >>> speaks_of("不断完善制度", topic), speaks_of("制度有待完善", topic)
    (True, False)
    """
    text = re.sub(r"[^\S\n]+", "", text)
    words, excluded = _patterns(topic)
    for match in words.finditer(text):
        clause = _CLAUSE_END.split(text[max(0, match.start() - _REACH) : match.start()])[-1]
        if excluded is None or not excluded.search(clause):
            return True
    return False


def _meaning(section: Section) -> str:
    topics = "、".join(topic.label for topic in section.topics)
    limit = f"，不超过{section.limit}字" if section.limit is not None else ""
    return f"“{section.title}”部分写到{topics}{limit}"


@cache
def _patterns(topic: Topic) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    # A word may be broken over two lines. An excluded word of one character is too common
    # to reach further than the word it stands before: 不完善, but 不断完善.
    words = re.compile("|".join(r"\n*".join(map(re.escape, word)) for word in topic.words))
    excluded = "|".join(re.escape(word) + ("$" if len(word) == 1 else "") for word in topic.excluded)
    return words, re.compile(excluded) if excluded else None


def _content(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    for section in report.form.narrative_sections:
        # An empty section is found as such, which is enough.
        if section.rule == rule.id and not is_empty(report.text(section), titles(report.form)):
            yield from _missing_topics(rule, report, section)
            yield from _overlong(rule, report, section)


def _missing_topics(rule: Rule, report: AnnualReport, section: Section) -> Iterator[Finding]:
    text = body(report.text(section), titles(report.form))
    missing = [topic for topic in section.topics if not speaks_of(text, topic)]
    if not missing:
        return
    message = f"“{section.title}”部分没有写到：{'、'.join(topic.label for topic in missing)}"
    proof = _counted(report, section) or _charged(report, section, missing)
    if proof is None:
        yield rule.finding(report, f"{message}。")
    else:
        yield rule.finding(
            report,
            f"{message}；而{proof.words}。",
            severity="error",
            cells=proof.cells,
            quote=proof.quote,
        )


def _overlong(rule: Rule, report: AnnualReport, section: Section) -> Iterator[Finding]:
    long = length(report.text(section))
    if section.limit is not None and long > section.limit:
        yield rule.finding(
            report,
            f"“{section.title}”部分有{long}字，超过{section.limit}字，建议精简。",
            severity="info",
            quote=section.title,
            expected=section.limit,
            actual=long,
        )


@dataclass(frozen=True)
class _Proof:
    """What else in the report says that the thing a section is silent about has happened."""

    words: str
    cells: tuple[str, ...] = ()
    quote: str | None = None


def _counted(report: AnnualReport, section: Section) -> _Proof | None:
    """The figures above 0 of the row that the form names as evidence."""
    cells = tuple(
        address
        for address, cell in report.form.cells.items()
        if f"{cell.table}.{cell.row}" == section.evidence and magnitude(report[address]) > 0
    )
    return _Proof(f"{report.form.cells[cells[-1]].label}不为0", cells) if cells else None


def _charged(report: AnnualReport, section: Section, missing: Iterable[Topic]) -> _Proof | None:
    """The first sentence of another section that says that a fee was charged which is one of the missing topics."""
    fees = [topic.fee for topic in missing if topic.fee]
    others = [other for other in report.form.narrative_sections if fees and other.key != section.key]
    for other in others:
        for sentence in _SENTENCE.findall(report.text(other)):
            if any(_says_charged(sentence, fee) for fee in fees):
                quote = sentence.strip()
                return _Proof(f"{f'“{other.title}”部分' if other.title else '引言'}写有“{quote}”", quote=quote)
    return None


def _says_charged(sentence: str, fee: str) -> bool:
    words = re.sub(r"(?<=\d),(?=\d{3})", "", "".join(folded(sentence).split()))
    return fee in words and bool(_CHARGED.search(words) and _SUM.search(words)) and not _NOT_CHARGED.search(words)

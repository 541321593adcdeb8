"""Rules that find texts which belong to another report: last year's, or a neighbour's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reportkit.checks.finding import Finding
from reportkit.checks.rules import Rule, rule
from reportkit.checks.text import folded
from reportkit.checks.years import last_year
from reportkit.report import Agency, AnnualReport
from reportkit.text import squeezed, unnumbered

__all__ = ["is_called", "kept_sentences"]

_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
# A shorter sentence says too little to be a copy, and fewer of them too little to tell a share.
_SHORTEST, _FEWEST = 10, 6
_SHOWN = 60
_OURS = ("我", "本", "全", "各")
# With these a sentence compares, or tells of the past.
_COMPARES = re.compile(r"同比|相比|[较比]|上年(?!度?结转)|去年|今年|本年|以来|以前|至今|[底末]|第")
_SUBJECT = (
    r"(?:度)?[,,]?(?:全年[,,]?)?"
    r"(?=我|本|全|各|共|累计|新收|收到|受理|办理|未|没有|[\u4e00-\u9fff]{0,8}(?:政府|局|委|办|厅|中心|机关|镇|乡|街道))"
)
_BODY = r"人民政府|政府|管理委员会|管委会|委员会|委|办事处|街道|办公室|办公厅|办|[局厅院镇乡社]|中心"
_NAME = rf"(?P<name>[\u4e00-\u9fff]{{2,40}}?(?:{_BODY}))(?:\([^()]{{0,30}}\))?"
# How a preamble says whose report it is.
_WHOSE = (
    re.compile(rf"{_NAME}(?:20\d\d)年度?政府?信息公开"),
    re.compile(rf"(?:^|[。;!\n)])(?:本报告)?由?{_NAME}(?=根据|依据|按照|现将|现向|公布|编制|严格|认真)"),
    re.compile(rf"由{_NAME}(?=按照|根据|依据|编制|汇总|撰写)"),
    re.compile(rf"{_NAME}(?=(?:现)?(?:公布|编制|发布)(?:20\d\d)年)"),
)
_FULL = re.compile(rf"^[\u4e00-\u9fff]+?[省市县区旗州盟镇乡道](?:[\u4e00-\u9fff]*(?:{_BODY}))?$")
_AT_WHOSE_WISH = re.compile(r"(?:根据|按照|依据)(?!.*(?:编制|公布|将|由|规定))")
# What may stand before the name of the body, in the same run of characters.
_BEFORE_NAME = re.compile(
    r".*(?:编制|公布|现将|发布|公开|形成|撰写|汇总|根据|规定|要求|实际|由|将|的|是|为|和|与|按照|社会)"
)
# The office of a government may speak for it, and its report for the office's.
_OFFICE = re.compile(r"(?:办公室|办公厅|办)$")
_TAIL = 3


@rule(
    "YEAR-STALE",
    severity="warning",
    meaning="正文写的是本年度，不是上一年度的文字：没有把上一年度当作本年度，未作改动的句子不超过规定的比例",
    meaning_en="texts are this year's: none takes last year for this one, and few sentences are last year's unchanged",
)
def stale(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each sentence that speaks of last year as if it were this one, and one if most are unchanged."""
    old = list(_sentences_of_last_year(report))
    if not old:
        last_year(report)
    for sentence in old:
        yield rule.finding(
            report,
            f"“{_shortened(sentence)}”写的是{report.year - 1}年，报告年度为{report.year}年，"
            "请核实是否沿用了上一年度的文字。",
            quote=sentence,
            expected=f"{report.year}年",
            actual=f"{report.year - 1}年",
        )
    kept, number = kept_sentences(report)
    if number >= _FEWEST and Decimal(len(kept)) > report.standard.unchanged * number:
        share = Decimal(100 * len(kept)) / number
        yield rule.finding(
            report,
            f"与上一年度报告相比，正文{number}句中有{len(kept)}句（{share:.0f}%）没有改动（年份除外），"
            f"例如本年写“{_shortened(kept[0][0])}”，上一年度写“{_shortened(kept[0][1])}”。",
            quote=kept[0][0],
            expected=f"不超过{report.standard.unchanged * 100:.0f}%",
            actual=f"{share:.0f}%",
        )


@rule(
    "TEXT-AGENCY",
    severity="warning",
    meaning="引言所称机关是本机关",
    meaning_en="the preamble names this agency, not a neighbour whose text was copied",
)
def another_agency(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding where the preamble says that it is another body's report, and nowhere that it is this one's."""
    preamble = report.form.preamble
    text = "".join(folded(report.text(preamble)).split()) if preamble is not None else ""
    said = [match["name"] for whose in _WHOSE for match in whose.finditer(text)]
    named = [_BEFORE_NAME.sub("", name) for name in said if not _AT_WHOSE_WISH.search(name)]
    # 县城管局 may be another name of the same body; a name with its place in it is known to be another's.
    others = [name for name in named if _FULL.search(name) and not name.startswith(_OURS)]
    if others and not any(is_called(report.agency, name) for name in named):
        yield rule.finding(
            report,
            f"引言写的是“{others[0]}”的年度报告，本报告的机关是“{report.agency.name}”，请核实是否沿用了其他机关的文字。",
            quote=others[0],
            expected=report.agency.name,
            actual=others[0],
        )


def is_called(agency: Agency, name: str) -> bool:
    """Whether an agency may be called so: by its name, its short one, or either with characters left out.

    Parameters
    ----------
    agency
        The agency.
    name
        What a body is called.

    Returns
    -------
    bool
        True for any usual abbreviation, and for the name with more regions before it.

    Examples
    --------
    >>> agency = Agency("a", "青禾市甲县发展和改革局")
    >>> is_called(agency, "甲县发改局"), is_called(agency, "乙县发展和改革局"), is_called(agency, "青禾市甲县人民政府")
    (True, False, False)
    """
    said = squeezed(name)
    if agency.level == "government":
        said = _OFFICE.sub("", said)
    for full in filter(None, map(squeezed, (agency.name, agency.short))):
        if full in said or (said[-1:] in full[-_TAIL:] and _is_shortened(said, full)) or _OFFICE.sub("", full) == said:
            return True
    return False


def _is_shortened(short: str, full: str) -> bool:
    """Whether a name is what is left of another when characters are left out."""
    rest = iter(full)
    return all(character in rest for character in short)


def kept_sentences(report: AnnualReport) -> tuple[list[tuple[str, str]], int]:
    """The sentences on the year's work that stand in last year's report as well, years aside.

    Parameters
    ----------
    report
        The report, last year's beside it.

    Returns
    -------
    list of (str, str)
        Each with last year's.
    int
        How many sentences there are in all; 0 if last year's report is not there.

    Examples
    --------
    >>> from reportkit.report import new_report
    >>> agency = Agency("a", "某局")
    >>> last = new_report(agency, 2022, narrative={"overview": "2022年，我局认真做好信息公开工作。"})
    >>> now = new_report(agency, 2023, narrative={"overview": "2023年，我局认真做好信息公开工作。"}, previous=last)
    >>> kept_sentences(now)
    ([('2023年，我局认真做好信息公开工作', '2022年，我局认真做好信息公开工作')], 1)
    """
    last = report.last_year
    if last is None:
        return [], 0
    before = {_without_years(sentence, last.year): sentence for sentence in _sentences(last)}
    sentences = list(_sentences(report))
    told = ((sentence, before.get(_without_years(sentence, report.year))) for sentence in sentences)
    return [(now, then) for now, then in told if then is not None], len(sentences)


def _sentences(report: AnnualReport) -> Iterator[str]:
    """The sentences of the sections that tell of the year's work, long enough to say something.

    Who reports, and that no fee was charged, is said every year in the same words.
    """
    for section in report.form.narrative_sections:
        if section.topics and not any(topic.fee for topic in section.topics):
            sentences = (sentence.strip() for sentence in _SENTENCE.findall(report.text(section)))
            yield from (sentence for sentence in sentences if len(sentence) >= _SHORTEST)


def _without_years(sentence: str, year: int) -> str:
    """A sentence as it would be in any year."""
    sentence = squeezed(unnumbered(sentence))
    return sentence.replace(str(year), "Y").replace(str(year - 1), "Y-1")


def _sentences_of_last_year(report: AnnualReport) -> Iterator[str]:
    """The sentences that begin with last year as if it were the year reported on."""
    begins = re.compile(rf"(?:\([^)]{{1,3}}\)|[一二三四五六七八九十]+[、是])?{report.year - 1}年{_SUBJECT}")
    for section in report.form.narrative_sections:
        for sentence in _SENTENCE.findall(report.text(section)):
            said = squeezed(sentence)
            if begins.match(said) and str(report.year) not in said and not _COMPARES.search(said):
                yield sentence.strip()


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= _SHOWN else f"{sentence[:_SHOWN]}……"

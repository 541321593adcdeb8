"""Rules that find texts which belong to another report: last year's, or a neighbour's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reportkit.checks.finding import Finding
from reportkit.checks.rules import Rule, rule
from reportkit.checks.text import folded
from reportkit.report import Agency, AnnualReport
from reportkit.text import squeezed, unnumbered

__all__ = ["is_called", "kept_sentences"]

_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
# A shorter sentence says too little to be a copy, and fewer of them too little to tell a share.
_SHORTEST, _FEWEST = 10, 6
_SHOWN = 60
# With these a sentence compares, or tells of the past.
_COMPARES = re.compile(r"同比|相比|[较比]|上年|去年|今年|本年|以来|以前|结转|至今|[底末]|第")
_SUBJECT = (
    r"[,,]?(?:度[,,]?)?(?:全年[,,]?)?(?=我|本|全|各|[\u4e00-\u9fff]{0,8}(?:政府|局|委|办|厅|中心|机关|镇|乡|街道))"
)
_BODY = r"人民政府(?:办公室|办公厅)?|管理委员会|委员会|办事处|办公室|办公厅|[局厅院]|中心"
_REPORT_OF = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{2,40}}?(?:{_BODY}))(?:\([^()]{{0,30}}\))?(?:20\d\d)年度?政府?信息公开(?:工作)?(?:年度)?报告"
)
# What may stand before the name of the body, in the same run of characters.
_BEFORE_NAME = re.compile(r".*(?:编制|公布|现将|发布|公开|形成|撰写|汇总|根据|规定|要求|由|将|的|是|为)")
_REGION = re.compile(r"(?<=[省市县区旗州盟])")
# What is left of many names when the region is taken away, and names none of them.
_COMMON = ("人民政府", "人民政府办公室", "人民政府办公厅", "政府", "办公室", "管理委员会", "委员会", "街道办事处")


@rule(
    "YEAR-STALE",
    severity="warning",
    meaning="正文写的是本年度，不是上一年度的文字：没有把上一年度当作本年度，未作改动的句子不超过规定的比例",
    meaning_en="texts are this year's: none takes last year for this one, and few sentences are last year's unchanged",
)
def stale(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each sentence that speaks of last year as if it were this one, and one if most are unchanged."""
    for sentence in _sentences_of_last_year(report):
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
    """A finding where the preamble says that it is another body's report, and does not name this one."""
    preamble = report.form.preamble
    text = folded(report.text(preamble)) if preamble is not None else ""
    text = "".join(text.split())
    if not text or is_called(report.agency, text):
        return
    for match in _REPORT_OF.finditer(text):
        name = _BEFORE_NAME.sub("", match["name"])
        if name and not is_called(report.agency, name):
            yield rule.finding(
                report,
                f"引言写的是“{name}”的年度报告，本报告的机关是“{report.agency.name}”，请核实是否沿用了其他机关的文字。",
                quote=name,
                expected=report.agency.name,
                actual=name,
            )
            return


def is_called(agency: Agency, text: str) -> bool:
    """Whether a text names an agency: by its full or short name, or by its name without the regions before it.

    Parameters
    ----------
    agency
        The agency.
    text
        Any text.

    Returns
    -------
    bool
        True if one of its names stands there.

    Examples
    --------
    >>> agency = Agency("a", "青禾市甲县公安局")
    >>> is_called(agency, "甲县公安局编制"), is_called(agency, "乙县公安局编制")
    (True, False)
    """
    text, full = squeezed(text), squeezed(agency.name)
    names = {full[match.start() :] for match in _REGION.finditer(full)}
    own = [name for name in names if len(name) > len("公安局") and name not in _COMMON]
    return any(name in text for name in filter(None, (full, squeezed(agency.short), *own)))


def kept_sentences(report: AnnualReport) -> tuple[list[tuple[str, str]], int]:
    """The sentences of the titled sections that stand in last year's report as well, years aside.

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
    """The sentences of the titled sections of text, long enough to say something."""
    for section in report.form.narrative_sections:
        if section.title:
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

"""Rules on the report's outward form: its sections and their titles, and the labels of its tables."""

from __future__ import annotations

from collections.abc import Iterator

from reportkit.checks.finding import Finding
from reportkit.checks.rules import Rule, rule
from reportkit.checks.text import is_empty, plain, title_on
from reportkit.form import Form
from reportkit.report import AnnualReport
from reportkit.text import squeezed

__all__ = ["titles"]


@rule(
    "FORM-SECTIONS",
    severity="error",
    meaning="规定的各部分齐全，顺序与规定格式一致，都有内容",
    meaning_en="every section that the form prescribes is there, in its order, and none is empty",
    basis="{document}",
)
def sections(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each section that is missing or empty, and one where their order is another."""
    form = report.form
    read = [key for key, words in report.wording.items() if squeezed(words)]
    present = [section for section in form.titled_sections if section.key in read]
    for section in form.titled_sections:
        title = section.title
        # Without a single title read in, nothing is known of the source's own.
        if present and section not in present:
            message = f"缺少“{title}”部分：来源文件中没有这一标题。"
        elif not section.holds_table and is_empty(report.text(section), titles(form)):
            message = f"“{title}”部分没有内容。"
        else:
            continue
        yield rule.finding(report, message, quote=title)
    ordered = sorted(present, key=lambda section: read.index(section.key))
    if ordered != present:
        expected, actual = ("；".join(section.title for section in order) for order in (present, ordered))
        yield rule.finding(
            report,
            f"各部分的顺序与规定格式不一致：应为{expected}；现为{actual}。",
            expected=expected,
            actual=actual,
        )


@rule(
    "FORM-TITLES",
    severity="info",
    meaning="各部分的标题和表格的栏目名称与规定格式一致，正文中不重复标题",
    meaning_en="titles and labels of tables read as the form prescribes, and no text repeats a title",
    basis="{document}",
)
def wording(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each title or label in other words, and for each title repeated in a text."""
    form = report.form
    official = {section.key: section.title for section in form.titled_sections}
    for key, words in report.wording.items():
        title = official.get(key, "" if key in report.narrative else key)
        if title and squeezed(words) and squeezed(words) != squeezed(title):
            yield rule.finding(
                report,
                f"“{words}”与规定格式不一致，应为“{title}”。",
                quote=words,
                expected=title,
                actual=words,
            )
    for section in report.sections_with_text:
        for line in plain(report.text(section)).splitlines():
            if repeated := title_on(line, titles(form)):
                yield rule.finding(
                    report,
                    f"{f'“{section.title}”部分' if section.title else '引言'}的正文中重复了标题“{line.strip()}”，"
                    f"标题“{repeated}”由格式给出，正文中应当删去。",
                    quote=line.strip(),
                )


def titles(form: Form) -> tuple[str, ...]:
    """The titles of the form's sections, in order.

    Parameters
    ----------
    form
        An edition of the form.

    Returns
    -------
    tuple of str
        The titles to the letter; the preamble has none.
    """
    return tuple(section.title for section in form.titled_sections)

"""A report at a glance, as a notebook shows it where a cell ends in the report itself."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from reportkit.checks import SEVERITIES, Outcome, check
from reportkit.display.parts import ReviewPart
from reportkit.report import AnnualReport

__all__ = ["card"]


def card(report: AnnualReport) -> ReviewPart:
    """Show whose report it is, on which edition of the form, what is filled in, and how many findings it has.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    ReviewPart
        The card, which the published page leaves out.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> card(new_report(Agency("a", "示例局"), 2023, {"applications.granted.company": 3}))
    示例局2023年度政府信息公开工作年度报告
    格式：2021年版
    表二：0格不为0，共10格
    表三：1格不为0，共144格
    表四：0格不为0，共12格
    文字：0个部分已填写，共4个部分
    校验：4项错误、1项警告、0项提示
    """
    title = f"{report.agency.name}{report.title}"
    rows = list(_rows(report))
    html = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(said)}</td></tr>' for name, said in rows)
    text = "\n".join([title, *(f"{name}：{said}" for name, said in rows)])
    return ReviewPart(
        f'<div class="rk-part rk-card"><p><strong>{escape(title)}</strong></p><table>{html}</table></div>', text
    )


def _rows(report: AnnualReport) -> Iterator[tuple[str, str]]:
    """What the card says, line by line."""
    form = report.form
    yield "格式", f"{form.edition}年版"
    if report.published:
        yield "公布日期", f"{report.published}"
    for table in form.tables:
        entered = [cell.address for cell in table.cells if cell.address in report.figures]
        filled = sum(bool(report.figures[address]) for address in entered)
        blank = sum(report.figures[address] is None for address in entered)
        yield table.name, f"{filled}格不为0，共{len(entered)}格{f'，{blank}格空白' if blank else ''}"
    written = sum(bool(report.text(section)) for section in form.narrative_sections)
    yield "文字", f"{written}个部分已填写，共{len(form.narrative_sections)}个部分"
    if report.previous is not None:
        yield "上一份报告", f"{report.previous.year}年"
    yield "校验", _counts(check(report))


def _counts(outcome: Outcome) -> str:
    counts = [f"{len(outcome.standing(severity))}项{look.word}" for severity, look in SEVERITIES.items()]
    return "、".join(counts) if outcome.findings else "未发现问题"

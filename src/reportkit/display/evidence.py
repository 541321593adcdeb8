"""What a reviewer holds findings against: what the texts say of the tables, and where each figure was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape

from reportkit.checks.claims import Stated, said_by_tables, stated
from reportkit.form.figures import figure_text
from reportkit.report import AnnualReport

__all__ = ["claims_shown", "sources_shown"]

# What is said of a claim that the tables bear out, that they do not, and of one that cannot be told.
_VERDICTS = {True: "一致", False: "不一致", None: "无法核对"}


def claims_shown(report: AnnualReport) -> str:
    """What the texts say about the tables, each claim beside the cells that it was held against.

    A page for reviewers underlines the words of each.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    str
        HTML that is closed until somebody opens it; empty where the texts say nothing of the tables.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> print(claims_shown(new_report(Agency("a", "某局"), 2023, narrative={"overview": "全年予以公开2件。"})))
    <details class="rk-claims"><summary>文字中的数字：共1处，1处不一致</summary>
    <ol>
    <li data-rk-section="overview" data-rk-quote="予以公开2件" data-rk-before="0"><q>予以公开2件</q>（2023年）不一致：\
<a href="#applications.granted.total">表三.予以公开.总计为0</a></li>
    </ol>
    </details>
    """
    told = [each for each in stated(report) if each.claim.readings and each.claim.section]
    if not told:
        return ""
    numbers = Counter(_VERDICTS[each.holds] for each in told)
    counts = "，".join(f"{numbers[verdict]}处{verdict}" for verdict in _VERDICTS.values() if numbers[verdict])
    lines = "".join(f"{_claim(each, report)}\n" for each in told)
    return (
        f'<details class="rk-claims"><summary>文字中的数字：共{len(told)}处，{counts}</summary>\n'
        f"<ol>\n{lines}</ol>\n</details>"
    )


def _claim(each: Stated, report: AnnualReport) -> str:
    claim = each.claim
    before = report.narrative.get(claim.section or "", "")[: claim.start].count(claim.quote)
    told = list(zip(claim.readings, said_by_tables(claim, report), strict=False))
    if each.holds and len(each.sums) == len(told):  # of several readings the one that holds
        told = [told[at] for at, number in enumerate(each.sums) if number == claim.value][:1] or told
    cells = "；或".join(
        f'<a href="#{escape(reading[0])}">{escape(sentence, quote=False)}</a>' for reading, sentence in told
    )
    return (
        f'<li data-rk-section="{escape(claim.section or "")}" data-rk-quote="{escape(claim.quote)}"'
        f' data-rk-before="{before}"><q>{escape(claim.quote, quote=False)}</q>（{claim.year}年）'
        f"{_VERDICTS[each.holds]}{f'：{cells}' if cells else ''}</li>"
    )


def sources_shown(report: AnnualReport) -> str:
    """Where the figures of a report were read: file and line of each that is not 0.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    str
        HTML that is closed until somebody opens it; empty where it is not known of any figure.

    Examples
    --------
    >>> from reportkit.report import Agency, Place, new_report
    >>> places = {"applications.granted.company": Place("params/2023/a.yaml", 7)}
    >>> figures = {"applications.granted.company": 3}
    >>> print(sources_shown(new_report(Agency("a", "某局"), 2023, figures, places=places)))
    <details class="rk-sources"><summary>数据来源：1个不为0的数值</summary>
    <ul>
    <li><a href="#applications.granted.company">表三“（一）予以公开”行“商业企业”列</a>：3　params/2023/a.yaml:7</li>
    </ul>
    </details>
    """
    lines = list(_sources(report))
    if not lines:
        return ""
    return (
        f'<details class="rk-sources"><summary>数据来源：{len(lines)}个不为0的数值</summary>\n'
        f"<ul>\n{''.join(lines)}</ul>\n</details>"
    )


def _sources(report: AnnualReport) -> Iterator[str]:
    for address, cell in report.form.cells.items():
        place = report.places.get(address)
        if place is not None and report[address] != 0:
            link = f'<a href="#{escape(address)}">{escape(cell.label, quote=False)}</a>'
            figure = figure_text(report[address]) or "空白"
            yield f"<li>{link}：{escape(figure, quote=False)}　{escape(str(place), quote=False)}</li>\n"

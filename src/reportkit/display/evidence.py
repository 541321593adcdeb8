"""What a reviewer holds findings against: what the texts say of the tables, and where each figure came from."""

from __future__ import annotations

from collections import Counter
from html import escape

from reportkit.checks.claims import Stated, said_by_tables, stated
from reportkit.form.figures import figure_text
from reportkit.report import WAYS, AnnualReport

__all__ = ["claims_shown", "sources_shown"]

# What is said of a claim that the tables bear out, that they do not, and of one that cannot be told.
_VERDICTS = {True: "一致", False: "不一致", None: "无法核对"}

# How figures get into a parameter file, as a reviewer reads it.
_TYPED, _CHANGED = "手工填写", "手工改动"
_WAYS = dict(zip(WAYS, ("导入自公布的报告", "导入自填报表", "由台账统计", "由下级机关汇总"), strict=True))


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
    """Where the figures of a report came from: of each that is not 0 how it got there, and its file and line.

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
    >>> from reportkit.report import Agency, Origin, Place, new_report
    >>> cell = "applications.granted.company"
    >>> places, origins = {cell: Place("params/2023/a.yaml", 7)}, {cell: Origin("tallied", "台账.xlsx", "2")}
    >>> print(sources_shown(new_report(Agency("a", "某局"), 2023, {cell: 3}, places=places, origins=origins)))
    <details class="rk-sources"><summary>数据来源：1个不为0的数值（手工改动1个）</summary>
    <ul>
    <li><a href="#applications.granted.company">表三“（一）予以公开”行“商业企业”列</a>：3　\
手工改动，原为2（由台账统计：台账.xlsx）　params/2023/a.yaml:7</li>
    </ul>
    </details>
    """
    numbers: Counter[str] = Counter()
    lines: list[str] = []
    for address, cell in report.form.cells.items():
        place = report.places.get(address)
        if place is None or report[address] == 0:
            continue
        way, told = _came_from(report, address)
        numbers[way] += 1
        link = f'<a href="#{escape(address)}">{escape(cell.label, quote=False)}</a>'
        figure = figure_text(report[address]) or "空白"
        lines.append(f"<li>{link}：{escape('　'.join((figure, told, str(place))), quote=False)}</li>\n")
    if not lines:
        return ""
    counts = "，".join(f"{way}{number}个" for way, number in numbers.most_common())
    return (
        f'<details class="rk-sources"><summary>数据来源：{len(lines)}个不为0的数值（{counts}）</summary>\n'
        f"<ul>\n{''.join(lines)}</ul>\n</details>"
    )


def _came_from(report: AnnualReport, address: str) -> tuple[str, str]:
    """How a figure got into the parameter file: in a word, and with what it was taken from."""
    origin = report.origins.get(address)
    if origin is None:
        return _TYPED, _TYPED
    way = _WAYS[origin.way]
    if origin.figure == figure_text(report[address]):
        return way, f"{way}：{origin.source}"
    return _CHANGED, f"{_CHANGED}，原为{origin.figure or '空白'}（{way}：{origin.source}）"

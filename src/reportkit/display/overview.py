"""The overview of a year for the head of office: leading figures, charts and tables, each titled by what it shows.

Each takes what `rk.open_overview` gives. Where the edition of the form does not have a figure, or where there is
nothing to show, a sentence stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from importlib import resources
from urllib.parse import quote

from reportkit.display.charts import NoChart
from reportkit.display.drawing import ReportChart, Share, bars, grouped_bars
from reportkit.display.parts import Part, stylesheet
from reportkit.display.year import Body, Counts, Overview
from reportkit.text import shortened

__all__ = [
    "agencies",
    "changes",
    "district_table",
    "districts",
    "findings",
    "leading",
    "missing",
    "outcomes",
    "reasons",
    "results",
    "years",
]


def __dir__() -> list[str]:
    return __all__  # what an editor completes


# How much of a list is shown: what is read in three minutes.
_BARS, _ROWS, _NAMES, _YEARS = 12, 8, 60, 7
# So many characters of a name fit beside a bar, and of a title above a chart.
_NAME, _TITLE = 16, 34
# How a link to another page of the output begins, which becomes a real one where the overview is written as a page.
_PAGE = "#page:"
# The columns in which agencies, or districts, are compared.
_COUNTED = ("机关", "新收申请", "办结", "公开率", "不予公开", "结果纠正")
_NO_DISTRICTS = "没有下辖的地区，不按地区比较。"
_HALF = " rk-half"
_TENTHS = "〇一二三四五六七八九"


class OverviewPart(Part):
    """A part of the overview, which has a style sheet of its own beside that of all parts."""

    def _repr_html_(self) -> str:
        return stylesheet() + _style() + self.html


@cache
def _style() -> str:
    css = resources.files("reportkit.display").joinpath("overview.css").read_text(encoding="utf-8")
    return f"<style data-reportkit>\n{css}</style>\n"


# ---------------------------------------------------------------- the leading figures


def leading(overview: Overview) -> Part:
    """The title, how many have handed in, and the leading figures beside last year's.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    Part
        The beginning of the page.

    Examples
    --------
    >>> leading(Overview(2023, (Body("a", "示例局", counts=Counts(received=3)),)))
    示例局2023年度政府信息公开工作概览
    """
    words = [overview.name, f"{overview.year}年度", "政府信息公开工作概览"]
    title = "".join(words)
    figures = "".join(
        f"<div><dt>{name}</dt><dd><strong>{figure}</strong></dd><dd>{escape(beside)}</dd></div>"
        for name, figure, beside in _leading_figures(overview)
    )
    return OverviewPart(
        f'<div class="rk-part rk-overview"><h1>{"<wbr>".join(map(escape, words))}</h1>'
        f'<dl class="rk-leading">{figures}</dl>'
        f"<p>{escape(_basis(overview))}</p></div>",
        title,
    )


def _leading_figures(overview: Overview) -> Iterator[tuple[str, str, str]]:
    """What is counted, the figure, and what stands beside it in small type."""
    total, before = overview.total, overview.last_year or Counts()
    absent = _in_state(overview, "missing")
    expected = len(overview.bodies)
    yield "已报送", f"{expected - len(absent)}/{expected}", f"{len(absent)}个机关未报送" if absent else "全部已报送"
    if total.received is not None:
        yield "新收申请", f"{total.received}件", _against(total.received, before.received)
    if (share := _share(total.granted, total.answered)) is not None:
        yield "公开率", f"{share:.1%}", _against_share(share, _share(before.granted, before.answered))
    if (share := _share(total.lost, total.closed)) is not None:
        yield "纠错率", f"{share:.1%}", _against_share(share, _share(before.lost, before.closed))
    wrong = [body for body in overview.bodies if body.errors]
    errors = sum(body.errors for body in wrong)
    yield "待处理错误", f"{errors}项", f"涉及{len(wrong)}份报告" if wrong else "各报告均无错误"


def _basis(overview: Overview) -> str:
    """What the figures are taken from, and how the shares are worked out."""
    said = ["下级机关的数字已计入上级汇总的，不重复计算。"] if len(overview.tops) < len(overview.bodies) else []
    if _share(overview.total.granted, overview.total.answered) is not None:
        said.append("公开率＝予以公开和部分公开的件数÷办结的件数。")
    if _share(overview.total.lost, overview.total.closed) is not None:
        said.append("纠错率＝复议、诉讼中结果纠正的件数÷已审结的件数。")
    if overview.districts and _in_state(overview, "missing"):
        said.append("分地区的数字不含未报送的机关。")
    if any(body.errors for body in overview.bodies):
        said.append("有错误的报告改正后，数字可能变化。")
    return "".join(said)


def _against(number: int, before: int | None) -> str:
    """How a number has changed since last year."""
    if before is None:
        return "没有上年数字"
    if number == before:
        return f"与上年相同（{before}件）"
    return f"上年{before}件，{_change(number, before)}"


def _change(number: int, before: int) -> str:
    """By how much a number has grown or shrunk: in per cent, where that says something."""
    more = "增加" if number > before else "减少"
    difference = abs(number - before)
    return f"{more}{difference / before:.1%}" if before >= 10 else f"{more}{difference}件"


def _against_share(share: float, before: float | None) -> str:
    """How a share has changed since last year, in percentage points."""
    if before is None:
        return "没有上年数字"
    points = round(100 * share, 1) - round(100 * before, 1)
    if not round(points, 1):
        return f"与上年相同（{before:.1%}）"
    return f"上年{before:.1%}，{'上升' if points > 0 else '下降'}{abs(points):.1f}个百分点"


def _share(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None


def _tenths(share: float) -> str:
    """A share as people say it: 七成, 近七成, 七成多."""
    tenths, rest = divmod(round(1000 * share), 100)
    if tenths == 0:
        return "不到一成"
    if rest <= 50:
        return f"{_TENTHS[tenths]}成{'多' if rest > 5 else ''}"
    return f"近{_TENTHS[tenths + 1]}成" if tenths < 9 else "九成多"


# ----------------------------------------------------------------------------- charts


def years(overview: Overview) -> ReportChart | NoChart:
    """How many requests came in and were answered, year by year.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    ReportChart or NoChart
        The chart; a sentence where there is no other year to compare with.

    Examples
    --------
    >>> before, now = Counts(received=20, answered=20), Counts(received=25, answered=24)
    >>> years(Overview(2023, (), {2022: before, 2023: now})).to_dict()["title"]
    '2023年新收申请25件，比上年增加25.0%'
    """
    known = [(year, counts) for year, counts in sorted(overview.history.items()) if counts.received is not None]
    past = dict(known[-_YEARS:])
    if len(past) < 2 or not any(counts.received for counts in past.values()):
        return NoChart.saying(f"没有{overview.year}年以前的数字，无法比较各年的申请数量。")
    last, now = past.get(overview.year - 1), past[max(past)]
    change = f"，{_since(now.received or 0, last.received)}" if last and last.received is not None else ""
    shares = {
        f"{year}年": [Share("新收申请", counts.received or 0), Share("办结", counts.answered or 0)]
        for year, counts in past.items()
    }
    said = "；".join(f"{year}新收{both[0].count}件、办结{both[1].count}件" for year, both in shares.items())
    title = _titled(f"{overview.year}年新收申请{now.received}件{change}")
    return grouped_bars(shares, title=title, description=f"各年申请数量：{said}。")


def _since(number: int, before: int) -> str:
    return "与上年相同" if number == before else f"比上年{_change(number, before)}"


def outcomes(overview: Overview) -> ReportChart | NoChart:
    """How the year's requests were answered, and which share was granted.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    ReportChart or NoChart
        The chart; a sentence where there is nothing to show.

    Examples
    --------
    >>> total = Counts(answered=10, granted=7, outcomes={"予以公开": 6, "部分公开": 1, "不予公开": 3})
    >>> outcomes(Overview(2023, (Body("a", "示例局", counts=total),))).to_dict()["title"]
    '七成申请予以公开或者部分公开'
    """
    total = overview.total
    share = _share(total.granted, total.answered)
    if share is None:
        title = f"办结申请{total.answered or 0}件"
    elif share in (0, 1):
        title = "申请全部予以公开或者部分公开" if share else "没有申请予以公开"
    else:
        title = f"{_tenths(share)}申请予以公开或者部分公开"
    return _bars(overview, total.outcomes, "办理结果", "办结申请", title)


def reasons(overview: Overview) -> ReportChart | NoChart:
    """Why requests were refused.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    ReportChart or NoChart
        The chart; a sentence where there is nothing to show.

    Examples
    --------
    >>> total = Counts(refused=4, reasons={"属于国家秘密": 3, "属于行政查询事项": 1})
    >>> reasons(Overview(2023, (Body("a", "示例局", counts=total),))).to_dict()["title"]
    '不予公开最多的理由是“属于国家秘密”（七成多）'
    """
    counted = overview.total.reasons
    return _bars(overview, counted, "不予公开的理由", "不予公开", _most(counted, "不予公开最多的理由是“{}”"))


def results(overview: Overview) -> ReportChart | NoChart:
    """How reviews and lawsuits ended, and which share was lost.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    ReportChart or NoChart
        The chart; a sentence where there is nothing to show.

    Examples
    --------
    >>> total = Counts(closed=4, lost=1, results={"结果维持": 3, "结果纠正": 1})
    >>> results(Overview(2023, (Body("a", "示例局", counts=total),))).to_dict()["title"]
    '复议、诉讼审结4件，被纠正1件'
    """
    total = overview.total
    lost = f"，被纠正{total.lost}件" if total.lost else "，没有被纠正的" if total.lost == 0 else ""
    return _bars(overview, total.results, "复议、诉讼情况", "复议、诉讼", f"复议、诉讼审结{total.closed or 0}件{lost}")


def districts(overview: Overview) -> ReportChart | NoChart:
    """How many requests each district refused.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    ReportChart or NoChart
        The chart; a sentence where there are no districts or nothing to show.

    Examples
    --------
    >>> districts(Overview(2023, (Body("a", "示例局", counts=Counts(refused=1)),)))
    没有下辖的地区，不按地区比较。
    """
    if not overview.districts:
        return NoChart.saying(_NO_DISTRICTS)
    counted = {name: counts.refused or 0 for name, counts in overview.districts.items()}
    return _bars(overview, counted, "各地区不予公开", "不予公开", _most(counted, "不予公开最多的是{}"))


def _most(counted: Mapping[str, int], words: str) -> str:
    """That one of several things counted is the most frequent, and which share it is."""
    whole = sum(counted.values())
    if not whole:
        return ""
    label, count = max(counted.items(), key=lambda item: item[1])
    share = "（全部）" if count == whole else f"（{_tenths(count / whole)}）"
    return words.format(shortened(label, _NAME)) + share


def _bars(
    overview: Overview, counted: Mapping[str, int], subject: str, whole: str, title: str
) -> ReportChart | NoChart:
    """Bars of what is counted, the longest first; a sentence in place of none and of a single one."""
    if not counted:
        return NoChart.saying(f"{overview.year}年没有可以比较的数字：{subject}。")
    if not any(counted.values()):
        return NoChart.saying(f"{overview.year}年{whole}0件。")
    ranked = sorted(((label, count) for label, count in counted.items() if count), key=lambda item: -item[1])
    shown = _distinct((shortened(label, _NAME), count) for label, count in ranked[:_BARS])
    rest = (
        f"；其余{len(ranked) - _BARS}个共{sum(count for _, count in ranked[_BARS:])}件" if len(ranked) > _BARS else ""
    )
    said = "、".join(f"{label}{count}件" for label, count in ranked[:_BARS])
    description = f"{overview.year}年{whole}共{sum(counted.values())}件：{said}{rest}。"
    if len(ranked) == 1:
        return NoChart.saying(f"{title}。{description}")
    return bars(shown, title=_titled(title), description=description)


def _distinct(named: Iterable[tuple[str, int]]) -> list[Share]:
    """Bars under names that differ: what is called alike is numbered."""
    shares: dict[str, Share] = {}
    for label, count in named:
        own = label if label not in shares else f"{label}（{len(shares) + 1}）"
        shares[own] = Share(own, count)
    return list(shares.values())


def _titled(title: str) -> str:
    return shortened(title, _TITLE)


# ----------------------------------------------------------------------------- tables


def agencies(overview: Overview) -> Part:
    """The agencies that received most requests, and what became of these.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    Part
        A table of agencies that have none below them; each links its review page.

    Examples
    --------
    >>> agencies(Overview(2023, (Body("a", "甲局", counts=Counts(received=3)),)))
    新收申请最多的是甲局（全部）
    """
    counted = [(body, body.counts) for body in overview.single if body.counts and body.counts.received]
    if not counted:
        return _said("各机关没有新收申请。")
    counted.sort(key=lambda one: -(one[1].received or 0))
    title = _most({body.name: counts.received or 0 for body, counts in counted}, "新收申请最多的是{}")
    return _table(title, _COUNTED, [[_link(body), *_in_figures(counts)] for body, counts in counted[:_ROWS]])


def district_table(overview: Overview) -> Part:
    """The districts side by side: requests, the share granted, refusals, reviews and lawsuits lost.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    Part
        A table; each district links the review page of its government. Nothing where there are no districts.

    Examples
    --------
    >>> district_table(Overview(2023, (Body("a", "示例局", counts=Counts(refused=1)),)))
    没有下辖的地区，不按地区比较。
    """
    if not overview.districts:
        return OverviewPart("", _NO_DISTRICTS)  # the chart says so
    granted = {name: _share(counts.granted, counts.answered) for name, counts in overview.districts.items()}
    shares = {name: share for name, share in granted.items() if share}
    best = max(shares, key=lambda name: shares[name], default="")
    title = f"公开率最高的是{shortened(best, _NAME)}（{shares[best]:.1%}）" if best else "各地区申请办理情况"
    links = {name: _link(body) for name, body in overview.governments.items()}
    ranked = sorted(overview.districts.items(), key=lambda one: -(one[1].received or 0))
    return _table(
        title,
        ["地区", *_COUNTED[1:]],
        [[links.get(name) or escape(name), *_in_figures(counts)] for name, counts in ranked[:_BARS]],
    )


def _in_figures(counts: Counts) -> list[str]:
    """Counts as the columns of `_COUNTED` show them; a dash where there is no such figure."""
    share, lost = _share(counts.granted, counts.answered), counts.lost
    figures = [counts.received, counts.answered, None if share is None else f"{share:.1%}", counts.refused, lost]
    return ["—" if figure is None else str(figure) for figure in figures]


def changes(overview: Overview) -> Part:
    """The agencies whose new requests have changed most since last year.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    Part
        A table; each agency links its review page.

    Examples
    --------
    >>> changes(Overview(2023, (Body("a", "甲局", counts=Counts(received=3), before=Counts(received=1)),)))
    变化最大的是甲局：新收申请由1件变为3件
    """
    compared = [
        (body, body.counts.received, body.before.received)
        for body in overview.single
        if body.counts and body.before and body.counts.received is not None and body.before.received is not None
    ]
    changed = sorted((one for one in compared if one[1] != one[2]), key=lambda one: -abs(one[1] - one[2]))
    if not changed:
        return _said(
            "各机关新收申请与上年相同。" if compared else "没有上年数字，无法比较各机关的变化。",
            half=True,
        )
    body, now, before = changed[0]
    rows = [[_link(body), f"{before}件", f"{now}件", f"{now - before:+d}件"] for body, now, before in changed[:_ROWS]]
    title = f"变化最大的是{body.name}：新收申请由{before}件变为{now}件"
    return _table(title, ["机关", f"{overview.year - 1}年", f"{overview.year}年", "变化"], rows)


def findings(overview: Overview) -> Part:
    """The rules against which most reports have findings.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    Part
        A table; each rule links the reports concerned in the index.

    Examples
    --------
    >>> findings(Overview(2023, ()))
    各报告没有发现问题。
    """
    if not overview.rules:
        return _said("各报告没有发现问题。")
    rows = [
        [
            f'<a href="{_PAGE}../index.html#year={overview.year}&amp;rule={quote(rule.id)}">'
            f"{escape(rule.meaning or rule.id)}</a> <small>{escape(rule.id)}</small>",
            escape(rule.severity),
            f"{rule.reports}份",
            f"{rule.findings}项",
        ]
        for rule in overview.rules[:_ROWS]
    ]
    title = f"发现{len(overview.rules)}类问题，最常见的涉及{overview.rules[0].reports}份报告"
    return _table(title, ["要求", "级别", "报告", "问题"], rows, texts=2, half=False)


def missing(overview: Overview) -> Part:
    """The agencies that have not handed in, by the body above, and those whose report could not be built.

    Parameters
    ----------
    overview
        All reports of the year.

    Returns
    -------
    Part
        A list.

    Examples
    --------
    >>> missing(Overview(2023, (Body("a", "甲局", state="missing"),)))
    1个机关未报送：甲局
    """
    kinds = (("missing", "未报送"), ("failed", "报告没有生成成功"), ("waiting", "报告还没有生成"))
    found = [(words, _in_state(overview, state)) for state, words in kinds]
    parts = [_named(overview, words, bodies) for words, bodies in found if bodies]
    if not parts:
        return _said("全部机关已报送。")
    text = "；".join(
        f"{len(bodies)}个机关{words}：{'、'.join(body.name for body in bodies[:_NAMES])}"
        for words, bodies in found
        if bodies
    )
    return OverviewPart(f'<div class="rk-part rk-overview">{"".join(parts)}</div>', text)


def _named(overview: Overview, words: str, bodies: Sequence[Body]) -> str:
    """Some agencies by the body above."""
    above = {body.id: body.name for body in overview.bodies}
    groups: dict[str, list[str]] = {}
    for body in bodies[:_NAMES]:
        groups.setdefault(above.get(body.parent, "无上级机关的"), []).append(_link(body))
    rest = f"<li>等{len(bodies)}个机关，见总目录</li>" if len(bodies) > _NAMES else ""
    items = "".join(f"<li>{escape(name)}：{'、'.join(names)}</li>" for name, names in groups.items())
    return f"<h3>{len(bodies)}个机关{words}</h3><ul>{items}{rest}</ul>"


def _in_state(overview: Overview, state: str) -> list[Body]:
    return [body for body in overview.bodies if body.state == state]


def _link(body: Body) -> str:
    """An agency's name, which leads to its review page where there is one."""
    name = escape(body.name)
    if body.counts is None and body.state != "built":
        return name
    folder = quote(body.id.encode("utf-8", "surrogateescape"))
    return f'<a href="{_PAGE}{folder}/review.html">{name}</a>'


def _said(sentence: str, *, half: bool = False) -> Part:
    """A sentence in place of a table that would be empty."""
    return OverviewPart(
        f'<div class="rk-part rk-overview{_HALF if half else ""}"><p>{escape(sentence)}</p></div>', sentence
    )


def _table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1, *, half: bool = True
) -> Part:
    """A table whose first columns hold text, the others figures; two halves stand side by side on a wide screen."""
    kinds = ['<th scope="col">'] * texts + ['<th scope="col" class="rk-number">'] * (len(heads) - texts)
    head = "".join(f"{kind}{escape(one)}</th>" for kind, one in zip(kinds, heads, strict=True))
    lines = "".join(f"<tr>{''.join(_cells(row, texts))}</tr>\n" for row in rows)
    return OverviewPart(
        f'<div class="rk-part rk-overview{_HALF if half else ""}"><table class="rk-ranking">'
        f"<caption>{escape(title)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}</tbody></table></div>",
        title,
    )


def _cells(row: Sequence[str], texts: int) -> Iterator[str]:
    yield f'<th scope="row">{row[0]}</th>'
    yield from (f"<td>{cell}</td>" for cell in row[1:texts])
    yield from (f'<td class="rk-number">{cell}</td>' for cell in row[texts:])

"""When a report was published, and the signature at its end: what pages say around a report's own text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from reportkit.documents.document import Document, Grid
from reportkit.intake.published.rows import Line
from reportkit.intake.published.sections import Article
from reportkit.text import DAY, half_width, read_day, squeezed

__all__ = ["published_on", "without_signature"]

# 成文日期 and 生成日期 are days of the document, not of its publication.
_NAMES = r"(?:发布|公开|公布|发文)(?:日期|时间)"
_NAMED = re.compile(rf"{_NAMES}\s*:\s*({DAY})")
_NAME = re.compile(rf"{_NAMES}:?")
_ALONE = re.compile(rf"[(\[]?\s*({DAY})\s*[)\]]?")
_CHINESE_DAY = re.compile(
    r"[〇○零O0一二三四五六七八九十]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)
_AGENCY = re.compile(
    r"[\w（）()·\s]{2,40}?(?:政府|办公室|委员会|[局厅委办部院会校署站所馆队处行社司团]|中心|公司|医院|学校)"
)


def published_on(article: Article, document: Document) -> date | None:
    """The day of publication, as the page or the report states it.

    Parameters
    ----------
    article
        The report.
    document
        The document it stands in, whose head may name the day.

    Returns
    -------
    datetime.date or None
        From a line or a table that calls it so, else from below the title, else from the signature; None if none is.
    """
    return next(_named(article, document), None) or next(_below_title(article), None) or _signed_on(article)


def _named(article: Article, document: Document) -> Iterator[date]:
    """The days that are called the day of publication: in the report's head, then in tables of the page."""
    for item in article.before:
        if isinstance(item, Line):
            yield from _days(_NAMED.findall(half_width(item.text)))
    for block in document.blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                texts = [half_width(box.text).strip() for box in dict.fromkeys(row) if box is not None]
                yield from _days(text for name, text in pairwise(texts) if _NAME.fullmatch(name))
                yield from _days(day for text in texts for day in _NAMED.findall(text))
        else:
            yield from _days(_NAMED.findall(half_width(block.text)))


def _below_title(article: Article) -> Iterator[date]:
    """The days that stand on lines of their own before the first section."""
    for item in article.before if article.title else ():
        if isinstance(item, Line) and (alone := _ALONE.fullmatch(half_width(item.text).strip())):
            yield from _days([alone[1]])


def _signed_on(article: Article) -> date | None:
    lines = _last_lines(article)
    return _day_alone(lines[-1]) if lines else None


def without_signature(paragraphs: list[str], agency: str = "") -> list[str]:
    """Return a report's last paragraphs without the agency's name and the day below them.

    Parameters
    ----------
    paragraphs
        The paragraphs of the last section.
    agency
        The agency's name as the title has it; empty if it has none.

    Returns
    -------
    list of str
        The text alone.

    Examples
    --------
    >>> without_signature(["没有其他需要报告的事项。", "示例市示例局", "2024年1月17日"])
    ['没有其他需要报告的事项。']
    """
    kept = list(paragraphs)
    if not kept:
        return kept
    last = re.split(r"\s{2,}|(?<=\D)\s+(?=\d{4}年)", kept[-1].strip())
    if _day_alone(last[-1]) is None:
        return kept[:-1] if agency and squeezed(kept[-1]) == squeezed(agency) else kept
    kept[-1:] = last[:-1]
    if kept and (squeezed(kept[-1]) == squeezed(agency) or _AGENCY.fullmatch(kept[-1].strip())):
        kept.pop()
    return kept


def _last_lines(article: Article) -> list[str]:
    if not article.sections:
        return []
    return [item.text for item in article.sections[-1][2] if isinstance(item, Line)]


def _day_alone(text: str) -> date | None:
    """The day that a text is, and nothing else."""
    plain = half_width(text).strip()
    stated = _ALONE.fullmatch(plain)
    if stated:
        return read_day(stated[1])
    return read_day(squeezed(plain)) if _CHINESE_DAY.fullmatch(squeezed(plain)) else None


def _days(texts: Iterable[str]) -> Iterator[date]:
    return (day for text in texts if (day := read_day(text)))

"""The texts of a published report: its narrative, how to ask the agency, the day it was published."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reportkit.form import Form
from reportkit.intake.published.labels import labels_of
from reportkit.intake.published.notes import Notes
from reportkit.intake.published.paragraphs import markdown, paragraphs
from reportkit.intake.published.publication import without_signature
from reportkit.intake.published.rows import Line
from reportkit.intake.published.sections import Article
from reportkit.intake.published.tables import PublishedTable
from reportkit.system.language import Message
from reportkit.text import DAY, squeezed

__all__ = ["contact_in", "narrative_of", "note_tables_left_out"]

_SUBSTANTIAL = 20
# Lines by which a page speaks of itself, squeezed.
_ABOUT_PAGE = re.compile(
    r"(?:发布|公开|发文|更新|生成|成文)(?:日期|时间):|(?:信息)?来源:|浏览(?:次数|量)|字体|字号|【?字体|索引号|当前位置|目录$|分享|打印|"
    + DAY
    + r"(?:\d\d:\d\d(?::\d\d)?)?$"
)
_WAY_TO_ASK = re.compile(r"(?:联系)?(?:电话|热线|传真|地址|邮编|邮政编码|邮箱|电子邮件|网址)[^,，。；;）)\n]*\w")


def narrative_of(form: Form, article: Article, used: set[Line], notes: Notes) -> dict[str, str]:
    """The texts, and a note on what stands elsewhere.

    Parameters
    ----------
    form
        The edition.
    article
        The report.
    used
        The lines that its tables were read from.
    notes
        Where it is noted what is missing or left out.

    Returns
    -------
    dict of str to str
        Markdown by the keys of the form's sections.
    """
    untitled = next((section.key for section in form.narrative_sections if not section.title), None)
    texts = {untitled: markdown(_preamble(article, used))} if untitled else {}
    last = article.sections[-1][0] if article.sections else None
    narrated = {section.key: section for section in form.narrative_sections}
    for key, _, items in article.sections:
        found = paragraphs(items, used, last=key == last)
        if key == last:
            found = without_signature(found, article.title.agency if article.title else "")
        if key in narrated:
            texts[key] = markdown(found)
            if not found:
                notes.miss(Message("text of section {title}", title=narrated[key].title))
        else:
            labels = labels_of(form)
            left = [text for text in found if len(text) >= _SUBSTANTIAL and squeezed(text) not in labels]
            if left:
                texts[key] = markdown(left)
    return texts


def note_tables_left_out(form: Form, article: Article, tables: Sequence[PublishedTable], notes: Notes) -> None:
    """Say which grids stand among the text: they are none of the form's, and Markdown has no room for them.

    Parameters
    ----------
    form
        The edition.
    article
        The report.
    tables
        The tables that were read.
    notes
        Where it is noted.
    """
    read = {where.partition(",")[0] for table in tables for where in table.places.values()}
    narrated = {section.key for section in form.narrative_sections}
    for key, title, items in article.sections:
        for item in items if key in narrated else ():
            if not isinstance(item, Line) and item[1] not in read:
                notes.miss(Message("{place} in section {title} was left out", place=item[1], title=title))


def _preamble(article: Article, used: set[Line]) -> list[str]:
    """The text before the first section, without what the page says about itself."""
    found = paragraphs(article.before, used)
    if article.title is None:
        # Without a title, navigation may stand before: only whole sentences count.
        found = [text for text in found if "。" in text]
    if not article.sections:
        found = [text for text in found if len(text) >= _SUBSTANTIAL]
    return [text for text in found if not _ABOUT_PAGE.match(squeezed(text))]


def contact_in(narrative: Mapping[str, str]) -> str:
    """How to ask the agency, in the words of the preamble.

    Parameters
    ----------
    narrative
        The texts, the preamble first.

    Returns
    -------
    str
        Telephone number, address and the like; empty if none are named.
    """
    text = next(iter(narrative.values()), "").replace("\\", "")
    return "，".join(
        found.group().strip() for found in _WAY_TO_ASK.finditer(text) if re.search(r"[:：\d@]", found.group())
    )

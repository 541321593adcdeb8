"""The report's texts as HTML. They are Markdown that somebody typed or sent, so nothing in them is trusted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize as tokenize_emphasis
from markdown_it.token import Token

from reportkit.display.parts import OpeningPart, Part
from reportkit.display.series import leading_figures
from reportkit.report import AnnualReport
from reportkit.system.errors import InputError
from reportkit.system.language import Joined

__all__ = ["markdown_html", "preamble", "section"]

# What stands at the start of a line that a typist indented: a new paragraph.
_INDENT = re.compile(r"^[ \t]*\u3000[\u3000 \t]*", re.MULTILINE)
_ALLOWED = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


def preamble(report: AnnualReport) -> Part:
    """The report's title and what stands before its first section, the agency's contact included.

    Parameters
    ----------
    report
        The report whose beginning is shown.

    Returns
    -------
    Part
        Title and text; the contact of the register of agencies below it, unless the text names it already. A page
        that holds it is described to search engines by title and leading figures.

    Raises
    ------
    InputError
        If a figure that is bound into the text is not there.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> agency = Agency("a", "示例局", contact="0539-0000000")
    >>> print(preamble(new_report(agency, 2023)).html)
    <div class="rk-part rk-text"><h1><span class="rk-agency">示例局</span><br>2023年度政府信息公开工作年度报告</h1>
    <p class="rk-contact">联系方式：0539-0000000</p>
    </div>
    """
    agency = report.agency
    _require_filled(report, report.form.preamble.key if report.form.preamble else "")
    text = report.text(report.form.preamble) if report.form.preamble else ""
    title = f'<h1><span class="rk-agency">{escape(agency.name)}</span><br>{escape(report.title)}</h1>'
    contact = ""
    if agency.contact and _without_spaces(agency.contact) not in _without_spaces(text):
        contact = f'<p class="rk-contact">联系方式：{escape(agency.contact.strip())}</p>\n'
    words = f"{agency.name}{report.title}"
    shown = _text(f"{title}\n{markdown_html(text, level=2)}{contact}", words)
    return OpeningPart(shown.html, shown.text, "：".join(filter(None, [words, leading_figures(report)])))


def section(report: AnnualReport, key: str) -> Part:
    """A section's title and its text; a section with a table rarely has one.

    Parameters
    ----------
    report
        The report whose section is shown.
    key
        The section's key: ``overview``, ``applications``, …

    Returns
    -------
    Part
        The section; its heading has the key as id.

    Raises
    ------
    KeyError
        Where the report's edition of the form has no such section.
    InputError
        If a figure that is bound into the text is not there.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> print(section(new_report(Agency("a", "示例局"), 2023), "overview").html)
    <div class="rk-part rk-text"><h2 id="overview">一、总体情况</h2>
    </div>
    """
    declared = report.form.section(key)
    _require_filled(report, key)
    heading = f'<h2 id="{escape(key)}">{escape(declared.title, quote=False)}</h2>\n' if declared.title else ""
    text = markdown_html(report.text(key), level=3)
    return _text(heading + text, f"{declared.title}：{report.agency.name}{report.year}年")


def markdown_html(text: str, *, level: int) -> str:
    r"""Markdown as HTML that is safe to publish.

    Markup shows as text, an image as its description, and only links to the web, to mail and to
    telephones lead anywhere. Chinese habits of typing are understood: a line indented by full-width
    spaces begins a paragraph, a line broken between two characters is joined without a space.

    Parameters
    ----------
    text
        The Markdown.
    level
        The level of the text's topmost headings.

    Returns
    -------
    str
        The HTML.

    Examples
    --------
    >>> markdown_html("**（一）主动公开。**全年公开\n信息390余条。<b>", level=3)
    '<p><strong>（一）主动公开。</strong>全年公开信息390余条。&lt;b&gt;</p>\n'
    """
    return str(_markdown().render(_INDENT.sub("\n", text), {"level": level}))


def _require_filled(report: AnnualReport, key: str) -> None:
    """Raise if an expression for a figure would be shown in place of the figure."""
    for fault in report.filled(key).faults:
        raise InputError(Joined(": ", [f"narrative.{key}", fault.expression, fault.message]))


def _text(html: str, words: str) -> Part:
    return Part(f'<div class="rk-part rk-text">{html}</div>', words)


def _without_spaces(text: str) -> str:
    return "".join(text.split())


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "xhtmlOut": False})
    markdown.enable("table").disable(["code", "html_block", "html_inline"])
    # Where a link may lead is decided in one place, `_restrict_links`.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.inline.ruler.at("emphasis", _emphasis)
    for rule in (_shift_headings, _restrict_links, _join_lines):
        markdown.core.ruler.push(rule.__name__, rule)
    markdown.add_render_rule("image", _image)
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    return markdown


def _shift_headings(state: StateCore) -> None:
    """Have the headings begin below the page's own, without a gap between levels."""
    headings = [token for token in state.tokens if token.type in ("heading_open", "heading_close")]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(state.env['level'] + levels.index(token.tag), 6)}"


def _restrict_links(state: StateCore) -> None:
    """Keep only the text of a link, unless it leads to the web, to mail or to a telephone."""
    for token in state.tokens:
        kept, leads = [], True
        for child in token.children or ():
            if child.type == "link_open":
                leads = _ALLOWED.match(str(child.attrGet("href"))) is not None
                child.attrSet("rel", "noopener nofollow")
            if leads or child.type not in ("link_open", "link_close"):
                kept.append(child)
        if token.children:
            token.children = kept


def _join_lines(state: StateCore) -> None:
    """Drop a line break between two Chinese characters, where a browser would show a space."""
    for token in state.tokens:
        children = token.children or []
        for at, child in enumerate(children):
            if child.type == "softbreak":
                before = next((other.content[-1] for other in reversed(children[:at]) if other.content), "")
                after = next((other.content[0] for other in children[at + 1 :] if other.content), "")
                if _is_chinese(before) and _is_chinese(after):
                    child.type = "text"


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Have ``**`` open and close beside Chinese punctuation, as in ``**（一）主动公开。**一是``.

    CommonMark asks for a space there, which Chinese does not have.
    """
    first = len(state.delimiters)
    before = state.src[state.pos - 1] if state.pos else " "
    if not tokenize_emphasis(state, silent):
        return False
    after = state.src[state.pos] if state.pos < state.posMax else " "
    if state.src[state.pos - 1] == "*":
        for delimiter in state.delimiters[first:]:
            delimiter.open = delimiter.open or (_is_chinese(before) and not after.isspace())
            delimiter.close = delimiter.close or (_is_chinese(after) and not before.isspace())
    return True


def _is_chinese(character: str) -> bool:
    """Whether it is a Chinese character or punctuation mark, which no space separates from the next."""
    return bool(character) and (character in "“”‘’—…·" or unicodedata.east_asian_width(character) in "WF")


def _image(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return escape(renderer.renderInlineAsText(tokens[at].children, options, env))


def _table_open(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return '<div class="rk-scroll"><table class="rk-table">\n'


def _table_close(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return "</table></div>\n"

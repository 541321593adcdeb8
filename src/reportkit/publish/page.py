"""A page from an executed notebook: which cells and outputs each audience is shown, and how."""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import count, groupby
from typing import TYPE_CHECKING, Any, Literal

from reportkit.publish.charts import chart_figure
from reportkit.publish.markup import Markup, cleaned
from reportkit.text import encodable, exposed

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from nbformat import NotebookNode

__all__ = ["LABELS", "MEDIA_TYPE", "Audience", "Block", "Page", "compose"]

log = logging.getLogger(__name__)

# Who reads a page: the public, the reviewer, or the head of office, whose page is about all reports of a year.
Audience = Literal["publish", "review", "overview"]
# What a reader knows each page by.
LABELS: Mapping[Audience, str] = {"publish": "公开版", "review": "审阅版", "overview": "年度概览"}
MEDIA_TYPE = "text/html"

UNTITLED = "政府信息公开工作年度报告"
NOT_RUN = "笔记本尚未运行，本页没有可以显示的结果。"

# Papermill puts a banner of its own into a notebook that failed: nothing for the public.
_REVIEW_TAGS = frozenset({"review", "papermill-error-cell-tag"})
_HEADING = re.compile(r"<h1(?: [^>]*)?>(.*?)</h1>", re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")
# What the public never reads, and what it is called before a reviewer.
_NOTES = {
    "stdout": "程序输出",
    "stderr": "程序提示",
    "error": "运行出错",
    "text": "文字输出（公开版不显示，如需公开请改用Markdown）",
}
# By which the marks of findings know the tables of their report: on a page for the public there are none.
_PANEL = 'class="rk-part rk-findings"'
_REPORT_MARK = re.compile(r'(<table [^>]*?) data-rk-report="[^">]*"')
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_VEGALITE = re.compile(r"application/vnd\.vegalite\.v\d+(?:\.\d+)*\+json")
_WIDGET = "application/vnd.jupyter.widget-view+json"
_IMAGES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True)
class Block:
    """What one cell puts on the page, whether only reviewers see it, and whether it stands beside public outputs."""

    html: str
    review: bool = False
    aside: bool = False

    @property
    def panel(self) -> bool:
        """Whether it holds the findings of the checks, which a reviewer keeps in sight."""
        return self.review and _PANEL in self.html


@dataclass(frozen=True, slots=True)
class Page:
    """The content of a page, before the template puts it together.

    Parameters
    ----------
    title
        What a browser's tab shows.
    blocks
        What the cells show, in order.
    styles
        The style sheets of its parts, each once.
    charts
        How many charts the page holds.
    description
        What search engines are told that the page says; empty if no output says it.
    """

    title: str
    blocks: tuple[Block, ...]
    styles: tuple[str, ...]
    charts: int
    description: str = ""

    @property
    def nonce(self) -> str:
        """What the page's policy knows its own scripts by: always the same for the same page."""
        content = "\0".join((self.title, *self.styles, *(block.html for block in self.blocks)))
        return base64.b64encode(hashlib.sha256(content.encode()).digest()[:18]).decode()


def compose(notebook: NotebookNode, *, review: bool) -> Page:
    """The page of an executed notebook.

    Parameters
    ----------
    notebook
        The notebook, whichever program ran it. Nothing of it is run here.
    review
        Whether reviewers read it: with the cells tagged ``review``, outputs that their metadata keeps from the
        public, what the cells printed, results that are mere text, errors, and interactive charts.

    Returns
    -------
    Page
        Neither code nor raw cells, and nothing that differs between two runs by itself (times,
        file names, counters).
    """
    charts = count(1)
    blocks: list[Block] = []
    styles: dict[str, None] = {}
    for cell in notebook.cells:
        aside = not _REVIEW_TAGS.intersection(cell.metadata.get("tags", ()))
        for only_review, pieces in groupby(_pieces(cell, charts, review=review), lambda piece: piece.review):
            shown: list[str] = []
            for piece in pieces:
                styles.update((style, None) for style in piece.markup.styles)
                shown += filter(None, [piece.markup.html])
            if shown:
                # Codes for control characters, whichever way they got there: as they are, by a reference, in a chart.
                html = exposed(encodable("\n".join(shown)))
                blocks.append(Block(html, only_review, only_review and aside))
    if _not_run(notebook):
        blocks.append(Block(f'<p class="not-run">{NOT_RUN}</p>'))
    return Page(_title(blocks, notebook), tuple(blocks), tuple(styles), next(charts) - 1, _description(notebook))


def _not_run(notebook: NotebookNode) -> bool:
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    shows = any(cell.cell_type == "markdown" for cell in notebook.cells)
    return not any(cell.outputs for cell in code) and bool(code or not shows)


def _title(blocks: Sequence[Block], notebook: NotebookNode) -> str:
    """The text of the page's first heading; else the notebook's title."""
    for block in blocks:
        for heading in _HEADING.findall(block.html):
            if title := " ".join(html.unescape(_ANY_TAG.sub("", heading)).split()):
                return title
    return exposed(encodable(" ".join(str(notebook.metadata.get("title") or UNTITLED).split())))


def _description(notebook: NotebookNode) -> str:
    """What the first output that the public sees, and that has a description, says of the page."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and not _REVIEW_TAGS.intersection(cell.metadata.get("tags", ())):
            for output in cell.outputs:
                said = _ours(output).get("description")
                if isinstance(said, str) and said.strip() and not _is_for_review(output):
                    return exposed(encodable(" ".join(said.split())))
    return ""


# --------------------------------------------------------------------- cells


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a cell, or one of its outputs, puts on the page, and whether only reviewers see it."""

    markup: Markup
    review: bool


def _pieces(cell: NotebookNode, charts: Iterator[int], *, review: bool) -> Iterator[_Piece]:
    only_review = bool(_REVIEW_TAGS.intersection(cell.metadata.get("tags", ())))
    if only_review and not review:
        return
    if cell.cell_type == "markdown":
        html = _markdown().render(_text(cell.source), {"attachments": cell.get("attachments", {})})
        yield _Piece(cleaned(html), only_review)
    elif cell.cell_type == "code":
        for kind, outputs in groupby(cell.outputs, _kind):
            if kind in _NOTES:
                if review:
                    yield _Piece(_note(kind, list(outputs)), only_review)
                continue
            for output in outputs:
                for_review = only_review or _is_for_review(output)
                if review or not for_review:
                    yield _Piece(_shown(output, charts, review=review), for_review)


def _is_for_review(output: NotebookNode) -> bool:
    return bool(_ours(output).get("audience") == "review")


def _ours(output: NotebookNode) -> Mapping[str, Any]:
    """What a part of a report says of itself beside what it shows."""
    ours = output.get("metadata", {}).get("reportkit")
    return ours if isinstance(ours, Mapping) else {}


def _kind(output: NotebookNode) -> str:
    """What sort of output it is; several outputs printed one after another are one."""
    if output.output_type == "stream":
        return str(output.get("name", "stdout"))
    if output.output_type == "error" or _best_form(output):
        return str(output.output_type)
    return "text"


def _note(kind: str, outputs: Sequence[NotebookNode]) -> Markup:
    """What a cell printed, or how it failed: without the trace, which would show code."""
    if kind == "error":
        said = "\n".join(f"{output.get('ename', '')}: {_text(output.get('evalue', ''))}" for output in outputs)
    elif kind == "text":
        said = "\n".join(_only_text(output.get("data", {})) for output in outputs)
    else:
        said = "".join(_text(output.get("text", "")) for output in outputs)
    said = _plain(said).strip("\n")
    if not said.strip():
        return Markup("")
    return Markup(f'<div class="note {kind}"><p>{_NOTES[kind]}</p><pre>{html.escape(said, quote=False)}</pre></div>')


def _only_text(data: Mapping[str, Any]) -> str:
    return "" if _WIDGET in data else _text(data.get("text/plain", ""))  # a widget lives only while the notebook does


def _plain(text: str) -> str:
    """The text without a terminal's colours, and without what a progress bar wrote over."""
    text = _CONTROL.sub("", _ANSI.sub("", text).replace("\r\n", "\n"))
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


# ------------------------------------------------------------------- outputs


def _best_form(output: NotebookNode) -> str:
    """The media type under which a page shows an output; empty if it is mere text, or nothing that can be shown."""
    data: Mapping[str, Any] = output.get("data", {})
    charts = filter(_VEGALITE.fullmatch, sorted(data, reverse=True))
    return next((mime for mime in (*charts, *_IMAGES, "text/html", "text/markdown") if mime in data), "")


def _shown(output: NotebookNode, charts: Iterator[int], *, review: bool) -> Markup:
    """The best form of an output that a page can hold."""
    data: Mapping[str, Any] = output.get("data", {})
    mime = _best_form(output)
    if _VEGALITE.fullmatch(mime):
        return Markup(chart_figure(data[mime], next(charts), interactive=review))
    if mime in _IMAGES:
        return cleaned(_image(mime, _text(data[mime]), data, output.get("metadata", {})))
    if mime == "text/markdown":
        return cleaned(_markdown().render(_text(data[mime]), {"attachments": {}}))
    shown = cleaned(_text(data[mime]))
    return shown if review else replace(shown, html=_REPORT_MARK.sub(r"\1", shown.html))


def _image(mime: str, content: str, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    """An image inside the page, with its alternative text."""
    own = metadata.get(mime)
    facts = {**metadata, **own} if isinstance(own, Mapping) else metadata
    encoded = base64.b64encode(content.encode()).decode() if mime == "image/svg+xml" else "".join(content.split())
    if not _is_base64(encoded):
        log.warning("an image of type %s is not base64 and was left out", mime)
        encoded = ""
    said = facts.get("alt") or _text(data.get("text/plain", ""))
    alternative = "图" if not said or str(said).startswith("<") else str(said)
    size = "".join(f' {key}="{facts[key]}"' for key in ("width", "height") if type(facts.get(key)) is int)
    source = f' src="data:{mime};base64,{encoded}"' if encoded else ""
    return f'<p class="image"><img{source} alt="{html.escape(alternative)}"{size}></p>'


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except binascii.Error:
        return False


def _text(value: Any) -> str:
    """A text as nbformat keeps it: whole, or in lines."""
    return "".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


# ------------------------------------------------------------------ Markdown


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _attached_image)
    return parser


def _attached_image(renderer: Any, tokens: Sequence[Any], index: int, options: Any, env: Mapping[str, Any]) -> str:
    """An image, taken from the cell's attachments if it is one of them."""
    from urllib.parse import unquote

    token = tokens[index]
    source = str(token.attrs["src"])
    if source.startswith("attachment:"):
        attached = env["attachments"].get(unquote(source.removeprefix("attachment:")), {})
        for mime, content in attached.items():
            token.attrs["src"] = f"data:{mime};base64,{''.join(_text(content).split())}"
    return str(renderer.image(tokens, index, options, env))

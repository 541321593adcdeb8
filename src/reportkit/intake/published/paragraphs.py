"""The paragraphs of a section, as they were before lines and pages broke them, and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reportkit.intake.published.rows import Line
from reportkit.intake.published.sections import Item
from reportkit.text import breadth, enumerator, squeezed

__all__ = ["markdown", "paragraphs"]

_HALF = {"）": ")", ")": "）"}
_LONGEST_FOOTER = 60
_FOOTER = re.compile(
    r"^[【\[(（]?\s*(?:打\s*印|关\s*闭|返回顶部|返回|分享)|^(?:相关附件|附件下载|相关链接|扫一扫|分享到|责任编辑|上一篇|下一篇|网站地图|"
    r"主办(?:单位)?[:：]|承办(?:单位)?[:：]|版权所有|友情链接|浏览次数)|ICP备|公网安备|网站标识码|扫一扫在手机"
)
_OPENING, _CLOSING = "《“（〈「『【(", "》”）〉」』】)"
_SPECIAL = re.compile(r"[\\`*_\[\]<|]|&(?=#?\w{1,40};)")
_AT_START = re.compile(r"^([#>~=]|[-+](?=[-+\s]|$))|^(\d{1,9})([.)])(?=\s|$)")
_PAGE_NUMBER = re.compile(r"[-—–－―]+\d{1,3}[-—–－―]+|第\d{1,3}页(?:[,，/]?共\d{1,3}页)?|\d{1,3}/\d{1,3}页?")
_NEVER_FIRST = "。，、；：！？）》”’」』】"
_SENTENCE_END = "。！？；：!?;:…"
# Text is broken at line ends only where lines have room for so much, in half characters; and a broken line is
# nearly as long as the longest.
_SHORTEST_LINE, _NEARLY_FULL, _ONE_CHARACTER = 40, 0.8, 2
_NAMED_VALUE = re.compile(r"[^，,。;；]{2,10}[:：]")


def paragraphs(items: Iterable[Item], used: set[Line], *, last: bool = False) -> list[str]:
    """The paragraphs among items that belong to no table, those torn by a page break made whole.

    Parameters
    ----------
    items
        What stands in a section.
    used
        The lines that a table has taken.
    last
        Whether what follows the report may stand at the end: links, sharing buttons, the page's foot.

    Returns
    -------
    list of str
        The paragraphs in order.
    """
    lines = [item.text.strip() for item in items if isinstance(item, Line) and item not in used]
    lines = [line for line in lines if not _PAGE_NUMBER.fullmatch(squeezed(line))]
    longest = max(map(breadth, lines), default=0)
    found: list[str] = []
    before = ""
    for line in lines:
        if last and len(line) <= _LONGEST_FOOTER and _FOOTER.search(line):
            break
        if found and (_is_torn(found[-1]) or _is_broken(before, line, longest)):
            found[-1] = _run_on(found[-1], line)
        else:
            found.append(line)
        before = line
    return found


def _is_broken(before: str, line: str, longest: int) -> bool:
    """Whether a line goes on with the one before it, which ended for want of room."""
    if line[0] in _NEVER_FIRST:
        return True
    if longest < _SHORTEST_LINE or before.rstrip(_CLOSING)[-1:] in _SENTENCE_END or _NAMED_VALUE.match(line):
        return False
    if enumerator(squeezed(line)) or not re.search(r"[\u3400-\u9fff]", line):
        return False
    # A heading is numbered and has no comma: nothing but its length could tell it from a sentence's beginning. Neither
    # could anything else tell whether a paragraph ends with a bracket.
    is_heading = enumerator(squeezed(before)) and not re.search("[，,。：:]", before)
    is_full = breadth(before) >= longest - _ONE_CHARACTER
    return is_full if is_heading or before[-1] in _CLOSING else breadth(before) >= _NEARLY_FULL * longest


def _run_on(before: str, line: str) -> str:
    """Two lines as one; there is a space only between two words that are not Chinese."""
    return f"{before} {line}" if before[-1].isascii() and line[0].isascii() else before + line


def _is_torn(text: str) -> bool:
    """Whether a paragraph breaks off within brackets."""
    if text[-1] in "。！？；：，、.!?;:,…" + _CLOSING:
        return False
    open_brackets: list[str] = []
    for character in text:
        if character in _OPENING:
            open_brackets.append(_CLOSING[_OPENING.index(character)])
        elif open_brackets and character in (open_brackets[-1], _HALF.get(open_brackets[-1])):
            open_brackets.pop()
    return bool(open_brackets)


def markdown(found: Iterable[str]) -> str:
    r"""Paragraphs as Markdown that shows the same characters again.

    Parameters
    ----------
    found
        Paragraphs of plain text.

    Returns
    -------
    str
        The paragraphs with a blank line between them, and a line break at the end.

    Examples
    --------
    >>> markdown(["1. 示例", "a*b"])
    '1\\. 示例\n\na\\*b\n'
    """
    return "".join(f"{text}\n\n" for text in map(_escaped, found) if text).removesuffix("\n")


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
    return _AT_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", escaped)

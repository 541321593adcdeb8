"""HTML made safe for a page: an allowlist, applied to everything that a notebook puts out.

What is left runs no script and requests nothing from another host, in any notebook.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from reportkit.publish.allowlist import ATTRIBUTES, DROPPED_WHOLE, PROPERTIES, TAGS

if TYPE_CHECKING:
    import nh3
from reportkit.text import encodable, exposed

__all__ = ["Markup", "cleaned"]

log = logging.getLogger(__name__)

_TAG = re.compile(r'<(?P<closing>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>(?: [^\s="<>]+="[^"]*")*)>')
_SCROLLER = '<div class="scroll" tabindex="0" role="group" aria-label="表格">'
_STYLE = re.compile(r"<style\b(?P<attributes>[^>]*)>(?P<sheet>.*?)</style\s*>", re.IGNORECASE | re.DOTALL)
_MEDIUM = re.compile(r"""\bmedia\s*=\s*["']?([\w\s(),:.-]+)""", re.IGNORECASE)
_REACHES_OUT = re.compile(
    r"@import|@font-face|@namespace|(?:url|src|image|image-set|cross-fade|expression)\s*\(|</|\\",
    re.IGNORECASE | re.ASCII,
)
_LINK = re.compile(r"https?://|mailto:|tel:|#", re.IGNORECASE | re.ASCII)
_INLINE_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml)[;,]", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Markup:
    """A harmless piece of a page.

    Parameters
    ----------
    html
        What goes into the body.
    styles
        The style sheets that came with it, which go into the page's head.
    """

    html: str
    styles: tuple[str, ...] = ()


def cleaned(html: str) -> Markup:
    """The part of some HTML that a page may contain.

    Parameters
    ----------
    html
        Any HTML, from any source.

    Returns
    -------
    Markup
        The allowed elements and attributes, wide tables in a frame that scrolls; an image that is
        not carried inside the page is replaced by its alternative text. Style sheets are kept apart.

    Examples
    --------
    >>> cleaned('<p onclick="alert(1)">示例<img src="https://example.org/a.png" alt="图"></p>').html
    '<p>示例图</p>'
    """
    return Markup(_TAG.sub(_rewritten, _cleaner().clean(encodable(html))), tuple(_styles(html)))


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=DROPPED_WHOLE,
        attributes=ATTRIBUTES,
        generic_attribute_prefixes={"aria-", "data-"},
        attribute_filter=_attribute,
        filter_style_properties=PROPERTIES,
        url_schemes={"http", "https", "mailto", "tel", "data"},
    )


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if _LINK.match(value) else None
    if name == "src":
        return value if _INLINE_IMAGE.match(value) else None
    if name == "style":
        return None if _REACHES_OUT.search(value) else value
    return value


def _rewritten(tag: re.Match[str]) -> str:
    """The tag as it goes into the page; `tag` is the cleaner's own, so its attributes are quoted properly."""
    name, attributes = tag["name"], tag["attributes"]
    if name == "table":
        return f"{tag[0]}</div>" if tag["closing"] else f"{_SCROLLER}{tag[0]}"
    if name == "img" and ' src="' not in attributes:
        alternative = re.search(r' alt="([^"]*)"', attributes)
        return alternative[1] if alternative else ""
    return tag[0]


def _styles(html: str) -> Iterator[str]:
    for style in _STYLE.finditer(html):
        sheet = style["sheet"].strip()
        medium = _MEDIUM.search(style["attributes"])
        if _REACHES_OUT.search(sheet):
            log.warning("a style sheet that could fetch something or hide what it says was left out: %.60r", sheet)
        elif sheet:
            sheet = exposed(encodable(sheet))
            yield f"@media {medium[1].strip()} {{ {sheet} }}" if medium else sheet

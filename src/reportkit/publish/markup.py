"""What HTML may leave the house: an allowlist, applied to everything a notebook puts out.

Whatever comes through runs no script and asks no other host for anything, not even in a notebook
of somebody's own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nh3

__all__ = ["Markup", "cleaned", "names", "printable"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Markup:
    """A harmless piece of a page.

    Parameters
    ----------
    html
        What goes into the body.
    styles
        The style sheets it brought along, which go into the page's head.
    """

    html: str
    styles: tuple[str, ...] = ()


def cleaned(html: str) -> Markup:
    """What of `html` may stand on a page.

    Parameters
    ----------
    html
        Any HTML, from anybody.

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
    return Markup(_TAG.sub(_rewritten, _cleaner().clean(printable(html))), tuple(_styles(html)))


def printable(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def names(listed: str) -> set[str]:
    """The names of elements or attributes that `listed` holds, blanks between them."""
    return set(listed.split())


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        generic_attribute_prefixes={"aria-", "data-"},
        attribute_filter=_attribute,
        filter_style_properties=_PROPERTIES,
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
    """The tag as it goes into the page; `tag` is the cleaner's own, so its attributes are well quoted."""
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
            yield printable(f"@media {medium[1].strip()} {{ {sheet} }}" if medium else sheet)


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

_TAGS = names(
    "a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup data dd del details dfn div "
    "dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark meter nav ol p pre "
    "progress q rp rt ruby s samp section small span strong sub summary sup table tbody td tfoot th thead time tr u "
    "ul var wbr"
)
_DROPPED_WHOLE = names(
    "script style template noscript iframe object embed svg math title textarea select audio video canvas"
)
_ATTRIBUTES = {
    "*": names("id class style title lang dir role tabindex hidden"),
    "a": {"href"},
    "img": names("src alt width height"),
    "table": names("border cellpadding cellspacing width align summary"),
    "td": names("colspan rowspan headers abbr align valign width"),
    "th": names("colspan rowspan headers scope abbr align valign width"),
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "ol": names("start reversed type"),
    "li": {"value"},
    "details": {"open"},
    "time": {"datetime"},
    "data": {"value"},
    "meter": names("value min max low high optimum"),
    "progress": {"value", "max"},
}
_PROPERTIES = names(
    "color background-color text-align text-indent text-decoration vertical-align white-space word-break "
    "font-family font-size font-style font-weight font-variant-numeric line-height letter-spacing "
    "display float clear width min-width max-width height min-height max-height overflow overflow-x "
    "margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right padding-bottom "
    "padding-left border border-top border-right border-bottom border-left border-color border-style border-width "
    "border-collapse border-spacing border-radius table-layout caption-side list-style-type "
    "page-break-before page-break-after page-break-inside break-before break-after break-inside"
)

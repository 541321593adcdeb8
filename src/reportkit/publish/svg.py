"""Drawings on a page: SVG reduced to shapes and text, and the same whichever process drew it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING

from reportkit.publish.allowlist import GEOMETRY, GROUPS, PRESENTATION, SHAPES

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["svg_on_page"]

# Paths that draw nothing.
_NOWHERE = frozenset({"", "M0,0h0v0h0Z"})
# Attributes that say what holds anyway.
_DEFAULTS = frozenset({("opacity", "1"), ("stroke-width", "1")})

_LONG_NUMBER = re.compile(r"-?\d*\.\d{3,}(?:e[-+]?\d+)?|-?\d+(?:\.\d+)?e[-+]?\d+")
_OWN_REFERENCE = re.compile(r"""url\(["']?#([\w-]+)["']?\)""")
_HARMLESS = re.compile(r"(?:url\(#[\w-]+\)|(?:rgba?|hsla?)\([\d\s.,%]+\))", re.IGNORECASE)
_LINK = re.compile(r"https?://|mailto:|#")


def svg_on_page(svg: str, name: str, caption: str) -> str:
    """A drawing as it goes into a page: only shapes and text, with identifiers of its own.

    Parameters
    ----------
    svg
        The drawing as vl_convert made it.
    name
        The identifier of its caption, which its own identifiers begin with.
    caption
        What it shows; empty if that is not known.

    Returns
    -------
    str
        The ``svg`` element.
    """
    from xml.etree.ElementTree import fromstring

    root = fromstring(svg)  # noqa: S314  vl_convert wrote it, without a document type
    label = f'aria-labelledby="{name}"' if caption else 'aria-label="统计图"'
    size = " ".join(f'{key}="{escape(root.get(key, ""))}"' for key in ("viewBox", "width", "height"))
    # vl_convert goes on counting from one drawing to the next; renumbered, a chart is the same in any process.
    identified = [element.get("id", "") for element in root.iter() if "id" in element.attrib]
    names = {old: f"{name}-{position}" for position, old in enumerate(identified, start=1)}
    return f'<svg role="img" {label} {size}>{_children(root, names)}</svg>'


def _children(element: Element, names: Mapping[str, str]) -> str:
    return "".join(_shape(child, names) for child in element)


def _shape(element: Element, names: Mapping[str, str]) -> str:
    tag = element.tag.rpartition("}")[2]
    if tag not in SHAPES or element.get("display") == "none" or element.get("d") in _NOWHERE:
        return ""
    attributes = dict(_attributes(element, names))
    inside = escape(element.text or "", quote=False) + _children(element, names)
    if tag in GROUPS and not (inside and attributes):
        return inside
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def _attributes(element: Element, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for qualified, value in element.attrib.items():
        key = qualified.rpartition("}")[2]
        if key == "id":
            yield key, names[value]
        elif key == "href":
            if _LINK.match(value):
                yield key, value
        elif key in GEOMETRY:
            if (rounded := _LONG_NUMBER.sub(_rounded, value)) != "translate(0,0)":
                yield key, rounded
        elif key in PRESENTATION and (key, value) not in _DEFAULTS:
            own = _OWN_REFERENCE.sub(lambda reference: f"url(#{names.get(reference[1], '')})", value)
            if "(" not in own or _HARMLESS.fullmatch(own):
                yield key, own


def _rounded(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), 2) + 0:g}"

"""Charts on a page: as a drawing that needs no script, and as one that answers to the pointer.

Both are made from the Vega-Lite specification in the notebook, by vl_convert, which is asked for
nothing but what stands in the specification itself.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportkit.publish.markup import names

if TYPE_CHECKING:
    from types import ModuleType
    from xml.etree.ElementTree import Element

__all__ = ["ChartError", "chart_figure", "get_ready", "library", "library_name"]

log = logging.getLogger(__name__)


class ChartError(ValueError):
    """A specification that cannot be drawn, or that asks for data from elsewhere."""


def chart_figure(spec: Any, number: int, *, interactive: bool) -> str:
    """A chart as an HTML figure, with its description as caption.

    Parameters
    ----------
    spec
        The Vega-Lite specification.
    number
        Which chart of the page it is; keeps the identifiers of several charts apart.
    interactive
        Whether the specification goes along, for the page's script to draw it anew. The drawing
        stays where no script runs.

    Returns
    -------
    str
        The figure; where the chart cannot be drawn, one that says so, and the log says why.
    """
    name = f"reportkit-chart-{number}"
    try:
        drawing = _on_page(_drawing(spec), name, _caption(spec))
    except Exception as error:  # a specification can go wrong in any way: the page must not
        log.warning("chart %d cannot be drawn: %s", number, _first_lines(error))
        return f'<figure class="chart missing"><p>{_MISSING}</p>{_figcaption(spec, name)}</figure>'
    script = f'<script type="application/json">{_inline_json(spec)}</script>' if interactive else ""
    return f'<figure class="chart"><div class="drawing">{drawing}</div>{script}{_figcaption(spec, name)}</figure>'


@cache
def library_name() -> str:
    """The file name of the chart library: named after what its content follows from.

    Building the library takes a second, and every page needs the name; so the name is not the hash
    of the built text, but of the version of vl_convert and the snippet, which decide it.
    """
    decided_by = f"{version('vl-convert-python')}\n{_SNIPPET}"
    return f"reportkit-charts-{hashlib.sha256(decided_by.encode()).hexdigest()[:12]}.js"


@cache
def library() -> str:
    """The script that draws charts in the browser: Vega, Vega-Lite and Vega-Embed in one text."""
    bundle: str = _vl_convert().javascript_bundle(_SNIPPET)
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


_MISSING = "此处的统计图未能绘制，请核对笔记本中图表的定义。"
_SNIPPET = "window.vegaEmbed = vegaEmbed"


# ------------------------------------------------------------- the specification


def _drawing(spec: Any) -> str:
    """The specification as SVG, as vl_convert draws it."""
    if not isinstance(spec, Mapping):
        raise ChartError("the specification is not a JSON object")
    for address in _addresses(spec):
        raise ChartError(f"data may only stand in the chart itself, not at {address}")
    return _svg(json.dumps(_without_host(spec), sort_keys=True), _library_version(str(spec.get("$schema", ""))))


@lru_cache(maxsize=128)  # both pages of a report hold the same charts
def _svg(spec: str, library_version: str) -> str:
    try:
        return _drawn(spec, library_version)
    except ValueError:
        # vl_convert reports some failures again at the next chart, which may be another report's.
        _forget_failures(library_version)
    try:
        return _drawn(spec, library_version)
    finally:
        _forget_failures(library_version)


def _forget_failures(library_version: str) -> None:
    """Let charts that cannot fail take the blame for those before them."""
    for _attempt in range(5):
        with suppress(ValueError):
            _drawn(_BLANK, library_version)
            return


_BLANK = '{"data": {"values": []}, "mark": "point"}'


def _drawn(spec: str, library_version: str) -> str:
    svg: str = _vl_convert().vegalite_to_svg(spec, vl_version=library_version, allowed_base_urls=[])
    return svg


def get_ready() -> None:
    """Start what draws charts, which takes a second; the first chart need not wait for it then."""
    _vl_convert()


@cache
def _vl_convert() -> ModuleType:
    """vl_convert, which measures text by a font of ours instead of this machine's.

    So a chart looks the same whatever fonts there are, and is drawn in a quarter of the time: a font with
    Chinese outlines has 20 MB, which are looked through for every piece of text.
    """
    with tempfile.TemporaryDirectory(prefix="reportkit-") as folder:
        file = Path(folder, "fonts.conf")
        file.write_text(f"<fontconfig><dir>{escape(str(_FONTS))}</dir></fontconfig>", encoding="utf-8")
        # Past os.environ: whatever else runs in this process, or is started by it, shall not see it.
        os.putenv("FONTCONFIG_FILE", str(file))
        try:
            import vl_convert

            vl_convert.vegalite_to_svg(_ONE_LETTER)  # fonts are looked for once, for the first text
        finally:
            if "FONTCONFIG_FILE" in os.environ:
                os.putenv("FONTCONFIG_FILE", os.environ["FONTCONFIG_FILE"])
            else:
                os.unsetenv("FONTCONFIG_FILE")
    return vl_convert


_ONE_LETTER = '{"data": {"values": [{}]}, "mark": {"type": "text", "text": "年"}}'
_FONTS = Path(__file__).with_name("fonts")


def _addresses(part: Any) -> Iterator[str]:
    """The addresses that the specification's data would be fetched from."""
    if isinstance(part, Mapping):
        data = part.get("data")
        if isinstance(data, Mapping) and "url" in data:
            yield str(data["url"])
        for key, value in part.items():
            if key not in ("values", "datasets"):  # rows of data, not parts of the chart
                yield from _addresses(value)
    elif isinstance(part, list):
        for item in part:
            yield from _addresses(item)


def _without_host(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification without its wishes to the page that embeds it."""
    return {key: value for key, value in spec.items() if key != "usermeta"}


@cache
def _library_version(schema: str) -> str:
    """The version of Vega-Lite at hand that comes nearest to the one the specification names."""
    at_hand = sorted(tuple(map(int, number.split("."))) for number in _vl_convert().get_vegalite_versions())
    named = re.search(r"/v(\d+)(?:\.(\d+))?", schema)
    major, minor = (int(named[1]), int(named[2] or 999)) if named else at_hand[-1]
    same_major = [one for one in at_hand if one[0] == major] or at_hand
    best = next((one for one in same_major if one >= (major, minor)), same_major[-1])
    return ".".join(map(str, best))


def _caption(spec: Any) -> str:
    """What the chart shows, in its own words; its title where it has no description."""
    if not isinstance(spec, Mapping):
        return ""
    title = spec.get("title")
    said = spec.get("description") or (title.get("text") if isinstance(title, Mapping) else title) or ""
    return " ".join(" ".join(map(str, said)).split() if isinstance(said, list) else str(said).split())


def _figcaption(spec: Any, name: str) -> str:
    caption = _caption(spec)
    return f'<figcaption id="{name}">{escape(caption)}</figcaption>' if caption else ""


def _inline_json(spec: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in _without_host(spec).items() if key != "$schema"}
    # Sorted, as in a notebook that was written to a file: the page is the same before and after.
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")


def _first_lines(error: Exception) -> str:
    return " ".join(str(error).split("\n    at ")[0].split())


# ------------------------------------------------------------------- the drawing


def _on_page(svg: str, name: str, caption: str) -> str:
    """The drawing as it goes into a page: only shapes and text, its identifiers its own."""
    from xml.etree.ElementTree import fromstring

    root = fromstring(svg)  # noqa: S314  vl_convert wrote it, without a document type
    label = f'aria-labelledby="{name}"' if caption else 'aria-label="统计图"'
    size = " ".join(f'{key}="{escape(root.get(key, ""))}"' for key in ("viewBox", "width", "height"))
    # vl_convert counts on from one drawing to the next: numbered anew, a chart is the same in any process.
    identified = [element.get("id", "") for element in root.iter() if "id" in element.attrib]
    names = {old: f"{name}-{position}" for position, old in enumerate(identified, start=1)}
    return f'<svg role="img" {label} {size}>{_children(root, names)}</svg>'


def _children(element: Element, names: Mapping[str, str]) -> str:
    return "".join(_shape(child, names) for child in element)


def _shape(element: Element, names: Mapping[str, str]) -> str:
    tag = element.tag.rpartition("}")[2]
    if tag not in _SHAPES or element.get("display") == "none" or element.get("d") in _NOWHERE:
        return ""
    attributes = dict(_attributes(element, names))
    inside = escape(element.text or "", quote=False) + _children(element, names)
    if tag in _GROUPS and not (inside and attributes):
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
        elif key in _GEOMETRY:
            if (rounded := _LONG_NUMBER.sub(_rounded, value)) != "translate(0,0)":
                yield key, rounded
        elif key in _PRESENTATION and (key, value) not in _DEFAULTS:
            own = _OWN_REFERENCE.sub(lambda reference: f"url(#{names.get(reference[1], '')})", value)
            if "(" not in own or _HARMLESS.fullmatch(own):
                yield key, own


def _rounded(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), 2) + 0:g}"


_SHAPES = names(
    "g path line rect circle ellipse polygon polyline text tspan a defs clipPath mask pattern "
    "linearGradient radialGradient stop"
)
_GROUPS = frozenset({"g", "a", "defs"})
_NOWHERE = frozenset({"", "M0,0h0v0h0Z"})
_GEOMETRY = names(
    "d points transform x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy fr width height offset gradientTransform"
)
_PRESENTATION = names(
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap "
    "stroke-linejoin stroke-miterlimit opacity clip-path mask stop-color stop-opacity font-family font-size "
    "font-style font-weight text-anchor dominant-baseline letter-spacing gradientUnits spreadMethod clipPathUnits"
)
_DEFAULTS = frozenset({("opacity", "1"), ("stroke-width", "1")})
_LONG_NUMBER = re.compile(r"-?\d*\.\d{3,}(?:e[-+]?\d+)?|-?\d+(?:\.\d+)?e[-+]?\d+")
_OWN_REFERENCE = re.compile(r"""url\(["']?#([\w-]+)["']?\)""")
_HARMLESS = re.compile(r"(?:url\(#[\w-]+\)|(?:rgba?|hsla?)\([\d\s.,%]+\))", re.IGNORECASE)
_LINK = re.compile(r"https?://|mailto:|#")

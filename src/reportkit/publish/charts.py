"""Charts on a page: as a drawing that needs no script, and as an interactive one.

Both are made by vl_convert from the Vega-Lite specification in the notebook; no data is fetched from elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportkit.publish.font_settings import FONT_SETTINGS
from reportkit.publish.svg import svg_on_page
from reportkit.system.files import temporary_folder
from reportkit.system.language import Message
from reportkit.system.machine import allowed
from reportkit.text import exposed

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["ADDRESS_SPACE", "ChartError", "chart_figure", "get_ready", "library", "library_name", "vegalite_version"]

# The addresses that vl_convert reserves in a process: V8, the engine in it, takes 64 GiB, or ends the process.
ADDRESS_SPACE = 66 << 30

log = logging.getLogger(__name__)

# What is shown in place of a chart that cannot be drawn.
_MISSING = "此处的统计图未能绘制，请核对笔记本中图表的定义。"
# What the chart library offers to the page's script.
_SNIPPET = "window.vegaEmbed = vegaEmbed"
# Charts that cannot fail: one that shows nothing, and one with a letter that the font has.
_BLANK = '{"data": {"values": []}, "mark": "point"}'
_ONE_LETTER = '{"data": {"values": [{}]}, "mark": {"type": "text", "text": "年"}}'
_FONTS = Path(__file__).with_name("fonts")


class ChartError(ValueError):
    """A specification that cannot be drawn, or that asks for data from elsewhere."""


def chart_figure(spec: Any, number: int, *, interactive: bool) -> str:
    """A chart as an HTML figure, with its description as caption.

    Parameters
    ----------
    spec
        The Vega-Lite specification.
    number
        Which chart of the page it is, so that the identifiers of several charts differ.
    interactive
        Whether to include the specification, for the page's script to draw it again. The drawing
        stays if no script runs.

    Returns
    -------
    str
        The figure. If the chart cannot be drawn, the figure says so, and the log says why.
    """
    name = f"reportkit-chart-{number}"
    try:
        spec = _exposed(spec)
        drawing = svg_on_page(_drawing(spec), name, _caption(spec))
    except Exception as error:  # a specification can be wrong in any way, and the page is still needed
        log.warning("chart %d cannot be drawn: %s", number, _first_lines(error))
        return f'<figure class="chart missing"><p>{_MISSING}</p>{_figcaption(spec, name)}</figure>'
    script = f'<script type="application/json">{_inline_json(spec)}</script>' if interactive else ""
    return f'<figure class="chart"><div class="drawing">{drawing}</div>{script}{_figcaption(spec, name)}</figure>'


@cache
def library_name() -> str:
    """The file name of the chart library, which changes whenever its content does.

    Building the library takes a second, and every page needs the name. So the name is not a digest of the
    built text, but of the version of vl_convert and the snippet that it is built from.

    Returns
    -------
    str
        A name without a folder.
    """
    decided_by = f"{version('vl-convert-python')}\n{_SNIPPET}"
    return f"reportkit-charts-{hashlib.sha256(decided_by.encode()).hexdigest()[:12]}.js"


@cache
def library() -> str:
    """The script that draws charts in the browser: Vega, Vega-Lite and Vega-Embed in one text.

    Returns
    -------
    str
        JavaScript that may stand in a page.
    """
    bundle: str = _vl_convert().javascript_bundle(_SNIPPET)
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


# ------------------------------------------------------------- the specification


def _drawing(spec: Any) -> str:
    """The specification as SVG, as vl_convert draws it."""
    if not isinstance(spec, Mapping):
        raise ChartError(Message("the specification is not a JSON object"))
    for address in _addresses(spec):
        raise ChartError(Message("data must be in the chart itself, not at {address}", address=address))
    return _svg(json.dumps(_without_host(spec), sort_keys=True), vegalite_version(str(spec.get("$schema", ""))))


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
    """Draw charts that cannot fail until no failure is left from those before them."""
    for _attempt in range(5):
        with suppress(ValueError):
            _drawn(_BLANK, library_version)
            return


def _drawn(spec: str, library_version: str) -> str:
    svg: str = _vl_convert().vegalite_to_svg(spec, vl_version=library_version, allowed_base_urls=[])
    return svg


def get_ready() -> None:
    """Start vl_convert, which takes a second, so that the first chart need not wait for it."""
    _vl_convert()


def _vl_convert() -> ModuleType:
    """vl_convert, started once."""
    with FONT_SETTINGS:
        return _started()


@cache
def _started() -> ModuleType:
    """vl_convert, set up to measure text by the font in this package instead of this machine's fonts.

    So a chart looks the same on every machine, and is drawn in a quarter of the time: a font with Chinese
    outlines has 20 MB, which would be searched for every piece of text.
    """
    if (limit := allowed("AS", ADDRESS_SPACE)) is not None:
        raise ChartError(
            Message(
                "drawing needs {needed} GiB of address space, and ulimit -v allows {limit} MiB",
                needed=ADDRESS_SPACE >> 30,
                limit=limit >> 20,
            )
        )
    with temporary_folder() as folder:
        file = folder / "fonts.conf"
        file.write_text(f"<fontconfig><dir>{escape(str(_FONTS))}</dir></fontconfig>", encoding="utf-8")
        # Not by os.environ: other code in this process, and its children, must not see it.
        os.putenv("FONTCONFIG_FILE", str(file))
        try:
            import vl_convert

            vl_convert.vegalite_to_svg(_ONE_LETTER)  # fonts are searched once, for the first text
        finally:
            if "FONTCONFIG_FILE" in os.environ:
                os.putenv("FONTCONFIG_FILE", os.environ["FONTCONFIG_FILE"])
            else:
                os.unsetenv("FONTCONFIG_FILE")
    return vl_convert


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
    """The specification without its settings for the page that embeds it."""
    return {key: value for key, value in spec.items() if key != "usermeta"}


@cache
def vegalite_version(schema: str) -> str:
    """The available version of Vega-Lite that is nearest to the one a specification is written for.

    Parameters
    ----------
    schema
        What the specification names under ``$schema``; empty for the newest.

    Returns
    -------
    str
        Major and minor number: 5.21.
    """
    available = sorted(tuple(map(int, number.split("."))) for number in _vl_convert().get_vegalite_versions())
    named = re.search(r"/v(\d+)(?:\.(\d+))?", schema)
    major, minor = (int(named[1]), int(named[2] or 999)) if named else available[-1]
    same_major = [one for one in available if one[0] == major] or available
    best = next((one for one in same_major if one >= (major, minor)), same_major[-1])
    return ".".join(map(str, best))


def _exposed(part: Any) -> Any:
    """A part of the specification with codes for control characters, at which vl_convert ends the process."""
    if isinstance(part, str):
        return exposed(part)
    if isinstance(part, Mapping):
        return {exposed(str(key)): _exposed(value) for key, value in part.items()}
    return [_exposed(item) for item in part] if isinstance(part, list | tuple) else part


def _caption(spec: Any) -> str:
    """What the chart shows, in its own words; its title if it has no description."""
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

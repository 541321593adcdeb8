"""Pictures of an article, and drawings as bitmaps for where no drawing can be shown."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from reportkit.publish.font_settings import FONT_SETTINGS
from reportkit.publish.typesetting import Typesetter

if TYPE_CHECKING:
    import typst

__all__ = ["SVG", "Picture", "get_ready", "picture_in_address", "png"]

SVG = "image/svg+xml"
# The endings of the names that pictures go by.
_ENDINGS = {SVG: "svg", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_DATA = re.compile(r"data:(?P<type>[\w/+.-]+)(?:;(?!base64)[^;,]*)*(?P<base64>;base64)?,(?P<content>.*)", re.DOTALL)
# A page that is as large as the drawing on it.
_PAGE = '#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes("{}"), format: "svg")\n'
_ONE_LETTER = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">年</text></svg>'.encode()
_PIXELS_IN_AN_INCH = 96


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an article.

    Parameters
    ----------
    name
        By which the article names it, in its ``img`` elements: ``chart-1.svg``.
    media_type
        What it is, in the words of the web.
    content
        Its bytes.
    alternative
        What it shows, in words.
    width, height
        How large it is meant to be shown, in the web's pixels (96 to an inch); 0 where that is not known.
    drawn_here
        Whether it is the drawing of a chart, which holds nothing but shapes and words.
    """

    name: str
    media_type: str
    content: bytes
    alternative: str
    width: float
    height: float
    drawn_here: bool = False


def picture_in_address(address: str, stem: str, alternative: str, width: float = 0, height: float = 0) -> Picture:
    """The picture that a ``data:`` address holds.

    Parameters
    ----------
    address
        The address, as an ``img`` element has it.
    stem
        Its name, without an ending.
    alternative
        What it shows, in words.
    width, height
        How large it is meant to be shown; 0 where that is not known.

    Returns
    -------
    Picture
        The picture.

    Raises
    ------
    ValueError
        If the address is no such address.

    Examples
    --------
    >>> picture_in_address("data:image/png;base64,iVBORw0KGgo=", "picture-1", "示例").name
    'picture-1.png'
    """
    parts = _DATA.fullmatch(address)
    if parts is None:
        raise ValueError(f"not a data: address: {address:.60}")
    content = unquote_to_bytes(parts["content"])
    if parts["base64"]:
        content = base64.b64decode(content)
    kind = parts["type"].lower()
    return Picture(f"{stem}.{_ENDINGS.get(kind, 'bin')}", kind, content, alternative, width, height)


@lru_cache(maxsize=128)  # several formats hold the same charts
def png(svg: bytes, scale: float = 2.0) -> bytes:
    """A drawing as a bitmap, its letters from this machine's fonts.

    Parameters
    ----------
    svg
        The drawing.
    scale
        How many dots there are to a pixel of the drawing, in each direction.

    Returns
    -------
    bytes
        The PNG file.

    Raises
    ------
    ValueError
        If it cannot be drawn.
    """
    from typst import TypstError

    text = svg.decode().replace("\\", "\\\\").replace('"', '\\"')
    try:
        return _TYPST.compile(_PAGE.format(text).encode(), format="png", ppi=_PIXELS_IN_AN_INCH * scale)
    except TypstError as error:
        raise ValueError(f"the drawing cannot be made a bitmap: {error}") from error


def get_ready() -> None:
    """Draw a letter: fonts are loaded for the first one, which takes longer than a drawing."""
    png(_ONE_LETTER)


def _typst() -> typst.Compiler:
    """Typst, which looks for the machine's fonts once."""
    import typst

    # With those that Typst brings: without them it finds no font for a mere "sans-serif".
    with FONT_SETTINGS:
        return typst.Compiler(font_paths=typst.Fonts())


_TYPST = Typesetter(_typst)

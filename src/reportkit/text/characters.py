"""Characters nobody sees, characters no file can hold, and the widths and spaces that typists vary."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["breadth", "encodable", "exposed", "half_width", "squeezed", "storable", "visible", "without_controls"]

# Control characters that are not white space, soft hyphens, zero-width characters, marks of direction,
# byte order marks, and the signs that stand for an annotation or an embedded object.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffc]"
)
# What ends a line or a page in some program or other, and what a text file in YAML cannot hold besides.
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
# Control characters but tab and line feed, what turns the direction in which a text is shown, what is no character.
_DECEPTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# Everything below the space but tab, line feed and carriage return: XML holds none of it, and HTML should not.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def visible(text: str) -> str:
    r"""Return the text without the characters that nobody sees; white space stays as it is.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text as its reader sees it.

    Examples
    --------
    >>> visible("公\u200b开\ufeff")
    '公开'
    """
    return _INVISIBLE.sub("", text)


def without_controls(text: str) -> str:
    r"""Return the text without control characters; tabs and line breaks stay.

    Unlike `visible` it keeps zero-width joiners, which hold emoji together.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text as XML can hold it, unpaired surrogates aside (see `encodable`).

    Examples
    --------
    >>> without_controls("\x07公开\n")
    '公开\n'
    """
    return _CONTROLS.sub("", text)


def exposed(text: str) -> str:
    r"""Return the text with codes for the characters by which it could show something else than it says.

    Parameters
    ----------
    text
        Any text, from anybody.

    Returns
    -------
    str
        The text with ``\u001b`` for the escape character that changes a terminal's colours or title, and likewise for
        other control characters, tabs and line feeds aside, and for those that turn the direction of writing. In a
        document in JSON, which has the same codes, a text stays what it is.

    Examples
    --------
    >>> print(exposed("\x1b[2J公开"))
    \u001b[2J公开
    """
    return _DECEPTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def encodable(text: str) -> str:
    r"""Return the text with ``?`` in place of unpaired surrogates, which no file can hold.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text as UTF-8 can encode it.

    Examples
    --------
    >>> encodable("公开\ud83d")
    '公开?'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def storable(text: str) -> str:
    r"""Return the text as a parameter file can hold it: every end of a line or page a line feed, no control characters.

    Parameters
    ----------
    text
        Any text, from a cell of a workbook or a paragraph of a document.

    Returns
    -------
    str
        The text; what a reader sees stays.

    Examples
    --------
    >>> storable("公开\x0b指南\x00")
    '公开\n指南'
    """
    return _UNSTORABLE.sub("", _LINE_ENDS.sub("\n", text))


def breadth(text: str) -> int:
    """Return how wide a text on one line is, in the width of a digit.

    Parameters
    ----------
    text
        A text on one line.

    Returns
    -------
    int
        A Chinese character counts as two.

    Examples
    --------
    >>> breadth("自然人 3")
    8
    """
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def half_width(text: str) -> str:
    """Return the text with digits, letters and punctuation in half width (Unicode's form NFKC).

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text; circled numbers, ligatures and the like become plain characters too.

    Examples
    --------
    >>> half_width("（１２件）")
    '(12件)'
    """
    return unicodedata.normalize("NFKC", text)


def squeezed(text: str) -> str:
    """Return the text without what typists vary: white space, and the width of brackets, digits and commas.

    Parameters
    ----------
    text
        A label, a title, or what stands in a cell.

    Returns
    -------
    str
        The text in half width without white space, to be compared with others.

    Examples
    --------
    >>> squeezed("（一） 予以　公开")
    '(一)予以公开'
    """
    if text.isascii():  # most cells of a table: nothing to normalise
        return "".join(text.split())
    parts = half_width(text).split()
    # Without the space between them, a letter and an accent become one character.
    return half_width("".join(parts)) if len(parts) > 1 else "".join(parts)

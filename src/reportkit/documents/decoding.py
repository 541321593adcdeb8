"""From bytes to text: the encoding of a file is judged by its bytes rather than by what it declares."""

from __future__ import annotations

import codecs

__all__ = ["decoded", "looks_binary"]

_BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose byte order mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
# What a page may claim, and how it is read: GB18030 holds all of GB2312 and GBK.
_CLAIMED = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_SAMPLE = 4096
_MOST_DOUBTFUL = 0.02


def decoded(data: bytes, claimed: str = "") -> str:
    """Decode `data`: as its byte order mark says, else as UTF-8, else as it declares, else as GB18030.

    Bytes that fit none of them are replaced by U+FFFD, in the encoding that has fewest of those.

    Parameters
    ----------
    data
        The whole file.
    claimed
        The encoding that the file itself declares; empty where it declares none.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> decoded("公开".encode("gb18030"))
    '公开'
    """
    for start, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(start):
            return data[len(start) :].decode(encoding, "replace")
    encodings = list(dict.fromkeys([_CLAIMED.get(claimed.strip().lower(), "gb18030"), "gb18030"]))
    if _mostly_utf_8(data):
        return data.decode("utf-8", "replace")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    attempts = [data.decode(encoding, "replace") for encoding in encodings]
    return min(attempts, key=lambda text: text.count("\ufffd"))


def _mostly_utf_8(data: bytes) -> bool:
    """Whether it is UTF-8, perhaps with a few broken bytes: other encodings of Chinese rarely look like it."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return not broken or sum(1 for character in text if "\x7f" < character < "\ufffd") > broken


def looks_binary(text: str) -> bool:
    """Whether decoded data are not text: full of control characters and of bytes that no encoding knows.

    Parameters
    ----------
    text
        What the data decoded to; only its beginning is looked at.

    Returns
    -------
    bool
        True if too many of its characters stand in no text.
    """
    sample = text[:_SAMPLE]
    doubtful = sum(1 for character in sample if _is_doubtful(character))
    return doubtful > _MOST_DOUBTFUL * len(sample)


def _is_doubtful(character: str) -> bool:
    return (
        (character < " " and character not in "\t\n\r\f\v\x1a") or "\x7f" <= character < "\xa0" or character == "\ufffd"
    )

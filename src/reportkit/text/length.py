"""Messages that stay readable, however long what they speak of is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

__all__ = ["MOST_OF_A_KIND", "bounded", "first_of", "shortened"]

MOST_OF_A_KIND = 50
"""So many messages of a kind are shown, and then how many more there are."""

_LONGEST_LINE = 1000
_MOST_LINES = 2 * MOST_OF_A_KIND  # a message may hold several kinds


def shortened(text: str, most: int = _LONGEST_LINE) -> str:
    """Return a text without its middle if it is too long: its end may say what to do.

    Parameters
    ----------
    text
        Any text.
    most
        How many characters it may have.

    Returns
    -------
    str
        The text, with a sign of omission where something is left out.

    Examples
    --------
    >>> shortened("'aaaaaaaaaaaa' is not a date", 20)
    "'aaaaaaaaa…ot a date"
    """
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[len(text) - end :]}"


def first_of(lines: Iterable[str], more: str = "… and {} more", *, most: int = MOST_OF_A_KIND) -> Iterator[str]:
    """Give the first of many lines, and say how many more there are.

    Parameters
    ----------
    lines
        Any number of lines.
    more
        How the last line says it, with the number in the place of the braces.
    most
        How many lines are given.

    Yields
    ------
    str
        The first lines, and one more where there are others.

    Examples
    --------
    >>> [*first_of(["a"] * 52)][-2:]
    ['a', '… and 2 more']
    """
    remaining = iter(lines)
    yield from islice(remaining, most)
    if left := sum(1 for _ in remaining):
        yield more.format(left)


def bounded(message: str, more: str = "… and {} more lines") -> str:
    r"""Return a message in at most so many lines of at most so many characters.

    Parameters
    ----------
    message
        A message in any number of lines.
    more
        How the last line says how many more there are, with the number in the place of the braces.

    Returns
    -------
    str
        The message; if it is too long, the first lines, long ones without their middle.

    Examples
    --------
    >>> bounded("line\n" * 1000).splitlines()[-1]
    '… and 900 more lines'
    """
    return "\n".join(first_of(map(shortened, message.splitlines()), more, most=_MOST_LINES))

"""When what cells print is shown: as ipykernel does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

__all__ = ["StreamBuffer"]

# How many seconds ipykernel waits for more of a stream before it shows what it has.
_FLUSH_INTERVAL = 0.2


class StreamBuffer:
    """The text that cells have printed and that is not shown yet.

    As with ipykernel, a stream is shown when it is flushed, and some time after the first text that is not
    shown; the text of each cell is an output of its own.

    Examples
    --------
    >>> buffer = StreamBuffer()
    >>> list(buffer.before("write", ["stdout", "a"], "1", 0.0))
    []
    >>> list(buffer.before("flush", "stdout", "1", 0.1))
    [('stdout', '1', 'a')]
    """

    def __init__(self) -> None:
        self.texts: dict[str, dict[str, list[str]]] = {}
        self.clocks: list[tuple[float, str]] = []
        self.ticking: set[str] = set()

    def before(self, kind: str, content: Any, cell: str, at: float) -> Iterator[tuple[str, str, str]]:
        """Take in a message, and yield what is to be shown before it.

        Parameters
        ----------
        kind, content
            The message's type and content; ``write`` and ``flush`` are about a stream, others show what is due.
        cell
            The id of the cell that sent it.
        at
            When it was sent, in seconds.

        Yields
        ------
        tuple of str
            A stream, a cell and a text.
        """
        while self.clocks and self.clocks[0][0] <= at:
            yield from self._taken(self.clocks.pop(0)[1])
        if kind == "write":
            name, text = content
            if name not in self.ticking:
                self.ticking.add(name)
                self.clocks.append((at + _FLUSH_INTERVAL, name))
            self.texts.setdefault(name, defaultdict(list))[cell].append(text)
        elif kind == "flush":
            yield from self._taken(content)

    def rest(self) -> Iterator[tuple[str, str, str]]:
        """Yield all that is not shown yet.

        Yields
        ------
        tuple of str
            A stream, a cell and a text.
        """
        for name in list(self.texts):
            yield from self._taken(name)

    def _taken(self, name: str) -> Iterator[tuple[str, str, str]]:
        self.ticking.discard(name)
        for cell, texts in self.texts.pop(name, {}).items():
            yield name, cell, "".join(texts)

"""What cells print: collected in memory that outlives their process, and sent in large pieces."""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
from collections import defaultdict
from collections.abc import Iterator

__all__ = ["STREAMS", "Collected", "Printed", "is_frame", "long_frames", "new_memory"]

STREAMS = ("stdout", "stderr")

# How many bytes the memory of a stream has; on every machine a mapping may begin at a multiple of that.
_AREA = 1 << 18
# How many bytes of a longer text are sent at once.
_LONG = 1 << 20
# At its start: the number of the next frame, and where what was printed ends.
_HEAD = struct.Struct("QQ")
_END = struct.Struct("Q")
_END_AT = _HEAD.size - _END.size
# Before what was printed in a frame: the stream, whether all of it is shown now, and the frame's number.
_FRAME = struct.Struct("!B?Q")
# Before and after the id of a cell that has printed what follows. No text has this byte, since it is UTF-8.
_MARK = b"\xff"


def new_memory() -> int:
    """Make the memory that a process and its caller share for what the process prints.

    Returns
    -------
    int
        A file descriptor, which is to be passed to the process and closed.
    """
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("reportkit")
    else:
        with tempfile.TemporaryFile() as temporary:
            file = os.dup(temporary.fileno())
    os.truncate(file, len(STREAMS) * _AREA)
    return file


class Collected:
    """What the cells have printed to a stream and was not sent yet.

    It is in shared memory, so that the caller finds it there even if this process is killed.

    Parameters
    ----------
    file
        The memory of `new_memory`.
    stream
        Which of `STREAMS`, by its place.
    """

    def __init__(self, file: int, stream: int) -> None:
        self.stream = stream
        self._memory = mmap.mmap(file, _AREA, offset=stream * _AREA)
        self._cell: str | None = None
        self._number = 0
        self.clear()

    def add(self, cell: str, text: bytes) -> bool:
        """Collect what a cell has printed.

        Parameters
        ----------
        cell
            The cell's id.
        text
            What it has printed, in UTF-8.

        Returns
        -------
        bool
            False if there is no room; then nothing is done.
        """
        if cell != self._cell:
            text = _marked(cell, text)
        # The handler of a signal may run between any two of these lines, and print or raise an exception.
        try:
            self._memory.write(text)
        except ValueError:
            return False
        self._cell = cell
        _END.pack_into(self._memory, _END_AT, self._memory.tell())
        return True

    def frame(self, shown: bool) -> bytes:
        """What is collected, as it is sent.

        Parameters
        ----------
        shown
            Whether all that was printed up to now is to be shown as one output.

        Returns
        -------
        bytes
            The frame, for `Printed.take`.
        """
        return _FRAME.pack(self.stream, shown, self._number) + self._memory[_HEAD.size : self._memory.tell()]

    def clear(self) -> None:
        """Collect from the beginning: the frame has been sent."""
        self._cell = None
        self._number += 1
        self._memory.seek(_HEAD.size)
        _HEAD.pack_into(self._memory, 0, self._number, _HEAD.size)


def long_frames(stream: int, cell: str, text: bytes) -> Iterator[bytes]:
    """Yield a text that is too long to be collected, as it is sent at once.

    Parameters
    ----------
    stream
        Which of `STREAMS`, by its place.
    cell
        The id of the cell that has printed it.
    text
        The text, in UTF-8.

    Yields
    ------
    bytes
        Frames for `Printed.take`.
    """
    head = _FRAME.pack(stream, False, 0)
    for start in range(0, len(text), _LONG):
        yield head + _marked(cell, text[start : start + _LONG])


def is_frame(piece: bytes) -> bool:
    """Whether a piece that was received is printed text; if not, it is a message in JSON.

    Parameters
    ----------
    piece
        What was received.

    Returns
    -------
    bool
        Whether it is a frame.
    """
    return piece[0] < len(STREAMS)


class Printed:
    """What was received of what cells have printed, and is not shown yet.

    The text of each cell is an output of its own.

    Parameters
    ----------
    file
        The memory that is shared with the process.

    Examples
    --------
    >>> there = Collected(file := new_memory(), 0)
    >>> here = Printed(file)
    >>> there.add("cell 1", b"first ")
    True
    >>> list(here.take(there.frame(shown=False))), there.clear()
    ([], None)
    >>> there.add("cell 1", b"second")
    True
    >>> list(here.take(there.frame(shown=True))), there.clear()
    ([('stdout', 'cell 1', 'first second')], None)
    >>> os.close(file)
    """

    def __init__(self, file: int) -> None:
        self._memory = mmap.mmap(file, len(STREAMS) * _AREA)
        self._texts: list[dict[str, list[bytes]]] = [defaultdict(list) for _ in STREAMS]
        self._numbers = [0] * len(STREAMS)

    @property
    def size(self) -> int:
        """How many bytes are not shown yet."""
        return sum(len(part) for texts in self._texts for parts in texts.values() for part in parts)

    def take(self, frame: bytes) -> Iterator[tuple[str, str, str]]:
        """Take in a frame, and yield what is to be shown now.

        Parameters
        ----------
        frame
            What was received.

        Yields
        ------
        tuple of str
            A stream, a cell and a text.
        """
        stream, shown, number = _FRAME.unpack_from(frame)
        self._numbers[stream] = max(number, self._numbers[stream])
        self._add(stream, frame[_FRAME.size :])
        if shown:
            yield from self._taken(stream)

    def rest(self) -> Iterator[tuple[str, str, str]]:
        """Yield all that is not shown yet, with what the process has not sent; it has ended.

        Yields
        ------
        tuple of str
            A stream, a cell and a text.
        """
        for stream in range(len(STREAMS)):
            start = stream * _AREA
            number, end = _HEAD.unpack_from(self._memory, start)
            if number > self._numbers[stream]:
                self._numbers[stream] = number
                self._add(stream, self._memory[start + _HEAD.size : start + end])
            yield from self._taken(stream)

    def close(self) -> None:
        """Leave the shared memory."""
        self._memory.close()

    def _add(self, stream: int, text: bytes) -> None:
        _, *marked = text.split(_MARK)
        for cell, part in zip(marked[::2], marked[1::2], strict=False):
            self._texts[stream][cell.decode("utf-8", "replace")].append(part)

    def _taken(self, stream: int) -> Iterator[tuple[str, str, str]]:
        texts, self._texts[stream] = self._texts[stream], defaultdict(list)
        for cell, parts in texts.items():
            yield STREAMS[stream], cell, b"".join(parts).decode("utf-8", "replace")


def _marked(cell: str, text: bytes) -> bytes:
    return b"".join((_MARK, cell.encode(), _MARK, text))

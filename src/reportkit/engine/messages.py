"""Messages between processes: each is JSON, and its length goes before it."""

from __future__ import annotations

import json
import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

__all__ = ["Outbox", "receive", "send"]

_LENGTH = struct.Struct("!I")


def send(there: socket.socket, content: Any, default: Callable[[Any], Any] | None = None) -> None:
    """Send a message, and wait until the other end has room for it.

    Parameters
    ----------
    there
        The socket.
    content
        What JSON can hold.
    default
        Turns what JSON cannot hold, such as dates, into what it can.
    """
    there.sendall(_packed(content, default))


def receive(here: socket.socket) -> Any:
    """Wait for a message.

    Parameters
    ----------
    here
        The socket.

    Returns
    -------
    object
        Its content.

    Raises
    ------
    ConnectionError
        If the other end is closed.

    Examples
    --------
    >>> near, far = socket.socketpair()
    >>> with near, far:
    ...     send(near, {"a": [1, None]})
    ...     receive(far)
    {'a': [1, None]}
    """
    (length,) = _LENGTH.unpack(_exactly(here, _LENGTH.size))
    return json.loads(_exactly(here, length))


class Outbox:
    """Messages on their way to a process, which may be busy: sending them never waits for it.

    Parameters
    ----------
    there
        The socket, which is closed with the outbox.

    Examples
    --------
    >>> near, far = socket.socketpair()
    >>> outbox = Outbox(near)
    >>> outbox.put("x" * 1_000_000)  # far more than a socket holds
    >>> bool(outbox)
    True
    >>> outbox.close(), far.close()
    (None, None)
    """

    def __init__(self, there: socket.socket) -> None:
        there.setblocking(False)
        self.there = there
        self._waiting: deque[memoryview] = deque()

    def __bool__(self) -> bool:
        """Whether anything is left to send."""
        return bool(self._waiting)

    def fileno(self) -> int:
        """The socket's file, which becomes writable when more can be sent."""
        return self.there.fileno()

    def put(self, content: Any, default: Callable[[Any], Any] | None = None) -> None:
        """Take a message, and send as much as there is room for.

        Parameters
        ----------
        content
            What JSON can hold.
        default
            Turns what JSON cannot hold, such as dates, into what it can.
        """
        self._waiting.append(memoryview(_packed(content, default)))
        self.go_on()

    def go_on(self) -> None:
        """Send as much as there is room for; once the other end is closed, nothing is kept."""
        try:
            while self._waiting:
                sent = self.there.send(self._waiting[0])
                if sent == len(self._waiting[0]):
                    self._waiting.popleft()
                else:
                    self._waiting[0] = self._waiting[0][sent:]
        except BlockingIOError:
            return
        except OSError:  # the process has ended, which receiving its messages will show
            self._waiting.clear()

    def close(self) -> None:
        """Let the other end know that nothing more is sent; what was not sent yet is lost."""
        self._waiting.clear()
        with suppress(OSError):
            self.there.close()


def _packed(content: Any, default: Callable[[Any], Any] | None) -> bytes:
    written = json.dumps(content, default=default).encode()
    return _LENGTH.pack(len(written)) + written


def _exactly(here: socket.socket, size: int) -> bytes:
    received = bytearray(size)
    view = memoryview(received)
    while view:
        if not (count := here.recv_into(view)):
            raise ConnectionResetError("the other end is closed")
        view = view[count:]
    return bytes(received)

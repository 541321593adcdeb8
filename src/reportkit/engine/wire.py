"""How a notebook's process sends what its cells put out: messages as a kernel's, and what they print."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal wraps these in enumerations, which take far longer
import base64
import codecs
import json
import os
import select
import signal
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from ipykernel.iostream import OutStream
from jupyter_client.session import Session, json_packer

from reportkit.engine.streams import STREAMS, Collected, long_frames

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["Stream", "Wire"]

# How many seconds ipykernel waits for more of a stream before it shows what it has.
_FLUSH_INTERVAL = 0.2
# How often it is looked after in milliseconds, where nothing is printed meanwhile.
_TICK = 100
# What a pipe holds: reading that many bytes empties it.
_PIPE_SIZE = 1 << 16
# Another message follows these at once, and they are sent together with it.
_WITH_THE_NEXT = ("execute_input", "execute_reply")
_SIGNALS = frozenset(map(int, signal.valid_signals()))

# A message; or a stream of which all that is collected is sent, and whether it is shown then.
_Piece: TypeAlias = bytes | tuple[int, bool]


class Wire(Session):
    """A session that sends its messages over a pipe, each as JSON: type, content, cell, time.

    What cells print is collected in memory that the process's caller shares, and sent when it is to be shown or
    fills the memory. So nothing is lost when the process ends, for whatever reason.

    As with ipykernel, a stream is shown when it is flushed, and some time after the first text that is not shown.
    """

    pipe: Connection | None = None
    cell: str = ""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.lock = threading.RLock()
        self.owner = 0
        self.collected: list[Collected] = []
        self.ticking: set[int] = set()
        self.clocks: deque[tuple[float, int]] = deque()
        self.files: dict[int, int] = {}
        self.poller = select.poll()
        self.decoders = [codecs.getincrementaldecoder("utf-8")("replace") for _ in STREAMS]
        self.waiting: deque[_Piece] = deque()
        self.sending = False
        self.printed_meanwhile: deque[tuple[int, str, str]] = deque()

    def open(self, pipe: Connection, memory: int) -> None:
        """Send to a pipe from now on, as this process.

        Parameters
        ----------
        pipe
            Takes the messages.
        memory
            The file descriptor of the memory that collects what is printed; it is closed.
        """
        self.collected = [Collected(memory, stream) for stream in range(len(STREAMS))]
        os.close(memory)
        self.pipe, self.owner = pipe, os.getpid()

    def send(  # type: ignore[override]
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """Send a message; `stream`, a kernel's socket, is not used."""
        message: dict[str, Any] = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(message, content=content, parent=parent, metadata=fields.get("metadata"))
        attached = [base64.b64encode(buffer).decode("ascii") for buffer in buffers or ()]
        self.put(message["msg_type"], message["content"], _cell_of(message["parent_header"]), attached)
        return message

    def put(self, kind: str, content: Any, cell: str, buffers: list[str] | None = None) -> None:
        """Send a message, after all that was written to the standard streams' files before it."""
        if os.getpid() != self.owner:
            return  # as with a kernel, what a process forked by a cell displays is not shown
        with self.lock:
            self.drain()
            if self.pipe is None:
                return
            piece = [kind, content, cell, time.time(), *([buffers] if buffers else [])]
            try:
                packed = json_packer(piece)
            except UnicodeEncodeError:  # a lone surrogate
                packed = json.dumps(piece, default=str, ensure_ascii=False).encode("utf-8", "replace")
            if kind in _WITH_THE_NEXT:
                self.waiting.append(packed)
            else:
                self._send(self.pipe, packed)

    def write(self, stream: int, text: str, cell: str) -> None:
        """Send what a cell printed; a process forked by a cell writes to the stream's file instead."""
        if os.getpid() != self.owner:
            os.write(stream + 1, _encoded(text))
            return
        with self.lock:
            if self.poller.poll(0):
                self.drain()
            self._write(stream, text, cell)

    def flush(self, stream: int) -> None:
        """Send that what was printed so far is to be shown as one output."""
        if os.getpid() != self.owner:
            return
        with self.lock:
            self.drain()
            self._show(stream)

    def watch(self, file: int, stream: int) -> None:
        """Send what is written to a file as if it had been printed to the stream."""
        os.set_blocking(file, False)
        self.files[file] = stream
        self.poller.register(file, select.POLLIN)

    def drain(self) -> None:
        """Collect what a C library or another process wrote to the standard streams' files."""
        for file, _ in self.poller.poll(0):
            stream = self.files[file]
            text = self.decoders[stream].decode(os.read(file, _PIPE_SIZE))
            self._write(stream, text, self.cell)

    def start_draining(self) -> None:
        """Empty the files while a cell runs: a process that it waits for may be waiting for space to write."""
        threading.Thread(target=self._go_on_draining, daemon=True, name="reportkit-drain").start()

    def _go_on_draining(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # the notebook's own threads handle them
        poller = select.poll()  # the other one is used by whichever thread prints
        for file in self.files:
            poller.register(file, select.POLLIN)
        while True:
            if poller.poll(_TICK) or self.clocks:
                with self.lock:
                    self.drain()
                    self._show_due(monotonic())

    def _write(self, stream: int, text: str, cell: str) -> None:
        if self.sending:  # a finalizer may run while something is sent, and print
            self.printed_meanwhile.append((stream, text, cell))
        elif self.pipe is not None:
            self._collect(self.pipe, stream, text, cell)

    def _collect(self, pipe: Connection, stream: int, text: str, cell: str) -> None:
        now = monotonic()
        if self.clocks:
            self._show_due(now)
        if stream not in self.ticking:
            self.ticking.add(stream)
            self.clocks.append((now + _FLUSH_INTERVAL, stream))
        printed = _encoded(text)
        collected = self.collected[stream]
        if collected.add(cell, printed):
            return
        self._send(pipe, (stream, False))
        if not collected.add(cell, printed):
            for frame in long_frames(stream, cell, printed):
                self._send(pipe, frame)

    def _show_due(self, now: float) -> None:
        while self.clocks and self.clocks[0][0] <= now:
            self._show(self.clocks.popleft()[1])

    def _show(self, stream: int) -> None:
        # A clock goes on though the text that it was set for has been shown, as ipykernel's does.
        if stream in self.ticking and not self.sending and self.pipe is not None:
            self.ticking.discard(stream)
            self._send(self.pipe, (stream, True))

    def _send(self, pipe: Connection, piece: _Piece) -> None:
        """Send a piece after those that wait; signals, whose handlers may raise, wait until it is sent whole."""
        self.waiting.append(piece)
        if self.sending:  # a finalizer displays something while something else is sent, which goes on with this
            return
        usual = _signal.pthread_sigmask(signal.SIG_BLOCK, ())
        self.sending = True
        try:
            _signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # a signal that has arrived is handled here
            while self.waiting:
                self._send_now(pipe, self.waiting.popleft())
        except OSError:
            os._exit(1)  # the other end is closed
        finally:
            self.sending = False
            _signal.pthread_sigmask(signal.SIG_SETMASK, usual)
        while self.printed_meanwhile:
            self._collect(pipe, *self.printed_meanwhile.popleft())

    def _send_now(self, pipe: Connection, piece: _Piece) -> None:
        if isinstance(piece, bytes):
            pipe.send_bytes(piece)
            return
        stream, shown = piece
        collected = self.collected[stream]
        pipe.send_bytes(collected.frame(shown))
        collected.clear()


def _encoded(text: str) -> bytes:
    """A text in UTF-8; lone surrogates, which it cannot have, are replaced as by jupyter_client."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        with suppress(UnicodeEncodeError):
            return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").encode()
        return text.encode("utf-8", "replace")


def _cell_of(header: Mapping[str, Any]) -> str:
    return str(header.get("msg_id", ""))


class Stream(OutStream):
    """Standard output or error of a notebook: what is printed goes to the cell that prints it.

    A task finds its cell in its context; a thread, which has none, prints to the cell that runs.
    """

    def __init__(self, wire: Wire, name: str) -> None:
        self.wire = self.session = self.pub_thread = wire
        self.name, self.place = name, STREAMS.index(name)
        self._parent_header = ContextVar(f"{name}_parent")
        self._parent_header_global = {}
        self._isatty = self._should_watch = False
        self._local = threading.local()

    def set_parent(self, parent: Mapping[str, Any]) -> None:
        """Set the cell that runs from now on."""
        super().set_parent(parent)  # type: ignore[no-untyped-call]
        self.wire.cell = _cell_of(self.parent_header)

    def write(self, text: str) -> int:
        """Print a text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if self.pub_thread is None:
            raise ValueError("I/O operation on closed file")
        if text:
            self.wire.write(self.place, text, self.parent_header.get("msg_id", ""))
        return len(text)

    def flush(self) -> None:
        """Show what was printed so far as one output."""
        self.wire.flush(self.place)

    def redirect(self) -> None:
        """Send what is written to the stream's file as if it had been printed."""
        reading, writing = os.pipe()
        self._original_stdstream_copy = os.dup(self.place + 1)
        os.dup2(writing, self.place + 1)
        os.close(writing)
        self.wire.watch(reading, self.place)

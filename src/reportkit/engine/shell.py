"""The shell that runs a notebook's cells: IPython's, which sends what they put out over a pipe.

It has the configuration of ipykernel's kernel and sends the same messages, but needs no sockets, no threads
to serve them and no connection file. `prepare` does what all notebooks have in common and can be done before
a fork, `run` what only the notebook's own process can do.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal wraps these in enumerations, which take far longer
import asyncio
import atexit
import base64
import codecs
import gc
import io
import json
import logging
import multiprocessing.util
import os
import select
import signal
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session, json_packer
from tornado.ioloop import IOLoop

from reportkit.system.machine import confine_memory

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["prepare", "run"]

_STREAMS = ("stdout", "stderr")
# What a pipe holds: reading that many bytes empties it.
_PIPE_SIZE = 1 << 16
# Another message follows these at once, and they are sent together with it.
_WITH_THE_NEXT = ("execute_input", "execute_reply")
_SIGNALS = frozenset(map(int, signal.valid_signals()))


class Wire(Session):
    """A session that sends its messages over a pipe, each as JSON: type, content, cell, time.

    What cells print is sent at once, and put together at the other end. So nothing is lost when the process
    ends, for whatever reason.
    """

    pipe: Connection | None = None
    cell: str = ""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.lock = threading.RLock()
        self.written = dict.fromkeys(_STREAMS, False)
        self.files: dict[int, str] = {}
        self.decoders = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in _STREAMS}
        self.owner = 0
        self.packed: deque[bytes] = deque()
        self.sending = False

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
            self._put(kind, content, cell, buffers)

    def write(self, name: str, text: str, cell: str) -> None:
        """Send what a cell printed; a process forked by a cell writes to the stream's file instead."""
        if os.getpid() != self.owner:
            os.write(_STREAMS.index(name) + 1, text.encode("utf-8", "replace"))
            return
        with self.lock:
            self.drain()
            self._write(name, text, cell)

    def flush(self, name: str, cell: str) -> None:
        """Send that what was printed so far is to be shown as one output."""
        if os.getpid() != self.owner:
            return
        with self.lock:
            self.drain()
            if self.written[name]:
                self.written[name] = False
                self._put("flush", name, cell)

    def watch(self, file: int, name: str) -> None:
        """Send what is written to a file as if it had been printed to the stream."""
        os.set_blocking(file, False)
        self.files[file] = name

    def drain(self) -> None:
        """Send what a C library or another process wrote to the standard streams' files."""
        if not self.files:
            return
        for file in select.select(self.files, [], [], 0)[0]:
            name = self.files[file]
            self._write(name, self.decoders[name].decode(os.read(file, _PIPE_SIZE)), self.cell)

    def _write(self, name: str, text: str, cell: str) -> None:
        self.written[name] = True
        self._put("write", [name, text], cell)

    def _put(self, kind: str, content: Any, cell: str, buffers: list[str] | None = None) -> None:
        if self.pipe is None:
            return
        piece = [kind, content, cell, time.time(), *([buffers] if buffers else [])]
        try:
            self.packed.append(json_packer(piece))
        except UnicodeEncodeError:  # a lone surrogate
            self.packed.append(json.dumps(piece, default=str, ensure_ascii=False).encode("utf-8", "replace"))
        # A finalizer may run while a message is sent, and print: what it prints is sent after the message.
        if not self.sending and kind not in _WITH_THE_NEXT:
            self._send_packed(self.pipe)

    def _send_packed(self, pipe: Connection) -> None:
        """Send the packed messages; signals, whose handlers may raise, wait until a message is sent whole."""
        usual = _signal.pthread_sigmask(signal.SIG_BLOCK, ())
        self.sending = True
        try:
            _signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # a signal that has arrived is handled here
            while self.packed:
                pipe.send_bytes(self.packed.popleft())
        except OSError:
            os._exit(1)  # the other end is closed
        finally:
            self.sending = False
            _signal.pthread_sigmask(signal.SIG_SETMASK, usual)


def _cell_of(header: Mapping[str, Any]) -> str:
    return str(header.get("msg_id", ""))


class Stream(OutStream):
    """Standard output or error of a notebook: what is printed goes to the cell that prints it.

    A task finds its cell in its context; a thread, which has none, prints to the cell that runs.
    """

    def __init__(self, wire: Wire, name: str) -> None:
        self.wire = self.session = self.pub_thread = wire
        self.name = name
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
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if text:
            self.wire.write(self.name, text, _cell_of(self.parent_header))
        return len(text)

    def flush(self) -> None:
        """Show what was printed so far as one output."""
        self.wire.flush(self.name, _cell_of(self.parent_header))

    def redirect(self) -> None:
        """Send what is written to the stream's file as if it had been printed."""
        number = _STREAMS.index(self.name) + 1
        reading, writing = os.pipe()
        self._original_stdstream_copy = os.dup(number)
        os.dup2(writing, number)
        os.close(writing)
        self.wire.watch(reading, self.name)


class Kernel(IPythonKernel):
    """IPython's kernel without channels: `execute` runs a cell and sends its messages."""

    async def execute(self, cell: str, source: str) -> None:
        """Run a cell.

        Parameters
        ----------
        cell
            The cell's id, which all its messages carry.
        source
            Its code.
        """
        kernel: Any = self
        content = {"code": source, "store_history": True, "allow_stdin": False, "stop_on_error": False}
        parent = {"header": {"msg_id": cell}, "metadata": {}, "content": content}
        kernel.set_parent([], parent)
        kernel.session.send(None, "status", {"execution_state": "busy"}, parent)
        kernel.pre_handler_hook()
        try:
            await kernel.execute_request(None, [], parent)
        finally:
            kernel.post_handler_hook()
        kernel.session.send(None, "status", {"execution_state": "idle"}, parent)


class App(IPKernelApp):
    """ipykernel's application: its configuration, extensions and startup files, and nothing of its network."""

    wire: Wire

    def init_connection_file(self) -> None:
        """Do nothing: there is no connection."""

    init_poller = init_sockets = init_heartbeat = log_connection_info = init_connection_file
    write_connection_file = init_connection_file  # type: ignore[assignment]

    def init_crash_handler(self) -> None:
        """Do nothing: an error outside the cells is shown like any other."""

    def init_io(self) -> None:
        """Send what is printed over the wire."""
        self.configure_tornado_logger()  # type: ignore[no-untyped-call]
        self.wire = self.session = Wire(parent=self)
        sys.stdout, sys.stderr = (Stream(self.wire, name) for name in _STREAMS)
        self.patch_io()  # type: ignore[no-untyped-call]

    def init_kernel(self) -> None:
        """Make the kernel, and in it the shell."""
        self.kernel = Kernel.instance(
            parent=self,
            session=self.session,
            iopub_socket=SimpleNamespace(),
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.kernel._execute_sleep = 0  # it lets other channels catch up, and there are none
        main = threading.current_thread()
        self.kernel.shell_channel_thread = SimpleNamespace(parent_thread=main)

    def init_code(self) -> None:
        """Do nothing yet: the notebook's own process runs the startup files."""


def prepare() -> Any:
    """Set up the shell as far as all notebooks have it in common, without starting a thread.

    Returns
    -------
    App
        The application to give to `run`.
    """
    sys.path[:] = filter(None, sys.path)  # the shell puts the current directory where it belongs
    app: Any = App.instance()
    # The debugger, which is not used here, is slow to import and prints warnings.
    without_debugger = {"debugpy": None}
    sys.modules.update(without_debugger)  # type: ignore[arg-type]
    try:
        # As nbclient does: otherwise all notebooks share a database of their history, which a thread writes to.
        app.initialize(["--HistoryManager.hist_file=:memory:", "--log-level=CRITICAL"])
    finally:
        for module in without_debugger:
            del sys.modules[module]
    _warm(app.kernel.shell)
    return app


def _warm(shell: Any) -> None:
    """Show a result and an error, which takes long the first time."""
    shell.display_formatter.format("")
    try:
        raise LookupError
    except LookupError as error:
        shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)


def run(app: Any, cells: Connection, wire: Connection, *, memory: int | None = None) -> None:
    """Run the cells of a notebook, then end this process.

    Parameters
    ----------
    app
        What `prepare` returned.
    cells
        Gives the cells, each as JSON of its id and its code, until its other end is closed.
    wire
        Takes the messages.
    memory
        How many bytes the notebook may use on top of what the process uses now; None for no limit.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # except while a cell runs
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.breakpointhook = _pass  # as in a kernel that no debugger is attached to
    _forget_exits(app)
    app.wire.pipe, app.wire.owner = wire, os.getpid()
    _capture(app.wire)
    app.kernel.shell.init_environment()
    app.init_gui_pylab()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # not the same numbers in every fork
    if memory is not None:
        confine_memory(memory)
    super(App, app).init_code()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_serve(app, cells))
    _exit(app.wire)


async def _serve(app: Any, cells: Connection) -> None:
    app.kernel.io_loop = IOLoop.current()
    while (piece := await _next(cells)) is not None:
        cell, source = json.loads(piece)
        await app.kernel.execute(cell, source)
        if app.kernel.shell.exit_now:
            return


async def _next(cells: Connection) -> bytes | None:
    """Wait for the next cell; tasks that cells have started go on meanwhile."""
    if not cells.poll():
        loop = asyncio.get_running_loop()
        arrived = loop.create_future()
        loop.add_reader(cells.fileno(), lambda: arrived.done() or arrived.set_result(None))  # type: ignore[func-returns-value]
        try:
            await arrived
        finally:
            loop.remove_reader(cells.fileno())
    with suppress(EOFError, OSError):
        return cells.recv_bytes()
    return None


def _pass(*_: Any, **__: Any) -> None:
    """Do nothing."""


def _forget_exits(app: Any) -> None:
    """Drop the exit functions of the process that was forked, and register those that every Python has."""
    atexit._clear()
    weakref.finalize._registry.clear()  # type: ignore[attr-defined]
    weakref.finalize._registered_with_atexit = False  # type: ignore[attr-defined]
    multiprocessing.util._finalizer_registry.clear()  # type: ignore[attr-defined]
    atexit.register(logging.shutdown)
    atexit.register(multiprocessing.util._exit_function)  # type: ignore[attr-defined]
    atexit.register(app.kernel.shell.atexit_operations)


def _exit(wire: Wire) -> None:
    """End the process as Python does, except for destroying all objects, which takes longer than the rest."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for file in gc.get_objects():
        if type(file) in (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom):
            with suppress(OSError, ValueError):
                file.flush()
    wire.put("end", None, "")
    os._exit(0)


def _capture(wire: Wire) -> None:
    """Replace the caller's standard streams, so that the notebook's processes cannot use them."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for name in _STREAMS:
        getattr(sys, name).redirect()
    threading.Thread(target=_drain, args=(wire,), daemon=True, name="reportkit-drain").start()


def _drain(wire: Wire) -> None:
    """Empty the files while a cell runs: a process that it waits for may be waiting for space to write."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # the notebook's own threads handle them
    while True:
        select.select(wire.files, [], [])
        with wire.lock:
            wire.drain()

"""The process that one notebook runs in: IPython's shell, telling over a pipe what its cells put out.

It is set up as ipykernel sets up a kernel, from the same configuration, and speaks the same messages;
but there is no kernel to talk to: no sockets, no threads that wait at them, no connection file.
`prepare` does what every notebook needs and can be done before a fork, `run` what only the notebook's
own process can do.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal without its enumerations, which take far longer than the rest
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
# As much as a pipe holds: who reads that many bytes has all that was there.
_PIPE_SIZE = 1 << 16
# Messages that another follows at once, with which they are sent.
_WITH_THE_NEXT = ("execute_input", "execute_reply")
_SIGNALS = frozenset(map(int, signal.valid_signals()))


class Wire(Session):
    """A session whose messages go down a pipe, each as one piece of JSON: type, content, cell, time.

    What cells print goes down it letter by letter, and is put together at the other end: so nothing
    of it is lost, however the process ends.
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
        """Put a message on the wire; `stream`, the socket of a kernel, is not looked at."""
        message: dict[str, Any] = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(message, content=content, parent=parent, metadata=fields.get("metadata"))
        attached = [base64.b64encode(buffer).decode("ascii") for buffer in buffers or ()]
        self.put(message["msg_type"], message["content"], _cell_of(message["parent_header"]), attached)
        return message

    def put(self, kind: str, content: Any, cell: str, buffers: list[str] | None = None) -> None:
        """Send one piece, after whatever was written to the files of the standard streams before it."""
        if os.getpid() != self.owner:
            return  # as with a kernel, what a process displays that a cell has forked is not shown
        with self.lock:
            self.drain()
            self._put(kind, content, cell, buffers)

    def write(self, name: str, text: str, cell: str) -> None:
        """Send what a cell printed; a process forked by a cell prints by way of the file instead."""
        if os.getpid() != self.owner:
            os.write(_STREAMS.index(name) + 1, text.encode("utf-8", "replace"))
            return
        with self.lock:
            self.drain()
            self._write(name, text, cell)

    def flush(self, name: str, cell: str) -> None:
        """Say that what was printed until now is to be shown by itself."""
        if os.getpid() != self.owner:
            return
        with self.lock:
            self.drain()
            if self.written[name]:
                self.written[name] = False
                self._put("flush", name, cell)

    def watch(self, file: int, name: str) -> None:
        """Send what is written to a file as if it had been printed to that stream."""
        os.set_blocking(file, False)
        self.files[file] = name

    def drain(self) -> None:
        """Send what was written to the files of the standard streams, by a library in C or another process."""
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
        except UnicodeEncodeError:  # half a character, which is no text
            self.packed.append(json.dumps(piece, default=str, ensure_ascii=False).encode("utf-8", "replace"))
        # While one is sent the end of an object may come in between, and print.
        if not self.sending and kind not in _WITH_THE_NEXT:
            self._send_packed(self.pipe)

    def _send_packed(self, pipe: Connection) -> None:
        """Send what is packed; a signal, which may raise whatever it likes, has to wait for the end of a piece."""
        usual = _signal.pthread_sigmask(signal.SIG_BLOCK, ())
        self.sending = True
        try:
            _signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # here one that has come already is handled
            while self.packed:
                pipe.send_bytes(self.packed.popleft())
        except OSError:
            os._exit(1)  # nobody listens any more
        finally:
            self.sending = False
            _signal.pthread_sigmask(signal.SIG_SETMASK, usual)


def _cell_of(header: Mapping[str, Any]) -> str:
    return str(header.get("msg_id", ""))


class Stream(OutStream):
    """Standard output or error of a notebook: what is printed belongs to the cell that prints it.

    A task knows its cell by its context; a thread, which has none, prints to the cell that runs.
    """

    def __init__(self, wire: Wire, name: str) -> None:
        self.wire = self.session = self.pub_thread = wire
        self.name = name
        self._parent_header = ContextVar(f"{name}_parent")
        self._parent_header_global = {}
        self._isatty = self._should_watch = False
        self._local = threading.local()

    def set_parent(self, parent: Mapping[str, Any]) -> None:
        """Say which cell runs from now on."""
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
        """Show by itself what was printed until now."""
        self.wire.flush(self.name, _cell_of(self.parent_header))

    def redirect(self) -> None:
        """Let what is written to the stream's file come out as if it had been printed."""
        number = _STREAMS.index(self.name) + 1
        reading, writing = os.pipe()
        self._original_stdstream_copy = os.dup(number)
        os.dup2(writing, number)
        os.close(writing)
        self.wire.watch(reading, self.name)


class Kernel(IPythonKernel):
    """IPython's kernel without channels: it runs a cell when it is told to, and sends what comes of it."""

    async def execute(self, cell: str, source: str) -> None:
        """Run a cell.

        Parameters
        ----------
        cell
            The mark that all its messages carry.
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
        """There is none."""

    init_poller = init_sockets = init_heartbeat = log_connection_info = init_connection_file
    write_connection_file = init_connection_file  # type: ignore[assignment]

    def init_crash_handler(self) -> None:
        """An error outside cells is this process's own, and is shown as any other."""

    def init_io(self) -> None:
        """Let prints go down the wire."""
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
        self.kernel._execute_sleep = 0  # messages do not overtake each other here
        main = threading.current_thread()
        self.kernel.shell_channel_thread = SimpleNamespace(parent_thread=main)

    def init_code(self) -> None:
        """Startup files are code: the notebook's own process runs them."""


def prepare() -> Any:
    """Set up the shell, as far as all notebooks have it in common; starts no thread."""
    sys.path[:] = filter(None, sys.path)  # where the working folder comes in it is for the shell to say
    app: Any = App.instance()
    # Nobody will ask for a debugger, which takes long to import and warns of what it cannot do.
    without_debugger = {"debugpy": None}
    sys.modules.update(without_debugger)  # type: ignore[arg-type]
    try:
        # As nbclient has it: the history of all notebooks lies in a database, which a thread writes to.
        app.initialize(["--HistoryManager.hist_file=:memory:", "--log-level=CRITICAL"])
    finally:
        for module in without_debugger:
            del sys.modules[module]
    _warm(app.kernel.shell)
    return app


def _warm(shell: Any) -> None:
    """Do once what takes long only the first time: show a result, and an error."""
    shell.display_formatter.format("")
    try:
        raise LookupError
    except LookupError as error:
        shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)


def run(app: Any, cells: Connection, wire: Connection, *, memory: int | None = None) -> None:
    """Run cells as they come, in this process, which is the notebook's from now on and ends with it.

    Parameters
    ----------
    app
        What `prepare` has set up.
    cells
        Where cells come from, each as JSON: its mark and its code. At the end of the file the notebook is done.
    wire
        Where messages go.
    memory
        How many bytes the notebook may take on top of what is there already; None where it may take all.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # but while a cell runs
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.breakpointhook = _pass  # so does the debugger's as long as there is none
    _forget_exits(app)
    app.wire.pipe, app.wire.owner = wire, os.getpid()
    _capture(app.wire)
    app.kernel.shell.init_environment()
    app.init_gui_pylab()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # every process its own, as if it had imported it
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
    """The next cell, once it has come; until then, tasks that cells have started go on."""
    if not cells.poll():
        loop = asyncio.get_running_loop()
        come = loop.create_future()
        loop.add_reader(cells.fileno(), lambda: come.done() or come.set_result(None))  # type: ignore[func-returns-value]
        try:
            await come
        finally:
            loop.remove_reader(cells.fileno())
    with suppress(EOFError, OSError):
        return cells.recv_bytes()
    return None


def _pass(*_: Any, **__: Any) -> None:
    """Do nothing."""


def _forget_exits(app: Any) -> None:
    """What the process before this one wanted done at its end is its own business; the rest is as with any Python."""
    atexit._clear()
    weakref.finalize._registry.clear()  # type: ignore[attr-defined]
    weakref.finalize._registered_with_atexit = False  # type: ignore[attr-defined]
    multiprocessing.util._finalizer_registry.clear()  # type: ignore[attr-defined]
    atexit.register(logging.shutdown)
    atexit.register(multiprocessing.util._exit_function)  # type: ignore[attr-defined]
    atexit.register(app.kernel.shell.atexit_operations)


def _exit(wire: Wire) -> None:
    """End the process as Python does, but for taking everything apart, which takes longer than all the rest."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for file in gc.get_objects():
        if type(file) in (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom):
            with suppress(OSError, ValueError):
                file.flush()
    wire.put("end", None, "")
    os._exit(0)


def _capture(wire: Wire) -> None:
    """Cut the process off from where its caller's standard streams go."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for name in _STREAMS:
        getattr(sys, name).redirect()
    threading.Thread(target=_drain, args=(wire,), daemon=True, name="reportkit-drain").start()


def _drain(wire: Wire) -> None:
    """Empty the files while a cell waits for whoever writes to them, or both would wait for ever."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # they are for the notebook's own threads
    while True:
        select.select(wire.files, [], [])
        with wire.lock:
            wire.drain()

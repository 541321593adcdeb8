"""The process that one notebook runs in: IPython's shell, telling over a pipe what its cells put out.

It is set up as ipykernel sets up a kernel, from the same configuration, and speaks the same messages;
but there is no kernel to talk to: no sockets, no threads that wait at them, no connection file.
`prepare` does what every notebook needs and can be done before a fork, `run` what only the notebook's
own process can do.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from io import TextIOBase, UnsupportedOperation
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session, json_packer
from tornado.ioloop import IOLoop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

__all__ = ["prepare", "run"]

_STREAMS = ("stdout", "stderr")


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
        self.files: dict[str, int] = {}
        self.owner = 0

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
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(message, content=content, parent=parent, metadata=fields.get("metadata"))
        attached = [base64.b64encode(buffer).decode("ascii") for buffer in buffers or ()]
        self.put(message["msg_type"], message["content"], _cell_of(message["parent_header"]), attached)
        return message

    def put(self, kind: str, content: Any, cell: str, buffers: list[str] | None = None) -> None:
        """Send one piece, after whatever was written to the files of the standard streams before it."""
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

    def drain(self) -> None:
        """Send what was written to the files of the standard streams, by a library in C or another process."""
        for name, file in self.files.items():
            with suppress(BlockingIOError):
                while written := os.read(file, 1 << 16):
                    self._write(name, written.decode("utf-8", "replace"), self.cell)

    def _write(self, name: str, text: str, cell: str) -> None:
        self.written[name] = True
        self._put("write", [name, text], cell)

    def _put(self, kind: str, content: Any, cell: str, buffers: list[str] | None = None) -> None:
        if self.pipe is not None:
            piece = json_packer([kind, content, cell, time.time(), *([buffers] if buffers else [])])
            try:
                self.pipe.send_bytes(piece)
            except OSError:
                os._exit(1)  # nobody listens any more


def _cell_of(header: Mapping[str, Any]) -> str:
    return str(header.get("msg_id", ""))


class Stream(TextIOBase):
    """Standard output or error of a notebook: what is printed belongs to the cell that prints it.

    A task knows its cell by its context; a thread, which has none, prints to the cell that runs.
    """

    encoding = "UTF-8"  # type: ignore[assignment]
    original: int | None = None

    def __init__(self, wire: Wire, name: str) -> None:
        self.wire, self.name = wire, name
        self._cell: ContextVar[str] = ContextVar(f"{name}_cell")

    def set_parent(self, parent: Mapping[str, Any]) -> None:
        """Say which cell runs from now on."""
        self.wire.cell = _cell_of(parent["header"])
        self._cell.set(self.wire.cell)

    @property
    def cell(self) -> str:
        """The cell that what is printed here and now belongs to."""
        return self._cell.get(self.wire.cell)

    def write(self, text: str) -> int:
        """Print a text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if text:
            self.wire.write(self.name, text, self.cell)
        return len(text)

    def flush(self) -> None:
        """Show by itself what was printed until now."""
        self.wire.flush(self.name, self.cell)

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """It is no terminal."""
        return False

    def fileno(self) -> int:
        """Where the process that started this one prints; what is written there is not the notebook's."""
        if self.original is None:
            raise UnsupportedOperation("fileno")
        return self.original


class Kernel(IPythonKernel):
    """IPython's kernel without channels: it runs a cell when it is told to, and sends what comes of it."""

    @contextmanager
    def _cancel_on_sigint(self, future: Any) -> Iterator[None]:
        yield  # nobody interrupts a cell: who has had enough of a notebook ends its process

    async def execute(self, cell: str, source: str) -> None:
        """Run a cell.

        Parameters
        ----------
        cell
            The mark that all its messages carry.
        source
            Its code.
        """
        session = self.session
        content = {"code": source, "store_history": True, "allow_stdin": False, "stop_on_error": False}
        parent = {"header": {"msg_id": cell, "session": session.session}, "metadata": {}, "content": content}
        self.set_parent([], parent)
        session.send(None, "status", {"execution_state": "busy"}, parent)
        await self.execute_request(None, [], parent)
        session.send(None, "status", {"execution_state": "idle"}, parent)


class App(IPKernelApp):
    """ipykernel's application: its configuration, extensions and startup files, and nothing of its network."""

    wire: Wire

    def init_connection_file(self) -> None:
        """There is none."""

    init_poller = init_sockets = init_heartbeat = write_connection_file = log_connection_info = init_connection_file

    def init_crash_handler(self) -> None:
        """An error outside cells is this process's own, and is shown as any other."""

    def init_signal(self) -> None:
        """Signals are set when the notebook's own process begins."""

    def init_io(self) -> None:
        """Let prints go down the wire."""
        self.wire = self.session = Wire(parent=self)
        sys.stdout, sys.stderr = (Stream(self.wire, name) for name in _STREAMS)
        self.displayhook = SimpleNamespace()
        self.patch_io()

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
        main = threading.current_thread()
        self.kernel.shell_channel_thread = SimpleNamespace(parent_thread=main)

    def init_code(self) -> None:
        """Startup files are code: the notebook's own process runs them."""


def prepare() -> App:
    """Set up the shell, as far as all notebooks have it in common; starts no thread."""
    app: App = App.instance()
    # Nobody will ask for a debugger, which takes long to import and warns of what it cannot do.
    without_debugger = {"debugpy": None}
    sys.modules.update(without_debugger)  # type: ignore[arg-type]
    try:
        # The history of all notebooks lies in a database, which a thread writes to.
        app.initialize(["--HistoryManager.enabled=False", "--log-level=CRITICAL"])
    finally:
        for module in without_debugger:
            del sys.modules[module]
    return app


def run(app: App, cells: Connection, wire: Connection, *, memory: int | None = None) -> None:
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
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    atexit._clear()
    app.wire.pipe, app.wire.owner = wire, os.getpid()
    _capture(app.wire)
    app.kernel.shell.init_environment()
    app.init_gui_pylab()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # every process its own, as if it had imported it
    if memory is not None:
        _confine(memory)
    IPKernelApp.init_code(app)
    asyncio.run(_serve(app, cells))
    atexit._run_exitfuncs()
    app.wire.put("end", None, "")
    os._exit(0)


async def _serve(app: App, cells: Connection) -> None:
    app.kernel.io_loop = IOLoop.current()
    while (piece := await _next(cells)) is not None:
        cell, source = json.loads(piece)
        await app.kernel.execute(cell, source)
        if app.kernel.shell.exit_now:
            os._exit(0)


async def _next(cells: Connection) -> bytes | None:
    """The next cell, once it has come; until then, tasks that cells have started go on."""
    loop = asyncio.get_running_loop()
    if os.name != "posix":
        with suppress(EOFError, OSError):
            return await loop.run_in_executor(None, cells.recv_bytes)
        return None
    if not cells.poll():
        come = loop.create_future()
        loop.add_reader(cells.fileno(), lambda: come.done() or come.set_result(None))
        try:
            await come
        finally:
            loop.remove_reader(cells.fileno())
    with suppress(EOFError, OSError):
        return cells.recv_bytes()
    return None


def _capture(wire: Wire) -> None:
    """Let what is written to the files of the standard streams come out as if it had been printed."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for number, name in enumerate(_STREAMS, start=1):
        reading, writing = os.pipe()
        stream = getattr(sys, name)
        stream.original = os.dup(number)
        os.dup2(writing, number)
        os.close(writing)
        if os.name == "posix":
            os.set_blocking(reading, False)
            wire.files[name] = reading
    if wire.files:
        threading.Thread(target=_drain, args=(wire,), daemon=True, name="reportkit-drain").start()


def _drain(wire: Wire) -> None:
    """Empty the files while a cell waits for whoever writes to them, or both would wait for ever."""
    while True:
        select.select(list(wire.files.values()), [], [])
        with wire.lock:
            wire.drain()


def _confine(memory: int) -> None:
    """No more memory than `memory` bytes on top of what the process has."""
    if sys.platform == "win32":
        return
    import resource

    # Data that this process alone has: what is only reserved, or shared with a file, does no harm.
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    _, most = resource.getrlimit(kind)
    limit = _data() + memory
    with suppress(ValueError, OSError):  # not every system has such a limit
        resource.setrlimit(kind, (limit if most < 0 else min(limit, most), most))


def _data() -> int:
    """How much data this process has, in bytes."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        return 4 << 30
    return int(statistics.read_text(encoding="ascii").split()[5]) * os.sysconf("SC_PAGE_SIZE")

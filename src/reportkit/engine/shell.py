"""The shell that runs a notebook's cells: IPython's, which sends what they put out over a pipe.

It has the configuration of ipykernel's kernel and sends the same messages, but needs no sockets, no threads
to serve them and no connection file. `prepare` does what all notebooks have in common and can be done before
a fork, `run` what only the notebook's own process can do.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import importlib.util
import io
import logging
import multiprocessing.util
import os
import signal
import socket
import sys
import tempfile
import threading
import traceback
import uuid
import weakref
from contextlib import suppress
from contextvars import copy_context
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.jsonutil import extract_dates
from jupyter_core.paths import jupyter_runtime_dir
from tornado.ioloop import IOLoop

from reportkit.engine.messages import receive
from reportkit.engine.streams import STREAMS
from reportkit.engine.wire import Stream, Wire
from reportkit.system.machine import confine_memory

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["prepare", "run"]

# As nbclient asks for: otherwise all notebooks share a database of their history, which a thread writes to.
_OWN_HISTORY = "--HistoryManager.hist_file=:memory:"
_NO_CONNECTION = (
    "reportkit's engine runs this notebook without a kernel, so there is no connection file, and nothing can connect "
    "to it; if the notebook needs that, run it with papermill's own engine"
)


class Kernel(IPythonKernel):
    """IPython's kernel without channels: it takes its requests from a socket, and answers over the wire."""

    def listen(self, requests: socket.socket) -> None:
        """Answer what is asked from now on, while the event loop of this thread runs; stop the loop at the end.

        Parameters
        ----------
        requests
            Gives messages as a kernel's client sends them; closing its other end is the end.
        """
        kernel: Any = self
        kernel.io_loop = IOLoop.current()
        loop = asyncio.get_event_loop()
        # The cells share a context, and one is run at a time.
        context, running = copy_context(), asyncio.Lock()
        owner = os.getpid()

        def take() -> None:
            if os.getpid() != owner:
                os._exit(0)  # forked by a cell that waits for something: the requests are not for this process
            try:
                message = receive(requests)
            except OSError:
                loop.remove_reader(requests)
                answer = _stop(loop, running)
            else:
                answer = self._answer(message, running)
            loop.create_task(answer, context=context).add_done_callback(self._answered)

        loop.add_reader(requests, take)

    async def _answer(self, message: dict[str, Any], running: asyncio.Lock) -> None:
        """Run a cell, or let the front end's answer to a widget have its effect."""
        message["header"] = extract_dates(message["header"])
        if message["header"]["msg_type"] == "execute_request":
            async with running:
                await self._execute(message)
        elif running.locked():  # a cell that waits may wait for this
            kernel: Any = self
            usual = kernel.get_parent()
            self._hear(message)
            kernel.set_parent([], usual)
        else:
            async with running:
                self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        kernel: Any = self
        kernel.set_parent([], message)
        try:
            kernel.shell_handlers[message["header"]["msg_type"]](None, [], message)
        except Exception:
            self.log.exception("Exception in message handler:")
        kernel.session.send(None, "status", {"execution_state": "idle"}, message)

    async def _execute(self, message: dict[str, Any]) -> None:
        kernel: Any = self
        owner = os.getpid()
        kernel.set_parent([], message)
        kernel.session.send(None, "status", {"execution_state": "busy"}, message)
        kernel.pre_handler_hook()
        try:
            await kernel.execute_request(None, [], message)
        finally:
            kernel.post_handler_hook()
        if os.getpid() != owner:
            os._exit(0)  # forked by the cell, which is done
        kernel.session.send(None, "status", {"execution_state": "idle"}, message)
        if kernel.shell.exit_now:
            asyncio.get_running_loop().stop()

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Do nothing: no cell waits while another is run."""

    def _answered(self, answer: asyncio.Task[None]) -> None:
        """End the process after an error outside the cells: who waits for an answer would wait for ever."""
        if answer.cancelled() or answer.exception():
            traceback.print_exception(answer.exception() if not answer.cancelled() else asyncio.CancelledError())
            os._exit(1)


async def _stop(loop: asyncio.AbstractEventLoop, running: asyncio.Lock) -> None:
    async with running:
        loop.stop()


class App(IPKernelApp):
    """ipykernel's application: its configuration, extensions and startup files, and nothing of its network."""

    wire: Wire

    @property
    def connection_file(self) -> str:  # type: ignore[override]
        """What a kernel's clients find it by."""
        raise RuntimeError(_NO_CONNECTION)

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
        sys.stdout, sys.stderr = (Stream(self.wire, name) for name in STREAMS)
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
        app.initialize([_OWN_HISTORY, "--log-level=CRITICAL"])
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


def run(app: Any, requests: socket.socket, wire: Connection, printed: int, *, memory: int | None = None) -> None:
    """Run the cells of a notebook, then end this process.

    Parameters
    ----------
    app
        What `prepare` returned.
    requests
        Gives the cells, as messages of a kernel's client, until its other end is closed.
    wire
        Takes the messages.
    printed
        The file descriptor of the memory that collects what the cells print.
    memory
        How many bytes the notebook may use on top of what the process uses now; None for no limit.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # except while a cell runs
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.breakpointhook = _pass  # as in a kernel that no debugger is attached to
    _forget_exits(app)
    app.wire.open(wire, printed)
    _capture(app.wire)
    _begin_here(app.kernel.shell)
    app.init_gui_pylab()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # not the same numbers in every fork
    if memory is not None:
        confine_memory(memory)
    super(App, app).init_code()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app.kernel.listen(requests)
    loop.run_forever()
    _exit(app.wire)


def _begin_here(shell: Any) -> None:
    """Set what depends on the current directory and the environment, and so differs between processes of a server."""
    shell.init_environment()
    shell.starting_dir = str(Path.cwd())
    shell.history_manager.dir_hist[:] = [Path.cwd()]
    tempfile.tempdir = None
    launcher = importlib.util.find_spec("ipykernel_launcher")
    connection = Path(jupyter_runtime_dir()) / f"kernel-{uuid.uuid4()}.json"
    sys.argv = [str(launcher and launcher.origin), "-f", str(connection), _OWN_HISTORY]
    os.register_at_fork(after_in_child=lambda: setattr(shell, "showtraceback", lambda *_, **__: _end_fork()))


def _end_fork() -> None:
    """End a process forked by a cell when the cell has raised an error in it, as a program of its own would end."""
    error = sys.exc_info()[1]
    status: Any = error.code if isinstance(error, SystemExit) else 1
    if status is not None and not isinstance(status, int):
        sys.stderr.write(f"{status}\n")
    elif error is not None and not isinstance(error, SystemExit):
        of_shell = error.__traceback__
        traceback.print_exception(error.with_traceback(of_shell and of_shell.tb_next))
    os._exit(status & 0xFF if isinstance(status, int) else int(status is not None))


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
    for name in STREAMS:
        getattr(sys, name).redirect()
    wire.start_draining()

"""The process of a notebook: forked from a server that is warm already, or spawned where forking does not serve.

A server has imported what notebooks need, runs one thread, and forks one process at a time, in which
nothing has happened before. It lives as long as the process it belongs to.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback
import weakref
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

__all__ = ["CAN_FORK", "NotebookProcess", "fork_server", "run_at", "serve_at", "start_process"]

# macOS has libraries that do not survive a fork; pidfd is Linux's own.
CAN_FORK = sys.platform == "linux" and hasattr(os, "pidfd_open")
# What Python and its libraries read once, when they start: a server that has other such variables serves no more.
_READ_ONCE = ("PYTHON", "IPYTHON", "JUPYTER", "LC_", "LANG", "MPL", "OMP_", "OPENBLAS_", "MKL_")


class NotebookProcess(Protocol):
    """A process that runs the cells of one notebook.

    Parameters
    ----------
    cells
        Where its cells go; once that is closed, it has had them all.
    wire
        Where its messages come from.
    speaks_up
        What can be read from once it has ended, or says something.
    """

    cells: Connection
    wire: Connection
    speaks_up: tuple[Connection | socket.socket, ...]

    def end(self, patience: float) -> int:
        """Wait `patience` seconds at most for its end, then end it; and end all that it has started.

        Returns
        -------
        int
            Its exit status; -9 where signal 9 ended it.
        """


def start_process(memory: int | None = None) -> NotebookProcess:
    """A fresh process for a notebook, in this process's folder and with its environment.

    Parameters
    ----------
    memory
        How many bytes it may take on top of what it starts with; None where it may take all.
    """
    if not CAN_FORK:
        return _Spawned(memory)
    while True:
        try:
            server = _idle.pop()
        except IndexError:
            return _Forked(_Server.launched(), memory)
        if server.settings == _settings():
            with suppress(OSError):  # it has come to an end
                return _Forked(server, memory)
        server.close()


# ------------------------------------------------------------- the near end


class _Server:
    """A server as the process knows it to which it belongs.

    Parameters
    ----------
    control
        A socket without an address, which the server listens at.
    program
        The server's process: a program of its own, or the number of one forked from this process.
    """

    def __init__(self, control: socket.socket, program: subprocess.Popen[bytes] | int) -> None:
        self.control, self.program, self.settings = control, program, _settings()
        _servers.add(self)

    @classmethod
    def launched(cls) -> _Server:
        """A server in a Python of its own."""
        near, far = socket.socketpair()
        with far:
            return cls(near, _python(f"serve_at({far.fileno()})", far.fileno()))

    @classmethod
    def forked(cls, project: Path | None) -> _Server:
        """A server with what this process has imported."""
        near, far = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                os.closerange(3, far.fileno())
                os.closerange(far.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
                _serve(far, project)
            finally:
                os._exit(0)
        far.close()
        return cls(near, pid)

    def close(self) -> None:
        """Let it end, which takes no time."""
        self.control.close()
        if isinstance(self.program, int):
            os.waitpid(self.program, 0)
        else:
            self.program.wait()


_idle: list[_Server] = []
_servers: weakref.WeakSet[_Server] = weakref.WeakSet()


def _forget_servers() -> None:
    """In a forked process: servers belong to the process that has started them, and end when it does."""
    _idle.clear()
    for server in _servers:
        server.control.close()
    _servers.clear()


def _close_servers() -> None:
    while _idle:
        _idle.pop().close()


if CAN_FORK:
    os.register_at_fork(after_in_child=_forget_servers)
    atexit.register(_close_servers)


def _settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(_READ_ONCE)}


def _python(call: str, *files: int) -> subprocess.Popen[bytes]:
    """Start a Python that calls a function of this module, and give it files of this process."""
    # The working folder is the notebook's: what runs the notebook is not to be imported from there.
    program = f"import sys; sys.path[:] = filter(None, sys.path); from {__name__} import *; {call}"
    return subprocess.Popen([sys.executable, "-c", program], pass_fds=files, stdin=subprocess.DEVNULL)  # noqa: S603


def fork_server(project: Path | None = None) -> None:
    """Let this process's notebooks be run by a server forked from it, which knows what it knows.

    Parameters
    ----------
    project
        The folder of the project whose reports they open: its agencies are read once for all of them.

    Notes
    -----
    No other thread may run in this process.
    """
    if CAN_FORK:
        _idle.append(_Server.forked(project))


class _Forked:
    """A notebook's process that a server has forked."""

    def __init__(self, server: _Server, memory: int | None) -> None:
        self.server = server
        cells_there, self.cells = Pipe(duplex=False)
        self.wire, wire_there = Pipe(duplex=False)
        self.speaks_up: tuple[Connection | socket.socket, ...] = (self.wire, server.control)
        with cells_there, wire_there:
            order = {"folder": str(Path.cwd()), "environment": dict(os.environ), "memory": memory}
            socket.send_fds(server.control, [_FORK], [cells_there.fileno(), wire_there.fileno()])
            _send(server.control, order)

    def end(self, patience: float) -> int:
        """Have the server see to its end."""
        control = self.server.control
        self.cells.close()
        try:
            if not select.select([control], [], [], patience)[0]:
                control.sendall(_END)
            status = int(_receive(control))
        except OSError:
            self.server.close()
            return -signal.SIGKILL  # the server has ended, and with it what it has forked
        finally:
            self.wire.close()
        _idle.append(self.server)
        return status


class _Spawned:
    """A notebook's process in a Python of its own, which starts cold."""

    def __init__(self, memory: int | None) -> None:
        cells_there, self.cells = Pipe(duplex=False)
        self.wire, wire_there = Pipe(duplex=False)
        self.speaks_up: tuple[Connection | socket.socket, ...] = (self.wire,)
        with cells_there, wire_there:
            files = (cells_there.fileno(), wire_there.fileno())
            self.process = _python(f"run_at({', '.join(map(str, files))}, {memory})", *files)

    def end(self, patience: float) -> int:
        """See to its end."""
        self.cells.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.wire.close()
        return self.process.wait()


# -------------------------------------------------------------- the far end


def serve_at(control: int) -> None:
    """Be a server, at the open file of that number."""
    _serve(socket.socket(fileno=control), None)


def run_at(cells: int, wire: int, memory: int | None) -> None:
    """Be a notebook's process, with open files of those numbers."""
    from reportkit.engine import shell

    os.setsid()
    for file in (cells, wire):
        os.set_inheritable(file, False)
    shell.run(shell.prepare(), Connection(cells, writable=False), Connection(wire, readable=False), memory=memory)


def _serve(control: socket.socket, project: Path | None) -> None:
    """Fork processes for notebooks until the other end of `control` is closed."""
    from reportkit.engine import shell

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the process that this one belongs to
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _prctl(_SET_CHILD_SUBREAPER, 1)  # what a notebook starts, and leaves behind, comes to this process
    app = shell.prepare()
    gc.collect()
    gc.freeze()  # what is never looked at again is never copied
    with suppress(OSError):
        while True:
            order, fds, _, _ = socket.recv_fds(control, 1, 2, socket.MSG_CMSG_CLOEXEC)
            if order == _END:
                continue  # it has ended by itself meanwhile
            if not fds:
                return
            settings = _receive(control)
            if project is not None:
                _read_register(project)
            pid = os.fork()
            if pid == 0:
                _become(app, control, settings, fds)
            for fd in fds:
                os.close(fd)
            _send(control, _watched(pid, control))


def _read_register(project: Path) -> None:
    """Read the agencies of a project, unless they are known: then no notebook need do it again."""
    from reportkit.project.folder import Project
    from reportkit.system.errors import InputError

    with suppress(InputError, OSError):
        _ = Project(project).agencies


def _become(app: Any, control: socket.socket, settings: dict[str, Any], fds: Sequence[int]) -> None:
    """In a forked process: be the notebook's."""
    from reportkit.engine import shell

    try:
        _prctl(_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        control.close()
        os.environ.clear()
        os.environ.update(settings["environment"])
        time.tzset()
        os.chdir(settings["folder"])
        cells, wire = Connection(fds[0], writable=False), Connection(fds[1], readable=False)
        shell.run(app, cells, wire, memory=settings["memory"])
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(1)


def _watched(pid: int, control: socket.socket) -> int:
    """The exit status of a forked process, once it has ended or has to; all that it left running is ended."""
    watch = os.pidfd_open(pid)
    ready, _, _ = select.select([watch, control.fileno()], [], [])
    os.close(watch)
    # Whoever speaks up wants it to end, or is not there any more, as the next order will show.
    if control.fileno() in ready:
        control.recv(1)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)  # before it has made a group of its own; if it has ended, nothing happens
    _, status = os.waitpid(pid, 0)
    _end_children()
    return os.waitstatus_to_exitcode(status)


def _end_children() -> None:
    """End what a notebook has left running: once what has started it is gone, it is this process's child."""
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    with suppress(OSError):
        while children := [int(child) for child in own.read_text(encoding="ascii").split()]:
            for child in children:
                os.kill(child, signal.SIGKILL)
            for child in children:
                os.waitpid(child, 0)


_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36


def _prctl(option: int, value: int) -> None:
    """Tell Linux something about this process, which Python has no function for."""
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


# ------------------------------------------------------------- what they say

_FORK, _END = b"f", b"e"
_LENGTH = struct.Struct("!I")


def _send(control: socket.socket, content: Any) -> None:
    written = json.dumps(content).encode()
    control.sendall(_LENGTH.pack(len(written)) + written)


def _receive(control: socket.socket) -> Any:
    (length,) = _LENGTH.unpack(_exactly(control, _LENGTH.size))
    return json.loads(_exactly(control, length))


def _exactly(control: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        piece = control.recv(size - len(received))
        if not piece:
            raise ConnectionResetError("nobody at the other end")
        received += piece
    return received

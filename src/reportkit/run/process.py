"""The process of a notebook: forked from a server that is warm already, or spawned where forking does not serve.

A server has imported what notebooks need, runs one thread, and forks one process at a time, in which
nothing has happened before. It lives as long as the process it belongs to.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

__all__ = ["CAN_FORK", "NotebookProcess", "ending", "fork_server", "serve_at", "start_process"]

# macOS has libraries that do not survive a fork; pidfd is Linux's own.
CAN_FORK = sys.platform == "linux" and hasattr(os, "pidfd_open")


class NotebookProcess(Protocol):
    """A process that runs the cells of one notebook.

    Parameters
    ----------
    cells
        Where its cells go; once that is closed, it has had them all.
    wire
        Where its messages come from.
    """

    cells: Connection
    wire: Connection

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
    while _idle:
        with suppress(OSError):  # a server that has come to an end
            return _Forked(_idle.pop(), memory)
    return _Forked(_Server.launched(), memory)


def ending(status: int) -> str:
    """How a process ended, in words.

    Examples
    --------
    >>> ending(1), ending(-9)
    ('exit status 1', 'SIGKILL')
    """
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


# ------------------------------------------------------------- the near end


class _Server:
    """A server as the process knows it to which it belongs.

    Parameters
    ----------
    control
        A socket without an address, which the server listens at.
    program
        The server's process, where it is one of its own.
    """

    def __init__(self, control: socket.socket, program: subprocess.Popen[bytes] | None = None) -> None:
        self.control, self.program = control, program

    @classmethod
    def launched(cls) -> _Server:
        """A server in a Python of its own."""
        near, far = socket.socketpair()
        program = f"from reportkit.run.process import serve_at; serve_at({far.fileno()})"
        with far:
            command = [sys.executable, "-c", program]
            process = subprocess.Popen(command, pass_fds=[far.fileno()], stdin=subprocess.DEVNULL)  # noqa: S603
            return cls(near, process)

    @classmethod
    def forked(cls, project: Path) -> _Server:
        """A server with what this process has imported."""
        near, far = socket.socketpair()
        if os.fork() == 0:
            try:
                os.closerange(3, far.fileno())
                os.closerange(far.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
                _serve(far, project)
            finally:
                os._exit(0)
        far.close()
        return cls(near)


_idle: list[_Server] = []
if CAN_FORK:
    os.register_at_fork(after_in_child=_idle.clear)  # they belong to the process that started them


def fork_server(project: Path) -> None:
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
            control.close()
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
        with cells_there, wire_there:
            self.process = get_context("spawn").Process(target=_run, args=(cells_there, wire_there, memory))
            self.process.start()

    def end(self, patience: float) -> int:
        """See to its end."""
        self.cells.close()
        self.process.join(patience)
        self.process.kill()
        self.process.join()
        self.wire.close()
        return self.process.exitcode or 0


def _run(cells: Connection, wire: Connection, memory: int | None) -> None:
    from reportkit.run import shell

    shell.run(shell.prepare(), cells, wire, memory=memory)


# -------------------------------------------------------------- the far end


def serve_at(control: int) -> None:
    """Be a server, at the open file of that number."""
    _serve(socket.socket(fileno=control), None)


def _serve(control: socket.socket, project: Path | None) -> None:
    """Fork processes for notebooks until the other end of `control` is closed."""
    from reportkit.run import shell

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the process that this one belongs to
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    app = shell.prepare()
    gc.collect()
    gc.freeze()  # what is never looked at again is never copied
    with suppress(OSError):
        while True:
            _, fds, _, _ = socket.recv_fds(control, 1, 2)
            if not fds:
                return
            order = _receive(control)
            if project is not None:
                _read_register(project)
            pid = os.fork()
            if pid == 0:
                _become(app, control, order, fds)
            for fd in fds:
                os.close(fd)
            _send(control, _watched(pid, control))


def _read_register(project: Path) -> None:
    """Read the agencies of a project, unless they are known: then no notebook need do it again."""
    from reportkit.errors import InputError
    from reportkit.project import Project

    with suppress(InputError, OSError):
        _ = Project(project).agencies


def _become(app: Any, control: socket.socket, order: dict[str, Any], fds: Sequence[int]) -> None:
    """In a forked process: be the notebook's."""
    from reportkit.run import shell

    status = 1
    try:
        os.setsid()
        control.close()
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        shell.run(app, Connection(fds[0], writable=False), Connection(fds[1], readable=False), memory=order["memory"])
    finally:
        os._exit(status)


def _watched(pid: int, control: socket.socket) -> int:
    """The exit status of a forked process, once it has ended or has to; all that it left running is ended."""
    watch = os.pidfd_open(pid)
    ready, _, _ = select.select([watch, control], [], [])
    os.close(watch)
    # Whoever speaks up wants it to end, or is not there any more, as the next order will show.
    if control in ready:
        control.recv(1)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)  # before it has made a group of its own; if it has ended, nothing happens
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


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

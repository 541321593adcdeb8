"""The process that runs a notebook: forked from a warm server on Linux, started as a new Python elsewhere.

A server is a process that has imported what notebooks need. It has a single thread and forks one process
at a time, so each notebook starts in a fresh one. A server ends with the process that started it.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from reportkit.engine.messages import Outbox, receive, send
from reportkit.engine.streams import Printed, new_memory

__all__ = ["CAN_FORK", "NotebookProcess", "close_servers", "fork_server", "run_at", "serve_at", "start_process"]

# On macOS some system libraries crash in a forked process, and only Linux has pidfd.
CAN_FORK = sys.platform == "linux" and hasattr(os, "pidfd_open")
# Python and its libraries read these variables once, when they start: if one changes, a new server is needed.
_READ_ONCE = ("PYTHON", "IPYTHON", "JUPYTER", "HOME", "XDG_", "LC_", "LANG", "MPL", "OMP_", "OPENBLAS_", "MKL_")

# What a process sends to its server: fork a process for a notebook, end the one that runs.
_FORK, _END = b"f", b"e"
# How often a process that was not forked looks whether its parent is there.
_SECONDS_BETWEEN_LOOKS = 1.0
# From <linux/prctl.h>.
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36


class NotebookProcess(Protocol):
    """A process that runs the cells of one notebook.

    Parameters
    ----------
    requests
        Takes the cells to run, and what else a kernel is asked; close it after the last one.
    wire
        Gives the messages that the cells send. They can still be read when the process has ended.
    printed
        Puts together what the cells print.
    wait_on
        What to wait on: one of these becomes readable when the process sends something or ends.
    """

    requests: Outbox
    wire: Connection
    printed: Printed
    wait_on: tuple[Connection | socket.socket, ...]

    def end(self, patience: float) -> int:
        """Wait for the process to end, kill it if it does not, and kill everything it started.

        Once it has ended, this only says how; what it has sent can still be read.

        Parameters
        ----------
        patience
            How many seconds to wait.

        Returns
        -------
        int
            The exit status; negative for a signal, -9 after SIGKILL.
        """

    def close(self) -> None:
        """Close what connects this process to it."""


def start_process(memory: int | None = None) -> NotebookProcess:
    """Start a fresh process for a notebook, with the current directory and environment of this one.

    Parameters
    ----------
    memory
        How many bytes it may use on top of what it starts with; None for no limit.

    Returns
    -------
    NotebookProcess
        The process, ready to take cells.
    """
    if not CAN_FORK:
        return _Spawned(memory)
    while True:
        try:
            server = _idle.pop()
        except IndexError:
            return _Forked(_Server.launched(), memory)
        if server.settings == _settings():
            with suppress(OSError):  # the server has ended
                return _Forked(server, memory)
        server.close()


def fork_server(before_each: Callable[[], object] | None = None) -> None:
    """Fork a server from this process, so that its notebooks start with every module imported here.

    Where processes cannot be forked, this does nothing.

    Parameters
    ----------
    before_each
        Called in the server before it forks a notebook's process: what it loads, the notebook finds loaded.
        It must not start a thread.

    Notes
    -----
    No other thread may run in this process.

    Examples
    --------
    >>> import pandas  # doctest: +SKIP
    >>> fork_server()  # importing pandas now costs a notebook nothing  # doctest: +SKIP
    """
    if CAN_FORK:
        _idle.append(_Server.forked(before_each))


def close_servers() -> None:
    """End this process's idle servers, as happens when it exits; the next notebook starts a new one."""
    while _idle:
        _idle.pop().close()


# ----------------------------------------------------- in the process that runs notebooks


class _Server:
    """A server of this process.

    Parameters
    ----------
    control
        This process's end of the socket pair it shares with the server.
    program
        The server's process: a new Python, or the process id of a fork of this one.
    """

    def __init__(self, control: socket.socket, program: subprocess.Popen[bytes] | int) -> None:
        self.control, self.program, self.settings = control, program, _settings()
        _servers.add(self)

    @classmethod
    def launched(cls) -> _Server:
        """Start a server as a new Python."""
        near, far = socket.socketpair()
        with far:
            return cls(near, _python(f"serve_at({far.fileno()})", far.fileno()))

    @classmethod
    def forked(cls, before_each: Callable[[], object] | None) -> _Server:
        """Fork a server from this process."""
        near, far = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                os.closerange(3, far.fileno())
                os.closerange(far.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
                _serve(far, before_each)
            finally:
                os._exit(0)
        far.close()
        return cls(near, pid)

    def close(self) -> None:
        """End the server, which takes no time."""
        self.control.close()
        if isinstance(self.program, int):
            with suppress(ChildProcessError):  # where SIGCHLD is ignored, the system asks for itself
                os.waitpid(self.program, 0)
        else:
            self.program.wait()


_idle: list[_Server] = []
_servers: weakref.WeakSet[_Server] = weakref.WeakSet()


def _forget_servers() -> None:
    """Drop the servers in a forked process: they belong to the process that started them."""
    _idle.clear()
    for server in _servers:
        server.control.close()
    _servers.clear()


if CAN_FORK:
    os.register_at_fork(after_in_child=_forget_servers)
    atexit.register(close_servers)


def _settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(_READ_ONCE)}


def _python(call: str, *files: int) -> subprocess.Popen[bytes]:
    """Start a Python that calls a function of this module, and pass it open files."""
    # The current directory is the notebook's, so the modules that run the notebook must not be imported from it.
    program = f"import sys; sys.path[:] = filter(None, sys.path); from {__name__} import *; {call}"
    return subprocess.Popen([sys.executable, "-c", program], pass_fds=files, stdin=subprocess.DEVNULL)  # noqa: S603


class _Started:
    """What is common to the processes of notebooks: what they are asked, what they say, and how they ended."""

    def __init__(self) -> None:
        requests, self._requests_there = socket.socketpair()
        self.requests = Outbox(requests)
        self.wire, self._wire_there = Pipe(duplex=False)
        self._memory = new_memory()
        self.printed = Printed(self._memory)
        self.status: int | None = None

    @property
    def _files_there(self) -> tuple[int, ...]:
        return self._requests_there.fileno(), self._wire_there.fileno(), self._memory

    def _close_there(self) -> None:
        self._requests_there.close()
        self._wire_there.close()
        os.close(self._memory)

    def close(self) -> None:
        """Close this end of what connects the two."""
        self.requests.close()
        self.wire.close()
        self.printed.close()

    def end(self, patience: float) -> int:
        """Wait, then kill the process and what it started."""
        if self.status is None:
            self.requests.close()
            self.status = self._end(patience)
        return self.status

    def _end(self, patience: float) -> int:
        raise NotImplementedError


class _Forked(_Started):
    """A notebook's process, forked by a server."""

    def __init__(self, server: _Server, memory: int | None) -> None:
        super().__init__()
        self.server = server
        self.wait_on: tuple[Connection | socket.socket, ...] = (self.wire, server.control)
        try:
            socket.send_fds(server.control, [_FORK], self._files_there)
            send(server.control, {"folder": str(Path.cwd()), "environment": dict(os.environ), "memory": memory})
        except OSError:
            self.close()
            raise
        finally:
            self._close_there()

    def _end(self, patience: float) -> int:
        """Wait, then let the server kill the process and report its exit status."""
        control = self.server.control
        try:
            if not select.select([control], [], [], patience)[0]:
                control.sendall(_END)
            status = int(receive(control))
        except OSError:
            self.server.close()
            return -signal.SIGKILL  # the server has ended, which kills the process
        _idle.append(self.server)
        return status


class _Spawned(_Started):
    """A notebook's process, started as a new Python."""

    def __init__(self, memory: int | None) -> None:
        super().__init__()
        self.wait_on: tuple[Connection | socket.socket, ...] = (self.wire,)
        try:
            files = self._files_there
            self.process = _python(f"run_at({', '.join(map(str, files))}, {memory})", *files)
        finally:
            self._close_there()

    def _end(self, patience: float) -> int:
        """Wait, then kill the process and its group."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        return self.process.wait()


# ----------------------------------------------------- in the server and in the notebook's process


def serve_at(control: int) -> None:
    """Run a server in this process; `control` is the file descriptor of its socket.

    Parameters
    ----------
    control
        A socket that `_Server` listens and speaks at.
    """
    _serve(socket.socket(fileno=control), None)


def run_at(requests: int, wire: int, printed: int, memory: int | None) -> None:
    """Run a notebook in this process; the first three are file descriptors.

    Parameters
    ----------
    requests
        Where its cells come from.
    wire
        Where its messages go.
    printed
        The memory that collects what it prints.
    memory
        How many bytes it may use on top of what it starts with; None for no limit.
    """
    from reportkit.engine import shell

    os.setsid()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    for file in (requests, wire, printed):
        os.set_inheritable(file, False)
    app = shell.prepare()
    shell.run(app, socket.socket(fileno=requests), Connection(wire, readable=False), printed, memory=memory)


def _end_with(parent: int) -> None:
    """Kill this process and what it has started once its parent has ended, even in the middle of a cell."""
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os.killpg(0, signal.SIGKILL)


def _serve(control: socket.socket, before_each: Callable[[], object] | None) -> None:
    """Fork processes for notebooks until the other end of `control` is closed."""
    from reportkit.engine import shell

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # if it is ignored, as it may be inherited, no exit status is kept
    _prctl(_SET_CHILD_SUBREAPER, 1)  # adopts the processes that a notebook leaves running
    app = shell.prepare()
    gc.collect()
    gc.freeze()  # pages that the collector never visits stay shared with every fork
    with suppress(OSError):
        while True:
            order, fds, _, _ = socket.recv_fds(control, 1, 3, socket.MSG_CMSG_CLOEXEC)
            if order == _END:
                continue  # the notebook's process had already ended
            if not fds:
                return
            settings = receive(control)
            if before_each is not None:
                before_each()
            pid = os.fork()
            if pid == 0:
                _become(app, control, settings, fds)
            for fd in fds:
                os.close(fd)
            send(control, _watched(pid, control))


def _become(app: Any, control: socket.socket, settings: dict[str, Any], fds: Sequence[int]) -> None:
    """Run a notebook in this forked process."""
    from reportkit.engine import shell

    try:
        _prctl(_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        control.close()
        os.environ.clear()
        os.environ.update(settings["environment"])
        time.tzset()
        os.chdir(settings["folder"])
        requests, wire = socket.socket(fileno=fds[0]), Connection(fds[1], readable=False)
        shell.run(app, requests, wire, fds[2], memory=settings["memory"])
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(1)


def _watched(pid: int, control: socket.socket) -> int:
    """Wait until a forked process ends or is to be killed, kill what it left running, and return its exit status."""
    watch = os.pidfd_open(pid)
    ready, _, _ = select.select([watch, control.fileno()], [], [])
    os.close(watch)
    # Either the process is to end, or the other end of the socket is closed, which the next order will show.
    if control.fileno() in ready:
        control.recv(1)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)  # it may not have its own group yet; harmless if it has ended
    _, status = os.waitpid(pid, 0)
    _end_children()
    return os.waitstatus_to_exitcode(status)


def _end_children() -> None:
    """Kill what a notebook left running: with their parent gone, its processes are children of this one."""
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    with suppress(OSError):
        while children := [int(child) for child in own.read_text(encoding="ascii").split()]:
            for child in children:
                os.kill(child, signal.SIGKILL)
            for child in children:
                os.waitpid(child, 0)


def _prctl(option: int, value: int) -> None:
    """Call prctl(2), which Python does not wrap."""
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)

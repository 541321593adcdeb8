"""``reportkit`` in processes forked from one that has imported everything, where a test needs the program but not its start.

To start Python, to import what a report needs, and to do so again in the server that forks the workers takes three seconds,
and nothing in it differs from test to test. So one process for each of pytest's workers imports it once, in `_serve`, and
each command is a fork of it: a session and standard streams of its own, the environment, folder and signals that it would
have been started with, the same processes below it. It ends like any program, with what Python does at its exit.

Tests of what happens at the start (`python -m reportkit`, the fork server killed, too little memory) start it as it is.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import importlib
import io
import json
import multiprocessing.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

__all__ = ["WarmCommand", "can_be_warm", "warm_program"]

# What Python asks for when it starts, and not again.
_ASKED_AT_THE_START = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_")
_MODULES = (
    "reportkit.build.warm",
    "reportkit.cli",
    "reportkit.build.batch",
    "reportkit.build.run",
    "pebble",
    "rich.progress",
)
# Where the function `main` is of what can be forked.
_PROGRAMS = {"reportkit": "reportkit.cli", "dask": "dask.__main__"}
_ASKED_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LONGEST_REQUEST = 1 << 20
# The program that scripts run: it has a command forked with its own standard streams, and ends as that ends.
_PROGRAM = """\
#!{python} -ISs
import json, os, socket, sys
asked = socket.socket(socket.AF_UNIX)
asked.connect("\\0" + {address!r})
told = {{"program": "reportkit", "arguments": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd(), "constants": {{}}, "ignored": []}}
request = json.dumps(told).encode()
socket.send_fds(asked, [len(request).to_bytes(4, "big") + request], [0, 1, 2])
_, status = map(int, asked.makefile())
sys.exit(status if status >= 0 else 128 - status)
"""


def can_be_warm(environment: Mapping[str, str]) -> bool:
    """Whether a command with these variables besides the tests' own does the same when it is forked."""
    return sys.platform == "linux" and not any(name.startswith(_ASKED_AT_THE_START) for name in environment)


class WarmCommand:
    """A command that runs, with the part of `subprocess.Popen` that tests use."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path | None = None,
        constants: Mapping[str, float] = {},
        ignored: Collection[int] = (),
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        stdin: int | None = None,
        program: str = "reportkit",
    ) -> None:
        self.args = [program, *arguments]
        self.returncode: int | None = None
        self._said = b""
        self._asked, there = socket.socketpair()
        self.stdout, out = _stream(stdout)
        self.stderr, error = _stream(stderr)
        null = os.open(os.devnull, os.O_RDWR)
        told = {
            "program": program,
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(folder or Path.cwd()),
            "constants": dict(constants),
            "ignored": [int(number) for number in ignored],
        }
        with there:
            socket.send_fds(_server(), [b"x"], [there.fileno()])
        request = json.dumps(told).encode()
        files = [
            null if file == subprocess.DEVNULL else file for file in (null if stdin is None else stdin, out, error)
        ]
        socket.send_fds(self._asked, [len(request).to_bytes(4, "big") + request], files)
        for file in {null, *([out] if self.stdout else []), *([error] if self.stderr else [])}:
            os.close(file)
        self.pid = self._number()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; its exit status, or minus the number of the signal that ended it."""
        if self.returncode is None:
            try:
                self.returncode = self._number(timeout)
            except TimeoutError:
                raise subprocess.TimeoutExpired(self.args, timeout or 0) from None
            self._asked.close()
        return self.returncode

    def _number(self, timeout: float | None = None) -> int:
        """The next line that the server says of it."""
        self._asked.settimeout(timeout)
        while not self._said.endswith(b"\n"):
            piece = self._asked.recv(1)
            assert piece, "the process has ended from which commands are forked"
            self._said += piece
        number, self._said = int(self._said), b""
        return number

    def poll(self) -> int | None:
        """Its exit status if it has ended."""
        try:
            return self.wait(0.001)
        except subprocess.TimeoutExpired:
            return None

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read what it says, to the end, and wait for it."""
        said = {"stdout": "", "stderr": ""}

        def read(name: str, stream: IO[str]) -> None:
            said[name] = stream.read()

        streams = {"stdout": self.stdout, "stderr": self.stderr}
        reading = [
            threading.Thread(target=read, args=(name, stream), daemon=True)
            for name, stream in streams.items()
            if stream
        ]
        for thread in reading:
            thread.start()
        self.wait(timeout)
        for thread in reading:
            thread.join(timeout)
            if thread.is_alive():  # a process that it has left behind holds the stream
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        self.close()
        return said["stdout"], said["stderr"]

    def send_signal(self, number: int) -> None:
        """Send a signal unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it alone."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Close its streams."""
        for stream in (self.stdout, self.stderr):
            if stream:
                stream.close()


def _stream(given: int) -> tuple[IO[str] | None, int]:
    """What is read from, and what the command writes to."""
    if given != subprocess.PIPE:
        return None, given
    here, there = os.pipe()
    return os.fdopen(here, encoding="utf-8"), there


@cache
def _server() -> socket.socket:
    """The process that all are forked from; it ends with this one."""
    here, there = socket.socketpair()
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import warm; warm._serve({there.fileno()})"
    )
    with there:
        server = subprocess.Popen(
            [sys.executable, "-c", f"{program}; warm._main()"], stdin=subprocess.DEVNULL, pass_fds=[there.fileno()]
        )

    def end() -> None:
        here.close()
        server.wait()

    atexit.register(end)
    return here


def warm_program(folder: Path) -> Path:
    """A program for scripts in `folder`, called reportkit: each time it is run, it is a command forked from a warm process."""
    path = folder / "reportkit"
    path.write_text(_PROGRAM.format(python=sys.executable, address=_address()), encoding="utf-8")
    path.chmod(0o755)
    return path


@cache
def _address() -> str:
    """Where programs ask for a command, among the abstract addresses of Linux."""
    server, listening = _server(), socket.socket(socket.AF_UNIX)
    address = f"reportkit-tests-{os.getpid()}"
    listening.bind(f"\0{address}")
    listening.listen()

    def pass_on() -> None:
        while True:
            asked, _ = listening.accept()
            with asked:
                socket.send_fds(server, [b"x"], [asked.fileno()])

    threading.Thread(target=pass_on, daemon=True).start()
    return address


# ------------------------------------------------------------------- the server


def _serve(number: int) -> None:
    """Fork a command for each request; comes back in the process that is to be the command."""
    for module in _MODULES:
        importlib.import_module(module)
    _make_chart_library()
    gc.freeze()  # so that no command copies, looking for garbage, what all have in common
    control = socket.socket(fileno=number)
    # Whoever presses Ctrl-C means the tests, which end this process when they do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        _, files, *_ = socket.recv_fds(control, 1, 1)
        if not files:
            _vanish()
        if os.fork() == 0:
            control.close()
            asked = socket.socket(fileno=files[0])
            break
        os.close(files[0])
    # This process waits for the command, and tells how it ends.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, files, *_ = socket.recv_fds(asked, _LONGEST_REQUEST, 3)
    length = int.from_bytes(request[:4], "big")
    while len(request) < 4 + length:
        request += asked.recv(_LONGEST_REQUEST)
    if pid := os.fork():
        for file in files:
            os.close(file)
        with suppress(OSError):  # nobody may wait for it any more
            asked.sendall(f"{pid}\n".encode())
            _, status = os.waitpid(pid, 0)
            asked.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        _vanish()
    asked.close()
    _become(json.loads(request[4:]), files)


def _make_chart_library() -> None:
    """Make once what every new output gets: the chart library, for which a JavaScript engine of many threads is started.

    A process that has threads must not fork, so another one makes it.
    """
    from reportkit.publish import charts

    here, there = os.pipe()
    if os.fork() == 0:
        os.close(here)
        with os.fdopen(there, "wb") as made:
            made.write(charts.library().encode())
        _vanish()
    os.close(there)
    with os.fdopen(here, encoding="utf-8") as made_there:
        text = made_there.read()
    os.wait()
    charts.library = lambda: text  # type: ignore[assignment]


def _vanish() -> NoReturn:
    """End at once, as if it had never been."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _become(told: dict[str, Any], files: list[int]) -> None:
    """Make this process what it would be if it had been started."""
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        before = getattr(sys, name)
        raw = io.FileIO(number, "w" if number else "r", closefd=False)
        raw.name = f"<{name}>"
        binary: Any = io.BufferedWriter(raw) if number else io.BufferedReader(raw)
        text = io.TextIOWrapper(binary, before.encoding, before.errors, line_buffering=number == 2)
        setattr(sys, name, text)
    for asked_to_end in _ASKED_TO_END:
        default = signal.default_int_handler if asked_to_end == signal.SIGINT else signal.SIG_DFL
        signal.signal(asked_to_end, signal.SIG_IGN if asked_to_end in told["ignored"] else default)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    tempfile.tempdir = None
    sys.argv = [told["program"], *told["arguments"]]
    for name, value in told["constants"].items():
        module, _, constant = name.rpartition(".")
        assert hasattr(importlib.import_module(module), constant), name
        setattr(sys.modules[module], constant, value)
    _keep_fork_server_ready()


def _keep_fork_server_ready() -> None:
    """Fork what is to be the server of multiprocessing's workers, while no thread is there; it need not import anything."""
    here, there = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        here.close()
        _be_fork_server(there)
    there.close()
    start: Callable[..., int] = multiprocessing.util.spawnv_passfds
    waiting = [here]

    def start_or_wake(path: bytes, arguments: list[str], passed: Sequence[int]) -> int:
        *_, program = arguments
        if not waiting or "multiprocessing.forkserver" not in program:
            return start(path, arguments, passed)
        told = json.dumps({"program": program, "numbers": [*passed], "environment": dict(os.environ)}).encode()
        with waiting.pop() as ready:
            socket.send_fds(ready, [told], [*passed])
        return pid

    multiprocessing.util.spawnv_passfds = start_or_wake  # type: ignore[assignment]


def _be_fork_server(asked: socket.socket) -> NoReturn:
    """Wait until a server is needed, and be it, with no more files than it is given; or end with the command."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # as it is when the server is started
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.closerange(3, asked.fileno())
    os.closerange(asked.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
    request, files, *_ = socket.recv_fds(asked, _LONGEST_REQUEST, 8)
    if not request:
        _vanish()
    told = json.loads(request)
    # To where none of the numbers is that they are to have.
    apart = [fcntl.fcntl(file, fcntl.F_DUPFD, 100 + max(told["numbers"])) for file in files]
    asked.close()
    os.closerange(3, 100)
    for file, number in zip(apart, told["numbers"], strict=True):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(told["environment"])
    try:
        exec(told["program"], {})
    except SystemExit:
        pass
    finally:
        os._exit(0)


def _main() -> NoReturn:
    """Be the command, and end with what Python does at its exit, but for taking apart all modules, which takes 0.3 s."""
    status: object = 0
    try:
        importlib.import_module(_PROGRAMS[sys.argv[0]]).main()
    except SystemExit as end:
        status = end.code
    except Exception:
        traceback.print_exc()
        status = 1
    if isinstance(status, str):
        print(status, file=sys.stderr)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))

"""Running another program within limits of time and memory; it never goes on when reportkit has ended."""

# This file is also run as a program of its own, beside the program that it guards: it imports nothing of reportkit.
from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["run_guarded"]

_TIME_UP, _ABANDONED, _NO_PROGRAM = 124, 125, 127
_LARGEST_FILE = 256 << 20


def run_guarded(
    command: Sequence[str | Path], *, seconds: float, memory: int, variables: Mapping[str, str] | None = None
) -> int:
    """Run a program that may hang, take what memory there is, or start others.

    It is killed with all that it has started when its time is up, when this process ends, however that ends, and when
    it ends itself. What it prints is not kept.

    Parameters
    ----------
    command
        The program and its arguments.
    seconds
        How long it may take.
    memory
        How many bytes of data each of its processes may have. Not every system enforces it.
    variables
        Environment variables that it gets besides this process's own.

    Returns
    -------
    int
        Its exit status.

    Raises
    ------
    TimeoutError
        If its time was up.
    OSError
        If it cannot be started.

    Examples
    --------
    >>> run_guarded([sys.executable, "-c", "raise SystemExit(3)"], seconds=60, memory=1 << 30)
    3
    """
    guarded = [sys.executable, "-I", "-S", __file__, str(seconds), str(memory), *map(str, command)]
    quiet = subprocess.DEVNULL
    # The guard reads its input, which ends with this process.
    environment = {**os.environ, **(variables or {})}
    with subprocess.Popen(  # noqa: S603
        guarded, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, env=environment
    ) as guard:
        status = guard.wait()
    if status in (_TIME_UP, _NO_PROGRAM):
        from reportkit.system.language import Message
    if status == _TIME_UP:
        raise TimeoutError(Message("took longer than {seconds:g} seconds", seconds=seconds))
    if status == _NO_PROGRAM:
        raise OSError(Message("{command} cannot be started", command=command[0]))
    return status


def _guard(seconds: float, memory: int, command: Sequence[str]) -> int:
    """Run a program, and end it with all that it has started when it must end."""
    _confine(memory)
    quiet = subprocess.DEVNULL
    try:
        program = subprocess.Popen(  # noqa: S603
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError:
        return _NO_PROGRAM

    def end_when_abandoned() -> None:
        sys.stdin.buffer.read()
        _end(program)
        os._exit(_ABANDONED)

    threading.Thread(target=end_when_abandoned, daemon=True).start()
    try:
        return program.wait(seconds) & 0xFF
    except subprocess.TimeoutExpired:
        return _TIME_UP
    finally:
        _end(program)


def _confine(memory: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    # On Linux only a process's own data is limited: reserved address space does no harm.
    limits = {resource.RLIMIT_FSIZE: _LARGEST_FILE} | (
        {resource.RLIMIT_DATA: memory} if sys.platform == "linux" else {}
    )
    for kind, limit in limits.items():
        _, highest = resource.getrlimit(kind)
        with suppress(ValueError, OSError):  # the system does not enforce it
            resource.setrlimit(kind, (limit if highest < 0 else min(limit, highest), highest))


def _end(program: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            program.kill()
        else:
            os.killpg(program.pid, signal.SIGKILL)


if __name__ == "__main__":
    end = _guard(float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    os._exit(end)

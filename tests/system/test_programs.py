"""A program of others runs within limits, and never goes on when reportkit has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from processes import runs, until
from reportkit.system.programs import run_guarded

MIB = 1 << 20
# Starts a process, notes both, and hangs.
HANG = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(sys.argv[1] + ".part", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(600)
"""


def started(path: Path) -> list[int]:
    """The processes that a program noted in a file."""
    until(path.exists, "the program has noted its processes")
    return list(map(int, path.read_text(encoding="utf-8").split()))


def all_end(pids: list[int]) -> None:
    until(lambda: not any(map(runs, pids)), "the processes have ended")


def test_a_program_s_status_is_returned() -> None:
    for status in (0, 3):
        assert (
            run_guarded([sys.executable, "-c", f"raise SystemExit({status})"], seconds=60, memory=500 * MIB) == status
        )


def test_a_program_gets_variables() -> None:
    program = "import os, sys; sys.exit(os.environ['WORD'] != 'there' or 'PATH' not in os.environ)"
    assert run_guarded([sys.executable, "-c", program], seconds=60, memory=500 * MIB, variables={"WORD": "there"}) == 0


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be started"):
        run_guarded([tmp_path / "none"], seconds=60, memory=500 * MIB)


def test_a_program_and_what_it_started_end_when_time_is_up(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError, match="took longer than 2 seconds"):
        run_guarded([sys.executable, "-c", HANG, tmp_path / "pids"], seconds=2, memory=500 * MIB)
    if (tmp_path / "pids").exists():  # not on a machine that took two seconds to start it
        all_end(started(tmp_path / "pids"))


def test_what_a_program_leaves_running_ends_with_it(tmp_path: Path) -> None:
    leave = HANG.replace("time.sleep(600)\n", "")
    assert run_guarded([sys.executable, "-c", leave, tmp_path / "pids"], seconds=60, memory=500 * MIB) == 0
    all_end(started(tmp_path / "pids"))


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="processes are killed otherwise here")
def test_a_program_ends_when_the_process_that_ran_it_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys; from reportkit.system.programs import run_guarded;"
        "run_guarded([sys.executable, '-c', *sys.argv[1:]], seconds=600, memory=500 << 20)"
    )
    caller = subprocess.Popen([sys.executable, "-c", program, HANG, str(tmp_path / "pids")])
    pids = started(tmp_path / "pids")
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    all_end(pids)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is not limited here")
def test_a_program_s_memory_is_limited() -> None:
    program = [sys.executable, "-c", "bytearray(300 << 20)"]
    assert run_guarded(program, seconds=60, memory=200 * MIB) == 1
    assert run_guarded(program, seconds=60, memory=500 * MIB) == 0

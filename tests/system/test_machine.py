"""What the machine says of itself, and how a process is limited."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from reportkit.system.machine import confine_memory, cores, ending, is_running


def test_the_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7}, raising=False)
    assert cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert cores() == 4
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "exit status 0"), (3, "exit status 3"), (-9, "SIGKILL"), (-11, "SIGSEGV"), (-120, "signal 120")],
)
def test_the_end_of_a_process_is_put_into_words(status: int, words: str) -> None:
    assert ending(status) == words


def test_memory_is_limited_on_top_of_what_a_process_uses() -> None:
    program = (
        "from reportkit.system.machine import confine_memory\n"
        "before = bytearray(300 << 20)\n"
        "confine_memory(200 << 20)\n"
        "within = bytearray(150 << 20)\n"
        "try:\n    bytearray(100 << 20)\nexcept MemoryError:\n    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The limits that are set, without setting them."""
    import resource

    found: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: found.append(limit))
    return found


def test_a_limit_that_is_lower_already_stays(limits: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (-1, 50))
    confine_memory(100 << 20)
    assert limits == [(50, 50)]


def test_where_the_system_does_not_say_how_much_is_used_four_gibibytes_are_assumed(
    limits: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource
    from pathlib import Path

    monkeypatch.setattr(resource, "getrlimit", lambda _: (-1, -1))
    monkeypatch.setattr(Path, "exists", lambda _: False)
    confine_memory(100 << 20)
    assert limits == [((4 << 30) + (100 << 20), -1)]


def test_windows_has_no_such_limit(limits: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    confine_memory(100 << 20)
    assert limits == []


def test_a_process_runs_until_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_running(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "pass"]) as ended:
        ended.wait()
    assert not is_running(ended.pid)
    assert not is_running(10**30)

    def refuse(pid: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert is_running(1)


def test_on_windows_no_process_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("it would end the process"))
    assert is_running(os.getpid())

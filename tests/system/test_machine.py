"""What the machine says of itself, and how a process is limited."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from reportkit.system.machine import allowed, confine_memory, cores, ending, is_running, memory
from system.containers import write_cgroup


def test_the_cores_are_those_that_this_process_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7}, raising=False)
    assert cores(tmp_path) == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert cores(tmp_path) == 4
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores(tmp_path) == 1


@pytest.mark.parametrize(("quota", "number"), [(0.2, 1), (1.0, 1), (1.5, 2), (3.0, 3), (16.0, 8), (None, 8)])
def test_a_container_s_quota_lowers_the_cores_and_part_of_a_core_is_one(
    quota: float | None, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    if quota is not None:
        write_cgroup(tmp_path, **{"cpu.max": f"{int(quota * 100_000)} 100000\n"})
    assert cores(tmp_path) == number


def test_the_memory_is_the_machine_s_or_the_container_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert memory(tmp_path) == 4_096_000
    write_cgroup(tmp_path, **{"memory.max": "9000000"})
    assert memory(tmp_path) == 4_096_000
    write_cgroup(tmp_path, **{"memory.max": "2000000"})
    assert memory(tmp_path) == 2_000_000


def test_where_nobody_says_how_much_memory_there_is_it_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sysconf")
    assert memory(tmp_path) is None


@pytest.mark.parametrize(
    ("limit", "said", "afterwards"),
    [
        ((-1, -1), None, None),
        ((500, 500), None, None),
        ((99, 500), None, (100, 500)),
        ((99, -1), None, (100, -1)),
        ((50, 99), 99, (99, 99)),
        ((50, 50), 50, (50, 50)),
    ],
)
def test_a_limit_is_raised_as_far_as_it_may_be(
    limit: tuple[int, int],
    said: int | None,
    afterwards: tuple[int, int] | None,
    limits: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: limit)
    assert allowed("AS", 100) == said
    assert limits == ([] if afterwards is None else [afterwards])


def test_a_limit_that_cannot_be_raised_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (50, 200))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert allowed("DATA", 100) == 50
    monkeypatch.setattr(sys, "platform", "darwin")
    assert allowed("DATA", 100) is None


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
    found: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: found.append(limit))
    return found


def test_a_limit_that_is_lower_already_stays(limits: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (-1, 50))
    confine_memory(100 << 20)
    assert limits == [(50, 50)]


def test_where_the_system_does_not_say_how_much_is_used_four_gibibytes_are_assumed(
    limits: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
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

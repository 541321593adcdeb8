"""A build takes what its machine or container has, and says what is too little before it begins."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.projects import write_small_project
from reportkit.build.capacity import MachineError, capacity, require_limits
from reportkit.build.one_report import Limits
from system.containers import write_cgroup

MIB, GIB = 1 << 20, 1 << 30


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A container on a large machine: 8 cores, 64 GiB."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    pages = {"SC_PHYS_PAGES": 16 << 20, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    return tmp_path


def test_where_there_is_enough_nothing_is_less_and_nothing_is_said(container: Path) -> None:
    found = capacity(Limits(), None, 100, root=container)
    assert (found.jobs, found.limits, found.notes) == (8, Limits(), ())


def test_there_are_no_more_at_once_than_there_are_reports(container: Path) -> None:
    assert capacity(Limits(), None, 3, root=container).jobs == 3
    assert capacity(Limits(), 6, 3, root=container).jobs == 3


def test_cores_follow_the_container(container: Path) -> None:
    write_cgroup(container, **{"cpu.max": "250000 100000"})
    assert capacity(Limits(), None, 100, root=container).jobs == 3
    assert capacity(Limits(), 5, 100, root=container).jobs == 5


def test_fewer_are_built_at_once_where_memory_would_not_last(container: Path) -> None:
    write_cgroup(container, **{"memory.max": str(2 * GIB)})
    found = capacity(Limits(), None, 100, root=container)
    assert (found.jobs, found.limits.memory) == (2, 724 * MIB)
    assert found.notes == ("building 2 at once, and not 8: there are 2 GiB of memory",)


def test_a_limit_that_is_asked_for_and_cannot_be_given_is_said(container: Path) -> None:
    write_cgroup(container, **{"memory.max": str(2 * GIB)})
    found = capacity(Limits(memory=4 * GIB), 2, 100, root=container)
    assert (found.jobs, found.limits.memory) == (2, 724 * MIB)
    assert found.notes == (
        "each notebook may take 724 MiB of memory, and not 4 GiB: there are 2 GiB, and 2 run at once",
    )


def test_a_small_container_builds_one_at_a_time_and_says_what_a_notebook_may_take(container: Path) -> None:
    write_cgroup(container, **{"memory.max": str(512 * MIB)})
    found = capacity(Limits(), None, 100, root=container)
    assert (found.jobs, found.limits.memory) == (1, 112 * MIB)
    assert found.notes[1].startswith("each notebook may take 112 MiB of memory, and not 2 GiB")


def test_what_is_too_little_for_one_report_is_said_with_what_is_needed(container: Path) -> None:
    write_cgroup(container, **{"memory.max": str(499 * MIB)})
    for jobs in (None, 1, 8):
        with pytest.raises(MachineError) as refused:
            capacity(Limits(), jobs, 100, root=container)
        assert str(refused.value) == "there are 499 MiB of memory here, and building a report needs 500 MiB"


def test_what_is_too_little_for_the_jobs_asked_for_is_said_with_how_many_fit(container: Path) -> None:
    write_cgroup(container, **{"memory.max": str(GIB)})
    with pytest.raises(MachineError) as refused:
        capacity(Limits(), 8, 100, root=container)
    assert str(refused.value) == "--jobs 8 needs 2.54 GiB of memory, and there are 1 GiB: --jobs 2 fits"
    assert capacity(Limits(), 2, 100, root=container).jobs == 2
    assert capacity(Limits(), 8, 2, root=container).jobs == 2


def test_no_limit_stays_none(container: Path) -> None:
    write_cgroup(container, **{"memory.max": str(GIB)})
    found = capacity(Limits(memory=0), None, 100, root=container)
    assert (found.jobs, found.limits.memory) == (1, 0)


def test_small_notebooks_leave_room_for_more_at_once(container: Path) -> None:
    write_cgroup(container, **{"memory.max": str(2 * GIB)})
    found = capacity(Limits(memory=100 * MIB), None, 100, root=container)
    assert (found.jobs, found.limits.memory) == (6, 100 * MIB)


def test_where_the_machine_does_not_say_what_it_has_the_limits_stay(
    container: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sysconf")
    assert capacity(Limits(), None, 100, root=container).limits == Limits()


@given(
    available=st.integers(0, 1 << 36),
    limit=st.integers(0, 1 << 35),
    jobs=st.none() | st.integers(1, 100),
    reports=st.integers(1, 100),
)
def test_what_a_build_takes_is_never_more_than_there_is(
    available: int, limit: int, jobs: int | None, reports: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.getbasetemp() / "container"
    write_cgroup(root, **{"memory.max": str(max(1, available))})
    try:
        found = capacity(Limits(memory=limit), jobs, reports, root=root)
    except MachineError:
        return
    assert 1 <= found.jobs <= reports
    assert found.limits.memory <= limit
    assert (200 + found.jobs * 200) * MIB + found.jobs * found.limits.memory <= max(1, available)


# ---------------------------------------------------------------------- ulimit


def limited(kind: int, size: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """``reportkit`` under a limit that cannot be raised again."""
    return subprocess.run(
        [sys.executable, "-m", "reportkit", *map(str, arguments)],
        preexec_fn=lambda: resource.setrlimit(kind, (size, size)),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


@pytest.mark.parametrize(
    ("kind", "size", "said"),
    [
        (resource.RLIMIT_AS, 1 * GIB, "ulimit -v allows a process 1 GiB of address space, and drawing charts reserves 66 GiB"),
        (resource.RLIMIT_AS, 4 * GIB, "ulimit -v allows a process 4 GiB of address space"),
        (resource.RLIMIT_AS, 60 * GIB, "ulimit -v allows a process 60 GiB of address space"),
        (resource.RLIMIT_DATA, 300 * MIB, "ulimit -d allows a process 300 MiB of data, and building needs 700 MiB"),
    ],
)  # fmt: skip
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces these limits")
def test_a_limit_that_is_too_low_is_said_in_a_line_before_anything_is_built(
    kind: int, size: int, said: str, tmp_path: Path
) -> None:
    root = write_small_project(tmp_path / "project", 2)
    done = limited(kind, size, "build", "--project", root)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {said}")
    assert len(done.stderr.splitlines()) == 1
    assert list((root / "output").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces these limits")
def test_a_limit_that_may_be_raised_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (GIB // 4, -1))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: raised.append(limit))
    require_limits()
    assert raised == [(66 * GIB, -1), (700 * MIB, -1)]

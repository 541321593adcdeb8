"""What is asked of the machine."""

from __future__ import annotations

import os

import pytest

from reportkit.system.machine import cores, ending


def test_the_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7}, raising=False)
    assert cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert cores() == 4
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [(0, "exit status 0"), (3, "exit status 3"), (-9, "SIGKILL"), (-11, "SIGSEGV"), (-120, "signal 120")],
)
def test_the_end_of_a_process_is_told_in_words(status: int, said: str) -> None:
    assert ending(status) == said

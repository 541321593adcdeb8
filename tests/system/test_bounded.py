"""A nasty item costs only itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportkit.intake import bounded
from reportkit.system.bounded import Refusal, run_bounded
from system.acts import act

MIB = 1 << 20


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("sleep", "took longer than 1 seconds"),
        ("spin", "took longer than 1 seconds"),
        ("eat", "took more than 500 MiB of memory"),
        ("killed", "ended the process that read it (SIGKILL)"),
        ("exit", "ended the process that read it (exit status 3)"),
        ("quit", "SystemExit: 示例：离开"),
        ("input error", "示例.html: 无法 读取"),
        ("error", "ValueError: 第一行 第二行"),
        ("silent error", "RuntimeError"),
    ],
)
def test_a_nasty_item_is_refused_in_one_line_and_costs_only_itself(item: str, message: str) -> None:
    items = ["a", item, "b", "c"]
    assert list(run_bounded(act, items, jobs=1, timeout=1)) == [
        ("a", "A"),
        (item, Refusal(message)),
        ("b", "B"),
        ("c", "C"),
    ]


def test_a_result_that_cannot_be_handed_back_is_refused() -> None:
    ((_, refusal), after) = run_bounded(act, ["unpicklable", "a"], jobs=1)
    assert isinstance(refusal, Refusal)
    assert "pickle" in refusal.message
    assert after == ("a", "A")


def test_what_an_item_needs_it_may_take() -> None:
    assert dict(run_bounded(act, ["taste"], jobs=1)) == {"taste": 100 * MIB}


def test_results_come_in_the_order_of_the_items_and_items_are_taken_as_needed() -> None:
    taken = []

    def items() -> Iterator[str]:
        for number in range(200):
            taken.append(number)
            yield str(number)

    results = run_bounded(act, items(), jobs=2)
    assert next(results) == ("0", "0")
    assert len(taken) < 100
    assert [item for item, _ in results] == [str(number) for number in range(1, 200)]


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(run_bounded(act, [])) == []


def test_a_caller_who_stops_does_not_wait_for_what_runs() -> None:
    started = time.monotonic()
    results = run_bounded(act, ["a", "sleep", "spin"], jobs=2, timeout=60)
    assert next(results) == ("a", "A")
    results.close()
    assert time.monotonic() - started < 10


def test_a_broken_pool_is_replaced_and_no_item_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import Future
    from concurrent.futures.process import BrokenProcessPool

    workers = bounded._Workers(act, 1, 10, 500 * MIB)
    broken: Future[object] = Future()
    broken.set_exception(BrokenProcessPool("all gone"))
    assert workers.give("a").result() == "A"
    workers.stop()
    assert workers.outcome("b", broken) == ("b", "B")
    monkeypatch.setattr(workers, "_schedule", lambda item: broken)
    assert workers.outcome("c", broken) == ("c", Refusal("no process could be started to read it"))
    workers.stop()


def test_an_interrupt_stops_at_once(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import time\n"
        "from reportkit.system.bounded import run_bounded\n"
        "if __name__ == '__main__':\n"
        "    print('begun', flush=True)\n"
        "    for _ in run_bounded(time.sleep, [60] * 8, jobs=2, timeout=60):\n"
        "        pass\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(1)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=20)
    assert time.monotonic() - started < 4
    assert "KeyboardInterrupt" in complaints
    assert process.returncode != 0


def test_the_limit_is_on_top_of_what_a_worker_has(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    limits = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (-1, -1))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: limits.append(limit))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    bounded._confine(100 * MIB, act)
    assert limits[0][0] > 100 * MIB
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert bounded._address_space() == 4 << 30


def test_what_a_worker_does_with_each_kind_of_end(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []
    monkeypatch.setattr(os, "_exit", ended.append)
    assert bounded._attempt(act, "a") == "A"
    assert bounded._attempt(act, "input error") == Refusal("示例.html: 无法 读取")
    assert bounded._attempt(act, "quit") == Refusal("SystemExit: 示例：离开")
    assert bounded._attempt(act, "memory") is None
    assert ended == [bounded._OUT_OF_MEMORY]


def test_windows_has_no_such_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(bounded, "_address_space", lambda: pytest.fail("asked for"))
    bounded._confine(MIB, act)

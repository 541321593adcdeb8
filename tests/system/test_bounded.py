"""A bad call fails alone, whatever it does to its process."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from processes import until
from reportkit.system.bounded import PoolError, Refusal, TaskError, UnstartedError, WorkerPool, in_one_line, run_bounded
from reportkit.system.errors import InputError
from system.acts import MIB, act, always_fail, fail_at_first


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("sleep", "took longer than 2 seconds"),
        ("spin", "took longer than 2 seconds"),
        ("allocate 900 MiB", "took more than 500 MiB of memory"),
        ("killed", "its process ended (SIGKILL)"),
        ("exit", "its process ended (exit status 3)"),
        ("quit", "SystemExit: 示例：离开"),
        ("input error", "示例.html: 无法 读取"),
        ("error", "ValueError: 第一行 第二行"),
        ("silent error", "RuntimeError"),
        ("unpicklable error", "UnpicklableError: one and another"),
    ],
)
def test_a_bad_item_is_refused_in_one_line_and_the_others_are_done(item: str, message: str) -> None:
    items = ["a", item, "b", "c"]
    assert list(run_bounded(act, items, jobs=1, timeout=2)) == [
        ("a", "A"),
        (item, Refusal(message)),
        ("b", "B"),
        ("c", "C"),
    ]


def test_a_result_that_cannot_be_pickled_is_refused() -> None:
    ((_, refusal), after) = run_bounded(act, ["unpicklable result", "a"], jobs=1)
    assert isinstance(refusal, Refusal)
    assert "pickle" in refusal.message
    assert after == ("a", "A")


def test_an_item_may_use_memory_up_to_the_limit() -> None:
    assert dict(run_bounded(act, ["allocate 100 MiB"], jobs=1)) == {"allocate 100 MiB": 100 * MIB}


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


def test_no_items_give_no_results() -> None:
    assert list(run_bounded(act, [])) == []


def test_a_caller_who_stops_does_not_wait_for_what_runs() -> None:
    results = run_bounded(act, ["a", "sleep", "spin"], jobs=2, timeout=600)
    assert next(results) == ("a", "A")
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 30  # "sleep" alone takes 60


def test_an_interrupt_stops_at_once(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import signal, time\n"
        "from pathlib import Path\n"
        "from reportkit.system.bounded import run_bounded\n"
        "def work(number):\n"
        f"    Path({str(tmp_path)!r}, f'begun-{{number}}').touch()\n"
        "    time.sleep(600)\n"
        "if __name__ == '__main__':\n"
        "    signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored where the tests are run\n"
        "    for _ in run_bounded(work, range(8), jobs=2, timeout=600):\n"
        "        pass\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([sys.executable, program], stderr=subprocess.PIPE, text=True)
    until(lambda: len(list(tmp_path.glob("begun-*"))) == 2, "both processes work")
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=60)
    assert complaints.rstrip().endswith("KeyboardInterrupt")
    assert process.returncode != 0


# --------------------------------------------------------------------- the pool


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    made = WorkerPool(1)
    yield made
    made.stop()


def test_a_pool_calls_functions_in_another_process_and_replaces_it_when_it_dies(pool: WorkerPool) -> None:
    first = pool.submit(os.getpid, 60.0).result()
    assert first != os.getpid()
    with pytest.raises(TaskError, match=r"its process ended \(SIGKILL\)"):
        pool.submit(signal.raise_signal, 60.0, signal.SIGKILL).result()
    with pytest.raises(TaskError, match=r"took longer than 0.5 seconds"):
        pool.submit(time.sleep, 0.5, 100).result()
    assert pool.submit(os.getpid, 60.0).result() not in (first, os.getpid())


def test_a_process_that_is_killed_while_it_has_nothing_to_do_is_replaced(pool: WorkerPool) -> None:
    for _ in range(3):
        os.kill(pool.submit(os.getpid, 60.0).result(), signal.SIGKILL)
    assert pool.submit(act, 60.0, "a").result() == "A"


def test_a_task_that_had_no_turn_gets_another(tmp_path: Path) -> None:
    pool = WorkerPool(1, initializer=partial(fail_at_first, tmp_path / "started"))
    try:
        assert pool.submit(act, 60.0, "a").result(timeout=120) == "A"
    finally:
        pool.stop()


def test_where_no_process_starts_a_task_fails() -> None:
    pool = WorkerPool(1, initializer=always_fail)
    try:
        error = pool.submit(act, 60.0, "a").exception(timeout=120)
        assert isinstance(error, UnstartedError)
        assert str(error) == "no worker process could be started"
    finally:
        pool.stop()


def test_without_a_limit_all_memory_may_be_used(pool: WorkerPool) -> None:
    assert str(pool.submit(act, 60.0, "out of memory").exception()) == "ran out of memory"
    assert pool.submit(act, 60.0, "allocate 100 MiB").result() == 100 * MIB


def test_a_pool_can_be_used_from_any_thread(pool: WorkerPool) -> None:
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: pool.submit(os.getpid, 60.0).result()).result() != os.getpid()


def test_a_pool_that_has_been_stopped_takes_no_task(pool: WorkerPool) -> None:
    assert pool.submit(act, 60.0, "a").result() == "A"
    pool.stop()
    pool.stop()
    with pytest.raises(RuntimeError, match="the pool has been stopped"):
        pool.submit(act, 60.0, "a")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (InputError("a.yaml:\n  not YAML"), "a.yaml: not YAML"),
        (TaskError("took longer than 1 seconds"), "took longer than 1 seconds"),
        (ValueError("two\n  lines"), "ValueError: two lines"),
        (ValueError("x" * 1000), f"ValueError: {'x' * 500}"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
    ],
)
def test_an_error_is_put_into_one_line(error: BaseException, line: str) -> None:
    assert in_one_line(error) == line


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a server to start")
def test_an_interrupt_while_the_server_starts_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", lambda: os.kill(os.getpid(), signal.SIGINT))
    pool = WorkerPool(1)
    try:
        with pytest.raises(KeyboardInterrupt):
            pool.submit(max, 10.0, 1, 2)
    finally:
        pool.stop()
        signal.signal(signal.SIGINT, before)


def test_a_task_that_was_in_the_queue_when_its_pool_broke_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from pebble import ProcessPool

    pool = WorkerPool(1)
    real = ProcessPool.schedule
    lost: list[object] = []

    def lose_the_first(self: ProcessPool, *args: object, **options: object) -> object:
        if lost:
            return real(self, *args, **options)  # type: ignore[arg-type]
        future: Any = real(self, *args, **options)  # type: ignore[arg-type]
        future.result(timeout=60)
        self.stop()  # type: ignore[no-untyped-call]
        lost.append(self)
        return type(future)()

    monkeypatch.setattr(ProcessPool, "schedule", lose_the_first)
    try:
        assert pool.submit(max, 60.0, 1, 2).result(timeout=60) == 2
    finally:
        pool.stop()
    assert len(lost) == 1


@pytest.mark.parametrize(("failing", "error"), [(2, None), (3, "its process ended (SIGKILL)")])
def test_a_pool_that_broke_costs_a_task_no_try_after_its_process_has_ended(
    failing: int, error: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pebble import ProcessExpired, ProcessPool

    killed = ProcessExpired("killed", code=-signal.SIGKILL)  # type: ignore[no-untyped-call]
    errors: list[Exception] = [killed, BrokenProcessPool("broken"), killed][:failing]
    tried: list[Future[str]] = []

    def schedule(*_: object, **__: object) -> Future[str]:
        tried.append(Future())
        if errors:
            tried[-1].set_exception(errors.pop(0))
        else:
            tried[-1].set_result("done")
        return tried[-1]

    monkeypatch.setattr(ProcessPool, "schedule", schedule)
    pool = WorkerPool(1, once_more=True)
    try:
        call = pool.submit(act, 60.0, "a")
    finally:
        pool.stop()
    assert (call.ended, len(tried)) == ("SIGKILL", 3)
    assert str(call.exception() or "") == (error or "")


# --------------------------------------------------------------------- where no process can be started


def started_elsewhere(program: str, **environment: str) -> str:
    """What a program prints in a Python of its own, whose fork server nobody has started yet."""
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_path_of_the_temporary_folder_may_be_long(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 90)
    folder.mkdir()
    program = (
        "import tempfile\n"
        "from reportkit.system.bounded import run_bounded\n"
        "print(list(run_bounded(int, ['1'], jobs=1)), tempfile.gettempdir())"
    )
    assert started_elsewhere(program, TMPDIR=str(folder)) == f"[('1', 1)] {folder}\n"
    assert not list(folder.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a server to start")
def test_a_server_that_is_killed_while_it_imports_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text("import os; os.kill(os.getpid(), 9)\n", encoding="utf-8")
    program = (
        "from reportkit.system.bounded import PoolError, WorkerPool\n"
        "pool = WorkerPool(1, preload=['deadly'])\n"
        "try: pool.submit(max, 10.0, 1, 2)\n"
        "except PoolError as error: print(error)\n"
        "pool.stop()"
    )
    said = started_elsewhere(program, PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]))
    assert "ended while it imported what they need" in said
    assert len(said.splitlines()) == 1


def test_without_shared_memory_the_error_says_what_to_mount(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_lock(_context: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("multiprocessing.context.BaseContext.Lock", no_lock)
    with pytest.raises(PoolError, match=r"/dev/shm cannot be used \(Read-only file system\): mount a tmpfs"):
        pool.submit(max, 10.0, 1, 2)


def test_without_a_temporary_folder_the_error_says_so(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_is_usable() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", none_is_usable)
    with pytest.raises(PoolError, match="No usable temporary directory found; set TMPDIR"):
        pool.submit(max, 10.0, 1, 2)


@pytest.mark.parametrize("allowed", [0, 3])
def test_too_few_processes_allowed_are_counted(allowed: int, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start
    begun: list[threading.Thread] = []

    def start_some(thread: threading.Thread) -> None:
        if len(begun) == allowed:
            raise RuntimeError("can't start new thread")
        begun.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_some)
    with pytest.raises(PoolError, match=rf"start {allowed} more processes and threads, and 7 are needed: raise the"):
        pool.submit(max, 10.0, 1, 2)
    assert not any(thread.is_alive() for thread in begun)


def test_whatever_else_keeps_a_pool_from_starting_is_an_error_in_a_line(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BrokenProcessPool from BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("pebble.ProcessPool.schedule", fail)
    with pytest.raises(PoolError, match=r"no worker process can be started: BlockingIOError: .* temporarily unavail"):
        pool.submit(max, 10.0, 1, 2)

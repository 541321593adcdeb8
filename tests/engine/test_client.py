"""A notebook has limits, and what it put out before it broke one is kept."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from engine.executed import execute, executed, texts
from reportkit.engine import client
from reportkit.engine.client import LateError, OverflowingError


def test_a_notebook_that_takes_longer_than_it_may_is_late(tmp_path: Path) -> None:
    execute(tmp_path, "1")  # so that a server is warm, and the time goes to the cells
    with pytest.raises(LateError, match="took longer than 3 seconds"):
        execute(tmp_path, "print('first')", "print('second')\nwhile True: pass", "print('never')", notebook_timeout=3)
    kept = executed(tmp_path)
    assert texts(kept) == ["first\n", "second\n", ""]
    assert [cell.metadata.papermill.status for cell in kept.cells] == ["completed", "failed", "pending"]


def test_a_notebook_s_time_is_for_all_its_cells(tmp_path: Path) -> None:
    with pytest.raises(LateError):
        execute(tmp_path, *["import time; time.sleep(1)"] * 5, notebook_timeout=2.5)


def test_a_cell_s_time_is_for_itself(tmp_path: Path) -> None:
    ran = execute(tmp_path, *["import time; time.sleep(1.1); print(1)"] * 4, execution_timeout=4)
    assert texts(ran) == ["1\n"] * 4
    with pytest.raises(CellTimeoutError, match="after 1 seconds"):
        execute(tmp_path, "import time", "time.sleep(100)", execution_timeout=1, notebook_timeout=100)


def test_memory_beyond_the_limit_is_an_error_of_the_cell_that_asks_for_it(tmp_path: Path) -> None:
    with pytest.raises(PapermillExecutionError) as failed:
        execute(tmp_path, "small = bytes(10 << 20)", "x = 1\nlarge = bytearray(300 << 20)", memory_limit=200 << 20)
    assert failed.value.ename == "MemoryError"
    assert failed.value.cell_index == 1
    traceback = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(failed.value.traceback))
    assert "line 2" in traceback or "----> 2" in traceback


def test_the_limit_of_memory_is_on_top_of_what_a_process_starts_with(tmp_path: Path) -> None:
    assert texts(execute(tmp_path, "print(len(bytearray(100 << 20)))", memory_limit=150 << 20)) == ["104857600\n"]


@pytest.mark.parametrize(
    "endless",
    [
        "while True: print('x' * 1000)",
        "import sys\nwhile True: sys.stderr.write('.')",
        "from IPython.display import display\nwhile True: display('x' * 10_000)",
        "!yes",
        "import subprocess\nsubprocess.run(['yes'])",
        "import os\nwhile True: os.write(1, b'x' * 1000)",
        "import comm\nopened = comm.create_comm('x')\nwhile True: opened.send({'x': 'y' * 10_000})",
    ],
)
def test_a_notebook_that_puts_out_without_end_is_stopped(
    endless: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_OUTPUT", 4 << 20)
    with pytest.raises(OverflowingError, match="put out more than 4 MiB"):
        execute(tmp_path, "print('first')", endless, notebook_timeout=100)
    kept = executed(tmp_path)
    assert texts(kept)[0] == "first\n"
    assert kept.cells[1].metadata.papermill.status == "failed"


def test_what_a_thread_puts_out_between_cells_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MOST_OUTPUT", 1 << 20)
    endless = "import threading\ndef tell():\n    while True: print('x' * 1000)\nthreading.Thread(target=tell).start()"
    with pytest.raises(OverflowingError):
        execute(tmp_path, endless, "import time; time.sleep(60)", notebook_timeout=100)


def test_a_notebook_may_do_something_at_its_end_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "END_PATIENCE", 3.0)
    slow = "import atexit, time\natexit.register(lambda: (time.sleep(0.5), open('slow', 'w').write('x')))"
    execute(tmp_path, slow)
    assert (tmp_path / "slow").exists()
    started = time.monotonic()
    execute(tmp_path, "import atexit, time\natexit.register(lambda: time.sleep(1000))")
    execute(tmp_path, "import atexit\ndef tell():\n    while True: print('x' * 1000)\natexit.register(tell)")
    execute(tmp_path, "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()")
    assert time.monotonic() - started < 60


def test_a_large_cell_and_a_large_output_go_through(tmp_path: Path) -> None:
    ran = execute(tmp_path, f"text = {'x' * 3_000_000!r}\nprint(text)", "print(len(text), end='')")
    assert [len(text) for text in texts(ran)] == [3_000_001, 7]


def test_a_notebook_ends_while_its_process_does_not_read(tmp_path: Path) -> None:
    closing = (
        "import os\nfor file in range(3, 200):\n    try: os.close(file)\n    except OSError: pass\nwhile True: pass"
    )
    with pytest.raises((DeadKernelError, LateError)):
        execute(tmp_path, closing, "x" * 3_000_000, notebook_timeout=5)


def test_other_threads_of_the_caller_go_on(tmp_path: Path) -> None:
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.01):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    execute(tmp_path, "import time\ntime.sleep(1)")
    done.set()
    thread.join()
    assert len(ticks) > 10

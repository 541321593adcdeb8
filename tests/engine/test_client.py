"""A notebook has limits, and what it put out before it broke one is kept."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from engine.executed import execute, executed, texts
from processes import runs, until
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
        "import sys\nwhile True: sys.stderr.write('.' * 100)",
        "from IPython.display import display\nwhile True: display('x' * 10_000)",
        "!yes",
        "import subprocess\nsubprocess.run(['yes'])",
        "import os\nwhile True: os.write(1, b'x' * 1000)",
        "import comm\nopened = comm.create_comm('x')\nn = 0\n"
        "while True: opened.send({'state': {str(n := n + 1): 'y' * 10_000}})",
    ],
)
def test_a_notebook_that_puts_out_without_end_is_stopped(endless: str, tmp_path: Path) -> None:
    with pytest.raises(OverflowingError, match=r"put out more than 4 MiB .*output_limit"):
        execute(tmp_path, "print('first')", endless, notebook_timeout=100, output_limit=4 << 20)
    kept = executed(tmp_path)
    assert texts(kept)[0] == "first\n"
    assert kept.cells[1].metadata.papermill.status == "failed"


@pytest.mark.parametrize(
    "redrawn",
    [
        "for _ in range(40):\n    clear_output(wait=True)\n    display(HTML('x' * 100_000))",
        "handle = display(HTML('a'), display_id=True)\nfor _ in range(40): handle.update(HTML('x' * 100_000))",
        "for _ in range(40):\n    clear_output()\n    print('x' * 100_000, flush=True)",
        "opened = comm.create_comm('x')\nfor _ in range(40): opened.send({'state': {'value': 'x' * 100_000}})",
        "opened = comm.create_comm('x')\nfor _ in range(40): opened.send({'data': 'x' * 100_000})",
    ],
)
def test_only_what_stays_in_the_notebook_counts(redrawn: str, tmp_path: Path) -> None:
    head = "import comm\nfrom IPython.display import HTML, clear_output, display\n"
    ran = execute(tmp_path, head + redrawn, output_limit=1 << 20)
    assert len(ran.cells[0].outputs) <= 1


def test_a_notebook_without_a_limit_may_put_out_as_much_as_it_likes(tmp_path: Path) -> None:
    source = "print('x' * (3 << 20), flush=True)\nprint('y')"
    assert len(texts(execute(tmp_path, source, output_limit=None))[0]) == (3 << 20) + 3
    with pytest.raises(OverflowingError):
        execute(tmp_path, source, output_limit=1 << 20)


def test_what_a_thread_puts_out_between_cells_counts(tmp_path: Path) -> None:
    endless = "import threading\ndef tell():\n    while True: print('x' * 1000)\nthreading.Thread(target=tell).start()"
    with pytest.raises(OverflowingError):
        execute(tmp_path, endless, "import time; time.sleep(60)", notebook_timeout=100, output_limit=1 << 20)


def test_a_notebook_may_do_something_at_its_end_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "import atexit, time\natexit.register(lambda: (time.sleep(0.5), open('slow', 'w').write('x')))"
    execute(tmp_path, slow)
    assert (tmp_path / "slow").exists()
    monkeypatch.setattr(client, "END_PATIENCE", 1.0)
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


def test_a_task_that_prints_between_cells_does_not_keep_a_long_cell_from_being_sent(tmp_path: Path) -> None:
    talk = "import asyncio\nasync def talk():\n    while True:\n        print('x' * 5000)\n        await asyncio.sleep(0)\n"
    ran = execute(
        tmp_path,
        f"{talk}task = asyncio.create_task(talk())",
        f"text = {'x' * 1_000_000!r}",
        "task.cancel()\nprint(len(text))",
        execution_timeout=60,
    )
    assert texts(ran)[1:] == ["", "1000000\n"]


def test_a_time_limit_holds_while_a_cell_is_sent(tmp_path: Path) -> None:
    asleep = "import asyncio, time\nasyncio.get_running_loop().call_later(0.01, time.sleep, 1000)"
    with pytest.raises(CellTimeoutError):
        execute(tmp_path, asleep, "await asyncio.sleep(0.1)\n# " + "x" * 3_000_000, execution_timeout=2)


def test_many_printed_lines_cost_little(tmp_path: Path) -> None:
    ran = execute(tmp_path, "for number in range(100_000): print(number)", execution_timeout=60)
    assert "".join(texts(ran)) == "".join(f"{number}\n" for number in range(100_000))
    assert len(ran.cells[0].outputs) < 600  # one for each fifth of a second at most


def test_an_interrupted_run_keeps_what_the_cell_has_printed(tmp_path: Path) -> None:
    program = (
        "import signal, sys\nfrom pathlib import Path\nfrom engine.executed import execute\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored where the tests are run\n"
        "execute(Path(sys.argv[1]), \"print('before')\", sys.argv[2], \"print('never')\")"
    )
    source = (
        "import os, subprocess, sys, time\nprint('said')\nos.system('echo by the shell')\nsys.stderr.write('half a line')\n"
        "started = subprocess.Popen(['sleep', '1000'])\nopen('now', 'w').write(str(started.pid))\n"
        "os.rename('now', 'started')\ntime.sleep(1000)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    running = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path), source], env=environment, start_new_session=True
    )
    until((tmp_path / "started").exists, "the cell runs")
    os.killpg(running.pid, signal.SIGINT)
    assert running.wait(60) != 0
    kept = executed(tmp_path)
    assert texts(kept) == ["before\n", "said\nby the shell\nhalf a line", ""]
    assert [cell.metadata.papermill.status for cell in kept.cells] == ["completed", "failed", "pending"]
    until(lambda: not runs(int((tmp_path / "started").read_text())), "what it started has ended")


def test_a_thread_that_goes_on_is_not_waited_for_longer_than_a_kernel_would(tmp_path: Path) -> None:
    execute(tmp_path, "1")
    started = time.monotonic()
    ran = execute(
        tmp_path, "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()\nprint('ok')"
    )
    assert texts(ran) == ["ok\n"]
    assert time.monotonic() - started < client.END_PATIENCE * 2

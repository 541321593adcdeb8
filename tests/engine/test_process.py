"""Each notebook has a process of its own, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from engine.executed import execute, executed, results, texts
from processes import children, runs, until
from reportkit.engine import process

PIDS = "import os\nos.getpid(), os.getppid()"


def pids(folder: Path) -> tuple[int, int]:
    """The processes of a notebook and of its server."""
    own, server = results(execute(folder, PIDS))[0].strip("()").split(",")
    return int(own), int(server)


def test_each_notebook_has_a_fresh_process_and_they_share_a_server(tmp_path: Path) -> None:
    first, server = pids(tmp_path)
    second, same_server = pids(tmp_path)
    assert first != second
    assert server == same_server
    assert not runs(first)
    assert not runs(second)
    assert server in children()


def test_nothing_that_a_notebook_does_reaches_the_next(tmp_path: Path) -> None:
    execute(
        tmp_path,
        "import json, os, sys, builtins\njson.loads = None\nleaked = 1\nbuiltins.leaked = 2\nsys.path.append('/leaked')\n"
        "os.environ['LEAKED'] = '1'\nos.chdir('/')\nos.umask(0o777)\nimport decimal\ndecimal.getcontext().prec = 3",
    )
    ran = execute(
        tmp_path,
        "import builtins, decimal, json, os, sys\n"
        "(json.loads is None, 'leaked' in globals(), hasattr(builtins, 'leaked'), '/leaked' in sys.path,"
        " 'LEAKED' in os.environ, os.getcwd() == '/', decimal.getcontext().prec, len(In))",
    )
    assert results(ran) == ["(False, False, False, False, False, False, 28, 2)"]


def test_the_caller_s_folder_and_environment_are_the_notebook_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "文件夹").mkdir()
    monkeypatch.setenv("GREETING", "你好")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    ran = execute(
        tmp_path,
        "import os, time\nos.path.basename(os.getcwd()), os.environ['GREETING'], time.tzname[0]",
        cwd=tmp_path / "文件夹",
    )
    assert results(ran) == ["('文件夹', '你好', 'CST')"]


def test_what_python_reads_once_is_read_anew_where_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, server = pids(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ran = execute(tmp_path, f"import os, sys\n{str(tmp_path)!r} in sys.path, os.getppid()")
    assert results(ran)[0].startswith("(True, ")
    assert not runs(server)


def test_a_server_that_has_been_killed_is_replaced(tmp_path: Path) -> None:
    _, server = pids(tmp_path)
    os.kill(server, signal.SIGKILL)
    until(lambda: not runs(server), "the server has ended")
    _, other = pids(tmp_path)
    assert other != server
    assert server not in children()


def test_a_server_that_is_killed_while_a_notebook_runs_takes_it_along(tmp_path: Path) -> None:
    with pytest.raises(DeadKernelError, match="SIGKILL"):
        execute(tmp_path, PIDS, "import signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(1000)")
    own, server = results(executed(tmp_path))[0].strip("()").split(",")
    until(lambda: not runs(int(own)), "the notebook's process has ended")
    assert int(server) not in children()
    assert texts(execute(tmp_path, "print('goes on')")) == ["goes on\n"]


@pytest.mark.parametrize(
    ("source", "how"),
    [
        ("os._exit(3)", "exit status 3"),
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("os.abort()", "SIGABRT"),
    ],
)
def test_how_a_process_has_ended_is_said_and_what_it_printed_is_kept(source: str, how: str, tmp_path: Path) -> None:
    _, server = pids(tmp_path)
    dying = f"import os, sys\nprint('last')\nos.write(1, b'words\\n')\nsys.stderr.write('!')\n{source}\nprint('never')"
    with pytest.raises(DeadKernelError, match=how):
        execute(tmp_path, "print('before')", dying, "print('after')")
    kept = executed(tmp_path)
    assert texts(kept) == ["before\n", "last\nwords\n!", ""]
    assert [cell.metadata.papermill.status for cell in kept.cells] == ["completed", "failed", "pending"]
    assert kept.metadata.papermill.exception is True
    assert pids(tmp_path)[1] == server


STARTING = """
import os, subprocess, time
started = [subprocess.Popen(["sleep", "1000"]), subprocess.Popen(["sleep", "1000"], start_new_session=True)]
os.system("setsid sh -c 'echo $$ >now; mv now hidden; exec sleep 1000' >/dev/null 2>&1 &")
while not os.path.exists("hidden"):
    time.sleep(0.01)
print(*(process.pid for process in started), open("hidden").read(), flush=True)
"""


@pytest.mark.parametrize("ending", ["", "os._exit(0)", "while True: pass", "1 / 0"])
def test_nothing_that_a_notebook_has_started_outlives_it(ending: str, tmp_path: Path) -> None:
    try:
        ran = execute(tmp_path, STARTING, ending, execution_timeout=8)
    except (DeadKernelError, TimeoutError, PapermillExecutionError):
        ran = executed(tmp_path)
    started = [int(pid) for pid in "".join(texts(ran)).split()]
    assert len(started) == 3
    until(lambda: not any(runs(pid) for pid in started), "all that it started has ended")


def test_a_process_is_seen_to_have_ended_though_another_holds_its_files(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(DeadKernelError, match="exit status 4"):
        execute(tmp_path, "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(1000)\nos._exit(4)")
    assert time.monotonic() - started < 60


def test_threads_run_notebooks_side_by_side(tmp_path: Path) -> None:
    printed: dict[int, list[str]] = {}

    def run(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        # The stock engine as well changes the folder of the whole process: so none is asked for.
        printed[number] = texts(
            execute(folder, f"import time\nprint({number})", "time.sleep(0.3)\nprint('end')", cwd=None)
        )

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert printed == {number: [f"{number}\n", "end\n"] for number in range(4)}


def test_a_forked_process_has_servers_of_its_own(tmp_path: Path) -> None:
    _, server = pids(tmp_path)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(pids(tmp_path)[1]).encode())
            process.close_servers()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as told:
        other = int(told.read())
    assert other != server
    assert not runs(other)
    assert pids(tmp_path)[1] == server


def program(tmp_path: Path, *lines: str, options: tuple[str, ...] = ()) -> list[str]:
    """The command of a Python program that runs notebooks; `folder` is where."""
    head = ("import sys", "from pathlib import Path", "sys.path.insert(0, sys.argv[2])", "folder = Path(sys.argv[1])")
    tests = str(Path(__file__).parents[1])
    return [sys.executable, *options, "-c", "\n".join((*head, *lines)), str(tmp_path), tests]


@pytest.mark.parametrize(
    ("lines", "printed"),
    [
        pytest.param(
            (
                "import fractions; fractions.known = True",
                "process.fork_server()",
                "print(results(execute(folder, 'import fractions\\nfractions.known'))[0])",
            ),
            "True\n",
            id="it has the modules of the process it was forked from",
        ),
        pytest.param(
            (
                "import fractions; fractions.calls = 0",
                "def count(): fractions.calls += 1",
                "process.fork_server(before_each=count)",
                "for _ in range(2): print(results(execute(folder, 'import fractions\\nfractions.calls'))[0])",
            ),
            "1\n2\n",
            id="it calls a function before it forks a notebook's process",
        ),
        pytest.param(
            (
                "import atexit, tempfile; atexit.register(print, 'end')",
                "kept = tempfile.TemporaryDirectory()",
                "process.fork_server()",
                "execute(folder, '1'); print(Path(kept.name).exists())",
            ),
            "True\nend\n",
            id="notebooks leave to the process what it does at its end",
        ),
    ],
)
def test_a_server_can_be_forked_from_a_process(lines: tuple[str, ...], printed: str, tmp_path: Path) -> None:
    imports = ("from reportkit.engine import process", "from engine.executed import execute, results")
    done = subprocess.run(program(tmp_path, *imports, *lines), capture_output=True, text=True, check=True)
    assert done.stdout == printed


@pytest.mark.parametrize("forks", [True, False])
def test_a_killed_process_takes_its_server_and_its_notebook_along(forks: bool, tmp_path: Path) -> None:
    source = (
        'import os, time, pathlib\npathlib.Path("now").write_text(f"{os.getpid()} {os.getppid()}")\n'
        'os.rename("now", "pids")\nwhile True: pass'
    )
    imports = ("from reportkit.engine import process", "from engine.executed import execute")
    chosen = () if forks else ("process.CAN_FORK = False",)
    caller = subprocess.Popen(program(tmp_path, *imports, *chosen, f"execute(folder, {source!r})"))
    until((tmp_path / "pids").exists, "the notebook runs")
    own, server = map(int, (tmp_path / "pids").read_text().split())
    assert (server != caller.pid) == forks
    assert runs(own)
    assert runs(server)
    caller.kill()
    caller.wait()
    until(lambda: not runs(own) and not runs(server), "both have ended")


def test_servers_end_with_the_process_they_belong_to(tmp_path: Path) -> None:
    lines = ("from engine.test_process import pids", "print(pids(folder)[1])")
    command = program(tmp_path, *lines, options=("-W", "error::ResourceWarning"))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not runs(int(done.stdout))
    assert "ResourceWarning" not in done.stderr


def test_where_forking_does_not_serve_a_process_is_spawned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sources = [
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 + 1",
        "await __import__('asyncio').sleep(0.01)",
        "from IPython.display import display\ndisplay('shown', display_id='x')",
        "display('updated', display_id='x', update=True)\n!echo from the shell",
        "%matplotlib inline\nimport os, matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1)); plt.plot([1])\nplt.show()",
        "open('unclosed.txt', 'w').write('kept');",
    ]
    forked = execute(tmp_path, *sources)
    with caplog.at_level("INFO", "papermill"):
        monkeypatch.setattr(process, "CAN_FORK", False)
        spawned = execute(tmp_path, *sources)
    assert [cell.outputs for cell in spawned.cells] == [cell.outputs for cell in forked.cells]
    assert "notebooks cannot be forked" in caplog.text
    assert (tmp_path / "unclosed.txt").read_text() == "kept"


def test_a_spawned_process_is_ended_with_what_it_has_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "CAN_FORK", False)
    process.fork_server()  # for which there is no use
    before = children()
    with pytest.raises(TimeoutError):
        execute(
            tmp_path,
            "import os, subprocess\nprint(os.getpid(), subprocess.Popen(['sleep', '1000']).pid)",
            "while True: pass",
            execution_timeout=5,
        )
    started = [int(pid) for pid in texts(executed(tmp_path))[0].split()]
    until(lambda: not any(runs(pid) for pid in started), "all that it started has ended")
    assert children() == before
    with pytest.raises(DeadKernelError, match="SIGSEGV"):
        execute(tmp_path, "import ctypes; ctypes.string_at(0)")


def test_an_error_outside_the_cells_ends_the_process(tmp_path: Path) -> None:
    broken = (
        "import asyncio\nasync def leave():\n    raise SystemExit(7)\nasyncio.get_running_loop().create_task(leave())"
    )
    with pytest.raises(DeadKernelError, match="exit status 1"):
        execute(tmp_path, broken, "await asyncio.sleep(5)")


def test_neither_this_process_nor_a_server_keeps_processes_that_have_ended(tmp_path: Path) -> None:
    _, server = pids(tmp_path)
    execute(tmp_path, "import os\nfor _ in range(3):\n    if os.fork() == 0:\n        os.fork()\n        os._exit(0)")
    assert Path(f"/proc/{server}/task/{server}/children").read_text() == ""
    assert all(runs(pid) for pid in children())


@pytest.mark.skipif(not process.CAN_FORK, reason="only a server waits for processes that it has forked")
def test_sigchld_may_be_inherited_as_ignored(tmp_path: Path) -> None:
    process.close_servers()
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert results(execute(tmp_path, "1 + 1")) == ["2"]
        process.fork_server()
        assert results(execute(tmp_path, "1 + 2")) == ["3"]
    finally:
        process.close_servers()
        signal.signal(signal.SIGCHLD, before)

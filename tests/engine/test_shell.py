"""The shell of a notebook, where its outputs must not depend on chance."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from engine.executed import execute, results, texts
from reportkit.engine.process import close_servers


def test_what_is_written_to_the_files_of_the_streams_keeps_its_place(tmp_path: Path) -> None:
    ran = execute(
        tmp_path,
        "import os, subprocess\nfor number in range(50):\n    print('a', number)\n    os.write(1, b'b\\n')\n"
        "    if number % 10 == 0: os.system('echo c')",
    )
    expected = [f"a {number}\nb\n" + ("c\n" if number % 10 == 0 else "") for number in range(50)]
    assert texts(ran) == ["".join(expected)]


def test_what_is_written_there_at_the_end_of_a_cell_belongs_to_it(tmp_path: Path) -> None:
    ran = execute(tmp_path, *["import os; os.system('echo one; echo two >&2');"] * 10)
    assert texts(ran) == ["one\ntwo\n"] * 10


def test_characters_are_whole_however_they_come(tmp_path: Path) -> None:
    ran = execute(
        tmp_path,
        "import os, time\nfor byte in '数😀\\n'.encode():\n    os.write(1, bytes([byte]))\n    time.sleep(0.01)",
        "import os\nos.write(1, ('数' * 100_000).encode());",
        "print('half a \\ud800 character', '\\udcff')\n'\\ud800'",
    )
    assert texts(ran)[:2] == ["数😀\n", "数" * 100_000]
    assert texts(ran)[2].startswith("half a ? character")


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run notebooks without measuring coverage, whose locks a signal may leave closed."""
    close_servers()  # those that run were started with coverage
    for name in [name for name in os.environ if name.startswith("COVERAGE")]:
        monkeypatch.delenv(name)
    yield
    close_servers()


@pytest.mark.usefixtures("unmeasured")
def test_signals_do_not_tear_a_message(tmp_path: Path) -> None:
    ran = execute(
        tmp_path,
        "import signal\nclass Alarm(Exception): pass\ndef ring(*_):\n    raise Alarm\nsignal.signal(signal.SIGALRM, ring)\n"
        "rung = 0\nwhile rung < 50:\n    signal.setitimer(signal.ITIMER_REAL, 0.001)\n    try:\n"
        "        while True: print('x' * 5000)\n    except Alarm: rung += 1\nprint('done', rung)",
        "print('whole')",
    )
    assert texts(ran)[0].endswith("done 50\n")
    assert texts(ran)[1] == "whole\n"


def test_an_object_may_print_at_its_end(tmp_path: Path) -> None:
    ran = execute(
        tmp_path,
        "import gc\nclass Last:\n    def __init__(self): self.me = self\n    def __del__(self): print('end')\n"
        "gc.set_threshold(1)\nfor _ in range(200):\n    Last()\n    print('x' * 20_000)\n",
        "gc.set_threshold(700)\nprint('whole')",
    )
    assert texts(ran)[1] == "whole\n"
    assert texts(ran)[0].count("x" * 20_000) == 200


def test_the_notebook_s_process_is_alone_with_what_it_displays(tmp_path: Path) -> None:
    ran = execute(
        tmp_path,
        "import os\nfrom IPython.display import display\n"
        "for _ in range(4):\n    if os.fork() == 0:\n        try:\n            for _ in range(200): display('x' * 5000)\n"
        "        finally: os._exit(0)\nfor number in range(200): display(number)\nfor _ in range(4): os.wait()",
    )
    assert [output.data["text/plain"] for output in ran.cells[0].outputs] == [str(number) for number in range(200)]


def test_a_stream_that_is_closed_says_so(tmp_path: Path) -> None:
    ran = execute(
        tmp_path,
        "import sys\nsys.stderr.close()\ntry:\n    print('x', file=sys.stderr)\nexcept ValueError as error: print(error)",
    )
    assert texts(ran) == ["I/O operation on closed file\n"]


def test_a_forked_process_leaves_the_end_of_the_notebook_to_it(tmp_path: Path) -> None:
    execute(
        tmp_path,
        "import atexit, os\natexit.register(lambda: open('ends', 'a').write(f'{os.getpid()}\\n'))\nnotebook = os.getpid()\n"
        "if os.fork() == 0: os._exit(0)\nos.wait()\nopen('own', 'w').write(str(notebook))",
    )
    assert (tmp_path / "ends").read_text().split() == [(tmp_path / "own").read_text()]


@pytest.mark.parametrize(
    ("leaving", "status", "said"),
    [
        ("sys.exit(3)", 3, ""),
        ("sys.exit()", 0, ""),
        ("sys.exit('why')", 1, "why\n"),
        ("pass", 0, ""),
        ("exit()", 0, ""),
        ("os.abort()", -6, ""),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("await asyncio.sleep(0); sys.exit(4)", 4, ""),
    ],
)
def test_a_process_that_a_cell_has_forked_ends_with_the_cell(
    leaving: str, status: int, said: str, tmp_path: Path
) -> None:
    ran = execute(
        tmp_path,
        "import asyncio, os, sys\nchild = os.fork()\nif child == 0:\n    print('child', flush=True)\n"
        f"    {leaving}\nelse:\n    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])",
        "status",
        "print('goes on')",
    )
    assert results(ran) == [str(status)]
    first, _, last = texts(ran)
    assert first.startswith("child\n")
    assert first.endswith(said or "child\n")
    assert "reportkit" not in first
    assert last == "goes on\n"


def test_a_connection_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PapermillExecutionError, match="without a kernel, so there is no connection file"):
        execute(tmp_path, "import ipykernel\nipykernel.get_connection_file()")
    assert "without a kernel, so there is no connection file" in texts(execute(tmp_path, "%connect_info"))[0]


def test_notebooks_that_share_a_server_begin_where_they_are_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        "import os, tempfile\nshell = get_ipython()\n"
        "[[str(folder) for folder in _dh], shell.starting_dir, os.path.expanduser('~'), tempfile.gettempdir()]"
    )
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "temporary").mkdir(parents=True)
        monkeypatch.setenv("TMPDIR", str(folder / "temporary"))
        here = str(folder)
        expected = [[here], here, str(Path.home()), str(folder / "temporary")]
        assert ast.literal_eval(results(execute(folder, source))[0]) == expected


@pytest.mark.parametrize("variable", ["HOME", "IPYTHONDIR"])
def test_where_ipython_keeps_its_files_may_differ_between_notebooks(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setenv(variable, str(folder))
        expected = folder / ".ipython" if variable == "HOME" else folder
        assert results(execute(folder, "get_ipython().ipython_dir")) == [repr(str(expected))]


@pytest.mark.parametrize("exit_call", ["exit()", "quit()", "get_ipython().ask_exit()"])
def test_after_exit_no_cell_runs(exit_call: str, tmp_path: Path) -> None:
    with pytest.raises(DeadKernelError, match="exit status 0"):
        execute(tmp_path, exit_call, "open('ran', 'w')")
    assert not (tmp_path / "ran").exists()

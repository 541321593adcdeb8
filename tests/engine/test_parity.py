"""Whatever papermill's own engine makes of a notebook, ours does: each of `parity/*.ipy` is run by both.

A notebook there is a text: cells begin with ``# %%``, ``[markdown]`` or ``[raw]`` says that one is not code,
``tags:`` names its tags. The resulting notebooks are compared as a whole, and so are the files that they
leave, the error that papermill raises, and what it logs. What must differ is replaced: times, addresses of objects,
numbers of processes.

Among them are notebooks that do what nbclient's and papermill's own test notebooks do.

Where the stock engine's own answer is a matter of luck, nothing is compared:

- What a process or a library in C writes to the files of standard output is read by a thread of the stock
  kernel, which may come too late for the cell; the notebooks wait for it. Ours reads it before anything else.
- ``exit()`` ends the stock kernel a tenth of a second later: cells may run until then. With ours none does.
- Cells that print from several threads at once; where a text is cut into pieces that nobody flushes.
- The stock engine interrupts a cell that takes too long, and may or may not hear what the cell says to that.
- How deep the stack is already when a cell begins, which the traceback of an endless recursion depends on.

And where they differ on purpose, a test below says so.
"""

from __future__ import annotations

import io
import json
import logging
import math
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import papermill
import pytest
from jupyter_client.channels import AsyncZMQSocketChannel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

HERE = Path(__file__).parent / "parity"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
PARAMETERS: dict[str, Any] = {
    "nothing": None,
    "agency": "临沂 \"外办\" '\\n' 😀",
    "year": 2023,
    "numbers": [1, [2.5, None], {"a": True}],
    "mapping": {"键": "值", "b": {"c": []}},
    "ratio": 1e-9,
    "flag": False,
    "not_a_number": float("nan"),
    "infinite": float("-inf"),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "parameters": {"parameters": PARAMETERS},
    "parameters_without_a_cell": {"parameters": {"year": 2023}},
    "reported": {"parameters": PARAMETERS, "report_mode": True},
    "tags": {"log_output": True},
    "output_widgets": {"store_widget_state": True},
    "widgets": {"store_widget_state": True},
}
BY_THEMSELVES = {"configured", "exit_at_the_end", "foreign", "ipywidgets", "killed", "nested_loops", "timed_out"}
COMPARED = sorted({path.stem for path in HERE.glob("*.ipy")} - BY_THEMSELVES)

# What must differ between two runs of the same notebook.
DIFFERENT = [
    (r"0x[0-9a-f]{6,}", "0x…"),
    (r"ipykernel_\d+", "ipykernel_…"),
    (r"(?m)^(CPU times:|Wall time:).*$", r"\1 …"),
    (r"[\d.]+ ?(ns|µs|us|ms|s) ± .*", "… ±"),
    (r"\d\d:\d\d<\d\d:\d\d, +[\d.?]+ ?(it/s|s/it)", "…"),
    (r"00:00<\?, \?it/s", "…"),
    (r"\b(Task|Thread|ForkProcess|ForkPoolWorker|SpawnPoolWorker)-\d+", r"\1-…"),
    (r"(temporary-)\w{8}", r"\1…"),
    (r"(altair-viz-|T_)\w{32}", r"\1…"),
    # A line of jupyter_client, or of ours, that was about to send a message.
    (r"(?m)^\S+: UserWarning: Message serialization", "…: UserWarning: Message serialization"),
    (r"  (content = self\.pack\(content\)|packed = json_packer\(.*)\n", "  …\n"),
]


def cells_of(text: str) -> Iterator[nbformat.NotebookNode]:
    """The cells of a notebook that is written as a text."""
    kinds: dict[str, Callable[..., nbformat.NotebookNode]] = {"[markdown]": new_markdown_cell, "[raw]": new_raw_cell}
    for number, part in enumerate(re.split(r"(?m)^# %%", text)[1:]):
        head, _, source = part.partition("\n")
        kind = next((kinds[word] for word in head.split() if word in kinds), new_code_cell)
        cell = kind(source.strip("\n"), id=f"cell-{number}")
        if "tags:" in head:
            cell.metadata["tags"] = head.partition("tags:")[2].replace(",", " ").split()
        yield cell


def notebook(name: str, kernel: str = "python3") -> nbformat.NotebookNode:
    """One of the notebooks."""
    cells = list(cells_of((HERE / f"{name}.ipy").read_text(encoding="utf-8")))
    made: nbformat.NotebookNode = new_notebook(
        cells=cells, metadata={"kernelspec": KERNEL | {"name": kernel}, "title": name}
    )
    return made


def same(text: str) -> str:
    """A text without what must differ."""
    for pattern, replacement in DIFFERENT:
        text = re.sub(pattern, replacement, text)
    return text


def comparable(content: Any, known_ids: frozenset[str]) -> Any:
    """A notebook, or a part of it, without what must differ."""
    if isinstance(content, str):
        return same(content)
    if isinstance(content, list):
        return [comparable(item, known_ids) for item in content]
    if not isinstance(content, dict):
        return content
    made = {key: comparable(value, known_ids) for key, value in content.items()}
    for key in ("start_time", "end_time", "duration"):
        if made.get(key) is not None:
            made[key] = "a time"
    if isinstance(made.get("execution"), dict):
        made["execution"] = sorted(made["execution"])
    if "cell_type" in made and "id" in made and made["id"] not in known_ids:
        made["id"] = "papermill's own"  # markers of errors, injected parameters
    return made


async def get_msg(channel: Any, timeout: float | None = None) -> Any:
    """The next message of a channel, for which the stock engine may wait for good although it is there.

    It tells widgets what was put out by the same socket, past asyncio, which then may not be woken: look every second.
    """
    limit = math.inf if timeout is None else time.monotonic() + timeout
    while not await channel.socket.poll(max(0, int(1000 * min(1, limit - time.monotonic())))):
        if time.monotonic() >= limit:
            raise Empty
    return await channel._recv()


class Ran:
    """What has come of a notebook."""

    def __init__(self, engine: str | None, path: Path, folder: Path, **options: Any) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(HERE / "beside.py", folder)
        (folder / "broken_module.py").write_text("def fine(): pass\n\n1 / 0\n")
        output = path.with_suffix(".out.ipynb")
        self.error: Exception | None = None
        with pytest.MonkeyPatch.context() as outside:
            outside.delenv("PYTEST_CURRENT_TEST", raising=False)  # where that is set, the stock kernel hears less
            if engine is None:
                outside.setattr(AsyncZMQSocketChannel, "get_msg", get_msg)
            before = dict(os.environ)
            try:
                papermill.execute_notebook(path, output, engine_name=engine, cwd=folder, progress_bar=False, **options)
            except Exception as error:
                self.error = error
            assert dict(os.environ) == before, "the notebook has changed its caller's environment"
        self.raw = json.loads(output.read_text(encoding="utf-8"))
        known = frozenset(cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if "id" in cell)
        self.notebook = comparable(self.raw, known)
        files = [file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        self.files = {
            same(str(file.relative_to(folder))): same(file.read_text(encoding="utf-8", errors="replace"))
            for file in files
            if file.name != "profile.txt"
        }

    @property
    def error_in_full(self) -> Any:
        """All that the error says."""
        if self.error is None:
            return None
        said = {key: value for key, value in vars(self.error).items() if not key.startswith("_")}
        return comparable([type(self.error).__name__, str(self.error), said], frozenset())


@pytest.fixture(autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for both: an IPython without a past, and variables that the notebooks ask for."""
    ipython = tmp_path_factory.getbasetemp() / "ipython"
    ipython.mkdir(exist_ok=True)
    monkeypatch.setenv("IPYTHONDIR", str(ipython))
    monkeypatch.setenv("PARITY_PATH", os.environ["PATH"])
    monkeypatch.setenv("SET_BY_THE_CALLER", "yes")
    monkeypatch.delenv("MPLBACKEND", raising=False)


def both(tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, **options: Any) -> tuple[Ran, Ran]:
    """A notebook, run by the stock engine and by ours; what papermill logs and writes is the same."""
    path = tmp_path / f"{name}.ipynb"
    book = options.pop("notebook", None) or notebook(name)
    if name == "old":
        book.nbformat_minor = 4
        for cell in book.cells:
            del cell["id"]
    nbformat.write(book, path)
    ran, logged = [], []
    for engine in (None, "reportkit"):
        caplog.clear()
        with caplog.at_level(logging.INFO, "papermill"):
            ran.append(Ran(engine, path, tmp_path / "work", **options))
        logged.append([same(record.getMessage()) for record in caplog.records if record.name == "papermill"])
    stock, ours = ran
    if options.get("log_output"):
        assert logged[0] == logged[1]
    return stock, ours


@pytest.mark.parametrize("name", COMPARED)
def test_a_notebook_is_run_as_by_the_stock_engine(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert_same(*both(tmp_path, caplog, name, **OPTIONS.get(name, {})))


def assert_same(stock: Ran, ours: Ran) -> None:
    if stock.notebook["metadata"]["title"] != "streams":
        for ran in (stock, ours):
            merge_streams(ran.notebook)
    for ours_cell, stock_cell in zip(ours.notebook["cells"], stock.notebook["cells"], strict=True):
        assert ours_cell == stock_cell
    assert ours.notebook == stock.notebook
    assert ours.error_in_full == stock.error_in_full
    assert ours.files == stock.files


def test_the_widgets_of_ipywidgets_are_those_of_the_stock_engine(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("ipywidgets")
    stock, ours = both(tmp_path, caplog, "ipywidgets")
    assert_same(stock, ours)
    assert len(ours.notebook["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]) > 10


@pytest.mark.parametrize("nesting", ["nest_asyncio", "nest_asyncio2"])
def test_event_loops_may_be_nested_in_any_cell(nesting: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip(nesting)
    nested = notebook("nested_loops")
    for cell in nested.cells:
        cell.source = cell.source.replace("NESTING", nesting)
    assert_same(*both(tmp_path, caplog, "nested_loops", notebook=nested))


def test_the_kernel_called_python_is_this_python(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stock, ours = both(tmp_path, caplog, "foreign", notebook=notebook("foreign", "python"))
    assert_same(stock, ours)
    assert not [record for record in caplog.records if "papermill's own engine" in record.getMessage()]


def test_exit_in_the_last_cell_ends_the_notebook_in_order(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stock, ours = both(tmp_path, caplog, "exit_at_the_end")
    assert_same(stock, ours)
    assert ours.files["exited"] == "yes"


def test_what_is_printed_can_be_written_to_files_as_well(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = [io.StringIO() for _ in range(4)]
    waiting = iter([(files[0], files[1]), (files[2], files[3])])
    path = tmp_path / "streams.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(TWO_STREAMS)], metadata={"kernelspec": KERNEL}), path)
    for engine in (None, "reportkit"):
        out, error = next(waiting)
        Ran(engine, path, tmp_path / "work", stdout_file=out, stderr_file=error)
    assert [file.getvalue() for file in files] == ["a\nc\n", "b\n"] * 2


TWO_STREAMS = "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')"


def test_startup_files_configuration_and_extensions_of_ipython_are_honoured(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00-start.py").write_text("from_startup = 'startup'")
    (profile / "ipython_kernel_config.py").write_text(
        "c.InteractiveShellApp.exec_lines = ['from_config = 1']\n"
        "c.InteractiveShellApp.extensions = ['greeting_extension']\n"
        "c.InteractiveShell.ast_node_interactivity = 'all'\n"
    )
    (tmp_path / "greeting_extension.py").write_text(
        "def load_ipython_extension(shell):\n"
        "    shell.register_magic_function(lambda line: print('hello', line), magic_name='greeting')\n"
    )
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    stock, ours = both(tmp_path, caplog, "configured")
    assert_same(stock, ours)
    assert ours.notebook["cells"][0]["outputs"][0]["text"] == ["startup 1 all\n"]
    assert ours.notebook["cells"][1]["outputs"][0]["text"] == ["hello \n"]


def merge_streams(notebook: Any) -> None:
    """Put pieces of the same stream together: where they were cut is a matter of time where nobody flushes."""
    for cell in notebook["cells"]:
        outputs: list[Any] = []
        for output in cell.get("outputs", ()):
            text = output.get("text")
            if text is not None and outputs and outputs[-1].get("name") == output["name"]:
                outputs[-1]["text"] = "".join([*outputs[-1]["text"], *text]).splitlines(keepends=True)
            else:
                outputs.append(output)
        if outputs:
            cell["outputs"] = outputs


def unmarked(ran: Ran) -> Any:
    """A notebook without what says that it has failed."""
    for part in (ran.notebook, *ran.notebook["cells"]):
        for key in ("exception", "status"):
            part["metadata"]["papermill"].pop(key, None)
    return ran.notebook


def test_a_process_that_ends_is_an_error_that_also_says_how(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stock, ours = both(tmp_path, caplog, "killed")
    assert isinstance(stock.error, DeadKernelError)
    assert isinstance(ours.error, DeadKernelError)
    assert str(stock.error) == "Kernel died"
    assert str(ours.error) == "Kernel died: its process ended (exit status 3)"
    # The stock engine takes the cell for complete.
    assert ours.notebook["cells"][1]["metadata"]["papermill"]["status"] == "failed"
    assert unmarked(ours) == unmarked(stock)


def test_a_cell_that_takes_too_long_is_the_same_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stock, ours = both(tmp_path, caplog, "timed_out", execution_timeout=3)
    assert isinstance(ours.error, CellTimeoutError)
    assert ours.error_in_full == stock.error_in_full
    assert ours.notebook["cells"][1]["metadata"]["papermill"]["status"] == "failed"
    for ran in (stock, ours):
        cell = ran.notebook["cells"][1]
        cell["outputs"] = [output for output in cell["outputs"] if output.get("ename") != "KeyboardInterrupt"]
        cell["metadata"]["execution"] = cell["metadata"]["execution"][:2]
    assert unmarked(ours) == unmarked(stock)


def test_a_kernel_that_is_not_installed_is_the_same_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stock, ours = both(tmp_path, caplog, "foreign", notebook=notebook("foreign", "not-installed"))
    assert type(ours.error).__name__ == "NoSuchKernel"
    assert ours.error_in_full == stock.error_in_full


@pytest.mark.parametrize(
    ("name", "kernel", "reason"),
    [
        ("other-language", {"language": "julia"}, "the kernel other-language is for julia"),
        ("other-python", {"argv": ["OTHER", "-m", "ipykernel_launcher", "-f", "{connection_file}"]}, "another Python"),
        ("other-setting", {"env": {"SET_BY_THE_KERNEL": "yes"}}, "not ipykernel as it comes"),
    ],
)
def test_another_kernel_is_left_to_the_stock_engine_which_is_said(
    name: str,
    kernel: dict[str, Any],
    reason: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tmp_path / "other" / "bin" / "python"
    other.parent.mkdir(parents=True)
    other.symlink_to(sys.executable)
    # A virtual environment of its own, which has what ours has.
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", other.parent.parent)
    (other.parent.parent / "lib").symlink_to(Path(sys.prefix) / "lib")
    spec = {"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
    spec |= {"display_name": name} | kernel
    spec["argv"] = [str(other) if argument == "OTHER" else argument for argument in spec["argv"]]
    folder = tmp_path / "jupyter" / "kernels" / name
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    path = tmp_path / "foreign.ipynb"
    nbformat.write(notebook("foreign", name), path)
    with caplog.at_level(logging.WARNING, "papermill"):
        ran = Ran("reportkit", path, tmp_path / "work", notebook_timeout=60)
    assert ran.error is None
    assert ran.notebook["cells"][0]["outputs"][0]["text"] == ["by another kernel\n"]
    assert [record.getMessage() for record in caplog.records if reason in record.getMessage()]


def test_two_runs_have_different_random_numbers(tmp_path: Path) -> None:
    source = "import random, uuid\nimport numpy\nprint(random.random(), numpy.random.random(), uuid.uuid4())"
    path = tmp_path / "random.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source)], metadata={"kernelspec": KERNEL}), path)
    texts = [
        Ran("reportkit", path, tmp_path / "work").notebook["cells"][0]["outputs"][0]["text"][0].split()
        for _ in range(2)
    ]
    assert not set(texts[0]) & set(texts[1])

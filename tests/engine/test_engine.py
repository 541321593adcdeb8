"""Papermill finds the engine by its name, and its own engine runs what this one cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from engine.executed import KERNEL, execute, executed, results, texts
from reportkit.engine.engine import ReportkitEngine


def test_papermill_knows_the_engine() -> None:
    assert papermill_engines.get_engine("reportkit") is ReportkitEngine


def test_papermill_s_command_runs_a_notebook_with_it(tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_code_cell("year = 0", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("year"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), tmp_path / "a.ipynb")
    command = [sys.executable, "-m", "papermill", "--engine", "reportkit", "-p", "year", "2023", "a.ipynb", "b.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert results(nbformat.read(tmp_path / "b.ipynb", as_version=4)) == ["2023"]


def test_importing_papermill_does_not_import_what_runs_notebooks() -> None:
    program = "import sys, papermill\nprint('ipykernel' in sys.modules, 'reportkit.engine.client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


@pytest.mark.parametrize(
    "options", [{"coalesce_streams": True}, {"extra_arguments": ["--log-level=CRITICAL"]}, {"on_cell_start": print}]
)
def test_what_only_a_kernel_does_is_left_to_the_stock_engine_which_is_said(
    options: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: dict[str, object] = {}

    def stock(nb_man: object, kernel_name: str, **given: object) -> None:
        asked.update(given)

    monkeypatch.setattr(NBClientEngine, "execute_managed_notebook", stock)
    execute(tmp_path, "1", **options, notebook_timeout=7)
    assert asked.items() >= (options | {"execution_timeout": 7}).items()
    assert f"{next(iter(options))}: only a kernel does that" in caplog.text


def test_on_windows_the_stock_engine_runs_notebooks_which_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(NBClientEngine, "execute_managed_notebook", lambda nb_man, name, **given: asked.append(name))
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "platform", "win32")
        execute(tmp_path, "1")
    assert asked == ["python3"]
    assert "papermill's own engine runs this notebook" in caplog.text


def test_nbclient_s_other_options_hold(tmp_path: Path) -> None:
    ran = execute(tmp_path, "print('a')", record_timing=False, store_widget_state=False)
    assert "execution" not in ran.cells[0].metadata
    assert texts(ran) == ["a\n"]


def test_errors_may_be_allowed(tmp_path: Path) -> None:
    with pytest.raises(PapermillExecutionError):  # papermill itself does not allow errors
        execute(tmp_path, "1 / 0", "print('went on')", allow_errors=True)
    assert texts(executed(tmp_path)) == ["", "went on\n"]

"""An error in what somebody gave is shown in a notebook as its message and the lines that led to it."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from reportkit.system.errors import InputError, explained

CELLS = (
    "from reportkit.system.errors import InputError\nclass GivenError(InputError, ValueError): ...",
    "def wrong(said):\n    raise GivenError(said)",
    "x = 1\n\nwrong('a.yaml:3: 示例')",
)
SHOWN = """\
Cell In[3], line 3
    wrong('a.yaml:3: 示例')

Cell In[2], line 2
    raise GivenError(said)

GivenError: a.yaml:3: 示例"""


@pytest.mark.parametrize("engine", [None, "reportkit"])
def test_a_notebook_shows_the_message_and_its_own_lines(engine: str | None, tmp_path: Path) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS], metadata={"kernelspec": kernel})
    nbformat.write(notebook, tmp_path / "a.ipynb")
    with pytest.raises(PapermillExecutionError) as failed:
        papermill.execute_notebook(
            tmp_path / "a.ipynb", tmp_path / "b.ipynb", engine_name=engine, cwd=tmp_path, progress_bar=False
        )
    assert (failed.value.ename, failed.value.evalue) == ("GivenError", "a.yaml:3: 示例")
    assert re.sub(r"\x1b\[[\d;]*m", "", "\n".join(failed.value.traceback)) == SHOWN


def test_outside_a_notebook_there_are_no_cells_to_name() -> None:
    try:
        raise InputError("示例")
    except InputError as error:
        assert error._render_traceback_() == ["\x1b[1;31mInputError\x1b[0m: 示例"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EACCES, "Permission denied", "a"), "a: Permission denied; ask for the right to use it, or"),
        (OSError(errno.ENOSPC, "No space left", b"a"), "a: No space left; free some space, then try again"),
        (OSError(errno.ENOTDIR, "Not a directory", Path("a")), "a: Not a directory"),
        (OSError(errno.ENOTDIR, "Not a directory"), "Not a directory"),
        (OSError("示例"), "示例"),
    ],
)
def test_an_error_of_the_system_is_put_into_words(error: OSError, words: str) -> None:
    assert explained(error).startswith(words)
    assert len(explained(error).splitlines()) == 1


def test_an_error_that_is_in_words_already_stays() -> None:
    class PlaceError(InputError, OSError):
        """As an output has one."""

    assert explained(PlaceError("s3://示例: no such bucket")) == "s3://示例: no such bucket"

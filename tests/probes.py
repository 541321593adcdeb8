"""Which lines of reportkit run in the tests, marked by the lines themselves; `make test` asks for it with ``--cov``.

Before Python 3.12 coverage.py can only trace, and while Python traces, every line of every library takes twice as long. So
coverage.py only makes the report. When a module of reportkit is imported, before each of its statements stands another
that marks the line in a map of all lines. The map is a file, which all processes of the tests share, however they end:
pytest's workers, what is forked from them, and each Python that these start with code of reportkit. Programs
(``python -m reportkit``, Jupyter's kernels) are not measured: they do nothing that is not done in one of these, too.
"""

from __future__ import annotations

import ast
import mmap
import multiprocessing.util
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import pairwise
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

__all__ = ["MAP", "lines_that_ran", "measure", "measure_if_asked", "with_marks"]

PACKAGE = "reportkit"
SOURCES = Path(__file__).parents[1] / "src" / PACKAGE
# The environment variable that names the map's file.
ASKED = "REPORTKIT_TESTS_LINES"
# What the map is called in the modules.
MAP = "__lines__"
_END = "the end"
# What a Python does first that is started in order to be measured.
_BEGINNING = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import probes; sys.path.pop(0); "
    "probes.measure_if_asked(); "
)

lines: mmap.mmap


def measure(file: Path) -> None:
    """Measure this process and those that come from it, in a file that may be there already."""
    global lines
    with file.open("a+b") as opened:
        opened.truncate(starts()[_END])
        lines = mmap.mmap(opened.fileno(), 0)
    os.environ[ASKED] = str(file)
    sys.meta_path.insert(0, _Finder())
    _measure_what_is_started()


def measure_if_asked() -> None:
    """Measure this process if that is measured which has started it, and this is not yet."""
    if ASKED in os.environ and "lines" not in globals():
        measure(Path(os.environ[ASKED]))


def _measure_what_is_started() -> None:
    """Have each Python measured that multiprocessing or reportkit starts with code."""
    spawn: Any = multiprocessing.util.spawnv_passfds
    start: Any = subprocess.Popen.__init__

    def measured(command: Any) -> Any:
        if (
            isinstance(command, list)
            and command[0] == sys.executable
            and command[-2] == "-c"
            and PACKAGE in command[-1]
        ):
            return [*command[:-1], f"{_BEGINNING}{command[-1]}"]
        return command

    def spawn_measured(program: bytes, command: Sequence[str], *options: Any) -> Any:
        *given, code = command
        return spawn(
            program, [*given, f"{_BEGINNING}{code}" if "multiprocessing.forkserver" in code else code], *options
        )

    def start_measured(self: Any, args: Any, *options: Any, **named: Any) -> None:
        start(self, measured(args), *options, **named)

    multiprocessing.util.spawnv_passfds = spawn_measured  # type: ignore[assignment]
    subprocess.Popen.__init__ = start_measured  # type: ignore[method-assign]


def lines_that_ran() -> dict[str, list[int]]:
    """The numbers of the lines that have run in any process, by file."""
    return {
        file: [number for number, ran in enumerate(lines[start:end]) if ran]
        for (file, start), (_, end) in pairwise(starts().items())
    }


@cache
def starts() -> dict[str, int]:
    """Where in the map each file has its line 0; the last is that of what comes after them."""
    found, start = {}, 0
    for path in sorted(SOURCES.rglob("*.py")):
        found[str(path)] = start
        start += path.read_bytes().count(b"\n") + 2
    return {**found, _END: start}


class _Finder(MetaPathFinder):
    """Finds reportkit's modules, to be loaded with marks."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != PACKAGE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin in starts():
            spec.loader = _Loader(fullname, str(spec.origin))
        return spec


class _Loader(SourceFileLoader):
    """Loads a module whose statements mark their lines."""

    def get_code(self, fullname: str) -> CodeType:
        """Compile it anew: what Python keeps of it is without marks."""
        tree = with_marks(self.get_data(self.path), starts()[self.path])
        at = _first(tree.body)
        tree.body[at:at] = ast.parse(f"import probes as {MAP}; {MAP} = {MAP}.lines").body
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)


def with_marks(source: bytes, start: int = 0) -> ast.Module:
    """A module each of whose statements comes after one that marks its line; line 0 is at `start` in the map."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        heading: list[int] = []
        match node:
            case ast.ExceptHandler(lineno=line) | ast.match_case(pattern=ast.pattern(lineno=line)):
                heading = [line]
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                _mark(block, heading, start)
    return ast.fix_missing_locations(tree)


def _first(block: list[ast.stmt]) -> int:
    """Where something may be put first: after the docstring and what is imported from the future."""
    for number, statement in enumerate(block):
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and number == 0
        if not (docstring or (isinstance(statement, ast.ImportFrom) and statement.module == "__future__")):
            return number
    return len(block)


def _mark(block: list[ast.stmt], heading: list[int], start: int) -> None:
    """Put before each statement others that mark its line; before the first, those of the heading and what cannot have one."""
    first = _first(block)
    numbers = [*heading, *(statement.lineno for statement in block[:first])]
    marked = block[:first]
    for statement in block[first:]:
        decorators = getattr(statement, "decorator_list", [])
        numbers += [*(decorator.lineno for decorator in decorators), statement.lineno]
        marked += [_marks(start + number, statement) for number in numbers]
        marked.append(statement)
        numbers = []
    marked += [_marks(start + number, block[-1]) for number in numbers]
    block[:] = marked


def _marks(place: int, beside: ast.stmt) -> ast.stmt:
    target = ast.Subscript(ast.Name(MAP, ast.Load()), ast.Constant(place), ast.Store())
    return ast.copy_location(ast.Assign([target], ast.Constant(1)), beside)

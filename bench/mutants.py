"""How much of a module the tests hold: small changes are made to it one at a time, and the tests run on each.

Run it with ``make mutants MODULE=checks/privacy``. A change that no test notices is shown as a difference; it either
changes nothing that matters, or a test is missing. The changes are those that cosmic-ray makes, in a copy of the
repository. The tests are collected once: for each change a fork of that process gives the functions their changed code,
and runs the tests until one fails, those first that run the changed line. Only a change outside of functions needs the
tests from the beginning.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import gc
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple, NoReturn

import coverage
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[1]
# Changes that say nothing: `|` is in types far more often than in sums, and a cache that is taken away only costs time.
LEFT_OUT = (
    r"core/ReplaceBinaryOperator_BitOr_.*",
    r"core/ReplaceBinaryOperator_\w+_(?:Pow|RShift|LShift|BitOr|BitAnd|BitXor|FloorDiv|Mod|Div)",
    r"core/ReplaceUnaryOperator_.*_Invert",
    r"core/RemoveDecorator",
    r"core/ReplaceComparisonOperator_(?:Eq_Is|NotEq_IsNot)",
)
# Words are the same or not; which comes first in the alphabet says nothing.
ORDERS = re.compile(r"core/ReplaceComparisonOperator_(?:Eq|NotEq)_[LG]tE?")
EQUALS_A_WORD = re.compile(r"[=!]=\s*[\"']")
IMPORTS = re.compile(r"\s*(?:from|import|@|if TYPE_CHECKING)")
ENOUGH = 0.95
OPTIONS = ("-x", "-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0")
# How long the tests of one change may take: so many seconds, and so many times what they take without it.
SLOWEST, SLOWER = 60.0, 6.0
FAILED = 1
UNNOTICED = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Assert, ast.Delete, ast.Expr, ast.Raise, ast.Return)

Place = tuple[str, int]
"""A function by its qualified name and its first line."""


class Change(NamedTuple):
    """A small change of a module: where it begins, by which operator of cosmic-ray, and which of those it can make."""

    line: int
    column: int
    operator: str
    occurrence: int


def main() -> int:
    """Make the changes asked for, show those that no test notices, and print the share that is noticed."""
    arguments = parsed()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = copied(Path(folder))
        enter(copy)
        tests = arguments.tests or tests_of(arguments.module)
        source = copy / source_of(arguments.module).relative_to(ROOT)
        changes = chosen(source.read_text(encoding="utf-8"), arguments.sample, arguments.seed)
        print(f"{arguments.module}: {len(changes)} changes, against {' '.join(tests)}", flush=True)
        trial = Trial(source, changes, tests)
        pytest.main([*OPTIONS, *tests], plugins=[trial])
        return trial.told()


def parsed() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help="the module below src/reportkit, without its ending: checks/privacy")
    parser.add_argument("--sample", type=int, default=40, help="how many changes; 0 for all (default: 40)")
    parser.add_argument("--seed", type=int, default=20, help="which ones (default: 20)")
    parser.add_argument("--tests", nargs="+", help="the tests (default: the module's own and those of its package)")
    arguments = parser.parse_args()
    if not source_of(arguments.module).is_file():
        parser.error(f"src/reportkit/{arguments.module}.py does not exist")
    return arguments


def source_of(module: str) -> Path:
    """The file of a module in the repository."""
    return ROOT / "src" / "reportkit" / f"{module}.py"


def tests_of(module: str) -> list[str]:
    """The tests of a module: its own, then those of its package."""
    package, _, name = module.rpartition("/")
    own = Path("tests", package, f"test_{name}.py")
    there = [str(path) for path in (own, own.parent) if (ROOT / path).exists() and path != Path("tests")]
    return there or ["tests"]


def copied(folder: Path) -> Path:
    """A copy of the repository's files, which may be changed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def enter(copy: Path) -> None:
    """Go on in the copy, with its code: here, and in the processes that tests start."""
    os.chdir(copy)
    sys.path[:1] = [str(copy / "src")]  # in place of the folder of this program
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    os.environ.update(PATH=path, PYTHONPATH=str(copy / "src"), PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = True
    vars(sys.modules["__main__"]).pop("__file__", None)  # what tests start must not begin with this program


# ------------------------------------------------------------------ changes


def chosen(text: str, sample: int, seed: int) -> list[Change]:
    """Some of the changes that can be made to a module, in its order; all of them for a sample of 0."""
    lines = text.splitlines()
    every = sorted(change for change in possible(text) if not says_nothing(change, lines))
    return sorted(random.Random(seed).sample(every, min(sample or len(every), len(every))))  # noqa: S311


def possible(text: str) -> Iterator[Change]:
    """The changes that can be made to a text of Python."""
    nodes = list(ast_nodes(get_ast(text)))
    for name in operator_names():
        kind = get_operator(name)
        if kind.arguments() or any(re.fullmatch(pattern, name) for pattern in LEFT_OUT):
            continue
        places = [start for node in nodes for start, _ in kind().mutation_positions(node)]
        yield from (Change(line, column, name, number) for number, (line, column) in enumerate(places))


def says_nothing(change: Change, lines: Sequence[str]) -> bool:
    """Whether a change is one of an import, or only asks which of two words comes first."""
    line = lines[change.line - 1]
    orders_words = ORDERS.fullmatch(change.operator) and EQUALS_A_WORD.match(line, change.column)
    return bool(orders_words or IMPORTS.match(line))


def changed_lines(before: str, after: str) -> Iterator[str]:
    """The lines in which two texts differ, and where."""
    difference = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return (line for line in difference if not line.startswith(("---", "+++")))


# -------------------------------------------------------------------- tests


class Trial:
    """A plugin of pytest that runs the tests on each change, in place of running them once.

    Parameters
    ----------
    source
        The module, in the copy.
    changes
        What is to be changed, one after the other.
    tests
        What pytest was told to collect.
    """

    def __init__(self, source: Path, changes: Sequence[Change], tests: Sequence[str]) -> None:
        self.source, self.changes, self.tests = source, changes, tests
        self.text = source.read_text(encoding="utf-8")
        self.said = Path("said.txt").absolute()
        self.tried = self.unseen = 0

    def told(self) -> int:
        """Print the share of changes that some test noticed; 1 if it is too small, or if the tests do not pass."""
        share = 1 - self.unseen / self.tried if self.tried else 0.0
        print(f"\n{self.tried - self.unseen} of {self.tried} changes noticed: {share:.0%}")
        return int(share < ENOUGH)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once as they are, then on each change."""
        import_module(".".join(self.source.relative_to(Path("src").absolute()).with_suffix("").parts))
        measured = self.said.with_name("measured.json")
        if forked(lambda: measure(session, self.source, measured), self.said, 3600) != 0:
            print(self.said.read_text(encoding="utf-8", errors="replace"))
            return True
        seconds, running = json.loads(measured.read_text(encoding="utf-8"))
        for change in self.changes:
            after = mutate_code(self.text, get_operator(change.operator)(), change.occurrence)
            if not is_python(after):
                continue
            lines = statement_at(change.line, self.text)
            items = sorted(
                session.items,
                key=lambda item: (lines.isdisjoint(running.get(item.nodeid, ())), seconds[item.nodeid]),
            )
            self.tried += 1
            if self.ended(session, items, after, SLOWEST + SLOWER * sum(seconds.values())) in UNNOTICED:
                self.unseen += 1
                print(
                    f"\n--- {self.unseen}, noticed by no test", *changed_lines(self.text, after), sep="\n", flush=True
                )
        return True

    def ended(self, session: pytest.Session, items: Sequence[pytest.Item], after: str, limit: float) -> int | None:
        """How the tests end with a changed module."""
        functions, codes = functions_of(self.source), codes_in(self.text, self.source)
        changed = {
            place: code
            for place, code in codes_in(after, self.source).items()
            if place in functions and code != codes.get(place)
        }
        if not changed:
            return self.from_the_beginning(after, limit)

        def with_changes() -> int:
            for place, code in changed.items():
                for function in functions[place]:
                    function.__code__ = code
            return run(session, items)

        return forked(with_changes, self.said, limit)

    def from_the_beginning(self, after: str, limit: float) -> int | None:
        """How pytest ends that starts with a changed module."""
        self.source.write_text(after, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", *OPTIONS, *self.tests]
        ended = forked(lambda: subprocess.run(command).returncode, self.said, limit)
        self.source.write_text(self.text, encoding="utf-8")
        return ended


def forked(act: Callable[[], int], said: Path, limit: float) -> int | None:
    """What a function gives in a fork of this process; None if it takes too long."""
    if not (process := os.fork()):
        _end_with(act, said)
    end, status = time.monotonic() + limit, None
    while status is None and time.monotonic() < end:
        ended, code = os.waitpid(process, os.WNOHANG)
        status = code if ended else None
        time.sleep(0.005)
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)  # it, or what it has left behind
    if status is None:
        os.waitpid(process, 0)
        return None
    return os.waitstatus_to_exitcode(status)


def _end_with(act: Callable[[], int], said: Path) -> NoReturn:
    code = FAILED
    try:
        os.setpgid(0, 0)
        file = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        code = act()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run(
    session: pytest.Session, items: Sequence[pytest.Item], before: Callable[[pytest.Item], None] = lambda item: None
) -> int:
    """Run tests until one fails; 0 if none does."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        before(item)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return FAILED
    return 0


def measure(session: pytest.Session, source: Path, file: Path) -> int:
    """Run all tests, and write how long each takes and which lines of the module it runs."""
    lines = coverage.Coverage(data_file=None, include=[str(source)], config_file=False)
    begun: dict[str, float] = {}

    def begin(item: pytest.Item) -> None:
        lines.switch_context(item.nodeid)
        begun[item.nodeid] = time.monotonic()

    lines.start()
    ended = run(session, session.items, begin)
    lines.stop()
    ends = [*list(begun.values())[1:], time.monotonic()]
    seconds = {name: end - start for (name, start), end in zip(begun.items(), ends, strict=True)}
    running: dict[str, list[int]] = {}
    for line, tests in lines.get_data().contexts_by_lineno(str(source)).items():
        for test in tests:
            running.setdefault(test, []).append(line)
    file.write_text(json.dumps([seconds, running]), encoding="utf-8")
    return ended


def statement_at(line: int, text: str) -> set[int]:
    """The lines of the statement that a line of a module belongs to."""
    around = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, SIMPLE) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    smallest = min(around, key=len, default=range(line, line + 1))
    return set(smallest)


def functions_of(source: Path) -> Mapping[Place, list[FunctionType]]:
    """The functions of a module that there are, wherever they are kept."""
    found: dict[Place, list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename == str(source):
            found.setdefault((one.__code__.co_qualname, one.__code__.co_firstlineno), []).append(one)
    return found


def is_python(text: str) -> bool:
    """Whether a changed text can be read at all: other signs in place of those in ``{**more}`` make none of it."""
    try:
        compile(text, "", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def codes_in(text: str, source: Path) -> Mapping[Place, CodeType]:
    """The code of each function in the text of a module."""
    found: dict[Place, CodeType] = {}
    left = [compile(text, str(source), "exec", dont_inherit=True)]
    while left:
        within = [one for one in left.pop().co_consts if isinstance(one, CodeType)]
        found |= {(one.co_qualname, one.co_firstlineno): one for one in within}
        left += within
    return found


if __name__ == "__main__":
    sys.exit(main())

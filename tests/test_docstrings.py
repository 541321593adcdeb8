"""What a module offers says what it takes, returns and raises, in numpydoc's sections; its examples are true."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "reportkit"
# The docstring of a command is its help on the terminal.
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if path.parent.name != "cli"]


def offered(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The functions that a module names in `__all__`."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names |= set(ast.literal_eval(node.value))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            yield node


def lacking(function: ast.FunctionDef) -> Iterator[str]:
    """The sections that a function's docstring should have, and has not."""
    told = ast.get_docstring(function) or ""
    takes = function.args.args + function.args.kwonlyargs
    returns = ast.unparse(function.returns) if function.returns else "None"
    raises = any(isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(function))
    if takes and "Parameters\n------" not in told:
        yield "Parameters"
    yield from (f"`{name.arg}` in Parameters" for name in takes if "Parameters\n" in told and name.arg not in told)
    if returns not in ("None", "NoReturn") and not any(f"{word}\n---" in told for word in ("Returns", "Yields")):
        yield "Returns"
    if raises and "Raises\n------" not in told:
        yield "Raises"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_functions_that_a_module_offers_are_documented_in_full(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert {function.name: list(lacking(function)) for function in offered(tree) if list(lacking(function))} == {}


def test_a_section_that_is_missing_is_noticed() -> None:
    (function,) = ast.parse('def f(a: int) -> int:\n    """Do."""\n    raise ValueError(a)').body
    assert isinstance(function, ast.FunctionDef)
    assert list(lacking(function)) == ["Parameters", "Returns", "Raises"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_examples_of_a_module_are_true(path: Path) -> None:
    if ">>>" not in path.read_text(encoding="utf-8"):
        return
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    module = import_module(".".join(part for part in parts if part != "__init__"))
    assert doctest.testmod(module).failed == 0

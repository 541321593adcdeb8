"""The floors of the house hold, and nothing in it is tied to one machine."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import reportkit

PROJECT = Path(__file__).parents[1]
SOURCE = PROJECT / "src" / "reportkit"

FLOORS = {
    1: {"errors", "figures", "files", "form", "layout", "machine"},
    2: {"report"},
    3: {"typed", "register", "parameters", "schema", "project", "starter", "sources", "checks", "intake", "demo"},
    4: {"display", "publish"},
    5: {"run"},
    6: {"cli", "__main__"},
}
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
# The analyst's face opens every room when asked for it, and only `__version__` is asked of it from within.
FACE = "reportkit"


def name_of(file):
    parts = file.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(file): file for file in sorted(SOURCE.rglob("*.py"))}


def room_of(module):
    return module.split(".")[1]


def imports(module, tree):
    """What a module imports of the house, wherever in its code: pairs of module and name."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == FACE:
                    yield alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            if source.split(".")[0] == FACE:
                for alias in node.names:
                    inner = f"{source}.{alias.name}"
                    yield (inner, "") if inner in MODULES else (source, alias.name)


IMPORTS = {
    module: set(imports(module, ast.parse(file.read_text(encoding="utf-8")))) for module, file in MODULES.items()
}


def assert_no_circle(graph) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail("imports in a circle: " + " → ".join(reversed(circle.args[1])))


def test_every_room_has_its_floor() -> None:
    assert {room_of(module) for module in MODULES if module != FACE} <= set(FLOOR)


@pytest.mark.parametrize("module", [module for module in MODULES if module != FACE])
def test_a_module_imports_only_from_its_own_floor_and_lower_ones(module) -> None:
    floor = FLOOR[room_of(module)]
    for imported, name in IMPORTS[module]:
        if imported == FACE:
            assert name == "__version__", f"{module} asks the analyst's face for {name or 'itself'}"
        else:
            assert FLOOR[room_of(imported)] <= floor, f"{module} imports {imported} from a higher floor"


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert_no_circle({module: {imported for imported, _ in IMPORTS[module]} - {FACE} for module in MODULES})


def test_no_rooms_import_each_other_in_a_circle() -> None:
    rooms = {}
    for module in set(MODULES) - {FACE}:
        others = {room_of(imported) for imported, _ in IMPORTS[module] if imported != FACE}
        rooms.setdefault(room_of(module), set()).update(others - {room_of(module)})
    assert_no_circle(rooms)


def test_the_analysts_face_opens_no_room_before_it_is_asked() -> None:
    program = "import sys, reportkit; print(*(name for name in sys.modules if name.startswith('reportkit.')))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


@pytest.mark.parametrize("name", reportkit.__all__)
def test_the_analysts_face_has_what_it_promises(name) -> None:
    assert getattr(reportkit, name)
    assert name in dir(reportkit)


def test_the_analysts_face_has_no_more_than_it_promises() -> None:
    with pytest.raises(AttributeError, match="module 'reportkit' has no attribute 'nothing'"):
        reportkit.nothing  # noqa: B018


# ------------------------------------------------------------ the repository

# Text that would tie a file to one machine, or to one place to download from.
TIES = re.compile(
    r"(?<![\w./~-])/(?:work|root|home|Users|opt|mnt)/\w"
    r"|\b(?:files\.)?pypi(?:thonhosted)?\.(?:org|python\.org)\b|\bpythonhosted\.org\b"
    r"|\bregistry\.(?:npmjs\.org|yarnpkg\.com)\b|\b(?:deb|ftp|security)\.debian\.org\b"
    r"|\bmirrors?\.[\w.-]+\.(?:com|cn|org)\b"
)


def repository_files():
    """The files that are in git or would be with the next `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    return [file for file in map(PROJECT.joinpath, filter(None, listed.split("\0"))) if file.is_file()]


def test_the_tie_pattern_knows_what_it_looks_for() -> None:
    tied = ["see /{}/someone/x", "https://{}.org/simple", "index-url = https://{}.example.com/pypi"]
    for text, word in zip(tied, ["home", "pypi", "mirrors"], strict=True):
        assert TIES.search(text.format(word))
    for free in ("params/2023/home/x", "http://www.linyi.gov.cn/home/x", "/usr/bin/chromium", "output/index.html"):
        assert not TIES.search(free)


def test_no_file_names_a_machines_path_or_a_package_registry() -> None:
    tied = {}
    for file in repository_files():
        if file.suffix == ".lock" or file.is_relative_to(PROJECT / "tests" / "data"):
            continue
        found = TIES.search(file.read_text(encoding="utf-8", errors="ignore"))
        if found:
            tied[str(file.relative_to(PROJECT))] = found[0]
    assert tied == {}


def test_the_lock_names_no_path_and_no_host() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-[^-]|--(?:index|extra-index|find-links)|\s@\s", lock, re.MULTILINE)


def test_notebooks_are_committed_without_outputs() -> None:
    notebooks = [file for file in repository_files() if file.suffix == ".ipynb"]
    assert PROJECT / "notebooks" / "annual_report.ipynb" in notebooks
    for notebook in notebooks:
        if notebook.is_relative_to(PROJECT / "tests" / "data"):
            continue
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                assert (cell["outputs"], cell["execution_count"]) == ([], None), f"{notebook.name} holds outputs"

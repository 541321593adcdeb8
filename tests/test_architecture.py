"""What each package may import, and that nothing in the repository is tied to one machine."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).parents[1]
SOURCE = PROJECT / "src" / "reportkit"


class Room(NamedTuple):
    """A package, or a module at the top of reportkit: its floor, and what it may import from besides itself."""

    floor: int
    may_import: tuple[str, ...] = ()


EVERYTHING_BELOW = ("*",)

# A room may also import what the rooms named here may import. Rooms on the same floor know nothing of each other.
ROOMS = {
    "system": Room(1),
    "text": Room(1),
    "form": Room(2, ("system", "text")),
    "documents": Room(2, ("system", "text")),
    "report": Room(3, ("form",)),
    "claims": Room(3, ("form",)),
    "project": Room(4, ("report",)),
    "checks": Room(4, ("report", "claims")),
    "publish": Room(4, ("report",)),
    "intake": Room(5, ("documents", "checks", "project")),
    "display": Room(5, ("report", "checks")),
    "engine": Room(5, ("system",)),
    "demo": Room(5, ("project", "checks")),
    "site": Room(5, ("project", "checks", "publish")),
    "analyst": Room(6, ("display", "project", "publish")),
    "build": Room(6, EVERYTHING_BELOW),
    "preview": Room(7, ("build",)),
    "cli": Room(8, EVERYTHING_BELOW),
    "__main__": Room(9, ("cli",)),
}
# What an analyst's notebook imports: it offers what the packages define, and none of them imports it.
FACE = "reportkit"

# ------------------------------------------------------- what modules import


def module_name(file: Path) -> str:
    """The name under which a source file is imported."""
    parts = file.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(source: str, package: str, modules: Collection[str]) -> Iterator[str]:
    """The modules of reportkit that a source imports, anywhere in its code; `package` is where it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            outer = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            origin = ".".join([*outer, *filter(None, [node.module])])
            inner = [f"{origin}.{alias.name}" for alias in node.names]
            names = [name if name in modules else origin for name in inner]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == FACE)


def read_imports() -> dict[str, set[str]]:
    """What each module of reportkit imports of it."""
    files = {module_name(file): file for file in sorted(SOURCE.rglob("*.py"))}
    return {
        module: set(
            imported_modules(
                file.read_text(encoding="utf-8"),
                module if file.name == "__init__.py" else module.rpartition(".")[0],
                files,
            )
        )
        for module, file in files.items()
    }


IMPORTS = read_imports()


def room_of(module: str) -> str:
    return module.split(".")[1]


def allowed(room: str) -> set[str]:
    """The rooms that a room may import from, itself among them."""
    below = {other for other, (floor, _) in ROOMS.items() if floor < ROOMS[room].floor}
    if ROOMS[room].may_import == EVERYTHING_BELOW:
        return below | {room}
    return {room}.union(*map(allowed, ROOMS[room].may_import))


def violations(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """The imports that the table does not allow, a sentence for each."""
    wrong = []
    for module, imported in imports.items():
        for other in imported if module != FACE else ():
            if other == FACE:
                wrong.append(f"{module} imports {FACE} itself, which only notebooks do")
            elif room_of(other) not in allowed(room_of(module)):
                wrong.append(f"{module} imports {other}, but {room_of(module)} may not know of {room_of(other)}")
    return sorted(wrong)


def circle(imports: Mapping[str, Iterable[str]]) -> str:
    """A circle among what imports what, in words; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return " → ".join(reversed(error.args[1]))
    return ""


def rooms_imported(imports: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """What each room imports of other rooms."""
    rooms: dict[str, set[str]] = {}
    for module in imports.keys() - {FACE}:
        others = {room_of(other) for other in imports[module] if other != FACE}
        rooms.setdefault(room_of(module), set()).update(others - {room_of(module)})
    return rooms


def offered(init: Path) -> set[str]:
    """The names that a package's ``__init__`` imports for others to use."""
    statements = ast.parse(init.read_text(encoding="utf-8")).body
    return {alias.name for node in statements if isinstance(node, ast.ImportFrom) for alias in node.names}


def detours(source: str, module: str, offers: Mapping[str, Collection[str]]) -> list[str]:
    """The names that a module imports from within another room, although a package there offers them."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.module)
    return [
        f"{module}: import {alias.name} from {package}, not from {node.module}"
        for node in nodes
        for alias in node.names
        for package, names in offers.items()
        if f"{node.module}".startswith(f"{package}.") and alias.name in names and room_of(module) != room_of(package)
    ]


# ------------------------------------------------------------------ they hold


def test_every_package_is_in_the_table() -> None:
    assert {room_of(module) for module in IMPORTS if module != FACE} <= ROOMS.keys()


@pytest.mark.parametrize("room", ROOMS)
def test_the_table_names_only_rooms_on_lower_floors(room: str) -> None:
    for other in allowed(room) - {room}:
        assert ROOMS[other].floor < ROOMS[room].floor


@pytest.mark.parametrize("room", ROOMS)
def test_a_package_imports_only_what_it_may_know_of(room: str) -> None:
    of_room = {module: IMPORTS[module] for module in IMPORTS if module != FACE and room_of(module) == room}
    assert violations(of_room) == []


def test_what_a_package_offers_is_imported_from_the_package() -> None:
    offers = {module_name(file): offered(file) for file in SOURCE.rglob("*/__init__.py")}
    files = [(module_name(file), file) for file in sorted(SOURCE.rglob("*.py")) if module_name(file) != FACE]
    assert [wrong for module, file in files for wrong in detours(file.read_text("utf-8"), module, offers)] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {module: imported - {FACE} for module, imported in IMPORTS.items()}
    assert circle(modules) == ""


def test_no_packages_import_each_other_in_a_circle() -> None:
    assert circle(rooms_imported(IMPORTS)) == ""


# ----------------------------------------------------- and would fail if not


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("system.files", "text"),
        ("form.model", "report"),
        ("documents.html", "form"),
        ("report", "documents.document"),
        ("project.folder", "checks"),
        ("checks.rule", "intake.saving"),
        ("checks.rule", "project.folder"),
        ("publish.page", "project.folder"),
        ("publish.page", "checks"),
        ("engine.shell", "project.folder"),
        ("engine.shell", "form"),
        ("display.tables", "publish.page"),
        ("demo.city", "display.charts"),
        ("intake.rollup", "site.index"),
        ("site.index", "build.plan"),
        ("build.plan", "cli.app"),
        ("preview.server", "cli"),
    ],
)
def test_an_import_that_the_table_does_not_allow_is_found(module: str, imported: str) -> None:
    importer, other = module.split(".")[0], imported.split(".")[0]
    assert violations({f"reportkit.{module}": [f"reportkit.{imported}"]}) == [
        f"reportkit.{module} imports reportkit.{imported}, but {importer} may not know of {other}"
    ]


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("checks.rule", "claims"),
        ("checks.rule", "checks.finding"),
        ("intake.rollup", "text.days"),
        ("site.index", "publish.formats"),
        ("build.plan", "engine.client"),
        ("preview.server", "display.tables"),
        ("cli.app", "preview"),
    ],
)
def test_an_import_that_the_table_allows_is_no_violation(module: str, imported: str) -> None:
    assert violations({f"reportkit.{module}": [f"reportkit.{imported}"]}) == []


def test_nothing_may_import_what_notebooks_import() -> None:
    assert violations({"reportkit.cli.app": ["reportkit"]}) == [
        "reportkit.cli.app imports reportkit itself, which only notebooks do"
    ]
    assert violations({"reportkit": ["reportkit.display.charts"]}) == []


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ("import reportkit.form.model", "reportkit.form.model"),
        ("import reportkit", "reportkit"),
        ("from reportkit import form", "reportkit.form"),
        ("from reportkit import open_report", "reportkit"),
        ("from reportkit.form import model as m", "reportkit.form.model"),
        ("from reportkit.form import Form", "reportkit.form"),
        ("from . import rule", "reportkit.checks.rule"),
        ("from .rule import Rule", "reportkit.checks.rule"),
        ("from ..form.model import Form", "reportkit.form.model"),
        ("def late():\n    from reportkit.form import Form", "reportkit.form"),
        ("if TYPE_CHECKING:\n    from reportkit.form import Form", "reportkit.form"),
    ],
)
def test_imports_are_found_however_they_are_written(source: str, imported: str) -> None:
    modules = {"reportkit", "reportkit.form", "reportkit.form.model", "reportkit.checks", "reportkit.checks.rule"}
    assert list(imported_modules(source, "reportkit.checks", modules)) == [imported]
    assert list(imported_modules("import yaml\nfrom json import loads", "reportkit.checks", modules)) == []


def test_a_name_imported_past_the_package_that_offers_it_is_found() -> None:
    offers = {"reportkit.form": {"Form"}}
    source = "from reportkit.form.model import Form, spans"
    assert detours(source, "reportkit.checks.rule", offers) == [
        "reportkit.checks.rule: import Form from reportkit.form, not from reportkit.form.model"
    ]
    assert detours(source, "reportkit.form.editions", offers) == []


def test_a_circle_is_found_among_modules_and_among_packages() -> None:
    assert circle({"a": ["b"], "b": ["c"], "c": []}) == ""
    assert circle({"a": ["b"], "b": ["c"], "c": ["a"]}).count("→") == 3
    imports = {"reportkit.demo.city": ["reportkit.site.index"], "reportkit.site.pages": ["reportkit.demo"]}
    assert circle(imports) == ""
    assert circle(rooms_imported(imports)) in ("demo → site → demo", "site → demo → site")


# ------------------------------------------------------------ the repository

# Text that would tie a file to one machine, or to one place to download from.
TIES = re.compile(
    r"(?<![\w./~-])/(?:work|root|home|Users|opt|mnt)/\w"
    r"|\b(?:files\.)?pypi(?:thonhosted)?\.(?:org|python\.org)\b|\bpythonhosted\.org\b"
    r"|\bregistry\.(?:npmjs\.org|yarnpkg\.com)\b|\b(?:deb|ftp|security)\.debian\.org\b"
    r"|\bmirrors?\.[\w.-]+\.(?:com|cn|org)\b"
)


def repository_files() -> list[Path]:
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

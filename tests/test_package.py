"""What is installed is whole: a wheel brings the notebook, the forms, the styles and the entry points along."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The files of the wheel, as an installer lays them out."""
    folder = wheel.with_name("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_a_wheel_holds_every_file_of_the_package(installed: Path) -> None:
    package = ROOT / "src" / "reportkit"
    committed = {
        path.relative_to(package) for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    held = {
        path.relative_to(installed / "reportkit") for path in (installed / "reportkit").rglob("*") if path.is_file()
    }
    assert committed <= held


@pytest.mark.parametrize("name", ["annual_report.ipynb", "explore.ipynb", "overview.ipynb"])
def test_the_notebooks_come_with_the_wheel(installed: Path, name: str) -> None:
    template = (ROOT / "notebooks" / name).read_bytes()
    assert (installed / "reportkit" / "template" / name).read_bytes() == template


def test_a_wheel_says_under_which_licence_it_comes(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        assert "License-Expression: BSD-3-Clause\n" in archive.read(metadata).decode()
        assert metadata.replace("METADATA", "licenses/LICENSE") in archive.namelist()


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("nbconvert.exporters", {f"reportkit_{name}" for name in ("publish", "review", "docx", "pdf")}),
        ("console_scripts", {"reportkit"}),
    ],
)
def test_the_ecosystem_s_doors_open(group: str, names: set[str]) -> None:
    doors = {door.name: door for door in entry_points(group=group) if door.name.startswith("reportkit")}
    assert set(doors) == names
    assert all(door.load() is not None for door in doors.values())

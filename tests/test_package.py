"""What is installed is whole: a wheel brings the notebook, the forms, the styles and the entry points along."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from end_to_end.projects import UNMEASURED

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a wheel, as an installer lays them out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_a_wheel_holds_every_file_of_the_package(installed: Path) -> None:
    package = ROOT / "src" / "reportkit"
    committed = {
        path.relative_to(package) for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    held = {
        path.relative_to(installed / "reportkit") for path in (installed / "reportkit").rglob("*") if path.is_file()
    }
    assert committed <= held


def test_a_new_project_can_be_begun_from_a_wheel_alone(installed: Path, tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); from reportkit.cli import main; main()"
    subprocess.run(
        [sys.executable, "-c", code, "init", "new"], cwd=tmp_path, check=True, capture_output=True, env=UNMEASURED
    )
    template = (ROOT / "notebooks" / "annual_report.ipynb").read_bytes()
    assert (tmp_path / "new" / "notebooks" / "annual_report.ipynb").read_bytes() == template


@pytest.mark.parametrize(
    ("group", "names"),
    [("nbconvert.exporters", {"reportkit_publish", "reportkit_review"}), ("console_scripts", {"reportkit"})],
)
def test_the_ecosystem_s_doors_open(group: str, names: set[str]) -> None:
    doors = {door.name: door for door in entry_points(group=group) if door.name.startswith("reportkit")}
    assert set(doors) == names
    assert all(door.load() is not None for door in doors.values())

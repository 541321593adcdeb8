"""The project of this repository, built once for all who look at it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from end_to_end.projects import ROOT, reportkit


@pytest.fixture(scope="session")
def real_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of this repository, copied and built."""
    root = tmp_path_factory.mktemp("real")
    for part in ("notebooks", "params"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    built = reportkit("build", folder=root)
    assert built.returncode == 0, built.stderr
    assert str(root / "output" / "index.html") in built.stdout
    return root

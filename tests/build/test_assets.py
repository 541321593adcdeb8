"""What all pages share is written once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reportkit.build.assets import ASSETS, write_assets
from reportkit.build.output import FolderOutput
from reportkit.publish import charts
from reportkit.publish.charts import library, library_name


def test_the_chart_library_stands_once_in_the_output(tmp_path: Path) -> None:
    write_assets(FolderOutput(tmp_path))
    (file,) = (tmp_path / ASSETS).iterdir()
    assert file.name == library_name()
    assert file.read_text(encoding="utf-8") == library()
    os.utime(file, (1, 1))
    write_assets(FolderOutput(tmp_path))
    assert file.stat().st_mtime == 1


def test_what_another_process_is_writing_is_left_to_it(tmp_path: Path) -> None:
    with FolderOutput(tmp_path).claimed(ASSETS):
        write_assets(FolderOutput(tmp_path))
    assert list((tmp_path / ASSETS).iterdir()) == []


def test_a_library_that_could_not_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise OSError("disk full")

    monkeypatch.setattr(charts, "library", fail)
    with pytest.raises(OSError, match="disk full"):
        write_assets(FolderOutput(tmp_path))
    assert list((tmp_path / ASSETS).iterdir()) == []

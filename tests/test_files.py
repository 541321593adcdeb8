"""Files are written whole or not at all."""

from pathlib import Path

import pytest

from reportkit.files import write_file


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b.txt", "年度报告")
    assert (tmp_path / "a" / "b.txt").read_text(encoding="utf-8") == "年度报告"


def test_nothing_temporary_is_left(tmp_path: Path) -> None:
    write_file(tmp_path / "b.txt", b"1")
    write_file(tmp_path / "b.txt", b"2")
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


def test_a_file_is_readable_as_the_umask_says(tmp_path: Path) -> None:
    write_file(tmp_path / "b.txt", "x")
    (tmp_path / "plain.txt").write_text("x")
    assert (tmp_path / "b.txt").stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


def test_a_failure_leaves_what_stood_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_file(tmp_path / "b.txt", "before")

    def refuse(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "b.txt", "after")
    assert (tmp_path / "b.txt").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1

"""Files are written whole or not at all."""

from __future__ import annotations

import os
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reportkit.system.files import is_leftover, write_file


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


@pytest.fixture(params=["nameless", "no O_TMPFILE", "no link", "nothing without a name"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Systems that know files without names, and those that know them not, or not here, or not how to name them."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(95, "not supported")

    if request.param == "no O_TMPFILE":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    if request.param == "no link":
        monkeypatch.setattr(os, "link", refuse)
    if request.param == "nothing without a name":
        real = os.open
        monkeypatch.setattr(
            os, "open", lambda path, flags, *mode: refuse() if flags & TMPFILE == TMPFILE else real(path, flags, *mode)
        )
    return str(request.param)


TMPFILE = getattr(os, "O_TMPFILE", -1)


def test_on_every_system_a_file_is_written_replaced_and_nothing_left(system: str, tmp_path: Path) -> None:
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    for content in (b"1" * 3_000_000, b"", b"22"):
        write_file(tmp_path / "b.txt", content)
        assert (tmp_path / "b.txt").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    (tmp_path / "plain.txt").write_text("x")
    assert (tmp_path / "b.txt").stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


def test_on_every_system_a_name_that_is_a_folder_s_is_refused_and_nothing_left(system: str, tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(OSError, match=r"b\.txt"):
        write_file(tmp_path / "b.txt", b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


def test_where_a_full_disk_stops_the_writing_nothing_is_left(system: str, tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    write_file(tmp_path / "b.txt", b"before")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_file(tmp_path / "b.txt", b"1" * 3_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert (tmp_path / "b.txt").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


def test_a_file_that_a_process_wrote_for_a_moment_is_known_by_its_name() -> None:
    assert is_leftover(".report.html.12-3.part")
    assert not is_leftover("report.html")
    assert not is_leftover("report.part")
    assert not is_leftover(".hidden")


def test_many_writers_of_one_name_leave_one_whole_file(tmp_path: Path) -> None:
    texts = [str(number) * 100_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: write_file(tmp_path / "b.txt", text), texts * 5))
    assert (tmp_path / "b.txt").read_text() in texts
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]

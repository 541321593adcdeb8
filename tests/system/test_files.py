"""Files are written whole or not at all."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from processes import until
from reportkit.system.files import is_leftover, own_temporary_folder, temporary_folder, write_file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b.txt", "年度报告")
    assert (tmp_path / "a" / "b.txt").read_text(encoding="utf-8") == "年度报告"


@pytest.mark.parametrize("content", [b"1" * 3_000_000, b"", b"22"])
def test_a_file_is_replaced_and_nothing_else_left(content: bytes, tmp_path: Path) -> None:
    write_file(tmp_path / "b.txt", b"before")
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    write_file(tmp_path / "b.txt", content)
    assert (tmp_path / "b.txt").read_bytes() == content
    assert names(tmp_path) == ["b.txt"]
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


def test_a_file_is_readable_as_the_umask_says(tmp_path: Path) -> None:
    write_file(tmp_path / "b.txt", "x")
    (tmp_path / "plain.txt").write_text("x")
    assert (tmp_path / "b.txt").stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


def test_an_interrupt_leaves_what_stood_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_file(tmp_path / "b.txt", "before")

    def interrupt(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "b.txt", "after")
    assert (tmp_path / "b.txt").read_text() == "before"
    assert names(tmp_path) == ["b.txt"]


def test_a_name_that_is_a_folder_s_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(OSError, match=r"b\.txt"):
        write_file(tmp_path / "b.txt", b"1")
    assert names(tmp_path) == ["b.txt"]


def test_a_full_disk_leaves_what_stood_there(tmp_path: Path) -> None:
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
    assert names(tmp_path) == ["b.txt"]


def test_many_writers_of_one_name_leave_one_whole_file(tmp_path: Path) -> None:
    texts = [str(number) * 100_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: write_file(tmp_path / "b.txt", text), texts * 5))
    assert (tmp_path / "b.txt").read_text() in texts
    assert names(tmp_path) == ["b.txt"]


def test_what_a_killed_process_was_writing_is_known_by_its_name_once_it_has_ended(tmp_path: Path) -> None:
    program = (
        "import os, sys, time\nfrom pathlib import Path\nfrom reportkit.system.files import write_file\n"
        "Path.replace = lambda *_: time.sleep(1000)\nwrite_file(Path(sys.argv[1]), 'whole')"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "b.txt")]) as writer:
        until(lambda: names(tmp_path), "the file is being written")
        (name,) = names(tmp_path)
        assert not is_leftover(name)
        writer.kill()
    assert is_leftover(name)


@pytest.mark.parametrize("name", ["report.html", "report.part", ".hidden", ".report.part"])
def test_any_other_file_is_no_leftover(name: str) -> None:
    assert not is_leftover(name)


def test_what_a_running_process_writes_is_no_leftover() -> None:
    assert not is_leftover(f".a.{os.getpid()}-0a.part")


# --------------------------------------------------------------- temporary folders

IN_A_FOLDER = """
import sys, time
from reportkit.system.files import temporary_folder
with temporary_folder() as folder:
    (folder / "inner").mkdir()
    (folder / "inner" / "file").write_text("1")
    print(folder, flush=True)
    time.sleep(1000)
"""


def in_a_folder(system: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that has a temporary folder, and the folder."""
    running = subprocess.Popen(
        [sys.executable, "-c", IN_A_FOLDER],
        env={**os.environ, "TMPDIR": str(system)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert running.stdout is not None
    return running, Path(running.stdout.readline().strip())


def test_a_temporary_folder_is_removed_with_all_that_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with temporary_folder() as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").write_text("1")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="within"), temporary_folder():
        raise ValueError("within")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_is_in_use_stays(tmp_path: Path) -> None:
    others = [tmp_path / "reportkit-backup", tmp_path / "pymp-others"]
    for other in others:
        other.mkdir()
    killed, left = in_a_folder(tmp_path)
    living, in_use = in_a_folder(tmp_path)
    try:
        assert left.exists()
        killed.kill()
        killed.communicate()
        third, newest = in_a_folder(tmp_path)
        third.kill()
        third.communicate()
        assert set(tmp_path.iterdir()) == {in_use, newest, *others}
        assert (in_use / "inner" / "file").exists()
    finally:
        living.kill()
        living.communicate()


def test_a_folder_that_cannot_be_marked_is_used_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_temporary_folder(tmp_path / "missing") is None
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with temporary_folder() as folder:
        assert list(folder.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ".reportkit").write_text("")
    system = tmp_path / "system"
    system.mkdir()
    (system / "reportkit-link").symlink_to(tmp_path / "elsewhere")
    (system / "reportkit-file").mkdir()
    (system / "reportkit-file" / ".reportkit").symlink_to(tmp_path / "elsewhere" / ".reportkit")
    running, _ = in_a_folder(system)
    running.kill()
    running.communicate()
    assert (tmp_path / "elsewhere" / ".reportkit").exists()
    assert (system / "reportkit-file").exists()

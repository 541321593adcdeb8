"""Writing files whole or not at all, and one process at a time; temporary folders that do not outlive a killed one."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from reportkit.system.machine import is_running

__all__ = ["is_leftover", "locked", "own_temporary_folder", "temporary_folder", "write_file"]

# The name of a file that is being written: its own name, the process that writes it, something random.
_UNFINISHED = re.compile(r"\..+\.(\d+)-[0-9a-f]+\.part", re.DOTALL)
# The file in a temporary folder that the process which made it has locked, as long as it lives.
_MARK = ".reportkit"

# The folders that the threads of this process have locked.
_locked = threading.local()


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file so that nobody ever sees half of it.

    Folders above it are made. What stood at `path` is replaced whole, or stays if writing fails; a file keeps its mode
    and owner, and a symbolic link leads to it as before.

    Parameters
    ----------
    path
        Where the file goes.
    content
        What it holds; text is written as UTF-8.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    # The other way, a file without a name that is linked when whole (O_TMPFILE), is Linux's alone and costs the same
    # quarter of a millisecond. Of 80 processes killed while they wrote without a pause, 51 left a file behind by
    # renaming and none by linking; but a build writes for 2 of a report's 100 ms, and the next one removes such a file.
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        path = path.resolve()
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
        _take_after(path, unfinished)
        unfinished.replace(path)
    except BaseException as error:
        with suppress(OSError):  # where it could not be made, it cannot be removed
            unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:  # named as the user knows the file
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def is_leftover(name: str) -> bool:
    """Whether a file was left behind by a process that was killed in `write_file`.

    Parameters
    ----------
    name
        The file's name.

    Returns
    -------
    bool
        False for any other file, and for one that a running process of this machine may still be writing.
    """
    unfinished = _UNFINISHED.fullmatch(name)
    return unfinished is not None and not is_running(int(unfinished[1]))


def _take_after(path: Path, unfinished: Path) -> None:
    """Give a file the mode and the owner of the one that it replaces, where there is one."""
    try:
        before, now = path.stat(), unfinished.stat()
    except FileNotFoundError:
        return
    if before.st_mode != now.st_mode:
        unfinished.chmod(before.st_mode & 0o7777)
    if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
        with suppress(OSError):  # only root may give files away
            os.chown(unfinished, before.st_uid, before.st_gid)


@contextmanager
def locked(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Keep other processes, and other threads, that lock the same folder from going on meanwhile.

    The lock is the system's: it leaves no file, and ends with the process, however that ends. A thread that has
    locked the folder may lock it again, if it waits. Windows has no such lock; nothing is kept out there.

    Parameters
    ----------
    folder
        The folder; made if there is none.
    wait
        Whether to wait until nobody else has locked it.

    Yields
    ------
    bool
        False if another has locked it and `wait` is false.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mine: set[Path] = _locked.__dict__.setdefault("folders", set())
    resolved = folder.resolve()
    try:
        import fcntl
    except ImportError:  # Windows
        yield True
        return
    if wait and resolved in mine:
        yield True
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        mine.add(resolved)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        mine.discard(resolved)
        os.close(descriptor)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder of this process in the system's folder for temporary files, removed afterwards.

    If the process is killed meanwhile, the next one that asks for such a folder removes it.

    Yields
    ------
    Path
        The folder, which only this user may read.
    """
    with tempfile.TemporaryDirectory(prefix="reportkit-", ignore_cleanup_errors=True) as made:
        mark = own_temporary_folder(Path(made))
        try:
            yield Path(made)
        finally:
            if mark is not None:
                os.close(mark)


def own_temporary_folder(folder: Path) -> int | None:
    """Mark a temporary folder as in use by this process, and remove what killed processes have left beside it.

    The mark is a file that is locked as long as the process lives, however it ends. Windows has no such lock; there
    nothing is marked, and nothing removed.

    Parameters
    ----------
    folder
        The folder, which nobody else uses.

    Returns
    -------
    int or None
        The open mark: the folder is in use until it is closed, or until the process ends. None if it has no mark.
    """
    _remove_left_behind(folder.parent)
    unfinished = folder / f"{_MARK}.new"  # it has its name only when it is locked
    mark = None
    with suppress(OSError):
        mark = _locked_file(unfinished, os.O_CREAT | os.O_EXCL)
        if mark is not None:
            unfinished.rename(folder / _MARK)
    return mark


@cache  # once for each process: what is killed later is left to later ones
def _remove_left_behind(system: Path) -> None:
    """Remove the marked temporary folders of this user whose process has ended."""
    with suppress(OSError):
        for mark in system.glob(f"*/{_MARK}"):
            descriptor = _locked_file(mark)
            if descriptor is None:
                continue
            if os.fstat(descriptor).st_uid == os.geteuid() and not mark.parent.is_symlink():
                shutil.rmtree(mark.parent, ignore_errors=True)
            os.close(descriptor)


def _locked_file(path: Path, flags: int = 0) -> int | None:
    """Open a file and lock it until it is closed; None if another process has, or if it cannot be locked."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | flags, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor

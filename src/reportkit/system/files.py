"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

__all__ = ["is_leftover", "write_file"]

_SUFFIX = ".part"


def write_file(path: Path, content: str | bytes) -> None:
    """Write `content` (text as UTF-8) to a file without a name, then give it its name.

    Folders above are made. Whatever stood at `path` is either replaced whole or untouched, and a process
    that is killed leaves no half of a file: where the system has files without names (Linux does), not
    even under another name.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    if not _write_nameless(path, data):
        _write_beside(path, data)


def is_leftover(name: str) -> bool:
    """Whether a file's name is one that `write_file` gives for a moment: its process was killed just then."""
    return name.startswith(".") and name.endswith(_SUFFIX)


def _write_nameless(path: Path, data: bytes) -> bool:
    """Write a file that has no name until it is whole; False where the system has no such files."""
    if not hasattr(os, "O_TMPFILE"):
        return False
    try:
        descriptor = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY, 0o666)
    except OSError:
        return False
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        view = memoryview(data)
        while view:
            view = view[file.write(view) or 0 :]
        with suppress(FileExistsError):
            return _name(descriptor, path)
        beside = path.with_name(f".{path.name}.{os.getpid()}-{descriptor}{_SUFFIX}")
        beside.unlink(missing_ok=True)
        if not _name(descriptor, beside):
            return False
        _put_in_place(beside, path)
    return True


def _name(descriptor: int, path: Path) -> bool:
    """Give a file without a name one that nothing has yet; False where the system cannot."""
    try:
        # Only with a folder's descriptor does Python ask for the link to be followed.
        os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _put_in_place(beside: Path, path: Path) -> None:
    try:
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _write_beside(path: Path, data: bytes) -> None:
    """Write a file under another name, and rename it when it is whole."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_SUFFIX, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o666 & ~_umask())
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _put_in_place(Path(temporary), path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

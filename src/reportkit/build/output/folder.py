"""A folder on this machine as an output."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from reportkit.build.output.place import OutputError, is_year, naming
from reportkit.system.files import is_leftover, locked, write_file
from reportkit.system.language import Message

__all__ = ["FolderOutput"]


class FolderOutput:
    """A folder on this machine.

    Parameters
    ----------
    folder
        The folder; made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = str(folder)

    def examine(self) -> None:
        """Look whether a file is in the way of the folder."""
        with naming(self.url):
            nearest = next((path for path in (self.folder, *self.folder.absolute().parents) if path.exists()), None)
        if nearest is not None and not nearest.is_dir():
            raise OutputError(Message("{url}: {nearest} is a file; name a folder", url=self.url, nearest=nearest))

    def sizes(self, folders: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """The size in bytes of each file; what a killed process left behind is removed."""
        return {folder: self._sizes(f"{self.folder}/{folder}") for folder in folders}

    def _sizes(self, folder: str) -> dict[str, int]:
        sizes: dict[str, int] = {}
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
            for entry in entries:
                if is_leftover(entry.name):
                    Path(entry.path).unlink(missing_ok=True)
                elif entry.is_file():
                    sizes[entry.name] = entry.stat().st_size
        return sizes

    def folders(self) -> Iterator[str]:
        """The folders two levels down whose first is a year."""
        with suppress(FileNotFoundError):
            for year in sorted(path for path in self.folder.iterdir() if is_year(path.name) and path.is_dir()):
                with os.scandir(year) as entries:
                    yield from sorted(f"{year.name}/{entry.name}" for entry in entries if entry.is_dir())

    def read(self, names: Collection[str]) -> dict[str, bytes]:
        """The contents of those of the files that exist."""
        contents: dict[str, bytes] = {}
        for name in names:
            with suppress(FileNotFoundError, NotADirectoryError), open(f"{self.folder}/{name}", "rb") as file:  # noqa: PTH123 (ten thousand times)
                contents[name] = file.read()
        return contents

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all."""
        with naming(self.address(name)):
            write_file(self.folder / name, content)

    def remove(self, names: Collection[str]) -> None:
        """Remove files."""
        for name in names:
            (self.folder / name).unlink(missing_ok=True)

    def address(self, name: str) -> str:
        """The file's path."""
        return str(self.folder / name)

    @contextmanager
    def claimed(self, folder: str) -> Iterator[bool]:
        """Lock the inner folder, unless another process has."""
        with _folder_locked(self.folder / folder) as mine:
            yield mine

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder; the system unlocks it when this process ends, however it ends."""
        self.examine()
        with _folder_locked(self.folder) as mine:
            if not mine:
                raise OutputError(
                    Message("another build is writing to {folder}: wait until it is done", folder=self.folder)
                )
            self._sizes(self.url)  # removes what was left of an index
            yield


@contextmanager
def _folder_locked(folder: Path) -> Iterator[bool]:
    """Lock a folder, which is made if there is none; False if another process has locked it."""
    with naming(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder, wait=False) as mine:
        yield mine

"""Where built reports go: a folder, or a bucket that fsspec reaches."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from reportkit.system.errors import InputError
from reportkit.system.files import is_leftover, write_file

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = ["BucketOutput", "FolderOutput", "Output", "OutputError", "output_at"]


class OutputError(InputError, OSError):
    """A place that reports cannot be written to; the message says why."""


class Output(Protocol):
    """A place for built reports; names are relative to it, with slashes.

    Parameters
    ----------
    url
        By which `output_at` finds it again.
    """

    url: str

    def sizes(self, folders: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """The size in bytes of each file in each of some folders, by its name there."""

    def folders(self) -> Iterator[str]:
        """The folders that may hold a report: ``2023/linyi-fao``, by year and agency."""

    def read(self, names: Collection[str]) -> dict[str, bytes]:
        """What stands in those of the files that exist."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all.

        Raises
        ------
        OutputError
            Where it cannot be written.
        """

    def remove(self, names: Collection[str]) -> None:
        """Remove those of the files that exist."""

    def address(self, name: str) -> str:
        """Where a person finds a file."""

    @contextmanager
    def claimed(self, folder: str) -> Iterator[bool]:
        """Say whether no other process of the same build is writing what all share in a folder."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from building into the same place, as far as it can be."""


def output_at(url: str) -> Output:
    """The output at a URL or path.

    Parameters
    ----------
    url
        A folder, or whatever fsspec knows: ``s3://bucket/prefix``.

    Raises
    ------
    OutputError
        Where it names no place.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return FolderOutput(Path(url))
    if not rest.strip("/"):
        raise OutputError(f"{url}: name a place there, such as s3://BUCKET/PREFIX")
    return FolderOutput(Path(rest)) if scheme in ("file", "local") else BucketOutput(url)


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

    def sizes(self, folders: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """The size in bytes of each file; what a killed process left is removed."""
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
            for year in sorted(path for path in self.folder.iterdir() if _is_year(path.name) and path.is_dir()):
                with os.scandir(year) as entries:
                    yield from sorted(f"{year.name}/{entry.name}" for entry in entries if entry.is_dir())

    def read(self, names: Collection[str]) -> dict[str, bytes]:
        """What stands in the files."""
        contents: dict[str, bytes] = {}
        for name in names:
            with suppress(FileNotFoundError, NotADirectoryError), open(f"{self.folder}/{name}", "rb") as file:  # noqa: PTH123 (ten thousand times)
                contents[name] = file.read()
        return contents

    def write(self, name: str, content: bytes) -> None:
        """Write a file under no name, then give it its own."""
        with _told(self.address(name)):
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
        """Hold the inner folder, unless another process does."""
        with _held(self.folder / folder) as mine:
            yield mine

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder; the system lets go of it when this process ends, however it does."""
        with _held(self.folder) as mine:
            if not mine:
                raise OutputError(f"another build is writing to {self.folder}: wait until it is done")
            self._sizes(self.url)  # for what was left of an index
            yield


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder, which is made where there is none, unless another process holds it."""
    with _told(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:  # Windows
        yield True
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


class BucketOutput:
    """A place that fsspec reaches.

    Parameters
    ----------
    url
        Its URL. Who may write there is told as its protocol has it: for S3 by the usual variables and files.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    @cached_property
    def _place(self) -> tuple[AbstractFileSystem, str]:
        try:
            from fsspec.core import url_to_fs

            system, root = url_to_fs(self.url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise OutputError(f"{self.url}: {error}; pip install 'reportkit[cluster]' brings s3://") from error
        except OSError as error:
            raise OutputError(f"{self.url}: {error}") from error
        return system, root.rstrip("/")

    def sizes(self, folders: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """The size in bytes of each file; of many folders from one listing of what they lie in."""
        if len(folders) <= _FEW:
            return {folder: self._listed(folder).get("", {}) for folder in folders}
        above = {above: self._listed(above) for above in {folder.rpartition("/")[0] for folder in folders}}
        return {folder: above[folder.rpartition("/")[0]].get(folder.rpartition("/")[2], {}) for folder in folders}

    def folders(self) -> Iterator[str]:
        """The folders two levels down whose first is a year."""
        system, root = self._place
        with _told(self.url), suppress(FileNotFoundError):
            for path in sorted(system.ls(root, detail=False)):
                year = path.rstrip("/").rpartition("/")[2]
                if _is_year(year):
                    yield from (f"{year}/{agency}" for agency in sorted(self._listed(year)) if agency)

    def _listed(self, folder: str) -> dict[str, dict[str, int]]:
        """The sizes of the files in a folder (under an empty name) and in each folder directly in it."""
        system, root = self._place
        listed: dict[str, dict[str, int]] = {}
        with _told(self.url), suppress(FileNotFoundError):
            for path, facts in system.find(f"{root}/{folder}", detail=True).items():
                inner, _, name = path.removeprefix(f"{root}/{folder}/").rpartition("/")
                listed.setdefault(inner, {})[name] = facts["size"]
        return listed

    def read(self, names: Collection[str]) -> dict[str, bytes]:
        """What stands in the files, many at a time."""
        system, root = self._place
        paths = {f"{root}/{name}": name for name in names}
        with _told(self.url):
            found: Any = system.cat(list(paths), on_error="omit") if paths else {}
        return {paths[path]: content for path, content in found.items()}

    def write(self, name: str, content: bytes) -> None:
        """Write an object, which is there when all of it is."""
        system, root = self._place
        path = f"{root}/{name}"
        with _told(self.address(name)):
            if _WHOLE.intersection(_protocols(system)):
                system.pipe_file(path, content)
                return
            beside = f"{path}.part"
            system.makedirs(path.rpartition("/")[0], exist_ok=True)
            system.pipe_file(beside, content)
            system.mv(beside, path)

    def remove(self, names: Collection[str]) -> None:
        """Remove objects."""
        system, root = self._place
        for name in names:
            with _told(self.address(name)), suppress(FileNotFoundError):
                system.rm_file(f"{root}/{name}")

    def address(self, name: str) -> str:
        """The object's URL."""
        return f"{self.url}/{name}"

    @contextmanager
    def claimed(self, folder: str) -> Iterator[bool]:
        """Nobody can claim anything there: what several write is the same."""
        yield True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """See that it can be written to; it has no locks: whoever runs two builds has both write the same."""
        self.write(_PROBE, b"")
        self.remove([_PROBE])
        yield


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Say of an error which place it is about."""
    try:
        yield
    except OutputError:
        raise
    except Exception as error:  # those of a bucket's library are of no common kind
        raise OutputError(f"{place}: {getattr(error, 'strerror', None) or error}") from error


# Written and removed before a build, so that it does not fail report by report.
_PROBE = ".reportkit"
# Fewer folders than this are listed one by one.
_FEW = 4
# Stores in which an object is replaced as a whole.
_WHOLE = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "memory"}


def _protocols(system: AbstractFileSystem) -> set[str]:
    return {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)


def _is_year(name: str) -> bool:
    return len(name) == 4 and name.isdecimal()

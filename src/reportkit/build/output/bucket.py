"""A bucket, or any other place that fsspec reaches, as an output."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reportkit.build.output.place import OutputError, is_year, naming
from reportkit.build.output.stores import Store, how_to_reach, store_of
from reportkit.publish.formats import media_type
from reportkit.system.errors import reason
from reportkit.system.language import Joined, Message

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = ["BucketOutput"]

# Written and removed before a build, so that it does not fail report by report.
_PROBE = ".reportkit"
# Fewer folders than this are listed one by one.
_FEW = 4


class BucketOutput:
    """A place that fsspec reaches.

    Parameters
    ----------
    url
        Its URL. Credentials are found as its protocol has it: for S3 in the usual variables and files.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    @cached_property
    def _place(self) -> tuple[AbstractFileSystem, str]:
        try:
            from fsspec.core import url_to_fs

            system, root = url_to_fs(self.url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise OutputError(Joined(": ", [self.url, how_to_reach(self.url.partition("://")[0])])) from error
        except OSError as error:
            raise OutputError(Joined(": ", [self.url, reason(error)])) from error
        return system, root.rstrip("/")

    @cached_property
    def _store(self) -> Store | None:
        """The kind of store that it is; None where files appear while they are written."""
        protocol = self._place[0].protocol
        return store_of({protocol} if isinstance(protocol, str) else protocol)

    def examine(self) -> None:
        """Look whether there is such a bucket; other places are made when something is written."""
        system, root = self._place
        if self._store is None:
            return
        bucket = root.lstrip("/").partition("/")[0]
        with naming(self.url):
            try:
                system.find(f"{root}/{_PROBE}")  # a listing of next to nothing, which a bucket that is there answers
            except FileNotFoundError as error:
                if not system.exists(bucket):
                    raise OutputError(
                        Message(
                            "{url}: there is no bucket {bucket}; make it, or name another", url=self.url, bucket=bucket
                        )
                    ) from error

    def sizes(self, folders: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """The size in bytes of each file; of many folders from one listing of what they lie in."""
        if len(folders) <= _FEW:
            return {folder: self._listed(folder).get("", {}) for folder in folders}
        above = {above: self._listed(above) for above in {folder.rpartition("/")[0] for folder in folders}}
        return {folder: above[folder.rpartition("/")[0]].get(folder.rpartition("/")[2], {}) for folder in folders}

    def folders(self) -> Iterator[str]:
        """The folders two levels down whose first is a year."""
        system, root = self._place
        with naming(self.url), suppress(FileNotFoundError):
            for path in sorted(system.ls(root, detail=False)):
                year = path.rstrip("/").rpartition("/")[2]
                if is_year(year):
                    yield from (f"{year}/{agency}" for agency in sorted(self._listed(year)) if agency)

    def _listed(self, folder: str) -> dict[str, dict[str, int]]:
        """The sizes of the files in a folder (under an empty name) and in each folder directly in it."""
        system, root = self._place
        listed: dict[str, dict[str, int]] = {}
        with naming(self.url), suppress(FileNotFoundError):
            for path, facts in system.find(f"{root}/{folder}", detail=True).items():
                inner, _, name = path.removeprefix(f"{root}/{folder}/").rpartition("/")
                listed.setdefault(inner, {})[name] = facts["size"]
        return listed

    def read(self, names: Collection[str]) -> dict[str, bytes]:
        """The contents of those of the files that exist, many at a time."""
        system, root = self._place
        paths = {f"{root}/{name}": name for name in names}
        with naming(self.url):
            found: Any = system.cat(list(paths), on_error="omit") if paths else {}
        return {paths[path]: content for path, content in found.items()}

    def write(self, name: str, content: bytes) -> None:
        """Write an object, which appears when all of it is written, and says what it is."""
        system, root = self._place
        path = f"{root}/{name}"
        with naming(self.address(name)):
            if self._store is not None:
                system.pipe_file(path, content, **self._store.content_type(media_type(name)))
                return
            beside = f"{path}.part"
            system.makedirs(path.rpartition("/")[0], exist_ok=True)
            system.pipe_file(beside, content)
            system.mv(beside, path)

    def remove(self, names: Collection[str]) -> None:
        """Remove objects."""
        system, root = self._place
        for name in names:
            with naming(self.address(name)), suppress(FileNotFoundError):
                system.rm_file(f"{root}/{name}")

    def address(self, name: str) -> str:
        """The object's URL."""
        return f"{self.url}/{name}"

    @contextmanager
    def claimed(self, folder: str) -> Iterator[bool]:
        """Always True: a bucket has no locks, and what several processes write is the same."""
        yield True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Try whether it can be written to. It has no locks: two builds of a project write the same."""
        self.examine()
        self.write(_PROBE, b"")
        self.remove([_PROBE])
        yield

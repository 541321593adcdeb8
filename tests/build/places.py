"""Places behind fsspec that keep what is written to them, made for tests."""

from __future__ import annotations

from typing import Any, ClassVar

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

__all__ = ["PlainFileSystem", "StoreFileSystem"]


class PlainFileSystem(LocalFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Files behind fsspec that appear while they are written, as those of a file share do."""

    protocol = "plain"
    written: ClassVar[list[str]] = []

    def pipe_file(self, path: str, value: bytes, **options: object) -> None:
        self.written.append(path)
        super().pipe_file(path, value, **options)


class StoreFileSystem(MemoryFileSystem):  # type: ignore[misc]
    """A store of objects in this process's memory that is told what each object is, as Google's is."""

    protocol = ("gs", "gcs")
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    told: ClassVar[dict[str, dict[str, object]]] = {}

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.removeprefix("gs://")))

    def pipe_file(self, path: str, value: bytes, **options: object) -> None:
        self.told[path.lstrip("/")] = options
        super().pipe_file(path, value)


fsspec.register_implementation("plain", PlainFileSystem, clobber=True)
fsspec.register_implementation("gs", StoreFileSystem, clobber=True)

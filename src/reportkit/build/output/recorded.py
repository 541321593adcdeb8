"""A record of what is to be written to an output on another machine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from reportkit.build.output.place import OutputWriter

__all__ = ["Change", "RecordedOutput"]


@dataclass(frozen=True, slots=True)
class Change:
    """A file to be written, or files to be removed.

    Parameters
    ----------
    names
        The files.
    content
        What the file is to hold; None to remove them.
    """

    names: tuple[str, ...]
    content: bytes | None = None

    def apply(self, output: OutputWriter) -> None:
        """Make the change.

        Raises
        ------
        OutputError
            If a file cannot be written.
        """
        if self.content is None:
            output.remove(self.names)
        else:
            (name,) = self.names
            output.write(name, self.content)


class RecordedOutput:
    """Stands for an output that this process does not reach: knows what it holds, records what it is to hold.

    Parameters
    ----------
    known
        The sizes of the files in those of its folders that matter, as `Output.sizes` gives them.
    contents
        The contents of the files that are to be read, as `Output.read` gives them.
    """

    def __init__(
        self, known: Mapping[str, Mapping[str, int]], contents: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        self._known, self._contents = known, dict(contents)
        self._changes: list[Change] = []

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is to be written and removed, in that order."""
        return tuple(self._changes)

    def sizes(self, folders: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """The sizes as they were at first."""
        return {folder: self._known.get(folder, {}) for folder in folders}

    def read(self, names: Collection[str]) -> dict[str, bytes]:
        """The contents of those of the files that are known, as they were at first."""
        return {name: self._contents[name] for name in names if name in self._contents}

    def write(self, name: str, content: bytes) -> None:
        """Record that a file is to be written."""
        self._changes.append(Change((name,), content))

    def remove(self, names: Collection[str]) -> None:
        """Record that files are to be removed."""
        self._changes.append(Change(tuple(names)))

    @contextmanager
    def claimed(self, folder: str) -> Iterator[bool]:
        """Always True: what several machines record is the same."""
        yield True

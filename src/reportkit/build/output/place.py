"""What an output does: those who look at what was built ask for a reader, those who build for a writer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from reportkit.system.errors import InputError, reason
from reportkit.system.language import Joined

__all__ = ["Output", "OutputError", "OutputReader", "OutputWriter", "is_year", "naming"]


class OutputError(InputError, OSError):
    """A place that reports cannot be written to; the message says why."""


class _Listing(Protocol):
    """What is in a place for built reports. Names are relative to it, with slashes."""

    def sizes(self, folders: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """The size in bytes of each file in each of some folders, by its name there."""

    def read(self, names: Collection[str]) -> dict[str, bytes]:
        """The contents of those of the files that exist."""


class OutputReader(_Listing, Protocol):
    """A place whose reports can be read."""

    def examine(self) -> None:
        """Look whether reports could be there at all, without writing anything.

        Raises
        ------
        OutputError
            If there is no such bucket, or if it cannot be reached; the message says what to do.
        """

    def folders(self) -> Iterator[str]:
        """The folders that may hold a report: ``2023/linyi-fao``, by year and agency."""

    def address(self, name: str) -> str:
        """Where a person finds a file."""


class OutputWriter(_Listing, Protocol):
    """A place that reports can be written to."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all.

        Raises
        ------
        OutputError
            If it cannot be written.
        """

    def remove(self, names: Collection[str]) -> None:
        """Remove those of the files that exist."""

    def claimed(self, folder: str) -> AbstractContextManager[bool]:
        """Claim the writing of what all reports share in a folder; False if another process has."""


class Output(OutputReader, OutputWriter, Protocol):
    """A place for built reports.

    Parameters
    ----------
    url
        Where it is; `output_at` finds it again by that.
    """

    url: str

    def locked(self) -> AbstractContextManager[None]:
        """Keep other builds from writing to the same place, as far as it can be done there.

        Raises
        ------
        OutputError
            If another build is writing to it, or if it cannot be written to.
        """


@contextmanager
def naming(place: str) -> Iterator[None]:
    """Turn any error into an `OutputError` that names the place.

    Parameters
    ----------
    place
        The path or URL.

    Yields
    ------
    None
        The block whose errors it is about.

    Raises
    ------
    OutputError
        For any error in the block, with the place in front of the message.
    """
    try:
        yield
    except OutputError:
        raise
    except Exception as error:  # the libraries that reach buckets have no common error
        raise OutputError(Joined(": ", [place, _why(error)])) from error


def _why(error: Exception) -> object:
    """What the system says, where it is the system that says it."""
    return reason(error) if isinstance(error, OSError) else error


def is_year(name: str) -> bool:
    """Whether a folder is named after a year.

    Parameters
    ----------
    name
        The folder's name.

    Returns
    -------
    bool
        True for four digits.
    """
    return len(name) == 4 and name.isdecimal()

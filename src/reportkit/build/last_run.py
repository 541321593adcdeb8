"""What a report's last run left beside its pages: a stamp that says what was made of what, or why it failed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reportkit.build.output import OutputWriter
from reportkit.publish import formats
from reportkit.publish.executed import Charts
from reportkit.system.language import Message, said
from reportkit.text import bounded

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = [
    "EXECUTED",
    "FAILURE",
    "OVERVIEW",
    "OVERVIEW_BEFORE",
    "STAMP",
    "LastRun",
    "Made",
    "is_withheld",
    "read_failure",
    "read_stamp",
    "standing",
]

# The files that a run leaves when it succeeds, and when it fails.
STAMP, FAILURE = "build.json", "failure.json"
# What a stamp calls the figures that the overview of the year counts, and last year's.
OVERVIEW, OVERVIEW_BEFORE = "overview", "overview_before"
# The notebook as it was run.
EXECUTED = formats.format_named("notebook").file
# The mappings in a stamp, and what their values are.
_PARTS_OF_STAMP = {"counts": int, "sources": str, "files": int}


@dataclass(frozen=True, slots=True)
class Made:
    """A format that a report was once asked for in, as it stands in the output.

    Parameters
    ----------
    made_with
        What it depends on besides the report.
    files
        The names of its files.
    charts
        How it shows charts.
    """

    made_with: str
    files: tuple[str, ...]
    charts: Charts

    def as_json(self) -> dict[str, Any]:
        """What the stamp says of it."""
        return {"made_with": self.made_with, "files": [*self.files], "charts": self.charts}


def read_stamp(content: bytes | None) -> dict[str, Any] | None:
    """What a report's stamp says of its last run that succeeded; None if it is missing or damaged.

    Parameters
    ----------
    content
        What stands in ``build.json``; None if there is no such file.

    Returns
    -------
    dict or None
        ``name``, ``counts``, ``sources`` and ``files``; `standing` reads what else is in it.
    """
    told = _read(content)
    whole = all(_holds(told.get(part), kind) for part, kind in _PARTS_OF_STAMP.items())
    return told if whole and isinstance(told.get("name"), str) else None


def _holds(part: Any, kind: type) -> bool:
    return isinstance(part, dict) and all(isinstance(value, kind) for value in part.values())


def read_failure(content: bytes) -> str:
    """Why a report's last run failed, in Chinese, as far as that can be read.

    Parameters
    ----------
    content
        What stands in ``failure.json``.

    Returns
    -------
    str
        The message; empty if the file is damaged.
    """
    told = _read(content)
    return bounded(str(told.get("message_zh") or told.get("message", "")), said(Message("… and {} more lines"), "zh"))


def _read(content: bytes | None) -> dict[str, Any]:
    try:
        told = json.loads(content or b"")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def is_withheld(told: Mapping[str, Any] | None) -> bool:
    """Whether a report's last run left it without what the public reads, since errors stand in it.

    Parameters
    ----------
    told
        What the report's stamp says; None if it has none.

    Returns
    -------
    bool
        False if that is not known.
    """
    if told is None or not told["counts"].get("error"):
        return False
    return bool(told["files"].keys().isdisjoint(formats.public_files()))


def standing(told: Mapping[str, Any] | None, sizes: Mapping[str, int]) -> dict[str, Made]:
    """The further formats of a report's last run that stand in the output as they were written.

    Parameters
    ----------
    told
        What the report's stamp says; None if it has none.
    sizes
        The sizes of the files in its folder.

    Returns
    -------
    dict of str to Made
        By the name of the format. One whose file was removed or altered is left out: it is somebody else's now.
    """
    found: dict[str, Made] = {}
    if told is None or not isinstance(kept := told.get("formats"), dict):
        return found
    for name, made in kept.items():
        with suppress(KeyError, TypeError):
            files = tuple(made["files"])
            if all(file in sizes and sizes[file] == told["files"][file] for file in files):
                found[name] = Made(str(made["made_with"]), files, made["charts"])
    return found


class LastRun:
    """What the last run of a report left.

    Parameters
    ----------
    output
        Where its pages are.
    folder
        Its folder there.

    Attributes
    ----------
    sizes
        The sizes of the files in its folder.
    told
        What its stamp says; None if it has none.
    """

    def __init__(self, output: OutputWriter, folder: str) -> None:
        self._output, self._folder = output, folder
        self.sizes = output.sizes([folder])[folder]
        self.told = read_stamp(self._read(STAMP)) if STAMP in self.sizes else None

    def notebook(self, sources: Mapping[str, str], *, withheld: bool) -> NotebookNode | None:
        """Its executed notebook, if nothing has changed since.

        Parameters
        ----------
        sources
            What the report is made from now, with digests.
        withheld
            Whether the public must not read it now.

        Returns
        -------
        NotebookNode or None
            None if it would be run anew: if it failed, something that it is made from has changed, or a page is gone.
        """
        told, sizes = self.told, self.sizes
        if told is None or FAILURE in sizes or told["sources"] != dict(sources) or is_withheld(told) != withheld:
            return None
        always = [written.file for written in formats.FORMATS if written.always and not (withheld and written.public)]
        if any(sizes.get(name, -1) != told["files"].get(name) for name in always):
            return None
        import nbformat

        content = self._read(EXECUTED)
        return None if content is None else nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT)

    def sizes_of(self, further: Mapping[str, Made]) -> dict[str, int]:
        """The sizes of the files that every build writes, and of those of further formats."""
        always = [written.file for written in formats.FORMATS if written.always]
        names = [*always, *(file for made in further.values() for file in made.files)]
        return {name: self.sizes[name] for name in names if name in self.sizes}

    def _read(self, name: str) -> bytes | None:
        file = f"{self._folder}/{name}"
        return self._output.read([file]).get(file)

"""Handing out what reports were written in: their files, copied to another place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportkit.build.assets import ASSETS
from reportkit.build.last_run import STAMP, read_stamp, standing
from reportkit.build.one_report import folder_of
from reportkit.build.output import Output
from reportkit.project.folder import ReportKey
from reportkit.publish.formats import Format

__all__ = ["HandedOut", "hand_out"]


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A report's files in the formats that were asked for.

    Parameters
    ----------
    key
        Which report.
    files
        Where they are.
    """

    key: ReportKey
    files: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as a program reads it."""
        return {"agency": self.key.agency, "year": self.key.year, "files": [*self.files]}


def hand_out(
    output: Output, keys: Iterable[ReportKey], wanted: Sequence[Format], target: Output | None = None
) -> Iterator[HandedOut]:
    """Copy the files of reports to another place, under the same names.

    Parameters
    ----------
    output
        Where they were built.
    keys
        Which reports.
    wanted
        Which formats.
    target
        The other place; None to leave them where they are.

    Yields
    ------
    HandedOut
        For each report that stands in one of the formats.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    if target is not None:
        _copy(output, target, [f"{ASSETS}/{shared.name()}" for listed in wanted for shared in listed.shared])
    for key in keys:
        folder = folder_of(key)
        told = read_stamp(output.read([f"{folder}/{STAMP}"]).get(f"{folder}/{STAMP}"))
        sizes = output.sizes([folder])[folder]
        there = standing(told, sizes)
        files: list[str] = []
        for listed in wanted:
            if listed.name in there:
                files += there[listed.name].files
            elif listed.always and listed.file in sizes:
                files.append(listed.file)
        names = [f"{folder}/{file}" for file in files]
        if target is not None:
            _copy(output, target, names)
        if names:
            yield HandedOut(key, tuple(map((target or output).address, names)))


def _copy(output: Output, target: Output, names: Sequence[str]) -> None:
    for name, content in output.read(names).items():
        target.write(name, content)

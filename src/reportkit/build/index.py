"""The index of an output: every report that stands in it, from what its last run left beside its pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from reportkit.build.one_report import FAILURE, STAMP, read_failure, read_stamp
from reportkit.build.output import Output, OutputReader
from reportkit.site.index import index_page

__all__ = ["INDEX", "write_index"]

INDEX = "index.html"
# How many reports are looked at together, which matters where each comes over a network.
_AT_ONCE = 500


def write_index(output: Output) -> str:
    """Write ``index.html``; returns where it is."""
    output.write(INDEX, index_page(_entries(output)).encode())
    return output.address(INDEX)


def _entries(output: OutputReader) -> Iterator[dict[str, Any]]:
    folders = iter(output.folders())
    while some := list(islice(folders, _AT_ONCE)):
        told = output.read([f"{folder}/{STAMP}" for folder in some])
        failed = [f"{folder}/{FAILURE}" for folder, sizes in output.sizes(some).items() if FAILURE in sizes]
        told |= output.read(failed)
        for folder in some:
            if entry := _entry(folder, told.get(f"{folder}/{STAMP}"), told.get(f"{folder}/{FAILURE}")):
                yield entry


def _entry(folder: str, stamp: bytes | None, failure: bytes | None) -> dict[str, Any] | None:
    """What the index says of one report; None where its folder holds none."""
    year, _, agency = folder.partition("/")
    entry: dict[str, Any] = {"path": folder, "year": int(year)}
    if (told := read_stamp(stamp)) is not None:
        entry |= {"name": told["name"], "files": set(told["files"]), "counts": told["counts"]}
    if failure is not None:
        entry |= {"name": entry.get("name", agency), "failure": read_failure(failure)}
    return entry if "name" in entry else None

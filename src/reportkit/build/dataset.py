"""The open data of a whole project, ``data/`` in an output, renewed from the files of the reports that have changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from reportkit.build.last_run import STAMP, read_stamp
from reportkit.build.one_report import folder_of
from reportkit.build.output import Output, OutputReader, naming
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import digest_of_texts
from reportkit.publish.columns import AGENCIES, TABLES
from reportkit.publish.data import as_csv, as_json
from reportkit.publish.dataset import PACKAGE_FILE, HandedIn, Joining, data_package, hash_of
from reportkit.report import Agency
from reportkit.system.files import temporary_folder

__all__ = ["DATASET", "DatasetWritten", "has_dataset", "write_dataset"]

DATASET = "data"
"""The dataset's folder in an output."""

# What it was made from. It is removed before anything is written and comes back last, as a report's own stamp does.
_STAMP = f"{DATASET}/{STAMP}"
# The files that a report hands in: those of the format, and one that every build writes.
_HANDED_IN = ("figures.csv", "findings.json", "claims.json")
# How many reports are looked at together, which matters if each comes over a network.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DatasetWritten:
    """What a dataset holds.

    Parameters
    ----------
    reports
        How many reports are in it.
    read
        How many of them were read, since they have changed.
    left_out
        The reports of the project that are not in it, since they were not built with its format.
    """

    reports: int
    read: int
    left_out: tuple[ReportKey, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """What the dataset was made from and what it holds.

    Parameters
    ----------
    reports
        A digest of what each report was made from, by its folder.
    files
        The size and the hash of each file, by its name.
    """

    reports: Mapping[str, str]
    files: Mapping[str, tuple[int, str]]

    def as_json(self) -> dict[str, Any]:
        return {"columns": _columns(), "reports": dict(self.reports), "files": dict(self.files)}


_NOTHING = _State({}, {})


def has_dataset(output: OutputReader) -> bool:
    """Whether an output has a dataset, which builds keep up to date.

    Parameters
    ----------
    output
        The output.

    Returns
    -------
    bool
        True as soon as one was written.
    """
    return bool(output.sizes([DATASET])[DATASET])


def write_dataset(project: Project, output: Output) -> DatasetWritten:
    """Bring ``data/`` up to date with the project's reports as they were built last.

    Only reports that have changed are read again; a report that is no longer in the project or in the output leaves.
    Files appear whole; where nothing has changed, none is written. The output is expected to be locked.

    Parameters
    ----------
    project
        Whose reports they are.
    output
        Where they were built to.

    Returns
    -------
    DatasetWritten
        What it holds.

    Raises
    ------
    ImportError
        If DuckDB is not installed.
    OutputError
        If a file cannot be written.
    """
    keys = {folder_of(key): key for key in project.reports()}
    built = dict(_built(output, keys))
    reports = {folder: each.digest for folder, each in built.items()}
    before = _state(output)
    tables: dict[str, bytes] = {}
    read = 0
    if reports != before.reports or not before.files:
        there = _tables(output, before)
        before = before if there else _NOTHING
        changed = {folder: built[folder] for folder in built if before.reports.get(folder) != reports[folder]}
        gone = [folder for folder in before.reports if folder not in reports]
        tables, refused = _joined(output, there, changed, gone)
        reports = {folder: digest for folder, digest in reports.items() if folder not in refused}
        read = len(changed)
    tables[AGENCIES.file] = _agencies(project.agencies.values())
    _write(output, before, reports, tables)
    left_out = tuple(key for folder, key in keys.items() if folder not in reports)
    return DatasetWritten(len(reports), read, left_out)


@dataclass(frozen=True, slots=True)
class _Built:
    """A report that was built with what the dataset needs: a digest of what it was made from, and its files' sizes."""

    key: ReportKey
    digest: str
    sizes: tuple[int, ...]


def _built(output: OutputReader, keys: Mapping[str, ReportKey]) -> Iterator[tuple[str, _Built]]:
    """The reports that were built with what the dataset needs, by their folders."""
    remaining = iter(keys)
    while some := list(islice(remaining, _AT_ONCE)):
        stamps = output.read([f"{folder}/{STAMP}" for folder in some])
        for folder in some:
            told = read_stamp(stamps.get(f"{folder}/{STAMP}"))
            if told is not None and told["files"].keys() >= {*_HANDED_IN}:
                sizes = tuple(told["files"][name] for name in _HANDED_IN)
                digest = digest_of_texts([*map(str, sizes), json.dumps(told["sources"], sort_keys=True)])
                yield folder, _Built(keys[folder], digest, sizes)


def _tables(output: OutputReader, before: _State) -> dict[str, bytes]:
    """The tables as they were written; none if one of them was altered."""
    names = [table.file for table in TABLES if table.file in before.files]
    there = output.read([f"{DATASET}/{name}" for name in names])
    contents = {name: there.get(f"{DATASET}/{name}", b"") for name in names}
    return contents if all(hash_of(contents[name]) == before.files[name][1] for name in names) else {}


def _joined(
    output: OutputReader, before: Mapping[str, bytes], changed: Mapping[str, _Built], gone: Collection[str]
) -> tuple[dict[str, bytes], set[str]]:
    """The tables as they are now, and the reports whose files are not what was built."""
    refused: set[str] = set()
    with temporary_folder() as folder:
        work = folder / DATASET
        work.mkdir()
        joining = Joining(work, before)
        remaining = iter(changed.items())
        while some := dict(islice(remaining, _AT_ONCE)):
            files = output.read([f"{folder}/{name}" for folder in some for name in _HANDED_IN])
            for at, built in some.items():
                contents = [files.get(f"{at}/{name}", b"") for name in _HANDED_IN]
                as_built = tuple(map(len, contents)) == built.sizes
                if not (as_built and joining.take(HandedIn(*built.key, *contents))):
                    refused.add(at)
        outdated = [(agency, int(year)) for year, agency in (at.split("/") for at in (*gone, *refused))]
        with naming(output.address(DATASET)):  # DuckDB has errors of its own
            return joining.joined(outdated), refused


def _write(output: Output, before: _State, reports: Mapping[str, str], tables: Mapping[str, bytes]) -> None:
    """Write the files that are new or other than before, and only then the stamp that says that they are complete."""
    files = {**before.files, **{name: (len(content), hash_of(content)) for name, content in tables.items()}}
    package = data_package(files)
    files[PACKAGE_FILE] = (len(package), hash_of(package))
    now = _State(reports, files)
    if now == before:
        return
    output.remove([_STAMP])
    for name, content in {**tables, PACKAGE_FILE: package}.items():
        if before.files.get(name) != files[name] or name == PACKAGE_FILE:
            output.write(f"{DATASET}/{name}", content)
    output.write(_STAMP, as_json(now.as_json()))


def _state(output: OutputReader) -> _State:
    """What the dataset was made from, as far as its files are what was written; nothing if it must be made anew."""
    sizes = output.sizes([DATASET])[DATASET]
    try:
        told = json.loads(output.read([_STAMP]).get(_STAMP, b""))
        files = {str(name): (int(size), str(hash)) for name, (size, hash) in told["files"].items()}
        whole = told["columns"] == _columns() and all(sizes.get(name) == size for name, (size, _) in files.items())
        return _State(dict(told["reports"]), files) if whole else _NOTHING
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return _NOTHING


@cache
def _columns() -> str:
    """A digest of the tables' columns: those of another version of reportkit are no use."""
    return digest_of_texts(f"{table.name} {column.name} {column.sql}" for table in TABLES for column in table.columns)


def _agencies(agencies: Iterable[Agency]) -> bytes:
    told = sorted(agencies, key=lambda agency: agency.id)
    return as_csv(
        (
            {
                "agency": agency.id,
                "name": agency.name,
                "short": agency.short,
                "level": agency.level,
                "parent": agency.parent,
            }
            for agency in told
        ),
        AGENCIES,
    )

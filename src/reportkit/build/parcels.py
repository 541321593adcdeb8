"""Parcels: all that a report is made from, sent to a machine that has nothing but the package."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from reportkit.build.package import package_digest
from reportkit.project.folder import Project, ReportKey
from reportkit.project.register import Register
from reportkit.project.sources import Sources, beside_notebooks
from reportkit.system.files import temporary_folder

__all__ = ["Parcel", "pack", "unpacked"]


@dataclass(frozen=True)
class Parcel:
    """All that a report is made from.

    Parameters
    ----------
    files
        The content of each file, by its name relative to the project.
    sources
        What the report is made from, with the digests, as `Sources` notes them.
    """

    files: Mapping[str, bytes]
    sources: Mapping[str, str]


def pack(project: Project, key: ReportKey) -> Parcel:
    """Put together all that a report is made from, and no more.

    Parameters
    ----------
    project
        Where it is.
    key
        Which report.

    Returns
    -------
    Parcel
        The files, by name relative to the project, and the digests of the sources.

    Raises
    ------
    InputError
        If its agency or its notebook cannot be found.
    """
    sources = Sources(project, package_digest())
    Project(project.root, sources.note).look_at(key)
    paths = {name: project.root / name for name in sources.files()} | dict(beside_notebooks(project))
    files = {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
    entries = _entries(project.register, sources.agencies())
    files = dict.fromkeys(sources.only_there(), b"") | files
    files["params/agencies.yaml"] = json.dumps(entries, ensure_ascii=False).encode()
    return Parcel(files, sources.digests)


@contextmanager
def unpacked(parcel: Parcel) -> Iterator[Project]:
    """The project that a parcel holds a part of, in a temporary folder.

    Parameters
    ----------
    parcel
        What `pack` put together.

    Yields
    ------
    Project
        A project with the files of the parcel; its folder is removed afterwards.
    """
    with temporary_folder() as folder:
        for name, content in parcel.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield Project(folder)


def _entries(register: Register, looked_at: Iterable[str]) -> dict[str, Any]:
    """The entries of the register that were looked at, as YAML (JSON is YAML too).

    Above them come so many others, by name alone, that no entry names a parent that is not there.
    """
    entries: dict[str, Any] = {}
    for agency_id in looked_at:
        for agency in (*register.children.get(agency_id, ()), register.agencies.get(agency_id)):
            if agency is not None:
                # An entry that cannot be read must not be readable elsewhere.
                spoilt = {"unreadable": True} if agency.id in register.problems else {}
                entries[agency.id] = {name: value for name, value in asdict(agency).items() if value and name != "id"}
                entries[agency.id] |= spoilt
    above = {entry.get("parent") for entry in entries.values()} - entries.keys() - {None}
    return entries | {str(agency_id): {"name": str(agency_id)} for agency_id in sorted(above, key=str)}

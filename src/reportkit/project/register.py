"""The register of a project's agencies, ``params/agencies.yaml``: read strictly, and added to."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import yaml

from reportkit.form import editions
from reportkit.project.parameters import Names, Problem, TypedError, TypedFile
from reportkit.report import Agency
from reportkit.system.files import write_file
from reportkit.system.language import Joined, Message
from reportkit.text import squeezed

__all__ = ["Register", "add_agency", "read_register"]

_ID = re.compile(r"\w[\w.-]*")
# How alike a parent and an agency's id must be, in per cent, for the one to be meant by the other.
_ALIKE = 60
# So many agencies of a circle are shown.
_MOST_SHOWN = 6
_ID_MEANING = Message("an id is made of letters, digits, '-', '_' and '.', and begins with a letter or a digit")
_NAMES = Names({field.name: () for field in dataclasses.fields(Agency) if field.name != "id"})


@dataclass(frozen=True)
class Register:
    """The agencies of a project.

    Parameters
    ----------
    agencies
        The agencies whose entries can be read, by id.
    problems
        What is wrong with the other entries, by id.
    children
        The agencies directly below each body, by that body's id. An agency whose entry has a problem is
        among them, or the bodies below it would be left out silently.
    """

    agencies: Mapping[str, Agency]
    problems: Mapping[str, Sequence[Problem]]
    children: Mapping[str, Sequence[Agency]]

    def named(self, name: str) -> tuple[str, ...]:
        """The ids of the agencies that a person may mean: by the id itself, by a full name, or by a short one.

        Parameters
        ----------
        name
            What was typed.

        Returns
        -------
        tuple of str
            One id; none if there is no such agency, several where they share the name.
        """
        if name in self.agencies or name in self.problems:
            return (name,)
        plain = squeezed(name)
        return self._full_names.get(plain) or self._short_names.get(plain) or ()

    def nearest(self, name: str) -> str | None:
        """The id or the name that is nearest to what was typed, in the form in which it was typed; None if none is."""
        from difflib import get_close_matches

        names = [each for agency in self.agencies.values() for each in (agency.name, agency.short) if each]
        known = list(self.agencies) if name.isascii() else names
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        return near[0] if near else None

    @cached_property
    def _full_names(self) -> Mapping[str, tuple[str, ...]]:
        return _ids_by({agency.id: agency.name for agency in self.agencies.values()})

    @cached_property
    def _short_names(self) -> Mapping[str, tuple[str, ...]]:
        return _ids_by({agency.id: agency.short for agency in self.agencies.values()})


def read_register(path: Path, name: str) -> Register:
    """Read an agencies file; a problem with one entry does not affect the others.

    Parameters
    ----------
    path
        The file.
    name
        What messages call it.

    Returns
    -------
    Register
        The agencies, and the problems of the entries that cannot be read.

    Raises
    ------
    TypedError
        If the file cannot be read at all.
    """
    file = TypedFile(name)
    root = file.read(path)
    nodes = {agency_id: node for agency_id, _, node in file.entries(root, "", None)} if root else {}
    problems: dict[str, list[Problem]] = {}
    for problem in file.problems:
        if problem.key not in nodes:
            raise TypedError(file.problems)
        problems.setdefault(problem.key, []).append(problem)
    agencies: dict[str, Agency] = {}
    read: dict[str, Agency] = {}
    for agency_id, node in nodes.items():
        entry = TypedFile(name)
        read[agency_id] = agency = _agency(entry, agency_id, node)
        if entry.problems:
            problems[agency_id] = [*entry.problems, *problems.get(agency_id, ())]
        elif agency_id not in problems:
            agencies[agency_id] = agency
    named = Register(agencies, problems, {})
    children: dict[str, list[Agency]] = {}
    for agency in read.values():
        body = _by_id(agency, named)
        if body.parent is not None:
            children.setdefault(body.parent, []).append(body)
        if body.id in agencies:
            agencies[body.id] = body
    known, sound = list(nodes), set[str]()
    for agency in list(agencies.values()):
        if message := _wrong_parent(agency, agencies, known, sound):
            problems[agency.id] = [Problem(file.place(nodes[agency.id]), f"{agency.id}.parent", message)]
            del agencies[agency.id]
    return Register(agencies, problems, children)


def add_agency(path: Path, agency: Agency) -> None:
    """Add a new agency at the end of an agencies file; the rest of the file stays as it is.

    Parameters
    ----------
    path
        The file; created if it does not exist.
    agency
        The agency; empty fields are left out.

    Raises
    ------
    TypedError
        If the file cannot be read or has the agency already, or if the agency's id is not allowed.
    """
    from ruamel.yaml import YAML

    if not _ID.fullmatch(agency.id):
        raise TypedFile(str(path)).error(
            Message("{id!r} is not an id: {id_meaning}", id=agency.id, id_meaning=_ID_MEANING)
        )
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    if before.strip():
        register = read_register(path, str(path))
        if agency.id in register.agencies or agency.id in register.problems:
            raise TypedFile(str(path)).error(Message("{id} is already there", id=agency.id))
    fields = {name: getattr(agency, name) for name in _NAMES.keys if getattr(agency, name)}
    yaml_file = YAML()
    yaml_file.width = 2**20
    entry = io.StringIO()
    yaml_file.dump({agency.id: fields}, entry)
    write_file(path, f"{before.rstrip()}\n\n{entry.getvalue()}" if before.strip() else entry.getvalue())


def _agency(file: TypedFile, agency_id: str, node: yaml.Node) -> Agency:
    given = {
        key: file.text(value, f"{agency_id}.{typed}") for key, typed, value in file.entries(node, agency_id, _NAMES)
    }
    if not _ID.fullmatch(agency_id):
        file.problem(node, agency_id, _ID_MEANING)
    if not given.get("name", "").strip():
        file.problem(node, agency_id, Message("name is missing: write the agency's full official name"))
    levels = list(next(reversed(editions().values())).deadline.days)
    shown_levels = Joined(" or ", levels)
    if given.get("level", levels[0]) not in levels:
        file.problem(
            node,
            f"{agency_id}.level",
            Message("{level!r} is not a level: write {levels}", level=given["level"], levels=shown_levels),
        )
    notebook = given.get("notebook") or None
    if notebook and (".." in PurePosixPath(notebook).parts or PurePosixPath(notebook).is_absolute()):
        file.problem(node, f"{agency_id}.notebook", Message("{notebook!r} is outside notebooks/", notebook=notebook))
    return Agency(
        id=agency_id,
        name=given.get("name", "").strip(),
        short=given.get("short", "").strip(),
        level=given.get("level") or levels[0],
        parent=given.get("parent") or None,
        contact=given.get("contact", "").strip(),
        notebook=notebook,
    )


def _by_id(agency: Agency, register: Register) -> Agency:
    """The agency with its parent's id, where the file names the parent by a name that only one agency has."""
    meant = register.named(agency.parent) if agency.parent else ()
    return dataclasses.replace(agency, parent=meant[0]) if len(meant) == 1 else agency


def _ids_by(names: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """The ids by name, in the register's order; a name of nothing is none."""
    ids: dict[str, tuple[str, ...]] = {}
    for agency_id, name in names.items():
        if name:
            ids[squeezed(name)] = (*ids.get(squeezed(name), ()), agency_id)
    return ids


def _wrong_parent(agency: Agency, agencies: Mapping[str, Agency], known: Sequence[str], sound: set[str]) -> str:
    """What is wrong with an agency's parent; empty if nothing is, and then all above it are `sound`, too."""
    if agency.parent is not None and agency.parent not in agencies and agency.parent not in known:
        from rapidfuzz import fuzz, process

        near = process.extractOne(agency.parent, known, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        unknown = Message("{parent!r} is not an agency of this file", parent=agency.parent)
        return Joined("; ", [unknown, Message("did you mean {near}?", near=near[0])]) if near else unknown
    above, parent = {agency.id: None}, agency.parent
    while parent is not None and parent in agencies and parent not in sound:
        if parent in above:
            way = [*above]
            shown = way if len(way) <= _MOST_SHOWN else [*way[:_MOST_SHOWN], "…"]
            return Message("the agencies above it form a circle: {circle}", circle=" → ".join([*shown, parent]))
        above[parent] = None
        parent = agencies[parent].parent
    sound.update(above)
    return ""

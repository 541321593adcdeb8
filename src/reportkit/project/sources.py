"""What a report is made from: every file and every entry that was looked at, with a digest of what was there.

A report is rebuilt when one of these is not what it was, and they are what is sent along where a report is
built on another machine.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from reportkit.project.folder import BELOW, BESIDE_NOTEBOOKS, ENTRY, THERE, Project, ReportKey
from reportkit.system.language import Message

__all__ = ["PACKAGE", "Digests", "Sources", "beside_notebooks", "described", "digest_of_file", "digest_of_texts"]

# The source that stands for reportkit and the libraries it draws with.
PACKAGE = "reportkit"
_PARAMETERS = re.compile(rf"params/(?P<year>\d{{4}})/(?P<agency>[^/]+)\.yaml(?P<there>{THERE})?", re.ASCII)
# How many hexadecimal digits of a digest are kept.
_LENGTH = 32


class Digests:
    """Digests of a project's sources as they are now, each worked out once.

    Parameters
    ----------
    project
        Whose sources they are.
    package
        The digest of what turns parameters into pages.
    """

    def __init__(self, project: Project, package: str) -> None:
        self._project, self._package = project, package
        self._known: dict[str, str] = {}

    def of(self, source: str) -> str:
        """The digest of a source; empty if there is no such thing.

        Parameters
        ----------
        source
            As `Project.looked_at` names it: ``params/2023/linyi-fao.yaml``; ``params/agencies.yaml#linyi-fao``,
            an agency's entry; ``params/agencies.yaml#linyi-fao/below``, the list of the agencies below it;
            ``params/2024/linyi-fao.yaml#there``, whether there is such a file;
            ``notebooks/*``, the files beside the notebooks. Or ``reportkit``, the package.
        """
        if source not in self._known:
            self._known[source] = self._worked_out(source)
        return self._known[source]

    def _worked_out(self, source: str) -> str:
        project = self._project
        if source == PACKAGE:
            return self._package
        if source == BESIDE_NOTEBOOKS:
            return digest_of_texts(
                f"{name}\n{digest_of_file(path)}" for name, path in beside_notebooks(project).items()
            )
        if source.endswith(THERE):
            return digest_of_texts([THERE]) if (project.root / source.removesuffix(THERE)).is_file() else ""
        agency_id = _agency_in(source)
        if agency_id is None:
            return digest_of_file(project.root / source)
        if source.endswith(BELOW):
            return digest_of_texts(agency.id for agency in project.register.children.get(agency_id, ()))
        return _of_entry(project, agency_id)


class Sources:
    """Notes what a report is made from: what is looked at in a project, with its digest at that moment.

    Parameters
    ----------
    project
        Whose sources they are.
    package
        The digest of what turns parameters into pages, which is a source of every report.

    Examples
    --------
    >>> sources = Sources(Project(Path("my-city")), package="0.1.0 1b3f")
    >>> project = Project(Path("my-city"), looked_at=sources.note)
    >>> sources.digests  # more, as reports of `project` are opened
    {'reportkit': '0.1.0 1b3f'}
    """

    def __init__(self, project: Project, package: str) -> None:
        self._now = Digests(project, package)
        self.digests: dict[str, str] = {}
        self.note(PACKAGE)

    def note(self, source: str) -> None:
        """Note a source, as `Project.looked_at` names it."""
        self.digests[source] = self._now.of(source)

    def files(self) -> list[str]:
        """The files looked at that exist, relative to the project."""
        return [source for source in self._there() if not source.endswith(THERE)]

    def only_there(self) -> list[str]:
        """The files of which only was looked at whether they exist, and which do, relative to the project."""
        return [source.removesuffix(THERE) for source in self._there() if source.endswith(THERE)]

    def _there(self) -> Iterator[str]:
        """The sources that are files, or ask for one, and exist."""
        for source, digest in self.digests.items():
            if digest and source not in (PACKAGE, BESIDE_NOTEBOOKS) and _agency_in(source) is None:
                yield source

    def agencies(self) -> list[str]:
        """The ids of the agencies whose entry, or whose list of bodies below, was looked at."""
        named = (_agency_in(source) for source in self.digests)
        return list(dict.fromkeys(agency_id for agency_id in named if agency_id is not None))


def _agency_in(source: str) -> str | None:
    """The agency whose entry or list of bodies below a source is; None if it is a file."""
    return source.removeprefix(ENTRY).removesuffix(BELOW) if source.startswith(ENTRY) else None


def beside_notebooks(project: Project) -> Mapping[str, Path]:
    """The files in ``notebooks/`` other than notebooks, by relative name: modules and data that notebooks use.

    Parameters
    ----------
    project
        The project.

    Returns
    -------
    dict of str to pathlib.Path
        By name relative to the project's folder, in order; what programs make for themselves is left out.
    """
    folder = project.root / "notebooks"
    return {
        f"notebooks/{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb" and not _is_made(path.relative_to(folder))
    }


def _is_made(path: Path) -> bool:
    """Whether a file was made by a program for itself."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _of_entry(project: Project, agency_id: str) -> str:
    register = project.register
    if agency_id in register.problems:
        return digest_of_texts(problem.message for problem in register.problems[agency_id])
    if agency_id not in register.agencies:
        return ""
    return digest_of_texts([json.dumps(asdict(register.agencies[agency_id]), sort_keys=True)])


def digest_of_file(path: Path) -> str:
    """The digest of a file's content; empty if it cannot be read.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        Hexadecimal digits of SHA-256.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:_LENGTH]
    except (OSError, ValueError):  # no file has such a name
        return ""


def digest_of_texts(texts: Iterable[str]) -> str:
    """The digest of several texts, in their order.

    Parameters
    ----------
    texts
        The texts.

    Returns
    -------
    str
        Hexadecimal digits of SHA-256.
    """
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_LENGTH]


def described(source: str, key: ReportKey) -> str:
    """A source in words, as a user reads why the report of `key` must be built.

    Parameters
    ----------
    source
        A source, as `Digests.of` takes it.
    key
        The report to be built.

    Returns
    -------
    str
        Words that a verb can follow: ``… changed``.

    Examples
    --------
    >>> described("params/2022/linyi-fao.yaml", ReportKey("linyi-fao", 2023))
    'its report for 2022'
    """
    if source == PACKAGE:
        return Message("reportkit, or what it draws with,")
    if source == BESIDE_NOTEBOOKS:
        return Message("what lies beside the notebooks")
    if (agency := _agency_in(source)) is not None:
        if source.endswith(BELOW):
            own = Message("the list of its bodies below")
            return own if agency == key.agency else Message("the list of {agency}'s bodies below", agency=agency)
        own = Message("its entry in agencies.yaml")
        return own if agency == key.agency else Message("{agency}'s entry in agencies.yaml", agency=agency)
    parameters = _PARAMETERS.fullmatch(source)
    if parameters is None:  # a notebook, or something that another version of reportkit knows
        return source or Message("something")
    if parameters["there"]:
        return Message(
            "whether there is a report {other}", other=ReportKey(parameters["agency"], int(parameters["year"]))
        )
    if parameters["agency"] != key.agency:
        return Message("{agency}'s report", agency=parameters["agency"])
    if int(parameters["year"]) == key.year:
        return Message("its parameter file")
    return Message("its report for {year}", year=parameters["year"])

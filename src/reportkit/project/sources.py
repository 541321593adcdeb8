"""What a report is made from: every file and every entry that was looked at, with a digest of what was there.

A report is to be built anew when one of these is not what it was; and they are what must travel where a
report is built elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from reportkit.project.folder import Project, ReportKey
from reportkit.report import Agency

__all__ = ["PACKAGE", "Digests", "TracedProject", "beside_notebooks", "described", "package_digest"]

PACKAGE = "reportkit"
_REGISTER = "params/agencies.yaml#"
_BELOW = "/below"
_BESIDE = "notebooks/*"
# What draws and writes the pages besides reportkit itself.
_DRAWING = ("altair", "ipykernel", "markdown-it-py", "nbconvert", "nh3", "papermill", "vl-convert-python")


class Digests:
    """Digests of a project's sources as they are now, each worked out once.

    Parameters
    ----------
    project
        Whose sources they are.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, str] = {}

    def of(self, source: str) -> str:
        """The digest of a source; empty where there is no such thing.

        Parameters
        ----------
        source
            A file, relative to the project; ``params/agencies.yaml#<id>``, an agency's entry, or with
            ``/below`` the list of the agencies below it; ``notebooks/*``, all that lies beside the
            notebooks; or ``reportkit``, the package.
        """
        if source not in self._known:
            self._known[source] = self._worked_out(source)
        return self._known[source]

    def _worked_out(self, source: str) -> str:
        project = self._project
        if source == PACKAGE:
            return package_digest()
        if source == _BESIDE:
            return _of_texts(f"{name}\n{_of_file(path)}" for name, path in beside_notebooks(project).items())
        if not source.startswith(_REGISTER):
            return _of_file(project.root / source)
        entry = source.removeprefix(_REGISTER)
        if entry.endswith(_BELOW):
            return _of_texts(agency.id for agency in project.register.children.get(entry.removesuffix(_BELOW), ()))
        return _of_entry(project, entry)


@dataclass(frozen=True)
class TracedProject(Project):
    """A project that notes what is looked at.

    Parameters
    ----------
    root
        The folder.
    sources
        What was looked at, with its digest at that moment; more is noted as reports are opened.
    """

    sources: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_digests", Digests(Project(self.root)))

    def look_at(self, key: ReportKey) -> None:
        """Note all that a report is made from, reading no more than it takes to know.

        Raises
        ------
        InputError
            Where its agency or its notebook cannot be found.
        """
        agency = self.agency(key.agency)
        self.notebook(agency)
        self._is_file(self.parameter_file(key))
        for _ in self._years_up_to(key.agency, key.year):
            pass
        if self._directly_below(key.agency):
            self.below(key.agency, key.year)

    def files(self) -> list[str]:
        """The files looked at that are there, relative to the project."""
        named = (source for source in self.sources if source not in (PACKAGE, _BESIDE))
        return [source for source in named if not source.startswith(_REGISTER) and self.sources[source]]

    def agencies_looked_at(self) -> list[str]:
        """The ids of the agencies whose entries, or whose bodies below, were looked at."""
        entries = (source.removeprefix(_REGISTER) for source in self.sources if source.startswith(_REGISTER))
        return list(dict.fromkeys(entry.removesuffix(_BELOW) for entry in entries))

    def notebook(self, agency: Agency) -> Path:
        """The notebook that tells an agency's report, with what lies beside it."""
        self._note(PACKAGE)
        self._note(_BESIDE)
        return super().notebook(agency)

    def _is_file(self, path: Path) -> bool:
        self._note(path.relative_to(self.root).as_posix())
        return super()._is_file(path)

    def _look_at_entry(self, agency_id: str) -> None:
        self._note(f"{_REGISTER}{agency_id}")

    def _directly_below(self, agency_id: str) -> Sequence[Agency]:
        self._note(f"{_REGISTER}{agency_id}{_BELOW}")
        return super()._directly_below(agency_id)

    def _note(self, source: str) -> None:
        self.sources[source] = self._digests.of(source)  # type: ignore[attr-defined]


def beside_notebooks(project: Project) -> Mapping[str, Path]:
    """The files in ``notebooks/`` that are no notebooks: modules and data that notebooks use, by relative name."""
    folder = project.root / "notebooks"
    return {
        f"notebooks/{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb" and not _is_made(path.relative_to(folder))
    }


def _is_made(path: Path) -> bool:
    """Whether a file was made by a program for itself."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


@cache
def package_digest() -> str:
    """The digest of what turns parameters into pages: reportkit's own files, and the versions of what it draws with."""
    folder = Path(__file__).parents[1]
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    texts = [f"{path.relative_to(folder).as_posix()}\n{_of_file(path)}" for path in files]
    return f"{version(PACKAGE)} {_of_texts([*texts, *map(version, _DRAWING)])}"


def _of_entry(project: Project, agency_id: str) -> str:
    register = project.register
    if agency_id in register.problems:
        return _of_texts(problem.message for problem in register.problems[agency_id])
    if agency_id not in register.agencies:
        return ""
    return _of_texts([json.dumps(asdict(register.agencies[agency_id]), sort_keys=True)])


def _of_file(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:_LENGTH]
    except OSError:
        return ""


def _of_texts(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_LENGTH]


_LENGTH = 32


def described(source: str, key: ReportKey) -> str:
    """A source in words, for whoever asks why the report of `key` must be built.

    Examples
    --------
    >>> described("params/2022/linyi-fao.yaml", ReportKey("linyi-fao", 2023))
    'its report for 2022'
    """
    if source == PACKAGE:
        return "reportkit, or what it draws with,"
    if source == _BESIDE:
        return "what lies beside the notebooks"
    if source.startswith(_REGISTER):
        agency = source.removeprefix(_REGISTER).removesuffix(_BELOW)
        whose = "its" if agency == key.agency else f"{agency}'s"
        return f"the list of {whose} bodies below" if source.endswith(_BELOW) else f"{whose} entry in agencies.yaml"
    if source.startswith("notebooks/"):
        return source
    _, year, name = source.split("/")
    agency = name.rpartition(".")[0]
    if agency != key.agency:
        return f"{agency}'s report"
    return "its parameter file" if int(year) == key.year else f"its report for {year}"

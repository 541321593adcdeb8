"""A project on disk: its agencies, its parameter files, its notebooks, and what is built from them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from reportkit.form import form_for
from reportkit.form.bound import Fault
from reportkit.project.origins import origins_file, read_origins, write_origins
from reportkit.project.parameters import Problem, TypedError, read_parameters, write_parameters
from reportkit.project.register import Register, add_agency, read_register
from reportkit.project.settings import Settings, read_settings
from reportkit.project.template import NOTEBOOK, notebook_name
from reportkit.report import Agency, AnnualReport, Below, Origin, Place, new_report
from reportkit.system.errors import InputError
from reportkit.system.files import locked
from reportkit.system.language import Joined, Message

__all__ = [
    "BELOW",
    "BESIDE_NOTEBOOKS",
    "ENTRY",
    "OWN_RULES",
    "SETTINGS",
    "THERE",
    "Around",
    "Project",
    "ProjectError",
    "ReportKey",
    "UnknownAgencyError",
    "find_project",
    "open_report",
]

_REGISTER = "agencies.yaml"
SETTINGS = "project.yaml"
# The module beside the notebooks that declares rules of the project's own.
OWN_RULES = "checks.py"
_YEAR = re.compile("[0-9]{4}")
# How a project names what is looked at and is not one file. An agency's entry is ENTRY and its id; the list of the
# agencies directly below it is the same and BELOW; BESIDE_NOTEBOOKS are all files in notebooks/ that are not notebooks.
# A file's name and THERE is whether there is such a file, whatever it holds.
ENTRY = f"params/{_REGISTER}#"
BELOW = "/below"
THERE = "#there"
BESIDE_NOTEBOOKS = "notebooks/*"


class ProjectError(InputError, LookupError):
    """A folder that is not a project, or that lacks something; the message says what to do."""


class UnknownAgencyError(InputError, LookupError):
    """An agency that ``params/agencies.yaml`` does not name."""


class ReportKey(NamedTuple):
    """Which report: the agency's id and the year."""

    agency: str
    year: int

    def __str__(self) -> str:
        return f"{self.agency} {self.year}"


class Around(NamedTuple):
    """The reports that a reviewer reads beside one; None where there is no such report."""

    before: ReportKey | None
    after: ReportKey | None
    above: ReportKey | None


def _ignore(_source: str) -> None:
    """Take no note of what is looked at."""


@dataclass(frozen=True)
class Project:
    """A folder with ``notebooks/``, ``params/`` and room for ``output/``.

    Parameters
    ----------
    root
        The folder.
    looked_at
        Called with everything that is looked at for a report: the name of a file, relative to the project,
        whether it exists or not; that name and `THERE`, if only that is asked; an agency's entry or its list of
        bodies below, as `ENTRY` and `BELOW` name them; `BESIDE_NOTEBOOKS`. It is no part of the project's value:
        two projects in the same folder are equal.

    Examples
    --------
    >>> sources = []
    >>> project = Project(Path("my-city"), looked_at=sources.append)
    """

    root: Path
    looked_at: Callable[[str], object] = field(default=_ignore, compare=False, repr=False)

    @property
    def params(self) -> Path:
        """Where the parameter files are."""
        return self.root / "params"

    @property
    def output(self) -> Path:
        """Where the built pages are."""
        return self.root / "output"

    @cached_property
    def register(self) -> Register:
        """What ``params/agencies.yaml`` says."""
        path = self.params / _REGISTER
        # A process that opens many reports, or was forked from one, has read it before.
        return _read_register(path, *_identity(path))

    @property
    def settings(self) -> Settings:
        """What ``params/project.yaml`` says.

        Raises
        ------
        TypedError
            If the file cannot be read.
        """
        path = self.params / SETTINGS
        self._exists(path)
        settings = _read_settings(path, *_identity(path))
        rules = self.root / "notebooks" / OWN_RULES
        own = str(rules) if self._exists(rules) else None
        return replace(settings, standard=replace(settings.standard, own_rules=own))

    @property
    def agencies(self) -> Mapping[str, Agency]:
        """The agencies by id, without those whose entry cannot be read.

        Raises
        ------
        TypedError
            If ``params/agencies.yaml`` cannot be read at all.
        """
        return self.register.agencies

    def agency(self, named: str) -> Agency:
        """The agency that is named.

        Parameters
        ----------
        named
            Its id in ``params/agencies.yaml``, its full name, or its short one.

        Raises
        ------
        TypedError
            If its entry in ``params/agencies.yaml`` cannot be read.
        UnknownAgencyError
            If there is none, or more than one; the message names the nearest one, or those that are meant.
        """
        register = self.register
        meant = register.named(named)
        agency_id = meant[0] if len(meant) == 1 else named
        self.looked_at(f"{ENTRY}{agency_id}")
        if agency_id in register.problems:
            raise TypedError(register.problems[agency_id])
        if agency_id not in register.agencies:
            raise UnknownAgencyError(_no_such_agency(named, register))
        return register.agencies[agency_id]

    def add_agency(self, agency: Agency) -> None:
        """Put a new agency at the end of ``params/agencies.yaml``, whose comments are kept.

        Parameters
        ----------
        agency
            The agency.

        Raises
        ------
        TypedError
            If the file cannot be read; it is left as it is.
        """
        with self.editing():
            add_agency(self.params / _REGISTER, agency)
            self.__dict__.pop("register", None)

    @contextmanager
    def editing(self) -> Iterator[None]:
        """Let nobody else change the project's files meanwhile, and see them as they are now.

        What is read here and then written cannot be changed in between by another process that edits the project.
        """
        with locked(self.params):
            self.__dict__.pop("register", None)
            yield

    def children(self, agency_id: str) -> tuple[Agency, ...]:
        """The agencies directly below an agency."""
        return tuple(agency for agency in self._bodies_below(agency_id) if agency.id in self.agencies)

    def below(self, agency_id: str, year: int) -> Below:
        """The reports for `year` that together cover all bodies below an agency, at any depth.

        A body whose own report is missing or cannot be read is named, and the bodies below it take its
        place. Each report is read without those for the years before it.

        Parameters
        ----------
        agency_id
            The agency above; its own report is not among them.
        year
            The year reported on.
        """
        met = {agency_id}
        reports: list[AnnualReport] = []
        missing: list[Agency] = []
        unreadable: list[tuple[Agency, str]] = []
        waiting = deque(self._bodies_below(agency_id))
        while waiting:
            body = waiting.popleft()
            if body.id in met:
                continue
            met.add(body.id)
            key = ReportKey(body.id, year)
            try:
                self.agency(body.id)
                if self._has_parameters(key):
                    reports.append(self._read(key))
                    continue
                missing.append(body)
            except TypedError as error:
                unreadable.append((body, error.args[0] if error.args else str(error)))
            waiting.extendleft(reversed(self._bodies_below(body.id)))
        return Below(tuple(reports), tuple(missing), tuple(unreadable))

    def reports(self, agencies: Collection[str] = (), year: int | None = None) -> list[ReportKey]:
        """The reports that have a parameter file, by year and agency; all, or those asked for.

        Parameters
        ----------
        agencies
            Ids; all agencies if empty.
        year
            The year; all years if None.
        """
        return sorted(
            (
                ReportKey(file.stem, int(folder.name))
                for folder in self._years()
                for file in folder.iterdir()
                if file.suffix in (".yaml", ".yml") and not file.name.startswith(".")
                if (year is None or int(folder.name) == year) and (not agencies or file.stem in agencies)
            ),
            key=lambda key: (key.year, key.agency),
        )

    def _years(self) -> list[Path]:
        """The folders of parameter files; `glob` would pass over what may not be read."""
        if not self.params.exists():
            return []
        return [folder for folder in self.params.iterdir() if _YEAR.fullmatch(folder.name) and folder.is_dir()]

    def years(self, agency_id: str) -> list[int]:
        """The years for which an agency has a parameter file."""
        return [key.year for key in self.reports({agency_id})]

    def parameter_file(self, key: ReportKey) -> Path:
        """Where a report's parameter file is, or belongs."""
        return self.params / str(key.year) / f"{key.agency}.yaml"

    def around(self, key: ReportKey) -> Around:
        """The reports that a reviewer reads beside one.

        Parameters
        ----------
        key
            Which report.

        Raises
        ------
        UnknownAgencyError
            If its agency is not known.
        """
        parent = self.agency(key.agency).parent
        before, after = (ReportKey(key.agency, year) for year in (key.year - 1, key.year + 1))
        above = ReportKey(parent, key.year) if parent else None
        return Around(*(other if other and self._is_there(other) else None for other in (before, after, above)))

    def _origins(self, key: ReportKey) -> Mapping[str, Origin]:
        """Where a report's figures came from, as far as that was noted."""
        path = self.parameter_file(key)
        return read_origins(path) if self._exists(origins_file(path)) else {}

    def _is_there(self, key: ReportKey) -> bool:
        """Whether a report has a parameter file, of which nothing is read."""
        path = self.parameter_file(key)
        self.looked_at(f"{path.relative_to(self.root).as_posix()}{THERE}")
        return path.is_file()

    def open_report(self, named: str, year: int) -> AnnualReport:
        """The report as its parameter file states it, with the agency's reports for the years before.

        If there are bodies below the agency, it comes with their reports for the same year. An earlier report that
        cannot be read counts as none: when it is opened itself, the error says what is wrong with it.

        Parameters
        ----------
        named
            The agency by its id, its full name or its short one.
        year
            The year reported on.

        Raises
        ------
        UnknownAgencyError
            If the agency is not known, or several are called so.
        TypedError
            If the parameter file is missing or cannot be read, or a figure that is bound into its texts is not there.
        """
        report = self._opened(self.agency(named).id, year)
        self._require_filled(report)
        return report

    def _opened(self, agency_id: str, year: int) -> AnnualReport:
        """The report with those for the years before and of the bodies below, whatever is bound into its texts."""
        report: AnnualReport | None = None
        for earlier in self._years_up_to(agency_id, year):
            try:
                report = self._read(ReportKey(agency_id, earlier)).replace(previous=report)
            except TypedError:
                report = None
        if report is None:
            report = self._read(ReportKey(agency_id, year))
        report = report.replace(standard=self.settings.standard, origins=self._origins(ReportKey(agency_id, year)))
        if not self._bodies_below(agency_id):
            return report
        return report.replace(below=self.below(agency_id, year))

    def open_or_new_report(self, named: str, year: int) -> AnnualReport:
        """The report as `open_report` opens it; if it has no parameter file, a new one with 0 in every cell.

        A new report has the agency's report for the year before beside it, if that can be read. Figures that are bound
        into a text may be missing: this is what they are entered into.

        Raises
        ------
        UnknownAgencyError
            If the agency is not known.
        UnknownYearError
            If no edition of the form covers the year.
        TypedError
            If the parameter file cannot be read.
        """
        agency = self.agency(named)
        if self.parameter_file(ReportKey(agency.id, year)).exists():
            return self._opened(agency.id, year)
        report = new_report(agency, year, standard=self.settings.standard)
        try:
            return report.replace(previous=self._opened(agency.id, year - 1))
        except TypedError:
            return report

    def save_report(self, report: AnnualReport) -> Path:
        """Write a report to its parameter file, whose comments are kept, and where its figures came from beside it.

        Parameters
        ----------
        report
            The report.

        Returns
        -------
        pathlib.Path
            The file.
        """
        path = self.parameter_file(ReportKey(report.agency.id, report.year))
        write_parameters(report, path, schema=f"../form-{report.form.edition}.schema.json")
        write_origins(report, path)
        return path

    def notebook(self, agency: Agency, year: int | None = None) -> Path:
        """The notebook that tells an agency's report: its own, or the common one.

        Parameters
        ----------
        agency
            The agency.
        year
            The year of the report, whose edition of the form may have a notebook of its own beside the common one.

        Raises
        ------
        ProjectError
            If there is no such file.
        UnknownYearError
            If no edition of the form covers the year.
        """
        common = NOTEBOOK if year is None else notebook_name(form_for(year))
        if common != NOTEBOOK and not self._exists(self.root / "notebooks" / common):
            common = NOTEBOOK
        path = self.root / "notebooks" / (agency.notebook or common)
        self.looked_at(BESIDE_NOTEBOOKS)
        if not self._exists(path):
            raise ProjectError(
                Message(
                    "{path}: the notebook of {id} does not exist",
                    path=path.relative_to(self.root).as_posix(),
                    id=agency.id,
                )
            )
        return path

    def look_at(self, key: ReportKey) -> None:
        """Call `looked_at` for all that a report is made from, and read no more than that takes.

        Parameters
        ----------
        key
            Which report.

        Raises
        ------
        InputError
            If its agency or its notebook cannot be found.
        """
        self.notebook(self.agency(key.agency), key.year)
        self._exists(self.parameter_file(key))
        self._exists(origins_file(self.parameter_file(key)))
        _ = self.settings
        for _ in self._years_up_to(key.agency, key.year):
            pass
        if self._bodies_below(key.agency):
            self.below(key.agency, key.year)
        self.around(key)

    def output_folder(self, key: ReportKey) -> Path:
        """Where a report's pages are built."""
        return self.output / str(key.year) / key.agency

    def _years_up_to(self, agency_id: str, year: int) -> Iterator[int]:
        """The unbroken run of years with a parameter file that ends with `year`, oldest first."""
        first = year
        while self._exists(self.parameter_file(ReportKey(agency_id, first - 1))):
            first -= 1
        return iter(range(first, year + 1))

    def _read(self, key: ReportKey) -> AnnualReport:
        agency = self.agency(key.agency)
        path = self.parameter_file(key)
        name = path.relative_to(self.root).as_posix()
        if not self._exists(path):
            raise TypedError(
                [Problem(Place(name), "", Message("the file does not exist; {instead}", instead=self._instead(key)))]
            )
        return _read_parameters(path, agency, key.year, name, *_identity(path))

    def _require_filled(self, report: AnnualReport) -> None:
        """Raise if a figure that is bound into the report's texts is not there."""
        faults = [(key, fault) for key in report.templates for fault in report.filled(key).faults]
        if not faults:
            return
        path = self.parameter_file(ReportKey(report.agency.id, report.year))
        lines = path.read_text(encoding="utf-8-sig").split("\n")
        name = path.relative_to(self.root).as_posix()
        raise TypedError(
            Problem(
                Place(name, _line_of(fault, report.templates[key], lines, report.places.get(key))),
                f"narrative.{key}",
                Joined(": ", [fault.expression, fault.message]),
            )
            for key, fault in faults
        )

    def _has_parameters(self, key: ReportKey) -> bool:
        """Whether a report has a parameter file, even if under a name that is refused when it is read."""
        path = self.parameter_file(key)
        return self._exists(path) or self._exists(path.with_suffix(".yml"))

    def _instead(self, key: ReportKey) -> str:
        if self.parameter_file(key).with_suffix(".yml").is_file():
            return Message("rename {agency}.yml to {agency}.yaml", agency=key.agency)
        years = self.years(key.agency)
        if not years:
            return Message("{agency} has no report yet", agency=key.agency)
        return Message("{agency} has reports for {years}", agency=key.agency, years=Joined(", ", years))

    def _exists(self, path: Path) -> bool:
        """Whether a file that a report would be made from exists."""
        self.looked_at(path.relative_to(self.root).as_posix())
        return path.is_file()

    def _bodies_below(self, agency_id: str) -> Sequence[Agency]:
        """All entries directly below an agency, those that cannot be read included."""
        self.looked_at(f"{ENTRY}{agency_id}{BELOW}")
        return self.register.children.get(agency_id, ())


def _line_of(fault: Fault, template: str, lines: Sequence[str], place: Place | None) -> int | None:
    """The line of a file on which an expression stands, in whatever way the text that holds it is written there."""
    if place is None or not isinstance(place.at, int):
        return None
    earlier = template.count(fault.expression, 0, fault.start)
    for number, line in enumerate(lines[place.at - 1 :], start=place.at):
        found = line.count(fault.expression)
        if found > earlier:
            return number
        earlier -= found
    return place.at


def _identity(path: Path) -> tuple[int, ...]:
    """What changes whenever a file does."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


@lru_cache(maxsize=32)  # a report's file is read again for each year after it
def _read_parameters(path: Path, agency: Agency, year: int, name: str, *_identity: int) -> AnnualReport:
    return read_parameters(path, agency, year, name=name)


@lru_cache(maxsize=4)
def _read_settings(path: Path, *_identity: int) -> Settings:
    return read_settings(path, f"params/{SETTINGS}")


@lru_cache(maxsize=4)
def _read_register(path: Path, *_identity: int) -> Register:
    return read_register(path, f"params/{_REGISTER}")


def _no_such_agency(named: str, register: Register) -> Message:
    """What to say where a name means no agency, or several."""
    if meant := register.named(named):
        shown = Joined(", ", [Message("{id} ({name})", id=id, name=register.agencies[id].name) for id in meant])
        return Message("{named}: several agencies are called so; name one by its id: {shown}", named=named, shown=shown)
    near = register.nearest(named)
    hint = Message("did you mean {near}?", near=near) if near else Message("add it there")
    return Message("{named}: no such agency in params/agencies.yaml; {hint}", named=named, hint=hint)


def find_project(start: Path | str | None = None) -> Project:
    """The project in a folder or above it.

    Parameters
    ----------
    start
        Where to look first; the current directory by default.

    Returns
    -------
    Project
        The nearest one, looking upwards.

    Raises
    ------
    ProjectError
        If neither the folder nor any above it is a project.
    """
    folder = Path(start or ".").resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / "params").is_dir() and (candidate / "notebooks").is_dir():
            return Project(candidate)
    raise ProjectError(
        Message(
            "no project in {folder} or above: a project has notebooks/ and params/; `reportkit init DIR` makes one",
            folder=folder,
        )
    )


def open_report(agency: str, year: int, project: Path | str | None = None) -> AnnualReport:
    """Open an agency's report for a year, with its totals computed and last year's report beside it.

    Parameters
    ----------
    agency
        The agency's id in ``params/agencies.yaml``.
    year
        The year reported on.
    project
        The project's folder, or one inside it; the current directory by default.

    Returns
    -------
    AnnualReport
        What ``params/<year>/<agency>.yaml`` states.

    Raises
    ------
    ProjectError
        If there is no project in the folder or above it.
    UnknownAgencyError
        If ``params/agencies.yaml`` does not name the agency.
    TypedError
        If the parameter file is missing or cannot be read; the message names every place.

    Examples
    --------
    >>> open_report("linyi-fao", 2023)["applications.received.total"]  # doctest: +SKIP
    2
    """
    return find_project(project).open_report(agency, int(year))

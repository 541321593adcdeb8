"""All agencies and years of a project, and what is known of each report: what the pages over all reports show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from reportkit.project.folder import Project, ReportKey
from reportkit.project.parameters import TypedError
from reportkit.publish import formats
from reportkit.report import Agency
from reportkit.site.states import STATES, State

__all__ = ["ListedReport", "Matrix", "Roster", "matrix_of", "roster_of"]


@dataclass(frozen=True)
class ListedReport:
    """What the site says of a report.

    Parameters
    ----------
    key
        Which report.
    name
        The agency's name.
    files
        The names of its files; None if it was never built.
    counts
        How many findings are not waived, by severity.
    rules
        The same by rule.
    waived
        How many findings are waived.
    unjudged
        How many rules could not be judged.
    failure
        Why its last run failed; None if it did not.
    handed_in
        Whether it has a parameter file.

    Examples
    --------
    >>> ListedReport(ReportKey("office", 2023), "示例局", {"report.html"}, {"warning": 2}).state.word
    '警告'
    """

    key: ReportKey
    name: str
    files: Collection[str] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)
    waived: int = 0
    unjudged: int = 0
    failure: str | None = None
    handed_in: bool = True

    @cached_property
    def url(self) -> str:
        """The address of the report's folder, relative to the index; its name need not be in UTF-8."""
        return f"{self.key.year}/{quote(self.key.agency.encode('utf-8', 'surrogateescape'))}"

    @cached_property
    def links(self) -> list[formats.Format]:
        """The formats that a person opens, of those it was written in."""
        return [written for written in formats.FORMATS if written.label and written.file in (self.files or ())]

    @property
    def withheld(self) -> bool:
        """Whether it was built without what the public reads, since errors stand in it."""
        public = any(link.public for link in self.links)
        return bool(self.files) and not public and self.counts.get("error", 0) > 0

    @cached_property
    def state(self) -> State:
        """The worst of the states that it is in."""
        return STATES[next(self._states())]

    def _states(self) -> Iterator[str]:
        if not self.handed_in:
            yield "missing"
        if self.failure is not None:
            yield "failed"
        if self.files is None:
            yield "waiting"
        if self.withheld:
            yield "withheld"
        if self.counts.get("error"):
            yield "error"
        if self.counts.get("warning"):
            yield "warning"
        if self.waived:
            yield "waived"
        if self.unjudged:
            yield "unjudged"
        yield "info" if self.counts.get("info") else "clean"


@dataclass(frozen=True)
class Roster:
    """Who has to report, and who has handed in a parameter file.

    Parameters
    ----------
    agencies
        The agencies, each followed by the bodies below it.
    handed_in
        The reports that have a parameter file.
    """

    agencies: Sequence[Agency] = ()
    handed_in: Collection[ReportKey] = ()


@dataclass(frozen=True)
class Matrix:
    """All agencies and years, with what is known of each report.

    Parameters
    ----------
    agencies
        The agencies, each followed by the bodies below it.
    years
        The years, newest first.
    reports
        The reports for each year, in the order of `agencies`. None where there is none of an agency that the register
        does not name, and that nobody waits for.
    """

    agencies: Sequence[Agency]
    years: Sequence[int]
    reports: Mapping[int, Sequence[ListedReport | None]]

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each agency in the order, by its id."""
        return {agency.id: place for place, agency in enumerate(self.agencies)}

    def above(self, agency: Agency) -> Agency | None:
        """The body above an agency; None if there is none."""
        place = self.places.get(agency.parent or "")
        return None if place is None else self.agencies[place]

    @cached_property
    def bodies(self) -> Sequence[tuple[int, Agency]]:
        """The agencies with others below them, each with how far it is from the top."""
        depths: dict[str, int] = {}
        for agency in self.agencies:
            depths[agency.id] = depths.get(agency.parent, -1) + 1 if agency.parent else 0
        parents = {agency.parent for agency in self.agencies}
        return [(depths[agency.id], agency) for agency in self.agencies if agency.id in parents]


def roster_of(project: Project) -> Roster:
    """Who has to report in a project, and who has handed in.

    Parameters
    ----------
    project
        The project.

    Returns
    -------
    Roster
        The agencies of the register in the order of the tree. One whose entry cannot be read goes by its id; if the
        register cannot be read at all, there are none.
    """
    handed_in = frozenset(project.reports())
    try:
        register = project.register
    except TypedError:
        return Roster((), handed_in)
    known = {**register.agencies, **{id: Agency(id, id) for id in register.problems}}
    tops = [agency for agency in known.values() if agency.parent not in known]
    below: dict[str, list[Agency]] = {}
    for agency in known.values():
        if agency.parent in known:
            below.setdefault(str(agency.parent), []).append(agency)
    return Roster(tuple(_in_order(tops, below)), handed_in)


def _in_order(tops: Sequence[Agency], below: Mapping[str, Sequence[Agency]]) -> Iterator[Agency]:
    """Each agency, and then those below it."""
    waiting = [*reversed(tops)]
    while waiting:
        agency = waiting.pop()
        yield agency
        waiting.extend(reversed(below.get(agency.id, ())))


def matrix_of(roster: Roster, built: Iterable[ListedReport]) -> Matrix:
    """All agencies and years, with what is known of each report.

    Parameters
    ----------
    roster
        Who has to report, and who has handed in.
    built
        The reports that were built, or failed, in any order. Agencies that the roster does not name come last.

    Returns
    -------
    Matrix
        A report for each agency and each year for which there is any report at all.

    Examples
    --------
    >>> roster = Roster([Agency("a", "甲局"), Agency("b", "乙局")], {ReportKey("a", 2023)})
    >>> matrix = matrix_of(roster, [ListedReport(ReportKey("a", 2023), "甲局", {"report.html"})])
    >>> [(report.name, report.state.word) for report in matrix.reports[2023]]
    [('甲局', '未发现问题'), ('乙局', '未报送')]
    """
    found = {report.key: report for report in sorted(built, key=lambda report: report.key)}
    named = {agency.id for agency in roster.agencies}
    others = {key.agency: Agency(key.agency, report.name) for key, report in found.items() if key.agency not in named}
    for key in sorted(roster.handed_in):
        if key.agency not in named:
            others.setdefault(key.agency, Agency(key.agency, key.agency))
    agencies = (*roster.agencies, *others.values())
    years = sorted({key.year for key in (*found, *roster.handed_in)}, reverse=True)
    return Matrix(
        agencies,
        years,
        {year: [_report_of(agency, year, found, roster, named) for agency in agencies] for year in years},
    )


def _report_of(
    agency: Agency, year: int, found: Mapping[ReportKey, ListedReport], roster: Roster, named: Collection[str]
) -> ListedReport | None:
    key = ReportKey(agency.id, year)
    known, handed_in = found.get(key), key in roster.handed_in
    if agency.id not in named and not handed_in:
        return known
    if known is None:
        return ListedReport(key, agency.name, handed_in=handed_in)
    if handed_in:
        return known
    # Its parameter file is gone; what was built from it may still be there.
    return ListedReport(key, agency.name, known.files, handed_in=False)

"""The overview of each year: counted from what its reports left, told by a notebook, written as a page.

A report leaves its figures for the overview in its stamp, so that thousands of reports are counted without opening one.
The page says at its end what it was made from: where that is still so, no notebook runs.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from reportkit.build import last_run
from reportkit.build.assets import INDEX
from reportkit.build.index import rules_in_force
from reportkit.build.last_run import FAILURE, STAMP, read_stamp
from reportkit.build.one_report import PATIENCE, Limits, drawing_settings, failed_in_notebook, failed_with, folder_of
from reportkit.build.output import Output, OutputReader
from reportkit.build.package import package_digest
from reportkit.checks import SEVERITIES
from reportkit.display.year import Body, Counts, FoundRule, Overview
from reportkit.project.folder import BESIDE_NOTEBOOKS, Project, ReportKey
from reportkit.project.sources import Digests, digest_of_texts
from reportkit.project.template import OVERVIEW
from reportkit.report import Agency
from reportkit.site.matrix import Roster, roster_of
from reportkit.system.bounded import PoolError, TaskError, UnstartedError, WorkerPool, in_one_line
from reportkit.system.errors import InputError
from reportkit.system.files import temporary_folder
from reportkit.system.language import Joined

__all__ = ["FIGURES", "OverviewMade", "has_overviews", "remove_figures", "write_overviews", "years_shown"]

# The figures that a year's page is told from, beside the page.
FIGURES = "overview.json"

_NOTEBOOK = f"notebooks/{OVERVIEW}"
# How many reports are looked at together, which matters if each comes over a network.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OverviewMade:
    """What became of the overview of a year.

    Parameters
    ----------
    year
        The year.
    failed
        Why it could not be made, and where in its notebook; empty if it was. The page is left as it was.
    """

    year: int
    failed: str = ""


def has_overviews(project: Project) -> bool:
    """Whether a project has a notebook for the overview of a year; one without has no overviews.

    Parameters
    ----------
    project
        The project.

    Returns
    -------
    bool
        True if ``notebooks/overview.ipynb`` is there.
    """
    return (project.root / _NOTEBOOK).is_file()


def remove_figures(output: Output, years: Iterable[int]) -> None:
    """Forget the figures of years whose reports are about to change, so that a build that is cut short is noticed.

    Parameters
    ----------
    output
        Where they are.
    years
        The years.
    """
    output.remove([_place(year, FIGURES) for year in years])


def years_shown(output: OutputReader, years: Iterable[int]) -> list[int]:
    """The years that have an overview.

    Parameters
    ----------
    output
        Where the pages are.
    years
        The years to look for.

    Returns
    -------
    list of int
        In the order of `years`.
    """
    pages = {_place(year, INDEX): year for year in years}
    there = output.read([*pages])
    return [year for page, year in pages.items() if page in there]


def write_overviews(
    project: Project, output: Output, limits: Limits, workers: WorkerPool, years: Collection[int], *, changed: bool
) -> Iterator[OverviewMade]:
    """Write the overviews that are not what they would be now: of each year that has a report that was built.

    Parameters
    ----------
    project
        Whose reports they are about.
    output
        Where the reports are, and the overviews go.
    limits
        How much time and memory each notebook may take.
    workers
        The processes that run the notebooks.
    years
        The years of the reports that are looked after.
    changed
        Whether any report may have changed. If not, only pages are made that are gone, or would be told otherwise.

    Yields
    ------
    OverviewMade
        One for each notebook that ran.

    Raises
    ------
    OutputError
        If a page cannot be written.
    """
    template = _template(project)
    if not changed and all(_is_up_to_date(output, year, template) for year in years):
        return
    gathered = {year: _as_text(overview) for year, overview in _gathered(project, output)}
    for year, figures in gathered.items():
        links = _links(year, gathered)
        mark = _mark(figures, template)
        if not _read(output, year, INDEX).endswith(mark):
            made = _page(project, limits, workers, year, figures, links)
            if isinstance(made, UnstartedError):
                yield OverviewMade(year, _why(made))
                return  # no process can be started for the others either
            if isinstance(made, bytes):
                output.write(_place(year, INDEX), made.rstrip().removesuffix(b"</html>") + mark)
            yield OverviewMade(year, "" if isinstance(made, bytes) else made)
        if _read(output, year, FIGURES) != figures:
            output.write(_place(year, FIGURES), figures)


def _place(year: int, name: str) -> str:
    return f"{year}/{name}"


def _read(output: OutputReader, year: int, name: str) -> bytes:
    return output.read([_place(year, name)]).get(_place(year, name), b"")


# ------------------------------------------------------------------- what it is made from


def _template(project: Project) -> str:
    """A digest of what figures become a page by."""
    digests = Digests(project, package_digest())
    return digest_of_texts([package_digest(), digests.of(_NOTEBOOK), digests.of(BESIDE_NOTEBOOKS)])


def _mark(figures: bytes, template: str) -> bytes:
    """What a page that is told from these figures ends with."""
    digest = hashlib.sha256(template.encode() + figures).hexdigest()[:32]
    return f"<!-- {digest} -->\n</html>\n".encode()


def _is_up_to_date(output: OutputReader, year: int, template: str) -> bool:
    """Whether a year's page is told from the figures beside it, by the notebook as it is now."""
    figures = _read(output, year, FIGURES)
    return bool(figures) and _read(output, year, INDEX).endswith(_mark(figures, template))


def _as_text(overview: Overview) -> bytes:
    told = json.dumps(overview.as_json(), ensure_ascii=False, separators=(",", ":"))
    return told.encode("utf-8", "surrogateescape")


def _gathered(project: Project, output: OutputReader) -> Iterator[tuple[int, Overview]]:
    """All reports of each year that has one that was built, the earliest year first; two years are held at a time."""
    roster = roster_of(project)
    history: dict[int, Counts] = {}
    before: Mapping[str, Counts] = {}
    for year in sorted({key.year for key in roster.handed_in}):
        found: Counter[str] = Counter()
        reports: Counter[str] = Counter()
        bodies = tuple(_bodies(roster, year, output, before, found, reports))
        before = {body.id: body.counts for body in bodies if body.counts is not None}
        if before:
            overview = Overview(year, bodies)
            history[year] = overview.total
            if year - 1 not in history and any(body.before for body in bodies):
                history[year - 1] = overview.covering(overview.tops, "before")
            yield (
                year,
                replace(overview, history=dict(sorted(history.items())), rules=_rules(project, year, found, reports)),
            )


def _bodies(
    roster: Roster,
    year: int,
    output: OutputReader,
    before: Mapping[str, Counts],
    found: Counter[str],
    reports: Counter[str],
) -> Iterator[Body]:
    """Each agency with what its report left; the rules that findings stand against are counted on the way."""
    known = {agency.id for agency in roster.agencies}
    others = sorted(key.agency for key in roster.handed_in if key.year == year and key.agency not in known)
    remaining = iter([*roster.agencies, *(Agency(id, id) for id in others)])
    while some := list(islice(remaining, _AT_ONCE)):
        there = {agency.id: folder_of(ReportKey(agency.id, year)) for agency in some}
        handed_in = [there[agency.id] for agency in some if ReportKey(agency.id, year) in roster.handed_in]
        sizes = output.sizes(handed_in)
        stamps = output.read([f"{folder}/{STAMP}" for folder in handed_in if STAMP in sizes[folder]])
        for agency in some:
            folder = there[agency.id]
            body = Body(agency.id, agency.name, agency.parent or "", before=before.get(agency.id))
            told = read_stamp(stamps.get(f"{folder}/{STAMP}"))
            if folder not in sizes:
                yield replace(body, state="missing")
            elif told is None:
                yield replace(body, state="failed" if FAILURE in sizes[folder] else "waiting")
            else:
                rules = {rule: n for rule, n in _counted(told.get("rules")) if n}
                found.update(rules)
                reports.update(rules.keys())
                state = "failed" if FAILURE in sizes[folder] else "built"
                counts = _counts_in(told, last_run.OVERVIEW)
                # As it read last year's report, which need not be built.
                earlier = body.before or _counts_in(told, last_run.OVERVIEW_BEFORE)
                errors = told["counts"].get("error", 0)
                yield replace(body, state=state, errors=errors, counts=counts, before=earlier)


def _counts_in(told: Mapping[str, Any], name: str) -> Counts | None:
    """The figures that a stamp tells under a name; None if it has none, as that of an older version."""
    return Counts.from_json(told[name]) if name in told else None


def _counted(told: Any) -> Iterator[tuple[str, int]]:
    """How many findings stand against each rule, as far as a stamp says so."""
    for rule, count in told.items() if isinstance(told, dict) else ():
        if isinstance(count, int):
            yield str(rule), count


def _rules(project: Project, year: int, found: Counter[str], reports: Counter[str]) -> tuple[FoundRule, ...]:
    """The rules that findings stand against, those of most reports first."""
    judged = {each.rule.id: each for each in rules_in_force(project, [year])}
    ranked = sorted(found, key=lambda rule: (-reports[rule], -found[rule], rule))
    return tuple(_rule(rule, judged.get(rule), reports[rule], found[rule]) for rule in ranked)


def _rule(rule: str, judged: Any, reports: int, found: int) -> FoundRule:
    look = SEVERITIES.get(judged.severity) if judged else None
    return FoundRule(rule, judged.rule.meaning if judged else "", look.word if look else "", reports, found)


def _links(year: int, years: Collection[int]) -> list[tuple[str, str]]:
    """The pages beside the overview of a year: the index, and the overviews of the years around it."""
    around = [other for other in (year - 1, year + 1) if other in years]
    return [("总目录", f"../{INDEX}"), *((f"{other}年度", f"../{other}/{INDEX}") for other in around)]


# ----------------------------------------------------------------------- how it is made


def _page(
    project: Project, limits: Limits, workers: WorkerPool, year: int, figures: bytes, links: list[tuple[str, str]]
) -> bytes | str | UnstartedError:
    """The page of a year; why it cannot be made, if it cannot."""
    try:
        call = workers.submit(_told, limits.timeout + PATIENCE, project.root, limits, year, figures, links)
        return call.result()
    except UnstartedError as error:
        return error
    except (TaskError, PoolError) as error:
        return _why(error)


def _why(error: Exception) -> str:
    return Joined(": ", [_NOTEBOOK, in_one_line(error)])


def _told(root: Path, limits: Limits, year: int, figures: bytes, links: list[tuple[str, str]]) -> bytes | str:
    """Run the notebook of the overview, and make a page of it."""
    from reportkit.engine.notebook import NotebookError, run_notebook
    from reportkit.publish.exporters import export

    project, key = Project(root), ReportKey(last_run.OVERVIEW, year)
    allowed: Any = {"timeout": limits.timeout, "memory": limits.memory or None, "output": limits.output or None}
    try:
        with temporary_folder() as folder, drawing_settings(project):
            file = folder / FIGURES
            file.write_bytes(figures)
            parameters = {"year": year, "figures": str(file)}
            notebook = run_notebook(root / _NOTEBOOK, parameters, root, **allowed)
        return export(notebook, "overview", links=links).encode()
    except NotebookError as error:
        return failed_in_notebook(key, _NOTEBOOK, error).told()
    except (InputError, OSError) as error:
        return failed_with(key, error).told()

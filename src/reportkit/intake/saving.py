"""Writing figures that come from elsewhere to parameter files; what a person wrote is replaced only by force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from reportkit.form.figures import Figure, figure_text
from reportkit.intake.ledger.tally import Tally
from reportkit.project.folder import Project, ReportKey
from reportkit.project.parameters import TypedError
from reportkit.report import Agency, AnnualReport, Origin, Place
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message

__all__ = ["Saved", "save_figures", "save_report", "save_tally"]


@dataclass(frozen=True, slots=True)
class Saved:
    """A parameter file that was written.

    Parameters
    ----------
    path
        The file.
    put_aside
        Where the file that stood there before, and could not be read, is now; None where there was none.
    """

    path: Path
    put_aside: Path | None = None


def save_report(project: Project, report: AnnualReport, way: str, *, force: bool = False) -> Saved:
    """Write a whole report to its parameter file.

    Parameters
    ----------
    project
        Where to.
    report
        The report, with the places where its figures were read.
    way
        How they got here, one of `reportkit.report.WAYS`.
    force
        Whether an existing file may be written over. Its comments and waivers are kept, and a text that says what
        it said already keeps the figures that are bound into it. A file that cannot be read is put aside as
        ``.yaml.unreadable``, numbered where there is one already.

    Returns
    -------
    Saved
        The parameter file, and what was put aside.

    Raises
    ------
    InputError
        Where the file exists, and `force` is not given.
    """
    report = report.replace(origins=_origins(report, way))
    with project.editing():
        path = project.parameter_file(ReportKey(report.agency.id, report.year))
        if not path.exists():
            return Saved(project.save_report(report))
        if not force:
            raise InputError(
                Message("{path} exists: --force replaces it", path=path.relative_to(project.root).as_posix())
            )
        try:
            present = project.open_or_new_report(report.agency.id, report.year)
        except TypedError:
            return _replaced(project, report, path)
        return Saved(project.save_report(report.replace(waivers=present.waivers, narrative=_bound(report, present))))


def _origins(report: AnnualReport, way: str) -> dict[str, Origin]:
    """Where the figures of a report were read that are not 0, each by itself."""
    return {
        address: Origin(way, str(Place(Path(place.file).name, place.at)), figure_text(report[address]))
        for address, place in report.places.items()
        if address in report.form.cells and report[address] != 0
    }


def _bound(report: AnnualReport, present: AnnualReport) -> dict[str, str]:
    """The report's texts; those that say what stands there already, as their author wrote them."""
    return {
        key: present.templates[key] if text == present.narrative.get(key) else text
        for key, text in report.templates.items()
    }


def _replaced(project: Project, report: AnnualReport, path: Path) -> Saved:
    """Write a report in place of a file that cannot be read, which is put aside, and put back if writing fails."""
    numbered = (path.with_suffix(f".yaml.unreadable{f'.{number}' if number > 1 else ''}") for number in count(1))
    aside = next(name for name in numbered if not name.exists())
    path.rename(aside)
    try:
        return Saved(project.save_report(report), aside)
    except BaseException:
        if not path.exists():
            aside.rename(path)
        raise


def save_figures(
    project: Project,
    agency: Agency,
    year: int,
    figures: Mapping[str, Figure],
    origins: Mapping[str, Origin],
    *,
    force: bool = False,
) -> Path:
    """Write figures that were reckoned into a report's parameter file; its texts and all else stay.

    Parameters
    ----------
    project
        Where to.
    agency, year
        Which report; a new file is made where there is none.
    figures
        The figures by address.
    origins
        Where they come from, by address.
    force
        Whether figures other than 0 that stand there, or totals that are declared, may be replaced.

    Returns
    -------
    pathlib.Path
        The parameter file.

    Raises
    ------
    InputError
        Where they may not; the message names them. Where the file cannot be read.
    """
    with project.editing():
        return _save_figures(project, agency, year, figures, origins, force=force)


def _save_figures(
    project: Project,
    agency: Agency,
    year: int,
    figures: Mapping[str, Figure],
    origins: Mapping[str, Origin],
    *,
    force: bool,
) -> Path:
    path = project.parameter_file(ReportKey(agency.id, year))
    report = project.open_or_new_report(agency.id, year)
    standing = [address for address, figure in figures.items() if report[address] and report[address] != figure]
    if (standing or report.declared) and not force:
        named = Joined(", ", (standing or list(report.declared))[:3])
        raise InputError(
            Message(
                "{path} states other figures ({named} …): --force replaces them",
                path=path.relative_to(project.root).as_posix(),
                named=named,
            )
        )
    kept = {address: origin for address, origin in report.origins.items() if address not in figures}
    return project.save_report(report.replace(figures, declared={}, origins={**kept, **origins}))


def save_tally(project: Project, agency_id: str, counted: Tally, *, force: bool = False) -> Path:
    """Write what was counted from ledgers into an agency's parameter file.

    Parameters
    ----------
    project
        Where to.
    agency_id
        Whose report.
    counted
        What was counted.
    force
        Whether to write even if lines are not counted, or figures of the report are replaced.

    Returns
    -------
    pathlib.Path
        The parameter file.

    Raises
    ------
    InputError
        Where lines are not counted, or the report states other figures, without `force`.
    UnknownAgencyError
        Where the agency is not known.
    """
    if counted.problems and not force:
        raise InputError(
            Message(
                "{count} lines are not counted: correct them, or use --force to write the others",
                count=len(counted.problems),
            )
        )
    agency = project.agency(agency_id)
    return save_figures(project, agency, counted.year, counted.figures, counted.origins, force=force)

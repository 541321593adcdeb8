"""The roll-up: a government's report as the sum of the reports of all bodies below it."""

from __future__ import annotations

from dataclasses import dataclass

from reportkit.checks.rollup import contributions, summed
from reportkit.form.figures import Figure, figure_text
from reportkit.project.folder import Project
from reportkit.report import Agency, AnnualReport, Below, Origin
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message
from reportkit.text import first_of

__all__ = ["RollUp", "RollUpError", "roll_up"]

# So many bodies are named that a sum was made of.
_MOST_NAMED, _MORE = 3, "另有{}个机关"


class RollUpError(InputError, LookupError):
    """An agency whose report cannot be summed up, since nothing below it reports."""


@dataclass(frozen=True)
class RollUp:
    """The sum of the reports of all bodies below an agency.

    Parameters
    ----------
    report
        The agency's report with the sums as its figures; its texts are those it had before.
    below
        The reports that were summed, the bodies that have none, and those whose report cannot be read.
    """

    report: AnnualReport
    below: Below

    @property
    def without_report(self) -> tuple[Agency, ...]:
        """The bodies that were not summed: those that have no report, and those whose report cannot be read."""
        return (*self.below.missing, *(body for body, _ in self.below.unreadable))

    @property
    def origins(self) -> dict[str, Origin]:
        """The bodies that each figure comes from which is not 0, by address."""
        origins: dict[str, Origin] = {}
        for address, figure in self.report.figures.items():
            if figure:
                bodies = (body.name for body, added in self.contributions(address) if added)
                named = "、".join(first_of(bodies, _MORE, most=_MOST_NAMED))
                origins[address] = Origin("rolled_up", named, figure_text(figure))
        return origins

    def contributions(self, address: str) -> list[tuple[Agency, Figure]]:
        """What each body adds to a cell, in the order of ``agencies.yaml``.

        Raises
        ------
        UnknownCellError
            Where the form has no such cell.
        """
        return contributions(self.below.reports, self.report.address(address))


def roll_up(project: Project, parent_id: str, year: int) -> RollUp:
    """Sum the reports of all bodies below an agency into the agency's own; nothing is written.

    The agency's own office is a body below it like any other: an entry of ``agencies.yaml`` whose
    ``parent`` is the agency. No request is counted twice: where a body has a report, that stands for all
    bodies below it as well; where it has none, or one that cannot be read, the bodies below it are summed
    in its place. A blank counts as 0.

    Parameters
    ----------
    project
        Where the reports are.
    parent_id
        The id of the agency whose report is the sum.
    year
        The year.

    Returns
    -------
    RollUp
        The report, to be saved with `Project.save_report`, and what it was summed from. Totals follow
        from the sums; any that the agency's parameter file declared are dropped.

    Raises
    ------
    UnknownAgencyError
        Where the agency is not known.
    TypedError
        Where the agency has a parameter file that cannot be read.
    RollUpError
        Where there is no body below it, or none of them has a report that can be read.
    """
    agency = project.agency(parent_id)
    below = project.below(parent_id, year)
    _require_reports(agency, year, below)
    report = project.open_or_new_report(agency.id, year)
    return RollUp(report.replace(summed(below.reports, report.form), declared={}, below=below), below)


def _require_reports(agency: Agency, year: int, below: Below) -> None:
    if below.reports:
        return
    problems: list[str] = [Joined(": ", [body.id, message]) for body, message in below.unreadable]
    missing = [Message("{id}: no report for {year}", id=body.id, year=year) for body in below.missing]
    if not problems and not missing:
        raise RollUpError(
            Message(
                "{id}: no agency is below it; write `parent: {id}` at each of them in params/agencies.yaml",
                id=agency.id,
            )
        )
    said = Joined("\n", [*problems, *missing])
    raise RollUpError(
        Message(
            "{id}: none of the bodies below it has a report for {year} that can be read:\n{said}",
            id=agency.id,
            year=year,
            said=said,
        )
    )

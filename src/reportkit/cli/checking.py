"""Checking the reports of a project: one after the other, or many at once on all cores."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from reportkit.system.errors import InputError
from reportkit.system.machine import cores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reportkit.checks.overview import Checked
    from reportkit.project.folder import Project, ReportKey

__all__ = ["checked_reports"]

# Of fewer reports than this, the time that processes take to start is not won back.
_MANY = 100
# So many shares for each core: some reports take longer than others.
_SHARES = 4


def checked_reports(project: Project, keys: Sequence[ReportKey]) -> list[Checked]:
    """What the checks say of reports; why they cannot be read, of the others.

    Parameters
    ----------
    project
        The project.
    keys
        The reports.

    Returns
    -------
    list of Checked
        In the order of `keys`.
    """
    # A report is read again for those of the years that follow, unless these are read next.
    ordered = sorted(keys)
    together = _on_all_cores(project, ordered) if len(ordered) >= _MANY else None
    checked = dict(zip(ordered, together or _checked(project, ordered), strict=True))
    return [checked[key] for key in keys]


def _on_all_cores(project: Project, keys: Sequence[ReportKey]) -> list[Checked] | None:
    """The same, in processes forked from this one; None where that cannot be."""
    number = cores()
    if number < 2 or sys.platform == "darwin" or "fork" not in multiprocessing.get_all_start_methods():
        return None
    from reportkit.checks import check
    from reportkit.claims import read_claims

    _, _ = check, read_claims  # loaded once, before the processes are forked
    shares = list(_shares(keys, _SHARES * number))
    pool = ProcessPoolExecutor(number, multiprocessing.get_context("fork"), _leave_interrupts_to_the_parent)
    try:
        return [one for share in pool.map(partial(_checked_in, project.root), shares) for one in share]
    except (BrokenProcessPool, OSError):
        return None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _shares(keys: Sequence[ReportKey], number: int) -> Iterator[list[ReportKey]]:
    """The reports in so many shares or fewer, each agency's in one."""
    held: list[ReportKey] = []
    for _, reports in groupby(keys, key=lambda key: key.agency):
        held += reports
        if len(held) * number >= len(keys):
            yield held
            held = []
    if held:
        yield held


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _checked_in(root: Path, keys: Sequence[ReportKey]) -> list[Checked]:
    from reportkit.project.folder import Project

    return list(_checked(Project(root), keys))


def _checked(project: Project, keys: Sequence[ReportKey]) -> Iterator[Checked]:
    """One report after the other."""
    from reportkit.checks import check
    from reportkit.checks.overview import Checked

    for key in keys:
        file = project.parameter_file(key).relative_to(project.root).as_posix()
        agency = project.agencies.get(key.agency)
        name = agency.name if agency else None
        try:
            outcome = check(project.open_report(key.agency, key.year))
        except InputError as error:
            yield Checked(key.agency, name, key.year, file, error=error.args[0] if error.args else str(error))
        else:
            yield Checked(key.agency, name, key.year, file, outcome=outcome)

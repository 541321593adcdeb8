"""The formats that a report is wanted in besides those that every build writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportkit.build.last_run import Made
from reportkit.build.wishes import Wishes
from reportkit.publish import formats
from reportkit.publish.executed import Charts, ExecutedReport
from reportkit.publish.formats import Format
from reportkit.system.errors import InputError
from reportkit.system.language import Message

__all__ = ["Further", "is_up_to_date", "wanted_formats"]


def wanted_formats(wishes: Wishes, there: Mapping[str, Made], *, withheld: bool) -> list[tuple[Format, Charts]]:
    """The formats that a report is wanted in besides those of every build, and how each shows charts.

    Parameters
    ----------
    wishes
        What is asked for. A format that was asked for once is kept up to date as long as its files are there.
    there
        The formats that are there.
    withheld
        Whether the public must not read the report.

    Returns
    -------
    list of tuple
        In the order of the list of formats, but for those whose libraries are not installed.
    """
    asked = (
        (listed, wishes.charts or (there[listed.name].charts if listed.name in there else "svg"))
        for listed in formats.FORMATS
        if not listed.always and (listed.name in wishes.formats or listed.name in there)
        if not (withheld and listed.public)
    )
    return [(listed, charts) for listed, charts in asked if listed.missing(charts) is None]


def is_up_to_date(there: Mapping[str, Made], listed: Format, charts: Charts) -> bool:
    """Whether a format stands in the output as it would be made now.

    Parameters
    ----------
    there
        The formats that are there.
    listed
        The format.
    charts
        How it is to show charts.

    Returns
    -------
    bool
        False if it must be made.
    """
    return listed.name in there and there[listed.name].made_with == listed.made_with(charts)


class Further:
    """The formats besides those of every build.

    Parameters
    ----------
    made
        Those that are there and need not be made again.

    Attributes
    ----------
    files
        The files that were made.
    problems
        What could not be made, and why.
    """

    def __init__(self, made: Mapping[str, Made]) -> None:
        self.made = dict(made)
        self.files: dict[str, bytes] = {}
        self.problems: list[str] = []

    def make(self, executed: ExecutedReport, wanted: Sequence[tuple[Format, Charts]]) -> None:
        """Make those that are not there as they would be made now; one that cannot be made stops no other."""
        for listed, charts in wanted:
            if is_up_to_date(self.made, listed, charts):
                continue
            self.made.pop(listed.name, None)
            try:
                # The same report wherever it can be, for the article is made once for it.
                files = listed.files(executed if executed.charts == charts else replace(executed, charts=charts))
            except InputError as error:
                self.problems.append(error.args[0])
            except Exception as error:  # a library can fail in any way, and the pages are still good
                reason = f"{type(error).__name__}: {error}"
                self.problems.append(Message("{file} cannot be made: {reason}", file=listed.file, reason=reason))
            else:
                self.files |= files
                self.made[listed.name] = Made(listed.made_with(charts), tuple(files), charts)

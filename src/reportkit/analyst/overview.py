"""The figures of a year's overview in a notebook, as a build left them."""

from __future__ import annotations

import json
from pathlib import Path

from reportkit.display.year import Overview
from reportkit.project.folder import find_project
from reportkit.system.errors import InputError
from reportkit.system.language import Message

__all__ = ["MissingOverviewError", "open_overview"]

_FILE = "overview.json"


class MissingOverviewError(InputError):
    """The figures of a year that were not written yet, or cannot be read; the message says what to do."""


def open_overview(year: int, figures: Path | str = "", project: Path | str | None = None) -> Overview:
    """Open the figures of all reports of a year as they were built last.

    Parameters
    ----------
    year
        The year reported on.
    figures
        The file; by default ``output/<year>/overview.json`` in the project.
    project
        The project's folder, or one inside it; the current directory by default.

    Returns
    -------
    Overview
        What `rk.overview` shows. Its ``bodies`` are the agencies with their figures, for charts of one's own.

    Raises
    ------
    MissingOverviewError
        If there is no such file, or it holds something else.

    Examples
    --------
    >>> rk.overview.outcomes(rk.open_overview(2023))  # doctest: +SKIP
    """
    file = Path(figures) if figures else find_project(project).output / str(year) / _FILE
    try:
        return Overview.from_json(json.loads(file.read_text("utf-8")))
    except FileNotFoundError as error:
        raise MissingOverviewError(
            Message("{file} is not there: `reportkit build` writes it with the reports of {year}", file=file, year=year)
        ) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise MissingOverviewError(
            Message("{file} cannot be read: remove it, and `reportkit build` writes it anew", file=file)
        ) from error

"""A report's figures as data for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reportkit.form.figures import Figure, figure_text
from reportkit.report import AnnualReport
from reportkit.text import encodable

__all__ = ["as_json", "report_data"]


def report_data(report: AnnualReport) -> dict[str, Any]:
    """What ``figures.json`` holds: who reports on which year, and every figure by its cell's address.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    dict
        Counts are numbers, a blank is None; money keeps every digit and is a text, in 万元 or with its unit.
        ``declared`` holds the totals that the source states, ``figures`` the figure in each cell.
    """
    return {
        "agency": report.agency.id,
        "agency_name": report.agency.name,
        "year": report.year,
        "form": report.form.edition,
        "title": f"{report.agency.name}{report.title}",
        "published": report.published.isoformat() if report.published else None,
        "figures": _plain(report.all_figures),
        "declared": _plain(report.declared),
    }


def as_json(data: Any) -> bytes:
    r"""Data as it is written to a file: indented, with Chinese characters as they are and a newline at the end.

    Parameters
    ----------
    data
        What JSON can hold.

    Returns
    -------
    bytes
        UTF-8.

    Examples
    --------
    >>> as_json({"年度": 2023}).decode()
    '{\n "年度": 2023\n}\n'
    """
    return encodable(json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(figures: Mapping[str, Figure]) -> dict[str, int | str | None]:
    return {
        address: figure if figure is None or isinstance(figure, int) else figure_text(figure)
        for address, figure in figures.items()
    }

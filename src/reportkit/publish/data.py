"""A report's figures as data for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reportkit.form import Cell, Form
from reportkit.form.figures import Amount, Figure, Kind, figure_text, magnitude
from reportkit.publish.columns import FIGURES, DataTable
from reportkit.report import AnnualReport
from reportkit.text import encodable

__all__ = ["as_csv", "as_json", "figure_rows", "report_data"]


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


def figure_rows(report: AnnualReport) -> Iterator[dict[str, Any]]:
    """What ``figures.csv`` holds: a row for each cell, in printing order.

    Parameters
    ----------
    report
        The report.

    Yields
    ------
    dict
        The columns of `FIGURES`. The value of a sum of money is in the one unit of its kind, so that values of a kind
        can be added up; its text is as the report states it.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(Agency("a", "某局"), 2023, {"applications.received.company": 2})
    >>> [row["text"] for row in figure_rows(report) if row["role"] == "received" and row["total"]]
    ['2']
    """
    form, agency = report.form, report.agency
    common = {
        "agency": agency.id,
        "agency_name": agency.name,
        "parent": agency.parent,
        "level": agency.level,
        "year": report.year,
        "form": form.edition,
    }
    names = {table.key: table.name for table in form.tables}
    for address, cell in form.cells.items():
        figure = report[address]
        yield {
            **common,
            "address": address,
            "table": cell.table,
            "row": cell.row,
            "column": cell.column,
            "table_label": names[cell.table],
            "row_label": cell.row_path,
            "column_label": cell.column_path,
            "role": _role(cell, form),
            "total": address in form.totals,
            "value": None if figure is None else figure_text(magnitude(figure)),
            "unit": _unit(cell.kind),
            "text": figure_text(figure),
            "kind": cell.kind.name,
            "source": _source(address, report),
        }


def _role(cell: Cell, form: Form) -> str:
    """What the cell's row or column is in every edition that has such a thing."""
    roles = form.roles
    rows = {roles.received: "received", roles.carried_in: "carried_in", roles.carried_out: "carried_out"}
    if cell.table == roles.requests:
        return rows.get(cell.row, "")
    return "pending" if cell.table == roles.cases and cell.column == roles.pending else ""


def _unit(kind: Kind) -> str:
    return "元" if kind.types is Amount else kind.unit


def _source(address: str, report: AnnualReport) -> str:
    """How the report came by a figure."""
    if address in report.places or address in report.declared:
        return "stated"
    return "computed" if address in report.form.totals else "default"


def as_csv(rows: Iterable[Mapping[str, Any]], table: DataTable = FIGURES) -> bytes:
    r"""Rows as a file of comma-separated values that Excel and programs read alike.

    Parameters
    ----------
    rows
        What stands in each column of the table.
    table
        The table.

    Returns
    -------
    bytes
        UTF-8 with the mark by which Excel knows it; a blank is an empty field.

    Examples
    --------
    >>> from reportkit.publish.columns import AGENCIES
    >>> as_csv([{"agency": "a", "name": "某局"}], AGENCIES).decode("utf-8-sig")
    'agency,name,short,level,parent\na,某局,,,\n'
    """
    file = io.StringIO()
    writer = csv.DictWriter(file, [column.name for column in table.columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _in_csv(value) for name, value in row.items()} for row in rows)
    return encodable(file.getvalue()).encode("utf-8-sig")


def _in_csv(value: object) -> object:
    """A value as programs of many kinds read it: true, not True."""
    return str(value).lower() if isinstance(value, bool) else value


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

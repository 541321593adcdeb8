"""Who has not handed in, as a workbook to urge by (催报名单): a sheet for each year."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from reportkit.site.index import LEVELS
from reportkit.site.matrix import Matrix
from reportkit.text import storable

__all__ = ["missing_workbook"]

# The heads of the columns, and how wide these are, in characters.
_COLUMNS = {"上级机关": 28, "机关名称": 40, "标识": 24, "级别": 8, "联系方式": 32}
_ALL_THERE = "全部已报送"


def missing_workbook(matrix: Matrix) -> bytes:
    """A workbook that lists the agencies without a parameter file, by the body above.

    Parameters
    ----------
    matrix
        The agencies and years, with what is known of each report.

    Returns
    -------
    bytes
        The workbook: a sheet for each year in which a report is missing, newest first.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for year in matrix.years:
        if rows := list(_rows(matrix, year)):
            _fill(book.create_sheet(f"{year}年度"), rows, WriteOnlyCell, Font(bold=True))
    if not book.worksheets:
        book.create_sheet(_ALL_THERE).append([_ALL_THERE])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _rows(matrix: Matrix, year: int) -> Iterator[list[str]]:
    """A row for each agency whose report is missing, those of one body together."""
    rows = []
    for agency, report in zip(matrix.agencies, matrix.reports[year], strict=True):
        if report and report.state.key == "missing":
            above = matrix.above(agency)
            place = matrix.places[above.id] if above else -1
            level = LEVELS.get(agency.level, agency.level)
            rows.append((place, [above.name if above else "", agency.name, agency.id, level, agency.contact]))
    yield from (row for _, row in sorted(rows, key=lambda each: each[0]))


def _fill(sheet: Any, rows: list[list[str]], cell: Any, bold: Any) -> None:
    for letter, width in zip("ABCDE", _COLUMNS.values(), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:E{len(rows) + 1}"
    heads = [cell(sheet, head) for head in _COLUMNS]
    for head in heads:
        head.font = bold
    sheet.append(heads)
    for row in rows:
        sheet.append([_as_text(cell(sheet, storable(text))) for text in row])


def _as_text(written: Any) -> Any:
    written.data_type = "s"  # a text that begins with an equals sign is no formula
    return written

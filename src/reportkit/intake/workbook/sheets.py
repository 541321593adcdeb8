"""Where things stand in the workbook, and how its texts are spelled: what writing and reading agree upon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from openpyxl.utils import get_column_letter

from reportkit.form import Cell, Section, Table
from reportkit.form.layout import FigureBox, LabelBox, Layout, layout_of

__all__ = [
    "CONTACT",
    "FIRST_ROW",
    "IMPRINT",
    "NARRATIVE",
    "PUBLISHED",
    "RELATIONS",
    "Stand",
    "as_typed",
    "figure_stands",
    "for_excel",
    "narrative_title",
    "stands",
    "text_name",
]

NARRATIVE = "文字"
RELATIONS = "勾稽关系"
# The hidden sheet that says whose form it is, for which year and in which edition.
IMPRINT = "reportkit"
# A statutory table begins here on its sheet; above it stand the title, the section and the status.
FIRST_ROW = 4
# Names of the cells of sheet 文字; a figure's cell is named by its address.
PUBLISHED, CONTACT = "published", "contact"


@dataclass(frozen=True, slots=True)
class Stand:
    """A box of a printed table, and where it stands on the sheet.

    Parameters
    ----------
    box
        The label or figure.
    row, column
        Its first row and column, counted from 1.
    """

    box: LabelBox | FigureBox
    row: int
    column: int

    @property
    def rowspan(self) -> int:
        """How many rows it covers."""
        return self.box.rowspan if isinstance(self.box, LabelBox) else 1

    @property
    def colspan(self) -> int:
        """How many columns it covers."""
        return self.box.colspan

    @property
    def coordinate(self) -> str:
        """Its first cell, as Excel names it: D7."""
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def covers(self) -> Iterator[tuple[int, int]]:
        """Row and column of every cell it covers."""
        rows = range(self.row, self.row + self.rowspan)
        return ((row, column) for row in rows for column in range(self.column, self.column + self.colspan))


def stands(layout: Layout) -> Iterator[Stand]:
    """Where each box of a table stands on the table's sheet, line by line.

    Parameters
    ----------
    layout
        The printed layout of a table.

    Yields
    ------
    Stand
        A box with its row and column on the sheet.
    """
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(chain(layout.head, *layout.bodies), FIRST_ROW):
        column = 1
        for box in line:
            while (row, column) in taken:
                column += 1
            stand = Stand(box, row, column)
            taken.update(stand.covers)
            yield stand


def figure_stands(table: Table) -> Iterator[tuple[Cell, Stand]]:
    """The form's cells of a table, and where each stands.

    Parameters
    ----------
    table
        A table of the form.

    Returns
    -------
    iterator of tuple
        Each cell with its stand.
    """
    return ((stand.box.cell, stand) for stand in stands(layout_of(table)) if isinstance(stand.box, FigureBox))


def text_name(section: Section, part: int) -> str:
    """The name of the cell that holds a part of a section's text, counted from 1.

    Parameters
    ----------
    section
        A section of the form.
    part
        Which part, where a text is too long for one cell.

    Returns
    -------
    str
        A defined name of the workbook.
    """
    return f"narrative.{section.key}.{part}"


def narrative_title(section: Section) -> str:
    """What stands beside a section's text: its title; the preamble has none of its own.

    Parameters
    ----------
    section
        A section of the form.

    Returns
    -------
    str
        The words in the first column of the sheet of texts.
    """
    return section.title or "前言"


# A workbook spells characters that XML cannot hold by their code, and what only looks like such a code twice.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_CODE = re.compile(r"_x005[Ff]_(?=x[0-9A-Fa-f]{4}_)|_x([0-9A-Fa-f]{4})_")


def for_excel(text: str) -> str:
    r"""The text as a workbook spells it.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text with the characters that Excel cannot hold as codes.

    Examples
    --------
    >>> for_excel("\x07")
    '_x0007_'
    """
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def as_typed(text: str) -> str:
    """The text that a workbook's spelling means.

    Parameters
    ----------
    text
        What a cell of the workbook holds.

    Returns
    -------
    str
        The text with codes replaced by what they stand for.

    Examples
    --------
    >>> as_typed(for_excel("_x0041_"))
    '_x0041_'
    """
    return _CODE.sub(_decoded, text)


def _decoded(found: re.Match[str]) -> str:
    if found[1] is None:
        return "_"
    char = chr(int(found[1], 16))
    return char if _UNWRITABLE.match(char) else found[0]

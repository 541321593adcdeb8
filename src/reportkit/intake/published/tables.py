"""A statutory table as it was read out of a published report, with what is doubtful about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reportkit.form import Cell
from reportkit.form.figures import Figure
from reportkit.intake.published.cells import read_cell
from reportkit.intake.published.rows import Line
from reportkit.system.language import Joined

__all__ = ["Guess", "PublishedTable"]


@dataclass(frozen=True, slots=True)
class Guess:
    """Something that was read, but not with certainty.

    Parameters
    ----------
    what
        What it concerns, in the form's words where it has any.
    said
        What the source says, and how it was taken.
    sure
        How sure the reading is, from 0 to 1.
    where
        Where in the document.
    cells
        The addresses of the figures it touches.
    inferred
        Whether the source leaves open where its figures belong, and the form's identities told.
    """

    what: str
    said: str
    sure: float
    where: str = ""
    cells: tuple[str, ...] = ()
    inferred: bool = False


@dataclass
class PublishedTable:
    """A statutory table as it was read.

    Parameters
    ----------
    figures
        The figures by address, blanks as None; a cell that was not found is not there.
    none_signs
        The signs for none (``-``, ``/``, ``无``) that were read as 0, by address.
    places
        Where each figure stands.
    wording
        The official labels, and how the source words them.
    guesses, missing
        What is doubtful, and what was not found.
    used
        The lines that belong to the table.
    """

    figures: dict[str, Figure] = field(default_factory=dict)
    none_signs: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    wording: dict[str, str] = field(default_factory=dict)
    guesses: list[Guess] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    used: set[Line] = field(default_factory=set)

    def read_cells(self, cells: Sequence[Cell], texts: Sequence[str], where: str) -> None:
        """Read the texts of cells.

        Parameters
        ----------
        cells
            The form's cells.
        texts
            What stands in each.
        where
            Where they stand in the document.
        """
        for cell, text in zip(cells, texts, strict=True):
            label = self.wording.get(cell.column_label, cell.column_label)
            said = read_cell(text, cell.kind, label)
            self.figures[cell.address] = said.figure
            self.places[cell.address] = where
            if said.none_sign:
                self.none_signs[cell.address] = said.none_sign
            if said.doubt:
                self.guesses.append(
                    Guess(cell.label, Joined(": ", [f"“{text}”", said.doubt]), said.sure, where, (cell.address,))
                )

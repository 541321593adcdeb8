"""What may be typed into a cell of each kind of figure, how it is stored, and how formulas reckon with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.utils import quote_sheetname

from reportkit.form import Cell
from reportkit.form.figures import Amount, Figure, Kind, figure_text
from reportkit.intake.workbook.cells import set_text

__all__ = ["Entry", "entry_for", "set_figure", "sum_formula", "worth"]

# Excel keeps so many digits of a number.
_DIGITS = 15
_LOWEST, _HIGHEST = -999_999_999, 999_999_999
_UNIT_CHARACTERS = "元万亿"


@dataclass(frozen=True, slots=True)
class Entry:
    """What may be typed into a cell of one kind, as data validation says it.

    Parameters
    ----------
    type, formula, upper
        The kind of validation, its lower bound or its formula over ``{cell}``, its upper bound.
    text
        Whether the cell holds text, which alone keeps every digit as typed.
    """

    type: Literal["whole", "custom"]
    formula: str
    upper: str | None = None
    text: bool = False


@cache
def entry_for(kind: Kind) -> Entry:
    """Return what may be typed into a cell of a kind; it follows from the kind's declaration.

    Parameters
    ----------
    kind
        A kind of figure.

    Returns
    -------
    Entry
        The validation of its cells.

    Examples
    --------
    >>> from reportkit.form.figures import KINDS
    >>> entry_for(KINDS["count"])
    Entry(type='whole', formula='0', upper=None, text=False)
    """
    if kind.types is int:
        upper = kind.most if kind.most is not None or not kind.signed else _HIGHEST
        return Entry("whole", str(_LOWEST if kind.signed else 0), None if upper is None else str(upper))
    if kind.types is Amount:
        number = f"VALUE({_without_unit('{cell}')})"
        return Entry("custom", f'OR({{cell}}="0",AND(RIGHT({{cell}},1)="元",ISNUMBER({number})))', text=True)
    bounds = ["ISNUMBER(VALUE({cell}))"]
    bounds += [] if kind.signed else ["VALUE({cell})>=0"]
    bounds += [] if kind.most is None else [f"VALUE({{cell}})<={kind.most}"]
    return Entry("custom", f"AND({','.join(bounds)})", text=True)


def set_figure(at: SheetCell, figure: Figure, kind: Kind) -> None:
    """Write a figure: a number where Excel keeps all its digits, else a text; a blank leaves the cell empty.

    Parameters
    ----------
    at
        The cell.
    figure
        The figure; None for a blank.
    kind
        What the form's cell holds.
    """
    text = entry_for(kind).text
    at.number_format = "@" if text else "0"
    if figure is None:
        at.value = None
    elif text or isinstance(figure, Amount) or sum(map(str.isdecimal, figure_text(figure))) > _DIGITS:
        set_text(at, figure_text(figure))
        at.quotePrefix = False
    else:
        at.value = figure


def sum_formula(cells: Sequence[tuple[Cell, SheetCell]], *, qualified: bool = False) -> str:
    """The sum of some cells as a formula: neighbours as a range, texts by the number they hold.

    Parameters
    ----------
    cells
        Cells of the form, and where they stand.
    qualified
        Whether the sheet's name stands in front of each reference, as another sheet needs it.

    Returns
    -------
    str
        The formula without the equals sign.
    """

    def reference(coordinate: str, sheet: str) -> str:
        return f"{quote_sheetname(sheet)}!{coordinate}" if qualified else coordinate

    numbers = [at for cell, at in cells if not entry_for(cell.kind).text]
    terms = [reference(coordinate, numbers[0].parent.title) for coordinate in _ranges(numbers)]
    terms += [
        worth(reference(at.coordinate, at.parent.title), cell.kind) for cell, at in cells if entry_for(cell.kind).text
    ]
    return f"SUM({','.join(terms)})"


def worth(reference: str, kind: Kind) -> str:
    """What a text of money is worth, in the unit of its kind, as a formula.

    Parameters
    ----------
    reference
        A reference to the cell.
    kind
        A kind whose figures are written as texts.

    Returns
    -------
    str
        A formula without the equals sign; 0 where the text is no figure.
    """
    number, scale = reference, "1"
    if kind.types is Amount:
        number = _without_unit(number)
        scale = f'IF(RIGHT({reference},2)="万元",10^4,IF(RIGHT({reference},2)="亿元",10^8,1))'
    return f"IFERROR(VALUE({number})*{scale},0)"


def _without_unit(reference: str) -> str:
    """The text without the characters of units of money, as a formula."""
    for character in _UNIT_CHARACTERS:
        reference = f'SUBSTITUTE({reference},"{character}","")'
    return reference


def _ranges(cells: Sequence[SheetCell]) -> list[str]:
    """The cells, unbroken runs of neighbours as ranges: D7:D9."""
    runs: list[list[SheetCell]] = []
    for cell in cells:
        if runs and _continues(runs[-1], cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return [f"{run[0].coordinate}:{run[-1].coordinate}" if len(run) > 1 else run[0].coordinate for run in runs]


def _continues(run: Sequence[SheetCell], cell: SheetCell) -> bool:
    def step(before: SheetCell, after: SheetCell) -> tuple[int, int]:
        return after.row - before.row, after.column - before.column

    on = step(run[-1], cell)
    return on in ((0, 1), (1, 0)) and (len(run) == 1 or step(run[0], run[1]) == on)

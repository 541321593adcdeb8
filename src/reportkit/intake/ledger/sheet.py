"""A grid of values in a file, read from the top whenever it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reportkit.system.errors import InputError

__all__ = ["EPOCH", "MOST_LINES", "UNCOMPUTED", "LedgerError", "Row", "Sheet"]

MOST_LINES = 1_000_000
# The day from which workbooks count.
EPOCH = date(1899, 12, 30)
UNCOMPUTED = "\0formula"
"""What stands for the value of a formula that was never calculated; no cell can hold it."""

Row = tuple[int, Sequence[str]]


class LedgerError(InputError, ValueError):
    """A file that is no ledger, or cannot be read as one; the message says why, and what to do."""


@dataclass(frozen=True)
class Sheet:
    """A grid of values in a file.

    Parameters
    ----------
    file
        What messages call the file.
    name
        The sheet's name; empty for a CSV file.
    rows
        Called for its rows from the top, each with the line it begins on; raises `LedgerError`.
    epoch
        The day that counts as 0 where a day is a bare number.
    delimiter
        What separates the values of a CSV file; empty for a workbook.
    hidden
        Whether Excel does not show it.
    """

    file: str
    name: str
    rows: Callable[[], Iterator[Row]]
    epoch: date = EPOCH
    delimiter: str = ""
    hidden: bool = False

    @property
    def place(self) -> str:
        """What messages call the file, with the sheet."""
        return f"{self.file}!{self.name}" if self.name else self.file

"""A ledger made of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from intake.ledger.made import HEADINGS, TODAY, Line, ReadLines, text_of
from reportkit.intake.ledger import Ledger, read_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> ReadLines:
    """Writes lines below headings to a CSV file, and reads it as a ledger."""

    def read(
        *rows: Line,
        headings: Sequence[str] = HEADINGS,
        encoding: str = "utf-8",
        delimiter: str = ",",
        columns: Mapping[str, str] | None = None,
        year: int | None = None,
    ) -> Ledger:
        path = tmp_path / "台账.csv"
        path.write_bytes(text_of([headings, *rows], delimiter).encode(encoding))
        return read_ledger(path, name="台账.csv", today=TODAY, columns=columns, year=year)

    return read

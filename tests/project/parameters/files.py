"""A parameter file for the tests to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportkit.project.parameters import TypedError, read_parameters
from reportkit.report import Agency, AnnualReport

__all__ = ["AGENCY", "read", "refusal"]

AGENCY = Agency("office", "示例市示例局")


def read(folder: Path, text: str | bytes, year: int = 2023) -> AnnualReport:
    """The report that a file with this text states."""
    path = folder / "office.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_parameters(path, AGENCY, year, name=f"params/{year}/office.yaml")


def refusal(folder: Path, text: str | bytes, year: int = 2023) -> str:
    """The error for a file with this text, which cannot be read; it begins with the file's name."""
    with pytest.raises(TypedError) as refused:
        read(folder, text, year)
    message = str(refused.value)
    assert message.startswith(f"params/{year}/office.yaml")
    return message

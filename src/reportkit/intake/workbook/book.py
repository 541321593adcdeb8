"""A workbook that somebody sent: opened within limits, its cells by sheet and coordinate, its named cells."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from reportkit.documents.archives import ZIP_STARTS, Limits, open_archive, require_true_sizes
from reportkit.documents.document import UnreadableError
from reportkit.documents.foreign import OLE_START
from reportkit.system.errors import reason
from reportkit.system.language import Joined, Message

__all__ = ["Book", "Content", "read_book"]

# A filled-in form has some 50 KB, 20 parts, and unpacked half a megabyte.
# Openpyxl takes up to 3 seconds for a megabyte, for a megabyte of styles up to 6.
_LARGEST_FILE = 4 * 2**20
_KIND = Message("workbook")
_LIMITS = Limits(unpacked=2 * 2**20, parts=500)
_BOOK = "xl/workbook.xml"
_STYLES, _LARGEST_STYLES = "xl/styles.xml", 2**19
_LAST_ROW, _LAST_COLUMN = 500, 100
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TARGET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::.*)?")


@dataclass(frozen=True, slots=True)
class Content:
    """What a cell holds: its value, for a formula the one that was last worked out."""

    value: Any
    formula: bool = False
    error: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's cells by sheet and coordinate, and its named cells."""

    sheets: Mapping[str, Mapping[str, Content]]
    names: Mapping[str, tuple[str, str] | None]

    def content(self, sheet: str, coordinate: str) -> Content | None:
        """What the cell holds; None where it is empty."""
        return self.sheets.get(sheet, {}).get(coordinate)


def read_book(path: Path) -> Book:
    """Open a workbook within the limits of a form.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Book
        The cells of its sheets, with formulas, results and names.

    Raises
    ------
    UnreadableError
        Where it is no workbook, damaged, encrypted, or holds more than a form.
    """
    data = _package(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False, data_only=True)
            written = {sheet.title: dict(_cells(sheet)) for sheet in formulas.worksheets}
            shown = {sheet.title: dict(_cells(sheet)) for sheet in values.worksheets}
        names = {name: _target(defined.attr_text) for name, defined in formulas.defined_names.items()}
    except Exception as error:
        # Whatever openpyxl stumbles over in a foreign file, the person who sent it can only send another.
        raise UnreadableError(
            Message("{path}: the workbook is damaged: open it in Excel and save it again", path=path)
        ) from error
    sheets = {
        title: {
            coordinate: Content(value, written_type == "f", shown_type == "e")
            for coordinate, (_, written_type) in cells.items()
            for value, shown_type in [shown[title].get(coordinate, (None, "n"))]
        }
        for title, cells in written.items()
    }
    return Book(sheets, names)


def _package(path: Path) -> bytes:
    """The file's bytes, once they are known to be a workbook of bearable size."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise UnreadableError(
                Message(
                    "{path}: the file is larger than {value} MiB, which no form is",
                    path=path,
                    value=_LARGEST_FILE >> 20,
                )
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableError(Message("{path}: the file does not exist", path=path)) from None
    except OSError as error:
        raise UnreadableError(
            Message("{path}: the file cannot be read: {strerror}", path=path, strerror=reason(error))
        ) from error
    if data.startswith(OLE_START):
        if _ENCRYPTED in data:
            raise UnreadableError(Message("{path}: the workbook is encrypted: save it without a password", path=path))
        raise UnreadableError(
            Message("{path}: this is a file of old Excel or Word (.xls, .doc): save it as .xlsx", path=path)
        )
    if not data.startswith(ZIP_STARTS):
        raise UnreadableError(Message("{path}: this is no Excel workbook (.xlsx)", path=path))
    try:
        parts = open_archive(data, _KIND, _LIMITS)
        require_true_sizes(parts, _KIND)
    except UnreadableError as error:
        raise UnreadableError(Joined(": ", [path, error])) from error
    if _BOOK not in parts.NameToInfo:
        raise UnreadableError(Message("{path}: this is no Excel workbook (.xlsx)", path=path))
    if _STYLES in parts.NameToInfo and parts.getinfo(_STYLES).file_size > _LARGEST_STYLES:
        raise UnreadableError(
            Message("{path}: the workbook has more cell styles than a form: copy the figures to a new form", path=path)
        )
    return data


def _cells(sheet: Any) -> Iterator[tuple[str, tuple[Any, str]]]:
    """Value and type of every cell that is not empty, within what a form may cover."""
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=_LAST_ROW, max_col=_LAST_COLUMN):
        for cell in row:
            if cell.value is not None:
                yield f"{get_column_letter(cell.column)}{cell.row}", (cell.value, cell.data_type)


def _target(reference: str | None) -> tuple[str, str] | None:
    """Sheet and coordinate that a name stands for; None where the cell is gone."""
    found = _TARGET.fullmatch(reference or "")
    if found is None:
        return None
    return (found[1] or found[2]).replace("''", "'"), f"{found[3]}{found[4]}"

"""The sheets of a file, which is text in CSV or a workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from reportkit.documents.decoding import decoded, looks_binary
from reportkit.documents.foreign import OLE_START
from reportkit.intake.ledger.sheet import MOST_LINES, LedgerError, Row, Sheet
from reportkit.intake.ledger.xlsx import workbook_sheets
from reportkit.system.errors import reason
from reportkit.system.language import Message

__all__ = ["sheets"]

_DELIMITERS = (",", "\t", ";")
_LARGEST = 64 * 2**20


def sheets(path: Path, file: str) -> list[Sheet]:
    """The sheets of a workbook; of a CSV file one sheet for each delimiter that it may have.

    Parameters
    ----------
    path
        The file; its content decides what it is.
    file
        What messages call it.

    Returns
    -------
    list of Sheet
        The sheets in the file's order.

    Raises
    ------
    LedgerError
        Where it cannot be read, is too large, or is neither a workbook nor a text.
    """
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            raise LedgerError(
                Message(
                    "{file}: larger than {value} MiB, which no ledger is; split it by year",
                    file=file,
                    value=_LARGEST >> 20,
                )
            )
        data = path.read_bytes()
    except OSError as error:
        raise LedgerError(Message("{file}: cannot be read: {strerror}", file=file, strerror=reason(error))) from error
    if data.startswith(OLE_START):
        raise LedgerError(
            Message("{file}: an old or encrypted workbook; save it as .xlsx without a password, or as CSV", file=file)
        )
    if data.startswith(b"PK"):
        return workbook_sheets(data, file)
    text = decoded(data)
    if looks_binary(text) or "\0" in text:
        raise LedgerError(
            Message("{file}: neither a workbook nor a text in UTF-8 or GB18030; save it as .xlsx or CSV", file=file)
        )
    return [_delimited(text, file, delimiter) for delimiter in _DELIMITERS]


# ------------------------------------------------------------------------- CSV


def _delimited(text: str, file: str, delimiter: str) -> Sheet:
    def rows() -> Iterator[Row]:
        # Strict, since a quotation mark that is never closed would swallow the rest of the file unseen.
        reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                _require_fewer(line, file)
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise LedgerError(
                Message(
                    "{file}:{line}: not readable as CSV: {error}; look at the quotation marks",
                    file=file,
                    line=line,
                    error=error,
                )
            ) from error

    return Sheet(file, "", rows, delimiter=delimiter)


def _lines(text: str) -> Iterator[str]:
    """The lines one by one: a second copy of a large text would cost four times its size."""
    if "\n" not in text:
        text = text.replace("\r", "\n")
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _require_fewer(line: int, file: str) -> None:
    if line > MOST_LINES:
        raise LedgerError(
            Message("{file}: more than {most_lines:,} lines; split it by year", file=file, most_lines=MOST_LINES)
        )

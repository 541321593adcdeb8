"""The sheets of an .xlsx workbook as a stream of rows: bounded in size, no entity expanded, no formula run.

openpyxl takes ten seconds for 100,000 lines, since it makes an object with a style of each cell; a ledger
needs the bare values, and a day may as well be a number.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

from lxml import etree

from reportkit.documents.archives import DAMAGE, SAFE_XML, Limits, open_archive, part_xml
from reportkit.documents.document import UnreadableError
from reportkit.intake.ledger.sheet import EPOCH, MOST_LINES, UNCOMPUTED, LedgerError, Row, Sheet
from reportkit.system.language import Joined, Message

__all__ = ["workbook_sheets"]

_KIND = Message("workbook")
# The parts that are read whole are lists of sheets and relations.
_LIMITS = Limits(unpacked=256 * 2**20, part=4 * 2**20)
# A workbook with a sheet for each day has 366.
_MOST_SHEETS = 400
# Bytes of one line: in Excel's widest, with a style in each of its 16,384 cells, 400,000.
_LONGEST_LINE = 2 * 2**20
_PIECE = 2**16
_WIDEST = 100
_EPOCH_OF_1904 = date(1904, 1, 1)
_LETTERS = re.compile(r"[A-Z]{1,3}")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_DAMAGE = (*DAMAGE, etree.LxmlError)


def workbook_sheets(data: bytes, file: str) -> list[Sheet]:
    """The sheets of a workbook, in its order.

    Parameters
    ----------
    data
        The workbook.
    file
        What messages call it.

    Returns
    -------
    list of Sheet
        The sheets, whose lines are read as they are asked for.

    Raises
    ------
    LedgerError
        Where it is broken, encrypted or unpacks to more than a ledger holds.
    """
    try:
        return list(_sheets(open_archive(data, _KIND, _LIMITS), file))
    except LedgerError:
        raise
    except UnreadableError as error:
        raise LedgerError(Joined(": ", [file, error])) from error
    except _DAMAGE as error:
        raise _broken(file, error) from error


def _sheets(packed: zipfile.ZipFile, file: str) -> Iterator[Sheet]:
    book = _related(packed, "", "/officeDocument")[0]
    parts = dict(_relations(packed, book))
    strings = [part for part, kind in parts.values() if kind.endswith("/sharedStrings")]
    shared = _Strings(packed, strings[0] if strings else "", file)
    root = _tree(packed, book)
    entries = list(root.iter("{*}sheet"))
    if len(entries) > _MOST_SHEETS:
        raise LedgerError(
            Message(
                "{file}: {count:,} sheets, which no ledger has: copy the lines to a workbook of their own",
                file=file,
                count=len(entries),
            )
        )
    epoch = _EPOCH_OF_1904 if root.xpath("//*[local-name()='workbookPr']/@date1904[.='1' or .='true']") else EPOCH
    for entry in entries:
        part, kind = parts.get(entry.get(_RELATION) or entry.get(_STRICT_RELATION), ("", ""))
        if kind.endswith("/worksheet"):
            rows, hidden = partial(_guarded, packed, part, shared, file), entry.get("state", "visible") != "visible"
            yield Sheet(file, entry.get("name", ""), rows, epoch, hidden=hidden)


def _guarded(packed: zipfile.ZipFile, part: str, shared: _Strings, file: str) -> Iterator[Row]:
    try:
        yield from _rows(packed, part, shared, file)
    except LedgerError:
        raise
    except _DAMAGE as error:
        raise _broken(file, error) from error


def _rows(packed: zipfile.ZipFile, part: str, shared: _Strings, file: str) -> Iterator[Row]:
    before = 0
    for row in _elements(packed, part, "row", "sheetData", file):
        line = int(row.get("r") or before + 1)
        if not before < line <= MOST_LINES:
            raise LedgerError(
                Message(
                    "{file}: line {line} comes after line {before}; no ledger is so long or so ordered",
                    file=file,
                    line=line,
                    before=before,
                )
            )
        yield line, _values(row, shared)
        before = line


def _elements(packed: zipfile.ZipFile, part: str, name: str, within: str, file: str) -> Iterator[Any]:
    """The elements of a name, each forgotten once the next is asked for; one that is too long is never held whole."""
    parser: Any = etree.XMLPullParser(("end",), tag=(f"{{*}}{name}", f"{{*}}{within}"), **SAFE_XML)
    held, ended = 0, False
    with packed.open(part) as source:
        while piece := source.read(_PIECE):
            if ended:
                continue  # to the end, where the archive's checksum is looked at
            parser.feed(piece)
            held += len(piece)
            for _, element in parser.read_events():
                if ended := element.tag.endswith(within):
                    break
                yield element
                held = 0
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            if held > _LONGEST_LINE and not ended:
                raise LedgerError(
                    Message(
                        "{file}: a line of more than {value} MiB, which no ledger has",
                        file=file,
                        value=_LONGEST_LINE >> 20,
                    )
                )
    if not ended:
        parser.close()


def _values(row: Any, shared: _Strings) -> Sequence[str]:
    values: list[str] = []
    for cell in row.iterchildren("{*}c"):
        column = _column(cell.get("r")) if cell.get("r") else len(values)
        if len(values) <= column < _WIDEST:
            values += [""] * (column - len(values))
            values.append(_value(cell, shared))
    return values


def _value(cell: Any, shared: _Strings) -> str:
    kind, value, is_formula = cell.get("t"), None, False
    if kind == "inlineStr":
        return _joined(cell)
    for child in cell.iterchildren("{*}v", "{*}f"):
        if child.tag.endswith("f"):
            is_formula = True
        else:
            value = child.text or ""
    # A formula whose result is an empty text is stored with that kind.
    if is_formula and not value and (value is None or kind != "str"):
        return UNCOMPUTED
    return shared[int(value)] if kind == "s" and value else value or ""


def _column(reference: str) -> int:
    """The column of a cell's reference, from 0: 1 for B7."""
    column = 0
    for letter in (_LETTERS.match(reference) or ("",))[0]:
        column = 26 * column + ord(letter) - 64
    return column - 1 if column else _WIDEST


class _Strings:
    """The texts that cells share, read when the first is asked for."""

    def __init__(self, packed: zipfile.ZipFile, part: str, file: str) -> None:
        self._packed, self._part, self._file = packed, part, file
        self._texts: list[str] | None = None

    def __getitem__(self, number: int) -> str:
        if self._texts is None:
            self._texts = list(self._read())
        return self._texts[number]

    def _read(self) -> Iterator[str]:
        yield from map(_joined, _elements(self._packed, self._part, "si", "sst", self._file))


def _joined(item: Any) -> str:
    """The text of an item, which may be in pieces; how it is pronounced is left out."""
    return "".join(piece.text or "" for piece in item.iter("{*}t") if not piece.getparent().tag.endswith("}rPh"))


def _relations(packed: zipfile.ZipFile, part: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """What a part refers to: by id the other part and the kind of it."""
    folder, name = posixpath.split(part)
    for relation in _tree(packed, posixpath.join(folder, "_rels", f"{name}.rels")).iter("{*}Relationship"):
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        yield relation.get("Id", ""), (target, relation.get("Type", ""))


def _related(packed: zipfile.ZipFile, part: str, kind: str) -> list[str]:
    return [target for _, (target, its_kind) in _relations(packed, part) if its_kind.endswith(kind)]


def _tree(packed: zipfile.ZipFile, part: str) -> Any:
    return part_xml(packed, part, _KIND, _LIMITS)


def _broken(file: str, error: Exception) -> LedgerError:
    return LedgerError(
        Message(
            "{file}: a damaged workbook ({name__}); open it in Excel and save it again",
            file=file,
            name__=type(error).__name__,
        )
    )

"""What a screen reader is told of a table: which cells head its rows, and what the table is about.

Typst tags a table's cells, and heads columns by what stands in ``table.header``. What heads a row can be said only by
``pdf.header-cell``, which Typst's Python package leaves out (it belongs to a feature that cannot be switched on there).
So it is written into the tree of tags afterwards. Typst writes that tree as plain objects, which begin where the
file's table of objects says.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Table", "with_row_heads"]

log = logging.getLogger(__name__)

_START = re.compile(rb"startxref\n(\d+)\n%%EOF\s*\Z")
_OFFSETS = re.compile(rb"xref\n0 (\d+)\n")
_ENTRY = 20  # bytes
_REFERENCE = re.compile(rb"(\d+) 0 R")
_ROOT = re.compile(rb"<</Type/StructTreeRoot\b")
_ELEMENT = re.compile(rb"<</Type/StructElem/S/(\w+)")
_KIDS = re.compile(rb"/K\[((?:[^\[\]<>]|<<[^<>]*>>)*)\]")
_INNER = re.compile(rb"<<[^<>]*>>")
_SPAN = re.compile(rb"/(Row|Col)Span (\d+)")
_HEADERS = re.compile(rb"/Headers\[([^\[\]]*)\]")
_NAMES = re.compile(rb"/IDTree<</Names\[([^\[\]]*)\]>>")
_NAME = re.compile(rb"(\([^()]*\))(\d+) 0 R")
_OF_TABLE = b"<</O/Table"


class _OtherTagsError(ValueError):
    """The file is not tagged as Typst's version 0.15 does it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was written.

    Parameters
    ----------
    cells
        A letter for each cell, row by row: ``S`` for one that heads its row.
    summary
        What the table is about; empty if nothing says it.
    """

    cells: str
    summary: str = ""


def with_row_heads(pdf: bytes, tables: Sequence[Table]) -> bytes:
    """The file with tags that say which cells of its tables head a row.

    Parameters
    ----------
    pdf
        The file as Typst wrote it.
    tables
        Its tables, in order.

    Returns
    -------
    bytes
        The file; as it was, if its tags are not as they are expected, which the log says.

    Examples
    --------
    >>> with_row_heads(b"%PDF-1.7", [])
    b'%PDF-1.7'
    """
    if not tables:
        return pdf
    try:
        return _marked(pdf, tables)
    except (_OtherTagsError, LookupError) as error:
        log.warning("the rows of the tables in a PDF could not be given heads: %s", error)
        return pdf


def _marked(pdf: bytes, tables: Sequence[Table]) -> bytes:
    objects, trailer = _objects(pdf)
    root = _root(objects)
    found = list(_tables(objects, root))
    if len(found) != len(tables):
        raise _OtherTagsError(f"{len(found)} tables are tagged, not {len(tables)}")
    names: dict[bytes, int] = {}
    for position, (number, table) in enumerate(zip(found, tables, strict=True), start=1):
        _mark(objects, number, table, position, names)
    objects[root] = _with_names(objects[root], names)
    return _written(pdf, objects, trailer)


# ------------------------------------------------------------------- the file


def _objects(pdf: bytes) -> tuple[dict[int, bytes], bytes]:
    """The objects of a file by their numbers, in the order in which they stand, and what follows the table of them."""
    start = _START.search(pdf, max(0, len(pdf) - 100))
    table = _OFFSETS.match(pdf, int(start[1])) if start else None
    if start is None or table is None:
        raise _OtherTagsError("there is no plain table of objects")
    entries, count = table.end(), int(table[1])
    lines = [pdf[at : at + _ENTRY] for at in range(entries, entries + count * _ENTRY, _ENTRY)]
    offsets = sorted((int(line[:10]), number) for number, line in enumerate(lines) if line[17:18] == b"n")
    ends = [offset for offset, _ in offsets[1:]] + [int(start[1])]
    objects = {number: pdf[offset:end] for (offset, number), end in zip(offsets, ends, strict=True)}
    return objects, pdf[entries + count * _ENTRY : start.start()]


def _written(pdf: bytes, objects: Mapping[int, bytes], trailer: bytes) -> bytes:
    """The file with these objects in place of its own."""
    first = pdf.index(b"%d 0 obj" % next(iter(objects)))
    parts, offsets, at = [pdf[:first]], {}, first
    for number, content in objects.items():
        offsets[number] = at
        parts.append(content)
        at += len(content)
    count = max(offsets) + 1
    table = b"xref\n0 %d\n" % count + b"0000000000 65535 f\r\n"
    table += b"".join(
        b"%010d 00000 n\r\n" % offsets[number] if number in offsets else b"0000000000 65535 f\r\n"
        for number in range(1, count)
    )
    return b"".join((*parts, table, trailer, b"startxref\n%d\n%%%%EOF" % at))


# ------------------------------------------------------------------ the tags


def _root(objects: Mapping[int, bytes]) -> int:
    for number, content in objects.items():
        if _ROOT.search(content):
            return number
    raise _OtherTagsError("there are no tags")


def _kids(content: bytes) -> list[int]:
    """The elements that an element holds, by their numbers; not what of the page is in it."""
    kids = _KIDS.search(content)
    return [int(number) for number in _REFERENCE.findall(_INNER.sub(b"", kids[1]))] if kids else []


def _kind(content: bytes) -> bytes:
    element = _ELEMENT.search(content)
    return element[1] if element else b""


def _tables(objects: Mapping[int, bytes], number: int) -> Iterator[int]:
    """The tables in an element, in the order in which they are read."""
    if _kind(objects[number]) == b"Table":
        yield number
    for kid in _kids(objects[number]):
        yield from _tables(objects, kid)


def _rows(objects: Mapping[int, bytes], number: int) -> Iterator[list[int]]:
    """The rows in a table, and the cells in each."""
    for kid in _kids(objects[number]):
        kind = _kind(objects[kid])
        if kind == b"TR":
            yield _kids(objects[kid])
        elif kind in (b"THead", b"TBody", b"TFoot"):
            yield from _rows(objects, kid)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cell stands."""

    number: int
    row: int
    column: int
    rows: int
    name: bytes = field(default=b"")


def _places(objects: Mapping[int, bytes], rows: Sequence[Sequence[int]], position: int) -> Iterator[_Place]:
    """Where the cells of a table stand, row by row."""
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(rows):
        column = 0
        for number in cells:
            while (row, column) in taken:
                column += 1
            spans = {span[1]: int(span[2]) for span in _SPAN.finditer(objects[number])}
            height, width = spans.get(b"Row", 1), spans.get(b"Col", 1)
            taken.update((row + down, column + right) for down in range(height) for right in range(width))
            yield _Place(number, row, column, height, b"(R%dx%dy%d)" % (position, column, row))
            column += width


def _mark(objects: dict[int, bytes], table: int, written: Table, position: int, names: dict[bytes, int]) -> None:
    """Have the tags of a table say what heads each row, and what the table is about."""
    places = list(_places(objects, list(_rows(objects, table)), position))
    if len(places) != len(written.cells):
        raise _OtherTagsError(f"table {position} has {len(places)} cells, not {len(written.cells)}")
    heads: dict[int, list[_Place]] = {}
    for place, letter in zip(places, written.cells, strict=True):
        before = [head.name for head in heads.get(place.row, ()) if head.column < place.column]
        if letter == "S":
            names[place.name] = place.number
            for row in range(place.row, place.row + place.rows):
                heads.setdefault(row, []).append(place)
            objects[place.number] = _as_head(objects[place.number], place.name)
        if before and letter != "H":
            objects[place.number] = _with_headers(objects[place.number], b"".join(before))
    if written.summary:
        objects[table] = _with_attribute(objects[table], b"/Summary<FEFF%s>" % _hexadecimal(written.summary))


def _as_head(cell: bytes, name: bytes) -> bytes:
    return _with_attribute(cell.replace(b"/S/TD", b"/S/TH/ID" + name, 1), b"/Scope/Row")


def _with_headers(cell: bytes, names: bytes) -> bytes:
    if _HEADERS.search(cell):
        return _HEADERS.sub(lambda headers: b"/Headers[" + headers[1] + names + b"]", cell, count=1)
    return _with_attribute(cell, b"/Headers[" + names + b"]")


def _with_attribute(element: bytes, attribute: bytes) -> bytes:
    """The element with one more of the attributes of tables."""
    if _OF_TABLE in element:
        return element.replace(_OF_TABLE, _OF_TABLE + attribute, 1)
    attributes = _OF_TABLE + attribute + b">>"
    if b"/A[" in element:
        return element.replace(b"/A[", b"/A[" + attributes, 1)
    return element.replace(b"/K[", b"/A[" + attributes + b"]/K[", 1)


def _with_names(root: bytes, names: Mapping[bytes, int]) -> bytes:
    """The root of the tree with these names too, by which cells know their heads."""
    there = _NAMES.search(root)
    known = {name: int(number) for name, number in _NAME.findall(there[1])} if there else {}
    listed = b"".join(b"%s%d 0 R" % named for named in sorted({**known, **names}.items()))
    tree = b"/IDTree<</Names[" + listed + b"]>>"
    if there:
        return root[: there.start()] + tree + root[there.end() :]
    return root.replace(b"/StructTreeRoot", b"/StructTreeRoot" + tree, 1)


def _hexadecimal(text: str) -> bytes:
    return text.encode("utf-16-be").hex().upper().encode()

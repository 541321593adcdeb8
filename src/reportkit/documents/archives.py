"""Zipped files (Word documents, workbooks) that anybody may have made: bounded before anything is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reportkit.documents.document import UnreadableError
from reportkit.system.language import Message

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["DAMAGE", "SAFE_XML", "ZIP_STARTS", "Limits", "open_archive", "part_xml", "read_part", "require_true_sizes"]

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
"""What a zipped file begins with."""

DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, LookupError, RuntimeError)
"""What `zipfile` raises on files that are damaged, or made to break it."""

SAFE_XML: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
"""Options of lxml's parsers under which XML from anybody expands no entity and opens nothing else."""

_MIB = 1 << 20
_PIECE = 1 << 16
_ENCRYPTED = 0x1
# The only ways of packing that Office files may use; others unpack without a bound.
_PACKED = frozenset([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a zipped file may hold.

    Parameters
    ----------
    unpacked
        Bytes of all parts together.
    parts
        Number of parts.
    part
        Bytes of each part that is read.
    ratio, small
        How many times its own size the file may unpack to, if that is more than `small` bytes; None for any.
    """

    unpacked: int
    parts: int = 10_000
    part: int = 256 * _MIB
    ratio: int | None = None
    small: int = 16 * _MIB


def open_archive(data: bytes, kind: str, limits: Limits) -> zipfile.ZipFile:
    """Open a zipped file, once it is known that unpacking it does no harm.

    The sizes that its parts declare are what is looked at here. They may be false: `read_part` and
    `require_true_sizes` find that out, piece by piece.

    Parameters
    ----------
    data
        The file.
    kind
        What it is meant to be, for messages: ``Word document``.
    limits
        How much a file of this kind may hold.

    Returns
    -------
    zipfile.ZipFile
        The archive.

    Raises
    ------
    UnreadableError
        Where it is damaged, protected by a password, or holds more than its kind may.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (*DAMAGE, NotImplementedError) as error:
        raise _damaged(kind) from error
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise UnreadableError(Message("a {kind} protected by a password; save it without one", kind=kind))
    if any(part.compress_type not in _PACKED for part in parts):
        raise _damaged(kind)
    unpacked = sum(part.file_size for part in parts)
    most = (
        limits.unpacked if limits.ratio is None else min(limits.unpacked, max(limits.small, limits.ratio * len(data)))
    )
    if unpacked > most or len(parts) > limits.parts:
        raise UnreadableError(
            Message(
                "a {kind} that unpacks to {size} MiB in {parts} parts, more than one may; "
                "remove pictures and attachments",
                kind=kind,
                size=_mib(unpacked),
                parts=f"{len(parts):,}",
            )
        )
    return archive


def read_part(archive: zipfile.ZipFile, name: str, kind: str, limits: Limits) -> bytes:
    """Unpack one part.

    Parameters
    ----------
    archive
        What `open_archive` opened.
    name
        The part's name.
    kind, limits
        As for `open_archive`.

    Returns
    -------
    bytes
        What the part holds.

    Raises
    ------
    UnreadableError
        Where it is damaged or larger than a part may be.
    """
    pieces: list[bytes] = []
    try:
        if archive.getinfo(name).file_size > limits.part:
            raise UnreadableError(
                Message(
                    "a {kind} in which {name} is over {mib} MiB; split the document",
                    kind=kind,
                    name=name,
                    mib=_mib(limits.part),
                )
            )
        pieces.extend(_pieces(archive, name))
    except UnreadableError:
        raise
    except DAMAGE as error:
        raise _damaged(kind, name) from error
    return b"".join(pieces)


def require_true_sizes(archive: zipfile.ZipFile, kind: str) -> None:
    """Unpack every part and forget it, for the sake of libraries that unpack parts whole.

    Parameters
    ----------
    archive
        What `open_archive` opened.
    kind
        What it is meant to be, for messages.

    Raises
    ------
    UnreadableError
        Where a part is damaged, or holds more than it declares.
    """
    for part in archive.infolist():
        try:
            for _ in _pieces(archive, part.filename):
                pass
        except DAMAGE as error:
            raise _damaged(kind, part.filename) from error


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The part piece by piece: read at once, a part that declares a false size would unpack whole."""
    with archive.open(name) as part:
        while piece := part.read(_PIECE):
            yield piece


def part_xml(archive: zipfile.ZipFile, name: str, kind: str, limits: Limits) -> _Element:
    """Unpack and parse one part of XML; entities are refused.

    Parameters
    ----------
    archive, name, kind, limits
        As for `read_part`.

    Returns
    -------
    lxml.etree._Element
        The root element.

    Raises
    ------
    UnreadableError
        Where the part is damaged or too large, or declares entities.
    """
    from lxml import etree

    data = read_part(archive, name, kind, limits)
    if any("<!DOCTYPE".encode(encoding) in data for encoding in ("utf-8", "utf-16-le", "utf-16-be")):
        raise UnreadableError(
            Message("a {kind} in which {name} declares entities; it is not opened", kind=kind, name=name)
        )
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, **SAFE_XML)
    try:
        root: _Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged(kind, name) from error
    return root


def _damaged(kind: str, part: str = "") -> UnreadableError:
    where = f" ({part})" if part else ""
    return UnreadableError(Message("a damaged {kind}{where}; open it and save it again", kind=kind, where=where))


def _mib(size: int) -> str:
    return f"{max(size // _MIB, 1):,}"

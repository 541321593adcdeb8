"""The simple document that every file format is read into: headings, paragraphs and grids of cells, in order."""

from __future__ import annotations

from dataclasses import dataclass, field

from reportkit.system.errors import InputError

__all__ = ["Block", "Box", "Document", "Grid", "Heading", "Paragraph", "UnreadableError"]


class UnreadableError(InputError):
    """A file that cannot be read; the message is one line that says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as the file marks it; a heading that only looks like one is a paragraph.

    Parameters
    ----------
    text
        Its words, white space folded.
    level
        From 1 down.
    """

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    r"""A paragraph of text.

    Parameters
    ----------
    text
        Its words; a line break within it is ``\n``.
    source
        The line as its file has it, where bars that part the cells of a table were taken off; else empty.
    """

    text: str
    source: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """A cell of a grid; the same box stands at every place it covers.

    Parameters
    ----------
    text
        Its words, white space folded; empty for a blank cell.
    rowspan, colspan
        How many rows and columns it covers, as the file says.
    header
        Whether the file marks it as a header.
    """

    text: str
    rowspan: int = 1
    colspan: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Parameters
    ----------
    rows
        The boxes by row and column; a box that spans stands at each place it covers. Rows may differ in
        length where the file's spans do not fit; None where nothing stands.
    keeps_blanks
        False where blank boxes at the end of a row may stand for blank cells that were left out of it.
    """

    rows: tuple[tuple[Box | None, ...], ...]
    keeps_blanks: bool = True


Block = Heading | Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, whatever its format.

    Parameters
    ----------
    name
        The file's name, for messages.
    blocks
        Headings, paragraphs and grids in reading order.
    title
        The title that the file itself states outside its text; empty where it states none.
    """

    name: str
    blocks: tuple[Block, ...]
    title: str = ""

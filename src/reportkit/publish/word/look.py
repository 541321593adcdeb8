"""The look of a Word document, as GB/T 9704—2012 prescribes it for documents of Party and government organs.

All that the standard says stands in `PAGE` and `STYLES`; what it leaves open, such as the text of tables, does too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["ACROSS", "CELL_ABOVE", "CELL_BESIDE", "LANGUAGE", "PAGE", "STYLES", "TABLE_SIZE", "Page", "Style", "points"]

LANGUAGE = "zh-CN"
# Sizes by their names, in points: 二号, 三号, 四号, 小四号, 五号.
_TWO, _THREE, _FOUR, _SMALL_FOUR, _FIVE = 22.0, 16.0, 14.0, 12.0, 10.5
TABLE_SIZE = _FIVE
# Around what stands in a cell, in points: above and below it, left and right of it.
CELL_ABOVE, CELL_BESIDE = 1.5, 2.0


def points(millimetres: float) -> float:
    """A length in points.

    Parameters
    ----------
    millimetres
        The length in millimetres.

    Returns
    -------
    float
        Points, of which there are 72 to an inch.

    Examples
    --------
    >>> points(25.4)
    72.0
    """
    return millimetres / 25.4 * 72


@dataclass(frozen=True, slots=True)
class Page:
    """A page, in millimetres.

    Parameters
    ----------
    width, height
        Of the sheet.
    top, bottom, left, right
        The margins.
    number
        How far the page number stands above the lower edge of the sheet. Its dashes are 7 mm below the text then.
    characters
        How many characters of the text there are in a line.
    """

    width: float = 210
    height: float = 297
    top: float = 37
    bottom: float = 35
    left: float = 28
    right: float = 26
    number: float = 25
    characters: int = 28

    @property
    def across(self) -> float:
        """The width of the text, in points."""
        return points(self.width - self.left - self.right)


PAGE = Page()


@dataclass(frozen=True, slots=True)
class Style:
    """A style of paragraphs, or of characters where `inline`.

    Parameters
    ----------
    name
        What Word calls it; pandoc goes by some of these names.
    face
        Whose letters it has: a key of `FACES`. Empty for those of what it stands in.
    size
        In points; 0 for that of what it stands in.
    based_on
        The style that says what this one leaves open.
    align
        How its lines are set, in Word's words.
    line
        From one line to the next, in points, whatever stands in them; 0 for as much as they need.
    indent
        How many characters its first line is set in.
    set_in
        How many characters all its lines are set in.
    before, after
        The space around it, in points.
    tracking
        How much farther its characters stand apart, in points.
    level
        Which level of headings it is, counted from 0; None for text.
    with_next
        Whether it stays on the page of what follows.
    inline
        Whether it is a style of characters.
    own_id
        What files say in place of the name, where that is not the name without its spaces.
    """

    name: str
    face: str = ""
    size: float = 0
    based_on: str = "Normal"
    align: str = ""
    line: float | None = None
    indent: int | None = None
    set_in: int = 0
    before: float = 0
    after: float = 0
    tracking: float = 0
    level: int | None = None
    with_next: bool = False
    inline: bool = False
    own_id: str = ""

    @property
    def id(self) -> str:
        """What files say in place of the name."""
        return self.own_id or self.name.replace(" ", "")


# As many characters of size 三号 as prescribed fit into a line if they stand a little closer, by twentieths of a point.
_CLOSER = math.floor((PAGE.across / PAGE.characters - _THREE) * 20) / 20

STYLES: tuple[Style, ...] = (
    Style("Normal", "body", _THREE, "", "both", line=28, tracking=_CLOSER),
    Style("Body Text", indent=2),
    Style("First Paragraph", based_on="Body Text"),
    Style("Title", "title", _TWO, align="center", line=36, after=28, with_next=True),
    Style("heading 1", "heading", _THREE, indent=2, level=0, with_next=True),
    Style("heading 2", "subheading", _THREE, indent=2, level=1, with_next=True),
    *(Style(f"heading {number}", indent=2, level=number - 1, with_next=True) for number in range(3, 7)),
    Style("Run-in Heading", "subheading", inline=True),
    # Chinese letters have no italics.
    Style("Emphasis", "subheading", inline=True),
    Style("List Paragraph"),
    Style("Block Text", set_in=2, indent=2),
    Style("Source Code", align="left"),
    # The text of a table: of its heads and figures, and of what stands beside its rows. Each row stays with the next.
    Style("Compact", "body", _FIVE, align="center", line=13, with_next=True),
    Style("Row Head", based_on="Compact", align="left"),
    Style("Table Caption", "heading", _SMALL_FOUR, align="center", before=14, with_next=True),
    # Lines of a fixed height would show a strip of a picture.
    Style("Captioned Figure", align="center", line=0, before=14, with_next=True),
    Style("Image Caption", "body", _SMALL_FOUR, align="center", line=20, after=14),
    Style("footer", "number", _FOUR, line=0),
    Style("annotation text", "body", _FIVE, align="left", line=0, own_id="CommentText"),
    Style("annotation reference", "body", _FIVE, inline=True, own_id="CommentReference"),
)
# How many characters fit into a line of a table that is as wide as the page.
ACROSS = PAGE.across / TABLE_SIZE

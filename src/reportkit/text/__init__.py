"""How Chinese text is typed: characters nobody sees, widths, white space, lines, numerals and days."""

from reportkit.text.characters import (
    breadth,
    encodable,
    exposed,
    half_width,
    squeezed,
    storable,
    visible,
    without_controls,
)
from reportkit.text.days import DAY, chinese_day, read_day
from reportkit.text.length import MOST_OF_A_KIND, bounded, first_of, shortened
from reportkit.text.lines import fitted, wrapped
from reportkit.text.numerals import NUMERAL, chinese_numeral, enumerator, read_numeral, unnumbered, without_enumerators

__all__ = [
    "DAY",
    "MOST_OF_A_KIND",
    "NUMERAL",
    "bounded",
    "breadth",
    "chinese_day",
    "chinese_numeral",
    "encodable",
    "enumerator",
    "exposed",
    "first_of",
    "fitted",
    "half_width",
    "read_day",
    "read_numeral",
    "shortened",
    "squeezed",
    "storable",
    "unnumbered",
    "visible",
    "without_controls",
    "without_enumerators",
    "wrapped",
]

"""Figures bound into a text: ``{{ applications.received.total }}`` stands for what the tables hold.

An expression is the address of a cell, by keys or by the form's labels; ``previous.`` before one for the year before;
several with ``+`` between them; ``growth(cell)``, ``change(cell)`` or ``share(part, whole)``, each with the number of
digits after the point as a last argument, if it is not to be 1. There is nothing else, and nothing is ever evaluated:
texts are data that somebody typed or sent. That is also why this is no template language of the usual kind, to which a
label such as 表三.予以公开.自然人 would be no expression anyway.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from reportkit.form.addresses import address_of, no_such_cell
from reportkit.form.figures import Amount, Figure, figure_text, magnitude
from reportkit.form.model import Form
from reportkit.system.language import Message

__all__ = ["Fault", "Filled", "Held", "Piece", "fill"]

_EXPRESSION = re.compile(r"\{\{(?P<inner>.*?)\}\}", re.DOTALL)
_CALL = re.compile(r"(?P<name>[a-zA-Z_]\w*)\s*[(（](?P<arguments>.*)[)）]", re.DOTALL)
_SEPARATOR = re.compile("[,，]")
_PLUS = re.compile("[+＋]")
_PREVIOUS = re.compile(r"previous\s*\.\s*(?P<address>.*)", re.DOTALL)
_DIGITS = re.compile("[0-9]")
_USUAL_DIGITS = 1
_HOW_MANY = {"growth": 1, "change": 1, "share": 2}
_GROWN, _SHRUNK, _SAME, _NEARLY_SAME = "增长", "下降", "与上年持平", "与上年基本持平"
_LONGEST_EXPRESSION = 200
_WRITE = Message(
    "write {such}; cells are added up by +",
    such="{{ table.row.column }}, {{ growth(cell) }}, {{ change(cell) }}, {{ share(cell, cell) }}",
)


class _BoundError(ValueError):
    """An expression that stands for nothing; the message says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Held:
    """What the tables of a report hold.

    Parameters
    ----------
    form
        The edition of the form.
    year
        The year reported on.
    figure
        The figure of a cell by its address.
    """

    form: Form
    year: int
    figure: Callable[[str], Figure]


@dataclass(frozen=True, slots=True)
class Fault:
    """An expression that could not be filled in.

    Parameters
    ----------
    start
        Where it stands in the text as written.
    expression
        The expression with its braces.
    message
        What is wrong with it.
    """

    start: int
    expression: str
    message: Message


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression that was filled in: where it stands in the text as written, and in the text filled in."""

    start: int
    end: int
    filled_start: int
    filled_end: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A text whose expressions are filled in.

    Parameters
    ----------
    text
        The text; an expression that could not be filled in stands there as it was written.
    pieces
        Where the others are.
    faults
        What could not be filled in.
    """

    text: str
    pieces: tuple[Piece, ...] = ()
    faults: tuple[Fault, ...] = ()


def fill(text: str, now: Held, before: Held | None = None) -> Filled:
    """Fill in the figures that are bound into a text.

    Parameters
    ----------
    text
        The text as its author wrote it.
    now
        What the report's tables hold.
    before
        What those of the year before hold; None if that is not known.

    Returns
    -------
    Filled
        The text, and what could not be filled in.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> held = Held(form_for(2023), 2023, lambda address: 3)
    >>> fill("收到申请{{ applications.received.total }}件。", held).text
    '收到申请3件。'
    """
    if "{{" not in text:
        return Filled(text)
    parts: list[str] = []
    pieces: list[Piece] = []
    faults: list[Fault] = []
    at = length = 0
    for match in _EXPRESSION.finditer(text):
        parts.append(text[at : match.start()])
        length += match.start() - at
        try:
            value = _value(match["inner"].strip(), now, before)
            pieces.append(Piece(match.start(), match.end(), length, length + len(value)))
        except _BoundError as error:
            value = match[0]
            faults.append(Fault(match.start(), match[0], error.message))
        parts.append(value)
        length, at = length + len(value), match.end()
    rest = text[at:]
    if "{{" in rest:
        start = at + rest.index("{{")
        faults.append(Fault(start, text[start:].split("\n", 1)[0], Message("the braces are not closed: write }}}}")))
    return Filled("".join([*parts, rest]), tuple(pieces), tuple(faults))


def _value(expression: str, now: Held, before: Held | None) -> str:
    if not expression or len(expression) > _LONGEST_EXPRESSION:
        raise _BoundError(_WRITE)
    call = _CALL.fullmatch(expression)
    if call is None or address_of(expression, now.form) is not None:
        return figure_text(_sum(expression, now, before))
    name, arguments = call["name"], [argument.strip() for argument in _SEPARATOR.split(call["arguments"])]
    if name not in _HOW_MANY:
        raise _BoundError(_unknown_function(name))
    digits = _USUAL_DIGITS
    if len(arguments) == _HOW_MANY[name] + 1 and _DIGITS.fullmatch(arguments[-1]):
        digits = int(arguments.pop())
    if len(arguments) != _HOW_MANY[name]:
        raise _BoundError(_WRITE)
    if name == "share":
        return _share(arguments, digits, now, before)
    rate = _growth(arguments[0], now, before)
    return _told_growth(rate, digits, arguments[0]) if name == "growth" else _told_change(rate, digits)


def _unknown_function(name: str) -> Message:
    from difflib import get_close_matches

    near = get_close_matches(name, _HOW_MANY, n=1, cutoff=0)[0]
    return Message("there is no {name}(): did you mean {near}()?", name=name, near=near)


# ---------------------------------------------------------------- cells


def _sum(expression: str, now: Held, before: Held | None) -> Figure:
    """The sum of the cells that are named with plus signs between them; one cell alone as it stands."""
    figures = [_cell(term.strip(), now, before) for term in _PLUS.split(expression)]
    if len(figures) == 1:
        return figures[0]
    if any(isinstance(figure, Amount) for figure in figures):
        raise _BoundError(Message("sums of money that state their units cannot be added up: bind each by itself"))
    return sum((magnitude(figure) for figure in figures), start=0)


def _cell(named: str, now: Held, before: Held | None) -> Figure:
    earlier = _PREVIOUS.fullmatch(named)
    if earlier is None:
        return _figure(named, now)
    return _figure(earlier["address"].strip(), _known(now, before))


def _known(now: Held, before: Held | None) -> Held:
    """The year before, which must be known."""
    if before is None:
        raise _BoundError(Message("there is no report for {year} to compare with", year=now.year - 1))
    return before


def _figure(named: str, held: Held) -> Figure:
    address = address_of(named, held.form)
    if address is None:
        raise _BoundError(no_such_cell(named, held.form))
    figure = held.figure(address)
    if figure is None:
        raise _BoundError(Message("{cell} is blank in the report for {year}", cell=named, year=held.year))
    return figure


# ---------------------------------------------------------- percentages


def _share(arguments: Sequence[str], digits: int, now: Held, before: Held | None) -> str:
    part, whole = (magnitude(_sum(argument, now, before)) for argument in arguments)
    if whole == 0:
        raise _BoundError(Message("{cell} is 0, and nothing is a share of nothing", cell=arguments[1]))
    return _percent(Decimal(part) / whole * 100, digits)


def _growth(named: str, now: Held, before: Held | None) -> Decimal:
    """By how many per cent a sum of cells has grown since the year before."""
    last = _known(now, before)
    terms = [term.strip() for term in _PLUS.split(named)]
    for term in terms:
        if _PREVIOUS.fullmatch(term):
            raise _BoundError(Message("name this year's cell: the year before is looked up for it"))
    figures = [magnitude(_figure(term, now)) for term in terms]
    earlier = [magnitude(_figure(_same(term, now.form, last.form), last)) for term in terms]
    if sum(earlier) == 0:
        raise _BoundError(
            Message("{cell} was 0 in {year}, so that there is no rate of growth", cell=named, year=last.year)
        )
    return (Decimal(sum(figures)) - sum(earlier)) / sum(earlier) * 100


def _same(named: str, form: Form, other: Form) -> str:
    """How to name a cell in another edition: as it was typed, or by its address where that edition has it."""
    address = address_of(named, form)
    return address if address is not None and address in other.cells else named


def _told_growth(rate: Decimal, digits: int, named: str) -> str:
    if rate < 0:
        raise _BoundError(
            Message(
                "{cell} has not grown but shrunk: write {instead}, which says 增长 or 下降",
                cell=named,
                instead=f"change({named})",
            )
        )
    return _percent(rate, digits)


def _told_change(rate: Decimal, digits: int) -> str:
    if rate == 0:
        return _SAME
    percent = _percent(abs(rate), digits)
    if not percent.strip("0.%"):
        return _NEARLY_SAME
    return f"{_GROWN if rate > 0 else _SHRUNK}{percent}"


def _percent(value: Decimal, digits: int) -> str:
    # A figure may be as long as the usual precision of decimals, and its percentage is longer.
    room = Context(prec=max(0, value.adjusted()) + digits + 2)
    return f"{value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, room):f}%"

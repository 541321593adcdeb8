"""The columns of a ledger: which line has the headings, and which column holds what is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

from reportkit.intake.ledger.cells import shown, text_of
from reportkit.intake.ledger.sheet import UNCOMPUTED, LedgerError, Sheet
from reportkit.intake.ledger.words import declared, heading_rank
from reportkit.system.language import Joined, Message, Worded
from reportkit.text import squeezed

__all__ = ["Headings", "headings_of", "listed", "named_sheet", "refuse_nearest", "require_known"]

# The headings stand among the first lines, below a title.
_HEAD = 30
_MOST_SHOWN = 30
# No heading is longer; the limit keeps long cells quick.
_LONGEST = 200


@dataclass(frozen=True)
class Headings:
    """The line of headings of a sheet, and which columns they name.

    Parameters
    ----------
    sheet
        The sheet.
    at
        How many of its rows end with the headings.
    cells
        The headings.
    columns
        For each thing that is read its column.
    chosen
        The headings that were named for it.
    """

    sheet: Sheet
    at: int
    cells: tuple[str, ...]
    columns: Mapping[str, int]
    chosen: Mapping[str, str]

    @property
    def names(self) -> dict[str, str]:
        """For each thing that is read the heading it was found under."""
        return {role: shown(self.cells[column]) for role, column in self.columns.items()}

    @property
    def counted(self) -> list[str]:
        """The roles of the tables that its lines are counted in: ``requests``, ``cases``, or both."""
        requests = ["requests"] if "applicant" in self.columns or "case" not in self.columns else []
        return requests + (["cases"] if "case" in self.columns else [])

    @property
    def used(self) -> dict[str, int]:
        """The columns that its lines are read from: of those found, the ones that its tables ask for."""
        asked = {"serial", "number", "received", "outcome", "answered"}
        if "requests" in self.counted:
            asked |= {"applicant", "item"}
        if "cases" in self.counted:
            asked |= {"case", "result", "closed"}
        if self.counted == ["cases"]:
            asked -= {"outcome"} if "result" in self.columns else set()
            asked -= {"answered"} if "closed" in self.columns else set()
        return {role: column for role, column in self.columns.items() if role in asked}

    @property
    def unused(self) -> list[int]:
        """The columns with a heading that nothing is read from."""
        used = set(self.used.values())
        return [column for column, heading in enumerate(self.cells) if heading and column not in used]

    @property
    def about_cases(self) -> list[int]:
        """The columns of a ledger of requests that speak of reviews and lawsuits, which are not counted."""
        if "cases" in self.counted:
            return []
        results = {self.columns.get(role) for role in ("result", "closed")}
        said = declared()["headings"]["cases"]
        return [
            column for column in self.unused if column in results or any(word in self.cells[column] for word in said)
        ]

    @property
    def missing(self) -> list[str]:
        """What is needed and not found."""
        needed = [*self.chosen, "received"]
        if "requests" in self.counted:
            needed += ["applicant", "outcome", "answered"]
        elif "outcome" not in self.columns:
            needed += ["result"]
        return [role for role in dict.fromkeys(needed) if role not in self.columns]


def require_known(columns: Mapping[str, str], file: str) -> Mapping[str, str]:
    """The headings named by the user; a `LedgerError` where one is named for something that is not read.

    Parameters
    ----------
    columns
        The heading of each column that the user has named, by what it holds.
    file
        What messages call the ledger.

    Returns
    -------
    dict of str to str
        `columns`, unchanged.

    Raises
    ------
    LedgerError
        If a heading is named for something that is not read from a ledger.
    """
    known = declared()["columns"]
    for role in columns:
        if role not in known:
            raise LedgerError(
                Message(
                    "{file}: {role!r} is no column that is read from a ledger; those are {listed}",
                    file=file,
                    role=role,
                    listed=Joined(", ", known),
                )
            )
    return columns


def named_sheet(found: list[Sheet], name: str, file: str) -> Sheet:
    """The sheet of that name; a `LedgerError` where there is none.

    Parameters
    ----------
    found
        The sheets of the ledger.
    name
        The name of the one to read.
    file
        What messages call the ledger.

    Returns
    -------
    Sheet
        The sheet.

    Raises
    ------
    LedgerError
        If there is none of that name; the message names those there are.
    """
    for sheet in found:
        if sheet.name == name:
            return sheet
    there = listed(sheet.name for sheet in found if sheet.name)
    if not there:
        raise LedgerError(Message("{file}: a CSV file has no sheets; leave --sheet out", file=file))
    raise LedgerError(Message("{file}: has no sheet {name!r}; it has {there}", file=file, name=name, there=there))


def headings_of(found: list[Sheet], chosen: Mapping[str, str]) -> list[Headings]:
    """The most likely line of headings of each sheet; of several ways to read a CSV file that finds most.

    Parameters
    ----------
    found
        The sheets of a ledger, or the ways to read a CSV file.
    chosen
        The headings that the user has named.

    Returns
    -------
    list of Headings
        One for each sheet; for a CSV file the best alone.

    Raises
    ------
    LedgerError
        If a sheet has two columns for one thing and no other sheet can be read.
    """
    heads: list[Headings] = []
    broken: LedgerError | None = None
    for sheet in found:
        try:
            heads.append(_head(sheet, chosen))
        except LedgerError as error:
            broken = error
    if broken and not any(head.columns for head in heads):
        raise broken
    if found and found[0].delimiter:
        return [max(heads, key=lambda head: len(head.columns))]
    return heads


def _head(sheet: Sheet, chosen: Mapping[str, str]) -> Headings:
    best = Headings(sheet, 0, (), {}, chosen)
    above: Sequence[str] = ()
    for at, (_, cells) in enumerate(islice(sheet.rows(), _HEAD + 1), start=1):
        row = ["" if cell == UNCOMPUTED else text_of(cell)[:_LONGEST] for cell in cells]
        if titles := _over_two_rows(above, row):
            two = _headings(sheet, at, titles, chosen)
            adds = best.at == at - 1 and _goes_on(above, row, best)
            if len(two.columns) > len(best.columns) or (adds and len(two.columns) == len(best.columns)):
                best = two
        if at <= _HEAD:
            one = _headings(sheet, at, [(heading,) for heading in row], chosen)
            if len(one.columns) > len(best.columns) or not best.at:
                best = one
        above = row
    return best


def _headings(sheet: Sheet, at: int, titles: Sequence[tuple[str, ...]], chosen: Mapping[str, str]) -> Headings:
    """The headings of a sheet, where for each column there may be several ways to read what stands above it."""
    cells = tuple(next((way for way in ways if _is_known(way)), ways[0]) for ways in titles)
    return Headings(sheet, at, cells, _columns(cells, titles, chosen), chosen)


def _over_two_rows(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[str, ...]]:
    """For each column how its heading over two rows may be read; nothing where the second row is no headings.

    A heading above several columns stands in the first of them: 申请人情况 above 姓名 and 类型 makes 申请人类型 of the
    second.
    """
    if not any(upper) or not any(lower) or any(re.search(r"\d", cell) for cell in lower):
        return []
    titles: list[tuple[str, ...]] = []
    group = ""
    for column in range(max(len(upper), len(lower))):
        over = upper[column] if column < len(upper) else ""
        under = lower[column] if column < len(lower) else ""
        group = over or group
        if not under:
            group = "" if over else group
            titles.append((over,))
            continue
        stem = re.sub(r"(?:基本)?(?:信息|情况)$", "", group)
        says_nothing = not group or heading_rank(group, declared()["headings"]["above"]) is not None
        titles.append((group + under, stem + under, *([under] if says_nothing else [])))
    return titles


def _goes_on(upper: Sequence[str], lower: Sequence[str], head: Headings) -> bool:
    """Whether the row below complete headings only parts some of the others: 姓名 and 电话 below 申请人."""
    parts = [column for column, under in enumerate(lower) if under]
    blank = [column for column in parts if column >= len(upper) or not upper[column]]
    return bool(blank) and upper[min(parts)] != "" and not set(parts) & set(head.columns.values())


def _is_known(heading: str) -> bool:
    """Whether a heading names something that is read."""
    columns = declared()["columns"].values()
    return any(heading_rank(heading, [*said["names"], *said.get("alone", ())]) is not None for said in columns)


def _columns(headings: Sequence[str], titles: Sequence[tuple[str, ...]], chosen: Mapping[str, str]) -> dict[str, int]:
    """For each thing that is read the column it stands in, as far as it is found."""
    found: dict[str, int] = {}
    for role, heading in chosen.items():
        named = [column for column, ways in enumerate(titles) if squeezed(heading) in map(squeezed, ways)]
        found.update({role: named[0]} if named else {})
    for role, said in declared()["columns"].items():
        if role not in chosen and (columns := _ranked(headings, said["names"])):
            found[role] = columns[0]
    for role, said in declared()["columns"].items():
        if role not in found and role not in chosen and "applicant" not in found:
            columns = [column for column in _ranked(headings, said.get("alone", ())) if column not in found.values()]
            found.update({role: columns[0]} if columns else {})
    return found


def _ranked(headings: Sequence[str], names: Sequence[str]) -> list[int]:
    """The columns whose heading is one of `names`, in the order of the names."""
    ranks = {column: heading_rank(heading, names) for column, heading in enumerate(headings)}
    return sorted((column for column in ranks if ranks[column] is not None), key=lambda column: ranks[column] or 0)


def refuse_nearest(heads: list[Headings], file: str) -> NoReturn:
    """Refuse a file in which no sheet has the columns of a ledger, and say what the nearest to it lacks.

    Parameters
    ----------
    heads
        The headings found, one for each sheet.
    file
        What messages call the ledger.

    Raises
    ------
    LedgerError
        Always.
    """
    head = max(heads, key=lambda head: len(head.columns), default=None)
    if head is None or not head.at:
        raise LedgerError(Message("{file}: it is empty", file=file))
    lacking = Joined("; ", [_lacking(head, role) for role in head.missing])
    mapped = Joined(" ", [Message("{role}=HEADING", role=role) for role in head.missing])
    raise LedgerError(
        Message(
            "{place}: {lacking}; {headings_found}; name columns that are called something else: {mapped}",
            place=head.sheet.place,
            lacking=lacking,
            headings_found=_headings_found(head),
            mapped=mapped,
        )
    )


def _lacking(head: Headings, role: str) -> Message:
    if role in head.chosen:
        return Message("no column {heading!r}", heading=head.chosen[role])
    return Message("no column for {meaning} ({role})", meaning=_meaning(role), role=role)


def _meaning(role: str) -> Message:
    column = declared()["columns"][role]
    return Worded(column["meaning_en"], {"en": column["meaning_en"], "zh": column["meaning"]})


def listed(names: Iterable[str]) -> str:
    """Names in a row, of many the first.

    Parameters
    ----------
    names
        The names of sheets or columns.

    Returns
    -------
    str
        At most thirty of them, and how many more there are.

    Examples
    --------
    >>> listed(["姓名", "电话"])
    '姓名、电话'
    """
    shorter = [shown(name) for name in names]
    first = "、".join(shorter[:_MOST_SHOWN])
    if len(shorter) <= _MOST_SHOWN:
        return first
    return Message("{first} and {count} more", first=first, count=len(shorter) - _MOST_SHOWN)


def _headings_found(head: Headings) -> str:
    """The headings, unless they may be a line about a person."""
    cells = [cell for cell in head.cells if cell]
    if not head.columns and any(re.search(r"\d", cell) for cell in cells):
        return Message("no line of headings is among the first {count}", count=_HEAD)
    return Message("found: {headings}", headings=listed(cells))

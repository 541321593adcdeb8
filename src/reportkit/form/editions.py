"""The editions of the form: what each `*.toml` file of this package declares, read and verified."""

from __future__ import annotations

import copyreg
import re
import tomllib
from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from reportkit.form.figures import KINDS
from reportkit.form.layout import layout_of
from reportkit.form.model import (
    Block,
    Deadline,
    Form,
    FormError,
    Header,
    Identity,
    Roles,
    Section,
    Table,
    Term,
    Topic,
)
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message

__all__ = ["UnknownYearError", "editions", "form_for", "read_form"]

# In a label's `broken`, where a line may end.
_LINE_MAY_END = "|"
# The roles that tables have, those that columns of the table of cases have, and those that whole groups of rows may
# have; the others are those of rows of the table of requests.
_TABLE_ROLES = frozenset({"requests", "cases"})
_COLUMN_ROLES = frozenset({"pending", "lost"})
_GROUP_ROLES = frozenset({"granted", "refused"})


class UnknownYearError(InputError, LookupError):
    """A year for which no edition of the form is declared."""


def form_for(year: int) -> Form:
    """The edition of the form that the report for `year` uses.

    Parameters
    ----------
    year
        The year reported on.

    Returns
    -------
    Form
        The same object each time.

    Raises
    ------
    UnknownYearError
        If the year lies before the first edition.

    Examples
    --------
    >>> form_for(2020).edition
    '2019'
    """
    # Newest first: a new edition ends the one before it.
    for form in reversed(editions().values()):
        if form.first_year <= year:
            return form
    first = min(form.first_year for form in editions().values())
    raise UnknownYearError(
        Message("no edition of the form covers {year}: reports begin with the year {first}", year=year, first=first)
    )


@cache
def editions() -> dict[str, Form]:
    """The editions that this package declares, by name, oldest first.

    Returns
    -------
    dict of str to Form
        Read and verified once in a process.

    Raises
    ------
    FormError
        If one of the package's own declarations is wrong.
    """
    files = [file for file in resources.files("reportkit.form").iterdir() if file.name.endswith(".toml")]
    forms = [_form(tomllib.loads(file.read_text(encoding="utf-8")), file.name) for file in files]
    return {form.edition: form for form in sorted(forms, key=lambda form: form.first_year)}


def read_form(path: Path) -> Form:
    """Read an edition's declaration from a file.

    Parameters
    ----------
    path
        A TOML file as those of this package.

    Returns
    -------
    Form
        The edition; it is not registered among `editions`.

    Raises
    ------
    FormError
        If the declaration is not TOML, lacks something or contradicts itself.
    """
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormError(Joined(": ", [path.name, error])) from error
    return _form(declared, path.name)


def _form(declared: dict[str, Any], name: str) -> Form:
    try:
        tables = tuple(_table(table) for table in declared["tables"])
        holds_table = {table.key for table in tables}
        form = Form(
            edition=declared["edition"],
            first_year=declared["first_year"],
            document=declared["document"],
            law=declared["law"],
            title=declared["title"],
            period=declared["period"],
            deadline=_deadline(declared["deadline"]),
            sections=tuple(_section(section, holds_table) for section in declared["sections"]),
            tables=tables,
            identities=tuple(_identity(identity, tables) for identity in declared.get("identities", ())),
            roles=_roles(declared.get("roles", {}), tables),
        )
        _require_use(form)
        _ = form.totals  # settles the order of the totals, and refuses a circle
        return form
    except KeyError as error:
        raise FormError(Message("{name}: {key!r} is missing or unknown", name=name, key=error.args[0])) from error
    except (FormError, ValueError) as error:
        raise FormError(Joined(": ", [name, error])) from error


def _deadline(declared: dict[str, str]) -> Deadline:
    days = {}
    for level, day in declared.items():
        if level != "basis":
            month, _, date = day.partition("-")
            if not (month.isdecimal() and date.isdecimal()):
                raise FormError(Message("deadline: {level} is {day!r}, not a day as 01-31", level=level, day=day))
            days[level] = (int(month), int(date))
    return Deadline(days, declared["basis"])


def _section(declared: dict[str, Any], tables: set[str]) -> Section:
    return Section(
        key=declared["key"],
        title=declared.get("title", ""),
        holds_table=declared["key"] in tables,
        topics=tuple(
            Topic(topic["label"], tuple(topic["words"]), tuple(topic.get("except", ())), topic.get("fee", ""))
            for topic in declared.get("topics", ())
        ),
        rule=declared.get("rule", ""),
        basis=declared.get("basis", ""),
        evidence=declared.get("evidence", ""),
        limit=declared.get("limit"),
        meaning_en=declared.get("meaning_en", ""),
    )


def _table(declared: dict[str, Any]) -> Table:
    if declared["layout"] not in ("blocks", "grid", "across"):
        raise FormError(
            Message(
                "{key}: layout {layout!r} is none of blocks, grid, across",
                key=declared["key"],
                layout=declared["layout"],
            )
        )
    table = Table(
        key=declared["key"],
        name=declared["name"],
        layout=declared["layout"],
        blocks=tuple(
            Block(
                rows=tuple(_header(row, "rows") for row in block["rows"]),
                columns=tuple(_header(column, "columns") for column in block["columns"]),
                heading=block.get("heading", ""),
                stub=block.get("stub", ""),
            )
            for block in declared["blocks"]
        ),
        widths=tuple(declared.get("widths", ())),
    )
    if table.layout != "blocks" and len(table.blocks) != 1:
        raise FormError(
            Message(
                "{key}: a table laid out as {layout} has one block, not {blocks}",
                key=table.key,
                layout=table.layout,
                blocks=len(table.blocks),
            )
        )
    addresses = [cell.address for cell in table.cells]
    doubled = {address for address in addresses if addresses.count(address) > 1}
    if doubled:
        raise FormError(Message("{key}: {doubled} stands twice", key=table.key, doubled=Joined(", ", sorted(doubled))))
    columns = layout_of(replace(table, widths=())).width
    if table.widths and (len(table.widths) != columns or min(table.widths) <= 0):
        raise FormError(
            Message(
                "{key}: widths must be {columns} numbers above 0, one for each column as printed",
                key=table.key,
                columns=columns,
            )
        )
    return table


def _header(declared: dict[str, Any], axis: str, above: str = "") -> Header:
    key = declared.get("key")
    whole = ".".join(part for part in (above, key) if part) if key else None
    children = tuple(_header(child, axis, whole or above) for child in declared.get(axis, ()))
    if not children and not key:
        raise FormError(Message("{label} has neither a key nor anything below it", label=declared["label"]))
    return Header(declared["label"], whole, children, KINDS[declared.get("kind", "count")], _pieces(declared))


def _pieces(declared: dict[str, Any]) -> tuple[str, ...]:
    """A label in pieces between which a line may end, as it is declared with strokes there."""
    label, broken = declared["label"], declared.get("broken", "")
    if broken and broken.replace(_LINE_MAY_END, "") != label:
        raise FormError(
            Message(
                "{label}: broken is {broken!r}, which is not the label with {stroke} in it",
                label=label,
                broken=broken,
                stroke=_LINE_MAY_END,
            )
        )
    return tuple(filter(None, broken.split(_LINE_MAY_END)))


def _identity(declared: dict[str, Any], tables: tuple[Table, ...]) -> Identity:
    table = {table.key: table for table in tables}[declared["table"]]
    find = {"column": table.row, "row": table.column}[declared["each"]]
    sides = declared["equation"].split("=")
    if len(sides) != 2:
        raise FormError(
            Message(
                "{rule}: {equation!r} is not an equation of two sums",
                rule=declared["rule"],
                equation=declared["equation"],
            )
        )
    left, right = (_terms(side, find) for side in sides)
    computes = declared.get("computes")
    if computes is not None and [term.keys for term in left] != [(computes,)]:
        raise FormError(
            Message(
                "{rule}: computes {computes!r}, which must stand alone on the left",
                rule=declared["rule"],
                computes=computes,
            )
        )
    return Identity(
        rule=declared["rule"],
        severity=declared["severity"],
        table=table.key,
        each=declared["each"],
        left=left,
        right=right,
        computes=computes,
        text=declared["text"],
        text_en=declared.get("text_en", ""),
    )


def _roles(declared: dict[str, Any], tables: tuple[Table, ...]) -> Roles:
    known = [field.name for field in fields(Roles)]
    for name in declared:
        if name not in known:
            raise FormError(
                Message("roles: {name!r} is no role; those are {known}", name=name, known=Joined(", ", known))
            )
    values: dict[str, Any] = {name: tuple(keys) if isinstance(keys, list) else keys for name, keys in declared.items()}
    roles = Roles(**values)
    for name, keys in declared.items():
        for key in keys if isinstance(keys, list) else [keys]:
            if key not in _keys_for(name, roles, tables):
                raise FormError(Message("roles: {name} is {key!r}, which no table has", name=name, key=key))
    return roles


def _keys_for(role: str, roles: Roles, tables: tuple[Table, ...]) -> set[str]:
    """The keys that may have a role: tables, columns, or rows; some roles may be those of whole groups of rows."""
    by_key = {table.key: table for table in tables}
    if role in _TABLE_ROLES:
        return {*by_key}
    in_columns = role in _COLUMN_ROLES
    table = by_key.get(roles.cases if in_columns else roles.requests)
    keys = {cell.column if in_columns else cell.row for cell in table.cells} if table else set()
    groups = {key.rpartition(".")[0] for key in keys} if role in _GROUP_ROLES else set()
    return (keys | groups) - {""}


def _require_use(form: Form) -> None:
    """Refuse an identity that holds nowhere: its check would always pass."""
    used = {equation.identity for equation in form.equations}
    for identity in form.identities:
        if identity not in used:
            raise FormError(
                Message("{rule}: no part of {table} has all its keys", rule=identity.rule, table=identity.table)
            )


_TERM = re.compile(r"([+-])\s*(previous\.)?([a-z_][a-z_.]*)\s*")


def _terms(side: str, find: Callable[[str], Header]) -> tuple[Term, ...]:
    signed = side.strip()
    signed = signed if signed.startswith(("+", "-")) else f"+{signed}"
    terms, at = [], 0
    while at < len(signed):
        match = _TERM.match(signed, at)
        if match is None:
            raise FormError(Message("{side!r} is not a sum of keys", side=side.strip()))
        sign, previous, key = match.groups()
        keys = tuple(leaf.key or "" for leaf in find(key).leaves())
        terms.append(Term(-1 if sign == "-" else 1, keys, previous is not None))
        at = match.end()
    return tuple(terms)


def _edition(name: str) -> Form:
    return editions()[name]


def _reduced(form: Form) -> str | tuple[Any, ...]:
    """How a form is pickled: by the edition's name if it is one of the package's own, else as a whole."""
    if editions().get(form.edition) is form:
        return _edition, (form.edition,)
    return form.__reduce_ex__(2)


copyreg.pickle(Form, _reduced)

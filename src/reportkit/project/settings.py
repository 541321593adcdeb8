"""How a project wants its reports to be judged, ``params/project.yaml``: everything in it is optional."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from reportkit.form import editions
from reportkit.project.parameters import Names, TypedError, TypedFile, described
from reportkit.report import Place, Standard
from reportkit.system.language import Joined, Message

__all__ = ["LANGUAGES", "Settings", "parse_settings", "read_settings", "settings_schema"]

LANGUAGES = ("zh", "en")

_NAMES = Names(dict.fromkeys(("thresholds", "deadlines", "rules", "outcomes", "language"), ()))
# What each threshold is, and which numbers it may be.
_THRESHOLD: Mapping[str, tuple[Message, Callable[[Decimal], bool]]] = {
    "swing": (
        Message("how many times a figure may grow or shrink: a number above 1"),
        lambda number: number > 1,
    ),
    "swing_from": (Message("from which figure on: a number of 1 or more"), lambda number: number >= 1),
    "unchanged": (
        Message("the share of sentences that may stay as they were: 0.8, say"),
        lambda number: 0 < number <= 1,
    ),
}
_THRESHOLDS = Names(dict.fromkeys(_THRESHOLD, ()))
_SEVERITIES = ("off", "info", "warning", "error")
_DAY = re.compile(r"(\d{1,2})-(\d{1,2})", re.ASCII)
_A_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``params/project.yaml`` says.

    Parameters
    ----------
    standard
        How reports are judged.
    outcomes
        Words that ledgers use for an outcome, with the item of the form that each means, as typed.
    language
        The language of the terminal, ``zh`` or ``en``; None if the file names none.
    """

    standard: Standard = field(default_factory=Standard)
    outcomes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    language: str | None = None


def read_settings(path: Path, name: str) -> Settings:
    """Read a project's settings.

    Parameters
    ----------
    path
        The file; it need not exist.
    name
        What messages call it.

    Returns
    -------
    Settings
        What the file says, and what holds by default for the rest.

    Raises
    ------
    TypedError
        If the file cannot be read; the message names every place.

    Examples
    --------
    >>> read_settings(Path("no-such-file.yaml"), "params/project.yaml").standard.severities
    {}
    """
    return parse_settings(path.read_bytes(), name) if path.exists() else Settings()


def parse_settings(data: bytes, name: str) -> Settings:
    """Read the settings that a file of those bytes would state; see `read_settings`.

    Parameters
    ----------
    data
        What the file holds.
    name
        What messages call it.

    Returns
    -------
    Settings
        What the file says.

    Raises
    ------
    TypedError
        If it cannot be read.

    Examples
    --------
    >>> parse_settings(b"language: zh", "params/project.yaml").language
    'zh'
    """
    file = TypedFile(name)
    root = file.parse(data)
    standard: dict[str, Any] = {}
    outcomes: dict[str, str] = {}
    language: str | None = None
    for key, typed, node in file.entries(root, "", _NAMES) if root else ():
        if key == "thresholds":
            standard |= _thresholds(file, node, typed)
        elif key == "deadlines":
            standard["deadlines"] = _deadlines(file, node, typed)
        elif key == "rules":
            standard["severities"], standard["places"] = _severities(file, node, typed)
        elif key == "outcomes":
            outcomes = {word: file.text(item, f"{typed}.{word}") for word, _, item in file.entries(node, typed, None)}
        elif key == "language":
            language = _language(file, node, typed)
    if file.problems:
        raise TypedError(file.problems)
    return Settings(Standard(**standard), outcomes, language)


def settings_schema() -> dict[str, Any]:
    """The JSON schema of ``params/project.yaml``, for editors.

    Returns
    -------
    dict
        A schema of draft 2020-12.

    Examples
    --------
    >>> sorted(settings_schema()["properties"])
    ['deadlines', 'language', 'outcomes', 'rules', 'thresholds']
    """
    number = {"type": "number"}
    day = {"type": "string", "pattern": r"^\d{1,2}-\d{1,2}$"}
    parts: dict[str, dict[str, Any]] = {
        "thresholds": {
            "properties": {
                "swing": {**number, "exclusiveMinimum": 1, "default": int(Standard().swing)},
                "swing_from": {**number, "minimum": 1, "default": int(Standard().swing_from)},
                "unchanged": {**number, "exclusiveMinimum": 0, "maximum": 1, "default": float(Standard().unchanged)},
            },
            "additionalProperties": False,
        },
        "deadlines": {"properties": dict.fromkeys(_levels(), day), "additionalProperties": False},
        "rules": {"additionalProperties": {"enum": [*_SEVERITIES, False]}},
        "outcomes": {"additionalProperties": {"type": "string"}},
    }
    properties: dict[str, Any] = {key: {"type": ["object", "null"], **part} for key, part in parts.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "params/project.yaml",
        "type": ["object", "null"],
        "properties": {**properties, "language": {"enum": [*LANGUAGES, None]}},
        "additionalProperties": False,
    }


def _thresholds(file: TypedFile, node: yaml.Node, where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, typed, value in file.entries(node, where, _THRESHOLDS):
        number = _number(file.text(value, f"{where}.{typed}"))
        meant, holds = _THRESHOLD[key]
        if number is not None and holds(number):
            found[key] = number
        else:
            wrong = Message("{meaning}, not {described}", meaning=meant, described=described(value))
            file.problem(value, f"{where}.{typed}", wrong)
    return found


def _deadlines(file: TypedFile, node: yaml.Node, where: str) -> dict[str, tuple[int, int]]:
    """The last day of each level; local ones may come before the law's, not after it."""
    found: dict[str, tuple[int, int]] = {}
    for level, typed, value in file.entries(node, where, Names(dict.fromkeys(_levels(), ()))):
        at = f"{where}.{typed}"
        written = file.text(value, at)
        day = _day(written)
        last = next(reversed(editions().values())).deadline.days[level]
        if day is None:
            file.problem(
                value, at, Message("{written!r} is not a day: write it as 01-20, in quotation marks", written=written)
            )
        elif day > last:
            file.problem(
                value,
                at,
                Message(
                    "{written} is later than the law allows: {last:02}-{last2:02} at the latest",
                    written=written,
                    last=last[0],
                    last2=last[1],
                ),
            )
        else:
            found[level] = day
    return found


def _severities(file: TypedFile, node: yaml.Node, where: str) -> tuple[dict[str, str], dict[str, Place]]:
    """The severity of each rule that is named, and where it stands; whether there is such a rule, the checks say."""
    found: dict[str, str] = {}
    places: dict[str, Place] = {}
    for rule, _, value in file.entries(node, where, None):
        severity = file.text(value, f"{where}.{rule}").lower()
        if severity in _SEVERITIES:
            found[rule], places[rule] = severity, file.place(value)
        else:
            file.problem(
                value,
                f"{where}.{rule}",
                Message(
                    "{severity!r} is no severity: write one of {listed}",
                    severity=severity,
                    listed=Joined(", ", _SEVERITIES),
                ),
            )
    return found, places


def _language(file: TypedFile, node: yaml.Node, where: str) -> str | None:
    language = file.text(node, where).lower()
    if language and language not in LANGUAGES:
        file.problem(
            node,
            where,
            Message("{language!r} is not a language that is spoken here: write zh or en", language=language),
        )
    return language or None


def _levels() -> list[str]:
    return list(next(reversed(editions().values())).deadline.days)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _day(text: str) -> tuple[int, int] | None:
    typed = _DAY.fullmatch(text.strip())
    try:
        day = date(_A_LEAP_YEAR, int(typed[1]), int(typed[2])) if typed else None
    except ValueError:
        return None
    return (day.month, day.day) if day else None

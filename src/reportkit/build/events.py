"""What happens in a build, as it happens, and a file that tells it to another program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from reportkit.build.one_report import Built, Failed
from reportkit.build.overview import OverviewMade
from reportkit.build.plan import Step
from reportkit.project.folder import ReportKey
from reportkit.system.errors import InputError, reason
from reportkit.system.language import Counted, Message

__all__ = ["Ended", "Event", "Note", "Started", "Workers", "as_json", "event_file"]


@dataclass(frozen=True, slots=True)
class Started:
    """It is a report's turn: a process builds it.

    Parameters
    ----------
    key
        Which report.
    """

    key: ReportKey


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the build that is to be known, such as a worker that is set aside.

    Parameters
    ----------
    message
        In a line.
    """

    message: str


@dataclass(frozen=True, slots=True)
class Workers:
    """Workers of the cluster have come or gone.

    Parameters
    ----------
    number
        How many there are now.
    """

    number: int

    def __str__(self) -> str:
        return str(self.told())

    def told(self) -> Message:
        """How many workers there are, in words."""
        if not self.number:
            return Message("0 workers, waiting")
        return Counted("{count} worker", "{count} workers", count=self.number)


@dataclass(frozen=True, slots=True)
class Ended:
    """The build is over.

    Parameters
    ----------
    built, fresh, failed, left
        How many reports were built, were up to date, failed, and were not built.
    seconds
        How long it took.
    why
        Why it ended before its last report; empty if it did not.
    findings
        How many findings stand in the reports that were built or up to date, by severity.
    withheld
        How many of them have no published page, since errors stand in them.
    """

    built: int
    fresh: int
    failed: int
    left: int
    seconds: float
    why: str
    findings: Mapping[str, int] = field(default_factory=dict)
    withheld: int = 0


Event: TypeAlias = Step | Started | Built | Failed | OverviewMade | Note | Workers | Ended


def as_json(event: Event) -> dict[str, Any]:
    """An event as a program reads it.

    Parameters
    ----------
    event
        The event; the step of a plan is the event that it was planned.

    Returns
    -------
    dict
        What happened under ``event``, and more by what it is.

    Examples
    --------
    >>> as_json(Started(ReportKey("linyi-fao", 2023)))
    {'event': 'started', 'agency': 'linyi-fao', 'year': 2023}
    """
    match event:
        case Step(key, why):
            return {"event": "planned", **_named(key), "why": why}
        case Started(key):
            return {"event": "started", **_named(key)}
        case Built(key, _, counts):
            told = {"findings": dict(counts), "withheld": event.withheld, "seconds": round(event.seconds, 3)}
            return {"event": "built", **_named(key), **told}
        case Failed():
            return {"event": "failed", **event.as_json()}
        case OverviewMade(year, failed):
            return {"event": "overview", "year": year, "failed": failed or None}
        case Note(message):
            return {"event": "note", "message": message}
        case Workers(number):
            return {"event": "workers", "number": number}
        case Ended(built, fresh, failed, left, seconds, why):
            counts = {"built": built, "fresh": fresh, "failed": failed, "left": left}
            found = {"findings": dict(event.findings), "withheld": event.withheld}
            return {"event": "ended", **counts, **found, "seconds": round(seconds, 3), "why": why or None}


def _named(key: ReportKey) -> dict[str, Any]:
    return {"agency": key.agency, "year": key.year}


@contextmanager
def event_file(path: Path | None) -> Iterator[Callable[[Event], None]]:
    """Open a file of events: a line of JSON for each, written at once, with the time.

    Parameters
    ----------
    path
        The file, which is begun anew; None for no file.

    Yields
    ------
    callable
        Writes an event. If that fails later on, as on a full disk, the file ends there and the build goes on.

    Raises
    ------
    InputError
        If the file cannot be opened.
    """
    if path is None:
        yield lambda _: None
        return
    try:
        file = path.open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        why = reason(error)
        told = Message("--events {path}: {why}; name a file that can be written to", path=path, why=why)
        raise InputError(told) from error
    written = _EventFile(file)
    try:
        yield written.write
    finally:
        written.close()


class _EventFile:
    """A file of events that ends where it cannot be written to."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, event: Event) -> None:
        if self._file.closed:
            return
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            self._file.write(json.dumps({"time": time, **as_json(event)}, ensure_ascii=False) + "\n")
        except OSError:
            self.close()

    def close(self) -> None:
        with suppress(OSError):  # what it still held cannot be written either
            self._file.close()

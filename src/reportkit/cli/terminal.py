"""What commands print: text as it is, JSON, errors, findings as a table, a progress bar.

Everything goes out through one door: `standard_streams` for what is written as text, `new_console` for what has
colours. Control characters in names, messages and the like are shown there, and never reach the terminal.
"""

from __future__ import annotations

import codecs
import io
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, Protocol, TextIO, cast

import click

from reportkit.system.language import Counted, Joined, Message, said
from reportkit.text import bounded, exposed

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
    from rich.text import Text


__all__ = [
    "STANDARD_OUTPUT",
    "counted_findings",
    "every",
    "new_console",
    "print_error",
    "print_json",
    "progress",
    "severity_counts",
    "standard_streams",
    "tell",
]

STANDARD_OUTPUT = "standard output"
"""What an error that comes from there names as its file."""
_STANDARD_ERROR = "standard error"
# What a stream of ASCII says it is; what that lacks is written as a code all the same.
_NARROW = "latin-1"


@contextmanager
def standard_streams() -> Iterator[None]:
    """Show control characters in all that is written to standard output and standard error.

    What the encoding of a stream lacks is shown as a code, too. An error in writing names the stream.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    out, err = _Stream(sys.stdout, STANDARD_OUTPUT), _Stream(sys.stderr, _STANDARD_ERROR)
    with redirect_stdout(cast("TextIO", out)), redirect_stderr(cast("TextIO", err)):
        yield


class _Stream:
    """A standard stream under its name, and how a text is changed before it is written there."""

    def __init__(self, stream: TextIO, name: str, change: Callable[[str], str] = exposed) -> None:
        self._stream, self._name, self._change = stream, name, change

    def write(self, text: str) -> int:
        with self._named():
            return self._stream.write(self._change(text))

    def flush(self) -> None:
        with self._named():
            self._stream.flush()

    def for_console(self) -> _Stream:
        """The same stream for a console, which has changed what is not its own before it writes."""
        return _Stream(self._stream, self._name, str)

    @property
    def encoding(self) -> str | None:
        """The encoding, but never ASCII: Click would write UTF-8 around a stream that says so."""
        encoding = getattr(self._stream, "encoding", None)
        return _NARROW if encoding and codecs.lookup(encoding).name == "ascii" else encoding

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, self._name) from error


def new_console(*, stderr: bool = False) -> Console:
    """A console that prints text as it is, even if part of a name or a message looks like markup.

    Control characters in what is printed are shown; only the console's own change the terminal.
    """
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    file = cast("TextIO", stream.for_console()) if isinstance(stream, _Stream) else None
    console = Console(highlight=False, markup=False, emoji=False, stderr=stderr, file=file)
    console.push_render_hook(cast("RenderHook", _Exposing()))
    return console


class _Exposing:
    """What rich calls with everything that a console is to print."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Exposed(renderable) for renderable in renderables]


class _Exposed:
    """Something to be printed, with the control characters in its text shown."""

    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.segment import Segment

        for segment in console.render(self._renderable, options):
            yield segment if segment.control else Segment(exposed(segment.text), segment.style)


class Advance(Protocol):
    """Moves a progress bar on by one item, which may have failed."""

    def __call__(self, *, failed: bool = False) -> None: ...


@contextmanager
def progress(console: Console, doing: Message, total: int) -> Iterator[Advance]:
    """Show a progress bar below what is printed, if the console is a terminal.

    Parameters
    ----------
    console
        Where it is shown.
    doing
        What is being done, such as ``Message("building")``.
    total
        How many items there are.

    Yields
    ------
    Advance
        To be called after each item; with ``failed=True`` if it failed.
    """
    from rich import progress as bars

    columns: list[bars.ProgressColumn] = [
        bars.TextColumn(said(doing)),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[state]}"),
        bars.TimeElapsedColumn(),
        bars.TimeRemainingColumn(elapsed_when_finished=True),
    ]
    with bars.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("", total=total, failed=0, state=said(_standing(0, total, 0.0)))

        def advance(*, failed: bool = False) -> None:
            shown.advance(task)
            state = shown.tasks[task]
            failures = state.fields["failed"] + failed
            standing = _standing(failures, int(state.remaining or 0), state.finished_speed or state.speed or 0.0)
            shown.update(task, failed=failures, state=said(standing))

        yield advance


@contextmanager
def every(seconds: float | None, say: Callable[[], None]) -> Iterator[None]:
    """Say something every so often while the block runs.

    Parameters
    ----------
    seconds
        How many seconds to let pass each time; None to say nothing.
    say
        Says it; called in another thread.
    """
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(seconds):
            say()

    if seconds is not None:
        threading.Thread(target=go_on, daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _standing(failed: int, left: int, rate: float) -> Message:
    return Message("{failed} failed, {left} left, {rate} a second", failed=failed, left=left, rate=f"{rate:.1f}")


def print_error(message: object) -> None:
    """Print an error on standard error."""
    told = bounded(said(Message("error: {message}", message=message)), said(Message("… and {} more lines")))
    click.echo(exposed(told), err=True)


def tell(message: object, *, stderr: bool = False) -> None:
    """Print a message in the reader's language; on standard error what is to be known, but is no answer."""
    click.echo(exposed(said(message)), err=stderr)  # click would leave some out


def print_json(data: Any, *, indent: int | None = 1) -> None:
    """Print data as JSON on standard output, on one line without an indent; in ASCII where that cannot hold all."""
    holds_all = (sys.stdout.encoding or "").lower().startswith("utf")
    click.echo(json.dumps(data, ensure_ascii=not holds_all, indent=indent))


def severity_counts(counts: Mapping[str, int]) -> Text:
    """The number of findings of each severity, gravest first: 3 errors, 1 warning."""
    from rich.text import Text

    from reportkit.checks import SEVERITIES

    found = [severity for severity in SEVERITIES if counts.get(severity)]
    text = Joined(", ", [counted_findings(severity, counts[severity]) for severity in found])
    return Text(said(text if found else Message("no findings")), SEVERITIES[found[0]].style if found else "green")


def counted_findings(severity: str, count: int) -> Message:
    """So many findings of a severity, in words: 3 errors."""
    if severity == "error":
        return Counted("{count} error", "{count} errors", count=count)
    if severity == "warning":
        return Counted("{count} warning", "{count} warnings", count=count)
    return Message("{count} info", count=count)

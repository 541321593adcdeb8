"""The command that shows what texts state about the tables: claims."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from reportkit.cli.app import YEAR, app, output_format, project_folder, project_in
from reportkit.cli.terminal import new_console, print_json, tell
from reportkit.cli.words import argument, option
from reportkit.system.errors import InputError
from reportkit.system.language import Counted, Joined, Message, said
from reportkit.text import breadth, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

    from reportkit.claims import Claim
    from reportkit.report import AnnualReport

__all__ = ["claims"]

_STANDARD_INPUT = "-"
_WIDEST = 100  # a line below a text, in columns


class _Look(NamedTuple):
    """How a claim looks: by a sign and its word, and only then by colour."""

    sign: str
    word: Message
    style: str


# Those that matter most are drawn last, over the others.
_LOOKS = {
    None: _Look("○", Message("not compared"), "dim underline"),
    True: _Look("✔", Message("right"), "green"),
    False: _Look("✖", Message("wrong"), "bold red"),
}
_KINDS = {
    "count": Message("count"),
    "part": Message("part"),
    "denial": Message("denial"),
    "share": Message("share"),
    "growth": Message("growth"),
    "period": Message("period"),
}


class _Shown(NamedTuple):
    """A claim to be shown: whether the report bears it out, and what the tables hold, in Chinese."""

    claim: Claim
    holds: bool | None
    tables: tuple[str, ...]


@app.command(
    "claims",
    help=Message(
        "Show what a text states about the tables, and whether the tables say the same.\n\n"
        "Of an agency, the texts of its report for the year are read and held against its tables. Of a file, only what "
        "is meant is shown: a name with a slash in it, or of a file that exists, is a file; any other is an agency.\n\n"
        'As JSON: a list of {"section", "quote", "start", "end", "kind", "value", "unit", "approximate", "year", '
        '"readings", "of", "about", "holds"}. With --jsonl, each line of the file is {"id", "year", "text"}, with '
        '"agency" where that is known, and is answered by a line {"id", "claims"}.'
    ),
    epilog=Message("Example: reportkit claims linyi-fao --year 2023"),
)
@argument(
    "target",
    metavar=Message("AGENCY|FILE"),
    help=Message("An agency by id, full or short name; or a file, - for standard input."),
)
@option("--year", "-y", type=YEAR, metavar=Message("YEAR"), help=Message("The year reported on."))
@option("--jsonl", "lines", is_flag=True, help=Message("Read the file line by line, each a text of its own as JSON."))
@output_format
@project_folder
def claims(target: str, year: int | None, lines: bool, output_format: str, project: Path | None) -> None:
    """Show what texts state."""
    if lines:
        _answer_lines(target, year)
        return
    if year is None:
        raise click.UsageError(said(Message("name the year reported on: --year 2023")))
    if _is_file(target):
        _show_text(target, year, output_format)
    else:
        _show_report(project_in(project).open_report(target, year), output_format)


def _is_file(target: str) -> bool:
    """Whether the argument names a file: agencies' names have no slashes and no endings."""
    from reportkit.documents.detection import endings

    path = Path(target)
    return target == _STANDARD_INPUT or path.name != target or path.suffix.lower() in endings() or path.is_file()


# ---------------------------------------------------------------- a report, a text


def _show_report(report: AnnualReport, output_format: str) -> None:
    from reportkit.checks.claims import said_by_tables, stated

    told = stated(report)
    if output_format == "json":
        print_json([each.claim.as_json(each.holds) for each in told])
        return
    console = new_console()
    for section in report.sections_with_text:
        shown = [
            _Shown(each.claim, each.holds, said_by_tables(each.claim, report))
            for each in told
            if each.claim.section == section.key
        ]
        if not report.text(section).strip():
            continue
        _print_text(console, section.title or said(Message("preamble")), report.text(section), shown)
    tell(_summary([each.holds for each in told]))


def _show_text(target: str, year: int, output_format: str) -> None:
    from reportkit.checks.claims import name_of_reading
    from reportkit.claims import read_claims
    from reportkit.form import form_for

    form, text = form_for(year), _text_in(target)
    found = read_claims(text, form, year)
    if output_format == "json":
        print_json([claim.as_json() for claim in found])
        return
    shown = [
        _Shown(claim, None, tuple(name_of_reading(reading, form) for reading in claim.readings)) for claim in found
    ]
    _print_text(new_console(), "", text, shown)
    tell(Counted("{count} claim", "{count} claims", count=len(found)))


def _text_in(target: str) -> str:
    from reportkit.documents.decoding import decoded
    from reportkit.documents.detection import read_text
    from reportkit.documents.document import UnreadableError

    if target == _STANDARD_INPUT:
        return decoded(sys.stdin.buffer.read())
    try:
        return read_text(Path(target))
    except UnreadableError as error:
        raise InputError(Joined(": ", [target, error.args[0]])) from error


def _print_text(console: Console, title: str, text: str, shown: Sequence[_Shown]) -> None:
    """A text with its claims marked, and below it each claim with what the tables hold."""
    if title:
        console.print(title, style="bold", soft_wrap=True)
    console.print(_marked(text.strip("\n"), text, shown), soft_wrap=True)
    if shown:
        console.print()
    width = min(console.width, _WIDEST)
    for each in shown:
        look, claim = _LOOKS[each.holds], each.claim
        told = Joined(", ", [_KINDS[claim.kind], *([] if each.holds is None else [look.word]), *_remarks(claim)])
        head = Message("{kind}: “{quote}”", kind=told, quote=claim.quote)
        _print_lines(console, f"  {look.sign} ", said(head), look.style, width)
        for cells in each.tables:
            _print_lines(console, "    ", cells, "", width)
    console.print()


def _marked(shown_text: str, text: str, shown: Iterable[_Shown]) -> Text:
    """The text with each claim in its style."""
    from rich.text import Text

    marked, cut = Text(shown_text), text.index(shown_text)
    for holds, look in _LOOKS.items():
        for each in shown:
            if each.holds is holds:
                marked.stylize(look.style, each.claim.start - cut, each.claim.end - cut)
    return marked


def _remarks(claim: Claim) -> list[Message]:
    """Why a claim is not compared, where its words say so."""
    if claim.approximate:
        return [Message("approximate")]
    if claim.about is not None:
        return [Message("handling fee, which has no cell")]
    return [] if claim.readings or claim.kind == "period" else [Message("no cell holds it")]


def _print_lines(console: Console, before: str, text: str, style: str, width: int) -> None:
    for line in wrapped(text, max(width - breadth(before), 20)):
        console.print(f"{before}{line}", style=style, soft_wrap=True)
        before = " " * breadth(before)


def _summary(told: Sequence[bool | None]) -> Message:
    counts = (
        Counted("{count} claim", "{count} claims", count=len(told)),
        Message("{count} right", count=told.count(True)),
        Message("{count} wrong", count=told.count(False)),
        Message("{count} not compared", count=told.count(None)),
    )
    return Joined(", ", counts)


# ---------------------------------------------------------------- a corpus


def _answer_lines(target: str, year: int | None) -> None:
    """Answer each line of a corpus as soon as it is read."""
    from reportkit.claims import read_claims
    from reportkit.form import form_for

    for number, line in enumerate(_lines_of(target), start=1):
        if not line.strip():
            continue
        passage = _passage(line, f"{target}:{number}", year)
        reported = passage["year"]
        names = [passage["agency"]] if isinstance(passage.get("agency"), str) else []
        found = read_claims(passage["text"], form_for(reported), reported, names)
        print_json({"id": passage.get("id"), "claims": [claim.as_json() for claim in found]}, indent=None)


def _lines_of(target: str) -> Iterator[bytes]:
    if target == _STANDARD_INPUT:
        yield from sys.stdin.buffer
        return
    with Path(target).open("rb") as file:
        yield from file


def _passage(line: bytes, place: str, year: int | None) -> dict[str, Any]:
    """What a line of a corpus holds; the year is the one on the command line where it names none."""
    try:
        passage = json.loads(line.removeprefix(b"\xef\xbb\xbf").decode())
    except ValueError as error:
        raise InputError(Message("{place}: not a line of JSON", place=place)) from error
    if not isinstance(passage, dict) or not isinstance(passage.get("text"), str):
        raise InputError(Message('{place}: write {{"id": …, "year": 2023, "text": "…"}}', place=place))
    passage.setdefault("year", year)
    if type(passage["year"]) is not int:
        raise InputError(Message('{place}: no "year"; write it there, or name it with --year', place=place))
    return passage

"""The command that binds the figures of texts to the tables: bind."""

from __future__ import annotations

import difflib
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportkit.cli.app import app, project_folder, project_in, required_year
from reportkit.cli.terminal import new_console, tell
from reportkit.cli.words import argument, option
from reportkit.system.language import Counted, Message, said

if TYPE_CHECKING:
    from rich.console import Console

    from reportkit.intake.binding import Offer, Replacement

__all__ = ["bind"]

_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_CONTEXT = 1  # lines around a change


@app.command(
    "bind",
    help=Message(
        "Bind the figures that a report's texts state to the tables, so that both always say the same.\n\n"
        "What a text states and the tables bear out is replaced by an expression, where there is but one way to read "
        "it; all else stays as it is. The changes are shown as a diff. On a terminal each is asked for; elsewhere "
        "nothing is written without --yes."
    ),
    epilog=Message("Example: reportkit bind linyi-fao --year 2023"),
)
@argument("agency", metavar=Message("AGENCY"), help=Message("An agency by id, full or short name."))
@required_year
@option("--yes", is_flag=True, help=Message("Replace all without asking."))
@project_folder
def bind(agency: str, year: int, yes: bool, project: Path | None) -> None:
    """Show what can be bound, and write what is accepted."""
    from reportkit.intake.binding import offer, put_into

    opened, console = project_in(project), new_console()
    offered = offer(opened, agency, year)
    if not offered.replacements:
        tell(Message("{file}: nothing to bind", file=offered.name))
        return
    if not yes and _is_asked(console):
        accepted = _chosen(console, offered)
    else:
        _print_diff(console, offered, offered.replacements)
        accepted = offered.replacements if yes else ()
    if accepted:
        put_into(opened, offered, accepted)
        count = len(accepted)
        tell(Counted("{file}: {count} figure bound", "{file}: {count} figures bound", count=count, file=offered.name))
    else:
        tell(Message("{file}: nothing was written; --yes replaces all", file=offered.name))


def _is_asked(console: Console) -> bool:
    """Whether somebody is there to answer."""
    return console.is_terminal and sys.stdin.isatty()


def _chosen(console: Console, offered: Offer) -> tuple[Replacement, ...]:
    """What the user accepts, line by line."""
    accepted: list[Replacement] = []
    for _, line in groupby(offered.replacements, key=lambda each: each.line):
        replacements = tuple(line)
        _print_diff(console, offered, replacements)
        if click.confirm(said(Message("Replace this?"))):
            accepted += replacements
    return tuple(accepted)


def _print_diff(console: Console, offered: Offer, replacements: tuple[Replacement, ...]) -> None:
    from reportkit.intake.binding import put

    before, after = offered.text.split("\n"), put(offered.text, replacements).split("\n")
    for line in difflib.unified_diff(before, after, offered.name, offered.name, n=_CONTEXT, lineterm=""):
        heading = line.startswith(("---", "+++"))
        console.print(line.rstrip("\r"), style="bold" if heading else _STYLES.get(line[:1], ""), soft_wrap=True)

"""The command that lists the rules of the checks: rules."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportkit.cli.app import YEAR, app, project_folder
from reportkit.cli.terminal import new_console, print_json
from reportkit.cli.words import option
from reportkit.system.language import Language, Message, current_language, said

if TYPE_CHECKING:
    from rich.console import Console

    from reportkit.checks import Rule

__all__ = ["rules"]


@app.command(
    "rules",
    help=Message(
        "List every rule of the checks: what must hold, how grave a breach is, and what the law says.\n\n"
        'As JSON: a list of {"rule", "severity", "meaning", "meaning_en", "basis"}, in the order in which findings '
        "are given."
    ),
    epilog=Message("Example: reportkit rules --year 2023 --format json"),
)
@option(
    "--year",
    "-y",
    type=YEAR,
    metavar=Message("YEAR"),
    help=Message("The year whose edition of the form is meant; the newest by default."),
)
@option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help=Message("Text for people, JSON for programs, a table for documentation."),
)
@project_folder
def rules(year: int | None, output_format: str, project: Path | None) -> None:
    """List the rules."""
    from reportkit.checks import every_rule
    from reportkit.checks.listing import markdown_table
    from reportkit.form import editions, form_for

    form = form_for(year) if year is not None else [*editions().values()][-1]
    listed = every_rule(form)
    if output_format == "json":
        print_json([rule.as_json() for rule in listed])
    elif output_format == "markdown":
        click.echo(markdown_table(listed, current_language()), nl=False)
    else:
        _print_rules(new_console(), listed, current_language())


def _print_rules(console: Console, listed: Iterable[Rule], language: Language) -> None:
    """The rules as a table, and below it what it numbers: the articles that ask for them, each once."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from reportkit.checks import SEVERITIES
    from reportkit.checks.listing import heads_in, meaning_in, severity_in

    table = Table(box=box.SIMPLE_HEAD)
    heads = (*heads_in(language), said(Message("basis")))
    for head, folded in zip(heads, (False, False, True, False), strict=True):
        table.add_column(head, no_wrap=not folded, overflow="fold")
    numbers: dict[str, int] = {}
    for rule in listed:
        grave = Text(severity_in(rule, language), style=SEVERITIES[rule.severity].style)
        asked = f"[{numbers.setdefault(rule.basis, len(numbers) + 1)}]" if rule.basis else ""
        table.add_row(rule.id, grave, meaning_in(rule, language), asked)
    console.print(table)
    notes = Table.grid(padding=(0, 1))
    for basis, number in numbers.items():
        notes.add_row(f" [{number}]", Text(basis, overflow="fold"))
    console.print(notes)

"""The command that lists the rules of the checks: rules."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from reportkit.cli.app import app
from reportkit.cli.terminal import new_console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from reportkit.checks import Rule

__all__ = ["rules"]

# The head of the column that numbers what asks for a rule.
_BASIS = {"zh": "依据", "en": "basis"}


class RulesFormat(StrEnum):
    """How the rules are listed."""

    text = "text"
    json = "json"
    markdown = "markdown"


class Language(StrEnum):
    """The language in which the rules are listed."""

    zh = "zh"
    en = "en"


@app.command(epilog="Example: reportkit rules --year 2023 --format json")
def rules(
    year: Annotated[
        int | None,
        typer.Option("--year", "-y", help="The year whose edition of the form is meant; the newest by default."),
    ] = None,
    output_format: Annotated[
        RulesFormat, typer.Option("--format", help="Text for people, JSON for programs, a table for documentation.")
    ] = RulesFormat.text,
    language: Annotated[Language, typer.Option("--lang", help="Chinese or English; JSON has both.")] = Language.zh,
) -> None:
    """List every rule of the checks: what must hold, how grave a breach is, and what the law says.

    As JSON: a list of {"rule", "severity", "meaning", "meaning_en", "basis"}, in the order in which findings are given.
    """
    from reportkit.checks import every_rule
    from reportkit.checks.listing import markdown_table
    from reportkit.form import editions, form_for

    form = form_for(year) if year is not None else [*editions().values()][-1]
    listed = every_rule(form)
    if output_format is RulesFormat.json:
        print_json([rule.as_json() for rule in listed])
    elif output_format is RulesFormat.markdown:
        typer.echo(markdown_table(listed, language), nl=False)
    else:
        _print_rules(new_console(), listed, language)


def _print_rules(console: Console, listed: Iterable[Rule], language: Language) -> None:
    """The rules as a table, and below it what it numbers: the articles that ask for them, each once."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from reportkit.checks import SEVERITIES
    from reportkit.checks.listing import heads_in, meaning_in, severity_in

    table = Table(box=box.SIMPLE_HEAD)
    for head, folded in zip((*heads_in(language), _BASIS[language]), (False, False, True, False), strict=True):
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

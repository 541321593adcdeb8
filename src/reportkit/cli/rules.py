"""The command that lists the rules of the checks: rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportkit.cli.app import YEAR, app, project_folder, project_in
from reportkit.cli.terminal import new_console, print_json
from reportkit.cli.words import Choice, option
from reportkit.system.language import Language, Message, current_language, said

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from reportkit.checks import JudgedRule
    from reportkit.report import Standard

__all__ = ["rules"]

# What marks a rule of the project's own.
_OWN = "*"


@app.command(
    "rules",
    help=Message(
        "List every rule of the checks: what must hold, how grave a breach is, and what the law says. In a project, "
        "its own rules are listed too, and which rules it turns off or makes graver.\n\n"
        'As JSON: a list of {"rule", "severity", "meaning", "meaning_en", "basis", "judged", "own"}, in the order in '
        'which findings are given; "judged" is how grave a breach is in the project, or "off".'
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
    type=Choice(["text", "json", "markdown"]),
    default="text",
    help=Message("Text for people, JSON for programs, a table for documentation."),
)
@project_folder
def rules(year: int | None, output_format: str, project: Path | None) -> None:
    """List the rules."""
    from reportkit.checks import judged_rules
    from reportkit.checks.listing import markdown_table
    from reportkit.form import editions, form_for

    form = form_for(year) if year is not None else [*editions().values()][-1]
    listed = judged_rules(_standard(project), form)
    if output_format == "json":
        print_json([judged.as_json() for judged in listed])
    elif output_format == "markdown":
        click.echo(markdown_table((judged.rule for judged in listed), current_language()), nl=False)
    else:
        _print_rules(new_console(), listed, current_language())


def _standard(folder: Path | None) -> Standard:
    """How the project wants its reports judged, if there is one where the command is given."""
    from reportkit.project.folder import ProjectError
    from reportkit.report import Standard

    if folder is not None:
        return project_in(folder).settings.standard
    try:
        project = project_in(None)
    except ProjectError:
        return Standard()
    return project.settings.standard


def _print_rules(console: Console, listed: Iterable[JudgedRule], language: Language) -> None:
    """The rules as a table, and below it what it numbers: the articles that ask for them, each once."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from reportkit.checks.listing import heads_in, meaning_in

    table = Table(box=box.SIMPLE_HEAD)
    heads = (*heads_in(language), said(Message("basis")))
    for head, folded in zip(heads, (False, False, True, False), strict=True):
        table.add_column(head, no_wrap=not folded, overflow="fold")
    numbers: dict[str, int] = {}
    own = False
    for judged in listed:
        rule, own = judged.rule, own or judged.own
        asked = f"[{numbers.setdefault(rule.basis, len(numbers) + 1)}]" if rule.basis else ""
        named = f"{rule.id} {_OWN}" if judged.own else rule.id
        table.add_row(named, _severity(judged, language), meaning_in(rule, language), asked)
    console.print(table)
    notes = Table.grid(padding=(0, 1))
    if own:
        notes.add_row(f" {_OWN}", said(Message("a rule of this project's own, in notebooks/checks.py")))
    for basis, number in numbers.items():
        notes.add_row(f" [{number}]", Text(basis, overflow="fold"))
    console.print(notes)


def _severity(judged: JudgedRule, language: Language) -> Text:
    """How grave a breach is; of a rule that the project turns off or makes graver also how grave it was."""
    from rich.text import Text

    from reportkit.checks import SEVERITIES
    from reportkit.checks.listing import severity_in

    plain = severity_in(judged.rule, language)
    if judged.severity == judged.rule.severity:
        return Text(plain, style=SEVERITIES[judged.severity].style)
    if judged.severity not in SEVERITIES:
        return Text(said(Message("off ({severity})", severity=plain)), style="dim")
    graver = severity_in(replace(judged.rule, severity=judged.severity), language)
    told = Message("{graver} (was {severity})", graver=graver, severity=plain)
    return Text(said(told), style=SEVERITIES[judged.severity].style)

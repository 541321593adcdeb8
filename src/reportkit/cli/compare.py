"""The command that shows what differs between two reports: compare."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportkit.cli.app import YEAR, app, output_format, project_folder, project_in
from reportkit.cli.terminal import new_console, print_json, tell
from reportkit.cli.words import argument, option
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message, said
from reportkit.text import breadth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

    from reportkit.display.comparison import Comparison, Sentence
    from reportkit.report import AnnualReport

__all__ = ["compare"]

_SIGNS = {"changed": "~", "moved": "→", "new": "+", "dropped": "-"}
_BRACKETS = {"out": "[-{}-]", "in": "{{+{}+}}"}
_STYLES = {"same": "", "in": "green underline", "out": "red strike"}


@app.command(
    "compare",
    help=Message(
        "Show what differs between two reports: figures cell by cell, texts sentence by sentence.\n\n"
        "An agency's report for a year is held against last year's, or against that of the year that --with names; of "
        "two files, published reports in any format that is read, the second against the first.\n\n"
        'As JSON: {"agency", "year", "with", "figures", "texts"}.'
    ),
    epilog=Message("Example: reportkit compare shili-health --year 2024"),
)
@argument(
    "reports",
    nargs=-1,
    required=True,
    metavar=Message("AGENCY|FILE FILE"),
    help=Message("An agency by id, full or short name; or two published reports, the earlier first."),
)
@option("--year", "-y", type=YEAR, metavar=Message("YEAR"), help=Message("The year reported on."))
@option(
    "--with",
    "other",
    type=YEAR,
    metavar=Message("YEAR"),
    help=Message("The year to compare with; by default the year before."),
)
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar=Message("FILE"),
    help=Message("Write a page instead, with the changed words marked."),
)
@output_format
@project_folder
def compare(
    reports: tuple[str, ...],
    year: int | None,
    other: int | None,
    output: Path | None,
    output_format: str,
    project: Path | None,
) -> None:
    """Show what differs."""
    from reportkit.display.comparison import compared

    if len(reports) > 2:
        raise click.UsageError(said(Message("name one agency, or two files")))
    before, after = _files(reports) if len(reports) == 2 else _years(reports[0], year, other, project)
    told = compared(before, after)
    if output is not None:
        _write_page(output, told)
        tell(Message("wrote {path}", path=output))
    elif output_format == "json":
        print_json(told.as_json())
    else:
        _print(new_console(), told)


def _years(named: str, year: int | None, other: int | None, folder: Path | None) -> tuple[AnnualReport, AnnualReport]:
    if year is None:
        raise click.UsageError(said(Message("name the year reported on: --year 2023")))
    project = project_in(folder)
    return project.open_report(named, year - 1 if other is None else other), project.open_report(named, year)


def _files(names: tuple[str, ...]) -> tuple[AnnualReport, AnnualReport]:
    from reportkit.intake.published.importing import read_published, unregistered_agency
    from reportkit.system.bounded import Refusal

    found = []
    for file, published in read_published([Path(name) for name in names]):
        if isinstance(published, Refusal):
            raise InputError(Joined(": ", [file, published.message]))
        if published.year is None:
            raise InputError(Message("{file}: its year was not found", file=file))
        found.append(published.report(unregistered_agency(published)))
    return found[0], found[1]


# ---------------------------------------------------------------- how it is shown


def _write_page(path: Path, told: Comparison) -> None:
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    from reportkit.display import comparison
    from reportkit.publish.exporters import export
    from reportkit.system.files import write_file

    part = comparison.shown(told, linked=False)
    title = f"<h1>{escape(told.after.agency.name)}{told.after.year}年度政府信息公开工作年度报告：比较</h1>"
    output = new_output("display_data", {"text/html": title + part._repr_html_()})
    page = export(new_notebook(cells=[new_code_cell("compare", outputs=[output])]), "publish")
    write_file(path, page.encode())


def _print(console: Console, told: Comparison) -> None:
    from rich.text import Text

    from reportkit.display.comparison import summary

    console.print(Text(summary(told), "bold"), soft_wrap=True)
    for line in _figures(told):
        console.print(line, soft_wrap=True)
    for text in told.texts:
        changed = [sentence for sentence in text.sentences if sentence.kind in _SIGNS]
        if changed and text.title:
            console.print(Text(text.title, "bold"), soft_wrap=True)
        for sentence in changed:
            console.print(_sentence(sentence, marked=console.color_system is None), soft_wrap=True)


def _figures(told: Comparison) -> Iterator[str]:
    """A line for each figure that differs, in columns."""
    from reportkit.form.addresses import name_of
    from reportkit.form.figures import figure_text

    rows = [
        (
            name_of(change.address, told.after.form),
            f"{figure_text(change.before) or '空白'} → {figure_text(change.after) or '空白'}",
            change.grown,
            "" if change.share is None else f"{change.share:+f}%",
        )
        for change in told.figures
    ]
    widths = [max((breadth(row[column]) for row in rows), default=0) for column in range(3)]
    for row in rows:
        padded = (text + " " * (width - breadth(text)) for text, width in zip(row, [*widths, 0], strict=True))
        yield f"  {'  '.join(padded)}".rstrip()


def _sentence(sentence: Sentence, *, marked: bool) -> Text:
    """A sentence with what is gone and what is new, in colour; where there is none, in brackets."""
    from rich.text import Text

    brackets = _BRACKETS if marked and sentence.kind == "changed" else {}
    pieces = [(brackets.get(what, "{}").format(piece), _STYLES[what]) for what, piece in sentence.pieces()]
    return Text.assemble(f"  {_SIGNS[sentence.kind]} ", *pieces)

"""What commands show on a terminal: a progress bar, findings as a table, lines of text taken as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from reportkit.checks import Finding, Outcome

__all__ = ["complain", "new_console", "print_json", "print_outcome", "progress", "tally_of"]


def new_console(*, stderr: bool = False) -> Console:
    """A console that takes text as it is: what looks like markup in a name or a message is shown."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, stderr=stderr)


@contextmanager
def progress(console: Console, doing: str, total: int, *, failures: bool = False) -> Iterator[Callable[..., None]]:
    """A progress bar below what is printed; none where nobody watches.

    Parameters
    ----------
    console
        Where it is shown.
    doing, total
        What is done, and to how many.
    failures
        Whether it is shown how many have failed, are left, and are done in a second.

    Yields
    ------
    callable
        To be called whenever one more of `total` is done; with ``failed=True`` where it was in vain.
    """
    from rich import progress as bars

    columns: list[bars.ProgressColumn] = [bars.TextColumn(doing), bars.BarColumn(), bars.MofNCompleteColumn()]
    if failures:
        columns.append(bars.TextColumn("{task.fields[failed]} failed, {task.remaining:.0f} left, {task.fields[rate]}"))
    columns += [bars.TimeElapsedColumn(), bars.TimeRemainingColumn(elapsed_when_finished=True)]
    with bars.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("", total=total, failed=0, rate="")

        def advance(*, failed: bool = False) -> None:
            shown.advance(task)
            here = shown.tasks[task]
            rate = f"{here.finished_speed or here.speed or 0:.1f} a second"
            shown.update(task, failed=here.fields["failed"] + failed, rate=rate)

        yield advance


def complain(message: object) -> None:
    """Say on standard error what is wrong with the input."""
    typer.echo(f"error: {message}", err=True)


def print_json(data: Any) -> None:
    """Print data for programs, alone on standard output."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))


def tally_of(counts: Mapping[str, int]) -> Text:
    """How many findings stand, by severity and gravest first: 3 errors, 1 warning."""
    from rich.text import Text

    from reportkit.checks import SEVERITIES

    some = [severity for severity in SEVERITIES if counts.get(severity)]
    said = ", ".join(_counted(counts[severity], severity) for severity in some)
    return Text(said or "no findings", SEVERITIES[some[0]].style if some else "green")


def print_outcome(console: Console, title: str, outcome: Outcome) -> None:
    """One report's findings as a table, under the report's title."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console.print(Text(title, style="bold"), soft_wrap=True)
    if outcome.findings:
        table = Table(box=box.SIMPLE_HEAD)
        table.add_column("级别", no_wrap=True)
        table.add_column("规则", no_wrap=True)
        table.add_column("说明", overflow="fold")
        for finding in outcome:
            said = Text.assemble(_said(finding), (_cells(finding), "dim"))
            table.add_row(_severity(finding), finding.rule, said)
        console.print(table)
    else:
        console.print(Text("  未发现问题", style="green"))
    for item in outcome.not_assessable:
        console.print(Text(f"  无法判断 {item.rule}：{item.reason}", style="dim"))
    console.print()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"


def _severity(finding: Finding) -> Text:
    from rich.text import Text

    return Text(finding.look.word, style=finding.look.style)


def _said(finding: Finding) -> str:
    return f"{finding.message}（{finding.waived.by}：{finding.waived.reason}）" if finding.waived else finding.message


def _cells(finding: Finding) -> str:
    """The addresses of the first few cells, on lines of their own."""
    shown = "".join(f"\n{address}" for address in finding.cells[:4])
    return f"{shown}\n等{len(finding.cells)}格" if len(finding.cells) > 4 else shown

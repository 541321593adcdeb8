"""The command that makes a made-up city: demo."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from reportkit.cli.app import app
from reportkit.cli.terminal import new_console, progress
from reportkit.system.errors import InputError

__all__ = ["demo"]


@app.command(epilog="Example: reportkit demo demo-city --agencies 100 --years 2019-2025")
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; created if it does not exist.")],
    agencies: Annotated[
        int, typer.Option("--agencies", metavar="N", help="How many bodies report, governments among them.")
    ] = 100,
    years: Annotated[
        str, typer.Option("--years", metavar="YEARS", help="The years reported on: 2023, or 2019-2025.")
    ] = "2019-2025",
    faults: Annotated[
        int, typer.Option("--faults", metavar="K", help="How many faults to plant; faults.json lists them.")
    ] = 0,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="S", help="Each number makes another city, always the same one."),
    ] = None,
) -> None:
    """Make a made-up city (示例): departments, counties and their bodies, with consistent reports for some years.

    With --faults, faults of every kind that the checks find are planted, one kind after another.
    """
    from reportkit.demo import SEED, make_city

    asked_for = _years(years)
    console = new_console(stderr=True)
    with progress(console, "writing", max(agencies, 0) * len(asked_for)) as advance:
        made = make_city(
            folder,
            agencies=agencies,
            years=asked_for,
            faults=faults,
            seed=SEED if seed is None else seed,
            advance=advance,
        )
    listed = f", {_counted(len(made.faults), 'fault')} (listed in {folder / 'faults.json'})" if made.faults else ""
    bodies = _counted(made.agencies, "agency", "agencies")
    typer.echo(f"made {bodies}, {_counted(made.reports, 'report')} for {years}{listed}: {folder}")
    typer.echo(f"Next: reportkit build --project {folder}")


def _years(asked_for: str) -> range:
    """The years that ``2023`` or ``2019-2025`` names."""
    typed = re.fullmatch(r"([12]\d{3})(?:\s*[-–]\s*([12]\d{3}))?", asked_for.strip(), re.ASCII)
    if typed is None:
        raise InputError(f"--years {asked_for}: write a year, 2023, or the first and the last, 2019-2025")
    first, last = int(typed[1]), int(typed[2] or typed[1])
    if last < first:
        raise InputError(f"--years {asked_for}: the first year comes first, {last}-{first}")
    return range(first, last + 1)


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"

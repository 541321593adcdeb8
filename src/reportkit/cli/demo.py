"""The command that makes a made-up city: demo."""

from __future__ import annotations

import re
from pathlib import Path

from reportkit.cli.app import app, new_folder
from reportkit.cli.terminal import new_console, progress, tell
from reportkit.cli.words import Number, option
from reportkit.system.errors import InputError
from reportkit.system.language import Counted, Message

__all__ = ["demo"]

_WHOLE = Message("a whole number")


@app.command(
    "demo",
    help=Message(
        "Make a made-up city (示例): departments, counties and their bodies, with consistent reports for some years."
        "\n\n"
        "With --faults, faults of every kind that the checks find are planted, one kind after another."
    ),
    epilog=Message("Example: reportkit demo demo-city --agencies 100 --years 2019-2025"),
)
@new_folder
@option(
    "--agencies",
    type=Number(_WHOLE),
    default=100,
    metavar=Message("N"),
    show_default=True,
    help=Message("How many bodies report, governments among them."),
)
@option(
    "--years",
    default="2019-2025",
    metavar=Message("YEARS"),
    show_default=True,
    help=Message("The years reported on: 2023, or 2019-2025."),
)
@option(
    "--faults",
    type=Number(_WHOLE),
    default=0,
    metavar=Message("N"),
    help=Message("How many faults to plant; faults.json lists them."),
)
@option(
    "--seed",
    type=Number(_WHOLE),
    metavar=Message("N"),
    help=Message("Each number makes another city, always the same one."),
)
def demo(folder: Path, agencies: int, years: str, faults: int, seed: int | None) -> None:
    """Make a made-up city."""
    from reportkit.demo import SEED, make_city

    asked_for = _years(years)
    console = new_console(stderr=True)
    with progress(console, Message("writing"), max(agencies, 0) * len(asked_for)) as advance:
        made = make_city(
            folder,
            agencies=agencies,
            years=asked_for,
            faults=faults,
            seed=SEED if seed is None else seed,
            advance=advance,
        )
    tell(
        Message(
            "made {agencies}, {reports} for {years}: {folder}",
            agencies=Counted("{count} agency", "{count} agencies", count=made.agencies),
            reports=Counted("{count} report", "{count} reports", count=made.reports),
            years=years,
            folder=folder,
        )
    )
    if made.faults:
        planted = Counted("{count} fault planted", "{count} faults planted", count=len(made.faults))
        tell(Message("{planted}, listed in {file}", planted=planted, file=folder / "faults.json"))
    tell(Message("Next: {command}", command=f"reportkit build --project {folder}"))


def _years(asked_for: str) -> range:
    """The years that ``2023`` or ``2019-2025`` names."""
    typed = re.fullmatch(r"([12]\d{3})(?:\s*[-–]\s*([12]\d{3}))?", asked_for.strip(), re.ASCII)
    if typed is None:
        raise InputError(
            Message("--years {typed}: write a year, 2023, or the first and the last, 2019-2025", typed=asked_for)
        )
    first, last = int(typed[1]), int(typed[2] or typed[1])
    if last < first:
        raise InputError(
            Message(
                "--years {typed}: the first year comes first, {last}-{first}", typed=asked_for, last=last, first=first
            )
        )
    return range(first, last + 1)

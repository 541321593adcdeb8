"""The plan of a build: which reports must be built, and why; the others are up to date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from reportkit.build.further import is_up_to_date, wanted_formats
from reportkit.build.last_run import FAILURE, STAMP, is_withheld, read_stamp, standing
from reportkit.build.one_report import folder_of
from reportkit.build.output import OutputReader
from reportkit.build.package import package_digest
from reportkit.build.wishes import EVERY_BUILD, Wishes
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import Digests, described
from reportkit.publish import formats
from reportkit.system.language import Message

__all__ = ["Step", "plan"]

# How many stamps are read at a time, which matters if each comes over a network.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Step:
    """A report in a plan.

    Parameters
    ----------
    key
        Which report.
    why
        Why it must be built; empty if it is up to date.
    counts
        How many findings its last run left standing, by severity, as far as that is known.
    withheld
        Whether it has no published page, since errors stand in it.
    unfit
        Its public files that are there but must not be, whatever becomes of it: names relative to the output.
    """

    key: ReportKey
    why: str
    counts: Mapping[str, int] = field(default_factory=dict)
    withheld: bool = False
    unfit: tuple[str, ...] = ()


def plan(
    project: Project, keys: Sequence[ReportKey], output: OutputReader, wishes: Wishes = EVERY_BUILD
) -> Iterator[Step]:
    """Say for each report whether it must be built.

    A report is up to date if its last run succeeded, all its files are there, and everything that it was made
    from is what it was. Contents are compared, so it does not matter when a file was touched.

    Parameters
    ----------
    project
        Where the parameters are.
    keys
        Which reports.
    output
        Where their pages are.
    wishes
        What is asked for beyond the pages.

    Yields
    ------
    Step
        One for each report, in the order of `keys`.
    """
    digests = Digests(project, package_digest())
    remaining = iter(keys)
    while some := list(islice(remaining, _AT_ONCE)):
        if wishes.force and not wishes.strict:
            yield from (Step(key, "--force") for key in some)
            continue
        stamps = output.read([f"{folder_of(key)}/{STAMP}" for key in some])
        sizes = output.sizes([folder_of(key) for key in some])
        for key in some:
            folder = folder_of(key)
            last = _LastRun(read_stamp(stamps.get(f"{folder}/{STAMP}")), sizes[folder], strict=wishes.strict)
            unfit = tuple(f"{folder}/{name}" for name in last.unfit)
            why = "--force" if wishes.force else _why(key, last, digests) or _why_further(last, wishes)
            yield Step(key, why, last.counts, withheld=last.to_withhold, unfit=unfit)


class _LastRun:
    """What a report's last run left: what its stamp says of it, and the sizes of its files."""

    def __init__(self, told: Mapping[str, Any] | None, sizes: Mapping[str, int], *, strict: bool | None) -> None:
        public = formats.public_files()
        self.told, self.sizes = told, sizes
        self.counts: Mapping[str, int] = told["counts"] if told else {}
        has_errors = bool(self.counts.get("error"))
        self.withheld = is_withheld(told)
        self.to_withhold = self.withheld if strict is None else strict and has_errors
        # Of a report without a stamp nobody knows whether errors stand in it.
        self.unfit = [name for name in public if name in sizes] if strict and (has_errors or told is None) else []


def _why(key: ReportKey, last: _LastRun, digests: Digests) -> str:
    told, sizes = last.told, last.sizes
    if FAILURE in sizes:
        return Message("its last run failed")
    if told is None:
        built = any(written.file in sizes for written in formats.FORMATS)
        return Message("a page is missing") if built else Message("it was not built yet")
    if last.unfit or (last.to_withhold and not last.withheld):
        return Message("errors stand in it: its published page goes (--strict)")
    if last.withheld and not last.to_withhold:
        return Message("its published page was withheld (--strict)")
    # A format that is new has to be written too.
    for name in (written.file for written in formats.FORMATS if written.always):
        if last.withheld and name in formats.public_files():
            continue
        if name not in sizes:
            return Message("{name} is missing", name=name)
        if sizes[name] != told["files"].get(name):
            return Message("{name} is not what was built", name=name)
    changed = [source for source, digest in told["sources"].items() if digests.of(source) != digest]
    if not changed:
        return ""
    source = described(changed[0], key)
    if len(changed) > 1:
        return Message("{source} and {count} more changed", source=source, count=len(changed) - 1)
    return Message("{source} changed", source=source)


def _why_further(last: _LastRun, wishes: Wishes) -> str:
    """Why a format must be made that not every build writes; empty if none must."""
    there = standing(last.told, last.sizes)
    for listed, charts in wanted_formats(wishes, there, withheld=last.withheld):
        if is_up_to_date(there, listed, charts):
            continue
        if listed.name in there:
            return Message("{name} would be made with something else now", name=listed.file)
        if listed.file in last.sizes:
            return Message("{name} is not what was built", name=listed.file)
        return Message("{name} is missing", name=listed.file)
    return ""

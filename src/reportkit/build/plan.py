"""The plan of a build: which reports must be built, and why; the others are up to date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from reportkit.build.one_report import FAILURE, STAMP, folder_of, read_stamp
from reportkit.build.output import OutputReader
from reportkit.build.package import package_digest
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
    """

    key: ReportKey
    why: str


def plan(project: Project, keys: Sequence[ReportKey], output: OutputReader, *, force: bool = False) -> Iterator[Step]:
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
    force
        Whether to build them all.

    Yields
    ------
    Step
        One for each report, in the order of `keys`.
    """
    digests = Digests(project, package_digest())
    remaining = iter(keys)
    while some := list(islice(remaining, _AT_ONCE)):
        stamps = {} if force else output.read([f"{folder_of(key)}/{STAMP}" for key in some])
        sizes = {} if force else output.sizes([folder_of(key) for key in some])
        for key in some:
            folder = folder_of(key)
            why = "--force" if force else _why(key, stamps.get(f"{folder}/{STAMP}"), sizes[folder], digests)
            yield Step(key, why)


def _why(key: ReportKey, stamp: bytes | None, sizes: Mapping[str, int], digests: Digests) -> str:
    if FAILURE in sizes:
        return Message("its last run failed")
    told = read_stamp(stamp)
    if told is None:
        built = any(written.file in sizes for written in formats.FORMATS)
        return Message("a page is missing") if built else Message("it was not built yet")
    # A format that is new has to be written too.
    for name in dict.fromkeys([*(written.file for written in formats.FORMATS), *told["files"]]):
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

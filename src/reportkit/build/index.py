"""Writing the index of an output: the reports in it are found by what their last run left beside their pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from reportkit.build.assets import INDEX
from reportkit.build.last_run import FAILURE, STAMP, read_failure, read_stamp
from reportkit.build.output import Output, OutputReader
from reportkit.site.index import ListedReport, index_page

__all__ = ["write_index"]

# How many reports are looked at together, which matters if each comes over a network.
_AT_ONCE = 500


def write_index(output: Output) -> str:
    """Write ``index.html``.

    Parameters
    ----------
    output
        The output whose reports it lists.

    Returns
    -------
    str
        Where it is.
    """
    output.write(INDEX, index_page(_listed(output)).encode())
    return output.address(INDEX)


def _listed(output: OutputReader) -> Iterator[ListedReport]:
    folders = iter(output.folders())
    while some := list(islice(folders, _AT_ONCE)):
        told = output.read([f"{folder}/{STAMP}" for folder in some])
        sizes = output.sizes(some)
        told |= output.read([f"{folder}/{FAILURE}" for folder in some if FAILURE in sizes[folder]])
        for folder in some:
            stamp, failure = told.get(f"{folder}/{STAMP}"), told.get(f"{folder}/{FAILURE}")
            if report := _report_in(folder, sizes[folder], stamp, failure):
                yield report


def _report_in(folder: str, there: Collection[str], stamp: bytes | None, failure: bytes | None) -> ListedReport | None:
    """What the index says of the report in a folder; None if there is none."""
    year, _, agency = folder.partition("/")
    why = None if failure is None else read_failure(failure)
    if (told := read_stamp(stamp)) is not None:
        files = {name for name in told["files"] if name in there}  # a published page may have been withdrawn
        return ListedReport(int(year), told["name"], folder, files, told["counts"], why)
    return None if why is None else ListedReport(int(year), agency, folder, None, {}, why)

"""The files that the pages of all reports share: written once into an output, in a folder of their own."""

from __future__ import annotations

from reportkit.build.output import OutputWriter
from reportkit.publish import formats

__all__ = ["ASSETS", "ASSETS_URL", "INDEX", "OUTPUT_URL", "write_assets"]

ASSETS = "assets"
# The page that lists all reports.
INDEX = "index.html"
# Where the pages of a report find the output, and that folder.
OUTPUT_URL = "../.."
ASSETS_URL = f"{OUTPUT_URL}/{ASSETS}"


def write_assets(output: OutputWriter) -> None:
    """Write those shared files that are not there yet.

    Parameters
    ----------
    output
        Where the pages are, or will be.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    there = output.sizes([ASSETS])[ASSETS]
    missing = [shared for shared in formats.shared_files() if shared.name() not in there]
    if not missing:
        return
    with output.claimed(ASSETS) as mine:
        if mine:  # making one takes a second, and another process that does so will be done before the build is
            for shared in missing:
                output.write(f"{ASSETS}/{shared.name()}", shared.content())

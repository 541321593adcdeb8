"""Where built reports go: a folder, a bucket that fsspec reaches, or a record of what is to be written elsewhere."""

from __future__ import annotations

from pathlib import Path

from reportkit.build.output.bucket import BucketOutput
from reportkit.build.output.folder import FolderOutput
from reportkit.build.output.place import Output, OutputError, OutputReader, OutputWriter, naming
from reportkit.build.output.recorded import Change, RecordedOutput
from reportkit.build.output.stores import scheme_of

__all__ = [
    "BucketOutput",
    "Change",
    "FolderOutput",
    "Output",
    "OutputError",
    "OutputReader",
    "OutputWriter",
    "RecordedOutput",
    "naming",
    "output_at",
]


def output_at(url: str) -> Output:
    """The output at a URL or path.

    Parameters
    ----------
    url
        A folder, or anything that fsspec knows: ``s3://bucket/prefix``.

    Returns
    -------
    Output
        A folder or a bucket; nothing is looked at or made yet.

    Raises
    ------
    OutputError
        If it names no place, or one that cannot keep pages; the message says what serves.

    Examples
    --------
    >>> output_at("s3://pages/2024").address("index.html")
    's3://pages/2024/index.html'
    """
    if scheme := scheme_of(url):
        return BucketOutput(f"{scheme}://{url.partition('://')[2]}")
    return FolderOutput(Path(url.partition("://")[2] or url))

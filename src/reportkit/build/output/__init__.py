"""Where built reports go: a folder, a bucket that fsspec reaches, or a record of what is to be written elsewhere."""

from __future__ import annotations

from pathlib import Path

from reportkit.build.output.bucket import BucketOutput
from reportkit.build.output.folder import FolderOutput
from reportkit.build.output.place import Output, OutputError, OutputReader, OutputWriter
from reportkit.build.output.recorded import Change, RecordedOutput

__all__ = [
    "BucketOutput",
    "Change",
    "FolderOutput",
    "Output",
    "OutputError",
    "OutputReader",
    "OutputWriter",
    "RecordedOutput",
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
        If it names no place.

    Examples
    --------
    >>> output_at("s3://pages/2024").address("index.html")
    's3://pages/2024/index.html'
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return FolderOutput(Path(url))
    if not rest.strip("/"):
        raise OutputError(f"{url}: name a place there, such as s3://BUCKET/PREFIX")
    return FolderOutput(Path(rest)) if scheme in ("file", "local") else BucketOutput(url)

"""What turns parameters into pages: reportkit itself, and the libraries that it runs and draws with."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reportkit.project.sources import PACKAGE, digest_of_file, digest_of_texts
from reportkit.publish import formats

__all__ = ["package_digest"]

# What notebooks are run and charts are made with; what makes the files is named by each format.
_RUNNING = ("altair", "ipykernel", "papermill")


@cache
def package_digest() -> str:
    """The digest of reportkit's own files and of the versions of the libraries that shape a page.

    Returns
    -------
    str
        The version, and the hexadecimal digits of a digest; worked out once in a process.
    """
    folder = Path(__file__).parents[1]
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    texts = [f"{path.relative_to(folder).as_posix()}\n{digest_of_file(path)}" for path in files]
    libraries = sorted({*_RUNNING, *(tool.package for tool in formats.tools())})
    return f"{version(PACKAGE)} {digest_of_texts([*texts, *map(_version, libraries)])}"


def _version(library: str) -> str:
    """A library's version; empty if it is not installed."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""

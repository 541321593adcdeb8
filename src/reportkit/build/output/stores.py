"""The places that a URL can name: which of them serve, what to install for each, how each is told a content type."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from reportkit.build.output.place import OutputError
from reportkit.system.language import Message

__all__ = ["Store", "how_to_reach", "scheme_of", "store_of"]


@dataclass(frozen=True, slots=True)
class Store:
    """A kind of store in which an object is replaced as a whole, and has a content type.

    Parameters
    ----------
    schemes
        What its URLs begin with.
    package
        What pip installs to reach it.
    content_type
        Says what an object is, in the words of that package's ``pipe_file``.
    """

    schemes: tuple[str, ...]
    package: str
    content_type: Callable[[str], dict[str, Any]]


_STORES = (
    Store(("s3", "s3a"), "'reportkit[cluster]'", lambda media_type: {"ContentType": media_type}),
    Store(("gs", "gcs"), "gcsfs", lambda media_type: {"content_type": media_type}),
    Store(("abfs", "abfss", "az"), "adlfs", lambda media_type: {"content_settings": _azure(media_type)}),
    Store(("oss",), "ossfs", lambda media_type: {"headers": {"Content-Type": media_type}}),
)
# What fsspec reaches as well, but cannot keep pages, and why.
_READ_ONLY = Message("cannot be written to")
_USELESS = {
    "memory": Message("is gone when the process that writes to it ends"),
    **dict.fromkeys(("http", "https", "data", "git", "github", "gist", "reference", "libarchive"), _READ_ONLY),
    **dict.fromkeys(("zip", "tar"), Message("is one file, and not a place for many")),
}
_LOCAL = ("file", "local")
_OTHERS = ("sftp", "ssh", "ftp", "smb", "hdfs", "webhdfs", "webdav")
_SCHEMES = {*_LOCAL, *_OTHERS, *_USELESS, *(scheme for store in _STORES for scheme in store.schemes)}
_SERVES = Message("what serves is a folder, s3://BUCKET/PREFIX, gs://…, abfs://…, oss://… or sftp://HOST/FOLDER")

_URL = re.compile(r"([\w+.:-]*)://(.*)", re.DOTALL)
# s3:/bucket and s3:\bucket, where a slash is missing.
_NEARLY_A_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):[/\\]+(.*)", re.DOTALL)
_DRIVE = re.compile(r"[A-Za-z]:")


def scheme_of(place: str) -> str:
    """What the URL of a place for pages begins with, in small letters.

    Parameters
    ----------
    place
        A URL, or the path of a folder.

    Returns
    -------
    str
        Empty for a folder of this machine.

    Raises
    ------
    OutputError
        If no pages can be kept there, or if it looks like something else than a folder; the message says what serves.

    Examples
    --------
    >>> scheme_of("s3://pages/2024"), scheme_of("output")
    ('s3', '')
    >>> scheme_of("s3:/pages")
    Traceback (most recent call last):
    reportkit.build.output.place.OutputError: s3:/pages: write s3://pages; a folder of that name is ./s3:/pages
    """
    url = _URL.fullmatch(place)
    if url is None:
        _require_folder(place)
        return ""
    scheme, rest = url[1].lower(), url[2]
    if "::" in scheme:
        raise OutputError(
            Message("{place}: a chain of places; name the last one alone, {serves}", place=place, serves=_SERVES)
        )
    if scheme in _USELESS:
        told = Message(
            "{place}: {scheme}:// {why}; {serves}", place=place, scheme=scheme, why=_USELESS[scheme], serves=_SERVES
        )
        raise OutputError(told)
    if not rest.strip("/"):
        raise OutputError(Message("{place}: name a place there, such as s3://BUCKET/PREFIX", place=place))
    if store_of({scheme}) and rest.startswith("/"):
        raise OutputError(
            Message(
                "{place}: a slash too many; write {scheme}://{rest}", place=place, scheme=scheme, rest=rest.lstrip("/")
            )
        )
    return "" if scheme in _LOCAL else scheme


def store_of(schemes: Collection[str]) -> Store | None:
    """The store that has one of some schemes.

    Parameters
    ----------
    schemes
        What URLs begin with.

    Returns
    -------
    Store or None
        None if none of them is a store's.
    """
    return next((store for store in _STORES if not set(schemes).isdisjoint(store.schemes)), None)


def how_to_reach(scheme: str) -> str:
    """What to do where a place cannot be reached for want of a package, or because nobody knows its scheme.

    Parameters
    ----------
    scheme
        What its URL begins with.

    Returns
    -------
    str
        The end of a message.
    """
    store = store_of({scheme})
    if store is None:
        return Message("nothing is known of {scheme}://; {serves}", scheme=scheme, serves=_SERVES)
    return Message("{scheme}:// needs a package: pip install {package}", package=store.package, scheme=scheme)


def _require_folder(path: str) -> None:
    """Refuse what names a folder only because a slash is missing, or because it was written for another system."""
    if nearly := _NEARLY_A_URL.fullmatch(path):
        meant = nearly[2] if nearly[1].lower() in _LOCAL else f"{nearly[1].lower()}://{nearly[2]}"
        raise OutputError(Message("{path}: write {meant}; a folder of that name is ./{path}", path=path, meant=meant))
    before, colon, rest = path.partition(":")
    if colon and before.lower() in _SCHEMES:
        raise OutputError(
            Message(
                "{path}: write {lower}://{rest}; a folder of that name is ./{path}",
                path=path,
                lower=before.lower(),
                rest=rest,
            )
        )
    if os.name == "nt" or path.startswith(("/", "./", "../")):
        return
    if _DRIVE.match(path) or "\\" in path:
        raise OutputError(
            Message(
                "{path}: a path of Windows, and this is another system; a folder of this machine is written with /",
                path=path,
            )
        )


def _azure(media_type: str) -> Any:
    from azure.storage.blob import ContentSettings

    return ContentSettings(content_type=media_type)

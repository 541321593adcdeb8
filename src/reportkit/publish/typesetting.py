"""Typst, asked by one thread at a time: a compiler that is at work refuses a second one (``Already borrowed``).

A worker process gets Typst ready in a thread of its own, while the first report may need it already.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

__all__ = ["Typesetter"]


class Typesetter:
    """A compiler of Typst, made when it is first needed.

    Parameters
    ----------
    make
        Makes the compiler.

    Examples
    --------
    >>> import typst
    >>> Typesetter(typst.Compiler).compile(b"1", format="pdf")[:5]
    b'%PDF-'
    """

    def __init__(self, make: Callable[[], typst.Compiler]) -> None:
        self._make = make
        self._made: typst.Compiler | None = None
        self._one_at_a_time = threading.Lock()

    def get_ready(self) -> None:
        """Make the compiler, which looks for fonts and so takes longer than most sources."""
        with self._one_at_a_time:
            self._compiler()

    def compile(self, source: bytes, **options: Any) -> bytes:
        """Set a source.

        Parameters
        ----------
        source
            What Typst reads, in UTF-8.
        **options
            What the compiler is told beside it: ``format`` and others.

        Returns
        -------
        bytes
            The file, which must be one: a source that fills several pages has no single bitmap.

        Raises
        ------
        typst.TypstError
            If the source cannot be set.
        """
        with self._one_at_a_time:
            made = self._compiler().compile(source, **options)
        assert isinstance(made, bytes)  # noqa: S101  only bitmaps and drawings of several pages are several files
        return made

    def _compiler(self) -> typst.Compiler:
        if self._made is None:
            self._made = self._make()
        return self._made

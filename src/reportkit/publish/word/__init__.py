"""The report as a Word document, as it is signed off and handed in; and one with comments, for whoever corrects it.

The article goes through pandoc, which takes its look from a document that is made of what ``look`` declares. Where
pandoc has no words for something, python-docx puts it right afterwards.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from reportkit.publish import pandoc
from reportkit.publish.word.comments import Remark, add_comments, mark
from reportkit.publish.word.look import ACROSS, LANGUAGE
from reportkit.publish.word.mending import mend, put_in
from reportkit.publish.word.reference import reference_document
from reportkit.publish.word.source import Source, as_source
from reportkit.system.files import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from reportkit.publish.executed import ExecutedReport

__all__ = ["get_ready", "review", "word"]

_OPTIONS = ("--to=docx", "--syntax-highlighting=none", f"--metadata=lang:{LANGUAGE}", "--output=-")


def word(executed: ExecutedReport) -> bytes:
    """The report as a Word document.

    Parameters
    ----------
    executed
        The executed report.

    Returns
    -------
    bytes
        The file: always the same for the same article. Its dates are the day on which the report was published;
        it has none if that is not known.

    Raises
    ------
    InputError
        If pandoc cannot write the article, which only a notebook of one's own can bring about.
    """
    return _document(executed, as_source(executed.article, across=ACROSS), ())


def review(executed: ExecutedReport) -> bytes:
    """The report as a Word document with a comment for each finding, at the cells or the words that it speaks of.

    Parameters
    ----------
    executed
        The executed report.

    Returns
    -------
    bytes
        The file, as `word` makes it. Each cell that findings speak of is tinted.

    Raises
    ------
    InputError
        If pandoc cannot write the article.
    """
    source = as_source(executed.article, across=ACROSS)
    return _document(executed, source, mark(source.article, executed.findings))


def get_ready() -> None:
    """Import what takes longer than a report, so that the first report need not wait for it."""
    import docx  # noqa: F401  what follows needs it

    reference_document()
    pandoc.get_ready()


def _document(executed: ExecutedReport, source: Source, remarks: Sequence[Remark]) -> bytes:
    from docx import Document

    report = executed.report
    document = Document(io.BytesIO(_written(source.article)))
    put_in(document, source.drawings)
    mend(document, title=executed.article.title, author=report.agency.name, day=report.published)
    add_comments(document, remarks, report.published)
    saved = io.BytesIO()
    document.save(saved)
    return _undated(saved)


def _written(source: HtmlElement) -> bytes:
    """The article as pandoc writes it for Word."""
    from lxml.html import tostring

    with temporary_folder() as folder:
        look = folder / "reference.docx"
        look.write_bytes(reference_document())
        return pandoc.convert(tostring(source, encoding="utf-8"), [*_OPTIONS, f"--reference-doc={look}"], "report.docx")


def _undated(saved: io.BytesIO) -> bytes:
    """The same archive without the times at which its parts were written."""
    written = io.BytesIO()
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, parts.read(name))
    return written.getvalue()

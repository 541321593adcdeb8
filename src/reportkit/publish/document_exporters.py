"""nbconvert's exporters for Word and PDF, found by ``jupyter nbconvert --to`` and in JupyterLab's export menu.

They know the notebook alone, and no project: whose report it is, and for which year, is read from its title.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter
from nbconvert.utils.exceptions import ConversionException
from traitlets import default

from reportkit.form import editions
from reportkit.publish.document import Article, article_of
from reportkit.publish.executed import ExecutedReport
from reportkit.publish.formats import Format, format_named
from reportkit.report import Agency, AnnualReport, new_report
from reportkit.system.errors import InputError
from reportkit.system.language import said

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["PdfExporter", "WordExporter"]

# What the classic notebook's menu says; JupyterLab makes its own of the exporters' names.
_MENU = "年度报告（{}）"
_YEAR = re.compile(r"(?<!\d)(\d{4})\s*年")


class _DocumentExporter(Exporter):
    """A format of the list, made from a notebook alone."""

    format_name = ""

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return f".{_listed(self).file.rpartition('.')[2]}"

    def from_notebook_node(  # type: ignore[override]  # bytes, as nbconvert's own exporter of PDF returns
        self, nb: NotebookNode, resources: Any = None, **given: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """The document, as bytes.

        Raises
        ------
        ConversionException
            If a library is not installed, or if the document cannot be made; the message says what to do.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **given)
        listed = _listed(self)
        try:
            if error := listed.missing():
                raise error
            made = listed.render(ExecutedReport(notebook, _report_in(article_of(notebook))))
        except InputError as error:
            raise ConversionException(str(said(error.args[0]))) from error
        return made, resources


class WordExporter(_DocumentExporter):
    """The report as a Word document.

    Examples
    --------
    ``jupyter nbconvert --to reportkit_docx report.ipynb``
    """

    format_name = "docx"
    export_from_notebook = _MENU.format("Word")
    output_mimetype = format_named(format_name).media_type


class PdfExporter(_DocumentExporter):
    """The report in print.

    Examples
    --------
    ``jupyter nbconvert --to reportkit_pdf report.ipynb``
    """

    format_name = "pdf"
    export_from_notebook = _MENU.format("PDF")
    output_mimetype = format_named(format_name).media_type


def _listed(exporter: _DocumentExporter) -> Format:
    return format_named(exporter.format_name)


def _report_in(article: Article) -> AnnualReport:
    """The report that an article is, as far as its title says it."""
    title = article.root.find("h1")
    name = "" if title is None else "".join((title.text or "").split())
    stated = _YEAR.search(article.title)
    first = min(form.first_year for form in editions().values())
    year = int(stated[1]) if stated else first
    return new_report(Agency("report", name or article.title), max(year, first))

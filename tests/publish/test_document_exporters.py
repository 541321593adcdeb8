"""nbconvert's doors to Word and PDF make what a build makes, from a notebook alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from docx import Document
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode

from reportkit.publish import formats
from reportkit.publish.document_exporters import PdfExporter, WordExporter
from reportkit.publish.executed import ExecutedReport
from reportkit.publish.formats import format_named
from reportkit.report import Agency, new_report

EXPORTERS: list[Any] = [WordExporter, PdfExporter]


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_a_notebook_becomes_the_document_that_a_build_makes(
    exporter: Any, notebook: Callable[..., NotebookNode], tmp_path: Path
) -> None:
    executed = notebook("<h1>示例市示例局<br>2023年度政府信息公开工作年度报告</h1><p>示例。</p>")
    nbformat.write(executed, tmp_path / "any name.ipynb")
    made, resources = exporter().from_filename(str(tmp_path / "any name.ipynb"))
    listed = format_named(exporter.format_name)
    assert made == listed.render(ExecutedReport(executed, new_report(Agency("office", "示例市示例局"), 2023)))
    assert resources["output_extension"] == f".{exporter.format_name}"


@pytest.mark.parametrize("shown", ["<p>没有标题。</p>", "<h1>1999年的报告</h1>", "<h1>示例局年度报告</h1>"])
def test_a_title_that_says_neither_agency_nor_year_keeps_no_document_from_being_made(
    shown: str, notebook: Callable[..., NotebookNode]
) -> None:
    made, _ = WordExporter().from_notebook_node(notebook(shown))  # type: ignore[no-untyped-call]
    text = "".join(paragraph.text for paragraph in Document(io.BytesIO(made)).paragraphs)
    assert text.strip() in shown


def test_what_is_not_installed_is_said(notebook: Callable[..., NotebookNode], monkeypatch: pytest.MonkeyPatch) -> None:
    tool = formats.Tool("no_such_module", "no-such-package", "publish")
    listed = formats.Format("pdf", "report.pdf", "application/pdf", lambda _: b"", (tool,), always=False)
    monkeypatch.setattr(formats, "FORMATS", (listed,))
    with pytest.raises(
        ConversionException, match=r"report\.pdf needs no_such_module: pip install 'reportkit\[publish\]'"
    ):
        PdfExporter().from_notebook_node(notebook("<p>示例。</p>"))  # type: ignore[no-untyped-call]

"""The list of what is written is one, and each of its entries whole."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat import NotebookNode

from reportkit.publish import formats
from reportkit.publish.document_exporters import PdfExporter, WordExporter
from reportkit.publish.executed import ExecutedReport
from reportkit.publish.exporters import PublishExporter, ReviewExporter, export
from reportkit.publish.formats import Format, MissingToolError, Tool, format_named, media_type, require_tools
from reportkit.report import Agency, new_report

ROOT = Path(__file__).parents[2]
REPORT = new_report(Agency("example", "示例市示例局"), 2023, {"applications.received.company": 2})
FINDINGS = [{"rule": "T3-BALANCE", "severity": "error", "message": "示例"}]


@pytest.fixture
def executed(notebook: Callable[..., NotebookNode]) -> ExecutedReport:
    return ExecutedReport(notebook("<h1>示例</h1>"), REPORT, FINDINGS, "../../assets")


def test_the_files_that_others_rely_on_are_written() -> None:
    files = {listed.file for listed in formats.FORMATS}
    assert files >= {"report.html", "review.html", "report.ipynb", "figures.json", "findings.json"}


def test_names_and_files_are_unique() -> None:
    for field in ("name", "file"):
        values = [getattr(listed, field) for listed in formats.FORMATS]
        assert len(set(values)) == len(values)


def test_every_format_is_rendered_from_an_executed_report(executed: ExecutedReport) -> None:
    written = {listed.name: listed.render(executed) for listed in formats.FORMATS}
    assert written["publish"] == export(executed.notebook, "publish").encode()
    assert written["review"] == export(executed.notebook, "review", assets_url="../../assets").encode()
    assert nbformat.reads(written["notebook"].decode(), as_version=4).cells[0].outputs
    assert json.loads(written["figures"])["figures"]["applications.received.company"] == 2
    assert json.loads(written["findings"]) == FINDINGS


def test_each_file_says_what_it_is_by_its_ending() -> None:
    for listed in formats.FORMATS:
        assert media_type(f"2023/office/{listed.file}").partition(";")[0] == listed.media_type
    for shared in formats.shared_files():
        assert media_type(f"assets/{shared.name()}") == "text/javascript; charset=utf-8"
    assert media_type("index.html") == "text/html; charset=utf-8"
    assert media_type("report.failed.ipynb") == "application/x-ipynb+json"
    assert media_type("unknown.bin") == media_type("html") == media_type("") == "application/octet-stream"


def test_nbconvert_s_exporters_are_those_of_the_list() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    doors = declared["project"]["entry-points"]["nbconvert.exporters"]
    for door, exporter in zip(doors, (PublishExporter, ReviewExporter, WordExporter, PdfExporter), strict=True):
        listed = format_named(door.removeprefix("reportkit_"))
        assert exporter.output_mimetype == listed.media_type
        assert listed.label in exporter.export_from_notebook


def test_a_name_that_is_none_is_answered_with_those_there_are() -> None:
    with pytest.raises(LookupError, match="'slides' is not a format; the formats are publish, review, "):
        format_named("slides")


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        (Tool("no_such_module", "no-such-package"), "report.docx needs no_such_module: pip install no-such-package"),
        (Tool("no_such_module", "x", "docx"), r"report.docx needs no_such_module: pip install 'reportkit\[docx\]'"),
    ],
)
def test_what_is_not_installed_is_said_before_anything_is_built(
    tool: Tool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    formats.require_tools()
    monkeypatch.setattr(formats, "FORMATS", (Format("docx", "report.docx", "", lambda _: b"", (tool,)),))
    with pytest.raises(MissingToolError, match=said):
        formats.require_tools()


def test_a_library_that_only_bitmaps_need_is_missed_only_for_them() -> None:
    tool = Tool("no_such_module", "no-such-package", "publish")
    listed = Format("a", "a.html", "text/html", lambda _: b"", beside=lambda _: {}, bitmap_tools=(tool,))
    assert listed.missing() is listed.missing("none") is None
    assert str(listed.missing("png")) == "a.html needs no_such_module: pip install 'reportkit[publish]'"
    assert len({listed.made_with(charts) for charts in ("svg", "png", "none")}) == 3


def test_a_notebook_with_names_in_another_encoding_is_written(executed: ExecutedReport) -> None:
    executed.notebook.metadata["papermill"] = {"input_path": "a\udcff.ipynb"}
    for listed in filter(lambda listed: listed.always, formats.FORMATS):
        listed.render(executed).decode()


@pytest.mark.parametrize(("optimize", "refused"), [(0, False), (1, False), (2, True)])
def test_a_python_without_docstrings_cannot_draw_charts(
    monkeypatch: pytest.MonkeyPatch, optimize: int, refused: bool
) -> None:
    flags = {name: getattr(sys.flags, name) for name in dir(sys.flags) if not name.startswith("_")}
    monkeypatch.setattr(sys, "flags", SimpleNamespace(**{**flags, "optimize": optimize}))
    with pytest.raises(MissingToolError, match="leave out -OO") if refused else nullcontext():
        require_tools()

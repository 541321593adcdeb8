"""One report is built whole, or it is told and kept why not; its stamp says what its pages were made from."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
import pytest

from build.projects import GOOD, write_notebook, write_small_project
from reportkit.build.last_run import FAILURE, STAMP, read_failure, read_stamp, standing
from reportkit.build.one_report import (
    Built,
    Failed,
    Limits,
    build_report,
    folder_of,
    report_failure,
    size_in_bytes,
)
from reportkit.build.output import FolderOutput, OutputWriter, RecordedOutput
from reportkit.build.wishes import Wishes
from reportkit.checks import Outcome
from reportkit.engine.notebook import NotebookError, run_notebook
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import PACKAGE, Sources
from reportkit.publish import formats
from reportkit.publish.executed import Charts, ExecutedReport
from reportkit.system.errors import InputError
from reportkit.system.language import said

KEY = ReportKey("good-00", 2023)
FILES = {written.file for written in formats.FORMATS if written.always}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(write_small_project(tmp_path / "project", 1))


@pytest.fixture
def output(project: Project) -> FolderOutput:
    return FolderOutput(project.output)


def built(
    project: Project,
    output: OutputWriter,
    limits: Limits | None = None,
    *,
    asked: Collection[str] = (),
    strict: bool | None = False,
    force: bool = False,
    charts: Charts | None = None,
) -> Built | Failed:
    """Build the report as a worker does."""
    sources = Sources(project, "示例")
    traced = Project(project.root, sources.note)
    return build_report(
        traced, sources.digests, KEY, output, limits or Limits(), Wishes(frozenset(asked), charts, strict, force)
    )


def test_a_report_is_built_with_its_pages_and_data_and_a_stamp_of_them(project: Project, output: FolderOutput) -> None:
    result = built(project, output)
    assert isinstance(result, Built)
    assert result.name == "示例市good-00局"
    assert result.counts["error"] > 0
    assert list(result.stages) == ["reading", "notebook", "pages", "writing"]
    assert result.seconds == pytest.approx(sum(result.stages.values()))
    folder = project.output_folder(KEY)
    assert {path.name for path in folder.iterdir()} == FILES | {STAMP}
    stamp = json.loads((folder / STAMP).read_text())
    assert stamp["files"] == {name: (folder / name).stat().st_size for name in FILES}
    assert {
        PACKAGE,
        "params/2023/good-00.yaml",
        "notebooks/annual_report.ipynb",
        "params/agencies.yaml#good-00",
    } <= set(stamp["sources"])
    assert any((project.output / "assets").iterdir())
    assert len(json.loads((folder / "findings.json").read_text())) >= result.counts["error"]


def test_matplotlib_takes_its_settings_from_beside_the_notebooks(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ("import os, pathlib", "print(pathlib.Path(os.environ.get('MATPLOTLIBRC', os.devnull)).read_text())")
    write_notebook(project.root / "notebooks" / "annual_report.ipynb", *said)
    (project.root / "notebooks" / "matplotlibrc").write_text("font.size: 7")
    mine = project.root / "mine"
    mine.write_text("font.size: 8")
    for own in (None, mine):
        if own:
            monkeypatch.setenv("MATPLOTLIBRC", str(own))
        before = dict(os.environ)
        assert isinstance(built(project, output), Built)
        assert dict(os.environ) == before
        notebook = nbformat.read(project.output_folder(KEY) / "report.ipynb", as_version=4)
        assert (
            notebook.cells[-1].outputs[0].text.strip()
            == (own or mine.with_name("notebooks") / "matplotlibrc").read_text()
        )


def test_a_format_is_written_by_its_entry_in_the_list_alone(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = formats.Format("title", "title.txt", "text/plain", lambda executed: executed.report.title.encode())
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))
    assert isinstance(built(project, output), Built)
    assert (project.output_folder(KEY) / "title.txt").read_text(encoding="utf-8") == "2023年度政府信息公开工作年度报告"
    assert "title.txt" in json.loads((project.output_folder(KEY) / STAMP).read_text())["files"]


NOT_PUBLIC = FILES - {*formats.public_files()}


def test_strictly_a_report_with_errors_has_no_published_page_and_its_review_says_why(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = formats.Format("word", "report.docx", "application/msword", lambda _: b"x", label="文档", public=True)
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))
    assert isinstance(built(project, output), Built)
    folder = project.output_folder(KEY)
    assert {path.name for path in folder.iterdir()} == {*FILES, "report.docx", STAMP}
    assert "不宜公开" not in (folder / "review.html").read_text(encoding="utf-8")
    result = built(project, output, strict=True)
    assert isinstance(result, Built)
    assert result.withheld
    assert {path.name for path in folder.iterdir()} == NOT_PUBLIC | {STAMP}
    assert json.loads((folder / STAMP).read_text())["files"].keys() == NOT_PUBLIC
    review = (folder / "review.html").read_text(encoding="utf-8")
    assert "<strong>不宜公开</strong>" in review
    assert "<li>FORM-SECTIONS：“一、总体情况”部分没有内容。</li>" in review


# ------------------------------------------------------------------ further formats


SHOWS_A_TABLE = "import reportkit as rk\nrk.tables.applications(rk.open_report(agency, year))"
SHOWS_A_CHART = """from IPython.display import display
spec = {"data": {"values": [{"x": 1}]}, "mark": "bar", "encoding": {"x": {"field": "x", "type": "quantitative"}}}
display({"application/vnd.vegalite.v5+json": spec}, raw=True)"""


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which notebooks are run from now on."""
    run: list[str] = []

    def run_it(template: Path, *given: Any, **limits: Any) -> Any:
        run.append(template.name)
        return run_notebook(template, *given, **limits)

    monkeypatch.setattr("reportkit.engine.notebook.run_notebook", run_it)
    return run


def broken(_executed: ExecutedReport) -> bytes:
    raise RuntimeError("示例")


def add_format(monkeypatch: pytest.MonkeyPatch, name: str, render: Any, *tools: formats.Tool) -> None:
    added = formats.Format(name, f"{name}.txt", "text/plain", render, tools, always=False)
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))


def test_a_further_format_is_made_from_the_notebook_that_is_there_and_is_kept_up_to_date(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, folder = counting(monkeypatch), project.output_folder(KEY)
    write_notebook(project.root / "notebooks" / "annual_report.ipynb", SHOWS_A_TABLE)
    assert isinstance(built(project, output), Built)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != STAMP}
    assert isinstance(built(project, output, asked=["fragment"]), Built)
    assert {path.name for path in folder.iterdir()} == FILES | {STAMP, "fragment.html"}
    assert len(run) == 1
    assert {path: path.stat().st_mtime_ns for path in before} == before
    told = json.loads((folder / STAMP).read_text())
    assert told["files"] == {name: (folder / name).stat().st_size for name in FILES | {"fragment.html"}}
    assert standing(told, told["files"])["fragment"].files == ("fragment.html",)
    # The report changes, and nobody asks for the fragment again.
    (project.params / "2023" / "good-00.yaml").write_text("applications: {received: {company: 7}}\n")
    assert isinstance(built(project, output), Built)
    assert len(run) == 2
    assert ">7</td>" in (folder / "fragment.html").read_text(encoding="utf-8")
    # Somebody has altered it by hand: it is his now.
    (folder / "fragment.html").write_text("altered")
    assert isinstance(built(project, output, force=True), Built)
    assert len(run) == 3
    assert (folder / "fragment.html").read_text() == "altered"
    assert read_stamp((folder / STAMP).read_bytes())["formats"] == {}  # type: ignore[index]


def test_bitmaps_beside_a_fragment_come_and_go_with_it(project: Project, output: FolderOutput) -> None:
    write_notebook(project.root / "notebooks" / "annual_report.ipynb", SHOWS_A_CHART)
    folder = project.output_folder(KEY)
    beside = {"fragment.html", "fragment-chart-1.png"}
    assert isinstance(built(project, output, asked=["fragment"], charts="png"), Built)
    assert {path.name for path in folder.iterdir()} == FILES | beside | {STAMP}
    assert isinstance(built(project, output, force=True), Built)
    assert {path.name for path in folder.iterdir()} == FILES | beside | {STAMP}
    assert isinstance(built(project, output, charts="svg"), Built)
    assert {path.name for path in folder.iterdir()} == FILES | {"fragment.html", STAMP}


def test_a_format_that_cannot_be_made_stops_no_other_and_is_told(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_format(monkeypatch, "broken", broken)
    add_format(monkeypatch, "title", lambda executed: executed.report.title.encode())
    add_format(monkeypatch, "absent", broken, formats.Tool("no_such_module", "no-such-package"))
    failed = built(project, output, asked=["broken", "title", "absent"])
    assert isinstance(failed, Failed)
    assert str(failed) == "broken.txt cannot be made: RuntimeError: 示例"
    assert said(failed.message, "zh") == "无法生成broken.txt：RuntimeError: 示例"
    there = {path.name for path in project.output_folder(KEY).iterdir()}
    assert there == FILES | {STAMP, FAILURE, "title.txt"}


def test_a_worker_that_does_not_reach_the_output_makes_it_from_what_was_sent(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(built(project, output), Built)
    run, folder = counting(monkeypatch), folder_of(KEY)
    sent = output.read([f"{folder}/{STAMP}", f"{folder}/report.ipynb"])
    recorded = RecordedOutput(output.sizes([folder, "assets"]), sent)
    assert isinstance(built(project, recorded, asked=["fragment"]), Built)
    assert run == []
    assert [change.names for change in recorded.changes if change.content] == [
        (f"{folder}/fragment.html",),
        (f"{folder}/{STAMP}",),
    ]


def test_strictly_a_report_with_errors_loses_its_further_public_formats_too(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(built(project, output, asked=["fragment"]), Built)
    assert isinstance(built(project, output, asked=["fragment"], strict=True), Built)
    assert {path.name for path in project.output_folder(KEY).iterdir()} == NOT_PUBLIC | {STAMP}
    # Who asks for a format only does not publish what was withheld, nor is it run again for that.
    run = counting(monkeypatch)
    add_format(monkeypatch, "title", lambda executed: executed.report.title.encode())
    assert isinstance(built(project, output, asked=["fragment", "title"], strict=None), Built)
    assert {path.name for path in project.output_folder(KEY).iterdir()} == NOT_PUBLIC | {STAMP, "title.txt"}
    assert run == []


def test_strictly_a_report_without_errors_is_built_as_ever(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reportkit.build.one_report.check", lambda _: Outcome(()))
    result = built(project, output, strict=True)
    assert isinstance(result, Built)
    assert not result.withheld
    assert {path.name for path in project.output_folder(KEY).iterdir()} == FILES | {STAMP}


def test_strictly_no_earlier_page_stays_where_the_notebook_of_a_report_with_errors_fails(
    project: Project, output: FolderOutput
) -> None:
    assert isinstance(built(project, output), Built)
    write_notebook(project.root / "notebooks" / "annual_report.ipynb", "1 / 0")
    assert isinstance(built(project, output, strict=True), Failed)
    there = {path.name for path in project.output_folder(KEY).iterdir()}
    assert there == NOT_PUBLIC | {STAMP, FAILURE, "report.failed.ipynb"}


def test_a_notebook_that_raises_leaves_the_earlier_pages_but_its_failure_beside_them(
    project: Project, output: FolderOutput
) -> None:
    assert isinstance(built(project, output), Built)
    folder = project.output_folder(KEY)
    before = (folder / "report.html").read_bytes()
    write_notebook(project.root / "notebooks" / "annual_report.ipynb", "print('做到这里')", "1\n1 / 0")
    failed = built(project, output)
    assert isinstance(failed, Failed)
    assert str(failed) == "notebooks/annual_report.ipynb, cell 3, line 2: ZeroDivisionError: division by zero"
    assert (folder / "report.html").read_bytes() == before
    assert json.loads((folder / FAILURE).read_text()) == {
        "agency": "good-00",
        "year": 2023,
        "message": str(failed),
        "message_zh": "notebooks/annual_report.ipynb、第3个单元格、第2行：ZeroDivisionError: division by zero",
    }
    kept = nbformat.read(folder / "report.failed.ipynb", as_version=4)
    assert "做到这里" in json.dumps(kept, ensure_ascii=False)
    write_notebook(project.root / "notebooks" / "annual_report.ipynb", *GOOD)
    assert isinstance(built(project, output), Built)
    assert {path.name for path in folder.iterdir()} == FILES | {STAMP}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("params/2023/good-00.yaml", "nonsense: 1\n", "params/2023/good-00.yaml:1: nonsense: unknown key"),
        ("notebooks/annual_report.ipynb", None, "the notebook of good-00 does not exist"),
        ("notebooks/annual_report.ipynb", "{", "annual_report.ipynb cannot be run"),
        ("params/agencies.yaml", "other: {name: 示例市另一局}\n", "good-00: no such agency"),
    ],
)
def test_what_cannot_be_read_fails_that_report(
    name: str, text: str | None, said: str, project: Project, output: FolderOutput
) -> None:
    path = project.root / name
    path.unlink() if text is None else path.write_text(text)
    failed = built(project, output)
    assert isinstance(failed, Failed)
    assert said in str(failed)
    assert {path.name for path in project.output_folder(KEY).iterdir()} == {FAILURE}


def test_no_notebook_is_kept_of_one_that_is_none(project: Project, output: FolderOutput) -> None:
    report_failure(output, Failed(KEY, "示例"), None)
    assert list(output.sizes([folder_of(KEY)])[folder_of(KEY)]) == [FAILURE]


def test_an_output_that_cannot_be_written_to_fails_the_report_and_nothing_more(
    project: Project, output: FolderOutput
) -> None:
    (project.root / "output").write_text("")
    failed = built(project, output)
    assert isinstance(failed, Failed)
    assert "output/" in failed.message


def test_the_stamp_is_gone_before_a_page_is_replaced(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(built(project, output), Built)

    def end(name: str, content: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(output, "write", end)
    with pytest.raises(KeyboardInterrupt):
        built(project, output)
    assert not (project.output_folder(KEY) / STAMP).exists()


def test_the_limits_reach_the_notebook(project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    def fake(*_: object, **limits: object) -> None:
        given.update(limits)
        raise NotebookError("示例")

    monkeypatch.setattr("reportkit.engine.notebook.run_notebook", fake)
    built(project, output, Limits(3.0, 0, 0))
    assert given == {"timeout": 3.0, "memory": None, "output": None}
    built(project, output)
    assert given == {"timeout": 120.0, "memory": 2 << 30, "output": 32 << 20}


def test_a_notebook_that_puts_out_more_than_it_may_fails_and_the_option_is_named(
    project: Project, output: FolderOutput
) -> None:
    write_notebook(project.root / "notebooks" / "annual_report.ipynb", "print('x' * (2 << 20))")
    failed = built(project, output, Limits(output=1 << 20))
    assert isinstance(failed, Failed)
    assert failed.message == "put out more than 1 MiB (--output-limit sets the limit)"
    assert said(failed.message, "zh") == "输出超过1 MiB（限制由 --output-limit 设定）"
    assert isinstance(built(project, output, Limits(output=0)), Built)


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        (Failed(KEY, "m"), "m"),
        (Failed(KEY, "m", "notebooks/a.ipynb"), "notebooks/a.ipynb: m"),
        (Failed(KEY, "m", "notebooks/a.ipynb", 3), "notebooks/a.ipynb, cell 3: m"),
        (Failed(KEY, "m", "notebooks/a.ipynb", 3, 2), "notebooks/a.ipynb, cell 3, line 2: m"),
    ],
)
def test_a_failure_says_where_as_far_as_it_is_known(failed: Failed, said: str) -> None:
    assert str(failed) == said


@pytest.mark.parametrize(
    ("size", "meant"),
    [
        ("0", 0),
        ("512", 512),
        ("500M", 500 << 20),
        ("2G", 2 << 30),
        ("2GiB", 2 << 30),
        ("1.5g", 3 << 29),
        (" 64 kB ", 64 << 10),
        ("1T", 1 << 40),
    ],
)
def test_a_size_is_understood_as_people_write_it(size: str, meant: int) -> None:
    assert size_in_bytes(size, "--memory-limit") == meant


@pytest.mark.parametrize("size", ["", "G", "-1", "2X", "2 G M", "1,5G", "many"])
def test_what_is_no_size_is_refused_with_how_to_write_one(size: str) -> None:
    with pytest.raises(InputError, match=rf"^--output-limit {re.escape(size)}: write a size as 500M or 2G"):
        size_in_bytes(size, "--output-limit")


SPOILT: tuple[object, ...] = (None, [], {"a": None})
WHOLE = {"name": "示例局", "counts": {"error": 1}, "sources": {"reportkit": "1"}, "files": {"report.html": 3}}


@pytest.mark.parametrize(
    "stamp",
    [
        b"",
        b"[" * 100_000,
        b"\xff",
        b"[]",
        *(json.dumps({**WHOLE, part: spoilt}).encode() for part in WHOLE for spoilt in SPOILT),
    ],
)
def test_a_damaged_stamp_counts_as_none(stamp: bytes) -> None:
    assert read_stamp(stamp) is None


def test_a_stamp_may_say_more_than_is_known() -> None:
    assert read_stamp(json.dumps({**WHOLE, "future": 1}).encode()) == {**WHOLE, "future": 1}


def test_a_failure_that_is_damaged_has_no_message() -> None:
    assert read_failure(b"[" * 100_000) == ""


def test_a_page_tells_a_failure_in_chinese_and_what_is_known_only_in_english_as_it_is(
    project: Project, output: FolderOutput
) -> None:
    (project.params / "2023" / "good-00.yaml").write_text("nonsense: 1\n" * 200)
    assert isinstance(built(project, output), Failed)
    (content,) = output.read([f"{folder_of(KEY)}/{FAILURE}"]).values()
    told = read_failure(content)
    assert told.startswith("params/2023/good-00.yaml:1：nonsense：没有这个键")
    assert not re.search("unknown|more", told)
    assert read_failure(json.dumps({"message": "of an older version"}).encode()) == "of an older version"


def test_what_is_kept_of_a_failure_has_a_bound(project: Project, tmp_path: Path) -> None:
    output = FolderOutput(tmp_path / "output")
    write_notebook(project.root / "notebooks" / "annual_report.ipynb", r"raise ValueError('x' * 10**6 + '\n' * 10**5)")
    failed = build_report(project, {}, KEY, output, Limits())
    assert isinstance(failed, Failed)
    assert failed.message.startswith("ValueError: xxx") and len(failed.message) < 3000
    (content,) = output.read([f"{folder_of(KEY)}/{FAILURE}"]).values()
    assert len(content) < 5000


def test_a_failure_that_another_version_kept_is_read_with_a_bound() -> None:
    assert len(read_failure(json.dumps({"message": "unknown key\n" * 10**5}).encode())) < 2000

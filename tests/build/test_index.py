"""The pages over all reports show what stands in an output, and who has not handed in."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from build.projects import write_small_project
from reportkit.build.index import index_is_up_to_date, write_index
from reportkit.build.last_run import FAILURE, STAMP
from reportkit.build.output import FolderOutput
from reportkit.project.folder import Project
from reportkit.publish import formats

FILES = [written.file for written in formats.FORMATS if written.always]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without agencies: those in the output are not of its register."""
    return Project(tmp_path / "project")


@pytest.fixture
def output(tmp_path: Path) -> FolderOutput:
    return FolderOutput(tmp_path / "output")


def stamp(name: str, **counts: int) -> bytes:
    return json.dumps({"name": name, "counts": counts, "sources": {}, "files": dict.fromkeys(FILES, 1)}).encode()


def failure(message: str) -> bytes:
    return json.dumps({"message": message}).encode()


def write_built(output: FolderOutput, folder: str, stamp: bytes, without: tuple[str, ...] = ()) -> None:
    """What a report that was built leaves, but for files that are gone."""
    for name in json.loads(stamp)["files"].keys() - {*without}:
        output.write(f"{folder}/{name}", b"x")
    output.write(f"{folder}/{STAMP}", stamp)


def listed(project: Project, output: FolderOutput) -> str:
    """The plain list."""
    return Path(write_index(project, output)).with_name("list.html").read_text(encoding="utf-8")


def test_a_report_that_was_built_is_linked_with_its_findings(project: Project, output: FolderOutput) -> None:
    write_built(output, "2023/office", stamp("示例市示例局", error=2))
    text = listed(project, output)
    assert '<a href="2023/office/report.html">示例市示例局</a>' in text
    assert "错误2项" in text
    assert "不宜公开" not in text


def test_a_report_whose_published_page_was_withdrawn_is_shown_as_not_fit_for_the_public(
    project: Project, output: FolderOutput
) -> None:
    write_built(output, "2023/office", stamp("示例市示例局", error=2), without=formats.public_files())
    write_built(output, "2023/bureau", stamp("示例市另一局", warning=1))
    text = listed(project, output)
    assert "2023年度（2份，其中1份不宜公开）" in text
    assert "2023/office/report.html" not in text
    assert '<a href="2023/office/review.html">审阅版</a>' in text
    assert '<a href="2023/bureau/report.html">示例市另一局</a>' in text


def test_only_files_that_were_written_and_have_a_label_are_linked(
    project: Project, output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = formats.Format("extra", "report.extra", "application/msword", lambda _: b"", label="文档")
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))
    write_built(output, "2023/office", stamp("示例市示例局"))
    told = json.loads(stamp("示例市示例局"))
    told["files"]["report.extra"] = 1
    write_built(output, "2023/bureau", json.dumps(told).encode())
    text = listed(project, output)
    assert '<a href="2023/bureau/report.extra">文档</a>' in text
    assert "2023/office/report.extra" not in text
    assert "figures.json" not in text


def test_a_report_that_failed_after_it_was_built_keeps_its_name_and_its_pages(
    project: Project, output: FolderOutput
) -> None:
    write_built(output, "2023/office", stamp("示例市示例局"))
    output.write(f"2023/office/{FAILURE}", failure("ValueError: 示例错误"))
    text = listed(project, output)
    assert '<a href="2023/office/report.html">示例市示例局</a>' in text
    assert "现有页面是此前生成的：ValueError: 示例错误" in text


def test_a_report_that_was_never_built_goes_by_its_id_and_has_no_link(project: Project, output: FolderOutput) -> None:
    output.write(f"2023/office/{FAILURE}", failure("ValueError"))
    text = listed(project, output)
    assert "<span>office</span>" in text
    assert "2023/office/report.html" not in text


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"{}", b'{"name": 3}', b"\xff\xfe"])
def test_what_is_spoilt_spoils_no_other_entry(project: Project, output: FolderOutput, content: bytes) -> None:
    output.write(f"2023/bureau/{STAMP}", content)
    output.write(f"2023/other/{FAILURE}", content)
    output.write(f"2023/office/{STAMP}", stamp("示例市示例局"))
    text = listed(project, output)
    assert "示例市示例局" in text
    assert "bureau" not in text
    assert "<span>other</span>" in text


@pytest.mark.parametrize("told", [None, 3, [], {"T4-SUM": "x"}])
def test_a_stamp_that_says_nonsense_of_rules_says_nothing_of_them(
    project: Project, output: FolderOutput, told: object
) -> None:
    spoilt = {**json.loads(stamp("示例市示例局")), "rules": told, "waived": told, "unjudged": told}
    output.write(f"2023/office/{STAMP}", json.dumps(spoilt).encode())
    assert "示例市示例局" in listed(project, output)


def test_folders_that_hold_no_report_are_not_listed(project: Project, output: FolderOutput) -> None:
    output.write("2023/notes/a.txt", b"")
    output.write("assets/a.js", b"")
    assert "notes" not in listed(project, output)


def test_who_has_not_handed_in_is_known_by_the_parameter_files(tmp_path: Path, output: FolderOutput) -> None:
    root = write_small_project(tmp_path / "project", 3)
    project = Project(root)
    (root / "params" / "2023" / "good-01.yaml").unlink()
    write_built(output, "2023/good-00", stamp("示例市good-00局"))
    assert "2023年度（2份；1个机关未报送）" in listed(project, output)
    book = openpyxl.load_workbook(output.folder / "missing.xlsx")
    assert [[row[1], row[2]] for row in book["2023年度"].iter_rows(min_row=2, values_only=True)] == [
        ["示例市good-01局", "good-01"]
    ]


def test_the_index_is_out_of_date_when_the_register_or_the_parameter_files_change(
    tmp_path: Path, output: FolderOutput
) -> None:
    root = write_small_project(tmp_path / "project", 2)
    assert not index_is_up_to_date(Project(root), output)
    write_index(Project(root), output)
    assert index_is_up_to_date(Project(root), output)
    (root / "params" / "2023" / "good-01.yaml").rename(root / "params" / "good-01.yaml")
    assert not index_is_up_to_date(Project(root), output)
    (root / "params" / "good-01.yaml").rename(root / "params" / "2023" / "good-01.yaml")
    assert index_is_up_to_date(Project(root), output)
    with (root / "params" / "agencies.yaml").open("a", encoding="utf-8") as register:
        register.write("late: {name: 示例市新设局}\n")
    assert not index_is_up_to_date(Project(root), output)


def test_a_register_or_settings_that_cannot_be_read_keep_nobody_from_the_pages(
    tmp_path: Path, output: FolderOutput
) -> None:
    root = write_small_project(tmp_path / "project", 1)
    write_built(output, "2023/good-00", stamp("示例市good-00局"))
    (root / "params" / "agencies.yaml").write_text("{", encoding="utf-8")
    (root / "params" / "project.yaml").write_text("rules: {T4-SUMS: off}\n", encoding="utf-8")
    assert "示例市good-00局" in listed(Project(root), output)

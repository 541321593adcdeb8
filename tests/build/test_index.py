"""The index lists what stands in an output: what was built, what failed, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reportkit.build.index import write_index
from reportkit.build.last_run import FAILURE, STAMP
from reportkit.build.output import FolderOutput
from reportkit.publish import formats

FILES = [written.file for written in formats.FORMATS if written.always]


@pytest.fixture
def output(tmp_path: Path) -> FolderOutput:
    return FolderOutput(tmp_path)


def stamp(name: str, **counts: int) -> bytes:
    return json.dumps({"name": name, "counts": counts, "sources": {}, "files": dict.fromkeys(FILES, 1)}).encode()


def failure(message: str) -> bytes:
    return json.dumps({"message": message}).encode()


def write_built(output: FolderOutput, folder: str, stamp: bytes, without: tuple[str, ...] = ()) -> None:
    """What a report that was built leaves, but for files that are gone."""
    for name in json.loads(stamp)["files"].keys() - {*without}:
        output.write(f"{folder}/{name}", b"x")
    output.write(f"{folder}/{STAMP}", stamp)


def page(output: FolderOutput) -> str:
    return Path(write_index(output)).read_text(encoding="utf-8")


def test_a_report_that_was_built_is_linked_with_its_findings(output: FolderOutput) -> None:
    write_built(output, "2023/office", stamp("示例市示例局", error=2))
    text = page(output)
    assert "示例市示例局" in text
    assert "2023/office/report.html" in text
    assert "2项错误" in text
    assert "不宜公开" not in text


def test_a_report_whose_published_page_was_withdrawn_is_shown_as_not_fit_for_the_public(output: FolderOutput) -> None:
    write_built(output, "2023/office", stamp("示例市示例局", error=2), without=formats.public_files())
    write_built(output, "2023/bureau", stamp("示例市另一局", warning=1))
    text = page(output)
    assert "2023年度（2份，其中1份不宜公开）" in text
    assert text.count('<strong class="withheld">不宜公开</strong>') == 1
    assert "2023/office/report.html" not in text
    assert '<a href="2023/office/review.html">审阅版</a>' in text
    assert '<a href="2023/bureau/report.html">示例市另一局</a>' in text


def test_only_files_that_were_written_and_have_a_label_are_linked(
    output: FolderOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = formats.Format("word", "report.docx", "application/msword", lambda _: b"", label="文档")
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))
    write_built(output, "2023/office", stamp("示例市示例局"))
    told = json.loads(stamp("示例市示例局"))
    told["files"]["report.docx"] = 1
    write_built(output, "2023/bureau", json.dumps(told).encode())
    text = page(output)
    assert '<a href="2023/bureau/report.docx">文档</a>' in text
    assert "2023/office/report.docx" not in text
    assert "figures.json" not in text


def test_a_report_that_failed_after_it_was_built_keeps_its_name_and_its_pages(output: FolderOutput) -> None:
    write_built(output, "2023/office", stamp("示例市示例局"))
    output.write(f"2023/office/{FAILURE}", failure("ValueError: 示例错误"))
    text = page(output)
    assert "示例市示例局" in text
    assert "2023/office/report.html" in text
    assert "ValueError: 示例错误" in text


def test_a_report_that_was_never_built_goes_by_its_id_and_has_no_link(output: FolderOutput) -> None:
    output.write(f"2023/office/{FAILURE}", failure("ValueError"))
    text = page(output)
    assert "office" in text
    assert "2023/office/report.html" not in text


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"{}", b'{"name": 3}', b"\xff\xfe"])
def test_what_is_spoilt_spoils_no_other_entry(output: FolderOutput, content: bytes) -> None:
    output.write(f"2023/bureau/{STAMP}", content)
    output.write(f"2023/other/{FAILURE}", content)
    output.write(f"2023/office/{STAMP}", stamp("示例市示例局"))
    text = page(output)
    assert "示例市示例局" in text
    assert "bureau" not in text
    assert "other" in text


def test_folders_that_hold_no_report_are_not_listed(output: FolderOutput) -> None:
    output.write("2023/notes/a.txt", b"")
    output.write("assets/a.js", b"")
    assert "notes" not in page(output)


def test_names_and_messages_are_shown_as_they_are(output: FolderOutput) -> None:
    output.write(f"2023/office/{STAMP}", stamp("<script>1</script>局"))
    output.write(f"2023/bureau/{FAILURE}", failure("<img src=x onerror=1>"))
    text = page(output)
    assert "<script>" not in text
    assert "&lt;script&gt;1&lt;/script&gt;局" in text
    assert "<img" not in text

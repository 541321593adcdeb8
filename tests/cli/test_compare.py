"""`reportkit compare`: two years, two documents, as text, JSON and a page."""

from __future__ import annotations

import json
from pathlib import Path

from cli.runner import run

SOURCE = Path(__file__).parents[1] / "data" / "linyi-fao-2023.txt"


def test_a_report_is_held_against_last_years(project: Path) -> None:
    status, out, _ = run("compare", "示例市示例局", "--year", "2023", project=project)
    assert status == 0
    assert "个数值不同" in out.splitlines()[0]
    assert "表三.结转下年度继续办理.商业企业" in out


def test_the_answer_for_programs(project: Path) -> None:
    status, out, _ = run("compare", "office", "--year", "2023", "--with", "2022", "--format", "json", project=project)
    told = json.loads(out)
    assert (status, [*told]) == (0, ["agency", "year", "with", "figures", "texts"])
    assert told["with"] == {"agency": "office", "year": 2022}
    assert {"cell", "before", "after", "difference", "share"} == {*told["figures"][0]}


def test_two_documents_are_compared_and_written_as_a_page(tmp_path: Path) -> None:
    text = SOURCE.read_text(encoding="utf-8")
    earlier, later, page = tmp_path / "甲.txt", tmp_path / "乙.txt", tmp_path / "比较.html"
    earlier.write_text(text, encoding="utf-8")
    later.write_text(
        text.replace("2023", "2024").replace("受理依申请公开事项2件", "受理依申请公开事项3件"), encoding="utf-8"
    )
    status, out, _ = run("compare", earlier, later)
    assert status == 0
    assert "[-2-]{+3+}" in out
    status, out, _ = run("compare", earlier, later, "-o", page)
    assert (status, out) == (0, f"wrote {page}\n")
    assert "<del>2</del><ins>3</ins>" in page.read_text(encoding="utf-8")
    assert 'href="#' not in page.read_text(encoding="utf-8")


def test_what_cannot_be_compared_is_said(project: Path, tmp_path: Path) -> None:
    assert (
        run("compare", "office", project=project)[2].splitlines()[-1].endswith("name the year reported on: --year 2023")
    )
    assert "name one agency, or two files" in run("compare", "a", "b", "c", project=project)[2]
    assert run("compare", "office", "--year", "2023", "--with", "2001", project=project)[0] == 2
    broken, other = tmp_path / "a.pdf", tmp_path / "b.txt"
    broken.write_bytes(b"%PDF-1.4 broken")
    other.write_text("无", encoding="utf-8")
    status, _, err = run("compare", broken, SOURCE)
    assert (status, "a.pdf" in err) == (2, True)
    status, _, err = run("compare", other, SOURCE)
    assert (status, "b.txt" in err) == (2, True)

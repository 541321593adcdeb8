"""The commands by which figures get in: what they write, what they say, and their exit status."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cli.runner import run
from end_to_end.projects import ROOT, write_project
from reportkit.project.folder import Project

SOURCE = ROOT / "tests" / "data" / "linyi-fao-2023.txt"
LINYI = Project(ROOT).open_report("linyi-fao", 2023)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "project",
        {
            "params/agencies.yaml": "# 登记册\nlinyi-fao: {name: 临沂市人民政府外事办公室}\noffice: {name: 示例市示例局, parent: city}\n"
            "city: {name: 示例市人民政府, level: government}\nother: {name: 示例市另一局, parent: city}\n",
            "params/2022/office.yaml": "applications: {carried_out: {company: 1}, received: {company: 1}}",
        },
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    copy = tmp_path / "published" / "linyi.txt"
    copy.parent.mkdir()
    shutil.copy(SOURCE, copy)
    return copy


def test_the_real_report_is_imported_as_its_parameter_file_has_it(project: Path, source: Path) -> None:
    status, out, err = run("import", source, project=project)
    assert (status, err) == (0, "")
    assert "params/2023/linyi-fao.yaml" in out
    assert "200 figures, 4 texts" in out
    assert "本年度止件数" in out
    read = Project(project).open_report("linyi-fao", 2023)
    assert (read.figures, read.declared, read.narrative) == (LINYI.figures, LINYI.declared, LINYI.narrative)


def test_an_agency_that_is_not_known_is_added_to_the_register(project: Path, source: Path) -> None:
    (project / "params" / "agencies.yaml").write_text("# 空\nx: {name: 示例局}\n", encoding="utf-8")
    status, out, _ = run("import", source, "--agency", "fao", project=project)
    assert status == 0
    assert "new      look at its entry" in out
    assert Project(project).agency("fao").name == "临沂市人民政府外事办公室"
    assert (project / "params" / "agencies.yaml").read_text(encoding="utf-8").startswith("# 空\n")


def test_a_name_that_is_only_like_a_known_one_is_never_taken_for_it(project: Path, source: Path) -> None:
    source.write_text(SOURCE.read_text(encoding="utf-8").replace("临沂市", "临沭市"), encoding="utf-8")
    status, _, err = run("import", source, project=project)
    assert status == 2
    assert "may be linyi-fao (临沂市人民政府外事办公室): say which with --agency" in err
    assert run("import", source, "--agency", "linshu-fao", project=project)[0] == 0
    assert Project(project).agency("linshu-fao").name == "临沭市人民政府外事办公室"


def test_an_existing_file_is_written_over_only_by_force_and_keeps_its_waivers(project: Path, source: Path) -> None:
    path = project / "params" / "2023" / "linyi-fao.yaml"
    path.parent.mkdir()
    path.write_text("# 手写\nwaivers: [{rule: DATE-LATE, reason: 原因, by: 示例科}]\n", encoding="utf-8")
    status, _, err = run("import", source, project=project)
    assert status == 2
    assert "exists: --force replaces it" in err
    assert run("import", source, "--force", project=project)[0] == 0
    report = Project(project).open_report("linyi-fao", 2023)
    assert report.waivers[0].rule == "DATE-LATE"
    assert report["applications.total.total"] == 2
    assert "# 手写" in path.read_text(encoding="utf-8")


def test_by_force_a_file_that_cannot_be_read_is_put_aside(project: Path, source: Path) -> None:
    path = project / "params" / "2023" / "linyi-fao.yaml"
    path.parent.mkdir()
    path.write_text("nonsense: 1\n")
    assert run("import", source, "--force", project=project)[0] == 0
    assert path.with_suffix(".yaml.unreadable").read_text() == "nonsense: 1\n"


def test_import_answers_programs_without_writing_and_without_a_project(source: Path, tmp_path: Path) -> None:
    status, out, _ = run("import", source, "--format", "json")
    answer = json.loads(out)
    assert status == 0
    assert list(answer) == [
        "agency_name",
        "year",
        "form",
        "title",
        "figures",
        "narrative",
        "contact",
        "guesses",
        "missing",
    ]
    assert answer["figures"] == {address: answer["figures"][address] for address in answer["figures"]}
    assert {address: Decimal(figure) for address, figure in answer["figures"].items()} == LINYI.all_figures
    status, out, _ = run("import", source, source, source.with_name("none.txt"), "--format", "json")
    assert status == 2
    assert isinstance(json.loads(out), list)


def test_what_cannot_be_imported_is_said_and_does_not_hold_up_the_others(project: Path, source: Path) -> None:
    (source.parent / "a.txt").write_text("没有年份的文字。", encoding="utf-8")
    (source.parent / "b.docx").write_bytes(b"PK\x03\x04broken")
    status, out, err = run("import", source.parent, project=project)
    assert status == 2
    assert "linyi-fao.yaml" in out
    assert "a.txt: no annual report was found in it" in err
    assert "b.docx" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "command", [("import",), ("import", "--format", "json"), ("audit",), ("audit", "--format", "json")]
)
def test_a_document_without_a_report_is_an_error_in_every_format(
    command: tuple[str, ...], project: Path, source: Path
) -> None:
    lone = source.parent.parent / "a.txt"
    lone.write_text("没有年份的文字。", encoding="utf-8")
    status, out, err = run(*command, lone, source, **({"project": project} if command == ("import",) else {}))
    assert status == 2
    assert "no annual report was found in it" in out + err
    assert "--agency" not in out + err
    name = "临沂市人民政府外事办公室"
    assert (json.dumps(name)[1:-1] if "json" in command else name) in out


def test_a_lone_document_without_a_report_is_an_error_for_programs_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("没有年份的文字。", encoding="utf-8")
    status, out, err = run("import", tmp_path / "a.txt", "--format", "json")
    assert (status, out) == (2, "")
    assert "no annual report was found in it" in err


def test_what_must_be_corrected_after_an_import_is_said_at_once(project: Path, source: Path) -> None:
    source.write_text(SOURCE.read_text(encoding="utf-8").replace("行政许可\t0", "行政许可\t-3"), encoding="utf-8")
    status, out, _ = run("import", source, project=project)
    assert status == 0
    assert "  correct  表二“行政许可”行“本年处理决定数量”列: -3 is not a whole number from 0 up: left out\n" in out
    assert run("check", "linyi-fao", "--year", "2023", project=project)[0] == 0


def test_audit_checks_without_writing_and_compares_the_years(source: Path, tmp_path: Path) -> None:
    text = SOURCE.read_text(encoding="utf-8")
    later = text.replace("2023", "2024").replace(
        "上年结转政府信息公开申请数量\t\t0\t0\t0\t0\t0\t0\t0", "上年结转政府信息公开申请数量\t\t3\t0\t0\t0\t0\t0\t3"
    )
    (source.parent / "later.txt").write_text(later, encoding="utf-8")
    (source.parent / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    status, out, _ = run("audit", source.parent, "--format", "json")
    answers = {Path(answer["file"]).name: answer for answer in json.loads(out)}
    assert status == 2
    assert list(answers["linyi.txt"]) == [
        *["file", "agency", "agency_name", "year", "error", "findings", "not_assessable", "passed"]
    ]
    assert answers["bad.pdf"]["error"]
    assert answers["linyi.txt"]["error"] is None
    (carry,) = (finding for finding in answers["later.txt"]["findings"] if finding["rule"] == "YEAR-CARRY")
    assert "【T3-BALANCE】" in carry["message"]  # one change would mend both
    assert carry["suggestion"].startswith("表三.上年结转政府信息公开申请数量.自然人应为0（现为3）")
    assert not any(path.suffix == ".yaml" for path in tmp_path.rglob("*"))


def test_audit_tells_people_file_by_file(source: Path) -> None:
    status, out, _ = run("audit", source)
    assert status == 0
    assert out.startswith("临沂市人民政府外事办公室 2023  1 info  ")
    assert "linyi.txt" in out
    status, _, err = run("audit", source.with_name("none.txt"))
    assert status == 2
    assert "none.txt" in err


def test_the_excel_form_goes_out_and_comes_back(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    assert run("workbook", "new", "office", "--year", "2023", "-o", file, project=project)[1] == f"wrote {file}\n"
    status, _, err = run("workbook", "new", "office", "--year", "2023", "-o", file, project=project)
    assert status == 2
    assert "--force" in err
    status, out, _ = run("workbook", "read", file, project=project)
    assert status == 0
    assert "2023/office.yaml" in out
    report = Project(project).open_report("office", 2023)
    assert report["applications.carried_in.company"] == 1
    assert run("workbook", "read", file, project=project)[0] == 2
    assert run("workbook", "new", "office", "--year", "2022", "-o", tmp_path / "2022.xlsx", project=project)[0] == 0


def test_a_form_filled_in_wrongly_names_sheet_and_cell(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    run("workbook", "new", "office", "--year", "2023", "-o", file, project=project)
    book = openpyxl.load_workbook(file)
    sheet = book["表三"]
    place = next(cell for row in sheet.iter_rows() for cell in row if cell.value == 0)
    place.value = "2件"
    book.save(file)
    status, _, err = run("workbook", "read", file, project=project)
    assert status == 2
    assert f"表三!{place.coordinate}" in err
    assert "write 2, without the unit" in err


LEDGER = """\
收到日期,申请人类型,申请人姓名,办理结果,答复日期
2023-01-05,自然人,张示例,予以公开,2023-01-20
2022-12-20,企业,李示例,部分公开,2023-01-10
2023-12-20,自然人,王示例,,
"""


def test_a_ledger_is_tallied_into_the_report_and_its_texts_stay(project: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.csv"
    ledger.write_text(LEDGER, encoding="gb18030")
    path = project / "params" / "2023" / "office.yaml"
    path.parent.mkdir()
    path.write_text("narrative: {overview: 原文}\n", encoding="utf-8")
    status, out, _ = run("tally", ledger, "--year", "2023", "--agency", "office", project=project)
    assert status == 0
    assert "applications.granted.natural_person" in out
    report = Project(project).open_report("office", 2023)
    assert report["applications.received.total"] == 2
    assert report["applications.carried_in.company"] == 1
    assert report["applications.carried_out.natural_person"] == 1
    assert report.narrative["overview"] == "原文"
    path.write_text("applications: {granted: {company: 9}}\n")
    status, _, err = run("tally", ledger, "--year", "2023", "--agency", "office", project=project)
    assert status == 2
    assert "applications.granted.company" in err
    assert run("tally", ledger, "--year", "2023", "--agency", "office", "--force", project=project)[0] == 0


def test_a_tally_is_explained_line_by_line_without_names(tmp_path: Path) -> None:
    ledger = tmp_path / "l.csv"
    ledger.write_text(LEDGER, encoding="utf-8")
    status, out, err = run("tally", ledger, "--year", "2023", "--explain", "applications.received.total")
    assert status == 0
    assert [line.split("  ")[0] for line in out.splitlines()] == [f"{ledger}:2", f"{ledger}:4"]
    assert "示例" not in out + err
    status, _, err = run("tally", ledger, "--year", "2023", "--explain", "applications.recieved.total")
    assert status == 2
    assert "did you mean applications.received.total?" in err


def test_lines_that_are_not_counted_are_listed_and_nothing_is_written(project: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "l.csv"
    ledger.write_text(LEDGER + "2023-05-01,自然人,赵示例,予以公开,2023-04-01\n", encoding="utf-8")
    status, out, err = run("tally", ledger, "--year", "2023", "--format", "json", "--agency", "office", project=project)
    assert status == 2
    assert f"{ledger}:5" in err
    assert json.loads(out)["problems"][0]["at"] == 5
    assert not (project / "params" / "2023").exists()
    assert run("tally", ledger, "--year", "2023", "--agency", "office", "--force", project=project)[0] == 2
    assert (project / "params" / "2023" / "office.yaml").exists()


def test_columns_can_be_mapped(tmp_path: Path) -> None:
    ledger = tmp_path / "l.csv"
    ledger.write_text(LEDGER.replace("收到日期", "来件"), encoding="utf-8")
    status, _, err = run("tally", ledger, "--year", "2023", "--column", "received")
    assert status == 2
    assert "write KEY=HEADING" in err
    status, out, _ = run("tally", ledger, "--year", "2023", "--column", "received=来件")
    assert status == 0
    assert "applications.granted.natural_person" in out


def test_a_word_is_taught_once_and_known_from_then_on(project: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "l.csv"
    ledger.write_text(LEDGER.replace("予以公开", "已阅处"), encoding="utf-8")
    status, _, err = run("tally", ledger, "--year", "2023", project=project)
    assert (status, "'已阅处' is no outcome" in err, "--outcome 已阅处=ITEM" in err) == (2, True, True)
    status, out, err = run("tally", ledger, "--year", "2023", "--outcome", "已阅处=予以公开", project=project)
    assert (status, "applications.granted.natural_person" in out) == (0, True)
    assert f"wrote {project / 'params' / 'project.yaml'}" in err
    assert run("tally", ledger, "--year", "2023", project=project)[0] == 0
    status, _, err = run("tally", ledger, "--year", "2023", "--outcome", "已阅处=公升", project=project)
    assert (status, "'公升' is nothing that the form has" in err) == (2, True)
    status, _, err = run("tally", ledger, "--year", "2023", "--outcome", "已阅处", project=project)
    assert (status, "--outcome 已阅处: write WORD=ITEM" in err) == (2, True)


def test_without_a_project_a_word_is_taught_for_one_tally(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ledger = tmp_path / "l.csv"
    ledger.write_text(LEDGER.replace("予以公开", "已阅处"), encoding="utf-8")
    status, _, err = run("tally", ledger, "--year", "2023", "--outcome", "已阅处=予以公开")
    assert (status, "note: --outcome holds for this tally alone" in err) == (0, True)
    status, _, err = run("tally", ledger, "--year", "2023", "--outcome", "已阅处=公升")
    assert (status, "'公升' is nothing that the form has" in err) == (2, True)
    status, _, err = run("tally", ledger, "--year", "2023")
    assert (status, "holds for this tally" in err) == (2, False)
    assert run("tally", ledger, "--year", "2023", project=tmp_path)[0] == 2
    assert list(tmp_path.iterdir()) == [ledger]


def test_what_is_not_used_of_a_ledger_is_noted_beside_the_figures(tmp_path: Path) -> None:
    ledger = tmp_path / "l.csv"
    ledger.write_text(LEDGER, encoding="utf-8")
    status, out, err = run("tally", ledger, "--year", "2023", "--format", "json")
    assert (status, err) == (0, f"note: {ledger}: columns that are not used: 申请人姓名\n")
    assert json.loads(out)["notes"] == [f"{ledger}: columns that are not used: 申请人姓名"]


def test_an_empty_ledger_is_all_zero(tmp_path: Path) -> None:
    ledger = tmp_path / "l.csv"
    ledger.write_text(LEDGER.splitlines()[0] + "\n", encoding="utf-8")
    assert run("tally", ledger, "--year", "2023")[1].strip() == "every figure is 0"


def test_reports_below_are_rolled_up_and_the_missing_named(project: Path) -> None:
    status, out, err = run("rollup", "city", "--year", "2022", project=project)
    assert status == 0
    assert "1 report summed into" in out
    assert "no report: other" in err
    assert Project(project).open_report("city", 2022)["applications.received.company"] == 1
    status, out, _ = run(
        "rollup", "city", "--year", "2022", "--explain", "applications.received.company", project=project
    )
    assert out.split() == ["1", "office", "示例市示例局"]
    status, out, _ = run("rollup", "city", "--year", "2022", "--format", "json", "--force", project=project)
    answer = json.loads(out)
    assert answer["missing"] == ["other"]
    assert answer["figures"]["applications.received.total"] == 1


def test_a_body_below_that_cannot_be_read_is_said(project: Path) -> None:
    (project / "params" / "2022" / "other.yaml").write_text("foo: 1\n")
    status, _, err = run("rollup", "city", "--year", "2022", project=project)
    assert status == 2
    assert "foo: unknown key" in err
    assert run("rollup", "office", "--year", "2022", project=project)[0] == 2

"""Published reports written to parameter files: whose they are, and what is never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.published import flattened
from reportkit.form import form_for
from reportkit.intake.published.importing import (
    Imported,
    import_files,
    import_report,
    published_files,
    read_published,
    unregistered_agency,
)
from reportkit.intake.published.report import PublishedReport, read_report
from reportkit.project.folder import Project
from reportkit.report import Agency, new_report
from reportkit.system.bounded import Refusal
from reportkit.system.errors import InputError

FORM = form_for(2023)
NAME = "示例市示例和样本管理局"
REGISTER = f"# 登记册\nexample: {{name: {NAME}}}\nother: {{name: 另一个委员会}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    params = tmp_path / "project" / "params"
    params.mkdir(parents=True)
    (tmp_path / "project" / "notebooks").mkdir()
    (params / "agencies.yaml").write_text(REGISTER, encoding="utf-8")
    return Project(tmp_path / "project")


def published(name: str = NAME, company: int = 2) -> PublishedReport:
    figures = {"applications.received.company": company, "applications.granted.company": company}
    return read_report(
        flattened.as_grid(new_report(Agency("x", name), 2023, figures)), agencies={"example": Agency("example", NAME)}
    )


def test_files_are_those_named_and_in_folders_those_that_may_hold_a_report(tmp_path: Path) -> None:
    for name in ("b.html", "a.docx", "~$a.docx", ".hidden.txt", "c.xlsx", "in/d.MD"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    named = tmp_path / "c.xlsx"
    found = published_files([tmp_path, named, tmp_path / "a.docx"])
    assert found == [tmp_path / "a.docx", tmp_path / "b.html", tmp_path / "in" / "d.MD", named]


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.docx"
    report = new_report(Agency("x", NAME), 2023)
    good.write_text(flattened.tabs(report), encoding="utf-8")
    bad.write_bytes(b"PK\x03\x04broken")
    (_, refused), (_, read) = read_published([bad, good])
    assert isinstance(refused, Refusal)
    assert isinstance(read, PublishedReport)
    assert read.year == 2023


def test_files_are_imported_one_by_one(project: Project, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(flattened.tabs(new_report(Agency("x", NAME), 2023)), encoding="utf-8")
    bad.write_text("一、总体情况\n正文。\n二、主动公开政府信息情况\n正文。\n", encoding="utf-8")
    (_, _, refused), (file, read, imported) = import_files(project, [bad, good], year=2023)
    assert isinstance(refused, Refusal)
    assert "the agency was not found" in refused.message
    assert isinstance(imported, Imported)
    assert (file, imported.path) == (good, project.params / "2023" / "example.yaml")
    assert read is not None


def test_a_report_is_written_to_the_file_of_the_agency_of_exactly_its_name(project: Project) -> None:
    imported = import_report(project, published())
    assert (imported.agency.id, imported.is_new, imported.problems) == ("example", False, "")
    assert project.open_report("example", 2023)["applications.received.company"] == 2


def test_an_agency_of_nearly_the_name_must_be_named(project: Project) -> None:
    alike = published(NAME.replace("市", "县"))
    with pytest.raises(InputError, match=rf"may be example \({NAME}\): say which with --agency"):
        import_report(project, alike)
    assert import_report(project, alike, agency_id="example").agency.id == "example"


def test_a_body_is_known_with_and_without_the_places_before_its_name(project: Project) -> None:
    for year, name in ((2022, "示例和样本管理局"), (2023, "市示例和样本管理局"), (2024, f"示例省{NAME}")):
        found = read_report(flattened.as_grid(new_report(Agency("x", name), year)), agencies=project.agencies)
        assert found.agency_id == "example"
        assert [(guess.what, guess.sure) for guess in found.guesses] == [("agency", 0.9)]
        imported = import_report(project, found)
        assert (imported.agency.id, imported.is_new) == ("example", False)
    assert project.years("example") == [2022, 2023, 2024]


def test_a_name_that_several_bodies_bear_is_asked_about(project: Project) -> None:
    project.add_agency(Agency("town", f"南岭区{NAME.removeprefix('示例市')}"))
    found = read_report(
        flattened.as_grid(new_report(Agency("x", "示例和样本管理局"), 2023)), agencies=Project(project.root).agencies
    )
    assert found.agency_id is None
    (said,) = [guess.said for guess in found.guesses]
    assert said == f"“示例和样本管理局” may be example ({NAME}) or town (南岭区示例和样本管理局)"
    with pytest.raises(InputError, match=r"may be example \(.*\) or town \(.*\): say which with --agency"):
        import_report(project, found)
    assert import_report(project, found, agency_id="town").agency.id == "town"


def test_files_of_one_import_know_the_bodies_that_those_before_them_registered(
    project: Project, tmp_path: Path
) -> None:
    files = [tmp_path / f"{year}.txt" for year in (2022, 2023)]
    for file, name in zip(files, ("青禾市林业局", "林业局"), strict=True):
        file.write_text(flattened.tabs(new_report(Agency("x", name), int(file.stem))), encoding="utf-8")
    (_, _, first), (_, _, second) = import_files(project, files)
    assert isinstance(first, Imported) and isinstance(second, Imported)
    assert (first.is_new, second.is_new, second.agency.id) == (True, False, "青禾市林业局")


NO_REPORT = {
    "summary.txt": "示例局2023年工作总结\n一、总体情况\n全年工作完成。\n",
    "links.txt": "示例局2023年政府信息公开工作年度报告\n另一局2023年政府信息公开工作年度报告\n",
    "figures.txt": "行政许可\t12\n行政处罚\t3\n",
    "words.txt": "没有年份的文字。",
    "empty.txt": "",
    "page.html": "<title>页面不存在</title><h1>404</h1>",
}


def test_a_document_without_a_report_is_said_to_have_none(project: Project, tmp_path: Path) -> None:
    for name, text in NO_REPORT.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    good = tmp_path / "good.txt"
    good.write_text(flattened.tabs(new_report(Agency("x", NAME), 2023)), encoding="utf-8")
    results = {file.name: (read, result) for file, read, result in import_files(project, published_files([tmp_path]))}
    _, imported = results.pop("good.txt")
    assert isinstance(imported, Imported)
    assert set(results) == set(NO_REPORT)
    for name, (read, refused) in results.items():
        assert isinstance(refused, Refusal)
        assert read is None
        assert "--agency" not in refused.message
        only = (
            "only the title “示例局2023年政府信息公开工作年度报告”"
            if name == "links.txt"
            else "looked for a title like"
        )
        assert ("no annual report was found in it" in refused.message and only in refused.message) == (
            name != "empty.txt"
        )


BLOCK = FORM.tables[1].blocks[0]
ONLY_TABLE = ["\t".join([row.label, *("1" for _ in BLOCK.column_leaves)]) for row in BLOCK.row_leaves]


def test_a_part_of_a_report_is_a_report(tmp_path: Path) -> None:
    parts = {
        "title": [f"{NAME}2023年政府信息公开工作年度报告", "一、总体情况", "正文。"],
        "section": ["三、收到和处理政府信息公开申请情况", "全年没有收到申请。"],
        "table": ONLY_TABLE,
    }
    for name, lines in parts.items():
        (tmp_path / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    for file, read in read_published(published_files([tmp_path])):
        assert isinstance(read, PublishedReport), file


def test_a_folder_without_a_file_that_may_hold_a_report_is_said_to_have_none(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").touch()
    with pytest.raises(InputError, match=rf"no file of the kind .*\.html.* in {tmp_path}$"):
        published_files([tmp_path])


def test_a_second_id_for_a_known_name_is_refused_unless_it_is_registered(project: Project) -> None:
    before = (project.params / "agencies.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match=rf"“{NAME}” is registered as example: name that with --agency"):
        import_report(project, published(), agency_id="second")
    assert (project.params / "agencies.yaml").read_text(encoding="utf-8") == before
    assert not project.reports({"second"})
    project.add_agency(Agency("second", NAME))
    imported = import_report(Project(project.root), published(), agency_id="second")
    assert (imported.agency.id, imported.is_new) == ("second", False)


def test_an_unknown_agency_is_registered_with_the_level_its_name_tells(project: Project) -> None:
    imported = import_report(project, published("样本县人民政府"))
    assert (imported.agency.id, imported.is_new, imported.agency.level) == ("样本县人民政府", True, "government")
    assert project.agency("样本县人民政府").name == "样本县人民政府"


def test_a_file_that_exists_is_replaced_only_by_force(project: Project) -> None:
    import_report(project, published())
    with pytest.raises(InputError, match=r"params/2023/example\.yaml exists: --force replaces it"):
        import_report(project, published(company=5))
    import_report(project, published(company=5), force=True)
    assert project.open_report("example", 2023)["applications.received.company"] == 5


def test_without_a_year_nothing_is_written(project: Project) -> None:
    with pytest.raises(InputError, match="the year was not found: name it with --year"):
        import_report(project, PublishedReport(NAME, "example", None, None))
    assert list(project.params.glob("*/*.yaml")) == []


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("示例市人民政府", "government"),
        ("示例区", "government"),
        ("示例乡人民政府", "department"),
        ("示例市示例局", "department"),
    ],
)
def test_a_government_is_known_by_its_name(name: str, level: str) -> None:
    assert unregistered_agency(PublishedReport(name, None, 2023, None)).level == level

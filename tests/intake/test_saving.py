"""Saving what comes from elsewhere: nothing that a person wrote is lost, however many do it at once."""

from __future__ import annotations

import multiprocessing
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.form import form_for
from reportkit.intake.ledger.record import Record
from reportkit.intake.ledger.tally import Tally
from reportkit.intake.saving import save_figures, save_report, save_tally
from reportkit.project.folder import Project
from reportkit.project.parameters import Problem
from reportkit.report import Agency, Origin, Place, new_report
from reportkit.system.errors import InputError

AGENCY = Agency("office", "示例局")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "params").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params" / "agencies.yaml").write_text("office: {name: 示例局}\n", encoding="utf-8")
    return Project(tmp_path)


def test_files_that_cannot_be_read_are_put_aside_one_beside_the_other(project: Project) -> None:
    path = project.params / "2023" / "office.yaml"
    path.parent.mkdir()
    aside = []
    for number in range(3):
        path.write_text(f"broken: {number}\n", encoding="utf-8")
        aside.append(save_report(project, new_report(AGENCY, 2023), "imported", force=True).put_aside)
    assert [name and name.name for name in aside] == [
        "office.yaml.unreadable",
        "office.yaml.unreadable.2",
        "office.yaml.unreadable.3",
    ]
    assert [name and name.read_text(encoding="utf-8") for name in aside] == [f"broken: {n}\n" for n in range(3)]
    assert save_report(project, new_report(AGENCY, 2023), "imported", force=True).put_aside is None


def test_a_file_that_cannot_be_read_stays_where_it_is_if_no_other_can_be_written(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.params / "2023" / "office.yaml"
    path.parent.mkdir()
    path.write_text("broken: 1\n", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("reportkit.project.parameters.writing.write_file", full)
    with pytest.raises(OSError, match="No space left"):
        save_report(project, new_report(AGENCY, 2023), "imported", force=True)
    assert [file.name for file in path.parent.iterdir()] == ["office.yaml"]
    assert path.read_text(encoding="utf-8") == "broken: 1\n"


def test_mode_and_symbolic_link_of_a_file_stay(project: Project, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.yaml"
    target.write_text("applications: {received: {company: 1}}\n", encoding="utf-8")
    target.chmod(0o640)
    path = project.params / "2023" / "office.yaml"
    path.parent.mkdir()
    path.symlink_to(target)
    save_report(project, new_report(AGENCY, 2023, {"applications.received.company": 2}), "imported", force=True)
    assert path.is_symlink()
    assert "company: 2" in target.read_text(encoding="utf-8")
    assert target.stat().st_mode & 0o777 == 0o640


def add(root: Path, number: int) -> None:
    """In a process of its own: add an agency and its report."""
    agency = Agency(f"agency{number}", f"示例{number}局")
    project = Project(root)
    project.add_agency(agency)
    save_report(project, new_report(agency, 2023, {"applications.received.company": number}), "imported")
    os._exit(0)


@given(st.permutations(range(8)))
@settings(max_examples=5, deadline=None)
def test_nothing_is_lost_when_eight_add_agencies_at_once(order: list[int]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "params").mkdir()
        context = multiprocessing.get_context("fork")
        adding = [context.Process(target=add, args=(root, number)) for number in order]
        for process in adding:
            process.start()
        for process in adding:
            process.join()
        project = Project(root)
        assert sorted(project.agencies) == sorted(f"agency{number}" for number in range(8))
        for number in range(8):
            assert project.open_report(f"agency{number}", 2023)["applications.received.company"] == number


def test_a_text_that_says_the_same_keeps_its_bound_figures(project: Project) -> None:
    agency = next(iter(project.agencies.values()))
    written = "共收到申请{{ applications.received.total }}件。"
    bound = new_report(agency, 2023, {"applications.received.company": 3}, narrative={"overview": written})
    path = project.save_report(bound)
    save_report(
        project, new_report(agency, 2023, narrative={"overview": bound.text("overview")}), "imported", force=True
    )
    assert written in path.read_text(encoding="utf-8")
    for other in ("共收到申请1件。", "共收到申请5件。"):
        save_report(project, new_report(agency, 2023, narrative={"overview": other}), "imported", force=True)
        assert other in path.read_text(encoding="utf-8")
        save_report(project, bound, "imported", force=True)


def written(project: Project, text: str) -> Path:
    path = project.params / "2023" / "office.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_is_there_is_replaced_by_force_alone_and_keeps_its_waivers(project: Project) -> None:
    waived = "waivers:\n- {rule: YEAR-STALE, cells: [applications.received.total], reason: 已核实, by: 示例}\n"
    path = written(project, f"# 注释\n{waived}")
    report = new_report(AGENCY, 2023, {"applications.received.company": 2})
    with pytest.raises(InputError, match=r"^params/2023/office\.yaml exists: --force replaces it$"):
        save_report(project, report, "imported")
    assert path.read_text(encoding="utf-8") == f"# 注释\n{waived}"
    saved = save_report(project, report, "imported", force=True)
    assert (saved.path, saved.put_aside) == (path, None)
    assert path.read_text(encoding="utf-8").startswith("# 注释\n")
    kept = project.open_report("office", 2023)
    assert ([waiver.reason for waiver in kept.waivers], kept["applications.received.company"]) == (["已核实"], 2)


COMPANY, RECEIVED = "applications.received.company", "applications.received.total"


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("", ""),
        ("applications: {received: {company: 0}}\n", ""),
        ("applications: {received: {company: 1203}}\n", ""),
        ("applications: {received: {company: 4}}\n", rf"\({COMPANY} …\)"),
        ("applications: {received: {company: 4, other: 1}}\n", rf"\({COMPANY}, applications\.received\.other …\)"),
        ("declared: {applications: {received: {total: 4}}}\n", r"\(applications\.received\.total …\)"),
    ],
)
def test_figures_that_were_reckoned_replace_others_by_force_alone(project: Project, text: str, refused: str) -> None:
    path = written(project, f"narrative: {{overview: 示例}}\n{text}")
    figures = {COMPANY: 1203, "applications.received.other": 2}
    if refused:
        with pytest.raises(InputError, match=rf"params/2023/office\.yaml states other figures {refused}: --force"):
            save_figures(project, AGENCY, 2023, figures, {})
        assert project.open_report("office", 2023).declared == ({} if "declared" not in text else {RECEIVED: 4})
    assert save_figures(project, AGENCY, 2023, figures, {}, force=bool(refused)) == path
    report = project.open_report("office", 2023)
    assert (report[COMPANY], report["applications.received.other"], report.declared) == (1203, 2, {})
    assert report.text("overview") == "示例"


def test_of_many_figures_that_would_be_replaced_three_are_named(project: Project) -> None:
    written(project, "applications: {received: {company: 1, other: 1, natural_person: 1, legal_service: 1}}\n")
    figures = {f"applications.received.{key}": 2 for key in ("natural_person", "company", "legal_service", "other")}
    with pytest.raises(InputError) as refused:
        save_figures(project, AGENCY, 2023, figures, {})
    assert [address in str(refused.value) for address in figures] == [True, True, True, False]


def test_what_was_counted_is_saved_where_every_line_counts_or_by_force(project: Project) -> None:
    form = form_for(2023)
    whole = Tally(form, 2023, {COMPANY: 3}, (), {})
    assert project.open_or_new_report("office", 2023)[COMPANY] == 0
    save_tally(project, "示例局", whole)
    assert project.open_report("office", 2023)[COMPANY] == 3
    problems = (Problem(Place("a.csv", 2), "", "示例"), Problem(Place("a.csv", 3), "", "示例"))
    part = Tally(form, 2023, {COMPANY: 3, "applications.received.other": 1}, problems, {})
    with pytest.raises(InputError, match=r"^2 lines are not counted"):
        save_tally(project, "office", part)
    save_tally(project, "office", part, force=True)
    assert project.open_report("office", 2023)["applications.received.other"] == 1


def test_where_figures_come_from_stays_known_until_a_person_changes_them(project: Project) -> None:
    places = {
        COMPANY: Place("handed-in/报告.docx", "表三第3行"),
        "applications.received.other": Place("报告.docx", "表三第4行"),
    }
    save_report(project, new_report(AGENCY, 2023, {COMPANY: 2}, places=places), "imported")
    imported = {COMPANY: Origin("imported", "报告.docx:表三第3行", "2")}
    assert project.open_report("office", 2023).origins == imported
    record = Record("/ledgers/台账.csv", 4, "applications", "other", date(2023, 1, 5))
    counted = Tally(
        form_for(2023), 2023, {"applications.granted.other": 1}, (), {"applications.granted.other": (record,)}
    )
    save_tally(project, "office", counted)
    assert project.open_report("office", 2023).origins == {
        **imported,
        "applications.granted.other": Origin("tallied", "台账.csv", "1"),
    }
    save_figures(project, AGENCY, 2023, {COMPANY: 3}, {}, force=True)
    assert list(project.open_report("office", 2023).origins) == ["applications.granted.other"]

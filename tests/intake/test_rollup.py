"""The roll-up: which reports are summed, which bodies are named, and what becomes of the parent's own report."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.checks import check
from reportkit.checks.rollup import added
from reportkit.form.figures import magnitude
from reportkit.intake.rollup import RollUpError, roll_up
from reportkit.project.folder import Project, ReportKey, UnknownAgencyError
from reportkit.project.parameters import TypedError
from reportkit.report import Agency, AnnualReport, Origin, UnknownCellError
from strategies import reports

AGENCIES = """\
city: {name: 示例市人民政府, level: government}
office: {name: 示例市人民政府办公室, parent: city}
bureau: {name: 示例市示例局, parent: city}
county: {name: 示例县人民政府, level: government, parent: city}
county-office: {name: 示例县人民政府办公室, parent: county}
town: {name: 示例镇人民政府, level: government, parent: county}
town-office: {name: 示例镇示例所, parent: town}
"""
CELL = "applications.received.company"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "notebooks").mkdir()
    write(tmp_path, "agencies.yaml", AGENCIES)
    return Project(tmp_path)


def write(root: Path, name: str, text: str) -> None:
    path = root / "params" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def received(project: Project, **companies: int) -> None:
    for agency, number in companies.items():
        write(
            project.root,
            f"2023/{agency.replace('_', '-')}.yaml",
            f"applications: {{received: {{company: {number}}}, carried_out: {{company: {number}}}}}",
        )


def ids(agencies: Iterable[Agency]) -> list[str]:
    return [agency.id for agency in agencies]


def rollup_findings(report: AnnualReport) -> list[str]:
    return [finding.cells[0] for finding in check(report) if finding.rule == "ROLLUP-SUM"]


def test_a_body_s_report_stands_for_all_bodies_below_it(project: Project) -> None:
    received(project, office=1, bureau=2, county=10, county_office=3, town=7, town_office=7)
    rolled = roll_up(project, "city", 2023)
    assert rolled.report[CELL] == 13
    assert [(agency.id, figure) for agency, figure in rolled.contributions(CELL)] == [
        ("office", 1),
        ("bureau", 2),
        ("county", 10),
    ]
    assert (rolled.below.missing, rolled.below.unreadable) == ((), ())


def test_where_a_body_has_no_report_those_below_it_stand_in_its_place_at_any_depth(project: Project) -> None:
    received(project, office=1, county_office=3, town_office=7)
    rolled = roll_up(project, "city", 2023)
    assert rolled.report[CELL] == 11
    assert ids(rolled.below.missing) == ["bureau", "county", "town"]
    assert ids(report.agency for report in rolled.below.reports) == ["office", "county-office", "town-office"]


def test_a_report_that_cannot_be_read_is_named_with_its_message(project: Project) -> None:
    received(project, office=1, county_office=3)
    write(project.root, "2023/county.yaml", "foo: 1")
    write(project.root, "2023/bureau.yml", "")
    rolled = roll_up(project, "city", 2023)
    assert rolled.report[CELL] == 4
    told = {body.id: message for body, message in rolled.below.unreadable}
    assert "params/2023/county.yaml:1: foo: unknown key" in told["county"]
    assert "rename bureau.yml to bureau.yaml" in told["bureau"]


def test_a_wrong_entry_of_the_agencies_does_not_hide_the_bodies_below_it(project: Project) -> None:
    write(project.root, "agencies.yaml", AGENCIES.replace("name: 示例县人民政府, level", "levle"))
    received(project, office=1, county_office=3)
    rolled = roll_up(project, "city", 2023)
    assert rolled.report[CELL] == 4
    ((body, message),) = rolled.below.unreadable
    assert body.id == "county"
    assert "levle: unknown key" in message


def test_agencies_in_a_circle_are_met_once(project: Project) -> None:
    circle = "a: {name: 甲局, parent: b}\nb: {name: 乙局, parent: a}\nc: {name: 丙局, parent: a}\n"
    write(project.root, "agencies.yaml", AGENCIES + circle)
    received(project, c=2)
    below = project.below("a", 2023)
    assert ids(below.missing) == ["b"]
    assert ids(report.agency for report in below.reports) == ["c"]


def test_texts_and_comments_of_the_parent_stay_and_figures_and_stated_totals_are_replaced(project: Project) -> None:
    received(project, office=1, bureau=2)
    write(
        project.root,
        "2023/city.yaml",
        "# 注释\napplications: {received: {company: 90, natural_person: 4}}\nnarrative: {overview: 示例}\n"
        "declared: {applications: {received: {total: 94}}}\n",
    )
    rolled = roll_up(project, "city", 2023)
    assert rolled.report.text("overview") == "示例"
    assert (rolled.report[CELL], rolled.report["applications.received.total"]) == (3, 3)
    path = project.save_report(rolled.report)
    assert "# 注释" in path.read_text(encoding="utf-8")
    saved = project.open_report("city", 2023)
    assert saved == rolled.report
    assert rollup_findings(saved) == []


def test_a_parent_without_a_report_gets_a_new_one(project: Project) -> None:
    received(project, office=1)
    report = roll_up(project, "city", 2023).report
    project.save_report(report)
    assert project.open_report("city", 2023) == report


def test_nothing_is_written(project: Project) -> None:
    received(project, office=1)
    roll_up(project, "city", 2023)
    assert not project.parameter_file(ReportKey("city", 2023)).exists()


def test_without_anything_to_sum_it_is_said_what_to_do(project: Project) -> None:
    with pytest.raises(RollUpError, match=r"office: no agency is below it; write `parent: office` at each"):
        roll_up(project, "office", 2023)
    write(project.root, "2023/bureau.yaml", "foo: 1")
    with pytest.raises(
        RollUpError, match=r"(?s)none of the bodies below it has a report for 2023.*bureau\.yaml:1.*office"
    ):
        roll_up(project, "city", 2023)
    write(project.root, "2023/town-office.yaml", "foo: 1")
    with pytest.raises(RollUpError, match=r"(?s)town: none of the bodies below it .*town-office\.yaml:1"):
        roll_up(project, "town", 2023)
    with pytest.raises(UnknownAgencyError, match="did you mean city"):
        roll_up(project, "citty", 2023)


def test_a_parent_whose_own_file_cannot_be_read_is_not_overwritten(project: Project) -> None:
    received(project, office=1)
    write(project.root, "2023/city.yaml", "foo: 1")
    with pytest.raises(TypedError, match=r"params/2023/city\.yaml:1"):
        roll_up(project, "city", 2023)


def test_contributions_to_no_cell_are_refused(project: Project) -> None:
    received(project, office=1)
    with pytest.raises(UnknownCellError):
        roll_up(project, "city", 2023).contributions("applications.received.firm")


def test_a_report_is_opened_with_those_below_it_only_where_there_are_any(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    received(project, office=1, city=1, town_office=2)
    opened = project.open_report("city", 2023)
    assert opened.below is not None
    assert ids(report.agency for report in opened.below.reports) == ["office", "town-office"]
    assert ids(opened.below.missing) == ["bureau", "county", "county-office", "town"]
    assert rollup_findings(opened) == [
        *(CELL, "applications.received.total", "applications.carried_out.company", "applications.carried_out.total")
    ]
    monkeypatch.setattr(Project, "below", lambda *_: pytest.fail("a department has nothing below it"))
    assert project.open_report("office", 2023).below is None


def test_reports_below_come_without_their_earlier_years(project: Project) -> None:
    received(project, office=1, city=1)
    write(project.root, "2022/office.yaml", "")
    below = project.open_report("city", 2023).below
    assert below is not None
    assert below.reports[0].previous is None


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_any_tree_rolls_up_to_a_report_that_passes_and_any_change_in_it_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("tree")
    (root / "notebooks").mkdir()
    size = data.draw(st.integers(1, 7))
    above = [
        "top" if number == 0 else data.draw(st.sampled_from(["top", *(f"b{n}" for n in range(number))]))
        for number in range(size)
    ]
    entries = ["top: {name: 示例市, level: government}"]
    entries += [f"b{number}: {{name: 示例{number}局, parent: {parent}}}" for number, parent in enumerate(above)]
    write(root, "agencies.yaml", "\n".join(entries) + "\n")
    year = data.draw(st.sampled_from([2020, 2023]))
    project = Project(root)
    reporting = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
    stated = {}
    for number in reporting:
        report = data.draw(reports(year))
        stated[f"b{number}"] = report.replace(agency=project.agency(f"b{number}"))
        project.save_report(stated[f"b{number}"])

    def total(agency: str, address: str) -> int | Decimal:
        """The sum over a body, told by the tree from above."""
        if agency in stated:
            return magnitude(stated[agency].figures[address])
        return sum(total(f"b{n}", address) for n, parent in enumerate(above) if parent == agency)

    rolled = roll_up(project, "top", year)
    for address in rolled.report.form.entries:
        assert magnitude(rolled.report[address]) == total("top", address)
    assert {body.id for body in rolled.below.missing}.isdisjoint(stated)
    assert {entry for entry in rolled.report.form.entries if rolled.report[entry] != 0} == rolled.origins.keys()
    project.save_report(rolled.report)
    saved = project.open_report("top", year)
    assert saved == rolled.report
    assert rollup_findings(saved) == []
    address = data.draw(st.sampled_from(saved.form.entries))
    changed = saved.replace(
        {address: added([saved[address], 1])} if saved.form.cells[address].kind.name != "amount" else {}
    )
    assert (address in rollup_findings(changed)) == (changed != saved)


def test_a_sum_names_the_bodies_that_add_to_it(tmp_path: Path) -> None:
    ids = [f"b{number}" for number in range(6)]
    entries = ["top: {name: 示例市}"] + [f"{id}: {{name: 示例{id}局, parent: top}}" for id in ids]
    write(tmp_path, "agencies.yaml", "\n".join(entries) + "\n")
    for number, id in enumerate(ids):
        write(tmp_path, f"2023/{id}.yaml", f"applications: {{received: {{company: {number}, other: {number % 2}}}}}\n")
    origins = roll_up(Project(tmp_path), "top", 2023).origins
    assert origins == {
        "applications.received.company": Origin("rolled_up", "示例b1局、示例b2局、示例b3局、另有2个机关", "15"),
        "applications.received.other": Origin("rolled_up", "示例b1局、示例b3局、示例b5局", "3"),
    }

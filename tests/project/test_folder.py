"""A project on disk: what is found in it, and what is said of what is wrong."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from reportkit.project.folder import Project, ProjectError, ReportKey, UnknownAgencyError, find_project
from reportkit.project.parameters import TypedError

AGENCIES = """\
city: {name: 示例市人民政府, level: government}
bureau: {name: 示例市示例局, short: 示例局, parent: city, contact: 电话：0000-0000000}
county: {name: 示例县人民政府, level: government, parent: city}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "notebooks").mkdir()
    write(tmp_path, "agencies.yaml", AGENCIES)
    return Project(tmp_path)


def write(root: Path, name: str, text: str) -> None:
    path = root / "params" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_project_is_found_from_any_folder_inside_it(project: Project) -> None:
    inside = project.root / "notebooks"
    assert find_project(inside) == find_project(str(project.root)) == project


def test_outside_a_project_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()  # half of a project is none
    with pytest.raises(ProjectError, match="reportkit init DIR"):
        find_project(tmp_path)


def test_pages_are_built_below_the_project_by_year_and_agency(project: Project) -> None:
    assert project.output_folder(ReportKey("bureau", 2023)) == project.root / "output" / "2023" / "bureau"


def test_a_project_is_told_of_what_is_looked_at_and_stays_the_same_value(project: Project) -> None:
    heard: list[str] = []
    listening = Project(project.root, looked_at=heard.append)
    assert listening == project
    assert hash(listening) == hash(project)
    assert listening.agency("bureau").parent == "city"
    assert heard == ["params/agencies.yaml#bureau"]
    write(project.root, "2023/bureau.yaml", "")
    heard.clear()
    listening.open_report("bureau", 2023)
    assert heard == [
        "params/agencies.yaml#bureau",
        "params/2022/bureau.yaml",
        "params/agencies.yaml#bureau",
        "params/2023/bureau.yaml",
        "params/project.yaml",
        "notebooks/checks.py",
        "params/2023/bureau.origins.json",
        "params/agencies.yaml#bureau/below",
    ]


def test_agencies_are_read_with_their_place_in_the_tree(project: Project) -> None:
    bureau = project.agency("bureau")
    assert (bureau.name, bureau.short, bureau.level, bureau.parent) == ("示例市示例局", "示例局", "department", "city")
    assert project.agency("city").level == "government"
    assert [agency.id for agency in project.children("city")] == ["bureau", "county"]


def test_an_unknown_agency_is_told_the_nearest(project: Project) -> None:
    with pytest.raises(UnknownAgencyError, match="did you mean bureau"):
        project.agency("bureua")
    with pytest.raises(UnknownAgencyError, match="add it there"):
        project.agency("../../etc/passwd")


def test_a_name_that_several_agencies_have_is_refused_with_their_ids(project: Project) -> None:
    write(project.root, "agencies.yaml", AGENCIES + "other: {name: 示例县示例局, short: 示例局}\n")
    with pytest.raises(UnknownAgencyError, match=r"bureau \(示例市示例局\), other \(示例县示例局\)"):
        project.agency("示例局")


def test_the_bodies_below_take_the_place_of_one_without_a_report_and_none_is_met_twice(project: Project) -> None:
    towns = "town: {name: 示例镇, parent: county}\nvillage: {name: 示例乡, parent: county}\n"
    circle = "one: {name: 甲, parent: two}\ntwo: {name: 乙, parent: one}\n"
    write(project.root, "agencies.yaml", AGENCIES + towns + circle)
    write(project.root, "2023/town.yaml", "applications: {received: {company: 1}}")
    write(project.root, "2023/village.yaml", "nonsense: 1")
    write(project.root, "2023/bureau.yml", "")
    below = project.below("city", 2023)
    assert [report.agency.id for report in below.reports] == ["town"]
    assert [agency.id for agency in below.missing] == ["county"]
    assert [agency.id for agency, _ in below.unreadable] == ["bureau", "village"]
    write(project.root, "2023/county.yaml", "")
    assert [report.agency.id for report in project.below("city", 2023).reports] == ["county"]
    assert {agency.id for agency in project.below("one", 2023).missing} <= {"two"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("x: {short: 局}", r"agencies\.yaml:4: x: name is missing"),
        ("x: {name: 局, levle: department}", "x.levle: unknown key; did you mean level?"),
        ("x: {name: 局, level: province}", "'province' is not a level: write department or government"),
        ("x: {name: 局, parent: ctiy}", "x.parent: 'ctiy' is not an agency of this file; did you mean city?"),
        ("x: {name: 局, parent: x}", "form a circle: x → x"),
        ("x: {name: 局, notebook: ../../evil.ipynb}", "is outside notebooks/"),
        ("x: {name: 局, notebook: /evil.ipynb}", "is outside notebooks/"),
        ("x: 3", "expected a mapping with keys such as name, found '3'"),
        ("x: {name: 局}\nx: {name: 处}", "x appears twice, first on line 4"),
    ],
)
def test_a_wrong_entry_holds_up_its_own_agency_and_no_other(project: Project, entry: str, said: str) -> None:
    write(project.root, "agencies.yaml", AGENCIES + entry + "\n")
    with pytest.raises(TypedError, match=said.replace("?", r"\?").replace("...", r"\.\.\.")):
        project.agency("x")
    assert project.agency("bureau").name == "示例市示例局"


def test_an_id_that_is_no_file_name_is_refused(project: Project) -> None:
    write(project.root, "agencies.yaml", "../x: {name: 局}\n")
    with pytest.raises(TypedError, match="an id is made of letters"):
        project.agency("../x")


def test_an_agencies_file_that_cannot_be_read_is_named(project: Project) -> None:
    write(project.root, "agencies.yaml", "- a\n")
    with pytest.raises(TypedError, match=r"params/agencies\.yaml:1: expected a mapping, found a list"):
        project.agency("bureau")


def test_reports_are_listed_by_year_and_agency(project: Project) -> None:
    for name in ("2022/bureau.yaml", "2023/city.yaml", "2023/bureau.yaml", "2023/.hidden.yaml", "notes/x.yaml"):
        write(project.root, name, "")
    assert project.reports() == [ReportKey("bureau", 2022), ReportKey("bureau", 2023), ReportKey("city", 2023)]
    assert project.reports(["bureau"], 2023) == [ReportKey("bureau", 2023)]
    assert project.years("bureau") == [2022, 2023]


def test_last_year_s_report_is_found_and_the_years_before_it(project: Project) -> None:
    for year in (2018, 2020, 2021, 2022):
        write(project.root, f"{year}/bureau.yaml", f"applications: {{received: {{company: {year}}}}}")
    report = project.open_report("bureau", 2022)
    assert [earlier.year for earlier in report.history()] == [2022, 2021, 2020]
    assert report.previous is not None
    assert report.previous["applications.received.company"] == 2021


def test_a_broken_earlier_year_does_not_hold_up_this_one(project: Project) -> None:
    write(project.root, "2021/bureau.yaml", "")
    write(project.root, "2022/bureau.yaml", "foo: 1")
    write(project.root, "2023/bureau.yaml", "")
    assert project.open_report("bureau", 2023).previous is None
    with pytest.raises(TypedError, match=r"params/2022/bureau\.yaml:1: foo: unknown key"):
        project.open_report("bureau", 2022)


def test_a_missing_report_says_which_years_there_are(project: Project) -> None:
    with pytest.raises(
        TypedError, match=r"params/2023/bureau\.yaml: the file does not exist; bureau has no report yet"
    ):
        project.open_report("bureau", 2023)
    write(project.root, "2022/bureau.yaml", "")
    with pytest.raises(TypedError, match="bureau has reports for 2022"):
        project.open_report("bureau", 2023)
    write(project.root, "2023/bureau.yml", "")
    with pytest.raises(TypedError, match=r"rename bureau\.yml to bureau\.yaml"):
        project.open_report("bureau", 2023)


def test_an_agency_s_own_notebook_is_found_and_a_missing_one_named(project: Project) -> None:
    (project.root / "notebooks" / "annual_report.ipynb").write_text("{}")
    (project.root / "notebooks" / "own.ipynb").write_text("{}")
    write(
        project.root,
        "agencies.yaml",
        "a: {name: 局}\nb: {name: 处, notebook: own.ipynb}\nc: {name: 所, notebook: no.ipynb}\n",
    )
    assert project.notebook(project.agency("a")).name == "annual_report.ipynb"
    assert project.notebook(project.agency("b")).name == "own.ipynb"
    with pytest.raises(ProjectError, match=r"notebooks/no\.ipynb: the notebook of c does not exist"):
        project.notebook(project.agency("c"))


def test_a_report_is_saved_where_it_is_read(project: Project) -> None:
    write(project.root, "2023/bureau.yaml", "# 注释\n")
    report = project.open_report("bureau", 2023).replace({"applications.granted.company": 4})
    saved = project.save_report(report)
    assert saved == project.params / "2023" / "bureau.yaml"
    assert project.open_report("bureau", 2023)["applications.granted.company"] == 4
    assert "# 注释" in saved.read_text(encoding="utf-8")


def test_a_report_without_a_file_is_a_new_one_beside_last_year_s(project: Project) -> None:
    write(project.root, "2022/bureau.yaml", "applications: {carried_out: {company: 3}}")
    report = project.open_or_new_report("bureau", 2023)
    assert set(report.all_figures.values()) == {0}
    assert report.last_year is not None
    assert report.last_year["applications.carried_out.company"] == 3
    assert project.open_or_new_report("bureau", 2022) == report.last_year


def test_a_new_report_needs_no_readable_report_for_last_year(project: Project) -> None:
    write(project.root, "2022/bureau.yaml", "foo: 1")
    assert project.open_or_new_report("bureau", 2023).last_year is None
    assert project.open_or_new_report("bureau", 2019).last_year is None


def test_a_report_whose_file_cannot_be_read_is_not_replaced_by_a_new_one(project: Project) -> None:
    write(project.root, "2023/bureau.yaml", "foo: 1")
    with pytest.raises(TypedError, match="foo: unknown key"):
        project.open_or_new_report("bureau", 2023)
    with pytest.raises(UnknownAgencyError):
        project.open_or_new_report("nobody", 2023)


def test_a_file_that_is_named_like_a_year_holds_no_reports(project: Project) -> None:
    before = project.reports()
    (project.params / "2031").touch()
    assert project.reports() == before


def test_a_folder_that_may_not_be_read_is_not_passed_over(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(PermissionError, match="params"):
        project.reports()


# ---------------------------------------------------------------- figures bound into texts

BOUND = """\
applications:
  received: {{natural_person: {received}}}
narrative:
  overview: |
    一年来，
    收到申请{{{{ 表三.received.总计 }}}}件，比上年{{{{ change(applications.received.total) }}}}。
"""


def test_bound_figures_are_filled_in_with_those_of_the_year_before(project: Project) -> None:
    write(project.root, "2022/bureau.yaml", "applications:\n  received: {natural_person: 2}\n")
    write(project.root, "2023/bureau.yaml", BOUND.format(received=3))
    report = project.open_report("bureau", 2023)
    assert report.text("overview") == report.narrative["overview"] == "一年来，\n收到申请3件，比上年增长50.0%。\n"
    changed = report.replace({"applications.received.natural_person": 1})
    assert changed.text("overview") == "一年来，\n收到申请1件，比上年下降50.0%。\n"


def test_what_is_saved_are_the_texts_as_written(project: Project) -> None:
    write(project.root, "2022/bureau.yaml", "applications:\n  received: {natural_person: 2}\n")
    write(project.root, "2023/bureau.yaml", BOUND.format(received=3))
    report = project.open_report("bureau", 2023)
    path = project.save_report(report.replace({"applications.received.natural_person": 1}))
    assert path.read_text(encoding="utf-8") == BOUND.format(received=1)
    path.unlink()
    project.save_report(report)
    assert "{{ change(applications.received.total) }}" in path.read_text(encoding="utf-8")


def test_the_line_of_what_cannot_be_filled_in_is_named(project: Project) -> None:
    write(project.root, "2023/bureau.yaml", BOUND.format(received=3).replace("received.总计", "recieved.total"))
    with pytest.raises(TypedError) as caught:
        project.open_report("bureau", 2023)
    unknown, alone = caught.value.problems
    assert [problem.place.at for problem in (unknown, alone)] == [6, 6]
    assert str(unknown).startswith("params/2023/bureau.yaml:6: narrative.overview: {{ 表三.recieved.total }}: ")
    assert "no report for 2022" in str(alone)

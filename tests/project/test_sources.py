"""What a report is made from is noted whole: nothing is read that is not noted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reportkit.build.cluster import Parcel, pack
from reportkit.checks import check
from reportkit.demo import make_city
from reportkit.project.folder import Project, ProjectError, ReportKey, UnknownAgencyError
from reportkit.project.sources import PACKAGE, Digests, Sources, beside_notebooks, described
from reportkit.system.errors import InputError

KEY = ReportKey("office", 2023)
opened: list[str] | None = None


@pytest.fixture(scope="module", autouse=True)
def watched() -> None:
    """See every file that is opened, by whatever opens it; a hook cannot be taken away again."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if opened is not None and event == "open":
            opened.append(str(arguments[0]))

    sys.addaudithook(hook)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A made-up city in which much is amiss: bodies whose entry, or whose report, cannot be read or is missing."""
    root = tmp_path_factory.mktemp("sources") / "city"
    make_city(root, agencies=30, years=range(2020, 2024), faults=20)
    project = Project(root)
    register = project.params / "agencies.yaml"
    bodies = [agency.id for agency in project.agencies.values() if agency.parent]
    text = register.read_text()
    for spoilt in bodies[2::9]:
        text = text.replace(f"\n{spoilt}:\n", f"\n{spoilt}:\n  nonsense: 1\n")
    register.write_text(text)
    for spoilt in bodies[3::9]:
        (project.params / "2022" / f"{spoilt}.yaml").write_text("nonsense: [\n")
    for missing in bodies[4::9]:
        (project.params / "2022" / f"{missing}.yaml").unlink()
    for misnamed in bodies[5::9]:
        path = project.params / "2023" / f"{misnamed}.yaml"
        path.rename(path.with_suffix(".yml"))
    government = next(
        agency for agency in Project(root).agencies.values() if agency.level == "government" and agency.parent
    )
    (project.params / "2021" / f"{government.id}.yaml").unlink()
    return Project(root)


def described_or_error(project: Project, key: ReportKey) -> object:
    """A report and all that the checks find in it; or why it cannot be opened."""
    try:
        report = project.open_report(key.agency, key.year)
    except InputError as error:
        return str(error)
    years, below = [report], report.below
    while years[-1].previous:
        years.append(years[-1].previous)
    bodies = below and (below.reports, below.missing, [agency for agency, _ in below.unreadable])
    return years, bodies, [finding.as_json() for finding in check(report)]


def test_whatever_a_report_is_opened_from_is_noted(city: Project) -> None:
    global opened
    for key in city.reports():
        sources = Sources(city, "示例")
        traced = Project(city.root, sources.note)
        _ = traced.register
        opened = []
        described_or_error(traced, key)
        read, opened = opened, None
        inside = {Path(path).relative_to(city.root).as_posix() for path in read if Path(path).is_relative_to(city.root)}
        assert inside - {"params/agencies.yaml"} <= sources.digests.keys()
        assert key.agency not in city.agencies or inside


def test_to_look_at_a_report_notes_all_that_to_open_it_does(city: Project) -> None:
    for key in city.reports():
        if key.agency not in city.agencies:
            continue
        looked, opened_one = Sources(city, "示例"), Sources(city, "示例")
        Project(city.root, looked.note).look_at(key)
        described_or_error(Project(city.root, opened_one.note), key)
        assert opened_one.digests.items() <= looked.digests.items()


def test_a_report_that_travels_is_the_same_where_it_arrives(city: Project, tmp_path: Path) -> None:
    travelled = 0
    for key in city.reports():
        if key.agency not in city.agencies:
            continue
        parcel = pack(city, key)
        there = unpack(parcel, tmp_path / f"{key.year}-{key.agency}")
        here = described_or_error(city, key)
        assert without_listing(described_or_error(there, key)) == without_listing(here)
        assert (
            there.notebook(there.agency(key.agency)).read_bytes() == city.notebook(city.agency(key.agency)).read_bytes()
        )
        travelled += 1
    assert travelled > 80


def unpack(parcel: Parcel, folder: Path) -> Project:
    for name, content in parcel.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Project(folder)


def without_listing(told: object) -> object:
    """A refusal without the other years that the agency reports on: they do not travel."""
    return told.partition(";")[0] if isinstance(told, str) else told


def test_a_parcel_holds_no_more_than_it_takes(city: Project) -> None:
    key = next(key for key in city.reports(year=2023) if city.agency(key.agency).level == "department")
    files = set(pack(city, key).files)
    own = {f"params/{year}/{key.agency}.yaml" for year in range(2020, 2024)}
    assert files <= own | {"params/agencies.yaml", "notebooks/annual_report.ipynb"}


def test_what_lies_beside_the_notebooks_travels_too(tmp_path: Path) -> None:
    project = small(tmp_path)
    (project.root / "notebooks" / "data").mkdir()
    (project.root / "notebooks" / "data" / "a.csv").write_text("1")
    assert list(beside_notebooks(project)) == ["notebooks/data/a.csv"]
    assert pack(project, KEY).files["notebooks/data/a.csv"] == b"1"


def small(root: Path) -> Project:
    for name, text in {
        "params/agencies.yaml": "office: {name: 示例市示例局}\n",
        "params/2023/office.yaml": "",
        "notebooks/annual_report.ipynb": "{}",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Project(root)


def test_to_look_at_what_cannot_be_built_says_why(tmp_path: Path) -> None:
    project = small(tmp_path)
    with pytest.raises(UnknownAgencyError, match="nobody"):
        project.look_at(ReportKey("nobody", 2023))
    (project.root / "notebooks" / "annual_report.ipynb").unlink()
    with pytest.raises(ProjectError, match=r"annual_report\.ipynb: the notebook of office does not exist"):
        project.look_at(KEY)


def test_a_digest_is_of_the_content_and_empty_where_there_is_none(tmp_path: Path) -> None:
    project = small(tmp_path)
    digests = Digests(project, "示例")
    assert digests.of("params/2023/office.yaml")
    assert digests.of("params/2022/office.yaml") == ""
    assert digests.of("params/agencies.yaml#office")
    assert digests.of("params/agencies.yaml#nobody") == ""
    assert digests.of(PACKAGE) == "示例"


def test_a_changed_register_is_read_anew(tmp_path: Path) -> None:
    project = small(tmp_path)
    before = Digests(project, "示例").of("params/agencies.yaml#office")
    (project.params / "agencies.yaml").write_text("office: {name: 示例市新名局}\n")
    assert Digests(Project(project.root), "示例").of("params/agencies.yaml#office") != before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("reportkit", "reportkit, or what it draws with,"),
        ("notebooks/*", "what lies beside the notebooks"),
        ("notebooks/own.ipynb", "notebooks/own.ipynb"),
        ("params/agencies.yaml#office", "its entry in agencies.yaml"),
        ("params/agencies.yaml#bureau", "bureau's entry in agencies.yaml"),
        ("params/agencies.yaml#office/below", "the list of its bodies below"),
        ("params/agencies.yaml#bureau/below", "the list of bureau's bodies below"),
        ("params/2023/office.yaml", "its parameter file"),
        ("params/2021/office.yaml", "its report for 2021"),
        ("params/2023/bureau.yaml", "bureau's report"),
    ],
)
def test_a_source_is_told_in_words(source: str, said: str) -> None:
    assert described(source, KEY) == said

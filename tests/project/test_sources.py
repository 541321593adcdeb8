"""What a report is made from is noted whole: nothing is read that is not noted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from project.odd_city import described_or_error, make_odd_city
from reportkit.project.folder import Project, ProjectError, ReportKey, UnknownAgencyError
from reportkit.project.sources import PACKAGE, Digests, Sources, beside_notebooks, described

KEY = ReportKey("office", 2023)
opened: list[str] | None = None


@pytest.fixture(scope="module", autouse=True)
def watched() -> None:
    """Record every file that is opened; an audit hook cannot be removed again."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if opened is not None and event == "open":
            opened.append(str(arguments[0]))

    sys.addaudithook(hook)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_odd_city(tmp_path_factory.mktemp("sources") / "city")


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


def test_what_lies_beside_the_notebooks_is_found(tmp_path: Path) -> None:
    project = small(tmp_path)
    (project.root / "notebooks" / "data").mkdir()
    (project.root / "notebooks" / "data" / "a.csv").write_text("1")
    assert list(beside_notebooks(project)) == ["notebooks/data/a.csv"]


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


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("params/2023/office.yaml", "its parameter file"),
        ("params/2022/office.yaml", "its report for 2022"),
        ("params/2023/b.c.yaml", "b.c's report"),
        ("future:thing", "future:thing"),
        ("templates/a/b/c.css", "templates/a/b/c.css"),
        ("params/next/office.yaml", "params/next/office.yaml"),
        ("", "something"),
    ],
)
def test_a_source_that_only_another_version_knows_is_named_as_it_is(source: str, words: str) -> None:
    assert described(source, KEY) == words


@pytest.mark.parametrize("source", ["a\0b", "x" * 5000, "future:thing", ""])
def test_what_cannot_be_a_file_has_no_digest(source: str, city: Project) -> None:
    assert Digests(city, "示例").of(source) == ""


def test_what_a_reviewer_reads_beside_a_report_is_a_source_only_by_being_there(tmp_path: Path) -> None:
    project = small(tmp_path)
    sources = Sources(project, "示例")
    (project.params / "2024").mkdir()
    (project.params / "2024" / "office.yaml").write_text("year: [")
    watched = Project(project.root, sources.note)
    assert watched.around(KEY) == (None, ReportKey("office", 2024), None)
    assert sources.only_there() == ["params/2024/office.yaml"]
    assert sources.files() == []
    before = dict(sources.digests)
    (project.params / "2024" / "office.yaml").write_text("year: 2024")
    assert [source for source, digest in before.items() if Digests(project, "示例").of(source) != digest] == []
    (project.params / "2024" / "office.yaml").unlink()
    changed = [source for source, digest in before.items() if Digests(project, "示例").of(source) != digest]
    assert [described(source, KEY) for source in changed] == ["whether there is a report office 2024"]
    assert Project(project.root).around(KEY) == (None, None, None)

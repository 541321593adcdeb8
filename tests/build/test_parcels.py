"""A report that is sent to another machine arrives whole, and nothing else with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.projects import write_small_project
from project.odd_city import described_or_error, make_odd_city
from reportkit.build.package import package_digest
from reportkit.build.parcels import pack, unpacked
from reportkit.project.folder import Project, ReportKey
from reportkit.project.sources import PACKAGE, Digests


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_odd_city(tmp_path_factory.mktemp("parcels") / "city")


def test_a_report_that_is_sent_is_the_same_where_it_arrives(city: Project) -> None:
    sent = 0
    for key in city.reports():
        if key.agency not in city.agencies:
            continue
        parcel = pack(city, key)
        here = described_or_error(city, key)
        template = city.notebook(city.agency(key.agency)).read_bytes()
        with unpacked(parcel) as there:
            assert without_listing(described_or_error(there, key)) == without_listing(here)
            assert there.around(key) == city.around(key)
            assert there.notebook(there.agency(key.agency)).read_bytes() == template
        sent += 1
    assert sent > 80


def without_listing(told: object) -> object:
    """An error message without the other years that the agency reports on: they are not sent."""
    return told.partition(";")[0] if isinstance(told, str) else told


def test_a_parcel_names_what_it_was_made_from(city: Project) -> None:
    digests = Digests(city, package_digest())
    key = city.reports(year=2023)[0]
    sources = pack(city, key).sources
    assert {PACKAGE, f"params/2023/{key.agency}.yaml", f"params/agencies.yaml#{key.agency}"} <= sources.keys()
    assert {source: digests.of(source) for source in sources} == sources


def test_a_parcel_holds_no_more_than_it_takes(city: Project) -> None:
    key = next(key for key in city.reports(year=2023) if city.agency(key.agency).level == "department")
    files = {name for name, content in pack(city, key).files.items() if content}
    own = {f"params/{year}/{key.agency}.yaml" for year in range(2020, 2024)}
    common = {"params/agencies.yaml", "params/project.yaml", "notebooks/annual_report.ipynb", "notebooks/matplotlibrc"}
    assert files <= own | common


def test_files_beside_the_notebooks_are_sent_too(tmp_path: Path) -> None:
    project = Project(write_small_project(tmp_path / "project", 1))
    (project.root / "notebooks" / "data").mkdir()
    (project.root / "notebooks" / "data" / "a.csv").write_text("1")
    assert pack(project, ReportKey("good-00", 2023)).files["notebooks/data/a.csv"] == b"1"

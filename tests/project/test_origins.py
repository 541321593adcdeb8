"""Where figures came from, noted beside their parameter file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.form import form_for
from reportkit.project.folder import Project
from reportkit.project.origins import origins_file, read_origins, write_origins
from reportkit.report import WAYS, Agency, Origin, new_report

FORM = form_for(2023)
AGENCY = Agency("office", "示例局")
CELL = "applications.received.company"

origins = st.dictionaries(
    st.sampled_from(list(FORM.cells)), st.builds(Origin, st.sampled_from(WAYS), st.text(), st.text()), max_size=4
)


@given(origins)
def test_what_is_noted_reads_back(tmp_path_factory: pytest.TempPathFactory, noted: dict[str, Origin]) -> None:
    path = tmp_path_factory.mktemp("origins") / "office.yaml"
    write_origins(new_report(AGENCY, 2023).replace(origins=noted), path)
    assert read_origins(path) == noted
    assert origins_file(path).exists() == bool(noted)


def test_what_no_longer_holds_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    report = new_report(AGENCY, 2023)
    write_origins(report.replace(origins={CELL: Origin("tallied", "台账.xlsx", "2")}), path)
    assert '["tallied", "台账.xlsx", "2"]' in origins_file(path).read_text(encoding="utf-8")
    write_origins(report, path)
    assert read_origins(path) == {}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        '{"a": 3}',
        '{"a": ["tallied"]}',
        '{"a": ["guessed", "b", "c"]}',
        '{"a": ["tallied", 1, "c"]}',
        '{"a": ["tallied", "b", 2]}',
        "[" * 100_000,
        "\xff",
    ],
)
def test_what_cannot_be_read_is_not_known(tmp_path: Path, content: str) -> None:
    path = tmp_path / "office.yaml"
    origins_file(path).write_bytes(content.encode("latin-1"))
    assert read_origins(path) == {}
    assert read_origins(tmp_path / "other.yaml") == {}


def test_a_report_comes_with_the_origins_of_its_own_figures_and_they_are_a_source(tmp_path: Path) -> None:
    for name, text in {
        "params/agencies.yaml": "office: {name: 示例局}\n",
        "notebooks/annual_report.ipynb": "{}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    seen: list[str] = []
    project = Project(tmp_path, seen.append)
    noted = {CELL: Origin("filled_in", "填报表.xlsx:表三!C5", "2")}
    project.save_report(new_report(AGENCY, 2023, {CELL: 2}).replace(origins=noted))
    assert project.open_report("office", 2023).origins == noted
    assert "params/2023/office.origins.json" in seen
    assert [key.agency for key in project.reports()] == ["office"]

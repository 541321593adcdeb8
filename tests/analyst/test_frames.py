"""All reports of a project as DataFrames."""

from __future__ import annotations

from pathlib import Path

import pytest

import reportkit as rk
from end_to_end.projects import write_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "project",
        {
            "params/agencies.yaml": "office: {name: 示例市示例局, parent: city}\ncity: {name: 示例市人民政府, level: government}\n",
            "params/2022/office.yaml": "applications: {received: {company: 7}}",
            "params/2023/office.yaml": "applications: {received: {company: 2}, granted: {company: null}}",
            "params/2023/city.yaml": "nonsense: 1\n",
        },
    )


def test_figures_of_all_reports_stand_below_each_other(project: Path) -> None:
    frame = rk.frames(project=project)
    received = frame.query("table == 'applications' and row == 'received' and column == 'company'")
    assert dict(zip(received["year"], received["value"], strict=True)) == {2022: 7, 2023: 2}
    assert set(frame["parent"]) == {"city"}
    blank = frame.query("year == 2023 and row == 'granted' and column == 'company'")
    assert list(blank["value"]) == [None]
    assert "city 2023" in frame.attrs["unreadable"]
    assert set(rk.frames(2022, project=project)["year"]) == {2022}


def test_findings_of_all_reports_stand_below_each_other(project: Path) -> None:
    frame = rk.findings(2023, project=project)
    assert {"T3-BALANCE", "CELL-BLANK"} <= set(frame["rule"])
    assert set(frame["agency"]) == {"office"}
    assert list(frame.columns)[:4] == ["rule", "severity", "agency", "year"]

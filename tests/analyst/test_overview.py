"""An analyst opens the figures of a year as a build left them, and is told what to do where they are not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import reportkit as rk
from reportkit.analyst.overview import MissingOverviewError
from reportkit.display.year import Body, Counts, Overview

OVERVIEW = Overview(2023, (Body("a", "示例局", counts=Counts(received=3)),), {2023: Counts(received=3)})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("notebooks", "params", "output/2023"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_figures_are_opened_from_the_project_or_from_a_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = project / "output" / "2023" / "overview.json"
    file.write_text(json.dumps(OVERVIEW.as_json(), ensure_ascii=False), encoding="utf-8")
    monkeypatch.chdir(project / "notebooks")
    assert rk.open_overview(2023) == rk.open_overview(2023, file) == rk.open_overview(2023, project=project) == OVERVIEW
    assert rk.overview.leading(OVERVIEW).text == "示例局2023年度政府信息公开工作概览"


def test_what_is_not_there_yet_is_built(project: Path) -> None:
    with pytest.raises(MissingOverviewError, match="`reportkit build` writes it with the reports of 2023"):
        rk.open_overview(2023, project=project)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"year": 2023, "bodies": [1], "history": {}, "rules": []}'])
def test_what_cannot_be_read_is_written_anew(project: Path, content: str) -> None:
    (project / "output" / "2023" / "overview.json").write_text(content, encoding="utf-8")
    with pytest.raises(MissingOverviewError, match="cannot be read: remove it"):
        rk.open_overview(2023, project=project)

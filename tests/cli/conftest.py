"""A terminal of a known width without colours, and a small project."""

from __future__ import annotations

from pathlib import Path

import pytest

from end_to_end.projects import write_project


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """No colours unless a test asks for them, and lines of a known width."""
    monkeypatch.setenv("COLUMNS", "120")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.setenv(name, "")  # so that what --color sets is undone after the test
        monkeypatch.delenv(name)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two agencies, of which one has two reports with errors."""
    return write_project(
        tmp_path / "project",
        {
            "params/agencies.yaml": "office: {name: 示例市示例局, short: 示例局}\nbureau: {name: 示例市另一局}\n",
            "params/2022/office.yaml": "applications: {carried_out: {company: 1}, received: {company: 1}}",
            "params/2023/office.yaml": "applications: {received: {company: 2}, granted: {company: 1}}",
        },
    )

"""The analyst's face: what a notebook finds in ``import reportkit``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import reportkit as rk
from reportkit.checks import check
from reportkit.project.parameters import TypedError

ROOT = Path(__file__).parents[1]


def test_every_name_promised_is_there() -> None:
    for name in rk.__all__:
        assert getattr(rk, name) is not None
    assert set(dir(rk)) == set(rk.__all__)


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="no attribute 'tabels'"):
        _ = rk.tabels  # type: ignore[attr-defined]


def test_a_report_is_opened_from_any_folder_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    assert rk.open_report("linyi-fao", "2023")["applications.total.total"] == 2  # type: ignore[arg-type]


def test_a_report_that_is_not_there_says_which_are() -> None:
    with pytest.raises(TypedError, match="linyi-fao has reports for 2023"):
        rk.open_report("linyi-fao", 2024, project=ROOT)


def test_a_changed_report_is_checked_at_once() -> None:
    report = rk.open_report("linyi-fao", 2023, project=ROOT)
    findings = rk.check(report.replace({"applications.granted.natural_person": 3}))
    assert {finding.rule for finding in findings} == {"T3-OUTCOMES", "T3-ROWSUM"}
    assert "T3-ROWSUM" in findings._repr_html_()


def test_importing_it_is_light() -> None:
    heavy = "{'pandas', 'altair', 'nbconvert', 'papermill', 'yaml', 'rich'}"
    code = f"import sys, reportkit; print({heavy} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert said.stdout.strip() == "set()"


def test_no_single_figure_of_the_real_report_s_tables_can_change_unseen() -> None:
    report = rk.open_report("linyi-fao", 2023, project=ROOT)
    identities = {identity.rule for identity in report.form.identities if not identity.spans_years}
    for address, cell in report.form.cells.items():
        if cell.table == "disclosure":
            continue
        findings = check(report.replace({address: (report[address] or 0) + 1}))
        assert any(address in finding.cells for finding in findings if finding.rule in identities), address
